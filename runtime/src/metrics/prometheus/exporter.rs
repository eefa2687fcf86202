//! The exporter of a registry: its selection of series, and its format.

use crate::{
    metrics::{
        families::FAMILIES,
        family::SampleSource,
        observed::{ExportedKeys, Observed},
        prometheus::text::{Exposition, Format, breaker_label},
    },
    registry::Registry,
};

/// Exports the breakers of one registry, with the keys of groups or without.
///
/// [`render`](super::render) is the exporter without keys.
#[derive(Debug, Clone)]
#[must_use = "an exporter does nothing until it renders"]
pub struct Exporter {
    registry: Registry,
    keys: ExportedKeys,
}

impl Exporter {
    /// Exports each breaker, and each group of keyed breakers as a sum.
    pub fn new(registry: &Registry) -> Self {
        Self {
            registry: registry.clone(),
            keys: ExportedKeys::Summed,
        }
    }

    /// Exports each breaker of each group too, with the label `key`. Default: off.
    ///
    /// The label has at most `max_keys` + 1 values in one scrape: the keys that have a breaker, and
    /// `*` for those that share one. A key that makes room for another one leaves the next
    /// scrape. So Prometheus stores a series for each key that was ever scraped: use it for groups
    /// whose keys are few and known, such as shards or regions.
    ///
    /// ```
    /// use fusebox::{Registry, prometheus::Exporter};
    ///
    /// let registry = Registry::new();
    /// let zones = registry.keyed("zones").max_keys(10).build()?;
    /// zones.get("eu-1").trip();
    /// let text = Exporter::new(&registry).with_keys().render();
    /// assert!(text.contains(r#"fusebox_group_breakers{breaker="zones",state="open"} 1"#));
    /// assert!(text.contains(r#"fusebox_key_state{breaker="zones",key="eu-1",state="open"} 1"#));
    /// # Ok::<(), fusebox::ConfigError>(())
    /// ```
    pub fn with_keys(mut self) -> Self {
        self.keys = ExportedKeys::Each;
        self
    }

    /// Returns OpenMetrics 1.0 text, see [`render`](super::render).
    pub fn render(&self) -> String {
        self.rendered(Format::OpenMetrics)
    }

    /// Returns the older text format, see [`render_text`](super::render_text).
    pub fn render_text(&self) -> String {
        self.rendered(Format::Text)
    }

    fn rendered(&self, format: Format) -> String {
        let label = |observed: Observed| (breaker_label(observed.name(), None), observed);
        let label_of_key = |observed: Observed| {
            let (group, key) = observed.group_and_key()?;
            Some((breaker_label(group, Some(key)), observed))
        };
        let breakers = Observed::all(&self.registry).into_iter();
        let breakers: Vec<_> = breakers.map(label).collect();
        let keyed = Observed::keyed(&self.registry, self.keys).into_iter();
        let keyed: Vec<_> = keyed.filter_map(label_of_key).collect();
        let mut text = Exposition::new(format, breakers.len() + keyed.len() / 2);
        for family in FAMILIES {
            text.begin(family);
            let (observed, samples) = match family.source {
                SampleSource::Registry(samples) => {
                    samples(&self.registry, &mut text);
                    continue;
                }
                SampleSource::Breaker(samples) => (&breakers, samples),
                SampleSource::Key(samples) => (&keyed, samples),
            };
            for (label, observed) in observed {
                text.set_breaker(label);
                samples(observed, &mut text);
            }
        }
        text.finish()
    }
}
