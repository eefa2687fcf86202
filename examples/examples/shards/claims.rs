//! The claims about the run.

use std::{ops::Range, time::Duration};

use fusebox::State;

use crate::{
    cluster::{SHARDS, faults},
    recording::{Answer, Call, MAINTAINED, Recording, Role},
    shard::Health,
    story::END,
};

/// Prints the numbers and the claims. Returns whether all claims hold.
pub(crate) fn judge(recording: &Recording) -> bool {
    println!("\nshards        calls  answered  failed  timed out  rejected");
    for (label, role) in [
        ("healthy", Role::Healthy),
        ("failing", Role::Failing),
        ("maintained", Role::Maintained),
    ] {
        let shards = (0..SHARDS).filter(|shard| Role::of(*shard) == role).count();
        let count = |answer| {
            recording
                .calls_of(role)
                .filter(|call| call.answer == answer)
                .count()
        };
        println!(
            "{shards:>2} {label:<10} {:>5}  {:>8}  {:>6}  {:>9}  {:>8}",
            recording.calls_of(role).count(),
            count(Answer::Answered),
            count(Answer::Failed),
            count(Answer::TimedOut),
            count(Answer::Rejected)
        );
    }
    println!();
    let claims = claims(recording);
    for (claim, holds) in &claims {
        println!("{} {claim}", if *holds { "yes" } else { "NO " });
    }
    claims.iter().all(|(_, holds)| *holds)
}

fn claims(recording: &Recording) -> [(&'static str, bool); 8] {
    let is_answered = |call: &Call| call.answer == Answer::Answered;
    let failing = || (0..SHARDS).filter(|shard| Role::of(*shard) == Role::Failing);
    [
        (
            "each call to a healthy shard was answered, and its breaker was never open",
            recording.calls_of(Role::Healthy).all(is_answered)
                && recording
                    .changes
                    .iter()
                    .all(|change| Role::of(change.shard) != Role::Healthy),
        ),
        (
            "the breaker of each failing shard opened, and was closed again at the end",
            failing().all(|shard| {
                let bands = recording.bands(shard, END);
                let was_open = bands.iter().any(|(_, state)| *state == State::Open);
                was_open && bands.last().is_some_and(|(_, state)| *state == State::Closed)
            }),
        ),
        (
            "each shard received exactly the calls that its breaker admitted",
            (0..SHARDS).all(|shard| {
                let admitted = |call: &&Call| call.shard == shard && call.answer != Answer::Rejected;
                let admitted = recording.calls.iter().filter(admitted).count();
                u32::try_from(admitted) == Ok(recording.queries[shard])
            }),
        ),
        (
            "a shard that crashed or hung got less than a third of its calls",
            spared(recording),
        ),
        (
            "with the shorter cooldown, the crashed rack got trial calls at least three times as often",
            trials_are_more_frequent(recording),
        ),
        (
            "each edit was noticed, the mistake too, within two seconds",
            recording.edits.iter().all(|edit| edit.noticed.is_some()),
        ),
        (
            "the maintained shard rejected calls while it was forced open, and at no other time",
            maintained_only_while_forced(recording),
        ),
        ("the given file is as it was", recording.is_config_untouched),
    ]
}

/// Returns whether each shard that never answered got few calls during its
/// fault.
fn spared(recording: &Recording) -> bool {
    let silent = |health| matches!(health, Health::Crashed | Health::Hanging);
    faults().iter().filter(|fault| silent(fault.health)).all(|fault| {
        let calls = || {
            let during = |call: &&Call| call.shard == fault.shard && fault.time.contains(&call.at);
            recording.calls.iter().filter(during)
        };
        let sent = calls().filter(|call| call.answer != Answer::Rejected).count();
        sent * 3 < calls().count()
    })
}

/// Compares the trial calls of the crashed rack before and after the edit.
fn trials_are_more_frequent(recording: &Recording) -> bool {
    let Some(edit) = recording.edits.first() else {
        return false;
    };
    let until = faults()
        .iter()
        .map(|fault| fault.time.end)
        .min()
        .unwrap_or_default();
    let long = median_pause(recording, Duration::ZERO..edit.at);
    let short = median_pause(recording, edit.noticed.unwrap_or(until)..until);
    matches!((long, short), (Some(long), Some(short)) if long >= 3 * short)
}

/// The median time from one trial call of a crashed shard to the next.
fn median_pause(recording: &Recording, time: Range<Duration>) -> Option<Duration> {
    let mut pauses = Vec::new();
    for fault in faults().iter().filter(|fault| fault.health == Health::Crashed) {
        let trials = recording.changes.iter().filter(|change| {
            change.shard == fault.shard && change.to == State::HalfOpen && time.contains(&change.at)
        });
        let times: Vec<_> = trials.map(|change| change.at).collect();
        pauses.extend(times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])));
    }
    pauses.sort();
    pauses.get(pauses.len() / 2).copied()
}

/// Whether the maintained shard was rejected exactly while it was forced open.
fn maintained_only_while_forced(recording: &Recording) -> bool {
    let bands = recording.bands(MAINTAINED, END);
    let Some((forced, _)) = bands.iter().find(|(_, state)| *state == State::ForcedOpen) else {
        return false;
    };
    // A call and a change within this time may have overlapped.
    let edge = Duration::from_millis(200);
    recording.calls_of(Role::Maintained).all(|call| {
        let is_rejected = call.answer == Answer::Rejected;
        let is_inside = forced.contains(&call.at);
        let is_at_edge = call.at.abs_diff(forced.start) < edge || call.at.abs_diff(forced.end) < edge;
        is_rejected == is_inside || is_at_edge
    })
}
