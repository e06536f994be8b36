//! What each rule of a platform can be: its choices in plain words.

use egui::Ui;

use super::{consent::words, rule::rule};
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
    identity::{
        Platform,
        platform::{
            AliasRule, AnchoredDelay, Anonymous, AttributeWins, BlockWord, BlockedValues, Conflict, Exempt,
            IdentifierRule, LinkingCalls, Matching, MergedTriggers, MissingVariable, Namespace, ProfileMerge,
            Reclaim, RetentionClock, RunsOnMerge, StickyAttribute, Survivor, UnknownId, WhenFull,
        },
    },
    recording::Span,
};

/// Draws every rule of a platform that may be changed, in the order of its file.
pub fn show(ui: &mut Ui, form: &mut Form<'_>, own: &mut Platform) {
    rule(ui, form, "identifiers", &mut own.identifiers, identifiers);
    rule(ui, form, "namespace", &mut own.namespace, |ui, form, name, value| {
        let options = [
            (Namespace::PerKind, "A user id and an anonymous id that read the same are two"),
            (Namespace::Shared, "The same text is the same identifier in any field"),
        ];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "blocked_values", &mut own.blocked_values, blocked);
    rule(ui, form, "linking_calls", &mut own.linking_calls, |ui, form, name, value| {
        let options = [
            (LinkingCalls::Identify, "Only identify links ids"),
            (LinkingCalls::AnyCall, "Any call with two ids links them"),
        ];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "alias", &mut own.alias, |ui, form, name, value| {
        let options = [
            (AliasRule::Ignored, "Does nothing"),
            (AliasRule::AsIdentify, "Links like an identify"),
            (AliasRule::Merges, "Merges the two profiles"),
        ];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "profile_merge", &mut own.profile_merge, |ui, form, name, value| {
        let options = [
            (ProfileMerge::Unsupported, "Refused: there is no such call"),
            (ProfileMerge::FillsAndDeletes, "Fills what the first lacks, deletes the second"),
            (ProfileMerge::Unites, "Makes one profile with all identifiers"),
        ];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "conflict", &mut own.conflict, |ui, form, name, value| {
        let options = [
            (Conflict::RefuseConflicting, "Refuse the identifier that does not fit"),
            (Conflict::DropWeakest, "Drop the weakest and try again"),
            (Conflict::MergeUnidentified, "Merge unless the visitor was known before"),
            (Conflict::AlwaysMerge, "Always merge"),
        ];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "unknown_id", &mut own.unknown_id, |ui, form, name, value| {
        let options =
            [(UnknownId::MakesProfile, "Makes a profile of its own"), (UnknownId::IsRefused, "Is refused")];
        form.choice(ui, name, &options, value);
    });
    merging(ui, form, own);
    waiting(ui, form, own);
    sending(ui, form, own);
}

/// Who stays at a merge, and with what.
fn merging(ui: &mut Ui, form: &mut Form<'_>, own: &mut Platform) {
    rule(ui, form, "survivor", &mut own.survivor, |ui, form, name, value| {
        let options = [
            (Survivor::Older, "The older profile"),
            (Survivor::KnownElseOlder, "The known one, else the older"),
            (Survivor::Named, "The one the call names"),
        ];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "attribute_wins", &mut own.attribute_wins, |ui, form, name, value| {
        let options = [
            (AttributeWins::Survivor, "That of the profile that stays"),
            (AttributeWins::Newest, "The one set last"),
        ];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "survives_merge", &mut own.survives_merge, sticky);
}

/// What becomes of anonymous events, and when they may start something.
fn waiting(ui: &mut Ui, form: &mut Form<'_>, own: &mut Platform) {
    rule(ui, form, "anonymous", &mut own.anonymous, anonymous);
    rule(ui, form, "retention_clock", &mut own.retention_clock, |ui, form, name, value| {
        let options = [
            (RetentionClock::Happened, "From when the event happened"),
            (RetentionClock::Arrived, "From when it arrived"),
        ];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "reclaim", &mut own.reclaim, |ui, form, name, value| {
        let options = [
            (Reclaim::Refused, "Refused: the device stays with who had it"),
            (Reclaim::Relinks, "Later events follow the newest claim"),
            (Reclaim::AsIdentifier, "As any other identifier"),
        ];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "trigger_age", &mut own.trigger_age, |ui, form, name, value| {
        form.span_or_none(ui, name, "any age", value);
    });
    rule(ui, form, "merged_triggers", &mut own.merged_triggers, |ui, form, name, value| {
        let options = [
            (MergedTriggers::Never, "Start no event journeys"),
            (MergedTriggers::Offered, "May start journeys, if they did not before"),
        ];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "runs_on_merge", &mut own.runs_on_merge, |ui, form, name, value| {
        let options = [
            (RunsOnMerge::IfNeverEntered, "Come along where the one who stays never entered"),
            (RunsOnMerge::GoOn, "Go on"),
        ];
        form.choice(ui, name, &options, value);
    });
}

/// What a message, a segment, a block does on this platform.
fn sending(ui: &mut Ui, form: &mut Form<'_>, own: &mut Platform) {
    rule(ui, form, "limit_exempt", &mut own.limit_exempt, |ui, form, name, value| {
        some(ui, form, name, &[(Exempt::Transactional, "Transactional"), (Exempt::InApp, "In-app")], value);
    });
    rule(ui, form, "missing_variable", &mut own.missing_variable, |ui, form, name, value| {
        let options =
            [(MissingVariable::Fails, "The message fails"), (MissingVariable::Blank, "Nothing is printed")];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "unsubscribed_values", &mut own.unsubscribed_values, |ui, form, name, value| {
        words(ui, form, name, value);
    });
    rule(ui, form, "segment_age", &mut own.segment_age, |ui, form, name, value| {
        let about = "“Has not done X within N days” needs a profile that is N days old.";
        form.switch(ui, name, about, value);
    });
    rule(ui, form, "missing_blocks", &mut own.missing_blocks, |ui, form, name, value| {
        some(ui, form, name, &BLOCKS, value);
    });
    rule(ui, form, "anchored_delay", &mut own.anchored_delay, |ui, form, name, value| {
        let options = [
            (AnchoredDelay::AnyJourney, "In any journey"),
            (AnchoredDelay::EventTriggered, "Only in journeys that an event starts"),
        ];
        form.choice(ui, name, &options, value);
    });
    rule(ui, form, "anonymous_entry", &mut own.anonymous_entry, |ui, form, name, value| {
        form.switch(ui, name, "Visitors nobody knows may enter journeys.", value);
    });
}

const BLOCKS: [(BlockWord, &str); 9] = [
    (BlockWord::OnSitePrompt, "On-site prompt"),
    (BlockWord::Audience, "Audience"),
    (BlockWord::WaitForIdentify, "Wait for identify"),
    (BlockWord::AnchoredDelay, "Delay from an event"),
    (BlockWord::WaitUntil, "Wait until"),
    (BlockWord::TimeWindow, "Time window"),
    (BlockWord::MultiBranch, "Multi-way branch"),
    (BlockWord::RandomSplit, "Random split"),
    (BlockWord::SendEvent, "Send event"),
];

/// Some of several, kept in the order they are offered.
fn some<T: PartialEq + Copy>(
    ui: &mut Ui,
    form: &mut Form<'_>,
    name: &str,
    options: &[(T, &str)],
    value: &mut Vec<T>,
) {
    let places: Vec<(usize, &str)> = options.iter().enumerate().map(|(at, (_, text))| (at, *text)).collect();
    let place = |it: &T| options.iter().position(|(option, _)| option == it);
    let before: std::collections::BTreeSet<usize> = value.iter().filter_map(place).collect();
    let mut chosen = before.clone();
    form.several(ui, name, &places, &mut chosen);
    if chosen != before {
        *value = chosen.into_iter().map(|at| options[at].0).collect();
    }
}

fn identifiers(ui: &mut Ui, form: &mut Form<'_>, name: &str, kinds: &mut Vec<IdentifierRule>) {
    label(ui, name);
    remark(ui, "The strongest first.");
    let mut change = None;
    let len = kinds.len();
    for (at, kind) in kinds.iter_mut().enumerate() {
        let called = crate::words::sentence(&crate::words::spaced(&kind.kind));
        ui.push_id(("identifier", at), |ui| {
            member(ui, |ui| {
                ui.horizontal(|ui| {
                    member_heading(ui, &called);
                    change = row_controls(ui, &called, at, len).or(change);
                });
                form.name(ui, "Field", &mut kind.kind);
                let options = [
                    (Matching::Exact, "Letter by letter"),
                    (Matching::AnyCase, "Whatever the case"),
                    (Matching::Email, "As an email address"),
                    (Matching::Phone, "As a phone number"),
                ];
                form.choice(ui, "Compared", &options, &mut kind.matching);
                number(ui, form, "At most so many a person", "any number", &mut kind.at_most);
                number(ui, form, "Longest value, in bytes", "any length", &mut kind.max_bytes);
                let options = [
                    (WhenFull::Refuse, "Is refused"),
                    (WhenFull::Replace, "Replaces the old one, if nobody else has it"),
                ];
                form.choice(ui, "One more than that", &options, &mut kind.when_full);
            });
        });
        gap(ui);
    }
    if let Some(change) = change {
        change.apply(kinds);
    }
    if add_button(ui, "Add an identifier").clicked() {
        kinds.push(IdentifierRule {
            kind: "email".to_owned(),
            matching: Matching::Email,
            at_most: Some(1),
            max_bytes: None,
            when_full: WhenFull::Refuse,
        });
    }
    gap(ui);
}

/// A whole number that may be absent.
fn number(ui: &mut Ui, form: &mut Form<'_>, name: &str, none: &str, value: &mut Option<u32>) {
    let write = |value: &Option<u32>| value.map_or_else(String::new, |value| value.to_string());
    form.value(ui, Look::line(name).hint(none), value, write, |text| {
        if text.trim().is_empty() {
            return Ok(None);
        }
        reading::whole(text, 1, 1_000_000).map(|value| Some(value as u32))
    });
}

fn blocked(ui: &mut Ui, form: &mut Form<'_>, name: &str, blocked: &mut BlockedValues) {
    words(ui, form, name, &mut blocked.exact);
    words(ui, form, "Whatever the case", &mut blocked.any_case);
    form.switch(ui, "Only zeros and dashes", "", &mut blocked.zeros_and_dashes);
    form.switch(ui, "Any of these in quotes", "", &mut blocked.quoted);
    let about = "A call that would link a blank value is recorded as refused.";
    form.switch(ui, "Blank text", about, &mut blocked.blank);
}

fn sticky(ui: &mut Ui, form: &mut Form<'_>, name: &str, kept: &mut Vec<StickyAttribute>) {
    label(ui, name);
    let mut change = None;
    let len = kept.len();
    for (at, one) in kept.iter_mut().enumerate() {
        let called = one.attribute.clone();
        ui.push_id(("kept", at), |ui| {
            member(ui, |ui| {
                ui.horizontal(|ui| {
                    member_heading(ui, &called);
                    change = row_controls(ui, &called, at, len).or(change);
                });
                form.suggested(ui, "Attribute", "unsubscribed", &mut one.attribute, Form::attributes);
                words(ui, form, "Values that stay", &mut one.values);
            });
        });
        gap(ui);
    }
    if let Some(change) = change {
        change.apply(kept);
    }
    if add_button(ui, "Add an attribute").clicked() {
        kept.push(StickyAttribute { attribute: "unsubscribed".to_owned(), values: vec!["true".to_owned()] });
    }
    gap(ui);
}

fn anonymous(ui: &mut Ui, form: &mut Form<'_>, name: &str, anonymous: &mut Anonymous) {
    let mut held = matches!(anonymous, Anonymous::Held { .. });
    let options = [(false, "Have a profile at once"), (true, "Are held until somebody says who they are")];
    form.choice(ui, name, &options, &mut held);
    match (held, &*anonymous) {
        (true, Anonymous::Profiles) => {
            *anonymous = Anonymous::Held { retention: Span::days(30), tail: Span::ZERO };
        }
        (false, Anonymous::Held { .. }) => *anonymous = Anonymous::Profiles,
        _ => {}
    }
    if let Anonymous::Held { retention, tail } = anonymous {
        form.span(ui, "Join if they are not older than", retention);
        let mut more = (!tail.is_zero()).then_some(*tail);
        form.span_or_none(ui, "Go on joining after that for", "no longer", &mut more);
        *tail = more.unwrap_or(Span::ZERO);
    }
}
