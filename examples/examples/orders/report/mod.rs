//! Prints what happens: for people, or as JSON lines.

mod for_people;
mod json;
mod paint;

use std::net::SocketAddr;

use fusebox::Settings;

use self::for_people::ForPeople;
use crate::{notes::Note, options::Options, record::Tick, verdict::Verdict};

/// One of the two ways to print.
pub(crate) enum Report {
    ForPeople(Box<ForPeople>),
    Json,
}

impl Report {
    pub(crate) fn new(options: Options, settings: &Settings) -> Self {
        if options.json {
            Self::Json
        } else {
            Self::ForPeople(Box::new(ForPeople::new(settings)))
        }
    }

    pub(crate) fn begin(&self, shop: SocketAddr, inventory: SocketAddr) {
        match self {
            Self::ForPeople(people) => people.begin(shop, inventory),
            Self::Json => {}
        }
    }

    /// An act or a transition. Answers are reported in ticks.
    pub(crate) fn note(&self, note: &Note) {
        match self {
            Self::ForPeople(people) => people.note(note),
            Self::Json => json::note(note),
        }
    }

    pub(crate) fn tick(&self, tick: &Tick) {
        match self {
            Self::ForPeople(people) => people.tick(tick),
            Self::Json => json::tick(tick),
        }
    }

    pub(crate) fn end(&self, verdict: &Verdict) {
        match self {
            Self::ForPeople(people) => people.end(verdict),
            Self::Json => json::end(verdict),
        }
    }
}
