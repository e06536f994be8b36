//! Arbitrary journeys and conditions: everything a file can say, sensible or not.

use std::collections::BTreeMap;

use proptest::{collection, option, prelude::*, sample};
use throughline::{
    journey::{
        AddressNeed, Anchor, Block, BlockId, BlockKind, Channel, CompareCount, Condition, ConditionArm,
        ConsentState, DelayKind, EntryRules, EventCondition, EventRef, ExitCondition, ExitId, Goal,
        HeldTriggers, Identification, Journey, JourneyId, Message, MessageStatus, Note, NoteId, Position,
        PropertyFilter, ReEntry, Runs, Scalar, Segment, Segments, SplitArm, Status, Template, Test, Trigger,
        Weekday, ZoneChoice,
    },
    recording::{Span, facts::Role},
};

/// Texts people and editors produce, and those that formats stumble over.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z][a-z_.-]{0,10}",
        1 => "[ -~]{0,20}",
        1 => any::<String>(),
        1 => sample::select(vec![
            "", " ", "\"", "\\", "\r\n", "a\nb\n", "\n\"#\"##", "r#\"x\"#", "// x", "/* x */", "\u{0}\u{7}", "\t",
            "\u{feff}", "\u{202e}", "{{ customer.name }}", "é ü 漢 🛒", "#####", "\"####",
        ])
        .prop_map(str::to_owned),
    ]
}

pub fn span() -> impl Strategy<Value = Span> {
    prop_oneof![(0_i64..500).prop_map(Span::hours), (0_i64..10_000_000_000).prop_map(Span::from_ms)]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-1000_i32..1000).prop_map(f64::from),
        proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL,
    ]
}

pub fn scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        any::<bool>().prop_map(Scalar::Bool),
        number().prop_map(Scalar::Number),
        text().prop_map(Scalar::Text)
    ]
}

pub fn test() -> impl Strategy<Value = Test> {
    prop_oneof![
        scalar().prop_map(Test::Equals),
        text().prop_map(Test::EqualsIgnoreCase),
        scalar().prop_map(Test::NotEquals),
        text().prop_map(Test::Contains),
        text().prop_map(Test::ContainsIgnoreCase),
        text().prop_map(Test::StartsWith),
        Just(Test::Exists),
        Just(Test::Missing),
        number().prop_map(Test::MoreThan),
        number().prop_map(Test::AtLeast),
        number().prop_map(Test::LessThan),
        number().prop_map(Test::AtMost),
        collection::vec(scalar(), 0..15).prop_map(Test::In),
        collection::vec(scalar(), 0..4).prop_map(Test::NotIn),
        span().prop_map(Test::WithinLast),
        span().prop_map(Test::LongerAgoThan),
        span().prop_map(Test::WithinNext),
    ]
}

pub fn role() -> impl Strategy<Value = Role> {
    sample::select(&Role::ALL[..])
}

pub fn event_ref() -> impl Strategy<Value = EventRef> {
    prop_oneof![
        text().prop_map(EventRef::Named),
        role().prop_map(EventRef::Role),
        option::of(text()).prop_map(EventRef::Page)
    ]
}

fn filters() -> impl Strategy<Value = Vec<PropertyFilter>> {
    collection::vec((text(), test()).prop_map(|(property, is)| PropertyFilter { property, is }), 0..3)
}

fn event_condition() -> impl Strategy<Value = EventCondition> {
    let count = prop_oneof![
        any::<u32>().prop_map(CompareCount::AtLeast),
        any::<u32>().prop_map(CompareCount::AtMost),
        any::<u32>().prop_map(CompareCount::Exactly),
        Just(CompareCount::default())
    ];
    (
        event_ref(),
        filters(),
        count,
        option::of(span()),
        any::<bool>(),
        option::of(event_ref()),
        option::of(event_ref()),
    )
        .prop_map(|(event, filters, count, within, since_entry, after, before)| EventCondition {
            event,
            filters,
            count,
            within,
            since_entry,
            after,
            before,
        })
}

pub fn channel() -> impl Strategy<Value = Channel> {
    sample::select(vec![
        Channel::Email,
        Channel::Sms,
        Channel::Push,
        Channel::InApp,
        Channel::Webhook,
        Channel::OnSite,
        Channel::Audience,
    ])
}

fn identification() -> impl Strategy<Value = Identification> {
    sample::select(vec![
        Identification::Any,
        Identification::UserId,
        Identification::Email,
        Identification::Phone,
        Identification::ReachableChannel,
    ])
}

fn address() -> impl Strategy<Value = AddressNeed> {
    sample::select(vec![AddressNeed::Any, AddressNeed::Good])
}

pub fn condition() -> impl Strategy<Value = Condition> {
    let question = prop_oneof![
        event_condition().prop_map(Condition::Event),
        (text(), test()).prop_map(|(name, is)| Condition::Attribute { name, is }),
        (text(), test()).prop_map(|(path, is)| Condition::Fact { path, is }),
        (text(), test()).prop_map(|(property, is)| Condition::Trigger { property, is }),
        text().prop_map(Condition::Segment),
        (identification(), address()).prop_map(|(by, address)| Condition::Identified { by, address }),
        (channel(), sample::select(vec![ConsentState::Granted, ConsentState::Denied, ConsentState::Unknown]))
            .prop_map(|(channel, is)| Condition::Consent { channel, is }),
        channel().prop_map(Condition::Reachable),
        (option::of(text()), option::of(text()), any::<bool>(), option::of(span())).prop_map(
            |(journey, block, sent, within)| Condition::Message {
                journey: journey.map(JourneyId),
                block: block.map(BlockId),
                status: if sent { MessageStatus::Sent } else { MessageStatus::NotSent },
                within,
            }
        ),
        (text(), option::of(span()))
            .prop_map(|(journey, within)| Condition::InJourney { journey: JourneyId(journey), within }),
    ];
    question.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..3).prop_map(Condition::All),
            collection::vec(inner.clone(), 0..3).prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

fn template() -> impl Strategy<Value = Template> {
    (text(), text()).prop_map(|(subject, body)| Template { subject, body })
}

fn days() -> impl Strategy<Value = Vec<Weekday>> {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    sample::subsequence(vec![Mon, Tue, Wed, Thu, Fri, Sat, Sun], 0..=7)
}

/// Ids that are no word of a fixed exit.
fn arm_ids() -> impl Strategy<Value = Vec<String>> {
    collection::btree_set("arm_[a-z]{1,6}", 0..4).prop_map(|ids| ids.into_iter().collect())
}

fn arms() -> impl Strategy<Value = Vec<ConditionArm>> {
    arm_ids().prop_flat_map(|ids| {
        let arms = ids.into_iter().map(|id| {
            (text(), condition()).prop_map(move |(name, when)| ConditionArm {
                id: ExitId(id.clone()),
                name,
                when,
            })
        });
        arms.collect::<Vec<_>>()
    })
}

fn split_arms() -> impl Strategy<Value = Vec<SplitArm>> {
    arm_ids().prop_flat_map(|ids| {
        let arms = ids.into_iter().map(|id| {
            (text(), any::<u32>(), any::<bool>()).prop_map(move |(name, percent, holdout)| SplitArm {
                id: ExitId(id.clone()),
                name,
                percent,
                holdout,
            })
        });
        arms.collect::<Vec<_>>()
    })
}

fn delay() -> impl Strategy<Value = DelayKind> {
    let anchor =
        prop_oneof![Just(Anchor::Entry), Just(Anchor::Trigger), event_ref().prop_map(Anchor::LastEvent)];
    prop_oneof![
        span().prop_map(DelayKind::For),
        (0_u32..=1440, days()).prop_map(|(at_minute, days)| DelayKind::UntilTime { at_minute, days }),
        (anchor, span(), span(), option::of(span()), any::<bool>()).prop_map(
            |(from, after, floor, fresh_for, restart)| DelayKind::Anchored {
                from,
                after,
                floor,
                fresh_for,
                restart
            }
        ),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    (channel(), template(), option::of(text()), any::<bool>(), option::of(text()), option::of(condition()))
        .prop_map(|(channel, template, topic, transactional, offer, only_if)| Message {
            channel,
            template,
            topic,
            transactional,
            offer,
            only_if,
        })
}

pub fn block_kind() -> impl Strategy<Value = BlockKind> {
    let zone = prop_oneof![
        Just(ZoneChoice::Person),
        Just(ZoneChoice::Workspace),
        text().prop_map(ZoneChoice::Fixed)
    ];
    prop_oneof![
        message().prop_map(BlockKind::Message),
        (span(), template()).prop_map(|(within, template)| BlockKind::OnSitePrompt { within, template }),
        (text(), any::<bool>()).prop_map(|(audience, remove)| BlockKind::Audience { audience, remove }),
        (identification(), address(), span()).prop_map(|(by, address, up_to)| BlockKind::WaitForIdentify {
            by,
            address,
            up_to
        }),
        delay().prop_map(BlockKind::Delay),
        (arms(), option::of(span()))
            .prop_map(|(conditions, up_to)| BlockKind::WaitUntil { conditions, up_to }),
        (days(), 0_u32..=1440, 0_u32..=1440, zone).prop_map(|(days, from_minute, to_minute, zone)| {
            BlockKind::TimeWindow { days, from_minute, to_minute, zone }
        }),
        option::of(condition()).prop_map(|when| BlockKind::Branch { when }),
        arms().prop_map(|conditions| BlockKind::MultiBranch { conditions }),
        (split_arms(), any::<bool>()).prop_map(|(arms, each_run)| BlockKind::RandomSplit { arms, each_run }),
        collection::btree_map(text(), option::of(scalar()), 0..4)
            .prop_map(|set| BlockKind::UpdateAttributes { set }),
        (text(), collection::btree_map(text(), scalar(), 0..6))
            .prop_map(|(event, properties)| BlockKind::SendEvent { event, properties }),
        Just(BlockKind::Goal),
        text().prop_map(|reason| BlockKind::Exit { reason }),
    ]
}

pub fn trigger() -> impl Strategy<Value = Trigger> {
    prop_oneof![
        (event_ref(), filters()).prop_map(|(event, filters)| Trigger::Event { event, filters }),
        text().prop_map(Trigger::EntersSegment),
        text().prop_map(Trigger::LeavesSegment),
        (text(), option::of(test())).prop_map(|(name, to)| Trigger::AttributeChange { name, to }),
        (text(), any::<bool>(), any::<i32>(), 0_i32..=1440).prop_map(
            |(name, yearly, offset_days, at_minute)| Trigger::DateAttribute {
                name,
                yearly,
                offset_days,
                at_minute
            }
        ),
    ]
}

fn entry() -> impl Strategy<Value = EntryRules> {
    let re_entry =
        prop_oneof![Just(ReEntry::Once), Just(ReEntry::EveryTime), span().prop_map(ReEntry::AfterGap)];
    let runs = prop_oneof![Just(Runs::OneAtATime), text().prop_map(Runs::OnePerKey)];
    let held = sample::select(vec![HeldTriggers::Each, HeldTriggers::Oldest, HeldTriggers::Newest]);
    (re_entry, runs, held).prop_map(|(re_entry, runs, held_triggers)| EntryRules {
        re_entry,
        runs,
        held_triggers,
    })
}

/// Blocks whose exits lead to blocks there are, or nowhere.
fn blocks() -> impl Strategy<Value = BTreeMap<BlockId, Block>> {
    let bare = (text(), text(), block_kind(), collection::vec(any::<sample::Index>(), 5), any::<u8>());
    collection::btree_map(text().prop_filter("an id", |id| !id.is_empty()), bare, 0..6).prop_map(|bare| {
        let ids: Vec<String> = bare.keys().cloned().collect();
        bare.into_iter()
            .map(|(id, (name, note, kind, targets, connected))| {
                let exits = kind.exits().into_iter().zip(targets).enumerate();
                let exits = exits
                    .filter(|(index, _)| connected & (1 << index) != 0)
                    .map(|(_, (exit, target))| (exit, BlockId(target.get(&ids).clone())))
                    .collect();
                (BlockId(id), Block { name, note, kind, exits })
            })
            .collect()
    })
}

pub fn journey() -> impl Strategy<Value = Journey> {
    let exits = collection::btree_map(text(), (text(), condition()), 0..3).prop_map(|exits| {
        exits.into_iter().map(|(id, (name, when))| ExitCondition { id, name, when }).collect::<Vec<_>>()
    });
    let goal = (condition(), span(), any::<bool>()).prop_map(|(when, within, ends_run)| Goal {
        when,
        within,
        ends_run,
    });
    let head =
        (text().prop_filter("an id", |id| !id.is_empty()), text(), text(), any::<bool>(), any::<i32>());
    let rules = (trigger(), option::of(condition()), entry(), exits, option::of(goal));
    let place = proptest::num::f32::NORMAL | proptest::num::f32::ZERO;
    let body = (
        blocks(),
        option::of(any::<sample::Index>()),
        option::of(any::<sample::Index>()),
        collection::vec((place, place), 0..3),
    );
    (head, rules, body).prop_map(|(head, rules, body)| {
        let ((id, name, note, active, priority), (trigger, audience, entry, exits, goal)) = (head, rules);
        let (blocks, start, never_identified, places) = body;
        let ids: Vec<BlockId> = blocks.keys().cloned().collect();
        let pick = |index: Option<sample::Index>| {
            index.filter(|_| !ids.is_empty()).map(|index| index.get(&ids).clone())
        };
        Journey {
            id: JourneyId(id),
            name,
            note: note.clone(),
            status: if active { Status::Active } else { Status::Draft },
            trigger,
            audience,
            entry,
            exits,
            goal,
            priority,
            start: pick(start),
            never_identified: pick(never_identified),
            notes: places
                .iter()
                .enumerate()
                .map(|(at, (x, y))| {
                    let text = format!("{note}\n{at}");
                    (NoteId(format!("note-{at}")), Note { text, at: Position { x: *y, y: *x } })
                })
                .collect(),
            positions: ids.iter().cloned().zip(places.into_iter().map(|(x, y)| Position { x, y })).collect(),
            blocks,
        }
    })
}

/// Segments that ask for nothing only a journey has, and for no other segment.
pub fn segments() -> impl Strategy<Value = Segments> {
    let plain = condition().prop_filter("no trigger, no segment", |condition| {
        let mut plain = true;
        condition.visit(&mut |part| {
            plain &= !matches!(part, Condition::Trigger { .. } | Condition::Segment(_));
        });
        plain
    });
    collection::btree_map(text().prop_filter("an id", |id| !id.is_empty()), (text(), text(), plain), 0..4)
        .prop_map(|segments| {
            let segments = segments.into_iter();
            Segments(
                segments
                    .map(|(id, (name, note, condition))| (id, Segment { name, note, condition }))
                    .collect(),
            )
        })
}
