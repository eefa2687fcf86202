//! The inboxes that get the events of one breaker.

use std::sync::{Arc, Weak};

use crate::event::inbox::Inbox;

pub(super) type InboxList = Arc<[Arc<Inbox>]>;

/// The inboxes that hold an event.
///
/// An empty list is `None`: it is neither shared nor counted.
#[derive(Default)]
pub(crate) struct Recipients {
    pub(super) all: Option<InboxList>,
    pub(super) one: Option<InboxList>,
    pub(super) group: Option<InboxList>,
}

impl Recipients {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Inbox>> {
        let lists = [&self.one, &self.group, &self.all];
        lists.into_iter().flatten().flat_map(|list| list.iter())
    }

    /// Delivers what is in the inboxes. The caller holds no lock.
    pub(super) fn deliver(&self) {
        self.iter().for_each(Inbox::deliver);
    }

    pub(super) fn summary(&self) -> RecipientSummary {
        let mut inboxes = self.iter();
        match (inboxes.next(), inboxes.next()) {
            (None, _) => RecipientSummary::Nobody,
            (Some(inbox), None) => RecipientSummary::One(Arc::downgrade(inbox)),
            (Some(_), Some(_)) => RecipientSummary::Several,
        }
    }
}

/// The recipients that a breaker's last change found.
///
/// The breaker keeps it under its control lock. It holds as long as no inbox of the registry comes
/// or leaves. It does not keep an inbox alive, because a subscriber that leaves is dropped.
pub(crate) struct KnownRecipients {
    pub(super) version: u64,
    pub(super) summary: RecipientSummary,
}

pub(super) enum RecipientSummary {
    Nobody,
    One(Weak<Inbox>),
    Several,
}

impl KnownRecipients {
    pub(crate) const fn new() -> Self {
        Self {
            // No version of a dispatcher.
            version: u64::MAX,
            summary: RecipientSummary::Nobody,
        }
    }
}
