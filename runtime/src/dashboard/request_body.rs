//! The body of a command, up to a limit.

use std::{future::poll_fn, pin::pin, time::Duration};

use bytes::Buf;
use http::StatusCode;
use http_body::Body;

use super::answer::Problem;

/// The largest body, in bytes.
pub(super) const LIMIT: usize = 4096;
/// How much of a larger body is read and thrown away.
///
/// So its sender gets an answer, and not a broken connection.
const DISCARDED: usize = 4 << 20;
/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads a body of at most [`LIMIT`] bytes of UTF-8.
pub(super) async fn read<B: Body>(body: B) -> Result<String, Problem> {
    let bytes = tokio::time::timeout(PATIENCE, collect(body))
        .await
        .map_err(|_| Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive within 5 s"))??;
    String::from_utf8(bytes).map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body is not UTF-8"))
}

async fn collect<B: Body>(body: B) -> Result<Vec<u8>, Problem> {
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    let mut received = 0;
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body broke off"))?;
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        received += data.remaining();
        if received > DISCARDED {
            break;
        }
        while data.has_remaining() && received <= LIMIT {
            bytes.extend_from_slice(data.chunk());
            data.advance(data.chunk().len());
        }
    }
    if received > LIMIT {
        let message = format!("the body has more than {LIMIT} bytes");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    Ok(bytes)
}
