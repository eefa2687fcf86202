//! Profile: reads the database, and has nothing to fall back on.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use serde::{Deserialize, Serialize};

use super::database::Database;

/// The name of a reader, and what to recommend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) interests: Vec<String>,
}

impl Profile {
    pub(super) fn named(name: String, interest: &str) -> Self {
        let interests = vec![interest.to_owned()];
        Self { name, interests }
    }
}

pub(super) fn routes(database: Arc<Database>) -> Router {
    Router::new()
        .route("/profile/{id}", get(profile))
        .with_state(database)
}

async fn profile(
    State(database): State<Arc<Database>>,
    Path(id): Path<u64>,
) -> Result<Json<Profile>, StatusCode> {
    let name = database
        .name(id)
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(Profile::named(name, &format!("topic {}", id % 7))))
}
