//! The HTML. `html!` escapes whatever comes from people and from records.

use maud::{DOCTYPE, Markup, html};

use crate::nhs_number::NhsNumber;
use crate::pds::{Answer, Patient};

pub type Page = Markup;

/// The form, with what was wrong the last time.
pub fn form(typed: &str, problem: Option<&str>) -> Page {
    layout(
        problem.map_or("Find a patient", |_| "Error: find a patient"),
        html! { h1 { "Find a patient" } (field(typed, problem)) },
    )
}

/// What came of asking.
pub fn answer(asked: &NhsNumber, answer: &Answer) -> Page {
    let (heading, words) = match answer {
        Answer::Found(patient) => return found(asked, patient),
        Answer::NotFound => (
            "No patient found",
            "No patient has this NHS number. Check it with the person.",
        ),
        Answer::TryAgain => (
            "No answer in time",
            "The service did not answer. Wait a moment and look again.",
        ),
        Answer::Failed(reason) => return failed(asked, reason),
    };
    layout(
        heading,
        html! { h1 { (heading) } p { (words) } (field(&asked.to_string(), None)) },
    )
}

/// For an address that this app does not have.
pub fn no_such_page() -> Page {
    layout(
        "Page not found",
        html! { h1 { "Page not found" } p { "This app has no page at this address." } },
    )
}

fn failed(asked: &NhsNumber, reason: &str) -> Page {
    layout(
        "Something went wrong",
        html! {
            h1 { "Something went wrong" }
            p { "The Personal Demographics Service could not be asked: " (reason) ". Nothing is known about the patient." }
            (field(&asked.to_string(), None))
        },
    )
}

fn found(asked: &NhsNumber, patient: &Patient) -> Page {
    layout(
        "Patient",
        html! {
            h1 { "Patient" }
            @if asked.digits() != patient.nhs_number {
                p .warning { (asked) " has been replaced. This is the record that stands." }
            }
            @if patient.restricted {
                p .warning { "Restricted: this person's address must not be found out or passed on." }
            }
            dl .patient {
                (row("Name", &patient.name))
                (row("NHS number", &NhsNumber::parse(&patient.nhs_number).map(|n| n.to_string()).unwrap_or_default()))
                (row("Born", &patient.born))
                (row("Gender", &patient.gender))
                @if patient.died { (row("Died", "Yes")) }
                @if !patient.restricted { (row("Address", &patient.address.join(", "))) }
            }
            (field("", None))
        },
    )
}

fn row(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { @if value.is_empty() { "Not known" } @else { (value) } } } }
}

fn field(typed: &str, problem: Option<&str>) -> Markup {
    html! {
        form method="get" novalidate autocomplete="off" {
            label for="nhs" { "NHS number" }
            p #nhs-hint .hint { "10 digits, for example 999 123 4567" }
            @if let Some(problem) = problem { p #nhs-error .error { (problem) } }
            input #nhs name="nhs" inputmode="numeric" spellcheck="false" maxlength="40" value=(typed)
                aria-describedby=(if problem.is_some() { "nhs-hint nhs-error" } else { "nhs-hint" });
            button { "Find patient" }
        }
    }
}

fn layout(title: &str, main: Markup) -> Page {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – My app" }
                link rel="stylesheet" href="style.css";
            }
            body {
                p .sandbox { "Training sandbox: made-up patients, not for care" }
                main { (main) }
            }
        }
    }
}
