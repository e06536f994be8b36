//! The catalogue: found by typing, opened with a click, every column a field.

use egui::{Id, Ui};
use serde_json::{Map, Value};

use crate::{
    app::{
        command::Command,
        intent::Intent,
        views::forms::{
            Form,
            edit::{Look, show_edit},
            gap, remark,
            rows::member,
        },
        widgets::{self, Row},
    },
    recording::Catalog,
    words::{counted, sentence},
    workspace::{WorkspaceEdit, catalog::cell_value, catalog_text::cell_text},
};

/// So many products are listed; typing narrows them down.
const LISTED: usize = 12;
/// The column that products are known by.
const ID: &str = "product_id";
/// Columns that a product may have when no other one has any.
const USUAL: [&str; 4] = ["name", "url", "price", "tags"];

/// Draws it.
pub fn show(ui: &mut Ui, form: &mut Form<'_>, catalog: &Catalog) {
    let number = counted(catalog.products().len() as u64, "product", "products");
    remark(ui, &format!("{number} in catalog.csv. Conditions and texts read every column of it."));
    gap(ui);
    let find = Id::unique("catalogue: find");
    let mut wanted: String = ui.data(|data| data.get_temp(find)).unwrap_or_default();
    if catalog.products().len() > LISTED {
        let look = Look::line("Find a product").hint("Find a product");
        show_edit(ui, find.with("field"), look, &mut wanted, None);
        ui.data_mut(|data| data.insert_temp(find, wanted.clone()));
        ui.add_space(4.0);
    }
    let open = Id::unique("catalogue: open");
    let opened: Option<String> = ui.data(|data| data.get_temp::<Option<String>>(open)).flatten();
    let fit: Vec<(&String, &Value)> =
        catalog.products().iter().filter(|(id, product)| fits(id, product, &wanted)).collect();
    for (id, product) in fit.iter().take(LISTED) {
        let is_open = opened.as_ref() == Some(*id);
        if heading(ui, id, product, is_open) {
            let next = (!is_open).then(|| (*id).clone());
            ui.data_mut(|data| data.insert_temp(open, next));
        }
        if is_open {
            ui.push_id(("product", id), |ui| member(ui, |ui| one(ui, form, catalog, id, product)));
        }
    }
    if fit.len() > LISTED {
        remark(ui, &format!("and {} more. Type to find them.", fit.len() - LISTED));
    }
    gap(ui);
    added(ui, form, catalog, open);
    if widgets::quiet_button(ui, "Replace from a CSV file…").clicked() {
        form.want(Intent::Run(Command::ReplaceCatalog));
    }
}

fn fits(id: &str, product: &Value, wanted: &str) -> bool {
    let wanted = wanted.trim().to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&wanted);
    holds(id) || product.get("name").and_then(Value::as_str).is_some_and(holds)
}

/// The row of a product; whether it was pressed.
fn heading(ui: &mut Ui, id: &str, product: &Value, selected: bool) -> bool {
    let name = product.get("name").and_then(Value::as_str).unwrap_or(id);
    let price = ["price", "currency"].map(|column| product.get(column).map_or_else(String::new, cell_text));
    let row = Row {
        name,
        count: Some(price.join(" ").trim().to_owned()).filter(|price| !price.is_empty()),
        count_color: None,
        label: format!("Product {name}, {id}"),
        selected,
    };
    row.show(ui).on_hover_text(id).clicked()
}

/// The fields of a product.
fn one(ui: &mut Ui, form: &mut Form<'_>, catalog: &Catalog, id: &str, product: &Value) {
    let mut now: Map<String, Value> = product.as_object().cloned().unwrap_or_default();
    let before = now.clone();
    remark(ui, &format!("Known as {id} in events."));
    for column in columns(catalog) {
        let mut value = now.get(column).cloned();
        let read = |text: &str| match text.trim() {
            "" => Ok(None),
            text => {
                cell_value(column, text).map(Some).ok_or_else(|| "Write a number, such as 12.50.".to_owned())
            }
        };
        let name = sentence(&column.replace('_', " "));
        let look = Look::line(&name).hint("none");
        form.value(ui, look, &mut value, |value| value.as_ref().map_or_else(String::new, cell_text), read);
        match value {
            Some(value) => drop(now.insert(column.to_owned(), value)),
            None => drop(now.remove(column)),
        }
    }
    if now != before {
        form.edit(WorkspaceEdit::SetProduct(id.to_owned(), Some(now)));
    }
    if widgets::quiet_button(ui, "Delete the product").clicked() {
        form.edit(WorkspaceEdit::SetProduct(id.to_owned(), None));
    }
    gap(ui);
}

/// The columns to fill in: those people look for first, then the others by name.
fn columns(catalog: &Catalog) -> Vec<&str> {
    let mut columns: Vec<&str> = catalog.columns().chain(USUAL).filter(|column| *column != ID).collect();
    let place = |column: &str| USUAL.iter().position(|usual| *usual == column).unwrap_or(USUAL.len());
    columns.sort_by(|a, b| (place(a), a).cmp(&(place(b), b)));
    columns.dedup();
    columns
}

/// The field that begins another product.
fn added(ui: &mut Ui, form: &mut Form<'_>, catalog: &Catalog, open: Id) {
    let mut id = String::new();
    let taken = |text: &str| catalog.get(text).is_some();
    let read = |text: &str| match text.trim() {
        text if taken(text) => Err(format!("There is a product “{text}” already.")),
        text => Ok(text.to_owned()),
    };
    let look = Look::line("Add a product").hint("its id, as events name it").on_leaving();
    form.value(ui, look, &mut id, Clone::clone, read);
    if !id.is_empty() {
        let product = Map::from_iter([(ID.to_owned(), Value::String(id.clone()))]);
        form.edit(WorkspaceEdit::SetProduct(id.clone(), Some(product)));
        ui.data_mut(|data| data.insert_temp(open, Some(id)));
    }
}
