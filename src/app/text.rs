//! Text fitting without a font at hand.
//!
//! Layout must not depend on the window's state, so it estimates widths from letter classes of
//! Inter (measured at one em). The estimate is a little generous: a label never outgrows its slot.

/// Estimated width of a line, in points, at a font size.
pub fn width(text: &str, size_pt: f32) -> f32 {
    text.chars().map(em).sum::<f32>() * size_pt
}

fn em(letter: char) -> f32 {
    match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '·' => 0.30,
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '-' | '/' | '\u{202f}' => 0.38,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' | '—' => 0.95,
        'A'..='Z' => 0.72,
        '0'..='9' => 0.66,
        letter if !letter.is_ascii() => 0.75,
        _ => 0.61,
    }
}

/// The text, cut with an ellipsis to fit `width_pt`, by a measure of any prefix.
/// A word is not cut in its middle if most of the text is left without it.
pub fn fitted(text: &str, width_pt: f32, measure: impl Fn(&str) -> f32) -> String {
    if measure(text) <= width_pt {
        return text.to_owned();
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let longest = ends.partition_point(|end| measure(&format!("{}…", &text[..*end])) <= width_pt);
    let cut = &text[..ends.get(longest.saturating_sub(1)).copied().unwrap_or(0)];
    let word = cut.rfind(' ').filter(|at| at * 4 > cut.len() * 3).map_or(cut, |at| &cut[..at]);
    format!("{}…", word.trim_end_matches([' ', ',', '.', ':', '·', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_words() {
        let measure = |text: &str| text.chars().count() as f32;
        assert_eq!(fitted("short", 10.0, measure), "short");
        assert_eq!(fitted("add to Cart abandoners", 14.0, measure), "add to Cart…");
        assert_eq!(fitted("Product discovery", 13.0, measure), "Product disc…");
        assert_eq!(fitted("unbreakable-word", 8.0, measure), "unbreak…");
        assert_eq!(fitted("word", 0.0, measure), "…");
    }

    #[test]
    fn wider_letters_count_more() {
        assert!(width("WWW", 13.0) > width("iii", 13.0) * 2.0);
        assert_eq!(width("", 13.0), 0.0);
    }
}
