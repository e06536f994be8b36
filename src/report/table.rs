//! Plain text tables: columns as wide as their widest cell, two spaces between, no rules.

use std::io::{self, Write};

/// A table being filled.
pub struct Table<const COLUMNS: usize> {
    rows: Vec<[String; COLUMNS]>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// A table with this heading.
    pub fn new(heading: &[&str; COLUMNS]) -> Self {
        Self { rows: vec![heading.map(str::to_owned)] }
    }
    /// Adds a row. Line breaks and other control characters become spaces: one row, one line,
    /// and no text of a recording may steer the terminal.
    pub fn row(&mut self, cells: [String; COLUMNS]) {
        self.rows.push(cells.map(|cell| one_line(&cell)));
    }
    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }
    /// Writes the heading and the rows. Without rows it writes nothing.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let width =
            |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: [usize; COLUMNS] = std::array::from_fn(width);
        for row in &self.rows {
            let cells: Vec<String> =
                row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            writeln!(out, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

/// The text on one line, without control characters.
pub fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_stay_on_one_line() {
        let mut table = Table::new(&["Who", "What"]);
        table.row(["Åsa".to_owned(), "two\nlines\u{1b}[31m".to_owned()]);
        table.row(["Bartholomew".to_owned(), String::new()]);
        let mut out = Vec::new();
        table.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "Who          What\nÅsa          two lines [31m\nBartholomew\n");
    }

    #[test]
    fn an_empty_table_is_nothing() {
        let mut out = Vec::new();
        Table::new(&["Who"]).write(&mut out).unwrap();
        assert!(out.is_empty());
    }
}
