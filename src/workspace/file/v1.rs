//! Version 1 of `workspace.ron`: frozen, apart from the workspace's own types.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{WORKSPACE_FORMAT, WorkspaceFile, delivery::Delivery};
use crate::{
    journey::format::v1::words::Channel,
    recording::{CaptureRules, Roles, SessionRules, Span, facts::Role},
    simulator::settings::{self, WorkspaceFacts},
    workspace::RecordingEntry,
};

/// The file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Workspace")]
pub(super) struct FileV1 {
    format: String,
    version: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) platform: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) zone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) country: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) currency: Option<String>,
    #[serde(default, skip_serializing_if = "RoleNames::is_default")]
    pub(super) roles: RoleNames,
    #[serde(default, skip_serializing_if = "Sessions::is_default")]
    sessions: Sessions,
    #[serde(default, skip_serializing_if = "Capture::is_default")]
    capture: Capture,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    consent: Vec<Consent>,
    #[serde(default, skip_serializing_if = "Delivery::is_default")]
    pub(super) delivery: Delivery,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) recordings: Vec<Recording>,
}

/// Event names by role; a role that is left out keeps its usual names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename = "Roles")]
pub(super) struct RoleNames {
    #[serde(skip_serializing_if = "Option::is_none")]
    view: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collection_view: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cart_add: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cart_remove: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cart_update: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purchase: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture: Option<BTreeSet<String>>,
}

impl RoleNames {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
    /// Every role with its names, if the file gives them.
    pub(super) fn each(&mut self) -> [(Role, &mut Option<BTreeSet<String>>); 9] {
        [
            (Role::View, &mut self.view),
            (Role::CollectionView, &mut self.collection_view),
            (Role::Search, &mut self.search),
            (Role::CartAdd, &mut self.cart_add),
            (Role::CartRemove, &mut self.cart_remove),
            (Role::CartUpdate, &mut self.cart_update),
            (Role::Checkout, &mut self.checkout),
            (Role::Purchase, &mut self.purchase),
            (Role::Capture, &mut self.capture),
        ]
    }
    /// The workspace's roles: the usual names, with the file's in place of those it gives. A name
    /// that the file gives one role is taken from the others.
    fn over_the_usual(mut self) -> Roles {
        let mut roles = Roles::default();
        let given: Vec<(Role, BTreeSet<String>)> =
            self.each().into_iter().filter_map(|(role, names)| Some((role, names.take()?))).collect();
        for (_, names) in &given {
            for usual in roles.0.values_mut() {
                usual.retain(|name| !names.contains(name));
            }
        }
        roles.0.extend(given);
        roles.0.retain(|_, names| !names.is_empty());
        roles
    }
    /// What differs from the usual names.
    fn unusual(roles: &Roles) -> Self {
        let usual = Roles::default();
        let mut file = Self::default();
        for (role, names) in file.each() {
            let ours = roles.0.get(&role).cloned().unwrap_or_default();
            if ours != usual.0.get(&role).cloned().unwrap_or_default() {
                *names = Some(ours);
            }
        }
        file
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sessions {
    gap: Span,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { gap: SessionRules::default().gap }
    }
}

impl Sessions {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Capture {
    #[serde(skip_serializing_if = "Option::is_none")]
    property: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nearby: Option<Span>,
}

impl Capture {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Consent {
    channels: Vec<Channel>,
    from: ConsentFrom,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    granted: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    denied: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_after: Option<Span>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum ConsentFrom {
    Trait(String),
    Context(String),
    GrantedBy(String),
    DeniedBy(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recording {
    pub(super) file: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    history: bool,
}

impl From<FileV1> for WorkspaceFile {
    fn from(file: FileV1) -> Self {
        let usual = WorkspaceFacts::default();
        Self {
            name: file.name,
            platform: file.platform,
            facts: WorkspaceFacts {
                zone: file.zone.unwrap_or(usual.zone),
                country: file.country.unwrap_or(usual.country),
                currency: file.currency.unwrap_or(usual.currency),
                roles: file.roles.over_the_usual(),
                sessions: SessionRules { gap: file.sessions.gap },
                capture: CaptureRules {
                    property: file.capture.property,
                    nearby: file.capture.nearby.unwrap_or(usual.capture.nearby),
                },
                consent: file.consent.into_iter().map(Into::into).collect(),
                delivery: file.delivery.into(),
            },
            recordings: file.recordings.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<WorkspaceFile> for FileV1 {
    fn from(workspace: WorkspaceFile) -> Self {
        let usual = WorkspaceFacts::default();
        let facts = workspace.facts;
        let unusual = |value: String, usual: &str| (value != usual).then_some(value);
        Self {
            format: WORKSPACE_FORMAT.name.to_owned(),
            version: 1,
            name: workspace.name,
            platform: workspace.platform,
            zone: unusual(facts.zone, &usual.zone),
            country: unusual(facts.country, &usual.country),
            currency: unusual(facts.currency, &usual.currency),
            roles: RoleNames::unusual(&facts.roles),
            sessions: Sessions { gap: facts.sessions.gap },
            capture: Capture {
                property: facts.capture.property,
                nearby: Some(facts.capture.nearby).filter(|nearby| *nearby != usual.capture.nearby),
            },
            consent: facts.consent.into_iter().map(Into::into).collect(),
            delivery: facts.delivery.into(),
            recordings: workspace.recordings.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Recording> for RecordingEntry {
    fn from(file: Recording) -> Self {
        Self { file: file.file, name: file.name, history: file.history }
    }
}

impl From<RecordingEntry> for Recording {
    fn from(entry: RecordingEntry) -> Self {
        Self { file: entry.file, name: entry.name, history: entry.history }
    }
}

impl From<Consent> for settings::ConsentSource {
    fn from(consent: Consent) -> Self {
        Self {
            channels: consent.channels.into_iter().map(Into::into).collect(),
            from: match consent.from {
                ConsentFrom::Trait(path) => settings::ConsentFrom::Trait(path),
                ConsentFrom::Context(path) => settings::ConsentFrom::Context(path),
                ConsentFrom::GrantedBy(event) => settings::ConsentFrom::GrantedBy(event),
                ConsentFrom::DeniedBy(event) => settings::ConsentFrom::DeniedBy(event),
            },
            granted: consent.granted,
            denied: consent.denied,
            expires_after: consent.expires_after,
        }
    }
}

impl From<settings::ConsentSource> for Consent {
    fn from(source: settings::ConsentSource) -> Self {
        Self {
            channels: source.channels.into_iter().map(Into::into).collect(),
            from: match source.from {
                settings::ConsentFrom::Trait(path) => ConsentFrom::Trait(path),
                settings::ConsentFrom::Context(path) => ConsentFrom::Context(path),
                settings::ConsentFrom::GrantedBy(event) => ConsentFrom::GrantedBy(event),
                settings::ConsentFrom::DeniedBy(event) => ConsentFrom::DeniedBy(event),
            },
            granted: source.granted,
            denied: source.denied,
            expires_after: source.expires_after,
        }
    }
}
