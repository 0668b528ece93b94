//! One evaluation: an instance of the runner with limits, no way out, and a way to read its memory afterwards.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::{Request, Response};
use wasmtime::component::{Component, ComponentNamedList, Lift, Linker, Lower, ResourceTable, WasmList};
use wasmtime::{Engine, ResourceLimiter, Store, Trap, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};
use wasmtime_wizer::{ComponentContext, ComponentInstanceState, Wizer};

use super::Failure;

/// How often the time is looked at.
const TICK: Duration = Duration::from_millis(10);

/// Processor time of a script's top level. Reading 4 MiB of JavaScript takes a tenth of it.
const CPU: Duration = Duration::from_secs(2);

/// Memory of a script's top level, in bytes. It becomes part of the component, so it is half of what a run may have.
const MEMORY_BYTES: usize = 64 * 1024 * 1024;

/// Elements of a table; the runner needs a few thousand.
const TABLE_ELEMENTS: usize = 100_000;

/// Lets the engine look at the time now and then.
pub(super) fn tick(engine: &Engine) {
    let engine = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    });
}

struct Host {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    calls: NoCalls,
    table: ResourceTable,
    started_cpu: Duration,
    memory_refused: bool,
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
            hooks: &mut self.calls,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// There is no request yet, so there are no calls; the runner says so in better words before it comes to this.
struct NoCalls;

/// What wasi expects of a call.
type Sent = Result<
    (
        Response<WasiBody>,
        Box<dyn Future<Output = Result<(), Error>> + Send>,
    ),
    Error,
>;

impl WasiHttpHooks for NoCalls {
    fn send_request(
        &mut self,
        _: Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(std::future::ready(Err(Error::HttpRequestDenied)))
    }
}

impl ResourceLimiter for Host {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let allowed = desired <= MEMORY_BYTES;
        self.memory_refused |= !allowed;
        Ok(allowed)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS)
    }
}

/// Processor time of this thread; where it cannot be read, time on the clock stands for it.
fn cpu() -> Duration {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
    }
    #[cfg(not(unix))]
    {
        use std::sync::LazyLock;
        use std::time::Instant;
        static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
        ORIGIN.elapsed()
    }
}

/// A running instance.
pub(super) struct Instance {
    store: Store<Host>,
    instance: wasmtime::component::Instance,
}

impl Instance {
    pub(super) fn start(engine: &Engine, component: &Component) -> Result<Self, Failure> {
        let mut linker = Linker::<Host>::new(engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        let host = Host {
            // No arguments, no environment, no files, nothing to read or to print to.
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            calls: NoCalls,
            table: ResourceTable::new(),
            started_cpu: cpu(),
            memory_refused: false,
        };
        let mut store = Store::new(engine, host);
        store.limiter(|host| host);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| {
            let host = store.data();
            if cpu().saturating_sub(host.started_cpu) > CPU {
                return Ok(UpdateDeadline::Interrupt);
            }
            Ok(UpdateDeadline::Continue(1))
        });
        let instance = now(linker.instantiate_async(&mut store, component))?;
        Ok(Self { store, instance })
    }

    /// Calls an export. Whatever goes wrong inside is the script's doing, and has a sentence.
    pub(super) fn call<P, R>(&mut self, name: &str, parameters: P) -> Result<R, Failure>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        let function = self.instance.get_typed_func::<P, R>(&mut self.store, name)?;
        now(function.call_async(&mut self.store, parameters)).map_err(|error| self.in_words(&error))
    }

    fn in_words(&self, error: &wasmtime::Error) -> Failure {
        if self.store.data().memory_refused {
            let allowed = MEMORY_BYTES / (1024 * 1024);
            return Failure::limit(format!(
                "The top level of the app needs more than {allowed} MiB of memory; build large data when it is needed."
            ));
        }
        let seconds = CPU.as_secs();
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => Failure::limit(format!(
                "The top level of the app ran for more than {seconds} s of processor time; look for a loop that does not end, and do the work in fetch."
            )),
            Some(Trap::StackOverflow) => Failure::limit(
                "The app is nested too deeply; look for a function that calls itself without end, or for code with very many brackets.",
            ),
            _ => Failure::limit(format!(
                "The top level of the app ended unexpectedly: {}",
                error.root_cause()
            )),
        }
    }

    pub(super) fn snapshot(
        mut self,
        wizer: &Wizer,
        context: &ComponentContext<'_>,
    ) -> Result<Vec<u8>, Failure> {
        // Reading the memory is our own work, not the script's.
        self.store
            .epoch_deadline_callback(|_| Ok(UpdateDeadline::Continue(1)));
        Ok(now(wizer.snapshot_component(context, &mut self))?)
    }

    async fn read<R: Lift + Send + Sync + 'static>(
        &mut self,
        interface: &str,
        function: &str,
    ) -> wasmtime::Result<R> {
        let missing = || wasmtime::Error::msg("the instrumented runner lacks an export");
        let store = &mut self.store;
        let (_, interface) = self
            .instance
            .get_export(&mut *store, None, interface)
            .ok_or_else(missing)?;
        let (_, function) = self
            .instance
            .get_export(&mut *store, Some(&interface), function)
            .ok_or_else(missing)?;
        let function = self.instance.get_typed_func::<(), (R,)>(&mut *store, function)?;
        Ok(function.call_async(store, ()).await?.0)
    }
}

/// Wizer reads through these. What cannot be read is read as nothing, and no test that runs a snapshot would pass.
impl ComponentInstanceState for Instance {
    async fn call_func_ret_list_u8(
        &mut self,
        interface: &str,
        function: &str,
        contents: impl FnOnce(&[u8]) + Send,
    ) {
        match self.read::<WasmList<u8>>(interface, function).await {
            Ok(list) => contents(list.as_le_slice(&self.store)),
            Err(_) => contents(&[]),
        }
    }

    async fn call_func_ret_s32(&mut self, interface: &str, function: &str) -> i32 {
        self.read(interface, function).await.unwrap_or_default()
    }

    async fn call_func_ret_s64(&mut self, interface: &str, function: &str) -> i64 {
        self.read(interface, function).await.unwrap_or_default()
    }

    async fn call_func_ret_f32(&mut self, interface: &str, function: &str) -> u32 {
        let value: f32 = self.read(interface, function).await.unwrap_or_default();
        value.to_bits()
    }

    async fn call_func_ret_f64(&mut self, interface: &str, function: &str) -> u64 {
        let value: f64 = self.read(interface, function).await.unwrap_or_default();
        value.to_bits()
    }
}

/// Runs a future that never waits for anything outside: there are no calls and no timers here.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::yield_now();
    }
}
