//! The request as the script API sees it: an object whose parts are fetched from the host when the app first looks at them.

use std::cell::RefCell;

use rquickjs::object::Accessor;
use rquickjs::{Array, Ctx, Object, Result, TypedArray, Value};
use wasip2::http::types::{IncomingBody, IncomingRequest, Method, Scheme};
use wasip2::io::streams::{InputStream, StreamError};

use crate::modules::throw;

/// Read from a body at once, in bytes.
const PART_BYTES: u64 = 1024 * 1024;

thread_local! {
    static REQUEST: RefCell<Option<IncomingRequest>> = const { RefCell::new(None) };
}

/// The request that is answered now.
pub(crate) fn set(request: IncomingRequest) {
    REQUEST.set(Some(request));
}

/// Made once, before the snapshot.
pub(crate) fn object<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.prop("method", Accessor::from(method).enumerable())?;
    object.prop("url", Accessor::from(url).enumerable())?;
    object.prop("headers", Accessor::from(headers).enumerable())?;
    object.prop("body", Accessor::from(body).enumerable())?;
    Ok(object)
}

fn with<T: Default>(look: impl FnOnce(&IncomingRequest) -> T) -> T {
    REQUEST.with_borrow(|request| request.as_ref().map(look).unwrap_or_default())
}

fn method() -> String {
    with(|request| {
        match request.method() {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
            Method::Connect => "CONNECT",
            Method::Options => "OPTIONS",
            Method::Trace => "TRACE",
            Method::Patch => "PATCH",
            Method::Other(name) => return name,
        }
        .to_owned()
    })
}

fn url() -> String {
    with(|request| {
        let scheme = match request.scheme() {
            Some(Scheme::Https) => "https".to_owned(),
            Some(Scheme::Other(name)) => name,
            Some(Scheme::Http) | None => "http".to_owned(),
        };
        let authority = request.authority().unwrap_or_else(|| "localhost".to_owned());
        let path = request.path_with_query().unwrap_or_else(|| "/".to_owned());
        format!("{scheme}://{authority}{path}")
    })
}

fn headers(ctx: Ctx<'_>) -> Result<Array<'_>> {
    pairs(&ctx, with(|request| request.headers().entries()))
}

/// Headers as the script API takes them: an array of pairs. Bytes that are not UTF-8 are read as Latin-1, as browsers do.
pub(crate) fn pairs<'js>(ctx: &Ctx<'js>, entries: Vec<(String, Vec<u8>)>) -> Result<Array<'js>> {
    let all = Array::new(ctx.clone())?;
    for (index, (name, value)) in entries.into_iter().enumerate() {
        let value = String::from_utf8(value)
            .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect());
        let pair = Array::new(ctx.clone())?;
        pair.set(0, name)?;
        pair.set(1, value)?;
        all.set(index, pair)?;
    }
    Ok(all)
}

fn body(ctx: Ctx<'_>) -> Result<Value<'_>> {
    let Some(body) = with(|request| request.consume().ok()) else {
        return Ok(Value::new_null(ctx));
    };
    let bytes = read(&body).map_err(|message| throw(&ctx, "TypeError", &message))?;
    if bytes.is_empty() {
        return Ok(Value::new_null(ctx));
    }
    Ok(TypedArray::<u8>::new(ctx, bytes)?.into_value())
}

/// The whole body. It has usually arrived before the app starts, so waiting for it here keeps nobody from anything.
fn read(body: &IncomingBody) -> std::result::Result<Vec<u8>, String> {
    let stream = body
        .stream()
        .map_err(|()| "The request's body was read before.".to_owned())?;
    let mut bytes = Vec::new();
    loop {
        match read_part(&stream, true, &mut bytes) {
            Ok(true) => {}
            Ok(false) => return Ok(bytes),
            Err(error) => return Err(format!("The request's body broke off: {error}")),
        }
    }
}

/// Reads what there is. False at the end.
pub(crate) fn read_part(
    stream: &InputStream,
    wait: bool,
    bytes: &mut Vec<u8>,
) -> std::result::Result<bool, String> {
    let part = if wait {
        stream.blocking_read(PART_BYTES)
    } else {
        stream.read(PART_BYTES)
    };
    match part {
        Ok(part) if bytes.is_empty() => *bytes = part,
        Ok(part) => bytes.extend_from_slice(&part),
        Err(StreamError::Closed) => return Ok(false),
        Err(StreamError::LastOperationFailed(error)) => return Err(error.to_debug_string()),
    }
    Ok(true)
}
