//! Passwords and tokens, from the environment or from a file.

use std::path::Path;

use crate::failure::Failure;

/// Reads the secret of this variable, or of the file.
pub(crate) fn read(variable: &str, file: Option<&Path>) -> Result<Option<String>, Failure> {
    let text = match file {
        Some(file) => Some(std::fs::read_to_string(file).map_err(|error| {
            Failure::Usage(format!(
                "the secret file {} cannot be read: {error}",
                file.display()
            ))
        })?),
        None => std::env::var(variable).ok(),
    };
    let secret = text
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    match secret {
        Some(secret) if secret.chars().any(char::is_control) => {
            Err(Failure::Usage("the secret has more than one line".to_owned()))
        }
        secret => Ok(secret),
    }
}

/// Refuses a URL with a user or a password: other users of the machine see the
/// arguments of a process.
pub(crate) fn check_url(url: &str) -> Result<(), Failure> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    if authority.contains('@') {
        return Err(Failure::Usage(
            "the URL has a user or a password; set FUSEBOX_STORE_USER and FUSEBOX_STORE_PASSWORD instead"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Puts user and password into a URL that has none.
pub(crate) fn into_url(url: &str, user: &str, password: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}:{}@{rest}", escaped(user), escaped(password)),
        // The store refuses it with a better message.
        None => url.to_owned(),
    }
}

/// Encodes everything but letters and digits with percent signs.
pub(crate) fn escaped(text: &str) -> String {
    use std::fmt::Write;

    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("a String accepts every write");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_may_have_any_characters() {
        let url = into_url("redis://host:6379/1", "", "p@ss:w/rd");
        assert_eq!(url, "redis://:p%40ss%3Aw%2Frd@host:6379/1");
        assert!(check_url("redis://anna:secret@host").is_err());
        assert!(check_url("redis://host/0?x=@").is_ok());
    }
}
