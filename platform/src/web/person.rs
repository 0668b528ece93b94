//! `GET /w/{workspace}/people/{number}`: one made-up person's whole record, as clinicians know it.

pub(super) mod banner;
mod chart;
mod results;
mod sections;
mod timeline;

pub(super) mod change;
mod gathered;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use mock_nhs_interfaces::population::Standing;
use mock_nhs_interfaces::value::NhsNumber;
use serde::Deserialize;
use store::Clock as _;

use self::banner::Banner;
use self::gathered::Gathered;
use self::results::Result as Measure;
use self::sections::Section;
use self::timeline::Year;
use super::page::{Frame, render};
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;
use crate::web::extract::{Path, Query};

/// Operations that show a person: interface, operation, what they show.
const SEEN_BY: [(&str, &str, &str); 5] = [
    (
        "pds",
        "read_patient",
        "The Personal Demographics Service: name, address, practice",
    ),
    (
        "immunisation",
        "search_immunizations",
        "Immunisation history: vaccinations",
    ),
    (
        "gp-connect-access-record",
        "get_structured_record",
        "GP Connect: the practice's record",
    ),
    (
        "gp-connect-appointments",
        "list_appointments",
        "GP Connect: appointments at the practice",
    ),
    ("fhir", "everything", "The FHIR server: everything"),
];

/// The page.
#[derive(Debug, Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    workspace: String,
    number: String,
    banner: Banner,
    story: String,
    /// What became of the number, when it does not stand.
    standing: Option<(String, Option<String>)>,
    sections: Vec<Section>,
    measures: Vec<Measure>,
    years: Vec<Year>,
    timeline_left_out: usize,
    seen_by: Vec<(String, String, &'static str)>,
    /// What was changed just now.
    changed: Option<String>,
}

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    changed: String,
}

/// The page of somebody who cannot be shown.
#[derive(Debug, Template)]
#[template(path = "person_unknown.html")]
struct UnknownPage {
    frame: Frame,
    workspace: String,
    sentence: String,
    other: Option<String>,
}

/// `GET /w/{workspace}/people/{number}`
pub(super) async fn read_person(
    State(app): State<Arc<App>>,
    Path((workspace, number)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let known = number.parse::<NhsNumber>().ok();
    let standing = known.and_then(|number| Some(app.nhs.population().person(number)?.standing));
    let Some(gathered) = Gathered::of(&app, &workspace, &number).await? else {
        return Ok(unknown(&workspace, &number, standing));
    };
    let story = known.and_then(|number| Some(app.nhs.population().person(number)?.story.clone()));
    let now = workspace.conditions.clock.now();
    let banner = Banner::of(&gathered, now.date());
    let (years, timeline_left_out) = timeline::years(&gathered, now);
    let interfaces = app.nhs.interfaces();
    let is_there = |interface: &str, operation: &str| {
        interface == "fhir"
            || interfaces.iter().any(|known| {
                known.id == interface && known.operations.iter().any(|known| known.id == operation)
            })
    };
    let page = PersonPage {
        frame: Frame {
            // No name in the title: titles reach histories and other people's screens.
            heading: "A person’s record".to_owned(),
            section: Some(format!("People – Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        workspace: workspace.name.to_string(),
        story: story.unwrap_or_default(),
        standing: standing.and_then(told),
        sections: sections::all(&gathered, now),
        measures: results::measures(&gathered.observations.found),
        years,
        timeline_left_out,
        seen_by: SEEN_BY
            .iter()
            .filter(|(interface, operation, _)| is_there(interface, operation))
            .map(|(interface, operation, title)| ((*interface).to_owned(), (*operation).to_owned(), *title))
            .collect(),
        changed: (!asked.changed.is_empty()).then(|| super::summary::kinds::name(&asked.changed).to_owned()),
        banner,
        number,
    };
    Ok(render(StatusCode::OK, &page))
}

/// What became of a number that does not stand, and the number that does.
fn told(standing: Standing) -> Option<(String, Option<String>)> {
    match standing {
        Standing::Current => None,
        Standing::SupersededBy(other) => Some((
            "This NHS number has been replaced: it belongs to a record that was merged with another. Use the other number from now on.".to_owned(),
            Some(other.to_string()),
        )),
        Standing::Invalidated => Some((
            "This NHS number was given by mistake and means nobody. Interfaces do not answer with a record.".to_owned(),
            None,
        )),
    }
}

fn unknown(workspace: &Workspace, number: &str, standing: Option<Standing>) -> Response {
    let (sentence, other) = standing.and_then(told).unwrap_or_else(|| {
        (
            match number.parse::<NhsNumber>() {
                Ok(number) => format!("Nobody in this workspace has the NHS number {}.", number.spaced()),
                Err(_) => "That is no NHS number.".to_owned(),
            },
            None,
        )
    });
    let page = UnknownPage {
        frame: Frame {
            heading: "No record".to_owned(),
            section: Some(format!("People – Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        workspace: workspace.name.to_string(),
        sentence,
        other,
    };
    render(StatusCode::NOT_FOUND, &page)
}
