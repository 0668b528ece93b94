//! Practices that do not share what they hold.

use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::interface::Operation;
use records::{Change, RecordsError, ResourceId, ResourceType};
use serde_json::json;

use crate::client::Client;
use crate::statement::{good_example, request};

/// The practices of the examples.
const PRACTICES: [&str; 3] = ["T99001", "A20047", "Y12345"];

/// What practices say about sharing from that day on, as somebody keeps it with the FHIR server.
async fn decide(client: &Client, day: &str, decision: &str) {
    let kind = ResourceType::parse("Consent").unwrap();
    let put =
        client
            .records
            .change::<_, RecordsError>(client.tenant.workspace, &*client.tenant.clock, |draft| {
                for practice in PRACTICES {
                    let consent = json!({
                        "resourceType": "Consent",
                        "id": format!("{practice}-{day}"),
                        "status": "active",
                        "scope": { "coding": [{
                            "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy",
                        }] },
                        "category": [{ "coding": [{ "system": "http://loinc.org", "code": "59284-0" }] }],
                        "dateTime": day,
                        "organization": [{ "reference": format!("Organization/{practice}") }],
                        "policy": [{ "uri": "https://practice.example/sharing" }],
                        "provision": { "type": decision },
                    });
                    let id = ResourceId::parse(consent["id"].as_str().unwrap()).unwrap();
                    draft.put(kind, &id, &consent.to_string(), Change::Created)?;
                }
                Ok(())
            });
    put.await.unwrap();
}

/// Every operation of GP Connect with its first good example, and whether it says that practices may not share.
fn operations(client: &Client) -> Vec<(&'static str, &'static Operation, bool)> {
    let interfaces = client.nhs.interfaces().iter();
    let of_gp_connect = interfaces.filter(|interface| interface.id.starts_with("gp-connect"));
    of_gp_connect
        .flat_map(|interface| interface.operations.iter().map(move |one| (interface.id, one)))
        .map(|(id, operation)| {
            let mut faults = operation.faults.iter();
            let shares = faults.any(|fault| fault.code == "NO_ORGANISATION_CONSENT");
            (id, operation, shares)
        })
        .collect()
}

#[tokio::test]
async fn a_practice_that_does_not_share_says_so_to_whoever_asks_for_what_it_holds() {
    let mut refused = 0;
    for (id, operation, shares) in operations(&Client::new()) {
        for (decisions, is_refused) in [
            (vec![("2026-01-02", "deny")], shares),
            (vec![("2026-01-02", "deny"), ("2026-01-03", "permit")], false),
        ] {
            // A client of its own, because operations change the records.
            let client = Client::new();
            let interface = client.nhs.interfaces().iter().find(|one| one.id == id).unwrap();
            let example = good_example(interface, operation).unwrap();
            for (day, decision) in &decisions {
                decide(&client, day, decision).await;
            }
            let prefix = interface.path_prefix;
            let request = request(&client, operation, prefix, example.path_and_query, example);
            let seen = client.send(Profile::Int, request).await;
            if !is_refused {
                assert!(seen.status.is_success(), "{id} {}: {}", operation.id, seen.json());
                continue;
            }
            refused += 1;
            let coding = &seen.json()["issue"][0]["details"]["coding"][0];
            assert_eq!(
                (seen.status.as_u16(), &coding["code"], &coding["display"]),
                (
                    403,
                    &json!("NO_ORGANISATION_CONSENT"),
                    &json!("Organisation has not provided consent to share data")
                ),
                "{id} {}",
                operation.id
            );
        }
    }
    // All but the capabilities and the directory, which say nothing about anybody's record.
    assert_eq!(refused, 21);
}
