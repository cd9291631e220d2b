//! What Linux says of this process, and of one that it starts for itself.

use std::env;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

/// The first argument of a process that measures itself; the second one says what.
pub(crate) const CHILD: &str = "--measure";

/// The time that the threads of this process have been on a core.
pub(crate) fn cpu_time() -> Duration {
    let threads = fs::read_dir("/proc/self/task").expect("the threads of this process");
    let on_core = |thread: std::io::Result<fs::DirEntry>| {
        let thread = thread.expect("a thread").path();
        let times = fs::read_to_string(thread.join("schedstat")).expect("the times of a thread");
        let (on_core, _) = times.split_once(' ').expect("several times");
        on_core.parse().map(Duration::from_nanos).expect("a time in ns")
    };
    threads.map(on_core).sum()
}

/// What the machine does beside this process: other work makes figures larger, and not all alike.
pub(crate) struct Others {
    start: Instant,
    machine: Duration,
    own: Duration,
}

impl Others {
    pub(crate) fn watch() -> Self {
        Self { start: Instant::now(), machine: machine_time(), own: cpu_time() }
    }

    /// How many cores other processes have kept busy since.
    pub(crate) fn cores(&self) -> f64 {
        let machine = machine_time().saturating_sub(self.machine);
        let own = cpu_time().saturating_sub(self.own);
        machine.saturating_sub(own).as_secs_f64() / self.start.elapsed().as_secs_f64()
    }
}

/// The time that all cores have been busy.
fn machine_time() -> Duration {
    /// In hundredths of a second: user, nice, system, idle, I/O wait, interrupts of two kinds, stolen.
    const IS_BUSY: [bool; 8] = [true, true, true, false, false, true, true, true];
    let stat = fs::read_to_string("/proc/stat").expect("the times of the machine");
    let times = stat.split_whitespace().skip(1).zip(IS_BUSY).filter(|(_, is_busy)| *is_busy);
    let ticks = times.map(|(time, _)| time.parse::<u64>().expect("a time in ticks"));
    Duration::from_millis(10 * ticks.sum::<u64>())
}

/// The most memory that this process has had so far, in KiB.
pub(crate) fn peak_memory() -> u32 {
    let status = fs::read_to_string("/proc/self/status").expect("the status of this process");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.expect("the status has the peak").trim().trim_end_matches(" kB");
    peak.parse().expect("the peak is a number")
}

/// What a process measures of itself.
pub(crate) fn measure_child(what: &str) -> u32 {
    let program = env::current_exe().expect("the program of this process");
    let output = Command::new(program).args([CHILD, what]).output().expect("it runs again");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {errors}");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number is measured")
}
