//! `GET /.well-known/openid-configuration`: where everything is, for libraries of `OpenID` Connect.
//! Source: <https://openid.net/specs/openid-connect-discovery-1_0.html>

use http::{Method, StatusCode};
use serde_json::json;

use super::SPECIFICATION;
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::JSON;
use crate::interface::{Answer, Example, Login, Operation};

pub(super) const OPERATION: Operation = Operation {
    id: "read_configuration",
    title: "Ask where to log in",
    summary: "Answers the addresses and abilities of the login, as OpenID Connect libraries expect them.",
    method: Method::GET,
    path: "/.well-known/openid-configuration",
    logins: &[Login::Open],
    fields: &[],
    examples: &[Example::get(
        "A library finds its way",
        "/.well-known/openid-configuration",
        200,
    )],
    faults: &[],
    media_type: "application/json",
    specification: SPECIFICATION,
    handler: read_configuration,
};

fn read_configuration<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async {
        let base = exchange.interface_url();
        let document = json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/authorize"),
            "token_endpoint": format!("{base}/token"),
            "userinfo_endpoint": format!("{base}/userinfo"),
            "jwks_uri": format!("{base}/jwks"),
            "end_session_endpoint": format!("{base}/logout"),
            "backchannel_logout_supported": false,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [
                "authorization_code",
                "client_credentials",
                "refresh_token",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ],
            "scopes_supported": ["openid", "nhs-cis2", "nhs-login"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS512"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS512"],
            "code_challenge_methods_supported": ["S256"],
            "claims_supported": [
                "sub", "aud", "iss", "iat", "exp", "auth_time", "nonce", "sid", "acr", "vot", "nhs_number",
                "id_assurance_level", "authentication_assurance_level", "identity_proofing_level",
            ],
        });
        reply(StatusCode::OK, JSON, document.to_string())
    })
}
