//! Who is who, written out by hand for each platform.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use throughline::{
    identity::{
        Platform,
        platform::{Anonymous, AttributeWins, Survivor, WhenFull},
    },
    recording::{Event, EventIndex, EventKind, EventLog},
    simulator::settings::{ConsentFrom, ConsentSource},
};

const MINUTE: i64 = 60_000;

/// Everything known of one person. Identifiers are canonical text, `kind:value`.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub ids: BTreeSet<String>,
    pub attributes: BTreeMap<String, Value>,
    set_ms: BTreeMap<String, i64>,
    pub created_ms: i64,
    /// The first identifier; lots are drawn with it.
    pub key: String,
    pub history: Vec<EventIndex>,
    named: bool,
    pub gone: bool,
    /// Consent traits that either side of a merge had refused, until they are said anew.
    pub still_refused: BTreeSet<String>,
}

impl Person {
    pub fn known(&self) -> bool {
        self.ids.iter().any(|id| kind(id) != "anonymous_id")
    }
    pub fn id(&self, wanted: &str) -> Option<&str> {
        self.ids.iter().filter_map(|id| id.split_once(':')).find(|(kind, _)| *kind == wanted).map(|(_, v)| v)
    }
    /// Sets or (with null) removes an attribute; says whether that changed it, and from what.
    pub fn set(&mut self, name: &str, value: &Value, now: i64) -> Option<Value> {
        let before = self.attributes.get(name).cloned().unwrap_or(Value::Null);
        self.set_ms.insert(name.to_owned(), now);
        self.still_refused.remove(name);
        if value.is_null() {
            self.attributes.remove(name);
        } else {
            self.attributes.insert(name.to_owned(), value.clone());
        }
        (before != *value).then_some(before)
    }
}

/// What one arriving event did to the people.
#[derive(Default, Debug)]
pub struct Arrival {
    /// Whose the event is; nobody's yet if it is held or carries no identifier.
    pub person: Option<usize>,
    /// Earlier events that joined that person.
    pub joined: Vec<Joined>,
    /// People who became this person.
    pub absorbed: Vec<usize>,
    /// Names of the traits that changed.
    pub changed: Vec<String>,
    /// The event is held against its device.
    pub held: bool,
    /// Held events that were too old to join.
    pub expired: Vec<EventIndex>,
    /// Somebody else has claimed the device.
    pub refused: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Joined {
    pub event: EventIndex,
    /// It came by a merge of two profiles, not by a claim.
    pub by_merge: bool,
}

pub struct People<'a> {
    platform: &'a Platform,
    consent: &'a [ConsentSource],
    pub all: Vec<Person>,
    held: BTreeMap<String, Vec<EventIndex>>,
    /// Traits of anonymous identify calls, by device, with when they were said.
    held_traits: BTreeMap<String, BTreeMap<String, (Value, i64, i64)>>,
    claimed_ms: BTreeMap<String, i64>,
}

/// The identifiers of one call, strongest first.
struct Call {
    user: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    device: Option<String>,
    previous: Option<String>,
    traits: Value,
}

fn kind(id: &str) -> &str {
    id.split_once(':').map_or(id, |(kind, _)| kind)
}

fn usable(text: &str) -> bool {
    !text.trim().is_empty()
}

impl Call {
    fn of(log: &EventLog, event: &Event) -> Self {
        let text = |symbol| Some(log.text(symbol)).filter(|text| usable(text));
        let traits = if event.kind == EventKind::Identify { log.traits_value(event) } else { Value::Null };
        let trait_id = |name: &str| traits.get(name).and_then(Value::as_str).filter(|t| usable(t));
        Self {
            user: event.user_id.and_then(text).map(|v| format!("user_id:{v}")),
            email: trait_id("email").map(|v| format!("email:{}", v.trim().to_lowercase())),
            phone: trait_id("phone").map(|v| format!("phone:{v}")),
            device: event.anonymous_id.and_then(text).map(|v| format!("anonymous_id:{v}")),
            previous: event.previous_id.and_then(text).map(str::to_owned),
            traits,
        }
    }
}

impl<'a> People<'a> {
    pub fn new(platform: &'a Platform, consent: &'a [ConsentSource]) -> Self {
        Self {
            platform,
            consent,
            all: Vec::new(),
            held: BTreeMap::new(),
            held_traits: BTreeMap::new(),
            claimed_ms: BTreeMap::new(),
        }
    }

    /// Where all ids share one namespace, the value alone says who it is.
    /// Until when an anonymous event is kept.
    pub fn kept_until(&self, event: &Event) -> i64 {
        match self.platform.anonymous.value {
            Anonymous::Held { retention, .. } => event.happened_ms + retention.ms(),
            Anonymous::Profiles => i64::MAX,
        }
    }

    pub fn find(&self, id: &str) -> Option<usize> {
        let value = |id: &str| id.split_once(':').map(|(_, value)| value.to_owned());
        let shared = self.platform.name == "posthog";
        let same = |own: &String| own == id || (shared && value(own) == value(id));
        self.all.iter().position(|person| !person.gone && person.ids.iter().any(same))
    }

    fn make(&mut self, id: &str, now: i64) -> usize {
        self.all.push(Person {
            ids: BTreeSet::from([id.to_owned()]),
            created_ms: now,
            key: id.to_owned(),
            ..Person::default()
        });
        self.all.len() - 1
    }

    fn find_or_make(&mut self, id: &str, now: i64) -> usize {
        self.find(id).unwrap_or_else(|| self.make(id, now))
    }

    /// Applies one event that arrives now; it is in its owner's history afterwards.
    pub fn arrive(&mut self, log: &EventLog, index: EventIndex, now: i64) -> Arrival {
        let event = *log.event(index);
        let call = Call::of(log, &event);
        let mut arrival = match self.platform.name.as_str() {
            "customerio" => self.customerio(log, index, &call, now),
            "open" => self.open(log, &event, &call, now),
            "segment" | "rudderstack" if event.kind == EventKind::Merge => self.refused_merge(log, &event),
            "segment" => self.segment(&call, now),
            "rudderstack" => self.rudderstack(&event, &call, now),
            "posthog" => self.posthog(log, &event, &call, now),
            other => panic!("the oracle does not know {other}"),
        };
        if let Some(person) = arrival.person {
            self.all[person].history.push(index);
            let key = |joined: &Joined| {
                let event = log.event(joined.event);
                let id = log.message_id(event);
                let sent = id.starts_with("sent:").then_some(joined.event);
                (event.happened_ms, event.arrived_ms, sent, id.to_owned())
            };
            arrival.joined.sort_by_key(key);
        }
        arrival
    }

    fn apply_traits(
        &mut self,
        person: usize,
        call: &Call,
        left_out: &[&str],
        now: i64,
        arrival: &mut Arrival,
    ) {
        for (name, value) in call.traits.as_object().into_iter().flatten() {
            if left_out.contains(&name.as_str()) {
                continue;
            }
            if self.all[person].set(name, value, now).is_some() {
                arrival.changed.push(name.clone());
            }
        }
        arrival.changed.sort();
    }

    fn unsubscribes(&self, value: &Value) -> bool {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.platform.unsubscribed_values.value.iter().any(|v| v.eq_ignore_ascii_case(&text))
    }

    /// Names of the traits by which somebody refuses a consent.
    fn refused(&self, person: &Person) -> Vec<String> {
        let refuses = |name: &String, denied: &[String]| {
            person.still_refused.contains(name)
                || person
                    .attributes
                    .get(name)
                    .and_then(Value::as_str)
                    .is_some_and(|value| denied.iter().any(|word| word.eq_ignore_ascii_case(value)))
        };
        let traits = self.consent.iter().filter_map(|source| match &source.from {
            ConsentFrom::Trait(name) if refuses(name, &source.denied) => Some(name.clone()),
            _ => None,
        });
        traits.collect()
    }

    /// `absorbed` becomes part of `survivor`: history, claims, what attributes the platform takes.
    fn absorb(&mut self, survivor: usize, absorbed: usize, by_merge: bool, arrival: &mut Arrival) {
        let gone = self.all[absorbed].clone();
        self.all[absorbed].gone = true;
        self.all[absorbed].ids.clear();
        let newest = self.platform.attribute_wins.value == AttributeWins::Newest;
        let refuses = gone.attributes.get("unsubscribed").filter(|value| self.unsubscribes(value)).cloned();
        let refused: Vec<String> =
            [&self.all[survivor], &gone].into_iter().flat_map(|side| self.refused(side)).collect();
        let kept = &mut self.all[survivor];
        kept.named |= gone.named;
        for (name, value) in gone.attributes {
            let theirs = gone.set_ms.get(&name).copied().unwrap_or(0);
            let ours = kept.set_ms.get(&name).copied().unwrap_or(0);
            let free = !kept.attributes.contains_key(&name);
            if free || (newest && theirs > ours) {
                kept.set_ms.insert(name.clone(), theirs);
                kept.attributes.insert(name, value);
            }
        }
        if let Some(value) = refuses {
            kept.attributes.insert("unsubscribed".to_owned(), value);
        }
        kept.still_refused.extend(refused);
        arrival.joined.extend(gone.history.iter().map(|event| Joined { event: *event, by_merge }));
        kept.history.extend(gone.history);
        arrival.absorbed.push(absorbed);
    }

    /// Two profiles become one that has the identifiers of both.
    fn unite(&mut self, a: usize, b: usize, named: Option<usize>, arrival: &mut Arrival) -> usize {
        let (older, younger) = (a.min(b), a.max(b));
        let survivor = match self.platform.survivor.value {
            Survivor::Older => older,
            Survivor::KnownElseOlder => match (self.all[older].known(), self.all[younger].known()) {
                (false, true) => younger,
                _ => older,
            },
            Survivor::Named => named.unwrap_or(older),
        };
        let absorbed = if survivor == a { b } else { a };
        let both_known = self.all[a].known() && self.all[b].known();
        let ids = self.all[absorbed].ids.clone();
        self.absorb(survivor, absorbed, both_known, arrival);
        self.all[survivor].ids.extend(ids);
        survivor
    }

    // ---- customerio ----------------------------------------------------------------------

    fn customerio(&mut self, log: &EventLog, index: EventIndex, call: &Call, now: i64) -> Arrival {
        let event = log.event(index);
        let mut arrival = Arrival::default();
        match event.kind {
            EventKind::Merge => self.profile_merge(log, event, false, &mut arrival),
            EventKind::Identify if call.user.is_some() || call.email.is_some() => {
                self.customerio_identify(log, call, now, &mut arrival);
            }
            _ => match (&call.user, &call.device) {
                (Some(user), _) => arrival.person = Some(self.find_or_make(user, now)),
                (None, Some(device)) => {
                    self.hold_traits(device, call, now, self.kept_until(event));
                    match (self.find(device), self.claimed_ms.get(device)) {
                        (Some(_), Some(claimed))
                            if now - claimed <= 5 * MINUTE && now > self.kept_until(event) =>
                        {
                            arrival.expired.push(index);
                        }
                        (Some(owner), Some(claimed)) if now - claimed <= 5 * MINUTE => {
                            arrival.person = Some(owner);
                            self.apply_held_traits(owner, device, now, &mut arrival);
                        }
                        _ => {
                            self.held.entry(device.clone()).or_default().push(index);
                            arrival.held = true;
                        }
                    }
                }
                (None, None) => {}
            },
        }
        arrival
    }

    fn hold_traits(&mut self, device: &str, call: &Call, now: i64, kept: i64) {
        let held = self.held_traits.entry(device.to_owned()).or_default();
        for (name, value) in call.traits.as_object().into_iter().flatten() {
            held.insert(name.clone(), (value.clone(), now, kept));
        }
    }

    /// What was said anonymously counts where the profile lacks it; a refusal always.
    fn apply_held_traits(&mut self, person: usize, device: &str, now: i64, arrival: &mut Arrival) {
        for (name, (value, said, kept)) in self.held_traits.remove(device).unwrap_or_default() {
            if now > kept {
                continue;
            }
            let ours = self.all[person].attributes.get(&name);
            let refuses = name == "unsubscribed" && self.unsubscribes(&value);
            if ours.is_none() || (refuses && !ours.is_some_and(|ours| self.unsubscribes(ours))) {
                self.all[person].set(&name, &value, said);
                arrival.changed.push(name);
            }
        }
        arrival.changed.sort();
    }

    fn customerio_identify(&mut self, log: &EventLog, call: &Call, now: i64, arrival: &mut Arrival) {
        let by_user = call.user.as_ref().and_then(|id| self.find(id));
        let by_email = call.email.as_ref().and_then(|id| self.find(id));
        let mut left_out = Vec::new();
        let person = match (&call.user, &call.email) {
            (Some(user), Some(email)) => match (by_user, by_email) {
                (None, None) => {
                    let made = self.make(user, now);
                    self.all[made].ids.insert(email.clone());
                    made
                }
                (Some(one), None) => {
                    self.all[one].ids.retain(|id| kind(id) != "email");
                    self.all[one].ids.insert(email.clone());
                    one
                }
                (None, Some(one)) if self.all[one].id("user_id").is_none() => {
                    self.all[one].ids.insert(user.clone());
                    one
                }
                (Some(one), Some(two)) if one == two => one,
                (Some(one), Some(two))
                    if self.all[one].id("email").is_none() && self.all[two].id("user_id").is_none() =>
                {
                    let (survivor, absorbed) = (one.min(two), one.max(two));
                    let lost = self.all[absorbed].ids.clone();
                    self.absorb(survivor, absorbed, true, arrival);
                    for id in lost {
                        if kind(&id) == "anonymous_id" || self.all[survivor].id(kind(&id)).is_none() {
                            self.all[survivor].ids.insert(id);
                        }
                    }
                    survivor
                }
                (one, Some(_)) => {
                    left_out.push("email");
                    one.unwrap_or_else(|| self.make(user, now))
                }
            },
            (Some(user), None) => self.find_or_make(user, now),
            (None, Some(email)) => self.find_or_make(email, now),
            (None, None) => return,
        };
        if let Some(phone) = &call.phone {
            match self.find(phone) {
                Some(other) if other != person => left_out.push("phone"),
                _ => {
                    self.all[person].ids.retain(|id| kind(id) != "phone");
                    self.all[person].ids.insert(phone.clone());
                }
            }
        }
        self.apply_traits(person, call, &left_out, now, arrival);
        arrival.person = Some(person);
        // The claim: once, by one person.
        if let Some(device) = &call.device {
            if let Some(owner) = self.find(device) {
                arrival.refused = owner != person;
                return;
            }
            self.all[person].ids.insert(device.clone());
            self.claimed_ms.insert(device.clone(), now);
            self.apply_held_traits(person, device, now, arrival);
            for index in self.held.remove(device).unwrap_or_default() {
                if now <= self.kept_until(log.event(index)) {
                    self.all[person].history.push(index);
                    arrival.joined.push(Joined { event: index, by_merge: false });
                } else {
                    arrival.expired.push(index);
                }
            }
        }
    }

    /// A `merge` event. Where it unites, all identifiers stay; else the surplus goes.
    fn profile_merge(&mut self, log: &EventLog, event: &Event, unites: bool, arrival: &mut Arrival) {
        let sides = log.properties_value(event);
        let side = |name: &str| {
            let side = sides.get(name)?;
            let user = side.get("id").and_then(Value::as_str).map(|v| format!("user_id:{v}"));
            let email =
                side.get("email").and_then(Value::as_str).map(|v| format!("email:{}", v.to_lowercase()));
            self.find(&user.or(email)?)
        };
        arrival.person = side("primary");
        let (Some(primary), Some(secondary)) = (side("primary"), side("secondary")) else { return };
        if primary == secondary {
            return;
        }
        let ids = self.all[secondary].ids.clone();
        self.absorb(primary, secondary, true, arrival);
        for id in ids {
            if unites || kind(&id) == "anonymous_id" || self.all[primary].id(kind(&id)).is_none() {
                self.all[primary].ids.insert(id);
            }
        }
        // Who was merged on request is an identified person from then on.
        self.all[primary].named = true;
        arrival.person = Some(primary);
    }

    /// Where the platform has no such call, it still is one more event of whom it names first.
    fn refused_merge(&self, log: &EventLog, event: &Event) -> Arrival {
        let primary = log.properties_value(event)["primary"]["id"].as_str().map(|id| format!("user_id:{id}"));
        Arrival { person: primary.and_then(|id| self.find(&id)), ..Arrival::default() }
    }

    // ---- open ----------------------------------------------------------------------------

    fn fits_open(ids: &BTreeSet<String>) -> bool {
        ["user_id", "email", "phone"].iter().all(|one| ids.iter().filter(|id| kind(id) == *one).count() <= 1)
    }

    fn open(&mut self, log: &EventLog, event: &Event, call: &Call, now: i64) -> Arrival {
        let mut arrival = Arrival::default();
        if event.kind == EventKind::Merge {
            self.profile_merge(log, event, false, &mut arrival);
            return arrival;
        }
        let previous = (event.kind == EventKind::Alias).then(|| self.previous(call)).flatten();
        if event.kind != EventKind::Identify && previous.is_none() {
            arrival.person = call.user.as_ref().or(call.device.as_ref()).map(|id| self.find_or_make(id, now));
            return arrival;
        }
        let mut left_out = Vec::new();
        let mut person: Option<usize> = None;
        let mut fresh: BTreeSet<String> = BTreeSet::new();
        let carried = [&call.user, &call.email, &call.phone, &call.device, &previous];
        for id in carried.into_iter().flatten() {
            let so_far = person.map_or_else(|| fresh.clone(), |person| self.all[person].ids.clone());
            match self.find(id) {
                Some(other) if Some(other) == person => {}
                Some(other) => {
                    let union = so_far.union(&self.all[other].ids).cloned().collect();
                    if Self::fits_open(&union) {
                        let one = match person {
                            None => other,
                            Some(person) => self.unite(person, other, Some(person), &mut arrival),
                        };
                        self.all[one].ids.extend(std::mem::take(&mut fresh));
                        person = Some(one);
                    } else if kind(id) == "anonymous_id" {
                        self.all[other].ids.remove(id);
                        match person {
                            Some(person) => drop(self.all[person].ids.insert(id.clone())),
                            None => drop(fresh.insert(id.clone())),
                        }
                    } else {
                        left_out.push(kind(id));
                    }
                }
                None => {
                    let mut union = so_far;
                    union.insert(id.clone());
                    let fits = Self::fits_open(&union);
                    let replaces = self.when_full(kind(id)) == WhenFull::Replace;
                    match person {
                        Some(person) if fits => drop(self.all[person].ids.insert(id.clone())),
                        Some(person) if replaces => {
                            self.all[person].ids.retain(|old| kind(old) != kind(id));
                            self.all[person].ids.insert(id.clone());
                        }
                        Some(_) => left_out.push(kind(id)),
                        None => drop(fresh.insert(id.clone())),
                    }
                }
            }
        }
        if person.is_none() && !fresh.is_empty() {
            let first = carried.into_iter().flatten().find(|id| fresh.contains(*id));
            let first = first.cloned().unwrap_or_default();
            let made = self.make(&first, now);
            self.all[made].ids.extend(fresh);
            person = Some(made);
        }
        if let Some(person) = person {
            self.apply_traits(person, call, &left_out, now, &mut arrival);
        }
        arrival.person = person;
        arrival
    }

    fn when_full(&self, wanted: &str) -> WhenFull {
        let rules = &self.platform.identifiers.value;
        rules.iter().find(|rule| rule.kind == wanted).map_or(WhenFull::Refuse, |rule| rule.when_full)
    }

    // ---- segment -------------------------------------------------------------------------

    fn segment(&mut self, call: &Call, now: i64) -> Arrival {
        let mut arrival = Arrival::default();
        // Priority: user id, email, then the rest by name.
        let mut ids: Vec<String> =
            [&call.user, &call.email, &call.device, &call.phone].into_iter().flatten().cloned().collect();
        let blocked = |id: &str| {
            let value = id.split_once(':').map_or("", |(_, value)| value);
            ["-1", "null", "anonymous"].contains(&value) || value.chars().all(|c| c == '0' || c == '-')
        };
        ids.retain(|id| !blocked(id));
        while !ids.is_empty() {
            let matched: BTreeSet<usize> = ids.iter().filter_map(|id| self.find(id)).collect();
            let mut union: BTreeSet<String> = ids.iter().cloned().collect();
            for person in &matched {
                union.extend(self.all[*person].ids.iter().cloned());
            }
            let count = |wanted: &str| union.iter().filter(|id| kind(id) == wanted).count();
            let fits =
                count("user_id") <= 1 && ["email", "anonymous_id", "phone"].iter().all(|k| count(k) <= 5);
            if !fits {
                ids.pop();
                continue;
            }
            let named = self.find(&ids[0]);
            let mut matched = matched.into_iter();
            let mut person = matched.next().unwrap_or_else(|| self.make(&ids[0], now));
            for other in matched {
                person = self.unite(person, other, named, &mut arrival);
            }
            self.all[person].ids.extend(ids);
            let mut left_out = Vec::new();
            for (id, name) in [(&call.email, "email"), (&call.phone, "phone")] {
                if id.as_ref().is_some_and(|id| !self.all[person].ids.contains(id)) {
                    left_out.push(name);
                }
            }
            self.apply_traits(person, call, &left_out, now, &mut arrival);
            arrival.person = Some(person);
            break;
        }
        arrival
    }

    // ---- rudderstack and posthog ---------------------------------------------------------

    fn rudderstack(&mut self, event: &Event, call: &Call, now: i64) -> Arrival {
        let mut arrival = Arrival::default();
        let previous = (event.kind == EventKind::Alias).then(|| self.previous(call)).flatten();
        let ids: Vec<&String> = [&call.user, &call.device, &previous].into_iter().flatten().collect();
        let mut person: Option<usize> = None;
        for id in ids {
            person = Some(match (person, self.find(id)) {
                (None, found) => found.unwrap_or_else(|| self.make(id, now)),
                (Some(one), None) => {
                    self.all[one].ids.insert(id.clone());
                    one
                }
                (Some(one), Some(two)) if one == two => one,
                (Some(one), Some(two)) => self.unite(one, two, Some(one), &mut arrival),
            });
        }
        if let Some(person) = person {
            self.apply_traits(person, call, &[], now, &mut arrival);
        }
        arrival.person = person;
        arrival
    }

    fn posthog(&mut self, log: &EventLog, event: &Event, call: &Call, now: i64) -> Arrival {
        let mut arrival = Arrival::default();
        if event.kind == EventKind::Merge {
            self.profile_merge(log, event, true, &mut arrival);
            return arrival;
        }
        let links = matches!(event.kind, EventKind::Identify | EventKind::Alias);
        let other = match event.kind {
            EventKind::Alias => self.previous(call),
            _ => call.device.clone(),
        };
        let (Some(named_id), Some(other_id), true) = (&call.user, &other, links) else {
            let id = call.user.as_ref().or(call.device.as_ref());
            arrival.person = id.map(|id| self.find_or_make(id, now));
            if let Some(person) = arrival.person {
                self.all[person].named |= event.kind == EventKind::Identify && call.user.is_some();
                self.apply_traits(person, call, &[], now, &mut arrival);
            }
            return arrival;
        };
        let person = match (self.find(named_id), self.find(other_id)) {
            (None, None) => {
                let made = self.make(named_id, now);
                self.all[made].ids.insert(other_id.clone());
                made
            }
            (Some(one), None) => {
                self.all[one].ids.insert(other_id.clone());
                one
            }
            (None, Some(one)) => {
                self.all[one].ids.insert(named_id.clone());
                one
            }
            (Some(one), Some(two)) if one == two => one,
            (Some(one), Some(two)) if !self.all[two].named => self.unite(one, two, Some(one), &mut arrival),
            (Some(one), Some(_)) => one,
        };
        self.all[person].named = true;
        self.apply_traits(person, call, &[], now, &mut arrival);
        arrival.person = Some(person);
        arrival
    }

    /// `previousId` is a user id if one is known, else an anonymous id.
    fn previous(&self, call: &Call) -> Option<String> {
        let value = call.previous.as_ref()?;
        let user = format!("user_id:{value}");
        Some(if self.find(&user).is_some() { user } else { format!("anonymous_id:{value}") })
    }
}
