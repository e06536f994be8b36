//! What is wrong in a template, and where in its text. Pure.

use std::ops::Range;

use super::variables::{self, PieceKind};
use crate::{
    journey::template::{CompiledTemplate, TemplateError, Use, uses},
    words::sentence,
};

/// What is known of the variables that a template may read.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Variables that nobody will ever have, and what lint says of each.
    pub unknown: Vec<(String, String)>,
    /// Variables that the person it is previewed for had nothing for.
    pub absent: Vec<String>,
    /// What that person is called.
    pub person: String,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is no Liquid.
    Wrong,
    /// It will not print anything, for anybody or for the person previewed.
    Missing,
}

/// A part of a template that something is to be said of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where (bytes).
    pub place: Range<usize>,
    /// How bad.
    pub kind: Kind,
    /// What.
    pub text: String,
}

/// The marks in a template, in the order of its text; none overlaps another.
pub fn marks(template: &str, said: &Said) -> Vec<Mark> {
    if let Err(error) = CompiledTemplate::parse(template) {
        let text = sentence(&error.to_string());
        return vec![Mark { place: place_of(template, &error), kind: Kind::Wrong, text }];
    }
    let printed = printed_plainly(template);
    let text_of = |it: &Use| {
        let unknown = said.unknown.iter().find(|(path, _)| *path == it.path);
        let is_absent = said.absent.contains(&it.path)
            && printed.iter().any(|tag| tag.start <= it.place.start && it.place.end <= tag.end);
        unknown.map(|(_, why)| why.clone()).or_else(|| {
            is_absent.then(|| format!("{} has no “{}” here, and no default is given.", said.person, it.path))
        })
    };
    let mark = |it: Use| text_of(&it).map(|text| Mark { place: it.place, kind: Kind::Missing, text });
    let mut marks: Vec<Mark> = uses(template).into_iter().filter_map(mark).collect();
    let mut end = 0;
    marks.retain(|mark| {
        let is_after = mark.place.start >= end;
        end = end.max(mark.place.end);
        is_after
    });
    marks
}

/// Where an error is: the line it names, without the room around it; else all of it.
fn place_of(template: &str, error: &TemplateError) -> Range<usize> {
    let TemplateError::Syntax { line, .. } = error else { return 0..template.len() };
    let mut start = 0;
    for (at, text) in template.split_inclusive('\n').enumerate() {
        if at + 1 == *line {
            let inner = text.trim();
            let start = start + text.len() - text.trim_start().len();
            return start..start + inner.len();
        }
        start += text.len();
    }
    0..template.len()
}

/// The tags that print a value with nothing to stand in for it.
fn printed_plainly(template: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut found = Vec::new();
    for (piece, kind) in variables::pieces(template) {
        if kind == PieceKind::Printed && !has_default(piece) {
            found.push(start..start + piece.len());
        }
        start += piece.len();
    }
    found
}

fn has_default(tag: &str) -> bool {
    tag.split('|').skip(1).any(|filter| filter.trim_start().starts_with("default"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> Said {
        Said {
            unknown: vec![("customer.frist_name".to_owned(), "No such attribute.".to_owned())],
            absent: vec!["customer.size".to_owned()],
            person: "Ana".to_owned(),
        }
    }

    fn found(template: &str) -> Vec<(&str, Kind)> {
        marks(template, &said()).into_iter().map(|mark| (&template[mark.place], mark.kind)).collect()
    }

    #[test]
    fn variables_that_print_nothing_are_marked_where_they_stand() {
        assert_eq!(
            found("Ä {{ customer.frist_name }}, {{customer.size}} {{ customer.email }}"),
            [("customer.frist_name", Kind::Missing), ("customer.size", Kind::Missing)]
        );
        // What has something to stand in for it, or only decides, prints what was meant.
        assert!(found("{{ customer.size | default: 'M' }}{% if customer.size %}x{% endif %}").is_empty());
        let text = marks("{{ customer.size }}", &said()).remove(0).text;
        assert_eq!(text, "Ana has no “customer.size” here, and no default is given.");
    }

    #[test]
    fn what_is_no_liquid_is_marked_on_its_line() {
        assert_eq!(
            found("Hi\n  {{ customer.size | nofilter }} \nBye"),
            [("{{ customer.size | nofilter }}", Kind::Wrong)]
        );
        assert_eq!(found("{% if x %}\nnever ends").len(), 1);
        assert_eq!(found("{{ open"), [("{{ open", Kind::Wrong)]);
    }
}
