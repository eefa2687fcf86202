//! The services: real HTTP on loopback, one file each.

mod database;
mod feed;
mod gauge;
mod post;
mod profile;
mod recommendation;
mod trending;

use std::{sync::Arc, time::Duration};

use axum::{Router, http::StatusCode};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    Anyhow,
    peer::{CallFailed, Peer},
    scenario::Protection,
};
use database::Database;
use gauge::Gauge;

/// The services, from the browser to the database.
pub(crate) const SERVICES: [&str; 5] = ["Feed", "Recommendation", "Trending", "Post", "Profile"];
/// The breakers, in the order in which they are shown.
pub(crate) const BREAKERS: [&str; 4] = [
    feed::RECOMMENDATION,
    feed::TRENDING,
    recommendation::PROFILE,
    post::PROFILE,
];
/// The breakers in front of the database.
pub(crate) const PROFILE_BREAKERS: [&str; 2] = [recommendation::PROFILE, post::PROFILE];

/// All services of one run; dropping them ends them.
pub(crate) struct Services {
    pub(crate) database: Arc<Database>,
    /// The address of the feed.
    pub(crate) feed: String,
    gauges: [Gauge; SERVICES.len()],
    _running: JoinSet<std::io::Result<()>>,
}

impl Services {
    pub(crate) async fn start(protection: Protection, delay: Duration) -> Result<Self, Anyhow> {
        let database = Arc::new(Database::open(delay)?);
        let gauges: [Gauge; SERVICES.len()] = Default::default();
        let [feed, recommendation, trending, post, profile] = &gauges;
        let mut running = JoinSet::new();
        let profiles = serve(&mut running, profile, profile::routes(Arc::clone(&database))).await?;
        let profiles = Peer::new(profiles);
        let posts = serve(&mut running, post, post::routes(profiles.clone(), protection)).await?;
        let trends = serve(&mut running, trending, trending::routes(Peer::new(posts))).await?;
        let recommended = recommendation::routes(profiles, protection);
        let recommended = serve(&mut running, recommendation, recommended).await?;
        let page = feed::routes(Peer::new(recommended), Peer::new(trends), protection);
        let page = serve(&mut running, feed, page).await?;
        Ok(Self {
            database,
            feed: page,
            gauges,
            _running: running,
        })
    }

    /// Requests that each service has not answered yet.
    pub(crate) fn in_flight(&self) -> [usize; SERVICES.len()] {
        std::array::from_fn(|index| self.gauges[index].in_flight())
    }
}

/// Serves on a free port, and returns its address.
async fn serve(
    running: &mut JoinSet<std::io::Result<()>>,
    gauge: &Gauge,
    routes: Router,
) -> Result<String, Anyhow> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let routes = gauge.watch(routes);
    running.spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}

/// Turns a failed call into the status that the caller of the service gets.
#[allow(clippy::needless_pass_by_value, reason = "used as a function of an error")]
fn bad_gateway(_: CallFailed) -> StatusCode {
    StatusCode::BAD_GATEWAY
}
