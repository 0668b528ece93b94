//! The state behind one instance, and the link between its imports and that state.

use std::sync::Arc;

use wasmtime::component::{Linker, ResourceTable};
use wasmtime::{Engine, Store, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::RunContext;
use super::cpu::CpuMeter;
use super::failure::CpuSpent;
use crate::capability::call_turns::CallTurns;
use crate::capability::clock::{RunClock, WorkspaceClock};
use crate::capability::keyvalue;
use crate::capability::log::LogStream;
use crate::capability::memory::MemoryMeter;
use crate::capability::outgoing_http::OutgoingHttp;
use crate::capability::random::{LazyRandom, Use, insecure_seed};
use crate::capability::waiting::{self, Waiting};
use crate::capability::way_out::WayOut;
use crate::trace::{Recorder, Stream};

/// Processor time for saying where it was, from when a run was found to have used up its own. Few runtimes ask; a script's does, every few
/// thousand steps.
const CPU_GRACE_NS: u64 = 40_000_000;

/// What one instance can reach.
pub(crate) struct Host {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    /// Which pollables are timers.
    timers: Vec<u32>,
    recorder: Arc<Recorder>,
    meter: Arc<CpuMeter>,
    outgoing: OutgoingHttp,
    memory: MemoryMeter,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.outgoing,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// Links all of WASI 0.2, because the standard libraries of most languages import most of it, `wasi:http` and `wasi:keyvalue`.
///
/// What is linked is not what is allowed: without preopened directories, with sockets denied, and with
/// `outgoing-handler` going to [`OutgoingHttp`], there is one way out.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Host>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    waiting::link(&mut linker, Host::waiting)?;
    keyvalue::add_to_linker(&mut linker)?;
    Ok(linker)
}

impl Host {
    pub(super) fn new(
        run: &RunContext,
        recorder: &Arc<Recorder>,
        meter: &Arc<CpuMeter>,
        turns: CallTurns,
    ) -> Self {
        let limits = &run.limits;
        let mut wasi = WasiCtx::builder();
        let seed = recorder.seed();
        wasi.wall_clock(WorkspaceClock::new(run.now, Arc::clone(recorder)))
            .monotonic_clock(RunClock {
                recorder: Arc::clone(recorder),
            })
            .secure_random(LazyRandom::new(seed, Use::Secure))
            .insecure_random(LazyRandom::new(seed, Use::Insecure))
            .insecure_random_seed(insecure_seed(&seed))
            .stdout(LogStream {
                stream: Stream::Stdout,
                recorder: Arc::clone(recorder),
            })
            .stderr(LogStream {
                stream: Stream::Stderr,
                recorder: Arc::clone(recorder),
            })
            .max_random_size(limits.random_bytes);
        for (name, value) in &run.environment {
            wasi.env(name, value);
        }
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(field_bytes(limits.header_bytes));
        let mut table = ResourceTable::new();
        table.set_max_capacity(to_usize(u64::from(limits.handles)));
        Self {
            wasi: wasi.build(),
            http,
            table,
            timers: Vec::new(),
            recorder: Arc::clone(recorder),
            meter: Arc::clone(meter),
            outgoing: OutgoingHttp(WayOut::new(Arc::clone(&run.egress), Arc::clone(recorder), turns)),
            memory: MemoryMeter::new(limits),
        }
    }

    fn waiting(&mut self) -> Waiting<'_> {
        Waiting {
            table: &mut self.table,
            timers: &mut self.timers,
            recorder: &self.recorder,
            meter: &self.meter,
        }
    }

    /// The one way out of the run.
    pub(crate) fn way_out(&self) -> WayOut {
        self.outgoing.0.clone()
    }

    pub(super) fn memory(&self) -> &MemoryMeter {
        &self.memory
    }

    /// Makes a store with every limit in force.
    pub(super) fn into_store(self, engine: &Engine, run: &RunContext) -> Store<Self> {
        let meter = Arc::clone(&self.meter);
        let mut store = Store::new(engine, self);
        store.limiter(|host| &mut host.memory);
        store.set_hostcall_fuel(to_usize(run.limits.host_call_bytes));
        store.set_max_component_handles(to_usize(u64::from(run.limits.handles)));
        // Without a deadline the first check would trap.
        store.set_epoch_deadline(1);
        let budget_ns = run.limits.cpu_ms.saturating_mul(1_000_000);
        let mut end_ns = None;
        store.epoch_deadline_callback(move |_| {
            let spent_ns = meter.spent_in_poll_ns();
            if spent_ns > budget_ns {
                // From now, and not from the budget: a busy machine may come late.
                let end_ns = *end_ns.get_or_insert(spent_ns.saturating_add(CPU_GRACE_NS));
                meter.use_up();
                if spent_ns > end_ns {
                    return Err(CpuSpent.into());
                }
            }
            Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now())))
        });
        store
    }
}

/// wasi counts each name and value with 32 to 40 bytes of bookkeeping, so ordinary headers count about double. Much more would let
/// a guest fill the host's memory with header lists: there can be as many as handles.
fn field_bytes(header_bytes: u64) -> usize {
    to_usize(header_bytes.saturating_mul(2))
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
