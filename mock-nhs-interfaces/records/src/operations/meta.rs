//! `$meta`, `$meta-add`, `$meta-delete`: the profiles, tags and security labels of a resource, a type, everything.
//! <https://hl7.org/fhir/R4/resource-operation-meta.html>
//!
//! A change makes a version, as every change does here; R4 leaves that to the server.

use std::collections::HashSet;

use axum::body::Body;
use fhir::json::Json;

use super::code::subject as subject_of;
use super::inputs::Inputs;
use super::outputs::Outputs;
use crate::server::operation::Subject;
use crate::server::preconditions::Preconditions;
use crate::server::{Accepted, Answer, Call, Refusal};
use crate::{Change, ResourceId, ResourceType};

/// What can be added and taken away.
const LISTS: [&str; 3] = ["profile", "security", "tag"];

/// What is done with a resource's profiles, tags and labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    Add,
    Delete,
}

/// Reads the `meta` of a resource, or what those of a type or of all types have.
pub(super) async fn read_meta(call: &Call<'_>, subject: Subject<'_>, body: Body) -> Result<Answer, Refusal> {
    Inputs::read(call, body, "").await?;
    let view = call.view().await?;
    let meta = match subject {
        Subject::Instance(..) => {
            let resource = subject_of(&view, subject)?;
            resource
                .and_then(|resource| resource.get("meta").cloned())
                .unwrap_or_default()
        }
        Subject::Type(kind) => crate::bundle::apart(move || Ok(union(view.metas(kind)))).await?,
        Subject::System => {
            let all = crate::bundle::apart(move || {
                Ok(union(ResourceType::all().flat_map(|kind| view.metas(kind))))
            });
            all.await?
        }
    };
    Ok(answer(meta))
}

/// Adds to the `meta` of a resource, or takes away.
pub(super) async fn edit_meta(
    call: &Call<'_>,
    subject: Subject<'_>,
    body: Body,
    edit: Edit,
) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, "meta").await?;
    let sent = inputs.value("meta").filter(|meta| meta.as_object().is_some());
    let sent = sent.ok_or(Refusal::Parameter {
        name: "meta",
        value: String::new(),
        wanted: "a valueMeta inside Parameters: the profiles, tags and security labels",
    })?;
    let Subject::Instance(kind, id) = subject else {
        return Err(Refusal::UnknownPath);
    };
    let preconditions = Preconditions::of(call)?;
    let meta = call
        .change(|draft| {
            let mut resource = subject_of(draft.view(), subject)?.ok_or(Refusal::Broken)?;
            preconditions.check(draft, kind, id)?;
            let before = resource.get("meta").cloned().unwrap_or(Json::Object(Vec::new()));
            let after = edited(&before, sent, edit);
            if after == before {
                return Ok(before);
            }
            resource.set("meta", after);
            let accepted = Accepted::of_tree(resource, kind)?;
            let id = ResourceId::parse(id).ok_or_else(|| Refusal::BadId(id.to_owned()))?;
            let record = draft.put(kind, &id, &accepted.text, Change::Updated)?;
            Ok(Json::parse(&record.text)?
                .get("meta")
                .cloned()
                .unwrap_or_default())
        })
        .await?;
    Ok(answer(meta))
}

fn answer(meta: Json) -> Answer {
    let mut outputs = Outputs::default();
    outputs.add("return", "valueMeta", meta);
    outputs.into_answer()
}

/// The lists of `meta` with those of `sent` added or taken away; the rest stays.
fn edited(meta: &Json, sent: &Json, edit: Edit) -> Json {
    let mut edited = meta.clone();
    for key in LISTS {
        let items = |json: &Json| {
            json.get(key)
                .and_then(Json::as_array)
                .unwrap_or_default()
                .to_vec()
        };
        let (mut list, sent) = (items(meta), items(sent));
        match edit {
            Edit::Add => {
                for one in sent {
                    if !list.iter().any(|other| is_same(other, &one)) {
                        list.push(one);
                    }
                }
            }
            Edit::Delete => list.retain(|one| !sent.iter().any(|other| is_same(one, other))),
        }
        if list.is_empty() {
            edited.remove(key);
        } else {
            edited.set(key, Json::Array(list));
        }
    }
    edited
}

/// Whether two are one: profiles by their address, tags and labels by system and code.
fn is_same(one: &Json, other: &Json) -> bool {
    match (one.as_str(), other.as_str()) {
        (None, None) => one.text("system") == other.text("system") && one.text("code") == other.text("code"),
        texts => texts.0 == texts.1,
    }
}

/// All lists together, each value once.
fn union(metas: impl IntoIterator<Item = Json>) -> Json {
    let mut seen = HashSet::new();
    let mut lists = LISTS.map(|key| (key, Vec::new()));
    for meta in metas {
        for (key, list) in &mut lists {
            for one in meta.get(key).into_iter().flat_map(Json::items) {
                let name = |member: &str| one.text(member).unwrap_or_default().to_owned();
                let own = one.as_str().unwrap_or_default().to_owned();
                if seen.insert((*key, own, name("system"), name("code"))) {
                    list.push(one.clone());
                }
            }
        }
    }
    let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
    Json::object(lists.map(|(key, list)| (key, Json::Array(list))))
}

#[cfg(test)]
mod tests {
    use fhir::json::Json;

    use super::{Edit, edited};

    #[test]
    fn lists_are_added_to_and_taken_from() {
        let check = |edit: Edit, meta: &str, sent: &str, expected: &str| {
            let parse = |text: &str| Json::parse(text.as_bytes()).unwrap();
            assert_eq!(
                edited(&parse(meta), &parse(sent), edit).to_text(),
                expected,
                "{meta} {sent}"
            );
        };
        let one = r#"{"versionId":"1","tag":[{"system":"s","code":"a"}]}"#;
        check(
            Edit::Add,
            one,
            r#"{"tag":[{"system":"s","code":"a","display":"A"}]}"#,
            one,
        );
        check(
            Edit::Add,
            one,
            r#"{"versionId":"9","profile":["p"],"tag":[{"code":"a"}]}"#,
            r#"{"versionId":"1","tag":[{"system":"s","code":"a"},{"code":"a"}],"profile":["p"]}"#,
        );
        check(
            Edit::Delete,
            one,
            r#"{"tag":[{"system":"s","code":"a"}]}"#,
            r#"{"versionId":"1"}"#,
        );
        check(
            Edit::Delete,
            one,
            r#"{"tag":[{"system":"t","code":"a"}],"profile":["p"]}"#,
            one,
        );
        check(Edit::Delete, one, r#"{"tag":"a"}"#, one);
    }
}
