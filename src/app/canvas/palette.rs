//! Lists that open over the canvas: blocks to add, and blocks to go to. Typing filters, arrows
//! walk, Enter picks, Esc closes; a block to add can also be dragged to where it belongs.

use egui::{
    Align2, Area, CornerRadius, Frame, Id, Key, Margin, Modifiers, Order, Rect, Response, Role, ScrollArea,
    Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::paint::family_color;
use crate::{
    app::{
        diagram::{
            graph::NodeKey,
            hold::{Hold, Pick, Picker, fits},
        },
        icons::Icon,
        intent::{Intent, Intents},
        selection::Selection,
        state::Model,
        theme::{self, fonts, size},
        widgets,
    },
    journey::edit::{EditCommand, Starter},
    words::block::{BlockFamily, family},
    workspace::WorkspaceEdit,
};

/// Width of a list.
const WIDTH: f32 = 320.0;
/// Height of a row.
const ROW: f32 = 42.0;
/// The most that is seen of it at once.
const HEIGHT: f32 = 380.0;

/// A row of a list.
struct Entry {
    family: BlockFamily,
    title: String,
    about: String,
    what: What,
}

/// What a row stands for.
#[derive(Clone)]
enum What {
    Starter(Starter),
    Node(NodeKey),
}

/// Draws the list that is open.
pub fn show(ui: &Ui, model: &Model, intents: &mut Intents) {
    let Some(picker) = &model.view.picker else { return };
    let t = theme::of(ui);
    let entries = entries(model, picker);
    let keys = Keys::taken(ui);
    let area = Area::new(Id::unique("picker")).order(Order::Foreground).fixed_pos(picker.at).constrain(true);
    let shown = area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style())
            .fill(t.panel)
            .stroke(Stroke::new(1.0, t.line_strong))
            .corner_radius(CornerRadius::same(size::BLOCK_RADIUS))
            .inner_margin(Margin::same(8))
            .show(ui, |ui| {
                ui.set_width(WIDTH);
                ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
                list(ui, model, picker, &entries, &keys, intents)
            })
            .inner
    });
    let beside = shown.response.clicked_elsewhere();
    if keys.closed || beside && shown.inner.is_none() {
        return intents.want(Intent::Pick(None));
    }
    let entered = keys.picked.then(|| entries.get(picker.row)).flatten();
    if let Some(entry) = entered.or_else(|| shown.inner.and_then(|row| entries.get(row))) {
        pick(model, picker, &entry.what, intents);
    }
}

/// Keys of the list, taken before the field sees them.
struct Keys {
    step: isize,
    picked: bool,
    closed: bool,
}

impl Keys {
    fn taken(ui: &Ui) -> Self {
        ui.input_mut(|input| {
            let mut pressed = |key: Key| input.consume_key(Modifiers::NONE, key);
            let step = isize::from(pressed(Key::ArrowDown)) - isize::from(pressed(Key::ArrowUp));
            Self { step, picked: pressed(Key::Enter), closed: pressed(Key::Escape) }
        })
    }
}

/// The field and the rows; the row that was pressed.
fn list(
    ui: &mut Ui,
    model: &Model,
    picker: &Picker,
    entries: &[Entry],
    keys: &Keys,
    intents: &mut Intents,
) -> Option<usize> {
    let t = theme::of(ui);
    let (heading, hint) = heading(model, picker);
    ui.horizontal(|ui| {
        ui.add_space(4.0);
        widgets::text(ui, heading, fonts::small(), t.text_weak);
    });
    ui.add_space(6.0);
    let mut next = picker.clone();
    field(ui, &mut next, hint);
    ui.add_space(6.0);
    if next.text != picker.text {
        next.row = 0;
    }
    if keys.step != 0 && !entries.is_empty() {
        next.row = (picker.row as isize + keys.step).rem_euclid(entries.len() as isize) as usize;
    }
    let mut pressed = None;
    // As high as its rows: a list that was shorter a moment ago must not cut them.
    let least = (entries.len() as f32 * ROW).min(HEIGHT);
    let rows = ScrollArea::vertical().max_height(HEIGHT).min_scrolled_height(least);
    rows.auto_shrink([false, true]).show(ui, |ui| {
        ui.set_width(WIDTH - 4.0);
        if entries.is_empty() {
            ui.add_space(8.0);
            ui.horizontal(|ui| {
                ui.add_space(4.0);
                widgets::text(ui, "Nothing is called that", fonts::body(), t.text_weak);
            });
            ui.add_space(8.0);
        }
        let grouped = picker.text.is_empty() && matches!(picker.what, Pick::Add { .. });
        let mut last = None;
        for (at, entry) in entries.iter().enumerate() {
            if grouped && last != Some(entry.family) {
                ui.add_space(if last.is_some() { 8.0 } else { 2.0 });
                ui.horizontal(|ui| {
                    ui.add_space(4.0);
                    widgets::text(ui, group(entry.family), fonts::small_strong(), t.text_weak);
                });
                ui.add_space(2.0);
                last = Some(entry.family);
            }
            let response = row(ui, entry, at == next.row);
            if at == next.row && keys.step != 0 {
                response.scroll_to_me(None);
            }
            if response.drag_started()
                && let What::Starter(starter) = entry.what
            {
                intents.want(Intent::Hold(Some(Hold::Starter(starter))));
                intents.want(Intent::Pick(None));
                return;
            }
            if response.clicked() {
                pressed = Some(at);
            }
        }
    });
    if next != *picker && pressed.is_none() && !keys.picked {
        intents.want(Intent::Pick(Some(next)));
    }
    pressed
}

/// The field that filters; it keeps the keys while the list is open.
fn field(ui: &mut Ui, picker: &mut Picker, hint: &str) {
    let t = theme::of(ui);
    let id = Id::unique("picker field");
    let edit = TextEdit::singleline(&mut picker.text)
        .id(id)
        .hint_text(hint)
        .desired_width(WIDTH)
        .margin(Margin { left: 28, right: 8, top: 6, bottom: 6 });
    let response = ui.add(edit);
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, hint));
    let lens = pos2(response.rect.left() + 14.0, response.rect.center().y);
    Icon::Lens.paint_at(ui.painter(), lens, 12.0, t.text_weak);
    if !response.has_focus() {
        response.request_focus();
    }
}

fn row(ui: &mut Ui, entry: &Entry, chosen: bool) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click_and_drag());
    let said = format!("{}: {}", entry.title, entry.about);
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, chosen, &said));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let fill = if chosen { Some(t.selection) } else { response.hovered().then_some(t.hover) };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), fill);
    }
    let bar = Rect::from_min_size(rect.left_top() + vec2(8.0, 8.0), vec2(4.0, ROW - 16.0));
    ui.painter().rect_filled(bar, CornerRadius::same(2), family_color(t, entry.family));
    let left = rect.left() + 22.0;
    let room = rect.right() - left - 8.0;
    let line = |ui: &Ui, y: f32, text: &str, font, color| {
        widgets::clipped(ui, pos2(left, rect.top() + y), Align2::LEFT_CENTER, text, &font, color, room);
    };
    line(ui, 13.0, &entry.title, fonts::strong(), t.text);
    line(ui, 30.0, &entry.about, fonts::small(), t.text_weak);
    response
}

/// What the list is for, and what its field asks for.
fn heading(model: &Model, picker: &Picker) -> (String, &'static str) {
    let Pick::Add { on, .. } = &picker.what else {
        return ("Go to a block".to_owned(), "Find a block");
    };
    let edge = on.as_ref().zip(model.scene.as_ref()).and_then(|(port, (_, scene))| {
        let edge = &scene.graph.edges[scene.edge_of(port)?];
        let title = |at: usize| scene.graph.nodes[at].title.as_str();
        Some(match edge.to {
            Some(to) => format!("Add between {} and {}", title(edge.from), title(to)),
            None if edge.name.is_empty() => format!("Add after {}", title(edge.from)),
            None => format!("Add after {}, {}", title(edge.from), edge.name),
        })
    });
    (edge.unwrap_or_else(|| "Add a block, or drag one to where it belongs".to_owned()), "Search blocks")
}

/// Every word typed must occur in the row.
fn entries(model: &Model, picker: &Picker) -> Vec<Entry> {
    let words: Vec<String> = picker.text.split_whitespace().map(str::to_lowercase).collect();
    let passes = |entry: &Entry| {
        let text = format!("{} {} {}", entry.title, entry.about, group(entry.family)).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let mut entries: Vec<Entry> = match &picker.what {
        Pick::Add { on, .. } => {
            let led = on.as_ref().zip(model.journey()).is_some_and(|(port, it)| port.target(it).is_some());
            let fitting = Starter::ALL.into_iter().filter(|starter| fits(&starter.kind(), on.as_ref(), led));
            fitting.map(starter_entry).collect()
        }
        Pick::Find => model.scene.as_ref().map_or_else(Vec::new, |(_, scene)| {
            let entry = |node: &crate::app::diagram::graph::Node| Entry {
                family: node.family,
                title: node.title.clone(),
                about: node.summary.clone(),
                what: What::Node(node.key.clone()),
            };
            scene.graph.nodes.iter().map(entry).collect()
        }),
    };
    entries.retain(passes);
    // A title that begins with what was typed comes first, then one that holds it, then one that
    // is only explained so.
    let typed = picker.text.trim().to_lowercase();
    if !typed.is_empty() {
        entries.sort_by_key(|entry| {
            let title = entry.title.to_lowercase();
            (!title.starts_with(&typed), !title.contains(&typed))
        });
    }
    entries
}

fn starter_entry(starter: Starter) -> Entry {
    Entry {
        family: family(&starter.kind()),
        title: starter.name().to_owned(),
        about: starter.about().to_owned(),
        what: What::Starter(starter),
    }
}

const fn group(family: BlockFamily) -> &'static str {
    match family {
        BlockFamily::Trigger => "Trigger",
        BlockFamily::Wait => "Waits",
        BlockFamily::Branch => "Branches",
        BlockFamily::Message => "Messages",
        BlockFamily::Audience => "Audiences and data",
        BlockFamily::End => "Ends",
    }
}

fn pick(model: &Model, picker: &Picker, what: &What, intents: &mut Intents) {
    intents.want(Intent::Pick(None));
    match (what, &picker.what) {
        (What::Starter(starter), Pick::Add { on, at }) => {
            if let Some(journey) = &model.view.journey {
                let command = EditCommand::Insert { kind: starter.kind(), on: on.clone(), at: *at };
                let edit = WorkspaceEdit::Journey(journey.clone(), command);
                intents.want(Intent::Edit(Box::new(edit), None));
            }
        }
        (What::Node(key), _) => intents.want(Intent::Select(Selection::Node(key.clone()))),
        (What::Starter(_), Pick::Find) => {}
    }
}
