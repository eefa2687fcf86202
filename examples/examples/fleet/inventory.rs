//! The inventory service: one byte is a request, one byte is the answer.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// How the inventory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    Healthy,
    /// Every answer is an error.
    Sick,
    /// No answer before the health changes.
    #[allow(dead_code, reason = "the tests of failures need it")]
    Hanging,
}

/// The inventory service. Clones are one service.
#[derive(Clone)]
pub(crate) struct Inventory {
    health: watch::Sender<Health>,
    requests: Arc<AtomicU64>,
}

impl Inventory {
    /// Starts it on a free port.
    pub(crate) async fn start() -> io::Result<(Self, SocketAddr)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let inventory = Self {
            health: watch::Sender::new(Health::Healthy),
            requests: Arc::default(),
        };
        let serving = inventory.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        Ok((inventory, address))
    }

    pub(crate) fn set(&self, health: Health) {
        self.health.send_replace(health);
    }

    #[allow(dead_code, reason = "the tests of failures set it only")]
    pub(crate) fn health(&self) -> Health {
        *self.health.borrow()
    }

    /// The requests that reached it so far.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut health = self.health.subscribe();
        while stream.read_u8().await.is_ok() {
            self.requests.fetch_add(1, Ordering::SeqCst);
            let answer = match health.wait_for(|health| *health != Health::Hanging).await {
                Ok(health) if *health == Health::Healthy => b'+',
                Ok(_) => b'-',
                Err(_) => return,
            };
            if stream.write_u8(answer).await.is_err() {
                return;
            }
        }
    }
}

/// A client with one connection.
pub(crate) struct Client {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Client {
    pub(crate) const fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
        }
    }

    /// Makes one request.
    ///
    /// An error ends the connection, and the next request opens another.
    pub(crate) async fn request(&mut self) -> io::Result<()> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(self.address).await?,
        };
        stream.write_u8(b'?').await?;
        let answer = stream.read_u8().await?;
        self.stream = Some(stream);
        match answer {
            b'+' => Ok(()),
            _ => Err(io::Error::other("the inventory is sick")),
        }
    }
}
