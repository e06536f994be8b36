//! What kinds of blocks are called: in words for people, and as the beginning of ids.

use super::BlockKind;

impl BlockKind {
    /// What people call the kind: `Wait for identify`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Message(_) => "Message",
            Self::OnSitePrompt { .. } => "On-site prompt",
            Self::Audience { .. } => "Audience",
            Self::WaitForIdentify { .. } => "Wait for identify",
            Self::Delay(_) => "Delay",
            Self::WaitUntil { .. } => "Wait until",
            Self::TimeWindow { .. } => "Time window",
            Self::Branch { .. } => "Branch",
            Self::MultiBranch { .. } => "Multi-way branch",
            Self::RandomSplit { .. } => "Random split",
            Self::UpdateAttributes { .. } => "Update attributes",
            Self::SendEvent { .. } => "Send event",
            Self::Goal => "Goal",
            Self::Exit { .. } => "Exit",
        }
    }

    /// What ids of such blocks begin with: `wait-for-identify`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::OnSitePrompt { .. } => "on-site-prompt",
            Self::Audience { .. } => "audience",
            Self::WaitForIdentify { .. } => "wait-for-identify",
            Self::Delay(_) => "delay",
            Self::WaitUntil { .. } => "wait-until",
            Self::TimeWindow { .. } => "time-window",
            Self::Branch { .. } => "branch",
            Self::MultiBranch { .. } => "multi-branch",
            Self::RandomSplit { .. } => "split",
            Self::UpdateAttributes { .. } => "attributes",
            Self::SendEvent { .. } => "send-event",
            Self::Goal => "goal",
            Self::Exit { .. } => "exit",
        }
    }
}
