//! How far the comparison is, and with what it is.

use std::sync::Arc;

use crate::app::{jobs::Against, session::RecordingChoice, state::Model};

impl Model {
    /// Whether what is listed is of the result shown.
    pub fn compared_now(&self) -> bool {
        let comparing = &self.comparing;
        comparing.compared.as_ref().is_some_and(|compared| {
            Some(&compared.against) == comparing.against.as_ref()
                && self.outcome.as_ref().is_some_and(|outcome| Arc::ptr_eq(outcome, &compared.after))
        })
    }

    /// Whether it was given up.
    pub const fn comparison_given_up(&self) -> bool {
        self.comparing.gave_up
    }

    /// With what it is compared, in a few words.
    pub fn against_label(&self, against: &Against) -> String {
        match against {
            Against::Kept => "The kept result".to_owned(),
            Against::OnDisk => "As saved on disk".to_owned(),
            Against::Platform(name) => {
                let known = self.opened.as_ref().map_or(&[][..], |opened| &opened.platforms);
                let label = known.iter().find(|platform| platform.name == *name);
                format!("On {}", label.map_or(name.as_str(), |platform| &platform.label))
            }
            Against::Seed(seed) => format!("With seed {seed}"),
            Against::Recordings(RecordingChoice::All) => "All recordings".to_owned(),
            Against::Recordings(RecordingChoice::One(at)) => {
                let name = self.sources.get(*at).map_or("a recording", |source| source.name.as_str());
                format!("Only {name}")
            }
        }
    }
}
