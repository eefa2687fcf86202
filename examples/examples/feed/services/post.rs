//! Post: a text and its author. Falls back on the author as last seen.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use fusebox::circuit_breaker;
use serde::{Deserialize, Serialize};

use super::{bad_gateway, profile::Profile};
use crate::{
    peer::{CallFailed, Peer},
    scenario::Protection,
};

/// The breaker of the calls to Profile.
pub(super) const PROFILE: &str = "post → profile";

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Post {
    pub(super) title: String,
    pub(super) author: String,
}

#[derive(Clone)]
struct Posts {
    profiles: Peer,
    protection: Protection,
}

pub(super) fn routes(profiles: Peer, protection: Protection) -> Router {
    let posts = Posts { profiles, protection };
    Router::new().route("/post/{id}", get(post)).with_state(posts)
}

async fn post(State(posts): State<Posts>, Path(id): Path<u64>) -> Result<Json<Post>, StatusCode> {
    let author_id = id % 10;
    let author = match posts.protection {
        Protection::Nothing => author(&posts.profiles, author_id).await,
        Protection::Breakers => author_or_last_known(&posts.profiles, author_id).await,
    };
    Ok(Json(Post {
        title: format!("post {id}"),
        author: author.map_err(bad_gateway)?.name,
    }))
}

async fn author(profiles: &Peer, id: u64) -> Result<Profile, CallFailed> {
    profiles.get(&format!("profile/{id}")).await
}

#[circuit_breaker(
    name = PROFILE,
    timeout = "100ms",
    cooldown = "500ms",
    max_cooldown = "1s",
    last_good = "1m",
    last_good_key = id,
    // The default for an unknown author.
    fallback = |_| Ok(Profile::named(format!("author {id}"), "")),
    fallback_on = "failure",
)]
async fn author_or_last_known(profiles: &Peer, id: u64) -> Result<Profile, CallFailed> {
    author(profiles, id).await
}
