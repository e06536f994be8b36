//! Design tokens: every colour and measure of the window, in one typed place.
//!
//! Views name a meaning (`text_weak`, `not_sent_text`), never a colour. Where a meaning's colour
//! is too light to be read as text on the panel, it has a darker `…_text` sister. A test holds
//! every pair of text and ground at a contrast of at least 4.5 : 1 (WCAG 2.1, level AA).

use egui::Color32;

/// The colours of one theme.
#[derive(Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Behind the canvas.
    pub background: Color32,
    /// Dots of the canvas.
    pub grid: Color32,
    /// Bars, lists, blocks.
    pub panel: Color32,
    /// A row or button under the pointer.
    pub hover: Color32,
    /// Lines between panels and rows.
    pub line: Color32,
    /// Outlines of controls and blocks.
    pub line_strong: Color32,
    /// Edges of the canvas.
    pub edge: Color32,
    /// Text.
    pub text: Color32,
    /// Secondary text.
    pub text_weak: Color32,
    /// Ground of what is selected.
    pub selection: Color32,
    /// Outline of what is selected, focus, links.
    pub accent: Color32,
    /// Text in the accent's colour.
    pub accent_text: Color32,

    /// Triggers.
    pub trigger: Color32,
    /// Waits, delays and time windows.
    pub wait: Color32,
    /// Branches and splits.
    pub branch: Color32,
    /// Messages and on-site prompts.
    pub message: Color32,
    /// Audiences, attributes and events sent.
    pub audience: Color32,
    /// Goals and exits.
    pub end: Color32,

    /// Sent.
    pub sent: Color32,
    /// Sent later than asked for, and warnings.
    pub deferred: Color32,
    /// Not sent, and errors.
    pub not_sent: Color32,
    /// Still waiting, skipped.
    pub waiting: Color32,
    /// Words in the colour of [`Self::sent`].
    pub sent_text: Color32,
    /// Words in the colour of [`Self::deferred`].
    pub deferred_text: Color32,
    /// Words in the colour of [`Self::not_sent`].
    pub not_sent_text: Color32,
    /// Words in the colour of [`Self::waiting`].
    pub waiting_text: Color32,

    /// A sign on a filled badge.
    pub on_fill: Color32,
    /// Under popups only.
    pub shadow: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// The light theme.
pub static LIGHT: Tokens = Tokens {
    background: rgb(0x00f6_f7f9),
    grid: rgb(0x00e3_e6eb),
    panel: rgb(0x00ff_ffff),
    hover: rgb(0x00f1_f3f6),
    line: rgb(0x00e3_e6eb),
    line_strong: rgb(0x00cf_d4dc),
    edge: rgb(0x00c6_ccd6),
    text: rgb(0x001d_2330),
    text_weak: rgb(0x005b_6474),
    selection: rgb(0x00e8_f0fe),
    accent: rgb(0x002f_6fed),
    accent_text: rgb(0x0022_5bd0),
    trigger: rgb(0x007a_4fd0),
    wait: rgb(0x00b7_791f),
    branch: rgb(0x000f_7f86),
    message: rgb(0x0025_63eb),
    audience: rgb(0x00b8_3280),
    end: rgb(0x0064_6d7d),
    sent: rgb(0x0015_803d),
    deferred: rgb(0x00b7_791f),
    not_sent: rgb(0x00c0_362c),
    waiting: rgb(0x0064_6d7d),
    sent_text: rgb(0x0015_753a),
    deferred_text: rgb(0x0085_5510),
    not_sent_text: rgb(0x00b4_3027),
    waiting_text: rgb(0x0056_5f6e),
    on_fill: rgb(0x00ff_ffff),
    shadow: Color32::from_black_alpha(28),
};

/// The dark theme.
pub static DARK: Tokens = Tokens {
    background: rgb(0x0015_181e),
    grid: rgb(0x0022_272f),
    panel: rgb(0x001c_2027),
    hover: rgb(0x0025_2a33),
    line: rgb(0x002b_313b),
    line_strong: rgb(0x003a_4250),
    edge: rgb(0x0046_4f5f),
    text: rgb(0x00e6_e9ef),
    text_weak: rgb(0x00a3_adbd),
    selection: rgb(0x0022_324f),
    accent: rgb(0x006e_a0ff),
    accent_text: rgb(0x0085_afff),
    trigger: rgb(0x00b1_96f5),
    wait: rgb(0x00e3_b356),
    branch: rgb(0x004f_c3c7),
    message: rgb(0x007a_a7ff),
    audience: rgb(0x00f0_8cc0),
    end: rgb(0x0093_9cab),
    sent: rgb(0x005f_d08a),
    deferred: rgb(0x00e3_b356),
    not_sent: rgb(0x00ff_8a7d),
    waiting: rgb(0x0093_9cab),
    sent_text: rgb(0x005f_d08a),
    deferred_text: rgb(0x00e3_b356),
    not_sent_text: rgb(0x00ff_8a7d),
    waiting_text: rgb(0x00a7_b0bf),
    on_fill: rgb(0x0015_181e),
    shadow: Color32::from_black_alpha(110),
};

/// Measures, in points.
pub mod size {
    /// Body text.
    pub const TEXT: f32 = 13.0;
    /// Secondary text.
    pub const SMALL: f32 = 11.0;
    /// Titles.
    pub const TITLE: f32 = 15.0;
    /// Line height over text size.
    pub const LINE_HEIGHT: f32 = 1.4;
    /// The step of all spacing.
    pub const STEP: f32 = 4.0;
    /// Corner of controls.
    pub const RADIUS: u8 = 6;
    /// Corner of blocks.
    pub const BLOCK_RADIUS: u8 = 8;
    /// Top bar.
    pub const TOP_BAR: f32 = 44.0;
    /// Status bar.
    pub const STATUS_BAR: f32 = 26.0;
    /// A row of a list.
    pub const ROW: f32 = 26.0;
    /// A control in a bar.
    pub const CONTROL: f32 = 28.0;
}

/// The most of a colour that a ground takes on, so that text on it can still be read.
const MOST_TINT: f32 = 0.18;

/// A ground with a touch of a colour: none at strength 0, the most at 1.
pub fn tinted(ground: Color32, color: Color32, strength: f32) -> Color32 {
    ground.lerp_to_gamma(color, strength.clamp(0.0, 1.0) * MOST_TINT)
}

/// Contrast of two opaque colours after WCAG 2.1: 1 (none) to 21.
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(color: Color32) -> f32 {
    let linear = |channel: u8| {
        let c = f32::from(channel) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every colour used for words, with every ground it is used on.
    fn pairs(t: &Tokens) -> Vec<(&'static str, Color32, Color32)> {
        let mut pairs = Vec::new();
        for (name, ground) in
            [("panel", t.panel), ("background", t.background), ("selection", t.selection), ("hover", t.hover)]
        {
            for (word, color) in [
                ("text", t.text),
                ("text_weak", t.text_weak),
                ("accent_text", t.accent_text),
                ("sent_text", t.sent_text),
                ("deferred_text", t.deferred_text),
                ("not_sent_text", t.not_sent_text),
                ("waiting_text", t.waiting_text),
            ] {
                pairs.push((word, color, ground));
            }
            let _ = name;
        }
        pairs
    }

    #[test]
    fn words_can_be_read() {
        for tokens in [&LIGHT, &DARK] {
            for (word, color, ground) in pairs(tokens) {
                let contrast = contrast(color, ground);
                assert!(contrast >= 4.5, "{word} on {ground:?}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn words_can_be_read_on_tinted_blocks() {
        for t in [&LIGHT, &DARK] {
            for color in [t.sent, t.not_sent, t.deferred, t.accent, t.waiting] {
                let ground = tinted(t.panel, color, 1.0);
                assert_ne!(ground, t.panel);
                for text in [t.text, t.text_weak] {
                    let contrast = contrast(text, ground);
                    assert!(contrast >= 4.5, "{text:?} on {ground:?}: {contrast:.2}");
                }
            }
        }
    }

    #[test]
    fn meanings_can_be_told_from_the_panel() {
        // Bars, dots and badges are no text: 3 : 1 is the bar for graphics (WCAG 1.4.11).
        for t in [&LIGHT, &DARK] {
            for color in [
                t.trigger, t.wait, t.branch, t.message, t.audience, t.end, t.sent, t.deferred, t.not_sent,
                t.accent,
            ] {
                assert!(contrast(color, t.panel) >= 3.0, "{color:?}");
                assert!(contrast(t.on_fill, color) >= 3.0, "on {color:?}");
            }
        }
    }

    #[test]
    fn contrast_is_the_known_one() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.01);
        assert!((contrast(Color32::WHITE, Color32::WHITE) - 1.0).abs() < 0.01);
    }
}
