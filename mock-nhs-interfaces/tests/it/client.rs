//! The one client of these tests: on every answer it checks what no test is about.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use mock_nhs_interfaces::{Answered, MockNhs, Population, Profile, Tenant, Whom};
use records::{Base, Change, Draft, Records, RecordsConfig, ResourceId, ResourceType};
use serde_json::Value;
use store::{Clock as _, FixedClock, MemoryStore, Store, WorkspaceId};
use time::macros::datetime;
use time::{Date, OffsetDateTime};

/// The workspace's token in these tests.
pub(crate) const TOKEN: &str = "made0up1token";
/// A request id that is right.
pub(crate) const REQUEST_ID: &str = "60E0B220-8136-4CA5-AE46-1D97EF59D068";

/// Where the interfaces are in these tests.
pub(crate) const BASE_URL: &str = "https://int.api.service.nhs.uk";

/// The people of the seed.
fn people() -> Arc<population::Population> {
    Arc::new(population::Population::generate(population::Config::default()))
}

/// The people as PDS knows them, indexed once.
fn seed() -> Arc<Population> {
    static SEED: LazyLock<Arc<Population>> = LazyLock::new(|| Arc::new(Population::of(people())));
    Arc::clone(&SEED)
}

/// Records of their own for each client, over one base, which is built once.
fn records(store: Arc<dyn Store>) -> Records {
    static BASE: LazyLock<Arc<Base>> =
        LazyLock::new(|| Arc::new(Base::of_population(&people(), 2).expect("the seed can be indexed")));
    Records::new(Arc::clone(&BASE), store, RecordsConfig::default())
}

pub(crate) struct Client {
    pub(crate) nhs: MockNhs,
    /// What the interfaces read and write.
    pub(crate) records: Records,
    /// The workspace's clock.
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) tenant: Tenant,
}

/// Which operation answered, in words that are constants of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AnsweredBy {
    pub(crate) interface: &'static str,
    pub(crate) interface_title: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) title: &'static str,
}

impl AnsweredBy {
    fn of(answered: &Answered) -> Self {
        let constant = |words: &Cow<'static, str>| match words {
            Cow::Borrowed(words) => *words,
            Cow::Owned(words) => panic!("{words} is not of a built-in interface"),
        };
        Self {
            interface: constant(&answered.interface),
            interface_title: constant(&answered.interface_title),
            operation: constant(&answered.operation),
            title: constant(&answered.title),
        }
    }
}

/// One answer.
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) answered: Option<AnsweredBy>,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self::at(datetime!(2026-01-15 12:00 UTC))
    }

    /// A client whose workspace has this time.
    pub(crate) fn at(now: OffsetDateTime) -> Self {
        let clock = Arc::new(FixedClock::new(now));
        let tenant = Tenant {
            workspace: WorkspaceId::new(1),
            clock: Arc::<FixedClock>::clone(&clock),
            access_token: TOKEN.into(),
            base_url: BASE_URL.into(),
            faults: Arc::default(),
            caller: None,
        };
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let records = records(Arc::clone(&store));
        Self {
            nhs: MockNhs::new(seed(), records.clone(), store),
            records,
            clock,
            tenant,
        }
    }

    /// The text of a resource as the FHIR server has it.
    pub(crate) async fn read_record(&self, kind: &str, id: &str) -> Option<Bytes> {
        let view = self.records.view(self.tenant.workspace).await.unwrap();
        let record = view.read(ResourceType::parse(kind).unwrap(), id)?;
        Some(record.text.clone())
    }

    /// Updates a resource as the FHIR server does.
    pub(crate) async fn put_record(&self, kind: &str, id: &str, text: &str) {
        let (kind, id) = (ResourceType::parse(kind).unwrap(), ResourceId::parse(id).unwrap());
        let change = |draft: &mut Draft| draft.put(kind, &id, text, Change::Updated).map(drop);
        let clock = &*self.tenant.clock;
        self.records
            .change(self.tenant.workspace, clock, change)
            .await
            .unwrap();
    }

    /// Deletes a resource as the FHIR server does.
    pub(crate) async fn delete_record(&self, kind: &str, id: &str) {
        let (kind, id) = (ResourceType::parse(kind).unwrap(), ResourceId::parse(id).unwrap());
        let change = |draft: &mut Draft| draft.delete(kind, &id).map(drop);
        let clock = &*self.tenant.clock;
        self.records
            .change(self.tenant.workspace, clock, change)
            .await
            .unwrap();
    }

    /// The day of the workspace's clock.
    pub(crate) fn today(&self) -> Date {
        self.clock.now().date()
    }

    /// The value of `Authorization` for somebody who is logged in.
    pub(crate) fn bearer(&self, whom: Whom) -> String {
        let token = match whom {
            Whom::HealthcareWorker => TOKEN.into(),
            Whom::Application | Whom::Patient(_) => self.nhs.give_token(&self.tenant, whom),
        };
        format!("Bearer {token}")
    }

    /// A GET in profile `int`, as a healthcare worker who is logged in.
    pub(crate) async fn get(&self, path_and_query: &str) -> Seen {
        let request = Request::get(path_and_query)
            .header("X-Request-ID", REQUEST_ID)
            .header("Authorization", format!("Bearer {TOKEN}"))
            .body(Body::empty())
            .unwrap();
        self.send(Profile::Int, request).await
    }

    pub(crate) async fn send(&self, profile: Profile, request: Request<Body>) -> Seen {
        let asked = request.headers().clone();
        let method = request.method().clone();
        let what = format!("{method} {}", request.uri());
        let response = self.nhs.answer(&self.tenant, profile, request).await;
        let (parts, body) = response.into_parts();
        let seen = Seen {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
            answered: parts.extensions.get::<Answered>().map(AnsweredBy::of),
        };
        seen.check(&method, &asked, &what);
        seen
    }
}

/// The path of PDS, whose outcomes and patients have a shape of their own.
const PDS: &str = "/personal-demographics/";

/// The path of the register of organisations, whose pages do not say how many matches there are, and which speaks XML.
const ODS: &str = "/organisation-data-terminology-api/";

/// What an answer may carry.
const ALLOWED_HEADERS: [&str; 22] = [
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "allow",
    "cache-control",
    "content-encoding",
    "content-security-policy",
    "content-type",
    "e-tag",
    "etag",
    "last-modified",
    "location",
    "pragma",
    "referrer-policy",
    "retry-after",
    "sl-violations",
    "x-c4h-hint",
    "x-content-type-options",
    "x-correlation-id",
    "x-request-id",
];

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Whether the body is JSON, by its media type.
    pub(crate) fn is_json(&self) -> bool {
        self.header("content-type").is_some_and(|said| {
            let media_type = said.split(';').next().unwrap_or_default();
            media_type.ends_with("/json") || media_type.ends_with("+json")
        })
    }

    /// The code of the one issue of an `OperationOutcome`.
    pub(crate) fn outcome_code(&self) -> Option<String> {
        self.json()
            .pointer("/issue/0/details/coding/0/code")
            .and_then(Value::as_str)
            .map(str::to_owned)
    }

    fn check(&self, method: &Method, asked: &HeaderMap, what: &str) {
        for id in ["x-request-id", "x-correlation-id"] {
            // An interface may name a request that its caller did not.
            if asked.contains_key(id) || id == "x-request-id" {
                assert_eq!(self.headers.get(id), asked.get(id), "{what}: {id} is not echoed");
            }
        }
        for name in self.headers.keys() {
            let is_allowed = ALLOWED_HEADERS.contains(&name.as_str()) || name.as_str().starts_with("mex-");
            assert!(is_allowed, "{what}: header {name}");
            assert_eq!(
                self.headers.get_all(name).iter().count(),
                1,
                "{what}: {name} is there twice"
            );
        }
        if *method == Method::HEAD || (*method == Method::OPTIONS && self.status == StatusCode::OK) {
            assert!(self.body.is_empty(), "{what}: a body");
            return;
        }
        let refuses_method = self.status == StatusCode::METHOD_NOT_ALLOWED;
        assert_eq!(
            refuses_method,
            self.headers.contains_key("allow"),
            "{what}: Allow"
        );
        let is_of_login = what.contains("/oauth2/");
        if self.status == StatusCode::FOUND || (refuses_method && is_of_login) {
            let expected = if refuses_method { "allow" } else { "location" };
            assert!(self.headers.contains_key(expected), "{what}: {expected}");
            assert!(self.body.is_empty(), "{what}: a body");
            return;
        }
        if self.body.is_empty() && self.status.is_success() && !self.headers.contains_key("content-type") {
            return;
        }
        if self.header("content-type") == Some("text/html; charset=utf-8") {
            self.check_page(what);
            return;
        }
        if !self.is_json() {
            let is_xml = self.header("content-type") == Some("application/fhir+xml");
            assert!(
                self.status.is_success() || (is_xml && what.contains(ODS)),
                "{what}: an error that is not JSON"
            );
            return;
        }
        self.check_json(what);
    }

    fn check_json(&self, what: &str) {
        let media_type = self
            .header("content-type")
            .unwrap_or_else(|| panic!("{what}: no media type"));
        let media_type = media_type.split(';').next().unwrap_or_default();
        let known = [
            "application/fhir+json",
            "application/json",
            "application/problem+json",
            "application/vnd.api+json",
            "application/vnd.mesh.v2+json",
        ];
        assert!(known.contains(&media_type), "{what}: {media_type}");
        let json = self.json();
        match json["resourceType"].as_str() {
            Some("OperationOutcome") if what.contains(PDS) => check_outcome(&json, what),
            Some("Patient") if what.contains(PDS) => check_patient(&json, self.header("etag"), what),
            Some("Bundle") => check_bundle(&json, what),
            Some(_) => assert_eq!(media_type, "application/fhir+json", "{what}"),
            None => assert_ne!(media_type, "application/fhir+json", "{what}"),
        }
        if self.status.is_client_error() || self.status.is_server_error() {
            let is_fault = json
                .pointer("/fault/detail/errorcode")
                .is_some_and(Value::is_string);
            let is_mesh = ["errorDescription", "detail", "message"]
                .iter()
                .any(|member| json.get(member).is_some());
            let is_json_api = json
                .pointer("/errors/0/status")
                .is_some_and(|status| status == self.status.as_str());
            let is_of_login = ["error", "error_description", "message_id"]
                .iter()
                .all(|member| json[*member].is_string());
            // Prism, with which the NHS runs some of its sandboxes.
            let is_problem = json["type"].is_string() && json["status"] == self.status.as_u16()
                || json["error"]["code"].is_string();
            assert!(
                is_of_login
                    || is_fault
                    || is_problem
                    || is_json_api
                    || is_mesh
                    || json["resourceType"] == "OperationOutcome",
                "{what}: {json}"
            );
        }
    }

    /// A page lets nothing in but itself, is kept by nobody and says what it is.
    fn check_page(&self, what: &str) {
        let policy = self.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{what}");
        let text = str::from_utf8(&self.body).unwrap();
        for part in [
            "<html lang=\"en-GB\">",
            "<title>",
            "made-up patients, not for care",
            "<h1>",
        ] {
            assert!(text.contains(part), "{what}: {part}");
        }
        assert!(!text.contains("<script"), "{what}: a script");
    }
}

fn check_bundle(json: &Value, what: &str) {
    let entries = json.get("entry").and_then(Value::as_array);
    let matches = entries.into_iter().flatten().filter(|entry| {
        let mode = entry.pointer("/search/mode");
        mode.is_none_or(|mode| mode == "match")
    });
    let matches = u64::try_from(matches.count()).unwrap();
    let total = json["total"].as_u64();
    if what.contains(ODS) {
        assert!(total.is_none_or(|total| total >= matches), "{what}");
    } else if !what.contains("/gp-connect/") && !what.contains("/gpconnect/") {
        // GP Connect does not count.
        assert_eq!(total, Some(matches), "{what}");
    }
}

fn check_outcome(json: &Value, what: &str) {
    assert_eq!(json["issue"].as_array().map(Vec::len), Some(1), "{what}: {json}");
    let issue = &json["issue"][0];
    assert!(
        ["error", "information", "warning"].contains(&issue["severity"].as_str().unwrap()),
        "{what}: {json}"
    );
    assert!(issue["code"].is_string(), "{what}: {json}");
    if issue["severity"] == "warning" {
        // A canned answer that is not there, as the NHS's sandbox says it.
        assert!(issue["diagnostics"].is_string(), "{what}: {json}");
        return;
    }
    let coding = &issue["details"]["coding"][0];
    assert_eq!(coding["version"], "1", "{what}: {json}");
    for member in ["system", "code", "display"] {
        assert!(coding[member].is_string(), "{what}: {json}");
    }
    // Whatever a caller sends, the answer stays small.
    assert!(
        json.to_string().len() < 8 * 1024,
        "{what}: {} bytes",
        json.to_string().len()
    );
}

fn check_patient(json: &Value, etag: Option<&str>, what: &str) {
    let version = json["meta"]["versionId"].as_str().unwrap();
    // The NHS's sandbox does not say the version of whoever was just created.
    let is_said = etag.is_some() || !what.starts_with("POST");
    if is_said {
        assert_eq!(etag, Some(format!("W/\"{version}\"").as_str()), "{what}");
    }
    assert_eq!(json["id"], json["identifier"][0]["value"], "{what}");
    // The NHS's own tests compare it member by member.
    let meta: Vec<&String> = json["meta"].as_object().unwrap().keys().collect();
    assert_eq!(meta, ["security", "versionId"], "{what}");
}
