//! What to call somebody.

use crate::simulator::result::PersonSummary;

/// The best name there is among canonical identifiers (`email:ana@…`, `anonymous_id:0ebd…`):
/// an email address, else a user id, a phone number, else the device.
pub fn who(identifiers: &[String]) -> String {
    let find = |kind: &str| {
        identifiers.iter().find_map(|id| id.split_once(':').filter(|(k, _)| *k == kind).map(|(_, v)| v))
    };
    if let Some(email) = find("email") {
        email.to_owned()
    } else if let Some(user) = find("user_id") {
        format!("user {user}")
    } else if let Some(phone) = find("phone") {
        phone.to_owned()
    } else if let Some(device) = find("anonymous_id") {
        format!("anonymous {}", shortened(device))
    } else {
        identifiers.first().map_or_else(|| "somebody".to_owned(), |id| identifier(id))
    }
}

/// One identifier in words: `email ana@…`, `user id u-7`, `device 0ebd1c…`.
pub fn identifier(canonical: &str) -> String {
    match canonical.split_once(':') {
        Some(("anonymous_id", value)) => format!("device {}", shortened(value)),
        Some((kind, value)) => format!("{} {value}", super::spaced(kind)),
        None => canonical.to_owned(),
    }
}

/// One identifier in words, nothing cut off: for where it is looked up or copied.
pub fn identifier_in_full(canonical: &str) -> String {
    match canonical.split_once(':') {
        Some(("anonymous_id", value)) => format!("device {value}"),
        _ => identifier(canonical),
    }
}

/// How many devices (anonymous ids) belong to the identifiers.
pub fn devices(identifiers: &[String]) -> usize {
    identifiers.iter().filter(|id| id.starts_with("anonymous_id:")).count()
}

/// The groups of people the sidebar lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeopleGroup {
    /// Have an identifier that is not anonymous.
    Known,
    /// Have none.
    Anonymous,
    /// Were seen on two devices or more.
    SeveralDevices,
}

impl PeopleGroup {
    /// In the order of the sidebar.
    pub const ALL: [Self; 3] = [Self::Known, Self::Anonymous, Self::SeveralDevices];

    /// What the sidebar calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Known => "Known",
            Self::Anonymous => "Anonymous",
            Self::SeveralDevices => "Several devices",
        }
    }
    /// What it means.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Known => "People with a user id, an email address or a phone number.",
            Self::Anonymous => "Visitors who never said who they are.",
            Self::SeveralDevices => "People whose history comes from more than one device.",
        }
    }
    /// Whether somebody belongs to it.
    pub fn holds(self, person: &PersonSummary) -> bool {
        match self {
            Self::Known => person.known,
            Self::Anonymous => !person.known,
            Self::SeveralDevices => devices(&person.identifiers) > 1,
        }
    }
}

/// Long machine-made ids say nothing past their first letters.
fn shortened(value: &str) -> String {
    const SHOWN: usize = 8;
    if value.chars().count() > SHOWN + 4 {
        format!("{}…", value.chars().take(SHOWN).collect::<String>())
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn the_best_name_wins() {
        let device = "anonymous_id:0ebd1c9a-8dd2-4c6e";
        assert_eq!(who(&ids(&[device, "email:ana@shop.com", "user_id:u-7"])), "ana@shop.com");
        assert_eq!(who(&ids(&[device, "user_id:u-7"])), "user u-7");
        assert_eq!(who(&ids(&[device])), "anonymous 0ebd1c9a…");
        assert_eq!(who(&ids(&["anonymous_id:dev-1"])), "anonymous dev-1");
        assert_eq!(who(&[]), "somebody");
        assert_eq!(identifier("user_id:u-7"), "user id u-7");
        assert_eq!(devices(&ids(&[device, "anonymous_id:x", "email:a@b.c"])), 2);
    }
}
