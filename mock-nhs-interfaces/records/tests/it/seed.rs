//! The base of the made-up population, and what workspaces over it cost.

use std::sync::Arc;
use std::time::Instant;

use population::{Config, Population};
use records::{Base, RecordsConfig, ResourceType};
use store::{MemoryStore, WorkspaceId};

use super::client::Client;

fn population(people: u32) -> Population {
    Population::generate(Config { seed: 1, people })
}

#[test]
fn the_order_does_not_depend_on_threads() {
    let population = population(80);
    let one = Base::of_population(&population, 1).unwrap();
    let two = Base::of_population(&population, 2).unwrap();
    assert_eq!(one.len(), two.len());
    for doc in 0..one.len() {
        assert_eq!((one.id(doc), one.text(doc)), (two.id(doc), two.text(doc)));
        assert!(one.last_updated(doc).unwrap().millis() > 0, "{}", one.id(doc));
    }
}

#[tokio::test]
async fn every_person_is_found() {
    let base = Arc::new(Base::of_population(&population(60), 2).unwrap());
    let client = Client::over(base, Arc::new(MemoryStore::new()), RecordsConfig::default());
    let patient = ResourceType::parse("Patient").unwrap();
    let view = client.server.records().view(client.workspace).await.unwrap();
    let ids: Vec<String> = view
        .of_type(patient)
        .take(20)
        .map(|record| record.id.to_string())
        .collect();
    for id in ids {
        assert_eq!(client.get(&format!("/Patient?_id={id}")).await.found(), id);
        assert_eq!(client.get(&format!("/Patient/{id}/*?_count=5")).await.status, 200);
    }
}

#[tokio::test]
async fn two_hundred_workspaces_cost_almost_nothing() {
    let begun = Instant::now();
    let base = Arc::new(Base::of_population(&population(20), 2).unwrap());
    let building = begun.elapsed();
    let client = Client::over(base, Arc::new(MemoryStore::new()), RecordsConfig::default());
    assert_eq!(
        client
            .put("/Patient/new", r#"{"resourceType":"Patient","id":"new"}"#)
            .await
            .status,
        201
    );
    let records = client.server.records();
    let begun = Instant::now();
    for number in 1_000..1_200 {
        records
            .fork(client.workspace, WorkspaceId::new(number))
            .await
            .unwrap();
        let view = records.view(WorkspaceId::new(number)).await.unwrap();
        assert!(
            view.read(ResourceType::parse("Patient").unwrap(), "new")
                .is_some()
        );
    }
    // Twenty people are few; a workspace that copied even them would cost one building each.
    let forking = begun.elapsed();
    assert!(forking < building * 20, "{forking:?} against {building:?}");
}
