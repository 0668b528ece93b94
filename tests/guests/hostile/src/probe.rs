//! Looks around: what does a guest get to see, and to touch?

use std::fmt::Write as _;
use std::io::{self, ErrorKind};
use std::net::{TcpStream, ToSocketAddrs, UdpSocket};
use std::{env, fs};

use serde_json::{Map, Value, json};
use wasip2::http::types::{IncomingBody, IncomingRequest};
use wasip2::io::streams::StreamError;

/// Reads the request's body to its end and tells its size.
pub(crate) fn body(request: &IncomingRequest) -> String {
    let body = request.consume().expect("the body is taken once");
    let stream = body.stream().expect("the stream is taken once");
    let mut size = 0;
    let end = loop {
        match stream.blocking_read(64 * 1024) {
            Ok(part) => size += part.len(),
            Err(StreamError::Closed) => break "complete".to_owned(),
            Err(StreamError::LastOperationFailed(error)) => break error.to_debug_string(),
        }
    };
    drop(stream);
    drop(IncomingBody::finish(body));
    format!("{size} bytes, {end}\n")
}

/// Tells the request's method, address and headers as JSON.
pub(crate) fn echo(request: &IncomingRequest) -> String {
    let mut headers = Map::new();
    for (name, value) in request.headers().entries() {
        let value = Value::from(String::from_utf8_lossy(&value));
        let values = headers.entry(name).or_insert_with(|| json!([]));
        values.as_array_mut().expect("made as a list").push(value);
    }
    let echo = json!({
        "method": format!("{:?}", request.method()),
        "scheme": request.scheme().map(|scheme| format!("{scheme:?}")),
        "authority": request.authority(),
        "path_with_query": request.path_with_query(),
        "headers": headers,
    });
    format!("{echo}\n")
}

/// Tells the environment, the arguments, the folders and the clocks as JSON.
pub(crate) fn environment() -> String {
    let folders = wasip2::filesystem::preopens::get_directories();
    let wall = wasip2::clocks::wall_clock::now();
    let seen = json!({
        "variables": env::vars().collect::<Vec<_>>(),
        "arguments": env::args().collect::<Vec<_>>(),
        "folders": folders.into_iter().map(|(_, path)| path).collect::<Vec<_>>(),
        "wall_clock_seconds": wall.seconds,
        "wall_clock_resolution_ns": wasip2::clocks::wall_clock::resolution().nanoseconds,
        "monotonic_clock_ns": wasip2::clocks::monotonic_clock::now(),
        "monotonic_clock_resolution_ns": wasip2::clocks::monotonic_clock::resolution(),
    });
    format!("{seen}\n")
}

/// Tries to read and write files. One line each: `reached` would be a hole.
pub(crate) fn files() -> String {
    let mut report = String::new();
    let mut tell = |what: &str, result: io::Result<()>| line(&mut report, what, result);
    tell("list /", fs::read_dir("/").map(drop));
    tell("list .", fs::read_dir(".").map(drop));
    tell("list ..", fs::read_dir("..").map(drop));
    tell("read /etc/passwd", fs::read("/etc/passwd").map(drop));
    tell(
        "read /proc/self/environ",
        fs::read("/proc/self/environ").map(drop),
    );
    tell("write /tmp/hostile", fs::write("/tmp/hostile", "harm"));
    tell("make folder harm", fs::create_dir("harm"));
    report
}

/// Tries to open connections. One line each: `reached` would be a hole, and so would `ConnectionRefused`, because a
/// refusal comes from the other side.
pub(crate) fn sockets() -> String {
    let mut report = String::new();
    let mut tell = |what: &str, result: io::Result<()>| line(&mut report, what, result);
    tell(
        "connect 127.0.0.1:8080",
        TcpStream::connect("127.0.0.1:8080").map(drop),
    );
    tell("connect [::1]:8080", TcpStream::connect("[::1]:8080").map(drop));
    tell(
        "connect 169.254.169.254:80",
        TcpStream::connect("169.254.169.254:80").map(drop),
    );
    tell("send a datagram", datagram());
    tell(
        "listen on 127.0.0.1",
        std::net::TcpListener::bind("127.0.0.1:0").map(drop),
    );
    tell("look up localhost", "localhost:80".to_socket_addrs().map(drop));
    report
}

fn datagram() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket.send_to(b"harm", "127.0.0.1:53").map(drop)
}

fn line(report: &mut String, what: &str, result: io::Result<()>) {
    let outcome = match result {
        Ok(()) => "reached".to_owned(),
        Err(error) if error.kind() == ErrorKind::Other => error.to_string(),
        Err(error) => format!("{:?}", error.kind()),
    };
    writeln!(report, "{what}: {outcome}").expect("a String takes everything");
}
