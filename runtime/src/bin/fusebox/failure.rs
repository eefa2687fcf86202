//! The failure of a command, and its exit code.

use std::process::ExitCode;

use fusebox::fleet::{ConnectError, StoreError};

/// The reason why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The arguments do not fit together.
    #[error("{0}")]
    Usage(String),
    /// Done nothing, or not everything.
    #[error("{0}")]
    Refused(String),
    /// No answer.
    #[error("{0}")]
    Unreachable(String),
    /// The token or the password is wrong.
    #[error("{0}")]
    Secret(String),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Refused(_) => 1,
            Self::Usage(_) => 2,
            Self::Unreachable(_) => 3,
            Self::Secret(_) => 4,
        })
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::Url { .. } => Self::Usage(text),
            StoreError::Unreachable { .. } | StoreError::Timeout { .. } => Self::Unreachable(text),
            StoreError::Authentication { .. } => Self::Secret(text),
            _ => Self::Refused(text),
        }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Store(error) => error.into(),
            other => Self::Usage(other.to_string()),
        }
    }
}
