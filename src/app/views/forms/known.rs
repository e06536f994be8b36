//! What there is to suggest: names and values of the recordings, names used in the workspace.

use std::collections::{BTreeMap, BTreeSet};

use super::{Form, suggestion::Suggestion};
use crate::{
    journey::{BlockKind, EventRef, Journey, Message},
    recording::{SeenValues, Taxonomy, ValueKinds},
    words::condition::event_title,
};

impl Form<'_> {
    /// What the recordings hold, once they are replayed.
    pub fn taxonomy(&self) -> Option<&Taxonomy> {
        self.model.outcome.as_ref().map(|outcome| &*outcome.taxonomy)
    }

    /// Track events by name.
    pub fn events(&self) -> Vec<Suggestion> {
        let all = counted(self.taxonomy().map(|taxonomy| &taxonomy.seen.events));
        let roles = self.model.workspace().map(|workspace| &workspace.facts.roles);
        let called = |name: &str| roles?.role_of(name).map(|role| event_title(&EventRef::Role(role)));
        let with_role = |it: Suggestion| {
            let called = called(&it.text);
            it.also(called)
        };
        all.into_iter().map(with_role).collect()
    }

    /// Pages by name.
    pub fn pages(&self) -> Vec<Suggestion> {
        counted(self.taxonomy().map(|taxonomy| &taxonomy.seen.pages))
    }

    /// Attributes by path.
    pub fn attributes(&self) -> Vec<Suggestion> {
        let mut all: Vec<Suggestion> =
            self.taxonomy().map_or_else(Vec::new, |taxonomy| paths(&taxonomy.seen.attributes));
        let set =
            self.model.journeys().iter().flat_map(|journey| journey.blocks.values()).flat_map(|block| {
                let names: Vec<&String> = match &block.kind {
                    BlockKind::UpdateAttributes { set } => set.keys().collect(),
                    _ => Vec::new(),
                };
                names
            });
        all.extend(set.map(Suggestion::known));
        unique(all)
    }

    /// What an attribute was.
    pub fn attribute_values(&self, path: &str) -> Vec<Suggestion> {
        let seen = self.taxonomy().and_then(|taxonomy| taxonomy.seen.attributes.get(path));
        counted(seen.map(|seen| &seen.values))
    }

    /// Which kinds an attribute had.
    pub fn attribute_kinds(&self, path: &str) -> Option<ValueKinds> {
        self.taxonomy()?.attributes.get(path).copied()
    }

    /// Names under which an event that is meant was recorded.
    fn names_of<'e>(&'e self, event: &'e EventRef) -> Vec<&'e str> {
        match event {
            EventRef::Named(name) | EventRef::Page(Some(name)) => vec![name],
            EventRef::Role(role) => {
                let Some(workspace) = self.model.workspace() else { return Vec::new() };
                let seen = |name: &&str| self.taxonomy().is_some_and(|it| it.events.contains_key(*name));
                workspace.facts.roles.names(*role).filter(seen).collect()
            }
            EventRef::Page(None) => {
                self.taxonomy().map_or_else(Vec::new, |it| it.seen.pages.keys().map(String::as_str).collect())
            }
        }
    }

    /// Properties of an event, and the catalogue's columns where it speaks of products.
    pub fn properties(&self, event: &EventRef) -> Vec<Suggestion> {
        let Some(taxonomy) = self.taxonomy() else { return Vec::new() };
        let seen = self.names_of(event).into_iter().filter_map(|name| taxonomy.seen.properties.get(name));
        let mut all: Vec<Suggestion> = seen.flat_map(paths).collect();
        if all.iter().any(|it| it.text.ends_with("product_id")) {
            all.extend(self.catalog_columns().into_iter().map(Suggestion::known));
        }
        unique(all)
    }

    /// What a property of an event was; for a column of the catalogue, what it holds there.
    pub fn property_values(&self, event: &EventRef, path: &str) -> Vec<Suggestion> {
        let Some(taxonomy) = self.taxonomy() else { return Vec::new() };
        let mut all: BTreeMap<String, u64> = BTreeMap::new();
        for name in self.names_of(event) {
            let seen = taxonomy.seen.properties.get(name);
            for (path_seen, values) in seen.into_iter().flatten() {
                if plain(path_seen) == plain(path) {
                    for (value, times) in &values.values {
                        *all.entry(value.clone()).or_default() += times;
                    }
                }
            }
        }
        if all.is_empty() { self.catalog_values(path) } else { counted(Some(&all)) }
    }

    /// Which kinds a property of an event had.
    pub fn property_kinds(&self, event: &EventRef, path: &str) -> Option<ValueKinds> {
        let taxonomy = self.taxonomy()?;
        let kinds = self.names_of(event).into_iter().filter_map(|name| taxonomy.events.get(name));
        kinds.flatten().filter(|(seen, _)| plain(seen) == plain(path)).map(|(_, kinds)| *kinds).reduce(
            |a, b| ValueKinds {
                text: a.text || b.text,
                number: a.number || b.number,
                boolean: a.boolean || b.boolean,
                list: a.list || b.list,
                object: a.object || b.object,
            },
        )
    }

    fn catalog_columns(&self) -> BTreeSet<String> {
        let products = self.model.workspace().map(|workspace| workspace.catalog.products());
        products
            .into_iter()
            .flat_map(|products| products.values().take(PRODUCTS))
            .filter_map(|product| product.as_object())
            .flat_map(|product| product.keys().cloned())
            .collect()
    }

    fn catalog_values(&self, path: &str) -> Vec<Suggestion> {
        let column = path.rsplit(['.', ']']).next().unwrap_or(path);
        let Some(workspace) = self.model.workspace() else { return Vec::new() };
        let mut values = BTreeSet::new();
        for value in
            workspace.catalog.products().values().take(PRODUCTS).filter_map(|product| product.get(column))
        {
            let all = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            values.extend(
                all.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
            );
        }
        values.into_iter().take(60).map(Suggestion::known).collect()
    }

    /// Topics that messages have.
    pub fn topics(&self) -> Vec<Suggestion> {
        self.of_messages(|message| message.topic.as_ref())
    }

    /// Offers that messages make.
    pub fn offers(&self) -> Vec<Suggestion> {
        self.of_messages(|message| message.offer.as_ref())
    }

    fn of_messages<'m>(&'m self, pick: impl Fn(&'m Message) -> Option<&'m String>) -> Vec<Suggestion> {
        let blocks = self.model.journeys().iter().flat_map(|journey| journey.blocks.values());
        let used = blocks.filter_map(|block| match &block.kind {
            BlockKind::Message(message) => pick(message),
            _ => None,
        });
        unique(used.map(Suggestion::known).collect())
    }

    /// Audiences that blocks add to.
    pub fn audiences(&self) -> Vec<Suggestion> {
        let blocks = self.model.journeys().iter().flat_map(|journey| journey.blocks.values());
        let used = blocks.filter_map(|block| match &block.kind {
            BlockKind::Audience { audience, .. } => Some(Suggestion::known(audience)),
            _ => None,
        });
        unique(used.collect())
    }

    /// Facts that a condition or template can read, without those nobody has a product for.
    pub fn facts(&self) -> Vec<Suggestion> {
        let mut all: Vec<String> = FACTS.iter().map(|fact| (*fact).to_owned()).collect();
        let columns = self.catalog_columns();
        for root in ["last_viewed", "cart.products[]", "orders.products[]", "viewed[]"] {
            all.extend(columns.iter().map(|column| format!("{root}.{column}")));
        }
        unique(all.into_iter().map(Suggestion::known).collect())
    }

    /// Journeys: id and name.
    pub fn journey_names(&self) -> Vec<(&Journey, &str)> {
        self.model.journeys().iter().map(|journey| (&**journey, journey.name.as_str())).collect()
    }
}

/// Products looked at for names and values: the columns of a catalogue are those of its first.
const PRODUCTS: usize = 2_000;

/// Facts beside those of products.
const FACTS: [&str; 17] = [
    "first_session.campaign.name",
    "first_session.campaign.source",
    "first_session.campaign.medium",
    "first_session.landing_path",
    "first_session.referrer",
    "first_session.started_at",
    "last_session.campaign.name",
    "last_session.landing_path",
    "last_session.started_at",
    "cart.count",
    "cart.value",
    "cart.updated_at",
    "last_viewed.viewed_at",
    "last_viewed.count",
    "orders.count",
    "orders.total",
    "orders.last_at",
];

fn counted(counts: Option<&BTreeMap<String, u64>>) -> Vec<Suggestion> {
    counts.into_iter().flatten().map(|(text, times)| Suggestion::seen(text, *times)).collect()
}

/// Paths that lead to values; a list or object is nothing to compare with.
fn paths(seen: &BTreeMap<String, SeenValues>) -> Vec<Suggestion> {
    seen.iter()
        .filter(|(_, seen)| !seen.values.is_empty())
        .map(|(path, seen)| Suggestion::seen(path.trim_end_matches("[]"), seen.times))
        .collect()
}

/// One of each text: the one seen most often. What a new block has not said yet is no suggestion.
fn unique(all: Vec<Suggestion>) -> Vec<Suggestion> {
    let mut by_text: BTreeMap<String, Option<u64>> = BTreeMap::new();
    for it in all.into_iter().filter(|it| !it.text.trim().is_empty()) {
        let seen = by_text.entry(it.text).or_default();
        *seen = (*seen).max(it.seen);
    }
    by_text.into_iter().map(|(text, seen)| Suggestion { text, seen, also: None }).collect()
}

/// A path without its list marks.
fn plain(path: &str) -> String {
    path.replace("[]", "")
}
