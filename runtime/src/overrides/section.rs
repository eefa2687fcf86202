//! The entries of one table.

use std::time::Duration;

use crate::{
    config::{Settings, Source},
    overrides::{Mode, Place, key::TableKey, value::Value},
};

/// One value, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct SectionEntry {
    pub(super) key: TableKey,
    pub(super) value: Value,
    /// The place of the key.
    pub(super) place: Place,
    pub(super) source: Source,
}

/// The entries of one table, each key once.
#[derive(Debug, Clone, Default)]
pub(super) struct Section(Vec<SectionEntry>);

impl SectionEntry {
    pub(super) fn setting(&self) -> Option<&Settings> {
        match &self.value {
            Value::Setting(settings) => Some(settings),
            _ => None,
        }
    }
}

impl Section {
    pub(super) fn push(&mut self, entry: SectionEntry) {
        self.0.push(entry);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &SectionEntry> {
        self.0.iter()
    }

    pub(super) fn get(&self, key: TableKey) -> Option<&SectionEntry> {
        self.0.iter().find(|entry| entry.key == key)
    }

    /// Puts this section on top of a template: its own entries win.
    pub(super) fn over(&self, template: &Self) -> Self {
        let inherited = template.0.iter().filter(|entry| self.get(entry.key).is_none());
        Self(self.0.iter().chain(inherited).cloned().collect())
    }

    pub(super) fn mode(&self) -> Option<Mode> {
        match self.get(TableKey::Mode)?.value {
            Value::Mode(mode) => Some(mode),
            _ => None,
        }
    }

    pub(super) fn timeout(&self) -> Option<Duration> {
        match self.get(TableKey::Timeout)?.value {
            Value::Timeout(timeout) => Some(timeout),
            _ => None,
        }
    }

    pub(super) fn word(&self, key: TableKey) -> Option<&str> {
        match &self.get(key)?.value {
            Value::Word(word) => Some(word),
            _ => None,
        }
    }
}
