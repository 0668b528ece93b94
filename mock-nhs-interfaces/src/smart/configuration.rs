//! Where everything is: `.well-known/smart-configuration`, and the same in the `CapabilityStatement`.
//! Source: <https://hl7.org/fhir/smart-app-launch/conformance.html>

use axum::body::Body;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::error::Refused;
use super::{OwnCall, SmartServer, SmartTenant};
use crate::exchange::reply;
use crate::fhir::media_type::JSON;

/// The extension that says where to log in. Source: the page above, section "Declaring Support for OAuth2 Endpoints".
const OAUTH_URIS: &str = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";

/// Addresses and abilities. What a browser opens is told by the browser's address, what a program calls by the caller's.
pub(super) fn document(tenant: &SmartTenant) -> Response<Body> {
    let base = &tenant.fhir_url;
    let document = json!({
        "issuer": base,
        "jwks_uri": format!("{base}/auth/jwks"),
        "authorization_endpoint": format!("{}/auth/authorize", tenant.browser_url),
        "token_endpoint": format!("{base}/auth/token"),
        "introspection_endpoint": format!("{base}/auth/introspect"),
        "revocation_endpoint": format!("{base}/auth/revoke"),
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384", "RS256", "RS512"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "subject_types_supported": ["public"],
        "scopes_supported": [
            "openid", "profile", "fhirUser", "launch", "launch/patient", "offline_access", "online_access",
            "patient/*.rs", "patient/*.cruds", "user/*.rs", "user/*.cruds", "patient/*.read", "user/*.read",
        ],
        "capabilities": [
            "launch-ehr", "launch-standalone", "authorize-post",
            "client-public", "client-confidential-symmetric", "client-confidential-asymmetric",
            "sso-openid-connect", "context-banner", "context-ehr-patient", "context-standalone-patient",
            "permission-offline", "permission-online", "permission-patient", "permission-user",
            "permission-v1", "permission-v2",
        ],
    });
    reply(StatusCode::OK, JSON, document.to_string())
}

/// The public half of the key that signs id tokens.
pub(super) async fn keys(call: &OwnCall<'_>) -> Result<Response<Body>, Refused> {
    let key = call.server.world.signer.key().await.ok_or_else(Refused::broken)?;
    Ok(reply(StatusCode::OK, JSON, key.to_json()))
}

/// The FHIR server's own statement with the addresses of the login in it.
pub(super) async fn with_addresses(
    server: &SmartServer,
    tenant: &SmartTenant,
    request: Request<Body>,
) -> Response<Body> {
    let (mut parts, body) = server.fhir.answer(&tenant.fhir(), request).await.into_parts();
    let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        return Refused::broken().answer();
    };
    let changed = serde_json::from_slice::<Value>(&body)
        .ok()
        .and_then(|mut statement| {
            let rest = statement.pointer_mut("/rest/0")?.as_object_mut()?;
            rest.insert("security".to_owned(), security(tenant));
            Some(statement.to_string())
        });
    // Another shape (an error, a summary): it goes out as it is.
    let Some(changed) = changed else {
        return Response::from_parts(parts, Body::from(body));
    };
    parts.headers.remove(http::header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(changed))
}

fn security(tenant: &SmartTenant) -> Value {
    let base = &tenant.fhir_url;
    let address = |name: &str, address: String| json!({ "url": name, "valueUri": address });
    json!({
        "cors": true,
        "extension": [{
            "url": OAUTH_URIS,
            "extension": [
                address("authorize", format!("{}/auth/authorize", tenant.browser_url)),
                address("token", format!("{base}/auth/token")),
                address("introspect", format!("{base}/auth/introspect")),
                address("revoke", format!("{base}/auth/revoke")),
            ],
        }],
        "service": [{
            "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                "code": "SMART-on-FHIR",
                "display": "SMART-on-FHIR",
            }],
            "text": "OAuth2 using SMART-on-FHIR profile (see http://docs.smarthealthit.org); also open without a login",
        }],
    })
}
