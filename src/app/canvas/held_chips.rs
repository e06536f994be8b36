//! What became of held triggers, beside the trigger, on platforms that hold them: small chips, each
//! of which lists those alone.

use egui::{
    CornerRadius, CursorIcon, Id, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

use super::{paint::Detail, picture::Picture};
use crate::{
    app::{
        diagram::graph::NodeKey,
        held::{self, HeldList},
        intent::{Intent, Intents},
        theme::{fonts::Face, size},
    },
    lab::held::{HeldGroup, STATES},
    simulator::{HeldState, passages::STILL_HELD},
    words::{count, counted, status},
};

/// Height of a chip, and room between two, in canvas points.
const HEIGHT: f32 = 18.0;
const GAP: f32 = 3.0;
/// Between the trigger and its chips.
const ASIDE: f32 = 12.0;

/// One chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// What became of them; `None`: nothing yet, at the cursor.
    pub state: Option<HeldState>,
    /// What it says.
    pub text: String,
    /// More of it.
    pub tip: String,
}

/// The chips of the counts by state, with what the carts were worth where that is known: of the
/// whole replay, not of an instant within it.
pub fn chips(counts: impl Fn(&str) -> u64, groups: impl Fn(HeldState) -> Option<HeldGroup>) -> Vec<Chip> {
    let still = counts(STILL_HELD);
    let waits = (still > 0).then(|| Chip {
        state: None,
        text: format!("{} held", count(still)),
        tip: format!("{} nobody has claimed yet", counted(still, "trigger that", "triggers that")),
    });
    let became = STATES.into_iter().filter_map(|state| {
        let number = counts(state.word());
        (number > 0).then(|| {
            let group = groups(state);
            let worth = group.as_ref().map(|group| held::carts(&group.carts)).filter(|it| !it.is_empty());
            let text = format!("{} {}", count(number), status::held(state));
            let mut tip = counted(number, "held trigger", "held triggers");
            tip = format!("{tip}: {}", status::held(state));
            if let Some(worth) = &worth {
                tip = format!("{tip}, carts worth {worth}");
            }
            for (band, of_band) in group.iter().flat_map(HeldGroup::bands) {
                tip = format!("{tip}\n{} {}", count(of_band), held::aged(band));
            }
            Chip {
                state: Some(state),
                text: worth.map_or(text.clone(), |worth| format!("{text} · {worth}")),
                tip,
            }
        })
    });
    waits.into_iter().chain(became).collect()
}

/// Where chips of these widths lie beside the trigger: one under the other, about its middle.
pub fn places(trigger: Rect, widths: &[f32], zoom: f32) -> Vec<Rect> {
    let step = (HEIGHT + GAP) * zoom;
    let whole = step * widths.len() as f32 - GAP * zoom;
    let top = trigger.center().y - whole / 2.0;
    let left = trigger.right() + ASIDE * zoom;
    let at = |(row, width): (usize, &f32)| {
        Rect::from_min_size(Pos2::new(left, top + step * row as f32), vec2(*width, HEIGHT * zoom))
    };
    widths.iter().enumerate().map(at).collect()
}

/// Draws them; a press lists those alone.
pub fn show(ui: &Ui, picture: &Picture<'_>, intents: &mut Intents) {
    let (model, zoom) = (picture.model, picture.camera.zoom);
    if Detail::at(zoom) != Detail::Full || !model.holds_triggers() {
        return;
    }
    let (Some(tally), Some(trigger)) = (picture.reading.tally, picture.scene.place_of(&NodeKey::Trigger))
    else {
        return;
    };
    let whole = model.moment.counts.is_none();
    let groups =
        model.outcome.as_ref().and_then(|outcome| outcome.index.held.get(picture.id)).filter(|_| whole);
    let chips = chips(|word| tally.held_as(word), |state| groups?.get(&state).cloned());
    let painter = ui.painter_at(picture.view);
    let font = Face::Figures.at(((size::SMALL * zoom * 2.0).round() / 2.0).max(4.0));
    let t = picture.tokens;
    let galleys: Vec<_> = chips
        .iter()
        .map(|chip| painter.layout_no_wrap(chip.text.clone(), font.clone(), t.text_weak))
        .collect();
    let widths: Vec<f32> = galleys.iter().map(|galley| galley.size().x + 16.0 * zoom).collect();
    let trigger = picture.camera.rect_to_screen(trigger, picture.view);
    for ((chip, galley), rect) in chips.iter().zip(galleys).zip(places(trigger, &widths, zoom)) {
        if !rect.intersects(picture.view) {
            continue;
        }
        let id = Id::unique(("held chip", picture.id.as_str(), chip.state));
        let response = ui.interact(rect.intersect(picture.view), id, Sense::click());
        response
            .widget_info(|| WidgetInfo::labeled(Role::Link, true, format!("List {}", first_line(&chip.tip))));
        let lively = response.hovered() || response.has_focus();
        outline(
            &painter,
            rect,
            zoom,
            if lively { t.hover } else { t.panel },
            if lively { t.accent } else { t.line },
        );
        painter.galley(rect.center() - galley.size() / 2.0, galley, t.text_weak);
        if response.hovered() {
            ui.set_cursor_icon(CursorIcon::PointingHand);
        }
        if response.clicked() {
            let list = HeldList {
                state: chip.state,
                journey: Some(picture.id.clone()),
                person: None,
                ..model.view.held.clone()
            };
            intents.want(Intent::ListHeld(list));
        }
        response.on_hover_text(&chip.tip);
    }
}

fn outline(painter: &Painter, rect: Rect, zoom: f32, fill: egui::Color32, line: egui::Color32) {
    let radius = CornerRadius::same((HEIGHT / 2.0 * zoom).round().clamp(0.0, 255.0) as u8);
    painter.rect(rect, radius, fill, Stroke::new(1.0, line), StrokeKind::Inside);
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::lab::held::Carts;

    #[test]
    fn each_state_that_has_any_says_how_many_how_old_and_what_the_carts_were_worth() {
        let counts = BTreeMap::from([("joined", 24), ("never_identified", 16), ("held", 0)]);
        let joined = HeldGroup {
            count: 24,
            carts: Carts::from([("EUR".to_owned(), 310.0)]),
            ages: BTreeMap::from([(Some(1), 20), (Some(72), 4)]),
        };
        let group = |state| (state == HeldState::Joined).then(|| joined.clone());
        let chips = chips(|word| counts.get(word).copied().unwrap_or(0), group);
        assert_eq!(chips.len(), 2, "{chips:?}");
        assert_eq!(chips[0].text, "24 joined · 310 EUR");
        assert_eq!(
            chips[0].tip,
            "24 held triggers: joined, carts worth 310 EUR\n20 up to 1 hour old\n4 up to 3 days old"
        );
        assert_eq!(
            (chips[1].state, chips[1].text.as_str()),
            (Some(HeldState::NeverIdentified), "16 never identified")
        );
    }

    #[test]
    fn what_is_still_held_at_the_cursor_is_said_first() {
        let chips = chips(|word| u64::from(word == "held"), |_| None);
        assert_eq!(chips.len(), 1);
        assert_eq!((chips[0].state, chips[0].text.as_str()), (None, "1 held"));
    }

    #[test]
    fn chips_lie_apart_beside_the_trigger() {
        let trigger = Rect::from_min_size(Pos2::new(100.0, 50.0), vec2(224.0, 54.0));
        for zoom in [0.6, 1.0, 2.0] {
            let places = places(trigger, &[80.0, 120.0, 60.0], zoom);
            assert!(places.iter().all(|place| place.left() > trigger.right()));
            assert!(places.windows(2).all(|pair| pair[0].bottom() < pair[1].top()));
            let middle = f32::midpoint(places[0].top(), places[2].bottom());
            assert!((middle - trigger.center().y).abs() < 0.01);
        }
    }
}
