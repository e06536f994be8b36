//! Temporary.
use crate::{
    identity::*,
    journey::*,
    simulator::{settings::*, *},
};
pub struct Decision {
    pub verdict: Verdict,
    pub flags: Vec<Flag>,
    pub steps: Vec<StepTold>,
}
pub struct StepTold {
    pub rule: &'static str,
    pub confidence: Confidence,
    pub text: String,
}
pub enum Verdict {
    Send,
    NotSent { reason: &'static str },
    Defer { until_ms: i64, reason: &'static str },
}
#[allow(dead_code)]
pub struct DeliveryView<'a> {
    pub now_ms: i64,
    pub reached_ms: i64,
    pub deferred: bool,
    pub message: &'a Message,
    pub known: bool,
    pub address: Option<&'a str>,
    pub profile: &'a Profile,
    pub consents: &'a Consents,
    pub zone: chrono_tz::Tz,
    pub sent: &'a SentLog,
    pub suppressed: bool,
    pub rules: &'a DeliveryRules,
    pub platform: &'a Platform,
}
#[derive(Default, Clone)]
pub struct SentLog {
    times: Vec<i64>,
}
impl SentLog {
    pub fn merge(&mut self, o: Self) {
        self.times.extend(o.times)
    }
    pub fn record(&mut self, at: i64, _m: &Message, _e: bool) {
        self.times.push(at)
    }
}
pub fn is_limit_exempt(_m: &Message, _p: &Platform) -> bool {
    false
}
pub fn check(v: &DeliveryView<'_>) -> Decision {
    let verdict = if !v.known {
        Verdict::NotSent { reason: "not_identified" }
    } else if v.address.is_none() {
        Verdict::NotSent { reason: "no_address" }
    } else {
        Verdict::Send
    };
    Decision { verdict, flags: vec![], steps: vec![] }
}
