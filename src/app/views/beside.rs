//! Choosing people from a list: one with a click, one more with Ctrl, all up to there with Shift;
//! the same by the right button.

use egui::{Response, Ui, vec2};

use crate::app::{
    badge,
    company::CompanyIntent,
    intent::{Intent, Intents},
    state::{BottomTab, Model},
    theme, widgets,
};

/// Acts on a row of a list that stands for somebody. `plain` is what a click alone wants; `up_to`
/// tells who the rows from the selected one to this are.
pub fn pressed(
    response: &Response,
    model: &Model,
    person: &[String],
    plain: Intent,
    up_to: impl FnOnce() -> Vec<Vec<String>>,
    intents: &mut Intents,
) {
    if response.clicked() {
        let keys = response.ctx.input(|input| input.modifiers);
        intents.want(if keys.command {
            Intent::Company(CompanyIntent::Toggle(person.to_vec()))
        } else if keys.shift {
            Intent::Company(CompanyIntent::Add(up_to()))
        } else {
            plain.clone()
        });
    }
    response.context_menu(|ui| {
        // A row takes all the room there is.
        ui.set_min_width(200.0);
        ui.set_max_width(200.0);
        let on_timeline = model.company.position(person);
        let mut choice = |ui: &mut Ui, name: &str, wanted: Vec<Intent>| {
            let row = widgets::Row {
                name,
                count: None,
                count_color: None,
                label: name.to_owned(),
                selected: false,
            };
            if row.show(ui).clicked() {
                for intent in wanted {
                    intents.want(intent);
                }
                ui.close();
            }
        };
        choice(ui, "Show on the timeline", vec![plain, Intent::ShowTab(BottomTab::Timeline)]);
        match on_timeline {
            None if model.company.focused().is_some() => {
                let add = CompanyIntent::Add(vec![person.to_vec()]);
                choice(ui, "Add to the timeline", vec![Intent::Company(add)]);
            }
            Some(_) if model.company.is_several() => {
                let remove = CompanyIntent::Remove(person.to_vec());
                choice(ui, "Take off the timeline", vec![Intent::Company(remove)]);
            }
            _ => {}
        }
    });
}

/// The number of somebody on the timeline, at the left of their row, where there are several.
pub fn number(ui: &Ui, model: &Model, person: &[String]) {
    if model.company.is_several()
        && let Some(at) = model.company.position(person)
    {
        let center = ui.max_rect().left_center() + vec2(11.0, 0.0);
        badge::paint(ui.painter(), center, badge::RADIUS_PT, at, model.company.focus() == at, theme::of(ui));
    }
}

/// The rows from one to another, both included, whichever comes first.
pub fn between<T>(rows: &[T], one: Option<usize>, other: usize) -> &[T] {
    let one = one.unwrap_or(other);
    rows.get(one.min(other)..=one.max(other)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn a_stretch_of_rows_is_the_same_both_ways() {
        let rows = ["a", "b", "c", "d"];
        assert_eq!(between(&rows, Some(1), 3), ["b", "c", "d"]);
        assert_eq!(between(&rows, Some(3), 1), ["b", "c", "d"]);
        assert_eq!(between(&rows, None, 2), ["c"]);
        assert_eq!(between(&rows, Some(9), 2), [""; 0]);
    }
}
