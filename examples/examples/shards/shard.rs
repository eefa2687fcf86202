//! One shard: a server on a port of its own, and its faults.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// The health of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    Healthy,
    /// It closes each connection.
    Crashed,
    /// It never answers.
    Hanging,
    /// Two of three queries return an error.
    Flaky,
}

/// A running shard. Clones are one shard.
#[derive(Debug, Clone)]
pub(crate) struct Shard {
    pub(crate) address: SocketAddr,
    health: watch::Sender<Health>,
    queries: Arc<AtomicU32>,
}

impl Shard {
    /// Starts a healthy one on a free port.
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let shard = Self {
            address: listener.local_addr()?,
            health: watch::Sender::new(Health::Healthy),
            queries: Arc::default(),
        };
        let serving = shard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // An error: the client has closed the connection.
                let serving = serving.clone();
                tokio::spawn(async move { drop(serving.serve(stream).await) });
            }
        });
        Ok(shard)
    }

    pub(crate) fn set(&self, health: Health) {
        self.health.send_replace(health);
    }

    /// The queries that reached it so far.
    pub(crate) fn queries(&self) -> u32 {
        self.queries.load(Relaxed)
    }

    async fn serve(self, mut stream: TcpStream) -> io::Result<()> {
        stream.read_u8().await?;
        let number = self.queries.fetch_add(1, Relaxed);
        let mut health = self.health.subscribe();
        let now = *health.borrow_and_update();
        match now {
            Health::Healthy => stream.write_u8(b'+').await,
            Health::Crashed => Ok(()),
            Health::Flaky if number.is_multiple_of(3) => stream.write_u8(b'+').await,
            Health::Flaky => stream.write_u8(b'-').await,
            Health::Hanging => {
                // Waits until it is repaired. By then the client has given up.
                let _ = health.changed().await;
                Ok(())
            }
        }
    }
}
