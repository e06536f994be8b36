//! Rules about what is inside a block: texts, conditions, shares.

use super::{
    Look, Place, Problem,
    walk::{bypass, conditions, exit_name},
};
use crate::journey::{BlockKind, Channel, Condition, Status, block::exit};

/// `empty_message`, `email_without_subject`: nothing to read.
pub(super) fn empty_messages(look: &Look<'_>) -> Vec<Problem> {
    let blank = |text: &str| text.trim().is_empty();
    let mut problems = Vec::new();
    for (id, block) in &look.journey.blocks {
        let (template, is_email) = match &block.kind {
            BlockKind::Message(message) => (&message.template, message.channel == Channel::Email),
            BlockKind::OnSitePrompt { template, .. } => (template, false),
            _ => continue,
        };
        let name = look.name(id);
        if blank(&template.body) {
            let text = format!("“{name}” says nothing. Write its text.");
            problems.push(Problem::warning("empty_message", Place::block(id), text));
        }
        if is_email && blank(&template.subject) {
            let text = format!("The email “{name}” has no subject line. Write one.");
            problems.push(Problem::warning("email_without_subject", Place::block(id), text));
        }
    }
    problems
}

/// `channel_of_no_message`: channels that only results know.
pub(super) fn channels_of_no_message(look: &Look<'_>) -> Vec<Problem> {
    let wrong = look.journey.blocks.iter().filter_map(|(id, block)| match &block.kind {
        BlockKind::Message(message) => match message.channel {
            Channel::OnSite => Some((id, "an on-site prompt block")),
            Channel::Audience => Some((id, "an audience block")),
            _ => None,
        },
        _ => None,
    });
    wrong
        .map(|(id, instead)| {
            let text = format!("“{}” is no message that can be sent. Use {instead} for it.", look.name(id));
            Problem::error("channel_of_no_message", Place::block(id), text)
        })
        .collect()
}

/// `branch_without_condition`: everybody goes the same way.
pub(super) fn missing_conditions(look: &Look<'_>) -> Vec<Problem> {
    let bare = look.journey.blocks.iter().filter_map(|(id, block)| match &block.kind {
        BlockKind::Branch { when: None } => Some((id, block, exit::NO)),
        BlockKind::MultiBranch { conditions } if conditions.is_empty() => Some((id, block, exit::OTHERWISE)),
        BlockKind::WaitUntil { conditions, .. } if conditions.is_empty() => {
            Some((id, block, exit::TIMED_OUT))
        }
        _ => None,
    });
    bare.map(|(id, block, exit)| {
        let text = format!(
            "“{}” has no condition, so everybody leaves by “{}”. Add a condition, or delete the block.",
            look.name(id),
            exit_name(&block.kind, exit)
        );
        let onward = block.target(exit);
        let fix = look.fix("Delete the block", |journey| bypass(journey, id, onward));
        Problem::warning("branch_without_condition", Place::block(id), text).with(fix)
    })
    .collect()
}

/// `audience_without_name`: an audience nobody could find on the advertising platform.
pub(super) fn nameless_audiences(look: &Look<'_>) -> Vec<Problem> {
    let nameless = look.journey.blocks.iter().filter(
        |(_, block)| matches!(&block.kind, BlockKind::Audience { audience, .. } if audience.trim().is_empty()),
    );
    let problem = |(id, _)| {
        let text = format!("“{}” does not say which audience. Name one.", look.name(id));
        Problem::warning("audience_without_name", Place::block(id), text)
    };
    nameless.map(problem).collect()
}

/// `empty_condition`: “all of” or “any of” nothing.
pub(super) fn empty_conditions(look: &Look<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (place, condition) in conditions(look.journey) {
        condition.visit(&mut |part| {
            let text = match part {
                Condition::All(all) if all.is_empty() => {
                    "There is no question here yet, so this always holds. Add one."
                }
                Condition::Any(any) if any.is_empty() => {
                    "There is no question here yet, so this never holds. Add one."
                }
                _ => return,
            };
            problems.push(Problem::warning("empty_condition", place.clone(), text));
        });
    }
    problems
}

/// `repeated_arm`: a condition that an earlier arm asks already.
pub(super) fn repeated_arms(look: &Look<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, block) in &look.journey.blocks {
        let (BlockKind::MultiBranch { conditions } | BlockKind::WaitUntil { conditions, .. }) = &block.kind
        else {
            continue;
        };
        for (index, arm) in conditions.iter().enumerate() {
            let Some(first) = conditions[..index].iter().find(|earlier| earlier.when == arm.when) else {
                continue;
            };
            let name = |id: &str| exit_name(&block.kind, id);
            let text = format!(
                "In “{}” the arm “{}” asks the same as “{}” before it, so nobody takes it. Change or delete it.",
                look.name(id),
                name(arm.id.as_str()),
                name(first.id.as_str())
            );
            let fix = look.fix("Delete the arm", |journey| {
                let Some(block) = journey.blocks.get_mut(id) else { return };
                if let BlockKind::MultiBranch { conditions } | BlockKind::WaitUntil { conditions, .. } =
                    &mut block.kind
                {
                    conditions.retain(|other| other.id != arm.id);
                }
                block.exits.remove(arm.id.as_str());
            });
            problems.push(Problem::warning("repeated_arm", Place::exit(id, &arm.id), text).with(fix));
        }
    }
    problems
}

/// `split_shares_sum`: chances that do not add up to a whole, which they are then taken as parts of.
pub(super) fn split_sums(look: &Look<'_>) -> Vec<Problem> {
    let sums = look.journey.blocks.iter().filter_map(|(id, block)| match &block.kind {
        BlockKind::RandomSplit { arms, .. } => {
            Some((id, arms.iter().map(|arm| u64::from(arm.percent)).sum()))
        }
        _ => None,
    });
    sums.filter(|(_, sum)| !matches!(sum, 0_u64 | 100))
        .map(|(id, sum)| {
            let text = format!(
                "The shares of “{}” sum to {sum} %, not to 100 %. Each counts as its part of {sum}; say the rest, or \
                 make it so.",
                look.name(id)
            );
            Problem::warning("split_shares_sum", Place::block(id), text)
        })
        .collect()
}

/// `split_without_shares`: chances that sum to nothing.
pub(super) fn split_shares(look: &Look<'_>) -> Vec<Problem> {
    let splits = look.journey.blocks.iter().filter_map(|(id, block)| match &block.kind {
        BlockKind::RandomSplit { arms, .. } if arms.iter().all(|arm| arm.percent == 0) => Some((id, arms)),
        _ => None,
    });
    splits
        .map(|(id, arms)| {
            let text = format!(
                "The shares of “{}” sum to nothing, so nobody can go on. Give its arms shares.",
                look.name(id)
            );
            let fix = (!arms.is_empty()).then(|| {
                look.fix("Give every arm the same share", |journey| {
                    if let Some(BlockKind::RandomSplit { arms, .. }) =
                        journey.blocks.get_mut(id).map(|block| &mut block.kind)
                    {
                        let (count, len) = (arms.len() as u32, arms.len());
                        for (index, arm) in arms.iter_mut().enumerate() {
                            // What does not divide evenly goes to the last.
                            let rest = if index + 1 == len { 100 % count } else { 0 };
                            arm.percent = (100 / count + rest).max(1);
                        }
                    }
                })
            });
            Problem::error("split_without_shares", Place::block(id), text).with_any(fix)
        })
        .collect()
}

/// `draft`: a replay leaves it out.
pub(super) fn draft(look: &Look<'_>) -> Vec<Problem> {
    let text =
        "This journey is a draft, so a replay of the workspace leaves it out. Make it active to see it run.";
    let problem = || {
        let fix = look.fix("Make it active", |journey| journey.status = Status::Active);
        Problem::warning("draft", Place::Journey, text).with(fix)
    };
    (look.journey.status == Status::Draft).then(problem).into_iter().collect()
}
