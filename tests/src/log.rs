//! Subscribers of `tracing`: what the crate logs, line by line.

use std::{
    cell::Cell,
    fmt::{Debug, Write},
    sync::{Arc, Mutex, PoisonError},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span, subscriber,
};

thread_local! {
    /// How many spans this thread is in.
    static SPANS: Cell<u32> = const { Cell::new(0) };
}

/// A `tracing` subscriber that calls a function for each event of the crate.
#[derive(Debug)]
pub struct OnLine<F>(pub F);

impl<F: Fn(&Event<'_>) + 'static> Subscriber for OnLine<F> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "fusebox"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        (self.0)(event);
    }

    fn enter(&self, _: &span::Id) {
        SPANS.set(SPANS.get() + 1);
    }

    fn exit(&self, _: &span::Id) {
        SPANS.set(SPANS.get() - 1);
    }
}

/// All lines that were logged through its [subscriber](Self::subscriber).
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<Line>>>);

/// One line.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The level, and the message alone.
    pub message: String,
    /// The level, and every field with its name.
    pub fields: String,
    /// In how many spans it was logged.
    pub spans: u32,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.fields, " {field}={value:?}").expect("a string takes it");
        if field.name() == "message" {
            write!(self.message, " {value:?}").expect("a string takes it");
        }
    }
}

impl Log {
    /// Returns what `run` logs on this thread.
    pub fn of(run: impl FnOnce()) -> Self {
        let log = Self::default();
        subscriber::with_default(log.subscriber(), run);
        log
    }

    /// Returns a subscriber that adds to this log.
    pub fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        let log = Arc::clone(&self.0);
        OnLine(move |event: &Event<'_>| {
            let level = event.metadata().level().to_string();
            let mut line = Line {
                message: level.clone(),
                fields: level,
                spans: SPANS.get(),
            };
            event.record(&mut line);
            log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        })
    }

    /// Returns the lines so far.
    pub fn lines(&self) -> Vec<Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns level and message of each line.
    pub fn messages(&self) -> Vec<String> {
        self.lines().into_iter().map(|line| line.message).collect()
    }

    /// Returns level and fields of each line.
    pub fn fields(&self) -> Vec<String> {
        self.lines().into_iter().map(|line| line.fields).collect()
    }
}
