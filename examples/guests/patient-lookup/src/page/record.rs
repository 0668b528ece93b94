//! A patient on the page: the warnings, the banner that clinicians know, the details.

use maud::{Markup, html};

use super::number;
use crate::date::{Day, PartialDate, age};
use crate::pds::{Death, Name, Patient};

const NOT_KNOWN: &str = "Not known";

pub(super) fn patient(patient: &Patient, today: Day) -> Markup {
    html! {
        h1 { "Patient details" }
        (banner(patient, today))
        (warnings(patient))
        dl .details {
            (row("Name", html! { (full_name(&patient.name)) }))
            (row("Date of birth", html! { (patient.born.map_or(NOT_KNOWN.to_owned(), PartialDate::long)) }))
            @if let Some(death) = &patient.death {
                (row("Date of death", html! { (date_of(death, PartialDate::long)) }))
            } @else {
                (row("Age", html! { (age_on(patient, PartialDate::Day(today))) }))
            }
            (row("Gender", html! { (patient.gender.unwrap_or(NOT_KNOWN)) }))
            (row("NHS number", number(&patient.nhs_number)))
            (row("Address", address(patient)))
            (row("GP practice", practice(patient)))
        }
    }
}

/// The banner at the top of clinical systems: FAMILY, Given (Title), born, gender, NHS number, in this order.
fn banner(patient: &Patient, today: Day) -> Markup {
    html! {
        section .patient .dead[patient.death.is_some()] aria-label="Patient" {
            p .who { (banner_name(&patient.name)) }
            dl {
                div { dt { "Born" } dd {
                    span .nowrap { (patient.born.map_or(NOT_KNOWN.to_owned(), PartialDate::short)) }
                    @if patient.death.is_none() && let Some(born) = patient.born
                        && let Some(age) = age(born, PartialDate::Day(today)) { " (" (age) ")" }
                } }
                @if let Some(death) = &patient.death {
                    div { dt { "Died" } dd {
                        span .nowrap { (date_of(death, PartialDate::short)) }
                        @if let (Some(born), Some(died)) = (patient.born, death.date)
                            && let Some(age) = age(born, died) { " (aged " (age) ")" }
                    } }
                }
                div { dt { "Gender" } dd { (patient.gender.unwrap_or(NOT_KNOWN)) } }
                div { dt { "NHS No." } dd { (number(&patient.nhs_number)) } }
            }
        }
    }
}

fn warnings(patient: &Patient) -> Markup {
    html! {
        @if let Some(death) = &patient.death {
            (warning("This patient has died", html! {
                p { "Date of death: " (date_of(death, PartialDate::long)) ". Do not send invitations or book appointments." }
            }))
        }
        @if patient.restricted {
            (warning("Restricted record", html! {
                p { "Knowing where this patient lives could put somebody in danger, so the Personal Demographics Service has "
                    "restricted their record. Address, telephone and GP practice are not shown." }
                p { "Do not look for them elsewhere. If you need to reach the patient, ask your privacy officer." }
            }))
        }
        @if let Some(old) = &patient.replaced {
            (warning("The NHS number has changed", html! {
                p { "You looked up " (number(old)) ". This patient's NHS number is now " (number(&patient.nhs_number))
                    ". Use the new number, and correct it in your own records." }
            }))
        }
    }
}

fn warning(heading: &str, words: Markup) -> Markup {
    html! {
        div .warning { h2 { span .only-heard { "Important: " } (heading) } (words) }
    }
}

fn row(what: &str, value: Markup) -> Markup {
    html! { div { dt { (what) } dd { (value) } } }
}

/// `SMITH, Jane Ann (Mrs)`.
fn banner_name(name: &Name) -> String {
    let family = name.family.as_ref().map(|family| family.to_uppercase());
    let given = (!name.given.is_empty()).then(|| name.given.join(" "));
    let parts: Vec<String> = family.into_iter().chain(given).collect();
    match (parts.is_empty(), &name.title) {
        (true, _) => format!("Name {}", NOT_KNOWN.to_lowercase()),
        (false, Some(title)) => format!("{} ({title})", parts.join(", ")),
        (false, None) => parts.join(", "),
    }
}

/// `Mrs Jane Ann Smith`.
fn full_name(name: &Name) -> String {
    if name.given.is_empty() && name.family.is_none() {
        return NOT_KNOWN.to_owned();
    }
    let parts = name.title.iter().chain(&name.given).chain(&name.family);
    parts.map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn age_on(patient: &Patient, day: PartialDate) -> String {
    patient
        .born
        .and_then(|born| age(born, day))
        .unwrap_or(NOT_KNOWN.to_owned())
}

fn date_of(death: &Death, write: fn(PartialDate) -> String) -> String {
    death.date.map_or(NOT_KNOWN.to_owned(), write)
}

fn address(patient: &Patient) -> Markup {
    html! {
        @if patient.restricted { "Not shown: restricted" }
        @else if patient.address.is_empty() { (NOT_KNOWN) }
        @for (place, line) in patient.address.iter().enumerate() { @if place > 0 { br; } (line) }
    }
}

fn practice(patient: &Patient) -> Markup {
    html! {
        @if patient.restricted { "Not shown: restricted" }
        @else if let Some(code) = &patient.practice {
            (code) " "
            span .aside { "(ODS code: the short code that the NHS gives every organisation)" }
        }
        @else { (NOT_KNOWN) }
    }
}
