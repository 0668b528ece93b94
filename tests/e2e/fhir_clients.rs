//! FHIR clients that nobody here wrote: what they do is in `tests/clients`.

use tests::clients;
use tests::toolchains::Optional;

use crate::{Journey, builder, folders, shared};

fn base(address: std::net::SocketAddr) -> String {
    format!("http://{address}/w/demo/fhir")
}

fn made(journey: &str, outcome: Result<String, String>) -> Journey {
    match outcome {
        Ok(_) => Ok(()),
        Err(reason) => Optional::Clients.skip(journey, &reason),
    }
}

#[tokio::test]
async fn fhirclient_for_python() -> Journey {
    let platform = shared()?;
    let outcome = clients::python(folders(), "fhirclient_journey.py", &base(platform.address()))?;
    made("fhirclient for Python", outcome)
}

#[tokio::test]
async fn fhirpy() -> Journey {
    let platform = shared()?;
    let outcome = clients::python(folders(), "fhirpy_journey.py", &base(platform.address()))?;
    made("fhirpy", outcome)
}

#[tokio::test]
async fn fhir_kit_client_and_fhirclient_for_node() -> Journey {
    let platform = shared()?;
    let outcome = clients::node_clients(folders(), &base(platform.address()))?;
    made("fhir-kit-client and fhirclient for Node.js", outcome)
}

/// A program of its own: what it checks is the seed, as it is at the start.
#[tokio::test]
async fn fhir_resources_accepts_everything_we_say() -> Journey {
    let platform = builder().start()?;
    let outcome = clients::python(folders(), "fhir_resources.py", &base(platform.address()))?;
    made("fhir.resources", outcome)
}

/// A program of its own, so that nobody else sends to these mailboxes.
#[tokio::test]
async fn mesh_client_moves_a_file_of_several_chunks() -> Journey {
    let platform = builder().start()?;
    let base = format!("http://{}/w/demo/nhs/int", platform.address());
    let outcome = clients::python(folders(), "mesh_journey.py", &base)?;
    made("mesh-client", outcome)
}
