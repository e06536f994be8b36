//! Which ways nobody took, and the numbers of the charts, on the samples.

#![allow(clippy::unwrap_used)]

#[path = "common/shop.rs"]
mod shops;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use shops::replayed;
use throughline::{
    identity::{Platform, platform::Anonymous},
    journey::{Journey, LintContext, edit::Port, lint},
    lab::{
        JourneyCoverage, coverage,
        coverage::{Obstacle, Share, Taken, share_of},
        series,
    },
    simulator::{MessageState, ReplayResult},
    workspace::{self, Workspace},
};

const PLATFORMS: [&str; 5] = ["open", "customerio", "segment", "rudderstack", "posthog"];

fn shop() -> Workspace {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    workspace::open(&folder).unwrap().workspace
}

fn covered(shop: &Workspace, platform: &str) -> (Vec<JourneyCoverage>, ReplayResult) {
    let platform = Platform::preset(platform).unwrap();
    let ids: Vec<_> = shop.journeys.iter().map(|journey| journey.id.clone()).collect();
    let context = LintContext {
        platform,
        segments: &shop.segments,
        roles: &shop.facts.roles,
        catalog: &shop.catalog,
        taxonomy: None,
        journeys: &ids,
    };
    let problems =
        shop.journeys.iter().map(|journey| (journey.id.clone(), lint(journey, &context))).collect();
    let holds = matches!(platform.anonymous.value, Anonymous::Held { .. });
    let result = replayed(shop, platform);
    (coverage(shop.journeys.iter().map(AsRef::as_ref), &result.journeys, &problems, holds), result)
}

#[test]
fn ways_carry_what_was_counted() {
    let shop = shop();
    for platform in PLATFORMS {
        let (journeys, result) = covered(&shop, platform);
        assert_eq!(journeys.len(), result.journeys.len(), "{platform}");
        for journey in &journeys {
            let counts = &result.journeys[&journey.journey];
            let by = |port: &Port| match journey.way(port).unwrap().taken {
                Taken::By(number) => number,
                _ => 0,
            };
            assert_eq!(by(&Port::Start), counts.started);
            let taken: u64 =
                journey.ways.iter().filter(|way| !way.exits.is_empty()).map(|way| by(&way.port)).sum();
            let counted: u64 = counts.blocks.values().flat_map(|block| block.exits.values()).sum();
            assert_eq!(taken, counted, "{platform} {}", journey.journey);
            let share = journey.share();
            assert!(share.taken <= share.all && share.all <= journey.ways.len() as u64);
        }
        let all = share_of(&journeys);
        assert!(all.taken > 0 && all.percent() <= Some(100), "{platform}");
    }
}

/// The samples with another cart recovery.
fn change(shop: &mut Workspace, change: impl Fn(&mut Journey)) {
    let cart = shop.journeys.iter_mut().find(|journey| journey.id.as_str() == "cart-recovery").unwrap();
    change(Arc::make_mut(cart));
}

#[test]
fn a_way_that_cannot_be_taken_is_listed_apart() {
    let mut shop = shop();
    change(&mut shop, |journey| {
        let alone = journey.blocks["friction"].clone();
        journey
            .blocks
            .insert("alone".into(), throughline::journey::Block { exits: BTreeMap::new(), ..alone });
    });
    let (journeys, _) = covered(&shop, "open");
    let cart = journeys.iter().find(|it| it.journey.as_str() == "cart-recovery").unwrap();
    let way = cart.way(&Port::Exit("alone".into(), "yes".into())).unwrap();
    assert_eq!(way.taken, Taken::Never(Obstacle::Unreachable));
    let can = cart.ways.iter().filter(|way| !matches!(way.taken, Taken::Never(_))).count() as u64;
    assert_eq!(cart.share().all, can);
}

#[test]
fn a_share_is_rounded_down_and_whole_only_when_all_is_taken() {
    assert_eq!(Share { taken: 199, all: 200 }.percent(), Some(99));
    assert_eq!(Share { taken: 200, all: 200 }.percent(), Some(100));
    assert_eq!(Share::default().percent(), None);
}

#[test]
fn whoever_is_known_was_once_first_known() {
    let shop = shop();
    for platform in PLATFORMS {
        let result = replayed(&shop, Platform::preset(platform).unwrap());
        for person in &result.people {
            assert_eq!(person.known_ms.is_some(), person.known, "{platform} {:?}", person.identifiers);
            assert!(person.known_ms.is_none_or(|at| at <= result.horizon_ms));
        }
        let known = result.people.iter().filter(|person| person.known).count();
        let took = series::first_touch_to_identify(&result.people);
        assert_eq!(took.len(), known, "{platform}");
        assert!(took.iter().any(|ms| *ms > 3_600_000), "{platform}: somebody takes their time");
    }
}

#[test]
fn charts_count_what_the_result_counts() {
    let shop = shop();
    let result = replayed(&shop, Platform::preset("open").unwrap());
    let of = |state| result.messages.iter().filter(|message| message.state == state).count() as u64;
    let zone = shop.facts.zone.parse().unwrap();
    let days = series::sent_by_day(&result.messages, zone);
    assert_eq!(days.iter().map(series::DaySent::total).sum::<u64>(), of(MessageState::Sent));
    assert!(days.is_sorted_by(|a, b| a.day < b.day));
    let ends = series::ends(&result.messages);
    assert_eq!(ends.sent, of(MessageState::Sent));
    assert_eq!(ends.total_not_sent(), of(MessageState::NotSent) + of(MessageState::Skipped));
    assert!(ends.not_sent.is_sorted_by(|a, b| a.1 >= b.1));
    let first = series::first_touch_to_message(&result);
    assert!(!first.is_empty() && first.len() <= result.people.len());
    assert_eq!(series::histogram(&first).iter().map(|bin| bin.number).sum::<u64>(), first.len() as u64);
}
