//! What is odd about one person: an address that cannot be mailed, links that were refused, a
//! browser that others use as well.

use crate::{
    identity::{AddressReport, AddressVerdict, RefusalReason, check_address},
    lab::Directory,
    simulator::{ReplayResult, result::PersonSummary},
};

/// Something odd about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonProblem {
    /// An address that is invalid, looks mistyped or is a throw-away one.
    BadAddress(AddressReport),
    /// More than one address, user id or phone number: of the kind, so many.
    SeveralOf(String, usize),
    /// Somebody else said who they are on this device of theirs: a shared browser.
    SharedDevice {
        /// The anonymous id.
        anonymous_id: String,
        /// When (UTC ms).
        at_ms: i64,
    },
    /// A link was refused.
    Refused {
        /// The identifier concerned.
        identifier: String,
        /// Why.
        reason: RefusalReason,
        /// When (UTC ms).
        at_ms: i64,
    },
}

const ANONYMOUS: &str = "anonymous_id:";

/// The email addresses somebody goes by: their identifiers, and an attribute of that name.
fn addresses(person: &PersonSummary) -> Vec<&str> {
    let mut addresses: Vec<&str> =
        person.identifiers.iter().filter_map(|id| id.strip_prefix("email:")).collect();
    if let Some(address) = person.attributes.get("email").and_then(serde_json::Value::as_str)
        && !addresses.iter().any(|known| known.eq_ignore_ascii_case(address))
    {
        addresses.push(address);
    }
    addresses
}

/// The addresses of somebody that likely reach nobody.
pub fn bad_addresses(person: &PersonSummary) -> impl Iterator<Item = AddressReport> {
    let is_bad =
        |report: &AddressReport| !matches!(report.verdict, AddressVerdict::Ok | AddressVerdict::Role);
    addresses(person).into_iter().map(check_address).filter(is_bad)
}

/// Everything odd about a person, by position in the result.
pub fn problems(result: &ReplayResult, directory: &Directory, at: usize) -> Vec<PersonProblem> {
    let Some(person) = result.people.get(at) else { return Vec::new() };
    let mut problems: Vec<PersonProblem> = bad_addresses(person).map(PersonProblem::BadAddress).collect();
    let mut kinds: Vec<&str> =
        person.identifiers.iter().filter_map(|id| id.split_once(':').map(|(kind, _)| kind)).collect();
    kinds.retain(|kind| *kind != "anonymous_id");
    for group in kinds.chunk_by(PartialEq::eq).filter(|group| group.len() > 1) {
        problems.push(PersonProblem::SeveralOf(group[0].to_owned(), group.len()));
    }
    for refusal in directory.refusals(at).iter().filter_map(|at| result.refusals.get(*at as usize)) {
        let Some(identifier) = refusal.identifier.clone() else { continue };
        let claimed = matches!(
            refusal.reason,
            RefusalReason::AlreadyClaimed | RefusalReason::BelongsToAnother | RefusalReason::BothIdentified
        );
        problems.push(match identifier.strip_prefix(ANONYMOUS) {
            Some(id) if claimed => {
                PersonProblem::SharedDevice { anonymous_id: id.to_owned(), at_ms: refusal.at_ms }
            }
            _ => PersonProblem::Refused { identifier, reason: refusal.reason, at_ms: refusal.at_ms },
        });
    }
    problems
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{identity::Confidence, simulator::result::RefusalRecord};

    fn result() -> ReplayResult {
        let ids = ["anonymous_id:a", "email:ana@gmial.com", "email:ana@example.com"];
        let person = PersonSummary {
            identifiers: ids.map(str::to_owned).to_vec(),
            known: true,
            known_ms: None,
            attributes: BTreeMap::from([("email".to_owned(), "ANA@example.com".into())]),
            events: 1,
            first_ms: 0,
            last_ms: 0,
            segments: Vec::new(),
        };
        let refusal = |id: &str, reason| RefusalRecord {
            at_ms: 5,
            call: "m1".to_owned(),
            identifier: Some(id.to_owned()),
            reason,
            rule: "reclaim",
            confidence: Confidence::Documented,
        };
        ReplayResult {
            people: vec![person],
            refusals: vec![
                refusal("anonymous_id:a", RefusalReason::AlreadyClaimed),
                refusal("anonymous_id:other", RefusalReason::AlreadyClaimed),
            ],
            ..ReplayResult::default()
        }
    }

    #[test]
    fn what_is_odd_is_said_once() {
        let result = result();
        let problems = problems(&result, &Directory::of(&result), 0);
        let [PersonProblem::BadAddress(report), PersonProblem::SeveralOf(kind, 2), shared] = &problems[..]
        else {
            panic!("{problems:?}")
        };
        assert_eq!((report.verdict, kind.as_str()), (AddressVerdict::Mistyped, "email"));
        assert_eq!(*shared, PersonProblem::SharedDevice { anonymous_id: "a".to_owned(), at_ms: 5 });
    }
}
