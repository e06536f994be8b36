//! The sample workspace, replayed, for unit tests of the window's parts.

use std::{path::Path, sync::Arc};

use super::{
    jobs::{Control, Job, Memory, Product, ReplayJob, Timing},
    session::{Choice, Opened, Outcome, RecordingChoice, sources},
    state::Model,
};
use crate::{journey::Journey, workspace};

/// The sample workspace.
pub fn opened() -> workspace::Opened {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    workspace::open(&folder).expect("the sample workspace opens")
}

/// Its journeys.
pub fn journeys() -> Vec<Arc<Journey>> {
    opened().workspace.journeys
}

/// The one the samples begin with.
pub fn cart_recovery() -> Journey {
    let found = journeys().into_iter().find(|journey| journey.id.as_str() == "cart-recovery");
    Journey::clone(&found.expect("cart recovery"))
}

/// What comes of replaying it.
pub fn outcome() -> Arc<Outcome> {
    let opened = Opened::new(opened());
    let job = ReplayJob {
        sources: sources(opened.document.workspace()),
        choice: Choice {
            platform: opened.document.workspace().platform.name.clone(),
            recordings: RecordingChoice::All,
            draft: None,
            seed: 0,
        },
        workspace: Arc::clone(opened.document.workspace()),
    };
    match Memory::default().perform(Job::Replay(job), &Control::default(), Timing::Fixed(4)) {
        Ok(Product::Replayed(outcome)) => outcome,
        Ok(_) => panic!("no outcome"),
        Err(fault) => panic!("{fault:?}"),
    }
}

/// The window's model with the sample workspace open and replayed.
pub fn replayed() -> Model {
    let mut model = Model::default();
    model.take(Ok(Product::Opened(Box::new(Opened::new(opened())))));
    model.take(Ok(Product::Replayed(outcome())));
    model
}
