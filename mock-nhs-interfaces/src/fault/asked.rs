//! A request as faults see it.

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Uri};

use super::{FaultKind, person};
use crate::value::NhsNumber;

/// Whom [`FaultKind::WrongPerson`] tells of where nobody is named: Jayne Smyth, the one to mistake Jane Smith for, and
/// Jane Smith herself.
const MISTAKEN: [&str; 2] = ["9000000017", "9000000009"];

/// A request as faults see it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The interface's id, such as `pds`; `fhir` for the workspace's own FHIR server.
    pub interface: &'a str,
    /// The operation's id, such as `read_patient`; `None` for a request that reaches none.
    pub operation: Option<&'a str>,
    /// The head of the request.
    pub request: &'a Parts,
    /// Its whole body.
    pub body: &'a Bytes,
}

impl Asked<'_> {
    /// Whether the request names this person, in its address or in its body.
    pub(super) fn names(&self, number: NhsNumber) -> bool {
        self.numbers().any(|named| named == number)
    }

    fn numbers(&self) -> impl Iterator<Item = NhsNumber> {
        let address = address(&self.request.uri).as_bytes();
        person::numbers(address)
            .chain(person::numbers(self.body))
            .map(|(_, number)| number)
    }

    /// Whether a fault of this kind can do anything to the request.
    pub(super) fn can_meet(&self, kind: &FaultKind) -> bool {
        match kind {
            FaultKind::ChangedMeanwhile => changes_something(self.request, self.body),
            FaultKind::WrongPerson(_) => only_reads(self.request) && self.numbers().next().is_some(),
            FaultKind::Slow(_)
            | FaultKind::Timeout(_)
            | FaultKind::Refused
            | FaultKind::Status { .. }
            | FaultKind::TooManyRequests(_)
            | FaultKind::ExpiredToken
            | FaultKind::MalformedJson
            | FaultKind::Truncated
            | FaultKind::Empty
            | FaultKind::Drip(_) => true,
        }
    }
}

fn address(uri: &Uri) -> &str {
    uri.path_and_query().map_or("", |path| path.as_str())
}

/// A change of something that is there: somebody else can be faster.
fn changes_something(request: &Parts, body: &Bytes) -> bool {
    match request.method {
        Method::PUT | Method::PATCH | Method::DELETE => true,
        // A booking takes a slot.
        Method::POST => !only_reads(request) && body.windows(5).any(|word| word == b"Slot/"),
        _ => false,
    }
}

/// A search or an operation by `POST` reads as well.
fn only_reads(request: &Parts) -> bool {
    match request.method {
        Method::GET | Method::HEAD => true,
        Method::POST => {
            let last = request.uri.path().rsplit('/').next().unwrap_or_default();
            last == "_search" || last.starts_with('$') || last.starts_with("%24")
        }
        _ => false,
    }
}

/// The same request about another person: the first one that it names is replaced everywhere. `None` when it names nobody.
pub(super) fn about_another(
    request: &Parts,
    body: &Bytes,
    instead: Option<NhsNumber>,
) -> Option<(Parts, Bytes)> {
    let written = address(&request.uri);
    let mut named = person::numbers(written.as_bytes()).chain(person::numbers(body));
    let (_, number) = named.next()?;
    let instead = instead.or_else(|| {
        let mut others = MISTAKEN.iter().filter_map(|other| other.parse().ok());
        others.find(|other| *other != number)
    })?;
    let uri = String::from_utf8(person::replaced(written.as_bytes(), number, instead)).ok()?;
    let mut changed = request.clone();
    changed.uri = uri.parse().ok()?;
    Some((changed, person::replaced(body, number, instead).into()))
}
