//! Reads the form as it comes in, within bounds, and gently: a browser that is answered while it still sends shows "connection reset" in
//! place of our sentence.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use bytes::{Bytes, BytesMut};

use super::chosen::{Chosen, NamedFile};
use crate::error::{AppError, Unfit};
use crate::middleware::body;
use crate::model::is_left_out;

/// The longest name that is read, in bytes; a name has 39 characters at most, and a wrong one is shown again.
const NAME_BYTES: usize = 200;

/// The longest script that is read, in bytes: one more than a file of a script may have, so that the check of scripts refuses it.
const SCRIPT_BYTES: usize = sandbox_runtime::script::FILE_BYTES + 1;

/// How much of an oversized upload is read and thrown away, in times of the limit.
const PATIENCE: usize = 8;

/// Parts of the form that are looked at. A browser sends a folder as it is, with whatever tools have put into it.
const PARTS: usize = 5_000;

/// What may still be kept, and what may still be read.
struct Room {
    limit: usize,
    kept: usize,
    read: usize,
}

impl Room {
    fn count(&mut self, bytes: usize) -> Result<(), AppError> {
        self.read = self.read.saturating_add(bytes);
        if self.read > self.limit.saturating_mul(PATIENCE) {
            return Err(self.too_large());
        }
        Ok(())
    }

    fn too_large(&self) -> AppError {
        AppError::BodyTooLarge {
            limit_bytes: u64::try_from(self.limit).unwrap_or(u64::MAX),
        }
    }
}

/// Fills `chosen` with what the form holds, at most `limit` bytes of files.
///
/// # Errors
/// When there is more, or the form breaks off.
pub(super) async fn read(mut form: Multipart, limit: usize, chosen: &mut Chosen) -> Result<(), AppError> {
    let mut room = Room {
        limit,
        kept: 0,
        read: 0,
    };
    let mut parts = 0;
    // A part that does not fit is remembered, and the rest is read for the browser's sake.
    let mut refused = None;
    while let Some(mut field) = in_time(form.next_field()).await? {
        parts += 1;
        if parts > PARTS {
            return Err(too_many().into());
        }
        let path = field.file_name().map(str::to_owned);
        let kept = match (field.name(), &path) {
            (Some("name"), _) => {
                chosen.name = read_text(&mut field, NAME_BYTES, &mut room).await?;
                Some(())
            }
            (Some("script"), _) => {
                chosen.script = read_text(&mut field, SCRIPT_BYTES, &mut room).await?;
                Some(())
            }
            (Some(which @ ("files" | "folder")), Some(path)) => {
                let is_folder = which == "folder";
                let is_left_out = is_folder && path.split(['/', '\\']).skip(1).any(is_left_out);
                let limit = if is_left_out { 0 } else { limit };
                let bytes = read_file(&mut field, limit, &mut room).await?;
                // Where nothing is chosen, browsers send a part without a name.
                if is_left_out || path.is_empty() {
                    continue;
                }
                let to = if is_folder {
                    &mut chosen.folder
                } else {
                    &mut chosen.files
                };
                let fits = bytes.is_some();
                to.push(NamedFile {
                    path: path.clone(),
                    bytes: bytes.unwrap_or_default(),
                });
                fits.then_some(())
            }
            _ => {
                let _unknown = read_file(&mut field, 0, &mut room).await?;
                Some(())
            }
        };
        if kept.is_none() {
            refused = Some(room.too_large());
        }
    }
    refused.map_or(Ok(()), Err)
}

/// The part as text, at most its first `limit` bytes.
async fn read_text(field: &mut Field<'_>, limit: usize, room: &mut Room) -> Result<String, AppError> {
    let mut kept = Vec::new();
    while let Some(chunk) = in_time(field.chunk()).await? {
        room.count(chunk.len())?;
        let fitting = chunk.len().min(limit.saturating_sub(kept.len()));
        kept.extend_from_slice(chunk.get(..fitting).unwrap_or_default());
    }
    Ok(String::from_utf8_lossy(&kept).into_owned())
}

/// The part, or `None` when it has more than `limit` bytes or than there is room for.
async fn read_file(field: &mut Field<'_>, limit: usize, room: &mut Room) -> Result<Option<Bytes>, AppError> {
    let mut kept = Some(BytesMut::new());
    while let Some(chunk) = in_time(field.chunk()).await? {
        room.count(chunk.len())?;
        let Some(bytes) = &mut kept else { continue };
        if bytes.len() + chunk.len() > limit || room.kept + chunk.len() > room.limit {
            kept = None;
            continue;
        }
        room.kept += chunk.len();
        bytes.extend_from_slice(&chunk);
    }
    Ok(kept.map(BytesMut::freeze))
}

fn too_many() -> Unfit {
    Unfit::Files(format!(
        "The folder holds more than {PARTS} files, those of packages and builds among them. Choose a folder with the app alone, or use c4h deploy, which sends only what belongs to it."
    ))
}

async fn in_time<T>(step: impl Future<Output = Result<T, MultipartError>>) -> Result<T, AppError> {
    let outcome = tokio::time::timeout(body::IDLE, step).await;
    outcome
        .map_err(|_| too_slow())?
        .map_err(|error| AppError::BodyBroken(error.body_text()))
}

pub(super) fn too_slow() -> AppError {
    AppError::BodyTooSlow {
        idle_s: body::IDLE.as_secs(),
    }
}
