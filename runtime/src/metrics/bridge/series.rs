//! The series of one breaker, or of the registry.

use ::metrics::Label;

use crate::{
    metrics::{
        bridge::handle::Handle,
        families::FAMILIES,
        family::{Family, Labels, SampleValue, Sink},
    },
    stats::Durations,
};

/// The series of one breaker or of the registry, in the order of the families.
#[derive(Default)]
pub(super) struct SeriesOfOne {
    series: Vec<Series>,
    /// Whether the breaker existed when it was published last.
    pub(super) is_current: bool,
}

struct Series {
    family: &'static str,
    labels: Vec<(&'static str, String)>,
    handle: Handle,
    is_current: bool,
}

impl SeriesOfOne {
    /// Publishes what `samples` writes for each family.
    ///
    /// `common`: the labels of all of them.
    pub(super) fn publish(&mut self, common: Labels<'_>, samples: impl Fn(&Family, &mut dyn Sink)) {
        self.is_current = true;
        for series in &mut self.series {
            series.is_current = false;
        }
        for family in FAMILIES {
            let mut publisher = Publisher {
                series: &mut self.series,
                common,
                family,
            };
            samples(family, &mut publisher);
        }
        for absent in self.series.iter().filter(|series| !series.is_current) {
            absent.handle.clear();
        }
    }

    /// Marks the breaker as gone.
    pub(super) fn retire(&mut self) {
        for series in &mut self.series {
            series.handle.retire();
        }
    }
}

/// Receives the samples of one family.
struct Publisher<'a> {
    series: &'a mut Vec<Series>,
    common: Labels<'a>,
    family: &'static Family,
}

impl Publisher<'_> {
    fn handle(&mut self, labels: Labels<'_>) -> &mut Handle {
        let family = self.family.name;
        let found = self.series.iter().position(|series| series.is(family, labels));
        let index = found.unwrap_or_else(|| {
            self.series.push(self.resolve(labels));
            self.series.len() - 1
        });
        let series = &mut self.series[index];
        series.is_current = true;
        &mut series.handle
    }

    fn resolve(&self, labels: Labels<'_>) -> Series {
        let all = self.common.iter().chain(labels);
        let all = all.map(|(name, value)| Label::new(*name, (*value).to_owned()));
        Series {
            family: self.family.name,
            labels: labels
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
            handle: Handle::resolve(self.family, all.collect()),
            is_current: true,
        }
    }
}

impl Series {
    fn is(&self, family: &'static str, labels: Labels<'_>) -> bool {
        let own = self.labels.iter().map(|(name, value)| (*name, value.as_str()));
        self.family == family && own.eq(labels.iter().copied())
    }
}

impl Sink for Publisher<'_> {
    fn number(&mut self, labels: Labels<'_>, value: SampleValue) {
        self.handle(labels).set(value);
    }

    fn durations(&mut self, labels: Labels<'_>, durations: &Durations) {
        self.handle(labels).record(durations);
    }
}
