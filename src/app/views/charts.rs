//! Charts of the result, each with a sentence that says the same.

use egui::{Align2, Color32, Painter, Rect, Role, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2};
use egui_plot::{AxisHints, Bar, BarChart, GridMark, Plot};

use crate::{
    app::{
        state::Model,
        theme::{self, Tokens, fonts},
        widgets,
    },
    journey::Channel,
    lab::series::{Charts, DaySent, Ends, Took},
    recording::Span,
    words::{condition, count, counted, sentence, status},
};

/// A chart is at least so wide; where there is less room they stand in two rows.
const NARROW: f32 = 230.0;
/// More reasons than these are one bar.
const REASONS: usize = 6;

/// A series of bars: its name, its colour, a number for each place.
type Series = (String, Color32, Vec<u64>);

/// A chart about to be drawn: bars over named places.
struct Chart {
    title: &'static str,
    /// What the numbers count.
    unit: &'static str,
    /// A name for each place, from left to right or from below.
    places: Vec<String>,
    /// Bars, one on the other.
    series: Vec<Series>,
    /// Bars lie, for long names.
    lies: bool,
    /// The same in a sentence.
    said: String,
}

/// Draws them.
pub fn show(ui: &mut Ui, model: &Model) {
    let Some(outcome) = &model.outcome else {
        return widgets::empty(ui, "No charts yet", "Replay a recording, and its numbers are drawn here.");
    };
    if outcome.result.people.is_empty() && outcome.result.messages.is_empty() {
        return widgets::empty(
            ui,
            "Nothing to draw",
            "The platform keeps no profile of anybody in these recordings, and nobody reached a message.",
        );
    }
    let charts = charts(&outcome.charts, theme::of(ui));
    let room = ui.available_size();
    let columns = if room.x >= charts.len() as f32 * NARROW { charts.len() } else { 2 };
    egui::ScrollArea::vertical().id_salt("charts").auto_shrink(false).show(ui, |ui| {
        let rows = charts.len().div_ceil(columns);
        let height = if rows == 1 { room.y.max(150.0) } else { 190.0 };
        let size = vec2(room.x / columns as f32, height);
        let (all, _) = ui.allocate_exact_size(vec2(room.x, height * rows as f32), egui::Sense::hover());
        for (at, chart) in charts.into_iter().enumerate() {
            let corner = all.min + vec2((at % columns) as f32, (at / columns) as f32) * size;
            let place = Rect::from_min_size(corner, size).shrink2(vec2(12.0, 8.0));
            ui.scope_builder(UiBuilder::new().max_rect(place), |ui| draw(ui, chart));
        }
    });
}

fn charts(charts: &Charts, t: &Tokens) -> Vec<Chart> {
    vec![
        days(&charts.days, t),
        took(&charts.to_identify, "First visit to identify", "were known", t.branch),
        took(&charts.to_message, "First visit to first message", "had got a message", t.message),
        ends(&charts.ends, t),
    ]
}

const fn channel_color(t: &Tokens, channel: Channel) -> Color32 {
    match channel {
        Channel::Email => t.message,
        Channel::Sms => t.branch,
        Channel::Push => t.trigger,
        Channel::InApp => t.wait,
        Channel::Webhook => t.end,
        Channel::OnSite => t.sent,
        Channel::Audience => t.audience,
    }
}

fn days(days: &[DaySent], t: &Tokens) -> Chart {
    let channels: std::collections::BTreeSet<Channel> =
        days.iter().flat_map(|day| day.by_channel.keys().copied()).collect();
    let series = channels.into_iter().map(|channel| {
        let numbers = days.iter().map(|day| day.by_channel.get(&channel).copied().unwrap_or(0)).collect();
        (sentence(condition::channel(channel)), channel_color(t, channel), numbers)
    });
    let name = |day: &DaySent| day.day.format("%-d %b").to_string();
    let total: u64 = days.iter().map(DaySent::total).sum();
    let most = days.iter().rev().max_by_key(|day| day.total());
    let said = most.map_or_else(
        || "Nothing was sent.".to_owned(),
        |most| {
            format!(
                "{} on {}; most on {}: {}.",
                counted(total, "message", "messages"),
                counted(days.len() as u64, "day", "days"),
                most.day.format("%a %-d %b"),
                count(most.total())
            )
        },
    );
    Chart {
        title: "Sent by day",
        unit: "messages",
        places: days.iter().map(name).collect(),
        series: series.collect(),
        lies: false,
        said,
    }
}

fn took(took: &Took, title: &'static str, were: &str, color: Color32) -> Chart {
    let said = took.median_ms.map_or_else(
        || "Nobody yet.".to_owned(),
        |median_ms| {
            let people = counted(took.number, "person", "people");
            match Span::from_ms(median_ms) {
                span if span.ms() < 1_000 => format!("Half of {people} {were} at their first visit."),
                span => format!("Half of {people} {were} within {}.", span.spoken()),
            }
        },
    );
    let name = |from_ms: i64| if from_ms == 0 { "at once".to_owned() } else { short_span(from_ms) };
    Chart {
        title,
        unit: "people",
        places: took.bins.iter().map(|bin| name(bin.from_ms)).collect(),
        series: vec![("People".to_owned(), color, took.bins.iter().map(|bin| bin.number).collect())],
        lies: false,
        said,
    }
}

/// `1 min+`, `4 h+`, `7 d+`.
fn short_span(ms: i64) -> String {
    const MINUTE: i64 = 60_000;
    match ms / MINUTE {
        minutes @ ..60 => format!("{minutes} min+"),
        minutes @ ..1_440 => format!("{} h+", minutes / 60),
        minutes => format!("{} d+", minutes / 1_440),
    }
}

fn ends(ends: &Ends, t: &Tokens) -> Chart {
    let mut bars = vec![("sent".to_owned(), ends.sent, true)];
    let shown = if ends.not_sent.len() > REASONS { REASONS - 1 } else { ends.not_sent.len() };
    bars.extend(ends.not_sent[..shown].iter().map(|(word, number)| (status::reason(word), *number, false)));
    let rest: u64 = ends.not_sent[shown..].iter().map(|(_, number)| number).sum();
    if rest > 0 {
        bars.push(("other reasons".to_owned(), rest, false));
    }
    // The first bar is the highest one.
    bars.reverse();
    let numbers = |wanted: bool| {
        bars.iter().map(|(_, number, sent)| if *sent == wanted { *number } else { 0 }).collect::<Vec<_>>()
    };
    let first = ends.not_sent.first();
    let most = first.map_or_else(String::new, |(word, number)| {
        format!("; most often: {} ({})", status::reason(word), count(*number))
    });
    let said = format!("{} sent, {} not sent{most}.", count(ends.sent), count(ends.total_not_sent()));
    Chart {
        title: "Sent, and why not",
        unit: "messages",
        places: bars.iter().map(|(name, ..)| name.clone()).collect(),
        series: vec![
            ("Sent".to_owned(), t.sent, numbers(true)),
            ("Not sent".to_owned(), t.not_sent, numbers(false)),
        ],
        lies: true,
        said,
    }
}

/// Title, what the colours mean, the plot, and the same in a sentence, one under the other.
fn draw(ui: &mut Ui, chart: Chart) {
    const TITLE: f32 = 20.0;
    const SAID: f32 = 30.0;
    let t = theme::of(ui);
    let place = ui.max_rect();
    let painter = ui.painter_at(place);
    let title = painter.text(place.left_top(), Align2::LEFT_TOP, chart.title, fonts::strong(), t.text);
    let unit = title.right_bottom() + vec2(8.0, -1.0);
    painter.text(unit, Align2::LEFT_BOTTOM, chart.unit, fonts::small(), t.text_weak);
    let colors = chart.series.len() > 1 && !chart.lies;
    let top =
        place.top() + TITLE + if colors { colors_of(&painter, t, place, TITLE, &chart.series) } else { 0.0 };
    let foot = (place.bottom() - SAID).max(top + 60.0);
    let rect = Rect::from_min_max(pos2(place.left(), top), pos2(place.right(), foot));
    let label = format!("Chart: {}. {}", chart.title, chart.said);
    let response = ui.interact(rect, ui.unique_id().with(chart.title), egui::Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
    let below = Rect::from_min_max(pos2(place.left(), foot + 2.0), place.right_bottom());
    ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
        widgets::text(ui, &chart.said, fonts::small(), t.text_weak);
    });
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| plot(ui, t, chart));
}

/// What each colour means, in as many lines as it takes; gives their height.
fn colors_of(painter: &Painter, t: &Tokens, place: Rect, down: f32, series: &[Series]) -> f32 {
    const LINE: f32 = 16.0;
    let (mut x, mut y) = (place.left(), place.top() + down);
    for (name, color, _) in series {
        let galley = painter.layout_no_wrap(name.clone(), fonts::small(), t.text_weak);
        let width = galley.size().x + 24.0;
        if x > place.left() && x + width > place.right() {
            (x, y) = (place.left(), y + LINE);
        }
        painter.circle_filled(pos2(x + 4.0, y + LINE / 2.0), 4.0, *color);
        painter.galley(pos2(x + 12.0, y + (LINE - galley.size().y) / 2.0), galley, t.text_weak);
        x += width;
    }
    y + LINE - place.top() - down
}

fn plot(ui: &mut Ui, t: &Tokens, chart: Chart) {
    let Chart { title, unit, places, series, lies, .. } = chart;
    let number = places.len();
    let most = (0..number)
        .map(|at| series.iter().filter_map(|(.., numbers)| numbers.get(at)).sum::<u64>())
        .max()
        .unwrap_or(0);
    let names = places.clone();
    let name = move |mark: GridMark, _: &std::ops::RangeInclusive<f64>| {
        let at = mark.value.round();
        if (mark.value - at).abs() > 0.01 || at < 0.0 {
            return String::new();
        }
        names.get(at as usize).map_or_else(String::new, |name| fitted(name, if lies { 26 } else { 9 }))
    };
    let whole = |mark: GridMark, _: &std::ops::RangeInclusive<f64>| {
        if mark.value >= 0.0 && mark.value.fract().abs() < 0.01 {
            count(mark.value as u64)
        } else {
            String::new()
        }
    };
    // Every place has a mark; where they would stand too close, every second, third, …
    let room = if lies { ui.available_height() / 18.0 } else { (ui.available_width() - 40.0) / 44.0 };
    let every = (number as f32 / room.max(1.0)).ceil().max(1.0) as usize;
    let at_places = move |_: egui_plot::GridInput| {
        (0..number)
            .step_by(every)
            .map(|at| GridMark { value: at as f64, step_size: every as f64 })
            .collect::<Vec<_>>()
    };
    let step = nice_step(most);
    let at_numbers = move |_: egui_plot::GridInput| {
        (0..=most / step)
            .map(|at| GridMark { value: (at * step) as f64, step_size: step as f64 })
            .collect::<Vec<_>>()
    };
    let mut plot = Plot::new(title)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_background(false)
        .show_crosshair(false)
        .grid_color(t.line)
        .set_margin_fraction(Vec2::ZERO);
    let (from, to) = (-0.6, (number.max(1) as f64) - 0.4);
    let top = (most as f64 * 1.08).max(1.0);
    // The marks are chosen to have room: no label is left out or fades.
    let axis = |hints: AxisHints<'static>| {
        let hints = hints.label_spacing(egui::Rangef::new(8.0, 9.0));
        hints.tick_label_font(fonts::small()).tick_label_color(t.text_weak)
    };
    let (x, y) = (axis(AxisHints::new_x()), axis(AxisHints::new_y()));
    plot = if lies {
        plot.default_y_bounds(from, to)
            .default_x_bounds(0.0, top)
            .y_grid_spacer(at_places)
            .x_grid_spacer(at_numbers)
            .show_grid([true, false])
            .custom_x_axes(vec![x.formatter(whole)])
            .custom_y_axes(vec![y.formatter(name).min_thickness(140.0)])
    } else {
        plot.default_x_bounds(from, to)
            .default_y_bounds(0.0, top)
            .x_grid_spacer(at_places)
            .y_grid_spacer(at_numbers)
            .show_grid([false, true])
            .custom_x_axes(vec![x.formatter(name)])
            .custom_y_axes(vec![y.formatter(whole).min_thickness(24.0)])
    };
    plot.show(ui, |plot| {
        let mut below: Vec<BarChart> = Vec::new();
        for (series, color, numbers) in series {
            let bars = numbers
                .iter()
                .zip(&places)
                .enumerate()
                .map(|(at, (number, place))| {
                    Bar::new(at as f64, *number as f64)
                        .name(format!("{place} · {series}"))
                        .fill(color)
                        .width(0.7)
                })
                .collect();
            let told = Box::new(move |bar: &Bar, _: &BarChart| {
                format!("{}: {} {unit}", bar.name, count(bar.value as u64))
            });
            let mut chart = BarChart::new(series, bars).color(color).element_formatter(told);
            if lies {
                chart = chart.horizontal();
            }
            chart = chart.stack_on(&below.iter().collect::<Vec<_>>());
            below.push(chart);
        }
        for chart in below {
            plot.bar_chart(chart);
        }
    });
}

/// A step of whole numbers that leaves about four marks up to a number.
fn nice_step(most: u64) -> u64 {
    let mut step: u64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let wide = step.saturating_mul(factor);
            if most.div_ceil(4) <= wide {
                return wide;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// A name cut to so many letters.
fn fitted(name: &str, letters: usize) -> String {
    if name.chars().count() <= letters {
        return name.to_owned();
    }
    format!("{}…", name.chars().take(letters - 1).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::fixture, words::time};

    #[test]
    fn steps_leave_few_marks() {
        for (most, step) in [(0, 1), (4, 1), (5, 2), (20, 5), (21, 10), (61, 20), (1_000_000, 500_000)] {
            assert_eq!(nice_step(most), step, "{most}");
        }
        assert!(nice_step(u64::MAX) > 1);
    }

    #[test]
    fn every_chart_says_its_numbers() {
        let outcome = fixture::outcome();
        let zone = time::zone("Europe/Berlin");
        for chart in charts(&Charts::of(&outcome.result, zone), &theme::tokens::LIGHT) {
            assert!(
                chart.said.ends_with('.') && chart.said.contains(|c: char| c.is_ascii_digit()),
                "{}",
                chart.said
            );
            assert!(chart.series.iter().all(|(.., numbers)| numbers.len() == chart.places.len()));
        }
        for chart in charts(&Charts::default(), &theme::tokens::LIGHT) {
            assert!(chart.said.ends_with('.'), "{}", chart.said);
        }
    }

    #[test]
    fn spans_are_short() {
        assert_eq!(short_span(600_000), "10 min+");
        assert_eq!(short_span(14_400_000), "4 h+");
        assert_eq!(short_span(604_800_000), "7 d+");
    }
}
