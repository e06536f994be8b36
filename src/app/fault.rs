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
