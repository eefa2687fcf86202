//! The task that runs a member: its inputs, its timer, its commands.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

use crate::{
    BreakerEvent, Event, EventReceiver,
    fleet::{
        breakers::RegistryBreakers,
        local_event::{from_event, present},
        log,
        member::{Breakers, Condition, Input, LocalEvent, Member, Output, Request},
        protocol::{Name, Reply},
        status::Progress,
        store::{Backend, StoreError, StoreEvent},
    },
};

/// The longest pause without a look at the timers.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

/// How long the store may take to remove this instance.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(1);

/// A member with everything that it needs.
pub(crate) struct Driver {
    member: Member,
    breakers: RegistryBreakers,
    backend: Arc<dyn Backend>,
    store: mpsc::Receiver<StoreEvent>,
    events: EventReceiver,
    new_breakers: watch::Receiver<()>,
    /// The breakers of the last search, each with the address of its engine.
    ///
    /// A keyed breaker may have been evicted and made again since.
    known: HashMap<Name, usize>,
    replies: JoinSet<(Request, Result<Reply, StoreError>)>,
    progress: watch::Sender<Progress>,
    leaving: watch::Receiver<bool>,
    start: Instant,
}

impl Driver {
    pub(crate) fn new(
        member: Member,
        breakers: RegistryBreakers,
        (backend, store): (Arc<dyn Backend>, mpsc::Receiver<StoreEvent>),
        progress: watch::Sender<Progress>,
        leaving: watch::Receiver<bool>,
    ) -> Self {
        Self {
            events: breakers.registry().events(),
            new_breakers: breakers.registry().new_breakers(),
            member,
            breakers,
            backend,
            store,
            known: HashMap::new(),
            replies: JoinSet::new(),
            progress,
            leaving,
            start: Instant::now(),
        }
    }

    /// Runs until the process leaves.
    pub(crate) async fn run(mut self) {
        self.find_new_breakers();
        while let Some(input) = self.next_input().await {
            match input {
                Arrival::Input(input) => self.handle(input),
                Arrival::Event(event) => self.on_event(&event),
                Arrival::NewBreaker => self.find_new_breakers(),
                Arrival::Nothing => {}
            }
        }
        self.breakers.registry().set_fleet_health(None);
        self.progress.send_modify(|progress| progress.is_up = false);
        // An error: the store is gone, and the instance expires there.
        let _ = timeout(LEAVE_TIMEOUT, self.backend.execute(self.member.leave())).await;
    }

    async fn next_input(&mut self) -> Option<Arrival> {
        let wake = self.start + self.member.next_wake().min(self.start.elapsed() + LONGEST_SLEEP);
        tokio::select! {
            // An error: the last clone of the handle was dropped.
            _ = self.leaving.changed() => None,
            event = self.store.recv() => event.map(|event| Arrival::Input(Input::Store(event))),
            Some(done) = self.replies.join_next() => Some(match done {
                Ok((request, reply)) => Arrival::Input(Input::Reply(request, reply)),
                Err(_) => Arrival::Nothing,
            }),
            event = self.events.recv() => Some(match event {
                Ok(Event::Breaker(event)) => Arrival::Event(event),
                // Dropped events: the present states of the affected breakers follow.
                Ok(_) | Err(_) => Arrival::Nothing,
            }),
            Ok(()) = self.new_breakers.changed() => Some(Arrival::NewBreaker),
            () = sleep_until(wake) => Some(Arrival::Input(Input::Wake)),
        }
    }

    fn on_event(&mut self, event: &BreakerEvent) {
        let name = event.name.as_str();
        let view = self.breakers.view(name);
        if let Some(local) = view.and_then(|view| from_event(event, &view)) {
            self.handle(Input::Local(name.into(), local));
        }
    }

    /// Passes the breakers to the member that were made since the last time.
    fn find_new_breakers(&mut self) {
        let before = std::mem::take(&mut self.known);
        for breaker in self.breakers.all() {
            let name = Name::from(breaker.name());
            let address = std::ptr::from_ref(breaker.engine()).addr();
            self.known.insert(name.clone(), address);
            if before.get(&name) == Some(&address) {
                continue;
            }
            self.handle(Input::Local(name.clone(), LocalEvent::Appeared));
            let view = self.breakers.view(&name);
            if let Some(view) = view.filter(|view| view.condition != Condition::Closed) {
                let reason = breaker.snapshot().last_change.map(|change| change.reason);
                self.handle(Input::Local(name, present(&view, reason)));
            }
        }
    }

    fn handle(&mut self, input: Input) {
        for output in self.member.handle(self.start.elapsed(), input, &self.breakers) {
            match output {
                Output::Send(request, command) => {
                    let backend = Arc::clone(&self.backend);
                    self.replies
                        .spawn(async move { (request, backend.execute(command).await) });
                }
                Output::Warn(warning) => {
                    log::warn(self.member.service(), self.member.instance(), &warning);
                }
            }
        }
        let progress = Progress {
            joined_at: self.start,
            is_up: self.member.is_up(),
            synced_at: self.member.synced_at().map(|at| self.start + at),
            live: self.member.live(),
            ignored: self.member.ignored(),
        };
        self.progress.send_if_modified(|known| {
            let is_changed = *known != progress;
            *known = progress;
            is_changed
        });
    }
}

/// What the task waits for.
enum Arrival {
    Input(Input),
    Event(BreakerEvent),
    NewBreaker,
    Nothing,
}
