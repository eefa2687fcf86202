//! The shop as a process of its own, so that it can be killed.

use std::{collections::BTreeMap, path::Path, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{Anyhow, order::Payment};

/// A running shop. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct ShopProcess {
    child: Child,
    pub(crate) url: String,
    /// How many payments were waiting when it started.
    pub(crate) found: u64,
}

impl ShopProcess {
    /// Starts a shop on this database, and waits until it takes orders.
    pub(crate) async fn start(bank: &str, database: &Path) -> Result<Self, Anyhow> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["shop", bank])
            .arg(database)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().ok_or("the shop has no output")?;
        let mut lines = BufReader::new(output).lines();
        let line = lines.next_line().await?.ok_or("the shop ended at its start")?;
        let (url, found) = line
            .split_once(' ')
            .ok_or("the first line of the shop is not an address and a number")?;
        Ok(Self {
            child,
            url: url.to_owned(),
            found: found.parse()?,
        })
    }

    /// `kill -9`: no destructor runs, and nothing is flushed.
    pub(crate) async fn kill(mut self) -> Result<(), Anyhow> {
        self.child.kill().await?;
        Ok(())
    }

    /// Returns what the shop has written down.
    pub(crate) async fn books(&self) -> Result<BTreeMap<u64, Payment>, Anyhow> {
        Ok(reqwest::get(format!("{}/books", self.url)).await?.json().await?)
    }
}
