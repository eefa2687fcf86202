//! The meaning of an error of the Redis client for the fleet.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::fleet::{
    protocol::limits::{LONGEST_REASON, shortened},
    store::StoreError,
};

/// The place and the operation of an error.
pub(crate) struct Context {
    pub(crate) address: Box<str>,
    pub(crate) keys: Box<str>,
    pub(crate) command: &'static str,
}

impl Context {
    /// Returns the error of the fleet for an error of the client.
    pub(crate) fn error(self, error: &RedisError) -> StoreError {
        let Self {
            address,
            keys,
            command,
        } = self;
        let code = error.code().unwrap_or_default();
        let reason = error.detail().map_or_else(|| error.to_string(), str::to_owned);
        // The server's text is input, and goes into log lines.
        let reason: Box<str> = shortened(&reason, LONGEST_REASON).into();
        match error.kind() {
            ErrorKind::AuthenticationFailed => StoreError::Authentication { address },
            ErrorKind::Parse => StoreError::Unsupported {
                address,
                reason: "it does not answer like a Redis server".into(),
            },
            ErrorKind::RESP3NotSupported => StoreError::Unsupported { address, reason },
            ErrorKind::Server(ServerErrorKind::NoPerm) => StoreError::Denied {
                address,
                command,
                reason,
            },
            _ if matches!(code, "WRONGPASS" | "NOAUTH") => StoreError::Authentication { address },
            _ if code == "WRONGTYPE" || reason.contains("WRONGTYPE") => {
                StoreError::ForeignData { address, keys }
            }
            _ if code == "LAYOUT" => StoreError::Layout {
                address,
                found: reason,
            },
            _ if is_denial(&reason) => StoreError::Denied {
                address,
                command,
                reason,
            },
            _ if reason.contains("Unknown Redis command") || reason.contains("unknown command") => {
                StoreError::Unsupported { address, reason }
            }
            ErrorKind::Io => StoreError::Unreachable {
                reason: with_hint(reason, command, &address),
                address,
            },
            _ => StoreError::Failed {
                address,
                command,
                reason,
            },
        }
    }
}

/// Returns the reason, and what to write if it is about TLS.
fn with_hint(reason: Box<str>, command: &str, address: &str) -> Box<str> {
    if let Some((_, problem)) = reason.split_once("invalid peer certificate: ") {
        let problem = match problem {
            "UnknownIssuer" => "UnknownIssuer; set SSL_CERT_FILE to the file of your certificate authority",
            other => other,
        };
        return format!("its certificate is refused: {problem}").into();
    }
    if reason.contains("corrupt message") {
        return "it does not answer with TLS; write `redis://` if it has none".into();
    }
    // A server that expects TLS ends a connection that starts without it.
    if command == "hello" && address.starts_with("redis://") && reason.contains("reset by peer") {
        return format!("{reason}; if it expects TLS, write `rediss://`").into();
    }
    reason
}

/// Returns whether a script failed because its user lacks a right. Redis has no
/// code for that.
fn is_denial(reason: &str) -> bool {
    ["NOPERM", "ACL failure", "The user executing the script can't"]
        .iter()
        .any(|text| reason.contains(text))
}
