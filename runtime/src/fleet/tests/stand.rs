//! A member's connection with short forms of the commands.

use std::time::Duration;

use tokio::{sync::mpsc, time::timeout};

use crate::fleet::{
    Store, StoreError,
    protocol::{
        Command, Content, ForcedState, Instance, LeaseReply, Message, Overview, Quorum, Reply, Report,
        ReportReply, Reported, Service, SharedName, Shown, StoreSnapshot, TrialEnd, Version,
    },
    store::{Backend, Connected, StoreEvent},
};

/// How long an instance stays alive in these tests.
pub(crate) const ALIVE: Duration = Duration::from_secs(30);

/// A time that does not end within a claim.
pub(super) const LONG: Duration = Duration::from_secs(20);
/// A time that a claim waits for.
pub(super) const SHORT: Duration = Duration::from_millis(150);

/// Two tripped instances and half of the live ones.
pub(crate) const TWO_AND_HALF: Quorum = Quorum {
    instances: 2,
    percent: 50,
};

/// One instance of the service `orders`.
pub(crate) struct Stand {
    backend: std::sync::Arc<dyn Backend>,
    events: mpsc::Receiver<StoreEvent>,
    pub(crate) instance: Instance,
    reports: u64,
}

impl Stand {
    /// Connects and registers an instance.
    pub(crate) async fn join(store: &Store, name: &str) -> Self {
        let mut stand = Self::connect(store, name).await;
        stand.sync("").await;
        stand
    }

    /// Connects without registering.
    pub(crate) async fn connect(store: &Store, name: &str) -> Self {
        let Connected { backend, events } = store.connect(&Service::new("orders").unwrap());
        let instance = Instance {
            name: name.into(),
            incarnation: 1,
            program: "orders-api".to_owned(),
        };
        let mut stand = Self {
            backend,
            events,
            instance,
            reports: 0,
        };
        assert_eq!(stand.event().await, StoreEvent::Up);
        stand
    }

    pub(crate) async fn execute(&self, command: Command) -> Reply {
        self.try_execute(command).await.expect("the store works")
    }

    pub(crate) async fn try_execute(&self, command: Command) -> Result<Reply, StoreError> {
        self.backend.execute(command).await
    }

    pub(crate) async fn event(&mut self) -> StoreEvent {
        let event = timeout(Duration::from_secs(10), self.events.recv()).await;
        event
            .expect("an event within 10 s")
            .expect("the connection lasts")
    }

    pub(crate) async fn message(&mut self) -> Message {
        match self.event().await {
            StoreEvent::Message(message) => message,
            other => panic!("expected a message, got {other:?}"),
        }
    }

    /// Asserts that no message arrives.
    pub(crate) async fn hears_nothing(&mut self) {
        if let Ok(event) = timeout(Duration::from_millis(60), self.events.recv()).await {
            panic!("expected no message, got {event:?}");
        }
    }

    pub(crate) async fn sync_for(&mut self, alive: Duration, digest: &str) -> StoreSnapshot {
        let command = Command::Sync {
            instance: self.instance.clone(),
            alive,
            digest: digest.to_owned(),
        };
        match self.execute(command).await {
            Reply::Snapshot(snapshot) => snapshot,
            other => panic!("expected a snapshot, got {other:?}"),
        }
    }

    pub(crate) async fn sync(&mut self, digest: &str) -> StoreSnapshot {
        self.sync_for(ALIVE, digest).await
    }

    pub(crate) async fn content(&mut self) -> Content {
        self.sync("").await.content.expect("no digest was sent")
    }

    pub(crate) async fn report(
        &mut self,
        breaker: &str,
        state: Reported,
        quorum: Option<Quorum>,
    ) -> ReportReply {
        self.reports += 1;
        self.report_as(self.reports, breaker, state, quorum).await
    }

    pub(crate) async fn report_as(
        &self,
        number: u64,
        breaker: &str,
        state: Reported,
        quorum: Option<Quorum>,
    ) -> ReportReply {
        let reports = vec![Report {
            breaker: breaker.into(),
            state,
            shown: Shown::Automatic,
            quorum,
        }];
        self.report_all(number, reports).await
    }

    pub(crate) async fn report_all(&self, number: u64, reports: Vec<Report>) -> ReportReply {
        match self
            .execute(Command::Report {
                instance: self.instance.clone(),
                number,
                reports,
            })
            .await
        {
            Reply::Report(reply) => reply,
            other => panic!("expected a report's reply, got {other:?}"),
        }
    }

    /// Reports a trip of its own.
    pub(crate) async fn trips(&mut self, breaker: &str, cooldown: Duration) {
        let state = Reported::Open {
            remaining: cooldown,
            evidence: true,
        };
        assert_eq!(
            self.report(breaker, state, Some(TWO_AND_HALF)).await,
            ReportReply::Accepted
        );
    }

    pub(crate) async fn force(
        &self,
        breaker: &str,
        state: ForcedState,
        lasting: Option<Duration>,
    ) -> Version {
        match self.force_on(None, breaker, state, lasting).await {
            Reply::Changed(version) => version,
            other => panic!("expected a version, got {other:?}"),
        }
    }

    /// Forces a breaker on one instance, or on all.
    pub(crate) async fn force_on(
        &self,
        on: Option<&str>,
        breaker: &str,
        state: ForcedState,
        lasting: Option<Duration>,
    ) -> Reply {
        self.execute(Command::Force {
            breaker: breaker.into(),
            on: on.map(SharedName::from),
            state,
            lasting,
            who: "anna".to_owned(),
            reason: "provider down".to_owned(),
        })
        .await
    }

    pub(crate) async fn release(&self, breaker: &str) -> Version {
        match self.release_on(None, breaker).await {
            Reply::Changed(version) => version,
            other => panic!("expected a version, got {other:?}"),
        }
    }

    /// Releases a breaker on one instance, or on all.
    pub(crate) async fn release_on(&self, on: Option<&str>, breaker: &str) -> Reply {
        self.execute(Command::Release {
            breaker: breaker.into(),
            on: on.map(SharedName::from),
            who: "bert".to_owned(),
            reason: "provider is back".to_owned(),
        })
        .await
    }

    pub(crate) async fn acquire(&self, breaker: &str, lease: Duration) -> LeaseReply {
        let (breaker, instance): (SharedName, SharedName) = (breaker.into(), self.instance.name.clone());
        match self
            .execute(Command::Acquire {
                breaker,
                instance,
                lease,
            })
            .await
        {
            Reply::Lease(reply) => reply,
            other => panic!("expected a lease's reply, got {other:?}"),
        }
    }

    pub(crate) async fn acquires(&self, breaker: &str, lease: Duration) -> Version {
        match self.acquire(breaker, lease).await {
            LeaseReply::Granted { token, .. } => token,
            other => panic!("expected a lease, got {other:?}"),
        }
    }

    pub(crate) async fn renew(&self, breaker: &str, token: Version, lease: Duration) -> bool {
        let (breaker, instance): (SharedName, SharedName) = (breaker.into(), self.instance.name.clone());
        self.token(Command::Renew {
            breaker,
            instance,
            token,
            lease,
        })
        .await
    }

    pub(crate) async fn abandon(&self, breaker: &str, token: Version) -> bool {
        let (breaker, instance): (SharedName, SharedName) = (breaker.into(), self.instance.name.clone());
        self.token(Command::Abandon {
            breaker,
            instance,
            token,
        })
        .await
    }

    pub(crate) async fn finish(&self, breaker: &str, token: Version, end: TrialEnd) -> bool {
        let (breaker, instance): (SharedName, SharedName) = (breaker.into(), self.instance.name.clone());
        self.token(Command::Finish {
            breaker,
            instance,
            token,
            end,
        })
        .await
    }

    async fn token(&self, command: Command) -> bool {
        match self.execute(command).await {
            Reply::Token(accepted) => accepted,
            other => panic!("expected a token's reply, got {other:?}"),
        }
    }

    pub(crate) async fn overview(&self) -> Overview {
        match self.execute(Command::Overview).await {
            Reply::Overview(overview) => overview,
            other => panic!("expected an overview, got {other:?}"),
        }
    }
}
