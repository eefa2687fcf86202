//! The page on a port of its own.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream, lookup_host},
    sync::Semaphore,
    task::{AbortHandle, JoinSet},
    time,
};
use tower_service::Service;

use super::{Dashboard, ServeError, policy::LocalAddress, stall::Stall};

/// How many connections are open at once; more wait.
const CONNECTIONS: usize = 256;
/// How long a client may take for the head of a request, or between two.
const HEAD: Duration = Duration::from_secs(10);

/// A page with a port. Dropping it closes the port and all connections.
#[derive(Debug)]
#[must_use = "the page is closed when this is dropped; call `detach` to keep it"]
pub struct Server {
    address: SocketAddr,
    task: Option<AbortHandle>,
}

impl Dashboard {
    /// Listens on an address such as `127.0.0.1:9090`, and serves from a task.
    ///
    /// Port 0 takes a free port; [`Server::address`] returns it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), fusebox::dashboard::ServeError> {
    /// use fusebox::{Registry, dashboard::Dashboard};
    ///
    /// let page = Dashboard::new(Registry::global()).serve("127.0.0.1:0").await?;
    /// println!("http://{}", page.address());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ServeError`] if the text is not an address, if the address is in use, or if other machines
    /// can reach it and no token was [required](Self::require_token).
    ///
    /// # Panics
    /// Outside of a tokio runtime with I/O and time.
    pub async fn serve(self, address: impl AsRef<str>) -> Result<Server, ServeError> {
        let address = resolve(address.as_ref()).await?;
        if !address.ip().is_loopback() && !self.policy.has_readers_token() {
            return Err(ServeError::NoToken { address });
        }
        let bound = TcpListener::bind(address).await;
        let failed = |source| ServeError::Bind { address, source };
        let listener = bound.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let task = tokio::spawn(accept(listener, self)).abort_handle();
        Ok(Server {
            address,
            task: Some(task),
        })
    }
}

impl Server {
    /// Returns the address that it listens on.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves for the life of the runtime.
    pub fn detach(mut self) {
        self.task = None;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn resolve(text: &str) -> Result<SocketAddr, ServeError> {
    let wrong = |source| ServeError::Address {
        address: text.to_owned(),
        source,
    };
    let mut addresses = lookup_host(text).await.map_err(wrong)?;
    let unknown = || wrong(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
    addresses.next().ok_or_else(unknown)
}

/// Serves each connection from a task. All tasks end with this one.
async fn accept(listener: TcpListener, dashboard: Dashboard) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let dashboard = dashboard.clone();
                connections.spawn(async move {
                    serve_connection(stream, dashboard).await;
                    drop(slot);
                });
            }
            // For example, the process has no file descriptor left.
            Err(_) => time::sleep(Duration::from_millis(100)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_connection(stream: TcpStream, dashboard: Dashboard) {
    let Ok(local) = stream.local_addr() else {
        return;
    };
    let respond = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(LocalAddress(local.ip()));
        dashboard.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(Stall::new(stream)), respond);
    // A client that breaks off is not an error of this program.
    drop(connection.await);
}
