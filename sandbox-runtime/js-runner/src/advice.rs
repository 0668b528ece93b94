//! What the engine's sentence leaves out and somebody who learns needs: which name was no function, and what to write instead of what
//! other places have.

use crate::{exports, source};

/// Names of other places, and what is here instead.
const ELSEWHERE: [(&str, &str); 16] = [
    (
        "require",
        "`require` is of Node.js; here it is written import x from \"./x.js\"",
    ),
    (
        "module",
        "`module.exports` is of Node.js; here it is written export default …",
    ),
    ("exports", "`exports` is of Node.js; here it is written export …"),
    (
        "process",
        "`process` is of Node.js; configuration and secrets are in `env`, the second value that fetch is given",
    ),
    (
        "Buffer",
        "`Buffer` is of Node.js; bytes are a Uint8Array here, TextEncoder and TextDecoder turn texts into bytes and back, btoa and atob are for base64",
    ),
    (
        "__dirname",
        "`__dirname` is of Node.js; files of the app are read with import",
    ),
    (
        "__filename",
        "`__filename` is of Node.js; files of the app are read with import",
    ),
    ("global", "`global` is of Node.js; here it is `globalThis`"),
    (
        "Deno",
        "this is not Deno; write export default { fetch(request) { … } } instead of Deno.serve",
    ),
    (
        "Bun",
        "this is not Bun; write export default { fetch(request) { … } } instead of Bun.serve",
    ),
    (
        "window",
        "`window` is in a page; this code runs on the server and answers with a page",
    ),
    (
        "document",
        "`document` is in a page; this code runs on the server and answers with a page",
    ),
    (
        "alert",
        "`alert` is in a page; this code runs on the server, where console.log writes to the log",
    ),
    (
        "localStorage",
        "`localStorage` is in a page; to keep something use env.store",
    ),
    (
        "sessionStorage",
        "`sessionStorage` is in a page; to keep something use env.store",
    ),
    ("XMLHttpRequest", "`XMLHttpRequest` is old; use fetch"),
];

/// The message with what it lacks; `None` when it says enough. `line` is the line of the source and the column in it, from 1.
pub(crate) fn of(message: &str, line: Option<(&str, u32)>) -> Option<String> {
    if message == "TypeError: not a function" {
        let (line, column) = line?;
        return Some(format!(
            "TypeError: {} is not a function",
            source::called(line, column)?
        ));
    }
    if let Some(said) = exports::missing(message) {
        return Some(said);
    }
    let advice = if let Some(name) = message
        .strip_prefix("ReferenceError: ")
        .and_then(|rest| rest.strip_suffix(" is not defined"))
    {
        let (_, instead) = ELSEWHERE.iter().find(|(elsewhere, _)| *elsewhere == name)?;
        (*instead).to_owned()
    } else if message == "RangeError: Maximum call stack size exceeded" {
        "functions called each other too deeply; look for one that calls itself without end".to_owned()
    } else if message == "TypeError: Cannot convert undefined or null to object" {
        "what was to be taken apart is not there".to_owned()
    } else if message.starts_with("SyntaxError: ") {
        of_syntax(message, line?.0)?.to_owned()
    } else {
        return None;
    };
    Some(format!("{message} ({advice})"))
}

/// What is wrong with the line, as far as one look at it tells.
fn of_syntax(message: &str, line: &str) -> Option<&'static str> {
    let start = line.trim_start();
    if message.contains("unexpected character") && line.contains(['“', '”', '‘', '’', '„']) {
        return Some(
            "these are curly quotes, as word processors write them; code takes straight ones: \" or '",
        );
    }
    if message.contains("unexpected end of string") {
        return Some("the closing quote or backtick of a text is missing");
    }
    if message.contains("'await'") || (message.contains("expecting") && line.contains("await ")) {
        return Some("`await` only works in a function that begins with `async`: async fetch(request)");
    }
    if start.starts_with('<') || line.contains("return <") || line.contains("(<") {
        return Some("HTML stands in quotes, or in html`…` of the module nhs; there is no JSX here");
    }
    if start.starts_with("def ")
        || start.starts_with("from ")
        || (start.starts_with("import ") && !line.contains(['"', '\'']))
    {
        return Some("this looks like Python; a script is JavaScript or TypeScript");
    }
    if start.starts_with('@') {
        return Some("decorators are not there");
    }
    None
}
