//! A template is parsed and rendered within its bounds, or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, json};
use throughline::{identity::platform::MissingVariable, journey::template::CompiledTemplate};

fuzz_target!(|source: &str| {
    let Ok(template) = CompiledTemplate::parse(source) else { return };
    let mut scope = Map::new();
    scope.insert("customer".to_owned(), json!({"name": "Ana", "tags": ["a", "b"]}));
    scope.insert("cart".to_owned(), json!({"products": [{"name": "Oat", "price": 16}]}));
    for missing in [MissingVariable::Fails, MissingVariable::Blank] {
        let _ = template.render(&scope, 1_772_442_000_000, missing);
    }
});
