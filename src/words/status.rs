//! Statuses, reasons, flags and rules in plain words.

use crate::simulator::{Flag, HeldState, MessageState};

/// `Sent`, `Not sent`, `Skipped`, `Waiting`.
pub const fn state(state: MessageState) -> &'static str {
    match state {
        MessageState::Sent => "Sent",
        MessageState::NotSent => "Not sent",
        MessageState::Skipped => "Skipped",
        MessageState::Waiting => "Waiting",
    }
}

/// A reason word of a message, not-started run or ended run, in plain words. Words it does not
/// know (ids of exit conditions, new reasons) are read as they are spelt.
pub fn reason(word: &str) -> String {
    let text = match word {
        "condition" | "extra_condition" | "condition_not_met" => "its own condition did not hold",
        "left" | "left_while_deferred" => "left the journey while it was put off",
        "not_identified" | "unidentified" => "nobody knew who it was yet",
        "no_address" | "address_missing" => "there was no address for the channel",
        "address_invalid" | "bad_address" | "invalid_address" => "the address is not valid",
        "mistyped" | "address_mistyped" | "mistyped_address" => "the address looks mistyped",
        "disposable" | "address_disposable" | "disposable_address" => "the address is a throw-away one",
        "suppressed" => "the address bounced or complained before",
        "unsubscribed" => "unsubscribed from everything",
        "unsubscribed_topic" | "topic_unsubscribed" => "unsubscribed from this topic",
        "unsubscribed_channel" | "channel_unsubscribed" => "unsubscribed from this channel",
        "consent_denied" | "no_consent" => "consent was refused",
        "consent_unknown" => "consent was never given",
        "offer_limit" => "got an offer too recently",
        "message_limit" => "reached the message limit",
        "quiet_hours" => "it was quiet hours",
        "no_page_view" => "no page view in time to show it on",
        "template_error" => "the text could not be made",
        "horizon" | "waiting" => "still waiting at the end of the replay",
        "audience" => "not in the journey's audience",
        "already_in_run" => "already on this journey",
        "already_entered" => "had been on this journey before",
        "gap" => "came back too soon",
        "too_old" => "the trigger was too old",
        "not_newest" => "a newer trigger was taken",
        "not_oldest" => "an older trigger was taken",
        "path_ended" => "came to the end of the path",
        "goal" => "reached the goal",
        "exit" => "left by an exit block",
        "merged" => "joined another run of the same person",
        other => return super::spaced(other),
    };
    text.to_owned()
}

/// A flag in plain words.
pub const fn flag(flag: Flag) -> &'static str {
    match flag {
        Flag::Mistyped => "The address looks mistyped: it will likely bounce",
        Flag::Disposable => "A throw-away mailbox",
        Flag::Role => "A shared mailbox",
        Flag::Deferred => "Put off by quiet hours or a limit before",
        Flag::RegionGuessed => "The person's region is a guess",
        Flag::OutsidePlatform => "Done outside the platform",
        Flag::Assumed => "Rests on an assumed rate",
    }
}

/// What became of held triggers, as the trigger block counts them.
pub const fn held(state: HeldState) -> &'static str {
    match state {
        HeldState::Joined => "joined",
        HeldState::TooOld => "too old",
        HeldState::Expired => "expired",
        HeldState::Refused => "refused",
        HeldState::NeverIdentified => "never identified",
    }
}

/// What kind of step a rule of a because is, for the colour of its dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Something started.
    Start,
    /// Time passed.
    Wait,
    /// Somebody became known, or a way was chosen.
    Identity,
    /// Anything else.
    Other,
}

/// The kind of a step by its rule's name.
pub fn step_kind(rule: &str) -> StepKind {
    let has = |words: &[&str]| words.iter().any(|word| rule.contains(word));
    if has(&["trigger", "entry", "started", "run_start"]) {
        StepKind::Start
    } else if has(&["delay", "wait", "quiet", "limit", "window", "horizon", "held", "anonymous"]) {
        StepKind::Wait
    } else if has(&["identif", "link", "join", "claim", "merge", "branch", "survivor", "conflict"]) {
        StepKind::Identity
    } else {
        StepKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_reasons_still_read() {
        assert_eq!(reason("already_in_run"), "already on this journey");
        assert_eq!(reason("bought_something"), "bought something");
        assert_eq!(step_kind("trigger_age"), StepKind::Start);
        assert_eq!(step_kind("delay_anchored"), StepKind::Wait);
        assert_eq!(step_kind("address"), StepKind::Other);
    }
}
