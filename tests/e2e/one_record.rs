//! One record behind many doors: what is done through one interface is seen through the others, and a citizen who logs in
//! sees their own record and nobody else's.

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Client, TestPlatform};

use crate::{Journey, builder};

const INT: &str = "/w/demo/nhs/int";
const PDS: &str = "/w/demo/nhs/int/personal-demographics/FHIR/R4";
const RECORD: &str = "/w/demo/nhs/int/gp-connect/patient-facing/access-record-fhir/FHIR/STU3";
const APPOINTMENTS: &str = "/w/demo/nhs/int/gp-connect/patient-facing/appointments-management-fhir/FHIR/STU3";
/// Somebody with a story, and a practice.
const MARGARET: &str = "9999100007";
const SOMEBODY_ELSE: &str = "9000000033";
const FORM: &str = "application/x-www-form-urlencoded";
const CALLBACK: &str = "https://example.org/callback";

/// A program whose workspace has a day on which there are free slots, whatever day it is outside.
async fn platform() -> anyhow::Result<TestPlatform> {
    let platform = builder().start()?;
    let clock = ["clock", "set", "2027-01-04T09:00:00Z", "--stopped"];
    platform.command().run(clock).await?.success()?;
    Ok(platform)
}

async fn token(client: &Client) -> anyhow::Result<String> {
    let workspace = client.json("/api/v1/workspaces/demo").await?;
    Ok(workspace["access_token"].as_str().context("a token")?.to_owned())
}

/// Asks as whoever holds this token; answers the JSON behind this status.
async fn ask(
    client: &Client,
    token: &str,
    (method, path): (Method, &str),
    body: Option<(&str, &Value)>,
    status: u16,
) -> anyhow::Result<Value> {
    let mut request = client
        .request(method, path)
        .header("authorization", format!("Bearer {token}"));
    if let Some((media_type, body)) = body {
        request = request.header("content-type", media_type).body(body.to_string());
    }
    client.send(request).await?.expect(status)?.json()
}

async fn read(client: &Client, token: &str, path: &str) -> anyhow::Result<Value> {
    ask(client, token, (Method::GET, path), None, 200).await
}

/// The resources of this type in a Bundle.
fn of_type<'b>(bundle: &'b Value, kind: &'b str) -> impl Iterator<Item = &'b Value> {
    let entries = bundle["entry"].as_array().into_iter().flatten();
    entries
        .map(|entry| &entry["resource"])
        .filter(move |resource| resource["resourceType"] == kind)
}

#[tokio::test]
async fn an_appointment_booked_through_gp_connect_is_in_the_fhir_server() -> Journey {
    let platform = platform().await?;
    let client = platform.client()?;
    let token = token(&client).await?;
    let search = format!(
        "{APPOINTMENTS}/Slot?start=ge2027-01-11&end=le2027-01-15&status=free&_include=Slot:schedule\
         &_include:recurse=Schedule:actor:Practitioner\
         &searchFilter=https://fhir.nhs.uk/Id/ods-organization-code%7CT99001"
    );
    let found = read(&client, &token, &search).await?;
    let slot = of_type(&found, "Slot").next().context("a free slot")?;
    let slot_id = slot["id"].as_str().context("an id")?;
    let booking = json!({
        "resourceType": "Appointment",
        "contained": [{
            "resourceType": "Organization",
            "id": "1",
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "T99001" }],
            "name": "Gooseberry Fold Surgery",
            "telecom": [{ "system": "phone", "value": "01134960101" }],
        }],
        "extension": [{
            "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-BookingOrganisation-1",
            "valueReference": { "reference": "#1" },
        }],
        "status": "booked",
        "description": "Blood pressure check",
        "start": slot["start"],
        "end": slot["end"],
        "slot": [{ "reference": format!("Slot/{slot_id}") }],
        "created": "2027-01-04T09:00:00+00:00",
        "participant": [
            { "actor": { "reference": format!("Patient/{MARGARET}") }, "status": "accepted" },
            { "actor": { "reference": "Location/T99001" }, "status": "accepted" },
        ],
    });
    let book = (Method::POST, format!("{APPOINTMENTS}/Appointment"));
    let sent = Some(("application/fhir+json", &booking));
    let booked = ask(&client, &token, (book.0.clone(), &book.1), sent, 201).await?;
    let id = booked["id"].as_str().context("an id")?;

    let kept = read(&client, &token, &format!("/w/demo/fhir/Appointment/{id}")).await?;
    ensure!(
        kept["status"] == "booked" && kept["description"] == "Blood pressure check",
        "{kept}"
    );
    ensure!(
        kept["slot"][0]["reference"] == format!("Slot/{slot_id}"),
        "{kept}"
    );
    let of_hers = read(
        &client,
        &token,
        &format!("/w/demo/fhir/Appointment?patient={MARGARET}"),
    )
    .await?;
    ensure!(
        of_type(&of_hers, "Appointment").any(|one| one["id"] == id),
        "{of_hers}"
    );
    let taken = read(&client, &token, &format!("/w/demo/fhir/Slot/{slot_id}")).await?;
    ensure!(taken["status"] == "busy", "{taken}");
    // Whoever wants the same slot is too late, and it is not offered any more.
    let refused = ask(&client, &token, (book.0, &book.1), sent, 409).await?;
    ensure!(code(&refused) == "DUPLICATE_REJECTED", "{refused}");
    let found = read(&client, &token, &search).await?;
    ensure!(of_type(&found, "Slot").all(|one| one["id"] != slot_id), "{found}");

    // And the other way round: what the FHIR server cancels, GP Connect tells as cancelled.
    let mut cancelled = kept;
    cancelled["status"] = "cancelled".into();
    let request = client
        .request(Method::PUT, &format!("/w/demo/fhir/Appointment/{id}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/fhir+json")
        .body(cancelled.to_string());
    client.send(request).await?.expect(200)?;
    let told = read(&client, &token, &format!("{APPOINTMENTS}/Appointment/{id}")).await?;
    ensure!(told["status"] == "cancelled", "{told}");
    Ok(())
}

#[tokio::test]
async fn an_address_that_pds_changed_is_what_the_practice_tells() -> Journey {
    let platform = platform().await?;
    let client = platform.client()?;
    let token = token(&client).await?;
    let patient = read(&client, &token, &format!("{PDS}/Patient/{MARGARET}")).await?;
    let home = &patient["address"][0];
    ensure!(
        home["use"] == "home" && home["postalCode"] != "LS1 4BU",
        "{patient}"
    );
    let patches = json!({ "patches": [
        { "op": "replace", "path": "/address/0/id", "value": home["id"] },
        { "op": "replace", "path": "/address/0/line", "value": ["", "2 Whitehall Quay", "", "Leeds", ""] },
        { "op": "replace", "path": "/address/0/postalCode", "value": "LS1 4BU" },
    ] });
    let version = patient["meta"]["versionId"].as_str().context("a version")?;
    let request = client
        .request(Method::PATCH, &format!("{PDS}/Patient/{MARGARET}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json-patch+json")
        .header("if-match", format!("W/\"{version}\""))
        .body(patches.to_string());
    client.send(request).await?.expect(200)?;

    let of_practice = read(&client, &token, &format!("{RECORD}/documents/Patient/{MARGARET}")).await?;
    let asked = json!({
        "resourceType": "Parameters",
        "parameter": [
            {
                "name": "patientNHSNumber",
                "valueIdentifier": { "system": "https://fhir.nhs.uk/Id/nhs-number", "value": MARGARET },
            },
            { "name": "includeImmunisations" },
        ],
    });
    let operation = format!("{RECORD}/Patient/$gpc.getstructuredrecord");
    let sent = Some(("application/fhir+json", &asked));
    let record = ask(&client, &token, (Method::POST, &operation), sent, 200).await?;
    let kept = read(&client, &token, &format!("/w/demo/fhir/Patient/{MARGARET}")).await?;
    for patient in of_type(&of_practice, "Patient")
        .chain(of_type(&record, "Patient"))
        .chain([&kept])
    {
        let addresses = patient["address"].as_array().context("addresses")?;
        ensure!(
            addresses.iter().any(|one| one["postalCode"] == "LS1 4BU"),
            "{patient}"
        );
    }
    ensure!(of_type(&of_practice, "Patient").count() == 1 && of_type(&record, "Patient").count() == 1);
    Ok(())
}

/// The code of an OperationOutcome.
fn code(outcome: &Value) -> &str {
    outcome["issue"][0]["details"]["coding"][0]["code"]
        .as_str()
        .unwrap_or_default()
}

/// Walks a browser through NHS login as this person, at this level; answers the access token.
async fn log_in(client: &Client, application: &Value, username: &str, level: &str) -> anyhow::Result<String> {
    let text = |member: &str| application[member].as_str().unwrap_or_default().to_owned();
    let location = |answer: &tests::Answer| -> anyhow::Result<String> {
        let address = answer.header("location").context("an address")?;
        Ok(address.strip_prefix(client.base()).unwrap_or(address).to_owned())
    };
    let authorize = format!(
        "{INT}/oauth2/authorize?client_id={}&redirect_uri={CALLBACK}&response_type=code&state=1&scope=nhs-login",
        text("api_key")
    );
    let answer = client.send(client.request(Method::GET, &authorize)).await?;
    let page = location(&answer.expect(302)?)?;
    let request = client
        .request(Method::POST, &page)
        .header("content-type", FORM)
        .body(format!("username={username}&level={level}"));
    let callback = location(&client.send(request).await?.expect(302)?)?;
    let answer = client.send(client.request(Method::GET, &callback)).await?;
    let back = location(&answer.expect(302)?)?;
    let query = back
        .strip_prefix(&format!("{CALLBACK}?code="))
        .context("a code")?;
    let code = query.split('&').next().unwrap_or_default().to_owned();
    let form = format!(
        "grant_type=authorization_code&client_id={}&client_secret={}&redirect_uri={CALLBACK}&code={code}",
        text("api_key"),
        text("secret")
    );
    let request = client
        .request(Method::POST, &format!("{INT}/oauth2/token"))
        .header("content-type", FORM)
        .body(form);
    let tokens = client.send(request).await?.expect(200)?.json()?;
    Ok(tokens["access_token"].as_str().context("a token")?.to_owned())
}

#[tokio::test]
async fn a_citizen_reads_their_own_record_and_nobody_elses() -> Journey {
    let platform = platform().await?;
    let client = platform.client()?;
    let registration = json!({ "title": "My health", "access": ["patient"], "callback_urls": [CALLBACK] });
    let request = client
        .request(Method::POST, "/api/v1/workspaces/demo/applications")
        .json(&registration);
    let application = client.send(request).await?.expect(201)?.json()?;

    let own = format!("{PDS}/Patient/{MARGARET}");
    let others = format!("{PDS}/Patient/{SOMEBODY_ELSE}");
    let search = format!("{PDS}/Patient?family=Holroyd&birthdate=ge1900-01-01");
    let of_practice = format!("{RECORD}/documents/Patient/{MARGARET}");
    let others_at_practice = format!("{RECORD}/documents/Patient/{SOMEBODY_ELSE}");

    let proofed = log_in(&client, &application, MARGARET, "P9").await?;
    let patient = read(&client, &proofed, &own).await?;
    ensure!(patient["id"] == MARGARET, "{patient}");
    let found = read(&client, &proofed, &of_practice).await?;
    ensure!(of_type(&found, "Patient").count() == 1, "{found}");
    for path in [&others, &search, &others_at_practice] {
        let refused = ask(&client, &proofed, (Method::GET, path), None, 403).await?;
        ensure!(code(&refused) == "ACCESS_DENIED", "{path}: {refused}");
    }
    // Whoever is not proofed so well sees nothing, not even of themselves.
    for level in ["P5", "P0"] {
        let token = log_in(&client, &application, MARGARET, level).await?;
        for path in [&own, &others, &search, &of_practice] {
            let refused = ask(&client, &token, (Method::GET, path), None, 403).await?;
            ensure!(code(&refused) == "ACCESS_DENIED", "{level} {path}: {refused}");
        }
    }
    Ok(())
}
