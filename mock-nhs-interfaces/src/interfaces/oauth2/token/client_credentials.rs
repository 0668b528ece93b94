//! A signed JWT for a token of the application itself.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/application-restricted-restful-apis-signed-jwt-authentication>

use std::sync::Arc;

use axum::body::Body;
use http::Response;

use super::super::client_assertion;
use super::super::error::Refused;
use super::granted;
use crate::auth::form::Form;
use crate::auth::{Access, Grant, Issued, Principal};
use crate::exchange::Exchange;

pub(super) async fn issue(exchange: &Exchange<'_>, form: &Form<'_>) -> Result<Response<Body>, Refused> {
    client_assertion::check_type(form)?;
    let application = client_assertion::check(exchange, form).await?;
    if !application.access.contains(&Access::Application) {
        return Err(Refused::not_entitled());
    }
    let issued = Issued {
        grant: Grant {
            application: Some(Arc::from(application.api_key)),
            principal: Principal::Application,
        },
        session: None,
    };
    let mut members = granted::access(exchange, form, issued);
    members.insert("issued_at".to_owned(), granted::issued_at(exchange));
    Ok(granted::answer(members))
}
