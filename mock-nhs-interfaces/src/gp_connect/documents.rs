//! Documents of a patient: which there are, and their bytes.
//! Source: <https://developer.nhs.uk/apis/gpconnect/access_documents_development_search_patient_documents.html>

use std::collections::BTreeSet;

use fhir::json::Json;

use super::Refused;
use super::dates::Moment;
use super::patients::{Patient, is_sensitive};
use super::places::{Read, Shelf, directory_entry};
use super::query::Query;
use super::refused::{INVALID_PARAMETER, NO_RECORD_FOUND};
use super::stu3::administration::ODS_SYSTEM;
use super::stu3::shape::{Shape, concept, items, reference, referred};
use crate::lookup::{LookupError, escaped};

/// Longest document that is handed out, in bytes of base64.
const MOST_BYTES: usize = 5 * 1024 * 1024;

/// The patient's documents, newest first, without what may not be shown.
fn documents(shelf: &Shelf<'_>, patient: &Patient) -> Result<Vec<Read>, LookupError> {
    let criteria = format!("patient=Patient/{}&status=current", escaped(patient.read.id()));
    let mut found = shelf.find("DocumentReference", &criteria)?;
    found.retain(|read| !is_sensitive(&read.r4));
    found.sort_by(|one, other| other.r4.text("date").cmp(&one.r4.text("date")));
    Ok(found)
}

/// What is asked of a patient's documents.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    from: Option<Moment>,
    to: Option<Moment>,
    /// ODS code of an organisation.
    author: Option<&'a str>,
    description: Option<String>,
}

impl<'a> Wanted<'a> {
    /// Reads the query; `must_include` where the NHS wants the `_include` parameters in any case.
    ///
    /// # Errors
    /// A date has no prefix, an author is no organisation, or an `_include` is missing.
    pub(crate) fn of(query: &'a Query, must_include: &[&str]) -> Result<Self, Refused> {
        if let Some(missing) = must_include.iter().find(|what| !query.has("_include", what)) {
            return Err(Refused::saying(
                &INVALID_PARAMETER,
                format!("_include={missing} is missing."),
            ));
        }
        let (mut from, mut to) = (None, None);
        for created in query.all("created") {
            let invalid = || Refused::saying(&INVALID_PARAMETER, "created is eq, ge or le, and a day.");
            let (prefix, text) = created.split_at_checked(2).ok_or_else(invalid)?;
            let moment = Some(Moment::parse(text).ok_or_else(invalid)?);
            match prefix {
                "eq" => (from, to) = (moment, moment),
                "ge" => from = moment,
                "le" => to = moment,
                _ => return Err(invalid()),
            }
        }
        let author = query.first("author").map(|author| {
            let code = author
                .strip_prefix(ODS_SYSTEM)
                .and_then(|rest| rest.strip_prefix('|'));
            code.ok_or(Refused::saying(
                &INVALID_PARAMETER,
                "author is an ODS code, with its system.",
            ))
        });
        Ok(Self {
            from,
            to,
            author: author.transpose()?,
            description: query.first("description").map(str::to_lowercase),
        })
    }

    fn wants(&self, read: &Read) -> bool {
        let created = read.r4.text("date").and_then(Moment::parse);
        let is_in_time = created.is_none_or(|created| {
            self.from.is_none_or(|from| from.begins <= created.begins)
                && self.to.is_none_or(|to| created.begins < to.ends)
        });
        let description = read.r4.text("description").unwrap_or_default().to_lowercase();
        let is_described = self
            .description
            .as_ref()
            .is_none_or(|wanted| description.contains(wanted));
        let is_authors = self.author.is_none_or(|code| {
            let by = items(&read.r4, "author").chain(read.r4.get("custodian"));
            by.filter_map(|one| referred(one, "Organization"))
                .any(|id| id == code)
        });
        is_in_time && is_described && is_authors
    }
}

/// The Bundle of a patient's documents, with the patient and whoever wrote and keeps them.
///
/// # Errors
/// When the search went too far.
pub(crate) fn search(
    shelf: &Shelf<'_>,
    patient: &Patient,
    wanted: &Wanted<'_>,
    query: &Query,
    base: &str,
) -> Result<Json, Refused> {
    let found: Vec<Read> = documents(shelf, patient)?
        .into_iter()
        .filter(|read| wanted.wants(read))
        .collect();
    let mut named = BTreeSet::new();
    let includes = [
        (
            "DocumentReference:custodian:Organization",
            "custodian",
            "Organization",
        ),
        ("DocumentReference:author:Organization", "author", "Organization"),
        ("DocumentReference:author:Practitioner", "author", "Practitioner"),
    ];
    for (what, member, kind) in includes {
        if query.has("_include", what) {
            let who = found.iter().flat_map(|read| items(&read.r4, member));
            named.extend(who.filter_map(|one| Some((kind, referred(one, kind)?.to_owned()))));
        }
    }
    let mut resources = Vec::new();
    if query.has("_include", "DocumentReference:subject:Patient") {
        resources.push(patient.stu3());
    }
    resources.extend(found.iter().map(|read| told(read, base)));
    let with_roles = query.has("_revinclude:recurse", "PractitionerRole:practitioner");
    for (kind, id) in &named {
        resources.extend(shelf.read(kind, id).as_ref().and_then(directory_entry));
        if *kind == "Practitioner" && with_roles {
            resources.extend(shelf.roles(id)?.iter().filter_map(directory_entry));
        }
    }
    Ok(full_searchset(resources, base))
}

/// A Bundle whose entries have addresses.
pub(crate) fn full_searchset(resources: Vec<Json>, base: &str) -> Json {
    let entries = resources
        .into_iter()
        .map(|resource| {
            let kind = resource.text("resourceType").unwrap_or_default();
            let id = resource.text("id").unwrap_or_default();
            let address = format!("{base}/{kind}/{id}");
            Json::object([("fullUrl", Json::from(address)), ("resource", resource)])
        })
        .collect();
    Shape::new()
        .with("resourceType", "Bundle")
        .with(
            "meta",
            Json::object([(
                "profile",
                Json::from(vec![super::slots::SEARCHSET_PROFILE.into()]),
            )]),
        )
        .with("type", "searchset")
        .with_list("entry", entries)
        .json()
}

/// A document in STU3; its bytes are at the address of a `Binary` with the same id.
fn told(read: &Read, base: &str) -> Json {
    let r4 = &read.r4;
    let attachments = items(r4, "content")
        .filter_map(|content| content.get("attachment"))
        .map(|one| {
            let data = one.text("data").unwrap_or_default();
            let padding = data.bytes().rev().take_while(|byte| *byte == b'=').count();
            let size = (data.len() / 4 * 3).saturating_sub(padding);
            let attachment = Shape::new()
                .copying(one, &["contentType", "language"])
                .with("url", format!("{base}/Binary/{}", read.id()))
                .with("size", Json::integer(i64::try_from(size).unwrap_or(i64::MAX)))
                .copying(one, &["title", "creation"])
                .json();
            Json::object([("attachment", attachment)])
        });
    let setting = concept(
        "http://snomed.info/sct",
        "1060971000000108",
        "General practice service",
    );
    Shape::of(
        &read.record,
        "DocumentReference",
        "CareConnect-GPC-DocumentReference-1",
    )
    .identified(r4)
    .copying(r4, &["status", "type", "subject"])
    .with_time("created", r4, "date")
    .with_time("indexed", r4, "date")
    .copying(r4, &["author", "custodian", "description"])
    .with_list("content", attachments.collect())
    .with("context", Json::object([("practiceSetting", setting)]))
    .json()
}

/// The bytes of a patient's document.
///
/// # Errors
/// The patient has no such document, or it is too long.
pub(crate) fn binary(shelf: &Shelf<'_>, patient: &Patient, id: &str) -> Result<Json, Refused> {
    let missing = || Refused::plainly(&NO_RECORD_FOUND);
    let read = shelf.read("DocumentReference", id).ok_or_else(missing)?;
    let is_theirs = read
        .r4
        .get("subject")
        .is_some_and(|subject| referred(subject, "Patient") == Some(patient.read.id()));
    if !is_theirs || is_sensitive(&read.r4) || read.r4.text("status") != Some("current") {
        return Err(missing());
    }
    let attachment = items(&read.r4, "content").find_map(|content| content.get("attachment"));
    let attachment = attachment.ok_or_else(missing)?;
    let (kind, data) = match attachment.text("data") {
        Some(data) => (attachment.text("contentType"), data.to_owned()),
        None => {
            // The bytes are a resource of their own.
            let address = attachment.text("url").unwrap_or_default();
            let stored = shelf.follow(&reference(address), "Binary").ok_or_else(missing)?;
            let data = stored.r4.text("data").unwrap_or_default().to_owned();
            return told_binary(id, stored.r4.text("contentType"), data);
        }
    };
    told_binary(id, kind, data)
}

fn told_binary(id: &str, kind: Option<&str>, data: String) -> Result<Json, Refused> {
    if data.len() > MOST_BYTES {
        return Err(Refused::saying(
            &NO_RECORD_FOUND,
            "The document is longer than 5 MiB.",
        ));
    }
    Ok(Shape::new()
        .with("resourceType", "Binary")
        .with("id", id)
        .with("contentType", kind.unwrap_or("application/octet-stream"))
        .with("content", data)
        .json())
}
