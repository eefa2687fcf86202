//! One HTTP request to the page of an instance.

use std::{
    io::{Read, Write},
    net::{TcpStream, ToSocketAddrs},
    time::Duration,
};

use serde_json::Value;

use crate::failure::Failure;

/// How long connecting, writing and each read may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The largest answer that is read.
const LARGEST_ANSWER: u64 = 16 * 1024 * 1024;

/// The page of one instance.
pub(crate) struct Page {
    authority: String,
    prefix: String,
    token: Option<String>,
}

impl Page {
    pub(crate) fn new(url: &str, token: Option<String>) -> Result<Self, Failure> {
        let Some(rest) = url.strip_prefix("http://") else {
            return Err(Failure::Usage(
                "only `http://` works: forward the port of the page, for example with `kubectl port-forward`"
                    .to_owned(),
            ));
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
        } else {
            ":80"
        };
        Ok(Self {
            authority: format!("{authority}{port}"),
            prefix: prefix.trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// Sends a request, and returns the JSON of a good answer.
    pub(crate) fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let answer = self.exchange(method, path, body).map_err(|error| {
            Failure::Unreachable(format!("{} cannot be reached: {error}", self.authority))
        })?;
        let (status, body) = parse(&answer)
            .ok_or_else(|| Failure::Unreachable(format!("{} does not answer with HTTP", self.authority)))?;
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

    fn exchange(&self, method: &str, path: &str, body: Option<&Value>) -> std::io::Result<Vec<u8>> {
        let mut addresses = self.authority.to_socket_addrs()?;
        let address = addresses
            .next()
            .ok_or_else(|| std::io::Error::other("the host has no address"))?;
        let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
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
        write!(stream, "{request}\r\n{body}")?;
        let mut answer = Vec::new();
        stream.take(LARGEST_ANSWER).read_to_end(&mut answer)?;
        Ok(answer)
    }
}

/// Status and body of an answer.
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
    let is_chunked = lines
        .filter_map(|line| line.split_once(':'))
        .any(|(name, value)| name.eq_ignore_ascii_case("transfer-encoding") && value.trim() == "chunked");
    let body = if is_chunked {
        unchunked(body)?
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
        ] {
            assert_eq!(parse(bad), None);
        }
    }

    #[test]
    fn a_url_has_a_host_and_no_secret() {
        for url in ["https://host", "http://", "http://anna:x@host", "http://ho st"] {
            assert!(Page::new(url, None).is_err(), "{url}");
        }
        let page = Page::new("http://host/ops/", None).expect("a prefix");
        assert_eq!(
            (page.authority.as_str(), page.prefix.as_str()),
            ("host:80", "ops")
        );
    }
}
