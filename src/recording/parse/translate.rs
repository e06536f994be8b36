//! Messages of two other well-known shapes, put into the shape of the Segment spec: requests of a
//! server API that names the person in the address (`/api/v1/customers/ID/events`), and events
//! that know people by one `distinct_id`.
//!
//! What is put so is read like any other message afterwards: times, ids and properties are judged
//! in one place.

use serde_json::{Map, Value, json};

/// The calls that a request to the server API makes, each as a message or as the reason why it is
/// none; `None` if it is a request of something else.
pub(super) fn request(path: &str, body: &str) -> Option<Vec<Result<Value, String>>> {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let version = parts.windows(2).position(|two| two[0] == "api" && matches!(two[1], "v1" | "v2"))? + 1;
    let call = (parts[version], &parts[version + 1..]);
    let is_known = match call {
        ("v1", call) => matches!(call, ["customers", _, ..] | ["events" | "merge_customers"]),
        (_, call) => matches!(call, ["entity" | "batch"]),
    };
    if !is_known {
        return None;
    }
    let body: Value = serde_json::from_str(body).ok()?;
    Some(match call {
        ("v1", ["customers", id]) => vec![Ok(identify(&named(id), body))],
        ("v1", ["customers", id, "events"]) => vec![Ok(activity(&named(id), &body))],
        ("v1", ["customers", _, what, ..]) => vec![Err(no_event(what))],
        ("v1", ["events"]) => vec![Ok(activity(&body, &body))],
        ("v1", _) => vec![Ok(merge(&body))],
        ("v2", ["batch"]) => body["batch"].as_array().into_iter().flatten().map(entity).collect(),
        _ => vec![entity(&body)],
    })
}

/// One call of the newer server API: a person and what is done to it.
fn entity(call: &Value) -> Result<Value, String> {
    let who = &call["identifiers"];
    let action = call["action"].as_str().unwrap_or_default();
    match (call["type"].as_str(), action) {
        (Some("person"), "identify") => {
            let mut message = identify(who, call["attributes"].clone());
            copy(call, "timestamp", &mut message, "timestamp");
            Ok(message)
        }
        (Some("person"), "event" | "page" | "screen") => {
            let mut call = call.clone();
            call["type"] = action.into();
            if call["data"].is_null() {
                call["data"] = call["attributes"].take();
            }
            Ok(activity(who, &call))
        }
        (Some("person"), "merge") => Ok(merge(call)),
        _ => Err(no_event(action)),
    }
}

fn no_event(what: &str) -> String {
    format!("a request that is no event (“{}”)", what.chars().take(40).collect::<String>())
}

/// The person that an address names: by email where it reads as one, else by id.
fn named(id: &str) -> Value {
    let id = percent_decoded(id);
    let kind = if id.contains('@') { "email" } else { "id" };
    json!({ kind: id })
}

/// A person is told what they are like.
fn identify(who: &Value, attributes: Value) -> Value {
    let mut message = json!({ "type": "identify", "traits": {} });
    if let Value::Object(attributes) = attributes {
        message["traits"] = Value::Object(attributes);
    }
    copy(who, "id", &mut message, "userId");
    copy(who, "anonymous_id", &mut message, "anonymousId");
    copy(who, "email", &mut message["traits"], "email");
    message
}

/// A person did something: an event, or a page or screen where the call says so.
fn activity(who: &Value, call: &Value) -> Value {
    let kind = call["type"].as_str().filter(|kind| matches!(*kind, "page" | "screen")).unwrap_or("track");
    let mut message = json!({ "type": kind });
    copy(call, "name", &mut message, if kind == "track" { "event" } else { "name" });
    copy(call, "data", &mut message, "properties");
    copy(call, "timestamp", &mut message, "timestamp");
    copy(call, "id", &mut message, "messageId");
    copy(who, "anonymous_id", &mut message, "anonymousId");
    // In a call without a person in its address `id` is the call's own.
    if !std::ptr::eq(who, call) {
        copy(who, "id", &mut message, "userId");
    }
    if let Some(email) = who.get("email").filter(|email| email.is_string()) {
        message["context"] =
            json!({ "externalIds": [{ "type": "email", "id": email, "collection": "users" }] });
    }
    message
}

fn merge(call: &Value) -> Value {
    let mut message = json!({ "type": "merge" });
    for side in ["primary", "secondary"] {
        copy(call, side, &mut message, side);
    }
    message
}

/// An event that knows its person by one `distinct_id`; `None` if it is something else.
///
/// The client says whether that is an anonymous id: somebody identified has a `$user_id`, and what
/// is not yet is known by its device. Without a word about either (a server's call) it is a name.
pub(super) fn distinct(event: &str) -> Option<Value> {
    let event: Value = serde_json::from_str(event).ok()?;
    let properties = event.get("properties").cloned().unwrap_or_else(|| json!({}));
    let person = [&event["distinct_id"], &properties["distinct_id"]].into_iter().find(|id| !id.is_null())?;
    let name = event["event"].as_str()?;
    let is_anonymous = properties["$is_identified"] == json!(false)
        || (properties["$user_id"].is_null() && properties["$device_id"] == *person);
    let id = if is_anonymous { "anonymousId" } else { "userId" };
    let mut message = json!({ id: person, "context": context(&properties) });
    match name {
        "$identify" | "$set" => {
            message["type"] = "identify".into();
            message["traits"] = traits(&event, &properties);
            copy(&properties, "$anon_distinct_id", &mut message, "anonymousId");
        }
        "$create_alias" => {
            message["type"] = "alias".into();
            copy(&properties, "alias", &mut message, "previousId");
        }
        "$merge_dangerously" => {
            message = json!({ "type": "merge", "primary": { "id": person } });
            message["secondary"] = json!({ "id": properties["alias"] });
        }
        "$groupidentify" => {
            message["type"] = "group".into();
            copy(&properties, "$group_key", &mut message, "groupId");
        }
        "$pageview" => {
            message["type"] = "page".into();
            copy(&properties, "title", &mut message, "name");
        }
        "$screen" => {
            message["type"] = "screen".into();
            copy(&properties, "$screen_name", &mut message, "name");
        }
        other => {
            message["type"] = "track".into();
            message["event"] = other.into();
        }
    }
    for (theirs, ours) in [("uuid", "messageId"), ("timestamp", "timestamp"), ("sent_at", "sentAt")] {
        copy(&event, theirs, &mut message, ours);
    }
    if message["type"] != "merge" {
        message["properties"] = properties;
    }
    Some(message)
}

/// What the call sets on the person: once only, then in any case.
fn traits(event: &Value, properties: &Value) -> Value {
    let mut traits = Map::new();
    for key in ["$set_once", "$set"] {
        for set in [&properties[key], &event[key]].into_iter().filter_map(Value::as_object) {
            let own = set.iter().filter(|(name, value)| !name.starts_with('$') && !value.is_null());
            traits.extend(own.map(|(name, value)| (name.clone(), value.clone())));
        }
    }
    Value::Object(traits)
}

/// Where it happened, as the spec's `context` has it.
fn context(properties: &Value) -> Value {
    let mut context = json!({ "page": {} });
    for (theirs, ours) in
        [("$current_url", "url"), ("$pathname", "path"), ("$referrer", "referrer"), ("title", "title")]
    {
        copy(properties, theirs, &mut context["page"], ours);
    }
    copy(properties, "$browser_language", &mut context, "locale");
    copy(properties, "$timezone", &mut context, "timezone");
    context
}

/// Copies a field that is there under another name.
fn copy(from: &Value, name: &str, to: &mut Value, as_name: &str) {
    if let Some(value) = from.get(name).filter(|value| !value.is_null()) {
        to[as_name] = value.clone();
    }
}

/// The text of a piece of an address (`a%40b.com`).
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = hex
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        rest = if byte.is_some() { &after[2..] } else { after };
        bytes.push(byte.unwrap_or(*first));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a request comes to; a reason as text.
    fn calls(path: &str, body: &str) -> Vec<Value> {
        let told = |call: Result<Value, String>| call.unwrap_or_else(Value::String);
        request(path, body).unwrap_or_default().into_iter().map(told).collect()
    }

    #[test]
    fn a_request_names_its_person_in_the_address() {
        assert_eq!(
            calls("/api/v1/customers/u-3", r#"{"email":"cy@example.com"}"#),
            [json!({"traits":{"email":"cy@example.com"},"type":"identify","userId":"u-3"})]
        );
        assert_eq!(
            calls("/x/api/v1/customers/a%40b.com/?k=1", r#"{"plan":"pro"}"#),
            [json!({"traits":{"email":"a@b.com","plan":"pro"},"type":"identify"})]
        );
        assert_eq!(
            calls("/api/v1/customers/u-3/events", r#"{"type":"page","name":"http://shop.test/cart"}"#),
            [json!({"name":"http://shop.test/cart","type":"page","userId":"u-3"})]
        );
        assert_eq!(
            calls(
                "/api/v1/customers/u-3/events",
                r#"{"name":"purchase","data":{"price":23.45},"timestamp":1700000100,"id":"01A"}"#
            ),
            [
                json!({"event":"purchase","messageId":"01A","properties":{"price":23.45},"timestamp":1_700_000_100,"type":"track","userId":"u-3"})
            ]
        );
    }

    #[test]
    fn a_request_without_a_person_is_of_a_device() {
        assert_eq!(
            calls("/api/v1/events", r#"{"name":"Viewed","anonymous_id":"D","id":"01B"}"#),
            [json!({"anonymousId":"D","event":"Viewed","messageId":"01B","type":"track"})]
        );
    }

    #[test]
    fn people_are_merged_and_other_requests_are_no_events() {
        assert_eq!(
            calls("/api/v1/merge_customers", r#"{"primary":{"id":"a"},"secondary":{"email":"b@x.com"}}"#),
            [json!({"primary":{"id":"a"},"secondary":{"email":"b@x.com"},"type":"merge"})]
        );
        assert_eq!(calls("/api/v1/customers/a/suppress", "{}"), ["a request that is no event (“suppress”)"]);
        assert_eq!(request("/v1/track", "{}"), None);
        assert_eq!(request("/api/v1/track", "{}"), None);
    }

    #[test]
    fn a_batch_of_entities_is_read_one_by_one() {
        let batch = r#"{"batch":[
            {"type":"person","action":"identify","identifiers":{"id":"u"},"attributes":{"a":1}},
            {"type":"person","action":"page","identifiers":{"email":"a@b.com"},"name":"home"},
            {"type":"person","action":"delete","identifiers":{"id":"u"}}]}"#;
        assert_eq!(
            calls("/api/v2/batch", batch),
            [
                json!({"traits":{"a":1},"type":"identify","userId":"u"}),
                json!({"context":{"externalIds":[{"collection":"users","id":"a@b.com","type":"email"}]},"name":"home","type":"page"}),
                json!("a request that is no event (“delete”)"),
            ]
        );
    }

    #[test]
    fn a_distinct_id_is_a_device_until_somebody_is_identified() {
        let of = |event: Value| distinct(&event.to_string()).unwrap_or_default();
        let browser =
            |name: &str, properties: Value| json!({ "event": name, "uuid": "m", "properties": properties });
        let seen =
            of(browser("View", json!({ "distinct_id": "D", "$device_id": "D", "$is_identified": false })));
        assert_eq!((&seen["anonymousId"], &seen["userId"]), (&json!("D"), &Value::Null));
        assert_eq!(
            (&seen["type"], &seen["event"], &seen["messageId"]),
            (&json!("track"), &json!("View"), &json!("m"))
        );
        let said = of(browser(
            "$identify",
            json!({ "distinct_id": "U", "$anon_distinct_id": "D", "$user_id": "U", "$set": { "plan": "pro", "$os": "x" },
                "$set_once": { "plan": "free", "since": 1 } }),
        ));
        assert_eq!((&said["anonymousId"], &said["userId"]), (&json!("D"), &json!("U")));
        assert_eq!(said["traits"], json!({ "plan": "pro", "since": 1 }));
        let server = of(json!({ "event": "Paid", "distinct_id": "U", "properties": {} }));
        assert_eq!((&server["userId"], &server["anonymousId"]), (&json!("U"), &Value::Null));
        let alias =
            of(json!({ "event": "$create_alias", "distinct_id": "U", "properties": { "alias": "D" } }));
        assert_eq!((&alias["type"], &alias["previousId"]), (&json!("alias"), &json!("D")));
        assert_eq!(distinct(r#"{"event":"View"}"#), None);
    }
}
