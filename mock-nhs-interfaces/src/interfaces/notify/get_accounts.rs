//! `GET /channels/nhsapp/accounts`: tells which patients of a practice have the NHS App.

use axum::body::Body;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::error::{
    ACCOUNTS_QUOTA, BAD_GATEWAY, DENIED, INTERNAL, INVALID_ODS_CODE, MISSING_ODS_CODE, NOT_ACCEPTABLE,
    NOT_FOUND, Problem, answer, answer_json,
};
use super::message::{has_nhs_app, kind};
use super::{SPECIFICATION, account};
use crate::Profile;
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};
use crate::lookup::{escaped, find};
use crate::value::OdsCode;

/// Accounts on a page.
const PAGE: usize = 100;
/// Most patients of a practice that are looked at.
const MOST_PATIENTS: usize = 10_000;

pub(super) const OPERATION: Operation = Operation {
    id: "get_nhsapp_accounts",
    title: "List who has the NHS App",
    summary: "Lists the patients of a practice who have the NHS App, and whether it may notify them.",
    method: Method::GET,
    path: "/channels/nhsapp/accounts",
    logins: &[Login::Application],
    fields: &[
        Field {
            name: "ods-organisation-code",
            place: Place::Query,
            title: "Practice",
            hint: "ODS code of the practice.",
            kind: FieldKind::OdsCode,
            need: Need::Required,
            example: "T99005",
        },
        Field {
            name: "page",
            place: Place::Query,
            title: "Page",
            hint: "Which page of the list, from 1.",
            kind: FieldKind::Number {
                least: 1,
                most: 100_000,
            },
            need: Need::Optional,
            example: "1",
        },
        super::AUTHORIZATION,
        super::X_CORRELATION_ID,
        super::PREFER,
    ],
    examples: &[
        Example::get(
            "A practice's patients",
            "/channels/nhsapp/accounts?ods-organisation-code=T99005&page=1",
            200,
        ),
        Example::get("No practice", "/channels/nhsapp/accounts", 400),
        Example::get(
            "A practice that nobody knows",
            "/channels/nhsapp/accounts?ods-organisation-code=T00404",
            404,
        ),
    ],
    faults: &[
        DENIED.0,
        NOT_ACCEPTABLE.0,
        MISSING_ODS_CODE.0,
        INVALID_ODS_CODE.0,
        NOT_FOUND.0,
        ACCOUNTS_QUOTA.0,
        BAD_GATEWAY.0,
    ],
    media_type: "application/vnd.api+json; charset=utf-8",
    specification: SPECIFICATION,
    handler: get_accounts,
};

fn get_accounts<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        match accounts(exchange).await {
            Ok(response) => response,
            Err(refusal) => *refusal,
        }
    })
}

async fn accounts(exchange: &Exchange<'_>) -> Result<Response<Body>, Box<Response<Body>>> {
    account::check(exchange)?;
    let refuse = |problem| Box::new(answer(exchange, &[Problem::plainly(problem)]));
    let (mut ods_code, mut page) = (None, None);
    for (name, value) in url_parameters(exchange.query()) {
        match name.as_str() {
            "ods-organisation-code" => ods_code = Some(value),
            "page" => page = Some(value),
            _ => {}
        }
    }
    let ods_code = ods_code.filter(|code| !code.is_empty());
    let ods_code: OdsCode = ods_code
        .ok_or_else(|| refuse(&MISSING_ODS_CODE))?
        .to_ascii_uppercase()
        .parse()
        .map_err(|_| refuse(&INVALID_ODS_CODE))?;
    let ods_code = ods_code.to_string();
    if exchange.profile == Profile::Sandbox {
        match ods_code.as_str() {
            "T00404" => return Err(refuse(&NOT_FOUND)),
            "T00429" => return Err(refuse(&ACCOUNTS_QUOTA)),
            "T00502" => return Err(refuse(&BAD_GATEWAY)),
            _ => {}
        }
    }
    let page: usize = match page {
        None => 1,
        Some(page) => page.parse().map_err(|_| refuse(&NOT_FOUND))?,
    };
    let found = registered(exchange, &ods_code).await.map_err(refuse)?;
    let pages = found.chunks(PAGE).count().max(1);
    if found.is_empty() || page == 0 || page > pages {
        return Err(refuse(&NOT_FOUND));
    }
    let accounts: Vec<Value> = found.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    let link = |page: usize| {
        format!(
            "{}/channels/nhsapp/accounts?ods-organisation-code={ods_code}&page={page}",
            exchange.interface_url()
        )
    };
    let mut links = json!({ "self": link(page), "last": link(pages) });
    if page < pages
        && let Some(links) = links.as_object_mut()
    {
        links.insert("next".to_owned(), link(page + 1).into());
    }
    let document = json!({
        "data": { "type": "NhsAppAccounts", "id": ods_code, "attributes": { "accounts": accounts } },
        "links": links,
    });
    Ok(answer_json(exchange, StatusCode::OK, &document))
}

/// The patients of a practice who have the NHS App, in the order of their numbers.
async fn registered(
    exchange: &Exchange<'_>,
    ods_code: &str,
) -> Result<Vec<Value>, &'static super::error::Known> {
    let view = exchange.view().await.map_err(|error| {
        tracing::warn!(%error, "the patients of a practice could not be read");
        &INTERNAL
    })?;
    let criteria = format!("general-practitioner=Organization/{}", escaped(ods_code));
    let now = exchange.now();
    let patients = find(&view, kind("Patient"), &criteria, MOST_PATIENTS, now).map_err(|error| {
        tracing::warn!(%error, "the patients of a practice could not be found");
        &INTERNAL
    })?;
    let accounts = patients.iter().filter_map(|record| {
        let patient: Value = serde_json::from_slice(&record.text).ok()?;
        let number = record.id.as_str();
        // Three in four of those who have it let it notify them: made up from the number.
        let notifies = number.bytes().last().is_some_and(|digit| digit % 4 != 0);
        has_nhs_app(&patient, now).then(|| json!({ "nhsNumber": number, "notificationsEnabled": notifies }))
    });
    Ok(accounts.collect())
}

/// The parameters of a query, decoded.
fn url_parameters(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(&text.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    query.split('&').filter(|part| !part.is_empty()).map(move |part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decoded(name), decoded(value))
    })
}
