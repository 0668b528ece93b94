//! What must be true of every page, and of the pages for unusual patients.

use serde_json::{Value, json};

use super::*;
use crate::pds::Patient;

const TODAY: Day = Day {
    year: 2026,
    month: 11,
    day: 23,
};

fn asked() -> NhsNumber {
    NhsNumber::parse("9000000009").unwrap()
}

fn jane() -> Value {
    json!({
        "resourceType": "Patient",
        "id": "9000000009",
        "meta": {"security": [{"code": "U"}]},
        "name": [{"use": "usual", "family": "Smith", "given": ["Jane"], "prefix": ["Mrs"]}],
        "birthDate": "2010-10-22",
        "gender": "female",
        "address": [{"use": "home", "line": ["1 Trevelyan Square", "Leeds"], "postalCode": "LS1 6AE"}],
        "generalPractitioner": [{"identifier": {"value": "Y12345"}}],
    })
}

fn page_of(resource: Value) -> String {
    let patient = Patient::read(&asked(), &resource).unwrap();
    answer(&asked(), &Answer::Found(Box::new(patient)), TODAY).into_string()
}

/// Every page this app can show.
fn every_page() -> Vec<String> {
    let told = [
        Answer::NotFound,
        Answer::Invalidated,
        Answer::NotAllowed,
        Answer::Busy,
        Answer::TimedOut,
        Answer::Down { status: 503 },
        Answer::Unreachable,
        Answer::Refused {
            status: 400,
            reason: None,
        },
        Answer::Unreadable,
    ];
    let told = told
        .iter()
        .map(|what| answer(&asked(), what, TODAY).into_string());
    let others = [form(), problem("12", Problem::Letters), no_such_page("/no/such")];
    let others = others.into_iter().map(Page::into_string);
    told.chain(others).chain([page_of(jane())]).collect()
}

fn title(page: &str) -> &str {
    page.split("<title>")
        .nth(1)
        .unwrap()
        .split("</title>")
        .next()
        .unwrap()
}

#[track_caller]
fn assert_shows(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word:?} is not in\n{page}");
    }
}

#[track_caller]
fn assert_hides(page: &str, words: &[&str]) {
    for word in words {
        assert!(!page.contains(word), "{word:?} is in\n{page}");
    }
}

#[test]
fn every_page_has_what_every_page_needs() {
    for page in every_page() {
        assert_shows(
            &page,
            &[
                "<html lang=\"en\">",
                "Skip to main content",
                "made-up patients, not for care",
            ],
        );
        assert_eq!(page.matches("<h1>").count(), 1, "{page}");
        // One page, one style sheet, no script, nothing from elsewhere.
        assert_hides(
            &page,
            &["<script", "http:", "https:", "null", "undefined", "None"],
        );
    }
}

#[test]
fn titles_are_unique_and_name_nobody() {
    let pages = every_page();
    let mut titles: Vec<&str> = pages.iter().map(|page| title(page)).collect();
    for title in &titles {
        assert!(title.ends_with(" – Patient lookup"), "{title}");
        assert!(
            !title.contains("900") && !title.to_lowercase().contains("smith"),
            "{title}"
        );
    }
    let all = titles.len();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), all);
}

#[test]
fn a_problem_is_told_above_the_form_and_at_the_field() {
    let page = problem("12\"><b>", Problem::Length { digits: 2 }).into_string();
    assert!(title(&page).starts_with("Error: "));
    assert_eq!(
        page.matches("NHS number must have 10 digits, you entered 2")
            .count(),
        2
    );
    assert_shows(
        &page,
        &[
            "value=\"12&quot;&gt;&lt;b&gt;\"",
            "href=\"#nhs\"",
            "aria-invalid=\"true\"",
        ],
    );
}

#[test]
fn a_patient_is_shown_as_clinicians_know_it() {
    let page = page_of(jane());
    assert_shows(
        &page,
        &[
            "SMITH, Jane (Mrs)",
            "22-Oct-2010</span> (16 years)",
            "Mrs Jane Smith",
            "22 October 2010",
            "Female",
            "<span class=\"nowrap\">900 000 0009</span>",
            "1 Trevelyan Square<br>Leeds<br>LS1 6AE",
            "Y12345",
        ],
    );
    assert_hides(&page, &["Important:", "Not known"]);
}

#[test]
fn names_are_never_markup() {
    let mut resource = jane();
    resource["name"][0]["family"] = json!("<script>alert(1)</script>");
    resource["name"][0]["given"] = json!(["O'Brien & \"Kociński\""]);
    let page = page_of(resource);
    assert_hides(&page, &["<script", "<SCRIPT"]);
    assert_shows(&page, &["&lt;SCRIPT&gt;", "O'Brien &amp; &quot;Kociński&quot;"]);
}

#[test]
fn missing_values_are_not_known() {
    let page = page_of(json!({"resourceType": "Patient", "id": "9000000009"}));
    // Banner: born and gender; details: name, date of birth, age, gender, address, practice.
    assert_eq!(page.matches("Not known").count(), 8, "{page}");
    assert_shows(&page, &["Name not known"]);
}

#[test]
fn a_year_alone_is_a_date_of_birth() {
    let mut resource = jane();
    resource["birthDate"] = json!("1950");
    assert_shows(&page_of(resource), &["1950</span> (about 76 years)"]);
}

#[test]
fn a_restricted_patient_is_marked_and_not_located() {
    let mut resource = jane();
    resource["meta"]["security"][0]["code"] = json!("R");
    let page = page_of(resource);
    assert_shows(
        &page,
        &["Restricted record", "Not shown: restricted", "SMITH, Jane"],
    );
    assert_hides(&page, &["Trevelyan", "LS1", "Y12345"]);
}

#[test]
fn a_death_is_in_the_banner_and_no_age_goes_on() {
    let mut resource = jane();
    resource["deceasedDateTime"] = json!("2024-02-01T00:00:00+00:00");
    let page = page_of(resource);
    assert_shows(
        &page,
        &[
            "This patient has died",
            "01-Feb-2024</span> (aged 13 years)",
            "1 February 2024",
        ],
    );
    assert_hides(&page, &["16 years"]);
}

#[test]
fn a_changed_number_is_told() {
    let mut resource = jane();
    resource["id"] = json!("9000000017");
    assert_shows(
        &page_of(resource),
        &["The NHS number has changed", "900 000 0009", "900 000 0017"],
    );
}

#[test]
fn a_refusal_gives_the_reason_as_text() {
    let refused = Answer::Refused {
        status: 400,
        reason: Some("<b>Required</b> value".to_owned()),
    };
    let page = answer(&asked(), &refused, TODAY).into_string();
    assert_shows(&page, &["&lt;b&gt;Required&lt;/b&gt; value", "400"]);
}

#[test]
fn links_lead_home_from_any_depth() {
    assert_shows(
        &no_such_page("/a").into_string(),
        &["href=\"style.css\"", "href=\"./\""],
    );
    assert_shows(
        &no_such_page("/a/b/").into_string(),
        &["href=\"../../style.css\"", "href=\"./../../\""],
    );
}
