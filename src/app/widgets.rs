//! The few widgets the panels are made of.

use egui::{
    Align, Align2, Color32, CornerRadius, FontId, Label, Layout, Rect, Response, RichText, Role, ScrollArea,
    Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2, scroll_area::ScrollBarVisibility, vec2,
};

use super::{
    command::Command,
    icons::Icon,
    state::Model,
    text::fitted,
    theme::{self, fonts, size},
};

/// A line of text.
pub fn text(ui: &mut Ui, text: impl Into<String>, font: FontId, color: Color32) -> Response {
    ui.add(Label::new(RichText::new(text).font(font).color(color)).selectable(false))
}

/// Text that wraps and can be selected and copied.
pub fn paragraph(ui: &mut Ui, text: impl Into<String>, font: FontId, color: Color32) -> Response {
    let line = font.size * size::LINE_HEIGHT;
    ui.add(
        Label::new(RichText::new(text).font(font).color(color).line_height(Some(line.round())))
            .wrap()
            .selectable(true),
    )
}

/// A small heading over a group.
pub fn caption(ui: &mut Ui, text: &str) {
    let weak = theme::of(ui).text_weak;
    self::text(ui, text, fonts::small(), weak);
}

/// The outline of what has the keys.
pub fn focus_ring(ui: &Ui, response: &Response, radius: u8) {
    if response.has_focus() {
        let stroke = Stroke::new(1.5, theme::of(ui).accent);
        ui.painter().rect_stroke(response.rect, CornerRadius::same(radius), stroke, StrokeKind::Inside);
    }
}

/// Paints text cut to a width; returns where it ended.
pub fn clipped(
    ui: &Ui,
    at: egui::Pos2,
    anchor: Align2,
    line: &str,
    font: &FontId,
    color: Color32,
    width: f32,
) -> Rect {
    let painter = ui.painter();
    let measure = |text: &str| painter.layout_no_wrap(text.to_owned(), font.clone(), color).size().x;
    let line = fitted(line, width, measure);
    painter.text(at, anchor, line, font.clone(), color)
}

/// A row of a list: a name, and a count at its right.
pub struct Row<'a> {
    /// What it is.
    pub name: &'a str,
    /// Its count, if there is one.
    pub count: Option<String>,
    /// The count's colour, if it means something.
    pub count_color: Option<Color32>,
    /// What a screen reader says.
    pub label: String,
    /// Whether it is selected.
    pub selected: bool,
}

impl Row<'_> {
    /// Draws it.
    pub fn show(self, ui: &mut Ui) -> Response {
        let t = theme::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::click());
        let info = self.label.clone();
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, self.selected, &info));
        if ui.is_rect_visible(rect) {
            let fill = if self.selected { Some(t.selection) } else { response.hovered().then_some(t.hover) };
            if let Some(fill) = fill {
                ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), fill);
            }
            let mut right = rect.right() - 8.0;
            if let Some(count) = &self.count {
                let color = self.count_color.unwrap_or(t.text_weak);
                let at = pos2(right, rect.center().y);
                let drawn = ui.painter().text(at, Align2::RIGHT_CENTER, count, fonts::figures(), color);
                right = drawn.left() - 8.0;
            }
            let font = if self.selected { fonts::strong() } else { fonts::body() };
            let left = rect.left() + 8.0;
            let at = pos2(left, rect.center().y);
            clipped(ui, at, Align2::LEFT_CENTER, self.name, &font, t.text, right - left);
        }
        focus_ring(ui, &response, size::RADIUS);
        response
    }
}

/// A tab: quiet, with the selection's ground when it is the one shown.
pub fn tab(ui: &mut Ui, name: &str, count: Option<String>, selected: bool, label: &str) -> Response {
    let t = theme::of(ui);
    let font = if selected { fonts::strong() } else { fonts::body() };
    let color = if selected { t.text } else { t.text_weak };
    let name = ui.painter().layout_no_wrap(name.to_owned(), font, color);
    let count = count.map(|count| ui.painter().layout_no_wrap(count, fonts::figures(), t.text_weak));
    let gap = if count.is_some() { 6.0 } else { 0.0 };
    let width = name.size().x + gap + count.as_ref().map_or(0.0, |count| count.size().x) + 24.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, label));
    let fill = if selected { Some(t.selection) } else { response.hovered().then_some(t.hover) };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), fill);
    }
    let mut x = rect.left() + 12.0;
    for galley in [Some(name), count].into_iter().flatten() {
        let at = pos2(x, rect.center().y - galley.size().y / 2.0);
        x += galley.size().x + gap;
        ui.painter().galley(at, galley, t.text);
    }
    focus_ring(ui, &response, size::RADIUS);
    response
}

/// A selector in a bar: what it selects (weak), what is selected, a chevron. Its menu is the
/// caller's.
pub fn selector(ui: &mut Ui, caption: &str, chosen: &str, most_pt: f32) -> Response {
    selector_as(ui, caption, caption, chosen, most_pt)
}

/// A selector that does without its caption in a narrow window; what is chosen must tell by itself
/// what it is.
pub fn telling_selector(ui: &mut Ui, caption: &str, chosen: &str, most_pt: f32) -> Response {
    /// Narrower windows need the room for the journeys.
    const NARROW_PT: f32 = 1400.0;
    let seen = if ui.ctx().content_rect().width() < NARROW_PT { "" } else { caption };
    selector_as(ui, caption, seen, chosen, most_pt)
}

fn selector_as(ui: &mut Ui, caption: &str, seen: &str, chosen: &str, most_pt: f32) -> Response {
    let t = theme::of(ui);
    let painter = ui.painter();
    let measure = |text: &str| painter.layout_no_wrap(text.to_owned(), fonts::body(), t.text).size().x;
    let chosen_text = fitted(chosen, most_pt, measure);
    let caption_galley = painter.layout_no_wrap(seen.to_owned(), fonts::body(), t.text_weak);
    let chosen_galley = painter.layout_no_wrap(chosen_text, fonts::body(), t.text);
    let between = if seen.is_empty() { 0.0 } else { 6.0 };
    let width = caption_galley.size().x + between + chosen_galley.size().x + 6.0 + 10.0 + 10.0 + 10.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{caption}: {chosen}")));
    control_frame(ui, rect, &response);
    let mut x = rect.left() + 10.0;
    for (galley, after) in [(caption_galley, between), (chosen_galley, 6.0)] {
        let at = pos2(x, rect.center().y - galley.size().y / 2.0);
        x += galley.size().x + after;
        ui.painter().galley(at, galley, t.text);
    }
    Icon::ChevronDown.paint_at(ui.painter(), pos2(x + 5.0, rect.center().y), 8.0, t.text_weak);
    focus_ring(ui, &response, size::RADIUS);
    response
}

/// The frame of a control in a bar.
fn control_frame(ui: &Ui, rect: Rect, response: &Response) {
    let t = theme::of(ui);
    let fill = if response.hovered() { t.hover } else { t.panel };
    let radius = CornerRadius::same(size::RADIUS);
    ui.painter().rect(rect, radius, fill, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
}

/// A button that is an icon; `name` is what a screen reader says.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str, side: f32) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), t.hover);
    }
    let color = if response.hovered() { t.text } else { t.text_weak };
    icon.paint_at(ui.painter(), rect.center(), (side * 0.42).round(), color);
    focus_ring(ui, &response, size::RADIUS);
    response
}

/// A button that is only words, in the weak colour.
pub fn quiet_button(ui: &mut Ui, name: &str) -> Response {
    let t = theme::of(ui);
    let galley = ui.painter().layout_no_wrap(name.to_owned(), fonts::body(), t.text_weak);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 16.0, size::ROW), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let ink = if response.hovered() { t.text } else { t.text_weak };
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), t.hover);
    }
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, name, fonts::body(), ink);
    focus_ring(ui, &response, size::RADIUS);
    response
}

/// Room for the check of a row of a menu.
const MARK_PT: f32 = 20.0;

/// A row of a menu for a command, with its keys; true when it was chosen. In a menu where some rows
/// can be checked all others are `Some(false)`, so that their names stand in one line.
pub fn menu_command(ui: &mut Ui, model: &Model, command: Command, checked: Option<bool>) -> bool {
    let os = ui.ctx().os();
    let offer = model.offer(command);
    let accent = theme::of(ui).accent;
    let mut button = egui::Button::new(offer.text.clone()).min_size(vec2(220.0, size::ROW));
    if let Some(checked) = checked {
        let mark = egui::Atom::paint(vec2(MARK_PT, MARK_PT), move |ui, place| {
            if checked {
                Icon::Check.paint_at(ui.painter(), place.rect.center(), 10.0, accent);
            }
        });
        button = egui::Button::new((mark, offer.text.clone())).min_size(vec2(220.0, size::ROW));
    }
    if let Some(keys) = command.shortcut_text(os) {
        button = button.shortcut_text(keys);
    }
    let usable = offer.why_not.is_none();
    let response = ui.add_enabled(usable, button).on_hover_text(command.tooltip());
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, usable, &offer.text));
    response.on_disabled_hover_text(offer.why_not.unwrap_or_default()).clicked()
}

/// Width of a menu where one of several is chosen.
const CHOICES_WIDTH: f32 = 240.0;

/// A row of a menu where one of several is chosen.
pub fn menu_choice(ui: &mut Ui, name: &str, chosen: bool) -> bool {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(CHOICES_WIDTH, size::ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItemRadio, true, chosen, name));
    if response.hovered() {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS), t.hover);
    }
    if chosen {
        Icon::Check.paint_at(ui.painter(), rect.left_center() + vec2(14.0, 0.0), 10.0, t.accent);
    }
    let at = rect.left_center() + vec2(28.0, 0.0);
    clipped(ui, at, Align2::LEFT_CENTER, name, &fonts::body(), t.text, CHOICES_WIDTH - 36.0);
    focus_ring(ui, &response, size::RADIUS);
    response.clicked()
}

/// The tooltip of a command, with its keys.
pub fn command_tip(ui: &Ui, command: Command) -> String {
    match command.shortcut_text(ui.ctx().os()) {
        Some(keys) => format!("{} ({keys})", command.tooltip()),
        None => command.tooltip().to_owned(),
    }
}

/// Name and value, one under the other.
pub fn fact(ui: &mut Ui, name: &str, value: &str) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    caption(ui, name);
    paragraph(ui, value, fonts::body(), t.text);
    ui.add_space(10.0);
}

/// A name at the left and a count at the right.
pub fn count_line(ui: &mut Ui, name: &str, count: &str, color: Color32) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {count}")));
    let at = pos2(rect.right(), rect.center().y);
    let drawn = ui.painter().text(at, Align2::RIGHT_CENTER, count, fonts::figures(), t.text);
    let room = drawn.left() - rect.left() - 12.0;
    clipped(ui, rect.left_center(), Align2::LEFT_CENTER, name, &fonts::body(), color, room);
}

/// Lays out from the right.
pub fn from_right<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let rect = ui.available_rect_before_wrap();
    let builder = UiBuilder::new().max_rect(rect).layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(builder, add).inner
}

/// After a row was begun from the right: what is left of it, from the left, and nothing beyond.
pub fn in_what_is_left(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let left = ui.available_rect_before_wrap();
    let builder = UiBuilder::new().max_rect(left).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(ui.clip_rect().intersect(left.expand2(vec2(0.0, 8.0))));
        add(ui);
    });
}

/// Tabs that scroll sideways when there are too many for the room that is left; `after_pt` of it
/// are kept for what follows them. Returns how wide all of them are.
pub fn scrolling_tabs(ui: &mut Ui, name: &str, after_pt: f32, add: impl FnOnce(&mut Ui)) -> f32 {
    let room = (ui.available_width() - after_pt).max(0.0);
    ui.style_mut().always_scroll_the_only_direction = true;
    let shown = ScrollArea::horizontal()
        .id_salt(name)
        .max_width(room)
        .scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            add(ui);
        });
    shown.content_size.x
}

/// Whether a value is another than in the last pass: what it names must come into view then, and
/// may be scrolled away afterwards.
pub fn is_news<T: Clone + PartialEq + Send + Sync + 'static>(ui: &Ui, name: &str, now: T) -> bool {
    let id = egui::Id::unique(name);
    ui.data_mut(|data| {
        let before = data.get_temp::<T>(id);
        let news = before.as_ref() != Some(&now);
        data.insert_temp(id, now);
        news
    })
}

/// A quiet sentence in the middle: what would be here, and how to get it here.
pub fn empty(ui: &mut Ui, what: &str, how: &str) {
    let t = theme::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3).clamp(12.0, 90.0));
        text(ui, what, fonts::strong(), t.text);
        ui.add_space(4.0);
        ui.set_max_width(ui.available_width().min(420.0));
        paragraph(ui, how, fonts::body(), t.text_weak);
    });
}
