//! The stage from a story to items.

use super::*;
use crate::{
    app::{stretch::Window, timeline::layout},
    lab::{Device, MergedPerson, Stay},
    simulator::{MessageRecord, MessageState},
};

const HOUR_MS: i64 = 3_600_000;

fn mark(at_ms: i64, kind: EventKind) -> Mark {
    Mark {
        at_ms,
        arrived_ms: at_ms,
        kind,
        name: String::new(),
        event: format!("m{at_ms}"),
        source: (String::new(), 1),
    }
}

fn story(marks: Vec<Mark>) -> Story {
    let (from_ms, to_ms) = (0, 100 * HOUR_MS);
    let device =
        Device { anonymous_id: "d".to_owned(), name: String::new(), marks, joined_ms: Some(50 * HOUR_MS) };
    let identifiers = vec!["email:a@b.example".to_owned()];
    Story { identifiers, devices: vec![device], from_ms, to_ms, ..Story::default() }
}

fn scale(from_ms: i64, to_ms: i64) -> Scale {
    Scale { window: Window { from_ms, to_ms }, left: 100.0, width: 1_000.0 }
}

/// The rows of a story, each with its items.
fn rows(story: &Story, scale: &Scale, name: impl Fn(usize) -> String) -> Vec<(Row, Vec<Item>)> {
    let mut story = story.clone();
    story.index();
    let rows = layout::groups([Some(&story)].into_iter()).remove(0).rows;
    rows.into_iter().map(|row| (row, items(&story, &row, scale, &name))).collect()
}

fn pools(story: &Story, scale: &Scale) -> Vec<Range<usize>> {
    let items = rows(story, scale, |_| String::new()).into_iter().flat_map(|row| row.1);
    items.filter_map(|item| if let Item::Marks { range, .. } = item { Some(range) } else { None }).collect()
}

#[test]
fn marks_merge_far_out_and_part_close_up() {
    let story = story((0..40).map(|minute| mark(minute * 60_000, EventKind::Page)).collect());
    assert_eq!(pools(&story, &scale(0, 100 * HOUR_MS)), std::slice::from_ref(&(0..40)));
    assert_eq!(pools(&story, &scale(0, HOUR_MS)).len(), 40);
}

#[test]
fn only_what_is_in_sight_becomes_an_item() {
    let story = story((0..50_000).map(|at| mark(at * 3_000, EventKind::Track)).collect());
    assert!(pools(&story, &scale(HOUR_MS, HOUR_MS + 60_000)).len() <= 21);
    let far = rows(&story, &scale(0, 100 * HOUR_MS), |_| String::new());
    assert!(far.iter().map(|row| row.1.len()).sum::<usize>() < 150);
}

#[test]
fn far_out_it_is_density_that_counts_every_mark_in_sight() {
    let every_hour = |at: i64| at * HOUR_MS / 50;
    let kind = |at: i64| if at == 60 { EventKind::Identify } else { EventKind::Page };
    let story = story((0..20_000).map(|at| mark(every_hour(at), kind(at))).collect());
    let scale = scale(0, 100 * HOUR_MS);
    let items = &rows(&story, &scale, |_| String::new())[0].1;
    let densities: Vec<u32> = items
        .iter()
        .filter_map(|item| if let Item::Density { counts, .. } = item { Some(counts) } else { None })
        .flatten()
        .map(|count| count.all)
        .collect();
    assert_eq!(densities.iter().sum::<u32>(), 5_001, "those in the window");
    assert_eq!(densities.len(), 250);
    assert!(densities.iter().all(|count| (18..=22).contains(count)), "{densities:?}");
    assert!(items.len() < 5);
    assert!(
        items.iter().any(
            |item| matches!(item, Item::Marks { sign: Sign::Identify, range, .. } if *range == (60..61))
        )
    );
}

#[test]
fn somebody_merged_flows_into_the_person_and_their_devices_into_them() {
    let mut story = story(vec![mark(0, EventKind::Page)]);
    story.merged.push(MergedPerson {
        identifiers: vec!["anonymous_id:d".to_owned(), "user_id:u-1".to_owned()],
        marks: Vec::new(),
        from_ms: 40 * HOUR_MS,
        merged_ms: 80 * HOUR_MS,
    });
    let rows = rows(&story, &scale(0, 100 * HOUR_MS), |_| String::new());
    let kinds: Vec<RowKind> = rows.iter().map(|row| row.0.kind).collect();
    assert_eq!(kinds, [RowKind::Device(0), RowKind::Merged(0), RowKind::Person]);
    let joins = |row: &(Row, Vec<Item>)| {
        row.1.iter().find_map(|item| match item {
            Item::Joins { x, to_y } => Some((*x, *to_y)),
            _ => None,
        })
    };
    assert_eq!(joins(&rows[0]), Some((600.0, rows[1].0.middle())));
    assert_eq!(joins(&rows[1]), Some((900.0, rows[2].0.middle())));
}

#[test]
fn signs_and_names_of_messages_never_overlap() {
    let mut story = story(Vec::new());
    for at in [0, 1, 5, 6, 30, 31, 90, 99] {
        story.messages.push(message(at * HOUR_MS));
    }
    for hours in [1, 7, 40, 100, 900] {
        let scale = scale(0, hours * HOUR_MS);
        for row in rows(&story, &scale, |_| "A rather long name of a message".to_owned()) {
            let mut right = f32::NEG_INFINITY;
            for item in &row.1 {
                if let Item::Messages { x, name_pt, .. } = item {
                    assert!(*x >= right, "{hours} h: {x} after {right}");
                    right = x + SIGN_PT + name_pt;
                    assert!(*name_pt == 0.0 || right <= scale.left + scale.width);
                }
            }
        }
    }
}

fn message(at_ms: i64) -> MessageRecord {
    MessageRecord {
        at_ms,
        identifiers: Vec::new(),
        journey: "j".into(),
        run: 1,
        started: crate::simulator::RunStart::shared("", 1),
        block: "b".into(),
        message: Some("b".into()),
        channel: None,
        state: MessageState::Sent,
        reason: None,
        flags: Vec::new(),
        because: Vec::new(),
        subject: String::new(),
        body: String::new(),
        absent: Vec::new(),
    }
}

#[test]
fn who_says_who_they_are_is_seen_in_a_crowd_of_marks() {
    let story = story(vec![mark(0, EventKind::Page), mark(1_000, EventKind::Identify)]);
    let items = &rows(&story, &scale(0, 100 * HOUR_MS), |_| String::new())[0].1;
    assert!(items.iter().any(|item| matches!(item, Item::Marks { sign: Sign::Identify, .. })));
}

#[test]
fn a_device_flows_into_the_persons_row() {
    let story = story(vec![mark(0, EventKind::Page)]);
    let rows = rows(&story, &scale(0, 100 * HOUR_MS), |_| String::new());
    let person = rows.iter().find(|row| row.0.kind == RowKind::Person).expect("the person's row");
    let joins = rows[0].1.iter().find_map(|item| match item {
        Item::Joins { x, to_y } => Some((*x, *to_y)),
        _ => None,
    });
    assert_eq!(joins, Some((600.0, person.0.middle())));
}

fn stay(from_ms: i64, to_ms: i64) -> Stay {
    Stay {
        journey: "j".into(),
        run: 1,
        started: crate::simulator::RunStart::shared("", 1),
        block: "b".into(),
        from_ms,
        to_ms,
        ended: "next".to_owned(),
        cut_short: false,
        until_ms: None,
        deferred_ms: Vec::new(),
    }
}

fn bars(story: &Story, scale: &Scale) -> Vec<(f32, f32, Range<usize>, Option<f32>)> {
    let items = rows(story, scale, |_| String::new()).into_iter().flat_map(|row| row.1);
    let bar = |item| match item {
        Item::Stays { from, to, stays, until, .. } => Some((from, to, stays, until)),
        _ => None,
    };
    items.filter_map(bar).collect()
}

#[test]
fn bars_too_narrow_to_be_told_apart_are_one_and_part_close_up() {
    let mut story = story(Vec::new());
    story.stays = (0..5_000).map(|at| stay(at * 60_000, at * 60_000 + 50_000)).collect();
    let far = bars(&story, &scale(0, 100 * HOUR_MS));
    assert!(far.len() <= 1_000 / 3 + 1, "{}", far.len());
    assert_eq!(far.iter().map(|bar| bar.2.len()).sum::<usize>(), 5_000, "none is lost");
    assert!(far.windows(2).all(|pair| pair[0].2.end == pair[1].2.start));
    let near = bars(&story, &scale(HOUR_MS, HOUR_MS + 600_000));
    assert!(near.len() <= 12 && near.iter().all(|bar| bar.2.len() == 1), "{near:?}");
}

#[test]
fn a_stay_that_was_cut_short_shows_how_long_its_timer_ran_but_not_over_the_next() {
    let mut story = story(Vec::new());
    let cut = Stay { cut_short: true, until_ms: Some(70 * HOUR_MS), ..stay(10 * HOUR_MS, 20 * HOUR_MS) };
    story.stays = vec![cut.clone()];
    let scale = scale(0, 100 * HOUR_MS);
    assert_eq!(bars(&story, &scale)[0].3, Some(800.0));
    story.stays.push(stay(40 * HOUR_MS, 50 * HOUR_MS));
    assert_eq!(bars(&story, &scale)[0].3, Some(500.0));
    // What was left of it is seen where it itself is not any more.
    let later = Scale { window: Window { from_ms: 30 * HOUR_MS, to_ms: 60 * HOUR_MS }, ..scale };
    assert_eq!(bars(&story, &later).len(), 2);
    // A timer that came to its end left nothing.
    story.stays = vec![Stay { cut_short: false, ..cut }];
    assert_eq!(bars(&story, &scale)[0].3, None);
}

#[test]
fn names_of_marks_never_overlap_and_what_was_done_is_named_first() {
    let named =
        |at: i64, kind: EventKind| Mark { name: "Product Viewed".to_owned(), ..mark(at * HOUR_MS, kind) };
    let kinds = [EventKind::Page, EventKind::Track];
    let story = story((0..40).map(|at| named(at * 2, kinds[usize::from(at % 3 == 0)])).collect());
    for hours in [10, 30, 60, 100, 200] {
        let scale = scale(0, hours * HOUR_MS);
        let all = &rows(&story, &scale, |_| String::new())[0].1;
        let mut right = f32::NEG_INFINITY;
        for item in all {
            if let Item::Marks { from, named: true, .. } = item {
                assert!(*from >= right, "{hours} h");
                right = from + text::width("Product Viewed", size::SMALL);
                assert!(right <= scale.left + scale.width);
            }
        }
        let is_named = |item: &&Item| matches!(item, Item::Marks { named: true, .. });
        assert!(all.iter().any(|item| is_named(&item)), "{hours} h");
        let first = all.iter().find(is_named);
        assert!(matches!(first, Some(Item::Marks { sign: Sign::Done, .. })), "{hours} h");
    }
}

#[test]
fn the_name_of_a_bar_lies_between_signs() {
    let signs = [(100.0, 180.0), (300.0, 320.0)];
    assert_eq!(free(&signs, 100.0, 500.0), (180.0, 300.0));
    assert_eq!(free(&signs, 10.0, 50.0), (10.0, 50.0));
    assert_eq!(free(&signs, 150.0, 250.0), (180.0, 250.0));
    assert_eq!(free(&signs, 120.0, 140.0), (180.0, 180.0), "no room at all");
    assert_eq!(free(&signs, 310.0, 400.0), (320.0, 400.0));
}

#[test]
fn holds_that_overlap_are_one_bar() {
    let mut story = story(Vec::new());
    let hold = |from: i64, to: i64| crate::lab::Hold {
        journey: "j".into(),
        from_ms: from * HOUR_MS,
        to_ms: to * HOUR_MS,
        state: HeldState::Joined,
    };
    story.holds = vec![hold(1, 10), hold(2, 5), hold(9, 20), hold(40, 50)];
    let all = rows(&story, &scale(0, 100 * HOUR_MS), |_| String::new());
    let found: Vec<_> = all
        .iter()
        .flat_map(|row| &row.1)
        .filter_map(|item| match item {
            Item::Holds { from, to, holds } => Some((*from, *to, holds.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(found, [(110.0, 300.0, 0..3), (500.0, 600.0, 3..4)]);
}
