//! `workspace.ron`: what it says, and the checks that need no other file. The frozen structs of
//! its version are in [`v1`].

mod delivery;
mod v1;

use std::{
    collections::BTreeSet,
    path::{Component, Path},
};

use v1::FileV1;

use super::RecordingEntry;
use crate::{
    journey::{
        FormatError,
        format::{
            read::{self, FileKind, nearest},
            write,
        },
    },
    simulator::{delivery::regions, settings::WorkspaceFacts},
};

const WORKSPACE_FORMAT: FileKind = FileKind { name: "throughline-workspace", newest: 1 };

/// What `workspace.ron` says.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkspaceFile {
    /// The name people see.
    pub name: String,
    /// Name of a preset, or a `.ron` file below the workspace's folder; empty: the default preset.
    pub platform: String,
    /// Zone, currency, roles, consent, delivery.
    pub facts: WorkspaceFacts,
    /// Recordings in use, in order.
    pub recordings: Vec<RecordingEntry>,
}

/// Reads `workspace.ron`; `file` is named in errors.
pub fn workspace_from_ron(text: &str, file: &str) -> Result<WorkspaceFile, FormatError> {
    let raw: FileV1 = read::read(text, file, WORKSPACE_FORMAT)?;
    match raw.contradiction() {
        Some(reason) => Err(FormatError::Inconsistent { file: file.to_owned(), reason }),
        None => Ok(raw.into()),
    }
}

/// Why `workspace.ron` could not hold this, if it could not: what a reader would refuse.
pub(super) fn refusal(workspace: &WorkspaceFile) -> Option<String> {
    FileV1::from(workspace.clone()).contradiction()
}

/// Writes `workspace.ron` in its canonical form; what is as usual is left out.
pub fn workspace_to_ron(workspace: &WorkspaceFile) -> String {
    write(&FileV1::from(workspace.clone()))
}

impl FileV1 {
    /// The first thing that is well formed but cannot be meant.
    fn contradiction(&self) -> Option<String> {
        self.wrong_place()
            .or_else(|| self.wrong_roles())
            .or_else(|| self.wrong_delivery())
            .or_else(|| self.wrong_files())
    }
    fn wrong_place(&self) -> Option<String> {
        let upper = |text: &String, len: usize| {
            text.is_empty() || (text.len() == len && text.bytes().all(|b| b.is_ascii_uppercase()))
        };
        if let Some(zone) = &self.zone
            && zone.parse::<chrono_tz::Tz>().is_err()
        {
            let hint = nearest(zone, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
            return Some(format!("zone: “{zone}” is no time zone{hint}; write for example Europe/Paris"));
        }
        if let Some(country) = self.country.as_ref().filter(|country| !upper(country, 2)) {
            return Some(format!("country: “{country}” is no country code; write for example DE"));
        }
        let currency = self.currency.as_ref().filter(|currency| !upper(currency, 3))?;
        Some(format!("currency: “{currency}” is no currency code; write for example EUR"))
    }
    fn wrong_roles(&self) -> Option<String> {
        let mut seen = BTreeSet::new();
        let mut roles = self.roles.clone();
        roles.each().into_iter().flat_map(|(_, names)| names.take().unwrap_or_default()).find_map(|name| {
            let twice = format!("roles: the event “{name}” plays two roles; keep one");
            (!seen.insert(name)).then_some(twice)
        })
    }
    fn wrong_delivery(&self) -> Option<String> {
        if let Some(percent) = self.delivery.assumed_open_percent.filter(|percent| *percent > 100) {
            return Some(format!("delivery: assumed_open_percent is {percent}; it may be 0 to 100"));
        }
        let known = || regions().iter().map(|region| region.id.as_str());
        if let Some(unknown) = self.delivery.regions.iter().find(|id| known().all(|known| known != *id)) {
            let hint = nearest(unknown, known());
            let known: Vec<&str> = known().collect();
            return Some(format!(
                "delivery: there are no rules of a region “{unknown}”{hint}; known are {}",
                known.join(", ")
            ));
        }
        let endless = self.delivery.limits.iter().find(|limit| limit.per.is_zero())?;
        Some(format!(
            "delivery: a limit of {} messages has no period; write for example per: \"7d\"",
            endless.at_most
        ))
    }
    fn wrong_files(&self) -> Option<String> {
        let mut seen = BTreeSet::new();
        for recording in &self.recordings {
            if !is_below(&recording.file) {
                return Some(format!(
                    "recordings: “{}” is not below the workspace's folder; copy it into recordings/",
                    recording.file
                ));
            }
            if !seen.insert(&recording.file) {
                return Some(format!("recordings: “{}” is listed twice; keep one", recording.file));
            }
        }
        let outside = is_platform_file(&self.platform) && !is_below(&self.platform);
        outside.then(|| format!("platform: “{}” is not below the workspace's folder", self.platform))
    }
}

/// Whether the platform is a file of the workspace rather than a preset.
pub(super) fn is_platform_file(platform: &str) -> bool {
    Path::new(platform).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ron"))
}

/// Whether a path stays below the folder it is joined to.
fn is_below(path: &str) -> bool {
    let path = Path::new(path);
    !path.as_os_str().is_empty()
        && path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}
