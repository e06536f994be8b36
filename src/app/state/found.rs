//! What was found in the journeys: problems, and ways nobody took.

use super::Model;
use crate::{
    journey::{JourneyId, Problem, Severity},
    lab::{
        JourneyCoverage,
        coverage::{Share, share_of},
    },
};

impl Model {
    /// Problems of a journey.
    pub fn problems_of(&self, journey: &JourneyId) -> &[Problem] {
        self.problems.get(journey).map_or(&[], Vec::as_slice)
    }

    /// Problems of a segment.
    pub fn problems_of_segment(&self, id: &str) -> &[Problem] {
        self.segment_problems.get(id).map_or(&[], Vec::as_slice)
    }

    /// How many errors the journeys have.
    pub fn errors(&self) -> usize {
        self.problems.values().flatten().filter(|problem| problem.severity == Severity::Error).count()
    }

    /// The ways of a journey; `None`: it was not replayed.
    pub fn coverage_of(&self, journey: &JourneyId) -> Option<&JourneyCoverage> {
        self.covered.journeys.iter().find(|coverage| coverage.journey == *journey)
    }

    /// How much of all journeys was taken.
    pub fn coverage_share(&self) -> Share {
        share_of(&self.covered.journeys)
    }
}
