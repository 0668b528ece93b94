//! What an app begins with that asks one operation: the step from the explorer to the workbench.

use bytes::Bytes;
use uuid::Uuid;

use super::form::Filled;
use super::{code, known, request};
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;

/// An app to be that asks one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct Beginning {
    /// The operation: "Read a patient".
    pub(in crate::web) title: String,
    /// The interface in plain words.
    pub(in crate::web) interface: String,
    /// What a manifest calls the interface.
    interface_id: String,
    /// `fetch(…)`, as it stands in a script.
    call: String,
}

/// For an operation that is written `pds/read_patient`; `None` where the workspace has no such one.
///
/// # Errors
/// When the store cannot answer.
pub(in crate::web) async fn beginning(
    app: &App,
    workspace: &Workspace,
    operation: &str,
) -> Result<Option<Beginning>, AppError> {
    let Some((interface, id)) = operation.split_once('/') else {
        return Ok(None);
    };
    let interface = match known::one(app, workspace, interface).await {
        Ok(interface) => interface,
        Err(AppError::UnknownInterface(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(operation) = interface.operations.iter().find(|known| known.id == id) else {
        return Ok(None);
    };
    let filled = Filled::at_first(&interface, operation);
    // In the script a new one for each request stands in its place.
    let id = Uuid::nil().to_string();
    let Ok(prepared) = request::prepare(&interface, operation, &filled, &id) else {
        return Ok(None);
    };
    Ok(Some(Beginning {
        title: operation.title.to_string(),
        interface: interface.title.to_string(),
        interface_id: interface.id.to_string(),
        call: code::call_of_an_app(&interface, operation, &prepared),
    }))
}

impl Beginning {
    /// The files of the app, which shows what it is answered.
    pub(in crate::web) fn files(&self, name: &str, title: &str, style: &'static str) -> Vec<(String, Bytes)> {
        let manifest = format!(
            "# What the sandbox needs to know about this app.\nname = \"{name}\"\ntitle = \"{title}\"\nmain = \"app.js\"\nuses = [\"{}\"]\n",
            self.interface_id
        );
        let script = script(&self.title, title, &self.call);
        [("app.toml", manifest), ("app.js", script)]
            .into_iter()
            .map(|(path, text)| (path.to_owned(), Bytes::from(text)))
            .chain([(
                "public/style.css".to_owned(),
                Bytes::from_static(style.as_bytes()),
            )])
            .collect()
    }
}

/// Titles of operations come from documents of strangers: in a comment they have one line, in the script they are a text. Nothing
/// is looked for in what was filled in.
fn script(operation: &str, heading: &str, call: &str) -> String {
    // Words with one space between them: all that JavaScript takes for the end of a line is white space, or a control character.
    let words: Vec<_> = operation
        .split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let heading = serde_json::to_string(heading).unwrap_or_default();
    let call = call.replace('\n', "\n    ");
    let mut script = String::with_capacity(SCRIPT.len() + 2 * heading.len() + call.len());
    for part in SCRIPT.split('\u{1}') {
        match part {
            "operation" => script.push_str(&words.join(" ")),
            "heading" => script.push_str(&heading),
            "call" => script.push_str(&call),
            text => script.push_str(text),
        }
    }
    script
}

/// What is filled in stands between characters that no text here has.
const SCRIPT: &str = concat!(
    r#"// This app asks one thing, and shows what it is answered: "#,
    "\u{1}operation\u{1}",
    r#"
// Change it and press Run (or Ctrl and Enter).

import { html } from "nhs";

export default {
  async fetch(request, env) {
    const answer = await "#,
    "\u{1}call\u{1}",
    r#";
    const text = await answer.text();

    return new Response(html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>${"#,
    "\u{1}heading\u{1}",
    r#"}</title>
          <link rel="stylesheet" href="style.css">
        </head>
        <body>
          <main>
            <h1>${"#,
    "\u{1}heading\u{1}",
    r#"}</h1>
            <p>${answer.ok ? "The interface answered." : `The interface said no: ${answer.status}.`}</p>
            <pre tabindex="0">${text}</pre>
          </main>
        </body>
      </html>`);
  },
};
"#
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_write_is_not_filled_in_again_and_ends_no_line() {
        let script = script(
            "List\u{2028}alert(1)\r\nheading \u{85} call \u{1}call\u{1}",
            "call \u{1}heading\u{1} \"list\"",
            "fetch(1,\n  {})",
        );
        let first = script.lines().next().unwrap();
        assert_eq!(
            first,
            "// This app asks one thing, and shows what it is answered: List alert(1) heading call call"
        );
        assert_eq!(script.matches("fetch(1,").count(), 1);
        assert!(script.contains("await fetch(1,\n      {});"), "{script}");
        let heading = r#"${"call \u0001heading\u0001 \"list\""}"#;
        assert_eq!(script.matches(heading).count(), 2, "{script}");
        assert!(!script.contains(['\u{2028}', '\u{85}', '\r', '\u{1}']));
    }
}
