//! The smallest useful app: every request is answered with one line of text.
//!
//! It speaks `wasi:http` directly, without an async runtime, so that it does as little as an app can do: benchmarks
//! measure the host with it. The other examples use `wstd`, which is more comfortable.

use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};

struct Hello;

wasip2::http::proxy::export!(Hello);

impl Guest for Hello {
    fn handle(_request: IncomingRequest, answer: ResponseOutparam) {
        let headers = Fields::new();
        headers
            .append("content-type", b"text/plain; charset=utf-8")
            .expect("a plain header is accepted");
        // A response without a status of its own is 200.
        let response = OutgoingResponse::new(headers);
        let body = response.body().expect("the body is taken once");
        ResponseOutparam::set(answer, Ok(response));

        let stream = body.write().expect("the stream is taken once");
        // If the caller has gone away there is nobody left to tell.
        let _ = stream.blocking_write_and_flush(b"Hello from your app\n");
        drop(stream);
        let _ = OutgoingBody::finish(body, None);
    }
}
