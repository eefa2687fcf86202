//! Overrides → a registry.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use crate::{
    event::log,
    overrides::{Applied, Changed, InvalidOverrides, Overrides},
    registry::{Registry, configure::Reconfigured},
    state::Override,
};

impl Overrides {
    /// Applies the values to a registry, in place of those that were applied
    /// before.
    ///
    /// Breakers that exist change in place, each with one event; breakers that are made later are
    /// made with the values. Values that an operator has set at run time stay, and so does an
    /// override that an operator has set or released, until `mode` changes.
    ///
    /// # Errors
    /// Every value that breaks a rule together with what a breaker or an annotated function
    /// declares, and every variable that stands for two breakers. Nothing has changed then.
    pub fn apply(&self, registry: &Registry) -> Result<Applied, InvalidOverrides> {
        if self.environment.disabled {
            log::disabled();
        }
        self.apply_quietly(registry)
    }

    pub(super) fn apply_quietly(&self, registry: &Registry) -> Result<Applied, InvalidOverrides> {
        let declared = registry.declared_settings();
        let names: BTreeSet<&str> = declared.iter().map(|(name, _)| name.as_str()).collect();
        let names: Vec<_> = names.into_iter().collect();
        let ambiguous = self.environment.ambiguous(&names);
        let broken = declared
            .iter()
            .filter_map(|(name, settings)| self.broken(name, *settings));
        let of_keys = registry
            .declared_groups()
            .into_iter()
            .flat_map(|(group, settings)| self.broken_keys(&group, settings));
        let mistakes = ambiguous.into_iter().chain(broken).chain(of_keys).collect();
        InvalidOverrides::unless_none((), mistakes)?;
        let changes = registry
            .configure(Arc::new(self.clone()))
            .into_iter()
            .flat_map(changes)
            .collect();
        let mut warnings = self.check(names);
        warnings.extend(self.unused_timeouts(&registry.catalog().collect::<Vec<_>>()));
        warnings.sort_by_key(|warning| warning.place);
        Ok(Applied { changes, warnings })
    }
}

/// Returns what has changed of one breaker.
fn changes(reconfigured: Reconfigured) -> Vec<Changed> {
    let Reconfigured {
        name: breaker,
        differences,
        overrides,
        timeouts,
    } = reconfigured;
    let settings = differences.iter().map(|difference| Changed {
        breaker: breaker.clone(),
        key: difference.key(),
        from: difference.existing().to_string(),
        to: difference.given().to_string(),
        source: Some(difference.source()),
    });
    let changed = |key, from, to| Changed {
        breaker: breaker.clone(),
        key,
        from,
        to,
        source: None,
    };
    let mode = overrides.map(|(from, to)| changed("mode", mode(from).to_owned(), mode(to).to_owned()));
    let timeout =
        (timeouts.0 != timeouts.1).then(|| changed("timeout", timeout(timeouts.0), timeout(timeouts.1)));
    settings.chain(mode).chain(timeout).collect()
}

const fn mode(overridden: Override) -> &'static str {
    match overridden {
        Override::None => "auto",
        Override::Open => "forced_open",
        Override::Closed => "forced_closed",
        Override::Disabled => "disabled",
    }
}

fn timeout(timeout: Option<Duration>) -> String {
    timeout.map_or_else(|| "as declared".to_owned(), |timeout| format!("{timeout:?}"))
}
