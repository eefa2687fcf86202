//! One function for all shards: the part of this program to copy.

use std::{io, time::Duration};

use fusebox::{Refusal, circuit_breaker};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::cluster::Cluster;

/// The group of the breakers.
pub(crate) const GROUP: &str = "shards";
/// A shard that does not answer within this time hangs.
pub(crate) const TIMEOUT: Duration = Duration::from_millis(500);

#[derive(Debug, thiserror::Error)]
pub(crate) enum QueryError {
    #[error("the shard does not work: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Refused(Refusal),
}

/// Each shard has a breaker of its own, `shards[0]` to `shards[39]`.
#[circuit_breaker(name = GROUP, key = shard, max_keys = 64, timeout = TIMEOUT, error = QueryError::Refused)]
pub(crate) async fn query(cluster: &Cluster, shard: usize) -> Result<(), QueryError> {
    let mut stream = TcpStream::connect(cluster.address(shard)).await?;
    stream.write_u8(b'?').await?;
    match stream.read_u8().await? {
        b'+' => Ok(()),
        _ => Err(io::Error::other("an error came back").into()),
    }
}
