//! Random journeys, recordings and settings, small enough to shrink to something readable.
//!
//! Times lie on a ten-minute grid so that exact ties, and windows that end at the very instant of
//! an event, come up often. A cycle goes back only from a delay, so that every turn takes time.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use proptest::{collection::vec, option, prelude::*, sample::select, test_runner::RngSeed};
use serde_json::{Value, json};
use throughline::{
    identity::{Platform, platform::Anonymous},
    journey::{
        AddressNeed, Anchor, Block, BlockId, BlockKind, Channel, CompareCount, Condition, ConditionArm,
        ConsentState, DelayKind, EntryRules, EventCondition, EventRef, ExitCondition, Goal, HeldTriggers,
        Identification, Journey, JourneyId, Message, MessageStatus, PropertyFilter, ReEntry, Runs, Scalar,
        Segment, Segments, SplitArm, Status, Template, Test, Trigger, Weekday, ZoneChoice,
        format::{journey_to_ron, segments_to_ron},
    },
    recording::{
        Catalog, EventLog, Span,
        facts::Role,
        read_events,
        time::{format_instant, parse_instant_ms},
    },
    simulator::{
        ReplayInput, WorkspaceFacts,
        settings::{BadAddresses, ConsentFrom, ConsentSource, MessageLimit, QuietHours},
    },
};

/// 2 March 2026, a Monday, 00:00 UTC.
const START_MS: i64 = 1_772_409_600_000;
const STEP_MS: i64 = 600_000;
const PLATFORMS: [&str; 5] = ["customerio", "open", "segment", "rudderstack", "posthog"];
const EVENTS: [&str; 4] = ["A", "B", "Product Added", "Order Completed"];
const SEGMENTS: [&str; 2] = ["s", "t"];
const JOURNEYS: [&str; 3] = ["j", "k", "l"];

/// Everything a replay depends on.
#[derive(Clone)]
pub struct Case {
    pub platform: &'static str,
    /// The platform, where it holds events perhaps for less long.
    pub rules: Platform,
    pub workspace: WorkspaceFacts,
    pub catalog: Catalog,
    pub segments: Segments,
    pub journeys: Vec<Journey>,
    pub calls: Vec<Value>,
    /// How many of the calls, from the first, are of a recording marked history.
    pub history: usize,
    pub horizon: Span,
}

/// Readable in a failure: calls as lines, journeys and segments as their files.
impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "on {}, horizon {}, {} of history", self.platform, self.horizon, self.history)?;
        self.calls.iter().try_for_each(|call| writeln!(f, "{call}"))?;
        self.journeys.iter().try_for_each(|journey| writeln!(f, "{}", journey_to_ron(journey)))?;
        writeln!(f, "{}", segments_to_ron(&self.segments))?;
        write!(f, "{:?}", self.workspace.delivery)
    }
}

impl Case {
    pub fn log(&self) -> EventLog {
        let mut log = EventLog::new();
        let (history, live) = self.calls.split_at(self.history);
        for (name, calls) in [("history", history), ("live", live)] {
            if !calls.is_empty() {
                let text = calls.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
                read_events(&mut text.as_bytes(), name, &mut log).expect("made-up events are sound");
            }
        }
        log
    }

    /// The journeys as a replay takes them.
    pub fn journeys(&self) -> Vec<Arc<Journey>> {
        self.journeys.iter().cloned().map(Arc::new).collect()
    }

    /// A replay of journeys over a log, on one thread, with everything else as drawn.
    pub fn input<'a>(&'a self, log: &'a EventLog, journeys: &'a [Arc<Journey>]) -> ReplayInput<'a> {
        ReplayInput {
            log,
            platform: &self.rules,
            workspace: &self.workspace,
            catalog: &self.catalog,
            segments: &self.segments,
            journeys,
            also: None,
            history: if self.history > 0 { &[0] } else { &[] },
            seed: 7,
            horizon: self.horizon,
            threads: 1,
            trace: false,
            cancel: None,
            progress: None,
        }
    }
}

/// Fixed cases, unless the environment asks for others.
pub fn fixed() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let rng_seed = match asked.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed @ RngSeed::Fixed(_) => fixed,
    };
    ProptestConfig { failure_persistence: None, rng_seed, ..asked }
}

pub fn case() -> impl Strategy<Value = Case> {
    // Boxed, for what is drawn at once is more than an unoptimised test's stack holds.
    let drawn = (journeys().boxed(), segments().boxed(), workspace().boxed());
    // Of history, some ended long ago, and some was written down while the rest went on.
    let history = (prop_oneof![3 => Just(0), 1 => 1..6usize], prop_oneof![2 => Just(2_000), 1 => Just(0i64)]);
    let kept = select(vec![Span::minutes(30), Span::hours(2), Span::hours(12), Span::days(30)]);
    (select(&PLATFORMS[..]), kept, vec(call(), 1..16), history, drawn, 1..5i64)
        .prop_map(|(platform, kept, calls, (history, ago), (journeys, segments, workspace), days)| {
            let (calls, history) = numbered(&calls, history.min(calls.len() - 1), ago);
            Case {
                platform,
                rules: forgetting(platform, kept),
                workspace,
                catalog: Catalog::new(BTreeMap::from([(
                    "P1".to_owned(),
                    json!({ "product_id": "P1", "category": "skin", "price": 10.0 }),
                )])),
                segments,
                journeys,
                calls,
                history,
                horizon: Span::days(days),
            }
        })
        .boxed()
}

/// A preset that keeps anonymous history for so long, if it holds any.
fn forgetting(platform: &str, kept: Span) -> Platform {
    let mut rules = Platform::preset(platform).expect("a preset").clone();
    if let Anonymous::Held { retention, .. } = &mut rules.anonymous.value {
        *retention = kept;
    }
    rules
}

// ---- recordings --------------------------------------------------------------------------

#[derive(Clone, Debug)]
struct Call {
    at: i64,
    late: i64,
    device: Option<usize>,
    user: Option<usize>,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Track(&'static str, Option<&'static str>),
    Page(&'static str),
    Identify { email: bool, traits: Vec<(&'static str, Value)> },
    Merge(usize, usize),
    Alias(usize),
    Again,
}

fn call() -> impl Strategy<Value = Call> {
    let at = prop_oneof![3 => 0..40i64, 1 => 0..800i64];
    let late = prop_oneof![6 => Just(0), 1 => 1..12i64, 1 => Just(500), 1 => -12..0i64];
    (at, late, option::weighted(0.8, 0..3usize), option::weighted(0.4, 0..3usize), what())
        .prop_map(|(at, late, device, user, what)| Call { at, late, device, user, what })
}

fn what() -> impl Strategy<Value = What> {
    let traits = prop_oneof![
        Just(("tier", json!("gold"))),
        Just(("tier", json!("silver"))),
        Just(("score", json!(7))),
        Just(("email_ok", json!("yes"))),
        Just(("email_ok", json!("no"))),
        Just(("unsubscribed", json!("true"))),
        Just(("timezone", json!("Asia/Kolkata"))),
        (0..200i64).prop_map(|at| ("renews", json!(format_instant(START_MS + at * STEP_MS)))),
        (2..6).prop_map(|day| ("renews", json!(format!("2026-03-0{day}")))),
        Just(("renews", json!("1992-03-04"))),
    ];
    prop_oneof![
        8 => (select(&EVENTS[..]), option::of(select(&["P1", "P2"][..]))).prop_map(|(n, p)| What::Track(n, p)),
        3 => select(&["home", "sizing"][..]).prop_map(What::Page),
        5 => (any::<bool>(), vec(traits, 0..2)).prop_map(|(email, traits)| What::Identify { email, traits }),
        1 => (0..3usize, 0..3usize).prop_map(|(a, b)| What::Merge(a, b)),
        1 => (0..3usize).prop_map(What::Alias),
        1 => Just(What::Again),
    ]
}

/// As lines of a recording, the first few so many steps before the others. `Again` repeats the message
/// before it, later. With how many lines the first few came to.
fn numbered(calls: &[Call], history: usize, ago: i64) -> (Vec<Value>, usize) {
    let mut lines: Vec<Value> = Vec::new();
    let mut of_history = 0;
    for (number, call) in calls.iter().enumerate() {
        let at = if number < history { call.at - ago } else { call.at };
        let happened = START_MS + at * STEP_MS;
        let arrived = happened + call.late * STEP_MS;
        let mut line = json!({
            "messageId": format!("m{number:02}"),
            "timestamp": format_instant(happened),
            "receivedAt": format_instant(arrived),
        });
        if let Some(device) = call.device {
            line["anonymousId"] = json!(format!("D{device}"));
        }
        if let Some(user) = call.user {
            line["userId"] = json!(format!("U{user}"));
        }
        match &call.what {
            What::Track(name, product) => {
                line["type"] = json!("track");
                line["event"] = json!(name);
                line["properties"] = json!({ "product_id": product, "n": number % 3 });
            }
            What::Page(name) => {
                line["type"] = json!("page");
                line["name"] = json!(name);
            }
            What::Identify { email, traits } => {
                line["type"] = json!("identify");
                let mut map: serde_json::Map<String, Value> =
                    traits.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
                if let (true, Some(user)) = (email, call.user) {
                    map.insert("email".to_owned(), json!(format!("user{user}@example.com")));
                }
                line["traits"] = Value::Object(map);
            }
            What::Merge(primary, secondary) => {
                line["type"] = json!("merge");
                line["primary"] = json!({ "id": format!("U{primary}") });
                line["secondary"] = json!({ "id": format!("U{secondary}") });
                let line = line.as_object_mut().expect("a line is an object");
                line.retain(|key, _| !["anonymousId", "userId"].contains(&key.as_str()));
            }
            What::Alias(previous) => {
                line["type"] = json!("alias");
                line["previousId"] = json!(format!("U{previous}"));
                line["userId"] = json!(format!("U{}", (previous + 1) % 3));
                line.as_object_mut().expect("a line is an object").remove("anonymousId");
            }
            What::Again => {
                let Some(before) = lines.last() else { continue };
                let mut again = before.clone();
                let first = before["timestamp"].as_str().and_then(parse_instant_ms).unwrap_or(arrived);
                again["receivedAt"] = json!(format_instant(arrived.max(first)));
                line = again;
            }
        }
        lines.push(line);
        of_history += usize::from(number < history);
    }
    if lines.len() == of_history {
        lines.push(json!({ "type": "track", "event": "A", "anonymousId": "D0", "messageId": "only",
            "timestamp": format_instant(START_MS) }));
    }
    (lines, of_history)
}

// ---- conditions --------------------------------------------------------------------------

fn span(steps: std::ops::Range<i64>) -> impl Strategy<Value = Span> {
    steps.prop_map(|steps| Span::from_ms(steps * STEP_MS))
}

/// Lengths that meet each other and the grid: hours, a day, or a few steps.
fn window() -> impl Strategy<Value = Span> {
    prop_oneof![span(1..13), Just(Span::hours(4)), Just(Span::days(1)), Just(Span::days(3))]
}

fn event_ref() -> impl Strategy<Value = EventRef> {
    prop_oneof![
        6 => select(&EVENTS[..]).prop_map(|name| EventRef::Named(name.to_owned())),
        1 => Just(EventRef::Role(Role::CartAdd)),
        1 => Just(EventRef::Page(None)),
        1 => Just(EventRef::Page(Some("sizing".to_owned()))),
    ]
}

fn filter() -> impl Strategy<Value = PropertyFilter> {
    let of = |property: &str, is: Test| Just(PropertyFilter { property: property.to_owned(), is });
    prop_oneof![
        of("category", Test::Equals(Scalar::Text("skin".to_owned()))),
        of("product_id", Test::Exists),
        of("n", Test::AtLeast(1.0)),
        of("n", Test::NotEquals(Scalar::Number(0.0))),
    ]
}

fn event_condition() -> impl Strategy<Value = EventCondition> {
    let count = prop_oneof![
        6 => Just(CompareCount::AtLeast(1)),
        2 => Just(CompareCount::AtLeast(2)),
        1 => Just(CompareCount::Exactly(1)),
        1 => Just(CompareCount::AtMost(1)),
    ];
    (
        event_ref(),
        vec(filter(), 0..2),
        count,
        option::weighted(0.4, window()),
        prop::bool::weighted(0.1),
        option::weighted(0.1, event_ref()),
        option::weighted(0.1, event_ref()),
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

/// What segments may ask: no journeys, messages or triggers.
fn plain_condition() -> impl Strategy<Value = Condition> {
    let text = |value: &str| Scalar::Text(value.to_owned());
    let of = |name: &str, is: Test| Condition::Attribute { name: name.to_owned(), is };
    let attribute = prop_oneof![
        Just(of("tier", Test::Equals(text("gold")))),
        Just(of("tier", Test::NotEquals(text("gold")))),
        Just(of("score", Test::MoreThan(5.0))),
        Just(of("email", Test::Exists)),
        window().prop_map(move |w| of("renews", Test::WithinNext(w))),
        window().prop_map(move |w| of("renews", Test::LongerAgoThan(w))),
    ];
    let by = select(&[Identification::Any, Identification::UserId, Identification::Email][..]);
    let state = select(&[ConsentState::Granted, ConsentState::Denied, ConsentState::Unknown][..]);
    let leaf = prop_oneof![
        8 => event_condition().prop_map(|event| Condition::Event(EventCondition { since_entry: false, ..event })),
        3 => attribute,
        1 => by.prop_map(|by| Condition::Identified { by, address: AddressNeed::Any }),
        1 => state.prop_map(|is| Condition::Consent { channel: Channel::Email, is }),
        1 => Just(Condition::Reachable(Channel::Email)),
        1 => Just(Condition::Fact { path: "cart.count".to_owned(), is: Test::AtLeast(1.0) }),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Condition::All),
            vec(inner.clone(), 0..3).prop_map(Condition::Any),
            inner.prop_map(|one| Condition::Not(Box::new(one))),
        ]
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    let id = || select(&JOURNEYS[..]).prop_map(JourneyId::from);
    let status = select(&[MessageStatus::Sent, MessageStatus::NotSent][..]);
    prop_oneof![
        12 => plain_condition(),
        3 => event_condition().prop_map(Condition::Event),
        2 => select(&SEGMENTS[..]).prop_map(|id| Condition::Segment(id.to_owned())),
        1 => Just(Condition::Trigger { property: "n".to_owned(), is: Test::AtLeast(1.0) }),
        1 => (option::of(id()), status, option::of(window())).prop_map(|(journey, status, within)| {
            Condition::Message { journey, block: None, status, within }
        }),
        1 => (id(), option::of(window())).prop_map(|(journey, within)| Condition::InJourney { journey, within }),
    ]
}

fn segments() -> impl Strategy<Value = Segments> {
    (plain_condition(), plain_condition()).prop_map(|(s, t)| {
        let segment = |condition| Segment { name: String::new(), note: String::new(), condition };
        Segments(BTreeMap::from([("s".to_owned(), segment(s)), ("t".to_owned(), segment(t))]))
    })
}

// ---- journeys ----------------------------------------------------------------------------

fn journeys() -> impl Strategy<Value = Vec<Journey>> {
    vec(journey(), 1..4).prop_map(|mut journeys| {
        for (journey, id) in journeys.iter_mut().zip(JOURNEYS) {
            journey.id = id.into();
        }
        journeys
    })
}

fn trigger() -> impl Strategy<Value = Trigger> {
    let tier = || "tier".to_owned();
    prop_oneof![
        6 => (event_ref(), vec(filter(), 0..2)).prop_map(|(event, filters)| Trigger::Event { event, filters }),
        1 => select(&SEGMENTS[..]).prop_map(|id| Trigger::EntersSegment(id.to_owned())),
        1 => select(&SEGMENTS[..]).prop_map(|id| Trigger::LeavesSegment(id.to_owned())),
        1 => Just(Trigger::AttributeChange { name: tier(), to: None }),
        1 => Just(Trigger::AttributeChange {
            name: tier(),
            to: Some(Test::Equals(Scalar::Text("gold".to_owned()))),
        }),
        2 => (any::<bool>(), -1..2i32, 0..144i32).prop_map(|(yearly, offset_days, ten)| Trigger::DateAttribute {
            name: "renews".to_owned(),
            yearly,
            offset_days,
            at_minute: ten * 10,
        }),
    ]
}

fn entry() -> impl Strategy<Value = EntryRules> {
    let re_entry = prop_oneof![
        2 => Just(ReEntry::EveryTime),
        1 => Just(ReEntry::Once),
        1 => window().prop_map(ReEntry::AfterGap),
    ];
    let runs = prop_oneof![2 => Just(Runs::OneAtATime), 1 => Just(Runs::OnePerKey("product_id".to_owned()))];
    let held = select(&[HeldTriggers::Each, HeldTriggers::Oldest, HeldTriggers::Newest][..]);
    (re_entry, runs, held).prop_map(|(re_entry, runs, held_triggers)| EntryRules {
        re_entry,
        runs,
        held_triggers,
    })
}

fn message() -> impl Strategy<Value = Message> {
    let channel =
        prop_oneof![4 => Just(Channel::Email), 1 => Just(Channel::InApp), 1 => Just(Channel::Webhook)];
    let body = select(
        &[
            "Hello {{ customer.tier | default: 'you' }}",
            "{{ customer.email }}",
            "{{ event.product_id }}",
            "{{ cart.count | default: 0 }}",
        ][..],
    );
    (channel, body, prop::bool::weighted(0.1), prop::bool::weighted(0.2), option::weighted(0.2, condition()))
        .prop_map(|(channel, body, transactional, offer, only_if)| Message {
            channel,
            template: Template { subject: "S".to_owned(), body: body.to_owned() },
            topic: None,
            transactional,
            offer: offer.then(|| "ten".to_owned()),
            only_if,
        })
}

fn delay() -> impl Strategy<Value = DelayKind> {
    let anchor =
        prop_oneof![Just(Anchor::Entry), Just(Anchor::Trigger), event_ref().prop_map(Anchor::LastEvent),];
    let anchored = (anchor, window(), span(0..6), option::weighted(0.3, window()), any::<bool>()).prop_map(
        |(from, after, floor, fresh_for, restart)| DelayKind::Anchored {
            from,
            after,
            floor,
            fresh_for,
            restart,
        },
    );
    prop_oneof![
        3 => span(3..40).prop_map(DelayKind::For),
        1 => (0..144u32, any::<bool>()).prop_map(|(ten, weekdays)| DelayKind::UntilTime {
            at_minute: ten * 10,
            days: if weekdays { vec![Weekday::Tue, Weekday::Fri] } else { Vec::new() },
        }),
        4 => anchored,
    ]
}

fn arms(of: impl Strategy<Value = Condition>) -> impl Strategy<Value = Vec<ConditionArm>> {
    vec(of, 1..3).prop_map(|conditions| {
        let arm = |(number, when)| ConditionArm {
            id: if number == 0 { "one".into() } else { "two".into() },
            name: String::new(),
            when,
        };
        conditions.into_iter().enumerate().map(arm).collect()
    })
}

/// Arms of these shares, and one of the rest.
fn split(shares: &[u32]) -> Vec<SplitArm> {
    let rest = 100 - shares.iter().sum::<u32>();
    let arm = |(number, percent): (usize, u32)| SplitArm {
        id: format!("arm{number}").as_str().into(),
        name: String::new(),
        percent,
        holdout: false,
    };
    shares.iter().copied().chain([rest]).enumerate().map(arm).collect()
}

fn kind() -> impl Strategy<Value = BlockKind> {
    let by = select(&[Identification::Any, Identification::UserId, Identification::Email][..]);
    let set = any::<bool>().prop_map(|gold| {
        BTreeMap::from([("tier".to_owned(), gold.then(|| Scalar::Text("gold".to_owned())))])
    });
    prop_oneof![
        8 => message().prop_map(BlockKind::Message),
        1 => window().prop_map(|within| BlockKind::OnSitePrompt {
            within,
            template: Template { subject: String::new(), body: "Stay".to_owned() },
        }),
        1 => Just(BlockKind::Audience { audience: "ads".to_owned(), remove: false }),
        2 => (by, window()).prop_map(|(by, up_to)| BlockKind::WaitForIdentify {
            by,
            address: AddressNeed::Any,
            up_to,
        }),
        6 => delay().prop_map(BlockKind::Delay),
        3 => (arms(condition()), option::of(window())).prop_map(|(conditions, up_to)| BlockKind::WaitUntil { conditions, up_to }),
        1 => (0..24u32, 1..24u32, any::<bool>()).prop_map(|(from, length, weekdays)| BlockKind::TimeWindow {
            days: if weekdays { vec![Weekday::Mon, Weekday::Wed] } else { Vec::new() },
            from_minute: from * 60,
            to_minute: (from + length) % 24 * 60,
            zone: ZoneChoice::Person,
        }),
        3 => option::weighted(0.9, condition()).prop_map(|when| BlockKind::Branch { when }),
        2 => (vec(select(&[0, 10, 45, 50][..]), 1..3), any::<bool>()).prop_map(|(shares, each_run)| {
            BlockKind::RandomSplit { arms: split(&shares), each_run }
        }),
        1 => arms(condition()).prop_map(|conditions| BlockKind::MultiBranch { conditions }),
        1 => set.prop_map(|set| BlockKind::UpdateAttributes { set }),
        1 => select(&EVENTS[..]).prop_map(|event| BlockKind::SendEvent {
            event: event.to_owned(),
            properties: BTreeMap::new(),
        }),
        1 => Just(BlockKind::Goal),
        1 => Just(BlockKind::Exit { reason: String::new() }),
    ]
}

fn journey() -> impl Strategy<Value = Journey> {
    let exits = vec(condition(), 0..2).prop_map(|conditions| {
        let exit = |(number, when)| ExitCondition { id: format!("x{number}"), name: String::new(), when };
        conditions.into_iter().enumerate().map(exit).collect::<Vec<_>>()
    });
    let goal = (condition(), window(), any::<bool>()).prop_map(|(when, within, ends_run)| Goal {
        when,
        within,
        ends_run,
    });
    (
        trigger(),
        option::weighted(0.2, condition()),
        entry(),
        exits,
        option::weighted(0.2, goal),
        0..2i32,
        // Each block with where its exits lead: a few ahead, or (from a delay) back.
        vec((kind(), vec(0..5usize, 3)), 1..6),
        option::weighted(0.4, select(vec![Span::hours(1), Span::hours(6), Span::days(1)])),
    )
        .prop_map(|(trigger, audience, entry, exits, goal, priority, drawn, never)| {
            let mut journey = Journey {
                id: "j".into(),
                name: String::new(),
                note: String::new(),
                status: Status::Active,
                trigger,
                audience,
                entry,
                exits,
                goal,
                priority,
                start: Some("b0".into()),
                never_identified: never.map(|_| "n0".into()),
                blocks: never.map_or_else(BTreeMap::new, outside),
                positions: BTreeMap::new(),
                notes: BTreeMap::new(),
            };
            let blocks = drawn.len();
            for (number, (kind, leads)) in drawn.into_iter().enumerate() {
                let takes_time = matches!(kind, BlockKind::Delay(DelayKind::For(_)));
                let mut connected = BTreeMap::new();
                for (exit, lead) in kind.exits().into_iter().zip(leads) {
                    let to = match lead {
                        0..=2 => number + 1,
                        3 => number + 2,
                        _ if takes_time => number.saturating_sub(1),
                        _ => blocks,
                    };
                    if to < blocks {
                        connected.insert(exit, format!("b{to}").as_str().into());
                    }
                }
                let block = Block { name: String::new(), note: String::new(), kind, exits: connected };
                journey.blocks.insert(format!("b{number}").as_str().into(), block);
            }
            journey
        })
}

/// What is done for those who are never identified: a prompt, then an audience.
fn outside(within: Span) -> BTreeMap<BlockId, Block> {
    let template = Template { subject: String::new(), body: "Come back".to_owned() };
    let prompt = BlockKind::OnSitePrompt { within, template };
    let audience = BlockKind::Audience { audience: "ads".to_owned(), remove: false };
    let block = |kind, exits| Block { name: String::new(), note: String::new(), kind, exits };
    let next = BTreeMap::from([("next".into(), "n1".into())]);
    BTreeMap::from([("n0".into(), block(prompt, next)), ("n1".into(), block(audience, BTreeMap::new()))])
}

// ---- settings ----------------------------------------------------------------------------

fn workspace() -> impl Strategy<Value = WorkspaceFacts> {
    let limit = (option::of(Just(Channel::Email)), 1..3u32, window())
        .prop_map(|(channel, at_most, per)| MessageLimit { channel, at_most, per });
    let quiet = (0..24u32, 1..12u32).prop_map(|(from, length)| QuietHours {
        from_minute: from * 60,
        to_minute: (from + length) % 24 * 60,
    });
    (
        vec(limit, 0..2),
        option::of(window()),
        option::weighted(0.3, quiet),
        any::<bool>(),
        any::<bool>(),
        option::weighted(0.3, window()),
    )
        .prop_map(|(limits, limit_retry, quiet_hours, held, needs_consent, offer_gap)| {
            let mut workspace = WorkspaceFacts::default();
            workspace.consent.push(ConsentSource {
                channels: BTreeSet::from([Channel::Email]),
                from: ConsentFrom::Trait("email_ok".to_owned()),
                granted: vec!["yes".to_owned()],
                denied: vec!["no".to_owned()],
                expires_after: None,
            });
            let delivery = &mut workspace.delivery;
            delivery.limits = limits;
            delivery.limit_retry = limit_retry;
            delivery.quiet_hours = quiet_hours;
            delivery.bad_addresses = if held { BadAddresses::Held } else { BadAddresses::Flagged };
            if needs_consent {
                delivery.needs_consent.insert(Channel::Email);
            }
            delivery.offer_gap = offer_gap;
            workspace
        })
}
