//! Lint, told all that a workspace knows.

use super::Workspace;
use crate::{
    identity::Platform,
    journey::{JourneyId, LintContext},
    recording::Taxonomy,
};

/// Looks at a workspace's journeys or segments on a platform, with the names of its recordings if
/// there are any.
pub fn in_context<T>(
    workspace: &Workspace,
    platform: &Platform,
    taxonomy: Option<&Taxonomy>,
    look: impl FnOnce(&LintContext<'_>) -> T,
) -> T {
    let ids: Vec<JourneyId> = workspace.journeys.iter().map(|journey| journey.id.clone()).collect();
    look(&LintContext {
        platform,
        segments: &workspace.segments,
        roles: &workspace.facts.roles,
        catalog: &workspace.catalog,
        taxonomy,
        journeys: &ids,
    })
}
