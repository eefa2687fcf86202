//! A client of another service.

use fusebox::{Rejected, TimedOut};
use reqwest::Client;
use serde::de::DeserializeOwned;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallFailed {
    #[error(transparent)]
    Rejected(#[from] Rejected),
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
    #[error(transparent)]
    Http(#[from] reqwest::Error),
}

/// The address of a service, and the connections to it.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    url: String,
    client: Client,
}

impl Peer {
    pub(crate) fn new(url: String) -> Self {
        Self {
            url,
            client: Client::new(),
        }
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallFailed> {
        let response = self.client.get(format!("{}/{path}", self.url)).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }
}
