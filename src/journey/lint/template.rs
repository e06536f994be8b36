//! Rules about templates: Liquid that is none, variables that nothing would ever fill.

use std::collections::BTreeSet;

use super::{
    Look, Place, Problem,
    facts::missing_fact,
    names::hint,
    values::{CATALOG_COLUMNS, OWN_ATTRIBUTES, event_names, kinds_of},
};
use crate::{
    journey::{BlockKind, Template, Trigger, format::read::nearest_name, template::CompiledTemplate},
    recording::facts::FactKey,
};

/// Roots beside the facts.
const ROOTS: [&str; 4] = ["customer", "event", "history", "catalog"];
/// `template_not_liquid`: a text that cannot be rendered for anybody.
/// `unknown_template_variable`: a variable that no event, person or fact has.
pub(super) fn templates(look: &Look<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, block) in &look.journey.blocks {
        let template: &Template = match &block.kind {
            BlockKind::Message(message) => &message.template,
            BlockKind::OnSitePrompt { template, .. } => template,
            _ => continue,
        };
        let mut read = BTreeSet::new();
        for (part, source) in [("subject", &template.subject), ("text", &template.body)] {
            match CompiledTemplate::parse(source) {
                Ok(compiled) => read.extend(compiled.variables()),
                Err(error) => {
                    let text = format!(
                        "The {part} of “{}” is no Liquid that can be printed: {error}.",
                        look.name(id)
                    );
                    problems.push(Problem::error("template_not_liquid", Place::block(id), text));
                }
            }
        }
        for variable in read {
            if let Some(why) = missing(look, &variable) {
                let text = format!("“{}” prints “{variable}”: {why}", look.name(id));
                let problem = Problem::warning("unknown_template_variable", Place::block(id), text);
                problems.push(problem.about(variable));
            }
        }
    }
    problems
}

/// Why a variable is never filled, or `None` if it may be.
fn missing(look: &Look<'_>, variable: &str) -> Option<String> {
    let (root, rest) = match variable.find(['.', '[']) {
        Some(at) => (&variable[..at], variable[at..].trim_start_matches('.')),
        None => (variable, ""),
    };
    match root {
        "event" => missing_property(look, rest),
        "customer" => missing_attribute(look, rest),
        "history" | "catalog" => {
            let allowed: &[&str] =
                if root == "history" { &["viewed", "orders"] } else { &["recommendations"] };
            let key = rest.split(['.', '[']).next().unwrap_or_default();
            if key.is_empty() {
                None
            } else if allowed.contains(&key) {
                missing_fact(look, rest).map(|hint| format!("there is no such fact{hint}."))
            } else {
                Some(format!("{root} has only {}.", allowed.join(" and ")))
            }
        }
        fact if FactKey::of_path(fact).is_some() => {
            missing_fact(look, variable).map(|hint| format!("there is no such fact{hint}."))
        }
        other => {
            let known = ROOTS.into_iter().chain(FactKey::ALL.into_iter().map(FactKey::word));
            Some(format!("nothing is called “{other}”{}.", hint(nearest_name(other, known))))
        }
    }
}

fn missing_property(look: &Look<'_>, path: &str) -> Option<String> {
    let Trigger::Event { event, .. } = &look.journey.trigger else {
        return Some("no event starts this journey, so there is none to print.".to_owned());
    };
    let last = path.rsplit('.').next().unwrap_or(path);
    if path.is_empty()
        || path == "event_name"
        || CATALOG_COLUMNS.contains(&last)
        || look.context.catalog.has_column(last)
    {
        return None;
    }
    let names = event_names(look, event);
    let taxonomy = look.context.taxonomy?;
    let seen: Vec<_> = names.iter().filter_map(|name| taxonomy.events.get(*name)).collect();
    if seen.is_empty() || seen.iter().any(|paths| kinds_of(paths, path).is_some()) {
        return None;
    }
    let known = seen.iter().flat_map(|paths| paths.keys().map(String::as_str));
    Some(format!("no recorded “{}” has “{path}”{}.", names.join("” or “"), hint(nearest_name(path, known))))
}

fn missing_attribute(look: &Look<'_>, path: &str) -> Option<String> {
    let taxonomy = look.context.taxonomy.filter(|taxonomy| !taxonomy.attributes.is_empty())?;
    let set_here =
        look.journey.blocks.values().any(
            |block| matches!(&block.kind, BlockKind::UpdateAttributes { set } if set.contains_key(path)),
        );
    let known = path.is_empty()
        || OWN_ATTRIBUTES.contains(&path)
        || set_here
        || kinds_of(&taxonomy.attributes, path).is_some();
    let names = taxonomy.attributes.keys().map(String::as_str).chain(OWN_ATTRIBUTES);
    (!known).then(|| format!("no recorded person has “{path}”{}.", hint(nearest_name(path, names))))
}
