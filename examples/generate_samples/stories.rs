//! The stories: between them the shoppers take every exit of every sample journey.

use serde_json::{Value, json};
use throughline::recording::time::parse_instant_ms;

use super::shopper::Shopper;

/// A local morning in Berlin, ten o'clock, on a day of March 2026.
fn march(day: u32) -> i64 {
    parse_instant_ms(&format!("2026-03-{day:02}T09:00:00Z")).unwrap_or_default()
}

/// A morning long before: orders of old.
fn october(day: u32) -> i64 {
    parse_instant_ms(&format!("2025-10-{day:02}T09:00:00Z")).unwrap_or_default()
}

fn yes() -> Value {
    json!({ "email_consent": true, "country": "DE" })
}
fn named(first_name: &str) -> Value {
    json!({ "first_name": first_name, "email_consent": true, "country": "DE" })
}
fn unsubscribed() -> Value {
    json!({ "unsubscribed": true, "country": "DE" })
}
fn refused() -> Value {
    json!({ "email_consent": false, "country": "DE" })
}

/// File name and text of each generated recording.
pub fn recordings() -> Vec<(&'static str, String)> {
    vec![("past-orders.jsonl", written(past_orders())), ("every-path.jsonl", written(every_path()))]
}

/// One call a line, in time order (then by message id).
fn written(shoppers: Vec<Shopper>) -> String {
    let mut calls: Vec<(i64, Value)> = shoppers.into_iter().flat_map(Shopper::story).collect();
    calls.sort_by(|(a_ms, a), (b_ms, b)| {
        a_ms.cmp(b_ms).then_with(|| a["messageId"].as_str().cmp(&b["messageId"].as_str()))
    });
    let lines: Vec<String> = calls.into_iter().map(|(_, call)| call.to_string()).collect();
    lines.join("\n") + "\n"
}

/// Customers of old: state from before the first event of the replay.
fn past_orders() -> Vec<Shopper> {
    let customer = |name, email: &str, day| Shopper::arrives(name, october(day)).identifies(email, yes());
    vec![
        customer("old-vera", "vera.lang@example.com", 1)
            .buys("P7")
            .later("5d")
            .buys("P2")
            .later("6d")
            .buys("P9"),
        customer("old-tom", "tom.brandt@example.com", 3).buys("P5"),
        customer("old-iris", "iris.falk@example.com", 4)
            .buys("P1")
            .later("3d")
            .buys("P2")
            .later("4d")
            .buys("P12")
            .updates(&unsubscribed()),
        // A guest: all we know of them is their browser.
        Shopper::arrives("old-guest", october(5)).buys("P2"),
        customer("old-noor", "noor.haddad@example.com", 6).buys("P10").updates(&refused()),
    ]
}

fn every_path() -> Vec<Shopper> {
    let mut all = carts();
    all.extend(browsers());
    all.extend(checkouts());
    all.extend(discoverers());
    all.extend(lapsed());
    all.extend(newcomers());
    all
}

/// Cart recovery.
fn carts() -> Vec<Shopper> {
    let arrives = Shopper::arrives;
    vec![
        // Reminded, and never worried.
        arrives("cart-ben", march(2))
            .home()
            .views("P5")
            .adds("P5")
            .gives("ben.otto@example.com", named("Ben")),
        // Reminded, looks up delivery the same evening, is reassured, gets the offer.
        arrives("cart-cleo", march(2))
            .home()
            .adds("P10")
            .gives("cleo.marin@example.com", named("Cleo"))
            .later("9h")
            .page("shipping", "/pages/shipping"),
        // Checks sizes and delivery before leaving: reassured at once.
        arrives("cart-dana", march(3))
            .home()
            .adds("P20")
            .page("size guide", "/pages/size-guide")
            .page("shipping", "/pages/shipping")
            .gives("dana.wolf@example.com", named("Dana"))
            // Again within the month: the second offer is one too many.
            .later("9d")
            .adds("P20")
            .page("shipping", "/pages/shipping"),
        // Gives an email six days later: too late for a reminder.
        arrives("cart-emil", march(3))
            .home()
            .adds("P9")
            .later("6d")
            .home()
            .gives("emil.kranz@example.com", named("Emil")),
        // Never says who they are.
        arrives("cart-nobody", march(4)).home().views("P2").adds("P2").removes("P2").adds("P7"),
        // Unsubscribed: every message is held, the run goes on.
        arrives("cart-gus", march(4))
            .home()
            .adds("P7")
            .identifies("gus.reuter@example.com", unsubscribed())
            .later("9h")
            .page("shipping", "/pages/shipping"),
        // Buys within the hour.
        arrives("cart-hana", march(5))
            .home()
            .adds("P2")
            .gives("hana.sato@example.com", named("Hana"))
            .later("1h")
            .buys("P2"),
        // A slip of the keyboard, and a throw-away mailbox.
        arrives("cart-jule", march(5)).home().adds("P7").gives("jule.krug@gmial.com", named("Jule")),
        arrives("cart-kim", march(6)).home().adds("P12").gives("kim@mailinator.com", yes()),
        // Puts it in the cart late in the evening: quiet hours.
        arrives("cart-lena", march(6))
            .later("8h 30m")
            .home()
            .adds("P5")
            .gives("lena.voss@example.com", named("Lena")),
    ]
}

/// Browse abandonment.
fn browsers() -> Vec<Shopper> {
    let arrives = Shopper::arrives;
    let push =
        |consent: bool| json!({ "email_consent": true, "device_token": "t-1", "push_consent": consent });
    vec![
        // One look.
        arrives("browse-anton", march(2))
            .home()
            .views("P9")
            .gives("anton.iselin@example.com", named("Anton")),
        // Two looks and a search.
        arrives("browse-bea", march(2))
            .home()
            .views("P9")
            .views("P10")
            .searches("vitamin c")
            .gives("bea.horn@example.com", named("Bea")),
        arrives("browse-carl", march(3))
            .home()
            .views("P5")
            .views("P9")
            .gives("carl.imhof@example.com", refused()),
        // Many looks: the shortlist, then a push where there is a device for it.
        arrives("browse-dora", march(3))
            .home()
            .browses("best-sellers")
            .views("P5")
            .views("P9")
            .browses("best-sellers")
            .views("P10")
            .gives("dora.lutz@example.com", named("Dora")),
        arrives("browse-edda", march(4))
            .home()
            .views("P5")
            .views("P9")
            .views("P10")
            .gives("edda.roth@example.com", push(true)),
        arrives("browse-finn", march(4))
            .home()
            .views("P5")
            .views("P9")
            .views("P10")
            .gives("finn.auer@example.com", push(false)),
        arrives("browse-greta", march(5))
            .home()
            .views("P5")
            .views("P9")
            .views("P10")
            .gives("greta.paul@example.com", unsubscribed()),
        // Says who they are three and a half days after the last look.
        arrives("browse-hugo", march(5))
            .home()
            .views("P9")
            .later("3d 12h")
            .home()
            .gives("hugo.stein@example.com", named("Hugo")),
        // Never does; sees the prompt on a later visit. And one who never comes back.
        arrives("browse-shy", march(6)).home().views("P9").later("8d").home(),
        arrives("browse-gone", march(6)).home().views("P10"),
        // Looks, and buys by express checkout: no cart in between.
        arrives("browse-jack", march(7))
            .home()
            .views("P10")
            .gives("jack.moreau@example.com", named("Jack"))
            .later("2h")
            .buys("P10"),
        // Reads on one device, signs up on another.
        arrives("browse-ines", march(7))
            .home()
            .views("P9")
            .gives("ines.moll@example.com", named("Ines"))
            .later("3h")
            .on_another_device()
            .views("P10")
            .identifies("ines.moll@example.com", json!({})),
    ]
}

/// Checkout abandonment.
fn checkouts() -> Vec<Shopper> {
    let arrives = Shopper::arrives;
    let texts = json!({ "email_consent": true, "phone": "+4915112345601", "sms_consent": true });
    let more_texts = json!({ "email_consent": true, "phone": "+4915112345602", "sms_consent": true });
    vec![
        // Wants texts, and one who changes their mind about them overnight.
        arrives("till-alma", march(2)).adds("P7").checks_out("P7").identifies("alma.beck@example.com", texts),
        arrives("till-bo", march(3))
            .adds("P9")
            .checks_out("P9")
            .identifies("bo.larsen@example.com", more_texts)
            .later("3h")
            .updates(&json!({ "sms_consent": false })),
        // Email only; unsubscribed; never identified.
        arrives("till-cara", march(4))
            .adds("P5")
            .checks_out("P5")
            .identifies("cara.diaz@example.com", named("Cara")),
        arrives("till-dirk", march(4))
            .adds("P5")
            .checks_out("P5")
            .identifies("dirk.ebert@example.com", unsubscribed()),
        arrives("till-nobody", march(5)).adds("P12").checks_out("P12"),
        // Identified fifteen hours later: too late to help.
        arrives("till-eva", march(5))
            .adds("P10")
            .checks_out("P10")
            .later("15h")
            .home()
            .identifies("eva.sommer@example.com", named("Eva")),
        // Buys while we wait.
        arrives("till-fred", march(6))
            .adds("P2")
            .checks_out("P2")
            .identifies("fred.huber@example.com", named("Fred"))
            .later("10m")
            .buys("P2"),
    ]
}

/// Product discovery.
fn discoverers() -> Vec<Shopper> {
    let arrives = |name, day| Shopper::arrives(name, march(day)).home().views("P2").views("P12").views("P7");
    vec![
        arrives("theme-asta", 2)
            .gives("asta.blum@example.com", named("Asta"))
            .later("1d 2h")
            .home()
            .views("P12"),
        arrives("theme-bill", 3).gives("bill.cross@example.com", named("Bill")),
        arrives("theme-cem", 4).gives("cem.yildiz@example.com", refused()).later("1d 2h").views("P2"),
        arrives("theme-dina", 5).gives("dina.kohl@example.com", unsubscribed()),
        arrives("theme-erik", 5).gives("erik.sand@example.com", named("Erik")).later("1d").buys("P7"),
        arrives("theme-frida", 6).gives("frida.noll@example.com", named("Frida")).later("2h").adds("P7"),
        arrives("theme-nobody", 6).later("4d").home(),
    ]
}

/// Reactivation: customers of old who come back anonymously and then sign in.
fn lapsed() -> Vec<Shopper> {
    let back = |name, user, day| Shopper::arrives(name, march(day)).known_as(user).home().views("P10");
    vec![
        back("back-vera", "old-vera", 3)
            .later("1h")
            .identifies("vera.lang@example.com", json!({ "first_name": "Vera" }))
            .later("1d 6h")
            .buys("P10"),
        back("back-tom", "old-tom", 4)
            .later("20m")
            .identifies("tom.brandt@example.com", json!({ "first_name": "Tom" })),
        back("back-iris", "old-iris", 5).later("20m").identifies("iris.falk@example.com", json!({})),
        Shopper::arrives("back-guest", march(7)).on_device_of("old-guest").home().views("P2"),
        back("back-noor", "old-noor", 6).later("20m").identifies("noor.haddad@example.com", json!({})),
    ]
}

/// Ad-promise welcome.
fn newcomers() -> Vec<Shopper> {
    let sensitive = |name, day| {
        Shopper::arrives(name, march(day)).lands(
            "/collections/sensitive-skin",
            "instagram",
            "sensitive-skin-spring",
        )
    };
    let spring =
        |name, day| Shopper::arrives(name, march(day)).lands("/collections/spring", "google", "spring");
    let plain = |name, day| Shopper::arrives(name, march(day)).home().views("P14");
    vec![
        sensitive("new-ada", 2).gives("ada.lorenz@example.com", named("Ada")),
        sensitive("new-bert", 3).gives("bert.simon@example.com", refused()),
        spring("new-cora", 2).gives("cora.jung@example.com", named("Cora")),
        spring("new-dean", 4).gives("dean.marsh@example.com", unsubscribed()),
        plain("new-elif", 3).gives("elif.kaya@example.com", named("Elif")),
        plain("new-fay", 5).gives("fay.winter@example.com", unsubscribed()),
        plain("new-gil", 6).gives("gil.mendes@example.com", named("Gil")),
        plain("new-hetty", 7).gives("hetty.brook@example.com", named("Hetty")).later("6h").buys("P14"),
        plain("new-ivo", 8).gives("ivo.petrov@example.com", yes()),
        plain("new-jona", 9).gives("info@weidenhof.example", yes()),
    ]
}
