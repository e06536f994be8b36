//! What the address check says of an address.

use serde_json::Value;
use throughline::identity::{AddressVerdict, check_address};

#[test]
fn every_vector_holds() {
    let file: Value = serde_json::from_str(include_str!("conformance/addresses.json")).expect("JSON");
    let vectors = file["vectors"].as_array().expect("vectors");
    assert!(vectors.len() >= 30, "the file was cut short");
    for vector in vectors {
        let address = vector["address"].as_str().expect("an address");
        let report = check_address(address);
        assert_eq!(report.verdict.word(), vector["verdict"], "{address}");
        assert_eq!(report.suggestion.as_deref(), vector["suggestion"].as_str(), "{address}");
        assert_eq!(report.address, address);
    }
}

fn verdicts(addresses: &[&str], verdict: AddressVerdict) {
    for address in addresses {
        let report = check_address(address);
        assert_eq!(report.verdict, verdict, "{address}: {report:?}");
    }
}

#[test]
fn real_domains_are_never_taken_for_slips() {
    verdicts(
        &[
            "ana@gmx.fr",
            "ana@yahoo.co.uk",
            "ana@mail.com",
            "ana@me.com",
            "ana@googlemail.com",
            "ana@web.de",
            "ana@ymail.com",
            "ana@proton.me",
            "ana@live.fr",
            "ana@hotmail.co.uk",
            "ana@aol.com",
            "ana@email.com",
            "ana@cloud.com",
            "ana@horizon.com",
            "ana@t-online.de",
            "ana@yahoo.co.il",
            "ana@outlook.es",
            "ana@shop.museum",
            "ana@con-artists.com",
            "ana@company.co",
            "ana@gmail.shop",
            "ana@büro.de",
            "ana@xn--bro-hoa.de",
            "ana@例え.jp",
            "josé@example.com",
            "ana@sub.domain.example.org",
            "o'hara@example.com",
            "a+b_c-d.e@example.com",
            "ana@fb.com",
            "ana@ao.com",
            "ana@126.com",
            "ana@outlooks.co",
            "ana@free.fr",
            "ana@orange.fr",
            "ana@cox.net",
            "ANA@GMAIL.COM",
        ],
        AddressVerdict::Ok,
    );
}

#[test]
fn slips_are_found_in_name_and_suffix() {
    for (typed, meant) in [
        ("ana@gmail.co", "ana@gmail.com"),
        ("ana@gmail.cm", "ana@gmail.com"),
        ("ana@gmaii.com", "ana@gmail.com"),
        ("ana@gamil.com", "ana@gmail.com"),
        ("ana@GNAIL.con", "ana@gmail.com"),
        ("ana@gmail.comm", "ana@gmail.com"),
        ("ana@homail.con", "ana@hotmail.com"),
        ("ana@hotmial.fr", "ana@hotmail.fr"),
        ("ana@yahoo.couk", "ana@yahoo.co.uk"),
        ("ana@yahooo.com", "ana@yahoo.com"),
        ("ana@outlok.com", "ana@outlook.com"),
        ("ana@iclould.com", "ana@icloud.com"),
        ("ana@sbcgloabl.net", "ana@sbcglobal.net"),
        ("ana@aol.con", "ana@aol.com"),
        ("ana@live.con", "ana@live.com"),
        ("ana@randomsmallcompany.cmo", "ana@randomsmallcompany.com"),
        ("ana@con-artists.con", "ana@con-artists.com"),
        ("ana@shop.ogr", "ana@shop.org"),
        ("ana@shop.nte", "ana@shop.net"),
        ("Ana.Maria+x@gmial.com", "Ana.Maria+x@gmail.com"),
    ] {
        let report = check_address(typed);
        assert_eq!(report.verdict, AddressVerdict::Mistyped, "{typed}");
        assert_eq!(report.suggestion.as_deref(), Some(meant), "{typed}");
    }
}

#[test]
fn what_no_mailbox_can_have_is_invalid() {
    let long_local = format!("{}@example.com", "a".repeat(65));
    let long_label = format!("ana@{}.com", "a".repeat(64));
    let long_address = format!("ana@{}com", "abcdefghi.".repeat(26));
    verdicts(
        &[
            "",
            " ",
            "@",
            "ana",
            "ana@",
            "@example.com",
            "ana@@example.com",
            "a@b@example.com",
            "ana@example",
            "ana@example.",
            "ana@.example.com",
            "ana@example..com",
            "ana@-example.com",
            "ana@example-.com",
            "ana@exa_mple.com",
            "ana@#gmail.com",
            "ana maria@example.com",
            "ana@exam ple.com",
            "\"ana\"@example.com",
            "ana(home)@example.com",
            "ana@[127.0.0.1]",
            "ana@127.0.0.1",
            "Ana <ana@example.com>",
            "ana@example.c",
            "ana,maria@example.com",
            "ana;@example.com",
            "ana\u{0}@example.com",
            "<ana@example.com>",
            "a..b@example.com",
            ".ana@example.com",
            "ana.@example.com",
            &long_local,
            &long_label,
            &long_address,
        ],
        AddressVerdict::Invalid,
    );
    let longest_local = format!("{}@example.com", "a".repeat(64));
    verdicts(&[&longest_local, " ana@example.com "], AddressVerdict::Ok);
}

#[test]
fn throw_away_and_shared_mailboxes_are_told_apart() {
    verdicts(
        &["ana@mailinator.com", "info@yopmail.com", "ana@sub.guerrillamail.com", "ana@MAILINATOR.com"],
        AddressVerdict::Disposable,
    );
    verdicts(
        &["info@example.com", "No-Reply@example.com", "support+de@example.com", "postmaster@gmail.com"],
        AddressVerdict::Role,
    );
    verdicts(&["infograph@example.com", "anasupport@example.com"], AddressVerdict::Ok);
}
