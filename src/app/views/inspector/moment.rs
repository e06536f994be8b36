//! The person in focus at the cursor: what just happened, who they are by then, and what is known
//! of them.

use egui::{Frame, Margin, Panel, ScrollArea, Ui};

use super::parts::section;
use crate::{
    app::{
        diagram::graph::NodeKey,
        intent::{Intent, Intents},
        selection::Selection,
        state::{BottomTab, Model},
        theme::{self, fonts},
        transport::CursorIntent,
        widgets,
    },
    identity::{AddressVerdict, check_address},
    journey::{Channel, ConsentState},
    lab::Story,
    recording::Span,
    simulator::{PersonState, settings::ConsentFact},
    words::{condition, counted, person, sentence, spaced, time},
};

/// Draws it at the lower end of the inspector while the timeline is shown.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let shown = model.view.panels.bottom && model.view.bottom == BottomTab::Timeline;
    let Some(story) = model.story.as_ref().filter(|_| shown) else { return };
    let t = theme::of(ui);
    let height = (ui.available_height() * 0.45).clamp(160.0, 420.0);
    let frame = Frame::new().fill(t.panel).inner_margin(Margin { left: 0, right: 0, top: 10, bottom: 0 });
    let panel =
        Panel::bottom("moment").resizable(true).default_size(height).size_range(100.0..=700.0).frame(frame);
    panel.show(ui, |ui| {
        ScrollArea::vertical().id_salt("moment").auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - 8.0);
            ui.spacing_mut().item_spacing = egui::vec2(6.0, 2.0);
            content(ui, model, story, intents);
            ui.add_space(12.0);
        });
    });
}

fn content(ui: &mut Ui, model: &Model, story: &Story, intents: &mut Intents) {
    let t = theme::of(ui);
    let who = person::who(&story.identifiers);
    let title = match model.view.transport.cursor {
        Some(at_ms) => format!("{who} at {}", time::moment(at_ms, model.cursor_zone())),
        None => format!("{who} at the end"),
    };
    widgets::paragraph(ui, title, fonts::strong(), t.text);
    happened(ui, model, story, intents);
    match model.states() {
        [] => nobody(ui, model, story),
        [one] => state(ui, model, story, one, intents),
        several => {
            ui.add_space(6.0);
            let what = format!("Still {} profiles; they become one later.", several.len());
            widgets::paragraph(ui, what, fonts::body(), t.text_weak);
            for one in several {
                ui.add_space(8.0);
                widgets::paragraph(ui, person::who(&one.identifiers), fonts::strong(), t.text);
                state(ui, model, story, one, intents);
            }
        }
    }
}

/// What was decided at the very instant of the cursor; the record that is set off comes in bold.
fn happened(ui: &mut Ui, model: &Model, story: &Story, intents: &mut Intents) {
    const SHOWN: usize = 12;
    let t = theme::of(ui);
    let set_off = model.view.transport.record;
    let at_ms = model.record().map(|record| record.at_ms).or(model.view.transport.cursor);
    let Some(records) = at_ms.map(|at_ms| story.records_at(at_ms)).filter(|all| !all.is_empty()) else {
        return;
    };
    let zone = model.cursor_zone();
    let when = at_ms.map(|at_ms| time::moment_and_second(at_ms, zone)).unwrap_or_default();
    section(ui, &format!("What happened {when}"));
    // The one that is set off stays among those shown.
    let chosen = set_off.and_then(|record| records.iter().position(|at| *at == record)).unwrap_or(0);
    let first = chosen.saturating_sub(SHOWN / 2).min(records.len().saturating_sub(SHOWN));
    for at in records.iter().skip(first).take(SHOWN) {
        let Some(record) = story.replay.trace.get(*at) else { continue };
        let is_chosen = set_off == Some(*at);
        let text = time::with_spoken_instants(&record.because.text, zone);
        let font = if is_chosen { fonts::strong() } else { fonts::body() };
        let label = egui::Label::new(egui::RichText::new(&text).font(font).color(t.text))
            .wrap()
            .sense(egui::Sense::click());
        let place = record.journey.as_ref().map(|journey| {
            let names = model.names();
            let block = record.block.as_ref().map(|block| names.block(journey, block));
            let journey = names.journey(journey);
            block.map_or_else(|| journey.to_owned(), |block| format!("{journey}, {block}"))
        });
        let rule = format!("{} rule, {}", spaced(record.because.rule), record.because.confidence_word());
        let under = place.map_or(rule.clone(), |place| format!("{place}\n{rule}"));
        if ui.add(label).on_hover_text(under).clicked() {
            intents.want(Intent::Cursor(CursorIntent::Show(*at)));
        }
        ui.add_space(2.0);
    }
    if records.len() > SHOWN {
        let more = format!("and {} more at this instant", records.len() - SHOWN);
        widgets::text(ui, more, fonts::small(), t.text_weak);
    }
}

/// No profile yet: what the platform holds, if anything.
fn nobody(ui: &mut Ui, model: &Model, story: &Story) {
    let t = theme::of(ui);
    let at_ms = model.cursor_ms();
    let seen = story.devices.iter().flat_map(|device| &device.marks).filter(|it| it.arrived_ms <= at_ms);
    let seen = seen.count() as u64;
    let held = story.holds.iter().filter(|hold| hold.from_ms <= at_ms && at_ms < hold.to_ms).count() as u64;
    section(ui, "Nobody yet");
    let events = counted(seen, "event", "events");
    let kept = match held {
        0 => String::new(),
        held => {
            let triggers = counted(held, "trigger is held", "triggers are held");
            format!(" {} until they say who they are.", sentence(&triggers))
        }
    };
    let said = format!("The platform has no profile of them; it has seen {events}.{kept}");
    widgets::paragraph(ui, said, fonts::body(), t.text_weak);
}

fn state(ui: &mut Ui, model: &Model, story: &Story, state: &PersonState, intents: &mut Intents) {
    identifiers(ui, story, state);
    segments(ui, model, state);
    consent(ui, model, state);
    limits(ui, model, state);
    runs(ui, model, state, intents);
    attributes(ui, model, story, state);
}

fn line(ui: &mut Ui, text: impl Into<String>) {
    let t = theme::of(ui);
    widgets::paragraph(ui, text, fonts::body(), t.text);
}

fn identifiers(ui: &mut Ui, story: &Story, state: &PersonState) {
    let t = theme::of(ui);
    section(ui, "Identifiers");
    let (devices, named): (Vec<&String>, Vec<&String>) =
        state.identifiers.iter().partition(|id| id.starts_with("anonymous_id:"));
    for id in named {
        line(ui, sentence(&person::identifier(id)));
        if let Some(address) = id.strip_prefix("email:") {
            let odd = match check_address(address).verdict {
                AddressVerdict::Ok => continue,
                AddressVerdict::Invalid => "not an address",
                AddressVerdict::Mistyped => "looks mistyped",
                AddressVerdict::Disposable => "a throw-away mailbox",
                AddressVerdict::Role => "a shared mailbox",
            };
            widgets::paragraph(ui, odd, fonts::small(), t.not_sent_text);
        }
    }
    let names: Vec<String> = devices
        .iter()
        .map(|id| {
            let known =
                story.devices.iter().find(|it| id.strip_prefix("anonymous_id:") == Some(&it.anonymous_id));
            let named = known.map(|device| device.name.clone()).filter(|name| !name.is_empty());
            named.unwrap_or_else(|| person::identifier(id))
        })
        .collect();
    let number = counted(devices.len() as u64, "device", "devices");
    line(
        ui,
        if names.is_empty() { "No device".to_owned() } else { format!("{number}: {}", names.join(", ")) },
    );
}

fn segments(ui: &mut Ui, model: &Model, state: &PersonState) {
    section(ui, "Segments");
    let name = |id: &String| model.segments().0.get(id).map_or_else(|| id.clone(), |it| it.name.clone());
    let names: Vec<String> = state.segments.iter().map(name).collect();
    line(ui, if names.is_empty() { "None".to_owned() } else { names.join(" · ") });
}

fn consent(ui: &mut Ui, model: &Model, state: &PersonState) {
    let t = theme::of(ui);
    section(ui, "Consent");
    let zone = model.cursor_zone();
    let said = |channel: Channel, fact: &ConsentFact| {
        let word = match fact.state {
            ConsentState::Granted => "opted in",
            ConsentState::Denied => "refused",
            ConsentState::Unknown => "expired or unknown",
        };
        let (name, when) = (condition::channel(channel), time::moment(fact.said_ms, zone));
        sentence(&format!("{name} {word} ({}, {when})", fact.source))
    };
    if state.consent.is_empty() && state.blocked.is_empty() {
        line(ui, "Nothing was said");
    }
    for (channel, fact) in &state.consent {
        line(ui, said(*channel, fact));
    }
    for (channel, why) in &state.blocked {
        let on = channel.map_or_else(String::new, |channel| format!("{}: ", condition::channel(channel)));
        widgets::paragraph(ui, sentence(&format!("{on}{why}")), fonts::body(), t.not_sent_text);
    }
}

/// How much of every limit is used.
fn limits(ui: &mut Ui, model: &Model, state: &PersonState) {
    let Some(rules) = model.workspace().map(|workspace| &workspace.facts.delivery) else { return };
    section(ui, "Limits");
    let now_ms = model.cursor_ms();
    for limit in &rules.limits {
        let used = state.counted_within(limit.channel, limit.per, now_ms);
        let what = limit.channel.map_or("message", condition::channel);
        let what = counted(u64::from(limit.at_most), what, &format!("{what}s"));
        line(ui, format!("{used} of {what} in {}", time::span(limit.per)));
    }
    if let Some(gap) = rules.offer_gap {
        let free =
            state.last_offer_ms(now_ms).map(|last_ms| last_ms + gap.ms()).filter(|free| *free > now_ms);
        line(
            ui,
            match free {
                Some(free) => {
                    format!("An offer was made; the next may be {}", time::moment(free, model.cursor_zone()))
                }
                None => format!("No offer in {}", time::span(gap)),
            },
        );
    }
    if rules.limits.is_empty() && rules.offer_gap.is_none() {
        line(ui, "The workspace sets none");
    }
}

/// Where each run is and until when.
fn runs(ui: &mut Ui, model: &Model, state: &PersonState, intents: &mut Intents) {
    section(ui, "Runs");
    if state.runs.is_empty() {
        line(ui, "In no journey");
    }
    let (names, zone, now_ms) = (model.names(), model.cursor_zone(), model.cursor_ms());
    for run in state.runs.values() {
        let journey = names.journey(&run.journey);
        let block = names.block(&run.journey, &run.block);
        let waited = Span::from_ms(now_ms - run.since_ms).spoken();
        let until =
            run.until_ms.map_or_else(String::new, |at_ms| format!(", until {}", time::moment(at_ms, zone)));
        let text = format!("{journey}: at {block}");
        let link = ui.link(egui::RichText::new(&text).font(fonts::body()));
        let t = theme::of(ui);
        let since = format!("for {waited}, since {}{until}", time::moment(run.since_ms, zone));
        widgets::paragraph(ui, since, fonts::small(), t.text_weak);
        if link.clicked() {
            intents.want(Intent::OpenJourney(run.journey.clone()));
            intents.want(Intent::Select(Selection::Node(NodeKey::Block(run.block.clone()))));
        }
    }
}

/// Every attribute with where its value came from.
pub fn attributes(ui: &mut Ui, model: &Model, story: &Story, state: &PersonState) {
    if state.attributes.is_empty() {
        return;
    }
    let t = theme::of(ui);
    section(ui, "Attributes");
    for (name, attribute) in &state.attributes {
        let value = attribute.value.as_str().map_or_else(|| attribute.value.to_string(), str::to_owned);
        line(ui, format!("{name}: {value}"));
        let when = time::moment(attribute.set_ms, model.cursor_zone());
        let from = match &attribute.event {
            None => "set by a journey".to_owned(),
            Some(event) => story.mark(event).map_or_else(
                || "from an event".to_owned(),
                |mark| {
                    let what =
                        if mark.name.is_empty() { sentence(mark.kind.word()) } else { mark.name.clone() };
                    format!("{what} ({}, line {})", mark.source.0, mark.source.1)
                },
            ),
        };
        widgets::paragraph(ui, format!("{when} · {from}"), fonts::small(), t.text_weak);
    }
}
