//! `/login`: the page that stands for CIS2 and NHS login. One picks a made-up person; no password is asked for.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::SPECIFICATION;
use super::authorize::tell;
use super::error::{Refused, answer, broken, fault};
use crate::auth::form::Form;
use crate::auth::logins::{Answered, Asked, PAGE_LIFE, Provider};
use crate::auth::page::{escape, page, redirect};
use crate::auth::people::{self, Choice, LoggedIn, aal};
use crate::auth::secret::secret;
use crate::auth::shelf::Found;
use crate::auth::{Assurance, Proofing};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

const REQUEST: Field = Field {
    name: "request",
    place: Place::Query,
    title: "Login under way",
    hint: "The name that the address got from /authorize.",
    kind: FieldKind::Credential,
    need: Need::Optional,
    example: "",
};

/// Shows the page.
pub(super) const SHOW: Operation = Operation {
    id: "show_login",
    title: "Show the login page",
    summary: "Shows the made-up people who can log in.",
    method: Method::GET,
    path: "/login",
    logins: &[Login::Open],
    fields: &[REQUEST],
    examples: &[Example::get(
        "A page that nobody asked for is over",
        "/login?request=x",
        400,
    )],
    faults: &[fault(
        400,
        "page",
        "This login page is over",
        "Nobody asked for this login, it was used, or it is over.",
    )],
    media_type: "text/html; charset=utf-8",
    specification: SPECIFICATION,
    handler: show_login,
};

/// Takes the choice.
pub(super) const OPERATION: Operation = Operation {
    id: "log_in",
    title: "Log in as somebody",
    summary: "Takes the user name of a made-up person and sends the browser on its way back.",
    method: Method::POST,
    path: "/login",
    logins: &[Login::Open],
    fields: &[REQUEST],
    examples: &[Example::sending(
        "A page that nobody asked for is over",
        "/login?request=x",
        ExampleBody {
            media_type: "application/x-www-form-urlencoded",
            text: "username=656005750104",
        },
        400,
    )],
    faults: &[fault(
        400,
        "page",
        "This login page is over",
        "Nobody asked for this login, it was used, or it is over.",
    )],
    media_type: "text/html; charset=utf-8",
    specification: SPECIFICATION,
    handler: log_in,
};

fn show_login<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async {
        let Some((name, asked)) = asked(exchange) else {
            return over();
        };
        answer(shown(exchange, &name, &asked, None).await)
    })
}

fn log_in<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async {
        let Some((name, asked)) = asked(exchange) else {
            return over();
        };
        answer(take(exchange, &name, asked).await)
    })
}

/// The login that the address names.
fn asked(exchange: &Exchange<'_>) -> Option<(String, Asked)> {
    let form = Form::parse(exchange.query().as_bytes());
    let name = form.get("request")?;
    let found = exchange
        .world
        .logins
        .asked
        .get(exchange.tenant.workspace, name, exchange.now());
    match found {
        Found::Good(asked) => Some((name.to_owned(), asked)),
        Found::Ended | Found::Unknown => None,
    }
}

fn over() -> Response<Body> {
    page(
        StatusCode::BAD_REQUEST,
        "This login page is over",
        "<p>Nobody asked for this login, somebody has used it already, or it is older than half an hour.</p>\n\
         <p>Go back to your application and log in again.</p>",
    )
}

async fn take(exchange: &Exchange<'_>, name: &str, asked: Asked) -> Result<Response<Body>, Refused> {
    let form = Form::parse(&exchange.body);
    let logins = &exchange.world.logins;
    let (workspace, now) = (exchange.tenant.workspace, exchange.now());
    if form.get("cancel").is_some() {
        logins.asked.take(workspace, name, now);
        let state = Some(&*asked.state);
        return Ok(tell(
            &asked.callback_url,
            state,
            "access_denied",
            "The user cancelled the login",
        ));
    }
    let username = form.get("username").unwrap_or_default().trim();
    let Some(person) = chosen(exchange, &asked, username, form.get("level")).await? else {
        return shown(exchange, name, &asked, Some(username)).await;
    };
    // Used once: the page's address in a browser's history logs nobody in again.
    logins.asked.take(workspace, name, now);
    let (state, code) = (secret(24), secret(24));
    let address = format!("{}/callback?code={code}&state={state}", exchange.interface_url());
    let answered = Answered {
        asked,
        person,
        at: now,
    };
    // The code is part of the name, so that a state without its code finds nothing.
    let on_its_way = format!("{state}\n{code}");
    logins
        .answered
        .put(workspace, on_its_way.into(), answered, now + PAGE_LIFE);
    Ok(redirect(&address))
}

async fn chosen(
    exchange: &Exchange<'_>,
    asked: &Asked,
    username: &str,
    level: Option<&str>,
) -> Result<Option<LoggedIn>, Refused> {
    match asked.provider {
        Provider::NhsLogin => Ok(people::citizen(exchange, username, level)),
        Provider::Cis2 => people::worker(exchange, username, level).await.map_err(|error| {
            tracing::error!(%error, "the clinicians cannot be read");
            broken()
        }),
    }
}

async fn shown(
    exchange: &Exchange<'_>,
    name: &str,
    asked: &Asked,
    unknown: Option<&str>,
) -> Result<Response<Body>, Refused> {
    let (title, choices, levels) = match asked.provider {
        Provider::Cis2 => {
            let workers = people::workers(exchange).await.map_err(|error| {
                tracing::error!(%error, "the clinicians cannot be read");
                broken()
            })?;
            let levels = Assurance::ALL.map(|level| (level.digit(), aal(level)));
            ("CIS2 (mock): log in as a healthcare worker", workers, levels)
        }
        Provider::NhsLogin => {
            let levels = Proofing::ALL.map(|level| (level.name(), level.name()));
            (
                "NHS login (mock): log in as a patient",
                people::citizens(exchange),
                levels,
            )
        }
    };
    let applications = &exchange.world.applications;
    let application = applications
        .find(exchange.tenant.workspace, &asked.api_key)
        .await?;
    let application = application.map_or_else(|| "An application".to_owned(), |found| found.title);
    let action = format!("{}/login?request={name}", exchange.interface_url());
    let contents = contents(&application, &action, &choices, &levels, unknown);
    let status = if unknown.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    Ok(page(status, title, &contents))
}

fn contents(
    application: &str,
    action: &str,
    choices: &[Choice],
    levels: &[(&str, &str)],
    unknown: Option<&str>,
) -> String {
    let (application, action) = (escape(application), escape(action));
    let options: String = levels
        .iter()
        .map(|(value, title)| format!("<option value=\"{value}\">{title}</option>"))
        .collect();
    let error = unknown.map_or_else(String::new, |unknown| {
        let unknown: String = unknown.chars().take(60).collect();
        format!(
            "<div class=\"error\" role=\"alert\"><p>Nobody here has the user name \u{201c}{}\u{201d}. Choose somebody below.</p></div>\n",
            escape(&unknown)
        )
    });
    let people: String = choices.iter().map(choice).collect();
    // The second form has the name that the NHS's own tests look for.
    format!(
        "{error}<p>{application} asks who you are. Pick somebody.</p>\n\
         <form method=\"post\" action=\"{action}\">\n\
         <label for=\"level\">How sure the login is of them</label>\n<select id=\"level\" name=\"level\">{options}</select>\n\
         <ul class=\"people\">\n{people}</ul>\n</form>\n\
         <h2>Or type a user name</h2>\n\
         <form id=\"kc-form-login\" method=\"post\" action=\"{action}\">\n\
         <label for=\"username\">User name or NHS number</label>\n\
         <input type=\"text\" id=\"username\" name=\"username\" autocomplete=\"off\" spellcheck=\"false\">\n\
         <button class=\"main\" type=\"submit\">Log in</button>\n</form>\n\
         <form method=\"post\" action=\"{action}\"><p><button type=\"submit\" name=\"cancel\" value=\"1\">Cancel and go back</button></p></form>"
    )
}

fn choice(choice: &Choice) -> String {
    let (name, username) = (escape(&choice.name), escape(&choice.username));
    let level = choice
        .level
        .map_or_else(String::new, |level| format!(", always {level}"));
    let note = escape(&choice.note);
    format!(
        "<li><span>{name}<span class=\"note\">{note}{level}</span></span>\
         <button type=\"submit\" name=\"username\" value=\"{username}\" aria-label=\"Log in as {name}, {note}{level}\">Log in</button></li>\n"
    )
}
