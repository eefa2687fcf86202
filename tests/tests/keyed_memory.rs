//! The memory of a group of keyed breakers: flat over 1,000,000 keys, and no
//! allocation for a key that has a breaker.
//!
//! A test binary of its own, because it counts the allocations of the whole process.

use std::{alloc::System, sync::Mutex};

use fusebox::{KeyedBreakers, Registry, testing::ManualClock};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One test at a time, so that each counts its own allocations.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

const KEYS: u32 = 1_000_000;
const MAX_KEYS: u32 = 1_000;

fn hosts(name: &str, max_keys: u32) -> KeyedBreakers {
    let registry = Registry::builder().clock(ManualClock::new()).build();
    registry.keyed(name).max_keys(max_keys).build().expect("legal")
}

/// The bytes that are alive after `run` and were not before.
fn grown_by(run: impl FnOnce()) -> isize {
    let region = Region::new(ALLOCATOR);
    run();
    let change = region.change();
    change.bytes_allocated.cast_signed() - change.bytes_deallocated.cast_signed()
}

/// One call with each of these keys.
///
/// Each of them fails, so that each breaker has changed.
fn call_each(hosts: &KeyedBreakers, keys: std::ops::Range<u32>) {
    for key in keys {
        // Every text has one length, so that equal numbers of keys take equal memory.
        let host = hosts.get(format_args!("host-{key:08}"));
        host.try_acquire().expect("closed").failure();
    }
}

#[test]
fn a_million_keys_take_the_memory_of_a_thousand() {
    let _guard = ONE_AT_A_TIME.lock();
    let hosts = hosts("memory", MAX_KEYS);
    call_each(&hosts, 0..10 * MAX_KEYS);
    let growth = grown_by(|| call_each(&hosts, 10 * MAX_KEYS..KEYS));
    // The map grows and shrinks by what its parts happen to hold. A byte per key would be 990,000.
    assert!(growth.abs() < 200_000, "{growth} bytes for 990,000 keys");
    let snapshot = hosts.snapshot();
    assert_eq!(snapshot.keys, 1_000);
    assert_eq!(snapshot.totals.failures, u64::from(KEYS), "no call is lost");
    assert_eq!(snapshot.evicted, u64::from(KEYS - MAX_KEYS));
}

#[test]
fn keys_of_10_kilobytes_take_the_memory_of_short_ones() {
    let _guard = ONE_AT_A_TIME.lock();
    let hosts = hosts("long", MAX_KEYS);
    let long = "k".repeat(10_000);
    let call = |from: u32, to: u32| {
        for key in from..to {
            hosts
                .get(format_args!("{long}{key:08}"))
                .try_acquire()
                .expect("closed")
                .success();
        }
    };
    let first = grown_by(|| call(0, 10_000));
    assert!(
        first < 10_000_000,
        "{first} bytes for 1,000 breakers, not 10 KB more for each"
    );
    // Kept as they are, they would take 900 MB.
    let growth = grown_by(|| call(10_000, 100_000));
    assert!(growth.abs() < 200_000, "{growth} bytes for 90,000 keys");
    assert_eq!(hosts.snapshot().totals.successes, 100_000);
}

#[test]
fn a_key_that_has_a_breaker_allocates_nothing() {
    let _guard = ONE_AT_A_TIME.lock();
    let hosts = hosts("hit", 20);
    let longest = "\u{e9}".repeat(128);
    let too_long = "k".repeat(10_000);
    let call = || {
        for key in ["eu-1", "us-1", longest.as_str(), too_long.as_str(), "a\tb", "*"] {
            hosts.get(key).try_acquire().expect("closed").success();
        }
        for key in [u64::MAX, 7] {
            hosts.get(key).try_acquire().expect("closed").success();
        }
        hosts
            .get(format_args!("{:>200}", 7))
            .try_acquire()
            .expect("closed")
            .success();
        hosts.get(-1_i32).try_acquire().expect("closed").success();
        hosts.get('c').try_acquire().expect("closed").success();
        let ip = std::net::IpAddr::from([127, 0, 0, 1]);
        hosts.get(ip).try_acquire().expect("closed").success();
    };
    call();
    // The thread that waits for this test allocates once, at some time.
    let allocations = || {
        let region = Region::new(ALLOCATOR);
        (0..100).for_each(|_| call());
        region.change().allocations
    };
    let counted: Vec<_> = (0..3).map(|_| allocations()).collect();
    assert!(counted.contains(&0), "{counted:?}");
}
