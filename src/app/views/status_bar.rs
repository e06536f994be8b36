//! The bar at the bottom: what was replayed, by which rules; and work that goes on.

use egui::{Align, Frame, Layout, Margin, Panel, ProgressBar, Ui};

use crate::{
    app::{
        command::Command,
        intent::{Intent, Intents},
        jobs::Stage,
        state::{BottomTab, Model, Work},
        theme::{self, fonts, size},
        widgets,
    },
    lab::coupling::{Extent, Whole},
    words::{count, counted},
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let frame = Frame::new().fill(t.panel).inner_margin(Margin::symmetric(12, 0));
    Panel::bottom("status").exact_size(size::STATUS_BAR).frame(frame).show(ui, |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            match &model.work {
                Some(work) => working(ui, work, intents),
                None => outcome(ui, model, intents),
            }
            if let Some(camera) = model.camera() {
                widgets::from_right(ui, |ui| {
                    let zoom = format!("{:.0} %", camera.zoom * 100.0);
                    widgets::text(ui, zoom, fonts::small_figures(), t.text_weak);
                    ui.add_space(4.0);
                    saved(ui, model);
                });
            }
        });
    });
}

/// Whether everything is on disk, and what was exported last.
fn saved(ui: &mut Ui, model: &Model) {
    let t = theme::of(ui);
    let (text, ink) =
        if model.unsaved() { ("Not saved yet", t.deferred_text) } else { ("Saved", t.text_weak) };
    widgets::text(ui, text, fonts::small(), ink).on_hover_text(widgets::command_tip(ui, Command::Save));
    if let Some(name) = &model.filing.exported {
        widgets::text(ui, format!("Exported {name}"), fonts::small(), t.text_weak);
    }
}

fn outcome(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let Some(outcome) = &model.outcome else {
        let idle = if model.faults.is_empty() { "Nothing replayed yet" } else { "Nothing replayed" };
        widgets::text(ui, idle, fonts::small(), t.text_weak);
        return;
    };
    let (dot, _) = ui.allocate_exact_size(egui::vec2(8.0, 8.0), egui::Sense::hover());
    ui.painter().circle_filled(dot.center(), 4.0, t.sent);
    ui.spacing_mut().item_spacing.x = 6.0;
    let result = &outcome.result;
    let text = format!(
        "Replayed {}, {}, {} in {} ms",
        counted(result.events, "event", "events"),
        counted(result.people.len() as u64, "person", "people"),
        counted(result.messages.len() as u64, "message", "messages"),
        count(outcome.took_ms),
    );
    widgets::text(ui, text, fonts::small(), t.sent_text);
    if let Some((told, tip)) = extent(&outcome.extent, model) {
        ui.add_space(6.0);
        widgets::text(ui, told, fonts::small(), t.text_weak).on_hover_text(tip);
    }
    ui.add_space(12.0);
    let rules = format!(
        "{} rules: {}, {} assumed",
        outcome.platform,
        counted(outcome.rules.settings as u64, "setting", "settings"),
        outcome.rules.assumed
    );
    widgets::text(ui, rules, fonts::small(), t.text_weak)
        .on_hover_text("Assumed: the platform's documentation is silent, so this is our reading");
    let errors = model.errors() as u64;
    if errors > 0 {
        ui.add_space(12.0);
        let text = counted(errors, "error", "errors");
        let link = ui.link(egui::RichText::new(text).font(fonts::small()).color(t.not_sent_text));
        if link.clicked() {
            intents.want(Intent::ShowTab(BottomTab::Problems));
        }
    }
}

/// How much of the result the last edit made to be replayed, and why; nothing of a first replay.
fn extent(extent: &Extent, model: &Model) -> Option<(String, String)> {
    const WHOLE: &str = "All journeys replayed";
    let whole = |why: &str| Some((WHOLE.to_owned(), format!("All journeys were replayed: {why}.")));
    match extent {
        Extent::First => None,
        Extent::Everything(why) => whole(match why {
            Whole::Recordings => "other recordings are replayed",
            Whole::Platform => "another platform or rule counts",
            Whole::Seed => "random draws are others",
            Whole::Workspace => "all depend on the workspace’s settings and its catalogue",
            Whole::Segments => "all may depend on segments",
            Whole::Coupled => {
                "each is coupled with what was edited, by limits, offers, attributes, sent events, or by \
                 asking about its messages and people"
            }
            Whole::Crowded => "very many runs began at one instant",
        }),
        Extent::Journeys(reached) => {
            let named = |id| model.journey_by_id(id).map(|journey| format!("“{}”", journey.name));
            let names: Vec<String> = reached.journeys.iter().filter_map(named).collect();
            Some(if names.is_empty() {
                ("Kept".to_owned(), "Nothing that a journey does was edited: the result stays.".to_owned())
            } else {
                let told = counted(names.len() as u64, "journey replayed", "journeys replayed");
                let listed = names.join(", ");
                let tip = format!(
                    "Replayed again: {listed}. No other journey can have noticed the edit; theirs stays."
                );
                (told, tip)
            })
        }
    }
}

fn working(ui: &mut Ui, work: &Work, intents: &mut Intents) {
    let t = theme::of(ui);
    let words = words(work);
    if work.total > 0 {
        let share = work.done as f32 / work.total as f32;
        ui.add(ProgressBar::new(share.min(1.0)).desired_width(160.0).desired_height(6.0).fill(t.accent))
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &words));
    } else {
        ui.add(egui::Spinner::new().size(12.0).color(t.accent));
    }
    widgets::text(ui, words, fonts::small_figures(), t.text);
    let cancel = egui::Button::new(egui::RichText::new("Cancel").font(fonts::small())).small();
    if ui.add(cancel).on_hover_text(widgets::command_tip(ui, Command::CancelWork)).clicked() {
        intents.run(Command::CancelWork);
    }
}

/// “Replaying: 120 000 of 1 000 000 events, 480 000 a second, 2 s left”.
pub fn words(work: &Work) -> String {
    let (doing, shown): (&str, fn(u64) -> String) = match work.stage {
        Stage::Opening => return "Opening the workspace".to_owned(),
        Stage::Checking => return "Looking for problems".to_owned(),
        Stage::Comparing => return "Comparing".to_owned(),
        Stage::Reading => ("Reading", |bytes| format!("{:.1} MB", bytes as f64 / 1.0e6)),
        Stage::Replaying => ("Replaying", |events| format!("{} events", count(events))),
        Stage::Reporting => return "Writing the bug report".to_owned(),
        Stage::Trying => return format!("Looking for the smallest change: {} tried", count(work.done)),
    };
    let mut text = format!("{doing}: {} of {}", shown(work.done), shown(work.total));
    if work.elapsed_s > 0.5 && work.done > 0 {
        let rate = work.done as f64 / work.elapsed_s;
        let left = (work.total.saturating_sub(work.done)) as f64 / rate;
        text = format!("{text}, {} a second, {} s left", shown(rate as u64), left.ceil());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_says_count_rate_and_time_left() {
        let work = Work { stage: Stage::Replaying, done: 250_000, total: 1_000_000, elapsed_s: 1.0 };
        let text = words(&work).replace('\u{202f}', " ");
        assert_eq!(text, "Replaying: 250 000 events of 1 000 000 events, 250 000 events a second, 3 s left");
        let start = Work { elapsed_s: 0.1, ..work };
        assert!(!words(&start).contains("left"));
    }
}
