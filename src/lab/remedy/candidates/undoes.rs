//! Whether a change undoes the very decision that turned somebody away.

use crate::{
    journey::{AddressNeed, BlockId, BlockKind, DelayKind},
    lab::{
        asked::Stopped,
        remedy::{Change, JourneyRule, Scene, WorkspaceRule},
    },
    simulator::HeldState,
};

/// Whether a change undoes the very decision that turned the person away.
pub(super) fn undoes(scene: &Scene<'_>, change: &Change) -> bool {
    use Change as C;
    let identity = matches!(change, C::IdentifiedEarlier { .. } | C::Identified(_));
    let deed = matches!(
        change,
        C::EventAdded(_) | C::EventLeftOut { .. } | C::TraitLeftOut { .. } | C::JourneyRun(..)
    );
    if let C::LongerReplay { .. } = change {
        return true;
    }
    match scene.stopped {
        Stopped::Message { reason, .. } => match *reason {
            "not_identified" => identity,
            "no_address" => matches!(change, C::AddressGiven(..)) || identity,
            "invalid_address" | "mistyped_address" | "disposable_address" => {
                matches!(change, C::AddressCorrected { .. } | C::Workspace(WorkspaceRule::BadAddressesSent))
            }
            "suppressed" | "unsubscribed" | "unsubscribed_topic" | "unsubscribed_channel" => {
                matches!(change, C::EventLeftOut { .. } | C::TraitLeftOut { .. })
            }
            "consent_denied" | "consent_unknown" => matches!(
                change,
                C::ConsentGiven(..)
                    | C::Workspace(WorkspaceRule::NoConsentNeeded(_) | WorkspaceRule::NoRegions)
            ),
            "offer_limit" => {
                matches!(change, C::Workspace(WorkspaceRule::NoOfferGap) | C::JourneyRun(..))
            }
            "message_limit" => matches!(
                change,
                C::Workspace(WorkspaceRule::Limit { .. } | WorkspaceRule::LimitRetry(_)) | C::JourneyRun(..)
            ),
            "quiet_hours" => matches!(change, C::Workspace(WorkspaceRule::NoQuietHours)),
            "left_while_deferred" => {
                matches!(
                    change,
                    C::EventLeftOut { .. } | C::Workspace(_) | C::Journey(JourneyRule::NoExit(_))
                )
            }
            "extra_condition" => {
                deed || matches!(
                    change,
                    C::AttributeSaid(..) | C::ConsentGiven(..) | C::Journey(JourneyRule::NoExtraCondition(_))
                )
            }
            "template_error" => {
                matches!(change, C::AttributeSaid(..) | C::PropertyGiven { .. } | C::EventAdded(_))
            }
            "no_page_view" => deed,
            _ => false,
        },
        Stopped::NotStarted { reason, .. } => match reason.as_str() {
            "too_old" => identity || matches!(change, C::TriggerAge { .. }),
            "anonymous" => identity,
            "audience" => {
                deed || matches!(
                    change,
                    C::AttributeSaid(..) | C::ConsentGiven(..) | C::Journey(JourneyRule::NoAudience)
                )
            }
            "already_entered" | "gap" => matches!(change, C::Journey(JourneyRule::EveryTime)),
            "not_oldest" | "not_newest" => matches!(change, C::Journey(JourneyRule::EachTrigger)),
            _ => deed,
        },
        Stopped::Held { state, .. } => match state {
            HeldState::NeverIdentified => identity,
            _ => identity || matches!(change, C::TriggerAge { .. } | C::Retention { .. }),
        },
        Stopped::Nothing => matches!(change, C::EventAdded(_) | C::AttributeSaid(..)),
        Stopped::OnTheWay { block, .. } => {
            let kind = block.as_ref().and_then(|id| scene.journey.blocks.get(id)).map(|block| &block.kind);
            match kind {
                Some(BlockKind::WaitForIdentify { address, .. }) => {
                    let address = *address == AddressNeed::Good;
                    identity
                        || matches!(change, C::AddressGiven(..))
                        || (address && matches!(change, C::AddressCorrected { .. }))
                        || is_rule_of(change, block.as_ref())
                }
                Some(BlockKind::Delay(DelayKind::Anchored { fresh_for: Some(_), .. })) => {
                    identity || deed || is_rule_of(change, block.as_ref())
                }
                Some(BlockKind::RandomSplit { .. }) => is_rule_of(change, block.as_ref()),
                _ => {
                    deed || matches!(change, C::AttributeSaid(..) | C::ConsentGiven(..))
                        || is_rule_of(change, block.as_ref())
                }
            }
        }
    }
}

/// Whether a change is of a rule of this block, or of one that ends runs anywhere.
fn is_rule_of(change: &Change, block: Option<&BlockId>) -> bool {
    match change {
        Change::Journey(
            JourneyRule::Answer(id, _)
            | JourneyRule::Arm(id, _)
            | JourneyRule::Draw(id, _)
            | JourneyRule::WaitsFor(id, _)
            | JourneyRule::NoFreshness(id)
            | JourneyRule::NoExtraCondition(id),
        ) => Some(id) == block,
        Change::Journey(JourneyRule::NoExit(_) | JourneyRule::GoalGoesOn) => true,
        _ => false,
    }
}
