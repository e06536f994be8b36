//! What messages and prompts say: their templates, and what those may print.

use serde_json::{Map, Value};

use super::{
    plan::{BlockPlan, template_of},
    state::{RunSlot, Written},
    world::World,
};
use crate::{
    identity::ProfileId,
    journey::Template,
    recording::{EventIndex, facts::Facts},
    simulator::template::{CompiledTemplate, TemplateError, is_plain},
};

/// What a template may print.
type Scope = Map<String, Value>;

impl<'a> World<'a> {
    /// Writes a message for somebody. What is absent is told of one that fails, too.
    pub(super) fn render(&mut self, slot: RunSlot) -> (Written, Result<(), TemplateError>) {
        let planned = self.block_of(slot);
        let run = &self.runs[slot];
        let (profile, trigger) = (run.profile, run.trigger.event);
        self.render_block(planned, |world| {
            let facts = world.facts(profile, world.now_ms, &planned.facts);
            world.scope(world.customer(profile), trigger, &facts)
        })
    }

    /// Writes the text of a block. `scope` is asked for only by a text that prints something.
    pub(super) fn render_block(
        &mut self,
        planned: &BlockPlan<'a>,
        scope: impl FnOnce(&Self) -> Scope,
    ) -> (Written, Result<(), TemplateError>) {
        let mut written = Written::default();
        let Some(template) = template_of(planned.block) else { return (written, Ok(())) };
        let reads_nothing = is_plain(&template.subject) && is_plain(&template.body);
        let scope = if reads_nothing { Scope::new() } else { scope(self) };
        let rendered = self.render_both(template, &scope, &mut written);
        written.absent.sort_unstable();
        written.absent.dedup();
        if rendered.is_err() {
            written = Written { absent: written.absent, ..Written::default() };
        }
        (written, rendered)
    }

    fn render_both(
        &mut self,
        template: &'a Template,
        scope: &Scope,
        written: &mut Written,
    ) -> Result<(), TemplateError> {
        let missing = self.shared.input.platform.missing_variable.value;
        let now_ms = self.now_ms;
        let parts = [(&template.subject, &mut written.subject), (&template.body, &mut written.body)];
        let mut rendered = Ok(());
        for (source, text) in parts {
            // Parsed once in each world: a parsed template keeps its budget to itself.
            let parsed = self.templates.entry(source).or_insert_with(|| CompiledTemplate::parse(source));
            let parsed = parsed.as_ref().map_err(Clone::clone)?;
            written.absent.extend(parsed.absent(scope));
            match parsed.render(scope, now_ms, missing) {
                Ok(done) => *text = done.text,
                Err(error) => rendered = rendered.and(Err(error)),
            }
        }
        rendered
    }

    /// What a template prints as `customer`: attributes and identifiers.
    fn customer(&self, profile: ProfileId) -> Scope {
        let who = self.resolver.profile(profile);
        let mut customer: Scope =
            who.attributes.iter().map(|(name, value)| (name.to_string(), value.value.clone())).collect();
        for (field, kind) in [("id", "user_id"), ("email", "email"), ("phone", "phone")] {
            if let Some(value) = who.identifier(kind) {
                customer.entry(field).or_insert_with(|| Value::String(value.to_owned()));
            }
        }
        customer
    }

    /// What a template may print: `customer`, `event` (the trigger), and the facts it asks for.
    pub(super) fn scope(&self, customer: Scope, trigger: Option<EventIndex>, facts: &Facts) -> Scope {
        let mut scope = Scope::new();
        scope.insert("customer".to_owned(), Value::Object(customer));
        if let Some(event) = trigger {
            let mut properties = match self.event_properties(event) {
                Value::Object(properties) => properties,
                _ => Scope::new(),
            };
            properties.entry("event_name").or_insert_with(|| Value::String(self.name_of(event).to_owned()));
            scope.insert("event".to_owned(), Value::Object(properties));
        }
        if let Value::Object(facts) = facts.tree() {
            let pick = |keys: &[&str]| {
                let picked =
                    keys.iter().filter_map(|key| Some(((*key).to_owned(), facts.get(*key)?.clone())));
                Value::Object(picked.collect())
            };
            scope.insert("history".to_owned(), pick(&["viewed", "orders"]));
            scope.insert("catalog".to_owned(), pick(&["recommendations"]));
            scope.extend(facts.clone());
        }
        scope
    }
}
