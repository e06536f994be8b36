//! Changing a workspace: every change a person makes is one [`WorkspaceEdit`].
//!
//! A workspace is a value that shares what does not change, so an edit makes the next one and the
//! one before stays for undo. What lies in which file is no concern of an edit: saving compares
//! the workspace with the one that was read or saved last.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{RecordingEntry, Workspace};
use crate::{
    identity::Platform,
    journey::{
        BlockId, Journey, JourneyId, Segment, Status,
        edit::{self, EditCommand, EditError, fresh_journey},
        format,
    },
    recording::Catalog,
    simulator::WorkspaceFacts,
};

/// One change of a workspace.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // made one at a time, and boxed where it is kept
pub enum WorkspaceEdit {
    /// Change a journey.
    Journey(JourneyId, EditCommand),
    /// Add a journey made from a template or a file; it gets a free id if its own is taken.
    AddJourney(Box<Journey>),
    /// Copy a journey, as a draft with a name and id of its own.
    DuplicateJourney(JourneyId),
    /// Take a journey away.
    DeleteJourney(JourneyId),
    /// Add a segment, or change the one with this id.
    SetSegment(String, Box<Segment>),
    /// Take a segment away.
    DeleteSegment(String),
    /// Give the workspace another name.
    Rename(String),
    /// Change zone, currency, roles, consent, delivery rules.
    SetFacts(Box<WorkspaceFacts>),
    /// Change the platform in force: a preset, or a copy that belongs to the workspace.
    SetPlatform(Box<Platform>),
    /// Add a product to the catalogue, change the one with this id, or (`None`) take it away.
    SetProduct(String, Option<Map<String, Value>>),
    /// Put another catalogue in the place of the one there is.
    SetCatalog(Arc<Catalog>),
    /// Change which recordings are in use.
    SetRecordings(Vec<RecordingEntry>),
}

/// What a change did.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkspaceChange {
    /// The workspace after it.
    pub workspace: Workspace,
    /// What undo and redo call it, in the imperative.
    pub label: String,
    /// The journey to show now.
    pub show: Option<JourneyId>,
    /// Blocks of it to select now.
    pub select: Vec<BlockId>,
}

/// Why a change could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkspaceEditError {
    /// The workspace has no such journey (any more).
    #[error("there is no journey “{0}” in this workspace")]
    UnknownJourney(JourneyId),
    /// The workspace has no such segment (any more).
    #[error("there is no segment “{0}” in this workspace")]
    UnknownSegment(String),
    /// The journey could not be changed so.
    #[error(transparent)]
    Journey(#[from] EditError),
    /// The files could not hold it.
    #[error("this cannot be: {0}")]
    Contradiction(String),
}

/// The workspace after an edit.
///
/// # Errors
/// When the edit speaks of something that is not there, or its outcome could not be kept in
/// files.
pub fn edited(workspace: &Workspace, edit: WorkspaceEdit) -> Result<WorkspaceChange, WorkspaceEditError> {
    let mut next = workspace.clone();
    let (label, show, select) = change(&mut next, edit)?;
    Ok(WorkspaceChange { workspace: next, label, show, select })
}

type Changed = (String, Option<JourneyId>, Vec<BlockId>);

fn change(next: &mut Workspace, edit: WorkspaceEdit) -> Result<Changed, WorkspaceEditError> {
    let only = |label: &str| Ok((label.to_owned(), None, Vec::new()));
    match edit {
        WorkspaceEdit::Journey(id, command) => {
            let at = position(next, &id)?;
            let mut journey = Journey::clone(&next.journeys[at]);
            let change = edit::apply(&mut journey, command)?;
            next.journeys[at] = Arc::new(journey);
            Ok((change.label, Some(id), change.select))
        }
        WorkspaceEdit::AddJourney(journey) => {
            let label = format!("Add journey {}", journey.name);
            Ok(add(next, *journey, label))
        }
        WorkspaceEdit::DuplicateJourney(id) => {
            let original = &next.journeys[position(next, &id)?];
            let label = format!("Duplicate journey {}", original.name);
            let mut copy = Journey::clone(original);
            copy.name = format!("{} (copy)", copy.name);
            copy.id = fresh_journey(&copy.name, ids(next));
            copy.status = Status::Draft;
            Ok(add(next, copy, label))
        }
        WorkspaceEdit::DeleteJourney(id) => {
            let gone = next.journeys.remove(position(next, &id)?);
            only(&format!("Delete journey {}", gone.name))
        }
        WorkspaceEdit::SetSegment(id, segment) => {
            let verb = if next.segments.0.contains_key(&id) { "Change" } else { "Add" };
            let label = format!("{verb} segment {}", segment.name);
            next.segments.0.insert(id, *segment);
            match format::segments_refusal(&next.segments) {
                Some(reason) => Err(WorkspaceEditError::Contradiction(reason)),
                None => only(&label),
            }
        }
        WorkspaceEdit::DeleteSegment(id) => match next.segments.0.remove(&id) {
            Some(segment) => only(&format!("Delete segment {}", segment.name)),
            None => Err(WorkspaceEditError::UnknownSegment(id)),
        },
        WorkspaceEdit::SetProduct(id, product) => {
            let mut products = next.catalog.products().clone();
            let verb = match (&product, products.contains_key(&id)) {
                (None, _) => "Delete",
                (Some(_), true) => "Change",
                (Some(_), false) => "Add",
            };
            let named = product.as_ref().map(|it| Value::Object(it.clone()));
            let called = named.as_ref().or_else(|| products.get(&id)).and_then(|it| it.get("name")?.as_str());
            let label = format!("{verb} product {}", called.unwrap_or(&id));
            match named {
                Some(product) => drop(products.insert(id, product)),
                None => drop(products.remove(&id)),
            }
            next.catalog = Arc::new(Catalog::new(products));
            only(&label)
        }
        WorkspaceEdit::SetCatalog(catalog) => {
            let label = format!("Replace the catalogue by one of {} products", catalog.products().len());
            next.catalog = catalog;
            only(&label)
        }
        WorkspaceEdit::Rename(name) => {
            next.name = name;
            only("Rename the workspace")
        }
        WorkspaceEdit::SetFacts(facts) => {
            next.facts = *facts;
            sound(next)?;
            only("Change the workspace’s settings")
        }
        WorkspaceEdit::SetPlatform(platform) => {
            let label = if next.platform.name == platform.name {
                format!("Change the rules of {}", platform.label)
            } else {
                format!("Use {}", platform.label)
            };
            next.platform = *platform;
            only(&label)
        }
        WorkspaceEdit::SetRecordings(recordings) => {
            next.recordings = recordings;
            sound(next)?;
            only("Change the recordings in use")
        }
    }
}

/// A journey among the others, in order of their ids (which name their files).
fn add(next: &mut Workspace, mut journey: Journey, label: String) -> Changed {
    if next.journeys.iter().any(|other| other.id == journey.id) || journey.id.as_str().is_empty() {
        journey.id = fresh_journey(&journey.name, ids(next));
    }
    let id = journey.id.clone();
    let at = next.journeys.partition_point(|other| other.id < id);
    next.journeys.insert(at, Arc::new(journey));
    (label, Some(id), Vec::new())
}

fn ids(workspace: &Workspace) -> impl Iterator<Item = &JourneyId> {
    workspace.journeys.iter().map(|journey| &journey.id)
}

fn position(workspace: &Workspace, id: &JourneyId) -> Result<usize, WorkspaceEditError> {
    let found = workspace.journeys.iter().position(|journey| journey.id == *id);
    found.ok_or_else(|| WorkspaceEditError::UnknownJourney(id.clone()))
}

/// Whether `workspace.ron` could hold it.
fn sound(workspace: &Workspace) -> Result<(), WorkspaceEditError> {
    match super::file::refusal(&workspace.as_file(String::new())) {
        Some(reason) => Err(WorkspaceEditError::Contradiction(reason)),
        None => Ok(()),
    }
}
