//! Medicines: a statement of what is taken, the authorisation it is based on, and the issues of that.

use std::collections::HashMap;

use fhir::json::Json;

use super::assembly::Assembly;
use super::lists;
use crate::gp_connect::dates::day;
use crate::gp_connect::parameters::Medication;
use crate::gp_connect::places::Read;
use crate::gp_connect::stu3::medicine;
use crate::gp_connect::stu3::shape::{items, referred};
use crate::lookup::LookupError;

/// A patient's medicines, each request with its own.
#[derive(Debug)]
pub(super) struct Medicines {
    statements: Vec<Read>,
    plans: HashMap<String, Read>,
    /// By the authorisation that they are issues of.
    issues: HashMap<String, Vec<Read>>,
    pub(super) withheld: bool,
}

impl Medicines {
    pub(super) fn of(assembly: &Assembly<'_>) -> Result<Self, LookupError> {
        let statements = assembly.part("MedicationStatement", &["effectiveDateTime", "dateAsserted"])?;
        let requests = assembly.part("MedicationRequest", &["authoredOn"])?;
        let mut plans = HashMap::new();
        let mut issues: HashMap<String, Vec<Read>> = HashMap::new();
        for read in requests.kept {
            if read.r4.text("intent") == Some("plan") {
                plans.insert(read.id().to_owned(), read);
                continue;
            }
            let plan = items(&read.r4, "basedOn").find_map(|one| referred(one, "MedicationRequest"));
            let key = plan.unwrap_or(read.id()).to_owned();
            issues.entry(key).or_default().push(read);
        }
        Ok(Self {
            statements: statements.kept,
            plans,
            issues,
            withheld: statements.withheld || requests.withheld,
        })
    }

    /// Adds a statement with everything below it.
    fn add(&self, assembly: &mut Assembly<'_>, statement: &Read, with_issues: bool) {
        let based_on = based_on(statement);
        let plan = based_on.and_then(|id| self.plans.get(id));
        let issues = based_on
            .and_then(|id| self.issues.get(id))
            .map(Vec::as_slice)
            .unwrap_or_default();
        let last = issues
            .iter()
            .filter_map(|issue| issue.r4.text("authoredOn"))
            .max();
        let medication = medicine::medication(assembly.shelf, &statement.r4);
        let address = format!("Medication/{}", medication.text("id").unwrap_or_default());
        assembly.add(medication);
        assembly.add(medicine::statement(statement, plan, &address, last));
        if let Some(plan) = plan {
            assembly.link_problems(items(&plan.r4, "reasonReference"));
            assembly.add(medicine::request(plan, &address, issues.len()));
        }
        if with_issues {
            for issue in issues {
                assembly.add(medicine::request(issue, &address, 0));
            }
        }
    }

    /// Adds what a request belongs to: its statement, with all below it. Gives the statement's address.
    pub(super) fn add_of_request(&self, assembly: &mut Assembly<'_>, id: &str) -> Option<String> {
        let plan = self
            .issues
            .iter()
            .find(|(_, issues)| issues.iter().any(|issue| issue.id() == id))
            .map_or(id, |(plan, _)| plan.as_str());
        let statement = self.statements.iter().find(|one| based_on(one) == Some(plan))?;
        self.add(assembly, statement, false);
        Some(statement.address())
    }

    /// Adds one request with its medicine.
    pub(super) fn add_request(&self, assembly: &mut Assembly<'_>, request: &Read) {
        let medication = medicine::medication(assembly.shelf, &request.r4);
        let address = format!("Medication/{}", medication.text("id").unwrap_or_default());
        assembly.add(medication);
        let issued = self.issues.get(request.id()).map_or(0, Vec::len);
        assembly.add(medicine::request(request, &address, issued));
    }

    /// The requests that a test accepts.
    pub(super) fn requests(&self, accepts: impl Fn(&Json) -> bool) -> Vec<&Read> {
        let plans = self.plans.values();
        let issues = self.issues.values().flatten();
        let mut found: Vec<&Read> = plans.chain(issues).filter(|read| accepts(&read.r4)).collect();
        found.sort_by_key(|read| read.id());
        found
    }

    pub(super) fn is_plan(&self, id: &str) -> bool {
        self.plans.contains_key(id)
    }

    fn is_wanted(&self, statement: &Read, wanted: Medication) -> bool {
        let plan = based_on(statement).and_then(|id| self.plans.get(id));
        let is_repeat = plan.is_none_or(|plan| medicine::is_repeat(&plan.r4));
        if wanted.repeat.is_some_and(|repeat| repeat != is_repeat) {
            return false;
        }
        let Some(from) = wanted.from else { return true };
        let (start, end) = medicine::effective(&statement.r4);
        let as_day = |text: Option<&str>| text.and_then(|text| day(text.get(..10)?));
        match (as_day(start), as_day(end)) {
            (_, Some(end)) => end >= from,
            // An acute medicine without an end was taken on its first day only.
            (Some(start), None) => is_repeat || start >= from,
            (None, None) => true,
        }
    }
}

/// The id of the request that a statement says it is based on.
fn based_on(statement: &Read) -> Option<&str> {
    items(&statement.r4, "basedOn").find_map(|one| referred(one, "MedicationRequest"))
}

pub(super) fn add(assembly: &mut Assembly<'_>, wanted: Medication) -> Result<(), LookupError> {
    let medicines = Medicines::of(assembly)?;
    let mut entries = Vec::new();
    for statement in &medicines.statements {
        if medicines.is_wanted(statement, wanted) {
            medicines.add(assembly, statement, wanted.issues);
            entries.push(statement.address());
        }
    }
    let list = lists::part(assembly, &lists::MEDICATIONS, entries, medicines.withheld);
    assembly.add_list(list);
    Ok(())
}
