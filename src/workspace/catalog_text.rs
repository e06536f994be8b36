//! The text of `catalog.csv` after an edit: what did not change stays as it was written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::catalog::{ID, delimiter, product_of, read_catalog};
use crate::recording::Catalog;

/// What separates the values of a list when one is written.
const LIST_SEPARATOR: &str = "|";
/// Columns of a catalogue that had none.
const FIRST_COLUMNS: [&str; 5] = [ID, "name", "url", "price", "tags"];

/// The text of a file that held `old` and now holds `catalog`: columns, rows and their order are
/// those it had, rows that were no product stay as they were, and new ones come at the end.
pub(super) fn rewritten(old: Option<&str>, catalog: &Catalog) -> String {
    let old = old.unwrap_or_default();
    if !old.is_empty() && read_catalog(old).0 == *catalog {
        return old.to_owned();
    }
    let text = old.strip_prefix('\u{feff}').unwrap_or(old);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut rows = reader.records().filter_map(Result::ok).map(|row| row.iter().map(str::to_owned).collect());
    let mut header: Vec<String> = rows
        .next()
        .filter(|header: &Vec<String>| plain(header).iter().any(|column| column == ID))
        .unwrap_or_else(|| FIRST_COLUMNS.map(str::to_owned).to_vec());
    let mut columns = plain(&header);
    let new: BTreeSet<&str> =
        catalog.columns().filter(|it| !columns.iter().any(|known| known == it)).collect();
    header.extend(new.iter().map(|column| (*column).to_owned()));
    columns.extend(new.into_iter().map(str::to_owned));

    let mut left: BTreeMap<&String, &Value> = catalog.products().iter().collect();
    let mut seen = BTreeSet::new();
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter(text))
        .terminator(terminator(text))
        .flexible(true)
        .from_writer(old.as_bytes()[..old.len() - text.len()].to_vec());
    let mut write = |row: &[String]| writer.write_record(row);
    let mut written = write(&header);
    for row in rows {
        let row: Vec<String> = row;
        let before = product_of(&columns, row.iter().map(|cell| cell.trim()));
        let id = before.get(ID).and_then(Value::as_str).map(str::to_owned);
        let row = match id {
            // No product: it was left out, and stays for whoever wrote it. So does one that is listed
            // above, as long as that is there: alone it would come back in its place.
            None => Some(row),
            Some(id) if !seen.insert(id.clone()) => catalog.products().contains_key(&id).then_some(row),
            Some(id) => left.remove(&id).map(|now| changed(&columns, row, &before, now)),
        };
        if let Some(row) = row {
            written = written.and(write(&row));
        }
    }
    for product in left.into_values() {
        written = written.and(write(&changed(&columns, Vec::new(), &Map::new(), product)));
    }
    // Writing into memory does not fail; if it did, what was there is better than half of it.
    let bytes = written.ok().and_then(|()| writer.into_inner().ok());
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| old.to_owned())
}

/// How the lines of a file end.
fn terminator(text: &str) -> csv::Terminator {
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    if first.ends_with("\r\n") { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') }
}

fn plain(header: &[String]) -> Vec<String> {
    header.iter().map(|column| column.trim().to_lowercase()).collect()
}

/// A row with the cells that changed written anew.
fn changed(columns: &[String], row: Vec<String>, before: &Map<String, Value>, now: &Value) -> Vec<String> {
    let mut row = row;
    row.resize(columns.len().max(row.len()), String::new());
    for (cell, column) in row.iter_mut().zip(columns) {
        if now.get(column) != before.get(column) {
            *cell = now.get(column).map_or_else(String::new, cell_text);
        }
    }
    row
}

/// A value as a cell holds it.
pub fn cell_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(cell_text).collect::<Vec<_>>().join(LIST_SEPARATOR),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OLD: &str =
        "product_id,Name,tags,price,note\nP2,\"Oat, gentle\",a|b,16.50,x\n,no id,,,\nP1,Cream,,7,\n";

    fn with(change: impl FnOnce(&mut BTreeMap<String, Value>)) -> String {
        let mut products = read_catalog(OLD).0.products().clone();
        change(&mut products);
        rewritten(Some(OLD), &Catalog::new(products))
    }

    #[test]
    fn only_what_changed_is_written_anew() {
        assert_eq!(with(|_| {}), OLD);
        let one = with(|products| products.get_mut("P1").expect("there")["price"] = json!(8));
        assert_eq!(one, OLD.replace("Cream,,7,", "Cream,,8,"));
        let gone = with(|products| drop(products.remove("P2")));
        assert_eq!(gone, OLD.replace("P2,\"Oat, gentle\",a|b,16.50,x\n", ""));
        let more = with(|products| {
            products.insert("P3".into(), json!({"product_id": "P3", "tags": ["c", "d"], "size": "50 ml"}));
        });
        let header = OLD.replace(",note\n", ",note,size\n");
        assert!(more.starts_with(header.lines().next().expect("a header")), "{more}");
        assert!(more.ends_with("P3,,c|d,,,50 ml\n"), "{more}");
        assert!(more.contains(",no id,"), "what was no product stays: {more}");
    }

    #[test]
    fn a_file_of_a_spreadsheet_stays_one() {
        let old = format!("\u{feff}{}", OLD.replace('\n', "\r\n"));
        let mut products = read_catalog(&old).0.products().clone();
        products.get_mut("P1").expect("there")["price"] = json!(8);
        let text = rewritten(Some(&old), &Catalog::new(products));
        assert_eq!(text, old.replace("Cream,,7,", "Cream,,8,"));
    }

    #[test]
    fn a_product_that_is_listed_twice_goes_whole() {
        const TWICE: &str = "product_id,name\nP1,Cream\nP2,Oat\nP1,Cream again\n";
        let mut products = read_catalog(TWICE).0.products().clone();
        products.get_mut("P2").expect("there")["name"] = json!("Oats");
        assert_eq!(rewritten(Some(TWICE), &Catalog::new(products.clone())), TWICE.replace("Oat", "Oats"));
        products.remove("P1");
        assert_eq!(rewritten(Some(TWICE), &Catalog::new(products)), "product_id,name\nP2,Oats\n");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let products = BTreeMap::from([(
            "P1".to_owned(),
            json!({"product_id": "P1", "name": "a \"b\"; c,\nd", "price": 2.5, "tags": ["x"]}),
        )]);
        let catalog = Catalog::new(products);
        assert_eq!(read_catalog(&rewritten(None, &catalog)), (catalog.clone(), Vec::new()));
        let semicolons = rewritten(Some("product_id;price\nP9;3\n"), &catalog);
        assert!(semicolons.starts_with("product_id;price;name;tags\nP1;2.5;"), "{semicolons}");
        assert_eq!(read_catalog(&semicolons), (catalog, Vec::new()));
    }
}
