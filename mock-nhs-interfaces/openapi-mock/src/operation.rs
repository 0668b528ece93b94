//! What can be asked of an interface, as its document says it.

use std::sync::Arc;

use bytes::Bytes;
use fhir::json::Json;
use http::{HeaderName, HeaderValue, Method};

use crate::media::MediaType;
use crate::parameter::Parameter;
use crate::path::Pattern;
use crate::schema::SchemaId;

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// Its id: the document's `operationId`, or made from method and path.
    pub id: String,
    /// What it does in plain words, such as "Get patient details".
    pub title: String,
    /// What it does, in one sentence; empty when the document does not say.
    pub summary: String,
    /// What it belongs to, in the document's words.
    pub tags: Vec<String>,
    /// Request method.
    pub method: Method,
    /// Path below the prefix, with `{name}` for the parts that vary.
    pub path: String,
    /// The page about it, where the document names one.
    pub specification: Option<String>,
    /// How one logs in for it; any one of these is enough. Empty: nobody has to.
    pub logins: Vec<Scheme>,
    /// What a request can carry beside its body.
    pub parameters: Vec<Parameter>,
    /// Requests that show what it does, each answered with the status it says.
    pub samples: Vec<Sample>,
    /// The statuses that the document gives to errors: the status, the words of the document about it.
    pub errors: Vec<(u16, String)>,
    pub(crate) body: Option<RequestBody>,
    pub(crate) responses: Vec<Response>,
    pub(crate) pattern: Pattern,
}

/// How one logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// An access token in the header `Authorization`.
    Bearer,
    /// A key in the header `apikey`.
    ApiKey,
}

/// A request that shows what an operation does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What it shows.
    pub title: String,
    /// Path below the prefix with its query, escaped as addresses are.
    pub path_and_query: String,
    /// Headers that it carries: name and value.
    pub headers: Vec<(String, String)>,
    /// Media type and text of its body.
    pub body: Option<(String, String)>,
    /// Status of the answer.
    pub status: u16,
}

#[derive(Debug)]
pub(crate) struct RequestBody {
    pub(crate) is_required: bool,
    pub(crate) contents: Vec<RequestContent>,
}

#[derive(Debug)]
pub(crate) struct RequestContent {
    pub(crate) media: MediaType,
    pub(crate) schema: Option<SchemaId>,
    pub(crate) examples: Vec<RequestExample>,
}

#[derive(Debug)]
pub(crate) struct RequestExample {
    pub(crate) name: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) value: Json,
    /// About as many as its text has.
    pub(crate) bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusKey,
    pub(crate) description: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) contents: Vec<Content>,
}

/// Which statuses a response of the document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusKey {
    Exact(u16),
    /// `4XX`, by its first digit.
    Range(u16),
    Default,
}

impl StatusKey {
    pub(crate) fn parse(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Default);
        }
        let first = key
            .get(..1)?
            .parse::<u16>()
            .ok()
            .filter(|first| (1..=5).contains(first))?;
        let rest = key.get(1..)?;
        if rest.eq_ignore_ascii_case("xx") {
            return Some(Self::Range(first));
        }
        let code = key.parse::<u16>().ok()?;
        (key.len() == 3 && (200..600).contains(&code)).then_some(Self::Exact(code))
    }

    pub(crate) fn covers(self, status: u16) -> bool {
        match self {
            Self::Exact(code) => code == status,
            Self::Range(first) => status / 100 == first,
            Self::Default => true,
        }
    }

    /// The status that is meant where none is asked for.
    pub(crate) fn usual(self) -> u16 {
        match self {
            Self::Exact(code) => code,
            Self::Range(first) => first * 100,
            Self::Default => 200,
        }
    }

    pub(crate) fn is_success(self) -> bool {
        self.usual() / 100 == 2 && self != Self::Default
    }
}

/// What a response can say in one media type. Invariant: at least one example.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) media: MediaType,
    pub(crate) header: HeaderValue,
    pub(crate) schema: Option<SchemaId>,
    pub(crate) examples: Vec<Arc<Example>>,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) name: Option<String>,
    pub(crate) body: Bytes,
    /// Texts and numbers that it says, sorted: to find the answer that is about what is asked.
    pub(crate) mentions: Vec<Box<str>>,
}
