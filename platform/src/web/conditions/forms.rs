//! What the forms of the page change. Each leads back to the page, or shows it again with what is wrong.

use std::num::NonZero;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::{ConditionsPage, Filled, FormProblem, address};
use crate::api::scenarios::{find_shipped, read_own};
use crate::app::App;
use crate::error::AppError;
use crate::model::{Workspace, WrittenFault, parse_span};
use crate::web::extract::{Form, Path};
use crate::web::page::render;
use crate::web::words;

const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const TIME: &[BorrowedFormatItem<'_>] = format_description!("[hour]:[minute]");

/// Back to the page when the change was made; the page again when what was sent cannot be used.
async fn back(
    app: &App,
    workspace: &Workspace,
    done: Result<(), AppError>,
    (anchor, field): (&str, &'static str),
    form: Filled,
) -> Result<Response, AppError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("{}#{anchor}", address(workspace))).into_response()),
        Err(error @ (AppError::Unfit(_) | AppError::TooManyFaults { .. } | AppError::UnknownScenario(_))) => {
            let public = error.public();
            let problem = FormProblem {
                field,
                sentence: public.detail,
            };
            let page = ConditionsPage::load(app, workspace, form, Some(problem)).await?;
            Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error),
    }
}

fn unfit(sentence: &str) -> AppError {
    crate::error::Unfit::Body(sentence.to_owned()).into()
}

/// The form about the clock. `action` is the button that was pressed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct ClockForm {
    action: String,
    date: String,
    time: String,
    stopped: Option<String>,
    by: String,
}

/// `POST /w/{workspace}/conditions/clock`
pub(in super::super) async fn change_clock(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Form(sent): Form<ClockForm>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&name).await?;
    let (done, field) = match sent.action.as_str() {
        "set" => match sent.at() {
            Ok(at) => {
                let stands = sent.stopped.is_some();
                (app.set_clock(&workspace, at, stands).await, "date")
            }
            Err((field, sentence)) => (Err(unfit(sentence)), field),
        },
        "advance" => match parse_span(&sent.by) {
            Ok(by) => (app.advance_clock(&workspace, by).await, "by"),
            Err(error) => (Err(unfit(&error.to_string())), "by"),
        },
        _ => (app.follow_real_time(&workspace).await, "clock"),
    };
    let form = Filled {
        date: sent.date,
        time: sent.time,
        stopped: sent.stopped.is_some(),
        by: sent.by,
        ..Filled::default()
    };
    back(&app, &workspace, done, ("clock", field), form).await
}

impl ClockForm {
    /// The moment to set the clock to; else the field that is wrong, and why.
    fn at(&self) -> Result<OffsetDateTime, (&'static str, &'static str)> {
        let date = Date::parse(self.date.trim(), DATE)
            .map_err(|_| ("date", "Enter a date as year, month and day, such as 2027-01-05."))?;
        let time = Time::parse(self.time.trim(), TIME)
            .map_err(|_| ("time", "Enter a time as hours and minutes, such as 08:30."))?;
        Ok(words::from_uk_clock(PrimitiveDateTime::new(date, time)))
    }
}

/// The form that adds a fault.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct FaultForm {
    kind: String,
    value: String,
    interface: String,
    patient: String,
    nth: String,
}

impl FaultForm {
    /// The field that a refusal of what it says is about.
    fn field(&self, written: &Result<WrittenFault, AppError>) -> &'static str {
        // What is no fault cannot even be written when the number of the request is none.
        let Ok(written) = written else { return "nth" };
        match written.rule(1) {
            Err(mistake) if mistake.member == "patient" => "patient",
            Err(_) if !self.value.trim().is_empty() => "value",
            Err(_) | Ok(_) => "kind",
        }
    }

    fn written(&self) -> Result<WrittenFault, AppError> {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let nth = said(&self.nth).map(|nth| nth.parse::<NonZero<u32>>());
        let nth = nth
            .transpose()
            .map_err(|_| unfit("Which request is a number: 1 for the first, 2 for the second."))?;
        // A status may be chosen here that is not in the list.
        let kind = self.kind.trim();
        let fault = match said(&self.value) {
            Some(value) => format!("{kind}={value}"),
            None => kind.to_owned(),
        };
        Ok(WrittenFault {
            fault,
            interface: said(&self.interface),
            patient: said(&self.patient),
            nth,
            ..WrittenFault::default()
        })
    }
}

/// `POST /w/{workspace}/conditions/faults`
pub(in super::super) async fn add_fault(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Form(sent): Form<FaultForm>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&name).await?;
    let written = sent.written();
    let field = sent.field(&written);
    let done = match written {
        Ok(written) => app.add_fault(&workspace, written).await.map(drop),
        Err(error) => Err(error),
    };
    let form = Filled {
        kind: sent.kind,
        value: sent.value,
        interface: sent.interface,
        patient: sent.patient,
        nth: sent.nth,
        ..Filled::default()
    };
    back(&app, &workspace, done, ("faults", field), form).await
}

/// `POST /w/{workspace}/conditions/faults/{fault}/remove`
pub(in super::super) async fn remove_fault(
    State(app): State<Arc<App>>,
    Path((name, fault)): Path<(String, String)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&name).await?;
    match app.remove_fault(&workspace, &fault).await {
        // Somebody else was faster: it is gone, as was wanted.
        Ok(()) | Err(AppError::UnknownFault(_)) => {
            Ok(Redirect::to(&format!("{}#faults", address(&workspace))).into_response())
        }
        Err(error) => Err(error),
    }
}

/// `POST /w/{workspace}/conditions/faults/clear`
pub(in super::super) async fn clear_faults(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&name).await?;
    let done = app.clear_faults(&workspace).await;
    back(&app, &workspace, done, ("faults", "kind"), Filled::default()).await
}

/// The forms that begin a scenario: one has a name, the other a text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct ScenarioForm {
    scenario: String,
    toml: String,
}

/// `POST /w/{workspace}/conditions/scenario`
pub(in super::super) async fn apply_scenario(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Form(sent): Form<ScenarioForm>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&name).await?;
    let (found, field) = if sent.toml.trim().is_empty() {
        let found = find_shipped(&app, &sent.scenario);
        (
            found.map(|(shipped, scenario)| (Some(shipped.name), scenario)),
            "scenario",
        )
    } else {
        // Browsers end lines with two characters.
        let text = sent.toml.replace("\r\n", "\n");
        (read_own(&app, &text).map(|scenario| (None, scenario)), "toml")
    };
    let done = match found {
        Ok((name, scenario)) => app.apply_scenario(&workspace, name, scenario).await.map(drop),
        Err(error) => Err(error),
    };
    let form = Filled {
        toml: sent.toml,
        ..Filled::default()
    };
    back(&app, &workspace, done, ("scenario-now", field), form).await
}

/// `POST /w/{workspace}/conditions/scenario/clear`
pub(in super::super) async fn clear_scenario(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&name).await?;
    let done = app.clear_scenario(&workspace).await;
    back(
        &app,
        &workspace,
        done,
        ("scenario-now", "scenario"),
        Filled::default(),
    )
    .await
}
