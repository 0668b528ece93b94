//! What a run may use: one name, one number with its reason, and one error code for each limit.

use serde::{Deserialize, Serialize};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// Wasm stack of a guest, in bytes, for the whole engine: compiled code checks it, so it cannot differ from run to run.
///
/// Ten times wasmtime's default, so that a script which calls itself without end meets the end of QuickJS's own stack first and gets an
/// error that it can catch: QuickJS takes up to 5 KiB of this stack for each call. Only what is used costs memory.
pub const STACK_BYTES: u64 = 5 * MIB;

/// Native stack that carries a guest and the host functions it calls, in bytes.
///
/// Host functions get at least 2 MiB however deep the guest is, as much as wasmtime's default gives them and the guest.
pub const FIBER_STACK_BYTES: u64 = 7 * MIB;

/// The most memory that [`Limits::memory_bytes`] can be raised to, in bytes.
///
/// The engine's pool is laid out for it once. Twice the default leaves room for a guest that parses large bundles.
pub const MEMORY_CEILING_BYTES: u64 = 256 * MIB;

/// The largest component file, in bytes: componentize-py makes 22 MB, componentize-js 13 MB (measured).
pub const COMPONENT_BYTES: u64 = 32 * MIB;

/// Runs at once of one app. A page that loads eight things at once still works; a loop in one app leaves room for others.
pub const RUNS_PER_APP: u32 = 8;

/// Runs at once of all apps of one workspace: four busy apps.
pub const RUNS_PER_WORKSPACE: u32 = 32;

/// Runs at once of the whole engine: two full workspaces. Each slot costs address space, and memory only while used.
pub const CONCURRENT_RUNS: u32 = 64;

/// How long a request waits for a free slot before it is refused as `busy`, in milliseconds.
pub const QUEUE_MS: u64 = 2_000;

/// What one run may use. Start from [`Limits::DEFAULT`].
///
/// ```
/// use sandbox_runtime::limits::Limits;
/// let patient = Limits { wall_ms: 20_000, ..Limits::DEFAULT };
/// assert_eq!(patient.cpu_ms, 1_000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Processor time of the guest, in milliseconds. Waiting for an interface does not count.
    pub cpu_ms: u64,
    /// Time on the clock from start to end, in milliseconds. Waiting for an interface counts.
    pub wall_ms: u64,
    /// Memory of all linear memories together, in bytes; at most [`MEMORY_CEILING_BYTES`].
    pub memory_bytes: u64,
    /// Elements of all tables together.
    pub table_elements: u64,
    /// Outgoing calls.
    pub calls: u32,
    /// Calls of what belongs to the app itself, such as its store.
    #[serde(default = "default_store_calls")]
    pub store_calls: u32,
    /// Outgoing calls that may be under way at the same time; more wait for their turn.
    pub calls_at_once: u32,
    /// Body of one outgoing call, in bytes.
    pub call_body_bytes: u64,
    /// Body of the request that starts the run, in bytes.
    pub request_body_bytes: u64,
    /// Body of the answer, and of each answer to an outgoing call, in bytes.
    pub response_body_bytes: u64,
    /// Names and values of all headers of one message, in bytes.
    pub header_bytes: u64,
    /// Text the guest may print, in bytes. More is cut; the run goes on.
    pub log_bytes: u64,
    /// Open handles (requests, bodies, streams, header lists ...) at the same time.
    pub handles: u32,
    /// Bytes that one call of the guest into the platform may carry.
    pub host_call_bytes: u64,
    /// Random bytes that the guest may ask for at once.
    pub random_bytes: u64,
}

impl Limits {
    /// What every run gets unless the server is told otherwise.
    pub const DEFAULT: Self = Self {
        // A page that reads ten patients and renders them needs 5 to 50 ms; twenty times that is a mistake worth naming.
        cpu_ms: 1_000,
        // People give up after ten seconds; the NHS's own gateways cut at 30.
        wall_ms: 10_000,
        // What the large providers of workers allow. Measured at rest: wstd 1, componentize-js 9, componentize-py 16 MiB.
        memory_bytes: 128 * MIB,
        // wasmtime's default of 20,000 is too small for large guests; Spin and Viceroy allow about this.
        table_elements: 100_000,
        // What Fastly allows; a page that needs more should search instead of read.
        calls: 32,
        // A page of a hundred rows that reads and writes each; more belong into one value.
        store_calls: 256,
        // What browsers and Cloudflare allow.
        calls_at_once: 6,
        // The largest body the mock interfaces accept.
        call_body_bytes: 2 * MIB,
        // A form with a scanned letter; larger uploads belong elsewhere.
        request_body_bytes: MIB,
        // A bundle of 5,000 entries is about 6 MiB.
        response_body_bytes: 8 * MIB,
        // Four times what common gateways accept.
        header_bytes: 64 * KIB,
        // About a thousand lines: more is not read by anybody.
        log_bytes: 64 * KIB,
        // A run with all its calls needs about 500, when a garbage collector drops none. Each may hold 128 KiB of headers in the
        // host, so this many hold at most what the guest's own memory may; wasmtime's default is 1,000,000.
        handles: 1_024,
        // Must carry the largest body plus headers; wasmtime's default is 128 MiB.
        host_call_bytes: 16 * MIB,
        // Keys need 32 bytes; wasmtime's default is 64 MiB.
        random_bytes: 64 * KIB,
    };
}

/// For limits that were written before there was a store.
const fn default_store_calls() -> u32 {
    Limits::DEFAULT.store_calls
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The name of a limit. Its [code](Limit::code) is the same in answers, traces and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Limit {
    /// Processor time.
    #[serde(rename = "limit-cpu")]
    Cpu,
    /// Time on the clock.
    #[serde(rename = "limit-wall")]
    Wall,
    /// Linear memory.
    #[serde(rename = "limit-memory")]
    Memory,
    /// Table elements.
    #[serde(rename = "limit-table")]
    Table,
    /// Depth of calls inside the guest.
    #[serde(rename = "limit-stack")]
    Stack,
    /// Outgoing calls.
    #[serde(rename = "limit-calls")]
    Calls,
    /// Calls of what belongs to the app itself.
    #[serde(rename = "limit-store-calls")]
    StoreCalls,
    /// Body of an outgoing call.
    #[serde(rename = "limit-call-body")]
    CallBody,
    /// Body of the answer to an outgoing call.
    #[serde(rename = "limit-call-response")]
    CallResponse,
    /// Body of the request.
    #[serde(rename = "limit-request-body")]
    RequestBody,
    /// Body of the answer.
    #[serde(rename = "limit-response-body")]
    ResponseBody,
    /// Headers of one message.
    #[serde(rename = "limit-headers")]
    Headers,
    /// Printed text.
    #[serde(rename = "limit-log")]
    Log,
    /// Open handles.
    #[serde(rename = "limit-handles")]
    Handles,
    /// Bytes in one call into the platform.
    #[serde(rename = "limit-host-call")]
    HostCall,
    /// Random bytes asked for at once.
    #[serde(rename = "limit-random")]
    Random,
    /// Runs at the same time.
    #[serde(rename = "busy")]
    Busy,
}

impl Limit {
    /// Every limit, for documents and tests.
    pub const ALL: [Self; 17] = [
        Self::Cpu,
        Self::Wall,
        Self::Memory,
        Self::Table,
        Self::Stack,
        Self::Calls,
        Self::StoreCalls,
        Self::CallBody,
        Self::CallResponse,
        Self::RequestBody,
        Self::ResponseBody,
        Self::Headers,
        Self::Log,
        Self::Handles,
        Self::HostCall,
        Self::Random,
        Self::Busy,
    ];

    /// The stable code, such as `limit-cpu`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cpu => "limit-cpu",
            Self::Wall => "limit-wall",
            Self::Memory => "limit-memory",
            Self::Table => "limit-table",
            Self::Stack => "limit-stack",
            Self::Calls => "limit-calls",
            Self::StoreCalls => "limit-store-calls",
            Self::CallBody => "limit-call-body",
            Self::CallResponse => "limit-call-response",
            Self::RequestBody => "limit-request-body",
            Self::ResponseBody => "limit-response-body",
            Self::Headers => "limit-headers",
            Self::Log => "limit-log",
            Self::Handles => "limit-handles",
            Self::HostCall => "limit-host-call",
            Self::Random => "limit-random",
            Self::Busy => "busy",
        }
    }

    /// What the limit's numbers count.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Cpu | Self::Wall => Unit::Milliseconds,
            Self::Memory
            | Self::Stack
            | Self::CallBody
            | Self::CallResponse
            | Self::RequestBody
            | Self::ResponseBody
            | Self::Headers
            | Self::Log
            | Self::HostCall
            | Self::Random => Unit::Bytes,
            Self::Table => Unit::Elements,
            Self::Calls | Self::StoreCalls => Unit::Calls,
            Self::Handles => Unit::Handles,
            Self::Busy => Unit::Runs,
        }
    }
}

/// What the numbers of a [`LimitHit`] count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Bytes.
    Bytes,
    /// Outgoing calls.
    Calls,
    /// Table elements.
    Elements,
    /// Open handles.
    Handles,
    /// Runs.
    Runs,
}

/// One limit that a run reached. The run may have gone on (a cut log, a refused call).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitHit {
    /// Which limit; written as its code.
    pub code: Limit,
    /// The allowed amount.
    pub limit: u64,
    /// The amount used or asked for, where it is known.
    pub used: Option<u64>,
    /// What both numbers count.
    pub unit: Unit,
    /// One plain sentence with the number and the way out.
    pub sentence: String,
}

impl LimitHit {
    pub(crate) fn new(code: Limit, limit: u64, used: Option<u64>) -> Self {
        Self {
            code,
            limit,
            used,
            unit: code.unit(),
            sentence: sentence(code, limit, used),
        }
    }
}

/// What happened, with the number, and what to do about it.
fn sentence(code: Limit, limit: u64, used: Option<u64>) -> String {
    let bytes = bytes_in_words(limit);
    let used_bytes = used.map_or_else(|| "more".to_owned(), bytes_in_words);
    match code {
        Limit::Cpu => format!(
            "The app used more than {limit} ms of processor time; look for a loop that does not end, or do less work in one request."
        ),
        Limit::Wall => format!(
            "The app took longer than {limit} ms; look for a call that is slow or a wait that does not end."
        ),
        Limit::Memory => format!(
            "The app needed {used_bytes} of memory and may have {bytes}; hold less at once, for instance one page of results instead of all."
        ),
        Limit::Table => format!(
            "The app asked for a table of {} elements and may have {limit}; this is unusual, look at how the component was built.",
            used.map_or_else(|| "too many".to_owned(), |used| used.to_string())
        ),
        Limit::Stack => format!(
            "The app's calls went deeper than its {bytes} of stack; look for a function that calls itself without end."
        ),
        Limit::Calls => format!(
            "The app may make {limit} outgoing calls in one run and asked for more; the calls after number {limit} were refused. Search instead of reading one by one."
        ),
        Limit::StoreCalls => format!(
            "The app may call its store {limit} times in one run and asked for more; the calls after number {limit} were refused. Keep what belongs together in one value."
        ),
        Limit::CallBody => {
            format!("The app sent a call with a body of more than {bytes}; send less in one call.")
        }
        Limit::CallResponse => {
            format!("An answer to a call was {used_bytes} long and may be {bytes}; ask for smaller pages.")
        }
        Limit::RequestBody => {
            format!("The request's body was {used_bytes} long and may be {bytes}; send less in one request.")
        }
        Limit::ResponseBody => format!(
            "The app's answer was longer than {bytes}; answer with less, for instance one page at a time."
        ),
        Limit::Headers => {
            format!("The headers of one message were larger than {bytes}; put large values into the body.")
        }
        Limit::Log => format!(
            "The app printed more than {bytes}; the rest of the log of this run was left out. Print less."
        ),
        Limit::Handles => format!(
            "The app held more than {limit} handles (requests, bodies, streams, header lists) at once; drop those it has finished with."
        ),
        Limit::HostCall => {
            format!("The app passed more than {bytes} to the platform in one call; pass it in parts.")
        }
        Limit::Random => format!(
            "The app asked for more than {bytes} of random data at once; ask for less, or seed a generator of its own."
        ),
        Limit::Busy => {
            format!("All {limit} places for running apps were taken for too long; try again in a moment.")
        }
    }
}

/// Bytes for people: `512 KiB`, `8 MiB`, `17 bytes`.
pub(crate) fn bytes_in_words(bytes: u64) -> String {
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MiB", bytes / MIB)
    } else if bytes >= 10 * MIB {
        format!("{}.{} MiB", bytes / MIB, (bytes % MIB) * 10 / MIB)
    } else if bytes >= KIB && bytes.is_multiple_of(KIB) {
        format!("{} KiB", bytes / KIB)
    } else if bytes >= 10 * KIB {
        format!("{}.{} KiB", bytes / KIB, (bytes % KIB) * 10 / KIB)
    } else {
        format!("{bytes} bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_same_in_traces_and_answers() {
        for limit in Limit::ALL {
            assert_eq!(serde_json::to_value(limit).unwrap(), limit.code());
        }
    }

    #[test]
    fn bytes_read_well() {
        for (bytes, words) in [
            (17, "17 bytes"),
            (64 * KIB, "64 KiB"),
            (8 * MIB, "8 MiB"),
            (13_000_000, "12.3 MiB"),
        ] {
            assert_eq!(bytes_in_words(bytes), words);
        }
    }
}
