//! What a template can print, and the parts of one. Pure but for what the recordings hold.

use super::{Form, suggestion::Suggestion};
use crate::journey::{EventRef, Trigger};

/// Something to insert into a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Whose it is.
    pub group: &'static str,
    /// What it is called.
    pub name: String,
    /// What is inserted.
    pub text: String,
}

impl Variable {
    /// A variable that is printed; with what stands in where it is absent.
    fn printed(group: &'static str, path: &str, otherwise: &str) -> Self {
        let text = if otherwise.is_empty() {
            format!("{{{{ {path} }}}}")
        } else {
            format!("{{{{ {path} | default: '{otherwise}' }}}}")
        };
        Self { group, name: path.to_owned(), text }
    }
}

/// Facts that are there without any recording, with what stands in for them.
const FACTS: [(&str, &str, &str); 13] = [
    ("Cart", "cart.products.last.name", "your pick"),
    ("Cart", "cart.count", "0"),
    ("Cart", "cart.value", ""),
    ("Cart", "cart.currency", ""),
    ("Last viewed product", "last_viewed.name", "what you looked at"),
    ("Last viewed product", "last_viewed.price", ""),
    ("Last viewed product", "last_viewed.category", ""),
    ("First visit", "first_session.campaign.name", ""),
    ("First visit", "first_session.landing_path", ""),
    ("First visit", "first_session.started_at", ""),
    ("History", "history.orders.count", "0"),
    ("History", "history.orders.total", ""),
    ("History", "history.viewed.first.name", ""),
];

/// Lists that are printed one by one.
const LOOPS: [(&str, &str, &str); 3] = [
    ("Lists", "Products in the cart, one by one", "cart.products limit: 3"),
    ("Lists", "Products viewed, one by one", "history.viewed limit: 3"),
    ("Lists", "Recommended products, one by one", "catalog.recommendations limit: 3"),
];

impl Form<'_> {
    /// Everything a message of the journey shown can print.
    pub fn variables(&self) -> Vec<Variable> {
        let mut all = vec![Variable::printed("Person", "customer.first_name", "there")];
        let attributes = self.attributes();
        let others = attributes.iter().filter(|it| it.text != "first_name");
        all.extend(most(others).map(|it| Variable::printed("Person", &format!("customer.{}", it.text), "")));
        if let Some(Trigger::Event { event, .. }) = self.model.journey().map(|journey| &journey.trigger) {
            let properties = self.properties(event);
            let plain = properties.iter().filter(|it| !it.text.contains('['));
            let group = if matches!(event, EventRef::Page(_)) {
                "Page that started it"
            } else {
                "Event that started it"
            };
            all.extend(most(plain).map(|it| Variable::printed(group, &format!("event.{}", it.text), "")));
        }
        all.extend(FACTS.map(|(group, path, otherwise)| Variable::printed(group, path, otherwise)));
        all.extend(LOOPS.map(|(group, name, list)| Variable {
            group,
            name: name.to_owned(),
            text: format!("{{% for item in {list} %}}{{{{ item.name }}}}\n{{% endfor %}}"),
        }));
        all
    }
}

/// The ones recorded most often, no more than anybody reads.
fn most<'s>(all: impl Iterator<Item = &'s Suggestion>) -> impl Iterator<Item = &'s Suggestion> {
    let mut all: Vec<&Suggestion> = all.collect();
    all.sort_by(|a, b| (b.seen, &a.text).cmp(&(a.seen, &b.text)));
    all.into_iter().take(20)
}

/// What a part of a template does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Stands as it is.
    Text,
    /// Prints a value: `{{ … }}`.
    Printed,
    /// Decides or repeats: `{% … %}`.
    Steers,
}

/// The parts of a template, in order; together they are the whole of it. One that is not closed
/// goes on to the end.
pub fn pieces(template: &str) -> Vec<(&str, PieceKind)> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        let start = ["{{", "{%"].iter().filter_map(|open| rest.find(open)).min();
        let Some(start) = start else {
            pieces.push((rest, PieceKind::Text));
            break;
        };
        if start > 0 {
            pieces.push((&rest[..start], PieceKind::Text));
        }
        let tag = &rest[start..];
        let (close, kind) =
            if tag.starts_with("{{") { ("}}", PieceKind::Printed) } else { ("%}", PieceKind::Steers) };
        let end = tag.find(close).map_or(tag.len(), |at| at + close.len());
        pieces.push((&tag[..end], kind));
        rest = &tag[end..];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{
        PieceKind::{Printed, Steers, Text},
        *,
    };
    use crate::journey::template::CompiledTemplate;

    #[test]
    fn a_template_falls_into_its_parts() {
        let template = "Hi {{ customer.name }},{% if x %} ä {% endif %}{{ open";
        let parts = pieces(template);
        assert_eq!(parts.iter().map(|(text, _)| *text).collect::<String>(), template);
        let kinds: Vec<PieceKind> = parts.iter().map(|(_, kind)| *kind).collect();
        assert_eq!(kinds, [Text, Printed, Text, Steers, Text, Steers, Printed]);
        assert!(pieces("").is_empty());
    }

    #[test]
    fn what_is_inserted_can_be_printed() {
        let facts = FACTS.map(|(group, path, otherwise)| Variable::printed(group, path, otherwise).text);
        for text in facts {
            assert!(CompiledTemplate::parse(&text).is_ok(), "{text}");
        }
    }
}
