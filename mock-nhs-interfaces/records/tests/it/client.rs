//! A client that checks on every answer what no test is about.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use fhir::json::Json;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use records::{Base, BasePart, FhirServer, FhirTenant, Records, RecordsConfig};
use store::{FixedClock, MemoryStore, Store, WorkspaceId};
use time::macros::datetime;

pub(crate) const BASE_URL: &str = "http://127.0.0.1:8080/w/demo/fhir";
pub(crate) const JSON: (&str, &str) = ("content-type", "application/fhir+json");
pub(crate) const JSON_PATCH: (&str, &str) = ("content-type", "application/json-patch+json");
pub(crate) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// One workspace over a small seed.
pub(crate) struct Client {
    pub(crate) server: FhirServer,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) workspace: WorkspaceId,
}

pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// `Null` when there is no body.
    pub(crate) tree: Json,
}

/// Two patients, and an observation of the first.
pub(crate) fn base() -> Arc<Base> {
    let mut part = BasePart::default();
    let seed = [
        (
            "Patient",
            "ann",
            r#""name":[{"family":"Adams","given":["Ann"]}],"birthDate":"1950-01-01""#,
        ),
        (
            "Patient",
            "bob",
            r#""name":[{"family":"Baker","given":["Bob"]}],"birthDate":"1960-02-02""#,
        ),
        (
            "Observation",
            "pulse",
            r#""status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/ann"},"valueQuantity":{"value":72.0,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}"#,
        ),
    ];
    for (kind, id, rest) in seed {
        let text = format!(
            r#"{{"resourceType":"{kind}","id":"{id}","meta":{{"versionId":"1","lastUpdated":"2026-01-01T00:00:00.000Z"}},{rest}}}"#
        );
        part.push(kind, id, text.as_bytes()).unwrap();
    }
    Arc::new(Base::assemble(vec![part], 2).unwrap())
}

impl Client {
    pub(crate) fn new() -> Self {
        Self::over(base(), Arc::new(MemoryStore::new()), RecordsConfig::default())
    }

    pub(crate) fn over(base: Arc<Base>, store: Arc<dyn Store>, config: RecordsConfig) -> Self {
        Self::of(Records::new(base, store, config))
    }

    pub(crate) fn of(records: Records) -> Self {
        Self {
            server: FhirServer::new(records, b"0123456789abcdef0123456789abcdef"),
            clock: Arc::new(FixedClock::new(datetime!(2026-06-01 12:00:00.5 UTC))),
            workspace: WorkspaceId::new(7),
        }
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answered {
        let mut request = Request::builder().method(method.clone()).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let tenant = FhirTenant {
            workspace: self.workspace,
            clock: Arc::clone(&self.clock) as Arc<dyn store::Clock>,
            base_url: BASE_URL.to_owned(),
            chain: 0,
        };
        let response = self
            .server
            .answer(&tenant, request.body(body.into()).unwrap())
            .await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let tree = if text.is_empty() {
            Json::Null
        } else {
            Json::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{method} {path}: {error}\n{text}"))
        };
        let answered = Answered {
            status: parts.status,
            headers: parts.headers,
            text,
            tree,
        };
        answered.check(&format!("{method} {path}"), method == Method::HEAD);
        answered
    }

    /// Creates a resource as whoever was told of so many changes, one because of the other; answers the status.
    pub(crate) async fn send_in_chain(&self, chain: u8, path: &str, body: &str) -> u16 {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(JSON.0, JSON.1);
        let tenant = FhirTenant {
            workspace: self.workspace,
            clock: Arc::clone(&self.clock) as Arc<dyn store::Clock>,
            base_url: BASE_URL.to_owned(),
            chain,
        };
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.server.answer(&tenant, request).await.status().as_u16()
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub(crate) async fn put(&self, path: &str, body: &str) -> Answered {
        self.send(Method::PUT, path, &[JSON], body.to_owned()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Answered {
        self.send(Method::POST, path, &[JSON], body.to_owned()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answered {
        self.send(Method::DELETE, path, &[], Body::empty()).await
    }
}

/// Whoever serves it moves the answer between threads: this compiles only while that is possible.
const _: fn(&FhirServer, &FhirTenant, Request<Body>) = |server, tenant, request| {
    fn moves<T: Send>(_: T) {}
    moves(server.answer(tenant, request));
};

impl Answered {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The resource ids on a page, in order, with what is included behind a `+`.
    pub(crate) fn found(&self) -> String {
        let mut found = String::new();
        for entry in self.tree.get("entry").into_iter().flat_map(Json::items) {
            let mode = entry
                .at(&["search", "mode"])
                .and_then(Json::as_str)
                .unwrap_or_default();
            let id = entry
                .at(&["resource", "id"])
                .and_then(Json::as_str)
                .unwrap_or(mode);
            if !found.is_empty() {
                found.push(' ');
            }
            let mark = if mode == "include" { "+" } else { "" };
            let _ = write!(found, "{mark}{id}");
        }
        found
    }

    pub(crate) fn link(&self, relation: &str) -> Option<String> {
        let links = self.tree.get("link").into_iter().flat_map(Json::items);
        let mut urls = links.filter(|link| link.text("relation") == Some(relation));
        urls.next()?.text("url").map(str::to_owned)
    }

    pub(crate) fn total(&self) -> Option<&str> {
        self.tree.get("total")?.as_number()
    }

    /// Code, place and words of the first issue.
    pub(crate) fn issue(&self) -> (String, String, String) {
        let issue = self
            .tree
            .get("issue")
            .and_then(|issues| issues.items().next())
            .unwrap();
        let place = issue.get("expression").and_then(|all| all.items().next());
        (
            issue.text("code").unwrap().to_owned(),
            place.and_then(Json::as_str).unwrap_or_default().to_owned(),
            issue.text("diagnostics").unwrap().to_owned(),
        )
    }

    fn check(&self, what: &str, head: bool) {
        if head {
            assert!(self.text.is_empty(), "{what}: HEAD has no body");
        }
        if !self.text.is_empty() {
            let kind = self.header("content-type");
            assert!(kind.contains("json; charset=utf-8"), "{what}: {kind}");
            assert!(self.tree.text("resourceType").is_some(), "{what}: {}", self.text);
        }
        if self.status.is_client_error() || self.status.is_server_error() {
            assert_ne!(
                self.status,
                StatusCode::INTERNAL_SERVER_ERROR,
                "{what}: {}",
                self.text
            );
            if !head {
                assert_eq!(self.tree.text("resourceType"), Some("OperationOutcome"), "{what}");
                for issue in self.tree.get("issue").unwrap().items() {
                    assert!(
                        issue.text("severity").is_some() && issue.text("code").is_some(),
                        "{what}"
                    );
                    let words = issue.text("diagnostics").unwrap_or_default();
                    assert!(!words.is_empty() && words.len() < 2_000, "{what}: {words}");
                }
            }
        }
        if self.tree.text("resourceType") == Some("Bundle") {
            let responds = self
                .tree
                .text("type")
                .is_some_and(|kind| kind.ends_with("-response"));
            let own = self.link("self");
            assert!(
                own.is_some() || responds,
                "{what}: a Bundle without its own address"
            );
            let links = [own, self.link("next"), self.link("first")];
            for link in links.into_iter().flatten() {
                assert!(link.starts_with(BASE_URL), "{what}: {link}");
            }
            for entry in self.tree.get("entry").into_iter().flat_map(Json::items) {
                let whole = ["resource", "request", "response"]
                    .iter()
                    .any(|key| entry.get(key).is_some());
                assert!(whole, "{what}: an entry without a resource");
            }
            assert!(
                !self.text.contains(r#""entry":[]"#),
                "{what}: FHIR has no empty lists"
            );
        }
        for name in ["location", "content-location"] {
            let place = self.header(name);
            assert!(
                place.is_empty() || place.starts_with(BASE_URL),
                "{what}: {name}: {place}"
            );
        }
        let tag = self.header("etag");
        assert!(
            tag.is_empty() || (tag.starts_with("W/\"") && tag.ends_with('"')),
            "{what}: {tag}"
        );
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            assert!(!self.header("allow").is_empty(), "{what}");
        }
    }
}
