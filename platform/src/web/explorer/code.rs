//! A request as curl, JavaScript, Python and Rust: text that works as it stands when it is copied.

use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::statement::{OperationStatement, Statement};

use super::login::Who;
use super::request::Prepared;
use crate::egress::FHIR_HOST;

/// One language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Snippet {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// Where it runs.
    pub(super) hint: &'static str,
    pub(super) text: String,
}

/// What the texts are made from.
struct Call<'c> {
    method: &'c str,
    /// From a terminal or a program outside.
    outside: String,
    /// From an app in the sandbox.
    inside: String,
    /// Without the login.
    headers: Vec<(&'c str, &'c str)>,
    /// What a program outside has to send to be logged in.
    login: Vec<(&'static str, String)>,
    body: Option<&'c str>,
}

impl<'c> Call<'c> {
    fn of(
        interface: &Statement,
        operation: &'c OperationStatement,
        prepared: &'c Prepared,
        workspace_address: &str,
        token: &str,
    ) -> Self {
        let path = format!("{}{}", interface.path_prefix, prepared.path_and_query);
        let mut headers: Vec<(&str, &str)> = Vec::new();
        if let Some((media, _)) = &prepared.body {
            headers.push(("Content-Type", media));
        }
        headers.extend(
            prepared
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        let bearer = || ("Authorization", format!("Bearer {token}"));
        Self {
            method: operation.method.as_str(),
            outside: match prepared.profile {
                Some(profile) => format!("{workspace_address}/nhs/{profile}{path}"),
                None => format!("{workspace_address}/fhir{path}"),
            },
            inside: match prepared.profile {
                Some(profile) => format!("https://{}{path}", profile.host()),
                None => format!("https://{FHIR_HOST}{path}"),
            },
            headers,
            login: match (&prepared.who, prepared.profile) {
                (Who::Nobody, _) | (_, None | Some(Profile::Sandbox)) => Vec::new(),
                (Who::Application, _) => vec![("apikey", token.to_owned()), bearer()],
                (Who::Workspace | Who::Clinician(_) | Who::Patient, _) => vec![bearer()],
            },
            body: prepared.body.as_ref().map(|(_, text)| text.as_str()),
        }
    }
}

/// `fetch(…)`, for an app in the sandbox.
pub(super) fn call_of_an_app(
    interface: &Statement,
    operation: &OperationStatement,
    prepared: &Prepared,
) -> String {
    fetch_call(&Call::of(interface, operation, prepared, "", ""))
}

/// The four.
pub(super) fn snippets(
    interface: &Statement,
    operation: &OperationStatement,
    prepared: &Prepared,
    workspace_address: &str,
    token: &str,
) -> Vec<Snippet> {
    let call = Call::of(interface, operation, prepared, workspace_address, token);
    vec![
        Snippet {
            id: "javascript",
            title: "JavaScript",
            hint: "For an app in this sandbox: it is logged in by itself.",
            text: javascript(&call),
        },
        Snippet {
            id: "curl",
            title: "curl",
            hint: "For a terminal on this computer.",
            text: curl(&call),
        },
        Snippet {
            id: "python",
            title: "Python",
            hint: "For Python 3 on this computer, with nothing to install.",
            text: python(&call),
        },
        Snippet {
            id: "rust",
            title: "Rust",
            hint: "For an app in this sandbox, with the crate wstd: it is logged in by itself.",
            text: rust(&call),
        },
    ]
}

/// In single quotes, where a shell reads nothing as anything else.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text as JSON writes it, which JavaScript and Python read as well.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn curl(call: &Call<'_>) -> String {
    let mut text = String::from("curl");
    if call.method != "GET" {
        text += &format!(" -X {}", call.method);
    }
    text += &format!(" {}", shell(&call.outside));
    for (name, value) in &call.login {
        text += &format!(" \\\n  -H {}", shell(&format!("{name}: {value}")));
    }
    for (name, value) in &call.headers {
        text += &format!(" \\\n  -H {}", shell(&format!("{name}: {value}")));
    }
    if let Some(body) = call.body {
        text += &format!(" \\\n  --data-raw {}", shell(body));
    }
    text
}

fn is_request_id(name: &str) -> bool {
    name.eq_ignore_ascii_case("x-request-id")
}

fn javascript(call: &Call<'_>) -> String {
    format!(
        "const answer = await {};\nif (!answer.ok) throw new Error(`It answered ${{answer.status}}`);\nconst found = await answer.json();\nconsole.log(found);",
        fetch_call(call)
    )
}

fn fetch_call(call: &Call<'_>) -> String {
    let mut options = Vec::new();
    if call.method != "GET" {
        options.push(format!("  method: {},", quoted(call.method)));
    }
    let headers: Vec<String> = call
        .headers
        .iter()
        .map(|(name, value)| {
            let value = if is_request_id(name) {
                "crypto.randomUUID()".to_owned()
            } else {
                quoted(value)
            };
            format!("    {}: {value},", quoted(name))
        })
        .collect();
    if !headers.is_empty() {
        options.push(format!("  headers: {{\n{}\n  }},", headers.join("\n")));
    }
    if let Some(body) = call.body {
        let is_json = serde_json::from_str::<serde_json::Value>(body)
            .is_ok_and(|body| body.is_object() || body.is_array());
        options.push(if is_json {
            format!("  body: JSON.stringify({}),", body.trim().replace('\n', "\n  "))
        } else {
            format!("  body: {},", quoted(body))
        });
    }
    let options = if options.is_empty() {
        String::new()
    } else {
        format!(", {{\n{}\n}}", options.join("\n"))
    };
    format!("fetch({}{options})", quoted(&call.inside))
}

fn python(call: &Call<'_>) -> String {
    let mut text = String::from("import json\nimport urllib.request\nimport uuid\n\n");
    text += &format!(
        "request = urllib.request.Request(\n    {},\n    method={},\n",
        quoted(&call.outside),
        quoted(call.method)
    );
    let login = call.login.iter().map(|(name, value)| (*name, value.as_str()));
    let headers: Vec<String> = login
        .chain(call.headers.iter().copied())
        .map(|(name, value)| {
            let value = if is_request_id(name) {
                "str(uuid.uuid4())".to_owned()
            } else {
                quoted(value)
            };
            format!("        {}: {value},", quoted(name))
        })
        .collect();
    if !headers.is_empty() {
        text += &format!("    headers={{\n{}\n    }},\n", headers.join("\n"));
    }
    if let Some(body) = call.body {
        text += &format!("    data={}.encode(),\n", quoted(body));
    }
    text += ")\nwith urllib.request.urlopen(request) as answer:\n    print(json.dumps(json.load(answer), indent=2))";
    text
}

fn rust(call: &Call<'_>) -> String {
    let mut text = String::from("use wstd::http::{Body, Client, Request};\n\n");
    text += &format!(
        "let request = Request::builder()\n    .method({:?})\n    .uri({:?})\n",
        call.method, call.inside
    );
    for (name, value) in &call.headers {
        text += &format!("    .header({name:?}, {value:?})\n");
    }
    text += &match call.body {
        Some(body) => format!("    .body(Body::from({body:?}))?;\n"),
        None => "    .body(Body::empty())?;\n".to_owned(),
    };
    text += "let answer = Client::new().send(request).await?;\nprintln!(\"{}\", answer.status());\nlet body = answer.into_body().bytes_contents().await?;\nprintln!(\"{}\", String::from_utf8_lossy(&body));";
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(body: Option<&'static str>) -> Call<'static> {
        Call {
            method: if body.is_some() { "POST" } else { "GET" },
            outside: "http://127.0.0.1:8080/w/demo/nhs/int/x?a=O'Brien".to_owned(),
            inside: "https://int.api.service.nhs.uk/x?a=O'Brien".to_owned(),
            headers: vec![("X-Request-ID", "60E0B220"), ("Accept", "a\"b")],
            login: vec![("Authorization", "Bearer TOKEN".to_owned())],
            body,
        }
    }

    #[test]
    fn nothing_breaks_out_of_its_quotes() {
        assert!(curl(&call(None)).starts_with(r"curl 'http://127.0.0.1:8080/w/demo/nhs/int/x?a=O'\''Brien'"));
        assert!(curl(&call(Some("a'b"))).contains(r"--data-raw 'a'\''b'"));
        assert!(javascript(&call(Some("a`${b}"))).contains(r#"body: "a`${b}""#));
        assert!(javascript(&call(Some("{\"a\":1}"))).contains("JSON.stringify({\"a\":1})"));
        assert!(python(&call(None)).contains(r#""Accept": "a\"b""#));
        assert!(rust(&call(Some("a\"b"))).contains(r#"Body::from("a\"b")"#));
    }

    #[test]
    fn the_token_is_for_outside_only_and_ids_are_made_anew() {
        for (text, has_token) in [
            (curl(&call(None)), true),
            (python(&call(None)), true),
            (javascript(&call(None)), false),
            (rust(&call(None)), false),
        ] {
            assert_eq!(text.contains("TOKEN"), has_token, "{text}");
        }
        assert!(javascript(&call(None)).contains("\"X-Request-ID\": crypto.randomUUID()"));
        assert!(python(&call(None)).contains("str(uuid.uuid4())"));
    }
}
