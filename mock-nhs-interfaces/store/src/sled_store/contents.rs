//! A witness of what the log must hold.
//!
//! Damage in the log can make sled forget single rows, or take older versions of them for the newest, without a word
//! (1 of some 1,500 logs with 50 bytes flipped, when the log had been written under load). So the number of all rows
//! and a sum over them are kept in a row of their own, written with every batch, and compared when the store is opened.

use sha2::{Digest as _, Sha256};
use sled::Tree;

use super::{from_sled, layout};
use crate::StoreError;

/// The row that holds it: three numbers of 8 bytes.
const KEY: &[u8] = b"\0contents";

/// What the rows of the store add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// The number of the last commit.
    pub(super) last_revision: u64,
    rows: u64,
    /// Of [`mark_of`] each row, wrapping: the order of the commits makes no difference.
    sum: u64,
}

/// A number for this version of this row that no other has, as good as.
fn mark_of(row_key: &[u8], revision: u64) -> u64 {
    let digest = Sha256::new()
        .chain_update(row_key)
        .chain_update(revision.to_be_bytes())
        .finalize();
    digest
        .first_chunk::<8>()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

impl Contents {
    /// One more row.
    pub(super) fn add(&mut self, row_key: &[u8], revision: u64) {
        self.rows = self.rows.wrapping_add(1);
        self.sum = self.sum.wrapping_add(mark_of(row_key, revision));
    }

    /// One row less: the version with this revision.
    pub(super) fn remove(&mut self, row_key: &[u8], revision: u64) {
        self.rows = self.rows.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(mark_of(row_key, revision));
    }

    /// Puts it in the batch that makes it true.
    pub(super) fn put(self, batch: &mut sled::Batch) {
        let numbers = [self.last_revision, self.rows, self.sum];
        batch.insert(KEY, numbers.map(u64::to_be_bytes).as_flattened());
    }

    /// What the store says that it holds.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it says nothing and is not empty either.
    pub(super) fn read(tree: &Tree) -> Result<Self, StoreError> {
        let damaged = || StoreError::Corrupt("what the store should hold is not known".to_owned());
        let Some(stored) = tree.get(KEY).map_err(|error| from_sled(&error))? else {
            return if tree.is_empty() {
                Ok(Self::default())
            } else {
                Err(damaged())
            };
        };
        match stored.as_chunks::<8>() {
            ([last_revision, rows, sum], []) => Ok(Self {
                last_revision: u64::from_be_bytes(*last_revision),
                rows: u64::from_be_bytes(*rows),
                sum: u64::from_be_bytes(*sum),
            }),
            _ => Err(damaged()),
        }
    }

    /// Reads every row and every chunk, and compares.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when anything is missing, older than it should be, or unreadable.
    pub(super) fn check(self, tree: &Tree) -> Result<(), StoreError> {
        let mut found = Self {
            last_revision: self.last_revision,
            ..Self::default()
        };
        let (first, end) = layout::ROWS;
        for row in tree.range(first..end) {
            let (key, stored) = row.map_err(|error| from_sled(&error))?;
            found.add(&key, layout::read_entry(tree, &key, &stored)?.revision);
        }
        if found == self {
            return Ok(());
        }
        let (rows, expected) = (found.rows, self.rows);
        Err(StoreError::Corrupt(if rows == expected {
            "some of its rows are not what was last written".to_owned()
        } else {
            format!("it should hold {expected} rows and holds {rows}")
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Contents, KEY};

    #[test]
    fn notices_a_row_that_is_missing_or_older_or_too_many() {
        let folder = tempfile::TempDir::new().unwrap();
        let db = sled::Config::new().path(folder.path()).open().unwrap();
        assert_eq!(Contents::read(&db), Ok(Contents::default()));
        let row = |revision: u64| [&[0][..], &revision.to_be_bytes(), b"value"].concat();

        let mut contents = Contents {
            last_revision: 3,
            ..Contents::default()
        };
        contents.add(b"\x01a", 1);
        contents.add(b"\x01b", 2);
        contents.remove(b"\x01b", 2);
        contents.add(b"\x01b", 3);
        let mut batch = sled::Batch::default();
        contents.put(&mut batch);
        db.apply_batch(batch).unwrap();
        db.insert(b"\x01a", row(1)).unwrap();
        db.insert(b"\x01b", row(3)).unwrap();
        assert_eq!(Contents::read(&db), Ok(contents));
        assert_eq!(contents.check(&db), Ok(()));

        db.insert(b"\x01b", row(2)).unwrap();
        assert!(
            contents
                .check(&db)
                .unwrap_err()
                .to_string()
                .contains("not what was last written")
        );
        db.remove(b"\x01b").unwrap();
        assert!(
            contents
                .check(&db)
                .unwrap_err()
                .to_string()
                .contains("should hold 2 rows and holds 1")
        );
        db.insert(b"\x01b", row(3)).unwrap();
        db.insert(b"\x01c", row(3)).unwrap();
        assert!(contents.check(&db).is_err());
        db.remove(KEY).unwrap();
        assert!(Contents::read(&db).is_err());
    }
}
