//! The words of a question that can be changed, each with the control that changes it.

use egui::Ui;

use super::{
    Form,
    choice::{self, Shape},
    edit::Look,
    event::Manner,
    reading,
};
use crate::{
    journey::{
        AddressNeed, BlockId, BlockKind, Channel, CompareCount, Condition, ConsentState, EventCondition,
        EventRef, Identification, JourneyId, MessageStatus, Test, Trigger,
    },
    words::{self, sentence::Slot},
};

/// Width of a property's name in a sentence, in points.
const PATH_WIDTH: f32 = 120.0;

impl Form<'_> {
    /// A word that can be changed; returns what is wrong with what was typed.
    pub fn slot(
        &mut self,
        ui: &mut Ui,
        asked: &mut Condition,
        negated: &mut bool,
        slot: Slot,
    ) -> Option<String> {
        match (slot, asked) {
            (Slot::Holds(yes, no), _) => {
                let options = [(false, yes), (true, no)];
                choice::menu_of(ui, "Holds or not", &options, negated, Shape::Word);
            }
            (_, Condition::Event(event)) => return self.event_slot(ui, event, slot),
            (Slot::Path, Condition::Attribute { name, .. }) => {
                self.path(ui, "Attribute", "attribute", name, Self::attributes);
            }
            (Slot::Test, Condition::Attribute { name, is }) => {
                let kinds = self.attribute_kinds(name);
                return self.test(ui, name, is, kinds, |form| form.attribute_values(name));
            }
            (Slot::Path, Condition::Fact { path, .. }) => {
                self.path(ui, "Fact", "cart.value", path, Self::facts);
            }
            (Slot::Test, Condition::Fact { path, is }) => {
                return self.test(ui, path, is, None, |_| Vec::new());
            }
            (Slot::Path, Condition::Trigger { property, .. }) => {
                let event = self.trigger_event();
                self.path(ui, "Property", "property", property, |form| form.properties(&event));
            }
            (Slot::Test, Condition::Trigger { property, is }) => {
                let event = self.trigger_event();
                let kinds = self.property_kinds(&event, property);
                return self.test(ui, property, is, kinds, |form| form.property_values(&event, property));
            }
            (Slot::Segment, Condition::Segment(id)) => {
                let options: Vec<(String, &str)> =
                    self.model.segments().0.iter().map(|(id, it)| (id.clone(), it.name.as_str())).collect();
                choice::menu_of(ui, "Segment", &options, id, Shape::Word);
            }
            (Slot::Identification, Condition::Identified { by, .. }) => {
                choice::menu_of(ui, "Identified by", &IDENTIFICATIONS, by, Shape::Word);
            }
            (Slot::Address, Condition::Identified { address, .. }) => {
                let options =
                    [(AddressNeed::Any, "whatever the address"), (AddressNeed::Good, "with a good address")];
                choice::menu_of(ui, "Address", &options, address, Shape::Word);
            }
            (Slot::Channel, Condition::Consent { channel, .. }) => {
                choice::menu_of(ui, "Channel", &CONSENT_CHANNELS, channel, Shape::Word);
            }
            (Slot::Channel, Condition::Reachable(channel)) => {
                choice::menu_of(ui, "Channel", &CONSENT_CHANNELS[..5], channel, Shape::Word);
            }
            (Slot::Consent, Condition::Consent { is, .. }) => {
                let options = [
                    (ConsentState::Granted, "given"),
                    (ConsentState::Denied, "refused"),
                    (ConsentState::Unknown, "unknown"),
                ];
                choice::menu_of(ui, "Consent", &options, is, Shape::Word);
            }
            (Slot::MessageStatus, Condition::Message { status, .. }) => {
                let mut now = (*negated, *status);
                choice::menu_of(ui, "What became of it", &MESSAGE_WORDS, &mut now, Shape::Word);
                (*negated, *status) = now;
            }
            (Slot::Journey, Condition::Message { journey, block, .. }) => {
                let mut options: Vec<(Option<JourneyId>, &str)> = vec![(None, "any journey")];
                options
                    .extend(self.journey_names().into_iter().map(|(it, name)| (Some(it.id.clone()), name)));
                if choice::menu_of(ui, "Journey", &options, journey, Shape::Word) {
                    *block = None;
                }
            }
            (Slot::Journey, Condition::InJourney { journey, .. }) => {
                let options: Vec<(JourneyId, &str)> =
                    self.journey_names().into_iter().map(|(it, name)| (it.id.clone(), name)).collect();
                choice::menu_of(ui, "Journey", &options, journey, Shape::Word);
            }
            (Slot::Block, Condition::Message { journey, block, .. }) => {
                let options = self.messages_of(journey.as_ref());
                let options: Vec<(Option<BlockId>, &str)> =
                    options.iter().map(|(id, name)| (Some(id.clone()), name.as_str())).collect();
                choice::menu_of(ui, "Message", &options, block, Shape::Word);
            }
            (
                Slot::Within,
                Condition::Message { within: Some(within), .. }
                | Condition::InJourney { within: Some(within), .. },
            ) => {
                let id = ui.make_persistent_id("within");
                return self.span_word(ui, id, "In the last", within).wrong;
            }
            _ => {}
        }
        None
    }

    fn event_slot(&mut self, ui: &mut Ui, event: &mut EventCondition, slot: Slot) -> Option<String> {
        match slot {
            Slot::Event => self.event_words(ui, "Event", &mut event.event, Manner::ToDo),
            Slot::Comparison => {
                let number = times(event.count);
                let options = [
                    (CompareCount::AtLeast(number), "at least"),
                    (CompareCount::AtMost(number), "at most"),
                    (CompareCount::Exactly(number), "exactly"),
                ];
                choice::menu_of(ui, "Comparison", &options, &mut event.count, Shape::Word);
            }
            Slot::Times => {
                let id = ui.make_persistent_id("times");
                let look = Look::line("How many times").wide(40.0);
                let mut number = i64::from(times(event.count));
                let read = |text: &str| reading::whole(text, 0, 100_000);
                let typed = self.typed_value(ui, id, look, &mut number, ToString::to_string, read);
                event.count = with_times(event.count, number as u32);
                return typed.wrong;
            }
            Slot::Within => {
                let id = ui.make_persistent_id("within");
                let within = event.within.as_mut()?;
                return self.span_word(ui, id, "In the last", within).wrong;
            }
            Slot::FilterPath(at) => {
                let of = event.event.clone();
                let property = &mut event.filters.get_mut(at)?.property;
                self.path(ui, "Property", "property", property, |form| form.properties(&of));
            }
            Slot::FilterTest(at) => {
                let of = event.event.clone();
                let filter = event.filters.get_mut(at)?;
                let (property, test): (&str, &mut Test) = (&filter.property, &mut filter.is);
                let kinds = self.property_kinds(&of, property);
                return self.test(ui, property, test, kinds, |form| form.property_values(&of, property));
            }
            Slot::After => {
                let after = event.after.as_mut()?;
                self.event_words(ui, "After", after, Manner::Noun);
            }
            Slot::Before => {
                let before = event.before.as_mut()?;
                self.event_words(ui, "Before", before, Manner::Noun);
            }
            _ => {}
        }
        None
    }

    /// The name of a property, attribute or fact, as a word of a sentence.
    pub fn path(
        &mut self,
        ui: &mut Ui,
        name: &str,
        hint: &str,
        path: &mut String,
        suggestions: impl FnOnce(&Self) -> Vec<super::suggestion::Suggestion>,
    ) {
        let id = ui.make_persistent_id((name, "path"));
        let look = Look::line(name).hint(hint).wide(PATH_WIDTH);
        let read = |text: &str| Ok(text.trim().to_owned());
        self.suggested_value(ui, id, look, path, Clone::clone, read, suggestions);
    }

    /// The event that starts the journey shown.
    fn trigger_event(&self) -> EventRef {
        match self.model.journey().map(|journey| &journey.trigger) {
            Some(Trigger::Event { event, .. }) => event.clone(),
            _ => EventRef::Named(String::new()),
        }
    }

    fn messages_of(&self, journey: Option<&JourneyId>) -> Vec<(BlockId, String)> {
        let journey = journey.and_then(|id| self.model.journey_by_id(id));
        journey
            .into_iter()
            .flat_map(|journey| &journey.blocks)
            .filter(|(_, block)| matches!(block.kind, BlockKind::Message(_)))
            .map(|(id, block)| (id.clone(), words::block::title(block).to_owned()))
            .collect()
    }
}

const fn times(count: CompareCount) -> u32 {
    match count {
        CompareCount::AtLeast(number) | CompareCount::AtMost(number) | CompareCount::Exactly(number) => {
            number
        }
    }
}

const fn with_times(count: CompareCount, number: u32) -> CompareCount {
    match count {
        CompareCount::AtLeast(_) => CompareCount::AtLeast(number),
        CompareCount::AtMost(_) => CompareCount::AtMost(number),
        CompareCount::Exactly(_) => CompareCount::Exactly(number),
    }
}

const IDENTIFICATIONS: [(Identification, &str); 5] = [
    (Identification::Any, "anything"),
    (Identification::UserId, "a user id"),
    (Identification::Email, "an email"),
    (Identification::Phone, "a phone number"),
    (Identification::ReachableChannel, "a channel that reaches them"),
];

/// Whether it is turned round, what became of a message, and how that is said.
const MESSAGE_WORDS: [((bool, MessageStatus), &str); 4] = [
    ((false, MessageStatus::Sent), "got a message"),
    ((true, MessageStatus::Sent), "got no message"),
    ((false, MessageStatus::NotSent), "missed a message"),
    ((true, MessageStatus::NotSent), "missed no message"),
];

const CONSENT_CHANNELS: [(Channel, &str); 6] = [
    (Channel::Email, "email"),
    (Channel::Sms, "SMS"),
    (Channel::Push, "push"),
    (Channel::InApp, "in-app"),
    (Channel::Webhook, "webhook"),
    (Channel::Audience, "advertising"),
];
