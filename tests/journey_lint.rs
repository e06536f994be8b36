//! Lint: each rule finds its problem, keeps quiet otherwise, and its fix mends it.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use throughline::{
    identity::Platform,
    journey::{
        Journey, JourneyId, LintContext, Place, Problem, Segments, Severity, journey_from_ron,
        journey_to_ron, lint, segments_from_ron,
    },
    recording::{Catalog, Roles, Span, Taxonomy, ValueKinds},
};

/// A journey without a problem. Rows change a piece of it.
const CLEAN: &str = r#"(
    format: "throughline-journey",
    version: 1,
    id: "cart",
    name: "Cart",
    status: Active,
    trigger: Event(event: Role(cart_add), where: [(property: "price", is: MoreThan(5))]),
    goal: (when: Event(event: Role(purchase)), within: "7d"),
    start: "known",
    blocks: {
        "known": (
            kind: WaitForIdentify(by: Email, up_to: "3d"),
            exits: {"identified": "clock", "timed_out": "ads"},
        ),
        "clock": (
            kind: Delay(Anchored(from: Trigger, after: "4h", floor: "30m")),
            exits: {"next": "vip"},
        ),
        "vip": (
            kind: Branch(when: Attribute(name: "plan", is: Equals("gold"))),
            exits: {"yes": "mail", "no": "mail"},
        ),
        "mail": (
            kind: Message(
                channel: Email,
                subject: "Your {{ event.name }}",
                body: "Hi {{ customer.plan }}, {% for item in cart.products %}{{ item.price }}{% endfor %}",
            ),
            exits: {"sent": "end"},
        ),
        "ads": (kind: Audience(audience: "Carts"), exits: {"next": "end"}),
        "end": (kind: Exit(reason: "Done")),
    },
)"#;

const SEGMENTS: &str = r#"(
    format: "throughline-segments",
    version: 1,
    segments: {
        "buyers": (name: "Buyers", condition: Event(event: Role(purchase))),
        "known": (name: "Known", condition: All([Identified(by: Email), Segment("buyers")])),
    },
)"#;

const KIND: fn(&str) -> ValueKinds =
    |kind| ValueKinds { text: kind == "text", number: kind == "number", ..ValueKinds::default() };

struct World {
    platform: Platform,
    segments: Segments,
    roles: Roles,
    catalog: Catalog,
    taxonomy: Option<Taxonomy>,
    journeys: Vec<JourneyId>,
}

impl World {
    fn new(platform: &str) -> Self {
        let properties = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(path, kind)| ((*path).to_owned(), KIND(kind))).collect::<BTreeMap<_, _>>()
        };
        let events = [
            (
                "Product Added",
                properties(&[("price", "number"), ("sku", "text"), ("products[].size", "text")]),
            ),
            ("Product Viewed", properties(&[("price", "number")])),
            ("Order Completed", properties(&[("total", "number")])),
            ("Sizing", properties(&[])),
        ];
        Self {
            platform: Platform::preset(platform).unwrap().clone(),
            segments: segments_from_ron(SEGMENTS, "segments.ron").unwrap(),
            roles: Roles::default(),
            catalog: Catalog::default(),
            taxonomy: Some(Taxonomy {
                events: events.into_iter().map(|(name, paths)| (name.to_owned(), paths)).collect(),
                attributes: properties(&[("plan", "text"), ("age", "number")]),
                ..Taxonomy::default()
            }),
            journeys: vec!["cart".into(), "welcome".into()],
        }
    }
    fn problems(&self, journey: &Journey) -> Vec<Problem> {
        let context = LintContext {
            platform: &self.platform,
            segments: &self.segments,
            roles: &self.roles,
            catalog: &self.catalog,
            taxonomy: self.taxonomy.as_ref(),
            journeys: &self.journeys,
        };
        lint(journey, &context)
    }
}

/// The clean journey with pieces replaced.
fn changed(changes: &[(&str, &str)]) -> Journey {
    let mut text = CLEAN.to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "the clean journey has no {old}");
        text = text.replace(old, new);
    }
    journey_from_ron(&text, "changed.ron").unwrap()
}

const BLOCKS: &str = "    blocks: {\n";

/// The clean journey with another block, which some way leads to.
fn with_block(block: &str, also: &[(&str, &str)]) -> Journey {
    let blocks = format!("{BLOCKS}{block},\n");
    let mut changes =
        vec![(BLOCKS, blocks.as_str()), ("\"identified\": \"clock\"", "\"identified\": \"new\"")];
    changes.extend(also);
    changed(&changes)
}

fn codes(problems: &[Problem]) -> Vec<&'static str> {
    problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn the_clean_journey_is_clean() {
    for platform in ["open", "customerio"] {
        assert_eq!(World::new(platform).problems(&changed(&[])), []);
    }
}

const MAIL_EXIT: (&str, &str) = ("exits: {\"sent\": \"end\"}", "exits: {\"sent\": \"known\"}");
const WHEN: &str = "when: Attribute(name: \"plan\", is: Equals(\"gold\"))";

/// Code, how bad, where; the journey that has the problem; the one next to it that has not.
#[allow(clippy::type_complexity)]
fn rows() -> Vec<(&'static str, Severity, Place, Journey, Journey)> {
    use Severity::{Error, Warning};
    let block = |id: &str| Place::Block(id.into());
    let exit = |id: &str, exit: &str| Place::Exit(id.into(), exit.to_owned());
    let when = |condition: &str| changed(&[(WHEN, &format!("when: {condition}"))]);
    let body = |text: &str| changed(&[("Your {{ event.name }}", text)]);
    let arms = |arms: &str| {
        with_block(
            &format!(
                "\"new\": (kind: MultiBranch(conditions: [{arms}]), exits: {{\"a\": \"clock\", \"b\": \"clock\", \"otherwise\": \"clock\"}})"
            ),
            &[],
        )
    };
    let split = |a: u32, b: u32| {
        with_block(
            &format!(
                "\"new\": (kind: RandomSplit(arms: [(id: \"a\", percent: {a}), (id: \"b\", percent: {b})]), exits: {{\"a\": \"clock\", \"b\": \"clock\"}})"
            ),
            &[],
        )
    };
    let delay = |delay: &str| {
        with_block(&format!("\"new\": (kind: Delay({delay}), exits: {{\"next\": \"clock\"}})"), &[])
    };
    let wait = |wait: &str| {
        with_block(
            &format!("\"new\": (kind: {wait}, exits: {{\"a\": \"clock\", \"timed_out\": \"end\"}})"),
            &[],
        )
    };
    let clock = |clock: &str| changed(&[("Anchored(from: Trigger, after: \"4h\", floor: \"30m\")", clock)]);
    let trigger = |trigger: &str| {
        changed(&[("Event(event: Role(cart_add), where: [(property: \"price\", is: MoreThan(5))])", trigger)])
    };
    let window = |zone: &str| {
        with_block(
            &format!(
                "\"new\": (kind: TimeWindow(from: \"09:00\", to: \"17:00\", zone: Fixed(\"{zone}\")), exits: {{\"next\": \"clock\"}})"
            ),
            &[],
        )
    };
    let never =
        |to: &str| changed(&[("start: \"known\"", &format!("start: \"known\", never_identified: \"{to}\""))]);
    vec![
        (
            "no_trigger",
            Error,
            Place::Trigger,
            trigger("Event(event: Named(\" \"))"),
            trigger("EntersSegment(\"buyers\")").without_event(),
        ),
        ("no_start", Error, Place::Trigger, changed(&[("    start: \"known\",\n", "")]), changed(&[])),
        (
            "unreachable_block",
            Warning,
            block("lost"),
            changed(&[(BLOCKS, "    blocks: {\"lost\": (kind: Exit()),\n")]),
            never("end"),
        ),
        (
            "exit_leads_nowhere",
            Warning,
            exit("vip", "no"),
            changed(&[("\"yes\": \"mail\", \"no\": \"mail\"", "\"yes\": \"mail\"")]),
            changed(&[]),
        ),
        (
            "connection_of_no_exit",
            Warning,
            exit("clock", "too_late"),
            changed(&[("exits: {\"next\": \"vip\"}", "exits: {\"next\": \"vip\", \"too_late\": \"end\"}")]),
            changed(&[
                ("floor: \"30m\"", "floor: \"30m\", fresh_for: \"2d\""),
                ("exits: {\"next\": \"vip\"}", "exits: {\"next\": \"vip\", \"too_late\": \"end\"}"),
            ]),
        ),
        (
            "circle_without_time",
            Error,
            block("clock"),
            changed(&[
                ("exits: {\"sent\": \"end\"}", "exits: {\"sent\": \"clock\"}"),
                (", floor: \"30m\"", ""),
            ]),
            changed(&[("exits: {\"sent\": \"end\"}", "exits: {\"sent\": \"clock\"}")]),
        ),
        ("never_identified_leads_to", Error, block("mail"), never("mail"), never("ads")),
        (
            "never_identified_unused",
            Warning,
            Place::Journey,
            changed(&[
                ("start: \"known\"", "start: \"known\", never_identified: \"only\""),
                (BLOCKS, "    blocks: {\"only\": (kind: Exit(reason: \"x\")),\n"),
            ]),
            never("ads"),
        ),
        (
            "message_before_identify",
            Warning,
            block("mail"),
            changed(&[("\"timed_out\": \"ads\"", "\"timed_out\": \"clock\"")]),
            changed(&[
                ("\"timed_out\": \"ads\"", "\"timed_out\": \"clock\""),
                (
                    "channel: Email,",
                    "channel: Email, only_if: Any([Identified(by: Email), Segment(\"known\")]),",
                ),
            ]),
        ),
        (
            "exit_never_taken",
            Warning,
            exit("new", "b"),
            arms("(id: \"a\", when: Not(Any([]))), (id: \"b\", when: Segment(\"buyers\"))"),
            arms("(id: \"a\", when: Segment(\"known\")), (id: \"b\", when: Segment(\"buyers\"))"),
        ),
        ("exit_never_taken", Warning, exit("new", "b"), split(100, 0), split(99, 1)),
        (
            "anchored_delay_without_floor",
            Warning,
            block("clock"),
            clock("Anchored(from: LastEvent(Role(cart_add)), after: \"4h\")"),
            clock("Anchored(from: Entry, after: \"4h\")"),
        ),
        ("wait_of_no_time", Warning, block("new"), delay("For(\"0s\")"), delay("For(\"1s\")")),
        (
            "wait_for_ever",
            Warning,
            block("new"),
            wait("WaitUntil(conditions: [(id: \"a\", when: Segment(\"buyers\"))])"),
            wait("WaitUntil(conditions: [(id: \"a\", when: Segment(\"buyers\"))], up_to: \"1d\")"),
        ),
        (
            "goal_without_time",
            Warning,
            Place::Journey,
            changed(&[("within: \"7d\"", "within: \"0s\"")]),
            changed(&[]),
        ),
        ("first_message_too_late", Warning, block("clock"), clock("For(\"2d\")"), clock("For(\"20h\")")),
        ("first_message_too_early", Warning, block("clock"), clock("For(\"1m\")"), clock("For(\"10m\")")),
        (
            "first_message_too_early",
            Warning,
            block("clock"),
            changed(&[("Role(cart_add)", "Role(view)")]),
            changed(&[("Role(cart_add)", "Role(view)"), ("after: \"4h\"", "after: \"30h\"")]),
        ),
        ("unknown_zone", Error, block("new"), window("Europe/Pariss"), window("Europe/Paris")),
        (
            "empty_message",
            Warning,
            block("mail"),
            changed(&[(
                "Hi {{ customer.plan }}, {% for item in cart.products %}{{ item.price }}{% endfor %}",
                " \\n",
            )]),
            changed(&[]),
        ),
        (
            "email_without_subject",
            Warning,
            block("mail"),
            body(" "),
            changed(&[("channel: Email", "channel: InApp"), ("Your {{ event.name }}", "")]),
        ),
        (
            "channel_of_no_message",
            Error,
            block("mail"),
            changed(&[("channel: Email", "channel: Audience")]),
            changed(&[("channel: Email", "channel: Webhook")]),
        ),
        ("branch_without_condition", Warning, block("vip"), changed(&[(WHEN, "")]), changed(&[])),
        (
            "branch_without_condition",
            Warning,
            block("new"),
            arms(""),
            arms("(id: \"a\", when: Segment(\"known\")), (id: \"b\", when: Segment(\"buyers\"))"),
        ),
        (
            "audience_without_name",
            Warning,
            block("ads"),
            changed(&[("Audience(audience: \"Carts\")", "Audience(audience: \" \")")]),
            changed(&[]),
        ),
        ("empty_condition", Warning, block("vip"), when("Any([])"), when("Any([Segment(\"buyers\")])")),
        (
            "repeated_arm",
            Warning,
            exit("new", "b"),
            arms("(id: \"a\", when: Segment(\"buyers\")), (id: \"b\", when: Segment(\"buyers\"))"),
            arms("(id: \"a\", when: Segment(\"buyers\")), (id: \"b\", when: Segment(\"known\"))"),
        ),
        ("split_without_shares", Error, block("new"), split(0, 0), split(40, 60)),
        ("split_shares_sum", Warning, block("new"), split(40, 50), split(40, 60)),
        ("draft", Warning, Place::Journey, changed(&[("Active", "Draft")]), changed(&[])),
        (
            "unknown_segment",
            Error,
            block("vip"),
            when("Not(Segment(\"buyer\"))"),
            when("Not(Segment(\"buyers\"))"),
        ),
        (
            "unknown_segment",
            Error,
            Place::Trigger,
            trigger("LeavesSegment(\"buyer\")").without_event(),
            trigger("LeavesSegment(\"buyers\")").without_event(),
        ),
        (
            "unknown_journey",
            Warning,
            block("vip"),
            when("InJourney(journey: \"welcom\")"),
            when("InJourney(journey: \"welcome\")"),
        ),
        (
            "unknown_block",
            Warning,
            block("vip"),
            when("Message(journey: \"cart\", block: \"male\")"),
            when("Message(journey: \"cart\", block: \"mail\")"),
        ),
        (
            "unknown_event",
            Warning,
            block("vip"),
            when("Event(event: Named(\"Order Complete\"))"),
            when("Event(event: Named(\"Order Completed\"))"),
        ),
        (
            "unknown_event",
            Warning,
            block("vip"),
            when("Event(event: Role(search))"),
            when("Event(event: AnyPage)"),
        ),
        (
            "unknown_event",
            Warning,
            block("clock"),
            clock("Anchored(from: LastEvent(Named(\"Sizng\")), after: \"4h\", floor: \"1h\")"),
            clock("Anchored(from: LastEvent(Page(\"Sizing\")), after: \"4h\", floor: \"1h\")"),
        ),
        (
            "unknown_property",
            Warning,
            Place::Trigger,
            changed(&[("property: \"price\"", "property: \"prize\"")]),
            changed(&[(
                "property: \"price\", is: MoreThan(5)",
                "property: \"products[0].size\", is: Exists",
            )]),
        ),
        (
            "unknown_property",
            Warning,
            block("vip"),
            when("Trigger(property: \"skew\", is: Exists)"),
            when("Trigger(property: \"tags\", is: Equals(\"x\"))"),
        ),
        (
            "unknown_attribute",
            Warning,
            block("vip"),
            when("Attribute(name: \"plam\", is: Exists)"),
            when("Attribute(name: \"email\", is: Exists)"),
        ),
        (
            "text_compared_with_number",
            Warning,
            block("vip"),
            when("Attribute(name: \"age\", is: Equals(\"18\"))"),
            when("Attribute(name: \"age\", is: Equals(18))"),
        ),
        (
            "text_compared_with_number",
            Warning,
            Place::Trigger,
            changed(&[("\"price\", is: MoreThan(5)", "\"sku\", is: MoreThan(5)")]),
            changed(&[]),
        ),
        (
            "unknown_fact",
            Warning,
            block("vip"),
            when("Fact(path: \"cart.items\", is: Exists)"),
            when("Fact(path: \"first_session.campaign.source\", is: Exists)"),
        ),
        ("template_not_liquid", Error, block("mail"), body("{% if %}"), body("{{ event.price }}")),
        (
            "unknown_template_variable",
            Warning,
            block("mail"),
            body("{{ event.prise }}"),
            body("{{ event.price }}{{ event.event_name }}"),
        ),
        (
            "unknown_template_variable",
            Warning,
            block("mail"),
            body("{{ custommer.plan }}"),
            body("{% assign c = customer.plan %}{{ c }}"),
        ),
        (
            "unknown_template_variable",
            Warning,
            block("mail"),
            body("{{ customer.plam }}"),
            body("{{ customer.email }}"),
        ),
        (
            "unknown_template_variable",
            Warning,
            block("mail"),
            body("{{ cart.items.last.name }}"),
            body("{{ cart.products.last.name }}"),
        ),
        (
            "unknown_template_variable",
            Warning,
            block("mail"),
            body("{{ last_viewed.nmae }}"),
            body("{{ last_viewed.name }}"),
        ),
        (
            "unknown_template_variable",
            Warning,
            block("mail"),
            body("{{ history.cart }}"),
            body("{{ history.orders.count }}"),
        ),
        (
            "unknown_template_variable",
            Warning,
            block("mail"),
            body("{% for item in cart.products limit: 3 %}{{ item.nmae }}{% endfor %}"),
            body("{% for item in cart.products limit: 3 %}{{ item.name }}{% endfor %}"),
        ),
        (
            "unknown_template_variable",
            Warning,
            block("mail"),
            body(
                "{% for seen in history.viewed %}{% for tag in seen.tagz %}{{ tag }}{% endfor %}{% endfor %}",
            ),
            body(
                "{% for seen in history.viewed %}{% for tag in seen.tags %}{{ tag }}{% endfor %}{% endfor %}",
            ),
        ),
        (
            "unknown_template_variable",
            Warning,
            block("mail"),
            body("{% for n in (1..3) %}{{ m }}{% endfor %}"),
            body("{% for n in (1..3) %}{{ n }}{{ forloop.index }}{% endfor %}"),
        ),
    ]
}

trait WithoutEvent {
    fn without_event(self) -> Journey;
}

impl WithoutEvent for Journey {
    /// The journey without what only an event-triggered one may print.
    fn without_event(self) -> Journey {
        let text = journey_to_ron(&self).replace("Your {{ event.name }}", "Your cart");
        journey_from_ron(&text, "changed.ron").unwrap()
    }
}

#[test]
fn each_rule_finds_its_problem_and_keeps_quiet_otherwise() {
    let world = World::new("open");
    for (code, severity, place, bad, good) in rows() {
        let found = world.problems(&bad);
        let hit = found.iter().find(|problem| problem.code == code && problem.place == place);
        let Some(hit) = hit else { panic!("{code} at {place:?} not found, only {found:#?}") };
        assert_eq!(hit.severity, severity, "{code}");
        assert!(hit.text.ends_with('.') && hit.text.len() > 20, "{}", hit.text);
        let quiet = world.problems(&good);
        assert!(!codes(&quiet).contains(&code), "{code} where there is none: {quiet:#?}");
    }
}

#[test]
fn a_fix_mends_its_problem_and_the_journey_stays_readable() {
    let world = World::new("open");
    let mut fixed = 0;
    for (code, _, place, bad, _) in rows() {
        let found = world.problems(&bad);
        let hit = found.iter().find(|problem| problem.code == code && problem.place == place).unwrap();
        let Some(fix) = &hit.fix else { continue };
        fixed += 1;
        let after = world.problems(&fix.journey);
        let still = after.iter().any(|problem| problem.code == code && problem.place == place);
        assert!(!still, "“{}” leaves {code}: {after:#?}", fix.label);
        let text = journey_to_ron(&fix.journey);
        assert_eq!(journey_from_ron(&text, "fixed.ron").unwrap(), *fix.journey, "{code}");
    }
    assert!(fixed > 20, "{fixed}");
}

#[test]
fn a_misspelt_property_or_attribute_is_mended_wherever_it_is_asked_for() {
    let world = World::new("open");
    let fixed = |journey: &Journey, code: &str| {
        let problems = world.problems(journey);
        let hit = problems.iter().find(|problem| problem.code == code).expect("the problem");
        assert!(hit.text.contains("the nearest is"), "{}", hit.text);
        journey_to_ron(&hit.fix.as_ref().expect("a fix").journey)
    };
    let trigger = fixed(&changed(&[("property: \"price\"", "property: \"prize\"")]), "unknown_property");
    assert!(trigger.contains("\"price\"") && !trigger.contains("\"prize\""));
    let question =
        "when: All([Attribute(name: \"plam\", is: Exists), Trigger(property: \"plam\", is: Exists)])";
    let attribute = fixed(&changed(&[(WHEN, question)]), "unknown_attribute");
    assert!(attribute.contains("Attribute(name: \"plan\""), "{attribute}");
    assert!(attribute.contains("property: \"plam\""), "a property of the same spelling is another matter");
}

#[test]
fn where_everybody_is_identified_a_wait_for_that_never_times_out() {
    let mere = changed(&[("by: Email, ", "")]);
    let problems = World::new("customerio").problems(&mere);
    let hit = problems.iter().find(|problem| problem.code == "exit_never_taken").unwrap();
    assert_eq!(hit.place, Place::Exit("known".into(), "timed_out".to_owned()));
    assert!(!hit.fix.as_ref().unwrap().journey.blocks.contains_key("known"));
    assert_eq!(codes(&World::new("open").problems(&mere)), Vec::<&str>::new());
    // Nor is a message without a wait a problem there.
    let bare = changed(&[("\"timed_out\": \"ads\"", "\"timed_out\": \"clock\"")]);
    assert!(!codes(&World::new("customerio").problems(&bare)).contains(&"message_before_identify"));
}

#[test]
fn only_events_are_held_until_somebody_is_identified() {
    let never = ("start: \"known\"", "start: \"known\", never_identified: \"ads\"");
    let event = "Event(event: Role(cart_add), where: [(property: \"price\", is: MoreThan(5))])";
    let by_segment = changed(&[never, (event, "EntersSegment(\"buyers\")")]);
    assert_eq!(codes(&World::new("customerio").problems(&changed(&[never]))), [""; 0]);
    let found = World::new("customerio").problems(&by_segment);
    let unused = found.iter().find(|problem| problem.code == "never_identified_unused").unwrap();
    assert_eq!(unused.place, Place::Trigger);
    assert_eq!(unused.fix.as_ref().unwrap().journey.never_identified, None);
}

#[test]
fn what_a_platform_does_not_have_is_said() {
    let by_segment = changed(&[(
        "Event(event: Role(cart_add), where: [(property: \"price\", is: MoreThan(5))])",
        "EntersSegment(\"buyers\")",
    )])
    .without_event();
    assert_eq!(codes(&World::new("customerio").problems(&by_segment)), ["block_not_on_platform"]);
    assert_eq!(codes(&World::new("open").problems(&by_segment)), Vec::<&str>::new());
    let mut world = World::new("open");
    world.platform.missing_blocks.value = vec![throughline::identity::platform::BlockWord::Audience];
    assert_eq!(codes(&world.problems(&changed(&[]))), ["block_not_on_platform"]);
}

#[test]
fn the_recording_says_when_carts_are_bought() {
    let mut world = World::new("open");
    let days = |days: &[i64]| days.iter().map(|days| Span::days(*days)).collect::<Vec<_>>();
    let taxonomy = world.taxonomy.as_mut().unwrap();
    taxonomy.cart_to_purchase = days(&[1, 2, 2, 3, 3, 3, 4, 5]);
    assert_eq!(codes(&world.problems(&changed(&[]))), ["first_message_too_early"]);
    assert_eq!(codes(&world.problems(&changed(&[("after: \"4h\"", "after: \"3d\"")]))), Vec::<&str>::new());
    // Too few carts say nothing.
    world.taxonomy.as_mut().unwrap().cart_to_purchase.truncate(3);
    assert_eq!(codes(&world.problems(&changed(&[]))), Vec::<&str>::new());
}

#[test]
fn errors_come_first() {
    let problems = World::new("open").problems(&changed(&[
        ("Active", "Draft"),
        (WHEN, "when: Segment(\"x\")"),
        MAIL_EXIT,
    ]));
    assert_eq!(problems[0].severity, Severity::Error);
    assert_eq!(problems.last().unwrap().severity, Severity::Warning);
}

#[test]
fn without_recordings_names_are_not_judged() {
    let mut world = World::new("open");
    world.taxonomy = None;
    let odd =
        changed(&[("\"price\"", "\"prize\""), ("name: \"plan\"", "name: \"plam\""), ("cart_add", "search")]);
    let found = codes(&world.problems(&odd));
    assert!(!found.iter().any(|code| code.starts_with("unknown")), "{found:?}");
}

#[test]
fn columns_of_the_shops_own_catalogue_are_known() {
    let mut world = World::new("open");
    let journey = changed(&[("Your {{ event.name }}", "{{ event.fragrance }}{{ last_viewed.fragrance }}")]);
    let codes = |world: &World| {
        world.problems(&journey).iter().filter(|problem| problem.code == "unknown_template_variable").count()
    };
    assert_eq!(codes(&world), 2);
    let product = serde_json::json!({ "product_id": "P1", "fragrance": "none" });
    world.catalog = Catalog::new(BTreeMap::from([("P1".to_owned(), product)]));
    assert_eq!(codes(&world), 0);
}
