//! The task that runs a member: its inputs, its timer, its commands.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    task::{Id, JoinSet},
    time::{Instant, sleep_until, timeout},
};

use crate::{
    BreakerEvent, Event, EventReceiver,
    fleet::{
        breakers::RegistryBreakers,
        local_event::{from_event, is_override, present},
        log,
        member::{Breakers, Condition, Input, LocalEvent, Member, Output, Request},
        protocol::{Reply, SharedName},
        status::Progress,
        store::{Backend, StoreError, StoreEvent},
    },
};

/// The longest pause without a look at the timers.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

/// The search for new breakers takes at most one part in this many of the time.
///
/// A service with a breaker per user makes one with many of its calls.
const SEARCH_PART: u32 = 20;

/// How long the store may take to remove this instance.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(1);

/// A member with everything that it needs.
pub(crate) struct Driver {
    member: Member,
    breakers: RegistryBreakers,
    backend: Arc<dyn Backend>,
    store: mpsc::Receiver<StoreEvent>,
    /// No event of the store follows.
    is_store_lost: bool,
    events: EventReceiver,
    new_breakers: watch::Receiver<()>,
    /// The breakers of the last search, each with the address of its engine.
    ///
    /// A keyed breaker may have been evicted and made again since.
    known: HashMap<SharedName, usize>,
    /// No search before this time.
    search_at: Instant,
    replies: JoinSet<(Request, Result<Reply, StoreError>)>,
    /// The commands on their way, to answer one whose task panics.
    on_their_way: HashMap<Id, (Request, &'static str)>,
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
            is_store_lost: false,
            known: HashMap::new(),
            search_at: Instant::now(),
            replies: JoinSet::new(),
            on_their_way: HashMap::new(),
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
                Wakeup::Input(input) => self.handle(input),
                Wakeup::Event(event) => self.on_event(&event),
                Wakeup::NewBreaker => self.find_new_breakers(),
                Wakeup::Nothing => {}
            }
        }
        self.progress.send_modify(|progress| progress.is_up = false);
        self.breakers.registry().set_fleet_health(None);
        // An error: the store is gone, and the instance expires there.
        let _ = timeout(LEAVE_TIMEOUT, self.backend.execute(self.member.leave())).await;
    }

    async fn next_input(&mut self) -> Option<Wakeup> {
        let search_at = self.search_at;
        let wake = self.start + self.member.next_wake().min(self.start.elapsed() + LONGEST_SLEEP);
        tokio::select! {
            // An error: the last clone of the handle was dropped.
            _ = self.leaving.changed() => None,
            event = self.store.recv(), if !self.is_store_lost => {
                self.is_store_lost = event.is_none();
                // Only a panic ends the task of the connection. The member runs on without a store.
                let event = event.unwrap_or_else(|| StoreEvent::Down(panic_of("connect")));
                Some(Wakeup::Input(Input::Store(event)))
            }
            Some(done) = self.replies.join_next_with_id() => {
                let id = done.as_ref().map_or_else(tokio::task::JoinError::id, |(id, _)| *id);
                let panicked = self.on_their_way.remove(&id);
                match (done, panicked) {
                    (Ok((_, (request, reply))), _) => Some(Wakeup::Input(Input::Reply(request, reply))),
                    (Err(_), Some((request, command))) => {
                        Some(Wakeup::Input(Input::Reply(request, Err(panic_of(command)))))
                    }
                    (Err(_), None) => Some(Wakeup::Nothing),
                }
            }
            event = self.events.recv() => Some(match event {
                Ok(Event::Breaker(event)) => Wakeup::Event(event),
                // Dropped events: the present states of the affected breakers follow.
                Ok(_) | Err(_) => Wakeup::Nothing,
            }),
            Ok(()) = new_breaker(&mut self.new_breakers, search_at) => Some(Wakeup::NewBreaker),
            () = sleep_until(wake) => Some(Wakeup::Input(Input::Wake)),
        }
    }

    fn on_event(&mut self, event: &BreakerEvent) {
        let name = event.name.as_str();
        let view = self.breakers.view(name);
        if let Some(local) = view.and_then(|view| from_event(event, &view)) {
            self.handle(Input::Local(name.into(), local));
        }
        if is_override(event) {
            self.handle(Input::Local(name.into(), LocalEvent::Overridden));
        }
    }

    /// Passes the breakers to the member that were made since the last time.
    fn find_new_breakers(&mut self) {
        let start = Instant::now();
        self.compare_breakers();
        self.search_at = Instant::now() + start.elapsed() * SEARCH_PART;
    }

    fn compare_breakers(&mut self) {
        let before = std::mem::take(&mut self.known);
        for breaker in self.breakers.all() {
            let name = SharedName::from(breaker.name());
            let address = std::ptr::from_ref(breaker.engine()).addr();
            self.known.insert(name.clone(), address);
            if before.get(&name) == Some(&address) {
                continue;
            }
            self.handle(Input::Local(name.clone(), LocalEvent::Appeared));
            let Some(view) = self.breakers.view(&name) else {
                continue;
            };
            if view.condition != Condition::Closed {
                let reason = breaker.snapshot().last_change.map(|change| change.reason);
                self.handle(Input::Local(name.clone(), present(&view, reason)));
            }
            if view.is_forced {
                self.handle(Input::Local(name, LocalEvent::Overridden));
            }
        }
    }

    fn handle(&mut self, input: Input) {
        for output in self.member.handle(self.start.elapsed(), input, &self.breakers) {
            match output {
                Output::Send(request, command) => {
                    let (backend, name) = (Arc::clone(&self.backend), command.name());
                    let task = self
                        .replies
                        .spawn(async move { (request, backend.execute(command).await) });
                    self.on_their_way.insert(task.id(), (request, name));
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

/// A member whose task panics stays visible as down.
///
/// One that is dropped with its runtime has left.
impl Drop for Driver {
    fn drop(&mut self) {
        self.progress.send_modify(|progress| progress.is_up = false);
        if !std::thread::panicking() {
            self.breakers.registry().set_fleet_health(None);
        }
    }
}

/// Waits for a new breaker, and for the time of the next search.
///
/// Dropping the future loses no breaker: the change is marked as seen by the search.
async fn new_breaker(
    new_breakers: &mut watch::Receiver<()>,
    search_at: Instant,
) -> Result<(), watch::error::RecvError> {
    // `wait_for` and `changed` mark the change as seen, and then the pause could be cancelled.
    let mut pending = new_breakers.clone();
    pending.changed().await?;
    sleep_until(search_at).await;
    new_breakers.changed().await
}

fn panic_of(command: &'static str) -> StoreError {
    StoreError::Failed {
        address: "of this process".into(),
        command,
        reason: "its task panicked".into(),
    }
}

/// One of the things that the task waits for.
enum Wakeup {
    Input(Input),
    Event(BreakerEvent),
    NewBreaker,
    Nothing,
}
