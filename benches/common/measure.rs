//! Medians, and memory as the system counts it.

use std::time::Instant;

/// How long something took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// By the clock on the wall (ms).
    pub ms: f64,
    /// Of all processors together (ms), which a busy machine changes least; 0 where the system does
    /// not tell (it does on Linux).
    pub cpu_ms: f64,
}

/// Median times of `runs` calls, and the last call's value.
pub fn median<T>(runs: usize, mut call: impl FnMut() -> T) -> (Took, T) {
    let (mut times, mut cpu_times) = (Vec::with_capacity(runs), Vec::with_capacity(runs));
    loop {
        let (started, cpu_ms) = (Instant::now(), cpu_ms());
        let value = call();
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        cpu_times.push(self::cpu_ms() - cpu_ms);
        if times.len() >= runs.max(1) {
            return (Took { ms: middle(&mut times), cpu_ms: middle(&mut cpu_times) }, value);
        }
    }
}

/// Median time of `runs` calls in milliseconds, and the last call's value.
pub fn median_ms<T>(runs: usize, call: impl FnMut() -> T) -> (f64, T) {
    let (took, value) = median(runs, call);
    (took.ms, value)
}

fn middle(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// What all threads of this process have computed so far (ms).
fn cpu_ms() -> f64 {
    /// Linux counts in hundredths of a second here, whatever the machine.
    const TICK_MS: f64 = 10.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in brackets, may hold anything; user and system time are the 12th and 13th after it.
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() * TICK_MS
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
