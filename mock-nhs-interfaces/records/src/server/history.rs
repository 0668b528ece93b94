//! Histories of a resource, a type and the system. <https://hl7.org/fhir/R4/http.html#history>

use fhir::date::{DateTime, Interval};
use http::StatusCode;

use super::bundle_text::BundleText;
use super::call::MAX_PAGE_BYTES;
use super::{Answer, Call, Refusal, parameters};
use crate::{Instant, PageSize, Record, ResourceType, Scope, Window};

/// Versions on a page, unless asked otherwise, and at most.
const PAGE: usize = 20;
const MAX_PAGE: usize = 200;
/// The parameter of links to other pages: where the page begins.
const FROM: &str = "_from";

/// What of a history is asked for.
#[derive(Clone, Debug, Default)]
struct Wanted {
    /// Empty: all.
    types: Vec<ResourceType>,
    since: Option<Instant>,
    /// Versions that stood at some moment of this span of time.
    at: Option<Interval>,
    count: usize,
    from: Option<u64>,
}

/// The history of one resource.
pub(super) async fn history_instance(
    call: &Call<'_>,
    kind: ResourceType,
    id: &str,
) -> Result<Answer, Refusal> {
    let path = format!("{}/{id}", kind.name());
    history(call, Scope::Instance(kind, id), &path).await
}

/// The history of a type.
pub(super) async fn history_type(call: &Call<'_>, kind: ResourceType) -> Result<Answer, Refusal> {
    history(call, Scope::Type(kind), kind.name()).await
}

/// The history of everything.
pub(super) async fn history_system(call: &Call<'_>) -> Result<Answer, Refusal> {
    history(call, Scope::System, "").await
}

async fn history(call: &Call<'_>, scope: Scope<'_>, path: &str) -> Result<Answer, Refusal> {
    let wanted = Wanted::of(call.query(), scope)?;
    let view = call.view().await?;
    // The history of one type is a list of its own; the others are chosen from the history of everything.
    let scope = match (scope, wanted.types.as_slice()) {
        (Scope::System, [kind]) => Scope::Type(*kind),
        (scope, _) => scope,
    };
    if let Scope::Instance(kind, id) = scope
        && view.latest(kind, id).is_none()
    {
        return Err(Refusal::NotFound(kind, id.to_owned()));
    }
    let superseded = |record: &Record| {
        let next = view.vread(record.kind, record.id.as_str(), record.version.saturating_add(1));
        next.map_or(i64::MAX, |next| next.last_updated.micros())
    };
    // What had been superseded by then did not stand any more.
    let stood = |record: &Record| {
        (wanted.types.is_empty() || wanted.types.contains(&record.kind))
            && wanted.at.is_none_or(|at| superseded(record) > at.low)
    };
    let window = Window {
        since: wanted.since,
        before: wanted.at.map(|at| Instant::from_micros_up(at.high)),
    };
    let size = PageSize {
        count: wanted.count,
        bytes: MAX_PAGE_BYTES,
    };
    // A page of none asks for the total alone.
    let page = view.history(scope, wanted.from, size, window, stood);
    let whole = wanted.since.is_none() && wanted.at.is_none() && wanted.types.len() < 2;
    let total = whole.then_some(page.total);
    let addresses = Addresses::of(call, path, &wanted);
    let mut links = vec![("self", addresses.page(wanted.from))];
    if wanted.count > 0 {
        if wanted.from.is_some() || page.next.is_some() {
            links.push(("first", addresses.page(None)));
        }
        let previous = wanted
            .from
            .and_then(|from| view.history_before(scope, from, wanted.count, window, stood));
        links.extend(previous.map(|previous| ("previous", addresses.page(Some(previous)))));
        links.extend(page.next.map(|next| ("next", addresses.page(Some(next)))));
    }
    let links: Vec<(&str, &str)> = links
        .iter()
        .map(|(relation, url)| (*relation, url.as_str()))
        .collect();
    let mut bundle = BundleText::begin("history", call.now, total, &links);
    for record in &page.records {
        let place = format!("{}/{}", record.kind.name(), record.id);
        let before = record.version.checked_sub(1);
        let before = before.and_then(|version| view.vread(record.kind, record.id.as_str(), version));
        let created = before.is_none_or(|before| before.is_deleted());
        bundle.version(&call.url(&place), record, created);
    }
    Ok(Answer::text(StatusCode::OK, bundle.end()))
}

/// The addresses of a history's pages.
struct Addresses {
    /// Without where the page begins.
    base: String,
}

impl Addresses {
    fn of(call: &Call<'_>, path: &str, wanted: &Wanted) -> Self {
        let slash = if path.is_empty() { "" } else { "/" };
        let mut base = call.url(&format!("{path}{slash}_history?_count={}", wanted.count));
        for name in ["_type", "_since", "_at"] {
            if let Some(value) = parameters::value(call.query(), name) {
                base.push_str(&format!("&{name}="));
                base.extend(percent_encoding::utf8_percent_encode(
                    &value,
                    percent_encoding::NON_ALPHANUMERIC,
                ));
            }
        }
        Self { base }
    }

    fn page(&self, from: Option<u64>) -> String {
        match from {
            Some(from) => format!("{}&{FROM}={from}", self.base),
            None => self.base.clone(),
        }
    }
}

impl Wanted {
    fn of(query: &str, scope: Scope<'_>) -> Result<Self, Refusal> {
        let mut wanted = Self {
            count: PAGE,
            ..Self::default()
        };
        for (name, value) in parameters::pairs(query) {
            let refused = |name, instead| Refusal::Parameter {
                name,
                value: value.to_string(),
                wanted: instead,
            };
            match &*name {
                "_count" => {
                    let count: usize = value.parse().map_err(|_| refused("_count", "a number"))?;
                    wanted.count = count.min(MAX_PAGE);
                }
                "_since" => {
                    let span = interval(&value).ok_or_else(|| refused("_since", "an instant"))?;
                    wanted.since = Some(Instant::from_millis(span.low.div_euclid(1000)));
                }
                "_at" => {
                    wanted.at = Some(interval(&value).ok_or_else(|| refused("_at", "a date or time"))?);
                }
                "_type" if scope == Scope::System => {
                    for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                        let kind = ResourceType::parse(name);
                        wanted
                            .types
                            .push(kind.ok_or_else(|| Refusal::UnknownType(name.to_owned()))?);
                    }
                }
                FROM => wanted.from = Some(value.parse().map_err(|_| refused(FROM, "from a next link"))?),
                "_format" | "_pretty" | "_summary" | "_elements" => {}
                _ => {
                    return Err(Refusal::UnknownParameter {
                        name: name.into_owned(),
                        known: "_count, _since, _at, and for the whole system _type",
                    });
                }
            }
        }
        Ok(wanted)
    }
}

fn interval(text: &str) -> Option<Interval> {
    // A `+` of an offset that was not encoded has become a space.
    DateTime::parse_date_time(&text.replace(' ', "+"))
        .ok()
        .map(|date| date.interval())
}
