//! The app's answer on its way to the host.

use std::borrow::Cow;

use rquickjs::{Array, Object, Result, TypedArray, Value};
use wasip2::http::types::{ErrorCode, Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};
use wasip2::io::streams::OutputStream;

use crate::modules::throw;
use crate::natives::bytes::{slice, well_formed};

/// The status that an answer has unless it says another.
const OK: u16 = 200;

/// Status, headers and body, out of the engine.
pub(crate) struct Answer<'js> {
    response: OutgoingResponse,
    body: Body<'js>,
}

enum Body<'js> {
    None,
    Text(rquickjs::CString<'js>),
    Bytes(TypedArray<'js, u8>),
}

impl<'js> Answer<'js> {
    /// Reads what the script API made of the app's `Response`.
    pub(crate) fn read(answer: &Object<'js>) -> Result<Self> {
        let ctx = answer.ctx();
        let mut entries = Vec::new();
        for pair in answer.get::<_, Array<'js>>("headers")?.iter::<Array<'js>>() {
            let pair = pair?;
            entries.push((pair.get::<String>(0)?, pair.get::<String>(1)?.into_bytes()));
        }
        let fields = Fields::from_list(&entries).map_err(|error| {
            throw(
                ctx,
                "TypeError",
                &format!("The answer has a header that is not allowed: {error}"),
            )
        })?;
        let response = OutgoingResponse::new(fields);
        let status: u16 = answer.get("status")?;
        // What a new answer has already.
        if status != OK {
            response.set_status_code(status).map_err(|()| {
                throw(
                    ctx,
                    "RangeError",
                    &format!("{status} is not a status that an answer can have."),
                )
            })?;
        }
        let body: Value<'js> = answer.get("body")?;
        let body = if let Some(text) = body.as_string() {
            Body::Text(text.clone().to_cstring()?)
        } else if body.is_null() || body.is_undefined() {
            Body::None
        } else {
            Body::Bytes(TypedArray::from_value(body)?)
        };
        Ok(Self { response, body })
    }

    /// Sends it. The head goes first: the host reads the body while it is written.
    pub(crate) fn send(self, out: ResponseOutparam) {
        let bytes = match &self.body {
            Body::None => Cow::Borrowed(&[][..]),
            Body::Text(text) => well_formed(text),
            Body::Bytes(bytes) => Cow::Borrowed(slice(bytes)),
        };
        let Ok(body) = self.response.body() else {
            return fail(out, "The answer has no body to write to.");
        };
        ResponseOutparam::set(out, Ok(self.response));
        // Whoever asked may be gone; then there is nobody to tell.
        let _ = write_body(body, &bytes);
    }
}

/// Answers with an error instead: the host shows the text to the builder.
pub(crate) fn fail(out: ResponseOutparam, text: &str) {
    ResponseOutparam::set(out, Err(ErrorCode::InternalError(Some(text.to_owned()))));
}

/// Writes all of a body and closes it.
pub(crate) fn write_body(body: OutgoingBody, bytes: &[u8]) -> std::result::Result<(), ()> {
    if !bytes.is_empty() {
        let stream = body.write()?;
        write_all(&stream, bytes)?;
    }
    OutgoingBody::finish(body, None).map_err(|_| ())
}

fn write_all(stream: &OutputStream, mut bytes: &[u8]) -> std::result::Result<(), ()> {
    while !bytes.is_empty() {
        let room = stream.check_write().map_err(|_| ())?;
        if room == 0 {
            stream.subscribe().block();
            continue;
        }
        let length = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        let (part, rest) = bytes.split_at(length);
        stream.write(part).map_err(|_| ())?;
        bytes = rest;
    }
    stream.flush().map_err(|_| ())
}
