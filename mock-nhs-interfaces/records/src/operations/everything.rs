//! `Patient/[id]/$everything` and `Patient/$everything`: <https://hl7.org/fhir/R4/patient-operation-everything.html>.
//!
//! The patient, what belongs to the patient's compartment, and what those refer to: practitioners, organisations, places,
//! medicines. What belongs to other people's compartments is not followed to. Everything of all patients comes in pages, patient
//! after patient.

mod of_all;

use std::collections::BTreeSet;

use axum::body::Body;
use fhir::json::Json;
use http::StatusCode;
use search::execute::Corpus as _;
use search::index::Doc;
use search::parse::Scope;
use search::query::Compartment;

use super::finder::Finder;
use super::inputs::{Inputs, push};
use crate::bundle::links::{Link, links};
use crate::server::bundle_text::{BundleText, Mode};
use crate::server::operation::Subject;
use crate::server::{Answer, Call, MAX_BUNDLE_BYTES, Refusal};
use crate::{Instant, Record, ResourceType};

const KNOWN: &str = "start, end, _since, _type, _count, _cursor";
/// How far references are followed: from a role to its organisation, and from there to the one above it.
const STEPS: usize = 3;
/// The dates of care by which `start` and `end` choose.
const CARE_DATES: [&str; 9] = [
    "date",
    "authoredon",
    "onset-date",
    "recorded-date",
    "effective-time",
    "occurrence",
    "period",
    "whenhandedover",
    "created",
];

/// What is asked for.
#[derive(Clone)]
struct Wanted {
    patient: Compartment,
    /// Empty: all.
    types: Vec<ResourceType>,
    since: Option<Instant>,
    start: Option<String>,
    end: Option<String>,
}

/// Where on the way through the answer a resource comes.
type Position = (bool, Doc);

/// Reads everything that is known about a patient, in pages if `_count` asks for them.
pub(super) async fn read_everything(
    call: &Call<'_>,
    subject: Subject<'_>,
    body: Body,
) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, KNOWN).await?;
    let (kind, id) = match subject {
        Subject::Instance(kind, id) => (kind, id),
        Subject::Type(kind) => return of_all::read_everything_of_all(call, &inputs, kind).await,
        Subject::System => return Err(Refusal::UnknownPath),
    };
    let finder = Finder::of(call).await?;
    match finder.view.latest(kind, id) {
        None => return Err(Refusal::NotFound(kind, id.to_owned())),
        Some(record) if record.is_deleted() => {
            return Err(Refusal::Gone(kind, id.to_owned(), record.version));
        }
        Some(_) => {}
    }
    let wanted = wanted(&inputs, kind, id)?;
    let after = inputs.text("_cursor").map(position).transpose()?;
    let count = inputs.count("_count")?.filter(|count| *count > 0);
    let view = finder.view.clone();
    let all = crate::bundle::apart(move || gather(&finder, &wanted)).await?;
    let total = all.iter().filter(|(referred, _)| !referred).count();
    let path = format!("{}/{id}/$everything", kind.name());
    let address = |query: &str| {
        let mark = if query.is_empty() { "" } else { "?" };
        call.url(&format!("{path}{mark}{query}"))
    };
    let begin = after.map_or(0, |after| all.partition_point(|one| *one <= after));
    let rest = all.get(begin..).unwrap_or_default();
    let page = page(&view, rest, count);
    let own = address(&inputs.query(&[]));
    let next = rest
        .get(page.len()..)
        .filter(|left| !left.is_empty())
        .and(page.last())
        .map(|last| {
            let mut query = inputs.query(&["_cursor"]);
            push(&mut query, "_cursor", &cursor(last.0));
            address(&query)
        });
    let mut links = vec![("self", own.as_str())];
    links.extend(next.as_deref().map(|next| ("next", next)));
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    let mut bundle = BundleText::begin("searchset", call.now, Some(total), &links);
    for ((referred, _), record) in page {
        let full_url = call.url(&format!("{}/{}", record.kind.name(), record.id));
        let mode = if referred { Mode::Include } else { Mode::Match };
        bundle.found(Some(&full_url), &record.text, mode);
    }
    Ok(Answer::text(StatusCode::OK, bundle.end()))
}

fn wanted(inputs: &Inputs, kind: ResourceType, id: &str) -> Result<Wanted, Refusal> {
    let text = |name: &str| inputs.text(name).map(str::to_owned);
    Ok(Wanted {
        patient: Compartment {
            resource_type: kind,
            id: id.into(),
        },
        types: inputs.types()?,
        since: inputs.since()?,
        start: text("start"),
        end: text("end"),
    })
}

/// What fits on the next page: as much as is asked for, and no more than a Bundle that is sent may have; one at least.
fn page(
    view: &crate::View,
    rest: &[Position],
    count: Option<usize>,
) -> Vec<(Position, std::sync::Arc<Record>)> {
    let mut bytes = 0_usize;
    let records = rest.iter().filter_map(|at| Some((*at, view.document(at.1)?)));
    records
        .take(count.unwrap_or(usize::MAX))
        .enumerate()
        .take_while(|(number, (_, record))| {
            bytes = bytes.saturating_add(record.text.len());
            *number == 0 || bytes <= MAX_BUNDLE_BYTES
        })
        .map(|(_, one)| one)
        .collect()
}

/// Everything there is, in order: the patient, what belongs to the patient, and what those refer to.
fn gather(finder: &Finder, wanted: &Wanted) -> Result<Vec<Position>, Refusal> {
    let patient = wanted.patient.resource_type;
    let is_wanted = |kind: ResourceType| wanted.types.is_empty() || wanted.types.contains(&kind);
    let mut members: Vec<Doc> = Vec::new();
    let mut followed: BTreeSet<Doc> = BTreeSet::new();
    for (name, _) in definitions::compartment(patient.name()) {
        let Some(kind) = ResourceType::parse(name).filter(|kind| *kind != patient) else {
            continue;
        };
        let scope = Scope::Compartment(wanted.patient.clone(), Some(kind));
        for query in care_dates(kind, wanted) {
            members.extend(finder.find(&scope, &query)?);
        }
        finder.within(members.len())?;
    }
    let own = finder.view.find(patient, &wanted.patient.id);
    members.extend(own);
    members.sort_unstable();
    members.dedup();
    let mut edge = members.clone();
    for _ in 0..STEPS {
        let mut next = BTreeSet::new();
        for doc in &edge {
            referred(finder, wanted, *doc, &mut next);
            finder.within(followed.len().saturating_add(next.len()))?;
        }
        next.retain(|doc| !followed.contains(doc) && members.binary_search(doc).is_err());
        followed.extend(&next);
        edge = next.into_iter().collect();
    }
    let belonging = members.into_iter().map(|doc| (false, doc));
    let mut all: Vec<Position> = belonging
        .chain(followed.into_iter().map(|doc| (true, doc)))
        .collect();
    all.retain(|(_, doc)| {
        finder.view.document(*doc).is_some_and(|record| {
            is_wanted(record.kind) && wanted.since.is_none_or(|since| record.last_updated >= since)
        })
    });
    Ok(all)
}

/// The conditions on dates of care, of which a resource of a type must meet one: a condition may have an onset, or only
/// the day when it was recorded. A type without such dates has no condition to meet; a resource that could have one and
/// does not is not known to be within any.
fn care_dates(kind: ResourceType, wanted: &Wanted) -> Vec<String> {
    let registry = search::registry::Registry::r4();
    let parameters = CARE_DATES.iter().filter_map(|code| registry.find(kind, code));
    let dates = parameters.filter(|parameter| parameter.kind() == definitions::SearchParameterKind::Date);
    let bounds = [("ge", &wanted.start), ("le", &wanted.end)];
    let mut queries: Vec<String> = dates
        .map(|date| {
            let mut query = String::new();
            for (prefix, bound) in bounds {
                if let Some(bound) = bound {
                    push(&mut query, date.definition.code, &format!("{prefix}{bound}"));
                }
            }
            query
        })
        .collect();
    // Without bounds all of them are the same: everything.
    queries.dedup();
    if queries.is_empty() {
        queries.push(String::new());
    }
    queries
}

/// Adds what a resource refers to, unless that is somebody's: then it is this patient's, and found already, or not.
fn referred(finder: &Finder, wanted: &Wanted, doc: Doc, found: &mut BTreeSet<Doc>) {
    let Some(tree) = finder
        .view
        .document(doc)
        .and_then(|record| Json::parse(&record.text).ok())
    else {
        return;
    };
    let compartment = definitions::compartment(wanted.patient.resource_type.name());
    for link in links(&tree).iter().filter(|link| link.link == Link::Reference) {
        let below = link.text.strip_prefix(&finder.base_url).unwrap_or(link.text);
        let mut steps = below.trim_start_matches('/').split('/');
        let (Some(name), Some(id)) = (steps.next(), steps.next()) else {
            continue;
        };
        let Some(kind) = ResourceType::parse(name) else {
            continue;
        };
        if compartment.iter().all(|(member, _)| *member != name) && kind != wanted.patient.resource_type {
            found.extend(finder.view.find(kind, id));
        }
    }
}

/// A position as the next link carries it. It opens nothing: what is shown depends on the patient alone.
fn cursor((referred, doc): Position) -> String {
    format!("{}{doc}", if referred { 'r' } else { 'm' })
}

fn position(cursor: &str) -> Result<Position, Refusal> {
    let read = |text: &str| text.parse::<Doc>().ok();
    let member = cursor.strip_prefix('m').and_then(read).map(|doc| (false, doc));
    let position = member.or_else(|| cursor.strip_prefix('r').and_then(read).map(|doc| (true, doc)));
    position.ok_or_else(|| Refusal::Parameter {
        name: "_cursor",
        value: cursor.to_owned(),
        wanted: "what a next link carries",
    })
}
