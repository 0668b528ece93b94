//! What the classic form of GP Connect checks of every request: headers of the Spine Secure Proxy, and the JSON web token,
//! which nobody signs, that says who asks and what for.
//! Source: <https://developer.nhs.uk/apis/gpconnect/integration_cross_organisation_audit_and_provenance.html>

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use fhir::json::Json;
use time::OffsetDateTime;

use crate::auth::{bearer, same_secret};
use crate::exchange::Exchange;
use crate::gp_connect::refused::{BAD_REQUEST, INVALID_RESOURCE};
use crate::gp_connect::stu3::administration::{ODS_SYSTEM, SDS_USER_SYSTEM};
use crate::gp_connect::stu3::shape::items;
use crate::gp_connect::{Refused, answer, query::Query};

/// How long a token lives, in seconds: no more and no less.
const LIFETIME: i64 = 300;
/// A clock may be so many seconds ahead of ours.
const AHEAD: i64 = 5;
/// No token of this kind is longer.
const MOST_BYTES: usize = 16 * 1024;

/// Checks headers and token of a request for this interaction.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn check(exchange: &Exchange<'_>, interaction: &str, scope: Scope) -> Result<Query, Refused> {
    let query = Query::parse(exchange.query())?;
    answer::check_accept(exchange.headers(), query.first("_format"))?;
    let header = |name: &str| {
        let value = exchange.headers().get(name).and_then(|value| value.to_str().ok());
        value
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Refused::saying(&BAD_REQUEST, format!("The header {name} is missing.")))
    };
    header("Ssp-TraceID")?;
    for name in ["Ssp-From", "Ssp-To"] {
        if !header(name)?.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refused::saying(
                &BAD_REQUEST,
                format!("{name} is an ASID: digits."),
            ));
        }
    }
    if header("Ssp-InteractionID")? != interaction {
        return Err(Refused::saying(
            &BAD_REQUEST,
            format!("Ssp-InteractionID is {interaction} for this request."),
        ));
    }
    header("Authorization")?;
    let token = bearer::token(exchange.headers())
        .map_err(|refusal| Refused::saying(&BAD_REQUEST, refusal.diagnostics()))?;
    // A beginner's app sends the workspace's own token, which says nothing about who asks.
    if !same_secret(token.as_bytes(), exchange.tenant.access_token.as_bytes()) {
        check_token(token, exchange.now(), scope)?;
    }
    Ok(query)
}

/// What a token must ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// `patient/*.read`
    PatientRead,
    /// `patient/*.write`
    PatientWrite,
    /// `organization/*.read`
    OrganisationRead,
}

impl Scope {
    fn allows(self, given: &str) -> bool {
        match self {
            Self::PatientRead => given == "patient/*.read",
            Self::PatientWrite => given == "patient/*.write",
            Self::OrganisationRead => given == "organization/*.read",
        }
    }
}

fn bad(text: &str) -> Refused {
    Refused::saying(&BAD_REQUEST, format!("The token in Authorization: {text}"))
}

fn check_token(token: &str, now: OffsetDateTime, scope: Scope) -> Result<(), Refused> {
    if token.len() > MOST_BYTES {
        return Err(bad("is too long."));
    }
    let mut pieces = token.split('.');
    let (Some(header), Some(claims)) = (pieces.next(), pieces.next()) else {
        return Err(bad("is no JSON web token."));
    };
    let header = part(header).ok_or_else(|| bad("has no readable header."))?;
    if header.text("alg") != Some("none") {
        return Err(bad("alg is none: nobody signs it."));
    }
    let claims = part(claims).ok_or_else(|| bad("has no readable claims."))?;
    check_times(&claims, now)?;
    let text = |name: &str| {
        claims
            .text(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| bad(&format!("{name} is missing.")))
    };
    text("iss")?;
    text("aud")?;
    let sub = text("sub")?;
    if text("reason_for_request")? != "directcare" {
        return Err(bad("reason_for_request is directcare."));
    }
    if !scope.allows(text("requested_scope")?) {
        return Err(bad("requested_scope is not that of this request."));
    }
    check_requesters(&claims, sub)
}

/// A part of the token: base64 without padding, of either alphabet.
fn part(text: &str) -> Option<Json> {
    let text = text.trim_end_matches('=');
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .or_else(|_| STANDARD_NO_PAD.decode(text))
        .ok()?;
    Json::parse(&bytes).ok()
}

fn check_times(claims: &Json, now: OffsetDateTime) -> Result<(), Refused> {
    let time = |name: &str| {
        claims
            .get(name)
            .and_then(Json::as_number)
            .and_then(|text| text.parse::<i64>().ok())
            .ok_or_else(|| bad(&format!("{name} is missing or no number of seconds.")))
    };
    let (issued, expires) = (time("iat")?, time("exp")?);
    let now = now.unix_timestamp();
    if issued > now.saturating_add(AHEAD) {
        return Err(bad("iat is in the future."));
    }
    if expires.checked_sub(issued) != Some(LIFETIME) {
        return Err(bad("exp is 300 seconds after iat."));
    }
    if expires <= now {
        return Err(bad("exp is over."));
    }
    Ok(())
}

/// Whether the three resources hold what such resources hold, and nothing else.
fn check_shapes(device: &Json, organisation: &Json, practitioner: &Json) -> Result<(), Refused> {
    let known: [(&Json, &str, &[&str]); 3] = [
        (
            device,
            "requesting_device",
            &[
                "resourceType",
                "id",
                "meta",
                "identifier",
                "type",
                "model",
                "version",
            ],
        ),
        (
            organisation,
            "requesting_organization",
            &[
                "resourceType",
                "id",
                "meta",
                "identifier",
                "name",
                "type",
                "telecom",
                "address",
            ],
        ),
        (
            practitioner,
            "requesting_practitioner",
            &[
                "resourceType",
                "id",
                "meta",
                "identifier",
                "name",
                "practitionerRole",
                "telecom",
                "gender",
            ],
        ),
    ];
    for (resource, name, members) in known {
        let members_of = resource.as_object().unwrap_or_default();
        if !members_of.iter().all(|(member, _)| members.contains(&&**member)) {
            return Err(Refused::saying(
                &INVALID_RESOURCE,
                format!("{name} is no valid resource."),
            ));
        }
    }
    Ok(())
}

/// Device, organisation and clinician that ask.
fn check_requesters(claims: &Json, sub: &str) -> Result<(), Refused> {
    let claim = |name: &str, kind: &str| {
        let found = claims
            .get(name)
            .ok_or_else(|| bad(&format!("{name} is missing.")))?;
        if found.text("resourceType") != Some(kind) {
            return Err(bad(&format!("{name} is no {kind}.")));
        }
        Ok(found)
    };
    let device = claim("requesting_device", "Device")?;
    let organisation = claim("requesting_organization", "Organization")?;
    let practitioner = claim("requesting_practitioner", "Practitioner")?;
    check_shapes(device, organisation, practitioner)?;
    let has = |resource: &Json, system: &str| {
        items(resource, "identifier").any(|one| {
            one.text("system").is_some_and(|given| given == system)
                && one.text("value").is_some_and(|value| !value.is_empty())
        })
    };
    if !has(organisation, ODS_SYSTEM) {
        return Err(bad("requesting_organization has no ODS code."));
    }
    if practitioner.text("id") != Some(sub) {
        return Err(bad("sub is not the id of requesting_practitioner."));
    }
    if !has(practitioner, SDS_USER_SYSTEM) {
        return Err(bad("requesting_practitioner has no SDS user id."));
    }
    let is_named = items(practitioner, "name")
        .any(|name| items(name, "family").next().is_some() && items(name, "given").next().is_some());
    if !is_named {
        return Err(bad("requesting_practitioner has no name."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::{Scope, check_token};

    const NOW: i64 = 1_768_478_400;

    fn claims() -> Value {
        json!({
            "iss": "https://consumer.example/", "sub": "1", "aud": "https://provider.example/",
            "iat": NOW, "exp": NOW + 300,
            "reason_for_request": "directcare", "requested_scope": "patient/*.read",
            "requesting_device": { "resourceType": "Device", "model": "App", "version": "1",
                "identifier": [{ "system": "https://consumer.example/Id", "value": "1" }] },
            "requesting_organization": { "resourceType": "Organization", "name": "A practice",
                "identifier": [{ "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A11111" }] },
            "requesting_practitioner": { "resourceType": "Practitioner", "id": "1",
                "identifier": [{ "system": "https://fhir.nhs.uk/Id/sds-user-id", "value": "111222333444" }],
                "name": [{ "family": "Lister", "given": ["Jo"], "prefix": ["Dr"] }] },
        })
    }

    fn code(claims: &Value) -> Option<String> {
        let encode = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let token = format!(
            "{}.{}.",
            encode(&json!({ "alg": "none", "typ": "JWT" })),
            encode(claims)
        );
        let refused = check_token(&token, datetime!(2026-01-15 12:00 UTC), Scope::PatientRead).err()?;
        Some(format!("{refused:?}"))
    }

    #[test]
    fn a_whole_token_is_accepted() {
        assert_eq!(code(&claims()), None);
    }

    #[test]
    fn whatever_is_missing_or_wrong_is_refused() {
        let cases: [(&str, Value); 14] = [
            ("/exp", json!(NOW + 299)),
            ("/exp", json!(NOW + 301)),
            ("/iat", json!(NOW + 200)),
            ("/exp", json!("later")),
            ("/iss", json!("")),
            ("/reason_for_request", json!("secondaryuses")),
            ("/requested_scope", json!("organization/*.read")),
            ("/requested_scope", json!("encounter/*.read")),
            ("/requesting_device/resourceType", json!("Medication")),
            ("/requesting_device/invented", json!(true)),
            ("/requesting_organization/identifier", json!([])),
            ("/requesting_practitioner/identifier", json!([])),
            ("/requesting_practitioner/id", json!("2")),
            ("/requesting_practitioner/name", json!([])),
        ];
        for (pointer, value) in cases {
            let mut claims = claims();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            claims.pointer_mut(parent).unwrap()[name] = value;
            assert!(code(&claims).is_some(), "{pointer}");
        }
        for name in claims().as_object().unwrap().keys() {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(name);
            assert!(code(&claims).is_some(), "without {name}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for token in ["", ".", "a.b", "%%%.%%%", "e30.e30", "eyJhbGciOiJSUzUxMiJ9.e30.x"] {
            assert!(
                check_token(token, datetime!(2026-01-15 12:00 UTC), Scope::OrganisationRead).is_err(),
                "{token}"
            );
        }
    }
}
