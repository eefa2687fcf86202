//! Feed: the page. Falls back on a page without the widget.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use fusebox::circuit_breaker;

use super::bad_gateway;
use crate::{
    peer::{CallFailed, Peer},
    recording::Page,
    scenario::Protection,
};

/// The breaker of the calls to Recommendation.
pub(super) const RECOMMENDATION: &str = "feed → recommendation";
/// The breaker of the calls to Trending.
pub(super) const TRENDING: &str = "feed → trending";

#[derive(Clone)]
struct Feed {
    recommendations: Peer,
    trending: Peer,
    protection: Protection,
}

/// A part of the page; `None` is a part that is left out.
type Widget<T> = Result<Option<T>, CallFailed>;

pub(super) fn routes(recommendations: Peer, trending: Peer, protection: Protection) -> Router {
    let feed = Feed {
        recommendations,
        trending,
        protection,
    };
    Router::new().route("/feed/{reader}", get(page)).with_state(feed)
}

async fn page(State(feed): State<Feed>, Path(reader): Path<u64>) -> Result<Json<Page>, StatusCode> {
    let (recommendations, trending) = match feed.protection {
        Protection::Nothing => tokio::join!(
            recommendations(&feed.recommendations, reader),
            trending(&feed.trending, reader)
        ),
        Protection::Breakers => tokio::join!(
            recommendations_or_nothing(&feed.recommendations, reader),
            trending_or_nothing(&feed.trending, reader)
        ),
    };
    Ok(Json(Page {
        has_recommendations: recommendations.map_err(bad_gateway)?.is_some(),
        has_trending: trending.map_err(bad_gateway)?.is_some(),
    }))
}

async fn recommendations(recommendations: &Peer, reader: u64) -> Widget<Vec<String>> {
    recommendations
        .get(&format!("recommendations/{reader}"))
        .await
        .map(Some)
}

async fn trending(trending: &Peer, reader: u64) -> Widget<String> {
    trending.get(&format!("trending/{reader}")).await.map(Some)
}

#[circuit_breaker(
    name = RECOMMENDATION,
    threshold = "50%",
    window = "2s",
    timeout = "200ms",
    cooldown = "1s",
    fallback = |_| Ok(None),
    fallback_on = "failure",
)]
async fn recommendations_or_nothing(peer: &Peer, reader: u64) -> Widget<Vec<String>> {
    recommendations(peer, reader).await
}

#[circuit_breaker(
    name = TRENDING,
    threshold = "50%",
    window = "2s",
    timeout = "200ms",
    cooldown = "1s",
    fallback = |_| Ok(None),
    fallback_on = "failure",
)]
async fn trending_or_nothing(peer: &Peer, reader: u64) -> Widget<String> {
    trending(peer, reader).await
}
