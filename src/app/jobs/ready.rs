//! Events made ready for replays, and kept between jobs: an edit of a journey changes nothing of it.

use std::sync::Arc;

use super::memory::Recordings;
use crate::{identity::Platform, simulator::GroupedEvents};

impl Recordings {
    /// The events, made ready under a platform's rules.
    pub(super) fn ready(&mut self, platform: &Platform) -> Arc<GroupedEvents> {
        match &self.ready.0 {
            Some((under, ready)) if under == platform => Arc::clone(ready),
            _ => {
                let ready = Arc::new(GroupedEvents::of(&self.log, platform, 0));
                self.ready.0 = Some((platform.clone(), Arc::clone(&ready)));
                ready
            }
        }
    }
}
