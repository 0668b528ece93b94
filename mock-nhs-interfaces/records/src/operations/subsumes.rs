//! `CodeSystem/$subsumes`: <https://hl7.org/fhir/R4/codesystem-operation-subsumes.html>.

use axum::body::Body;

use super::code::ask;
use super::inputs::Inputs;
use super::outputs::Outputs;
use super::validate_code::system_of;
use crate::server::operation::Subject;
use crate::server::{Answer, Call, Refusal};

const KNOWN: &str = "codeA, codeB, system, version, codingA, codingB";

/// Tells how two codes of one system stand to each other.
pub(super) async fn compare_codes(
    call: &Call<'_>,
    subject: Subject<'_>,
    body: Body,
) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, KNOWN).await?;
    let (a, system_a) = one(&inputs, "codeA", "codingA")?;
    let (b, system_b) = one(&inputs, "codeB", "codingB")?;
    if let (Some(a), Some(b)) = (&system_a, &system_b)
        && a != b
    {
        return Err(Refusal::Parameter {
            name: "codingB",
            value: b.clone(),
            wanted: "of the same code system as codingA",
        });
    }
    let named = inputs.text("system").map(str::to_owned).or(system_a).or(system_b);
    let system = system_of(call, subject, named.as_deref()).await?;
    let system = system.ok_or_else(|| Refusal::Parameter {
        name: "system",
        value: String::new(),
        wanted: "the canonical address of a code system",
    })?;
    let version = inputs.text("version").map(str::to_owned);
    let found = ask(call, move |library| {
        Ok(library.subsumes(&system, version.as_deref(), &a, &b)?)
    })
    .await?;
    let mut outputs = Outputs::default();
    outputs.text("outcome", "valueCode", Some(found.code()));
    Ok(outputs.into_answer())
}

/// One of the two codes, and the system that it comes with.
fn one(inputs: &Inputs, code: &'static str, coding: &str) -> Result<(String, Option<String>), Refusal> {
    let coding = inputs.value(coding);
    let found = inputs.text(code).or_else(|| coding?.text("code"));
    let found = found.ok_or(Refusal::Parameter {
        name: code,
        value: String::new(),
        wanted: "a code; or there is a coding in its place",
    })?;
    let system = coding.and_then(|coding| coding.text("system"));
    Ok((found.to_owned(), system.map(str::to_owned)))
}
