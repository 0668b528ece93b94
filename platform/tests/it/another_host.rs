//! What is downloaded is a component like any other: it answers under an engine that knows nothing of this program.

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView};
use wasmtime_wasi_http::{WasiHttpHooks, WasiHttpView};

use crate::TestResult;
use crate::server::Server;

/// Uses what a snapshot could leave behind or a foreign host could lack: state of the top level, the module nhs, Intl, timers, randomness,
/// and the answer to a call that goes nowhere.
const SCRIPT: &str = r#"
import { formatNhsNumber, html } from "nhs";

const wards = new Map([["a", "Ward <A>"]]);

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const when = new Date("2026-08-06T16:30:00Z").toLocaleString();
    await new Promise((resolve) => setTimeout(resolve, 1));
    const refused = await fetch("https://int.api.service.nhs.uk/").then(() => "answered", () => "refused");
    return new Response(
      html`<p>${wards.get("a")}, ${formatNhsNumber(url.searchParams.get("nhs"))}, ${when}, ${crypto.randomUUID().length}, ${refused}</p>`.toString(),
      { status: 202, headers: { "content-type": "text/html", "x-one": request.method } },
    );
  },
};
"#;

#[tokio::test]
async fn a_script_that_was_downloaded_answers_under_a_bare_wasmtime() -> TestResult {
    let server = Server::start().await?;
    let request =
        Request::post("/api/v1/workspaces/demo/apps/away/versions").header("content-type", "text/javascript");
    let deployed = server.ask(request, SCRIPT).await;
    assert_eq!(deployed.status, StatusCode::CREATED, "{}", deployed.text());
    let component = server
        .get("/api/v1/workspaces/demo/apps/away/versions/1/component")
        .await;
    assert_eq!(component.status, StatusCode::OK);

    let elsewhere = answer_elsewhere(&component.body).await?;
    assert_eq!(elsewhere.status(), StatusCode::ACCEPTED);
    assert_eq!(
        elsewhere.headers().get("x-one").map(http::HeaderValue::as_bytes),
        Some(&b"GET"[..])
    );
    let expected = "<p>Ward &lt;A&gt;, 900 000 0009, 06/08/2026, 17:30:00, 36, refused</p>";
    assert_eq!(elsewhere.body(), expected);
    // Here a call to the interfaces is answered; all else is the same.
    let here = server.get("/w/demo/apps/away/?nhs=9000000009").await;
    assert_eq!(here.text(), expected.replace("refused", "answered"));
    Ok(())
}

/// One request under an engine with its defaults and the standard interfaces, and nothing else.
async fn answer_elsewhere(component: &[u8]) -> wasmtime::Result<http::Response<Bytes>> {
    let engine = Engine::default();
    let component = Component::from_binary(&engine, component)?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    let pre = ProxyPre::new(linker.instantiate_pre(&component)?)?;
    let mut store = Store::new(
        &engine,
        Elsewhere {
            table: ResourceTable::new(),
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            hooks: NoWayOut,
        },
    );
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let request = Request::get("http://elsewhere.test/?nhs=9000000009")
        .header("host", "elsewhere.test")
        .body(Full::new(Bytes::new()))?;
    let request = store
        .data_mut()
        .http()
        .new_incoming_request(Scheme::Http, request)?;
    let out = store.data_mut().http().new_response_outparam(sender)?;
    let guest = tokio::spawn(async move {
        let proxy = pre.instantiate_async(&mut store).await?;
        let handler = proxy.wasi_http_incoming_handler();
        handler.call_handle(&mut store, request, out).await
    });
    let answer = receiver
        .await?
        .map_err(|code| wasmtime::Error::msg(format!("{code:?}")))?;
    let (parts, body) = answer.into_parts();
    let body = body.collect().await?.to_bytes();
    guest.await??;
    Ok(http::Response::from_parts(parts, body))
}

struct Elsewhere {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: NoWayOut,
}

impl WasiView for Elsewhere {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Elsewhere {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// No test calls anybody outside.
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
        _request: Request<WasiBody>,
        _options: Option<RequestOptions>,
        _failed: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}
