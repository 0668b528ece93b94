//! Puts, takes away and adds: one commit each, with the counts in it.

use bytes::Bytes;
use store::{Entry, Expect, Table, WorkspaceId, WriteSet};

use super::rows::{self, Head, Kind};
use super::{
    ATTEMPTS, DataError, MAX_APP_BYTES, MAX_APP_VALUES, MAX_TYPE_BYTES, MAX_VALUE_BYTES, Only, Used,
    ValueError, ValueKey, Values, weight,
};
use crate::model::AppName;

impl Values {
    /// Puts a value under a key and answers its revision. When this returns, the value survives a crash.
    ///
    /// # Errors
    /// [`ValueError`] says which bound or condition stood against it.
    pub async fn put(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        key: &ValueKey,
        value: (&str, &Bytes),
        only: Only,
    ) -> Result<u64, ValueError> {
        let _turn = self.turns.take(workspace, app).await;
        self.put_in_turn(workspace, app, key, value, only).await
    }

    async fn put_in_turn(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        key: &ValueKey,
        (content_type, bytes): (&str, &Bytes),
        only: Only,
    ) -> Result<u64, ValueError> {
        if bytes.len() > MAX_VALUE_BYTES {
            return Err(ValueError::Large { bytes: bytes.len() });
        }
        let is_type = content_type.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if !is_type || content_type.len() > MAX_TYPE_BYTES {
            return Err(ValueError::Type);
        }
        let size_bytes = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        for _ in 0..ATTEMPTS {
            let before = self.before(workspace, app, key).await?;
            before.meets(only)?;
            let used = before.used_with(key, Some(size_bytes))?;
            let head = Head {
                size_bytes,
                content_type: content_type.to_owned(),
            };
            let write = before
                .write(app, key, used)?
                .put(
                    Table::Values,
                    &rows::of(app, Kind::Head, key.as_str()),
                    rows::write_head(&head)?,
                )
                .put(
                    Table::Values,
                    &rows::of(app, Kind::Value, key.as_str()),
                    rows::write_value(content_type, bytes),
                );
            if let Some(revision) = self.commit(workspace, write).await? {
                return Ok(revision);
            }
        }
        Err(DataError::Contended { attempts: ATTEMPTS }.into())
    }

    /// Takes a value away; `false` when there was none.
    ///
    /// # Errors
    /// [`ValueError`] says what stood against it.
    pub async fn delete(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        key: &ValueKey,
        only: Only,
    ) -> Result<bool, ValueError> {
        let _turn = self.turns.take(workspace, app).await;
        for _ in 0..ATTEMPTS {
            let before = self.before(workspace, app, key).await?;
            before.meets(only)?;
            if before.value.is_none() {
                return Ok(false);
            }
            let used = before.used_with(key, None)?;
            let write = before
                .write(app, key, used)?
                .delete(Table::Values, &rows::of(app, Kind::Head, key.as_str()))
                .delete(Table::Values, &rows::of(app, Kind::Value, key.as_str()));
            if self.commit(workspace, write).await?.is_some() {
                return Ok(true);
            }
        }
        Err(DataError::Contended { attempts: ATTEMPTS }.into())
    }

    /// Adds to a value that is a whole number, 0 where there is none, and answers the sum. No other change comes between.
    ///
    /// # Errors
    /// [`ValueError::Number`] when the value is something else, and what [`Values::put`] answers.
    pub async fn add(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        key: &ValueKey,
        delta: i64,
    ) -> Result<i64, ValueError> {
        // Before the number is read: otherwise all but one of those who wait to add have read one that is wrong by then.
        let _turn = self.turns.take(workspace, app).await;
        for _ in 0..ATTEMPTS {
            let (before, only) = match self.get(workspace, app, key).await? {
                Some(value) => {
                    let number = std::str::from_utf8(&value.bytes)
                        .ok()
                        .and_then(|text| text.trim().parse::<i64>().ok());
                    (number.ok_or(ValueError::Number)?, Only::If(value.revision))
                }
                None => (0, Only::IfAbsent),
            };
            let sum = before.checked_add(delta).ok_or(ValueError::Number)?;
            // Also a number in JSON.
            let value = ("application/json", &Bytes::from(sum.to_string()));
            match self.put_in_turn(workspace, app, key, value, only).await {
                Ok(_) => return Ok(sum),
                Err(ValueError::Changed) => {}
                Err(other) => return Err(other),
            }
        }
        Err(DataError::Contended { attempts: ATTEMPTS }.into())
    }

    async fn before(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        key: &ValueKey,
    ) -> Result<Before, ValueError> {
        let app_row = self
            .store
            .get(workspace, Table::Apps, app.as_str().as_bytes())
            .await
            .map_err(DataError::from)?;
        if app_row.is_none() {
            return Err(ValueError::NoApp);
        }
        let (used, used_revision) = self.counted(workspace, app).await?;
        let head = self
            .store
            .get(workspace, Table::Values, &rows::of(app, Kind::Head, key.as_str()))
            .await
            .map_err(DataError::from)?;
        let value = match head {
            Some(Entry { value, revision }) => Some((rows::read_head(&value)?.size_bytes, revision)),
            None => None,
        };
        Ok(Before {
            used,
            used_revision,
            value,
        })
    }
}

/// What was read before a change, and what the change therefore demands.
struct Before {
    used: Used,
    used_revision: Option<u64>,
    /// Size and revision.
    value: Option<(u32, u64)>,
}

impl Before {
    fn meets(&self, only: Only) -> Result<(), ValueError> {
        let found = self.value.map(|(_, revision)| revision);
        let holds = match only {
            Only::Always => true,
            Only::IfAbsent => found.is_none(),
            Only::IfPresent => found.is_some(),
            Only::If(expected) => found == Some(expected),
        };
        if holds { Ok(()) } else { Err(ValueError::Changed) }
    }

    /// The counts when the value has become this large, or has gone; refused only when they grow over a bound.
    fn used_with(&self, key: &ValueKey, size_bytes: Option<u32>) -> Result<Used, ValueError> {
        let mut used = self.used;
        if let Some((size_bytes, _)) = self.value {
            used = used.without(key, size_bytes);
        }
        let Some(size_bytes) = size_bytes else {
            return Ok(used);
        };
        used.count = used.count.saturating_add(1);
        used.bytes = used.bytes.saturating_add(weight(key, size_bytes));
        if used.count > MAX_APP_VALUES && used.count > self.used.count {
            return Err(ValueError::Count);
        }
        if used.bytes > MAX_APP_BYTES && used.bytes > self.used.bytes {
            return Err(ValueError::Full { bytes: used.bytes });
        }
        Ok(used)
    }

    /// A set with the conditions, and with the counts where they change.
    fn write(&self, app: &AppName, key: &ValueKey, used: Used) -> Result<WriteSet, DataError> {
        let expect = |revision: Option<u64>| revision.map_or(Expect::Absent, Expect::Revision);
        let write = WriteSet::new()
            .expect(Table::Apps, app.as_str().as_bytes(), Expect::Exists)
            .expect(
                Table::Values,
                &rows::of(app, Kind::Head, key.as_str()),
                expect(self.value.map(|(_, revision)| revision)),
            );
        // Invariant: whoever changes a size demands the counts it read, and whoever changes none demands the size.
        if used == self.used {
            return Ok(write);
        }
        let row = rows::of(app, Kind::Used, "");
        Ok(write.expect(Table::Values, &row, expect(self.used_revision)).put(
            Table::Values,
            &row,
            rows::write_used(used)?,
        ))
    }
}
