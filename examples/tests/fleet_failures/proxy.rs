//! A TCP proxy that delays, drips and cuts.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    time::sleep,
};

/// The condition of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    /// Each piece of data arrives after this delay.
    Delayed(Duration),
    /// Each byte arrives alone, after this pause.
    Dripping(Duration),
    /// Connections end, and new ones end at once.
    Cut,
    /// Data disappears, and connections stay.
    Silent,
}

/// A proxy in front of one address.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    network: watch::Sender<Network>,
}

impl Proxy {
    pub(crate) async fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let network = watch::Sender::new(Network::Delayed(Duration::ZERO));
        let condition = network.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *condition.borrow() == Network::Cut {
                    continue;
                }
                if let Ok(server) = TcpStream::connect(target).await {
                    // Otherwise the kernel would join the bytes of a drip.
                    server.set_nodelay(true).expect("the connection is new");
                    client.set_nodelay(true).expect("the connection is new");
                    let (from_client, to_client) = client.into_split();
                    let (from_server, to_server) = server.into_split();
                    tokio::spawn(forward(from_client, to_server, condition.subscribe()));
                    tokio::spawn(forward(from_server, to_client, condition.subscribe()));
                }
            }
        });
        Self { address, network }
    }

    pub(crate) fn set(&self, network: Network) {
        self.network.send_replace(network);
    }
}

async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut network: watch::Receiver<Network>) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read.unwrap_or(0),
            _ = network.wait_for(|network| *network == Network::Cut) => 0,
        };
        if read == 0 {
            return;
        }
        let condition = *network.borrow();
        let (length, pause) = match condition {
            Network::Delayed(delay) => (read, delay),
            Network::Dripping(pause) => (1, pause),
            Network::Silent => continue,
            Network::Cut => return,
        };
        for piece in buffer[..read].chunks(length) {
            if !pause.is_zero() {
                sleep(pause).await;
            }
            if to.write_all(piece).await.is_err() || *network.borrow() == Network::Cut {
                return;
            }
        }
    }
}
