//! What other journeys do: a condition may ask about their messages or their people, and limits
//! count what all of them send.

use super::{Change, List, MOST_CALLS};
use crate::{
    journey::{BlockKind, Condition, Journey, JourneyId, Status, Trigger},
    lab::asked::Stopped,
};

impl<'a> List<'a> {
    /// Journeys that are asked about: begun, or not run at all. Where a limit was reached, every
    /// other one that sends.
    pub(super) fn other_journeys(&mut self) {
        let mut asked: Vec<&'a JourneyId> = Vec::new();
        for question in self.questions() {
            if let Condition::Message { journey: Some(id), .. } | Condition::InJourney { journey: id, .. } =
                question
                && !asked.contains(&id)
            {
                asked.push(id);
            }
        }
        for id in &asked {
            let Some(journey) = self.journey_called(id) else { continue };
            if self.runs(journey) {
                if let Trigger::Event { event, filters } = &journey.trigger {
                    self.added(event, filters);
                }
            } else {
                self.one(Change::JourneyRun((*id).clone(), true));
            }
        }
        if self.is_limited() {
            let sends = |journey: &Journey| {
                journey.blocks.values().any(|block| matches!(block.kind, BlockKind::Message(_)))
            };
            let all = self.scene.input.journeys.iter();
            asked.extend(all.filter(|it| sends(it)).map(|it| &it.id).take(MOST_CALLS * 2));
        }
        for id in asked {
            if *id != self.scene.asked.journey
                && self.journey_called(id).is_some_and(|journey| self.runs(journey))
            {
                self.one(Change::JourneyRun(id.clone(), false));
            }
        }
    }

    fn is_limited(&self) -> bool {
        matches!(self.scene.stopped, Stopped::Message { reason: "message_limit" | "offer_limit", .. })
    }

    fn journey_called(&self, id: &JourneyId) -> Option<&'a Journey> {
        self.scene.input.journeys.iter().find(|journey| journey.id == *id).map(AsRef::as_ref)
    }

    fn runs(&self, journey: &Journey) -> bool {
        journey.status == Status::Active || self.scene.input.also == Some(&journey.id)
    }
}
