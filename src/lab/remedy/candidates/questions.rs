//! What is asked on the way to the block: what the person did, and what is known of them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Change, List, MOST_OF_A_KIND, NewCall, Said};
use crate::{
    journey::{BlockKind, Condition, EventCondition, EventRef, PropertyFilter, Test, Trigger},
    lab::{
        asked::Stopped,
        remedy::{
            apply::says_traits,
            witness::{event_meant, put, witness},
        },
    },
    recording::{EventIndex, EventKind},
};

impl<'a> List<'a> {
    /// What questions ask for, done or said.
    pub(super) fn conditions(&mut self) {
        for question in self.questions() {
            match question {
                Condition::Event(EventCondition { event, filters, .. }) => self.added(event, filters),
                Condition::Attribute { name, is } => self.attribute(name, is),
                Condition::Fact { path, is } => self.fact(path, is),
                _ => {}
            }
        }
        match &self.scene.journey.trigger {
            // Where something did start it, once more is no answer.
            Trigger::Event { event, filters } if *self.scene.stopped == Stopped::Nothing => {
                self.added(event, filters);
            }
            Trigger::AttributeChange { name, to: Some(test) } => self.attribute(name, test),
            _ => {}
        }
        let prompts =
            self.on_the_way().iter().any(|(_, it)| matches!(it.kind, BlockKind::OnSitePrompt { .. }));
        if prompts {
            self.added(&EventRef::Page(None), &[]);
        }
    }

    pub(super) fn added(&mut self, event: &'a EventRef, filters: &'a [PropertyFilter]) {
        let kind = match event {
            EventRef::Page(_) => EventKind::Page,
            _ => EventKind::Track,
        };
        let Some(call) = self.call(kind) else { return };
        let scene = self.scene;
        self.latest(self.first_ms(), self.stopped_ms(), move |at_ms| {
            let (kind, name, properties) = event_meant(event, filters, scene, at_ms)?;
            Some(Change::EventAdded(Said::Alone(Box::new(NewCall { kind, name, properties, ..call(at_ms) }))))
        });
    }

    pub(super) fn attribute(&mut self, name: &'a str, is: &'a Test) {
        let Some(call) = self.call(EventKind::Identify) else { return };
        self.latest(self.first_ms(), self.stopped_ms(), move |at_ms| {
            let mut call = call(at_ms);
            put(&mut call.traits, name, witness(is, at_ms)?)?;
            Some(Change::AttributeSaid(name.to_owned(), Said::Alone(Box::new(call))))
        });
    }

    /// Each event that had not happened, each trait that had not been said.
    pub(super) fn left_out(&mut self) {
        let (log, stopped_ms) = (self.scene.input.log, self.stopped_ms());
        let before: Vec<EventIndex> = self
            .theirs
            .iter()
            .rev()
            .copied()
            .filter(|index| self.event(*index).arrived_ms <= stopped_ms)
            .take(MOST_OF_A_KIND)
            .collect();
        for index in before {
            let event = self.event(index);
            let (id, at_ms) = (self.id(index), event.happened_ms);
            if matches!(event.kind, EventKind::Track | EventKind::Page | EventKind::Screen) {
                let name = log.name(event);
                let name =
                    if name.is_empty() { format!("{} view", event.kind.word()) } else { name.to_owned() };
                self.one(Change::EventLeftOut { event: id, name, at_ms });
            } else if says_traits(event) {
                let Value::Object(traits) = log.traits_value(event) else { continue };
                for name in traits.into_iter().map(|(name, _)| name).filter(|name| name != "email") {
                    self.one(Change::TraitLeftOut { event: id.clone(), name, at_ms });
                }
            }
        }
    }

    /// Every plain question that is asked on the way to the block, those inside segments too.
    pub(super) fn questions(&self) -> Vec<&'a Condition> {
        let journey = self.scene.journey;
        let mut roots: Vec<&'a Condition> = journey.audience.iter().collect();
        let segments = &self.scene.input.segments.0;
        if let Trigger::EntersSegment(id) | Trigger::LeavesSegment(id) = &journey.trigger {
            roots.extend(segments.get(id).map(|segment| &segment.condition));
        }
        for (_, block) in self.on_the_way() {
            match &block.kind {
                BlockKind::Branch { when } => roots.extend(when),
                BlockKind::MultiBranch { conditions } | BlockKind::WaitUntil { conditions, .. } => {
                    roots.extend(conditions.iter().map(|arm| &arm.when));
                }
                BlockKind::Message(message) => roots.extend(&message.only_if),
                _ => {}
            }
        }
        let mut plain = Vec::new();
        let mut at = 0;
        // Segments may ask for segments; each is looked into once.
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        while let Some(root) = roots.get(at).copied() {
            at += 1;
            root.visit(&mut |part| match part {
                Condition::Segment(id) => {
                    if let Some(segment) = segments.get(id).filter(|_| seen.insert(id.as_str())) {
                        roots.push(&segment.condition);
                    }
                }
                part if part.parts().is_empty() => plain.push(part),
                _ => {}
            });
        }
        plain.truncate(MOST_OF_A_KIND);
        plain
    }
}
