//! One family of series, and what receives its samples.

use crate::{metrics::observed::Observed, registry::Registry, stats::Durations};

/// A family: the series of one metric.
pub(crate) struct Family {
    /// The name without the `_total` of a counter.
    pub(crate) name: &'static str,
    pub(crate) kind: FamilyKind,
    pub(crate) help: &'static str,
    pub(crate) source: SampleSource,
    /// Whether all breakers with samples have the same labels, in one order.
    #[cfg_attr(not(feature = "prometheus"), allow(dead_code, reason = "spares comparisons"))]
    pub(crate) is_uniform: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FamilyKind {
    Counter,
    Gauge,
    Histogram,
}

/// The source of the samples of a family.
pub(crate) enum SampleSource {
    /// A breaker, or a group of keyed breakers.
    Breaker(fn(&Observed, &mut dyn Sink)),
    /// One breaker of a group, if keys are exported.
    ///
    /// It has the label `key` besides `breaker`.
    Key(fn(&Observed, &mut dyn Sink)),
    Registry(fn(&Registry, &mut dyn Sink)),
}

/// Names and values, besides `breaker`.
pub(crate) type Labels<'a> = &'a [(&'static str, &'a str)];

/// The value of a counter or of a gauge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum SampleValue {
    Whole(u64),
    Float(f64),
}

/// A receiver of the samples of a breaker or a registry, by family.
pub(crate) trait Sink {
    /// Receives a sample of a counter or of a gauge.
    fn number(&mut self, labels: Labels<'_>, value: SampleValue);

    /// Receives a sample of a histogram.
    fn durations(&mut self, labels: Labels<'_>, durations: &Durations);
}

impl Family {
    /// Returns the name of each counter and gauge of the family.
    #[cfg_attr(not(feature = "metrics"), allow(dead_code, reason = "the name in a recorder"))]
    pub(crate) fn sample_name(&self) -> String {
        format!("{}{}", self.name, self.kind.suffix())
    }

    /// Returns the unit, if the name ends with one.
    #[cfg_attr(not(feature = "prometheus"), allow(dead_code, reason = "a line of the text"))]
    pub(crate) fn unit(&self) -> Option<&'static str> {
        self.name.ends_with("_seconds").then_some("seconds")
    }
}

impl FamilyKind {
    /// Returns the last part of the name of each sample.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Counter => "_total",
            Self::Gauge | Self::Histogram => "",
        }
    }
}
