//! Another catalogue in the place of the one there is, from a file that the clerk read.

use std::sync::Arc;

use crate::{
    app::{
        fault::{Fault, and_more},
        intent::{Effect, Intent},
        state::Model,
    },
    recording::Catalog,
    words::sentence,
    workspace::{WorkspaceEdit, catalog::CatalogProblem},
};

impl Model {
    /// Takes in a catalogue that was read, and tells of rows that could not be. One without any
    /// product is rather a file of something else.
    pub(super) fn take_catalog(
        &mut self,
        read: Result<(Catalog, Vec<CatalogProblem>), String>,
    ) -> Vec<Effect> {
        match read {
            Ok((catalog, rows)) if !catalog.products().is_empty() => {
                if let Some(place) = told(&rows) {
                    self.fault(Fault {
                        what: "Some products were left out or read in part".to_owned(),
                        place,
                        advice: "Mend these rows and take the file again, or undo.".to_owned(),
                    });
                }
                self.apply(Intent::Edit(Box::new(WorkspaceEdit::SetCatalog(Arc::new(catalog))), None))
            }
            other => {
                let why = other.map_or_else(|text| Some(sentence(&text)), |(_, rows)| told(&rows));
                self.fault(Fault {
                    what: "The catalogue cannot be read".to_owned(),
                    place: why.unwrap_or_else(|| "There is no product in it.".to_owned()),
                    advice: "A catalogue has one product a row, known by the column product_id. Nothing was \
                             changed."
                        .to_owned(),
                });
                Vec::new()
            }
        }
    }
}

/// The first row that could not be used, and how many more there are.
fn told(rows: &[CatalogProblem]) -> Option<String> {
    let (first, others) = rows.split_first()?;
    Some(and_more(&format!("Line {}: {}", first.line, first.text), others.len()))
}
