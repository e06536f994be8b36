//! The stage from a story to items.

use super::*;
use crate::{app::timeline::window::Window, lab::Device, simulator::MessageRecord};

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

fn pools(story: &Story, scale: &Scale) -> Vec<(usize, usize)> {
    let items = rows(story, scale, |_| String::new()).into_iter().flat_map(|row| row.items);
    items.filter_map(|item| if let Item::Marks { range, .. } = item { Some(range) } else { None }).collect()
}

#[test]
fn marks_merge_far_out_and_part_close_up() {
    let story = story((0..40).map(|minute| mark(minute * 60_000, EventKind::Page)).collect());
    assert_eq!(pools(&story, &scale(0, 100 * HOUR_MS)), [(0, 40)]);
    assert_eq!(pools(&story, &scale(0, HOUR_MS)).len(), 40);
}

#[test]
fn only_what_is_in_sight_becomes_an_item() {
    let story = story((0..50_000).map(|at| mark(at * 3_000, EventKind::Track)).collect());
    assert!(pools(&story, &scale(HOUR_MS, HOUR_MS + 60_000)).len() <= 21);
    let far = rows(&story, &scale(0, 100 * HOUR_MS), |_| String::new());
    assert!(far.iter().map(|row| row.items.len()).sum::<usize>() < 150);
}

#[test]
fn far_out_it_is_density_that_counts_every_mark_in_sight() {
    let every_hour = |at: i64| at * HOUR_MS / 50;
    let kind = |at: i64| if at == 60 { EventKind::Identify } else { EventKind::Page };
    let mut story = story((0..20_000).map(|at| mark(every_hour(at), kind(at))).collect());
    story.index_events();
    let scale = scale(0, 100 * HOUR_MS);
    let items = &rows(&story, &scale, |_| String::new())[0].items;
    let densities: Vec<u32> = items
        .iter()
        .filter_map(|item| if let Item::Density { counts, .. } = item { Some(counts) } else { None })
        .flatten()
        .copied()
        .collect();
    assert_eq!(densities.iter().sum::<u32>(), 5_001, "those in the window");
    assert_eq!(densities.len(), 250);
    assert!(densities.iter().all(|count| (18..=22).contains(count)), "{densities:?}");
    assert!(items.len() < 5);
    assert!(
        items.iter().any(|item| matches!(item, Item::Marks { sign: Sign::Identify, range: (60, 61), .. }))
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
    let kinds: Vec<&RowKind> = rows.iter().map(|row| &row.kind).collect();
    assert_eq!(kinds, [&RowKind::Device(0), &RowKind::Merged(0), &RowKind::Person]);
    let joins = |row: &Row| {
        row.items.iter().find_map(|item| match item {
            Item::Joins { x, to_y } => Some((*x, *to_y)),
            _ => None,
        })
    };
    assert_eq!(joins(&rows[0]), Some((600.0, rows[1].middle())));
    assert_eq!(joins(&rows[1]), Some((900.0, rows[2].middle())));
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
            for item in &row.items {
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
        block: "b".into(),
        message: Some("b".into()),
        channel: None,
        state: MessageState::Sent,
        reason: None,
        flags: Vec::new(),
        because: Vec::new(),
        subject: String::new(),
        body: String::new(),
    }
}

#[test]
fn who_says_who_they_are_is_seen_in_a_crowd_of_marks() {
    let story = story(vec![mark(0, EventKind::Page), mark(1_000, EventKind::Identify)]);
    let items = &rows(&story, &scale(0, 100 * HOUR_MS), |_| String::new())[0].items;
    assert!(items.iter().any(|item| matches!(item, Item::Marks { sign: Sign::Identify, .. })));
}

#[test]
fn a_device_flows_into_the_persons_row() {
    let story = story(vec![mark(0, EventKind::Page)]);
    let rows = rows(&story, &scale(0, 100 * HOUR_MS), |_| String::new());
    let person = rows.iter().find(|row| row.kind == RowKind::Person).expect("the person's row");
    let joins = rows[0].items.iter().find_map(|item| match item {
        Item::Joins { x, to_y } => Some((*x, *to_y)),
        _ => None,
    });
    assert_eq!(joins, Some((600.0, person.middle())));
}
