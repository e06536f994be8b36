//! Medians, and memory as the system counts it.

use std::time::Instant;

/// Median time of `runs` calls in milliseconds, and the last call's value.
pub fn median_ms<T>(runs: usize, mut call: impl FnMut() -> T) -> (f64, T) {
    let mut times = Vec::with_capacity(runs);
    loop {
        let started = Instant::now();
        let value = call();
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        if times.len() >= runs.max(1) {
            times.sort_by(f64::total_cmp);
            return (times[times.len() / 2], value);
        }
    }
}

/// The most memory this process held since [`forget_peak`], in MiB; 0 where the system does not
/// tell (it does on Linux).
pub fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1_024
}

/// Counts the most memory from now on. Where the system does not let it, from the start.
pub fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
