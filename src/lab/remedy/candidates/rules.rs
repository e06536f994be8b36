//! Rules of the workspace, of the journey and of the platform.

use super::{Change, List, MOST_CALLS, MOST_OF_A_KIND};
use crate::{
    identity::platform::Anonymous,
    journey::{BlockId, BlockKind, DelayKind, HeldTriggers, ReEntry},
    lab::{
        asked::Stopped,
        remedy::{JourneyRule, WorkspaceRule, apply::choosable},
    },
    recording::Span,
    simulator::{HeldState, settings::BadAddresses},
};

impl List<'_> {
    /// Rules of the workspace.
    pub(super) fn workspace(&mut self) {
        let delivery = &self.scene.input.workspace.delivery;
        for (at, limit) in delivery.limits.iter().enumerate() {
            let raised = [1, 2, 3, 5, 10].map(|more| Some(limit.at_most.saturating_add(more)));
            let to = raised.into_iter().chain([None]);
            self.one_of(to.map(|to| Change::Workspace(WorkspaceRule::Limit { at, to })).collect());
        }
        if let Some(longest) = delivery.limits.iter().map(|limit| limit.per).max() {
            let spans = [Span::hours(6), Span::days(1), Span::days(3), longest];
            let longer = spans.into_iter().filter(|span| delivery.limit_retry.is_none_or(|now| *span > now));
            self.one_of(longer.map(|span| Change::Workspace(WorkspaceRule::LimitRetry(span))).collect());
        }
        if delivery.quiet_hours.is_some() {
            self.one(Change::Workspace(WorkspaceRule::NoQuietHours));
        }
        if delivery.offer_gap.is_some() {
            self.one(Change::Workspace(WorkspaceRule::NoOfferGap));
        }
        if delivery.bad_addresses == BadAddresses::Held {
            self.one(Change::Workspace(WorkspaceRule::BadAddressesSent));
        }
        for channel in self.channels() {
            if delivery.needs_consent.contains(&channel) {
                self.one(Change::Workspace(WorkspaceRule::NoConsentNeeded(channel)));
            }
        }
        if !delivery.regions.is_empty() {
            self.one(Change::Workspace(WorkspaceRule::NoRegions));
        }
    }

    /// Rules of the journey: those of the block where the person was turned away first.
    pub(super) fn journey(&mut self) {
        let journey = self.scene.journey;
        if journey.audience.is_some() {
            self.one(Change::Journey(JourneyRule::NoAudience));
        }
        if journey.entry.re_entry != ReEntry::EveryTime {
            self.one(Change::Journey(JourneyRule::EveryTime));
        }
        if journey.entry.held_triggers != HeldTriggers::Each {
            self.one(Change::Journey(JourneyRule::EachTrigger));
        }
        for exit in &journey.exits {
            self.one(Change::Journey(JourneyRule::NoExit(exit.id.clone())));
        }
        if journey.goal.as_ref().is_some_and(|goal| goal.ends_run) {
            self.one(Change::Journey(JourneyRule::GoalGoesOn));
        }
        let turned_at = match self.scene.stopped {
            Stopped::OnTheWay { block, .. } => block.as_ref(),
            Stopped::Message { .. } => Some(&self.scene.asked.block),
            _ => None,
        };
        let mut blocks = self.on_the_way();
        blocks.sort_by_key(|(id, _)| Some(*id) != turned_at);
        for (id, block) in blocks.into_iter().take(MOST_OF_A_KIND) {
            self.block_rules(id, &block.kind);
        }
    }

    pub(super) fn block_rules(&mut self, id: &BlockId, kind: &BlockKind) {
        let id = || id.clone();
        match kind {
            BlockKind::Branch { .. } => {
                for yes in [true, false] {
                    self.one(Change::Journey(JourneyRule::Answer(id(), yes)));
                }
            }
            BlockKind::Message(message) if message.only_if.is_some() => {
                self.one(Change::Journey(JourneyRule::NoExtraCondition(id())));
            }
            BlockKind::Delay(DelayKind::Anchored { fresh_for: Some(_), .. }) => {
                self.one(Change::Journey(JourneyRule::NoFreshness(id())));
            }
            _ => {}
        }
        let choose =
            if matches!(kind, BlockKind::RandomSplit { .. }) { JourneyRule::Draw } else { JourneyRule::Arm };
        for exit in choosable(kind) {
            self.one(Change::Journey(choose(id(), exit)));
        }
        if let BlockKind::WaitForIdentify { up_to, .. }
        | BlockKind::WaitUntil { up_to: Some(up_to), .. }
        | BlockKind::OnSitePrompt { within: up_to, .. } = kind
        {
            let longer = [2, 4, 8, 16].map(|times| Span::from_ms(up_to.ms().saturating_mul(times)));
            let rule = |span| Change::Journey(JourneyRule::WaitsFor(id(), span));
            self.one_of(longer.into_iter().chain([Span::days(365)]).map(rule).collect());
        }
    }

    /// The platform's limits of age: the least that would do is the age of a trigger they refused.
    pub(super) fn platform(&mut self) {
        let platform = self.scene.input.platform;
        let from = platform.trigger_age.value;
        if let Some(limit) = from {
            let to = self.ages_over(limit, |_| true);
            self.one_of(to.into_iter().map(|to| Change::TriggerAge { from, to }).collect());
        }
        if let Anonymous::Held { retention: from, .. } = platform.anonymous.value {
            let to = self.ages_over(from, |state| state == HeldState::Expired);
            self.one_of(to.into_iter().map(|to| Change::Retention { from, to }).collect());
        }
    }

    /// Ages of held triggers of the journey that are over a limit, the least first.
    fn ages_over(&self, limit: Span, is_meant: impl Fn(HeldState) -> bool) -> Vec<Span> {
        let scene = self.scene;
        let held = scene.before.held.iter();
        let meant = held.filter(|held| held.journey == scene.asked.journey && is_meant(held.state));
        let mut ages: Vec<i64> = meant.filter_map(|it| it.age_ms).filter(|age| *age > limit.ms()).collect();
        ages.sort_unstable();
        ages.dedup();
        ages.into_iter().take(MOST_CALLS).map(Span::from_ms).collect()
    }
}
