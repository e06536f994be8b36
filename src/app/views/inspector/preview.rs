//! A message as the person would see it: a mail, a text in its bubble, a card.

use egui::{CornerRadius, Frame, Margin, Sense, Stroke, Ui, vec2};

use super::parts::{paper, section};
use crate::{
    app::{
        state::Model,
        theme::{self, fonts},
        widgets,
    },
    journey::Channel,
    simulator::MessageRecord,
    words::{condition, counted, person},
};

/// Draws it; nothing for what was never written.
pub fn show(ui: &mut Ui, model: &Model, message: &MessageRecord) {
    if message.subject.is_empty() && message.body.is_empty() {
        return;
    }
    section(ui, "Preview");
    draw(ui, model, message);
}

/// A message that was written, without a heading.
pub fn draw(ui: &mut Ui, model: &Model, message: &MessageRecord) {
    let body = message.body.trim();
    match message.channel {
        Some(Channel::Email) => mail(ui, model, message, body),
        Some(Channel::Sms) => bubble(ui, body),
        channel => card(ui, channel, &message.subject, body),
    }
}

fn mail(ui: &mut Ui, model: &Model, message: &MessageRecord, body: &str) {
    let t = theme::of(ui);
    paper(ui, |ui| {
        let to = person::who(&message.identifiers);
        let from = model.workspace().map_or("", |workspace| workspace.name.as_str());
        for (name, value) in [("From", from), ("To", to.as_str())] {
            ui.horizontal(|ui| {
                widgets::text(ui, name, fonts::small(), t.text_weak);
                widgets::text(ui, value, fonts::small(), t.text);
            });
        }
        widgets::paragraph(ui, &message.subject, fonts::strong(), t.text);
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 9.0), Sense::hover());
        ui.painter().hline(line.x_range(), line.center().y, Stroke::new(1.0, t.line));
        widgets::paragraph(ui, body, fonts::body(), t.text);
    });
}

fn bubble(ui: &mut Ui, body: &str) {
    let t = theme::of(ui);
    let radius = CornerRadius { nw: 14, ne: 14, sw: 4, se: 14 };
    Frame::new().fill(t.selection).corner_radius(radius).inner_margin(Margin::symmetric(12, 9)).show(
        ui,
        |ui| {
            ui.set_max_width((ui.available_width() * 0.9).max(160.0));
            widgets::paragraph(ui, body, fonts::body(), t.text);
        },
    );
    ui.add_space(2.0);
    let Parts { letters, number, unicode } = Parts::of(body);
    let why = if unicode { ", because of letters outside the GSM alphabet" } else { "" };
    let said = format!(
        "{}, sent as {}{why}",
        counted(letters, "character", "characters"),
        counted(number, "text", "texts")
    );
    widgets::paragraph(ui, said, fonts::small(), t.text_weak);
}

fn card(ui: &mut Ui, channel: Option<Channel>, subject: &str, body: &str) {
    let t = theme::of(ui);
    paper(ui, |ui| {
        if let Some(channel) = channel {
            widgets::text(ui, condition::channel(channel), fonts::small(), t.text_weak);
        }
        if !subject.is_empty() {
            widgets::paragraph(ui, subject, fonts::strong(), t.text);
        }
        widgets::paragraph(ui, body, fonts::body(), t.text);
    });
}

/// How a text is cut into parts (3GPP TS 23.038 and 23.040): 160 letters of the GSM alphabet in
/// one, 153 in each of several; 70 and 67 UTF-16 units with any other letter.
#[derive(Debug, PartialEq, Eq)]
struct Parts {
    letters: u64,
    number: u64,
    unicode: bool,
}

impl Parts {
    fn of(text: &str) -> Self {
        const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
        const EXTENDED: &str = "^{}\\[~]|€";
        let unicode = !text.chars().all(|letter| BASIC.contains(letter) || EXTENDED.contains(letter));
        let units = if unicode {
            text.encode_utf16().count()
        } else {
            text.chars().map(|letter| 1 + usize::from(EXTENDED.contains(letter))).sum()
        };
        let (one, many) = if unicode { (70, 67) } else { (160, 153) };
        let parts = if units <= one { 1 } else { units.div_ceil(many) };
        Self { letters: text.chars().count() as u64, number: parts as u64, unicode }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_as_networks_cut_them() {
        let parts = |text: &str| Parts::of(text).number;
        assert_eq!(parts(&"a".repeat(160)), 1);
        assert_eq!(parts(&"a".repeat(161)), 2);
        assert_eq!(parts(&"a".repeat(307)), 3);
        assert_eq!(parts(&"€".repeat(80)), 1, "two units each");
        assert_eq!(parts(&"€".repeat(81)), 2);
        assert_eq!(parts(&format!("{}ł", "a".repeat(69))), 1);
        assert_eq!(
            Parts::of(&format!("{}ł", "a".repeat(70))),
            Parts { letters: 71, number: 2, unicode: true }
        );
    }
}
