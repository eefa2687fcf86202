//! Encryption of the connection to the page of an instance.

use std::{
    io::{self, Error},
    net::TcpStream,
    sync::Arc,
};

use rustls::{
    CertificateError, ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring,
    pki_types::ServerName,
};

/// Encrypts a connection. The server's certificate must be of this host.
///
/// The handshake runs with the first byte that is written.
pub(crate) fn encrypted(
    stream: TcpStream,
    host: &str,
) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| Error::other("the host is neither a name nor an address that a certificate can have"))?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::other)?
        .with_root_certificates(roots()?)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), name).map_err(Error::other)?;
    Ok(StreamOwned::new(connection, stream))
}

/// Returns what an operator may write instead, after this error.
pub(crate) fn hint(error: &Error) -> Option<&'static str> {
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            Some("; set SSL_CERT_FILE to the file of your certificate authority")
        }
        rustls::Error::InvalidMessage(_) => Some("; is it `http://`?"),
        _ => None,
    }
}

/// Returns the certificate authorities of this machine, or those of
/// `SSL_CERT_FILE`.
fn roots() -> io::Result<RootCertStore> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let reason = found.errors.first().map(|error| format!(": {error}"));
        return Err(Error::other(format!(
            "no certificate authority was found{}; set SSL_CERT_FILE to the file of yours",
            reason.unwrap_or_default()
        )));
    }
    Ok(roots)
}
