//! Outgoing calls over `wasi:http`: sent at once, answered through the event loop, several under way together.

use rquickjs::function::Func;
use rquickjs::{Array, Ctx, Object, Promise, Result, TypedArray, Value};
use url::Url;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, Method, OutgoingRequest,
    RequestOptions, Scheme,
};
use wasip2::io::poll::Pollable;
use wasip2::io::streams::InputStream;

use super::bytes::slice;
use super::clock;
use crate::answer::write_body;
use crate::event_loop::{self, Outcome, Waiting};
use crate::modules::throw;
use crate::request::{pairs, read_part};

const NS_PER_MS: f64 = 1_000_000.0;

pub(super) fn install(native: &Object<'_>) -> Result<()> {
    native.set("send", Func::from(send))?;
    native.set("cancel", Func::from(event_loop::cancel))
}

/// Why a call failed, as `fetch` rejects with it.
struct Failed {
    name: &'static str,
    message: String,
    code: String,
}

impl Failed {
    fn type_error(code: &str, message: String) -> Self {
        Self {
            name: "TypeError",
            message,
            code: code.to_owned(),
        }
    }

    fn timeout(address: &str) -> Self {
        let message = format!("The call to {address} was not answered in the time it was given.");
        Self {
            name: "TimeoutError",
            message,
            code: "timeout".to_owned(),
        }
    }

    fn into_js<'js>(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        let object = Object::new(ctx.clone())?;
        object.set("name", self.name)?;
        object.set("message", self.message)?;
        object.set("code", self.code)?;
        Ok(object.into_value())
    }
}

/// Sends a request; the promise is rejected with name, message and code when it cannot be or fails.
fn send<'js>(ctx: Ctx<'js>, request: Object<'js>, id: f64) -> Result<Promise<'js>> {
    if event_loop::is_starting() {
        return Err(throw(
            &ctx,
            "TypeError",
            "fetch can only be called while the app answers a request, not at the top level of a file. Move the call into your fetch function.",
        ));
    }
    let address: String = request.get("url")?;
    match start(&request, &address) {
        Ok(call) => event_loop::promise(&ctx, Some(id), Box::new(call)),
        Err(Start::Js(error)) => Err(error),
        Err(Start::Failed(failed)) => {
            let (promise, _, reject) = ctx.promise()?;
            reject.call::<_, ()>((failed.into_js(&ctx)?,))?;
            Ok(promise)
        }
    }
}

enum Start {
    Js(rquickjs::Error),
    Failed(Failed),
}

impl From<rquickjs::Error> for Start {
    fn from(error: rquickjs::Error) -> Self {
        Self::Js(error)
    }
}

impl From<Failed> for Start {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

fn start(request: &Object<'_>, address: &str) -> std::result::Result<Call, Start> {
    let url = Url::parse(address)
        .map_err(|error| Failed::type_error("uri", format!("{address} is not an address: {error}")))?;
    let mut entries = Vec::new();
    for pair in request.get::<_, Array<'_>>("headers")?.iter::<Array<'_>>() {
        let pair = pair?;
        entries.push((pair.get::<String>(0)?, pair.get::<String>(1)?.into_bytes()));
    }
    let fields = Fields::from_list(&entries).map_err(|error| {
        Failed::type_error(
            "header",
            format!("A header of the call to {address} is not allowed: {error}"),
        )
    })?;
    let refused = |what: &str| {
        Failed::type_error(
            "request",
            format!("The {what} of the call to {address} is not allowed."),
        )
    };
    let outgoing = OutgoingRequest::new(fields);
    let method: String = request.get("method")?;
    outgoing
        .set_method(&method_of(method))
        .map_err(|()| refused("method"))?;
    let scheme = match url.scheme() {
        "https" => Scheme::Https,
        "http" => Scheme::Http,
        other => Scheme::Other(other.to_owned()),
    };
    outgoing
        .set_scheme(Some(&scheme))
        .map_err(|()| refused("scheme"))?;
    outgoing
        .set_authority(Some(url.authority()))
        .map_err(|()| refused("host"))?;
    let path = url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    );
    outgoing
        .set_path_with_query(Some(&path))
        .map_err(|()| refused("path"))?;

    let timeout_ms: Option<f64> = request.get("timeoutMs")?;
    let options = timeout_ms.map(|ms| {
        let options = RequestOptions::new();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates"
        )]
        let patience = (ms.max(1.0) * NS_PER_MS) as u64;
        // A host that knows no such timeouts is waited for by our own.
        let _ = options.set_connect_timeout(Some(patience));
        let _ = options.set_first_byte_timeout(Some(patience));
        options
    });
    let body = outgoing.body().map_err(|()| refused("body"))?;
    let future = outgoing_handler::handle(outgoing, options).map_err(|code| in_words(address, &code))?;
    match request.get::<_, Option<TypedArray<'_, u8>>>("body")? {
        // A body that cannot be written shows as a failed answer.
        Some(bytes) => drop(write_body(body, slice(&bytes))),
        None => drop(write_body(body, &[])),
    }
    Ok(Call {
        address: address.to_owned(),
        pollable: future.subscribe(),
        state: State::Head(future),
    })
}

fn method_of(name: String) -> Method {
    match name.as_str() {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "CONNECT" => Method::Connect,
        "OPTIONS" => Method::Options,
        "TRACE" => Method::Trace,
        "PATCH" => Method::Patch,
        _ => Method::Other(name),
    }
}

/// A call under way.
struct Call {
    address: String,
    // Before the state: a host may forbid to drop a stream before what waits for it.
    pollable: Pollable,
    state: State,
}

enum State {
    Head(FutureIncomingResponse),
    Body(Reading),
    Ended,
}

struct Reading {
    bytes: Vec<u8>,
    stream: InputStream,
    _body: IncomingBody,
    response: IncomingResponse,
}

impl Waiting for Call {
    fn pollable(&self) -> &Pollable {
        &self.pollable
    }

    fn advance<'js>(&mut self, ctx: &Ctx<'js>) -> Option<Outcome<'js>> {
        let ended = self.step()?;
        Some(match ended {
            Ok(reading) => event_loop::outcome(ctx, answer(ctx, reading)),
            Err(failed) => Err(failed.into_js(ctx).unwrap_or_else(|_| ctx.catch())),
        })
    }
}

impl Call {
    /// Goes as far as possible without waiting.
    fn step(&mut self) -> Option<std::result::Result<Reading, Failed>> {
        if let State::Head(future) = &self.state {
            let broken = || Failed::type_error("internal", format!("The call to {} was lost.", self.address));
            let response = match future.get()? {
                Ok(Ok(response)) => response,
                Ok(Err(code)) => return Some(Err(in_words(&self.address, &code))),
                Err(()) => return Some(Err(broken())),
            };
            let Ok(body) = response.consume() else {
                return Some(Err(broken()));
            };
            let Ok(stream) = body.stream() else {
                return Some(Err(broken()));
            };
            self.pollable = stream.subscribe();
            self.state = State::Body(Reading {
                bytes: Vec::new(),
                stream,
                _body: body,
                response,
            });
        }
        loop {
            let State::Body(reading) = &mut self.state else {
                return None;
            };
            let before = reading.bytes.len();
            match read_part(&reading.stream, false, &mut reading.bytes) {
                Ok(true) if reading.bytes.len() == before => return None,
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let message = format!("The answer to the call to {} broke off: {error}", self.address);
                    return Some(Err(Failed::type_error("incomplete", message)));
                }
            }
        }
        // The pollable belongs to the stream and must go first.
        self.pollable = clock::timer(0.0);
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Body(reading) => Some(Ok(reading)),
            State::Head(_) | State::Ended => None,
        }
    }
}

fn answer<'js>(ctx: &Ctx<'js>, reading: Reading) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("status", reading.response.status())?;
    object.set("headers", pairs(ctx, reading.response.headers().entries())?)?;
    object.set("body", TypedArray::<u8>::new(ctx.clone(), reading.bytes)?)?;
    Ok(object)
}

/// What the host's code means for a builder.
fn in_words(address: &str, code: &ErrorCode) -> Failed {
    let sentence = match code {
        ErrorCode::HttpRequestDenied => {
            format!("The call to {address} was refused; the log of this run says why and what is allowed.")
        }
        ErrorCode::ConnectionLimitReached => {
            format!("The call to {address} was refused: this run has made all the calls it may make.")
        }
        ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::HttpResponseTimeout
        | ErrorCode::DnsTimeout => {
            return Failed::timeout(address);
        }
        ErrorCode::ConnectionRefused => format!("The call to {address} failed: nobody answers there."),
        ErrorCode::ConnectionTerminated => format!("The call to {address} failed: the connection broke off."),
        ErrorCode::HttpRequestBodySize(_) => {
            format!("The call to {address} was refused: its body is too long.")
        }
        ErrorCode::HttpResponseBodySize(_) => format!("The answer to the call to {address} is too long."),
        ErrorCode::InternalError(Some(text)) => format!("The call to {address} failed: {text}"),
        other => format!("The call to {address} failed: {other:?}"),
    };
    let debug = format!("{code:?}");
    let name: String = debug
        .trim_start_matches("ErrorCode::")
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    Failed::type_error(&name, sentence)
}
