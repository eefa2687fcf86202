//! A copy of the given settings, which the program edits.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// The copy. It is deleted when this is dropped.
#[derive(Debug)]
pub(crate) struct SettingsFile {
    given: PathBuf,
    original: String,
    path: PathBuf,
    _directory: TempDir,
}

impl SettingsFile {
    pub(crate) fn copy_of(given: &Path) -> io::Result<Self> {
        let original = fs::read_to_string(given)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", given.display())))?;
        let directory = TempDir::new()?;
        let path = directory.path().join("shards.toml");
        fs::write(&path, &original)?;
        Ok(Self {
            given: given.to_owned(),
            original,
            path,
            _directory: directory,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the value of `cooldown`, and adds `tables` at the end.
    pub(crate) fn write(&self, cooldown: &str, tables: &str) -> io::Result<()> {
        let line = |line: &str| {
            line.starts_with("cooldown =")
                .then(|| format!("cooldown = {cooldown}"))
        };
        let lines: Vec<_> = self
            .original
            .lines()
            .map(|text| line(text).unwrap_or(text.to_owned()))
            .collect();
        fs::write(&self.path, format!("{}\n{tables}", lines.join("\n")))
    }

    /// Whether the given file is as it was.
    pub(crate) fn is_original_untouched(&self) -> io::Result<bool> {
        Ok(fs::read_to_string(&self.given)? == self.original)
    }
}
