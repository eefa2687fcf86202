//! `std::io`: which errors count as failures of the other side.

use std::io::{self, ErrorKind};

use crate::{error::Rejected, outcome::Outcome};

/// Returns how an [`io::Result`] counts: `Ok` is a success, an error counts by
/// its [kind](io_kind).
///
/// An error that carries the [rejection](Rejected::find) of another breaker is ignored: an open
/// inner breaker must not open the outer one.
///
/// ```
/// use std::io;
/// use fusebox::{Outcome, classify};
///
/// let missing: io::Result<Vec<u8>> = Err(io::ErrorKind::NotFound.into());
/// assert_eq!(classify::io(&missing), Outcome::Ignored);
/// ```
pub fn io<T>(result: &io::Result<T>) -> Outcome {
    match result {
        Ok(_) => Outcome::Success,
        Err(error) if Rejected::find(error).is_some() => Outcome::Ignored,
        Err(error) => io_kind(error.kind()),
    }
}

/// Returns how an I/O error of this kind counts.
///
/// | kinds | count as |
/// |---|---|
/// | the request is wrong, or its object is missing, exists already or is not permitted: `NotFound`, `PermissionDenied`, `AlreadyExists`, `InvalidInput`, `InvalidFilename`, `Unsupported`, `NotADirectory`, `IsADirectory`, `DirectoryNotEmpty`, `ArgumentListTooLong` | ignored |
/// | try the same again: `Interrupted`, `WouldBlock` | ignored |
/// | all others, also those that `std` will add: connections refused, reset or lost, `TimedOut`, `UnexpectedEof`, `StorageFull`, … | failure |
pub const fn io_kind(kind: ErrorKind) -> Outcome {
    match kind {
        ErrorKind::NotFound
        | ErrorKind::PermissionDenied
        | ErrorKind::AlreadyExists
        | ErrorKind::InvalidInput
        | ErrorKind::InvalidFilename
        | ErrorKind::Unsupported
        | ErrorKind::NotADirectory
        | ErrorKind::IsADirectory
        | ErrorKind::DirectoryNotEmpty
        | ErrorKind::ArgumentListTooLong
        | ErrorKind::Interrupted
        | ErrorKind::WouldBlock => Outcome::Ignored,
        _ => Outcome::Failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rejection_of_another_breaker_is_ignored() {
        let rejected = Rejected::new(
            crate::config::name::BreakerName::fixed("inner").reference(),
            crate::State::Open,
            None,
        );
        assert_eq!(io(&Err::<(), _>(rejected.into())), Outcome::Ignored);
        let wrapped = io::Error::new(ErrorKind::BrokenPipe, io::Error::from(rejected));
        assert_eq!(io(&Err::<(), _>(wrapped)), Outcome::Ignored);
    }

    #[test]
    fn a_lost_connection_is_a_failure_and_a_missing_file_is_not() {
        let error = |kind: ErrorKind| io(&Err::<(), _>(kind.into()));
        assert_eq!(io(&Ok(())), Outcome::Success);
        assert_eq!(error(ErrorKind::ConnectionReset), Outcome::Failure);
        assert_eq!(error(ErrorKind::TimedOut), Outcome::Failure);
        assert_eq!(error(ErrorKind::Other), Outcome::Failure);
        assert_eq!(error(ErrorKind::NotFound), Outcome::Ignored);
        assert_eq!(error(ErrorKind::Interrupted), Outcome::Ignored);
    }
}
