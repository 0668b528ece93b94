//! The bodies that a deploy takes: a component, one script, or the files of an app folder as a form.

use axum::body::Body;
use axum::extract::FromRequest as _;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use bytes::{Bytes, BytesMut};
use http::{Request, StatusCode, header};
use http_body_util::Limited;

use crate::deploy::{Folder, Sent};
use crate::error::{AppError, Unfit};
use crate::middleware::{body, collect, refuse_encoded};

/// What the heads of 500 parts take beside their bytes.
const HEADS_BYTES: u64 = 512 * 1024;

const EXPECTED: &str = "application/wasm (a component), text/javascript, application/typescript, or multipart/form-data with one part a file, named by its path";

/// Reads what was sent, at most `limit_bytes` of files.
pub(super) async fn read(request: Request<Body>, limit_bytes: u64) -> Result<Sent, AppError> {
    let found = request.headers().get(header::CONTENT_TYPE);
    let found = found.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let essence = found.as_deref().and_then(|found| found.split(';').next());
    let essence = essence.unwrap_or_default().trim().to_ascii_lowercase();
    refuse_encoded(request.headers())?;
    let script = match essence.as_str() {
        "application/wasm" => None,
        "text/javascript" | "application/javascript" => Some("app.js"),
        "application/typescript" | "text/typescript" => Some("app.ts"),
        "multipart/form-data" => return read_form(request, limit_bytes).await.map(Sent::Folder),
        _ => {
            return Err(AppError::MediaType {
                expected: EXPECTED,
                found,
            });
        }
    };
    let (parts, body) = request.into_parts();
    let bytes = collect(&parts.headers, body, limit_bytes).await?;
    Ok(match script {
        None => Sent::Component(bytes),
        Some(main) => Sent::Folder(Folder::of_one(main, bytes)?),
    })
}

async fn read_form(request: Request<Body>, limit_bytes: u64) -> Result<Folder, AppError> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let whole_bytes = limit_bytes.saturating_add(HEADS_BYTES);
    if announced.is_some_and(|announced| announced > whole_bytes) {
        return Err(AppError::BodyTooLarge { limit_bytes });
    }
    let (parts, body) = request.into_parts();
    // Around everything, because the reader of forms keeps a part's head in memory until it ends.
    let limited = Limited::new(body, usize::try_from(whole_bytes).unwrap_or(usize::MAX));
    let request = Request::from_parts(parts, Body::new(limited));
    let form = Multipart::from_request(request, &()).await;
    let form = form.map_err(|rejection| AppError::BodyBroken(rejection.body_text()))?;
    let read = tokio::time::timeout(body::WHOLE, read_files(form, limit_bytes)).await;
    read.map_err(|_late| too_slow())?
}

async fn read_files(mut form: Multipart, limit_bytes: u64) -> Result<Folder, AppError> {
    let mut folder = Folder::default();
    let mut room = usize::try_from(limit_bytes).unwrap_or(usize::MAX);
    while let Some(mut field) = in_time(form.next_field(), limit_bytes).await? {
        let Some(path) = field.name().map(str::to_owned) else {
            let sentence =
                "A part of the form has no name; each part is a file, named by its path in the app folder.";
            return Err(Unfit::Files(sentence.to_owned()).into());
        };
        let bytes = read_file(&mut field, &mut room, limit_bytes).await?;
        folder.add(&path, bytes)?;
    }
    Ok(folder)
}

async fn read_file(field: &mut Field<'_>, room: &mut usize, limit_bytes: u64) -> Result<Bytes, AppError> {
    let mut kept = BytesMut::new();
    while let Some(chunk) = in_time(field.chunk(), limit_bytes).await? {
        *room = room
            .checked_sub(chunk.len())
            .ok_or(AppError::BodyTooLarge { limit_bytes })?;
        kept.extend_from_slice(&chunk);
    }
    Ok(kept.freeze())
}

async fn in_time<T>(
    step: impl Future<Output = Result<T, MultipartError>>,
    limit_bytes: u64,
) -> Result<T, AppError> {
    let outcome = tokio::time::timeout(body::IDLE, step).await;
    outcome.map_err(|_late| too_slow())?.map_err(|error| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            AppError::BodyTooLarge { limit_bytes }
        } else {
            AppError::BodyBroken(error.body_text())
        }
    })
}

fn too_slow() -> AppError {
    AppError::BodyTooSlow {
        idle_s: body::IDLE.as_secs(),
    }
}
