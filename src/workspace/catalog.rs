//! `catalog.csv`: one product a row, named columns.

use std::{collections::BTreeMap, io};

use serde_json::{Map, Number, Value};

use crate::recording::Catalog;

/// The column every product needs.
pub(super) const ID: &str = "product_id";
/// Columns that hold several values in one cell.
const LISTS: [&str; 2] = ["tags", "ingredients"];
/// Columns that hold a number.
const NUMBERS: [&str; 2] = [PRICE, "stock"];
/// The one that cannot be negative; a shop's stock can.
const PRICE: &str = "price";
/// What separates the values of a list.
const LIST_SEPARATORS: [char; 2] = ['|', ';'];

/// Products by id.
type Products = BTreeMap<String, Value>;

/// A row that could not be used as it stands, in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogProblem {
    /// Line in the file, from 1.
    pub line: u64,
    /// What is wrong and what became of it.
    pub text: String,
}

/// Reads a catalogue. Rows that cannot be used are left out and reported; so are numbers that are
/// none, whose product stays. Empty cells are absent values.
pub fn read_catalog(text: &str) -> (Catalog, Vec<CatalogProblem>) {
    let mut products = Products::new();
    let mut problems = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .delimiter(delimiter(text))
        .from_reader(io::Cursor::new(text.as_bytes()));
    let columns: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(str::to_lowercase).collect(),
        Err(error) => {
            problems.push(CatalogProblem { line: 1, text: error.to_string() });
            return (Catalog::default(), problems);
        }
    };
    if !columns.iter().any(|column| column == ID) {
        let text = format!("there is no column “{ID}”; name one so, products are known by it");
        problems.push(CatalogProblem { line: 1, text });
        return (Catalog::default(), problems);
    }
    for (number, column) in columns.iter().enumerate() {
        if !column.is_empty() && columns[..number].contains(column) {
            let text = format!("there are two columns “{column}”; what the last one says counts");
            problems.push(CatalogProblem { line: 1, text });
        }
    }
    for row in reader.records() {
        match row {
            Ok(row) => add_product(&mut products, &mut problems, &columns, &row),
            Err(error) => problems.push(unreadable_row(&error, columns.len())),
        }
    }
    (Catalog::new(products), problems)
}

/// Comma, or semicolon where spreadsheets write that.
pub(super) fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    if header.contains(';') && !header.contains(',') { b';' } else { b',' }
}

fn unreadable_row(error: &csv::Error, columns: usize) -> CatalogProblem {
    let line = error.position().map_or(0, csv::Position::line);
    let text = match error.kind() {
        csv::ErrorKind::UnequalLengths { len, .. } => format!(
            "the row has {len} values, the first line {columns}; it was left out (quote values that hold the separator, and close every quote)"
        ),
        _ => format!("the row cannot be read and was left out: {error}"),
    };
    CatalogProblem { line, text }
}

fn add_product(
    products: &mut Products,
    problems: &mut Vec<CatalogProblem>,
    columns: &[String],
    row: &csv::StringRecord,
) {
    let line = row.position().map_or(0, csv::Position::line);
    let mut problem = |text: String| problems.push(CatalogProblem { line, text });
    let mut product = Map::new();
    for (column, cell) in
        columns.iter().zip(row).filter(|(column, cell)| !cell.is_empty() && !column.is_empty())
    {
        match cell_value(column, cell) {
            Some(value) => {
                product.insert(column.clone(), value);
            }
            None => problem(format!(
                "{column} “{cell}” is no number{} (write 12.50); it was left out",
                if column == PRICE { " from 0 up" } else { "" }
            )),
        }
    }
    let Some(id) = product.get(ID).and_then(Value::as_str).map(str::to_owned) else {
        problem(format!("the row has no {ID}; it was left out"));
        return;
    };
    if products.contains_key(&id) {
        problem(format!("product “{id}” is listed twice; the first row stays"));
        return;
    }
    products.insert(id, Value::Object(product));
}

/// The product a row holds; cells that cannot be read are absent.
pub(super) fn product_of<'c>(columns: &[String], row: impl Iterator<Item = &'c str>) -> Map<String, Value> {
    let cells = columns.iter().zip(row).filter(|(column, cell)| !cell.is_empty() && !column.is_empty());
    cells.filter_map(|(column, cell)| Some((column.clone(), cell_value(column, cell)?))).collect()
}

/// A cell as its column means it; `None` for a number that is none, or a price below nothing.
pub fn cell_value(column: &str, cell: &str) -> Option<Value> {
    if LISTS.contains(&column) {
        let parts = cell.split(LIST_SEPARATORS).map(str::trim).filter(|part| !part.is_empty());
        Some(parts.map(|part| Value::String(part.to_owned())).collect())
    } else if NUMBERS.contains(&column) {
        let owed = |number: &Number| number.as_f64().is_some_and(|number| number < 0.0);
        number(cell).filter(|number| column != PRICE || !owed(number)).map(Value::Number)
    } else {
        Some(Value::String(cell.to_owned()))
    }
}

/// A whole number stays whole, so that a template prints `16` and not `16.0`.
fn number(cell: &str) -> Option<Number> {
    let whole = cell.parse::<i64>().ok().map(Number::from);
    whole.or_else(|| cell.parse::<f64>().ok().and_then(Number::from_f64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_column_twice_and_a_price_below_nothing_are_told() {
        let (catalog, problems) =
            read_catalog("product_id,name,Name,price,stock\nP1,a,b,-3,-2\nP2,\"c,d,2,1\n");
        assert_eq!(
            catalog.products().get("P1"),
            Some(&json!({ "product_id": "P1", "name": "b", "stock": -2 }))
        );
        let told: Vec<(u64, &str)> = problems.iter().map(|it| (it.line, it.text.as_str())).collect();
        assert_eq!(told[0], (1, "there are two columns “name”; what the last one says counts"));
        assert_eq!(told[1], (2, "price “-3” is no number from 0 up (write 12.50); it was left out"));
        assert!(told[2].0 == 3 && told[2].1.ends_with("close every quote)"), "{told:?}");
    }

    #[test]
    fn reads_lists_numbers_and_leaves_empty_cells_out() {
        let (catalog, problems) = read_catalog(
            "\u{feff}Product_ID, name ,tags,price,stock,size\nP1,\"Oat, gentle\",a|b; c,16.50,3,\nP2,Cream,,7,,50 ml\n",
        );
        assert_eq!(problems, []);
        assert_eq!(
            catalog.products()["P1"],
            json!({"product_id": "P1", "name": "Oat, gentle", "tags": ["a", "b", "c"], "price": 16.5, "stock": 3})
        );
        assert_eq!(
            catalog.products()["P2"],
            json!({"product_id": "P2", "name": "Cream", "price": 7, "size": "50 ml"})
        );
    }

    #[test]
    fn reads_semicolons() {
        let (catalog, problems) = read_catalog("product_id;tags;price\nP1;a|b;3\n");
        assert_eq!(problems, []);
        assert_eq!(catalog.products()["P1"], json!({"product_id": "P1", "tags": ["a", "b"], "price": 3}));
    }

    #[test]
    fn reports_what_it_left_out_with_its_line() {
        let (catalog, problems) =
            read_catalog("product_id,price\nP1,cheap\n,3\nP1,4\nP2,1,2\nP3,NaN\nP4,4\n");
        assert_eq!(catalog.products().keys().collect::<Vec<_>>(), ["P1", "P3", "P4"]);
        assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
        let (catalog, problems) = read_catalog("id,price\nP1,1\n");
        assert!(catalog.is_empty());
        assert!(problems[0].text.contains("product_id"), "{problems:?}");
        assert_eq!(read_catalog("").1.len(), 1);
    }
}
