//! What each block does: moving a run from block to block until it waits or ends.

use super::{
    plan::{BlockIndex, BlockPlan},
    state::{Run, RunSlot, Wait},
    tally::Counted,
    tell::Because,
    world::{Due, MOST_STAYS, World},
};
use crate::{
    identity::ProfileId,
    journey::{
        Anchor, BlockKind, DelayKind, SplitArm, ZoneChoice,
        block::exit,
        condition::{AddressNeed, Identification},
    },
    recording::{EventIndex, EventKind, Span},
    simulator::clock,
};

/// What a block says on arrival.
enum Step<'a> {
    /// Go on by this exit, for this reason.
    Go(&'a str, Because, String),
    /// Stay, with a timer.
    Stay(Wait, Option<i64>, Because, String),
    /// End the run.
    End(&'static str, String),
}

/// What an anchored delay counts from.
#[derive(Clone, Copy)]
enum Anchored {
    /// When the run came to the block.
    Arrival,
    /// The same, for there was no event to count from.
    NoSuchEvent,
    /// The run's trigger, an event or not, and when that was (UTC ms).
    Trigger(Option<EventIndex>, i64),
    /// The last event of some name.
    Event(EventIndex),
}

impl<'a> World<'a> {
    /// Brings a run to a block and moves it on until it waits or ends.
    pub(super) fn enter_block(&mut self, slot: RunSlot, block: BlockIndex) {
        let mut next = Some(block);
        while let Some(block) = next {
            let now_ms = self.now_ms;
            let run = &mut self.runs[slot];
            run.wait = None;
            if run.stays >= MOST_STAYS {
                let because = Because::rule("too_many_stays");
                self.end(slot, "too_many_stays", because, format!("Stopped after {MOST_STAYS} blocks"), &[]);
                return;
            }
            run.block = block;
            run.entered_ms = now_ms;
            run.stays += 1;
            let journey = run.journey;
            self.touch(self.runs[slot].profile);
            self.count(journey, Counted::Entered(block));
            next = match self.step(slot) {
                Step::Go(exit, because, text) => {
                    self.tell(slot, "left_block", exit, because, text, &[]);
                    self.leave(slot, exit)
                }
                Step::Stay(wait, at_ms, because, text) => {
                    let attempt = matches!(wait, Wait::Message { .. });
                    self.runs[slot].wait = Some(wait);
                    self.count(journey, Counted::Waits(block));
                    if !text.is_empty() {
                        self.tell(slot, "waiting", "", because, text, &[]);
                    }
                    if attempt {
                        self.set_attempt(slot, self.now_ms);
                    } else if let Some(at_ms) = at_ms {
                        self.set_run_timer(slot, at_ms);
                    }
                    return;
                }
                Step::End(reason, text) => {
                    self.end(slot, reason, Because::rule(reason), text, &[]);
                    return;
                }
            };
        }
    }

    /// Counts an exit and says where it leads; an unconnected exit ends the run.
    pub(super) fn leave(&mut self, slot: RunSlot, exit: &str) -> Option<BlockIndex> {
        let (journey, block) = (self.runs[slot].journey, self.runs[slot].block);
        if self.runs[slot].wait.take().is_some() {
            self.count(journey, Counted::WaitsNoMore(block));
        }
        self.touch(self.runs[slot].profile);
        self.count(journey, Counted::Exit(block, exit));
        let target = self.plan().journeys[journey].blocks[block].target(exit);
        if target.is_none() {
            let because = Because::rule("path_ended");
            self.finish_run(slot, "path_ended", because, "The path ends here".to_owned(), &[]);
        }
        target
    }

    /// Leaves a block where it waited and moves on.
    pub(super) fn go_on(
        &mut self,
        slot: RunSlot,
        exit: &str,
        because: Because,
        text: String,
        events: &[EventIndex],
    ) {
        self.tell(slot, "left_block", exit, because, text, events);
        if let Some(next) = self.leave(slot, exit) {
            self.enter_block(slot, next);
        }
    }

    fn set_run_timer(&mut self, slot: RunSlot, at_ms: i64) {
        let stay = self.runs[slot].stays;
        self.set_timer(at_ms.max(self.now_ms), Due::Run(slot, stay));
    }

    /// The block a run is at.
    pub(super) fn block_of(&self, slot: RunSlot) -> &'a BlockPlan<'a> {
        let run = &self.runs[slot];
        &self.plan().journeys[run.journey].blocks[run.block]
    }

    fn step(&mut self, slot: RunSlot) -> Step<'a> {
        let planned = self.block_of(slot);
        let profile = self.runs[slot].profile;
        let now_ms = self.now_ms;
        match &planned.block.kind {
            BlockKind::Message(_) => {
                Step::Stay(Wait::Message { deferred: None }, None, Because::rule("message"), String::new())
            }
            BlockKind::OnSitePrompt { within, .. } => {
                let deadline_ms = now_ms + within.ms();
                let text = format!("Waiting up to {} for the next page view", within.spoken());
                Step::Stay(
                    Wait::Prompt { deadline_ms },
                    Some(deadline_ms),
                    Because::rule("on_site_prompt"),
                    text,
                )
            }
            BlockKind::Audience { audience, remove } => {
                let text = self.audience_step(slot, audience, *remove);
                Step::Go(exit::NEXT, Because::rule("audience"), text)
            }
            BlockKind::WaitForIdentify { by, address, up_to } => {
                if let Some(text) = self.identified_text(profile, *by, *address) {
                    return Step::Go(exit::IDENTIFIED, Because::rule("wait_for_identify"), text);
                }
                let deadline_ms = now_ms + up_to.ms();
                let text = format!("Waiting for identify, up to {}", up_to.spoken());
                let wait = Wait::Identify { deadline_ms };
                Step::Stay(wait, Some(deadline_ms), Because::rule("wait_for_identify"), text)
            }
            BlockKind::Delay(delay) => self.delay_step(slot, delay),
            BlockKind::WaitUntil { conditions, up_to } => {
                if let Some(arm) = self.first_that_holds(slot) {
                    let arm = &conditions[arm];
                    let text = format!("{} already holds", arm_name(&arm.name, arm.id.as_str()));
                    return Step::Go(arm.id.as_str(), Because::rule("wait_until"), text);
                }
                let deadline_ms = up_to.map(|span| now_ms + span.ms());
                let check_ms = self.next_check(slot);
                if let Some(at_ms) = check_ms {
                    self.set_run_timer(slot, at_ms);
                }
                let limit = up_to.map(|span| format!(", up to {}", span.spoken())).unwrap_or_default();
                let wait = Wait::Until { deadline_ms, check_ms };
                Step::Stay(
                    wait,
                    deadline_ms,
                    Because::rule("wait_until"),
                    format!("Waiting until a condition holds{limit}"),
                )
            }
            BlockKind::TimeWindow { days, from_minute, to_minute, zone } => {
                let zone = self.zone(profile, zone);
                let open_ms = clock::window_opens(zone, now_ms, days, *from_minute, *to_minute);
                if open_ms <= now_ms {
                    return Step::Go(
                        exit::NEXT,
                        Because::rule("time_window"),
                        "Inside the time window".to_owned(),
                    );
                }
                let text = format!(
                    "Outside the time window; it opens in {}",
                    Span::from_ms(open_ms - now_ms).spoken()
                );
                Step::Stay(Wait::Window { open_ms }, Some(open_ms), Because::rule("time_window"), text)
            }
            BlockKind::Branch { .. } => {
                let yes = planned.conditions.first().is_some_and(|cond| self.holds_in_run(cond, slot, false));
                let name = arm_name(&planned.block.name, planned.id.as_str());
                if yes {
                    Step::Go(exit::YES, Because::rule("branch"), format!("{name}: yes"))
                } else {
                    Step::Go(exit::NO, Because::rule("branch"), format!("{name}: no"))
                }
            }
            BlockKind::MultiBranch { conditions } => {
                let holds = planned.conditions.iter().position(|cond| self.holds_in_run(cond, slot, false));
                match holds {
                    Some(arm) => {
                        let arm = &conditions[arm];
                        let text = format!("{} holds", arm_name(&arm.name, arm.id.as_str()));
                        Step::Go(arm.id.as_str(), Because::rule("branch"), text)
                    }
                    None => Step::Go(
                        exit::OTHERWISE,
                        Because::rule("branch"),
                        format!("{}: no condition holds", arm_name(&planned.block.name, planned.id.as_str())),
                    ),
                }
            }
            BlockKind::RandomSplit { arms, each_run } => match self.draw_arm(slot, arms, *each_run) {
                Some(arm) => {
                    let hold_out = if arm.holdout { " (hold-out)" } else { "" };
                    let text = format!("Drawn: {}{hold_out}", arm_name(&arm.name, arm.id.as_str()));
                    Step::Go(arm.id.as_str(), Because::rule("random_split"), text)
                }
                None => Step::End("path_ended", "The split has no arm with a share".to_owned()),
            },
            BlockKind::UpdateAttributes { set } => {
                let text = self.update_attributes(slot, set);
                Step::Go(exit::NEXT, Because::rule("update_attributes"), text)
            }
            BlockKind::SendEvent { event, properties } => {
                let body = serde_json::to_string(properties).unwrap_or_default();
                let run = &self.runs[slot];
                let journey = &self.plan().journeys[run.journey];
                let id = format!(
                    "{}/{}/{}/{}/{}",
                    run.started.profile,
                    journey.id(),
                    run.started.number,
                    planned.id,
                    run.stays
                );
                self.send(profile, event, &body, &id);
                Step::Go(exit::NEXT, Because::rule("send_event"), format!("Sent the event {event}"))
            }
            BlockKind::Goal => {
                self.reach_goal(slot);
                Step::End("goal", "Reached the goal".to_owned())
            }
            BlockKind::Exit { reason } => {
                let text =
                    if reason.is_empty() { "Left the journey".to_owned() } else { format!("Left: {reason}") };
                Step::End("exit", text)
            }
        }
    }

    fn delay_step(&mut self, slot: RunSlot, delay: &DelayKind) -> Step<'a> {
        let now_ms = self.now_ms;
        match delay {
            DelayKind::For(span) => {
                let due_ms = now_ms + span.ms();
                let text = format!("Waiting {}", span.spoken());
                Step::Stay(Wait::Delay { due_ms }, Some(due_ms), Because::rule("delay"), text)
            }
            DelayKind::UntilTime { at_minute, days } => {
                let zone = self.zone(self.runs[slot].profile, &ZoneChoice::Person);
                let due_ms = clock::next_time_of_day(zone, now_ms, days, *at_minute);
                let text =
                    format!("Waiting {} until the time of day", Span::from_ms(due_ms - now_ms).spoken());
                Step::Stay(Wait::Delay { due_ms }, Some(due_ms), Because::rule("delay_until_time"), text)
            }
            DelayKind::Anchored { after, floor, fresh_for, .. } => {
                let anchor = self.anchored_at(slot);
                let (anchor_ms, anchor_text) = (self.anchor_ms(anchor, now_ms), self.anchor_text(anchor));
                let due_ms = anchor_ms.saturating_add(after.ms());
                let late_ms = now_ms - due_ms;
                let because = Because::rule("delay_anchored");
                if fresh_for.is_some_and(|fresh| late_ms > fresh.ms()) {
                    let text = format!(
                        "{} after {anchor_text} was {} ago: too late",
                        after.spoken(),
                        Span::from_ms(late_ms).spoken()
                    );
                    return Step::Go(exit::TOO_LATE, because, text);
                }
                let go_ms = due_ms.max(now_ms + floor.ms());
                let was_due = clock::spoken(self.shared.zone, due_ms);
                let text = anchored_text(*after, &anchor_text, &was_due, [due_ms, go_ms, now_ms]);
                Step::Stay(Wait::Delay { due_ms: go_ms }, Some(go_ms), because, text)
            }
        }
    }

    /// What a run's anchored delay counts from.
    fn anchored_at(&self, slot: RunSlot) -> Anchored {
        let planned = self.block_of(slot);
        let BlockKind::Delay(DelayKind::Anchored { from, .. }) = &planned.block.kind else {
            return Anchored::Arrival;
        };
        let run = &self.runs[slot];
        match from {
            Anchor::Entry => Anchored::Arrival,
            Anchor::Trigger => Anchored::Trigger(run.trigger.event, run.trigger.at_ms),
            Anchor::LastEvent(_) => {
                let latest = planned.anchor.as_ref().and_then(|matcher| self.latest(run.profile, matcher));
                latest.map_or(Anchored::NoSuchEvent, Anchored::Event)
            }
        }
    }

    /// The instant of an anchor of a run that came to its block at `entered_ms`.
    fn anchor_ms(&self, anchor: Anchored, entered_ms: i64) -> i64 {
        match anchor {
            Anchored::Arrival | Anchored::NoSuchEvent => entered_ms,
            Anchored::Trigger(_, at_ms) => at_ms,
            Anchored::Event(event) => self.event(event).happened_ms,
        }
    }

    /// How to say an anchor.
    fn anchor_text(&self, anchor: Anchored) -> String {
        match anchor {
            Anchored::Arrival => "arrival".to_owned(),
            Anchored::NoSuchEvent => "arrival (the event it counts from had not happened by then)".to_owned(),
            Anchored::Trigger(None, _) => "the trigger".to_owned(),
            Anchored::Trigger(Some(event), _) => self.event_text(event),
            Anchored::Event(event) => format!("the last {}", self.event_text(event)),
        }
    }

    /// A run's timer is due.
    pub(super) fn wait_due(&mut self, slot: RunSlot) {
        let now_ms = self.now_ms;
        let Some(wait) = self.runs[slot].wait.clone() else { return };
        match wait {
            Wait::Identify { deadline_ms } if now_ms >= deadline_ms => {
                let because = Because::rule("wait_for_identify");
                self.go_on(slot, exit::TIMED_OUT, because, "Nobody was identified in time".to_owned(), &[]);
            }
            Wait::Delay { due_ms } if now_ms >= due_ms && !self.count_anew(slot, due_ms, &[]) => {
                self.go_on(slot, exit::NEXT, Because::rule("delay"), "The delay is over".to_owned(), &[]);
            }
            Wait::Window { open_ms } if now_ms >= open_ms => {
                let because = Because::rule("time_window");
                self.go_on(slot, exit::NEXT, because, "The time window opened".to_owned(), &[]);
            }
            Wait::Until { deadline_ms, .. } => {
                if deadline_ms.is_some_and(|deadline| now_ms >= deadline) {
                    let because = Because::rule("wait_until");
                    self.go_on(slot, exit::TIMED_OUT, because, "No condition held in time".to_owned(), &[]);
                } else {
                    self.check_until(slot, &[]);
                }
            }
            Wait::Prompt { deadline_ms } if now_ms >= deadline_ms => self.prompt_gives_up(slot),
            _ => {}
        }
    }

    /// Whether an arrival ends a run's wait.
    pub(super) fn check_wait(&mut self, slot: RunSlot, arriving: &[EventIndex]) {
        let planned = self.block_of(slot);
        let profile = self.runs[slot].profile;
        match (&planned.block.kind, &self.runs[slot].wait) {
            (BlockKind::WaitForIdentify { by, address, .. }, Some(Wait::Identify { .. })) => {
                if let Some(text) = self.identified_text(profile, *by, *address) {
                    let waited = Span::from_ms(self.now_ms - self.runs[slot].entered_ms).spoken();
                    let because = Because::rule("wait_for_identify");
                    self.go_on(slot, exit::IDENTIFIED, because, format!("{text}, {waited} later"), arriving);
                }
            }
            (BlockKind::WaitUntil { .. }, Some(Wait::Until { .. })) => self.check_until(slot, arriving),
            (BlockKind::Delay(_), Some(Wait::Delay { due_ms })) => {
                self.count_anew(slot, *due_ms, arriving);
            }
            (BlockKind::OnSitePrompt { .. }, Some(Wait::Prompt { .. })) => {
                let view = arriving.iter().copied().find(|event| {
                    let event = self.event(*event);
                    matches!(event.kind, EventKind::Page | EventKind::Screen)
                        && event.arrived_ms > self.runs[slot].entered_ms
                });
                if let Some(view) = view {
                    self.prompt_shown(slot, view);
                }
            }
            _ => {}
        }
    }

    /// A delay that restarts counts from whatever is the last such event by now: later than before,
    /// or earlier if older history joined; past already, the run goes on. Returns whether that
    /// changed anything.
    fn count_anew(&mut self, slot: RunSlot, due_ms: i64, arriving: &[EventIndex]) -> bool {
        let BlockKind::Delay(DelayKind::Anchored { restart: true, after, floor, .. }) =
            &self.block_of(slot).block.kind
        else {
            return false;
        };
        let entered_ms = self.runs[slot].entered_ms;
        let anchor = self.anchored_at(slot);
        let anchor_ms = self.anchor_ms(anchor, entered_ms);
        let go_ms = anchor_ms.saturating_add(after.ms()).max(entered_ms + floor.ms());
        if go_ms == due_ms {
            return false;
        }
        let anchor_text = self.anchor_text(anchor);
        let because = Because::rule("delay_restart");
        if go_ms <= self.now_ms {
            let text = format!("Counts anew: {} after {anchor_text} had already passed", after.spoken());
            self.go_on(slot, exit::NEXT, because, text, arriving);
        } else {
            self.runs[slot].wait = Some(Wait::Delay { due_ms: go_ms });
            let text = format!("Counts anew: {} after {anchor_text}", after.spoken());
            self.tell(slot, "waiting", "", because, text, arriving);
            self.set_run_timer(slot, go_ms);
        }
        true
    }

    fn check_until(&mut self, slot: RunSlot, arriving: &[EventIndex]) {
        if let Some(arm) = self.first_that_holds(slot) {
            let BlockKind::WaitUntil { conditions, .. } = &self.block_of(slot).block.kind else { return };
            let arm = &conditions[arm];
            let text = format!("{} holds now", arm_name(&arm.name, arm.id.as_str()));
            self.go_on(slot, arm.id.as_str(), Because::rule("wait_until"), text, arriving);
            return;
        }
        let next_ms = self.next_check(slot);
        if let Some(Wait::Until { check_ms, .. }) = &mut self.runs[slot].wait
            && *check_ms != next_ms
        {
            *check_ms = next_ms;
            if let Some(at_ms) = next_ms {
                self.set_run_timer(slot, at_ms);
            }
        }
    }

    fn first_that_holds(&self, slot: RunSlot) -> Option<usize> {
        self.block_of(slot).conditions.iter().position(|cond| self.holds_in_run(cond, slot, true))
    }

    fn next_check(&self, slot: RunSlot) -> Option<i64> {
        let conditions = self.block_of(slot).conditions.iter();
        conditions.filter_map(|cond| self.changes_in_run(cond, slot)).min()
    }

    /// How somebody is identified as asked, or `None`.
    pub(super) fn identified_text(
        &self,
        profile: ProfileId,
        by: Identification,
        address: AddressNeed,
    ) -> Option<String> {
        self.is_identified(profile, by, address).then(|| {
            let how = match by {
                Identification::Any => "Identified",
                Identification::UserId => "Identified by user id",
                Identification::Email => "Identified by email",
                Identification::Phone => "Identified by phone",
                Identification::ReachableChannel => "Can be reached",
            };
            format!("{how}{}", self.captured_text(profile))
        })
    }

    fn draw_arm(&mut self, slot: RunSlot, arms: &'a [SplitArm], each_run: bool) -> Option<&'a SplitArm> {
        let Run { journey, block, profile, ordinal, stays, .. } = self.runs[slot];
        let drawn = self.person(profile).draws.iter().find(|draw| (draw.0, draw.1) == (journey, block));
        if let Some(draw) = drawn.filter(|_| !each_run) {
            return arms.get(draw.2);
        }
        let total: u64 = arms.iter().map(|arm| u64::from(arm.percent)).sum();
        let plan = &self.plan().journeys[journey];
        let key = &self.resolver.profile(profile).key;
        let anew = each_run.then_some((ordinal, stays));
        let number =
            draw(self.shared.input.seed, key, plan.id().as_str(), plan.blocks[block].id.as_str(), anew);
        let mut rest = number.checked_rem(total)?;
        let arm = arms.iter().position(|arm| {
            let share = u64::from(arm.percent);
            let mine = rest < share;
            rest = rest.saturating_sub(share);
            mine
        })?;
        if !each_run {
            self.person_mut(profile).draws.push((journey, block, arm));
        }
        arms.get(arm)
    }
}

/// A random number that depends on its arguments alone. `anew` holds the ordinals of run and
/// stay where each run draws for itself.
pub fn draw(seed: u64, profile_key: &str, journey: &str, block: &str, anew: Option<(u32, u32)>) -> u64 {
    let (run, stay) = anew.unwrap_or((0, 0));
    let numbers = [seed.to_le_bytes(), (u64::from(run) << 32 | u64::from(stay)).to_le_bytes()];
    let texts = [profile_key.as_bytes(), journey.as_bytes(), block.as_bytes()];
    // FNV-1a over the parts, each closed by a byte that UTF-8 never has, then the finaliser of
    // SplitMix64, so that neighbouring inputs give unrelated numbers.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut mix = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    numbers.iter().flatten().copied().for_each(&mut mix);
    for text in texts {
        text.iter().copied().chain(std::iter::once(0xff)).for_each(&mut mix);
    }
    let mut z = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn arm_name(name: &str, id: &str) -> String {
    if name.is_empty() { id.to_owned() } else { name.to_owned() }
}

fn anchored_text(after: Span, anchor: &str, was_due: &str, [due_ms, go_ms, now_ms]: [i64; 3]) -> String {
    let after = after.spoken();
    if due_ms > now_ms && go_ms == due_ms {
        format!("Waiting until {after} after {anchor}")
    } else if go_ms > now_ms {
        let floor = Span::from_ms(go_ms - now_ms).spoken();
        if due_ms > now_ms {
            format!("{after} after {anchor} is too soon after arrival; waiting {floor}")
        } else {
            format!(
                "{after} after {anchor} had already passed (it was due {was_due}); waiting {floor} all the same"
            )
        }
    } else {
        format!("{after} after {anchor} had already passed (it was due {was_due}): no wait")
    }
}
