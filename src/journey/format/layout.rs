//! Where the lines of a file break, and how text is quoted.
//!
//! A small value stays on one line, a larger one has a line for each part. Which of the two is
//! decided by the *shape* of a value alone, never by the length of a text, so that changing one
//! value changes one line of the file and a review shows just that.

use std::fmt::Write as _;

use super::tree::Node;

/// A value with more parts than this has a line for each.
const PARTS_ON_A_LINE: usize = 4;
/// A list of plain words or numbers stays on one line up to this length.
const WORDS_ON_A_LINE: usize = 12;
/// A struct with one of these fields has a line for each field, however small it is: files, blocks
/// and what a message says are what reviewers read.
const ALWAYS_OPEN: [&str; 3] = ["format", "kind", "body"];
const INDENT: &str = "    ";

/// The canonical text of a file, with a final newline.
pub(super) fn lay_out(node: &Node) -> String {
    let mut out = String::new();
    write_node(&mut out, node, 0);
    out.push('\n');
    out
}

fn write_node(out: &mut String, node: &Node, depth: usize) {
    match node {
        Node::Word(word) => out.push_str(word),
        Node::Text(text) => write_text(out, text),
        Node::List(items) => {
            write_parts(out, '[', ']', items, fits(node), depth, |out, item, depth| {
                write_node(out, item, depth);
            });
        }
        Node::Map(entries) => {
            write_parts(out, '{', '}', entries, fits(node), depth, |out, (key, value), depth| {
                write_node(out, key, depth);
                out.push_str(": ");
                write_node(out, value, depth);
            });
        }
        Node::Struct(name, fields) => {
            out.push_str(name.unwrap_or_default());
            write_parts(out, '(', ')', fields, fits(node), depth, |out, (name, value), depth| {
                out.push_str(name);
                out.push_str(": ");
                write_node(out, value, depth);
            });
        }
        Node::Wrapped(name, inner) => {
            out.push_str(name);
            out.push('(');
            write_node(out, inner, depth);
            out.push(')');
        }
    }
}

fn write_parts<T>(
    out: &mut String,
    open: char,
    close: char,
    parts: &[T],
    on_one_line: bool,
    depth: usize,
    write_part: impl Fn(&mut String, &T, usize),
) {
    out.push(open);
    if on_one_line {
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            write_part(out, part, depth);
        }
    } else {
        for part in parts {
            new_line(out, depth + 1);
            write_part(out, part, depth + 1);
            out.push(',');
        }
        new_line(out, depth);
    }
    out.push(close);
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str(INDENT);
    }
}

/// Whether a value stays on one line.
fn fits(node: &Node) -> bool {
    is_word_list(node) || (parts(node) <= PARTS_ON_A_LINE && !opens(node))
}

/// Whether a value is a short list of plain words.
fn is_word_list(node: &Node) -> bool {
    let Node::List(items) = node else { return false };
    items.len() <= WORDS_ON_A_LINE && items.iter().all(|item| matches!(item, Node::Word(_) | Node::Text(_)))
}

/// How many words and texts a value holds.
fn parts(node: &Node) -> usize {
    match node {
        Node::Word(_) | Node::Text(_) => 1,
        list if is_word_list(list) => 1,
        Node::List(items) => items.iter().map(parts).sum(),
        Node::Map(entries) => entries.iter().map(|(_, value)| parts(value)).sum(),
        Node::Struct(_, fields) => fields.iter().map(|(_, value)| parts(value)).sum(),
        Node::Wrapped(_, inner) => parts(inner),
    }
}

/// Whether something in a value asks for lines of its own: a table of things with ids, where
/// entries come and go, or the text of a message.
fn opens(node: &Node) -> bool {
    let is_record = |node: &Node| matches!(node, Node::Struct(None, _));
    match node {
        Node::Word(_) | Node::Text(_) => false,
        Node::List(items) => items.iter().any(|item| is_record(item) || opens(item)),
        Node::Map(entries) => entries.iter().any(|(_, value)| is_record(value) || opens(value)),
        Node::Struct(_, fields) => {
            fields.iter().any(|(name, value)| ALWAYS_OPEN.contains(name) || opens(value))
        }
        Node::Wrapped(_, inner) => opens(inner),
    }
}

/// Quotes a text: plainly if it is plain, raw (as people type it, over several lines) where it
/// has line breaks, quotes or backslashes, and escaped where it has characters that an editor or
/// git could lose or that do not show.
fn write_text(out: &mut String, text: &str) {
    if text.chars().any(is_fragile) {
        write_escaped(out, text);
    } else if text.contains(['\n', '"', '\\']) {
        let hashes = "#".repeat(longest_run_of_hashes(text) + 1);
        let _ = write!(out, "r{hashes}\"{text}\"{hashes}");
    } else {
        let _ = write!(out, "\"{text}\"");
    }
}

/// Carriage returns (git may add or drop them), other control characters, invisible direction
/// marks and a byte-order mark.
fn is_fragile(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn write_escaped(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_fragile(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn longest_run_of_hashes(text: &str) -> usize {
    text.split(|c| c != '#').map(str::len).max().unwrap_or(0)
}
