//! Recommendation: posts for one reader.
//!
//! The fallback is the same for all readers.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use fusebox::circuit_breaker;

use super::{bad_gateway, profile::Profile};
use crate::{
    peer::{CallFailed, Peer},
    scenario::Protection,
};

/// The breaker of the calls to Profile.
pub(super) const PROFILE: &str = "recommendation → profile";

#[derive(Clone)]
struct Recommendations {
    profiles: Peer,
    protection: Protection,
}

pub(super) fn routes(profiles: Peer, protection: Protection) -> Router {
    let recommendations = Recommendations { profiles, protection };
    Router::new()
        .route("/recommendations/{reader}", get(recommend))
        .with_state(recommendations)
}

async fn recommend(
    State(recommendations): State<Recommendations>,
    Path(reader): Path<u64>,
) -> Result<Json<Vec<String>>, StatusCode> {
    let profile = match recommendations.protection {
        Protection::Nothing => reader_profile(&recommendations.profiles, reader).await,
        Protection::Breakers => reader_profile_or_default(&recommendations.profiles, reader).await,
    };
    let interests = profile.map_err(bad_gateway)?.interests;
    Ok(Json(
        interests
            .into_iter()
            .map(|topic| format!("more on {topic}"))
            .collect(),
    ))
}

async fn reader_profile(profiles: &Peer, reader: u64) -> Result<Profile, CallFailed> {
    profiles.get(&format!("profile/{reader}")).await
}

/// Only a rejection gets the default profile.
///
/// The few calls that fail before the breaker trips, and its trial calls, stay errors, for which
/// Feed hides the widget.
#[circuit_breaker(
    name = PROFILE,
    timeout = "100ms",
    cooldown = "500ms",
    max_cooldown = "1s",
    fallback = |_| Ok(Profile::named("reader".into(), "what others read")),
)]
async fn reader_profile_or_default(profiles: &Peer, reader: u64) -> Result<Profile, CallFailed> {
    reader_profile(profiles, reader).await
}
