//! Every breaker through the `metrics` facade.

mod handle;
mod series;

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use crate::{
    metrics::{
        families::FAMILIES,
        family::{Kind, Source},
        observed::Observed,
    },
    registry::Registry,
    sync::{Mutex, lock},
};
use series::SeriesOfOne;

/// Publishes breakers to the recorder of the `metrics` facade, from now on.
///
/// Names and labels are those of [`prometheus::render`](crate::metrics), with `_total` at the end
/// of a counter. A recorder that is installed later is not found by itself: call
/// [`Bridge::install`] then.
///
/// ```
/// use std::time::Duration;
/// use fusebox::Registry;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // After the recorder was installed:
/// let bridge = fusebox::metrics::install(Registry::global());
/// let sampler = tokio::spawn(bridge.run(Duration::from_secs(10)));
/// # sampler.abort();
/// # }
/// ```
pub fn install(registry: &Registry) -> Bridge {
    let bridge = Bridge(Arc::new(Shared {
        registry: registry.clone(),
        series: Mutex::new(AllSeries::default()),
    }));
    bridge.install();
    bridge
}

/// Publishes breakers to a recorder of the `metrics` facade.
///
/// All clones are one bridge.
///
/// A gauge that is absent in the text for Prometheus is `NaN` here, because a recorder has no way
/// to remove it.
#[derive(Clone)]
pub struct Bridge(Arc<Shared>);

struct Shared {
    registry: Registry,
    series: Mutex<AllSeries>,
}

/// The handles that were resolved so far.
#[derive(Default)]
struct AllSeries {
    of_breakers: HashMap<String, SeriesOfOne>,
    of_registry: SeriesOfOne,
}

impl Bridge {
    /// Resolves all handles again, from the recorder that is installed now.
    ///
    /// Call it after a recorder was installed. Called twice with one recorder, it records the
    /// durations of earlier calls twice.
    pub fn install(&self) {
        describe();
        *lock(&self.0.series) = AllSeries::default();
        self.publish();
    }

    /// Publishes the current values. Handles are resolved once per breaker.
    pub fn publish(&self) {
        let observed = Observed::all(&self.0.registry);
        let mut series = lock(&self.0.series);
        for observed in &observed {
            let name = observed.name();
            // Not by `entry`, which would copy the name of a breaker that is there.
            if !series.of_breakers.contains_key(name) {
                series.of_breakers.insert(name.to_owned(), SeriesOfOne::default());
            }
            let Some(series) = series.of_breakers.get_mut(name) else {
                continue;
            };
            series.publish(Some(name), |family, sink| {
                if let Source::Breaker(samples) = family.source {
                    samples(observed, sink);
                }
            });
        }
        series.of_registry.publish(None, |family, sink| {
            if let Source::Registry(samples) = family.source {
                samples(&self.0.registry, sink);
            }
        });
    }

    /// Publishes now and then once per `every`, for ever: a task to spawn.
    ///
    /// # Cancel safety
    /// Dropping it ends the publishing, and nothing else.
    pub async fn run(self, every: Duration) {
        loop {
            self.publish();
            tokio::time::sleep(every).await;
        }
    }
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridge")
            .field("registry", &self.0.registry)
            .finish_non_exhaustive()
    }
}

/// Gives the recorder the help text of each family.
fn describe() {
    ::metrics::with_recorder(|recorder| {
        for family in FAMILIES {
            let unit = family.unit().map(|_| ::metrics::Unit::Seconds);
            let (name, help) = (family.sample_name().into(), family.help.into());
            match family.kind {
                Kind::Counter => recorder.describe_counter(name, unit, help),
                Kind::Gauge => recorder.describe_gauge(name, unit, help),
                Kind::Histogram => recorder.describe_histogram(name, unit, help),
            }
        }
    });
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
