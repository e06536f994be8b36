//! Liquid: absent variables, the virtual clock, bounds, and files that mean harm.

#![allow(clippy::unwrap_used, clippy::expect_used)] // also in the helpers of tests

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use throughline::{
    identity::platform::MissingVariable::{self, Blank, Fails},
    journey::template::{CompiledTemplate, TemplateError},
};

/// 2026-03-04T14:02:00Z, a Wednesday.
const NOW: i64 = 1_772_632_920_000;

fn scope() -> Map<String, Value> {
    let scope = json!({
        "customer": {"email": "ana@example.com", "first_name": "Ana", "vip": true, "points": 7,
                     "none": null, "tags": ["a", "b"], "created_at": "2026-03-01T08:30:00.000Z"},
        "event": {"product_id": "P1", "event_name": "Product Added", "price": 19.9,
                  "nested": {"deep": "x"}, "product name": "Cream"},
        "cart": {"products": [{"name": "Cream", "price": 19.9, "quantity": 2}, {"name": "Oil", "price": 5}],
                 "count": 3},
        "mixed": [3, "b", null, "a", 1, {"x": 1}, 2.5],
        "catalog": {"P1": {"name": "Cream"}},
    });
    scope.as_object().cloned().unwrap()
}

fn render_with(source: &str, missing: MissingVariable) -> Result<String, TemplateError> {
    let template = CompiledTemplate::parse(source)?;
    template.render(&scope(), NOW, missing).map(|rendered| rendered.text)
}

fn render(source: &str) -> String {
    render_with(source, Blank).unwrap_or_else(|error| format!("error: {error}"))
}

#[test]
fn renders_what_people_write() {
    for (source, expected) in [
        ("Hi {{ customer.first_name }}!", "Hi Ana!"),
        ("{{ event.nested.deep }}{{ event['product name'] }}", "xCream"),
        ("{{ catalog[event.product_id].name }}", "Cream"),
        ("{{ cart.products[0].name }} {{ cart.products.last.name }} {{ cart.products.size }}", "Cream Oil 2"),
        (
            "{% for p in cart.products %}{{ forloop.index }}:{{ p.name }}{% unless forloop.last %}, {% endunless %}{% endfor %}",
            "1:Cream, 2:Oil",
        ),
        ("{% for p in cart.products limit: 1 offset: 1 %}{{ p.name }}{% endfor %}", "Oil"),
        ("{% for p in cart.products offset: 1 limit: 5 %}[{{ p.name }}]{% endfor %}", "[Oil]"),
        ("{% for p in cart.products reversed %}{{ p.name }}{% endfor %}", "OilCream"),
        ("{% for i in (1..3) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}", "13"),
        ("{% for i in (1..9) %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}", "12"),
        ("{% for i in (3..1) %}x{% else %}none{% endfor %}", "none"),
        (
            "{% for p in cart.products %}{% for q in cart.products %}{{ forloop.index }}{% endfor %}{{ forloop.index }} {% endfor %}",
            "121 122 ",
        ),
        (
            "{% tablerow p in cart.products cols: 1 %}{{ p.name }}{% endtablerow %}",
            "<tr class=\"row1\"><td class=\"col1\">Cream</td></tr><tr class=\"row2\"><td class=\"col1\">Oil</td></tr>",
        ),
        ("{% if customer.vip and cart.count > 2 %}yes{% else %}no{% endif %}", "yes"),
        ("{% if customer.tags contains 'b' %}yes{% endif %}", "yes"),
        ("{% case cart.count %}{% when 3 %}three{% else %}other{% endcase %}", "three"),
        ("{% assign n = cart.count | plus: 1 %}{{ n }}", "4"),
        ("{% capture c %}<{{ customer.first_name }}>{% endcapture %}{{ c }}{{ c.size }}", "<Ana>5"),
        ("{% increment i %}{% increment i %}{% decrement d %}", "01-1"),
        ("{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}", "ab"),
        ("{% comment %} {{ broken {% if %} don't {% endcomment %}ok", "ok"),
        ("{% raw %}{{ x }} {% if %}{% endraw %}", "{{ x }} {% if %}"),
        ("{% for i in (1..4) %}{% ifchanged %}{{ i | divided_by: 2 }}{% endifchanged %}{% endfor %}", "012"),
        ("  {{- 'x' -}}  y", "xy"),
        ("{{ '}}' }}", "}}"),
        ("{{ 'a,b' | split: ',' | join: '-' }}", "a-b"),
        ("{{ 'aaa' | replace: 'a', 'bc' }}{{ 'a-b' | replace: '-' }}", "bcbcbcab"),
        ("{{ 'hello' | slice: 1, 3 }}{{ 'hello' | slice: -2, 9 }}{{ 'hello' | slice: 9 }}", "elllo"),
        ("{{ 'x' | append: customer.first_name | upcase }}", "XANA"),
        ("{{ cart.products | map: 'name' | join: ', ' }}", "Cream, Oil"),
        ("{{ cart.products | sort: 'price' | map: 'name' | first }}", "Oil"),
        ("{{ mixed | sort | join: ' ' }}", "1 2.5 3 a b  x1"),
        ("{{ event.price | times: 2 }}", "39.8"),
        ("{{ 7 | divided_by: 2 }} {{ 7 | modulo: 4 }} {{ '5' | plus: 1 }}", "3 3 6"),
        ("{{ '<b>' | escape }}", "&lt;b&gt;"),
        ("{{ customer.vip }} {{ customer.points }} {{ event.price }}", "true 7 19.9"),
    ] {
        assert_eq!(render(source), expected, "{source}");
    }
}

#[test]
fn an_absent_variable_is_nil() {
    for (source, expected) in [
        ("{{ customer.nope | default: 'there' }}", "there"),
        ("{{ nope.deeper.still | default: 'x' }}", "x"),
        ("{{ customer.none | default: 'x' }}", "x"),
        ("{{ customer.first_name | default: 'x' }}", "Ana"),
        ("{% if customer.nope %}a{% else %}b{% endif %}", "b"),
        ("{% if customer.nope.deeper == nil %}a{% endif %}", "a"),
        ("{% if customer.nope == 'x' %}a{% else %}b{% endif %}", "b"),
        ("{% if customer.nope > 3 %}a{% else %}b{% endif %}", "b"),
        ("{% if customer.nope contains 'x' %}a{% else %}b{% endif %}", "b"),
        ("{% unless customer.nope %}a{% endunless %}", "a"),
        ("{% case customer.nope %}{% when 'x' %}a{% else %}b{% endcase %}", "b"),
        ("{% for x in customer.nope %}a{% else %}b{% endfor %}", "b"),
        ("{% for p in cart.products %}{% if p.nope %}a{% else %}b{% endif %}{% endfor %}", "bb"),
        ("{{ customer.nope | append: 'x' }}", "x"),
        ("{{ 'x' | append: customer.nope }}", "x"),
        ("{{ customer.nope | upcase | size }}", "0"),
        ("{{ customer.nope | size }}", "0"),
        ("{{ customer.nope | plus: 1 }}", "1"),
        ("{{ customer.nope | join: ',' }}x", "x"),
        ("{{ customer.nope | map: 'x' | join: ',' }}x", "x"),
        ("{% assign a = customer.nope | default: 'd' %}{{ a }}", "d"),
        ("{% assign a = customer.nope %}{% if a contains 'x' %}y{% else %}n{% endif %}", "n"),
        ("{% for i in (1..customer.nope) %}x{% else %}none{% endfor %}", "none"),
    ] {
        assert_eq!(render_with(source, Fails).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn printing_nil_is_the_platforms_choice() {
    for (source, name) in [
        ("Hi {{ customer.nope }}", "customer.nope"),
        ("{{ customer.none }}", "customer.none"),
        ("{{- nope -}}", "nope"),
        ("{% for p in cart.products %}{{ p.brand }}{% endfor %}", "p.brand"),
        ("{% if true %}{{ event.nope | date: '%Y' }}{% endif %}", "event.nope"),
        ("{{ customer.nope['a|b'] | first }}", "customer.nope['a|b']"),
    ] {
        assert_eq!(render_with(source, Fails), Err(TemplateError::Missing(name.to_owned())), "{source}");
        assert!(render_with(source, Blank).is_ok(), "{source}");
    }
    assert_eq!(render("Hi {{ customer.nope }}!"), "Hi !");
    assert_eq!(
        render_with("{{ '' }}{{ customer.nope | default: '' }}", Fails).as_deref(),
        Ok(""),
        "blank is not nil"
    );
    assert_eq!(
        render_with("{% if false %}{{ nope }}{% endif %}", Fails).as_deref(),
        Ok(""),
        "only what is printed"
    );
}

#[test]
fn now_is_the_virtual_clock() {
    for (source, expected) in [
        ("{{ 'now' | date: '%Y-%m-%d %H:%M' }}", "2026-03-04 14:02"),
        ("{{ 'Today' | date: '%A' }}", "Wednesday"),
        ("{{ now | date: '%s' }}", "1772632920"),
        ("{{ now }} {{ today }}", "2026-03-04T14:02:00.000Z 2026-03-04"),
        ("{{ customer.created_at | date: '%-d %b %Y' }}", "1 Mar 2026"),
        ("{{ 1772632920 | date: '%H:%M' }}", "14:02"),
        ("{{ '2016-06-13 02:30:00 +0300' | date: '%Y-%m-%d' }}", "2016-06-12"),
        ("{{ 'soon' | date: '%Y' }}", "soon"),
        ("{{ 'now' | date }}", "now"),
        ("{{ 'now' | date: '%Q' }}", "error: “%Q” is no date format"),
    ] {
        assert_eq!(render(source), expected, "{source}");
    }
}

#[test]
fn a_syntax_error_has_its_line() {
    for (source, line) in [
        ("a\nb {{ x", 2),
        ("{% if x %}\n\nno end", 3),
        ("\n{{ }}", 2),
        ("\n\n{{ x | nofilter }}", 3),
        ("ok {{ x }}\n{% nosuchtag %}", 2),
        ("{% for x y %}\n{% endfor %}", 1),
        ("\n{% assign = 3 %}", 2),
        ("\n{{ a b }}", 2),
        ("x\n{{ 99999999999999999999 }}", 2),
        ("x\n{% comment %}\n{{ y }}", 2),
        ("{% endif %}", 1),
        ("{{ 'a }}", 1),
        ("{% include 'x' %}", 1),
        ("a\n{{ x | append }}", 2),
        ("a\n{% if x %}{% for a in b %}{% endif %}{% endfor %}", 2),
    ] {
        match CompiledTemplate::parse(source) {
            Err(TemplateError::Syntax { line: found, reason }) => {
                assert_eq!(found, line, "{source}: {reason}");
                assert!(!reason.is_empty() && !reason.contains("throughline_print"), "{source}: {reason}");
                assert!(!reason.contains('\n'), "{source}: {reason}");
            }
            other => panic!("{source}: {other:?}"),
        }
    }
}

#[test]
fn bounds_hold() {
    let doubling =
        "{% assign s = 'xxxxxxxx' %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}";
    let replacing = "{% assign s = 'aaaaaaaaaaaaaaaa' %}{% for i in (1..9) %}{% assign s = s | replace: 'a', s %}{% endfor %}";
    let cases = [
        ("{% for i in (1..10001) %}x{% endfor %}", true),
        ("{% for i in (1..999999999999999999) %}x{% endfor %}", true),
        ("{% for i in (-9..10000) %}x{% endfor %}", true),
        ("{% tablerow i in (1..10001) %}x{% endtablerow %}", true),
        ("{% for i in (1..10000) %}{% for j in (1..10000) %}{% endfor %}{% endfor %}", true),
        (
            "{% for i in (1..10000) %}{% for j in (1..10000) %}{% if true %}{% endif %}{% endfor %}{% endfor %}",
            true,
        ),
        ("{% for i in (1..10000) %}{% for j in (1..200) %}0123456789{% endfor %}{% endfor %}", true),
        (doubling, true),
        (replacing, true),
        (
            "{% assign s = 'x' %}{% for i in (1..40) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}",
            true,
        ),
        (
            "{% assign s = 'xx' %}{% for i in (1..40) %}{% assign s = s | split: '' | join: 'xxxxxxxxxxx' %}{% endfor %}",
            true,
        ),
        (
            "{% assign a = 'x' | split: '' %}{% for i in (1..40) %}{% assign a = a | concat: a %}{% endfor %}",
            true,
        ),
        (
            "{% assign a = '' %}{% for i in (1..9999) %}{% capture a %}{{ a }}{{ i }},{% endcapture %}{% endfor %}{{ a | split: ',' | uniq | size }}",
            true,
        ),
        ("{% for i in (1..10000) %}{% endfor %}ok", false),
        ("{% for i in (1..100) %}{% for j in (1..100) %}0123456789{% endfor %}{% endfor %}", false),
    ];
    for (source, too_large) in cases {
        let result = render_with(source, Blank);
        assert_eq!(
            matches!(result, Err(TemplateError::TooLarge(_))),
            too_large,
            "{source}: {:?}",
            result.map(|t| t.len())
        );
        assert!(too_large || render_with(source, Blank).is_ok(), "{source}");
    }
    let long = "x".repeat(600 * 1024);
    assert!(matches!(CompiledTemplate::parse(&long), Err(TemplateError::TooLarge(_))));
}

#[test]
fn numbers_that_overflow_are_an_error() {
    let max = "999999999999999999";
    for source in [
        format!("{{{{ {max} | times: {max} }}}}"),
        format!(
            "{{% assign a = {max} %}}{{% for i in (1..20) %}}{{% assign a = a | plus: a %}}{{% endfor %}}{{{{ a }}}}"
        ),
        format!(
            "{{% assign a = -{max} %}}{{% for i in (1..20) %}}{{% assign a = a | minus: {max} %}}{{% endfor %}}{{{{ a }}}}"
        ),
        "{{ 1 | divided_by: 0 }}".to_owned(),
        "{{ 1 | modulo: 0 }}".to_owned(),
    ] {
        assert!(matches!(render_with(&source, Blank), Err(TemplateError::Failed(_))), "{source}");
    }
    for source in
        ["{{ 1.0 | divided_by: 0 }}", "{{ 'x' | slice: 1, 999999999999999999 }}", "{{ 1.5 | round: 999999 }}"]
    {
        let _ = render(source);
    }
}

#[test]
fn deep_nesting_is_refused_not_overflowed() {
    let blocks = format!("{}{}", "{% if true %}".repeat(20_000), "{% endif %}".repeat(20_000));
    let elsif = format!("{{% if a %}}{}{{% endif %}}", "{% elsif b %}".repeat(20_000));
    let index = format!("{{{{ {}a{} }}}}", "a[".repeat(20_000), "]".repeat(20_000));
    let conditions = format!("{{% if a{} %}}x{{% endif %}}", " and a".repeat(20_000));
    let quotes = "{{ \"{{ \"".repeat(20_000);
    let openings = "{{".repeat(20_000);
    let tags = "{%".repeat(20_000);
    let dotted = format!("{{{{ a{} }}}}", ".a".repeat(20_000));
    let filters = format!("{{{{ a{} }}}}", " | upcase".repeat(5_000));
    for source in [&blocks, &elsif, &index, &conditions, &quotes, &openings, &tags] {
        assert!(CompiledTemplate::parse(source).is_err());
    }
    for source in [&dotted, &filters] {
        if let Ok(template) = CompiledTemplate::parse(source) {
            let _ = template.render(&scope(), NOW, Blank);
        }
    }
    let fine = format!("{}x{}", "{% if true %}".repeat(40), "{% endif %}".repeat(40));
    assert_eq!(render(&fine), "x");
}

#[test]
fn variables_are_the_paths_read() {
    let source = "Hi {{ customer.first_name | default: event.name }} {% for p in cart.products limit: shop.limit %}\
        {{ p.name }}{{ forloop.index }}{% if p.price > last_viewed.price and true %}{% endif %}{% endfor %}\
        {% assign x = history.viewed[0].name | append: 'customer.fake' %}{{ x.y }}\
        {{ catalog[event.product_id].name }}{{ event['size'] }}{% raw %}{{ raw.x }}{% endraw %}\
        {% comment %}{{ comment.x }}{% endcomment %}{{ 'now' | date: '%Y' }}{{ now }}\
        {% case customer.tier %}{% when 'a' %}{% endcase %}{% capture c %}{{ customer.city }}{% endcapture %}{{ c }}";
    let template = CompiledTemplate::parse(source).unwrap();
    assert_eq!(
        template.variables(),
        [
            "cart.products",
            "cart.products[].name",
            "cart.products[].price",
            "catalog[].name",
            "customer.city",
            "customer.first_name",
            "customer.tier",
            "event.name",
            "event.product_id",
            "event.size",
            "history.viewed[].name",
            "last_viewed.price",
            "shop.limit",
        ]
    );
}

#[test]
fn layers_are_searched_in_order() {
    let template = CompiledTemplate::parse("{{ a }}{{ b }}").unwrap();
    let upper = json!({"a": 1}).as_object().cloned().unwrap();
    let lower = json!({"a": 2, "b": 3}).as_object().cloned().unwrap();
    assert_eq!(template.render_layers(&[&upper, &lower], NOW, Fails).unwrap().text, "13");
}

/// Pieces from which random templates are put together: mostly legal, often cut or misplaced.
const PIECES: [&str; 62] = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{{-",
    "-}}",
    "{%-",
    "-%}",
    " ",
    "\n",
    "text",
    "é🦀",
    "'",
    "\"",
    "customer.first_name",
    "cart.products",
    "mixed",
    "nope",
    "a[",
    "]",
    ".",
    "[0]",
    "(1..3)",
    "(1..",
    ")",
    "|",
    " | upcase",
    " | append: ",
    " | split: ''",
    " | sort",
    " | date: '%Y'",
    " | slice: -1, 5",
    " | times: 999999999",
    " | round: 2",
    " | where: 'x'",
    " | default: 1",
    " | truncate: 3",
    ",",
    ":",
    "if ",
    "elsif ",
    "else",
    "endif",
    "unless ",
    "endunless",
    "for x in ",
    "endfor",
    "tablerow x in ",
    "endtablerow",
    "assign x = ",
    "capture x",
    "endcapture",
    "case ",
    "when ",
    "endcase",
    "cycle 'a', 'b'",
    "comment",
    "endcomment",
    "raw",
    "endraw",
    "ifchanged",
    "123456789",
];

/// Reads and renders, whatever it is; the last guard against panics must never be needed.
fn survives(source: &str, missing: MissingVariable) {
    let result = CompiledTemplate::parse(source).and_then(|template| {
        let _ = template.variables();
        template.render(&scope(), NOW, missing)
    });
    if let Err(error) = result {
        assert!(!error.to_string().contains("cannot be read"), "{source:?} panicked inside");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let source = String::from_utf8_lossy(&bytes);
        survives(&source, Fails);
    }

    #[test]
    fn random_pieces_never_panic(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24)) {
        let source = pieces.concat();
        survives(&source, Blank);
    }

    #[test]
    fn random_tags_never_panic(pieces in prop::collection::vec((0..3u8, prop::collection::vec(prop::sample::select(&PIECES[14..]), 0..5)), 0..8)) {
        let source: String = pieces.iter().map(|(kind, inner)| match kind {
            0 => format!("{{{{ {} }}}}", inner.concat()),
            1 => format!("{{% {} %}}", inner.concat()),
            _ => inner.concat(),
        }).collect();
        survives(&source, Blank);
    }
}
