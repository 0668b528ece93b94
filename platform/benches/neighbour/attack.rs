//! The attacks: what one workspace sends, over many connections at once, until it is told to stop.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Apps of the attacking workspace: enough to reach its limit of runs, which is above that of one app.
pub(crate) const APPS: usize = 5;
/// Connections of an attack: as many as may run, and half as many that wait.
const CONNECTIONS: usize = 48;

/// Number of a component's section that is a core module.
const MODULE_SECTION: u8 = 1;
/// Of one that makes instances of modules.
const INSTANCE_SECTION: u8 = 2;
/// Of one that lists imports.
const IMPORT_SECTION: u8 = 10;

/// One attack.
#[derive(Clone)]
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    connections: usize,
    /// What is sent over the connection of that number, the so-manieth time.
    request: Arc<dyn Fn(usize, usize) -> (String, Vec<u8>) + Send + Sync>,
}

/// An attack under way.
pub(crate) struct Attackers {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Attackers {
    pub(crate) fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            // An attacker that failed has attacked all the same.
            thread.join().ok();
        }
    }
}

impl Attack {
    /// Asks the hostile guest for one of its harms.
    fn harm(name: &'static str, path: &'static str) -> Self {
        Self::ask(name, "hostile", path)
    }

    /// Asks apps whose names begin so.
    fn ask(name: &'static str, app: &'static str, path: &'static str) -> Self {
        Self {
            name,
            connections: CONNECTIONS,
            request: Arc::new(move |connection, _| {
                let number = connection % APPS;
                (format!("GET /w/demo/apps/{app}-{number}{path}"), Vec::new())
            }),
        }
    }

    /// Deploys what nobody has deployed before.
    fn upload(name: &'static str, connections: usize, component: Vec<u8>) -> Self {
        Self {
            name,
            connections,
            request: Arc::new(move |connection, time| {
                let mut component = component.clone();
                // A custom section of its own: other bytes, other hash, nothing remembered.
                let mark = format!("{connection}-{time}");
                let length = u8::try_from(mark.len() + 2).unwrap_or(2);
                component.extend([0, length, 1, b'm']);
                component.extend(mark.as_bytes());
                let path = format!("POST /api/v1/workspaces/demo/apps/upload-{connection}/versions");
                (path, component)
            }),
        }
    }

    /// Starts its connections.
    pub(crate) fn begin(&self, address: SocketAddr) -> Attackers {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..self.connections)
            .map(|connection| {
                let (attack, stop) = (self.clone(), Arc::clone(&stop));
                std::thread::spawn(move || {
                    step_back();
                    let mut time = 0;
                    while !stop.load(Ordering::Relaxed) {
                        let (line, body) = (attack.request)(connection, time);
                        // Refused, cut off, answered: all is well with the attacker.
                        exchange(address, &line, &body, &stop).ok();
                        time += 1;
                    }
                })
            })
            .collect();
        Attackers { stop, threads }
    }
}

/// Attackers have machines of their own. Here they share the server's, and take what it and the neighbour leave: on Linux by the policy
/// `SCHED_IDLE`, which the tool `chrt` sets, because the lowest of niceness still keeps a processor for a slice of milliseconds.
fn step_back() {
    // To Linux, "this process" means the calling thread; elsewhere the whole bench would step back, the neighbour with it.
    #[cfg(target_os = "linux")]
    {
        rustix::process::setpriority_process(None, 19).ok();
        let thread = rustix::thread::gettid().as_raw_nonzero().to_string();
        std::process::Command::new("chrt")
            .args(["--idle", "--pid", "0", &thread])
            .status()
            .ok();
    }
}

/// One request on a connection of its own. Refused ones are not hurried: an attacker without patience would measure the accept loop.
fn exchange(address: SocketAddr, line: &str, body: &[u8], stop: &AtomicBool) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    let head = format!(
        "{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/wasm\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut buffer = vec![0; 64 * 1024];
    let mut first = true;
    while !stop.load(Ordering::Relaxed) {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(_) if first && buffer.starts_with(b"HTTP/1.1 429") => {
                std::thread::sleep(Duration::from_millis(100));
                first = false;
            }
            Ok(_) => first = false,
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Every attack that takes something which neighbours need.
pub(crate) fn all(hostile: &[u8]) -> Result<Vec<Attack>> {
    Ok(vec![
        Attack::harm("W1 spin", "/spin"),
        Attack::harm("W1 spin in host calls", "/spin-in-calls"),
        Attack::harm("W2 memory", "/grow"),
        Attack::harm("W2 memory, borne", "/grow-and-tell"),
        Attack::ask("W3 table", "table", "/"),
        Attack::harm("W4 recursion", "/recurse"),
        Attack::harm("W5 huge answer", "/big-response"),
        Attack::harm("W6 slow answer", "/slow-body"),
        Attack::harm("W6 sleep", "/sleep"),
        Attack::harm("W7 no answer", "/no-answer"),
        Attack::harm("W8 log flood", "/log-flood"),
        Attack::harm("W15 calls", "/many-calls"),
        Attack::harm("W15 calls at once", "/parallel-calls"),
        Attack::harm("W16 circle", "/circle?hostile-0"),
        Attack::harm("W17 headers", "/many-headers"),
        Attack::harm("W18 host call", "/host-call"),
        Attack::harm("W18 randomness", "/random"),
        Attack::harm("W19 handles", "/handles"),
        Attack::harm("W20 headers against the browser", "/headers-harm"),
        Attack::harm("W21 traps", "/trap-in-realloc"),
        Attack::harm("W21 panics in the answer", "/panic-in-body"),
        Attack::harm("W22 clocks", "/env"),
        Attack::upload("W9 compile bomb, loops", 4, with_module(&nested_loops(190, 300)?)),
        Attack::upload(
            "W10 compile bomb, branches",
            4,
            with_module(&branches(20_000, 1_000)?),
        ),
        Attack::upload(
            "W11 functions by the thousand",
            8,
            with_module(&functions(100_001)?),
        ),
        Attack::upload("W12 cut components", 8, cut(examples::HELLO)),
        Attack::upload("W13 core modules", 8, wat::parse_str("(module)")?),
        Attack::upload("W14 unknown imports", 8, with_unknown_import()?),
        Attack::upload("W23 deploys", 8, hostile.to_vec()),
    ])
}

/// The hello component with a module behind it, which has to be compiled.
fn with_module(module: &[u8]) -> Vec<u8> {
    with_section(examples::HELLO, MODULE_SECTION, module)
}

/// A component with one more section behind its own.
fn with_section(component: &[u8], number: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = component.to_vec();
    bytes.push(number);
    let mut length = payload.len();
    while length >= 0x80 {
        bytes.push(u8::try_from(length & 0x7f).unwrap_or(0) | 0x80);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap_or(0));
    bytes.extend_from_slice(payload);
    bytes
}

/// The hello component with an instance of a module that asks for ten million elements when it starts.
pub(crate) fn table_bomb() -> Result<Vec<u8>> {
    let module = wat::parse_str(
        "(module (table $t 1 funcref)
           (func $start
             (if (i32.eq (table.grow $t (ref.null func) (i32.const 10000000)) (i32.const -1)) (then unreachable)))
           (start $start))",
    )?;
    let modules = u8::try_from(modules_of(examples::HELLO)?)?;
    // One instance: of a module (0), by its number, given nothing (0).
    let instance = [1, 0, modules, 0];
    Ok(with_section(&with_module(&module), INSTANCE_SECTION, &instance))
}

/// How many modules lie in a component; fewer than 128.
fn modules_of(component: &[u8]) -> Result<usize> {
    let mut rest = component
        .get(8..)
        .context("a component begins with eight bytes")?;
    let mut modules = 0;
    while let Some((number, after)) = rest.split_first() {
        let digits = after
            .iter()
            .position(|byte| byte & 0x80 == 0)
            .context("a length")?
            + 1;
        let (length, after) = after.split_at_checked(digits).context("a length")?;
        let length = length
            .iter()
            .rev()
            .fold(0, |length, byte| length << 7 | usize::from(byte & 0x7f));
        rest = after.get(length..).context("a section is as long as it says")?;
        modules += usize::from(*number == MODULE_SECTION);
    }
    Ok(modules)
}

/// More functions than are let through to the compiler.
fn functions(number: usize) -> Result<Vec<u8>> {
    Ok(wat::parse_str(format!("(module {})", "(func)".repeat(number)))?)
}

/// The first half.
fn cut(component: &[u8]) -> Vec<u8> {
    component.get(..component.len() / 2).unwrap_or_default().to_vec()
}

/// The hello component with an instance imported that nobody offers.
fn with_unknown_import() -> Result<Vec<u8>> {
    const NAME: &[u8] = b"example:missing/thing@1.0.0";
    // One import: a plain name (0), an instance (5) of the first type.
    let import = [&[1, 0, u8::try_from(NAME.len())?], NAME, &[5, 0]].concat();
    Ok(with_section(examples::HELLO, IMPORT_SECTION, &import))
}

/// Loops inside loops over many locals, as in the journeys.
fn nested_loops(loops: usize, locals: usize) -> Result<Vec<u8>> {
    let changes: String = (0..locals)
        .map(|number| {
            format!(
                "local.get {} i32.const {number} i32.add local.set {number} ",
                (number + 1) % locals
            )
        })
        .collect();
    let ends: String = (0..loops)
        .map(|number| format!("local.get {} br_if 0 end ", number % locals))
        .collect();
    Ok(wat::parse_str(format!(
        "(module (func (export \"bomb\") (local{}) {}{changes}{ends}))",
        " i32".repeat(locals),
        "loop ".repeat(loops)
    ))?)
}

/// Branches one after the other over many locals, as in the journeys.
fn branches(number: usize, locals: usize) -> Result<Vec<u8>> {
    let branches: String = (0..number)
        .map(|at| {
            let (one, other) = (at % locals, (at + 7) % locals);
            format!("local.get {one} if local.get {other} local.set {one} end ")
        })
        .collect();
    let locals = " i32".repeat(locals);
    Ok(wat::parse_str(format!(
        "(module (func (export \"bomb\") (local{locals}) {branches}))"
    ))?)
}
