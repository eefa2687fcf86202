//! Every breaker through the `metrics` facade.

mod handle;
mod series;

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use crate::{
    metrics::{
        families::FAMILIES,
        family::{FamilyKind, SampleSource},
        observed::{ExportedKeys, Observed, ObservedPart},
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
    Bridge::new(registry, ExportedKeys::Summed)
}

/// Like [`install`], but publishes each breaker of each group too, with the
/// label `key`.
///
/// A recorder keeps every series for ever. So the bridge publishes at most `max_keys` different
/// keys of a group, those that it finds first, and `*` for the keys that share a breaker. A key
/// without a breaker has gauges that are `NaN`.
pub fn install_with_keys(registry: &Registry) -> Bridge {
    Bridge::new(registry, ExportedKeys::Each)
}

/// Publishes breakers to a recorder of the `metrics` facade.
///
/// All clones are one bridge.
///
/// A gauge that is absent in the text for Prometheus is `NaN` here, because a recorder has no way
/// to remove it.
#[derive(Clone)]
pub struct Bridge(Arc<BridgeState>);

struct BridgeState {
    registry: Registry,
    keys: ExportedKeys,
    series: Mutex<AllSeries>,
}

/// The handles that were resolved so far.
#[derive(Default)]
struct AllSeries {
    of_breakers: HashMap<String, SeriesOfOne>,
    /// By the full name, `inventory[eu-1]`.
    of_keys: HashMap<String, SeriesOfOne>,
    /// How many keys of each group have series.
    keys: HashMap<String, u32>,
    of_registry: SeriesOfOne,
}

impl Bridge {
    fn new(registry: &Registry, keys: ExportedKeys) -> Self {
        let bridge = Self(Arc::new(BridgeState {
            registry: registry.clone(),
            keys,
            series: Mutex::new(AllSeries::default()),
        }));
        bridge.install();
        bridge
    }

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
        let registry = &self.0.registry;
        let observed = Observed::all(registry);
        let keyed = Observed::keyed(registry, self.0.keys);
        let mut series = lock(&self.0.series);
        for observed in &observed {
            series.publish(observed);
        }
        series.publish_keys(&observed, &keyed);
        series.of_registry.publish(&[], |family, sink| {
            if let SampleSource::Registry(samples) = family.source {
                samples(registry, sink);
            }
        });
    }

    /// Publishes at once, and then again after each `every`, for ever: a task to
    /// spawn.
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

impl AllSeries {
    fn publish(&mut self, observed: &Observed) {
        let name = observed.name();
        let series = series_of(&mut self.of_breakers, name);
        series.publish(&[("breaker", name)], |family, sink| {
            if let SampleSource::Breaker(samples) = family.source {
                samples(observed, sink);
            }
        });
    }

    /// Publishes keyed breakers, as many of each group as it may have.
    fn publish_keys(&mut self, all: &[Observed], keyed: &[Observed]) {
        for series in self.of_keys.values_mut() {
            series.is_current = false;
        }
        for observed in keyed {
            let Some((group, key)) = observed.group_and_key() else {
                continue;
            };
            if !self.of_keys.contains_key(observed.name()) && key != OVERFLOW {
                let published = self.keys.entry(group.to_owned()).or_default();
                if *published >= most_keys(all, group) {
                    continue;
                }
                *published += 1;
            }
            let series = series_of(&mut self.of_keys, observed.name());
            series.publish(&[("breaker", group), ("key", key)], |family, sink| {
                if let SampleSource::Key(samples) = family.source {
                    samples(observed, sink);
                }
            });
        }
        for evicted in self.of_keys.values_mut().filter(|series| !series.is_current) {
            evicted.retire();
        }
    }
}

/// The key of the breaker that keys without room share.
const OVERFLOW: &str = "*";

fn most_keys(all: &[Observed], group: &str) -> u32 {
    let found = all.binary_search_by(|observed| observed.name().cmp(group));
    found.map_or(0, |index| match &all[index].part {
        ObservedPart::Group(part) => part.max_keys,
        ObservedPart::Breaker { .. } => 0,
    })
}

/// Returns the series of this name, or makes it. Not by `entry`, which would
/// copy a name that is there.
fn series_of<'a>(series: &'a mut HashMap<String, SeriesOfOne>, name: &str) -> &'a mut SeriesOfOne {
    if !series.contains_key(name) {
        series.insert(name.to_owned(), SeriesOfOne::default());
    }
    series.get_mut(name).expect("it was inserted")
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
                FamilyKind::Counter => recorder.describe_counter(name, unit, help),
                FamilyKind::Gauge => recorder.describe_gauge(name, unit, help),
                FamilyKind::Histogram => recorder.describe_histogram(name, unit, help),
            }
        }
    });
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
