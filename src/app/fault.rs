//! What went wrong, as a banner says it.

/// Something that went wrong, as a banner says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What, in one line.
    pub what: String,
    /// Where: file, line, block.
    pub place: String,
    /// What to do.
    pub advice: String,
}

/// The first of several things that went wrong, and how many more there are.
pub fn and_more(first: &str, more: usize) -> String {
    if more == 0 { first.to_owned() } else { format!("{}. And {more} more.", first.trim_end_matches('.')) }
}
