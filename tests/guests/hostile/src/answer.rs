//! Answers: the plain one, and those that do harm by their size, their slowness, their end or their headers.

use wasip2::http::types::{Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};
use wasip2::io::streams::{OutputStream, StreamError};

use crate::clock;

/// The most that one blocking write may carry, says `wasi:io`.
const WRITE_BYTES: usize = 4096;

pub(crate) fn send(out: ResponseOutparam, status: u16, text: &str) {
    let headers = Fields::new();
    headers
        .append("content-type", b"text/plain; charset=utf-8")
        .unwrap();
    respond(out, status, headers, |stream| {
        text.as_bytes()
            .chunks(WRITE_BYTES)
            .try_for_each(|chunk| stream.blocking_write_and_flush(chunk))
    });
}

/// Dies when the head of the answer and a part of the body are out.
pub(crate) fn panic_in_body(out: ResponseOutparam) {
    respond(out, 200, Fields::new(), |stream| {
        stream.blocking_write_and_flush(b"the beginning, but ")?;
        panic!("this guest panics on purpose, in the middle of its answer")
    });
}

/// Promises 100 bytes and sends 10.
pub(crate) fn short_body(out: ResponseOutparam) {
    let headers = Fields::new();
    headers.append("content-length", b"100").unwrap();
    respond(out, 200, headers, |stream| {
        stream.blocking_write_and_flush(b"ten bytes\n")
    });
}

/// Sends a byte a second, for a minute.
pub(crate) fn slow_body(out: ResponseOutparam) {
    respond(out, 200, Fields::new(), |stream| {
        for _ in 0..60 {
            stream.blocking_write_and_flush(b".")?;
            clock::wait_seconds(1);
        }
        Ok(())
    });
}

/// Sends 1 GiB.
pub(crate) fn big_response(out: ResponseOutparam) {
    respond(out, 200, Fields::new(), |stream| {
        for _ in 0..1024 * 1024 * 1024 / WRITE_BYTES {
            stream.blocking_write_and_flush(&[b'x'; WRITE_BYTES])?;
        }
        Ok(())
    });
}

/// Sets 100,000 headers.
pub(crate) fn many_headers(out: ResponseOutparam) {
    let headers = Fields::new();
    for number in 0..100_000 {
        if let Err(error) = headers.append(&format!("x-{number}"), b"1") {
            return send(out, 200, &format!("header {number} refused: {error:?}\n"));
        }
    }
    respond(out, 200, headers, |stream| {
        stream.blocking_write_and_flush(b"100,000 headers\n")
    });
}

/// Sets one header of 1 MiB.
pub(crate) fn big_header(out: ResponseOutparam) {
    let headers = Fields::new();
    if let Err(error) = headers.append("x-big", &vec![b'x'; 1024 * 1024]) {
        return send(out, 200, &format!("refused: {error:?}\n"));
    }
    respond(out, 200, headers, |stream| {
        stream.blocking_write_and_flush(b"a header of 1 MiB\n")
    });
}

/// Tries to end a header early and to begin another.
pub(crate) fn header_injection(out: ResponseOutparam) {
    let refused = Fields::new().append("x-harmless", b"1\r\nset-cookie: a=b");
    send(out, 200, &format!("{refused:?}\n"));
}

/// Sets the headers that would reach beyond this app, into the platform and the browser's other pages.
pub(crate) fn headers_harm(out: ResponseOutparam) {
    let headers = Fields::new();
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("set-cookie", "session=stolen; Domain=localhost; Path=/"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("service-worker-allowed", "/"),
        ("access-control-allow-origin", "*"),
        ("access-control-allow-credentials", "true"),
        (
            "content-security-policy",
            "default-src * 'unsafe-inline' 'unsafe-eval'",
        ),
        ("clear-site-data", "\"*\""),
        ("x-c4h-run", "forged"),
        ("x-request-id", "forged"),
        ("server", "forged"),
    ] {
        // One that is refused here does no harm.
        let _ = headers.append(name, value.as_bytes());
    }
    respond(out, 200, headers, |stream| {
        stream.blocking_write_and_flush(b"<p>harm</p>\n")
    });
}

/// Sets the answer, then writes its body. When nobody takes the body any more, the guest ends quietly.
fn respond(
    out: ResponseOutparam,
    status: u16,
    headers: Fields,
    write: impl FnOnce(&OutputStream) -> Result<(), StreamError>,
) {
    let response = OutgoingResponse::new(headers);
    response.set_status_code(status).unwrap();
    let body = response.body().unwrap();
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().unwrap();
    if write(&stream).is_err() {
        return;
    }
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}
