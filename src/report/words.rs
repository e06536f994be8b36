//! How instants and people are named to people.

use chrono::TimeZone;
use chrono_tz::Tz;

use crate::{
    journey::{Block, BlockId, BlockKind, Journey},
    recording::time::format_instant,
};

/// `Wed 4 Mar 14:02` in a zone; the year is said where it is not that of `beside_ms`.
pub fn instant(ms: i64, zone: Tz, beside_ms: i64) -> String {
    let local = |ms| zone.timestamp_millis_opt(ms).single();
    let (Some(when), Some(beside)) = (local(ms), local(beside_ms)) else {
        return format_instant(ms);
    };
    let same_year = when.format("%Y").to_string() == beside.format("%Y").to_string();
    when.format(if same_year { "%a %-d %b %H:%M" } else { "%a %-d %b %Y %H:%M" }).to_string()
}

/// `Wed 4 Mar 2026 14:02:11.345` in a zone, where every millisecond may matter.
pub fn instant_in_full(ms: i64, zone: Tz) -> String {
    let local = zone.timestamp_millis_opt(ms).single();
    local.map_or_else(|| format_instant(ms), |when| when.format("%a %-d %b %Y %H:%M:%S%.3f").to_string())
}

/// The name of the zone as an IANA name, or UTC.
pub fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// The one identifier people would name somebody by: email, then phone, then user id, then any
/// other, an anonymous id last and shortened.
pub fn person(identifiers: &[String]) -> String {
    const KINDS: [&str; 3] = ["email", "phone", "user_id"];
    let parts = || identifiers.iter().filter_map(|identifier| identifier.split_once(':'));
    for kind in KINDS {
        if let Some((_, value)) = parts().find(|(of, _)| *of == kind) {
            return value.to_owned();
        }
    }
    match parts().find(|(kind, _)| *kind != "anonymous_id").or_else(|| parts().next()) {
        Some(("anonymous_id", value)) => format!("anonymous {}", shortened(value)),
        Some((kind, value)) => format!("{kind} {value}"),
        None => "nobody".to_owned(),
    }
}

/// The first eight characters of a long id.
fn shortened(id: &str) -> String {
    const KEPT: usize = 8;
    if id.chars().count() <= KEPT + 1 {
        return id.to_owned();
    }
    id.chars().take(KEPT).chain(std::iter::once('…')).collect()
}

/// A documented snake-case word as people read it.
pub fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// A block's name in quotation marks; its id where it has none.
pub fn block_name(journey: &Journey, id: &BlockId) -> String {
    let name = journey.blocks.get(id).map_or("", |block| block.name.as_str());
    format!("“{}”", if name.is_empty() { id.as_str() } else { name })
}

/// What people call an exit that is a condition's or an arm's; `None` where it has no name.
pub fn arm_name<'a>(block: &'a Block, exit: &str) -> Option<&'a str> {
    let name = match &block.kind {
        BlockKind::WaitUntil { conditions, .. } | BlockKind::MultiBranch { conditions } => {
            &conditions.iter().find(|arm| arm.id.as_str() == exit)?.name
        }
        BlockKind::RandomSplit { arms, .. } => &arms.iter().find(|arm| arm.id.as_str() == exit)?.name,
        _ => return None,
    };
    Some(name.as_str()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_as_people_say_them() {
        let zone = zone("Europe/Berlin");
        // 4 March 2026 13:02 UTC
        let ms = 1_772_629_320_000;
        assert_eq!(instant(ms, zone, ms), "Wed 4 Mar 14:02");
        assert_eq!(instant(ms, zone, ms + 86_400_000 * 365), "Wed 4 Mar 2026 14:02");
        assert_eq!(instant_in_full(ms + 11_345, zone), "Wed 4 Mar 2026 14:02:11.345");
    }

    #[test]
    fn people_by_their_best_name() {
        let named = |ids: &[&str]| person(&ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        assert_eq!(named(&["anonymous_id:a", "email:ana@example.com", "user_id:7"]), "ana@example.com");
        assert_eq!(named(&["anonymous_id:a", "user_id:7"]), "7");
        assert_eq!(named(&["anonymous_id:5e1f0c52-7c0a-4d0e"]), "anonymous 5e1f0c52…");
        assert_eq!(named(&["anonymous_id:a", "shop_id:9"]), "shop_id 9");
        assert_eq!(named(&[]), "nobody");
    }
}
