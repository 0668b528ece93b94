//! Checking an instance against a profile, element by element, slices included.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use definitions::BindingStrength;
use fhir::json::Json;

use super::values::{has_pattern, is_fixed};
use super::{Profile, ProfileElement};
use crate::codes::check_binding;
use crate::instance::{Found, Instance};
use crate::issue::{IssueCode, Issues, Place, Severity, one_of, quoted};
use crate::library::Library;
use crate::rules::{Rule, Surroundings};

/// What a check of one resource against one profile carries along.
pub(crate) struct Checker<'l, 'r> {
    pub(super) library: &'l Library,
    /// The resource that holds contained ones.
    pub(super) root: &'r Json,
    around: Surroundings<'r>,
    /// The elements that may still be looked at, over all profiles of one validation.
    left: &'l Cell<usize>,
    issues: RefCell<Issues>,
}

/// Checks a resource, or an extension, against a profile.
pub(crate) fn check_profile<'l, 'r>(
    library: &'l Library,
    left: &'l Cell<usize>,
    around: Surroundings<'r>,
    profile: &Profile,
    instance: &Instance<'r>,
    place: &Place<'_>,
) -> Issues {
    let checker = Checker {
        library,
        root: around.root,
        around,
        left,
        issues: RefCell::default(),
    };
    checker.profile(profile, instance, place);
    if left.get() == 0 {
        checker.error(place, IssueCode::TooCostly, || {
            format!(
                "The profile {} takes too much work on this resource; not everything was checked.",
                profile.url
            )
        });
    }
    checker.issues.into_inner()
}

impl<'r> Checker<'_, 'r> {
    /// Takes one from the work that is left.
    pub(super) fn spend(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    fn error(&self, place: &Place<'_>, code: IssueCode, diagnostics: impl FnOnce() -> String) {
        self.issues.borrow_mut().error(place, code, diagnostics);
    }

    /// Whether a check finds no error; what it finds is not reported.
    pub(super) fn is_quiet(&self, check: impl FnOnce(&Place<'_>)) -> bool {
        let kept = self.issues.take();
        check(&Place::root(""));
        let found = self.issues.replace(kept);
        !found.has_errors()
    }

    /// Everything that the profile asks of the instance.
    pub(super) fn profile(&self, profile: &Profile, instance: &Instance<'r>, place: &Place<'_>) {
        let Some(root) = profile.element(0) else {
            self.issues
                .borrow_mut()
                .add(Severity::Warning, place, IssueCode::NotSupported, || {
                    format!(
                        "The profile {} has no snapshot, so nothing of it was checked.",
                        profile.url
                    )
                });
            return;
        };
        if &*profile.type_name != instance.type_name() {
            self.error(place, IssueCode::Structure, || {
                format!(
                    "The profile {} is for the type {}, not for {}.",
                    profile.url,
                    profile.type_name,
                    instance.type_name()
                )
            });
            return;
        }
        self.rules(root, instance, place);
        self.children(profile, 0, instance, place);
    }

    /// Every child of an element that the profile speaks of.
    pub(super) fn children(
        &self,
        profile: &Profile,
        number: usize,
        instance: &Instance<'r>,
        place: &Place<'_>,
    ) {
        let children = profile
            .element(number)
            .map(|element| element.children.as_slice())
            .unwrap_or_default();
        for child in children {
            if !self.spend() || self.issues.borrow().is_full() {
                return;
            }
            let Some(element) = profile.element(*child) else {
                continue;
            };
            let found = instance.named(&element.name);
            self.count(element, found.len(), place);
            for one in &found {
                let step = place.step(one.step);
                match one.index {
                    Some(index) => self.element(profile, *child, &one.instance, &step.item(index)),
                    None => self.element(profile, *child, &one.instance, &step),
                }
            }
            if !element.slices.is_empty() {
                self.slices(profile, *child, &found, place);
            }
        }
    }

    fn count(&self, element: &ProfileElement, count: usize, place: &Place<'_>) {
        let name = element.name.strip_suffix("[x]").unwrap_or(&element.name);
        let shown = || match &element.slice {
            Some(slice) => format!("`{name}` (slice {slice})"),
            None => format!("`{name}`"),
        };
        let here = place.element(name);
        if count < element.min {
            self.error(&here, IssueCode::Required, || {
                format!(
                    "The profile asks for at least {} of {} here; there are {count}.",
                    element.min,
                    shown()
                )
            });
        }
        if let Some(max) = element.max.filter(|max| count > *max) {
            self.error(&here, IssueCode::Structure, || {
                format!(
                    "The profile allows at most {max} of {} here; there are {count}.",
                    shown()
                )
            });
        }
    }

    /// The items of a sliced element: each against its slice, and the slices against their counts.
    fn slices(&self, profile: &Profile, base: usize, found: &[Found<'r>], place: &Place<'_>) {
        let Some(element) = profile.element(base) else {
            return;
        };
        let slicing = element.slicing.as_ref();
        let mut counts: HashMap<usize, usize> = HashMap::new();
        let mut outside = false;
        for one in found {
            let step = place.step(one.step);
            let here = one.index.map_or(step, |index| step.item(index));
            match self.slice_of(profile, base, &one.instance) {
                Some(slice) => {
                    *counts.entry(slice).or_default() += 1;
                    if outside && slicing.is_some_and(|slicing| slicing.is_open_at_end) {
                        self.error(&here, IssueCode::Structure, || {
                            "The profile wants what is in no slice at the end.".to_owned()
                        });
                    }
                    self.element(profile, slice, &one.instance, &here);
                }
                None => {
                    outside = true;
                    if slicing.is_some_and(|slicing| slicing.is_closed) {
                        self.error(&here, IssueCode::Structure, || {
                            let slices = element
                                .slices
                                .iter()
                                .filter_map(|slice| profile.element(*slice)?.slice.as_deref());
                            let slices: Vec<&str> = slices.collect();
                            format!(
                                "The profile allows only the slices {} here, and this is none of them.",
                                one_of(&slices)
                            )
                        });
                    }
                }
            }
        }
        for slice in &element.slices {
            if let Some(slice_element) = profile.element(*slice) {
                self.count(
                    slice_element,
                    counts.get(slice).copied().unwrap_or_default(),
                    place,
                );
            }
        }
    }

    /// One value against one element of the profile, or one slice.
    fn element(&self, profile: &Profile, number: usize, instance: &Instance<'r>, place: &Place<'_>) {
        let Some(element) = profile.element(number).filter(|_| self.spend()) else {
            return;
        };
        self.types(element, instance, place);
        self.values(element, instance, place);
        if let Some((strength, value_set)) = &element.binding {
            // What is less than required is said once, with the type's own bindings, unless it is the profile's idea.
            let binding = (*strength, &**value_set);
            if *strength != BindingStrength::Example && !is_own_binding(instance, value_set) {
                check_binding(
                    self.library,
                    instance,
                    binding,
                    place,
                    &mut self.issues.borrow_mut(),
                );
            }
        }
        self.rules(element, instance, place);
        self.children(profile, number, instance, place);
    }

    fn types(&self, element: &ProfileElement, instance: &Instance<'r>, place: &Place<'_>) {
        let name = instance.type_name();
        let of_type = |code: &str| code == name || matches!(code, "Resource" | "DomainResource");
        let of_primitive = |code: &str| {
            code.starts_with("http://hl7.org/fhirpath/") || code == "Element" || code == "BackboneElement"
        };
        if element.types.is_empty() || element.types.iter().any(|one| of_primitive(&one.code)) {
            return;
        }
        let chosen: Vec<_> = element.types.iter().filter(|one| of_type(&one.code)).collect();
        if chosen.is_empty() {
            self.error(place, IssueCode::Structure, || {
                let allowed: Vec<&str> = element.types.iter().map(|one| &*one.code).collect();
                format!(
                    "The profile allows the type {} here, not {name}.",
                    one_of(&allowed)
                )
            });
            return;
        }
        let profiles: Vec<&str> = chosen
            .iter()
            .flat_map(|one| &one.profiles)
            .map(|url| &**url)
            .collect();
        // Extensions are checked against their own definition wherever they are.
        if !profiles.is_empty() && name != "Extension" {
            self.one_profile_of(&profiles, instance, place);
        }
        let targets: Vec<&str> = chosen
            .iter()
            .flat_map(|one| &one.targets)
            .map(|url| &**url)
            .collect();
        if name == "Reference" && !targets.is_empty() {
            self.targets(&targets, instance, place);
        }
    }

    fn one_profile_of(&self, profiles: &[&str], instance: &Instance<'r>, place: &Place<'_>) {
        let known: Vec<_> = profiles
            .iter()
            .filter_map(|url| self.library.profile(url))
            .collect();
        match known.as_slice() {
            [] => {}
            [only] if profiles.len() == 1 => self.profile(only, instance, place),
            several => {
                let all_known = several.len() == profiles.len();
                let fits = several
                    .iter()
                    .any(|one| self.is_quiet(|quiet| self.profile(one, instance, quiet)));
                if all_known && !fits {
                    self.error(place, IssueCode::Structure, || {
                        format!("This meets none of the profiles {}.", one_of(profiles))
                    });
                }
            }
        }
    }

    fn targets(&self, targets: &[&str], instance: &Instance<'r>, place: &Place<'_>) {
        let Some(pointed) = self.pointed_at(instance) else {
            return;
        };
        let allowed: Vec<String> = targets
            .iter()
            .map(|target| self.type_of_profile(target))
            .collect();
        if !allowed.iter().any(|name| *name == pointed || name == "Resource") {
            self.error(place, IssueCode::Structure, || {
                let mut allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
                allowed.dedup();
                format!(
                    "The profile allows references to {} here, not to {}.",
                    one_of(&allowed),
                    quoted(&pointed)
                )
            });
        }
    }

    fn values(&self, element: &ProfileElement, instance: &Instance<'r>, place: &Place<'_>) {
        if let Some(fixed) = element
            .fixed
            .as_ref()
            .filter(|fixed| !is_fixed(instance.json, fixed))
        {
            self.error(place, IssueCode::Value, || {
                format!("The profile fixes this value to {}.", shown(fixed))
            });
        }
        if let Some(pattern) = element
            .pattern
            .as_ref()
            .filter(|pattern| !has_pattern(instance.json, pattern))
        {
            self.error(place, IssueCode::Value, || {
                format!("The profile asks for at least {} here.", shown(pattern))
            });
        }
        let too_long = |max: &usize| {
            instance
                .json
                .as_str()
                .is_some_and(|text| text.chars().count() > *max)
        };
        if let Some(max) = element.max_length.filter(too_long) {
            self.error(place, IssueCode::Value, || {
                format!("The profile allows at most {max} characters here.")
            });
        }
    }

    fn rules(&self, element: &ProfileElement, instance: &Instance<'r>, place: &Place<'_>) {
        for one in &element.constraints {
            let rule = Rule {
                key: &one.key,
                human: &one.human,
                severity: one.severity,
                expression: one.expression.as_ref(),
            };
            rule.check(instance, self.around, place, &mut self.issues.borrow_mut());
        }
    }
}

/// Whether R4 binds the element to the same value set, whatever its version: then the check of its type says so.
fn is_own_binding(instance: &Instance<'_>, value_set: &str) -> bool {
    let bare = |url: &str| url.split('|').next().unwrap_or_default().to_owned();
    let own = instance
        .child
        .and_then(|child| child.element.binding.as_ref())
        .and_then(|binding| binding.value_set);
    own.is_some_and(|own| bare(own) == bare(value_set))
}

/// A value in a sentence: its JSON, not too long.
fn shown(value: &Json) -> String {
    match value.as_str() {
        Some(text) => quoted(text),
        None => value.to_text().chars().take(200).collect(),
    }
}
