//! What the canvas can tell of a replay.

/// What the canvas tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Overlay {
    /// How many came, wait and went on.
    #[default]
    Flow,
    /// What became of messages.
    Delivery,
    /// Where messages are held back and triggers start nothing, and why.
    Reasons,
    /// Which ways nobody took.
    Coverage,
    /// What differs from the result that is compared with.
    Difference,
}

impl Overlay {
    /// As the switch lists them.
    pub const ALL: [Self; 5] = [Self::Flow, Self::Delivery, Self::Reasons, Self::Coverage, Self::Difference];

    /// What the switch calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flow => "Flow",
            Self::Delivery => "Sent and not sent",
            Self::Reasons => "Reasons",
            Self::Coverage => "Coverage",
            Self::Difference => "Difference",
        }
    }
    /// What it tells.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Flow => "How many runs came to each block, wait there and took each way",
            Self::Delivery => "How many messages of each block were sent, and how many were not",
            Self::Reasons => "Where most messages are held back and triggers start nothing, and why",
            Self::Coverage => "Which ways nobody in the recordings took",
            Self::Difference => "What differs from the result you compare with",
        }
    }
}
