//! The content of the store of a fleet, read at most once a second.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use http::StatusCode;
use tokio::sync::Mutex;

use crate::{
    dashboard::{
        Dashboard,
        answer::Problem,
        command::PageCommand,
        view::{FleetView, ForcedView, InstanceView, OpenView, ReportedView, milliseconds},
    },
    fleet::{Fleet, FleetControl, FleetOverview, ForcedBreaker, InstanceStatus, OpenBreaker, StoreError},
    registry::Registry,
};

/// How old an answer of the store may be.
///
/// The number of open pages does not change how often the store is read.
const FRESH: Duration = Duration::from_millis(900);

/// The part of this process in a fleet, as the page uses it.
pub(in crate::dashboard) struct Joined {
    registry: Registry,
    service: String,
    instance: String,
    control: FleetControl,
    last: Mutex<Last>,
}

/// The last answer of the store.
#[derive(Default)]
struct Last {
    at: Option<Instant>,
    view: Arc<FleetView>,
}

impl Dashboard {
    /// Shows the fleet too: which breaker is open on which instance, and
    /// commands to all instances.
    ///
    /// The page does not keep the process in the fleet.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use fusebox::{Registry, dashboard::Dashboard, fleet::{Fleet, FleetOptions, Store}};
    ///
    /// let options = FleetOptions::new("orders").instance("pod-1");
    /// let fleet = Fleet::join(Registry::global(), &Store::local(), options)?;
    /// let page = Dashboard::new(Registry::global()).fleet(&fleet);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "fleet")))]
    pub fn fleet(mut self, fleet: &Fleet) -> Self {
        self.fleet = Some(Arc::new(Joined {
            registry: self.registry.clone(),
            service: fleet.service().to_owned(),
            instance: fleet.instance().to_owned(),
            control: fleet.control().clone(),
            last: Mutex::default(),
        }));
        self
    }
}

impl Joined {
    /// Returns what the store holds.
    pub(in crate::dashboard) async fn view(&self) -> Arc<FleetView> {
        let mut last = self.last.lock().await;
        if last.at.is_none_or(|at| at.elapsed() >= FRESH) {
            last.view = Arc::new(self.read(&last.view).await);
            // Taken after the answer: clients that waited for a slow store get the same one.
            last.at = Some(Instant::now());
        }
        Arc::clone(&last.view)
    }

    /// Reads the store. If it does not answer, what it answered before stays.
    async fn read(&self, before: &FleetView) -> FleetView {
        let mut view = FleetView {
            problem: None,
            ..before.clone()
        };
        match self.control.overview().await {
            Ok(overview) => fill(&mut view, overview),
            Err(error) => view.problem = Some(error.to_string()),
        }
        let health = self.registry.fleet_health();
        view.service.clone_from(&self.service);
        view.instance.clone_from(&self.instance);
        view.is_up = health.is_some_and(|health| health.is_up) && view.problem.is_none();
        view.lag_ms = health.map(|health| milliseconds(health.lag));
        view
    }

    /// Returns whether this is the name of this instance.
    pub(in crate::dashboard) fn is(&self, instance: &str) -> bool {
        self.instance == instance
    }

    /// Acts on a breaker of one other instance, or of all if `on` is `None`.
    ///
    /// `is_here`: whether this instance has a breaker of this name. If not, another one must have.
    pub(in crate::dashboard) async fn act(
        &self,
        (breaker, is_here): (&str, bool),
        on: Option<&str>,
        command: &PageCommand,
    ) -> Result<Arc<FleetView>, Problem> {
        if !is_here && !self.view().await.has(breaker) {
            let message = format!("no instance has a circuit breaker `{breaker}`");
            return Err(Problem::new(StatusCode::NOT_FOUND, message));
        }
        command.apply_by_store(breaker, &self.control, on).await?;
        self.last.lock().await.at = None;
        Ok(self.view().await)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::Breaker { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            StoreError::UnknownInstance { .. } => StatusCode::NOT_FOUND,
            StoreError::EarlierInstance { .. } => StatusCode::CONFLICT,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

fn fill(view: &mut FleetView, overview: FleetOverview) {
    view.instances = overview.instances.into_iter().map(InstanceView::from).collect();
    view.forced = overview.forced.into_iter().map(ForcedView::from).collect();
    view.open = overview.open.into_iter().map(OpenView::from).collect();
}

impl From<InstanceStatus> for InstanceView {
    fn from(instance: InstanceStatus) -> Self {
        let breakers = instance.breakers.into_iter();
        Self {
            name: instance.name.to_string(),
            program: instance.program,
            alive_for_ms: milliseconds(instance.alive_for),
            is_addressable: instance.is_addressable,
            breakers: breakers
                .map(|breaker| ReportedView {
                    name: breaker.name.to_string(),
                    state: breaker.state,
                    remaining_ms: breaker.remaining.map(milliseconds),
                    by: breaker.operator.map(|operator| operator.to_string()),
                })
                .collect(),
        }
    }
}

impl From<ForcedBreaker> for ForcedView {
    fn from(forced: ForcedBreaker) -> Self {
        Self {
            name: forced.name.to_string(),
            state: forced.state.as_str(),
            remaining_ms: forced.remaining.map(milliseconds),
            by: forced.operator.to_string(),
        }
    }
}

impl From<OpenBreaker> for OpenView {
    fn from(open: OpenBreaker) -> Self {
        Self {
            name: open.name.to_string(),
            remaining_ms: milliseconds(open.remaining),
            failed_trials: open.failed_trials,
            tripped_instances: open.tripped_instances,
            live_instances: open.live_instances,
            trial_by: open.trial_by.map(|owner| owner.to_string()),
        }
    }
}

impl fmt::Debug for Joined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Joined")
            .field("service", &self.service)
            .field("instance", &self.instance)
            .finish_non_exhaustive()
    }
}
