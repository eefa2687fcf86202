//! One HTTP request to the page of an instance.

use std::{
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{failure::Failure, tls};

/// How long connecting, writing and each read may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long the whole answer may take.
///
/// A server that drips would keep a script waiting.
const LONGEST_ANSWER: Duration = Duration::from_secs(20);

/// The largest answer that is read.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// The page of one instance.
pub(crate) struct Page {
    is_encrypted: bool,
    authority: String,
    prefix: String,
    token: Option<String>,
}

impl Page {
    pub(crate) fn new(url: &str, token: Option<String>) -> Result<Self, Failure> {
        let (is_encrypted, rest) = match url.split_once("://") {
            Some(("http", rest)) => (false, rest),
            Some(("https", rest)) => (true, rest),
            _ => return Err(Failure::Usage("write the URL as `http://host:port`".to_owned())),
        };
        let (authority, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.is_empty() || authority.contains('@') {
            return Err(Failure::Usage("write the URL as `http://host:port`".to_owned()));
        }
        let is_plain = |text: &str| text.chars().all(|c| c.is_ascii_graphic());
        if !is_plain(authority) || !is_plain(prefix) {
            return Err(Failure::Usage(
                "the URL has a space or a control character".to_owned(),
            ));
        }
        let port = if authority
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.parse::<u16>().is_ok())
        {
            ""
        } else if is_encrypted {
            ":443"
        } else {
            ":80"
        };
        Ok(Self {
            is_encrypted,
            authority: format!("{authority}{port}"),
            prefix: prefix.trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// Sends a request, and returns the JSON of a good answer.
    pub(crate) fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let answer = self.exchange(method, path, body).map_err(|error| {
            let hint = tls::hint(&error).unwrap_or_default();
            Failure::Unreachable(format!("{} cannot be reached: {error}{hint}", self.authority))
        })?;
        let (status, body) = parse(&answer).ok_or_else(|| {
            let hint = if self.is_encrypted {
                ""
            } else {
                "; is it `https://`?"
            };
            Failure::Unreachable(format!("{} does not answer with HTTP{hint}", self.authority))
        })?;
        let value: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let problem = || match value["error"].as_str() {
            Some(error) => error.to_owned(),
            None => String::from_utf8_lossy(&body).chars().take(200).collect(),
        };
        match status {
            200..300 if value.is_null() => Err(Failure::Refused(format!(
                "{} answers without JSON: is it the page of an instance?",
                self.authority
            ))),
            200..300 => Ok(value),
            401 | 403 => Err(Failure::Secret(format!(
                "{} refuses: {}",
                self.authority,
                problem()
            ))),
            _ => Err(Failure::Refused(format!(
                "{} answers {status}: {}",
                self.authority,
                problem()
            ))),
        }
    }

    fn exchange(&self, method: &str, path: &str, body: Option<&Value>) -> io::Result<Vec<u8>> {
        let request = self.text(method, path, body);
        let stream = self.connect()?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        if self.is_encrypted {
            send(tls::encrypted(stream, self.host())?, &request)
        } else {
            send(stream, &request)
        }
    }

    /// Tries every address of the host: `localhost` may be IPv6 first.
    fn connect(&self) -> io::Result<TcpStream> {
        let mut failure = io::Error::other("the host has no address");
        for address in self.authority.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, TIMEOUT) {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Returns the name in the server's certificate.
    fn host(&self) -> &str {
        let host = self.authority.rsplit_once(':').map_or("", |(host, _)| host);
        host.trim_start_matches('[').trim_end_matches(']')
    }

    fn text(&self, method: &str, path: &str, body: Option<&Value>) -> String {
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        let mut request = format!(
            "{method} {slash}{}/{path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\naccept: application/json\r\n",
            self.prefix, self.authority
        );
        if let Some(token) = &self.token {
            request.extend(["authorization: Bearer ", token, "\r\n"]);
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        if !body.is_empty() {
            let length = body.len().to_string();
            request.extend([
                "content-type: application/json\r\ncontent-length: ",
                &length,
                "\r\n",
            ]);
        }
        format!("{request}\r\n{body}")
    }
}

/// Sends a request, and reads until the server ends the connection.
fn send(mut stream: impl Read + Write, request: &str) -> io::Result<Vec<u8>> {
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let start = Instant::now();
    let mut answer = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    while answer.len() < LARGEST_ANSWER {
        if start.elapsed() > LONGEST_ANSWER {
            return Err(io::Error::other("the answer takes too long"));
        }
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&piece[..read]),
            // Many servers end a TLS connection without its last message. `parse` notices a cut.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(answer)
}

/// Status and body of a whole answer; `None` if it is cut or is not HTTP.
fn parse(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let body = &answer[end + 4..];
    let mut lines = head.split("\r\n");
    let status = lines
        .next()?
        .strip_prefix("HTTP/1.")?
        .split(' ')
        .nth(1)?
        .parse()
        .ok()?;
    let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(':')).collect();
    let header = |name: &str| {
        let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    };
    let body = if header("transfer-encoding") == Some("chunked") {
        unchunked(body)?
    } else if let Some(length) = header("content-length") {
        body.get(..length.parse().ok()?)?.to_vec()
    } else {
        body.to_vec()
    };
    Some((status, body))
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size.checked_add(2)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_whole_and_in_chunks() {
        let plain = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(parse(plain), Some((200, b"{}".to_vec())));
        let chunked =
            b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x\r\n}\r\n0\r\n\r\n";
        assert_eq!(parse(chunked), Some((404, b"{}".to_vec())));
        for bad in [
            &b""[..],
            b"SSH-2.0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{}",
        ] {
            assert_eq!(parse(bad), None);
        }
    }

    #[test]
    fn a_url_has_a_host_and_no_secret() {
        for url in ["ftp://host", "http://", "http://anna:x@host", "http://ho st"] {
            assert!(Page::new(url, None).is_err(), "{url}");
        }
        let parts = |url| {
            let page = Page::new(url, None).expect("a good URL");
            (page.host().to_owned(), page.authority, page.prefix)
        };
        let owned = |host: &str, authority: &str, prefix: &str| {
            (host.to_owned(), authority.to_owned(), prefix.to_owned())
        };
        assert_eq!(parts("http://host/ops/"), owned("host", "host:80", "ops"));
        assert_eq!(parts("https://host"), owned("host", "host:443", ""));
        assert_eq!(parts("https://[::1]:9090"), owned("::1", "[::1]:9090", ""));
    }
}
