//! The recording of one run.

use std::{ops::Range, time::Duration};

use fusebox::State;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::{
    scenario::{IN_TIME, SLOW_FROM, SLOW_UNTIL},
    services::SERVICES,
};

/// The requests, answers and changes of one run. All times are from its start.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) feeds: Vec<Feed>,
    /// Samples of the requests that each service had not answered.
    pub(crate) in_flight: Vec<(Duration, [usize; SERVICES.len()])>,
    pub(crate) changes: Vec<Change>,
    /// The time of a query.
    pub(crate) queries: Vec<Duration>,
}

/// One requested feed.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    pub(crate) intended: Duration,
    pub(crate) latency: Duration,
    pub(crate) answer: Answer,
}

/// What the browser got.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Page(Page),
    Error,
    /// None: the browser gave up.
    Nothing,
}

/// The parts that the page of a feed had.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Page {
    pub(crate) has_recommendations: bool,
    pub(crate) has_trending: bool,
}

/// A breaker changed its state.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) at: Duration,
    pub(crate) breaker: String,
    pub(crate) to: State,
}

impl Feed {
    pub(crate) fn is_in_time(&self) -> bool {
        matches!(self.answer, Answer::Page(_)) && self.latency <= IN_TIME
    }

    /// Whether a widget was missing from the page.
    pub(crate) fn hides_something(&self) -> bool {
        matches!(self.answer, Answer::Page(page) if !page.has_recommendations || !page.has_trending)
    }
}

/// The feeds of a span of time, in numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Summary {
    pub(crate) offered: usize,
    pub(crate) in_time: usize,
    pub(crate) hidden: usize,
    pub(crate) queries: usize,
    /// A feed without an answer counts as slower than every other.
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
}

impl Recording {
    /// The feeds that were meant to start within `span`.
    pub(crate) fn summary(&self, span: Range<Duration>) -> Summary {
        let feeds = || self.feeds.iter().filter(|feed| span.contains(&feed.intended));
        // One microsecond to one minute, exact to two digits.
        let mut latencies =
            Histogram::<u64>::new_with_bounds(1, 60_000_000, 2).expect("the bounds are legal");
        for feed in feeds() {
            let micros = u64::try_from(feed.latency.as_micros()).unwrap_or(u64::MAX);
            latencies.saturating_record(micros);
        }
        Summary {
            offered: feeds().count(),
            in_time: feeds().filter(|feed| feed.is_in_time()).count(),
            hidden: feeds().filter(|feed| feed.hides_something()).count(),
            queries: self.queries.iter().filter(|at| span.contains(at)).count(),
            median: Duration::from_micros(latencies.value_at_quantile(0.5)),
            p99: Duration::from_micros(latencies.value_at_quantile(0.99)),
        }
    }

    pub(crate) fn outage(&self) -> Summary {
        self.summary(SLOW_FROM..SLOW_UNTIL)
    }

    /// When this breaker was in which state, up to `end`.
    pub(crate) fn bands(&self, breaker: &str, end: Duration) -> Vec<(Range<Duration>, State)> {
        let mut bands = Vec::new();
        let (mut since, mut state) = (Duration::ZERO, State::Closed);
        for change in self.changes.iter().filter(|change| change.breaker == breaker) {
            bands.push((since..change.at, state));
            (since, state) = (change.at, change.to);
        }
        bands.push((since..end.max(since), state));
        bands
    }
}
