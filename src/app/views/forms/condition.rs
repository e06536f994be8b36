//! The condition builder: questions as sentences with words that can be changed, in groups.

use egui::Ui;

use super::{
    Form,
    choice::{self, Shape},
    complaint, remark,
    rows::{add_button, controls_at_right, member},
};
use crate::{
    app::{
        icons::Icon,
        theme::{self, fonts, size},
        widgets,
    },
    journey::Condition,
    words::{
        ask::{self, Ask, Group},
        condition as say,
        sentence::{self, Line, Part, Piece},
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
        if ask::members(condition).is_some_and(|parts| parts.is_empty()) {
            // A group of nothing is none yet: its first question stands by itself.
            if let Some(first) = self.ask(ui) {
                *condition = first;
            }
            return Fate::Stays;
        }
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
        if let Some(parts) = ask::members(condition) {
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
            && let Some(parts) = ask::members(condition)
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
                if choice::menu_row(ui, ask.name(), "", None, 220.0) {
                    asked = Some(ask.question(&segment, &journey));
                }
            }
            ui.separator();
            if choice::menu_row(ui, "A group of questions", "", None, 220.0) {
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
}

/// What was done to a line.
#[derive(Clone, Copy, Default)]
struct LineChange {
    left_out: Option<Piece>,
    said: Option<Piece>,
    removed: bool,
    grouped: bool,
}

/// The buttons of a question: say more, remove it.
fn question_controls(ui: &mut Ui, called: &str, offers: &[Piece]) -> (Option<Piece>, bool, bool) {
    let removed = widgets::icon_button(ui, Icon::Cross, &format!("Remove “{called}”"), 22.0).clicked();
    let more = widgets::icon_button(ui, Icon::Plus, &format!("Say more about “{called}”"), 22.0)
        .on_hover_text("Say more");
    let (mut said, mut grouped) = (None, false);
    choice::menu(&more, |ui| {
        for piece in offers {
            if choice::menu_row(ui, piece.offer(), "", None, 200.0) {
                said = Some(*piece);
            }
        }
        if !offers.is_empty() {
            ui.separator();
        }
        grouped = choice::menu_row(ui, "Put into a group", "", None, 200.0);
    });
    (said, removed, grouped)
}
