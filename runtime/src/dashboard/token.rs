//! The secret that a client presents.

use std::{fmt, fs, hint::black_box, io, path::Path, sync::Arc};

/// The fewest characters of a token: enough that guessing is hopeless.
const SHORTEST: usize = 16;

/// A secret that clients present as `Authorization: Bearer …`.
///
/// `Debug` does not show it, and it is compared in constant time. `openssl rand -hex 32` makes a
/// good one.
#[derive(Clone)]
pub struct Token(Arc<str>);

/// The reason why a token cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The token has fewer than 16 characters.
    #[error("a dashboard token has at least {SHORTEST} characters; `openssl rand -hex 32` makes one")]
    Short,
    /// The token contains characters that are not visible ASCII.
    #[error("a dashboard token has visible ASCII characters only; `openssl rand -hex 32` makes one")]
    Unprintable,
    /// The token's file cannot be read, or is not text.
    #[error("the dashboard's token file `{path}` cannot be read: {source}")]
    #[non_exhaustive]
    File {
        /// The path of the file.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// Every user of the machine may read or write the token's file.
    #[error(
        "the dashboard's token file `{path}` is open to every user (mode {mode:o}); run `chmod 600 {path}`"
    )]
    #[non_exhaustive]
    WorldReadable {
        /// The path of the file.
        path: String,
        /// The permission bits of the file.
        mode: u32,
    },
}

impl Token {
    /// Takes a token of at least 16 visible ASCII characters.
    ///
    /// # Errors
    /// [`TokenError::Short`] or [`TokenError::Unprintable`].
    pub fn new(secret: impl AsRef<str>) -> Result<Self, TokenError> {
        let secret = secret.as_ref();
        if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::Unprintable);
        }
        if secret.len() < SHORTEST {
            return Err(TokenError::Short);
        }
        Ok(Self(secret.into()))
    }

    /// Reads a token from a file. Blanks around it are not part of it.
    ///
    /// # Errors
    /// [`TokenError::File`], [`TokenError::WorldReadable`] (on Unix), and those of
    /// [`new`](Self::new).
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, TokenError> {
        let path = path.as_ref();
        let shown = || path.display().to_string();
        let failed = |source| TokenError::File {
            path: shown(),
            source,
        };
        let mode = mode(&fs::metadata(path).map_err(failed)?);
        if mode & 0o007 != 0 {
            return Err(TokenError::WorldReadable { path: shown(), mode });
        }
        Self::new(fs::read_to_string(path).map_err(failed)?.trim())
    }

    /// Compares every byte, so that the time does not show how many are right.
    ///
    /// The length is not a secret.
    pub(super) fn is(&self, presented: &str) -> bool {
        let pairs = self.0.bytes().zip(presented.bytes());
        let difference = pairs.fold(0, |difference, (own, other)| {
            black_box(difference | (own ^ other))
        });
        self.0.len() == presented.len() && difference == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Returns the permission bits.
#[cfg(unix)]
fn mode(file: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    file.permissions().mode() & 0o777
}

/// Returns 0: other systems have no such bits.
#[cfg(not(unix))]
const fn mode(_: &fs::Metadata) -> u32 {
    0
}
