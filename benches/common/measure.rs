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

/// The most memory this process ever held, in MiB, where the system tells (Linux).
pub fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1_024)
}
