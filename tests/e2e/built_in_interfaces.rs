//! Schemathesis, which nobody here wrote, asks the built-in interfaces whatever NHS England's documents say can be asked, rightly and
//! wrongly: nothing of it makes them fail, and what they answer is as the documents say where those hold to themselves.

use std::path::Path;

use anyhow::Context as _;
use tests::clients;
use tests::toolchains::Optional;

use crate::{Journey, builder, folders};

/// What is checked everywhere: no status of 500 or more, and none that the document leaves out.
const STATUSES: &str = "not_a_server_error,status_code_conformance";
/// The same, and the media type and the body.
const ALL: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// Document, path below the host, and what is checked. Where it is less than all, `published.rs` of the interfaces lists why.
const JUDGED: [(&str, &str, &str); 8] = [
    ("hello-world-api/openapi.yaml", "/hello-world", ALL),
    (
        "personal-demographics-service-api/openapi.bundled.yaml",
        "/personal-demographics/FHIR/R4",
        STATUSES,
    ),
    (
        "organisation-data-terminology-api/openapi.yaml",
        "/organisation-data-terminology-api/fhir",
        STATUSES,
    ),
    (
        "immunisation-fhir-api/openapi.bundled.yaml",
        "/immunisation-fhir-api/FHIR/R4",
        ALL,
    ),
    ("communications-manager-api/openapi.bundled.yaml", "/comms", ALL),
    (
        "gp-connect-access-record-fhir/openapi.yaml",
        "/gp-connect/patient-facing/access-record-fhir/FHIR/STU3",
        ALL,
    ),
    (
        "gp-connect-appointments-management-fhir/openapi.bundled.yaml",
        "/gp-connect/patient-facing/appointments-management-fhir/FHIR/STU3",
        ALL,
    ),
    ("mesh-sandbox/openapi.generated.json", "", ALL),
];

#[tokio::test]
async fn schemathesis_makes_no_built_in_interface_fail() -> Journey {
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs");
    if !documents.exists() {
        let reason = format!("{} is not there", documents.display());
        return Optional::Specs.skip("Schemathesis on the built-in interfaces", &reason);
    }
    let platform = builder().start()?;
    let known = platform.client()?.json("/api/v1/workspaces/demo").await?;
    let token = known["access_token"].as_str().context("a token")?;
    for (document, prefix, checks) in JUDGED {
        let more = [
            "--checks".to_owned(),
            checks.to_owned(),
            "--without-options".to_owned(),
            "--header".to_owned(),
            format!("Authorization: Bearer {token}"),
            "--header".to_owned(),
            format!("apikey: {token}"),
        ];
        let url = format!("{}/w/demo/nhs/int{prefix}", platform.client()?.base());
        match clients::schemathesis(folders(), &documents.join(document), &url, &more)
            .with_context(|| document.to_owned())?
        {
            Ok(_) => {}
            Err(reason) => return Optional::Clients.skip("Schemathesis on the built-in interfaces", &reason),
        }
    }
    platform.stop()
}
