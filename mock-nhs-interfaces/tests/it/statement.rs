//! What interfaces state about themselves is true.

use std::collections::BTreeSet;

use axum::body::Body;
use http::{HeaderName, Method, Request};
use mock_nhs_interfaces::interface::{Example, Login, Need, Operation, Place};
use mock_nhs_interfaces::{Interface, Profile, Whom};
use time::macros::datetime;

use crate::client::{Client, Seen, TOKEN};

/// The first example that is answered well. An operation of the login has none where only a signature of this minute
/// would do; [`crate::oauth2`] tries those.
pub(crate) fn good_example<'o>(interface: &Interface, operation: &'o Operation) -> Option<&'o Example> {
    let is_good = |example: &&Example| (200..300).contains(&example.status);
    let found = operation.examples.iter().find(is_good);
    assert!(
        found.is_some() || interface.id == "oauth2",
        "{}: no example shows what it does",
        operation.id
    );
    found
}

/// Operations that refuse the workspace's own token, which is a healthcare worker's: they are the patient's own.
const PATIENTS_OWN: [&str; 2] = ["read_coverage", "update_coverage"];

/// Somebody for whom the operation is open: the patient of the examples where nobody else may ask.
fn caller(operation: &Operation) -> Whom {
    if PATIENTS_OWN.contains(&operation.id) {
        Whom::Patient("9000000009".parse().unwrap())
    } else {
        Whom::HealthcareWorker
    }
}

/// A request with every header that the operation asks for, and what the example sends.
pub(crate) fn request(
    client: &Client,
    operation: &Operation,
    prefix: &str,
    path_and_query: &str,
    example: &Example,
) -> Request<Body> {
    let mut request = Request::builder()
        .method(operation.method.clone())
        .uri(format!("{prefix}{path_and_query}"));
    for field in operation
        .fields
        .iter()
        .filter(|field| field.place == Place::Header)
    {
        let value = match field.name {
            "Authorization" => client.bearer(caller(operation)),
            "apikey" => TOKEN.to_owned(),
            _ => field.example.to_owned(),
        };
        request = request.header(field.name, value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    let headers = example.headers.iter().copied();
    let media_type = example.body.map(|body| ("content-type", body.media_type));
    for (name, value) in headers.chain(media_type) {
        let name = HeaderName::try_from(name).unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    if let Some(body) = example.body {
        *request.body_mut() = Body::from(body.text_on(client.today()));
    }
    request
}

/// Asks as an example does.
async fn send(
    client: &Client,
    interface: &Interface,
    operation: &Operation,
    example: &Example,
    profile: Profile,
) -> Seen {
    let path_and_query = example.path_and_query;
    let request = request(client, operation, interface.path_prefix, path_and_query, example);
    client.send(profile, request).await
}

#[tokio::test]
async fn every_example_is_answered_by_its_operation_with_its_status() {
    for interface in Client::new().nhs.interfaces() {
        for operation in interface.operations {
            assert!(!operation.examples.is_empty(), "{}", operation.id);
            for profile in interface.profiles {
                let is_so = |example: &&Example| example.profile.is_none_or(|only| only == *profile);
                for example in operation.examples.iter().filter(is_so) {
                    // A client of its own, because an example may change the records.
                    let client = Client::new();
                    let seen = send(&client, interface, operation, example, *profile).await;
                    assert_eq!(seen.status.as_u16(), example.status, "{}", example.path_and_query);
                    let answered = seen.answered.unwrap();
                    assert_eq!(
                        (answered.interface, answered.operation),
                        (interface.id, operation.id)
                    );
                    assert_eq!(
                        (answered.interface_title, answered.title),
                        (interface.title, operation.title)
                    );
                    if (200..300).contains(&example.status) && seen.is_json() {
                        assert_eq!(seen.header("content-type"), Some(operation.media_type));
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn examples_that_name_days_are_true_on_any_day() {
    let mut asked = 0;
    for now in [
        datetime!(2026-11-26 09:00 UTC),
        datetime!(2028-02-29 23:30 UTC),
        datetime!(2035-06-30 12:00 UTC),
    ] {
        for interface in Client::new().nhs.interfaces() {
            for operation in interface.operations {
                for example in operation.examples {
                    let names_a_day = example.body.is_some_and(|body| body.text.contains("{today"));
                    if !names_a_day {
                        continue;
                    }
                    let client = Client::at(now);
                    let profile = example.profile.unwrap_or(Profile::Int);
                    let seen = send(&client, interface, operation, example, profile).await;
                    assert_eq!(seen.status.as_u16(), example.status, "{now}: {}", example.title);
                    asked += 1;
                }
            }
        }
    }
    // A birth, on each of the days.
    assert_eq!(asked, 3);
}

#[tokio::test]
async fn fields_are_filled_in_as_they_say() {
    let client = Client::new();
    for interface in client.nhs.interfaces() {
        for operation in interface.operations {
            let mut path = operation.path.to_owned();
            let mut query = Vec::new();
            for field in operation.fields {
                match field.place {
                    Place::Path => path = path.replace(&format!("{{{}}}", field.name), field.example),
                    // Two spellings of one parameter exclude each other.
                    Place::Query if field.name == "address-postcode" => {}
                    Place::Query => {
                        query.push(format!("{}={}", field.name, field.example.replace(' ', "%20")))
                    }
                    Place::Header | Place::Body => {}
                }
            }
            assert!(
                !path.contains('{'),
                "{}: a part of the path is no field",
                operation.id
            );
            let path_and_query = if query.is_empty() {
                path
            } else {
                format!("{path}?{}", query.join("&"))
            };
            let Some(example) = good_example(interface, operation) else {
                continue;
            };
            let client = Client::new();
            let seen = client
                .send(
                    Profile::Int,
                    request(
                        &client,
                        operation,
                        interface.path_prefix,
                        &path_and_query,
                        example,
                    ),
                )
                .await;
            assert!(seen.status.is_success(), "{path_and_query}");
        }
    }
}

#[tokio::test]
async fn a_required_field_is_required_and_a_login_is_needed_where_it_says() {
    let client = Client::new();
    for interface in client.nhs.interfaces() {
        for operation in interface.operations {
            let Some(example) = good_example(interface, operation) else {
                continue;
            };
            for field in operation
                .fields
                .iter()
                .filter(|field| field.place == Place::Header)
            {
                let path_and_query = example.path_and_query;
                let client = Client::new();
                let mut request = request(&client, operation, interface.path_prefix, path_and_query, example);
                request.headers_mut().remove(field.name);
                let seen = client.send(Profile::Int, request).await;
                let is_refused = seen.status.is_client_error();
                assert_eq!(
                    is_refused,
                    field.need == Need::Required,
                    "{} {}",
                    operation.id,
                    field.name
                );
            }
            let needs_login = !operation.logins.contains(&Login::Open);
            let mut bare = request(
                &client,
                operation,
                interface.path_prefix,
                example.path_and_query,
                example,
            );
            bare.headers_mut().remove("authorization");
            bare.headers_mut().remove("apikey");
            let seen = client.send(Profile::Int, bare).await;
            // MESH says 403 to whoever is not logged in.
            let is_refused = matches!(seen.status.as_u16(), 401 | 403);
            assert_eq!(is_refused, needs_login, "{}", operation.id);
            assert_eq!(
                seen.header("x-c4h-hint").is_some(),
                needs_login,
                "{}",
                operation.id
            );
        }
    }
}

#[tokio::test]
async fn what_is_missing_says_so() {
    let client = Client::new();
    for interface in client.nhs.interfaces() {
        for missing in interface.missing {
            let path = format!(
                "{}{}",
                interface.path_prefix,
                missing.path.replace("{id}", "9000000009")
            );
            let request = Request::builder()
                .method(missing.method.clone())
                .uri(path)
                .body(Body::empty())
                .unwrap();
            let seen = client.send(Profile::Int, request).await;
            assert_eq!(seen.status.as_u16(), 501, "{}", missing.title);
            assert!(seen.answered.is_none());
            let text = String::from_utf8(seen.body.to_vec()).unwrap();
            assert!(text.contains(missing.title), "{text}");
        }
    }
}

#[tokio::test]
async fn a_profile_that_is_not_offered_names_one_that_is() {
    let client = Client::new();
    for interface in client.nhs.interfaces() {
        for profile in Profile::ALL
            .into_iter()
            .filter(|profile| !interface.profiles.contains(profile))
        {
            for operation in interface.operations {
                let example = &operation.examples[0];
                let path = example.path_and_query;
                let seen = client
                    .send(
                        profile,
                        request(&client, operation, interface.path_prefix, path, example),
                    )
                    .await;
                assert_eq!(seen.status.as_u16(), 501);
                let text = String::from_utf8(seen.body.to_vec()).unwrap();
                assert!(
                    interface
                        .profiles
                        .iter()
                        .any(|offered| text.contains(offered.host())),
                    "{text}"
                );
            }
        }
    }
}

#[tokio::test]
async fn other_methods_are_refused_in_shape() {
    let client = Client::new();
    for interface in client.nhs.interfaces() {
        for operation in interface.operations {
            for method in [Method::PUT, Method::DELETE, Method::HEAD] {
                let mut others = interface.operations.iter();
                if others.any(|other| other.path == operation.path && other.method == method) {
                    continue;
                }
                let path = operation.examples[0].path_and_query;
                let example = &operation.examples[0];
                let mut request = request(&client, operation, interface.path_prefix, path, example);
                *request.method_mut() = method;
                let seen = client.send(Profile::Int, request).await;
                assert!(seen.status.is_client_error(), "{} {}", operation.id, seen.status);
            }
        }
    }
}

#[test]
fn statements_are_whole() {
    let client = Client::new();
    let mut ids = BTreeSet::new();
    for interface in client.nhs.interfaces() {
        assert!(ids.insert(interface.id), "{} is there twice", interface.id);
        assert!(interface.path_prefix.starts_with('/') && !interface.path_prefix.ends_with('/'));
        assert!(interface.specification.starts_with("https://digital.nhs.uk/"));
        assert!(!interface.profiles.is_empty() && !interface.operations.is_empty());
        for sentence in interface.deviations.iter().chain([&interface.summary]) {
            assert!(sentence.ends_with('.'), "{sentence}");
        }
        let mut operations = BTreeSet::new();
        for operation in interface.operations {
            assert!(operations.insert(operation.id), "{} is there twice", operation.id);
            assert!(operation.summary.ends_with('.') && operation.specification.starts_with("https://"));
            assert!(
                operation
                    .logins
                    .iter()
                    .all(|login| interface.logins.contains(login)),
                "{}",
                operation.id
            );
            for fault in operation.faults {
                assert!(fault.when.ends_with('.'), "{}", fault.when);
            }
            for field in operation.fields {
                assert!(field.hint.ends_with('.'), "{}", field.hint);
            }
        }
    }
}

#[test]
fn every_interface_has_a_readme_that_says_what_the_statement_says() {
    let client = Client::new();
    for interface in client.nhs.interfaces() {
        let folder = interface.id.replace('-', "_");
        let path = format!("{}/src/interfaces/{folder}/README.md", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        for part in [
            "## Same as the NHS's",
            "## Different",
            "## Missing",
            interface.specification,
        ] {
            assert!(text.contains(part), "{path}: {part}");
        }
        for deviation in interface.deviations {
            assert!(
                text.contains(&format!("\n- {deviation}\n")),
                "{path}: {deviation}"
            );
        }
        for missing in interface.missing {
            assert!(
                text.contains(&format!("\n- {} (", missing.title)),
                "{path}: {}",
                missing.title
            );
        }
    }
}
