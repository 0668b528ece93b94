//! Harm by outgoing calls: too many, too many at once, to where they must not go, or malformed.

use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, Method, OutgoingBody, OutgoingRequest, RequestOptions, Scheme,
};

const HOST: &str = "int.api.service.nhs.uk";
const HELLO: &str = "/hello-world/hello/world";

/// Makes 40 calls, one after the other; tells how many were answered, and the first error.
pub(crate) fn many() -> String {
    tell((0..40).map(|_| wait(start(call(HOST, HELLO), None))))
}

/// Starts 10 calls before it waits for the first; tells how many were answered, and the first error.
pub(crate) fn parallel() -> String {
    let started: Vec<_> = (0..10).map(|_| start(call(HOST, HELLO), None)).collect();
    tell(started.into_iter().map(wait))
}

/// Calls the address in the query, `?url=...`, as it stands; tells the status or the error.
pub(crate) fn refused(query: &str) -> String {
    let url = query.strip_prefix("url=").unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let request = call(authority, path);
    let scheme = match scheme {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.to_owned()),
    };
    if request.set_scheme(Some(&scheme)).is_err() {
        return "the scheme cannot be set\n".to_owned();
    }
    format!("{}\n", result(wait(start(request, None))))
}

/// Asks the app of this name for the same, which asks it for the same; answers with the status it gets.
pub(crate) fn circle(app: &str) -> u16 {
    let request = call(&format!("{app}.apps.c4h.internal"), &format!("/circle?{app}"));
    wait(start(request, None)).unwrap_or(599)
}

/// Sends 64 MiB to an interface.
pub(crate) fn big() -> String {
    let request = call(HOST, HELLO);
    request.set_method(&Method::Post).unwrap();
    let body = request.body().unwrap();
    let started = outgoing_handler::handle(request, None);
    let stream = body.write().unwrap();
    let mut sent = 0;
    while sent < 64 * 1024 * 1024 && stream.blocking_write_and_flush(&[b'x'; 4096]).is_ok() {
        sent += 4096;
    }
    drop(stream);
    let finished = OutgoingBody::finish(body, None);
    format!(
        "sent {sent} bytes, finished {finished:?}, answer {}\n",
        result(started.and_then(wait_for))
    )
}

/// Calls that no well-behaved client makes. Each brought down a host once; one line each tells what came of it.
pub(crate) fn odd() -> String {
    let no_time = RequestOptions::new();
    let _ = no_time.set_connect_timeout(Some(0));
    let _ = no_time.set_first_byte_timeout(Some(0));
    let _ = no_time.set_between_bytes_timeout(Some(0));

    let long = format!("{HELLO}?{}", "x".repeat(1024 * 1024));
    let odd = [
        ("no time at all", HOST, HELLO, "accept", "*/*", Some(no_time)),
        ("address of 1 MiB", HOST, long.as_str(), "accept", "*/*", None),
        (
            "another host in the path",
            HOST,
            "https://api.service.nhs.uk/",
            "accept",
            "*/*",
            None,
        ),
        (
            "a line break in the path",
            HOST,
            "/hello\r\nx: y",
            "accept",
            "*/*",
            None,
        ),
        (
            "another host before the @",
            "int.api.service.nhs.uk@127.0.0.1",
            "/",
            "accept",
            "*/*",
            None,
        ),
        ("another host in a header", HOST, HELLO, "host", "127.0.0.1", None),
        (
            "another length in a header",
            HOST,
            HELLO,
            "content-length",
            "5",
            None,
        ),
        ("no host", "", HELLO, "accept", "*/*", None),
    ];
    let mut report = String::new();
    for (what, authority, path, header, value, options) in odd {
        report += what;
        report += ": ";
        report += &attempt(authority, path, header, value, options);
        report += "\n";
    }
    report
}

fn attempt(
    authority: &str,
    path: &str,
    header: &str,
    value: &str,
    options: Option<RequestOptions>,
) -> String {
    let headers = Fields::new();
    if let Err(error) = headers.append(header, value.as_bytes()) {
        return format!("header refused, {error:?}");
    }
    let request = OutgoingRequest::new(headers);
    let set = request
        .set_scheme(Some(&Scheme::Https))
        .and_then(|()| request.set_authority(Some(authority)))
        .and_then(|()| request.set_path_with_query(Some(path)));
    match set {
        Ok(()) => result(wait(start(request, options))),
        Err(()) => "address refused".to_owned(),
    }
}

fn call(authority: &str, path: &str) -> OutgoingRequest {
    let request = OutgoingRequest::new(Fields::new());
    // What is not accepted here stays unset, and fails when the request is sent.
    let _ = request.set_scheme(Some(&Scheme::Https));
    let _ = request.set_authority(Some(authority));
    let _ = request.set_path_with_query(Some(path));
    request
}

fn start(
    request: OutgoingRequest,
    options: Option<RequestOptions>,
) -> Result<FutureIncomingResponse, ErrorCode> {
    let body = request.body().expect("the body is taken once");
    let started = outgoing_handler::handle(request, options)?;
    // A length that was promised and not kept is an error here; the answer tells more.
    let _ = OutgoingBody::finish(body, None);
    Ok(started)
}

fn wait(started: Result<FutureIncomingResponse, ErrorCode>) -> Result<u16, ErrorCode> {
    started.and_then(wait_for)
}

fn wait_for(answer: FutureIncomingResponse) -> Result<u16, ErrorCode> {
    answer.subscribe().block();
    let answer = answer.get().expect("it is ready").expect("it is taken once")?;
    Ok(answer.status())
}

fn tell(results: impl Iterator<Item = Result<u16, ErrorCode>>) -> String {
    let (answered, failed): (Vec<_>, Vec<_>) = results.partition(Result::is_ok);
    let first = failed.into_iter().next().map_or("none".to_owned(), result);
    format!("answered {}, first error: {first}\n", answered.len())
}

fn result(result: Result<u16, ErrorCode>) -> String {
    match result {
        Ok(status) => status.to_string(),
        Err(code) => format!("{code:?}"),
    }
}
