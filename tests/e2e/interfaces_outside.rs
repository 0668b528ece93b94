//! Programs outside the sandbox use the interfaces: curl, Postman, and a FHIR client that we did not write.

use anyhow::{Context as _, ensure};
use fhir_sdk::client::{Client as FhirClient, RequestSettings};
use fhir_sdk::r4b::resources::Patient;
use fhir_sdk::version::FhirR4B;
use reqwest::Method;
use serde_json::Value;
use tests::Client;

use crate::{Journey, shared};

const PDS: &str = "personal-demographics/FHIR/R4";

async fn token(client: &Client) -> anyhow::Result<String> {
    let workspace = client.json("/api/v1/workspaces/demo").await?;
    Ok(workspace["access_token"].as_str().context("a token")?.to_owned())
}

/// The code of an OperationOutcome.
fn code(outcome: &Value) -> &Value {
    &outcome["issue"][0]["details"]["coding"][0]["code"]
}

#[tokio::test]
async fn a_patient_is_read_with_the_workspaces_token() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let token = token(&client).await?;
    let workspace = client.json("/api/v1/workspaces/demo").await?;
    let base = workspace["interfaces"]["int"].as_str().context("an address")?;
    ensure!(base == format!("{}/w/demo/nhs/int", client.base()), "{workspace}");

    let read = |number: &str| {
        client
            .request(Method::GET, &format!("/w/demo/nhs/int/{PDS}/Patient/{number}"))
            .header("authorization", format!("Bearer {token}"))
            .header("x-correlation-id", "11c46f5f-cdef-4865-94b2-0ee0edcc26da")
    };
    let answer = client.send(read("9000000009")).await?.expect(200)?;
    ensure!(
        answer
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/fhir+json")),
        "{answer:?}"
    );
    ensure!(
        answer.header("x-correlation-id") == Some("11c46f5f-cdef-4865-94b2-0ee0edcc26da"),
        "{answer:?}"
    );
    let patient = answer.json()?;
    let version = patient["meta"]["versionId"].as_str().context("a version")?;
    ensure!(
        answer.header("etag") == Some(format!("W/\"{version}\"").as_str()),
        "{answer:?}"
    );
    ensure!(
        patient["resourceType"] == "Patient" && patient["id"] == "9000000009",
        "{patient}"
    );
    ensure!(patient["name"][0]["family"] == "Smith", "{patient}");

    let missing = client.send(read("9111231130")).await?.expect(404)?.json()?;
    ensure!(
        missing["resourceType"] == "OperationOutcome" && *code(&missing) == "RESOURCE_NOT_FOUND",
        "{missing}"
    );
    let wrong = client.send(read("9000000000")).await?.expect(400)?.json()?;
    ensure!(*code(&wrong) == "INVALID_RESOURCE_ID", "{wrong}");
    Ok(())
}

#[tokio::test]
async fn who_does_not_log_in_is_told_so_in_the_nhss_own_words() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let path = format!("/w/demo/nhs/int/{PDS}/Patient/9000000009");
    for authorization in [None, Some("Bearer nonsense"), Some("Bearer "), Some("Basic dTpw")] {
        let mut request = client.request(Method::GET, &path);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let answer = client.send(request).await?.expect(401)?;
        let outcome = answer.json()?;
        ensure!(
            outcome["resourceType"] == "OperationOutcome" && *code(&outcome) == "ACCESS_DENIED",
            "{outcome}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn hello_world_under_both_profiles_and_both_addresses() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let port = platform.address().port();
    for profile in ["sandbox", "int"] {
        for (path, host) in [
            (
                format!("/w/demo/nhs/{profile}/hello-world/hello/world"),
                format!("localhost:{port}"),
            ),
            (
                "/hello-world/hello/world".to_owned(),
                format!("{profile}.demo.nhs.localhost:{port}"),
            ),
        ] {
            let answer = client
                .send(client.request(Method::GET, &path).header("host", &host))
                .await?;
            let greeting = answer.expect(200)?.json()?;
            ensure!(greeting["message"] == "Hello World!", "{host}{path}: {greeting}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn exact_searches_find_people() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let token = token(&client).await?;
    let search = |query: &str| {
        client
            .request(Method::GET, &format!("/w/demo/nhs/int/{PDS}/Patient?{query}"))
            .header("authorization", format!("Bearer {token}"))
    };
    let found = client
        .send(search("family=Smith&gender=female&birthdate=eq2010-10-22"))
        .await?
        .expect(200)?
        .json()?;
    ensure!(
        found["resourceType"] == "Bundle" && found["type"] == "searchset" && found["total"] == 1,
        "{found}"
    );
    ensure!(found["entry"][0]["resource"]["id"] == "9000000009", "{found}");
    let nobody = client
        .send(search("family=Nobodyatall&birthdate=eq1900-01-01"))
        .await?
        .expect(200)?
        .json()?;
    ensure!(nobody["total"] == 0, "{nobody}");
    let wrong = client
        .send(search("family=Smith&colour=blue"))
        .await?
        .expect(400)?
        .json()?;
    ensure!(wrong["resourceType"] == "OperationOutcome", "{wrong}");
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_says_what_is() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    // As the NHS's gateway says it.
    let unknown = client
        .get("/w/demo/nhs/int/no-such-api/FHIR/R4/Patient")
        .await?
        .expect(404)?
        .json()?;
    let code = &unknown["fault"]["detail"]["errorcode"];
    ensure!(
        *code == "messaging.adaptors.http.flow.ApplicationNotFound",
        "{unknown}"
    );
    let profile = client.get("/w/demo/nhs/live/hello-world/hello/world").await?;
    let problem = profile.expect_problem(404, "unknown-profile")?;
    ensure!(
        problem.detail.contains("sandbox") && problem.detail.contains("int"),
        "{}",
        problem.detail
    );
    Ok(())
}

#[tokio::test]
async fn the_interfaces_state_themselves() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let stated = client.json("/api/v1/workspaces/demo/interfaces").await?;
    let pds = stated["interfaces"]
        .as_array()
        .context("interfaces")?
        .iter()
        .find(|one| one["id"] == "pds");
    let pds = pds.with_context(|| format!("no pds in {stated}"))?;
    ensure!(pds["title"] == "Personal Demographics Service", "{pds}");
    ensure!(pds["path_prefix"] == format!("/{PDS}"), "{pds}");
    ensure!(pds.to_string().contains("Read a patient"), "{pds}");
    Ok(())
}

#[tokio::test]
async fn a_fhir_client_reads_a_patient() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let token = token(&client).await?;
    let base = format!("{}/w/demo/nhs/int/{PDS}/", client.base());
    let settings = RequestSettings::default()
        .retries(0)
        .header("authorization".parse()?, format!("Bearer {token}").parse()?);
    let fhir: FhirClient<FhirR4B> = FhirClient::builder()
        .base_url(base.parse()?)
        .request_settings(settings)
        .build()?;
    let patient: Patient = fhir.read("9000000009").await?.context("no patient")?;
    ensure!(patient.id.as_deref() == Some("9000000009"), "{patient:?}");
    let family = patient
        .name
        .iter()
        .flatten()
        .find_map(|name| name.family.as_deref());
    ensure!(family == Some("Smith"), "{:?}", patient.name);
    let nobody: Option<Patient> = fhir.read("9111231130").await?;
    ensure!(nobody.is_none());
    Ok(())
}
