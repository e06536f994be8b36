//! What may go out, when: limits, quiet hours, consent by region, addresses, offers.

use egui::Ui;

use super::consent::CHANNELS;
use crate::{
    app::views::{
        forms::{
            Form,
            edit::Look,
            gap, label, reading, remark,
            rows::{add_button, member, row_controls},
        },
        inspector::kinds::member_heading,
    },
    journey::Channel,
    recording::Span,
    simulator::{
        delivery::regions,
        settings::{BadAddresses, BeforeConsent, DeliveryRules, MessageLimit, QuietHours},
    },
    words::{condition::channel, counted, sentence, time},
};

/// Draws it.
pub fn show(ui: &mut Ui, form: &mut Form<'_>, rules: &mut DeliveryRules) {
    limits(ui, form, rules);
    quiet_hours(ui, form, &mut rules.quiet_hours);
    consent(ui, form, rules);
    let options =
        [(BadAddresses::Flagged, "Sent, and flagged as likely to bounce"), (BadAddresses::Held, "Not sent")];
    form.choice(ui, "Mistyped and disposable addresses", &options, &mut rules.bad_addresses);
    form.span_or_none(ui, "At most one offer per person in", "no such rule", &mut rules.offer_gap);
    analytics(ui, form, rules);
    let name = "Attribute that unsubscribes from everything";
    form.suggested(ui, name, "unsubscribed", &mut rules.unsubscribed_attribute, Form::attributes);
    let look = Look::line("Emails assumed opened, in percent").hint("none: only recorded opens count");
    let write = |percent: &Option<u32>| percent.map_or_else(String::new, |percent| percent.to_string());
    form.value(ui, look, &mut rules.assumed_open_percent, write, |text| {
        if text.trim().is_empty() {
            Ok(None)
        } else {
            reading::whole(text, 0, 100).map(|percent| Some(percent as u32))
        }
    });
}

fn limits(ui: &mut Ui, form: &mut Form<'_>, rules: &mut DeliveryRules) {
    label(ui, "Limits");
    let mut change = None;
    let len = rules.limits.len();
    for (at, limit) in rules.limits.iter_mut().enumerate() {
        let what = limit.channel.map_or("message", channel);
        let called = sentence(&format!(
            "{} in {}",
            counted(u64::from(limit.at_most), what, &format!("{what}s")),
            time::span(limit.per)
        ));
        ui.push_id(("limit", at), |ui| {
            member(ui, |ui| {
                ui.horizontal(|ui| {
                    member_heading(ui, &called);
                    change = row_controls(ui, &called, at, len).or(change);
                });
                let mut options: Vec<(Option<Channel>, &str)> = vec![(None, "Messages of any channel")];
                options.extend(CHANNELS[..5].iter().map(|(channel, name)| (Some(*channel), *name)));
                form.choice(ui, "Counts", &options, &mut limit.channel);
                let mut most = i64::from(limit.at_most);
                form.whole(ui, "At most", 0, 100_000, &mut most);
                limit.at_most = most as u32;
                form.span(ui, "In any", &mut limit.per);
            });
        });
        gap(ui);
    }
    if let Some(change) = change {
        change.apply(&mut rules.limits);
    }
    if add_button(ui, "Add a limit").clicked() {
        rules.limits.push(MessageLimit { channel: None, at_most: 3, per: Span::days(7) });
    }
    gap(ui);
    let hint = "not retried";
    form.span_or_none(ui, "A message over a limit is retried for", hint, &mut rules.limit_retry);
}

fn quiet_hours(ui: &mut Ui, form: &mut Form<'_>, quiet: &mut Option<QuietHours>) {
    let mut on = quiet.is_some();
    let about = "Nothing goes out at night, in the person's zone; it goes out when they end.";
    form.switch(ui, "Quiet hours", about, &mut on);
    match (on, &quiet) {
        (true, None) => *quiet = Some(QuietHours { from_minute: 21 * 60, to_minute: 8 * 60 }),
        (false, Some(_)) => *quiet = None,
        _ => {}
    }
    if let Some(quiet) = quiet {
        form.time_of_day(ui, "Quiet from", &mut quiet.from_minute);
        form.time_of_day(ui, "Quiet until", &mut quiet.to_minute);
    }
}

fn consent(ui: &mut Ui, form: &mut Form<'_>, rules: &mut DeliveryRules) {
    let regions: Vec<(String, &str)> =
        regions().iter().map(|region| (region.id.clone(), region.label.as_str())).collect();
    form.several(ui, "Consent rules of these regions apply", &regions, &mut rules.regions);
    form.several(ui, "Needs consent whatever the region", &CHANNELS[..5], &mut rules.needs_consent);
    let name = "Retargeting audiences need consent to advertising";
    form.switch(ui, name, "", &mut rules.audience_needs_consent);
}

fn analytics(ui: &mut Ui, form: &mut Form<'_>, rules: &mut DeliveryRules) {
    let name = "Where events say whether analytics is allowed";
    form.optional_text(ui, name, "for example categoryPreferences.Analytics", &mut rules.analytics_consent);
    if rules.analytics_consent.is_some() {
        remark(ui, "A path below context.consent.");
        gap(ui);
        let options = [
            (BeforeConsent::Counted, "Count as any other"),
            (BeforeConsent::LeftOut, "Are left out of the replay"),
        ];
        form.choice(ui, "Events before analytics consent", &options, &mut rules.before_consent);
    }
}
