//! A certificate authority of our own, and a certificate for `localhost`.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use super::skip::skipped;

/// Files in a folder of their own; removed when dropped.
pub(crate) struct Certificates(PathBuf);

impl Certificates {
    /// Makes them; `None`, with a visible line, if this machine has no `openssl`.
    pub(crate) fn make(name: &str) -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("fusebox-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder of temporary files is writable");
        let made = Self(folder);
        fs::write(
            made.0.join("names"),
            "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n",
        )
        .expect("the folder is writable");
        let authority = "req -x509 -days 2 -subj /CN=authority -keyout authority.key -out authority.pem";
        let request = "req -subj /CN=localhost -keyout server.key -out server.csr";
        let key = "-nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256";
        let sign = "x509 -req -days 2 -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial \
                    -extfile names -out server.pem";
        for command in [
            format!("{authority} {key}"),
            format!("{request} {key}"),
            sign.to_owned(),
        ] {
            let status = Command::new("openssl")
                .args(command.split_whitespace())
                .current_dir(&made.0)
                .stderr(Stdio::null())
                .status();
            match status {
                Ok(status) => assert!(status.success(), "openssl {command}"),
                Err(error) => {
                    skipped("openssl", error);
                    return None;
                }
            }
        }
        Some(made)
    }

    /// The path of one of the files.
    pub(crate) fn path(&self, file: &str) -> String {
        self.0.join(file).to_str().expect("a plain path").to_owned()
    }

    pub(crate) fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.0.join(file)).expect("it was made")
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
