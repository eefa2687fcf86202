//! A call allocates nothing, and a breaker allocates what its docs promise.
//!
//! A test binary of its own, because it counts the allocations of the whole process.

use std::alloc::System;
use std::thread::available_parallelism;

use fusebox::{
    CircuitBreaker, CircuitBreakerBuilder, Registry, Threshold, Window, circuit_breaker, testing::Isolated,
    testing::ManualClock,
};
use fusebox_tests::by_hand::now;
use fusebox_tests::error::Error;
use fusebox_tests::stage::{WINDOWS, breaker, secs};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One test, so that nothing else allocates meanwhile.
#[test]
fn a_call_allocates_nothing_and_a_breaker_what_its_formula_gives() {
    for (name, window) in WINDOWS {
        for slow_call in [false, true] {
            let (breaker, clock) = breaker(|b| {
                let b = window(b).cooldown(secs(1)).jitter(0.1);
                if slow_call { b.slow_call(secs(5)) } else { b }
            });
            // What is lazy is made by the first of everything.
            life(&breaker, &clock);
            assert_eq!(
                allocations(|| life(&breaker, &clock)),
                0,
                "{name}, slow_call: {slow_call}"
            );
        }
    }
    annotated_calls_allocate_nothing();
    hits_of_keys_allocate_nothing();
    the_formula_holds();
}

/// Every state, and every way to make and to end a call.
fn life(breaker: &CircuitBreaker, clock: &ManualClock) {
    for _ in 0..50 {
        let result = now(breaker.call(async { Ok::<_, ()>(1) }));
        assert_eq!(result, Ok(1), "closed");
        breaker.try_acquire().expect("closed").ignore();
        drop(breaker.try_acquire_owned().expect("closed"));
        clock.advance(secs(1));
    }
    while let Ok(permit) = breaker.try_acquire() {
        permit.failure();
    }
    for _ in 0..50 {
        assert!(breaker.try_acquire().is_err(), "open");
        assert!(now(breaker.call(async { Ok::<_, ()>(1) })).is_err(), "open");
    }
    clock.advance(secs(2));
    let trial = breaker.try_acquire().expect("a trial");
    assert!(breaker.try_acquire().is_err(), "half-open");
    trial.failure();
    clock.advance(secs(2));
    now(breaker.call(async { Ok::<_, ()>(1) })).expect("a trial that closes");
    breaker.force_open();
    assert!(breaker.try_acquire().is_err(), "forced open");
    breaker.force_closed();
    for _ in 0..50 {
        now(breaker.call(async { Err::<(), _>(()) })).expect_err("forced closed admits");
    }
    breaker.release_override();
    breaker.reset();
}

#[circuit_breaker(name = "allocation", threshold = 3, cooldown = "1s")]
async fn annotated(is_up: bool) -> Result<(), Error> {
    if is_up { Ok(()) } else { Err(Error::Down) }
}

fn annotated_calls_allocate_nothing() {
    let clock = ManualClock::new();
    let isolated = Isolated::with_clock(clock.clone());
    now(isolated.run(async {
        let life = async || {
            annotated(true).await.expect("closed");
            for _ in 0..3 {
                assert!(matches!(annotated(false).await, Err(Error::Down)));
            }
            assert!(matches!(annotated(true).await, Err(Error::Rejected)), "open");
            clock.advance(secs(1));
            annotated(true).await.expect("a trial");
        };
        // Each of the 64 places of the history gets room for the text of an error once.
        for _ in 0..64 {
            life().await;
        }
        let region = Region::new(ALLOCATOR);
        life().await;
        assert_eq!(region.change().allocations, 0, "through the attribute");
    }));
}

/// A key as it comes from `Display`.
struct Shown(u8);

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "shown-{}", self.0)
    }
}

#[circuit_breaker(name = "allocation by text", key = host)]
async fn by_text(host: &str) -> Result<usize, Error> {
    Ok(host.len())
}

#[circuit_breaker(name = "allocation by number", key = id)]
async fn by_number(id: Option<u64>) -> Result<bool, Error> {
    Ok(id.is_some())
}

fn hits_of_keys_allocate_nothing() {
    let hosts = CircuitBreaker::keyed("allocation of keys")
        .build()
        .expect("legal settings");
    let (owned, long) = (String::from("owned"), "é".repeat(128));
    let path = std::path::Path::new("a");
    let hit = || {
        let _ = (
            hosts.get("eu-1"),
            hosts.get(""),
            hosts.get("7"),
            hosts.get(long.as_str()),
        );
        let _ = (
            hosts.get(&owned),
            hosts.get(Some("eu-1")),
            hosts.get(None::<&str>),
        );
        let _ = (
            hosts.get(7_u64),
            hosts.get(u64::MAX),
            hosts.get(i64::MIN),
            hosts.get(-7_i8),
        );
        let _ = (
            hosts.get(Some(7_u32)),
            hosts.get(None::<u32>),
            hosts.get(u128::MAX),
            hosts.get('x'),
        );
        let _ = (
            hosts.get(std::net::Ipv6Addr::LOCALHOST),
            hosts.get(1.5),
            hosts.get(true),
        );
        let _ = (
            hosts.get(fusebox::by_display(&Shown(1))),
            hosts.get(fusebox::by_display(&path.display())),
        );
        let _ = (
            hosts.get(format_args!("{owned}/{}", 7)),
            hosts.get("a\nb"),
            hosts.get("*"),
        );
        now(by_text("eu-1")).expect("closed");
        now(by_number(Some(7))).expect("closed");
        now(by_number(None)).expect("closed");
    };
    hit();
    assert_eq!(allocations(hit), 0, "a key that has a breaker");
}

/// The numbers of docs/performance.md.
fn the_formula_holds() {
    let stripes = available_parallelism().map_or(4, usize::from).clamp(4, 32) + 1;
    let row = bytes(|b| b);
    println!("consecutive failures: {row} bytes with {stripes} stripes");
    assert!(row <= 2_944 + 128 * stripes, "{row}");
    assert!(
        row <= 3_584 || stripes > 5,
        "3.5 KiB on a machine of up to four cores"
    );

    let grows = |set: &dyn Fn(CircuitBreakerBuilder) -> CircuitBreakerBuilder| bytes(set) - row;
    assert_eq!(
        grows(&|b| b.window(Window::time(secs(10)))),
        72 + 8 * 5,
        "8 for each failure of the threshold"
    );
    for calls in [1_u32, 64, 100, 10_000] {
        let words = calls.div_ceil(64) as usize;
        assert_eq!(
            grows(&|b| b
                .threshold(Threshold::rate(0.5))
                .window(Window::calls(calls))
                .minimum_calls(1)),
            2 * 8 * words,
            "two bits for each of {calls} calls"
        );
    }
    for time in [secs(1), secs(3600)] {
        let rate = |b: CircuitBreakerBuilder| b.threshold(Threshold::rate(0.5)).window(Window::time(time));
        assert_eq!(
            grows(&rate),
            224 + 128 * stripes,
            "ten buckets for each thread that owns some, and for all others together"
        );
        assert!(
            row + 224 + 128 * stripes <= 4_480 || stripes > 5,
            "4.4 KiB on a machine of up to four cores"
        );
    }
}

/// What building a breaker leaves allocated, less what its registry does once.
fn bytes(set: impl Fn(CircuitBreakerBuilder) -> CircuitBreakerBuilder) -> usize {
    let build =
        |registry: &Registry, name: &str| set(registry.breaker(name)).build().expect("legal settings");
    // Names are kept for the life of the process.
    build(&Registry::new(), "formula");
    least(|| {
        let registry = Registry::new();
        let region = Region::new(ALLOCATOR);
        let kept = build(&registry, "formula");
        let change = region.change();
        drop(kept);
        change.bytes_allocated - change.bytes_deallocated
    })
}

fn allocations(run: impl Fn()) -> usize {
    least(|| {
        let region = Region::new(ALLOCATOR);
        run();
        let change = region.change();
        change.allocations + change.reallocations
    })
}

/// Returns the least of three measurements.
/// The thread that waits for this test allocates too, once, at some time.
fn least(measure: impl Fn() -> usize) -> usize {
    (0..3).map(|_| measure()).min().expect("three of them")
}
