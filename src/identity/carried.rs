//! The identifiers that one call carries, wherever in the call they are.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    identifier::Identifier,
    outcome::RefusalReason,
    register::{Found, IdNo, Register},
    vocabulary::RuleNo,
};
use crate::recording::{Event, EventLog};

/// Traits that name an identifier of the same kind.
const NAMING_TRAITS: [&str; 2] = [Identifier::EMAIL, Identifier::PHONE];

/// One identifier of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub id: IdNo,
    /// The rule of the kind the call says it is.
    pub rule: RuleNo,
    /// Whether the call says it is an anonymous id.
    pub anonymous: bool,
}

/// What one call carries.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// Identifiers, strongest first, each once.
    pub items: Vec<Item>,
    /// Values that may not be identifiers, and why.
    pub refused: Vec<(Identifier, RefusalReason)>,
}

impl Carried {
    /// Everything a call carries: user id, the naming traits among `traits`, external ids and
    /// anonymous id. `traits` is `None` where traits name nobody.
    pub fn of(register: &mut Register<'_>, log: &EventLog, event: &Event, traits: Option<&Value>) -> Self {
        let mut carried = Self::default();
        if let Some(user) = event.user_id {
            let found = register.user(log, user);
            carried.keep(register, Identifier::USER, log.text(user), found);
        }
        for kind in NAMING_TRAITS {
            if let Some(value) = traits.and_then(|traits| traits.get(kind)) {
                carried.add(register, kind, value);
            }
        }
        if event.names_external_ids {
            carried.add_external_ids(register, &log.context_value(event));
        }
        if let Some(anonymous) = event.anonymous_id {
            let found = register.anonymous(log, anonymous);
            carried.keep(register, Identifier::ANONYMOUS, log.text(anonymous), found);
        }
        carried.in_order(register);
        carried
    }

    /// One side of a profile merge: an object such as `{"id": …}` or `{"email": …}`, or a bare id.
    pub fn side(register: &mut Register<'_>, side: &Value) -> Self {
        let mut carried = Self::default();
        match side {
            Value::Object(named) => {
                for (kind, value) in named {
                    let kind = if kind == "id" { Identifier::USER } else { kind };
                    carried.add(register, kind, value);
                }
            }
            bare => carried.add(register, Identifier::USER, bare),
        }
        carried.in_order(register);
        carried
    }

    /// Adds the identifier of a kind with this value, if it is one.
    pub fn add(&mut self, register: &mut Register<'_>, kind: &str, value: &Value) {
        let (Some(rule), Some(text)) = (register.vocabulary.rule_of(kind), id_text(value)) else { return };
        let found = register.intern(rule, kind, &text);
        self.keep(register, kind, &text, found);
    }

    /// Brings the items in order of strength: by rule, kinds of one rule by name, then as read.
    pub fn in_order(&mut self, register: &Register<'_>) {
        let kind = |item: &Item| &register.get(item.id).identifier.kind;
        self.items.sort_by(|a, b| a.rule.cmp(&b.rule).then_with(|| kind(a).cmp(kind(b))));
        let mut position = 0;
        while let Some(item) = self.items.get(position).copied() {
            let seen = self.items[..position].iter().any(|earlier| earlier.id == item.id);
            if seen {
                self.items.remove(position);
            } else {
                position += 1;
            }
        }
    }

    fn add_external_ids(&mut self, register: &mut Register<'_>, context: &Value) {
        let ids = context.get("externalIds").and_then(Value::as_array);
        for id in ids.into_iter().flatten().filter_map(Value::as_object) {
            if is_of_users(id)
                && let (Some(kind), Some(value)) = (id.get("type").and_then(Value::as_str), id.get("id"))
            {
                self.add(register, kind, value);
            }
        }
    }

    fn keep(&mut self, register: &Register<'_>, kind: &str, value: &str, found: Found) {
        match found {
            Found::Id(id) => {
                let rule = register.vocabulary.rule_of(kind).unwrap_or(register.get(id).rule);
                self.items.push(Item { id, rule, anonymous: kind == Identifier::ANONYMOUS });
            }
            Found::Refused(reason) => self.refused.push((Identifier::new(kind, value), reason)),
            Found::Nothing => {}
        }
    }
}

/// Whether an external id is a person's: the collection `users`, which is the default.
fn is_of_users(id: &Map<String, Value>) -> bool {
    id.get("collection").and_then(Value::as_str).is_none_or(|collection| collection == "users")
}

/// The text of a value that may be an id: text, or a number as it is written.
pub(super) fn id_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}
