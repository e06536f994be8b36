//! The rule about templates: variables that nothing would ever fill.
//!
//! Templates are Liquid, whose compiler lives with the simulator; to find the names a message
//! reads, a scanner of `{{ … }}` and `{% … %}` is enough.

use std::collections::BTreeMap;

use super::{
    Look, Place, Problem,
    facts::missing_fact,
    names::hint,
    values::{CATALOG_COLUMNS, OWN_ATTRIBUTES, event_names, kinds_of},
};
use crate::{
    journey::{BlockKind, Template, Trigger, format::read::nearest_name},
    recording::facts::FactKey,
};

/// Roots beside the facts.
const ROOTS: [&str; 7] = ["customer", "event", "history", "catalog", "now", "today", "forloop"];
/// Words of Liquid that are no variables.
const WORDS: [&str; 17] = [
    "and", "or", "not", "contains", "in", "true", "false", "nil", "null", "empty", "blank", "reversed",
    "with", "as", "by", "limit", "offset",
];

/// `unknown_template_variable`: a variable that no event, person or fact has.
pub(super) fn unknown_variables(look: &Look<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, block) in &look.journey.blocks {
        let template: &Template = match &block.kind {
            BlockKind::Message(message) => &message.template,
            BlockKind::OnSitePrompt { template, .. } => template,
            _ => continue,
        };
        let mut read = variables(&template.subject);
        read.extend(variables(&template.body));
        read.sort();
        read.dedup();
        for variable in read {
            if let Some(why) = missing(look, &variable) {
                let text = format!("“{}” prints “{variable}”: {why}", look.name(id));
                problems.push(Problem::warning("unknown_template_variable", Place::block(id), text));
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
        "now" | "today" | "forloop" => None,
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
    if path.is_empty() || path == "event_name" || CATALOG_COLUMNS.contains(&last) {
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

/// The paths a template reads, each element of a loop as `list[].…`. Names that the template
/// itself assigns are left out.
fn variables(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    // What a loop's name stands for; empty text: a name the template assigned.
    let mut locals: BTreeMap<String, String> = BTreeMap::new();
    let mut skipping: Option<String> = None;
    for markup in markups(source) {
        let (tag, expression) = match markup {
            Markup::Output(expression) => ("", expression),
            Markup::Tag(inside) => inside.split_once(char::is_whitespace).unwrap_or((inside, "")),
        };
        if let Some(end) = &skipping {
            if tag == end {
                skipping = None;
            }
            continue;
        }
        match tag {
            "comment" | "raw" => skipping = Some(format!("end{tag}")),
            "capture" | "increment" | "decrement" => {
                locals.insert(expression.trim().to_owned(), String::new());
            }
            "assign" => {
                let (name, value) = expression.split_once('=').unwrap_or((expression, ""));
                found.extend(paths(value, &locals));
                locals.insert(name.trim().to_owned(), String::new());
            }
            "for" | "tablerow" => {
                let (name, list) = expression.split_once(" in ").unwrap_or((expression, ""));
                let read = paths(list, &locals);
                let element = read.first().map(|list| format!("{list}[]")).unwrap_or_default();
                found.extend(read);
                locals.insert(name.trim().to_owned(), element);
            }
            _ => found.extend(paths(expression, &locals)),
        }
    }
    found
}

enum Markup<'a> {
    Output(&'a str),
    Tag(&'a str),
}

/// The `{{ … }}` and `{% … %}` of a template, in order.
fn markups(source: &str) -> Vec<Markup<'_>> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(open) = rest.find('{') {
        let here = &rest[open..];
        let (end, is_tag) = if here.starts_with("{{") {
            ("}}", false)
        } else if here.starts_with("{%") {
            ("%}", true)
        } else {
            rest = &here[1..];
            continue;
        };
        let Some(close) = here.find(end) else { break };
        let inside = here.get(2..close).unwrap_or_default().trim_matches('-').trim();
        found.push(if is_tag { Markup::Tag(inside) } else { Markup::Output(inside) });
        rest = &here[close + end.len()..];
    }
    found
}

/// The variable paths of one expression.
fn paths(expression: &str, locals: &BTreeMap<String, String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = expression;
    // After a bar comes a filter's name, which is no variable.
    let mut after_bar = false;
    while let Some(c) = rest.chars().next() {
        if c == '"' || c == '\'' {
            let inside = &rest[1..];
            rest = inside.find(c).map_or("", |end| &inside[end + 1..]);
        } else if c.is_alphabetic() || c == '_' {
            let end = path_end(rest);
            let (word, behind) = rest.split_at(end);
            // `limit: 3` names a setting.
            let is_setting = behind.trim_start().starts_with(':');
            if !after_bar && !is_setting && !WORDS.contains(&word) {
                found.extend(resolved(word, locals));
            }
            after_bar = false;
            rest = behind;
        } else if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '.').unwrap_or(rest.len());
            rest = &rest[end..];
        } else {
            after_bar = c == '|' || (after_bar && c.is_whitespace());
            rest = &rest[c.len_utf8()..];
        }
    }
    found
}

/// Where a path such as `cart.products[0].name` ends.
fn path_end(text: &str) -> usize {
    let mut depth = 0_u32;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' if depth > 0 => depth -= 1,
            _ if depth > 0 || c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '?') => {}
            _ => return at,
        }
        end = at + c.len_utf8();
    }
    end
}

/// A path with a loop's name resolved; `None` for a name the template assigned itself.
fn resolved(path: &str, locals: &BTreeMap<String, String>) -> Option<String> {
    let at = path.find(['.', '[']).unwrap_or(path.len());
    let (root, rest) = path.split_at(at);
    match locals.get(root) {
        None => Some(path.trim_end_matches('.').to_owned()),
        Some(element) if element.is_empty() => None,
        Some(element) => Some(format!("{element}{rest}")),
    }
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn finds_what_a_template_reads() {
        for (source, expected) in [
            ("Hi {{ customer.first_name | default: 'there' }}", &["customer.first_name"][..]),
            (
                "{{cart.products[0].name}} {{- event.price | times: event.quantity -}}",
                &["cart.products[0].name", "event.price", "event.quantity"],
            ),
            (
                "{% for item in cart.products limit: 3 %}{{ item.name }}{{ forloop.index }}{% endfor %}",
                &["cart.products", "cart.products[].name", "forloop.index"],
            ),
            (
                "{% assign x = cart.value | round %}{{ x }} {% if x > 3 and today contains \"a b\" %}{% endif %}",
                &["cart.value", "today"],
            ),
            (
                "{% comment %}{{ nothing }}{% endcomment %}{% raw %}{{ nothing }}{% endraw %}plain { text }",
                &[],
            ),
            (
                "{% case event.kind %}{% when 'a', 'b' %}{% else %}{% endcase %} {{ 'text' | append: 1.5 }}",
                &["event.kind"],
            ),
            ("{{ unclosed", &[]),
            ("{{}} {%%} {{ | }} {{ é.ü }} {{}", &["é.ü"]),
        ] {
            assert_eq!(variables(source), expected, "{source}");
        }
    }
}
