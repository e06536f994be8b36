//! Inter, embedded, and the text styles made of it.

use std::sync::{Arc, LazyLock};

use egui::{FontData, FontDefinitions, FontFamily, FontId};

use super::tokens::size;

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
const SEMIBOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");
const FIGURES: &[u8] = include_bytes!("../../../assets/fonts/Inter-Figures.otf");

static STRONG: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("semibold".into()));
static TABULAR: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("figures".into()));

/// The weights and figures a text may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// Running text.
    Regular,
    /// Emphasis.
    Strong,
    /// Counts in columns: every digit has one width.
    Figures,
}

impl Face {
    /// This face at a size in points.
    pub fn at(self, points: f32) -> FontId {
        let family = match self {
            Self::Regular => FontFamily::Proportional,
            Self::Strong => STRONG.clone(),
            Self::Figures => TABULAR.clone(),
        };
        FontId::new(points, family)
    }
}

/// Running text.
pub fn body() -> FontId {
    Face::Regular.at(size::TEXT)
}
/// Emphasis.
pub fn strong() -> FontId {
    Face::Strong.at(size::TEXT)
}
/// Secondary text.
pub fn small() -> FontId {
    Face::Regular.at(size::SMALL)
}
/// Headings of lists.
pub fn small_strong() -> FontId {
    Face::Strong.at(size::SMALL)
}
/// Titles.
pub fn title() -> FontId {
    Face::Strong.at(size::TITLE)
}
/// Counts.
pub fn figures() -> FontId {
    Face::Figures.at(size::TEXT)
}
/// Small counts.
pub fn small_figures() -> FontId {
    Face::Figures.at(size::SMALL)
}

/// The fonts for egui.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [("regular", REGULAR), ("semibold", SEMIBOLD), ("figures", FIGURES)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let chain = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    fonts.families.insert(FontFamily::Proportional, chain(&["regular"]));
    fonts.families.insert(FontFamily::Monospace, chain(&["figures", "regular"]));
    fonts.families.insert(STRONG.clone(), chain(&["semibold", "regular"]));
    fonts.families.insert(TABULAR.clone(), chain(&["figures", "regular"]));
    fonts
}
