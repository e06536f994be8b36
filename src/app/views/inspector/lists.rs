//! A segment, a recording, a group of people.

use egui::Ui;

use super::{
    headcount,
    parts::{part, section, title},
    segment_form,
};
use crate::{
    app::{
        intent::{Intent, Intents},
        members::{LISTED, Members},
        session::{Outcome, Source},
        state::Model,
        theme::{self, fonts},
        transport::CursorIntent,
        views::forms::Form,
        widgets,
    },
    journey::Segment,
    words::{
        count, counted,
        person::{self, PeopleGroup},
        time,
    },
};

/// A segment.
pub fn segment(ui: &mut Ui, model: &Model, id: &str, segment: &Segment, intents: &mut Intents) {
    title(ui, &segment.name, "Segment");
    ui.push_id(("segment", id), |ui| {
        let mut form = Form::new(model, intents);
        segment_form::show(ui, &mut form, id, segment);
        if let Some(outcome) = &model.outcome {
            let nobody = Members::default();
            let members = outcome.index.segments.get(id).unwrap_or(&nobody);
            part(ui, "What the replay says");
            if let Some(to_ms) = headcount::show(ui, model, outcome, id, members.count) {
                form.want(Intent::Cursor(CursorIntent::Move(Some(to_ms))));
            }
            section(ui, "In it when the last event arrived");
            persons(ui, members, outcome, model);
            ui.add_space(12.0);
        }
        segment_form::end(ui, &mut form, id);
        form.finish();
    });
}

/// A recording.
pub fn recording(ui: &mut Ui, model: &Model, at: usize, source: &Source) {
    let t = theme::of(ui);
    let kind = match (source.added, source.history) {
        (true, _) => "Recording · added to this session",
        (false, true) => "Recording · history: builds state, triggers nothing",
        (false, false) => "Recording",
    };
    title(ui, &source.name, kind);
    widgets::fact(ui, "File", &source.path.display().to_string());
    let import = model.outcome.as_ref().and_then(|outcome| outcome.imports.get(at)).and_then(Option::as_ref);
    let Some(import) = import else {
        widgets::paragraph(ui, "It is not part of this replay.", fonts::body(), t.text_weak);
        return;
    };
    section(ui, "Read");
    ui.spacing_mut().item_spacing.y = 0.0;
    widgets::count_line(ui, "Lines", &count(import.read), t.text_weak);
    widgets::count_line(ui, "Events kept", &count(import.kept), t.text);
    widgets::count_line(ui, "Duplicates", &count(import.duplicate), t.text_weak);
    widgets::count_line(ui, "Without any id", &count(import.without_identifier), t.text_weak);
    widgets::count_line(ui, "Rejected", &count(import.rejected.len() as u64), t.text_weak);
    if !import.rejected.is_empty() {
        section(ui, "Rejected lines");
        ui.spacing_mut().item_spacing.y = 4.0;
        for rejection in import.rejected.iter().take(LISTED) {
            let text = format!("Line {}: {}", rejection.line, rejection.reason);
            widgets::paragraph(ui, text, fonts::body(), t.not_sent_text);
        }
    }
}

/// A group of people.
pub fn people(ui: &mut Ui, model: &Model, group: PeopleGroup) {
    let Some(outcome) = &model.outcome else { return };
    let nobody = Members::default();
    let members = outcome.index.groups.get(&group).unwrap_or(&nobody);
    title(ui, group.name(), &counted(outcome.group(group), "person", "people"));
    let t = theme::of(ui);
    widgets::paragraph(ui, group.meaning(), fonts::body(), t.text_weak);
    ui.add_space(8.0);
    if group == PeopleGroup::Anonymous && outcome.strangers > 0 {
        let kept = counted(outcome.strangers, "device has", "devices have");
        let text = format!("{kept} no profile on {}: it keeps none of anonymous visitors.", outcome.platform);
        widgets::paragraph(ui, text, fonts::body(), t.text);
    }
    if members.count > 0 || outcome.strangers == 0 {
        persons(ui, members, outcome, model);
    }
}

fn persons(ui: &mut Ui, members: &Members, outcome: &Outcome, model: &Model) {
    let t = theme::of(ui);
    if members.count == 0 {
        widgets::paragraph(ui, "Nobody.", fonts::body(), t.text_weak);
        return;
    }
    let zone = model.zone();
    for person in members.listed(&outcome.result.people) {
        ui.add_space(6.0);
        widgets::paragraph(ui, person::who(&person.identifiers), fonts::body(), t.text);
        let mut under = vec![counted(person.events, "event", "events")];
        if person::devices(&person.identifiers) > 1 {
            under.push(format!("{} devices", person::devices(&person.identifiers)));
        }
        under.push(format!("last {}", time::moment(person.last_ms, zone)));
        widgets::paragraph(ui, under.join(" · "), fonts::small(), t.text_weak);
    }
    if members.count > LISTED {
        ui.add_space(6.0);
        let more = format!("and {} more", count((members.count - LISTED) as u64));
        widgets::text(ui, more, fonts::small(), t.text_weak);
    }
}
