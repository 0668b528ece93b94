//! `GET /w/{workspace}/people`: the made-up people, those with a story first, and a search by whatever one knows.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use mock_nhs_interfaces::population::Standing;
use mock_nhs_interfaces::value::NhsNumber;
use serde::Deserialize;
use serde_json::Value;
use store::Clock as _;

use super::ask;
use super::page::{Frame, render};
use super::person::banner::age;
use super::summary::{self, Alert, say};
use super::words;
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;
use crate::web::extract::{Path, Query};

/// People on one page of a search.
const PAGE: u32 = 50;
/// Where patients are searched for.
const SEARCH: &str = "/Patient?";
/// Longest search, in characters.
const LONGEST: usize = 100;

/// The page.
#[derive(Debug, Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    workspace: String,
    search: String,
    /// What the list is, in one sentence.
    told: String,
    rows: Vec<Row>,
    is_search: bool,
    problem: Option<String>,
}

/// One person.
#[derive(Debug)]
struct Row {
    number: String,
    spaced: String,
    name: String,
    born: String,
    alerts: Vec<Alert>,
    story: String,
}

/// The search.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
}

/// What somebody types into the field for a search.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wanted {
    names: Vec<String>,
    born: Option<String>,
    postcode: Option<String>,
}

/// `GET /w/{workspace}/people`
pub(super) async fn read_people(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let search = words::shorten(asked.q.trim(), LONGEST);
    if search.is_empty() {
        return Ok(render(StatusCode::OK, &with_a_story(&app, &workspace)));
    }
    let digits: String = search
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-'))
        .collect();
    if digits.len() >= 9 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return match digits.parse::<NhsNumber>() {
            Ok(number) => Ok(Redirect::to(&format!("/w/{}/people/{number}", workspace.name)).into_response()),
            Err(_) => {
                let problem = "That is no NHS number: it has ten digits, and the last one does not belong to the others. Check for a digit that is wrong or missing.";
                let mut page = with_a_story(&app, &workspace);
                page.frame.problem = true;
                page.problem = Some(problem.to_owned());
                page.search = search;
                Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
            }
        };
    }
    let page = found(&app, &workspace, search).await?;
    Ok(render(StatusCode::OK, &page))
}

fn page(workspace: &Workspace, search: String, told: String, rows: Vec<Row>, is_search: bool) -> PeoplePage {
    PeoplePage {
        frame: Frame {
            heading: "People".to_owned(),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        workspace: workspace.name.to_string(),
        search,
        told,
        rows,
        is_search,
        problem: None,
    }
}

fn with_a_story(app: &App, workspace: &Workspace) -> PeoplePage {
    let population = app.nhs.population();
    let people = population.people();
    let rows = people.iter().map(|person| {
        let number = person.nhs_number.to_string();
        Row {
            spaced: person.nhs_number.spaced(),
            number,
            name: person.display_name.clone(),
            born: String::new(),
            alerts: match person.standing {
                Standing::Current => Vec::new(),
                Standing::SupersededBy(_) => vec![alert("Number replaced")],
                Standing::Invalidated => vec![alert("Number given by mistake")],
            },
            story: person.story.clone(),
        }
    });
    let told = format!(
        "These {} have a story. Search to find any of the {} people; all of them are made up.",
        people.len(),
        words::thousands(population.count().into())
    );
    page(workspace, String::new(), told, rows.collect(), false)
}

fn alert(words: &str) -> Alert {
    Alert {
        words: words.to_owned(),
        tone: "nhsuk-tag--yellow",
    }
}

async fn found(app: &App, workspace: &Workspace, search: String) -> Result<PeoplePage, AppError> {
    let (_, bundle) = ask::get(app, workspace, Wanted::of(&search).query()).await?;
    let today = workspace.conditions.clock.now().date();
    let rows: Vec<Row> = say::list(say::at(&bundle, "/entry"))
        .iter()
        .map(|entry| &entry["resource"])
        .filter(|resource| resource["resourceType"] == "Patient")
        .filter_map(|patient| row(app, patient, today))
        .collect();
    let shown = u64::try_from(rows.len()).unwrap_or_default();
    let total = say::at(&bundle, "/total").as_u64().unwrap_or(shown);
    let told = match (shown, total) {
        (0, _) => "Nobody was found. Try fewer letters of the name, or the year of birth only.".to_owned(),
        (shown, total) if total > shown => format!(
            "{} people match; these are the first {shown}. Add a first name or a date of birth to find fewer.",
            words::thousands(total)
        ),
        (1, _) => "1 person matches.".to_owned(),
        (shown, _) => format!("{shown} people match."),
    };
    Ok(page(workspace, search, told, rows, true))
}

fn row(app: &App, patient: &Value, today: time::Date) -> Option<Row> {
    let id = say::text(&patient["id"])?;
    let number: Option<NhsNumber> = id.parse().ok();
    let story = number.and_then(|number| Some(app.nhs.population().person(number)?.story.clone()));
    let born = say::date(&patient["birthDate"]).unwrap_or_else(|| "Date of birth not known".to_owned());
    let years = patient["birthDate"]
        .as_str()
        .and_then(say::day)
        .map(|born| age(born, today));
    let name = say::usual_name(patient).and_then(say::name);
    Some(Row {
        spaced: say::spaced(&id),
        number: id,
        name: words::visible(&name.unwrap_or_else(|| "No name recorded".to_owned())).into_owned(),
        born: match years {
            Some(years) => format!("Born {born} ({years})"),
            None => format!("Born {born}"),
        },
        alerts: summary::administration::alerts(patient),
        story: story.unwrap_or_default(),
    })
}

impl Wanted {
    fn of(search: &str) -> Self {
        let mut wanted = Self::default();
        let words: Vec<&str> = search
            .split([' ', ','])
            .filter(|word| !word.is_empty())
            .take(8)
            .collect();
        let mut skip = false;
        for (place, word) in words.iter().enumerate() {
            if skip {
                skip = false;
                continue;
            }
            if let Some(date) = date(word) {
                wanted.born = Some(date);
            } else if is_postcode_part(word) {
                // The second half of a postcode has a space before it.
                let next = words.get(place + 1).filter(|next| is_inward(next));
                skip = next.is_some();
                wanted.postcode =
                    Some(next.map_or_else(|| (*word).to_owned(), |next| format!("{word} {next}")));
            } else {
                wanted.names.push((*word).to_owned());
            }
        }
        wanted
    }

    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::for_suffix(String::from(SEARCH), SEARCH.len());
        for name in &self.names {
            query.append_pair(
                "name",
                &name
                    .replace('\\', "\\\\")
                    .replace(',', "\\,")
                    .replace('|', "\\|")
                    .replace('$', "\\$"),
            );
        }
        if let Some(born) = &self.born {
            query.append_pair("birthdate", born);
        }
        if let Some(postcode) = &self.postcode {
            query.append_pair("address-postalcode", postcode);
        }
        query.append_pair("_sort", "family");
        query.append_pair("_count", &PAGE.to_string());
        query.append_pair("_total", "accurate");
        query.finish()
    }
}

/// `1990`, `1990-05-20` or `20/05/1990` as FHIR writes it.
fn date(word: &str) -> Option<String> {
    let is_year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_year(word) {
        return Some(word.to_owned());
    }
    if word.len() == 10 && say::day(word).is_some() {
        return Some(word.to_owned());
    }
    let [day, month, year] = word.split('/').collect::<Vec<_>>().try_into().ok()?;
    let (day, month): (u8, u8) = (day.parse().ok()?, month.parse().ok()?);
    let written = format!("{year}-{month:02}-{day:02}");
    (is_year(year) && say::day(&written).is_some()).then_some(written)
}

/// The first half of a postcode, or a whole one without its space: one or two letters and a digit.
fn is_postcode_part(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    (1..=2).contains(&letters)
        && (2..=7).contains(&word.len())
        && word.as_bytes().get(letters).is_some_and(u8::is_ascii_digit)
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The second half: a digit and two letters.
fn is_inward(word: &str) -> bool {
    matches!(word.as_bytes(), [digit, first, second] if digit.is_ascii_digit() && first.is_ascii_alphabetic() && second.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_one_knows_is_searched_for() {
        for (search, query) in [
            ("smith", "/Patient?name=smith"),
            (
                "Jane Smith 2010-10-22",
                "/Patient?name=Jane&name=Smith&birthdate=2010-10-22",
            ),
            ("smith 22/10/2010", "/Patient?name=smith&birthdate=2010-10-22"),
            ("smith 1962", "/Patient?name=smith&birthdate=1962"),
            ("LS1 6AE", "/Patient?address-postalcode=LS1+6AE"),
            ("ng, LS1", "/Patient?name=ng&address-postalcode=LS1"),
            ("O'Brien", "/Patient?name=O%27Brien"),
            ("a$b|c", "/Patient?name=a%5C%24b%5C%7Cc"),
        ] {
            let found = Wanted::of(search).query();
            assert_eq!(
                found,
                format!("{query}&_sort=family&_count=50&_total=accurate"),
                "{search}"
            );
        }
    }
}
