//! The instruments. Their callbacks read all breakers of a registry.

use fusebox::{CircuitBreaker, Registry, Snapshot};
use opentelemetry::{KeyValue, metrics::Meter};

/// Makes the instruments. They live as long as the provider of the meter.
pub(crate) fn observe(meter: &Meter, registry: &Registry) {
    let breakers = snapshots(registry);
    meter
        .u64_observable_gauge("fusebox.state")
        .with_description("1 for the state that callers meet.")
        .with_callback(move |gauge| {
            for snapshot in breakers() {
                gauge.observe(
                    1,
                    &[name(&snapshot), KeyValue::new("state", snapshot.state.as_str())],
                );
            }
        })
        .build();

    let breakers = snapshots(registry);
    meter
        .u64_observable_counter("fusebox.calls")
        .with_description("Calls by outcome.")
        .with_callback(move |counter| {
            for snapshot in breakers() {
                let totals = snapshot.totals;
                for (outcome, calls) in [
                    ("success", totals.successes),
                    ("failure", totals.failures),
                    ("ignored", totals.ignored),
                    ("cancelled", totals.cancelled),
                    ("rejected", totals.rejected),
                ] {
                    counter.observe(calls, &[name(&snapshot), KeyValue::new("outcome", outcome)]);
                }
            }
        })
        .build();

    let breakers = snapshots(registry);
    meter
        .u64_observable_counter("fusebox.transitions")
        .with_description("Transitions between two states for one reason.")
        .with_callback(move |counter| {
            for snapshot in breakers() {
                for transitions in &snapshot.transitions {
                    let attributes = [
                        name(&snapshot),
                        KeyValue::new("from", transitions.from.as_str()),
                        KeyValue::new("to", transitions.to.as_str()),
                        KeyValue::new("reason", transitions.reason),
                    ];
                    counter.observe(transitions.count, &attributes);
                }
            }
        })
        .build();

    let breakers = snapshots(registry);
    meter
        .f64_observable_gauge("fusebox.call.duration.p99")
        .with_unit("s")
        .with_description("99 % of the calls took at most this long.")
        .with_callback(move |gauge| {
            for snapshot in breakers() {
                if let Some(p99) = snapshot.latency.as_ref().and_then(|latency| latency.p99) {
                    gauge.observe(p99.as_secs_f64(), &[name(&snapshot)]);
                }
            }
        })
        .build();
}

/// Returns a function that takes a snapshot of each breaker.
fn snapshots(registry: &Registry) -> impl Fn() -> Vec<Snapshot> + Send + Sync + 'static {
    let registry = registry.clone();
    move || {
        registry
            .iter()
            .map(|breaker: CircuitBreaker| breaker.snapshot())
            .collect()
    }
}

fn name(snapshot: &Snapshot) -> KeyValue {
    KeyValue::new("breaker", snapshot.name.to_string())
}
