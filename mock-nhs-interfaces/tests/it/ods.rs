//! The register of organisations: who is found, page by page, in JSON and in XML, and how they belong together.

use std::collections::BTreeSet;

use axum::body::Body;
use http::Request;
use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::auth::{Access, CallbackUrl, NewApplication};
use serde_json::{Value, json};

use crate::client::{BASE_URL, Client, Seen, TOKEN};

const PREFIX: &str = "/organisation-data-terminology-api/fhir";

async fn ask(client: &Client, path_and_query: &str) -> Seen {
    let request = Request::get(format!("{PREFIX}{path_and_query}"))
        .body(Body::empty())
        .unwrap();
    client.send(Profile::Sandbox, request).await
}

fn ids(bundle: &Value, mode: &str) -> Vec<String> {
    let entries = bundle["entry"].as_array().into_iter().flatten();
    entries
        .filter(|entry| entry["search"]["mode"] == mode)
        .map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn found(client: &Client, query: &str) -> BTreeSet<String> {
    let seen = ask(client, &format!("/Organization?_count=1000&{query}")).await;
    assert_eq!(seen.status.as_u16(), 200, "{query}");
    ids(&seen.json(), "match").into_iter().collect()
}

#[tokio::test]
async fn pages_lead_from_one_to_the_next_and_show_everybody_once() {
    let client = Client::new();
    let counted = ask(&client, "/Organization?_summary=count").await.json();
    let total = counted["total"].as_u64().unwrap();
    assert!(counted.get("entry").is_none() && total > 40);
    assert_eq!(
        ask(&client, "/Organization?_count=0").await.json()["total"],
        total
    );

    let mut path = "/Organization".to_owned();
    let mut seen_ids = Vec::new();
    loop {
        let page = ask(&client, &path).await.json();
        let here = ids(&page, "match");
        assert!(!here.is_empty() && here.len() <= 20);
        seen_ids.extend(here);
        let links = page["link"].as_array().unwrap();
        assert_eq!(links[0]["relation"], "self");
        let Some(next) = links.iter().find(|link| link["relation"] == "next") else {
            break;
        };
        assert!(page.get("total").is_none() || path == "/Organization");
        let next = next["url"].as_str().unwrap();
        path = next
            .strip_prefix(BASE_URL)
            .and_then(|rest| rest.strip_prefix(PREFIX))
            .unwrap()
            .to_owned();
        assert!(path.starts_with("/Organization?_count=20&_offset="), "{path}");
    }
    let distinct: BTreeSet<&String> = seen_ids.iter().collect();
    assert_eq!(distinct.len(), seen_ids.len());
    assert_eq!(u64::try_from(seen_ids.len()).unwrap(), total);
}

#[tokio::test]
async fn organisations_are_found_by_what_is_known_of_them() {
    let client = Client::new();
    let check = async |query: &str, expected: &[&str]| {
        let expected: BTreeSet<String> = expected.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(found(&client, query).await, expected, "{query}");
    };
    check("_id=RR8", &["RR8"]).await;
    check("_id=RR8,AQN", &["RR8", "AQN"]).await;
    check("identifier=G81086", &["G81086"]).await;
    check(
        "identifier=https://fhir.nhs.uk/Id/ods-organization-code%7CG81086",
        &["G81086"],
    )
    .await;
    check("identifier=http://other%7CG81086", &[]).await;
    check("name=leeds%20teaching", &["RR8"]).await;
    check("name=teaching", &[]).await;
    check("name:contains=teaching", &["RR8"]).await;
    check("name:exact=LEEDS%20TEACHING%20HOSPITALS%20NHS%20TRUST", &["RR8"]).await;
    check("name:exact=Leeds%20Teaching%20Hospitals%20NHS%20Trust", &[]).await;
    check("address-postalcode=ls9", &["RR8"]).await;
    check("address-postalcode:contains=5AW", &["G81086"]).await;
    check("address-postalcode:exact=TN22%205AW", &["G81086"]).await;
    check("address-city:exact=UCKFIELD", &["G81086"]).await;
    check("address-city:exact=Uckfield", &[]).await;
    check("active=false", &["T99013"]).await;
    check("lastChangeDate=2023-05-03", &["AQN", "C4O9I"]).await;
    check(
        "lastChangeDate=gt2023-05-02&lastChangeDate=lt2023-05-04",
        &["AQN", "C4O9I"],
    )
    .await;
    check("lastChangeDate=lt2019-10-02", &["U36842"]).await;
    check("roleCode=RO7", &["T99S01"]).await;
    check("roleCode=RO172&roleCode:not=RO7", &["AQN"]).await;
    check("roleCode=RO172&roleCode=RO7", &["T99S01"]).await;
    check(
        "roleCode=RO318,RO7&address-city=Nottingham",
        &["T99S01", "T99B02"],
    )
    .await;
    let system = "https://digital.nhs.uk/services/organisation-data-service/CodeSystem/ODSOrganisationRole";
    check(&format!("roleCode={system}%7CRO7"), &["T99S01"]).await;
    check("roleCode=http://other%7CRO7", &[]).await;
    // A practice that has closed keeps its role, but not as an active one.
    let all = found(&client, "roleCode=RO76").await;
    let active = found(&client, "activeRoleCode=RO76").await;
    assert_eq!(
        all.difference(&active).collect::<Vec<_>>(),
        [&"T99013".to_owned()]
    );
}

#[tokio::test]
async fn relationships_are_found_from_both_ends() {
    let client = Client::new();
    let from = ask(&client, "/OrganizationAffiliation?primary-organization=G81086")
        .await
        .json();
    assert_eq!(from["total"], 3);
    let relationships: BTreeSet<&str> = from["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            entry["resource"]["code"][0]["coding"][0]["code"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(relationships, BTreeSet::from(["RE4", "RE6", "RE8"]));

    let sites = "/OrganizationAffiliation?participating-organization=T99H01&_include=OrganizationAffiliation:primary-organization&_include=OrganizationAffiliation:participating-organization";
    let sites = ask(&client, sites).await.json();
    assert_eq!(ids(&sites, "match").len(), 1);
    assert_eq!(ids(&sites, "include"), ["T99H01", "T99H01A"]);

    let practice = "/Organization?_id=T99001&_revinclude=OrganizationAffiliation:primary-organization";
    let practice = ask(&client, practice).await.json();
    assert_eq!(ids(&practice, "match"), ["T99001"]);
    assert_eq!(ids(&practice, "include").len(), 3);

    let ended = ask(&client, "/OrganizationAffiliation?active=false").await.json();
    assert_eq!(ids(&ended, "match").len(), 1);
}

#[tokio::test]
async fn the_int_host_wants_a_key_and_a_users_token_is_none() {
    let client = Client::new();
    let register = client.nhs.applications();
    let mut keys = Vec::new();
    for access in [Access::Application, Access::Patient] {
        let new = NewApplication {
            title: "Ward board".to_owned(),
            access: vec![access],
            callback_urls: vec![CallbackUrl::new("https://example.org/callback").unwrap()],
            ..NewApplication::default()
        };
        let registered = register.register(client.tenant.workspace, new, client.tenant.clock.now());
        keys.push(registered.await.unwrap().api_key);
    }
    for (header, value, expected) in [
        ("apikey", TOKEN.to_owned(), 200),
        ("apikey", keys[0].clone(), 200),
        // Of an application that acts for patients only.
        ("apikey", keys[1].clone(), 401),
        ("apikey", "other".to_owned(), 401),
        ("authorization", format!("Bearer {TOKEN}"), 401),
    ] {
        let request = Request::get(format!("{PREFIX}/Organization/RR8"))
            .header(header, value)
            .body(Body::empty())
            .unwrap();
        let seen = client.send(Profile::Int, request).await;
        assert_eq!(seen.status.as_u16(), expected, "{header}");
    }
}

async fn expand(client: &Client, filters: Value, more: &[Value]) -> Seen {
    let mut parameters = vec![json!({ "name": "valueSet", "resource": {
        "resourceType": "ValueSet",
        "compose": { "include": [{ "system": "https://fhir.nhs.uk/Id/ods-organization-code", "filter": filters }] },
    }})];
    parameters.extend_from_slice(more);
    let body = json!({ "resourceType": "Parameters", "parameter": parameters });
    let request = Request::post(format!("{PREFIX}/ValueSet/$expand"))
        .body(Body::from(body.to_string()))
        .unwrap();
    client.send(Profile::Sandbox, request).await
}

#[tokio::test]
async fn a_value_set_is_expanded_by_properties_and_relationships() {
    let client = Client::new();
    let codes = |seen: &Seen| -> Vec<String> {
        let json = seen.json();
        let contains = json["expansion"]["contains"].as_array().into_iter().flatten();
        contains
            .map(|entry| entry["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let commissioned = json!([
        { "property": "RE4", "op": "=", "value": "97R" },
        { "property": "status", "op": "=", "value": "active" },
    ]);
    let seen = expand(
        &client,
        commissioned,
        &[json!({ "name": "property", "valueString": "town" })],
    )
    .await;
    assert_eq!(codes(&seen), ["G81086"]);
    let property = &seen.json()["expansion"]["contains"][0]["extension"][0]["extension"];
    assert_eq!(property[1]["valueString"], "UCKFIELD");

    let hospice = json!([{ "property": "role", "op": "in", "value": "RO7,RO318" }]);
    let page = [
        json!({ "name": "count", "valueInteger": "2" }),
        json!({ "name": "offset", "valueInteger": 1 }),
    ];
    let seen = expand(&client, hospice, &page).await;
    assert_eq!(seen.json()["expansion"]["total"], 4);
    assert_eq!(codes(&seen).len(), 2);

    let closed = json!([{ "property": "opEndDate", "op": "=", "value": "lt2024-01-01" }]);
    let seen = expand(&client, closed.clone(), &[]).await;
    assert_eq!(codes(&seen), ["T99013"]);
    let seen = expand(
        &client,
        closed,
        &[json!({ "name": "activeOnly", "valueBoolean": true })],
    )
    .await;
    assert_eq!(seen.json()["expansion"]["total"], 0);
}

#[tokio::test]
async fn a_code_is_checked_with_what_somebody_believes_of_it() {
    let client = Client::new();
    let check = async |query: &str, expected: bool| {
        let path =
            format!("/CodeSystem/$validate-code?url=https://fhir.nhs.uk/Id/ods-organization-code&{query}");
        let json = ask(&client, &path).await.json();
        assert_eq!(json["parameter"][0]["valueBoolean"], expected, "{query}");
    };
    check("code=RR8", true).await;
    check("code=RR8&status=active", true).await;
    check("code=RR8&status=inactive", false).await;
    check("code=T99013&status=inactive", true).await;
    check("code=RR8&display=Leeds", false).await;
    check("code=NOBODY", false).await;
}

#[tokio::test]
async fn hostile_questions_are_refused_in_shape() {
    let client = Client::new();
    let long = "n".repeat(60_000);
    for (path, expected) in [
        (format!("/Organization?{long}=1"), 400),
        (format!("/Organization?name={long}"), 400),
        (format!("/Organization?{}", "_id=RR8&".repeat(101)), 400),
        ("/Organization?_count=-1".to_owned(), 400),
        ("/Organization?_count=999999999&_offset=999999999".to_owned(), 200),
        ("/Organization?roleCode=%7C%7C,%7C,,".to_owned(), 200),
        ("/Organization?lastChangeDate=gt%00".to_owned(), 400),
        ("/Organization?_id=%FF%FE".to_owned(), 200),
        ("/Organization?_revinclude=Patient:organization".to_owned(), 400),
        (format!("/Organization/{long}"), 404),
        ("/Organization/%3Cb%3E?_format=xml".to_owned(), 404),
        ("/List/%00".to_owned(), 404),
        ("/Patient/9000000009".to_owned(), 404),
        (format!("/CodeSystem/$lookup?system={long}&code=1"), 404),
    ] {
        let seen = ask(&client, &path).await;
        let shown: String = path.chars().take(80).collect();
        assert_eq!(seen.status.as_u16(), expected, "{shown}");
        assert!(expected == 200 || seen.body.len() < 4_096, "{shown}");
        assert!(!String::from_utf8_lossy(&seen.body).contains("<b>"), "{shown}");
    }
    for body in [
        "",
        "[]",
        "{}",
        r#"{"resourceType":"Parameters","parameter":[{"name":"count","valueInteger":-1}]}"#,
    ] {
        let request = Request::post(format!("{PREFIX}/ValueSet/$expand"))
            .body(Body::from(body))
            .unwrap();
        let seen = client.send(Profile::Sandbox, request).await;
        assert_eq!(seen.status.as_u16(), 400, "{body}");
    }
}
