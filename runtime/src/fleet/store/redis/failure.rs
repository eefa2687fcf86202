//! What an error of the Redis client means for the fleet.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::fleet::{
    protocol::limits::{LONGEST_REASON, shortened},
    store::StoreError,
};

/// Where and at what an error happened.
pub(crate) struct Context {
    pub(crate) address: Box<str>,
    pub(crate) keys: Box<str>,
    pub(crate) command: &'static str,
}

impl Context {
    /// The error of the fleet for an error of the client.
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
            ErrorKind::Io => StoreError::Unreachable { address, reason },
            _ => StoreError::Failed {
                address,
                command,
                reason,
            },
        }
    }
}

/// Whether a script failed because its user lacks a right.
/// Redis has no code for that.
fn is_denial(reason: &str) -> bool {
    ["NOPERM", "ACL failure", "The user executing the script can't"]
        .iter()
        .any(|text| reason.contains(text))
}
