//! The journey with the client of `fhir-sdk`: typed resources, version-aware updates, pages, both patches, a transaction.

use anyhow::{Context as _, ensure};
use fhir_sdk::TryStreamExt as _;
use fhir_sdk::client::{Client, Error, RequestSettings, SearchParameters, TokenSearch};
use fhir_sdk::r4b::codes::BundleType;
use fhir_sdk::r4b::resources::{Bundle, Observation, ParametersParameter, Patient, Resource, ResourceType};
use fhir_sdk::version::FhirR4B;
use serde_json::json;

use crate::{Journey, shared};

const SYSTEM: &str = "https://example.com/fhir-sdk-journey";

fn person(marker: &str, given: &str) -> anyhow::Result<Patient> {
    Ok(serde_json::from_value(json!({
        "resourceType": "Patient",
        "identifier": [{"system": SYSTEM, "value": marker}],
        "name": [{"family": "Achebe", "given": [given]}],
        "gender": "female",
        "birthDate": "1988-11-02",
    }))?)
}

fn marked(marker: &str) -> SearchParameters {
    SearchParameters::empty().and(TokenSearch::Standard {
        name: "identifier",
        system: Some(SYSTEM),
        code: Some(marker),
        not: false,
    })
}

/// The status that an error carries.
fn status(error: &Error) -> Option<u16> {
    if let Error::OperationOutcomeR4B(status, _) | Error::Response(status, _) = error {
        Some(status.as_u16())
    } else {
        None
    }
}

/// A client that asks once: it must not hide a lost answer behind a second create.
fn client(base: &str) -> anyhow::Result<Client<FhirR4B>> {
    let client = Client::builder()
        .base_url(base.parse()?)
        .request_settings(RequestSettings::default().retries(0))
        .build()?;
    Ok(client)
}

#[tokio::test]
async fn resources_live_and_die() -> Journey {
    let platform = shared()?;
    let fhir = client(&format!("http://{}/w/demo/fhir", platform.address()))?;
    let capabilities = fhir.capabilities().await?;
    ensure!(!capabilities.rest.is_empty());

    let (id, version) = fhir.create(&person("life", "Chioma")?).await?;
    ensure!(version.as_deref() == Some("1"), "{version:?}");
    let mut patient: Patient = fhir.read(&id).await?.context("what was created")?;
    ensure!(
        patient.birth_date == person("life", "")?.birth_date,
        "{patient:?}"
    );

    // A version-aware update, and a second one with the version of before.
    patient.active = Some(true);
    let (created, version) = fhir.update(&patient, true).await?;
    ensure!((created, version.as_str()) == (false, "2"));
    let stale = fhir
        .update(&patient, true)
        .await
        .err()
        .context("a stale update")?;
    ensure!(status(&stale) == Some(412), "{stale}");

    // Both patches.
    fhir.patch_via_json(ResourceType::Patient, &id)
        .test("/active", true)?
        .replace("/gender", "other")?
        .send()
        .await?;
    let date: ParametersParameter =
        serde_json::from_value(json!({"name": "value", "valueDate": "1989-01-01"}))?;
    fhir.patch_via_fhir(ResourceType::Patient, &id)
        .replace("Patient.birthDate", date)
        .delete("Patient.active")
        .send()
        .await?;
    let patched: Patient = fhir.read(&id).await?.context("what was patched")?;
    ensure!(
        patched.active.is_none() && patched.birth_date != patient.birth_date,
        "{patched:?}"
    );

    let history = fhir.history::<Patient>(Some(&id)).await?;
    ensure!(history.total() == Some(4) && history.entries().count() == 4);
    let first: Patient = fhir.read_version(&id, "1").await?.context("the first version")?;
    ensure!(first.active.is_none());

    fhir.delete(ResourceType::Patient, &id).await?;
    ensure!(fhir.read::<Patient>(&id).await?.is_none());
    let history = fhir.history::<Patient>(Some(&id)).await?;
    ensure!(history.total() == Some(5) && history.entries().count() == 4);
    Ok(())
}

#[tokio::test]
async fn searches_come_in_pages_and_transactions_as_one() -> Journey {
    let platform = shared()?;
    let fhir = client(&format!("http://{}/w/demo/fhir", platform.address()))?;

    let mut transaction = fhir.transaction();
    let mother = transaction.create(person("pages", "Mother")?);
    for number in 0..6 {
        transaction.create(person("pages", &format!("Child{number}"))?);
    }
    let weight: Observation = serde_json::from_value(json!({
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": mother},
        "valueQuantity": {"value": 61.5, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    }))?;
    transaction.create(weight);
    let answer: Bundle = transaction.send().await?;
    ensure!(answer.r#type == BundleType::TransactionResponse && answer.entry.len() == 8);

    let query = marked("pages").and_raw("_count", 3).and_raw("_sort", "given");
    let page = fhir.search::<Patient>(query).await?;
    ensure!(page.total() == Some(7) && page.matches().count() == 3);
    let found: Vec<Patient> = page.all_matches().try_collect().await?;
    let given: Vec<_> = found
        .iter()
        .filter_map(|patient| patient.name.first()?.as_ref()?.given.first()?.as_deref())
        .collect();
    ensure!(
        given
            == [
                "Child0", "Child1", "Child2", "Child3", "Child4", "Child5", "Mother"
            ],
        "{given:?}"
    );

    // What comes with a match is told apart from it.
    let query = marked("pages")
        .and_raw("given", "mother")
        .and_raw("_revinclude", "Observation:subject");
    let page = fhir.search::<Patient>(query).await?;
    ensure!(page.matches().count() == 1 && page.entries().count() == 2);
    let id = found
        .last()
        .and_then(|mother| mother.id.as_deref())
        .context("an id")?;
    let everything = fhir.operation_patient_everything(id).await?;
    let observations = everything
        .entry
        .iter()
        .flatten()
        .filter(|entry| matches!(entry.resource, Some(Resource::Observation(_))));
    ensure!(observations.count() == 1);

    // All or nothing: the second entry is refused, so the first is not there.
    let mut transaction = fhir.transaction();
    transaction.create(person("nothing", "Nobody")?);
    transaction.read(ResourceType::Patient, "never-there");
    ensure!(transaction.send().await.is_err());
    ensure!(fhir.search::<Patient>(marked("nothing")).await?.total() == Some(0));

    let unknown = SearchParameters::empty().and_raw("famly", "x");
    let refused = fhir
        .search::<Patient>(unknown)
        .await
        .err()
        .context("an unknown parameter")?;
    ensure!(
        status(&refused) == Some(400) && refused.to_string().contains("famly"),
        "{refused}"
    );
    Ok(())
}
