//! Identifiers and devices, what joined and what was refused, each with the rule that decided.

use egui::Ui;

use super::page::Page;
use crate::{
    app::{
        theme::{self, fonts},
        views::inspector::parts::section,
        widgets,
    },
    identity::Confidence,
    lab::Device,
    simulator::result::RefusalRecord,
    words::{counted, person, sentence, spaced},
};

/// Draws them.
pub fn show(ui: &mut Ui, page: &Page<'_>) {
    let t = theme::of(ui);
    section(ui, "Identifiers");
    for id in &page.person.identifiers {
        widgets::paragraph(ui, sentence(&person::identifier(id)), fonts::body(), t.text);
    }
    devices(ui, page);
    joined(ui, page);
    refused(ui, page);
}

/// A line, and under it when and by which rule.
fn decided(ui: &mut Ui, page: &Page<'_>, text: String, bad: bool, at_ms: i64, rule: &str, sure: Confidence) {
    let t = theme::of(ui);
    widgets::paragraph(ui, text, fonts::body(), if bad { t.not_sent_text } else { t.text });
    let under = format!("{} · {} rule, {}", page.moment(at_ms), spaced(rule), sure.word());
    widgets::paragraph(ui, under, fonts::small(), t.text_weak);
    ui.add_space(4.0);
}

/// Devices that flowed into the person, and those that perhaps are theirs as well.
fn devices(ui: &mut Ui, page: &Page<'_>) {
    let Some(story) = page.story else { return };
    let t = theme::of(ui);
    let (theirs, perhaps): (Vec<&Device>, Vec<&Device>) =
        story.devices.iter().partition(|device| is_theirs(page, device));
    let name = |device: &Device| {
        let id = person::identifier(&format!("anonymous_id:{}", device.anonymous_id));
        if device.name.is_empty() { sentence(&id) } else { format!("{} · {id}", device.name) }
    };
    if !theirs.is_empty() {
        section(ui, "Devices");
    }
    for device in theirs {
        widgets::paragraph(ui, name(device), fonts::body(), t.text);
        let before = counted(device.marks.len() as u64, "event", "events");
        let under = match device.joined_ms {
            Some(at_ms) => format!("joined {} with {before} before", page.moment(at_ms)),
            None => before,
        };
        widgets::paragraph(ui, under, fonts::small(), t.text_weak);
        ui.add_space(4.0);
    }
    if !perhaps.is_empty() {
        section(ui, "Perhaps the same person");
    }
    for device in perhaps {
        widgets::paragraph(ui, name(device), fonts::body(), t.text_weak);
        let under = format!(
            "{}; it never joined anybody and counts nowhere",
            counted(device.marks.len() as u64, "event", "events")
        );
        widgets::paragraph(ui, under, fonts::small(), t.text_weak);
        ui.add_space(4.0);
    }
}

fn is_theirs(page: &Page<'_>, device: &Device) -> bool {
    let known = |id: &String| id.strip_prefix("anonymous_id:") == Some(device.anonymous_id.as_str());
    device.joined_ms.is_some() || page.person.identifiers.iter().any(known)
}

fn joined(ui: &mut Ui, page: &Page<'_>) {
    let all = &page.outcome.result.merges;
    let merges = page.outcome.index.directory.merges(page.at).iter().filter_map(|at| all.get(*at as usize));
    for (number, merge) in merges.enumerate() {
        if number == 0 {
            section(ui, "Joined");
        }
        let who: Vec<String> = merge.joined.iter().map(|id| person::identifier(id)).collect();
        let what = format!("{} with {}", sentence(&who.join(", ")), counted(merge.events, "event", "events"));
        decided(ui, page, what, false, merge.at_ms, merge.rule, merge.confidence);
    }
}

/// What was refused about an identifier of theirs, and what was refused to a call of theirs.
fn refused(ui: &mut Ui, page: &Page<'_>) {
    let all = &page.outcome.result.refusals;
    let own = page.outcome.index.directory.refusals(page.at).iter().filter_map(|at| all.get(*at as usize));
    let own: Vec<&RefusalRecord> = own.collect();
    // The story knows their calls: these may have asked for what is somebody else's.
    let calls = page.story.map_or(&[][..], |story| &story.replay.refusals);
    let asked = calls.iter().filter(|it| {
        let is_own = own.iter().any(|other| other.call == it.call);
        !is_own && page.story.is_some_and(|story| story.marks.iter().any(|mark| mark.event == it.call))
    });
    let asked: Vec<&RefusalRecord> = asked.collect();
    for (number, refusal) in own.into_iter().chain(asked).enumerate() {
        if number == 0 {
            section(ui, "Refused");
        }
        let id = refusal.identifier.as_deref().map_or_else(String::new, person::identifier);
        let what = format!("{}: {}", sentence(&id), spaced(refusal.reason.word()));
        decided(ui, page, what, true, refusal.at_ms, refusal.rule, refusal.confidence);
    }
}
