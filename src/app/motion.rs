//! Reduced motion: where the system wishes it, or the person does, things jump instead of gliding.
//!
//! It is kept where egui keeps it: in how long an animation takes.

use std::{process::Command, thread};

use egui::Context;

use super::theme;

/// Whether things should jump.
pub fn is_reduced(ctx: &Context) -> bool {
    ctx.global_style().animation_time == 0.0
}

/// Has things jump, or glide.
pub fn reduce(ctx: &Context, reduced: bool) {
    let time_s = if reduced { 0.0 } else { theme::ANIMATION_S };
    ctx.all_styles_mut(|style| style.animation_time = time_s);
}

/// Has things jump if the system wants that. It is asked on a thread of its own, for its answer may
/// be long in coming and the window does not wait for it.
pub fn follow_system(ctx: &Context) {
    let ctx = ctx.clone();
    // Without the thread things glide.
    let _ = thread::Builder::new().name("throughline-motion".to_owned()).spawn(move || {
        if system_wants_less() {
            reduce(&ctx, true);
            ctx.request_repaint();
        }
    });
}

/// Whether the system says that it wants less motion; where it says nothing, it does not.
fn system_wants_less() -> bool {
    let (program, arguments): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("defaults", &["read", "com.apple.universalaccess", "reduceMotion"]),
        "windows" => ("reg", &["query", r"HKCU\Control Panel\Desktop\WindowMetrics", "/v", "MinAnimate"]),
        _ => ("gsettings", &["get", "org.gnome.desktop.interface", "enable-animations"]),
    };
    let said = Command::new(program).args(arguments).output();
    said.is_ok_and(|said| means_less(std::env::consts::OS, &String::from_utf8_lossy(&said.stdout)))
}

/// What a system's answer means.
fn means_less(system: &str, said: &str) -> bool {
    let word = said.split_whitespace().next_back().unwrap_or_default();
    match system {
        "macos" => word == "1",
        "windows" => word == "0",
        _ => word == "false",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_say_it_in_their_own_ways() {
        assert!(means_less("linux", "false\n") && !means_less("linux", "true\n"));
        assert!(means_less("macos", "1\n") && !means_less("macos", "0\n"));
        let windows = "HKEY_CURRENT_USER\\…\n    MinAnimate    REG_SZ    ";
        assert!(
            means_less("windows", &format!("{windows}0")) && !means_less("windows", &format!("{windows}1"))
        );
        assert!(!means_less("linux", "") && !means_less("macos", "") && !means_less("windows", ""));
    }

    #[test]
    fn it_can_be_asked_for_and_taken_back() {
        let ctx = Context::default();
        theme::install(&ctx);
        assert!(!is_reduced(&ctx));
        reduce(&ctx, true);
        assert!(is_reduced(&ctx));
        reduce(&ctx, false);
        assert!(!is_reduced(&ctx));
    }
}
