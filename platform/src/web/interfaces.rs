//! The interfaces of a workspace as its page lists them: where to reach them, and one command that works.

use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::interface::{Login, Need, Place};
use mock_nhs_interfaces::statement::{
    ExampleStatement, FieldStatement, OperationStatement, Origin, Statement,
};

use crate::egress::FHIR_HOST;

/// One interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InterfaceView {
    pub(super) title: String,
    pub(super) summary: String,
    /// Where it comes from, when it is not a part of the program.
    pub(super) origin: Option<&'static str>,
    /// Where apps and people reach it.
    pub(super) doors: Vec<Door>,
    /// The operations in plain words, one after the other.
    pub(super) operations: String,
    /// The label of the details with the command.
    pub(super) curl_title: &'static str,
    /// What the command shows.
    pub(super) example: String,
    /// A command that works as it stands; `None` for an interface that states no example.
    pub(super) curl: Option<String>,
    /// The workspace's access token, where the command needs it.
    pub(super) token: Option<String>,
}

/// One address of an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Door {
    pub(super) what: String,
    pub(super) address: String,
}

/// The view of the workspace's own FHIR server, which answers at `base`.
pub(super) fn fhir_server(base: &str) -> InterfaceView {
    InterfaceView {
        title: "FHIR server of this workspace".to_owned(),
        summary: "Holds the whole record of every made-up person: problems, results, medicines, appointments and more. Yours to change and to set back.".to_owned(),
        origin: None,
        doors: vec![
            Door {
                what: "In an app".to_owned(),
                address: format!("https://{FHIR_HOST}"),
            },
            Door {
                what: "From outside".to_owned(),
                address: base.to_owned(),
            },
        ],
        operations: "Read, search, create, change and delete records, see every earlier version".to_owned(),
        curl_title: "Try it with curl",
        example: "Finds the patients of the family Massam".to_owned(),
        curl: Some(format!("curl \"{base}/Patient?family=Massam&_pretty=true\"")),
        token: None,
    }
}

/// Makes the view of one interface in the workspace at `workspace_address`, for example `http://127.0.0.1:8080/w/demo`.
pub(super) fn view(interface: &Statement, workspace_address: &str, token: &str) -> InterfaceView {
    let prefix = &interface.path_prefix;
    let doors = interface.profiles.iter().flat_map(|profile| {
        [
            Door {
                what: format!("In an app ({profile})"),
                address: format!("https://{}{prefix}", profile.host()),
            },
            Door {
                what: format!("From outside ({profile})"),
                address: format!("{workspace_address}/nhs/{profile}{prefix}"),
            },
        ]
    });
    let profile = if interface.profiles.contains(&Profile::Int) {
        Profile::Int
    } else {
        Profile::Sandbox
    };
    // An operation that answers well, and the first such example of it.
    let shown = interface.operations.iter().find_map(|operation| {
        operation
            .examples
            .iter()
            .find(|example| example.status == 200 && example.body.is_none())
            .map(|example| (operation, example))
    });
    let needs_token = shown.is_some_and(|(operation, _)| login(operation).is_some());
    InterfaceView {
        title: interface.title.to_string(),
        summary: interface.summary.to_string(),
        origin: match interface.origin {
            Origin::BuiltIn => None,
            Origin::Added => {
                Some("Added to this workspace: it answers with the examples of its OpenAPI document.")
            }
        },
        doors: doors.collect(),
        operations: interface
            .operations
            .iter()
            .map(|operation| &*operation.title)
            .collect::<Vec<_>>()
            .join(", "),
        curl_title: if needs_token {
            "Try it with curl and this workspace's access token"
        } else {
            "Try it with curl"
        },
        example: shown.map_or_else(String::new, |(_, example)| example.title.to_string()),
        curl: shown.map(|(operation, example)| {
            let address = format!(
                "{workspace_address}/nhs/{profile}{prefix}{}",
                example.path_and_query
            );
            curl(operation, example, &address, token)
        }),
        token: needs_token.then(|| token.to_owned()),
    }
}

/// How to log in for an operation that somebody must log in for.
fn login(operation: &OperationStatement) -> Option<Login> {
    let open = operation.logins.is_empty() || operation.logins.contains(&Login::Open);
    if open {
        None
    } else {
        operation.logins.first().copied()
    }
}

/// In double quotes, because the shells of Windows know no others.
fn curl(operation: &OperationStatement, example: &ExampleStatement, address: &str, token: &str) -> String {
    let mut command = String::from("curl");
    match login(operation) {
        Some(Login::Application | Login::HealthcareWorker | Login::Citizen | Login::Mailbox) => {
            command += &format!(" -H \"Authorization: Bearer {token}\"")
        }
        Some(Login::ApiKey) => command += &format!(" -H \"apikey: {token}\""),
        Some(Login::Open) | None => {}
    }
    let fields = operation.fields.iter().filter(|field| is_needed_header(field));
    let fields = fields.map(|field| (&field.name, &field.example));
    let own = example.headers.iter().map(|(name, value)| (name, value));
    let mut said: Vec<&str> = Vec::new();
    for (name, value) in own.chain(fields) {
        let is_plain = |text: &str| !text.contains(['"', '\\', '$', '`', '%']);
        if !said.iter().any(|known| known.eq_ignore_ascii_case(name)) && is_plain(name) && is_plain(value) {
            said.push(name);
            command += &format!(" -H \"{name}: {value}\"");
        }
    }
    format!("{command} \"{address}\"")
}

fn is_needed_header(field: &FieldStatement) -> bool {
    field.place == Place::Header
        && !field.is_credential
        && matches!(field.need, Need::Required | Need::RequiredRepeatable)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mock_nhs_interfaces::{MockNhs, Population};
    use records::{Base, Records, RecordsConfig};
    use store::MemoryStore;

    use super::*;

    fn nhs() -> MockNhs {
        let base = Arc::new(Base::empty().unwrap());
        let store = Arc::new(MemoryStore::new());
        let records = Records::new(base, Arc::<MemoryStore>::clone(&store), RecordsConfig::default());
        MockNhs::new(Arc::new(Population::demo_seed()), records, store)
    }

    #[test]
    fn every_interface_has_a_command_and_shows_the_token_only_where_it_is_needed() {
        let nhs = nhs();
        for interface in nhs.interfaces() {
            let view = view(
                &Statement::from(interface),
                "http://127.0.0.1:8080/w/demo",
                "TOKEN",
            );
            let curl = view.curl.unwrap();
            assert!(curl.contains("\"http://127.0.0.1:8080/w/demo/nhs/"), "{curl}");
            assert_eq!(curl.contains("TOKEN"), view.token.is_some(), "{curl}");
            assert_eq!(view.doors.len(), 2 * interface.profiles.len());
        }
    }

    #[test]
    fn a_command_carries_what_the_operation_demands() {
        let nhs = nhs();
        let pds = nhs
            .interfaces()
            .iter()
            .find(|interface| interface.id == "pds")
            .unwrap();
        let curl = view(&Statement::from(pds), "http://127.0.0.1:8080/w/demo", "TOKEN")
            .curl
            .unwrap();
        assert!(
            curl.contains("-H \"Authorization: Bearer TOKEN\" -H \"X-Request-ID: "),
            "{curl}"
        );
        assert!(
            curl.contains("/w/demo/nhs/int/personal-demographics/FHIR/R4/Patient"),
            "{curl}"
        );
    }
}
