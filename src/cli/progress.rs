//! Progress on stderr, and only where that is a terminal.

use std::{
    io::IsTerminal,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const REDRAW: Duration = Duration::from_millis(100);

/// Does `work` while showing how far the counter it is given has come. Without a `total` only
/// the count and the rate are shown.
pub fn shown<T: Send>(what: &str, total: Option<u64>, work: impl FnOnce(&AtomicU64) -> T + Send) -> T {
    let counter = AtomicU64::new(0);
    if !std::io::stderr().is_terminal() {
        return work(&counter);
    }
    let bar = bar(what, total);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                bar.set_position(counter.load(Ordering::Relaxed));
                thread::park_timeout(REDRAW);
            }
        });
        let result = work(&counter);
        done.store(true, Ordering::Release);
        watcher.thread().unpark();
        bar.finish_and_clear();
        result
    })
}

fn bar(what: &str, total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => {
            (ProgressBar::new(total), "{msg} {wide_bar} {human_pos}/{human_len} · {per_sec} · {eta} left")
        }
        None => (ProgressBar::new_spinner(), "{msg} {human_pos} · {per_sec}"),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar
}
