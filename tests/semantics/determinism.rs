//! The same inputs and seed give the same result: whatever the threads, the order of files or
//! lines, or whoever else is in the recording.

use throughline::{
    journey::{BlockKind, SplitArm},
    simulator::{MessageRecord, ReplayResult},
};

use crate::world::*;

/// A hundred people on three devices each, some shared, with a journey that draws lots.
fn crowd(platform: &str) -> World {
    let calls = (0..100).flat_map(|n: u32| {
        let (phone, laptop) = (format!("phone{}", n / 2), format!("laptop{n}"));
        let (user, address) = (format!("U{n}"), format!("user{n}@example.com"));
        let minute = n % 60;
        [
            product(&format!("2 09:{minute:02}"), "Product Added", "P1").on(&phone),
            product(&format!("2 10:{minute:02}"), "Product Added", "P2").on(&laptop),
            identify(&format!("2 11:{minute:02}")).on(&laptop).user(&user).email(&address),
            identify(&format!("3 12:{minute:02}")).on(&phone).user(&user),
            track(&format!("3 13:{minute:02}"), "Checkout").user(&user),
        ]
    });
    let arm = |id: &str| SplitArm { id: id.into(), name: String::new(), percent: 50, holdout: false };
    let split = BlockKind::RandomSplit { arms: vec![arm("a"), arm("b")], each_run: true };
    on(platform)
        .with(|world| world.trace = true)
        .segment("lately", did_within("Product Added", "1d"))
        .hears(calls)
        .runs(
            journey("j", "Product Added")
                .then("known", wait_for_identify("7d"))
                .then("wait", wait("4h"))
                .then("split", split)
                .then("one", email("{{ event.product_id }}"))
                .from("split", "b", "two", email("two")),
        )
}

fn result(world: &World) -> ReplayResult {
    world.replay().0
}

const PLATFORMS: [&str; 5] = ["customerio", "open", "segment", "rudderstack", "posthog"];

#[test]
fn twice_in_a_row() {
    for platform in PLATFORMS {
        let world = crowd(platform);
        assert_eq!(result(&world), result(&world), "{platform}");
    }
}

#[test]
fn one_thread_or_many() {
    for platform in PLATFORMS {
        let world = crowd(platform);
        let many = |threads: usize| result(&world.clone().with(|world| world.threads = threads));
        let one = many(1);
        for threads in [2, 3, 0] {
            assert_eq!(one, many(threads), "{platform} on {threads} threads");
        }
    }
}

#[test]
fn lines_in_any_order() {
    for platform in PLATFORMS {
        let world = crowd(platform);
        let mut turned = world.clone();
        turned.recordings[0].2.reverse();
        let half = turned.recordings[0].2.len() / 3;
        turned.recordings[0].2.rotate_left(half);
        assert_eq!(result(&world), result(&turned), "{platform}");
    }
}

#[test]
fn files_in_any_order() {
    for platform in PLATFORMS {
        let world = crowd(platform);
        let mut split = world.clone();
        let lines = std::mem::take(&mut split.recordings[0].2);
        let (even, odd): (Vec<_>, Vec<_>) =
            lines.into_iter().enumerate().partition(|(number, _)| number % 2 == 0);
        let lines = |part: Vec<(usize, serde_json::Value)>| part.into_iter().map(|(_, line)| line).collect();
        split.recordings =
            vec![("odd".to_owned(), false, lines(odd)), ("even".to_owned(), false, lines(even))];
        let mut turned = split.clone();
        turned.recordings.reverse();
        assert_eq!(result(&world), result(&split), "{platform}");
        assert_eq!(result(&split), result(&turned), "{platform}");
    }
}

#[test]
fn alone_or_in_a_crowd() {
    for platform in PLATFORMS {
        let world = crowd(platform);
        let all = result(&world);
        // U10 and U11 share a phone; nobody else meets them.
        let theirs = |text: &str| {
            ["phone5\"", "laptop10\"", "laptop11\"", "\"U10\"", "\"U11\""].iter().any(|id| text.contains(id))
        };
        let mut alone = world.clone();
        alone.recordings[0].2.retain(|line| theirs(&line.to_string()));
        // The same absolute horizon for the person alone.
        let last = alone.log().events().iter().map(|event| event.arrived_ms).max().unwrap_or(0);
        alone.horizon = throughline::recording::Span::from_ms(all.horizon_ms - last);
        let alone = result(&alone);
        let of_them = |record: &&MessageRecord| {
            record
                .identifiers
                .iter()
                .any(|id| alone.messages.iter().any(|other| other.identifiers.contains(id)))
        };
        let among: Vec<MessageRecord> = all.messages.iter().filter(of_them).cloned().collect();
        assert!(!alone.messages.is_empty());
        assert_eq!(alone.messages, among, "{platform}");
    }
}

#[test]
fn another_seed_draws_other_lots() {
    let bodies = |seed: u64| {
        let world = crowd("open").with(|world| world.seed = seed);
        world.replay().bodies().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(bodies(1), bodies(1));
    assert_ne!(bodies(1), bodies(2));
}

#[test]
fn a_draw_depends_on_the_person_and_not_on_who_came_before() {
    let world = crowd("open");
    let mut fewer = world.clone();
    fewer.recordings[0].2.retain(|line| !line.to_string().contains("phone0\""));
    fewer.recordings[0].2.retain(|line| !line.to_string().contains("laptop0\""));
    let lots = |result: &ReplayResult| {
        result
            .messages
            .iter()
            .filter(|record| record.identifiers.contains(&"user_id:U50".to_owned()))
            .map(|record| (record.run, record.block.clone()))
            .collect::<Vec<_>>()
    };
    assert!(!lots(&result(&world)).is_empty());
    assert_eq!(lots(&result(&world)), lots(&result(&fewer)));
}
