//! A soak: callers, faults, cancellations, panics and operators at random.
//!
//! It runs for a minute, or for the seconds on the command line.
//!
//! ```text
//! cargo run --release -p fusebox-examples --example soak -- 60
//! ```
//!
//! During the run, it checks that the event log of each breaker is a legal path and that every
//! reading is possible. At the end, when no call runs, it checks that each admitted call has ended
//! and was counted once, that no trial slot is lost, and that no memory is kept. If a check fails,
//! it prints a sentence and exits with 1.

mod chance;
mod load;
mod operator;
mod watch;

use std::fmt::Write as _;
use std::{
    alloc::System,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use fusebox::{CircuitBreakerBuilder, Registry, Threshold, Window};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use crate::{load::Load, watch::Watched};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The default length of a run.
const SECONDS: u64 = 60;
/// Tasks on the runtime's two threads.
const TASKS: u64 = 32;
/// Threads without a runtime.
const THREADS: u64 = 3;
/// The memory that the runtime and the subscribers may keep, in bytes.
///
/// A breaker that leaked one byte per call would keep millions.
const KEPT_AT_MOST: usize = 64 * 1024;

fn main() -> ExitCode {
    let seconds = std::env::args()
        .nth(1)
        .map_or(Ok(SECONDS), |seconds| seconds.parse());
    let Ok(seconds) = seconds else {
        eprintln!("usage: soak [seconds]");
        return ExitCode::FAILURE;
    };
    match soak(Duration::from_secs(seconds)) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            eprintln!("the soak found: {broken}");
            ExitCode::FAILURE
        }
    }
}

fn soak(length: Duration) -> Result<String, String> {
    let registry = Registry::new();
    let breakers: Vec<Arc<Watched>> = settings()
        .into_iter()
        .map(|(name, set)| Watched::new(set(registry.breaker(name))))
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .map_err(|error| error.to_string())?;

    // A first round creates everything that is created lazily.
    one_round(&runtime, &breakers, length / 10)?;
    let before = live_bytes();
    let start = Instant::now();
    one_round(&runtime, &breakers, length.mul_f64(0.9))?;
    let kept = live_bytes().saturating_sub(before);

    let mut report = format!("{:.1} s of soak\n", start.elapsed().as_secs_f64());
    for watched in &breakers {
        writeln!(report, "{watched}").map_err(|error| error.to_string())?;
    }
    if kept > KEPT_AT_MOST {
        return Err(format!("{kept} bytes were kept\n{report}"));
    }
    if registry.dropped_events() > 0 {
        return Err(format!(
            "{} events were dropped\n{report}",
            registry.dropped_events()
        ));
    }
    Ok(report + &format!("{kept} bytes more alive than before"))
}

/// Runs load until the time is over, waits until all is quiet, and checks.
fn one_round(
    runtime: &tokio::runtime::Runtime,
    breakers: &[Arc<Watched>],
    length: Duration,
) -> Result<(), String> {
    let stop = Arc::new(AtomicBool::new(false));
    let load = |seed| Load::new(seed, breakers.to_vec(), Arc::clone(&stop));
    let tasks: Vec<_> = (0..TASKS)
        .map(|seed| runtime.spawn(load(seed).in_a_task()))
        .collect();
    let mut threads: Vec<_> = (TASKS..TASKS + THREADS)
        .map(|seed| {
            let load = load(seed);
            thread::spawn(move || load.on_a_thread())
        })
        .collect();
    let (operated, told_to_stop) = (breakers.to_vec(), Arc::clone(&stop));
    threads.push(thread::spawn(move || operator::operate(&operated, &told_to_stop)));

    let start = Instant::now();
    while start.elapsed() < length {
        thread::sleep(Duration::from_millis(20));
        breakers
            .iter()
            .try_for_each(|watched| watched.check_while_running())?;
    }
    stop.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().map_err(|_| "a thread of the soak panicked")?;
    }
    for task in tasks {
        runtime
            .block_on(task)
            .map_err(|error| format!("a task of the soak: {error}"))?;
    }
    breakers.iter().try_for_each(|watched| watched.check_when_quiet())
}

type Set = fn(CircuitBreakerBuilder) -> CircuitBreakerBuilder;

fn settings() -> [(&'static str, Set); 5] {
    const SHORT: Duration = Duration::from_millis(3);
    [
        ("in-a-row", |b| {
            b.threshold(Threshold::failures(3)).cooldown(SHORT)
        }),
        ("failure-times", |b| {
            b.threshold(Threshold::failures(5))
                .window(Window::time(SHORT))
                .cooldown(SHORT)
                .trial_calls(3)
        }),
        ("of-20-calls", |b| {
            b.threshold(Threshold::rate(0.5))
                .window(Window::calls(20))
                .cooldown(SHORT)
                .slow_call(SHORT)
        }),
        ("of-a-time", |b| {
            let b = b
                .threshold(Threshold::rate(0.5))
                .window(Window::time(SHORT * 10))
                .cooldown(SHORT);
            b.slow_call(SHORT).slow_threshold(0.5).trial_calls(2)
        }),
        ("backing-off", |b| {
            b.threshold(Threshold::failures(2))
                .cooldown(SHORT)
                .max_cooldown(SHORT * 20)
                .jitter(0.5)
        }),
    ]
}

/// Bytes that are allocated now.
fn live_bytes() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}
