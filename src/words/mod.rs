//! Plain words for everything the window shows: a marketer's, never an internal id where a name
//! exists. Pure functions from data to text.

pub mod ask;
pub mod block;
pub mod condition;
pub mod names;
pub mod person;
pub mod sentence;
pub mod status;
pub mod test_form;
pub mod time;

/// A whole number with its thousands apart: `12 345` (narrow no-break space).
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// `1 message`, `2 messages`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// An id's word as people read it: `already_in_run` is “already in run”.
pub fn spaced(word: &str) -> String {
    word.replace(['_', '-'], " ")
}

/// The text with a capital first letter.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(counted(1, "event", "events"), "1 event");
        assert_eq!(counted(2, "event", "events"), "2 events");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()], "and"), "a, b and c");
        assert_eq!(sentence("not sent"), "Not sent");
        assert_eq!(spaced("already_in_run"), "already in run");
    }
}
