//! Rules about names of other things: segments, journeys, events.

use super::{
    Fix, Look, Place, Problem,
    walk::{change_conditions, conditions, questions},
};
use crate::journey::{
    Anchor, BlockKind, Condition, DelayKind, EventRef, Journey, Trigger,
    format::read::{nearest, nearest_name},
};

/// `unknown_segment`: a segment the workspace does not have.
pub(super) fn unknown_segments(look: &Look<'_>) -> Vec<Problem> {
    let known = &look.context.segments.0;
    let mut asked: Vec<(Place, &str)> = Vec::new();
    if let Trigger::EntersSegment(id) | Trigger::LeavesSegment(id) = &look.journey.trigger {
        asked.push((Place::Trigger, id));
    }
    for (place, question) in questions(look.journey) {
        if let Condition::Segment(id) = question {
            asked.push((place, id));
        }
    }
    asked.retain(|(_, id)| !id.trim().is_empty() && !known.contains_key(*id));
    asked
        .into_iter()
        .map(|(place, id)| {
            let near = nearest_name(id, known.keys().map(String::as_str));
            let text = format!(
                "There is no segment “{id}”{}. Choose one of the workspace's segments, or add it to segments.ron.",
                hint(near)
            );
            let fix = near.map(|near| {
                rename(look, near, |journey| {
                    let swap = |at: &mut String| {
                        if at == id {
                            near.clone_into(at);
                        }
                    };
                    if let Trigger::EntersSegment(at) | Trigger::LeavesSegment(at) = &mut journey.trigger {
                        swap(at);
                    }
                    change_conditions(journey, &mut |condition| {
                        if let Condition::Segment(at) = condition {
                            swap(at);
                        }
                    });
                })
            });
            Problem::error("unknown_segment", place, text).with_any(fix)
        })
        .collect()
}

/// `unknown_journey`, `unknown_block`: a condition on a journey or message there is not.
pub(super) fn unknown_journeys(look: &Look<'_>) -> Vec<Problem> {
    let own = &look.journey.id;
    let known = |id| id == own || look.context.journeys.contains(id);
    let mut problems = Vec::new();
    for (place, question) in questions(look.journey) {
        let (journey, block) = match question {
            Condition::InJourney { journey, .. } => (Some(journey), None),
            Condition::Message { journey, block, .. } => (journey.as_ref(), block.as_ref()),
            _ => continue,
        };
        if let Some(journey) = journey.filter(|id| !known(id)) {
            let ids = look.context.journeys.iter().chain([own]);
            let near = nearest_name(journey.as_str(), ids.map(crate::journey::JourneyId::as_str));
            let text = format!("There is no journey “{journey}”{}. The condition never holds.", hint(near));
            let fix = near.map(|near| {
                rename(look, near, |changed| {
                    change_conditions(changed, &mut |condition| {
                        if let Condition::InJourney { journey: at, .. }
                        | Condition::Message { journey: Some(at), .. } = condition
                            && at == journey
                        {
                            *at = near.into();
                        }
                    });
                })
            });
            problems.push(Problem::warning("unknown_journey", place.clone(), text).with_any(fix));
        }
        let here = journey.is_none_or(|id| id == own);
        if let Some(block) = block.filter(|id| here && !look.journey.blocks.contains_key(*id)) {
            // Without a journey, the block may be another journey's.
            if journey.is_some() {
                let near =
                    nearest(block.as_str(), look.journey.blocks.keys().map(crate::journey::BlockId::as_str));
                let text = format!("There is no block “{block}” here{near}. The condition never holds.");
                problems.push(Problem::warning("unknown_block", place, text));
            }
        }
    }
    problems
}

/// `unknown_event`: an event that no recording has.
pub(super) fn unknown_events(look: &Look<'_>) -> Vec<Problem> {
    let Some(taxonomy) = look.context.taxonomy.filter(|taxonomy| !taxonomy.events.is_empty()) else {
        return Vec::new();
    };
    let sent: Vec<&str> = look
        .journey
        .blocks
        .values()
        .filter_map(|block| match &block.kind {
            BlockKind::SendEvent { event, .. } => Some(event.as_str()),
            _ => None,
        })
        .collect();
    let known = |name: &str| taxonomy.events.contains_key(name) || sent.contains(&name);
    events(look.journey)
        .into_iter()
        .filter_map(|(place, event)| match event {
            EventRef::Named(name) | EventRef::Page(Some(name)) if !name.trim().is_empty() && !known(name) => {
                let names = taxonomy.events.keys().map(String::as_str).chain(sent.iter().copied());
                let near = nearest_name(name, names);
                let text = format!("No recording has an event “{name}”{}.", hint(near));
                let fix = near.map(|near| {
                    rename(look, near, |journey| {
                        change_events(journey, &mut |event| {
                            if let EventRef::Named(at) | EventRef::Page(Some(at)) = event
                                && at == name
                            {
                                near.clone_into(at);
                            }
                        });
                    })
                });
                Some(Problem::warning("unknown_event", place, text).with_any(fix))
            }
            EventRef::Role(role) if !look.context.roles.names(*role).any(known) => {
                let names: Vec<&str> = look.context.roles.names(*role).collect();
                let text = if names.is_empty() {
                    "An event role is asked for that no event name plays. Say in the workspace which events play it."
                        .to_owned()
                } else {
                    format!(
                        "No recording has an event that plays the role ({}). Say in the workspace which events play it.",
                        names.join(", ")
                    )
                };
                Some(Problem::warning("unknown_event", place, text))
            }
            _ => None,
        })
        .collect()
}

/// Every event a journey names, with its place.
fn events(journey: &Journey) -> Vec<(Place, &EventRef)> {
    let mut all = Vec::new();
    if let Trigger::Event { event, .. } = &journey.trigger {
        all.push((Place::Trigger, event));
    }
    for (place, condition) in conditions(journey) {
        condition.visit(&mut |question| {
            if let Condition::Event(event) = question {
                let named = [Some(&event.event), event.after.as_ref(), event.before.as_ref()];
                all.extend(named.into_iter().flatten().map(|event| (place.clone(), event)));
            }
        });
    }
    for (id, block) in &journey.blocks {
        if let BlockKind::Delay(DelayKind::Anchored { from: Anchor::LastEvent(event), .. }) = &block.kind {
            all.push((Place::block(id), event));
        }
    }
    all
}

/// Changes every event a journey names.
fn change_events(journey: &mut Journey, change: &mut impl FnMut(&mut EventRef)) {
    if let Trigger::Event { event, .. } = &mut journey.trigger {
        change(event);
    }
    change_conditions(journey, &mut |condition| {
        if let Condition::Event(event) = condition {
            let named = [Some(&mut event.event), event.after.as_mut(), event.before.as_mut()];
            named.into_iter().flatten().for_each(&mut *change);
        }
    });
    for block in journey.blocks.values_mut() {
        if let BlockKind::Delay(DelayKind::Anchored { from: Anchor::LastEvent(event), .. }) = &mut block.kind
        {
            change(event);
        }
    }
}

pub(super) fn rename(look: &Look<'_>, near: &str, change: impl FnOnce(&mut Journey)) -> Fix {
    look.fix(&format!("Use “{near}”"), change)
}

/// `; the nearest is “x”`, or nothing.
pub(super) fn hint(near: Option<&str>) -> String {
    near.map(|near| format!("; the nearest is “{near}”")).unwrap_or_default()
}
