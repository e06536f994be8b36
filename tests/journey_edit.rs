//! Edit commands: what each does, and laws that hold for any sequence of them.

#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::arbitrary;
use proptest::{collection, option, prelude::*, sample};
use throughline::journey::{
    Block, BlockId, BlockKind, Condition, ExitId, Journey, JourneyId, Note, Position, Status,
    edit::{EditCommand, EditError, Fragment, History, Port, Starter, apply, fresh_note},
    journey_from_ron, journey_to_ron,
};

/// Trigger → wait → (identified) mail → end; (timed out) audience.
fn journey() -> Journey {
    let mut journey = Journey::empty(JourneyId::from("cart"), "Cart");
    let mut add = |id: &str, starter: Starter, exits: &[(&str, &str)]| {
        let exits = exits.iter().map(|(exit, to)| (ExitId::from(*exit), BlockId::from(*to))).collect();
        let block = Block { name: String::new(), note: String::new(), kind: starter.kind(), exits };
        journey.blocks.insert(BlockId::from(id), block);
    };
    add("wait", Starter::WaitForIdentify, &[("identified", "mail"), ("timed_out", "audience")]);
    add("mail", Starter::Email, &[("sent", "end")]);
    add("audience", Starter::Audience, &[]);
    add("end", Starter::Exit, &[]);
    journey.start = Some("wait".into());
    journey
}

fn done(journey: &mut Journey, command: EditCommand) -> String {
    apply(journey, command).expect("the command is sound").label
}

fn exit(block: &str, exit: &str) -> Port {
    Port::Exit(block.into(), exit.into())
}

fn target<'a>(journey: &'a Journey, block: &str, exit: &str) -> Option<&'a str> {
    journey.blocks[block].exits.get(exit).map(BlockId::as_str)
}

fn set(ids: &[&str]) -> BTreeSet<BlockId> {
    ids.iter().map(|id| BlockId::from(*id)).collect()
}

#[test]
fn a_block_put_on_a_way_stands_between() {
    let mut journey = journey();
    let change = apply(
        &mut journey,
        EditCommand::Insert { kind: Starter::Delay.kind(), on: Some(exit("wait", "identified")), at: None },
    )
    .expect("there is such a way");
    assert_eq!(change.label, "Add Delay");
    let new = change.select[0].as_str();
    assert_eq!(target(&journey, "wait", "identified"), Some(new));
    assert_eq!(target(&journey, new, "next"), Some("mail"));
}

#[test]
fn the_first_block_is_the_start_and_an_open_exit_leads_on() {
    let mut journey = Journey::empty(JourneyId::from("new"), "New");
    done(&mut journey, EditCommand::Insert { kind: Starter::Branch.kind(), on: None, at: None });
    let branch = journey.start.clone().expect("the first block is the start");
    let on = Some(Port::Exit(branch.clone(), "no".into()));
    done(&mut journey, EditCommand::Insert { kind: Starter::Exit.kind(), on, at: None });
    assert_eq!(journey.blocks[&branch].exits.len(), 1);
}

#[test]
fn what_ends_the_path_cannot_stand_between() {
    let mut journey = journey();
    let before = journey.clone();
    let command =
        EditCommand::Insert { kind: BlockKind::Goal, on: Some(exit("wait", "identified")), at: None };
    assert_eq!(apply(&mut journey, command), Err(EditError::EndsThePath("Goal")));
    assert_eq!(journey, before);
}

#[test]
fn deleting_heals_the_way() {
    let mut journey = journey();
    assert_eq!(done(&mut journey, EditCommand::Delete(set(&["mail"]))), "Delete Message");
    assert_eq!(target(&journey, "wait", "identified"), Some("end"));
    done(&mut journey, EditCommand::Delete(set(&["wait"])));
    assert_eq!(journey.start.as_ref().map(BlockId::as_str), Some("end"));
    done(&mut journey, EditCommand::Delete(set(&["end", "audience"])));
    assert!(journey.blocks.is_empty() && journey.start.is_none());
}

#[test]
fn deleting_a_circle_leads_nowhere() {
    let mut journey = journey();
    done(&mut journey, EditCommand::Connect { from: exit("mail", "sent"), to: Some("wait".into()) });
    done(&mut journey, EditCommand::Delete(set(&["mail", "wait"])));
    assert_eq!(journey.start, None);
}

#[test]
fn changed_settings_keep_the_exits_that_stay() {
    let mut journey = journey();
    let kind = Box::new(Starter::WaitUntil.kind());
    done(&mut journey, EditCommand::SetBlock("wait".into(), kind));
    assert_eq!(target(&journey, "wait", "timed_out"), Some("audience"));
    assert_eq!(target(&journey, "wait", "identified"), None);
}

#[test]
fn connecting_speaks_of_what_is_there() {
    let mut journey = journey();
    let to = |to: &str| Some(BlockId::from(to));
    let connect = |from: Port, to| EditCommand::Connect { from, to };
    assert_eq!(done(&mut journey, connect(Port::NeverIdentified, to("audience"))), "Connect to Audience");
    assert_eq!(done(&mut journey, connect(exit("wait", "timed_out"), None)), "Disconnect");
    assert_eq!(
        apply(&mut journey, connect(exit("wait", "next"), to("mail"))),
        Err(EditError::UnknownExit { block: "Wait for identify".to_owned(), exit: "next".to_owned() })
    );
    assert_eq!(
        apply(&mut journey, connect(Port::Start, to("nowhere"))),
        Err(EditError::UnknownBlock("nowhere".into()))
    );
}

#[test]
fn copied_blocks_are_text_and_come_back_with_fresh_ids() {
    let mut journey = journey();
    done(&mut journey, EditCommand::Move(BTreeMap::from([("wait".into(), Position { x: 10.0, y: 20.0 })])));
    let copied = Fragment::copy(&journey, &set(&["wait", "mail"]));
    let fragment = Fragment::from_text(&copied.to_text()).expect("its own text");
    assert_eq!(fragment, copied);
    let change = apply(
        &mut journey,
        EditCommand::Paste {
            fragment,
            on: Some(exit("mail", "sent")),
            at: Some(Position { x: 100.0, y: 0.0 }),
        },
    )
    .expect("blocks can be pasted on a way");
    assert_eq!(change.label, "Paste 2 blocks");
    let (wait, mail) = (change.select[0].as_str(), change.select[1].as_str());
    assert_eq!(target(&journey, "mail", "sent"), Some(wait));
    assert_eq!(target(&journey, wait, "identified"), Some(mail));
    assert_eq!(target(&journey, mail, "sent"), Some("end"));
    assert_eq!(journey.positions[wait], Position { x: 100.0, y: 0.0 });
    assert_eq!(journey.blocks.len(), 6);
    assert!(Fragment::from_text("hello").is_err());
    let nothing = EditCommand::Paste { fragment: Fragment::default(), on: None, at: None };
    assert_eq!(apply(&mut journey, nothing), Err(EditError::NothingToPaste));
}

#[test]
fn a_deleted_blocks_id_does_not_come_back() {
    let mut journey = journey();
    let add =
        || EditCommand::Insert { kind: Starter::Delay.kind(), on: Some(exit("mail", "sent")), at: None };
    let first = apply(&mut journey, add()).expect("sound").select[0].clone();
    done(&mut journey, EditCommand::Rename("Other".to_owned()));
    done(&mut journey, EditCommand::Delete(BTreeSet::from([first.clone()])));
    let second = apply(&mut journey, add()).expect("sound").select[0].clone();
    assert_ne!(first, second);
}

#[test]
fn a_journey_no_file_could_hold_is_never_made() {
    let mut journey = journey();
    let mut split = Starter::RandomSplit.kind();
    if let BlockKind::RandomSplit { arms, .. } = &mut split {
        arms[1].id = arms[0].id.clone();
    }
    let before = journey.clone();
    let refused = apply(&mut journey, EditCommand::SetBlock("mail".into(), Box::new(split)));
    assert!(matches!(refused, Err(EditError::Contradiction(_))), "{refused:?}");
    let nowhere = BTreeMap::from([("wait".into(), Position { x: f32::NAN, y: 0.0 })]);
    assert!(apply(&mut journey, EditCommand::Move(nowhere)).is_err());
    assert_eq!(journey, before);
}

/// A command that speaks of blocks and ways out by number, so that it fits any journey.
#[derive(Clone, Debug)]
enum Wish {
    Rename(String),
    Status(bool),
    Audience(Option<Condition>),
    Insert(BlockKind, Option<usize>),
    Delete(Vec<usize>),
    Connect(usize, Option<usize>),
    Duplicate(Vec<usize>),
    CutAndPaste(Vec<usize>, Option<usize>),
    RenameBlock(usize, String),
    SetBlock(usize, BlockKind),
    Move(usize, f32, f32),
    Note(usize, String, f32),
    DeleteNote(usize),
    Arrange,
}

fn wish() -> impl Strategy<Value = Wish> {
    let some = || collection::vec(0..20_usize, 0..4);
    let starter = || sample::select(Starter::ALL.to_vec()).prop_map(Starter::kind);
    prop_oneof![
        1 => arbitrary::text().prop_map(Wish::Rename),
        1 => any::<bool>().prop_map(Wish::Status),
        1 => option::of(arbitrary::condition()).prop_map(Wish::Audience),
        4 => (starter(), option::of(0..40_usize)).prop_map(|(kind, on)| Wish::Insert(kind, on)),
        2 => some().prop_map(Wish::Delete),
        3 => (0..40_usize, option::of(0..20_usize)).prop_map(|(from, to)| Wish::Connect(from, to)),
        1 => some().prop_map(Wish::Duplicate),
        1 => (some(), option::of(0..40_usize)).prop_map(|(blocks, on)| Wish::CutAndPaste(blocks, on)),
        1 => (0..20_usize, arbitrary::text()).prop_map(|(at, name)| Wish::RenameBlock(at, name)),
        2 => (0..20_usize, arbitrary::block_kind()).prop_map(|(at, kind)| Wish::SetBlock(at, kind)),
        2 => (0..20_usize, any::<f32>(), -500.0..500.0_f32).prop_map(|(at, x, y)| Wish::Move(at, x, y)),
        1 => (0..5_usize, arbitrary::text(), -500.0..500.0_f32).prop_map(|(at, text, x)| Wish::Note(at, text, x)),
        1 => (0..5_usize).prop_map(Wish::DeleteNote),
        1 => Just(Wish::Arrange),
    ]
}

/// The commands a wish stands for in a journey.
fn commands(wish: Wish, journey: &Journey) -> Vec<EditCommand> {
    let block = |at: usize| journey.blocks.keys().nth(at % journey.blocks.len().max(1)).cloned();
    let blocks = |all: Vec<usize>| all.into_iter().filter_map(block).collect::<BTreeSet<_>>();
    let ports = Port::all(journey);
    let port = |at: usize| ports[at % ports.len()].clone();
    match wish {
        Wish::Rename(name) => vec![EditCommand::Rename(name)],
        Wish::Status(active) => {
            vec![EditCommand::SetStatus(if active { Status::Active } else { Status::Draft })]
        }
        Wish::Audience(audience) => vec![EditCommand::SetAudience(audience)],
        Wish::Insert(kind, on) => vec![EditCommand::Insert { kind, on: on.map(port), at: None }],
        Wish::Delete(all) => vec![EditCommand::Delete(blocks(all))],
        Wish::Connect(from, to) => {
            vec![EditCommand::Connect { from: port(from), to: to.and_then(block) }]
        }
        Wish::Duplicate(all) => vec![EditCommand::Duplicate(blocks(all))],
        Wish::CutAndPaste(all, on) => {
            let all = blocks(all);
            let fragment = Fragment::copy(journey, &all);
            vec![EditCommand::Delete(all), EditCommand::Paste { fragment, on: on.map(port), at: None }]
        }
        Wish::RenameBlock(at, name) => {
            block(at).map(|id| EditCommand::RenameBlock(id, name)).into_iter().collect()
        }
        Wish::SetBlock(at, kind) => {
            block(at).map(|id| EditCommand::SetBlock(id, Box::new(kind))).into_iter().collect()
        }
        Wish::Move(at, x, y) => block(at)
            .map(|id| EditCommand::Move(BTreeMap::from([(id, Position { x, y })])))
            .into_iter()
            .collect(),
        Wish::Note(at, text, x) => {
            let id = journey.notes.keys().nth(at).cloned().unwrap_or_else(|| fresh_note(journey));
            vec![EditCommand::PutNote(id, Note { text, at: Position { x, y: 0.0 } })]
        }
        Wish::DeleteNote(at) => {
            let known = journey.notes.keys().nth(at).cloned();
            vec![EditCommand::DeleteNote(known.unwrap_or_else(|| "gone".into()))]
        }
        Wish::Arrange => vec![EditCommand::Arrange],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_keeps_the_file_readable_and_undoes_and_redoes_without_loss(
        original in arbitrary::journey(),
        wishes in collection::vec((wish(), option::of(0..3_u64)), 1..24),
    ) {
        let mut history = History::new(original.clone());
        for (wish, gesture) in wishes {
            for command in commands(wish, history.present()) {
                let mut journey = history.present().clone();
                match apply(&mut journey, command) {
                    Ok(change) => {
                        prop_assert!(!change.label.is_empty());
                        prop_assert!(change.select.iter().all(|id| journey.blocks.contains_key(id)));
                        let text = journey_to_ron(&journey);
                        let read = journey_from_ron(&text, "edited.ron");
                        prop_assert_eq!(read.as_ref(), Ok(&journey));
                        history.change(journey, &change.label, gesture);
                    }
                    Err(error) => {
                        prop_assert!(!error.to_string().is_empty());
                        prop_assert_eq!(&journey, history.present(), "a refused command changes nothing");
                    }
                }
            }
        }
        let end = history.present().clone();
        let mut undone = 0;
        while history.undo().is_some() {
            undone += 1;
        }
        prop_assert_eq!(history.present(), &original);
        while history.redo().is_some() {
            undone -= 1;
        }
        prop_assert_eq!(undone, 0);
        prop_assert_eq!(history.present(), &end);
    }

    #[test]
    fn copied_blocks_survive_text(journey in arbitrary::journey(), some in collection::vec(0..20_usize, 0..6)) {
        let keys: Vec<&BlockId> = journey.blocks.keys().collect();
        let blocks = some.iter().filter_map(|at| keys.get(*at)).map(|id| (*id).clone()).collect();
        let fragment = Fragment::copy(&journey, &blocks);
        prop_assert_eq!(Fragment::from_text(&fragment.to_text()), Ok(fragment));
    }
}
