//! Does what its request tells it; see README.md.

mod bindings;
mod exchange;
mod steps;

use serde_json::{Value, json};
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

struct Keyvalue;

wasip2::http::proxy::export!(Keyvalue);

impl Guest for Keyvalue {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let hops = exchange::header(&request.headers(), "x-c4h-hops");
        let body = exchange::read(&request.consume().unwrap());
        let Ok(Value::Array(steps)) = serde_json::from_slice(&body) else {
            return exchange::answer(out, &json!({ "hops": hops }));
        };
        exchange::answer(out, &Value::Array(steps::run(&steps)));
    }
}
