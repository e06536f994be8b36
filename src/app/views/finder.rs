//! “Search or run”: a field, and what is called so. Arrows walk, Enter goes there or runs it.

use egui::{Align2, Key, Modifiers, Response, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};

use crate::{
    app::{
        command::Command,
        finder::{FinderIntent, Hit},
        intent::{Intent, Intents},
        state::Model,
        theme::{self, fonts, size},
        widgets,
    },
    words::{block, person},
};

/// Height of a row.
const ROW_PT: f32 = 30.0;
/// Width of the field in the top bar.
const FIELD_PT: f32 = 160.0;
/// Below this width of the window the top bar has no room for the field.
const ROOMY_PT: f32 = 1_560.0;

/// The field in the top bar that opens it; laid out from the right.
pub fn opener(ui: &mut Ui, intents: &mut Intents) {
    if ui.ctx().content_rect().width() < ROOMY_PT {
        return;
    }
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(FIELD_PT, size::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, Command::Find.text()));
    let fill = if response.hovered() { t.hover } else { t.panel };
    let radius = f32::from(size::RADIUS);
    let line = egui::Stroke::new(1.0, t.line_strong);
    ui.painter().rect(rect, radius, fill, line, egui::StrokeKind::Inside);
    let write = |at, anchor, text: &str, font| ui.painter().text(at, anchor, text, font, t.text_weak);
    let left = rect.left_center() + vec2(10.0, 0.0);
    write(left, Align2::LEFT_CENTER, Command::Find.text(), fonts::body());
    let keys = Command::Find.shortcut_text(ui.ctx().os()).unwrap_or_default();
    write(rect.right_center() - vec2(10.0, 0.0), Align2::RIGHT_CENTER, &keys, fonts::small());
    widgets::focus_ring(ui, &response, size::RADIUS);
    if response.on_hover_text(Command::Find.tooltip()).clicked() {
        intents.run(Command::Find);
    }
}

/// Draws it inside the dialog.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let finder = &model.finder;
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let step = isize::from(pressed(Key::ArrowDown)) - isize::from(pressed(Key::ArrowUp));
    if step != 0 {
        intents.want(Intent::Find(FinderIntent::Step(step)));
    }
    if pressed(Key::Enter) {
        intents.want(Intent::Find(FinderIntent::Take(finder.row)));
    }
    field(ui, &finder.text, intents);
    let row = finder.row.saturating_add_signed(step).min(finder.hits.len().saturating_sub(1));
    ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if finder.hits.is_empty() {
            widgets::paragraph(ui, "Nothing is called so.", fonts::body(), t.text_weak);
        }
        for (at, hit) in finder.hits.iter().enumerate() {
            let Some(line) = Line::of(model, hit, ui.ctx().os()) else { continue };
            let response = line.show(ui, at == row);
            if at == row && step != 0 {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                intents.want(Intent::Find(FinderIntent::Take(at)));
            }
        }
    });
}

fn field(ui: &mut Ui, typed: &str, intents: &mut Intents) {
    let mut text = typed.to_owned();
    let hint = "Find a journey, block, person, segment or command";
    let response = ui.add(TextEdit::singleline(&mut text).hint_text(hint).desired_width(f32::INFINITY));
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, true, "Search or run");
        info.current_text_value = Some(typed.to_owned());
        info
    });
    response.request_focus();
    if text != typed {
        intents.want(Intent::Find(FinderIntent::Type(text)));
    }
}

/// A row: what was found, and at its right what it is, or the keys of a command.
struct Line {
    name: String,
    beside: String,
    usable: bool,
    tip: Option<&'static str>,
}

impl Line {
    /// `None`: it is gone since it was found.
    fn of(model: &Model, hit: &Hit, os: egui::os::OperatingSystem) -> Option<Self> {
        let thing =
            |name: &str, beside: String| Self { name: name.to_owned(), beside, usable: true, tip: None };
        Some(match hit {
            Hit::Command(command) => {
                let offer = model.offer(*command);
                let keys = || command.shortcut_text(os).unwrap_or_default();
                Self {
                    name: offer.text,
                    usable: offer.why_not.is_none(),
                    beside: offer.why_not.map_or_else(keys, str::to_owned),
                    tip: Some(command.tooltip()),
                }
            }
            Hit::Journey(id) => thing(&model.journey_by_id(id)?.name, "Journey".to_owned()),
            Hit::Block(journey, id) => {
                let journey = model.journey_by_id(journey)?;
                thing(block::title(journey.blocks.get(id)?), format!("Block of {}", journey.name))
            }
            Hit::Segment(id) => thing(&model.segments().0.get(id)?.name, "Segment".to_owned()),
            Hit::Person { identifiers, known } => {
                let who = person::who(identifiers);
                let what = if *known { "Person" } else { "Anonymous visitor" };
                let beside =
                    found_by(&who, identifiers, &model.finder.text).unwrap_or_else(|| what.to_owned());
                thing(&who, beside)
            }
        })
    }

    fn show(&self, ui: &mut Ui, selected: bool) -> Response {
        let t = theme::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_PT), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::ListItem, self.usable, selected, &self.name));
        if selected || response.hovered() {
            let fill = if selected { t.selection } else { t.hover };
            ui.painter().rect_filled(rect, f32::from(size::RADIUS), fill);
        }
        let right = pos2(rect.right() - 10.0, rect.center().y);
        let most = rect.width() / 2.0;
        let drawn = widgets::clipped(
            ui,
            right,
            Align2::RIGHT_CENTER,
            &self.beside,
            &fonts::small(),
            t.text_weak,
            most,
        );
        let color = if self.usable { t.text } else { t.text_weak };
        let left = pos2(rect.left() + 10.0, rect.center().y);
        let room = drawn.left() - left.x - 12.0;
        widgets::clipped(ui, left, Align2::LEFT_CENTER, &self.name, &fonts::body(), color, room);
        match self.tip {
            Some(tip) => response.on_hover_text(tip),
            None => response,
        }
    }
}

/// The identifier that somebody was found by, where it is not the name they go by.
fn found_by(who: &str, identifiers: &[String], text: &str) -> Option<String> {
    let wanted = text.trim().to_lowercase();
    let holds = |id: &str| id.to_lowercase().contains(&wanted);
    let other = identifiers.iter().find(|id| holds(id));
    other.filter(|_| !holds(who)).map(|id| person::identifier(id))
}
