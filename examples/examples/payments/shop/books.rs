//! The shop's memory: one table in an embedded database.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use tokio::{sync::Notify, task::spawn_blocking};

use crate::order::{Order, Payment};

/// Order number → cents and how far the payment has come.
const PAYMENTS: TableDefinition<'_, u64, (u64, u8)> = TableDefinition::new("payments");

/// Any failure of the storage. The shop treats all of them alike.
#[derive(Debug, thiserror::Error)]
#[error("the shop's database failed: {0}")]
pub(crate) struct StorageError(#[from] redb::Error);

type Stored<T> = Result<T, redb::Error>;

#[derive(Clone)]
pub(crate) struct Books {
    database: Arc<Database>,
    queued: Arc<Notify>,
}

impl Books {
    /// Opens the books.
    ///
    /// A payment that the last shop had not finished is queued, because the bank may or may not
    /// have booked it. Also returns how many payments are queued.
    pub(crate) fn open(path: &Path) -> Result<(Self, usize), StorageError> {
        let open = || -> Stored<_> {
            let database = Database::create(path)?;
            let transaction = database.begin_write()?;
            let mut queued = 0;
            {
                let mut table = transaction.open_table(PAYMENTS)?;
                for (number, cents) in unfinished(&table)? {
                    table.insert(number, (cents, Payment::Queued as u8))?;
                    queued += 1;
                }
            }
            transaction.commit()?;
            Ok((database, queued))
        };
        let (database, queued) = open()?;
        let books = Self {
            database: Arc::new(database),
            queued: Arc::new(Notify::new()),
        };
        Ok((books, queued))
    }

    /// Writes a new payment down.
    ///
    /// Returns its progress if the order is already there: the customer has repeated it.
    pub(crate) async fn start(&self, order: Order) -> Result<Option<Payment>, StorageError> {
        let new = (order.cents, Payment::Started as u8);
        let known = self
            .write(move |table| {
                let known = table
                    .get(order.number)?
                    .map(|entry| Payment::of_number(entry.value().1));
                if known.is_none() {
                    table.insert(order.number, new)?;
                }
                Ok(known)
            })
            .await?;
        Ok(known)
    }

    /// Writes down how far a payment has come. What is final stays.
    pub(crate) async fn set(&self, order: Order, payment: Payment) -> Result<(), StorageError> {
        self.write(move |table| {
            let known = table
                .get(order.number)?
                .map(|entry| Payment::of_number(entry.value().1));
            if !known.is_some_and(Payment::is_final) {
                table.insert(order.number, (order.cents, payment as u8))?;
            }
            Ok(())
        })
        .await?;
        if payment == Payment::Queued {
            self.queued.notify_one();
        }
        Ok(())
    }

    /// The first queued payment; waits until there is one.
    pub(crate) async fn next_queued(&self) -> Result<Order, StorageError> {
        loop {
            let first = self
                .read(|table| {
                    for entry in table.iter()? {
                        let (number, value) = entry?;
                        let (cents, payment) = value.value();
                        if Payment::of_number(payment) == Payment::Queued {
                            return Ok(Some(Order {
                                number: number.value(),
                                cents,
                            }));
                        }
                    }
                    Ok(None)
                })
                .await?;
            match first {
                Some(order) => return Ok(order),
                None => self.queued.notified().await,
            }
        }
    }

    /// Every payment, by order number.
    pub(crate) async fn all(&self) -> Result<BTreeMap<u64, Payment>, StorageError> {
        let all = self
            .read(|table| {
                let mut all = BTreeMap::new();
                for entry in table.iter()? {
                    let (number, value) = entry?;
                    all.insert(number.value(), Payment::of_number(value.value().1));
                }
                Ok(all)
            })
            .await?;
        Ok(all)
    }

    /// Runs a transaction that is on disk when this returns.
    ///
    /// Runs on a thread of its own, because a commit blocks.
    async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut redb::Table<'_, u64, (u64, u8)>) -> Stored<T> + Send + 'static,
    ) -> Stored<T> {
        let database = Arc::clone(&self.database);
        let write = move || {
            let transaction = database.begin_write()?;
            let result = change(&mut transaction.open_table(PAYMENTS)?)?;
            transaction.commit()?;
            Ok(result)
        };
        spawn_blocking(write)
            .await
            .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&redb::ReadOnlyTable<u64, (u64, u8)>) -> Stored<T> + Send + 'static,
    ) -> Stored<T> {
        let database = Arc::clone(&self.database);
        let read = move || look(&database.begin_read()?.open_table(PAYMENTS)?);
        spawn_blocking(read)
            .await
            .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}

/// What is started or queued, as (order number, cents).
fn unfinished(table: &impl ReadableTable<u64, (u64, u8)>) -> Stored<Vec<(u64, u64)>> {
    let mut found = Vec::new();
    for entry in table.iter()? {
        let (number, value) = entry?;
        let (cents, payment) = value.value();
        if !Payment::of_number(payment).is_final() {
            found.push((number.value(), cents));
        }
    }
    Ok(found)
}
