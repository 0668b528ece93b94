//! Searches of a type, of the system and of a compartment, by GET and by POST. <https://hl7.org/fhir/R4/search.html>

use std::time::{Duration, Instant as Moment};

use axum::body::Body;
use fhir::media::BodyType;
use fhir_types::outcome::{Finding, IssueSeverity, IssueType};
use http::{Method, StatusCode};
use search::execute::{Corpus as _, CursorKey, Limits, Search, SearchResult, TotalCount, run};
use search::index::Doc;
use search::parse::{CURSOR, Request, Scope, parse};
use search::query::{Query, Summary};
use search::registry::Registry;

use super::bundle_text::{BundleText, Mode};
use super::call::{MAX_FORM_BYTES, MAX_PAGE_BYTES};
use super::filtered::Filter;
use super::{Answer, Call, Refusal, outcome};
use crate::{ResourceType, View};

/// How long one search may run. Whoever waits for a page gives up soon after.
const DEADLINE: Duration = Duration::from_secs(2);

/// Searches a type.
pub(super) async fn search_type(call: &Call<'_>, kind: ResourceType) -> Result<Answer, Refusal> {
    search(call, Scope::Type(kind), kind.name()).await
}

/// Searches everything, or the types in `_type`.
pub(super) async fn search_system(call: &Call<'_>) -> Result<Answer, Refusal> {
    search(call, Scope::System, "").await
}

/// Reads the form of a `POST _search`: its parameters count beside the query's.
pub(super) async fn read_form(call: &mut Call<'_>, body: Body) -> Result<(), Refusal> {
    if call.parts.method != Method::POST {
        return Ok(());
    }
    let (_, bytes) = call.body(body, &[BodyType::Form], MAX_FORM_BYTES).await?;
    let form = std::str::from_utf8(&bytes).map_err(|_| Refusal::BodyBroken)?;
    form.clone_into(&mut call.form);
    if super::parameters::value(form, "_pretty").is_some_and(|value| value == "true") {
        call.wishes.pretty = true;
    }
    if let Some(format) = super::parameters::value(form, "_format") {
        call.wishes.answer_type =
            fhir::media::answer_type(None, Some(&format)).map_err(Refusal::NotAcceptable)?;
    }
    Ok(())
}

/// Understands, runs and writes a search; `path` is what is searched, below the base.
pub(super) async fn search(call: &Call<'_>, scope: Scope, path: &str) -> Result<Answer, Refusal> {
    let view = call.view().await?;
    let query = understand(call, &view, &scope)?;
    let (mut found, mut query) = run_apart(call, view.clone(), query).await?;
    let fitting = if found.is_backwards {
        fitting(&view, found.matches.iter().rev())
    } else {
        fitting(&view, found.matches.iter())
    };
    if fitting < found.matches.len() {
        // The page ends earlier, or begins later; the link to the one beside it begins there.
        query.count = Some(fitting);
        (found, query) = run_apart(call, view.clone(), query).await?;
    }
    let text = page(call, &view, &query, &found, path);
    Ok(Answer::text(StatusCode::OK, text))
}

/// How many of the matches fit on a page: one at least.
fn fitting<'d>(view: &View, matches: impl Iterator<Item = &'d Doc>) -> usize {
    let mut bytes = 0_usize;
    let fit = matches.take_while(|doc| {
        bytes = bytes.saturating_add(view.text(**doc).map_or(0, |text| text.len()));
        bytes <= MAX_PAGE_BYTES
    });
    fit.count().max(1)
}

/// Apart from the search, because what knows about codes cannot be held while waiting.
fn understand(call: &Call<'_>, view: &View, scope: &Scope) -> Result<Query, Refusal> {
    let request = Request {
        scope,
        texts: &[call.query(), &call.form],
        handling: call.wishes.handling,
        base_url: &call.tenant.base_url,
        now_us: call.now.micros(),
        terminology: view,
    };
    Ok(parse(Registry::r4(), &request)?)
}

/// Runs the search where it holds up nobody's requests.
async fn run_apart(call: &Call<'_>, view: View, query: Query) -> Result<(SearchResult, Query), Refusal> {
    let secret = std::sync::Arc::clone(call.server.secret());
    let workspace = call.tenant.workspace.to_string();
    let task = tokio::task::spawn_blocking(move || {
        let begun = Moment::now();
        let expired = || begun.elapsed() > DEADLINE;
        let search = Search {
            corpus: &view,
            registry: Registry::r4(),
            cursor: CursorKey {
                secret: &secret,
                workspace: &workspace,
            },
            limits: Limits {
                expired: &expired,
                ..Limits::default()
            },
        };
        run(&search, &query).map(|found| (found, query))
    });
    match task.await {
        Ok(found) => Ok(found?),
        Err(error) => {
            tracing::error!(%error, "a search did not end");
            Err(Refusal::Broken)
        }
    }
}

fn page(call: &Call<'_>, view: &View, query: &Query, found: &SearchResult, path: &str) -> bytes::Bytes {
    let total = match found.total {
        TotalCount::Accurate(total) | TotalCount::Estimate(total) => Some(total),
        TotalCount::Unknown => None,
    };
    let address = |cursor: Option<&str>| address(call, path, &query.text, cursor);
    let own = address(query.cursor.as_deref());
    let first = address(None);
    let previous = found.previous.as_deref().map(|previous| address(Some(previous)));
    let next = found.next.as_deref().map(|next| address(Some(next)));
    let mut links = vec![("self", own.as_str())];
    if query.cursor.is_some() || next.is_some() {
        links.push(("first", &first));
    }
    links.extend(previous.as_deref().map(|previous| ("previous", previous)));
    links.extend(next.as_deref().map(|next| ("next", next)));
    let mut bundle = BundleText::begin("searchset", call.now, total, &links);
    if query.summary != Summary::Count {
        let filter = Filter::of_search(query);
        let included = found
            .included
            .iter()
            .map(|included| (included.doc, Mode::Include));
        let matches = found.matches.iter().map(|doc| (*doc, Mode::Match));
        for (doc, mode) in matches.chain(included) {
            if let Some(record) = view.document(doc) {
                let full_url = call.url(&format!("{}/{}", record.kind.name(), record.id));
                bundle.found(Some(&full_url), &filter.apply(&record.text), mode);
            }
        }
    }
    let notes = notes(query, found);
    if !notes.is_empty() {
        bundle.found(None, &outcome::text(&notes), Mode::Outcome);
    }
    bundle.end()
}

/// The address of a page. The query's text is encoded already.
fn address(call: &Call<'_>, path: &str, query: &str, cursor: Option<&str>) -> String {
    let mut address = if path.is_empty() {
        format!("{}/", call.tenant.base_url)
    } else {
        call.url(path)
    };
    let mut mark = '?';
    if !query.is_empty() {
        address.push(mark);
        address.push_str(query);
        mark = '&';
    }
    if let Some(cursor) = cursor {
        address.push(mark);
        address.push_str(CURSOR);
        address.push('=');
        address.push_str(cursor);
    }
    address
}

/// What the caller must be told: parameters that were left out, includes that were cut.
fn notes(query: &Query, found: &SearchResult) -> Vec<Finding> {
    let ignored = query.ignored.iter().map(|name| Finding {
        expression: Some(name.to_string()),
        ..outcome::finding(
            IssueSeverity::Warning,
            IssueType::NotSupported,
            format!("{name} is not a parameter here and was ignored, as Prefer: handling=lenient asks"),
        )
    });
    let warnings = found
        .warnings
        .iter()
        .map(|warning| outcome::finding(IssueSeverity::Warning, IssueType::Incomplete, warning.to_string()));
    ignored.chain(warnings).collect()
}
