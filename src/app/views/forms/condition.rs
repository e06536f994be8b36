//! The condition builder: questions as sentences with words that can be changed, in groups.

use egui::Ui;

use super::{
    Form,
    choice::{self, Shape},
    complaint,
    event::Manner,
    field::Look,
    reading, remark,
    rows::{add_button, member},
};
use crate::{
    app::{
        theme::{self, fonts, size},
        views::{icons::Icon, widgets},
        words::{
            self, condition as say,
            sentence::{self, Ask, Group, Line, Part, Piece, Slot},
        },
    },
    journey::{
        AddressNeed, BlockId, BlockKind, Channel, CompareCount, Condition, ConsentState, EventCondition,
        EventRef, Identification, JourneyId, MessageStatus, Test, Trigger,
    },
};

/// What becomes of a condition, as its group sees it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It stays.
    Stays,
    /// It is taken away.
    Goes,
}

impl Form<'_> {
    /// A condition that may be absent; `none` says what that means.
    pub fn optional_condition(&mut self, ui: &mut Ui, condition: &mut Option<Condition>, none: &str) {
        if let Some(there) = condition {
            if self.top(ui, there) == Fate::Goes {
                *condition = None;
            }
        } else {
            remark(ui, none);
            if let Some(question) = self.ask(ui) {
                *condition = Some(question);
            }
        }
    }

    /// A condition there must be; without questions it is an empty group.
    pub fn condition(&mut self, ui: &mut Ui, condition: &mut Condition) {
        if self.top(ui, condition) == Fate::Goes {
            *condition = Condition::All(Vec::new());
        }
    }

    fn top(&mut self, ui: &mut Ui, condition: &mut Condition) -> Fate {
        if Group::of(condition).is_some() {
            return self.group(ui, condition, true);
        }
        let fate = ui.push_id("only", |ui| self.question(ui, condition)).inner;
        if let Some(another) = self.ask(ui) {
            let first = std::mem::replace(condition, Condition::All(Vec::new()));
            *condition = Condition::All(vec![first, another]);
        }
        fate
    }

    /// “all of these”, and the questions.
    fn group(&mut self, ui: &mut Ui, condition: &mut Condition, top: bool) -> Fate {
        let mut fate = Fate::Stays;
        let mut now = Group::of(condition).unwrap_or(Group::All);
        let before = now;
        ui.horizontal(|ui| {
            choice::menu_of(ui, "Group", &Group::WORDS, &mut now, Shape::Word);
            widgets::from_right(ui, |ui| {
                if !top && widgets::icon_button(ui, Icon::Cross, "Remove the group", 22.0).clicked() {
                    fate = Fate::Goes;
                }
            });
        });
        ui.add_space(4.0);
        if let Some(parts) = sentence::members(condition) {
            let mut gone = None;
            for (at, part) in parts.iter_mut().enumerate() {
                ui.push_id(("part", at), |ui| {
                    member(ui, |ui| {
                        let fate = if Group::of(part).is_some() {
                            self.group(ui, part, false)
                        } else {
                            self.question(ui, part)
                        };
                        if fate == Fate::Goes {
                            gone = Some(at);
                        }
                    });
                });
                ui.add_space(6.0);
            }
            if let Some(gone) = gone {
                parts.remove(gone);
                if parts.is_empty() {
                    fate = Fate::Goes;
                }
            }
            if let Some(another) = self.ask(ui) {
                parts.push(another);
            }
        }
        if now != before
            && let Some(parts) = sentence::members(condition)
        {
            *condition = now.with(std::mem::take(parts));
        }
        fate
    }

    /// The button that adds a question, and its menu.
    fn ask(&mut self, ui: &mut Ui) -> Option<Condition> {
        let button = add_button(ui, "Add a question");
        let mut asked = None;
        let segment = self.model.segments().0.keys().next().cloned().unwrap_or_default();
        let journey = self.model.journeys().first().map(|it| it.id.0.clone()).unwrap_or_default();
        choice::menu(&button, |ui| {
            for ask in Ask::ALL.into_iter().filter(|ask| self.of_a_run || ask.in_segments()) {
                if choice::menu_row(ui, ask.name(), "", false, 220.0) {
                    asked = Some(ask.question(&segment, &journey));
                }
            }
            ui.separator();
            if choice::menu_row(ui, "A group of questions", "", false, 220.0) {
                let first = Ask::Event.question("", "");
                asked = Some(Condition::Any(vec![first]));
            }
        });
        asked
    }

    /// A question, or one that is turned round.
    fn question(&mut self, ui: &mut Ui, condition: &mut Condition) -> Fate {
        if let Condition::Not(inner) = condition
            && matches!(**inner, Condition::Not(_))
        {
            let mut fate = Fate::Stays;
            member(ui, |ui| {
                remark(ui, "It is not so that:");
                fate = self.question(ui, inner);
            });
            return fate;
        }
        let mut negated = matches!(condition, Condition::Not(_));
        let was_negated = negated;
        let mut fate = Fate::Stays;
        let mut group = false;
        {
            let asked = match &mut *condition {
                Condition::Not(inner) => &mut **inner,
                asked => asked,
            };
            let called = say::condition(asked, self.model.segments());
            let mut change = None;
            for (at, line) in sentence::lines(asked).iter().enumerate() {
                ui.push_id(("line", at), |ui| {
                    let room = if at == 0 { 48.0 } else { 24.0 };
                    let gone = self.line(ui, asked, &mut negated, line, room, |ui, offers| {
                        if at > 0 {
                            return (None, false, false);
                        }
                        question_controls(ui, &called, offers)
                    });
                    if let Some(piece) = gone.left_out {
                        change = Some((piece, false));
                    }
                    if let Some(piece) = gone.said {
                        change = Some((piece, true));
                    }
                    if gone.removed {
                        fate = Fate::Goes;
                    }
                    group |= gone.grouped;
                });
            }
            match change {
                Some((piece, true)) => sentence::say(asked, piece),
                Some((piece, false)) => sentence::leave_out(asked, piece),
                None => {}
            }
        }
        if negated != was_negated {
            *condition = match std::mem::replace(condition, Condition::All(Vec::new())) {
                Condition::Not(inner) => *inner,
                asked => Condition::Not(Box::new(asked)),
            };
        }
        if group {
            let asked = std::mem::replace(condition, Condition::All(Vec::new()));
            *condition = Condition::Any(vec![asked]);
        }
        fate
    }

    /// One line of the sentence: its words from the left, what can be done with it at the right.
    fn line(
        &mut self,
        ui: &mut Ui,
        asked: &mut Condition,
        negated: &mut bool,
        line: &Line,
        room: f32,
        controls: impl FnOnce(&mut Ui, &[Piece]) -> (Option<Piece>, bool, bool),
    ) -> LineChange {
        let mut change = LineChange::default();
        let mut wrong = None;
        let offers = sentence::offers(asked, self.of_a_run);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let width = (ui.available_width() - room - 4.0).max(80.0);
            ui.allocate_ui_with_layout(
                egui::vec2(width, size::CONTROL),
                egui::Layout::left_to_right(egui::Align::Center).with_main_wrap(true),
                |ui| {
                    ui.set_max_width(width);
                    ui.set_min_width(width);
                    ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
                    for part in &line.parts {
                        match part {
                            Part::Says(words) => {
                                let ink = theme::of(ui).text;
                                widgets::text(ui, *words, fonts::body(), ink);
                            }
                            Part::Slot(slot) => {
                                wrong = self.slot(ui, asked, negated, *slot).or(wrong.take());
                            }
                        }
                    }
                },
            );
            controls_at_right(ui, room, |ui| {
                if let Some(piece) = line.piece {
                    let what = piece.offer().trim_end_matches(" …");
                    if widgets::icon_button(ui, Icon::Cross, &format!("Leave out “{what}”"), 22.0).clicked()
                    {
                        change.left_out = Some(piece);
                    }
                } else {
                    (change.said, change.removed, change.grouped) = controls(ui, &offers);
                }
            });
        });
        if let Some(wrong) = wrong {
            complaint(ui, &wrong);
        }
        change
    }

    /// A word that can be changed; returns what is wrong with what was typed.
    fn slot(&mut self, ui: &mut Ui, asked: &mut Condition, negated: &mut bool, slot: Slot) -> Option<String> {
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
        suggestions: impl FnOnce(&Self) -> Vec<super::suggest::Suggestion>,
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

/// Width of a property's name in a sentence, in points.
const PATH_WIDTH: f32 = 120.0;

/// What was done to a line.
#[derive(Clone, Copy, Default)]
struct LineChange {
    left_out: Option<Piece>,
    said: Option<Piece>,
    removed: bool,
    grouped: bool,
}

/// Room for buttons at the right of a line of the sentence.
pub fn controls_at_right(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let from_right = egui::Layout::right_to_left(egui::Align::Center);
    ui.allocate_ui_with_layout(egui::vec2(width, size::CONTROL), from_right, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        add(ui);
    });
}

/// The buttons of a question: say more, remove it.
fn question_controls(ui: &mut Ui, called: &str, offers: &[Piece]) -> (Option<Piece>, bool, bool) {
    let removed = widgets::icon_button(ui, Icon::Cross, &format!("Remove “{called}”"), 22.0).clicked();
    let more = widgets::icon_button(ui, Icon::Plus, &format!("Say more about “{called}”"), 22.0)
        .on_hover_text("Say more");
    let (mut said, mut grouped) = (None, false);
    choice::menu(&more, |ui| {
        for piece in offers {
            if choice::menu_row(ui, piece.offer(), "", false, 200.0) {
                said = Some(*piece);
            }
        }
        if !offers.is_empty() {
            ui.separator();
        }
        grouped = choice::menu_row(ui, "Put into a group", "", false, 200.0);
    });
    (said, removed, grouped)
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
