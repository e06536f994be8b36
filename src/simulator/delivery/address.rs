//! Where a message would go.

use super::{contact::ContactLog, contact_rules::names};
use crate::{identity::Profile, journey::Channel, recording::lookup_first};

/// The address a channel would use: an identifier, else an attribute; for push, a device token.
pub fn address_of(profile: &Profile, contact: &ContactLog, channel: Channel) -> Option<String> {
    let names = names();
    let attribute = |paths: &[String]| paths.iter().find_map(|path| text_attribute(profile, path));
    match channel {
        Channel::Email => {
            profile.identifier("email").map(str::to_owned).or_else(|| attribute(&names.email_attributes))
        }
        Channel::Sms => {
            profile.identifier("phone").map(str::to_owned).or_else(|| attribute(&names.phone_attributes))
        }
        Channel::Push => {
            attribute(&names.device_attributes).or_else(|| contact.device_token().map(str::to_owned))
        }
        Channel::InApp | Channel::Webhook | Channel::OnSite | Channel::Audience => None,
    }
}

/// The text of an attribute, or of the first text of a list.
pub(super) fn text_attribute(profile: &Profile, path: &str) -> Option<String> {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let whole = profile.attributes.get(path).map(|attribute| (&attribute.value, ""));
    let (value, rest) =
        whole.or_else(|| profile.attributes.get(name).map(|attribute| (&attribute.value, rest)))?;
    let value = lookup_first(value, rest)?;
    let text = match value {
        serde_json::Value::String(text) => text.trim().to_owned(),
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::Object(fields) => fields.get("token")?.as_str()?.to_owned(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Whether a text is a phone number that can be texted: E.164, spaces and punctuation aside.
pub fn is_phone_number(text: &str) -> bool {
    let bare: String =
        text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}')).collect();
    let Some(digits) = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00")) else { return false };
    (8..=15).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit()) && !digits.starts_with('0')
}
