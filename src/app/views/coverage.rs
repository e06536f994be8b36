//! Which ways nobody in the recordings took.

use egui::{Align2, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::report;
use crate::{
    app::{
        canvas::overlay::obstacle_word,
        diagram::overlay::Overlay,
        icons::Icon,
        intent::{Intent, Intents},
        state::Model,
        theme::{self, fonts, size},
        widgets,
    },
    journey::{Journey, Place, Status, edit::Port},
    lab::coverage::{Taken, Way},
    report::bug_report::Spot,
    words::{block, counted},
};

/// Height of a row.
const ROW: f32 = 30.0;
/// Room for the button at its end.
const BUTTON: f32 = 34.0;

/// A row of the list.
enum Line<'a> {
    /// A journey and how much of it was taken.
    Journey(&'a Journey, String),
    /// A way that was not taken.
    Way(&'a Journey, &'a Way),
}

/// The button that shows it on the canvas, from the right of the tab bar.
pub fn filters(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let shown = model.view.overlay == Overlay::Coverage;
    let (text, to) = if shown {
        ("Show flow on the canvas", Overlay::Flow)
    } else {
        ("Show coverage on the canvas", Overlay::Coverage)
    };
    if widgets::quiet_button(ui, text).clicked() {
        intents.want(Intent::Overlay(to));
    }
}

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    if model.outcome.is_none() {
        return widgets::empty(
            ui,
            "Not looked yet",
            "After a replay, every branch and exit that nobody in the recordings took is listed here.",
        );
    }
    let lines = lines(model);
    if lines.is_empty() {
        return widgets::empty(ui, "No journey was replayed", "Set a journey to active, or open one.");
    }
    ScrollArea::vertical().id_salt("coverage").auto_shrink(false).show_rows(
        ui,
        ROW,
        lines.len(),
        |ui, rows| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for line in &lines[rows] {
                match line {
                    Line::Journey(journey, share) => heading(ui, journey, share),
                    Line::Way(journey, way) => self::way(ui, model, journey, way, intents),
                }
            }
        },
    );
}

/// Journeys in the workspace's order, each with the ways that were not taken, then those that
/// cannot be; at the end those that were not replayed.
fn lines(model: &Model) -> Vec<Line<'_>> {
    let (mut lines, mut last) = (Vec::new(), Vec::new());
    let broken = model.outcome.as_ref().map(|outcome| &outcome.broken);
    for journey in model.journeys() {
        let Some(coverage) = model.coverage_of(&journey.id) else {
            let why = if broken.is_some_and(|broken| broken.contains(&journey.id)) {
                "has errors, so it was not replayed"
            } else if journey.status == Status::Draft {
                "is a draft and not shown, so it was not replayed"
            } else {
                "was not replayed yet"
            };
            last.push(Line::Journey(journey, why.to_owned()));
            continue;
        };
        let share = coverage.share();
        let percent = share.percent().map_or_else(String::new, |percent| format!(", {percent} %"));
        let text = format!("{} of {} taken{percent}", share.taken, counted(share.all, "way", "ways"));
        lines.push(Line::Journey(journey, text));
        let of = |wanted: fn(Taken) -> bool| coverage.ways.iter().filter(move |way| wanted(way.taken));
        let untaken = of(|taken| taken == Taken::ByNobody);
        let never = of(|taken| matches!(taken, Taken::Never(_)));
        lines.extend(untaken.chain(never).map(|way| Line::Way(journey, way)));
    }
    lines.append(&mut last);
    lines
}

fn heading(ui: &mut Ui, journey: &Journey, share: &str) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{}: {share}", journey.name)));
    let at = pos2(rect.left() + 12.0, rect.center().y + 2.0);
    let name = ui.painter().text(at, Align2::LEFT_CENTER, &journey.name, fonts::strong(), t.text);
    let right = name.right_center() + vec2(10.0, 0.0);
    ui.painter().text(right, Align2::LEFT_CENTER, share, fonts::figures(), t.text_weak);
}

fn way(ui: &mut Ui, model: &Model, journey: &Journey, way: &Way, intents: &mut Intents) {
    let t = theme::of(ui);
    let (whole, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let rect = whole.with_max_x(whole.right() - BUTTON);
    let response = ui.interact(rect, ui.scope_id().with((&journey.id.0, &way.port)), Sense::click());
    let (icon, color, ink, what) = match way.taken {
        Taken::Never(obstacle) => {
            (Icon::Skip, t.text_weak, t.text_weak, format!("cannot be taken: {}", obstacle_word(obstacle)))
        }
        _ => (Icon::Warning, t.deferred, t.deferred_text, "taken by nobody".to_owned()),
    };
    let name = way_name(journey, way);
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{}, {name}, {what}", journey.name)));
    if ui.rect_contains_pointer(whole) {
        ui.painter().rect_filled(whole, 0.0, t.hover);
    }
    icon.paint_at(ui.painter(), rect.left_center() + vec2(30.0, 0.0), 12.0, color);
    let left = rect.left() + 48.0;
    let room = (rect.width() * 0.6).max(200.0);
    let at = pos2(left, rect.center().y);
    let drawn = widgets::clipped(ui, at, Align2::LEFT_CENTER, &name, &fonts::body(), t.text, room);
    let at = pos2(drawn.right() + 14.0, rect.center().y);
    widgets::clipped(ui, at, Align2::LEFT_CENTER, &what, &fonts::body(), ink, rect.right() - at.x - 12.0);
    widgets::focus_ring(ui, &response, size::RADIUS);
    let side = whole.with_min_x(rect.right());
    ui.scope_builder(egui::UiBuilder::new().max_rect(side.shrink2(vec2(6.0, 4.0))), |ui| {
        if report::button(ui, &format!("{}, {name}", journey.name)) {
            let spot = Spot::Way(way.port.clone());
            intents.want(report::begin(model.of_place(journey.id.clone(), spot)));
        }
    });
    if response.clicked() {
        let place = match &way.port {
            Port::Start | Port::NeverIdentified => Place::Trigger,
            Port::Exit(block, exit) => Place::Exit(block.clone(), exit.as_str().to_owned()),
        };
        intents.want(Intent::GoTo(journey.id.clone(), place));
    }
}

/// A way in words: which block it leaves, by which exit, and where it leads.
fn way_name(journey: &Journey, way: &Way) -> String {
    let title = |id| journey.blocks.get(id).map(|block| block::title(block).to_owned());
    let to = way.port.target(journey).and_then(title);
    let to = to.map_or_else(String::new, |to| format!(" → {to}"));
    match &way.port {
        Port::Start => format!("Trigger{to}"),
        Port::NeverIdentified => format!("Trigger, never identified{to}"),
        Port::Exit(id, exit) => {
            let from = title(id).unwrap_or_default();
            let exit = match way.exits.len() {
                1 => journey.blocks.get(id).map(|block| block::exit_name(&block.kind, exit.as_str())),
                _ => None,
            };
            match exit.filter(|exit| !exit.is_empty()) {
                Some(exit) => format!("{from}, {exit}{to}"),
                None => format!("{from}{to}"),
            }
        }
    }
}
