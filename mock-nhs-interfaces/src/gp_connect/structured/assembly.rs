//! Collecting what goes into a Bundle: each resource once, and everybody that any of them names.

use std::collections::{BTreeSet, HashSet};

use fhir::json::Json;

use crate::gp_connect::patients::{Patient, is_sensitive};
use crate::gp_connect::places::{Practice, Read, Shelf, directory_entry};
use crate::gp_connect::stu3::clinical;
use crate::gp_connect::stu3::shape::{items, referred};
use crate::lookup::{LookupError, escaped};

/// A part of a record, newest first, without what may not be shown.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) kept: Vec<Read>,
    /// Whether anything was left out because it is confidential.
    pub(super) withheld: bool,
}

/// A Bundle that is being put together.
#[derive(Debug)]
pub(super) struct Assembly<'a> {
    pub(super) shelf: &'a Shelf<'a>,
    pub(super) practice: &'a Practice,
    pub(super) patient: &'a Patient,
    lists: Vec<Json>,
    resources: Vec<Json>,
    there: HashSet<String>,
    named: BTreeSet<String>,
    /// Problems that parts other than the problems themselves belong to.
    linked_problems: BTreeSet<String>,
    has_problems: bool,
}

impl<'a> Assembly<'a> {
    pub(super) fn begin(shelf: &'a Shelf<'a>, practice: &'a Practice, patient: &'a Patient) -> Self {
        let mut assembly = Self {
            shelf,
            practice,
            patient,
            lists: Vec::new(),
            resources: Vec::new(),
            there: HashSet::new(),
            named: BTreeSet::new(),
            linked_problems: BTreeSet::new(),
            has_problems: false,
        };
        assembly.add(patient.stu3());
        assembly
    }

    /// Takes a resource up, unless it is there.
    pub(super) fn add(&mut self, resource: Json) {
        let address = format!(
            "{}/{}",
            resource.text("resourceType").unwrap_or_default(),
            resource.text("id").unwrap_or_default()
        );
        if self.there.insert(address) {
            self.note_names(&resource);
            self.resources.push(resource);
        }
    }

    /// Takes a list up. Lists have no ids that others could name.
    pub(super) fn add_list(&mut self, list: Json) {
        self.note_names(&list);
        self.lists.push(list);
    }

    /// Remembers whom a resource names. No deeper than what was parsed can be.
    fn note_names(&mut self, json: &Json) {
        match json {
            Json::Object(members) => {
                if let Some(to) = json.text("reference")
                    && ["Practitioner/", "Organization/", "Location/"]
                        .iter()
                        .any(|kind| to.starts_with(kind))
                {
                    self.named.insert(to.to_owned());
                }
                members.iter().for_each(|(_, value)| self.note_names(value));
            }
            Json::Array(all) => all.iter().for_each(|one| self.note_names(one)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    /// The patient's resources of a type, newest first by the first of these members that is there.
    ///
    /// # Errors
    /// When the search went too far.
    pub(super) fn part(&self, kind: &str, dates: &[&str]) -> Result<Part, LookupError> {
        let criteria = format!("patient=Patient/{}", escaped(self.patient.read.id()));
        let found = self.shelf.find(kind, &criteria)?;
        let all = found.len();
        let is_shown =
            |read: &Read| !is_sensitive(&read.r4) && read.r4.text("status") != Some("entered-in-error");
        let mut kept: Vec<Read> = found.into_iter().filter(is_shown).collect();
        let withheld = kept.len() < all;
        kept.sort_by(|one, other| date(&other.r4, dates).cmp(date(&one.r4, dates)));
        Ok(Part { kept, withheld })
    }

    /// The problems of the patient: what is on the problem list.
    ///
    /// # Errors
    /// When the search went too far.
    pub(super) fn problems(&self) -> Result<Part, LookupError> {
        let mut part = self.part("Condition", &["recordedDate", "onsetDateTime"])?;
        part.kept.retain(|read| {
            let mut categories = items(&read.r4, "category")
                .flat_map(|one| items(one, "coding"))
                .peekable();
            categories.peek().is_none()
                || categories.any(|coding| coding.text("code") == Some("problem-list-item"))
        });
        Ok(part)
    }

    /// Remembers that something belongs to these problems, which come along with it.
    pub(super) fn link_problems<'r>(&mut self, of: impl Iterator<Item = &'r Json>) {
        let ids = of.filter_map(|reference| referred(reference, "Condition"));
        self.linked_problems.extend(ids.map(str::to_owned));
    }

    /// The problems have a list of their own already.
    pub(super) fn set_has_problems(&mut self) {
        self.has_problems = true;
    }

    /// Everything in its order: the patient, who is named, lists, the rest.
    ///
    /// # Errors
    /// When the search went too far.
    pub(super) fn finish(mut self) -> Result<Vec<Json>, LookupError> {
        if !self.has_problems && !self.linked_problems.is_empty() {
            self.add_linked_problems()?;
        }
        self.named.insert(format!("Organization/{}", self.practice.id()));
        let (organisations, directory) = self.directory()?;
        self.drop_loose_ends();
        let mut rest = self.resources.into_iter();
        let mut all: Vec<Json> = rest.next().into_iter().collect();
        all.extend(organisations);
        all.extend(directory);
        all.extend(self.lists);
        all.extend(rest);
        Ok(all)
    }

    /// Takes out references to what did not come along: a diagnosis that is no problem, a part of a panel.
    fn drop_loose_ends(&mut self) {
        let there = &self.there;
        let leads = |reference: Option<&str>| reference.is_some_and(|to| there.contains(to));
        for resource in &mut self.resources {
            for (member, is_target) in [("reasonReference", false), ("related", true)] {
                let Some(links) = resource.get_mut(member).and_then(Json::as_array_mut) else {
                    continue;
                };
                links.retain(|link| {
                    let link = if is_target { link.get("target") } else { Some(link) };
                    leads(link.and_then(|link| link.text("reference")))
                });
                if links.is_empty() {
                    resource.remove(member);
                }
            }
        }
    }

    /// Organisations, and everybody else who is named: also those that these name themselves.
    fn directory(&mut self) -> Result<(Vec<Json>, Vec<Json>), LookupError> {
        let (mut organisations, mut others) = (Vec::new(), Vec::new());
        let mut done = BTreeSet::new();
        while let Some(address) = self.named.pop_first() {
            if !done.insert(address.clone()) {
                continue;
            }
            let Some((kind, id)) = address.split_once('/') else {
                continue;
            };
            let Some(entry) = self.shelf.read(kind, id).as_ref().and_then(directory_entry) else {
                continue;
            };
            self.note_names(&entry);
            if kind == "Organization" {
                organisations.push(entry);
                continue;
            }
            others.push(entry);
            if kind == "Practitioner" {
                for role in self.shelf.roles(id)?.iter().filter_map(directory_entry) {
                    self.note_names(&role);
                    others.push(role);
                }
            }
        }
        Ok((organisations, others))
    }

    fn add_linked_problems(&mut self) -> Result<(), LookupError> {
        let ids = std::mem::take(&mut self.linked_problems);
        let part = self.problems()?;
        let linked: Vec<&Read> = part.kept.iter().filter(|read| ids.contains(read.id())).collect();
        if linked.is_empty() {
            return Ok(());
        }
        let addresses = linked.iter().map(|read| read.address()).collect();
        let list = super::lists::part(self, &super::lists::PROBLEMS, addresses, false);
        self.add_list(list);
        for read in linked {
            self.add(clinical::problem(read, &[]));
        }
        Ok(())
    }
}

fn date<'r>(r4: &'r Json, names: &[&str]) -> &'r str {
    let named = |name: &&str| match *name {
        "period" => r4.get("period")?.text("start"),
        name => r4.text(name),
    };
    names.iter().find_map(named).unwrap_or_default()
}
