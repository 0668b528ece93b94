//! Slices: which part of a profile an item of a list belongs to: <https://hl7.org/fhir/R4/profiling.html#slicing>.

use definitions::BindingStrength;
use fhir::json::Json;

use super::check::Checker;
use super::values::{has_pattern, is_fixed};
use super::{Profile, ProfileElement};
use crate::instance::Instance;
use crate::shape::{Target, target};
use crate::terminology::{Coded, Membership};

/// How an element is sliced.
#[derive(Debug)]
pub(crate) struct Slicing {
    discriminators: Vec<Discriminator>,
    pub(crate) is_closed: bool,
    /// Items that belong to no slice come last.
    pub(crate) is_open_at_end: bool,
}

#[derive(Debug)]
struct Discriminator {
    kind: Kind,
    path: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Value,
    Exists,
    Type,
    Profile,
    /// A kind that R4 does not have: nothing belongs to such a slice.
    Unknown,
}

/// One step of a discriminator's path, as R4 restricts them.
#[derive(Debug)]
enum Step {
    Element(Box<str>),
    Extension(Box<str>),
    OfType(Box<str>),
    Resolve,
    Unknown,
}

impl Slicing {
    pub(super) fn of(json: &Json) -> Self {
        let discriminators = json
            .get("discriminator")
            .and_then(Json::as_array)
            .unwrap_or_default();
        Self {
            discriminators: discriminators.iter().map(Discriminator::of).collect(),
            is_closed: json.text("rules") == Some("closed"),
            is_open_at_end: json.text("rules") == Some("openAtEnd"),
        }
    }
}

impl Discriminator {
    fn of(json: &Json) -> Self {
        let kind = match json.text("type") {
            Some("value" | "pattern") => Kind::Value,
            Some("exists") => Kind::Exists,
            Some("type") => Kind::Type,
            Some("profile") => Kind::Profile,
            _ => Kind::Unknown,
        };
        Self {
            kind,
            path: steps(json.text("path").unwrap_or_default()),
        }
    }
}

fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        // The dots inside the address of an extension part nothing.
        let end = match rest.starts_with("extension(") {
            true => rest.find(')').map_or(rest.len(), |end| end + 1),
            false => rest.find('.').unwrap_or(rest.len()),
        };
        let (step, after) = rest.split_at(end);
        rest = after.strip_prefix('.').unwrap_or(after);
        let argument = |name: &str| step.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        let argument = |name| argument(name).map(|inside| Box::from(inside.trim_matches(['\'', '"'])));
        steps.push(if step == "$this" {
            continue;
        } else if step == "resolve()" {
            Step::Resolve
        } else if let Some(url) = argument("extension") {
            Step::Extension(url)
        } else if let Some(name) = argument("ofType") {
            Step::OfType(name)
        } else if step.contains('(') {
            Step::Unknown
        } else {
            Step::Element(step.into())
        });
    }
    steps
}

/// How many elements of a profile one path may lead to.
const MAX_PLACES: usize = 64;

impl<'r> Checker<'_, 'r> {
    /// The slice of the sliced element `base` that an item belongs to.
    pub(super) fn slice_of(&self, profile: &Profile, base: usize, item: &Instance<'r>) -> Option<usize> {
        let element = profile.element(base)?;
        let fits = |slice: &&usize| match &element.slicing {
            Some(slicing) if !slicing.discriminators.is_empty() => slicing
                .discriminators
                .iter()
                .all(|one| self.fits(profile, **slice, item, one, true)),
            // Slices without a discriminator are told apart by what everybody tells them apart by.
            _ => self.fits(profile, **slice, item, &implied(&element.name), true),
        };
        element.slices.iter().find(fits).copied()
    }

    fn fits(
        &self,
        profile: &Profile,
        slice: usize,
        item: &Instance<'r>,
        discriminator: &Discriminator,
        may_enter_profile: bool,
    ) -> bool {
        if !self.spend() {
            return false;
        }
        let defined = self.defined(profile, slice, &discriminator.path);
        let resolved = discriminator
            .path
            .iter()
            .any(|step| matches!(step, Step::Resolve));
        let found = actual(item, &discriminator.path);
        let any = |fits: &dyn Fn(&ProfileElement, usize, &Instance<'r>) -> bool| {
            let elements = defined
                .iter()
                .filter_map(|number| Some((profile.element(*number)?, *number)));
            elements
                .into_iter()
                .any(|(element, number)| found.iter().any(|one| fits(element, number, one)))
        };
        match discriminator.kind {
            Kind::Exists => match defined.first().and_then(|number| profile.element(*number)) {
                Some(element) if element.max == Some(0) => found.is_empty(),
                Some(element) => element.min == 0 || !found.is_empty(),
                None => false,
            },
            Kind::Type => any(&|element, _, one| self.has_type(element, one, resolved)),
            Kind::Value => {
                let says_something = defined
                    .iter()
                    .filter_map(|number| profile.element(*number))
                    .any(is_telling);
                if !says_something && may_enter_profile {
                    // What the slice does not say itself, the profile of its type may say.
                    return self.fits_by_type_profile(profile, slice, item, discriminator);
                }
                any(&|element, number, one| {
                    is_telling(element) && self.has_value(profile, element, number, one)
                })
            }
            Kind::Profile => any(&|element, _, one| self.has_profile(element, one)),
            Kind::Unknown => false,
        }
    }

    /// For extensions mostly: their `url` is fixed in their own definition.
    fn fits_by_type_profile(
        &self,
        profile: &Profile,
        slice: usize,
        item: &Instance<'r>,
        discriminator: &Discriminator,
    ) -> bool {
        let types = profile
            .element(slice)
            .map(|element| element.types.as_slice())
            .unwrap_or_default();
        types.iter().flat_map(|one| &one.profiles).any(|url| {
            let by_url = matches!(discriminator.path.as_slice(), [Step::Element(name)] if &**name == "url");
            if by_url && item.type_name() == "Extension" {
                return item.json.text("url") == Some(url.split('|').next().unwrap_or(url));
            }
            let known = self.library.profile(url);
            known.is_some_and(|known| {
                !known.elements.is_empty() && self.fits(&known, 0, item, discriminator, false)
            })
        })
    }

    /// The elements of the profile that a path leads to from a slice: also through slices on the way, because it is they that say
    /// what `code.coding.code` is.
    fn defined(&self, profile: &Profile, slice: usize, path: &[Step]) -> Vec<usize> {
        let mut numbers = vec![slice];
        for step in path {
            if !numbers.iter().all(|_| self.spend()) {
                return Vec::new();
            }
            numbers = match step {
                Step::Element(name) => {
                    let children = numbers.iter().filter_map(|number| profile.child(*number, name));
                    let with_slices = children.flat_map(|child| {
                        let slices = profile
                            .element(child)
                            .map(|element| element.slices.as_slice())
                            .unwrap_or_default();
                        std::iter::once(child).chain(slices.iter().copied())
                    });
                    with_slices.take(MAX_PLACES).collect()
                }
                Step::Extension(url) => {
                    let extensions = numbers
                        .iter()
                        .filter_map(|number| profile.child(*number, "extension"));
                    let slices = extensions
                        .filter_map(|extension| profile.element(extension))
                        .flat_map(|one| &one.slices);
                    let has_url = |slice: &&usize| {
                        profile
                            .element(**slice)
                            .is_some_and(|one| one.types.iter().any(|one| one.profiles.contains(url)))
                    };
                    slices.filter(has_url).take(MAX_PLACES).copied().collect()
                }
                Step::OfType(_) | Step::Resolve => numbers,
                Step::Unknown => Vec::new(),
            };
        }
        numbers
    }

    fn has_value(
        &self,
        profile: &Profile,
        element: &ProfileElement,
        number: usize,
        actual: &Instance<'r>,
    ) -> bool {
        if !self.spend() {
            return false;
        }
        if let Some(fixed) = &element.fixed {
            return is_fixed(actual.json, fixed);
        }
        if let Some(pattern) = &element.pattern {
            return has_pattern(actual.json, pattern);
        }
        let Some((_, value_set)) = element.binding.as_ref().filter(|_| !element.is_fixed) else {
            return self.is_quiet(|place| self.children(profile, number, actual, place));
        };
        let coded = match actual.json.as_str() {
            Some(code) => vec![Coded {
                code: code.to_owned(),
                ..Coded::default()
            }],
            None => Coded::all_of(actual.json),
        };
        coded.iter().any(|one| {
            let membership = self
                .library
                .membership(value_set, one.system.as_deref(), &one.code);
            matches!(membership, Ok(Membership::In(_)))
        })
    }

    fn has_type(&self, element: &ProfileElement, actual: &Instance<'r>, resolved: bool) -> bool {
        if !resolved {
            return element.types.iter().any(|one| &*one.code == actual.type_name());
        }
        let Some(pointed) = self.pointed_at(actual) else {
            return false;
        };
        element.types.iter().flat_map(|one| &one.targets).any(|target| {
            let name = self.type_of_profile(target);
            name == pointed || name == "Resource"
        })
    }

    fn has_profile(&self, element: &ProfileElement, actual: &Instance<'r>) -> bool {
        element
            .types
            .iter()
            .flat_map(|one| &one.profiles)
            .any(|url| match self.library.profile(url) {
                Some(profile) => {
                    &*profile.type_name == actual.type_name()
                        && self.is_quiet(|place| self.profile(&profile, actual, place))
                }
                None => false,
            })
    }

    /// The type of what a Reference points at, as far as it can be told.
    pub(super) fn pointed_at(&self, reference: &Instance<'r>) -> Option<String> {
        let address = reference.json.text("reference").unwrap_or_default();
        if let Some(id) = address.strip_prefix('#') {
            let contained = self
                .root
                .get("contained")
                .and_then(Json::as_array)
                .unwrap_or_default();
            let one = contained.iter().find(|one| one.text("id") == Some(id))?;
            return one.text("resourceType").map(str::to_owned);
        }
        match target(address) {
            Target::Type(name) => Some(name.to_owned()),
            Target::Elsewhere | Target::Wrong(_) => reference.json.text("type").map(str::to_owned),
        }
    }

    /// The type that a profile constrains, by its address.
    pub(super) fn type_of_profile(&self, url: &str) -> String {
        let name = url
            .split('|')
            .next()
            .and_then(|url| url.rsplit('/').next())
            .unwrap_or(url);
        if url.starts_with("http://hl7.org/fhir/StructureDefinition/")
            && definitions::type_definition(name).is_some()
        {
            return name.to_owned();
        }
        self.library
            .profile(url)
            .map_or_else(|| name.to_owned(), |profile| profile.type_name.to_string())
    }
}

/// Whether an element of a slice says anything by which an item can be told apart.
fn is_telling(element: &ProfileElement) -> bool {
    let is_required = |(strength, _): &(BindingStrength, Box<str>)| *strength == BindingStrength::Required;
    element.is_fixed || element.binding.as_ref().is_some_and(is_required)
}

/// Extensions are told apart by their address, everything else by its type.
fn implied(name: &str) -> Discriminator {
    if matches!(name, "extension" | "modifierExtension") {
        Discriminator {
            kind: Kind::Value,
            path: vec![Step::Element("url".into())],
        }
    } else {
        Discriminator {
            kind: Kind::Type,
            path: Vec::new(),
        }
    }
}

/// The instances at the end of a path.
fn actual<'r>(item: &Instance<'r>, path: &[Step]) -> Vec<Instance<'r>> {
    let mut found = vec![*item];
    for step in path {
        found = match step {
            Step::Element(name) => found
                .iter()
                .flat_map(|one| one.named(name))
                .map(|found| found.instance)
                .collect(),
            Step::Extension(url) => {
                let extensions = found
                    .iter()
                    .flat_map(|one| one.named("extension"))
                    .map(|found| found.instance);
                extensions
                    .filter(|one| one.json.text("url") == Some(url))
                    .collect()
            }
            Step::OfType(name) => found
                .into_iter()
                .filter(|one| one.type_name() == &**name)
                .collect(),
            // The type of what is pointed at is read from the address.
            Step::Resolve => found,
            Step::Unknown => Vec::new(),
        };
    }
    found
}
