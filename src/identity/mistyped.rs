//! Domains that look like a slip of the keyboard.
//!
//! A domain is compared with the providers of `assets/addresses/providers.txt` in two parts, name
//! and suffix. A suffix that exists makes the domain somebody's, so it is taken for a slip only
//! where it is a well-known one (`.co` for `.com`); a domain that is known never is.

use std::{cell::RefCell, cmp::Reverse, sync::OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::data_words;

/// Suffixes that exist and that people also write by mistake, and what they mean then.
const SLIPS: [(&str, &str); 5] = [("co", "com"), ("cm", "com"), ("om", "com"), ("ne", "net"), ("et", "net")];
/// Suffixes that a slip of any domain, not only a provider's, is corrected to.
const USUAL_SUFFIXES: [&str; 6] = ["com", "net", "org", "edu", "gov", "info"];

struct Provider {
    name: &'static str,
    suffixes: Vec<&'static str>,
}

/// What the data files know.
struct Knowledge {
    /// The most used first, as in the file.
    providers: Vec<Provider>,
    /// Domains that are never a slip.
    real: FxHashSet<String>,
    top_level: FxHashSet<&'static str>,
}

fn knowledge() -> &'static Knowledge {
    static READ: OnceLock<Knowledge> = OnceLock::new();
    READ.get_or_init(|| {
        let lines = include_str!("../../assets/addresses/providers.txt").lines();
        let providers: Vec<Provider> = lines
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                words.next().map(|name| Provider { name, suffixes: words.collect() })
            })
            .collect();
        let mut real: FxHashSet<String> =
            data_words(include_str!("../../assets/addresses/real_domains.txt")).map(str::to_owned).collect();
        for provider in &providers {
            real.extend(provider.suffixes.iter().map(|suffix| format!("{}.{suffix}", provider.name)));
        }
        let top_level = data_words(include_str!("../../assets/addresses/tlds.txt")).collect();
        Knowledge { providers, real, top_level }
    })
}

/// Whether a domain is known to be what it says.
pub(super) fn is_real(domain: &str) -> bool {
    knowledge().real.contains(domain)
}

thread_local! {
    /// What domains were found to mean: a replay asks of the same few again and again.
    static MEANT: RefCell<FxHashMap<String, Option<String>>> = RefCell::default();
}
/// How many domains a thread remembers.
const MOST_REMEMBERED: usize = 1_024;

/// The domain that was probably meant by a mistyped one (lower case); `None` if nothing is wrong
/// with it.
pub(super) fn meant_domain(domain: &str) -> Option<String> {
    if is_real(domain) {
        return None;
    }
    if let Some(meant) = MEANT.with_borrow(|known| known.get(domain).cloned()) {
        return meant;
    }
    let meant = likely_meant(domain);
    MEANT.with_borrow_mut(|known| {
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(domain.to_owned(), meant.clone());
    });
    meant
}

fn likely_meant(domain: &str) -> Option<String> {
    let (name, suffix) = domain.split_once('.')?;
    nearest_provider(name, suffix).or_else(|| corrected_suffix(name, suffix))
}

fn nearest_provider(name: &str, suffix: &str) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for provider in &knowledge().providers {
        let Some(name_slips) = slips_of_name(name, provider.name) else { continue };
        for meant in &provider.suffixes {
            let Some(suffix_slips) = slips_of_suffix(suffix, meant, name_slips) else { continue };
            let slips = name_slips + suffix_slips;
            if best.as_ref().is_none_or(|(fewest, _)| slips < *fewest) {
                best = Some((slips, format!("{}.{meant}", provider.name)));
            }
        }
    }
    best.map(|(_, domain)| domain)
}

/// How many slips make `name` of a provider's name; `None`: too many. Short names are too near to
/// other people's to guess.
fn slips_of_name(name: &str, provider: &str) -> Option<usize> {
    let allowed = match provider.len() {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    };
    if name.len().abs_diff(provider.len()) > allowed {
        return None;
    }
    let slips = strsim::osa_distance(name, provider);
    let first_matches = slips < 2 || name.chars().next() == provider.chars().next();
    (slips <= allowed && first_matches).then_some(slips)
}

/// How many slips make `suffix` of the one meant; `None`: it is another one.
fn slips_of_suffix(suffix: &str, meant: &str, name_slips: usize) -> Option<usize> {
    if suffix == meant {
        return Some(0);
    }
    if SLIPS.contains(&(suffix, meant)) {
        // `.co` is many a company's own: with a name that is not quite the provider's it is theirs.
        return (suffix != "co" || name_slips == 0).then_some(1);
    }
    if exists(suffix) {
        return None;
    }
    let slips = strsim::osa_distance(suffix, meant);
    (slips <= 2).then_some(slips)
}

/// The usual suffix that a suffix which does not exist was probably meant to be.
fn corrected_suffix(name: &str, suffix: &str) -> Option<String> {
    if suffix.contains('.') || exists(suffix) {
        return None;
    }
    let near = |meant: &&&str| strsim::osa_distance(suffix, meant) == 1;
    // Of two as near, the one of the same length: a slip swaps or misses a key more often than
    // it adds one.
    let meant = USUAL_SUFFIXES.iter().filter(near).max_by_key(|meant| {
        let position = USUAL_SUFFIXES.iter().position(|other| other == *meant);
        (meant.len() == suffix.len(), Reverse(position))
    })?;
    Some(format!("{name}.{meant}"))
}

/// Whether a suffix ends in a top-level domain that exists.
fn exists(suffix: &str) -> bool {
    let top_level = suffix.rsplit('.').next().unwrap_or(suffix);
    knowledge().top_level.contains(top_level)
}
