//! Everything about one breaker.

use std::{collections::HashMap, sync::LazyLock};

use serde::Serialize;

use super::{
    AllTotals, FleetView, Row, last_error, location, on_instances::InstanceState, setting::ShownSetting,
};
use crate::{
    breaker::CircuitBreaker,
    dashboard::samples::{Columns, Samples},
    registry::catalog,
};

/// Everything about one breaker.
#[derive(Debug, Serialize)]
pub(in crate::dashboard) struct Detail {
    #[serde(flatten)]
    row: Row,
    declared_at: Option<String>,
    explain: String,
    reopenings: u32,
    trials: TrialsView,
    totals: AllTotals,
    settings: Vec<ShownSetting>,
    samples: Columns,
    /// The breaker on each live instance of the fleet; empty without one.
    instances: Vec<InstanceState>,
}

/// The trial calls while half-open, and how many must succeed.
#[derive(Debug, Serialize)]
struct TrialsView {
    in_flight: u32,
    completed: u32,
    slow: u32,
    needed: u32,
}

/// The `file:line` of each annotated function, by the name of its breaker.
static DECLARED_AT: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    // The first declaration of a name decides, so it is inserted last.
    let declarations = catalog::all().iter().rev();
    declarations
        .map(|declaration| (declaration.name(), location(declaration)))
        .collect()
});

impl Detail {
    pub(in crate::dashboard) fn new(
        breaker: &CircuitBreaker,
        samples: &Samples,
        fleet: Option<&FleetView>,
    ) -> Self {
        let (snapshot, settings) = (breaker.snapshot(), breaker.settings());
        let mut shown = ShownSetting::all(&settings);
        shown.extend(breaker.configured_timeout().map(ShownSetting::timeout));
        let instances = fleet.map(|fleet| fleet.instances_of(&snapshot));
        Self {
            row: Row::new(&snapshot, &settings, samples, last_error(breaker)),
            declared_at: declared_at(breaker),
            explain: breaker.explain().to_string(),
            reopenings: snapshot.reopenings,
            trials: TrialsView {
                in_flight: snapshot.trials.in_flight,
                completed: snapshot.trials.completed,
                slow: snapshot.trials.slow,
                needed: settings.trial_calls(),
            },
            totals: AllTotals::new(&snapshot.totals),
            settings: shown,
            samples: samples.seconds(),
            instances: instances.unwrap_or_default(),
        }
    }
}

/// Returns the function of the breaker, or of its group.
fn declared_at(breaker: &CircuitBreaker) -> Option<String> {
    let declared = DECLARED_AT.get(breaker.group().unwrap_or(breaker.name()));
    declared.cloned()
}
