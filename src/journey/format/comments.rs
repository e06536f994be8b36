//! Comments: they do not survive saving, so the program must know that a file has some.

/// Whether a RON text has a comment (`//` or `/* */`) outside its strings.
///
/// Saving writes the canonical form, which has none; a caller asks this before it would drop one.
pub fn has_comments(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(['"', '/', 'r', '\'']) {
        let before = &rest[..at];
        let here = &rest[at..];
        rest = if here.starts_with("//") || here.starts_with("/*") {
            return true;
        } else if let Some(inside) = here.strip_prefix('"') {
            after_escaped(inside, '"')
        } else if let Some(inside) = here.strip_prefix('\'') {
            after_escaped(inside, '\'')
        } else if here.starts_with('r') && !ends_in_word(before) {
            after_raw(here)
        } else {
            skip_one(here)
        };
    }
    false
}

fn skip_one(text: &str) -> &str {
    let mut chars = text.chars();
    chars.next();
    chars.as_str()
}

/// Whether an `r` that follows belongs to a longer word.
fn ends_in_word(text: &str) -> bool {
    text.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// What follows a quoted text that was just opened; nothing if it is not closed.
fn after_escaped(inside: &str, quote: char) -> &str {
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == quote {
            break;
        }
    }
    chars.as_str()
}

/// What follows a raw text (`r"…"`, `r#"…"#`), or the letter if it does not open one.
fn after_raw(here: &str) -> &str {
    let after_letter = skip_one(here);
    let opened = after_letter.trim_start_matches('#');
    let hashes = &after_letter[..after_letter.len() - opened.len()];
    let Some(inside) = opened.strip_prefix('"') else { return after_letter };
    let end = format!("\"{hashes}");
    inside.find(&end).map_or("", |at| &inside[at + end.len()..])
}

#[cfg(test)]
mod tests {
    use super::has_comments;

    #[test]
    fn finds_comments_outside_strings_only() {
        for (text, expected) in [
            ("(a: 1)", false),
            ("(a: 1) // note", true),
            ("(/* note */ a: 1)", true),
            (r#"(a: "http://x")"#, false),
            (r#"(a: "say \" // not a comment")"#, false),
            (r##"(a: r#"a " // b"#)"##, false),
            (r##"(a: r#"a "# // b"##, true),
            (r###"(a: r##"a "# // b"##)"###, false),
            (r#"(r: "x", for: "y") // z"#, true),
            (r#"(bar"//")"#, false),
            ("(a: '\"') // b", true),
            ("(a: \"unclosed // b", false),
        ] {
            assert_eq!(has_comments(text), expected, "{text}");
        }
    }
}
