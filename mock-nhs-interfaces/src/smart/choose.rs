//! `auth/choose`: the page where one says who one is, picks a patient and lets the app in.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::authorize::{give_code, tell};
use super::error::Refused;
use super::state::{Asked, User};
use super::{OwnCall, is_id};
use crate::auth::page::{escape, page};
use crate::auth::people::display_name;
use crate::auth::shelf::Found;

/// People that the page shows at once.
const MOST_SHOWN: usize = 25;

/// Somebody to pick.
struct Person {
    id: String,
    name: String,
    note: String,
}

pub(super) async fn show(call: &OwnCall<'_>) -> Result<Response<Body>, Refused> {
    let query = call.query();
    let Some((name, asked)) = asked(call, query.get("request")) else {
        return Ok(over());
    };
    shown(call, &name, &asked, query.get("q"), None).await
}

pub(super) async fn choose(call: &OwnCall<'_>) -> Result<Response<Body>, Refused> {
    let query = call.query();
    let Some((name, mut asked)) = asked(call, query.get("request")) else {
        return Ok(over());
    };
    let form = call.form()?;
    let tenant = call.tenant;
    if form.get("decision") != Some("allow") {
        call.server
            .shelves
            .asked
            .take(tenant.workspace, &name, tenant.now());
        let state = Some(&*asked.state);
        return Ok(tell(
            &asked.callback,
            state,
            "access_denied",
            "The user did not let the app in",
        ));
    }
    if asked.patient.is_none() && asked.scopes.needs_patient() {
        match form.get("patient") {
            Some(id) if exists(call, "Patient", id).await => asked.patient = Some(id.into()),
            _ => return shown(call, &name, &asked, query.get("q"), Some("Pick a patient.")).await,
        }
    }
    if asked.user.is_none() && asked.scopes.wants_user() {
        asked.user = match form.get("user") {
            Some("patient") => asked.patient.as_ref().map(|id| User::Patient(Arc::clone(id))),
            Some(id) if exists(call, "Practitioner", id).await => Some(User::Practitioner(id.into())),
            _ => None,
        };
        if asked.user.is_none() {
            return shown(call, &name, &asked, query.get("q"), Some("Say who you are.")).await;
        }
    }
    call.server
        .shelves
        .asked
        .take(tenant.workspace, &name, tenant.now());
    Ok(give_code(call, asked))
}

fn asked(call: &OwnCall<'_>, name: Option<&str>) -> Option<(String, Asked)> {
    let name = name?;
    let tenant = call.tenant;
    match call
        .server
        .shelves
        .asked
        .get(tenant.workspace, name, tenant.now())
    {
        Found::Good(asked) => Some((name.to_owned(), asked)),
        Found::Ended | Found::Unknown => None,
    }
}

fn over() -> Response<Body> {
    page(
        StatusCode::BAD_REQUEST,
        "This page is over",
        "<p>Nobody asked for this login, somebody has used it already, or it is older than half an hour.</p>\n\
         <p>Start your app again.</p>",
    )
}

async fn shown(
    call: &OwnCall<'_>,
    name: &str,
    asked: &Asked,
    search: Option<&str>,
    problem: Option<&str>,
) -> Result<Response<Body>, Refused> {
    let applications = &call.server.world.applications;
    let application = applications.find(call.tenant.workspace, &asked.client).await?;
    let title = application.map_or_else(|| "An app".to_owned(), |found| found.title);
    let action = format!("{}/auth/choose?request={name}", call.tenant.browser_url);
    let search: String = search.unwrap_or_default().chars().take(60).collect();
    let mut contents = String::new();
    if let Some(problem) = problem {
        contents += &format!(
            "<div class=\"error\" role=\"alert\"><p>{}</p></div>\n",
            escape(problem)
        );
    }
    contents += &format!(
        "<p>{} asks for: <strong>{}</strong></p>\n",
        escape(&title),
        escape(&asked.scopes.text())
    );
    let needs_patient = asked.patient.is_none() && asked.scopes.needs_patient();
    if needs_patient {
        contents += &search_form(call, name, &search);
    }
    contents += &format!("<form method=\"post\" action=\"{}\">\n", escape(&action));
    if needs_patient {
        let patients = people(call, &patients_path(&search)).await;
        contents += &radios("Patient", "patient", &patients);
    }
    if asked.user.is_none() && asked.scopes.wants_user() {
        let mut users = people(call, &format!("/Practitioner?_count={MOST_SHOWN}")).await;
        users.insert(
            0,
            Person {
                id: "patient".to_owned(),
                name: "The patient themselves".to_owned(),
                note: String::new(),
            },
        );
        contents += &radios("Who uses the app", "user", &users);
    }
    contents += "<p><button class=\"main\" type=\"submit\" name=\"decision\" value=\"allow\">Let it in</button> \
                 <button type=\"submit\" name=\"decision\" value=\"deny\">Do not</button></p>\n</form>";
    let status = if problem.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    Ok(page(status, &format!("Open {title}?"), &contents))
}

fn search_form(call: &OwnCall<'_>, name: &str, search: &str) -> String {
    format!(
        "<form method=\"get\" action=\"{}/auth/choose\">\n<input type=\"hidden\" name=\"request\" value=\"{name}\">\n\
         <label for=\"q\">Find a patient by name</label>\n<input type=\"text\" id=\"q\" name=\"q\" value=\"{}\" autocomplete=\"off\">\n\
         <button type=\"submit\">Find</button>\n</form>\n",
        escape(&call.tenant.browser_url),
        escape(search)
    )
}

fn patients_path(search: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("_count", &MOST_SHOWN.to_string());
    if !search.trim().is_empty() {
        query.append_pair("name", search.trim());
    }
    format!("/Patient?{}", query.finish())
}

fn radios(legend: &str, field: &str, people: &[Person]) -> String {
    let mut text = format!("<fieldset>\n<legend>{legend}</legend>\n<ul class=\"people\">\n");
    if people.is_empty() {
        text += "<li>Nobody of this name.</li>\n";
    }
    for (place, person) in people.iter().enumerate() {
        let checked = if place == 0 { " checked" } else { "" };
        let (id, name, note) = (escape(&person.id), escape(&person.name), escape(&person.note));
        text += &format!(
            "<li><label for=\"{field}-{place}\"><input type=\"radio\" id=\"{field}-{place}\" name=\"{field}\" value=\"{id}\"{checked}> \
             {name}<span class=\"note\">{note}</span></label></li>\n"
        );
    }
    text + "</ul>\n</fieldset>\n"
}

/// The people whom the FHIR server finds, in its order; nobody when it finds it cannot answer.
async fn people(call: &OwnCall<'_>, path: &str) -> Vec<Person> {
    let bundle = ask(call, path).await.unwrap_or_default();
    let entries = bundle
        .get("entry")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    entries
        .filter_map(|entry| {
            let resource = &entry["resource"];
            let id = resource["id"].as_str()?.to_owned();
            let born = resource["birthDate"].as_str();
            Some(Person {
                name: display_name(resource).unwrap_or_else(|| id.clone()),
                note: born.map_or_else(|| id.clone(), |born| format!("born {born}, {id}")),
                id,
            })
        })
        .collect()
}

async fn exists(call: &OwnCall<'_>, kind: &str, id: &str) -> bool {
    is_id(id) && ask(call, &format!("/{kind}/{id}")).await.is_some()
}

/// The FHIR server's answer to a good request.
async fn ask(call: &OwnCall<'_>, path: &str) -> Option<Value> {
    let request = Request::get(path).body(Body::empty()).ok()?;
    let response = call.server.fhir.answer(&call.tenant.fhir(), request).await;
    if response.status() != StatusCode::OK {
        return None;
    }
    let body = response.into_body().collect().await.ok()?.to_bytes();
    serde_json::from_slice(&body).ok()
}
