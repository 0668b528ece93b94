//! `GET /userinfo`: what CIS2 knows of the healthcare worker who is logged in.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/user-restricted-restful-apis-nhs-cis2-combined-authentication-and-authorisation>

use axum::body::Body;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::SPECIFICATION;
use super::error::{Refused, answer, fault};
use crate::auth::Principal;
use crate::auth::bearer;
use crate::auth::roles::{Role, roles_of};
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::JSON;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};

const ONLY_COMBINED: &str = "The Userinfo endpoint is only supported for Combined Auth integrations. Currently this is only for NHS CIS2 authentications - for more guidance see https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/user-restricted-restful-apis-nhs-cis2-combined-authentication-and-authorisation";

pub(super) const OPERATION: Operation = Operation {
    id: "read_userinfo",
    title: "Ask who is logged in",
    summary: "Answers the identifier, the name and the roles of the healthcare worker whose token is sent.",
    method: Method::GET,
    path: "/userinfo",
    logins: &[Login::HealthcareWorker],
    fields: &[Field {
        name: "Authorization",
        place: Place::Header,
        title: "Access token",
        hint: "The word Bearer, a space, and the token.",
        kind: FieldKind::Credential,
        need: Need::Required,
        example: "Bearer TOKEN",
    }],
    examples: &[Example::get("A healthcare worker is known", "/userinfo", 200)],
    faults: &[
        fault(
            400,
            "invalid_request",
            ONLY_COMBINED,
            "The token is not that of a healthcare worker who logged in here.",
        ),
        fault(
            401,
            "access_denied",
            "Invalid Access Token",
            "There is no token, nobody was given it, or it is over.",
        ),
    ],
    media_type: "application/json",
    specification: SPECIFICATION,
    handler: read_userinfo,
};

fn read_userinfo<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { answer(read(exchange)) })
}

fn read(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let issued = bearer::check_issued(exchange).map_err(|refusal| {
        let refused = Refused::new(StatusCode::UNAUTHORIZED, "access_denied", refusal.sentence());
        if refusal.nothing_was_sent() {
            refused.with_hint()
        } else {
            refused
        }
    })?;
    // The workspace's own token comes from no login and stands for one.
    let is_combined = issued.session.is_some() || issued.grant.application.is_none();
    match &issued.grant.principal {
        Principal::HealthcareWorker { user_id, .. } if is_combined => {
            Ok(reply(StatusCode::OK, JSON, claims(user_id).to_string()))
        }
        Principal::HealthcareWorker { .. } | Principal::Citizen { .. } | Principal::Application => {
            Err(Refused::invalid(ONLY_COMBINED))
        }
    }
}

/// The organisation that they work for here.
const ORGANISATION: &str = "RBA";

fn claims(user_id: &str) -> Value {
    let roles: Vec<Value> = roles_of(user_id)
        .into_iter()
        .map(|Role { number, code, name }| {
            json!({
                "org_code": ORGANISATION,
                "person_orgid": "555254239107",
                "person_roleid": number,
                "role_code": code,
                "role_name": format!("\"Clinical\":\"Clinical Provision\":\"{name}\""),
                "activities": ["View Patient Medication"],
                "activity_codes": ["B0401"],
            })
        })
        .collect();
    json!({
        "sub": user_id,
        "uid": user_id,
        "nhsid_useruid": user_id,
        "name": "ASHDOWN Quill Mx",
        "given_name": "Quill",
        "family_name": "ASHDOWN",
        "nhsid_nrbac_roles": roles,
        "nhsid_user_orgs": [{ "org_code": ORGANISATION, "org_name": "MADE-UP INFIRMARY" }],
    })
}
