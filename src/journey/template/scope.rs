//! Where a rendering template finds its variables.

use std::{cell::RefCell, collections::BTreeSet, fmt, rc::Rc};

use liquid::{
    ObjectView, ValueView,
    model::{
        ArrayView, DisplayCow, KString, KStringCow, KStringRef, ScalarCow, State, Value, ValueCow, try_find,
    },
};
use liquid_core::{
    Error, Result, Runtime,
    runtime::{PartialStore, Registers},
};
use serde_json::{Map, Value as Json};

use super::budget::{Budget, BudgetHandle, weight};

/// A variable that is absent: nil, but also a list without elements, so that
/// `{% if customer.tags contains 'vip' %}` and `{% for %}` over it are quietly false and empty.
#[derive(Debug)]
pub(super) struct Absent;

/// The one absent value.
pub(super) static ABSENT: Absent = Absent;
static NIL: Value = Value::Nil;

impl ValueView for Absent {
    fn as_debug(&self) -> &dyn fmt::Debug {
        self
    }
    fn render(&self) -> DisplayCow<'_> {
        NIL.render()
    }
    fn source(&self) -> DisplayCow<'_> {
        NIL.source()
    }
    fn type_name(&self) -> &'static str {
        "nil"
    }
    fn query_state(&self, state: State) -> bool {
        NIL.query_state(state)
    }
    fn to_kstr(&self) -> KStringCow<'_> {
        KStringCow::from_static("")
    }
    fn to_value(&self) -> Value {
        Value::Nil
    }
    fn as_array(&self) -> Option<&dyn ArrayView> {
        Some(self)
    }
    fn is_nil(&self) -> bool {
        true
    }
}

impl ArrayView for Absent {
    fn as_value(&self) -> &dyn ValueView {
        self
    }
    fn size(&self) -> i64 {
        0
    }
    fn values<'k>(&'k self) -> Box<dyn Iterator<Item = &'k dyn ValueView> + 'k> {
        Box::new(std::iter::empty())
    }
    fn contains_key(&self, _index: i64) -> bool {
        false
    }
    fn get(&self, _index: i64) -> Option<&dyn ValueView> {
        None
    }
}

/// The variables a template was given, and those it made.
///
/// The given ones stay JSON; only what the template reads is converted.
pub(super) struct Scope<'a> {
    layers: &'a [&'a Map<String, Json>],
    provided: [(&'static str, Value); 2],
    assigned: RefCell<liquid::Object>,
    counters: RefCell<liquid::Object>,
    registers: Registers,
    budget: Rc<Budget>,
}

impl<'a> Scope<'a> {
    /// A scope in which the first layer that has a name wins. `now` and `today` are texts that
    /// the `date` filter reads.
    pub fn new(layers: &'a [&'a Map<String, Json>], now: String, today: String) -> Self {
        let registers = Registers::default();
        let budget = Rc::clone(&registers.get_mut::<BudgetHandle>().0);
        Self {
            layers,
            provided: [("now", Value::scalar(now)), ("today", Value::scalar(today))],
            assigned: RefCell::default(),
            counters: RefCell::default(),
            registers,
            budget,
        }
    }
    /// What this rendering may still cost.
    pub const fn budget(&self) -> &Rc<Budget> {
        &self.budget
    }

    /// The value at a path, owned. `None` if there is none.
    fn find(&self, path: &[ScalarCow<'_>]) -> Result<Option<Value>> {
        let Some((root, rest)) = path.split_first() else { return Ok(None) };
        let root = root.to_kstr();
        if let Some(value) = self.assigned.borrow().get(root.as_str()) {
            return self.copy(try_find(value, rest));
        }
        if let Some(value) = self.layers.iter().find_map(|layer| layer.get(root.as_str())) {
            return match find_json(value, rest) {
                Some(Found::Json(value)) => {
                    self.budget.charge(json_weight(value))?;
                    Ok(Some(from_json(value)))
                }
                Some(Found::Size(size)) => Ok(Some(Value::scalar(size as i64))),
                None => Ok(None),
            };
        }
        let provided = self.provided.iter().find(|(name, _)| *name == root.as_str());
        provided.map_or(Ok(None), |(_, value)| self.copy(try_find(value, rest)))
    }

    fn copy(&self, value: Option<ValueCow<'_>>) -> Result<Option<Value>> {
        let Some(value) = value else { return Ok(None) };
        self.budget.charge(weight(value.as_view()))?;
        Ok(Some(value.into_owned()))
    }
}

impl Runtime for Scope<'_> {
    fn partials(&self) -> &dyn PartialStore {
        &NoPartials
    }
    fn name(&self) -> Option<KStringRef<'_>> {
        None
    }
    fn roots(&self) -> BTreeSet<KStringCow<'_>> {
        self.layers.iter().flat_map(|layer| layer.keys()).map(|key| KStringCow::from_ref(key)).collect()
    }
    fn try_get(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        self.get(path).ok().filter(|value| !value.is_nil())
    }
    fn get(&self, path: &[ScalarCow<'_>]) -> Result<ValueCow<'_>> {
        self.budget.step()?;
        let value = self.find(path)?.filter(|value| !value.is_nil());
        Ok(value.map_or(ValueCow::Borrowed(&ABSENT), ValueCow::Owned))
    }
    fn set_global(&self, name: KString, value: Value) -> Option<Value> {
        self.assigned.borrow_mut().insert(name, value)
    }
    fn set_index(&self, name: KString, value: Value) -> Option<Value> {
        self.counters.borrow_mut().insert(name, value)
    }
    fn get_index<'a>(&'a self, name: &str) -> Option<ValueCow<'a>> {
        self.counters.borrow().get(name).cloned().map(ValueCow::Owned)
    }
    fn registers(&self) -> &Registers {
        // Every element that is rendered asks for the registers (to see a `break`): the one place
        // where all of them can be counted.
        self.budget.count_step();
        &self.registers
    }
}

/// One turn of a loop: its variable, and `forloop` or `tablerow`.
pub(super) struct LoopFrame<'a> {
    pub parent: &'a dyn Runtime,
    pub budget: &'a Budget,
    pub variable: &'a str,
    pub value: &'a dyn ValueView,
    pub loop_name: &'static str,
    pub loop_value: liquid::Object,
}

impl Runtime for LoopFrame<'_> {
    fn partials(&self) -> &dyn PartialStore {
        self.parent.partials()
    }
    fn name(&self) -> Option<KStringRef<'_>> {
        self.parent.name()
    }
    fn roots(&self) -> BTreeSet<KStringCow<'_>> {
        self.parent.roots()
    }
    fn try_get(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        self.get(path).ok().filter(|value| !value.is_nil())
    }
    fn get(&self, path: &[ScalarCow<'_>]) -> Result<ValueCow<'_>> {
        let Some((root, rest)) = path.split_first() else { return Ok(ValueCow::Borrowed(&ABSENT)) };
        let root = root.to_kstr();
        let found = if root.as_str() == self.variable {
            try_find(self.value, rest)
        } else if root.as_str() == self.loop_name {
            try_find(self.loop_value.as_value(), rest)
        } else {
            return self.parent.get(path);
        };
        self.budget.step()?;
        let Some(found) = found.filter(|value| !value.is_nil()) else {
            return Ok(ValueCow::Borrowed(&ABSENT));
        };
        self.budget.charge(weight(found.as_view()))?;
        Ok(found)
    }
    fn set_global(&self, name: KString, value: Value) -> Option<Value> {
        self.parent.set_global(name, value)
    }
    fn set_index(&self, name: KString, value: Value) -> Option<Value> {
        self.parent.set_index(name, value)
    }
    fn get_index<'a>(&'a self, name: &str) -> Option<ValueCow<'a>> {
        self.parent.get_index(name)
    }
    fn registers(&self) -> &Registers {
        self.parent.registers()
    }
}

/// Templates include nothing.
#[derive(Debug)]
struct NoPartials;

impl PartialStore for NoPartials {
    fn contains(&self, _name: &str) -> bool {
        false
    }
    fn names(&self) -> Vec<&str> {
        Vec::new()
    }
    fn try_get(&self, _name: &str) -> Option<std::sync::Arc<dyn liquid_core::Renderable>> {
        None
    }
    fn get(&self, name: &str) -> Result<std::sync::Arc<dyn liquid_core::Renderable>> {
        Err(Error::with_msg(format!("there is no template “{name}” to include")))
    }
}

/// What a path leads to in JSON.
enum Found<'j> {
    Json(&'j Json),
    /// `.size` of a list, object or text.
    Size(usize),
}

fn find_json<'j>(value: &'j Json, path: &[ScalarCow<'_>]) -> Option<Found<'j>> {
    let Some((index, rest)) = path.split_first() else { return Some(Found::Json(value)) };
    let key = index.to_kstr();
    let child = match value {
        Json::Object(fields) => fields.get(key.as_str()),
        Json::Array(items) => match (index.to_integer(), key.as_str()) {
            (Some(at), _) if at < 0 => items.get(items.len().checked_sub(at.unsigned_abs() as usize)?),
            (Some(at), _) => items.get(at as usize),
            (None, "first") => items.first(),
            (None, "last") => items.last(),
            _ => None,
        },
        _ => None,
    };
    match child {
        Some(child) => find_json(child, rest),
        None if rest.is_empty() && key.as_str() == "size" => match value {
            Json::Object(fields) => Some(Found::Size(fields.len())),
            Json::Array(items) => Some(Found::Size(items.len())),
            Json::String(text) => Some(Found::Size(text.chars().count())),
            _ => None,
        },
        None => None,
    }
}

/// JSON as Liquid sees it.
fn from_json(value: &Json) -> Value {
    match value {
        Json::Null => Value::Nil,
        Json::Bool(truth) => Value::scalar(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::scalar(whole),
            None => Value::scalar(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::scalar(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(from_json).collect()),
        Json::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| (KString::from_ref(key), from_json(value)));
            Value::Object(fields.collect())
        }
    }
}

fn json_weight(value: &Json) -> u64 {
    match value {
        Json::String(text) => 16 + text.len() as u64,
        Json::Array(items) => 16 + items.iter().map(json_weight).sum::<u64>(),
        Json::Object(fields) => {
            16 + fields.iter().map(|(key, value)| key.len() as u64 + json_weight(value)).sum::<u64>()
        }
        _ => 16,
    }
}
