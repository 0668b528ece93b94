//! Who somebody is, where and when: people, organisations, places, appointments, and what an interface says of itself.

use serde_json::Value;

use super::{Alert, Facts, say};

/// Tells a record of these kinds; answers whether it is one.
pub(crate) fn facts(kind: &str, record: &Value, facts: &mut Facts) -> bool {
    match kind {
        "Patient" => patient(record, facts),
        "RelatedPerson" => related(record, facts),
        "Practitioner" => practitioner(record, facts),
        "PractitionerRole" => {
            facts.say("Clinician", say::reference(&record["practitioner"]));
            facts.say("Organisation", say::reference(&record["organization"]));
            facts.say_all("Role", say::list(&record["code"]).iter().filter_map(say::concept));
            facts.say_all(
                "Specialty",
                say::list(&record["specialty"]).iter().filter_map(say::concept),
            );
        }
        "Organization" | "Location" | "HealthcareService" => organisation(record, facts),
        "OrganizationAffiliation" => {
            facts.say("Organisation", say::reference(&record["organization"]));
            facts.say(
                "Takes part in",
                say::reference(&record["participatingOrganization"]),
            );
            facts.say_all("As", say::list(&record["code"]).iter().filter_map(say::concept));
            facts.say("When", say::period(&record["period"]));
        }
        "Appointment" => appointment(record, facts),
        "Slot" => {
            facts.say("Begins", say::date(&record["start"]));
            facts.say("Ends", say::date(&record["end"]));
            facts.say("Is", say::code(&record["status"]));
            facts.say_all(
                "For",
                say::list(&record["serviceType"]).iter().filter_map(say::concept),
            );
            facts.say("In the diary", say::reference(&record["schedule"]));
        }
        "OperationOutcome" => outcome(record, facts),
        _ => return false,
    }
    true
}

fn patient(record: &Value, facts: &mut Facts) {
    let number = say::nhs_number(record).or_else(|| say::text(&record["id"]));
    facts.say("NHS number", number.as_deref().map(say::spaced));
    facts.say_all("Also called", other_names(record));
    facts.say("Born", say::date(&record["birthDate"]));
    facts.say("Gender", say::code(&record["gender"]));
    facts.say("Died", say::date(&record["deceasedDateTime"]));
    facts.say_all(
        "Address",
        say::list(&record["address"]).iter().filter_map(say::address),
    );
    contacts(record, facts);
    let practices = say::list(&record["generalPractitioner"]).iter();
    facts.say_all(
        "GP practice",
        practices.filter_map(|practice| {
            say::text(&practice["display"])
                .or_else(|| say::text(say::at(practice, "/identifier/value")))
                .or_else(|| say::reference(practice))
        }),
    );
    let people = say::list(&record["contact"]).iter();
    facts.say_all(
        "In an emergency",
        people.filter_map(|person| {
            let name = say::name(&person["name"]);
            let way = say::list(&person["telecom"]).first().and_then(say::contact);
            let parts: Vec<String> = name.into_iter().chain(way).collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        }),
    );
    let twin = record["multipleBirthInteger"].as_u64();
    facts.say(
        "Born among several, as number",
        twin.map(|place| place.to_string()),
    );
    let languages = say::list(&record["communication"]).iter();
    facts.say_all(
        "Language",
        languages.filter_map(|one| say::concept(&one["language"])),
    );
}

fn other_names(record: &Value) -> Vec<String> {
    let usual = say::usual_name(record);
    say::list(&record["name"])
        .iter()
        .filter(|name| Some(*name) != usual)
        .filter_map(|name| {
            let said = say::name(name)?;
            Some(match say::text(&name["use"]) {
                Some(kind) => format!("{said} ({kind})"),
                None => said,
            })
        })
        .collect()
}

fn contacts(record: &Value, facts: &mut Facts) {
    for (label, system) in [
        ("Telephone", "phone"),
        ("Email", "email"),
        ("Other ways to reach", "other"),
    ] {
        let ways = say::list(&record["telecom"])
            .iter()
            .filter(|way| way["system"] == system);
        facts.say_all(label, ways.filter_map(say::contact));
    }
}

fn related(record: &Value, facts: &mut Facts) {
    facts.say_all(
        "Is the patient's",
        say::list(&record["relationship"]).iter().filter_map(say::concept),
    );
    facts.say("Patient", say::reference(&record["patient"]));
    facts.say("Born", say::date(&record["birthDate"]));
    facts.say_all(
        "Address",
        say::list(&record["address"]).iter().filter_map(say::address),
    );
    contacts(record, facts);
    facts.say("When", say::period(&record["period"]));
}

fn practitioner(record: &Value, facts: &mut Facts) {
    facts.say("Gender", say::code(&record["gender"]));
    contacts(record, facts);
    let trained = say::list(&record["qualification"]).iter();
    facts.say_all(
        "Qualification",
        trained.filter_map(|one| say::concept(&one["code"])),
    );
    let numbers = say::list(&record["identifier"]).iter();
    facts.say_all(
        "Professional number",
        numbers.filter_map(|number| say::text(&number["value"])),
    );
}

fn organisation(record: &Value, facts: &mut Facts) {
    let codes = say::list(&record["identifier"]).iter();
    facts.say_all("Code", codes.filter_map(|code| say::text(&code["value"])));
    let types = &record["type"];
    facts.say_all("Kind", say::list(types).iter().filter_map(say::concept));
    facts.say(
        "In use",
        record["active"]
            .as_bool()
            .map(|is| if is { "Yes" } else { "No longer" }.to_owned()),
    );
    let addresses = &record["address"];
    facts.say("Address", say::address(addresses));
    facts.say_all("Address", say::list(addresses).iter().filter_map(say::address));
    contacts(record, facts);
    facts.say("Belongs to", say::reference(&record["partOf"]));
    facts.say("Run by", say::reference(&record["managingOrganization"]));
}

fn appointment(record: &Value, facts: &mut Facts) {
    facts.say("Begins", say::date(&record["start"]));
    facts.say("Ends", say::date(&record["end"]));
    let minutes = record["minutesDuration"].as_u64();
    facts.say("Lasts", minutes.map(|minutes| format!("{minutes} minutes")));
    facts.say("Is", say::code(&record["status"]));
    facts.say("Why it was cancelled", say::concept(&record["cancelationReason"]));
    let who = say::list(&record["participant"]).iter();
    facts.say_all(
        "With",
        who.filter_map(|one| {
            let actor = say::reference(&one["actor"])?;
            Some(match say::code(&one["status"]) {
                Some(status) => format!("{actor} ({})", status.to_lowercase()),
                None => actor,
            })
        }),
    );
    facts.say_all(
        "Reason",
        say::list(&record["reasonCode"]).iter().filter_map(say::concept),
    );
    facts.say_all(
        "Service",
        say::list(&record["serviceType"]).iter().filter_map(say::concept),
    );
    facts.say("Note", say::text(&record["comment"]));
    facts.say("For the patient", say::text(&record["patientInstruction"]));
}

/// Each issue: how bad, what, where.
fn outcome(record: &Value, facts: &mut Facts) {
    for issue in say::list(&record["issue"]) {
        let coding = say::at(issue, "/details/coding/0");
        let said = say::text(&coding["display"])
            .or_else(|| say::text(say::at(issue, "/details/text")))
            .or_else(|| say::code(&issue["code"]));
        let severity = match issue["severity"].as_str() {
            Some("fatal" | "error") => "Problem",
            Some("warning") => "Warning",
            _ => "For information",
        };
        facts.say(severity, said);
        facts.say("In more detail", say::text(&issue["diagnostics"]));
        facts.say("Its code", say::text(&coding["code"]));
        let places = [&issue["expression"], &issue["location"]];
        facts.say_all(
            "Where",
            places.into_iter().flat_map(say::list).filter_map(say::text),
        );
    }
}

/// What must not be overlooked: restricted, dead, deleted, cancelled, entered in error.
pub(crate) fn alerts(record: &Value) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let mut add = |words: String, tone: &'static str| alerts.push(Alert { words, tone });
    let is_patient = record["resourceType"] == "Patient";
    let marks = say::list(say::at(record, "/meta/security"));
    if is_patient
        && marks
            .iter()
            .any(|mark| matches!(mark["code"].as_str(), Some("R" | "V")))
    {
        add(
            "Restricted: never show where this person is".to_owned(),
            "nhsuk-tag--red",
        );
    }
    if let Some(date) = say::date(&record["deceasedDateTime"]) {
        add(format!("Died {date}"), "nhsuk-tag--grey");
    } else if record["deceasedBoolean"] == true {
        add("Has died".to_owned(), "nhsuk-tag--grey");
    }
    match record["status"].as_str() {
        Some("entered-in-error") => add("Entered in error".to_owned(), "nhsuk-tag--red"),
        Some("cancelled") => add("Cancelled".to_owned(), "nhsuk-tag--red"),
        Some("not-done") => add("Not done".to_owned(), "nhsuk-tag--yellow"),
        Some("stopped") => add("Stopped".to_owned(), "nhsuk-tag--yellow"),
        _ => {}
    }
    alerts
}
