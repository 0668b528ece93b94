//! One guest, one harm a path. README.md says what each path does and what the sandbox must answer.
//!
//! It speaks `wasi:http` directly: nothing between it and the host keeps it from misbehaving.

mod answer;
mod calls;
mod clock;
mod memory;
mod probe;
mod trap;

use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

struct Hostile;

wasip2::http::proxy::export!(Hostile);

impl Guest for Hostile {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let address = request.path_with_query().unwrap_or_default();
        let (path, query) = address.split_once('?').unwrap_or((&address, ""));
        let text = match path {
            "/ok" | "/" => "ok\n".to_owned(),

            "/spin" => clock::spin(),
            "/spin-in-calls" => clock::spin_in_calls(),
            "/sleep" => clock::sleep(),

            "/grow" => memory::grow(),
            "/grow-and-tell" => memory::grow_and_tell(),
            "/recurse" => memory::recurse(),
            "/handles" => memory::handles(),
            "/random" => memory::random(),
            "/log-flood" => memory::log_flood(),
            "/host-call" => memory::host_call(),
            "/trap-in-realloc" => trap::in_realloc(&request),
            "/trap-in-free" => trap::in_free(&request),

            "/no-answer" => return,
            "/panic" => panic!("this guest panics on purpose"),
            "/panic-in-body" => return answer::panic_in_body(out),
            "/short-body" => return answer::short_body(out),
            "/slow-body" => return answer::slow_body(out),
            "/big-response" => return answer::big_response(out),
            "/many-headers" => return answer::many_headers(out),
            "/big-header" => return answer::big_header(out),
            "/header-injection" => return answer::header_injection(out),
            "/headers-harm" => return answer::headers_harm(out),

            "/many-calls" => calls::many(),
            "/parallel-calls" => calls::parallel(),
            "/refused" => calls::refused(query),
            "/big-call" => calls::big(),
            "/odd-calls" => calls::odd(),
            "/circle" => {
                let status = calls::circle(query);
                return answer::send(out, status, "came back\n");
            }

            "/body" => probe::body(&request),
            "/echo" => probe::echo(&request),
            "/env" => probe::environment(),
            "/files" => probe::files(),
            "/sockets" => probe::sockets(),

            _ => return answer::send(out, 404, "no such harm\n"),
        };
        answer::send(out, 200, &text);
    }
}
