//! What is odd about a person, in plain words.

use egui::{Sense, Ui, vec2};

use super::page::Page;
use crate::{
    app::{
        icons::Icon,
        theme::{self, fonts},
        views::inspector::parts::section,
        widgets,
    },
    identity::{AddressReport, AddressVerdict},
    lab::person::{PersonProblem, problems},
    words::{person, spaced},
};

/// Draws them; nothing where there is none.
pub fn show(ui: &mut Ui, page: &Page<'_>) {
    let t = theme::of(ui);
    for (number, problem) in
        problems(&page.outcome.result, &page.outcome.index.directory, page.at).into_iter().enumerate()
    {
        if number == 0 {
            section(ui, "Problems");
        }
        ui.horizontal_top(|ui| {
            let (icon, _) = ui.allocate_exact_size(vec2(14.0, 18.0), Sense::hover());
            Icon::Warning.paint_at(ui.painter(), icon.center(), 12.0, t.deferred);
            ui.vertical(|ui| widgets::paragraph(ui, said(page, &problem), fonts::body(), t.deferred_text));
        });
        ui.add_space(2.0);
    }
}

fn said(page: &Page<'_>, problem: &PersonProblem) -> String {
    match problem {
        PersonProblem::BadAddress(report) => address(report),
        PersonProblem::SeveralOf(kind, number) => {
            format!("{number} identifiers of one kind ({}): perhaps two people", spaced(kind))
        }
        PersonProblem::SharedDevice { anonymous_id, at_ms } => format!(
            "Shared browser: somebody else said who they are on {}, {}",
            person::identifier(&format!("anonymous_id:{anonymous_id}")),
            page.moment(*at_ms)
        ),
        PersonProblem::Refused { identifier, reason, at_ms } => format!(
            "A link was refused: {}, {}, {}",
            person::identifier(identifier),
            spaced(reason.word()),
            page.moment(*at_ms)
        ),
    }
}

fn address(report: &AddressReport) -> String {
    let AddressReport { address, verdict, suggestion } = report;
    let what = match verdict {
        AddressVerdict::Invalid => "is no address that can be mailed",
        AddressVerdict::Mistyped => "looks mistyped",
        AddressVerdict::Disposable => "is a throw-away mailbox",
        AddressVerdict::Role => "is a shared mailbox",
        AddressVerdict::Ok => "is fine",
    };
    let meant = suggestion.as_ref().map_or_else(String::new, |meant| format!("; {meant} was probably meant"));
    format!("{address} {what}{meant}")
}
