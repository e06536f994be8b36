//! Blocks that hold people for a while.

use egui::Ui;

use super::branching::arms;
use crate::{
    app::views::forms::{Form, complaint, edit::Look, event::Manner, gap, label, reading, remark},
    journey::{AddressNeed, Anchor, ConditionArm, DelayKind, EventRef, Identification, Weekday, ZoneChoice},
    recording::{Span, facts::Role},
    words::time,
};

/// Waits until we know who somebody is.
pub fn for_identify(
    ui: &mut Ui,
    form: &mut Form<'_>,
    by: &mut Identification,
    address: &mut AddressNeed,
    up_to: &mut Span,
) {
    form.choice(
        ui,
        "Waits for",
        &[
            (Identification::Any, "Any identifier"),
            (Identification::UserId, "A user id"),
            (Identification::Email, "An email address"),
            (Identification::Phone, "A phone number"),
            (Identification::ReachableChannel, "A channel that reaches them"),
        ],
        by,
    );
    let mut good = *address == AddressNeed::Good;
    let about = "Neither mistyped nor disposable nor invalid.";
    form.switch(ui, "The email must be a good one", about, &mut good);
    *address = if good { AddressNeed::Good } else { AddressNeed::Any };
    form.span(ui, "For at most", up_to);
}

/// Which of the delays it is.
#[derive(Clone, Copy, PartialEq)]
enum DelayForm {
    For,
    UntilTime,
    Anchored,
}

/// Waits for a time.
pub fn delay(ui: &mut Ui, form: &mut Form<'_>, delay: &mut DelayKind) {
    let before = match delay {
        DelayKind::For(_) => DelayForm::For,
        DelayKind::UntilTime { .. } => DelayForm::UntilTime,
        DelayKind::Anchored { .. } => DelayForm::Anchored,
    };
    let mut now = before;
    form.choice(
        ui,
        "Waits",
        &[
            (DelayForm::For, "A fixed time from here"),
            (DelayForm::UntilTime, "Until a time of day"),
            (DelayForm::Anchored, "Counted from something earlier"),
        ],
        &mut now,
    );
    if now != before {
        *delay = other_delay(delay, now);
    }
    match delay {
        DelayKind::For(span) => form.span(ui, "For", span),
        DelayKind::UntilTime { at_minute, days } => {
            form.time_of_day(ui, "Until", at_minute);
            form.weekdays(ui, "On", days);
            remark(ui, "In the person's zone.");
            gap(ui);
        }
        DelayKind::Anchored { from, after, floor, fresh_for, restart } => {
            anchored(ui, form, from, after, floor);
            let hint = "never too late";
            form.span_or_none(ui, "Too late, if due longer ago than", hint, fresh_for);
            if fresh_for.is_some() {
                remark(ui, "Judged when somebody comes here; they then leave by “too late”.");
                gap(ui);
            }
            let about = "While somebody waits and it happens again, the time counts from then.";
            form.switch(ui, "Starts anew when it happens again", about, restart);
        }
    }
}

/// Another kind of delay of the same length, where it has one.
fn other_delay(delay: &DelayKind, to: DelayForm) -> DelayKind {
    let length = match delay {
        DelayKind::For(span) | DelayKind::Anchored { after: span, .. } => *span,
        DelayKind::UntilTime { .. } => Span::days(1),
    };
    match to {
        DelayForm::For => DelayKind::For(length),
        DelayForm::UntilTime => DelayKind::UntilTime { at_minute: 9 * 60, days: Vec::new() },
        DelayForm::Anchored => DelayKind::Anchored {
            from: Anchor::Trigger,
            after: length,
            floor: Span::ZERO,
            fresh_for: None,
            restart: false,
        },
    }
}

/// What a delay counts from.
#[derive(Clone, Copy, PartialEq)]
enum AnchorForm {
    Entry,
    Trigger,
    LastEvent,
}

fn anchored(ui: &mut Ui, form: &mut Form<'_>, from: &mut Anchor, after: &mut Span, floor: &mut Span) {
    let before = match from {
        Anchor::Entry => AnchorForm::Entry,
        Anchor::Trigger => AnchorForm::Trigger,
        Anchor::LastEvent(_) => AnchorForm::LastEvent,
    };
    let mut now = before;
    form.choice(
        ui,
        "Counted from",
        &[
            (AnchorForm::Trigger, "What started the run"),
            (AnchorForm::LastEvent, "The last time something happened"),
            (AnchorForm::Entry, "Entering this block"),
        ],
        &mut now,
    );
    if now != before {
        *from = match now {
            AnchorForm::Entry => Anchor::Entry,
            AnchorForm::Trigger => Anchor::Trigger,
            AnchorForm::LastEvent => Anchor::LastEvent(EventRef::Role(Role::CartAdd)),
        };
    }
    if let Anchor::LastEvent(event) = from {
        label(ui, "The last");
        form.event(ui, "Event", event, Manner::Noun);
        gap(ui);
    }
    form.span(ui, "Waits until this long after it", after);
    let look = Look::line("At least this long after coming here").hint("0 minutes");
    form.value(
        ui,
        look,
        floor,
        |span| reading::write_span(*span),
        |text| {
            if text.trim().is_empty() { Ok(Span::ZERO) } else { reading::span(text) }
        },
    );
    if floor.is_zero() {
        remark(ui, "Where the time has passed already, people go on at once.");
        gap(ui);
    }
}

/// Waits until a condition holds.
pub fn until(ui: &mut Ui, form: &mut Form<'_>, conditions: &mut Vec<ConditionArm>, up_to: &mut Option<Span>) {
    form.span_or_none(ui, "For at most", "for ever", up_to);
    remark(ui, "Goes on as soon as one of these holds; of several the first.");
    gap(ui);
    arms(ui, form, conditions);
}

/// Which zone a window looks at.
#[derive(Clone, Copy, PartialEq)]
enum ZoneForm {
    Person,
    Workspace,
    Fixed,
}

/// Lets through at certain times only.
pub fn window(
    ui: &mut Ui,
    form: &mut Form<'_>,
    days: &mut Vec<Weekday>,
    (from, to): (&mut u32, &mut u32),
    zone: &mut ZoneChoice,
) {
    form.weekdays(ui, "Open on", days);
    form.time_of_day(ui, "From", from);
    form.time_of_day(ui, "To", to);
    if *to <= *from {
        remark(ui, &format!("Over midnight: until {} the next day.", time::of_day(*to)));
        gap(ui);
    }
    let before = match zone {
        ZoneChoice::Person => ZoneForm::Person,
        ZoneChoice::Workspace => ZoneForm::Workspace,
        ZoneChoice::Fixed(_) => ZoneForm::Fixed,
    };
    let mut now = before;
    let options = [
        (ZoneForm::Person, "The person's"),
        (ZoneForm::Workspace, "The workspace's"),
        (ZoneForm::Fixed, "A certain one"),
    ];
    form.choice(ui, "Time zone", &options, &mut now);
    if now != before {
        *zone = match now {
            ZoneForm::Person => ZoneChoice::Person,
            ZoneForm::Workspace => ZoneChoice::Workspace,
            ZoneForm::Fixed => ZoneChoice::Fixed(form.model.zone().name().to_owned()),
        };
    }
    if let ZoneChoice::Fixed(name) = zone {
        zone_name(ui, form, "Zone", name);
    }
}

/// The name of a time zone.
pub fn zone_name(ui: &mut Ui, form: &mut Form<'_>, label_text: &str, name: &mut String) {
    label(ui, label_text);
    let id = ui.make_persistent_id(label_text);
    let look = Look::line(label_text).hint("Europe/Berlin");
    let read = |text: &str| match text.trim().parse::<chrono_tz::Tz>() {
        Ok(zone) => Ok(zone.name().to_owned()),
        Err(_) => Err("There is no such zone; write one like Europe/Berlin.".to_owned()),
    };
    let typed = form.suggested_value(ui, id, look, name, Clone::clone, read, |_| {
        chrono_tz::TZ_VARIANTS
            .iter()
            .map(|zone| crate::app::views::forms::suggestion::Suggestion::known(zone.name()))
            .collect()
    });
    if let Some(wrong) = typed.wrong {
        complaint(ui, &wrong);
    }
    gap(ui);
}
