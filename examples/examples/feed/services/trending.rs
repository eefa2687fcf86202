//! Trending: the post of the hour. No breaker, because Post always answers.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};

use super::{bad_gateway, post::Post};
use crate::peer::Peer;

pub(super) fn routes(posts: Peer) -> Router {
    Router::new()
        .route("/trending/{seed}", get(trending))
        .with_state(posts)
}

async fn trending(State(posts): State<Peer>, Path(seed): Path<u64>) -> Result<Json<String>, StatusCode> {
    let post: Post = posts.get(&format!("post/{seed}")).await.map_err(bad_gateway)?;
    Ok(Json(format!("{} by {}", post.title, post.author)))
}
