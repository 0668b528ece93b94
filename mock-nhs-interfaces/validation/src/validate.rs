//! `$validate`: shape, R4's own rules, codes, extensions, and the profiles that a resource claims or a caller names.

mod extension;
mod walk;

use std::cell::Cell;

use definitions::ArtefactKind;
use fhir::json::Json;

use crate::instance::Instance;
use crate::issue::{IssueCode, Issues, Place, Severity, did_you_mean, quoted};
use crate::library::Library;
use crate::profile::check_profile;
use crate::rules::Surroundings;
use crate::shape::check_shape;

/// The elements of resources and profiles that one validation looks at. The largest UK Core example needs some 3,000.
const MAX_WORK: usize = 500_000;
/// The profiles of one resource that are looked at.
const MAX_PROFILES: usize = 20;

/// Checks whole resources: <https://hl7.org/fhir/R4/resource-operation-validate.html>.
#[derive(Clone, Copy, Debug)]
pub struct Validator<'l> {
    library: &'l Library,
    /// What `now()` and `today()` are in rules, in microseconds since 1970.
    now_micros: i64,
}

impl<'l> Validator<'l> {
    /// A validator that knows what the library knows.
    pub fn new(library: &'l Library, now_micros: i64) -> Self {
        Self { library, now_micros }
    }

    /// Checks a resource against R4, against the profiles that it and the resources in it claim, and against `profiles`.
    ///
    /// A profile that is asked for and not here is an error; one that is claimed and not here a warning.
    pub fn validate(&self, resource: &Json, profiles: &[&str]) -> Issues {
        let mut issues = check_shape(resource);
        let Some(instance) = Instance::resource(resource) else {
            return issues;
        };
        let place = Place::root(instance.type_name());
        let left = Cell::new(MAX_WORK);
        let around = Surroundings {
            resource,
            root: resource,
            now_micros: self.now_micros,
        };
        let mut walk = walk::Walk {
            library: self.library,
            left: &left,
            issues: &mut issues,
        };
        walk.element(&instance, &instance, around, &place);
        for profile in profiles.iter().take(MAX_PROFILES) {
            walk.profile(profile, Severity::Error, &instance, around, &place);
        }
        if left.get() == 0 {
            issues.error(&place, IssueCode::TooCostly, || {
                "The resource is too large to be checked whole.".to_owned()
            });
        }
        issues
    }
}

impl<'r> walk::Walk<'_, '_> {
    /// The profiles that a resource claims in `meta.profile`.
    fn claimed(&mut self, instance: &Instance<'r>, around: Surroundings<'r>, place: &Place<'_>) {
        let claimed = instance
            .json
            .at(&["meta", "profile"])
            .and_then(Json::as_array)
            .unwrap_or_default();
        for url in claimed.iter().filter_map(Json::as_str).take(MAX_PROFILES) {
            self.profile(url, Severity::Warning, instance, around, place);
        }
    }

    /// Checks against one profile by its address; `absent` is how bad it is when the profile is not here.
    fn profile(
        &mut self,
        url: &str,
        absent: Severity,
        instance: &Instance<'r>,
        around: Surroundings<'r>,
        place: &Place<'_>,
    ) {
        // That the type is right was checked already.
        let own = format!("http://hl7.org/fhir/StructureDefinition/{}", instance.type_name());
        if url.split('|').next() == Some(&own) {
            return;
        }
        let Some(profile) = self.library.profile(url) else {
            self.issues.add(
                absent,
                &place.element("meta").element("profile"),
                IssueCode::NotFound,
                || {
                    let near = self.library.near(ArtefactKind::StructureDefinition, url);
                    let near: Vec<&str> = near.iter().map(String::as_str).collect();
                    format!(
                        "The profile {} is not here, so it was not checked.{}",
                        quoted(url),
                        did_you_mean(&near)
                    )
                },
            );
            return;
        };
        let found = check_profile(self.library, self.left, around, &profile, instance, place);
        self.issues.append(found);
    }
}
