//! The journey shown as a file for others: RON, Mermaid, a document for a review, a picture.

use crate::{
    app::{
        asked::Asked, clerk::Errand, command::Command, intent::Effect, plate::Form, printing, state::Model,
    },
    journey::{Journey, journey_to_ron},
    report::{mermaid, review},
};

impl Model {
    /// Asks where an export of the journey shown goes.
    pub(super) fn export(&self, command: Command, journey: &Journey) -> Vec<Effect> {
        let name = |ending: &str| format!("{}.{ending}", journey.id);
        let text = |ending: &str, text: String| Asked::Export(name(ending), text);
        let picture = |form: Form| Asked::Picture(name(form.ending()), form);
        let asked = match command {
            Command::ExportMermaid => text("mmd", mermaid::flowchart(journey)),
            Command::ExportReview => {
                let problems = self.problems_of(&journey.id);
                text("md", review::markdown(journey, self.segments(), problems))
            }
            Command::ExportSvg => picture(Form::Svg),
            Command::ExportPng => picture(Form::Png),
            _ => text("ron", journey_to_ron(journey)),
        };
        vec![Effect::Ask(Box::new(asked))]
    }
}

/// What the clerk writes for a picture of what is shown; `None` where nothing is.
pub fn picture(
    model: &mut Model,
    path: std::path::PathBuf,
    form: Form,
    theme: egui::Theme,
) -> Option<Errand> {
    let sheet = printing::Sheet::of(model, theme)?;
    Some(match form {
        Form::Svg => Errand::Write(path, sheet.svg()),
        Form::Png => Errand::Print(path, Box::new(sheet.plate())),
    })
}
