//! Replays of a workspace's own recordings, on one thread and without a store.
#![allow(dead_code, clippy::unwrap_used)] // not every test that shares this uses all of it

use throughline::{
    identity::Platform,
    recording::Span,
    simulator::{ReplayInput, ReplayResult, replay},
    store::ImportControl,
    workspace::{LoadedRecordings, Workspace, load_recordings},
};

/// A workspace's own recordings.
pub fn recorded(shop: &Workspace) -> LoadedRecordings {
    load_recordings(shop, None, &[], ImportControl::default()).unwrap()
}

/// A replay of a workspace's active journeys over recordings, on a platform.
pub fn input<'a>(
    shop: &'a Workspace,
    platform: &'a Platform,
    loaded: &'a LoadedRecordings,
) -> ReplayInput<'a> {
    ReplayInput {
        log: &loaded.log,
        platform,
        workspace: &shop.facts,
        catalog: &shop.catalog,
        segments: &shop.segments,
        journeys: &shop.journeys,
        also: None,
        history: &loaded.history,
        seed: 0,
        horizon: Span::days(30),
        threads: 1,
        trace: false,
        cancel: None,
        progress: None,
    }
}

/// What comes of a workspace's active journeys on a platform.
pub fn replayed(shop: &Workspace, platform: &Platform) -> ReplayResult {
    replay(&input(shop, platform, &recorded(shop))).unwrap()
}
