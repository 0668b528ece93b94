//! `$export` of everything, of all patients, and of a group: <https://hl7.org/fhir/uv/bulkdata/STU2/export.html>.
//!
//! Everything is in memory, so it is done at once; the answer is still the address to ask, as the standard has it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::body::Body;
use bytes::Bytes;
use fhir::json::{Json, write_string};
use http::{Method, StatusCode};
use search::execute::Corpus as _;
use search::index::Doc;
use search::parse::Scope;
use search::query::Compartment;

use super::code::subject as subject_of;
use super::exports::{Export, File, MAX_EXPORT_BYTES};
use super::finder::Finder;
use super::inputs::Inputs;
use crate::server::operation::Subject;
use crate::server::{Answer, Call, Refusal};
use crate::{Instant, ResourceType};

const KNOWN: &str = "_outputFormat, _since, _type";
/// The media type of files.
const NDJSON: &str = "application/fhir+ndjson";

/// Begins an export, and ends it.
pub(super) async fn begin_export(
    call: &Call<'_>,
    subject: Subject<'_>,
    body: Body,
) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, KNOWN).await?;
    let preferences = call.parts.headers.get_all("prefer");
    let waits = preferences.iter().filter_map(|value| value.to_str().ok());
    if !waits
        .flat_map(|value| value.split([',', ';']))
        .any(|value| value.trim() == "respond-async")
    {
        return Err(Refusal::Parameter {
            name: "Prefer",
            value: call.header("prefer").unwrap_or_default().to_owned(),
            wanted: "respond-async: an export is begun, and then asked for",
        });
    }
    if let Some(format) = inputs.text("_outputFormat")
        && !matches!(format, NDJSON | "application/ndjson" | "ndjson")
    {
        return Err(Refusal::Parameter {
            name: "_outputFormat",
            value: format.to_owned(),
            wanted: "application/fhir+ndjson",
        });
    }
    let finder = Finder::of(call).await?;
    let group = match subject {
        Subject::Instance(..) => subject_of(&finder.view, subject)?,
        Subject::System | Subject::Type(_) => None,
    };
    let whole = matches!(subject, Subject::System);
    let (types, since) = (inputs.types()?, inputs.since()?);
    let files = crate::bundle::apart(move || {
        let is_wanted = |kind: ResourceType| types.is_empty() || types.contains(&kind);
        match group {
            Some(group) => of_group(&finder, &group, since, is_wanted),
            None => of_types(&finder, whole, since, is_wanted),
        }
    });
    let export = Export {
        at: call.now,
        request: call.url(call.parts.uri.to_string().trim_start_matches('/')),
        files: files.await?,
    };
    let id = call.server.exports().keep(call.tenant.workspace, export);
    let mut answer = Answer::empty(StatusCode::ACCEPTED);
    answer.content_location = Some(call.url(&format!("$export-status?_id={id}")));
    Ok(answer)
}

/// Tells what an export has found, or forgets it.
pub(super) async fn ask_export(call: &Call<'_>, body: Body) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, "_id").await?;
    let id = inputs.text("_id").unwrap_or_default();
    let workspace = call.tenant.workspace;
    if call.parts.method == Method::DELETE {
        let deleted = call.server.exports().delete(workspace, id);
        return if deleted {
            Ok(Answer::empty(StatusCode::ACCEPTED))
        } else {
            Err(Refusal::UnknownExport)
        };
    }
    let export = call
        .server
        .exports()
        .find(workspace, id)
        .ok_or(Refusal::UnknownExport)?;
    let mut text = format!(r#"{{"transactionTime":"{}","request":"#, export.at);
    write_string(&export.request, &mut text);
    text.push_str(r#","requiresAccessToken":false,"output":["#);
    for (place, file) in export.files.iter().enumerate() {
        let url = call.url(&format!("$export-file?_id={id}&_type={}", file.kind.name()));
        let comma = if place == 0 { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"type":"{}","count":{},"url":"#,
            file.kind.name(),
            file.count
        );
        write_string(&url, &mut text);
        text.push('}');
    }
    text.push_str(r#"],"error":[]}"#);
    let mut answer = Answer::text(StatusCode::OK, text);
    answer.content_type = Some("application/json");
    Ok(answer)
}

/// Reads a file of an export.
pub(super) async fn read_export_file(call: &Call<'_>, body: Body) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, "_id, _type").await?;
    let id = inputs.text("_id").unwrap_or_default();
    let export = call
        .server
        .exports()
        .find(call.tenant.workspace, id)
        .ok_or(Refusal::UnknownExport)?;
    let kind = inputs.text("_type").and_then(ResourceType::parse);
    let mut files = export.files.iter().filter(|file| Some(file.kind) == kind);
    let file = files.next().ok_or(Refusal::UnknownExport)?;
    let mut answer = Answer::text(StatusCode::OK, file.lines.clone());
    answer.content_type = Some(NDJSON);
    Ok(answer)
}

/// Resources of all types, or of those that belong to patients.
fn of_types(
    finder: &Finder,
    whole: bool,
    since: Option<Instant>,
    is_wanted: impl Fn(ResourceType) -> bool,
) -> Result<Vec<File>, Refusal> {
    let belongs = |kind: ResourceType| whole || belongs(kind);
    let mut lines = Lines::default();
    for kind in ResourceType::all().filter(|kind| is_wanted(*kind) && belongs(*kind)) {
        for record in finder.view.of_type(kind) {
            if since.is_none_or(|since| record.last_updated >= since) {
                lines.add(kind, &record.text)?;
            }
        }
    }
    Ok(lines.into_files())
}

/// What belongs to the patients in a group.
fn of_group(
    finder: &Finder,
    group: &Json,
    since: Option<Instant>,
    is_wanted: impl Fn(ResourceType) -> bool,
) -> Result<Vec<File>, Refusal> {
    let patient = ResourceType::parse("Patient").ok_or(Refusal::Broken)?;
    let kinds: Vec<ResourceType> = ResourceType::all()
        .filter(|kind| is_wanted(*kind) && belongs(*kind))
        .collect();
    let mut docs: Vec<Doc> = Vec::new();
    for member in group.get("member").into_iter().flat_map(Json::items) {
        let reference = member
            .at(&["entity", "reference"])
            .and_then(Json::as_str)
            .unwrap_or_default();
        let below = reference.strip_prefix(&finder.base_url).unwrap_or(reference);
        let Some(id) = below.trim_start_matches('/').strip_prefix("Patient/") else {
            continue;
        };
        if finder.view.find(patient, id).is_none() {
            continue;
        }
        let compartment = Compartment {
            resource_type: patient,
            id: id.into(),
        };
        for kind in &kinds {
            docs.extend(finder.find(&Scope::Compartment(compartment.clone(), Some(*kind)), "")?);
        }
        finder.within(docs.len())?;
    }
    docs.sort_unstable();
    docs.dedup();
    let mut lines = Lines::default();
    for record in docs.into_iter().filter_map(|doc| finder.view.document(doc)) {
        if since.is_none_or(|since| record.last_updated >= since) {
            lines.add(record.kind, &record.text)?;
        }
    }
    Ok(lines.into_files())
}

/// Whether resources of a type belong to patients.
fn belongs(kind: ResourceType) -> bool {
    let members = definitions::compartment("Patient");
    kind.name() == "Patient" || members.iter().any(|(name, _)| *name == kind.name())
}

/// The lines of every type so far.
#[derive(Default)]
struct Lines {
    bytes: usize,
    of: BTreeMap<&'static str, (ResourceType, i64, String)>,
}

impl Lines {
    fn add(&mut self, kind: ResourceType, text: &[u8]) -> Result<(), Refusal> {
        // A resource may have been sent in several lines.
        let line = fhir::text::compact(std::str::from_utf8(text).map_err(|_| Refusal::Broken)?);
        self.bytes = self.bytes.saturating_add(line.len()).saturating_add(1);
        if self.bytes > MAX_EXPORT_BYTES {
            return Err(Refusal::AnswerTooLarge(MAX_EXPORT_BYTES));
        }
        let (_, count, lines) = self.of.entry(kind.name()).or_insert((kind, 0, String::new()));
        *count = count.saturating_add(1);
        lines.push_str(&line);
        lines.push('\n');
        Ok(())
    }

    fn into_files(self) -> Vec<File> {
        let files = self.of.into_values();
        files
            .map(|(kind, count, lines)| File {
                kind,
                count,
                lines: Bytes::from(lines),
            })
            .collect()
    }
}
