//! How the window looks: tokens, fonts, and egui's style made from them.

pub mod fonts;
pub mod tokens;

use egui::{
    Color32, Context, CornerRadius, FontFamily, Margin, Shadow, Stroke, Style, TextStyle, Theme, Vec2,
    style::{Selection, WidgetVisuals},
};

pub use tokens::{Tokens, size};

/// How long things glide, unless motion is reduced.
pub const ANIMATION_S: f32 = 0.12;

/// The tokens of the theme a [`egui::Ui`] is drawn in.
pub fn of(ui: &egui::Ui) -> &'static Tokens {
    of_dark(ui.visuals().dark_mode)
}

/// The tokens of the dark or the light theme.
pub fn of_dark(dark: bool) -> &'static Tokens {
    if dark { &tokens::DARK } else { &tokens::LIGHT }
}

/// Gives a context our fonts and both styles. Once, before the first pass.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_style_of(theme, style(theme));
    }
}

/// egui's style in our tokens.
fn style(theme: Theme) -> Style {
    let t = of_dark(theme == Theme::Dark);
    let mut style = theme.default_style();
    let family = FontFamily::Proportional;
    style.text_styles = [
        (TextStyle::Heading, fonts::title()),
        (TextStyle::Body, fonts::body()),
        (TextStyle::Button, fonts::body()),
        (TextStyle::Small, fonts::small()),
        (TextStyle::Monospace, egui::FontId::new(size::TEXT, family)),
    ]
    .into();
    spacing(&mut style);
    visuals(&mut style, t);
    style.interaction.selectable_labels = false;
    style.animation_time = ANIMATION_S;
    style
}

fn spacing(style: &mut Style) {
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(8.0, 4.0);
    spacing.button_padding = Vec2::new(10.0, 5.0);
    spacing.interact_size = Vec2::new(size::CONTROL, size::CONTROL);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(12);
    spacing.combo_width = 80.0;
    spacing.icon_width = 14.0;
    spacing.icon_spacing = 6.0;
    spacing.scroll = egui::style::ScrollStyle { bar_width: 8.0, ..egui::style::ScrollStyle::floating() };
}

fn visuals(style: &mut Style, t: &Tokens) {
    let radius = CornerRadius::same(size::RADIUS);
    let widget = |fill: Color32, line: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let visuals = &mut style.visuals;
    visuals.widgets.noninteractive = widget(t.panel, t.line, t.text);
    visuals.widgets.inactive = widget(t.panel, t.line_strong, t.text);
    visuals.widgets.hovered = widget(t.hover, t.line_strong, t.text);
    visuals.widgets.active = widget(t.selection, t.accent, t.text);
    visuals.widgets.open = widget(t.hover, t.line_strong, t.text);
    visuals.selection = Selection { bg_fill: t.selection, stroke: Stroke::new(1.0, t.text) };
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(t.text_weak);
    visuals.hyperlink_color = t.accent_text;
    visuals.faint_bg_color = t.background;
    visuals.extreme_bg_color = t.panel;
    visuals.text_edit_bg_color = Some(t.panel);
    visuals.code_bg_color = t.background;
    visuals.warn_fg_color = t.deferred_text;
    visuals.error_fg_color = t.not_sent_text;
    visuals.window_corner_radius = CornerRadius::same(size::BLOCK_RADIUS);
    visuals.window_fill = t.panel;
    visuals.window_stroke = Stroke::new(1.0, t.line_strong);
    visuals.menu_corner_radius = CornerRadius::same(size::BLOCK_RADIUS);
    visuals.panel_fill = t.panel;
    let shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: t.shadow };
    visuals.popup_shadow = shadow;
    visuals.window_shadow = shadow;
    visuals.button_frame = true;
    visuals.striped = false;
}
