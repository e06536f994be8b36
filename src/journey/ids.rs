//! Ids of what a journey is made of: permanent, kept on rename, never shown where a name exists.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Makes a string id type: transparent in files, ordered by text.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

id! {
    /// Id of a journey; unique in a workspace, kept on rename.
    JourneyId
}
id! {
    /// Id of a block; unique in its journey, kept on rename, fresh on paste.
    BlockId
}
id! {
    /// Id of a note on the canvas; unique in its journey.
    NoteId
}
id! {
    /// Id of an exit of a block: a fixed word (`next`, `yes`, `timed_out`, …) or the id of a
    /// condition or split arm.
    ExitId
}
