//! The notes of all tasks to the reporter, in one order.

use std::time::{Duration, Instant};

use fusebox::{Event, EventKind, Reason, State};
use tokio::sync::mpsc::UnboundedSender;

use crate::{inventory::Health, load::Answer};

/// One thing that happened.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Note {
    /// Inventory was switched.
    Act { at: Moment, health: Health },
    /// The breaker changed.
    Transition {
        at: Moment,
        from: State,
        to: State,
        reason: Reason,
        cooldown: Option<Duration>,
    },
    /// An order was answered.
    Answer(Answer),
}

/// A moment, and how long after the start it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) instant: Instant,
    pub(crate) since_start: Duration,
}

/// Where notes are sent; all clones lead to one reporter.
#[derive(Clone)]
pub(crate) struct Notes {
    sender: UnboundedSender<Note>,
    start: Instant,
}

impl Notes {
    pub(crate) fn new(sender: UnboundedSender<Note>, start: Instant) -> Self {
        Self { sender, start }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    pub(crate) fn act(&self, health: Health) {
        self.send(Note::Act {
            at: self.now(),
            health,
        });
    }

    pub(crate) fn answer(&self, answer: Answer) {
        self.send(Note::Answer(answer));
    }

    pub(crate) fn event(&self, event: &Event) {
        if let Some(&EventKind::Transition {
            from,
            to,
            reason,
            cooldown,
            ..
        }) = event.kind()
        {
            self.send(Note::Transition {
                at: self.now(),
                from,
                to,
                reason,
                cooldown,
            });
        }
    }

    fn now(&self) -> Moment {
        let instant = Instant::now();
        Moment {
            instant,
            since_start: instant - self.start,
        }
    }

    fn send(&self, note: Note) {
        // The reporter is gone only when the story is over.
        let _ = self.sender.send(note);
    }
}
