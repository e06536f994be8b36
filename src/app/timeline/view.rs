//! The timeline on the screen: lanes, bars and signs of the people on it.

use std::sync::Arc;

use egui::{
    CursorIcon, Id, PointerButton, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::{
    cursor, items,
    kept::{Axis, Kept},
    layout::{self, Group, Row},
    names::{self, NAMES_PT},
    paint::Painting,
    ruler::{AXIS_PT, Ruler},
};
use crate::{
    app::{
        intent::{Intent, Intents},
        state::Model,
        stretch::{Scale, Window},
        theme, widgets,
    },
    lab::Story,
    words::{counted, person},
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let company = &model.company;
    if model.story.is_none() && !company.is_several() {
        let (what, how) = match company.focused() {
            Some(_) if model.work.is_some() => {
                ("One moment", "The person is being replayed with every decision kept.")
            }
            Some(_) => {
                ("Nothing to tell", "Nobody in these recordings has the identifiers of whom you chose.")
            }
            None => (
                "Nobody is in focus",
                "Choose a message or a person, and here is everything they did on every device, where \
                 they waited, and what they got. With Ctrl you choose several.",
            ),
        };
        return widgets::empty(ui, what, how);
    }
    let all = ui.available_rect_before_wrap();
    let scale = Scale {
        window: window(model),
        left: all.left() + NAMES_PT,
        width: (all.width() - NAMES_PT - 16.0).max(80.0),
    };
    let ruler = Ruler { model, scale, tokens: theme::of(ui), all };
    let ground = ui.interact(all, Id::unique("timeline"), Sense::click_and_drag());
    ground.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, format!("Timeline of {}", whose(model))));
    let axis = Axis::of(ui.ctx(), scale, model.cursor_zone());
    ruler.axis(ui, &axis.ticks);
    let strip = Rect::from_min_max(all.min, pos2(all.right(), all.top() + AXIS_PT));
    cursor::drive(ui, model, &scale, strip, all, intents);
    let below = Rect::from_min_max(pos2(all.left(), all.top() + AXIS_PT), all.max);
    ui.scope_builder(egui::UiBuilder::new().max_rect(below), |ui| {
        ScrollArea::vertical().id_salt("timeline rows").auto_shrink(false).show(ui, |ui| {
            let groups = layout::groups(company.people().iter().map(|it| it.story.as_deref()));
            let height = groups.last().map_or(0.0, |group| group.top + group.height);
            let (area, _) = ui.allocate_exact_size(vec2(below.width(), height), Sense::hover());
            ruler.days(ui, area.union(below), &axis.ticks);
            let mut kept = Kept::of(ui, model, scale, area, ground.id);
            rows(ui, model, (scale, area), &groups, &mut kept, intents);
            kept.keep(ui.ctx());
        });
    });
    ruler.shifts(ui, &axis.shifts);
    cursor::paint(ui, model, &scale, strip, all);
    look_around(ui, &ground, all, scale, model, intents);
}

/// What stretch of time is looked at.
pub(super) fn window(model: &Model) -> Window {
    model.view.timeline.unwrap_or_else(|| Window::around(stories(model)))
}

/// The stories on the timeline.
pub(super) fn stories(model: &Model) -> impl Iterator<Item = &Story> {
    model.company.stories().map(AsRef::as_ref)
}

/// Whose timeline it is: the one in focus, and how many others.
pub(super) fn whose(model: &Model) -> String {
    let who = model.company.focused().map_or_else(String::new, |it| person::who(it.known_as()));
    match model.company.people().len() {
        0 | 1 => who,
        several => format!("{who} + {}", counted(several as u64 - 1, "person", "people")),
    }
}

/// Everybody's rows, those that are in sight.
fn rows(
    ui: &mut Ui,
    model: &Model,
    (scale, area): (Scale, Rect),
    groups: &[Group],
    kept: &mut Kept,
    intents: &mut Intents,
) {
    let names = model.names();
    let seen = ui.clip_rect();
    let (top, bottom) = (seen.top() - area.top(), seen.bottom() - area.top());
    let several = model.company.is_several();
    bring_into_view(ui, model, area, groups);
    for (at, (it, group)) in model.company.people().iter().zip(groups).enumerate() {
        if group.top > bottom || group.top + group.height < top {
            continue;
        }
        if several {
            let rect = Rect::from_min_size(
                pos2(area.left(), area.top() + group.top),
                vec2(area.width(), group.height),
            );
            names::head(ui, model, at, it, rect, intents);
        }
        let Some(story) = &it.story else { continue };
        let (record, tokens) = (model.record_in(story), theme::of(ui));
        let painting = Painting { model, names: &names, story, person: at, scale, tokens, record };
        for (number, row) in group.rows.iter().enumerate() {
            if row.is_between(top, bottom) {
                let reach = Painting::reach(area, row);
                kept.row(ui, (at, number), reach, |ui| painting.row(ui, area, row, intents));
            }
        }
    }
}

/// Scrolls to whoever came into focus since the last frame, by whatever way.
fn bring_into_view(ui: &Ui, model: &Model, area: Rect, groups: &[Group]) {
    let id = Id::unique("timeline focus");
    let focus = model.company.focused().map(|it| it.identifiers.clone()).unwrap_or_default();
    let before = ui.data_mut(|data| {
        let before = data.get_temp::<Vec<String>>(id);
        if before.as_ref() != Some(&focus) {
            data.insert_temp(id, focus.clone());
        }
        before
    });
    if before.is_some_and(|before| before != focus)
        && let Some(group) = groups.get(model.company.focus())
    {
        let rect = Rect::from_min_size(pos2(area.left(), area.top() + group.top), vec2(1.0, group.height));
        ui.scroll_to_rect(rect, None);
    }
}

impl Painting<'_> {
    /// Where the pointer is on something of a row: in it, or on its way into another.
    fn reach(area: Rect, row: &Row) -> Rect {
        let bottom = (row.top + row.height).max(row.into.unwrap_or(0.0));
        Rect::from_x_y_ranges(area.x_range(), area.top() + row.top..=area.top() + bottom)
    }

    fn row(&self, ui: &mut Ui, area: Rect, row: &Row, intents: &mut Intents) {
        let rect =
            Rect::from_min_size(pos2(area.left(), area.top() + row.top), vec2(area.width(), row.height));
        self.name(ui, row, rect);
        let story: &Arc<Story> = self.story;
        let found = items::items(story, row, &self.scale, |at| self.message_name(&story.messages[at]));
        let clip = ui.clip_rect();
        let lane = Rect::from_min_max(pos2(self.scale.left, clip.top()), clip.max).intersect(clip);
        ui.set_clip_rect(lane);
        for item in &found {
            self.item(ui, area.top(), row, item, intents);
        }
        ui.set_clip_rect(clip);
    }
}

/// Pan by dragging, shift and wheel, or a trackpad; zoom by ctrl and wheel, or pinch; a double click shows all.
fn look_around(ui: &Ui, ground: &Response, all: Rect, scale: Scale, model: &Model, intents: &mut Intents) {
    let mut next = scale.window;
    let per_pt = 1.0 / f64::from(scale.width);
    if ground.dragged_by(PointerButton::Primary) || ground.dragged_by(PointerButton::Middle) {
        next = next.panned(-f64::from(ground.drag_delta().x) * per_pt);
        ui.set_cursor_icon(CursorIcon::Grabbing);
    }
    if ui.rect_contains_pointer(all) {
        let (scroll, zoom, pointer) =
            ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta(), input.pointer.hover_pos()));
        next = next.panned(-f64::from(scroll.x) * per_pt);
        if zoom != 1.0 {
            let share = pointer.map_or(0.5, |at| scale.share(at.x).clamp(0.0, 1.0));
            next = next.zoomed(f64::from(zoom), share);
        }
    }
    if ground.double_clicked() {
        intents.want(Intent::LookTimeline(None));
    } else if next != scale.window {
        intents.want(Intent::LookTimeline(Some(next.kept_near(stories(model)))));
    }
}
