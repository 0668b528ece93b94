//! The pages, as HTML. `html!` escapes every value that it is given, so a patient called `<script>` is only a name.
//!
//! No NHS number and no name in a title: titles end up in histories and in statistics.

mod record;
#[cfg(test)]
mod tests;

use maud::{DOCTYPE, Markup, html};

use crate::date::Day;
use crate::nhs_number::{NhsNumber, Problem};
use crate::pds::Answer;

/// A complete page.
pub type Page = Markup;

const APP: &str = "Patient lookup";
const FIND: &str = "Find a patient by NHS number";

/// The form alone.
pub fn form() -> Page {
    layout(FIND, "", html! { h1 { (FIND) } (field("", None)) })
}

/// The form again, with what was typed and what is wrong with it.
pub fn problem(typed: &str, problem: Problem) -> Page {
    let title = format!("Error: {FIND}");
    layout(
        &title,
        "",
        html! {
            div .error-summary role="alert" aria-labelledby="error-title" tabindex="-1" autofocus {
                h2 #error-title { "There is a problem" }
                p { a href="#nhs" { (problem) } }
            }
            h1 { (FIND) }
            (field(typed, Some(problem)))
        },
    )
}

/// What the Personal Demographics Service said about a number.
pub fn answer(asked: &NhsNumber, answer: &Answer, today: Day) -> Page {
    match answer {
        Answer::Found(patient) => layout(
            "Patient details",
            "",
            html! { (record::patient(patient, today)) (again()) },
        ),
        Answer::NotFound => told(
            asked,
            "Patient not found",
            html! {
                p { "The Personal Demographics Service has no patient with the NHS number " (number(asked)) "." }
                p { "Check the number with the patient, or against a letter from the NHS." }
            },
        ),
        Answer::Invalidated => told(
            asked,
            "NHS number no longer valid",
            html! {
                p { "The NHS number " (number(asked)) " was given out and has been taken back. Do not use it." }
                p { "Trace the patient by name and date of birth to find the number they have now." }
            },
        ),
        Answer::NotAllowed => told(
            asked,
            "You are not signed in",
            html! {
                p { "The Personal Demographics Service would not let this app in, so nothing is known about this number." }
                p { "Sign in again. If that does not help, tell the people who run this app." }
            },
        ),
        Answer::Busy => told(
            asked,
            "Too many requests",
            html! {
                p { "The Personal Demographics Service is being asked too often, so it did not answer this time." }
                p { "Wait a minute, then look the patient up again." }
            },
        ),
        Answer::TimedOut => told(
            asked,
            "No answer in time",
            html! {
                p { "The Personal Demographics Service took too long. Nothing is known about this number yet." }
                p { "Look the patient up again in a moment." }
            },
        ),
        Answer::Down { status } => told(
            asked,
            "The service has a fault",
            html! {
                p { "The Personal Demographics Service has a fault (it answered " (status) "). Nothing is known about this number." }
                p { "Try again later. If you cannot wait, use your usual way to find a patient." }
            },
        ),
        Answer::Unreachable => told(
            asked,
            "The service cannot be reached",
            html! {
                p { "There was no connection to the Personal Demographics Service. Nothing is known about this number." }
                p { "Try again later. If you cannot wait, use your usual way to find a patient." }
            },
        ),
        Answer::Refused { status, reason } => told(
            asked,
            "The request was refused",
            html! {
                p { "The Personal Demographics Service did not accept what this app asked (it answered " (status) "). Nothing is known about this number." }
                @if let Some(reason) = reason { p { "Its reason: " (reason) "." } }
                p { "This is for the people who run this app to put right. Tell them the time and the reason." }
            },
        ),
        Answer::Unreadable => told(
            asked,
            "The answer could not be read",
            html! {
                p { "The Personal Demographics Service answered with something that is not a patient record, so nothing of it is shown." }
                p { "Look the patient up again. If it happens twice, tell the people who run this app." }
            },
        ),
    }
}

/// For an address that this app does not have.
pub fn no_such_page(path: &str) -> Page {
    // Links are relative, because the app does not know under which address it is served.
    let home = "../".repeat(path.matches('/').count().saturating_sub(1));
    layout(
        "Page not found",
        &home,
        html! {
            h1 { "Page not found" }
            p { "This app has no page at this address. " a href=(format!("./{home}")) { (FIND) } "." }
        },
    )
}

/// A page that says what happened instead of showing a patient, with the form to go on.
fn told(asked: &NhsNumber, heading: &str, words: Markup) -> Page {
    layout(
        heading,
        "",
        html! { h1 { (heading) } (words) (field(&asked.to_string(), None)) },
    )
}

fn again() -> Markup {
    html! { h2 { "Look up another patient" } (field("", None)) }
}

/// The form. It sends to the page it is on.
fn field(value: &str, problem: Option<Problem>) -> Markup {
    let described_by = if problem.is_some() {
        "nhs-hint nhs-error"
    } else {
        "nhs-hint"
    };
    html! {
        form method="get" novalidate autocomplete="off" {
            div .field .wrong[problem.is_some()] {
                label for="nhs" { "NHS number" }
                p #nhs-hint .hint {
                    "A 10 digit number, for example " span .nowrap { "999 123 4567" } ". Spaces and dashes are fine."
                }
                @if let Some(problem) = problem {
                    p #nhs-error .error { span .only-heard { "Error: " } (problem) }
                }
                input #nhs name="nhs" type="text" inputmode="numeric" spellcheck="false" maxlength="40"
                    value=(value) aria-describedby=(described_by) aria-invalid=[problem.map(|_| "true")];
            }
            button type="submit" { "Find patient" }
        }
    }
}

fn number(number: &NhsNumber) -> Markup {
    html! { span .nowrap { (number) } }
}

/// What all pages share. `home` leads from the page to the app's first page: nothing, or `../`.
fn layout(title: &str, home: &str, main: Markup) -> Page {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Telephones make links of ten digits.
                meta name="format-detection" content="telephone=no";
                title { (title) " – " (APP) }
                link rel="stylesheet" href=(format!("{home}style.css"));
            }
            body {
                a .skip href="#main" { "Skip to main content" }
                header {
                    p .sandbox { "Training sandbox: made-up patients, not for care" }
                    p .app { (APP) }
                }
                main #main { (main) }
                footer { p { "Reads the Personal Demographics Service. Keeps nothing." } }
            }
        }
    }
}
