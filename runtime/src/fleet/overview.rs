//! Everything that a store holds about a service, for operators.

use std::{sync::Arc, time::Duration};

use crate::{
    Operator, State,
    fleet::protocol::{Forced, Overview, Shared, SharedName, ShownBreaker, ShownInstance},
};

/// The content of a store about a service at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FleetOverview {
    /// The live instances, sorted by name.
    pub instances: Vec<InstanceStatus>,
    /// The breakers that an operator forced on all instances, sorted by name.
    pub forced: Vec<ForcedBreaker>,
    /// The breakers that are open on all instances, sorted by name.
    pub open: Vec<OpenBreaker>,
}

/// One live instance.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstanceStatus {
    /// The name of the instance.
    pub name: Arc<str>,
    /// The name of its executable.
    pub program: String,
    /// How long it still counts as alive without another sign of life.
    pub alive_for: Duration,
    /// Whether it takes commands [for it alone](crate::fleet::InstanceControl): not
    /// if it runs an earlier version.
    pub is_addressable: bool,
    /// Its breakers that are not closed, sorted by name.
    ///
    /// A breaker that is forced on all instances is listed only if its state here differs, even if
    /// it is closed here.
    pub breakers: Vec<ReportedBreaker>,
}

/// A breaker that one instance reports: see [`InstanceStatus::breakers`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportedBreaker {
    /// The name of the breaker.
    pub name: Arc<str>,
    /// `open`, `half_open`, `forced_open`, `forced_closed`, `disabled` or `closed`.
    pub state: String,
    /// The rest of the cooldown or of the override.
    ///
    /// `None` for a state that does not end by itself.
    pub remaining: Option<Duration>,
    /// The operator of an override, if the instance reports one.
    pub operator: Option<Operator>,
}

/// A breaker that an operator forced on all instances.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForcedBreaker {
    /// The name of the breaker.
    pub name: Arc<str>,
    /// [`ForcedOpen`](State::ForcedOpen) or [`ForcedClosed`](State::ForcedClosed).
    pub state: State,
    /// How long it still lasts; `None` until an operator releases it.
    pub remaining: Option<Duration>,
    /// The operator, with the reason.
    pub operator: Operator,
}

/// A breaker that is open on all instances.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenBreaker {
    /// The name of the breaker.
    pub name: Arc<str>,
    /// The rest of the cooldown; zero once a trial call may be made.
    pub remaining: Duration,
    /// How many trials have failed since it opened.
    pub failed_trials: u32,
    /// How many instances had tripped when it opened.
    pub tripped_instances: u32,
    /// How many instances were alive then.
    pub live_instances: u32,
    /// The instance that makes the trial calls at the moment.
    pub trial_by: Option<Arc<str>>,
}

impl FleetOverview {
    pub(crate) fn new(overview: Overview) -> Self {
        let content = overview.content;
        let mut found = Self {
            instances: overview.instances.into_iter().map(InstanceStatus::new).collect(),
            forced: content
                .forced
                .into_iter()
                .filter_map(ForcedBreaker::new)
                .collect(),
            open: content.shared.into_iter().map(OpenBreaker::new).collect(),
        };
        // An earlier version reports the automatic state, even under what is forced on all.
        for instance in found
            .instances
            .iter_mut()
            .filter(|instance| !instance.is_addressable)
        {
            let is_forced =
                |breaker: &ReportedBreaker| found.forced.iter().any(|forced| forced.name == breaker.name);
            instance.breakers.retain(|breaker| !is_forced(breaker));
        }
        found.instances.sort_by(|a, b| a.name.cmp(&b.name));
        found.forced.sort_by(|a, b| a.name.cmp(&b.name));
        found.open.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    /// Returns the names of all breakers in this overview, sorted.
    pub fn breakers(&self) -> Vec<Arc<str>> {
        let reported = self.instances.iter().flat_map(|instance| &instance.breakers);
        let forced = self.forced.iter().map(|breaker| &breaker.name);
        let open = self.open.iter().map(|breaker| &breaker.name);
        let mut names: Vec<Arc<str>> = reported
            .map(|breaker| &breaker.name)
            .chain(forced)
            .chain(open)
            .cloned()
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

impl InstanceStatus {
    fn new(view: ShownInstance) -> Self {
        let reported = |view: ShownBreaker| ReportedBreaker {
            name: view.breaker,
            remaining: view.remaining.filter(|_| ends_by_itself(&view.state)),
            state: view.state,
            operator: view.author.map(|(who, reason)| Operator::new(who, reason)),
        };
        let mut breakers: Vec<_> = view.breakers.into_iter().map(reported).collect();
        breakers.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            name: view.name,
            program: view.program,
            alive_for: view.alive,
            is_addressable: view.is_addressable,
            breakers,
        }
    }
}

/// Returns whether time ends this state: a record of any other has no length.
fn ends_by_itself(state: &str) -> bool {
    !matches!(state, "closed" | "half_open")
}

impl ForcedBreaker {
    /// Makes the row. `None` for a breaker that was released.
    fn new((name, forced): (SharedName, Forced)) -> Option<Self> {
        let over = forced.over?;
        Some(Self {
            name,
            state: over.state.as_state(),
            remaining: over.remaining,
            operator: Operator::new(over.who, over.reason),
        })
    }
}

impl OpenBreaker {
    fn new((name, shared): (SharedName, Shared)) -> Self {
        Self {
            name,
            remaining: shared.remaining,
            failed_trials: shared.round,
            tripped_instances: shared.open,
            live_instances: shared.live,
            trial_by: shared.lease.map(|lease| lease.owner),
        }
    }
}
