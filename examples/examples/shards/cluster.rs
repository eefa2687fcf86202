//! The forty shards, and which of them fail when.

use std::{io, net::SocketAddr, ops::Range, time::Duration};

use tokio::time::{Instant, sleep_until};

use crate::shard::{Health, Shard};

/// The number of shards.
pub(crate) const SHARDS: usize = 40;

/// A fault of one shard, for this time.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) shard: usize,
    pub(crate) health: Health,
    pub(crate) time: Range<Duration>,
}

/// All shards.
#[derive(Debug)]
pub(crate) struct Cluster {
    shards: Vec<Shard>,
}

impl Cluster {
    pub(crate) async fn start() -> io::Result<Self> {
        let mut shards = Vec::with_capacity(SHARDS);
        for _ in 0..SHARDS {
            shards.push(Shard::start().await?);
        }
        Ok(Self { shards })
    }

    pub(crate) fn address(&self, shard: usize) -> SocketAddr {
        self.shards[shard].address
    }

    /// The queries that reached each shard so far.
    pub(crate) fn queries(&self) -> Vec<u32> {
        self.shards.iter().map(Shard::queries).collect()
    }

    /// Breaks the shards and repairs them.
    pub(crate) async fn suffer(&self, start: Instant) {
        let mut changes: Vec<_> = faults()
            .into_iter()
            .flat_map(|fault| {
                [
                    (fault.time.start, fault.shard, fault.health),
                    (fault.time.end, fault.shard, Health::Healthy),
                ]
            })
            .collect();
        changes.sort_by_key(|(at, ..)| *at);
        for (at, shard, health) in changes {
            sleep_until(start + at).await;
            self.shards[shard].set(health);
        }
    }
}

/// A rack of eight crashes, two shards hang, two are flaky.
pub(crate) fn faults() -> Vec<Fault> {
    let fault = |shard, health, from, until| Fault {
        shard,
        health,
        time: Duration::from_millis(from)..Duration::from_millis(until),
    };
    let mut faults: Vec<_> = (16..24)
        .map(|shard| fault(shard, Health::Crashed, 600, 6000))
        .collect();
    faults.extend([
        fault(4, Health::Flaky, 800, 5000),
        fault(29, Health::Flaky, 1200, 5500),
        fault(34, Health::Hanging, 600, 6300),
        fault(37, Health::Hanging, 1000, 6300),
    ]);
    faults
}
