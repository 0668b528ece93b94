//! `GET` and `POST /w/{workspace}/build`: choose what to begin from, or an app to go on with.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::starts::{self, Start};
use crate::app::App;
use crate::draft;
use crate::error::AppError;
use crate::model::{AppName, Language, Workspace};
use crate::web::explorer::{Beginning, beginning};
use crate::web::extract::{Form, Path, Query};
use crate::web::page::{Frame, render};
use crate::web::words::{self, Moment};

/// Longest title, in characters: what fits on a phone in two lines.
const TITLE_CHARACTERS: usize = 60;
/// Letters of a title beside letters and digits: none that a text of TOML, HTML or JavaScript would take for its own.
const TITLE_MARKS: &str = " -,.!?():+%";
/// What the form sends to begin with an operation that was chosen in the explorer.
const OF_THE_EXPLORER: &str = "explorer";
/// How many apps may have the same title before somebody has to find another.
const NAMESAKES: u32 = 99;

/// The page to begin at.
#[derive(Debug, Template)]
#[template(path = "workbench_start.html")]
struct StartPage {
    frame: Frame,
    workspace: String,
    starts: Vec<Start>,
    apps: Vec<AppLine>,
    title: String,
    problem: Option<String>,
    /// What was chosen in the explorer, and how the form says it.
    beginning: Option<(Beginning, String)>,
}

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// An operation to begin with: `pds/read_patient`.
    #[serde(default, rename = "use")]
    operation: String,
}

/// An app to go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AppLine {
    title: String,
    name: String,
    address: String,
    page: String,
    changed: Moment,
    /// Whether its files can be edited here.
    editable: bool,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    title: String,
    #[serde(default)]
    start: String,
    #[serde(default, rename = "use")]
    operation: String,
}

/// `GET /w/{workspace}/build`
pub(super) async fn read_start(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    Query(Asked { operation }): Query<Asked>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let page = page(&app, &workspace, String::new(), &operation, None).await?;
    Ok(render(StatusCode::OK, &page))
}

async fn page(
    app: &App,
    workspace: &Workspace,
    title: String,
    operation: &str,
    problem: Option<String>,
) -> Result<StartPage, AppError> {
    let beginning = beginning(app, workspace, operation).await?;
    let mut apps = Vec::new();
    for deployed in app.apps.list(workspace.id).await? {
        let version = app
            .versions
            .get(workspace.id, &deployed.name, deployed.current)
            .await?;
        let editable =
            version.is_some_and(|version| version.source.is_some() && version.build != Language::Component);
        apps.push(AppLine {
            title: deployed.title.clone(),
            name: deployed.name.to_string(),
            address: super::address(&workspace.name, &deployed.name),
            page: crate::web::app::page_address(&workspace.name, &deployed.name),
            changed: words::moment(deployed.updated_at),
            editable,
        });
    }
    apps.sort_by(|left, right| right.changed.machine.cmp(&left.changed.machine));
    Ok(StartPage {
        frame: Frame {
            heading: "Build an app".to_owned(),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: problem.is_some(),
        },
        workspace: workspace.name.to_string(),
        starts: starts::all(),
        apps,
        title,
        problem,
        beginning: beginning.map(|beginning| (beginning, operation.to_owned())),
    })
}

/// `POST /w/{workspace}/build`: makes the app, and opens it in the workbench.
pub(super) async fn start_app(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let all = starts::all();
    let beginning = if sent.start == OF_THE_EXPLORER {
        beginning(&app, &workspace, &sent.operation).await?
    } else {
        None
    };
    let chosen = match &beginning {
        Some(beginning) => Some((OF_THE_EXPLORER, beginning.title.as_str())),
        None => all
            .iter()
            .find(|start| start.id == sent.start)
            .map(|start| (start.id, start.title)),
    };
    let title = chosen
        .ok_or("Choose what to begin from.")
        .and_then(|(start, own_title)| {
            let title = match sent.title.trim() {
                // The title of an operation may have marks that a name may not.
                "" => title(own_title).unwrap_or_else(|_| "My app".to_owned()),
                _ => title(&sent.title)?,
            };
            Ok((start, title))
        });
    let (start, title) = match title {
        Ok(found) => found,
        Err(problem) => {
            let page = page(
                &app,
                &workspace,
                sent.title,
                &sent.operation,
                Some(problem.to_owned()),
            )
            .await?;
            return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    let Some(name) = free_name(&app, &workspace, &title).await? else {
        let problem = "There are many apps of this name already; choose another name.".to_owned();
        let page = page(&app, &workspace, sent.title, &sent.operation, Some(problem)).await?;
        return Ok(render(StatusCode::CONFLICT, &page));
    };
    let files = match &beginning {
        Some(beginning) => beginning.files(name.as_str(), &title, starts::STYLE),
        None => starts::files(start, name.as_str(), &title).unwrap_or_default(),
    };
    let made = draft::start(&app, &workspace, name, files).await?;
    Ok(Redirect::to(&super::address(&workspace.name, &made.name)).into_response())
}

/// A title that can stand everywhere.
fn title(text: &str) -> Result<String, &'static str> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits =
        |character: char| character.is_alphanumeric() || character == '\'' || TITLE_MARKS.contains(character);
    if text.chars().count() > TITLE_CHARACTERS {
        Err("The name has at most 60 letters.")
    } else if !text.chars().all(fits) {
        Err("The name has letters, digits, spaces and the marks - , . ! ? ( ) : + % ' only.")
    } else {
        Ok(text)
    }
}

/// The name in the address, made from the title, that no app has yet.
async fn free_name(app: &App, workspace: &Workspace, title: &str) -> Result<Option<AppName>, AppError> {
    let base = slug(title);
    for number in 1..=NAMESAKES {
        let name = if number == 1 {
            AppName::new(&base)
        } else {
            AppName::new(&format!("{base}-{number}"))
        };
        // Short or kept for the platform: the next one is not.
        let Ok(name) = name else { continue };
        if app.apps.get(workspace.id, &name).await?.is_none() {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// `Ward 7: handover!` → `ward-7-handover`. Room is left for a number behind it.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    for character in title.chars() {
        if slug.len() >= 32 {
            break;
        }
        let letter = character.to_ascii_lowercase();
        if letter.is_ascii_lowercase() || (letter.is_ascii_digit() && !slug.is_empty()) {
            slug.push(letter);
        } else if character != '\'' && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.len() < 2 {
        "my-app".to_owned()
    } else {
        slug.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names() {
        for (title, expected) in [
            ("Ward 7: handover!", "ward-7-handover"),
            ("BMI", "bmi"),
            ("Zoë's app", "zo-s-app"),
            ("7 days", "days"),
            ("7", "my-app"),
            ("患者", "my-app"),
            (
                "a very long title that goes on and on and on",
                "a-very-long-title-that-goes-on-a",
            ),
        ] {
            let slug = slug(title);
            assert_eq!(slug, expected);
            assert!(AppName::new(&slug).is_ok(), "{slug}");
            assert!(AppName::new(&format!("{slug}-99")).is_ok(), "{slug}");
        }
    }

    #[test]
    fn titles_hold_nothing_that_would_end_a_text() {
        assert_eq!(title("  My \n app ").unwrap(), "My app");
        for text in ["a\"b", "a\\b", "a`b", "${a}", "<b>", &"x".repeat(61)] {
            assert!(title(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_strangers_called_their_apps_stays_text() {
        let page = StartPage {
            frame: Frame {
                heading: "Build an app".to_owned(),
                section: None,
                workspace: Some("demo".to_owned()),
                problem: false,
            },
            workspace: "demo".to_owned(),
            starts: starts::all(),
            apps: vec![AppLine {
                title: "<script>x</script>".to_owned(),
                name: "bmi".to_owned(),
                address: "/w/demo/build/bmi".to_owned(),
                page: "/w/demo/app/bmi".to_owned(),
                changed: words::moment(time::OffsetDateTime::UNIX_EPOCH),
                editable: false,
            }],
            title: "\"><b>".to_owned(),
            problem: Some("No.".to_owned()),
            beginning: None,
        };
        let html = page.render().unwrap();
        assert!(!html.contains("<script>x") && !html.contains("\"><b>"), "{html}");
    }
}
