//! Baseline of (a): the shortest honest `wasi:http` server on wasmtime: pooling, one fresh instance a request,
//! no limit, no epoch, no trace, no router.

use anyhow::{Context, Result, anyhow};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

pub(crate) fn serve(component: &[u8]) -> Result<()> {
    let mut config = Config::new();
    let mut pool = PoolingAllocationConfig::default();
    // As in `wasmtime serve`, but for the room of one instance: its default of 1 MiB refuses an interpreter.
    pool.total_memories(1000)
        .total_component_instances(1000)
        .total_core_instances(4000)
        .total_tables(4000)
        .max_core_instance_size(10 << 20)
        .max_component_instance_size(10 << 20);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config).map_err(|error| anyhow!("{error:?}"))?;
    let component = Component::from_binary(&engine, component).map_err(|error| anyhow!("{error:?}"))?;
    let mut linker = Linker::new(&engine);
    let linked = wasmtime_wasi::p2::add_to_linker_async(&mut linker)
        .and_then(|()| wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker))
        .and_then(|()| linker.instantiate_pre(&component))
        .and_then(ProxyPre::new);
    let pre = linked.map_err(|error| anyhow!("{error:?}"))?;

    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            println!("bare wasmtime ready: http://{}", listener.local_addr()?);
            loop {
                let (client, _) = listener.accept().await?;
                client.set_nodelay(true)?;
                let pre = pre.clone();
                tokio::spawn(async move {
                    let service = hyper::service::service_fn(move |request| handle(pre.clone(), request));
                    // A client that hangs up ends its connection; the benchmark's load notices on its side.
                    http1::Builder::new()
                        .serve_connection(TokioIo::new(client), service)
                        .await
                        .ok();
                });
            }
        })
}

async fn handle(
    pre: ProxyPre<Client>,
    request: hyper::Request<hyper::body::Incoming>,
) -> Result<hyper::Response<HyperOutgoingBody>> {
    let client = Client {
        table: ResourceTable::new(),
        wasi: WasiCtx::builder().build(),
        http: WasiHttpCtx::new(),
        hooks: NoWayOut,
    };
    let mut store = Store::new(pre.engine(), client);
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let request = store
        .data_mut()
        .http()
        .new_incoming_request(Scheme::Http, request);
    let request = request.map_err(|error| anyhow!("{error:?}"))?;
    let out = store
        .data_mut()
        .http()
        .new_response_outparam(sender)
        .map_err(|error| anyhow!("{error:?}"))?;
    let task = tokio::spawn(async move {
        let proxy = pre.instantiate_async(&mut store).await?;
        proxy
            .wasi_http_incoming_handler()
            .call_handle(store, request, out)
            .await
    });
    match receiver.await {
        Ok(answer) => answer.map_err(|code| anyhow!("{code:?}")),
        Err(_) => {
            task.await?.map_err(|error| anyhow!("{error:?}"))?;
            Err(anyhow!("no response")).context("the guest returned without an answer")
        }
    }
}

struct Client {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: NoWayOut,
}

impl WasiView for Client {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Client {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// The hello component calls nobody.
struct NoWayOut;

type Sent = Result<
    (
        http::Response<WasiBody>,
        Box<dyn Future<Output = Result<(), Error>> + Send>,
    ),
    Error,
>;

impl WasiHttpHooks for NoWayOut {
    fn send_request(
        &mut self,
        _request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _failed: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}
