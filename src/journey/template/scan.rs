//! A first look at a template's text, before the Liquid parser sees it.
//!
//! The parser recurses into nested blocks and indexes and expects numbers to fit; a template is
//! a file that anybody may edit. So its tags are found here first, with their lines, and what
//! would overwhelm the parser is refused. The same tokens tell which variables a template reads.

use std::collections::{BTreeMap, BTreeSet};

use super::{TemplateError, Use};

/// Longest template. Mail clients clip far shorter messages.
const MOST_BYTES: usize = 512 * 1024;
/// Deepest nesting of blocks, counting each `elsif` as a level, as the parser does.
const DEEPEST_BLOCKS: usize = 48;
/// Deepest nesting of indexes: `a[b[c]]`.
const DEEPEST_INDEX: usize = 12;
/// Most `and` and `or` in one tag.
const MOST_CONDITIONS: usize = 100;
/// Most delimiters inside quotes or raw blocks. The parser tries each and may read to the end.
const MOST_QUOTED_DELIMITERS: usize = 200;

const BLOCKS: [&str; 7] = ["if", "unless", "case", "for", "tablerow", "capture", "ifchanged"];
/// Words of tags that name no variable.
const KEYWORDS: [&str; 14] = [
    "in", "and", "or", "contains", "true", "false", "nil", "null", "empty", "blank", "reversed", "with",
    "not", "as",
];
/// Variables that the renderer itself provides.
const PROVIDED: [&str; 4] = ["forloop", "tablerow", "now", "today"];

/// Whether a token prints or does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// `{{ … }}`
    Output,
    /// `{% … %}`
    Tag,
}

/// One `{{ … }}` or `{% … %}` outside raw blocks and comments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'s> {
    pub kind: TokenKind,
    /// What stands between the delimiters, without trim marks and spaces.
    pub inner: &'s str,
    /// Byte offset just after `inner`.
    pub inner_end: usize,
    /// Byte offset after the closing delimiter.
    pub end: usize,
    /// Line in the template, from 1.
    pub line: usize,
}

impl<'s> Token<'s> {
    /// The tag's name, or empty text.
    pub fn name(&self) -> &'s str {
        if self.kind == TokenKind::Output { "" } else { first_word(self.inner) }
    }
    /// What an output prints, without its filters.
    pub fn printed(&self) -> &'s str {
        let end = unquoted(self.inner).find(|(_, c)| *c == '|').map_or(self.inner.len(), |(at, _)| at);
        self.inner[..end].trim()
    }
}

/// Finds the tokens of a template and refuses what the parser could not take.
pub(super) fn scan(source: &str) -> Result<Vec<Token<'_>>, TemplateError> {
    if source.len() > MOST_BYTES {
        return Err(TemplateError::TooLarge(format!(
            "the template is longer than {} KiB",
            MOST_BYTES / 1024
        )));
    }
    let mut tokens = Vec::new();
    let mut blocks = Blocks::default();
    let mut quoted_delimiters = 0;
    let mut at = 0;
    let mut line = 1;
    while let Some((start, kind)) = next_opening(source, at) {
        line += newlines(&source[at..start]);
        let syntax = |reason: String| TemplateError::Syntax { line, reason };
        let token = token_at(source, start, kind, line).map_err(syntax)?;
        line += newlines(&source[start..token.end]);
        quoted_delimiters += delimiters(token.inner);
        check_token(&token)?;
        at = token.end;
        if let name @ ("raw" | "comment") = token.name() {
            let (content_end, end) = skip_verbatim(source, at, name).ok_or_else(|| {
                TemplateError::Syntax {
                    line: token.line, reason: format!("“{name}” has no “end{name}”")
                }
            })?;
            quoted_delimiters += delimiters(&source[at..content_end]);
            line += newlines(&source[at..end]);
            at = end;
            continue;
        }
        blocks.enter(&token)?;
        tokens.push(token);
    }
    if quoted_delimiters > MOST_QUOTED_DELIMITERS {
        return Err(TemplateError::TooLarge("the template quotes too many Liquid tags".to_owned()));
    }
    Ok(tokens)
}

/// Depth of nested blocks.
#[derive(Default)]
struct Blocks {
    /// For each open block, how many levels the parser goes down for it.
    levels: Vec<usize>,
}

impl Blocks {
    fn enter(&mut self, token: &Token<'_>) -> Result<(), TemplateError> {
        match token.name() {
            name if BLOCKS.contains(&name) => self.levels.push(1),
            "elsif" | "when" | "else" => {
                if let Some(level) = self.levels.last_mut() {
                    // Only `elsif` makes the parser recurse.
                    *level += usize::from(token.name() == "elsif");
                }
            }
            name if name.strip_prefix("end").is_some_and(|name| BLOCKS.contains(&name)) => {
                self.levels.pop();
            }
            _ => {}
        }
        if self.levels.iter().sum::<usize>() > DEEPEST_BLOCKS {
            return Err(TemplateError::Syntax {
                line: token.line,
                reason: format!("blocks are nested more than {DEEPEST_BLOCKS} deep"),
            });
        }
        Ok(())
    }
}

/// Whether a template fills nothing in: it says the same to everybody.
pub fn is_plain(source: &str) -> bool {
    next_opening(source, 0).is_none()
}

fn next_opening(source: &str, from: usize) -> Option<(usize, TokenKind)> {
    let bytes = source.as_bytes();
    (from..bytes.len().saturating_sub(1)).find_map(|at| match (bytes[at], bytes[at + 1]) {
        (b'{', b'{') => Some((at, TokenKind::Output)),
        (b'{', b'%') => Some((at, TokenKind::Tag)),
        _ => None,
    })
}

/// The token that opens at `start`; quotes hide delimiters.
fn token_at(source: &str, start: usize, kind: TokenKind, line: usize) -> Result<Token<'_>, String> {
    let (open, close) = if kind == TokenKind::Output { ("{{", "}}") } else { ("{%", "%}") };
    let body = &source[start + 2..];
    for (at, _) in unquoted(body) {
        let rest = &body[at..];
        if rest.starts_with(close) {
            let raw = &body[..at];
            let raw = raw.strip_prefix('-').unwrap_or(raw);
            let raw = raw.strip_suffix('-').unwrap_or(raw);
            let inner = raw.trim();
            // Where the text between the delimiters ends in the source.
            let inner_end = inner.as_ptr() as usize - source.as_ptr() as usize + inner.len();
            return Ok(Token { kind, inner, inner_end, end: start + 2 + at + 2, line });
        }
        if rest.starts_with("{{") || rest.starts_with("{%") {
            break;
        }
    }
    Err(format!("“{open}” is not closed by “{close}”"))
}

/// Characters outside quotes, with their byte offsets. An unclosed quote hides all that follows.
fn unquoted(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut quote = None;
    text.char_indices().filter(move |(_, c)| match quote {
        Some(open) => {
            if *c == open {
                quote = None;
            }
            false
        }
        None if matches!(c, '\'' | '"') => {
            quote = Some(*c);
            false
        }
        None => true,
    })
}

fn check_token(token: &Token<'_>) -> Result<(), TemplateError> {
    let syntax = |reason: String| Err(TemplateError::Syntax { line: token.line, reason });
    if token.inner.is_empty() {
        return syntax("there is nothing between the braces".to_owned());
    }
    let (mut depth, mut digits, mut before) = (0_usize, 0_usize, ' ');
    for (_, c) in unquoted(token.inner) {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c.is_ascii_digit() {
            digits = if digits > 0 || !is_name(before) { digits + 1 } else { 0 };
        } else {
            digits = 0;
        }
        before = c;
        if depth > DEEPEST_INDEX {
            return syntax(format!("indexes are nested more than {DEEPEST_INDEX} deep"));
        }
        if digits > 18 {
            return syntax("a number has more than 18 digits".to_owned());
        }
    }
    let conditions = token.inner.split_whitespace().filter(|word| matches!(*word, "and" | "or")).count();
    if conditions > MOST_CONDITIONS {
        return syntax(format!("a condition has more than {MOST_CONDITIONS} parts"));
    }
    Ok(())
}

/// Where the content of a raw block or comment ends, and where its end tag ends.
fn skip_verbatim(source: &str, from: usize, name: &str) -> Option<(usize, usize)> {
    let mut open = 1;
    let mut at = from;
    while let Some(found) = source[at..].find("{%") {
        let start = at + found;
        let body = source[start + 2..].trim_start_matches('-').trim_start();
        let word = first_word(body);
        if let Some(rest) = body.strip_prefix(word) {
            let rest = rest.trim_start();
            let rest = rest.strip_prefix('-').unwrap_or(rest);
            if word.strip_prefix("end") == Some(name) && rest.starts_with("%}") {
                open -= 1;
                if open == 0 {
                    return Some((start, source.len() - rest.len() + 2));
                }
            } else if word == name && name == "comment" {
                open += 1;
            }
        }
        at = start + 2;
    }
    None
}

fn delimiters(text: &str) -> usize {
    text.matches("{{").count() + text.matches("{%").count()
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !is_name(c)).unwrap_or(text.len());
    text[..end].trim_end_matches('-')
}

/// The variables that tokens read (`customer.first_name`), without names that the template itself
/// makes.
pub(super) fn uses(source: &str, tokens: &[Token<'_>]) -> Vec<Use> {
    let mut local: BTreeSet<&str> = PROVIDED.into_iter().collect();
    // The elements that a loop's variable stands for: `cart.products[]`.
    let mut elements: BTreeMap<&str, String> = BTreeMap::new();
    let mut read = Vec::new();
    for token in tokens {
        let name = token.name();
        let rest = token.inner[name.len()..].trim_start();
        let mut here = Vec::new();
        match name {
            "increment" | "decrement" => {}
            "assign" | "capture" | "for" | "tablerow" => {
                let made = first_word(rest);
                let rest = &rest[made.len()..];
                paths(rest, &mut here);
                let list = rest.trim_start().strip_prefix("in ").map(str::trim_start);
                let list = list.filter(|list| matches!(name, "for" | "tablerow") && starts_a_path(list));
                match list {
                    Some(list) => {
                        let list = meant(&path_at(list).0, &elements);
                        elements.insert(made, format!("{list}[]"));
                    }
                    None => drop(local.insert(made)),
                }
            }
            _ => paths(rest, &mut here),
        }
        read.extend(here.into_iter().map(|(path, written)| {
            let start = written.as_ptr() as usize - source.as_ptr() as usize;
            Use { path: meant(&path, &elements), place: start..start + written.len() }
        }));
    }
    read.retain(|it| !local.contains(root(&it.path)));
    read
}

/// The name a path begins with.
fn root(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or_default()
}

/// A path with a loop's variable replaced by the elements it stands for.
fn meant(path: &str, elements: &BTreeMap<&str, String>) -> String {
    let root = root(path);
    elements.get(root).map_or_else(|| path.to_owned(), |list| format!("{list}{}", &path[root.len()..]))
}

fn starts_a_path(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Collects the paths that stand in an expression, and how they are written.
fn paths<'s>(text: &'s str, read: &mut Vec<(String, &'s str)>) {
    let mut rest = text;
    let mut after_bar = false;
    while let Some(c) = rest.chars().next() {
        if matches!(c, '\'' | '"') {
            let end = rest[1..].find(c).map_or(rest.len(), |end| end + 2);
            rest = &rest[end..];
        } else if c.is_ascii_alphabetic() || c == '_' {
            let (path, inner, end) = path_at(rest);
            let is_label = rest[end..].trim_start().starts_with(':');
            if !after_bar && !is_label && !KEYWORDS.contains(&path.as_str()) {
                read.push((path, &rest[..end]));
            }
            for index in inner {
                paths(index, read);
            }
            rest = &rest[end..];
            after_bar = false;
        } else if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            rest = &rest[end..];
        } else {
            after_bar = c == '|' || (after_bar && c.is_whitespace());
            rest = &rest[c.len_utf8()..];
        }
    }
}

/// The path at the start of `text`, the expressions of its indexes, and where it ends. A quoted
/// index is a name (`a['b']` is `a.b`); any other picks an element (`a[]`).
fn path_at(text: &str) -> (String, Vec<&str>, usize) {
    let mut end = first_word(text).len();
    let mut path = text[..end].to_owned();
    let mut inner = Vec::new();
    loop {
        let rest = &text[end..];
        if let Some(name) = rest.strip_prefix('.').map(first_word).filter(|name| !name.is_empty()) {
            path = format!("{path}.{name}");
            end += 1 + name.len();
        } else if let Some(index) =
            rest.strip_prefix('[').and_then(|body| Some(&body[..closing_bracket(body)?]))
        {
            let name = index.trim().trim_matches(['\'', '"']);
            if name.len() + 2 == index.trim().len() {
                path = format!("{path}.{name}");
            } else {
                path.push_str("[]");
                inner.push(index);
            }
            end += index.len() + 2;
        } else {
            return (path, inner, end);
        }
    }
}

/// Where the bracket that is open before `text` closes.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in unquoted(text) {
        match c {
            '[' => depth += 1,
            ']' if depth == 0 => return Some(at),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}
