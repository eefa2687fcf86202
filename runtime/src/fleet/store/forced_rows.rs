//! The states that operators forced, on all instances or on one.

use std::collections::BTreeMap;

use crate::fleet::protocol::{
    Forced, ForcedState, OverrideRecord, SharedName, Version,
    limits::{LONGEST_REASON, LONGEST_WHO, RELEASE_MEMORY, clamped, millis, shortened},
};

/// Milliseconds of the server's clock.
pub(crate) type Millis = u64;

/// The newest operator command about each breaker.
#[derive(Debug, Clone, Default, Hash)]
pub(crate) struct ForcedRows(BTreeMap<SharedName, ForcedRow>);

#[derive(Debug, Clone, Hash)]
struct ForcedRow {
    state: Option<ForcedStateRow>,
    until: Option<Millis>,
    length: Millis,
    version: Version,
    /// It has ended by itself.
    /// It must not come back if the server's clock is set back.
    has_ended: bool,
}

#[derive(Debug, Clone, Hash)]
struct ForcedStateRow {
    is_open: bool,
    who: String,
    reason: String,
}

impl ForcedRows {
    /// Forces a breaker, or releases it.
    /// Returns the record, unless it is over at once.
    pub(crate) fn set(
        &mut self,
        now: Millis,
        breaker: &SharedName,
        over: Option<OverrideRecord>,
        version: Version,
    ) -> Option<Forced> {
        let row = ForcedRow::new(now, over, version);
        let record = row.at(now);
        self.0.insert(breaker.clone(), row);
        record
    }

    /// Returns the version of the command about this breaker that lasts.
    pub(crate) fn lasting(&self, now: Millis, breaker: &str) -> Option<Version> {
        let row = self.0.get(breaker)?;
        row.at(now).map(|record| record.version)
    }

    /// Ends the states that are older than a command for all instances.
    pub(crate) fn end_before(&mut self, all: &Self, epoch: u64) {
        self.0.retain(|breaker, row| {
            let newest = all.0.get(breaker).map(|row| row.version);
            newest.is_none_or(|newest| !newest.is_newer(row.version, epoch))
        });
    }

    /// Forgets what is over.
    ///
    /// The end of a state is remembered for a while, like a release: it has ended earlier states of
    /// single instances.
    pub(crate) fn forget_the_past(&mut self, now: Millis) {
        for row in self.0.values_mut() {
            // Once the server's clock was set back, nothing lasts longer than its full length from
            // now.
            row.until = row.until.map(|until| until.min(now + row.length));
            if row.state.is_some() && row.until.is_some_and(|until| until <= now) {
                *row = ForcedRow {
                    has_ended: true,
                    ..ForcedRow::new(now, None, row.version)
                };
            }
        }
        self.0.retain(|_, row| row.until.is_none_or(|until| until > now));
    }

    /// Returns the records that last.
    pub(crate) fn content(&self, now: Millis) -> Vec<(SharedName, Forced)> {
        let lasting = |(name, row): (&SharedName, &ForcedRow)| Some((name.clone(), row.at(now)?));
        self.0.iter().filter_map(lasting).collect()
    }
}

impl ForcedRow {
    fn new(now: Millis, over: Option<OverrideRecord>, version: Version) -> Self {
        let lasting = match &over {
            Some(over) => over.remaining,
            None => Some(RELEASE_MEMORY),
        };
        let length = lasting.map_or(0, millis);
        Self {
            until: lasting.map(|_| now + length),
            length,
            version,
            has_ended: false,
            state: over.map(|over| ForcedStateRow {
                is_open: over.state == ForcedState::Open,
                who: shortened(&over.who, LONGEST_WHO),
                reason: shortened(&over.reason, LONGEST_REASON),
            }),
        }
    }

    /// Returns the record at this time; `None` if it is over.
    fn at(&self, now: Millis) -> Option<Forced> {
        if self.has_ended || self.until.is_some_and(|until| until <= now) {
            return None;
        }
        let over = self.state.as_ref().map(|row| OverrideRecord {
            state: if row.is_open {
                ForcedState::Open
            } else {
                ForcedState::Closed
            },
            remaining: self.until.map(|until| clamped((until - now).min(self.length))),
            who: row.who.clone(),
            reason: row.reason.clone(),
        });
        Some(Forced {
            over,
            version: self.version,
        })
    }
}
