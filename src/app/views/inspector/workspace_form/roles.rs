//! Which event names mean “added to cart” and the like.

use std::collections::BTreeSet;

use egui::Ui;

use crate::{
    app::{
        theme::{self, fonts},
        views::forms::{Form, chips::chip, edit::Look, gap, remark, suggestion::Suggestion},
        widgets,
    },
    journey::EventRef,
    recording::{Roles, facts::Role},
    words::{condition::event_title, counted},
};

/// Draws it.
pub fn show(ui: &mut Ui, form: &mut Form<'_>, roles: &mut Roles) {
    let t = theme::of(ui);
    remark(ui, "Different tools call the same thing by different names. Any of these will do.");
    gap(ui);
    let recorded: BTreeSet<String> = form.events().into_iter().map(|it| it.text).collect();
    for role in Role::ALL {
        let title = event_title(&EventRef::Role(role));
        widgets::text(ui, title.clone(), fonts::body(), t.text);
        ui.add_space(4.0);
        ui.push_id(title.as_str(), |ui| one(ui, form, roles, role, &title, &recorded));
        gap(ui);
    }
}

fn one(
    ui: &mut Ui,
    form: &mut Form<'_>,
    roles: &mut Roles,
    role: Role,
    title: &str,
    recorded: &BTreeSet<String>,
) {
    let names: Vec<String> = roles.names(role).map(str::to_owned).collect();
    let (seen, unseen): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| recorded.contains(*name));
    let mut gone = None;
    if !seen.is_empty() {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
            for name in seen {
                if chip(ui, name, &format!("{name} no longer means “{title}”")) {
                    gone = Some(name.clone());
                }
            }
        });
        ui.add_space(2.0);
    }
    if !unseen.is_empty() {
        let text = format!(
            "{} that the recordings do not hold.",
            counted(unseen.len() as u64, "other name", "other names")
        );
        remark(ui, &text);
        ui.add_space(2.0);
    }
    let mut added = String::new();
    let called = format!("Another name for “{title}”");
    let look = Look::line(&called).hint("add an event name").on_leaving();
    let id = ui.make_persistent_id("added");
    form.suggested_value(
        ui,
        id,
        look,
        &mut added,
        Clone::clone,
        |text| Ok(text.trim().to_owned()),
        |form| likely(form.events(), role, roles),
    );
    if let Some(gone) = gone {
        roles.0.entry(role).or_default().remove(&gone);
    }
    if !added.is_empty() {
        // An event plays one role.
        for names in roles.0.values_mut() {
            names.remove(&added);
        }
        roles.0.entry(role).or_default().insert(added);
    }
}

/// Recorded events that play no role yet; those whose names look like the role come first.
fn likely(events: Vec<Suggestion>, role: Role, roles: &Roles) -> Vec<Suggestion> {
    let words: &[&str] = match role {
        Role::View => &["view", "product"],
        Role::CollectionView => &["collection", "category", "list"],
        Role::Search => &["search"],
        Role::CartAdd => &["cart", "add", "basket"],
        Role::CartRemove => &["remove"],
        Role::CartUpdate => &["cart", "update"],
        Role::Checkout => &["checkout"],
        Role::Purchase => &["order", "purchase", "bought"],
        Role::Capture => &["email", "newsletter", "signup", "lead", "popup"],
    };
    let looks_so = |it: &Suggestion| {
        let text = it.text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    };
    let free: Vec<Suggestion> = events.into_iter().filter(|it| roles.role_of(&it.text).is_none()).collect();
    let fitting: Vec<Suggestion> = free.iter().filter(|it| looks_so(it)).cloned().collect();
    if fitting.is_empty() { free } else { fitting }
}
