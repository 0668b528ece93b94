//! `GET /Organization`: finds organisations and sites.

mod criteria;

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Response};
use records::{Record, View};

use super::bundle::{Found, MOST, kind, matching, page};
use super::error::{
    INVALID_API_KEY, INVALID_DATE, INVALID_PREFIX, INVALID_VALUE, MISSING_API_KEY, Problem, TOO_COSTLY,
    UNKNOWN_PARAMETER,
};
use super::question::Question;
use super::shape::read;
use super::{MEDIA_TYPE, PARAMETERS_OF_ORGANIZATION, answered, nhs_page, parameter};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, FieldKind, Login, Need, Operation};
use crate::lookup::find;
use criteria::Criteria;
pub(super) use criteria::DayCriterion;

const TEXT: FieldKind = FieldKind::Text { wildcards: false };

pub(super) const OPERATION: Operation = Operation {
    id: "search_organizations",
    title: "Search for an organisation",
    summary: "Finds organisations and sites by name, place, role, code or date of change.",
    method: Method::GET,
    path: "/fhir/Organization",
    logins: &[Login::ApiKey],
    fields: &[
        parameter(
            "_id",
            "ODS code",
            "Exactly; several with commas between them.",
            TEXT,
            Need::Optional,
            "RR8",
        ),
        parameter(
            "identifier",
            "ODS code as an identifier",
            "Alone, or after its system and a bar.",
            TEXT,
            Need::Optional,
            "RR8",
        ),
        parameter(
            "lastChangeDate",
            "Last changed",
            "A day, with gt, lt or eq before it; two make a range.",
            TEXT,
            Need::OptionalRepeatable,
            "gt2017-04-01",
        ),
        parameter(
            "name",
            "Start of the name",
            "3 to 100 characters; not case sensitive.",
            TEXT,
            Need::Optional,
            "Leeds",
        ),
        parameter(
            "name:contains",
            "Part of the name",
            "3 to 100 characters; not case sensitive.",
            TEXT,
            Need::Optional,
            "Hospital",
        ),
        parameter(
            "name:exact",
            "Whole name",
            "3 to 100 characters; case sensitive.",
            TEXT,
            Need::Optional,
            "LEEDS TEACHING HOSPITALS NHS TRUST",
        ),
        parameter(
            "active",
            "In use",
            "Whether the entry is still in use.",
            FieldKind::Flag,
            Need::Optional,
            "true",
        ),
        parameter(
            "address-postalcode",
            "Start of the postcode",
            "2 characters or more; not case sensitive.",
            TEXT,
            Need::Optional,
            "LS9",
        ),
        parameter(
            "address-postalcode:contains",
            "Part of the postcode",
            "2 characters or more; not case sensitive.",
            TEXT,
            Need::Optional,
            "7TF",
        ),
        parameter(
            "address-postalcode:exact",
            "Whole postcode",
            "Case sensitive.",
            TEXT,
            Need::Optional,
            "LS9 7TF",
        ),
        parameter(
            "address-city",
            "Start of the town or city",
            "2 characters or more; not case sensitive.",
            TEXT,
            Need::Optional,
            "Leeds",
        ),
        parameter(
            "address-city:contains",
            "Part of the town or city",
            "2 characters or more; not case sensitive.",
            TEXT,
            Need::Optional,
            "eed",
        ),
        parameter(
            "address-city:exact",
            "Whole town or city",
            "Case sensitive.",
            TEXT,
            Need::Optional,
            "LEEDS",
        ),
        parameter(
            "address-country",
            "Start of the country",
            "2 characters or more; not case sensitive.",
            TEXT,
            Need::Optional,
            "ENGLAND",
        ),
        parameter(
            "roleCode",
            "Role",
            "Such as RO177; commas mean any of them, several parameters all of them.",
            TEXT,
            Need::OptionalRepeatable,
            "RO197",
        ),
        parameter(
            "roleCode:not",
            "Not this role",
            "Leaves out organisations with the role.",
            TEXT,
            Need::OptionalRepeatable,
            "RO76",
        ),
        parameter(
            "activeRoleCode",
            "Role that lasts",
            "As roleCode, of roles that have not ended.",
            TEXT,
            Need::OptionalRepeatable,
            "RO197",
        ),
        parameter(
            "_count",
            "Results on a page",
            "20 when it is not there.",
            FieldKind::Number {
                least: 0,
                most: 50_000,
            },
            Need::Optional,
            "20",
        ),
        parameter(
            "_summary",
            "Only the number",
            "The word count, for the number of matches without them.",
            FieldKind::Choice(&["count"]),
            Need::Optional,
            "count",
        ),
        parameter(
            "_offset",
            "Results before the page",
            "How many to leave out.",
            FieldKind::Number {
                least: 0,
                most: 50_000,
            },
            Need::Optional,
            "0",
        ),
        super::APIKEY,
    ],
    examples: &[
        Example::get(
            "GP practices in Leeds",
            "/fhir/Organization?roleCode=RO76&address-city=Leeds",
            200,
        ),
        Example::get(
            "What changed between two days, two on a page",
            "/fhir/Organization?_count=2&lastChangeDate=gt2023-05-02&lastChangeDate=lt2023-05-04",
            200,
        ),
        Example::get(
            "How many organisations there are",
            "/fhir/Organization?_summary=count",
            200,
        ),
        Example::get(
            "Trusts or pharmacies, in XML",
            "/fhir/Organization?roleCode=RO197,RO182&_count=3&_format=xml",
            200,
        ),
        Example::get(
            "A practice and what it belongs to",
            "/fhir/Organization?_id=T99001&_revinclude=OrganizationAffiliation:primary-organization",
            200,
        ),
        Example::get("A parameter that there is not", "/fhir/Organization?count=2", 400),
        Example::get("A name of two letters", "/fhir/Organization?name=Le", 400),
    ],
    faults: &[
        UNKNOWN_PARAMETER.fault,
        INVALID_DATE.fault,
        INVALID_PREFIX.fault,
        INVALID_VALUE.fault,
        TOO_COSTLY.fault,
        MISSING_API_KEY,
        INVALID_API_KEY,
    ],
    media_type: MEDIA_TYPE,
    specification: nhs_page!("get-/Organization"),
    handler: search_organizations,
};

fn search_organizations<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(answered(exchange, search(exchange)))
}

async fn search(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let question = Question::read(exchange.query())?;
    question.check_names("Organization", PARAMETERS_OF_ORGANIZATION, &["_revinclude"])?;
    let criteria = Criteria::of(&question)?;
    let view = exchange.view().await.map_err(|error| Problem::internal(&error))?;
    let mut documents = matching(exchange, &view, "Organization", &criteria.indexed)?;
    if criteria.looks_at_records() {
        let is_match = |document: &u32| {
            let record = view.document(*document);
            record.is_some_and(|record| {
                read(&record).is_ok_and(|organisation| criteria.meets(&organisation, &record))
            })
        };
        documents.retain(is_match);
    }
    let found = Found {
        type_name: "Organization",
        question: &question,
        documents,
    };
    page(exchange, &view, &found, |matches| {
        related(exchange, &view, &question, matches)
    })
}

/// The relationships that `_revinclude` asks for.
fn related(
    exchange: &Exchange<'_>,
    view: &View,
    question: &Question,
    matches: &[Arc<Record>],
) -> Result<Vec<Arc<Record>>, Problem> {
    let mut related: Vec<Arc<Record>> = Vec::new();
    for wanted in question.all("_revinclude") {
        let end = match wanted.strip_prefix("OrganizationAffiliation:") {
            Some(end @ ("primary-organization" | "participating-organization")) => end,
            _ => return Err(Problem::new(&INVALID_VALUE, "Invalid _revinclude value")),
        };
        // So many at a time that no query is long.
        for some in matches.chunks(100) {
            let references: Vec<String> = some
                .iter()
                .map(|record| format!("Organization/{}", record.id.as_str()))
                .collect();
            let criteria = format!("{end}={}", references.join(","));
            let more = find(
                view,
                kind("OrganizationAffiliation"),
                &criteria,
                MOST,
                exchange.now(),
            )
            .map_err(|error| Problem::internal(&error))?;
            related.extend(more);
        }
    }
    related.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
    related.dedup_by(|one, other| one.id.as_str() == other.id.as_str());
    Ok(related)
}
