//! `GET /OrganizationAffiliation`: finds how organisations belong together.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use fhir::json::Json;
use http::{Method, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use records::{Record, View};

use super::bundle::{Found, kind, matching, page};
use super::error::{INVALID_API_KEY, INVALID_VALUE, MISSING_API_KEY, Problem, UNKNOWN_PARAMETER};
use super::question::Question;
use super::shape::read;
use super::{MEDIA_TYPE, PARAMETERS_OF_AFFILIATION, answered, nhs_page, parameter};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, FieldKind, Login, Need, Operation};

const TEXT: FieldKind = FieldKind::Text { wildcards: false };

pub(super) const OPERATION: Operation = Operation {
    id: "search_affiliations",
    title: "Search for a relationship",
    summary: "Finds how organisations belong together: which board commissions a practice, which trust runs a site.",
    method: Method::GET,
    path: "/fhir/OrganizationAffiliation",
    logins: &[Login::ApiKey],
    fields: &[
        parameter(
            "_id",
            "Relationship",
            "The number of the relationship.",
            TEXT,
            Need::Optional,
            "617400",
        ),
        parameter(
            "primary-organization",
            "From",
            "ODS code of the organisation that has the relationship.",
            FieldKind::OdsCode,
            Need::Optional,
            "G81086",
        ),
        parameter(
            "participating-organization",
            "To",
            "ODS code of the organisation that it has it to.",
            FieldKind::OdsCode,
            Need::Optional,
            "97R",
        ),
        parameter(
            "active",
            "In use",
            "Whether the relationship lasts.",
            FieldKind::Flag,
            Need::Optional,
            "true",
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
            "_include",
            "Organisations as well",
            "OrganizationAffiliation: and primary-organization or participating-organization.",
            TEXT,
            Need::OptionalRepeatable,
            "OrganizationAffiliation:primary-organization",
        ),
        parameter(
            "_summary",
            "Only the number",
            "The word count, for the number of matches without them.",
            FieldKind::Choice(&["count"]),
            Need::Optional,
            "count",
        ),
        super::APIKEY,
    ],
    examples: &[
        Example::get(
            "What a practice belongs to",
            "/fhir/OrganizationAffiliation?primary-organization=G81086",
            200,
        ),
        Example::get(
            "The sites of a trust, and the sites themselves",
            "/fhir/OrganizationAffiliation?participating-organization=T99H01&_include=OrganizationAffiliation:primary-organization",
            200,
        ),
        Example::get(
            "A parameter that there is not",
            "/fhir/OrganizationAffiliation?nam=x",
            400,
        ),
    ],
    faults: &[
        UNKNOWN_PARAMETER.fault,
        INVALID_VALUE.fault,
        MISSING_API_KEY,
        INVALID_API_KEY,
    ],
    media_type: MEDIA_TYPE,
    specification: nhs_page!("get-/OrganizationAffiliation"),
    handler: search_affiliations,
};

fn search_affiliations<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(answered(exchange, search(exchange)))
}

async fn search(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let question = Question::read(exchange.query())?;
    question.check_names(
        "OrganizationAffiliation",
        PARAMETERS_OF_AFFILIATION,
        &["_include"],
    )?;
    let mut criteria = String::new();
    for (name, value) in &question.pairs {
        let base = name.split([':', '.']).next().unwrap_or_default();
        if !PARAMETERS_OF_AFFILIATION.contains(&base) {
            continue;
        }
        // A code alone names an organisation; search would try every type of resource.
        let value = if base.ends_with("-organization") && !name.contains([':', '.']) {
            let references: Vec<String> = value.split(',').map(reference).collect();
            references.join(",")
        } else {
            value.clone()
        };
        // Writing to a string cannot fail.
        let _ = write!(
            criteria,
            "&{}={}",
            utf8_percent_encode(name, NON_ALPHANUMERIC),
            utf8_percent_encode(&value, NON_ALPHANUMERIC)
        );
    }
    let view = exchange.view().await.map_err(|error| Problem::internal(&error))?;
    let documents = matching(exchange, &view, "OrganizationAffiliation", &criteria)?;
    let found = Found {
        type_name: "OrganizationAffiliation",
        question: &question,
        documents,
    };
    page(exchange, &view, &found, |matches| {
        organisations(&view, &question, matches)
    })
}

fn reference(code: &str) -> String {
    if code.contains('/') {
        code.to_owned()
    } else {
        format!("Organization/{code}")
    }
}

/// The organisations that `_include` asks for.
fn organisations(
    view: &View,
    question: &Question,
    matches: &[Arc<Record>],
) -> Result<Vec<Arc<Record>>, Problem> {
    let mut organisations: Vec<Arc<Record>> = Vec::new();
    for wanted in question.all("_include") {
        let member = match wanted.strip_prefix("OrganizationAffiliation:") {
            Some("primary-organization") => "organization",
            Some("participating-organization") => "participatingOrganization",
            _ => return Err(Problem::new(&INVALID_VALUE, "Invalid _include value")),
        };
        for record in matches {
            let affiliation = read(record)?;
            let reference = affiliation.at(&[member, "reference"]).and_then(Json::as_str);
            let code = reference.and_then(|reference| reference.strip_prefix("Organization/"));
            organisations.extend(code.and_then(|code| view.read(kind("Organization"), code)));
        }
    }
    organisations.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
    organisations.dedup_by(|one, other| one.id.as_str() == other.id.as_str());
    Ok(organisations)
}
