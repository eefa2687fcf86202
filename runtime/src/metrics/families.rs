//! The table of everything that is exported.

use crate::{
    config::Settings,
    engine::WindowCounts,
    metrics::{
        family::{Family, FamilyKind, SampleSource, SampleValue, Sink},
        observed::{GroupPart, Observed, ObservedPart},
    },
    state::State,
};

/// Every family, in the order in which a scrape returns them.
pub(crate) const FAMILIES: &[Family] = &[
    Family {
        name: "fusebox_state",
        kind: FamilyKind::Gauge,
        help: "1 for the state that callers meet, 0 for the others.",
        source: SampleSource::Breaker(states),
        is_uniform: true,
    },
    Family {
        name: "fusebox_calls",
        kind: FamilyKind::Counter,
        help: "Calls by outcome, failures also by kind.",
        source: SampleSource::Breaker(calls),
        is_uniform: true,
    },
    Family {
        name: "fusebox_call_duration_seconds",
        kind: FamilyKind::Histogram,
        help: "How long calls took, for breakers that record latency. Bounds are exact to 6 %.",
        source: SampleSource::Breaker(durations),
        is_uniform: true,
    },
    Family {
        name: "fusebox_fallbacks",
        kind: FamilyKind::Counter,
        help: "Answers of fallback functions and kept last good values.",
        source: SampleSource::Breaker(fallbacks),
        is_uniform: true,
    },
    Family {
        name: "fusebox_transitions",
        kind: FamilyKind::Counter,
        help: "Transitions between two states for one reason.",
        source: SampleSource::Breaker(transitions),
        is_uniform: false,
    },
    Family {
        name: "fusebox_open_seconds",
        kind: FamilyKind::Counter,
        help: "Time spent open or forced open.",
        source: SampleSource::Breaker(open_seconds),
        is_uniform: true,
    },
    Family {
        name: "fusebox_failure_rate",
        kind: FamilyKind::Gauge,
        help: "Failure rate of the window, 0 to 1. Absent below the minimum of calls.",
        source: SampleSource::Breaker(|observed, sink| rate(observed, |window| window.failure_rate, sink)),
        is_uniform: true,
    },
    Family {
        name: "fusebox_slow_call_rate",
        kind: FamilyKind::Gauge,
        help: "Slow-call rate of the window, 0 to 1. Absent below the minimum of calls.",
        source: SampleSource::Breaker(|observed, sink| rate(observed, |window| window.slow_call_rate, sink)),
        is_uniform: true,
    },
    Family {
        name: "fusebox_info",
        kind: FamilyKind::Gauge,
        help: "Always 1. The labels are the settings in force, and where the function is declared.",
        source: SampleSource::Breaker(info),
        is_uniform: false,
    },
    Family {
        name: "fusebox_group_breakers",
        kind: FamilyKind::Gauge,
        help: "Breakers of a group of keys by the state that callers meet.",
        source: SampleSource::Breaker(|observed, sink| {
            group(observed, sink, |part, sink| {
                for state in State::ALL {
                    let breakers = part.in_state[state as usize] as u64;
                    sink.number(&[("state", state.as_str())], SampleValue::Whole(breakers));
                }
            });
        }),
        is_uniform: true,
    },
    Family {
        name: "fusebox_group_max_keys",
        kind: FamilyKind::Gauge,
        help: "Keys of a group that may have a breaker of their own.",
        source: SampleSource::Breaker(|observed, sink| {
            group_number(observed, sink, |part| part.max_keys.into());
        }),
        is_uniform: true,
    },
    Family {
        name: "fusebox_group_evictions",
        kind: FamilyKind::Counter,
        help: "Breakers of a group that made room for other keys.",
        source: SampleSource::Breaker(|observed, sink| group_number(observed, sink, |part| part.evicted)),
        is_uniform: true,
    },
    Family {
        name: "fusebox_group_overflowed",
        kind: FamilyKind::Gauge,
        help: "1 if keys of a group have found no room and share one breaker, else 0.",
        source: SampleSource::Breaker(|observed, sink| {
            group_number(observed, sink, |part| part.has_overflowed.into());
        }),
        is_uniform: true,
    },
    Family {
        name: "fusebox_key_state",
        kind: FamilyKind::Gauge,
        help: "1 for the state that callers with this key meet, 0 for the others.",
        source: SampleSource::Key(states),
        is_uniform: true,
    },
    Family {
        name: "fusebox_key_calls",
        kind: FamilyKind::Counter,
        help: "Calls with this key since its breaker was made, like fusebox_calls.",
        source: SampleSource::Key(calls),
        is_uniform: true,
    },
    Family {
        name: "fusebox_key_open_seconds",
        kind: FamilyKind::Counter,
        help: "Time that the breaker of this key spent open or forced open.",
        source: SampleSource::Key(open_seconds),
        is_uniform: true,
    },
    Family {
        name: "fusebox_events_dropped",
        kind: FamilyKind::Counter,
        help: "Events that were dropped because a subscriber was slow.",
        source: SampleSource::Registry(|registry, sink| {
            sink.number(&[], SampleValue::Whole(registry.dropped_events()));
        }),
        is_uniform: true,
    },
    Family {
        name: "fusebox_config_reload_failures",
        kind: FamilyKind::Counter,
        help: "Configuration files that could not be applied.",
        source: SampleSource::Registry(|registry, sink| {
            sink.number(&[], SampleValue::Whole(registry.config_reload_failures()));
        }),
        is_uniform: true,
    },
    Family {
        name: "fusebox_fleet_up",
        kind: FamilyKind::Gauge,
        help: "1 while the store of the fleet answers, else 0. Absent without a fleet.",
        source: SampleSource::Registry(|registry, sink| {
            if let Some(health) = registry.fleet_health() {
                sink.number(&[], SampleValue::Whole(health.is_up.into()));
            }
        }),
        is_uniform: true,
    },
    Family {
        name: "fusebox_fleet_lag_seconds",
        kind: FamilyKind::Gauge,
        help: "Age of the newest snapshot of the store. Absent without a fleet.",
        source: SampleSource::Registry(|registry, sink| {
            if let Some(health) = registry.fleet_health() {
                sink.number(&[], SampleValue::Float(health.lag.as_secs_f64()));
            }
        }),
        is_uniform: true,
    },
];

/// Writes the state of a breaker. A group has `fusebox_group_breakers`.
fn states(observed: &Observed, sink: &mut dyn Sink) {
    if let ObservedPart::Breaker { state: current, .. } = observed.part {
        for state in State::ALL {
            let is_current = SampleValue::Whole((state == current).into());
            sink.number(&[("state", state.as_str())], is_current);
        }
    }
}

fn group(observed: &Observed, sink: &mut dyn Sink, samples: fn(&GroupPart, &mut dyn Sink)) {
    if let ObservedPart::Group(part) = &observed.part {
        samples(part, sink);
    }
}

fn group_number(observed: &Observed, sink: &mut dyn Sink, number: fn(&GroupPart) -> u64) {
    if let ObservedPart::Group(part) = &observed.part {
        sink.number(&[], SampleValue::Whole(number(part)));
    }
}

fn calls(observed: &Observed, sink: &mut dyn Sink) {
    let totals = &observed.totals;
    let mut failures = |kind, calls| {
        sink.number(
            &[("outcome", "failure"), ("kind", kind)],
            SampleValue::Whole(calls),
        );
    };
    failures("error", totals.errors);
    failures("timeout", totals.timed_out);
    failures("panic", totals.panicked);
    failures("slow", totals.too_slow);
    for (outcome, calls) in [
        ("success", totals.successes),
        ("ignored", totals.ignored),
        ("cancelled", totals.cancelled),
        ("rejected", totals.rejected),
    ] {
        sink.number(&[("outcome", outcome)], SampleValue::Whole(calls));
    }
}

fn durations(observed: &Observed, sink: &mut dyn Sink) {
    if let Some(latency) = &observed.latency {
        sink.durations(&[("outcome", "success")], &latency.successes);
        sink.durations(&[("outcome", "failure")], &latency.failures);
    }
}

/// Writes the answers in place of a call. A kept value is always an answer, so
/// `last_good` has no errors.
fn fallbacks(observed: &Observed, sink: &mut dyn Sink) {
    let totals = &observed.totals;
    for (source, result, answers) in [
        ("function", "ok", totals.fallback_ok),
        ("function", "error", totals.fallback_failed),
        ("last_good", "ok", totals.last_good),
    ] {
        let labels = [("source", source), ("result", result)];
        sink.number(&labels, SampleValue::Whole(answers));
    }
}

fn transitions(observed: &Observed, sink: &mut dyn Sink) {
    let counted = &observed.transitions;
    let usual = usual_transitions(&observed.settings);
    let of = |(from, to, reason): (State, State, &str)| {
        let found = counted
            .iter()
            .find(|t| (t.from, t.to, t.reason) == (from, to, reason));
        found.map_or(0, |transitions| transitions.count)
    };
    let mut write = |(from, to, reason): (State, State, &str), count| {
        let labels = [("from", from.as_str()), ("to", to.as_str()), ("reason", reason)];
        sink.number(&labels, SampleValue::Whole(count));
    };
    for transition in usual.into_iter().flatten() {
        write(transition, of(transition));
    }
    for other in counted {
        let transition = (other.from, other.to, other.reason);
        if !usual.contains(&Some(transition)) {
            write(transition, other.count);
        }
    }
}

/// Returns the transitions of an outage.
///
/// They are exported from the first scrape on, because `increase` does not see the first sample of
/// a series.
fn usual_transitions(settings: &Settings) -> [Option<(State, State, &'static str)>; 5] {
    let rule = if settings.threshold().as_rate().is_some() {
        "failure_rate"
    } else {
        "failures"
    };
    let is_slow_judged = settings.slow_threshold().is_some();
    [
        Some((State::Closed, State::Open, rule)),
        is_slow_judged.then_some((State::Closed, State::Open, "slow_call_rate")),
        Some((State::Open, State::HalfOpen, "cooldown_elapsed")),
        Some((State::HalfOpen, State::Open, "trial_failed")),
        Some((State::HalfOpen, State::Closed, "trials_succeeded")),
    ]
}

fn open_seconds(observed: &Observed, sink: &mut dyn Sink) {
    sink.number(&[], SampleValue::Float(observed.open_time.as_secs_f64()));
}

/// Writes a rate of the window. The breakers of a group have a window each.
fn rate(observed: &Observed, rate: fn(&WindowCounts) -> Option<f64>, sink: &mut dyn Sink) {
    if let ObservedPart::Breaker { window, .. } = &observed.part
        && let Some(rate) = rate(window)
    {
        sink.number(&[], SampleValue::Float(rate));
    }
}

fn info(observed: &Observed, sink: &mut dyn Sink) {
    let settings = &observed.settings;
    let threshold = settings.threshold().to_string();
    let window = settings.window().map(|window| window.to_string());
    let cooldown = format!("{:?}", settings.cooldown());
    let declared_at = observed.declared_at();
    let labels = [
        ("threshold", threshold.as_str()),
        ("window", window.as_deref().unwrap_or("none")),
        ("cooldown", cooldown.as_str()),
        ("declared_at", declared_at.as_deref().unwrap_or("none")),
    ];
    sink.number(&labels, SampleValue::Whole(1));
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_family_is_in_the_table_once_and_has_a_sentence() {
        let names: HashSet<_> = FAMILIES.iter().map(|family| family.name).collect();
        assert_eq!(names.len(), FAMILIES.len());
        for Family { name, help, .. } in FAMILIES {
            assert!(help.ends_with('.') && !name.ends_with("_total"), "{name}");
        }
    }
}
