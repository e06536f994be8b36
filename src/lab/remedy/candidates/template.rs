//! What the text of a message prints and nobody ever said.

use serde_json::Map;

use super::{Change, List, MOST_CALLS};
use crate::{
    journey::{BlockKind, Test, template::CompiledTemplate},
    lab::{asked::Stopped, remedy::witness::put},
    recording::EventIndex,
};

/// Said where any text will do.
const SOMETHING: &str = "something";
/// What a variable of a text needs.
static ANY: Test = Test::Exists;

impl List<'_> {
    /// Each variable of the message's text, given.
    pub(super) fn template(&mut self) {
        if !matches!(self.scene.stopped, Stopped::Message { reason: "template_error", .. }) {
            return;
        }
        let Some(BlockKind::Message(message)) = self.block(&self.scene.asked.block).map(|it| &it.kind) else {
            return;
        };
        let texts = [&message.template.subject, &message.template.body];
        let parsed = texts.into_iter().filter_map(|text| CompiledTemplate::parse(text).ok());
        let mut paths: Vec<String> = parsed.flat_map(|template| template.variables()).collect();
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            match path.split_once('.') {
                Some(("customer", name)) => self.attribute_given(name.to_owned()),
                Some(("event", name)) => self.property_given(name),
                Some(("history", fact)) => self.fact(fact, &ANY),
                _ => self.fact(&path, &ANY),
            }
        }
    }

    fn attribute_given(&mut self, name: String) {
        let mut traits = Map::new();
        if put(&mut traits, &name, SOMETHING.into()).is_some() {
            self.said(traits, move |said| Change::AttributeSaid(name.clone(), said));
        }
    }

    /// The event that began the run, with a property it did not have.
    fn property_given(&mut self, name: &str) {
        let changes = self.triggers().into_iter().take(MOST_CALLS).map(|index| {
            let (log, event) = (self.scene.input.log, self.event(index));
            Change::PropertyGiven {
                event: self.id(index),
                of: log.name(event).to_owned(),
                name: name.to_owned(),
                value: SOMETHING.into(),
                at_ms: event.happened_ms,
            }
        });
        let changes = changes.collect();
        self.one_of(changes);
    }

    /// The events that began runs of the journey, the last first.
    fn triggers(&self) -> Vec<EventIndex> {
        let scene = self.scene;
        let began = scene.before.trace.iter().rev().filter(|record| {
            record.decision == "run_started"
                && record.journey.as_ref() == Some(&scene.asked.journey)
                && scene.asked.is_theirs(&record.identifiers)
        });
        let ids: Vec<&String> = began.flat_map(|record| &record.because.events).collect();
        let meant = |id: &&String| self.theirs.iter().copied().find(|index| self.id(*index) == ***id);
        ids.iter().filter_map(meant).collect()
    }
}
