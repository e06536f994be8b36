//! The form of a trigger: what starts a run.

use egui::Ui;

use super::journey_form;
use crate::{
    app::{
        icons::Icon,
        theme::size,
        views::forms::{
            Form, complaint,
            event::Manner,
            gap, label, remark,
            rows::{add_button, controls_at_right, member},
        },
        widgets,
    },
    journey::{
        BlockId, EventRef, Journey, PropertyFilter, Scalar, Test, Trigger,
        edit::{EditCommand, Port},
    },
    words::{block, time},
    workspace::WorkspaceEdit,
};

/// Which kind of trigger it is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Event,
    Enters,
    Leaves,
    Attribute,
    Date,
}

impl Kind {
    const OPTIONS: [(Self, &'static str); 5] = [
        (Self::Event, "Somebody does something"),
        (Self::Enters, "Somebody enters a segment"),
        (Self::Leaves, "Somebody leaves a segment"),
        (Self::Attribute, "An attribute changes"),
        (Self::Date, "A date comes"),
    ];
    const fn of(trigger: &Trigger) -> Self {
        match trigger {
            Trigger::Event { .. } => Self::Event,
            Trigger::EntersSegment(_) => Self::Enters,
            Trigger::LeavesSegment(_) => Self::Leaves,
            Trigger::AttributeChange { .. } => Self::Attribute,
            Trigger::DateAttribute { .. } => Self::Date,
        }
    }
    /// A trigger of this kind to begin with; what an earlier one spoke of is kept where it fits.
    fn trigger(self, before: &Trigger, first_segment: String) -> Trigger {
        let segment = match before {
            Trigger::EntersSegment(id) | Trigger::LeavesSegment(id) => id.clone(),
            _ => first_segment,
        };
        let name = match before {
            Trigger::AttributeChange { name, .. } | Trigger::DateAttribute { name, .. } => name.clone(),
            _ => String::new(),
        };
        match self {
            Self::Event => Trigger::missing(),
            Self::Enters => Trigger::EntersSegment(segment),
            Self::Leaves => Trigger::LeavesSegment(segment),
            Self::Attribute => Trigger::AttributeChange { name, to: None },
            Self::Date => Trigger::DateAttribute { name, yearly: false, offset_days: 0, at_minute: 9 * 60 },
        }
    }
}

/// Draws it, with who may enter.
pub fn show(ui: &mut Ui, form: &mut Form<'_>, journey: &Journey) {
    let mut trigger = journey.trigger.clone();
    let before = Kind::of(&trigger);
    let mut now = before;
    form.choice(ui, "Starts when", &Kind::OPTIONS, &mut now);
    if now != before {
        let first = form.model.segments().0.keys().next().cloned().unwrap_or_default();
        trigger = now.trigger(&trigger, first);
    }
    settings(ui, form, &mut trigger);
    if trigger != journey.trigger {
        form.edit(WorkspaceEdit::Journey(journey.id.clone(), EditCommand::SetTrigger(trigger)));
    }
    journey_form::entry(ui, form, journey);
    if matches!(journey.trigger, Trigger::Event { .. }) {
        never_identified(ui, form, journey);
    }
}

/// Where those go who are never identified. Every journey may say so, for it may run on another
/// platform tomorrow; on the canvas the way is seen where the platform holds triggers, or once it
/// leads somewhere.
fn never_identified(ui: &mut Ui, form: &mut Form<'_>, journey: &Journey) {
    let serving = journey.reading_order().into_iter().filter(|id| journey.blocks[*id].kind.serves_unknown());
    let mut options: Vec<(Option<BlockId>, &str)> = vec![(None, "Nowhere")];
    options.extend(serving.map(|id| (Some(id.clone()), block::title(&journey.blocks[id]))));
    let mut to = journey.never_identified.clone();
    form.choice(ui, "Whoever is never identified goes to", &options, &mut to);
    if to != journey.never_identified {
        let connect = EditCommand::Connect { from: Port::NeverIdentified, to };
        form.edit(WorkspaceEdit::Journey(journey.id.clone(), connect));
    }
    remark(
        ui,
        "A prompt, an audience or an exit; on platforms that hold triggers until somebody is identified.",
    );
    gap(ui);
}

fn settings(ui: &mut Ui, form: &mut Form<'_>, trigger: &mut Trigger) {
    match trigger {
        Trigger::Event { event, filters } => {
            label(ui, "Somebody did");
            form.event(ui, "Event", event, Manner::ToDo);
            gap(ui);
            property_filters(ui, form, event, filters);
        }
        Trigger::EntersSegment(id) | Trigger::LeavesSegment(id) => segment(ui, form, id),
        Trigger::AttributeChange { name, to } => {
            form.suggested(ui, "Attribute", "name", name, Form::attributes);
            let mut any = to.is_none();
            let options = [(true, "To anything"), (false, "To certain values")];
            form.choice(ui, "Changes", &options, &mut any);
            match (any, &to) {
                (true, Some(_)) => *to = None,
                (false, None) => *to = Some(Test::Exists),
                _ => {}
            }
            if let Some(test) = to {
                label(ui, "The new value");
                let kinds = form.attribute_kinds(name);
                let mut wrong = None;
                ui.horizontal_wrapped(|ui| {
                    wrong = form.test(ui, name, test, kinds, |form| form.attribute_values(name));
                });
                if let Some(wrong) = wrong {
                    complaint(ui, &wrong);
                }
                gap(ui);
            }
        }
        Trigger::DateAttribute { name, yearly, offset_days, at_minute } => {
            form.suggested(ui, "Attribute that holds the date", "birthday", name, Form::attributes);
            form.switch(ui, "Every year on that day", "", yearly);
            let mut days = i64::from(*offset_days);
            form.whole(ui, "Days after it (before it: with a minus)", -3650, 3650, &mut days);
            *offset_days = days as i32;
            let mut minute = (*at_minute).rem_euclid(24 * 60) as u32;
            let shown = minute;
            form.time_of_day(ui, "At", &mut minute);
            if minute != shown {
                *at_minute = minute as i32;
            }
            let at = time::of_day(minute);
            remark(
                ui,
                &format!("At {at} in the person's zone, unless the attribute holds a time of its own."),
            );
            gap(ui);
        }
    }
}

fn segment(ui: &mut Ui, form: &mut Form<'_>, id: &mut String) {
    let segments = form.model.segments();
    if segments.0.is_empty() {
        remark(ui, "There is no segment yet. Add one in the list at the left.");
        gap(ui);
        return;
    }
    let options: Vec<(String, &str)> =
        segments.0.iter().map(|(id, segment)| (id.clone(), segment.name.as_str())).collect();
    form.choice(ui, "Segment", &options, id);
}

fn property_filters(ui: &mut Ui, form: &mut Form<'_>, event: &EventRef, filters: &mut Vec<PropertyFilter>) {
    label(ui, "Where");
    let mut gone = None;
    for (at, filter) in filters.iter_mut().enumerate() {
        ui.push_id(("filter", at), |ui| {
            member(ui, |ui| {
                let mut wrong = None;
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 4.0;
                    let width = ui.available_width() - 28.0 - 4.0;
                    let line = egui::Layout::left_to_right(egui::Align::Center).with_main_wrap(true);
                    ui.allocate_ui_with_layout(egui::vec2(width, size::CONTROL), line, |ui| {
                        ui.set_max_width(width);
                        ui.set_min_width(width);
                        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
                        form.path(ui, "Property", "property", &mut filter.property, |form| {
                            form.properties(event)
                        });
                        let path = &filter.property;
                        let kinds = form.property_kinds(event, path);
                        wrong = form
                            .test(ui, path, &mut filter.is, kinds, |form| form.property_values(event, path));
                    });
                    controls_at_right(ui, 28.0, |ui| {
                        if widgets::icon_button(ui, Icon::Cross, "Remove this filter", 22.0).clicked() {
                            gone = Some(at);
                        }
                    });
                });
                if let Some(wrong) = wrong {
                    complaint(ui, &wrong);
                }
            });
        });
        ui.add_space(4.0);
    }
    if let Some(gone) = gone {
        filters.remove(gone);
    }
    if add_button(ui, "Add a filter").clicked() {
        let is = Test::Equals(Scalar::Text(String::new()));
        filters.push(PropertyFilter { property: String::new(), is });
    }
    gap(ui);
}
