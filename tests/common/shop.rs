//! Replays of a workspace's own recordings, on one thread and without a store.
#![allow(clippy::unwrap_used)]

use throughline::{
    identity::Platform,
    recording::Span,
    simulator::{ReplayInput, ReplayResult, replay},
    store::ImportControl,
    workspace::{Workspace, load_recordings},
};

/// What comes of a workspace's active journeys on a platform.
pub fn replayed(shop: &Workspace, platform: &Platform) -> ReplayResult {
    let loaded = load_recordings(shop, None, &[], ImportControl::default()).unwrap();
    replay(&ReplayInput {
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
    })
    .unwrap()
}
