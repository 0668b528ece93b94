//! Requests and answers, both ways.

use serde_json::{Map, Value, json};
use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    Fields, IncomingBody, Method, OutgoingBody, OutgoingRequest, OutgoingResponse, ResponseOutparam, Scheme,
};
use wasip2::io::streams::OutputStream;

/// The most that one blocking write may carry, says `wasi:io`.
const WRITE_BYTES: usize = 4096;

pub(crate) fn header(headers: &Fields, name: &str) -> Option<String> {
    let value = headers.get(name).into_iter().next()?;
    String::from_utf8(value).ok()
}

pub(crate) fn read(body: &IncomingBody) -> Vec<u8> {
    let stream = body.stream().unwrap();
    let mut bytes = Vec::new();
    while let Ok(mut piece) = stream.blocking_read(64 * 1024) {
        bytes.append(&mut piece);
    }
    bytes
}

fn write(stream: &OutputStream, bytes: &[u8]) {
    for piece in bytes.chunks(WRITE_BYTES) {
        if stream.blocking_write_and_flush(piece).is_err() {
            return;
        }
    }
}

pub(crate) fn answer(out: ResponseOutparam, value: &Value) {
    let headers = Fields::new();
    headers.append("content-type", b"application/json").unwrap();
    let response = OutgoingResponse::new(headers);
    let body = response.body().unwrap();
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().unwrap();
    write(&stream, value.to_string().as_bytes());
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}

/// One call; `url` is host and path.
pub(crate) fn call(
    method: &str,
    url: &str,
    headers: &Map<String, Value>,
    body: &str,
) -> Result<Value, String> {
    let fields = Fields::new();
    for (name, value) in headers {
        let value = value.as_str().unwrap_or_default();
        fields
            .append(name, value.as_bytes())
            .map_err(|error| format!("{error:?}"))?;
    }
    let (host, path) = url.find('/').map_or((url, "/"), |at| url.split_at(at));
    let request = OutgoingRequest::new(fields);
    let method = match method {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "PUT" => Method::Put,
        "POST" => Method::Post,
        "DELETE" => Method::Delete,
        other => Method::Other(other.to_owned()),
    };
    request
        .set_method(&method)
        .map_err(|()| "the method".to_owned())?;
    request
        .set_scheme(Some(&Scheme::Https))
        .map_err(|()| "the scheme".to_owned())?;
    request
        .set_authority(Some(host))
        .map_err(|()| "the host".to_owned())?;
    request
        .set_path_with_query(Some(path))
        .map_err(|()| "the path".to_owned())?;
    let outgoing = request.body().map_err(|()| "the body".to_owned())?;
    let sent = outgoing_handler::handle(request, None).map_err(|error| format!("{error:?}"))?;
    let stream = outgoing.write().map_err(|()| "the stream".to_owned())?;
    write(&stream, body.as_bytes());
    drop(stream);
    // When the call has failed already, its answer says more.
    let _ = OutgoingBody::finish(outgoing, None);
    sent.subscribe().block();
    let response = match sent.get() {
        Some(Ok(Ok(response))) => response,
        Some(Ok(Err(error))) => return Err(format!("{error:?}")),
        other => return Err(format!("{other:?}")),
    };
    let headers: Map<String, Value> = response
        .headers()
        .entries()
        .into_iter()
        .map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned().into()))
        .collect();
    let bytes = read(&response.consume().unwrap());
    Ok(json!({
        "status": response.status(),
        "headers": headers,
        "body": String::from_utf8_lossy(&bytes),
    }))
}
