//! The file itself: its bytes, within bounds.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

/// The largest file that is read.
pub(super) const LARGEST_FILE: u64 = 1024 * 1024;

/// Reads a file. The error is the message for the user.
pub(super) fn read(path: &Path) -> Result<String, Unreadable> {
    let bytes = bytes(path).map_err(|error| Unreadable::File(format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(Unreadable::File(format!(
            "is larger than {LARGEST_FILE} bytes; is it the right file?"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid_up_to = error.utf8_error().valid_up_to();
        let mut valid = error.into_bytes();
        valid.truncate(valid_up_to);
        Unreadable::NotUtf8(String::from_utf8(valid).unwrap_or_default())
    })
}

/// The reason why a file has no text.
pub(super) enum Unreadable {
    /// Of the file as a whole.
    File(String),
    /// It is not UTF-8 after this text.
    NotUtf8(String),
}

/// Returns the bytes of a file, or a little more than the largest number of
/// them.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    // A directory or a pipe would fail late, or never end.
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
