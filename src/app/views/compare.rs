//! What differs between the result shown and another one.

use egui::{Align, Align2, Layout, Popup, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2};
use egui_extras::{Column, TableBuilder};

use super::{report, table};
use crate::{
    app::{
        comparing::CompareIntent,
        icons::Icon,
        intent::{Intent, Intents},
        jobs::{Against, Compared},
        session::RecordingChoice,
        state::Model,
        theme::{self, Tokens, fonts, size},
        widgets,
    },
    lab::{Difference, DifferenceKind},
    report::difference,
    simulator::MessageRecord,
    words::{count, counted, names::Names, person},
};

/// The least width of the table.
const LEAST_PT: f32 = 670.0;

/// Width of the list of people.
const PEOPLE: f32 = 232.0;
const HEADINGS: [&str; 6] = ["Difference", "Person", "Journey", "Message", "Before", "Now"];

fn want(intents: &mut Intents, intent: CompareIntent) {
    intents.want(Intent::Compare(intent));
}

/// With what it is compared, from the right of the tab bar.
pub fn filters(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    ui.spacing_mut().item_spacing.x = 8.0;
    let against = model.comparing.against.as_ref();
    let chosen = against.map_or_else(|| "Nothing".to_owned(), |against| model.against_label(against));
    let selector = widgets::selector(ui, "Compared with", &chosen, 200.0);
    Popup::menu(&selector).gap(4.0).show(|ui| {
        ui.set_width(260.0);
        if offer(ui, "Keep this result to compare with", false, model.outcome.is_some()) {
            want(intents, CompareIntent::Keep);
        }
        ui.separator();
        if offer(ui, "Nothing", against.is_none(), true) {
            want(intents, CompareIntent::With(None));
        }
        for other in choices(model) {
            if offer(ui, &model.against_label(&other), against == Some(&other), true) {
                want(intents, CompareIntent::With(Some(other)));
            }
        }
    });
}

fn offer(ui: &mut Ui, name: &str, chosen: bool, usable: bool) -> bool {
    ui.add_enabled_ui(usable, |ui| {
        let row =
            widgets::Row { name, count: None, count_color: None, label: name.to_owned(), selected: chosen };
        let response = row.show(ui);
        if response.clicked() {
            ui.close();
        }
        response.clicked()
    })
    .inner
}

/// Everything there is to compare with.
fn choices(model: &Model) -> Vec<Against> {
    let Some(choice) = &model.choice else { return Vec::new() };
    let mut all = Vec::new();
    if model.comparing.kept.is_some() {
        all.push(Against::Kept);
    }
    all.push(Against::OnDisk);
    let platforms = model.opened.as_ref().map_or(&[][..], |opened| &opened.platforms);
    let others = platforms.iter().filter(|platform| platform.name != choice.platform);
    all.extend(others.map(|platform| Against::Platform(platform.name.clone())));
    all.extend((1..=3).map(|step| Against::Seed(choice.seed + step)));
    let recordings = [RecordingChoice::All]
        .into_iter()
        .chain((0..model.sources.len()).filter(|at| !model.sources[*at].history).map(RecordingChoice::One));
    all.extend(recordings.filter(|it| *it != choice.recordings).map(Against::Recordings));
    all
}

/// The differences, or why there are none.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let comparing = &model.comparing;
    if comparing.against.is_none() {
        return nothing_chosen(ui, model, intents);
    }
    let Some(compared) = &comparing.compared else {
        return waiting(ui, model, intents);
    };
    summary(ui, model, compared, intents);
    if compared.comparison.differences.is_empty() {
        let same = counted(compared.comparison.same as u64, "message is", "messages are");
        return widgets::empty(ui, "No difference", &format!("{same} the same on both sides."));
    }
    let rest = ui.available_rect_before_wrap();
    let (people, table) = rest.split_left_right_at_x(rest.left() + PEOPLE);
    ui.scope_builder(UiBuilder::new().max_rect(people), |ui| persons(ui, model, compared, intents));
    ui.painter().vline(people.right(), rest.y_range(), egui::Stroke::new(1.0, theme::of(ui).line));
    ui.scope_builder(UiBuilder::new().max_rect(table.with_min_x(table.left() + 1.0)), |ui| {
        table::roomy(ui, "compare", LEAST_PT, |ui| rows(ui, model, compared, intents));
    });
}

fn nothing_chosen(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    widgets::empty(
        ui,
        "Nothing to compare with yet",
        "Keep this result, then change a journey: every message that moves, comes or goes is listed here.",
    );
    if model.outcome.is_none() {
        return;
    }
    ui.add_space(10.0);
    ui.vertical_centered(|ui| {
        if ui.button("Keep this result to compare with").clicked() {
            want(intents, CompareIntent::Keep);
        }
        ui.add_space(6.0);
        if ui.button("Compare with what is saved on disk").clicked() {
            want(intents, CompareIntent::With(Some(Against::OnDisk)));
        }
    });
}

fn waiting(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    if !model.comparison_given_up() {
        return widgets::empty(ui, "Comparing", "The other side is being replayed.");
    }
    widgets::empty(ui, "Nothing was compared", "It was cancelled, or the other side could not be replayed.");
    ui.add_space(10.0);
    ui.vertical_centered(|ui| {
        if ui.button("Compare again").clicked() {
            want(intents, CompareIntent::Again);
        }
    });
}

/// How many differ in each way; each is a filter.
fn summary(ui: &mut Ui, model: &Model, compared: &Compared, intents: &mut Intents) {
    let t = theme::of(ui);
    let comparing = &model.comparing;
    let counts = compared.comparison.counts();
    egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 4)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for kind in DifferenceKind::ALL {
                let number = counts.get(&kind).copied().unwrap_or(0) as u64;
                if number == 0 {
                    continue;
                }
                let name = difference::kind(kind);
                let label = format!("{name}: {}", counted(number, "message", "messages"));
                let chosen = comparing.kind == Some(kind);
                let chip = widgets::tab(ui, name, Some(count(number)), chosen, &label);
                if chip.on_hover_text(difference::meaning(kind)).clicked() {
                    want(intents, CompareIntent::Kind(kind));
                }
            }
            ui.add_space(8.0);
            let same = format!("{} the same", count(compared.comparison.same as u64));
            widgets::text(ui, same, fonts::small(), t.text_weak);
            if !model.compared_now() {
                let text = if model.comparison_given_up() { "of an older result" } else { "comparing again" };
                widgets::text(ui, text, fonts::small(), t.deferred_text);
                if model.comparison_given_up() && widgets::quiet_button(ui, "Compare again").clicked() {
                    want(intents, CompareIntent::Again);
                }
            }
        });
    });
}

/// Everybody somebody of whose messages differs.
fn persons(ui: &mut Ui, model: &Model, compared: &Compared, intents: &mut Intents) {
    let chosen = model.comparing.person;
    ScrollArea::vertical().id_salt("people that differ").auto_shrink(false).show_rows(
        ui,
        size::ROW,
        compared.people.len() + 1,
        |ui, rows| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for row in rows {
                let at = row.checked_sub(1);
                let (name, number) = match at.and_then(|at| compared.people.get(at)) {
                    Some(somebody) => (person::who(&somebody.identifiers), somebody.differences.len()),
                    None => ("Everybody".to_owned(), compared.comparison.differences.len()),
                };
                let label = format!("{name}, {}", counted(number as u64, "difference", "differences"));
                let row = widgets::Row {
                    name: &name,
                    count: Some(count(number as u64)),
                    count_color: None,
                    label,
                    selected: chosen == at,
                };
                if row.show(ui).clicked() {
                    want(intents, CompareIntent::Person(at));
                }
            }
        },
    );
}

fn rows(ui: &mut Ui, model: &Model, compared: &Compared, intents: &mut Intents) {
    let t = theme::of(ui);
    let names = model.names().or(Names::of(&compared.journeys));
    let rows = &model.comparing.rows;
    if rows.is_empty() {
        return widgets::empty(ui, "Nothing of this kind", "Press the kind again, or choose everybody.");
    }
    let room = ui.available_width();
    let share = |part: f32, least: f32| (room * part).max(least);
    ui.spacing_mut().item_spacing.x = 0.0;
    TableBuilder::new(ui)
        .min_scrolled_height(0.0)
        .id_salt("differences")
        .striped(false)
        .sense(Sense::click())
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(112.0))
        .column(Column::exact(share(0.16, 110.0)))
        .column(Column::exact(share(0.13, 90.0)))
        .column(Column::exact(share(0.15, 100.0)))
        .column(Column::exact(share(0.2, 120.0)))
        .column(Column::remainder().at_least(100.0).clip(true))
        .column(Column::exact(34.0))
        .auto_shrink(false)
        .header(26.0, |mut header| {
            for (at, heading) in HEADINGS.into_iter().enumerate() {
                header.col(|ui| {
                    let left = ui.max_rect().left_center() + vec2(if at == 0 { 12.0 } else { 4.0 }, 0.0);
                    ui.painter().text(left, Align2::LEFT_CENTER, heading, fonts::small_strong(), t.text_weak);
                });
            }
            header.col(|_| {});
        })
        .body(|body| {
            body.rows(size::ROW, rows.len(), |mut row| {
                let Some(at) = rows.get(row.index()).copied() else { return };
                let Some(difference) = compared.comparison.differences.get(at) else { return };
                let chosen = model.comparing.picked == Some(at);
                row.set_selected(chosen);
                let cells = cells(model, compared, difference, &names);
                for (column, text) in cells.iter().enumerate() {
                    row.col(|ui| cell(ui, t, column, text, difference.kind));
                }
                let [kind, who, _, message, before, now] = &cells;
                row.col(|ui| {
                    if report::button(ui, &format!("{message} to {who}"))
                        && let Some(subject) = model.of_difference(at)
                    {
                        intents.want(report::begin(subject));
                    }
                });
                let label = format!("{kind}: {message} to {who}. Before: {before}. Now: {now}");
                let response = row.response();
                response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &label));
                let response = response.on_hover_text(format!("Before: {before}\nNow: {now}"));
                if response.clicked() {
                    want(intents, CompareIntent::Pick(at));
                }
            });
        });
}

/// What a row says, from left to right.
fn cells(model: &Model, compared: &Compared, it: &Difference, names: &Names<'_>) -> [String; 6] {
    let (before, after) = compared.both(it);
    let Some(shown) = after.or(before) else { return <[String; 6]>::default() };
    let block = |message: &MessageRecord| names.block(&message.journey, &message.block).to_owned();
    let side = |message: Option<&MessageRecord>, other: Option<&MessageRecord>| {
        message.map_or_else(
            || "–".to_owned(),
            |message| difference::side(message, other, it.kind, model.zone(), block),
        )
    };
    let mut now = side(after, before);
    if let (DifferenceKind::Time, Some(before), Some(after)) = (it.kind, before, after) {
        // By how much comes first: it is looked for, and the rest may be cut off.
        now = format!("{}, {now}", difference::shift(before.at_ms, after.at_ms));
    }
    // The message that is meant, not where a run waits that never came to it.
    let meant = [after, before].into_iter().flatten().find(|it| it.message.is_some()).unwrap_or(shown);
    [
        difference::kind(it.kind).to_owned(),
        person::who(&shown.identifiers),
        names.journey(&shown.journey).to_owned(),
        block(meant),
        side(before, after),
        now,
    ]
}

fn cell(ui: &Ui, t: &Tokens, column: usize, text: &str, kind: DifferenceKind) {
    let rect = ui.max_rect();
    let mut at = rect.left_center() + vec2(if column == 0 { 12.0 } else { 4.0 }, 0.0);
    let color = match column {
        0 => kind_text(t, kind),
        1 | 3 => t.text,
        _ => t.text_weak,
    };
    if column == 0 {
        kind_icon(kind).paint_at(ui.painter(), at + vec2(6.0, 0.0), 10.0, color);
        at.x += 18.0;
    }
    widgets::clipped(ui, at, Align2::LEFT_CENTER, text, &fonts::body(), color, rect.right() - at.x - 10.0);
}

/// The sign of a kind: never colour alone.
const fn kind_icon(kind: DifferenceKind) -> Icon {
    match kind {
        DifferenceKind::OnlyBefore => Icon::Minus,
        DifferenceKind::OnlyAfter => Icon::Plus,
        DifferenceKind::Time => Icon::Clock,
        DifferenceKind::Status | DifferenceKind::Text => Icon::Differs,
    }
}

const fn kind_text(t: &Tokens, kind: DifferenceKind) -> egui::Color32 {
    match kind {
        DifferenceKind::OnlyBefore => t.not_sent_text,
        DifferenceKind::OnlyAfter => t.accent_text,
        DifferenceKind::Status | DifferenceKind::Time | DifferenceKind::Text => t.deferred_text,
    }
}
