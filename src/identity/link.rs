//! Linking: the identifiers of one call become one profile's, as far as the platform lets them.

use super::{
    carried::Item,
    outcome::{IdentityStep, RefusalReason},
    platform::{Conflict, Reclaim, RuleId, Survivor, UnknownId, WhenFull},
    profile::{Profile, ProfileId},
    register::IdNo,
    resolver::{Call, Person, Resolver},
    vocabulary::RuleNo,
};

/// The profile a call is for, as far as its identifiers were looked at.
enum Base {
    /// Nobody has these yet.
    Unknown(Vec<IdNo>),
    /// This one.
    Is(ProfileId),
}

impl Resolver<'_> {
    /// Links the identifiers of a call, strongest first (at least one). Returns whose call it is.
    pub(super) fn link(&mut self, call: &mut Call<'_>, items: &[Item], conflict: Conflict) -> ProfileId {
        if let [only] = items {
            return self.holder_or_new(call, only.id);
        }
        match conflict {
            Conflict::DropWeakest => self.link_dropping_weakest(call, items),
            _ => self.link_strongest_first(call, items, conflict),
        }
    }

    /// The profile that has an identifier; a new one if nobody has.
    pub(super) fn holder_or_new(&mut self, call: &mut Call<'_>, id: IdNo) -> ProfileId {
        match self.register.get(id).holder {
            Some(holder) => holder,
            None => self.create(call, &[id]),
        }
    }

    /// Each identifier in turn joins what the stronger ones came to, or is refused.
    fn link_strongest_first(&mut self, call: &mut Call<'_>, items: &[Item], conflict: Conflict) -> ProfileId {
        let mut base = Base::Unknown(Vec::new());
        for item in items {
            base = match (base, self.register.get(item.id).holder) {
                (Base::Unknown(ids), None) => self.add_unknown(call, ids, item.id),
                (Base::Unknown(ids), Some(holder)) => self.settle(call, ids, *item, holder, conflict),
                (Base::Is(profile), None) => {
                    self.gain_or_refuse(call, profile, item.id);
                    Base::Is(profile)
                }
                (Base::Is(profile), Some(holder)) if profile == holder => Base::Is(profile),
                (Base::Is(profile), Some(holder)) if self.may_unite(profile, holder, *item, conflict) => {
                    Base::Is(self.unite(call, profile, holder))
                }
                (Base::Is(profile), Some(holder)) => {
                    self.settle_conflict(call, profile, *item, holder, conflict);
                    Base::Is(profile)
                }
            };
        }
        match base {
            Base::Is(profile) => profile,
            Base::Unknown(ids) => self.create(call, &ids),
        }
    }

    /// Identifiers that nobody has meet one that somebody has: they join its holder, or stand
    /// apart from it.
    fn settle(
        &mut self,
        call: &mut Call<'_>,
        unknown: Vec<IdNo>,
        item: Item,
        holder: ProfileId,
        conflict: Conflict,
    ) -> Base {
        // Somebody's email or phone may be changed by a call that names them otherwise; somebody
        // who merely used the same browser may be another person.
        let may_replace = !item.anonymous;
        if unknown.iter().all(|id| self.may_gain(holder, *id, may_replace)) {
            for id in unknown {
                self.gain_or_refuse(call, holder, id);
            }
            return Base::Is(holder);
        }
        if self.platform().unknown_id.value == UnknownId::IsRefused && !item.anonymous {
            for id in unknown {
                let identifier = self.register.get(id).identifier.clone();
                call.refuse(Some(identifier), RefusalReason::LimitReached, RuleId::UnknownId);
            }
            return Base::Is(holder);
        }
        let profile = self.create(call, &unknown);
        if self.may_unite(profile, holder, item, conflict) {
            return Base::Is(self.unite(call, profile, holder));
        }
        if item.anonymous {
            self.settle_conflict(call, profile, item, holder, conflict);
        } else {
            let identifier = self.register.get(item.id).identifier.clone();
            call.refuse(Some(identifier), RefusalReason::BelongsToAnother, RuleId::UnknownId);
        }
        Base::Is(profile)
    }

    /// An identifier belongs to a profile that cannot be united with the call's.
    fn settle_conflict(
        &mut self,
        call: &mut Call<'_>,
        profile: ProfileId,
        item: Item,
        holder: ProfileId,
        conflict: Conflict,
    ) {
        let identifier = self.register.get(item.id).identifier.clone();
        if item.anonymous {
            match self.platform().reclaim.value {
                Reclaim::Relinks => return self.relink(call, item.id, holder, profile),
                Reclaim::Refused => {
                    return call.refuse(Some(identifier), RefusalReason::AlreadyClaimed, RuleId::Reclaim);
                }
                Reclaim::AsIdentifier => {}
            }
        }
        let reason = match conflict {
            Conflict::MergeUnidentified => RefusalReason::BothIdentified,
            _ => RefusalReason::BelongsToAnother,
        };
        call.refuse(Some(identifier), reason, RuleId::Conflict);
    }

    /// All identifiers of the call and their holders become one, if the limits allow; else the
    /// call's weakest is dropped and the rest tried again. One alone always fits.
    fn link_dropping_weakest(&mut self, call: &mut Call<'_>, items: &[Item]) -> ProfileId {
        let mut kept: Vec<IdNo> = items.iter().map(|item| item.id).collect();
        while kept.len() > 1 && !self.union_fits(&self.holders(&kept), &kept, RuleNo::WEAKEST) {
            kept.pop();
        }
        let mut profile = None;
        for holder in self.holders(&kept) {
            profile = Some(profile.map_or(holder, |profile| self.unite(call, profile, holder)));
        }
        let profile = match profile {
            Some(profile) => {
                for id in &kept {
                    if self.register.get(*id).holder.is_none() {
                        self.gain_or_refuse(call, profile, *id);
                    }
                }
                profile
            }
            None => self.create(call, &kept),
        };
        for dropped in &items[kept.len()..] {
            let known = self.register.get(dropped.id);
            let (holder, identifier) = (known.holder, known.identifier.clone());
            match holder {
                Some(holder) if holder == profile => {}
                Some(_) => call.refuse(Some(identifier), RefusalReason::BelongsToAnother, RuleId::Conflict),
                None => call.refuse(Some(identifier), RefusalReason::LimitReached, RuleId::Conflict),
            }
        }
        profile
    }

    /// Whether two profiles may become one because a call names both, `base` by stronger
    /// identifiers than `item`. Only what is as strong as these keeps people apart: two phone
    /// numbers do not where an id and an email belong together.
    fn may_unite(&self, base: ProfileId, other: ProfileId, item: Item, conflict: Conflict) -> bool {
        match conflict {
            Conflict::AlwaysMerge => true,
            Conflict::MergeUnidentified => !self.profile(other).identified,
            Conflict::RefuseConflicting | Conflict::DropWeakest => {
                self.union_fits(&[base, other], &[], item.rule)
            }
        }
    }

    /// Makes one of two profiles; `base` is the one that the call names. Returns who survives.
    fn unite(&mut self, call: &mut Call<'_>, base: ProfileId, other: ProfileId) -> ProfileId {
        let age = |id: ProfileId| (self.profile(id).created_ms, id);
        let base_survives = match self.platform().survivor.value {
            Survivor::Named => true,
            Survivor::Older => age(base) < age(other),
            Survivor::KnownElseOlder => {
                match (self.profile(base).is_known(), self.profile(other).is_known()) {
                    (true, false) => true,
                    (false, true) => false,
                    _ => age(base) < age(other),
                }
            }
        };
        let (survivor, absorbed) = if base_survives { (base, other) } else { (other, base) };
        // Anonymous history joins because ids were linked; two people become one by another rule.
        let known = self.profile(absorbed).is_known();
        let rule = if known { RuleId::Conflict } else { RuleId::LinkingCalls };
        self.absorb(call, survivor, absorbed, rule);
        survivor
    }

    /// An anonymous id moves to the profile that claims it now; joined history stays.
    pub(super) fn relink(&mut self, call: &mut Call<'_>, id: IdNo, from: ProfileId, to: ProfileId) {
        self.unbind(id);
        self.bind(to, id);
        let anonymous_id = self.register.get(id).identifier.clone();
        call.steps.push(IdentityStep::Relinked { anonymous_id, from, to, rule: RuleId::Reclaim });
    }

    /// Adds to identifiers that nobody has one more, unless it is one too many of its kind.
    fn add_unknown(&mut self, call: &mut Call<'_>, mut unknown: Vec<IdNo>, id: IdNo) -> Base {
        let known = self.register.get(id);
        let at_most = self.register.vocabulary.at_most(known.rule);
        if self.count_of_kind(&unknown, id) >= at_most {
            let identifier = known.identifier.clone();
            call.refuse(Some(identifier), RefusalReason::LimitReached, RuleId::Identifiers);
        } else {
            unknown.push(id);
        }
        Base::Unknown(unknown)
    }

    /// A profile gets an identifier that nobody has: beside its others, in place of one, or not.
    fn gain_or_refuse(&mut self, call: &mut Call<'_>, profile: ProfileId, id: IdNo) {
        let identifier = self.register.get(id).identifier.clone();
        if self.has_room(profile, id) {
            self.bind(profile, id);
            let rule = RuleId::LinkingCalls;
            call.steps.push(IdentityStep::Gained { profile, identifier, rule });
            return;
        }
        let full = self.register.vocabulary.when_full(self.register.get(id).rule);
        let replaced = self.person(profile).ids.iter().find(|held| self.is_same_kind(**held, id)).copied();
        match replaced {
            Some(replaced) if full == WhenFull::Replace => {
                let from = self.register.get(replaced).identifier.clone();
                self.unbind(replaced);
                self.bind(profile, id);
                let rule = RuleId::Identifiers;
                call.steps.push(IdentityStep::Changed { profile, from, to: identifier, rule });
            }
            _ => call.refuse(Some(identifier), RefusalReason::LimitReached, RuleId::Identifiers),
        }
    }

    fn may_gain(&self, profile: ProfileId, id: IdNo, may_replace: bool) -> bool {
        let replaces = || {
            self.register.vocabulary.when_full(self.register.get(id).rule) == WhenFull::Replace && may_replace
        };
        self.has_room(profile, id) || replaces()
    }

    /// Whether a profile may have one more identifier of this kind.
    pub(super) fn has_room(&self, profile: ProfileId, id: IdNo) -> bool {
        let at_most = self.register.vocabulary.at_most(self.register.get(id).rule);
        at_most == usize::MAX || self.count_of_kind(&self.person(profile).ids, id) < at_most
    }

    /// Whether these profiles and identifiers together respect every limit on identifiers at least
    /// as strong as `down_to`.
    pub(super) fn union_fits(&self, profiles: &[ProfileId], extra: &[IdNo], down_to: RuleNo) -> bool {
        let vocabulary = &self.register.vocabulary;
        let held = profiles.iter().flat_map(|profile| &self.person(*profile).ids);
        let mut limited: Vec<IdNo> = held
            .chain(extra)
            .copied()
            .filter(|id| {
                let rule = self.register.get(*id).rule;
                rule <= down_to && vocabulary.at_most(rule) < usize::MAX
            })
            .collect();
        limited.sort_unstable();
        limited.dedup();
        limited
            .iter()
            .all(|id| self.count_of_kind(&limited, *id) <= vocabulary.at_most(self.register.get(*id).rule))
    }

    fn count_of_kind(&self, ids: &[IdNo], like: IdNo) -> usize {
        ids.iter().filter(|id| self.is_same_kind(**id, like)).count()
    }

    fn is_same_kind(&self, a: IdNo, b: IdNo) -> bool {
        self.register.get(a).identifier.kind == self.register.get(b).identifier.kind
    }

    /// Holders of identifiers, each once, in the identifiers' order.
    fn holders(&self, ids: &[IdNo]) -> Vec<ProfileId> {
        let mut holders = Vec::new();
        for holder in ids.iter().filter_map(|id| self.register.get(*id).holder) {
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        }
        holders
    }

    /// A new profile with these identifiers (at least one), strongest first.
    fn create(&mut self, call: &mut Call<'_>, ids: &[IdNo]) -> ProfileId {
        let profile = ProfileId(self.people.len() as u32);
        self.people.push(Person { profile: Profile::new(call.at_ms), ids: Vec::with_capacity(ids.len()) });
        for (position, id) in ids.iter().enumerate() {
            self.bind(profile, *id);
            let identifier = self.register.get(*id).identifier.clone();
            if position == 0 {
                self.person_mut(profile).profile.key = identifier.canonical().into();
                call.steps.push(IdentityStep::Created { profile, identifier });
            } else {
                let rule = RuleId::LinkingCalls;
                call.steps.push(IdentityStep::Gained { profile, identifier, rule });
            }
        }
        profile
    }

    /// Gives an identifier to a profile.
    pub(super) fn bind(&mut self, profile: ProfileId, id: IdNo) {
        let known = self.register.get_mut(id);
        known.holder = Some(profile);
        let identifier = known.identifier.clone();
        let person = self.person_mut(profile);
        person.ids.push(id);
        person.profile.identifiers.insert(identifier);
    }

    /// Takes an identifier from its holder; nobody has it then.
    pub(super) fn unbind(&mut self, id: IdNo) {
        let known = self.register.get_mut(id);
        let Some(holder) = known.holder.take() else { return };
        let identifier = known.identifier.clone();
        let person = self.person_mut(holder);
        person.ids.retain(|held| *held != id);
        person.profile.identifiers.remove(&identifier);
    }
}
