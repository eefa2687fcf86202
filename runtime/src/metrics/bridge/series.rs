//! The series of one breaker, or of the registry.

use ::metrics::Label;

use crate::{
    metrics::{
        bridge::handle::Handle,
        families::FAMILIES,
        family::{Family, Labels, Sink, Value},
    },
    stats::Durations,
};

/// The series of one breaker or of the registry, in the order of the families.
#[derive(Default)]
pub(super) struct SeriesOfOne(Vec<Series>);

struct Series {
    family: &'static str,
    labels: Vec<(&'static str, String)>,
    handle: Handle,
    is_current: bool,
}

impl SeriesOfOne {
    /// Publishes what `samples` writes for each family.
    pub(super) fn publish(&mut self, breaker: Option<&str>, samples: impl Fn(&Family, &mut dyn Sink)) {
        for series in &mut self.0 {
            series.is_current = false;
        }
        for family in FAMILIES {
            let mut publisher = Publisher {
                series: &mut self.0,
                breaker,
                family,
            };
            samples(family, &mut publisher);
        }
        for absent in self.0.iter().filter(|series| !series.is_current) {
            absent.handle.clear();
        }
    }
}

/// Receives the samples of one family.
struct Publisher<'a> {
    series: &'a mut Vec<Series>,
    breaker: Option<&'a str>,
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
        let breaker = self
            .breaker
            .map(|breaker| Label::new("breaker", breaker.to_owned()));
        let others = labels
            .iter()
            .map(|(name, value)| Label::new(*name, (*value).to_owned()));
        Series {
            family: self.family.name,
            labels: labels
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
            handle: Handle::resolve(self.family, breaker.into_iter().chain(others).collect()),
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
    fn number(&mut self, labels: Labels<'_>, value: Value) {
        self.handle(labels).set(value);
    }

    fn durations(&mut self, labels: Labels<'_>, durations: &Durations) {
        self.handle(labels).record(durations);
    }
}
