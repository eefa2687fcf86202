//! A process's part in a fleet.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    ops::Deref,
    sync::Arc,
};

use tokio::{sync::watch, time::Instant};

use crate::{
    Registry,
    fleet::{
        FleetControl, FleetOptions, FleetStatus, JoinError, Store,
        breakers::RegistryBreakers,
        driver::Driver,
        member::{Member, Timing},
        options::CheckedOptions,
        protocol::{Instance, Service},
        status::Progress,
        store::Connected,
    },
};

/// A process's part in a fleet. Clones are one part; after the last one is
/// dropped, the process leaves.
///
/// It dereferences to [`FleetControl`]: commands of an operator to all instances.
#[derive(Clone)]
pub struct Fleet(Arc<Membership>);

struct Membership {
    service: Service,
    instance: Instance,
    control: FleetControl,
    progress: watch::Receiver<Progress>,
    leaving: watch::Sender<bool>,
}

impl Fleet {
    /// Joins a registry's breakers to a fleet, and starts the task that keeps
    /// them in step.
    ///
    /// Returns at once. A store that is down is tried again until it answers; until then, the
    /// breakers work as without a fleet. Breakers that are built later take part too.
    ///
    /// # Errors
    /// Names that cannot be used, a quorum that cannot be right, or a registry that takes part in a
    /// fleet already. It may join another one after [`leave`](Self::leave).
    ///
    /// # Panics
    /// Outside of a tokio runtime with a timer.
    pub fn join(registry: &Registry, store: &Store, options: FleetOptions) -> Result<Self, JoinError> {
        let options = options.check()?;
        if registry.fleet_health().is_some() {
            return Err(JoinError::AlreadyJoined);
        }
        let connected = store.connect(&options.service);
        Ok(Self::start(registry, connected, options))
    }

    /// Starts the member on a connection.
    pub(crate) fn start(registry: &Registry, connected: Connected, options: CheckedOptions) -> Self {
        let Connected { backend, events } = connected;
        let instance = Instance {
            name: options.instance,
            incarnation: RandomState::new().hash_one(std::process::id()),
            program: program(),
        };
        let member = Member::new(options.service.clone(), instance.clone(), Timing::default());
        let breakers = RegistryBreakers::new(registry.clone(), options.shares);
        let (leaving, left) = watch::channel(false);
        let (published, progress) = watch::channel(Progress::new(Instant::now()));
        let health = progress.clone();
        registry.set_fleet_health(Some(Box::new(move || health.borrow().health())));
        let driver = Driver::new(member, breakers, (backend.clone(), events), published, left);
        tokio::spawn(driver.run());
        Self(Arc::new(Membership {
            service: options.service,
            instance,
            control: FleetControl::of_member(backend),
            progress,
            leaving,
        }))
    }

    /// Returns the name of the service.
    pub fn service(&self) -> &str {
        self.0.service.as_str()
    }

    /// Returns the name of this instance.
    pub fn instance(&self) -> &str {
        &self.0.instance.name
    }

    /// Returns whether the store answers and has this instance: the metric
    /// `fusebox_fleet_up`.
    pub fn is_up(&self) -> bool {
        self.0.progress.borrow().is_up
    }

    /// Returns the connection to the store at this moment.
    pub fn status(&self) -> FleetStatus {
        self.0.progress.borrow().status()
    }

    /// Waits until the store answers and has this instance. A program need not
    /// wait: its breakers work without the store.
    ///
    /// # Cancel safety
    /// It changes nothing.
    pub async fn joined(&self) {
        let mut progress = self.0.progress.clone();
        // An error: the process has left, and nothing changes any more.
        let _ = progress.wait_for(|progress| progress.is_up).await;
    }

    /// Commands to all instances. They work as long as a clone of this part
    /// exists.
    pub fn control(&self) -> &FleetControl {
        &self.0.control
    }

    /// Leaves the fleet, for all clones, and waits until the store has been
    /// notified or has not answered within a second.
    ///
    /// Shared opens run out by themselves. Forced states stay until their end, or until an operator
    /// of this process releases them.
    pub async fn leave(self) {
        self.0.leaving.send_replace(true);
        let mut progress = self.0.progress.clone();
        while progress.changed().await.is_ok() {}
    }
}

/// Commands of an operator to all instances.
impl Deref for Fleet {
    type Target = FleetControl;

    fn deref(&self) -> &FleetControl {
        &self.0.control
    }
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet")
            .field("service", &self.service())
            .field("instance", &self.instance())
            .field("status", &self.status())
            .finish()
    }
}

/// Returns the name of the executable.
fn program() -> String {
    let path = std::env::current_exe().ok();
    let name = path.as_ref().and_then(|path| path.file_stem());
    name.map_or_else(
        || "unknown".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
