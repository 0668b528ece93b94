//! `auth/authorize`: an app sends its user's browser here.
//! Source: <https://hl7.org/fhir/smart-app-launch/app-launch.html#obtain-authorization-code>

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::OwnCall;
use super::client::error_of;
use super::error::Refused;
use super::scope::Scopes;
use super::simulated::SimulatedError;
use super::state::{Asked, Launch, Login, User};
use crate::auth::Application;
use crate::auth::form::Form;
use crate::auth::logins::{CODE_LIFE, PAGE_LIFE};
use crate::auth::page::redirect;
use crate::auth::secret::secret;
use crate::auth::shelf::Found;
use crate::auth::{CallbackUrl, ClientType};

/// Longest text of an app that is given back to it, in bytes.
const MOST_TEXT: usize = 4_000;

pub(super) async fn authorize(call: &OwnCall<'_>) -> Result<Response<Body>, Refused> {
    if call.parts.method == Method::POST {
        ask(call, &call.form()?).await
    } else {
        ask(call, &call.query()).await
    }
}

async fn ask(call: &OwnCall<'_>, form: &Form<'_>) -> Result<Response<Body>, Refused> {
    let tenant = call.tenant;
    let launch = launch(call, form);
    let launched = launch.as_ref().and_then(|launch| launch.error);
    let client = form
        .get("client_id")
        .ok_or_else(|| Refused::invalid("Missing client_id parameter"))?;
    let applications = &call.server.world.applications;
    let application = applications.find(tenant.workspace, client).await?;
    let application =
        application.ok_or_else(|| unknown_client("client_id is not known in this workspace"))?;
    let error = launched.or_else(|| error_of(&application));
    if error == Some(SimulatedError::AuthInvalidClientId) {
        return Err(unknown_client("Simulated invalid client_id parameter error"));
    }
    let callback = form
        .get("redirect_uri")
        .ok_or_else(|| Refused::invalid("Missing redirect_uri parameter"))?;
    if error == Some(SimulatedError::AuthInvalidRedirectUri) {
        return Err(Refused::invalid("Simulated invalid redirect_uri parameter error"));
    }
    let callback = application
        .callback_urls
        .iter()
        .find(|known| known.as_str() == callback)
        .ok_or_else(|| Refused::invalid("redirect_uri is not one of the application's"))?;
    // From here on the app itself is told what is wrong.
    let asked = match read(call, form, &application, callback, launch, error) {
        Ok(asked) => asked,
        Err((error, description)) => return Ok(tell(callback, form.get("state"), error, &description)),
    };
    let is_complete = asked.from_record
        && (asked.patient.is_some() || !asked.scopes.needs_patient())
        && (asked.user.is_some() || !asked.scopes.wants_user());
    if is_complete {
        return Ok(give_code(call, asked));
    }
    let name = secret(24);
    let address = format!("/auth/choose?request={name}");
    let ends = tenant.now() + PAGE_LIFE;
    call.server
        .shelves
        .asked
        .put(tenant.workspace, name.into(), asked, ends);
    Ok(call.to_page(&address))
}

fn unknown_client(description: &'static str) -> Refused {
    Refused::new(StatusCode::BAD_REQUEST, "invalid_client", description)
}

/// The launch that the app was sent with.
fn launch(call: &OwnCall<'_>, form: &Form<'_>) -> Option<Launch> {
    let name = form.get("launch")?;
    let tenant = call.tenant;
    match call
        .server
        .shelves
        .launches
        .get(tenant.workspace, name, tenant.now())
    {
        Found::Good(launch) => Some(launch),
        Found::Ended | Found::Unknown => None,
    }
}

type Said = (&'static str, String);

fn read(
    call: &OwnCall<'_>,
    form: &Form<'_>,
    application: &Application,
    callback: &CallbackUrl,
    launch: Option<Launch>,
    error: Option<SimulatedError>,
) -> Result<Asked, Said> {
    let invalid = |description: &str| ("invalid_request", description.to_owned());
    let state = form
        .get("state")
        .ok_or_else(|| invalid("Missing state parameter"))?;
    match form.get("response_type") {
        Some("code") => {}
        None => return Err(invalid("Missing response_type parameter")),
        Some(_) => {
            let description = "response_type must be code".to_owned();
            return Err(("unsupported_response_type", description));
        }
    }
    check_audience(call, form.get("aud"))?;
    let challenge = challenge(form, application)?;
    if error == Some(SimulatedError::AuthInvalidScope) {
        return Err(("invalid_scope", "Simulated invalid scope error".to_owned()));
    }
    let scopes = Scopes::grant(form.get("scope").unwrap_or_default());
    if scopes.is_empty() {
        let description = "None of the scopes can be granted here".to_owned();
        return Err(("invalid_scope", description));
    }
    if form.get("launch").is_some() && launch.is_none() {
        return Err(invalid("The launch parameter is not known, or is over"));
    }
    let nonce = form.get("nonce");
    if [Some(state), nonce, challenge]
        .into_iter()
        .flatten()
        .any(|text| text.len() > MOST_TEXT)
    {
        return Err(invalid("A parameter is too long"));
    }
    let from_record = launch.is_some();
    let launched = launch.as_ref().and_then(|launch| launch.error);
    let launch = launch.unwrap_or_default();
    Ok(Asked {
        client: Arc::from(application.api_key.as_str()),
        callback: callback.clone(),
        scopes,
        state: state.into(),
        nonce: nonce.map(Arc::from),
        challenge: challenge.map(Arc::from),
        from_record,
        patient: launch.patient,
        user: launch.practitioner.map(User::Practitioner),
        error: launched,
    })
}

/// A token is for one FHIR server: that of this workspace, by either of its addresses.
fn check_audience(call: &OwnCall<'_>, given: Option<&str>) -> Result<(), Said> {
    let given = given.ok_or_else(|| ("invalid_request", "Missing aud parameter".to_owned()))?;
    let given = given.trim_end_matches('/');
    let ours = [
        call.tenant.fhir_url.as_str(),
        call.tenant.browser_url.as_str(),
        INSIDE,
    ];
    if ours.contains(&given) {
        return Ok(());
    }
    let shown: String = given.chars().take(200).collect();
    let expected = &call.tenant.browser_url;
    let description = format!("Bad audience value \"{shown}\". Expected \"{expected}\".");
    Err(("invalid_request", description))
}

/// The FHIR server's address for apps inside the sandbox.
pub(super) const INSIDE: &str = "https://fhir.c4h.internal";

/// Whoever has no secret must bind the code to themselves; whoever does it, does it with S256.
fn challenge<'f>(form: &'f Form<'_>, application: &Application) -> Result<Option<&'f str>, Said> {
    let invalid = |description: &str| Err(("invalid_request", description.to_owned()));
    match (form.get("code_challenge"), form.get("code_challenge_method")) {
        (Some(challenge), Some("S256")) => Ok(Some(challenge)),
        (None, None) if application.client_type != ClientType::Public => Ok(None),
        (None, _) => invalid("Missing code_challenge parameter: a public app must use PKCE"),
        (Some(_), _) => invalid("Invalid code_challenge_method. Must be S256."),
    }
}

/// Sends the browser back to the app with a code.
pub(super) fn give_code(call: &OwnCall<'_>, asked: Asked) -> Response<Body> {
    let (tenant, now) = (call.tenant, call.tenant.now());
    let code = secret(32);
    let address = asked
        .callback
        .with([("code", code.as_str()), ("state", &asked.state)]);
    let login = Login { asked, at: now };
    call.server
        .shelves
        .codes
        .put(tenant.workspace, code.into(), login, now + CODE_LIFE);
    redirect(&address)
}

/// Sends the browser back to the app with an error.
pub(super) fn tell(
    callback: &CallbackUrl,
    state: Option<&str>,
    error: &str,
    description: &str,
) -> Response<Body> {
    let parameters = [("error", error), ("error_description", description)];
    let state = state
        .filter(|state| state.len() <= MOST_TEXT)
        .map(|state| ("state", state));
    redirect(&callback.with(parameters.into_iter().chain(state)))
}
