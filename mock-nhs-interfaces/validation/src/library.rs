//! Everything that is known about profiles and codes: what a workspace has, what packages brought, what R4 itself defines.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use definitions::ArtefactKind;
use fhir::json::Json;

use crate::package::{Package, has_version, split_canonical};
use crate::profile::Profile;
use crate::terminology::{CodeSystem, ValueSet};

/// The resources by which others are judged. Making one is cheap; what it was asked for is kept in it.
///
/// A resource of the workspace goes before one of a package, a later package before an earlier one, and R4's own come last.
#[derive(Debug, Default)]
pub struct Library {
    packages: Vec<Arc<Package>>,
    own: HashMap<(ArtefactKind, Box<str>), Vec<Arc<Json>>>,
    /// The code systems that only add to another, by the address of the other.
    supplements: HashMap<Box<str>, Vec<Arc<Json>>>,
    code_systems: Kept<CodeSystem>,
    value_sets: Kept<ValueSet>,
    profiles: Kept<Profile>,
}

/// What was read before, by canonical address; also that there is nothing.
#[derive(Debug)]
struct Kept<T>(Mutex<HashMap<Box<str>, Option<Arc<T>>>>);

/// How many answers are kept; who asks for more addresses than that is guessing.
const MAX_KEPT: usize = 4_096;

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Kept<T> {
    fn get(&self, canonical: &str, read: impl FnOnce() -> Option<T>) -> Option<Arc<T>> {
        if let Some(kept) = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(canonical)
        {
            return kept.clone();
        }
        let made = read().map(Arc::new);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MAX_KEPT {
            kept.insert(canonical.into(), made.clone());
        }
        made
    }
}

/// What only R4 itself has to do with is read once for all.
fn core() -> &'static Library {
    static CORE: OnceLock<Library> = OnceLock::new();
    CORE.get_or_init(Library::default)
}

impl Library {
    /// A library of R4's own definitions, packages and the conformance resources of a workspace.
    ///
    /// Of `own`, code systems, value sets, concept maps and profiles with a `url` count; everything else is passed over.
    pub fn new(packages: Vec<Arc<Package>>, own: impl IntoIterator<Item = Arc<Json>>) -> Self {
        let mut library = Self {
            packages,
            ..Self::default()
        };
        for resource in own {
            library.supplement(&resource);
            let kind = resource.text("resourceType").and_then(ArtefactKind::of);
            if let Some(place) = kind.zip(resource.text("url").map(Box::from)) {
                library.own.entry(place).or_default().push(resource);
            }
        }
        let packages = library.packages.clone();
        let systems = packages.iter().flat_map(|package| package.resources());
        // Few systems are supplements; only those that say so are read.
        for resource in
            systems.filter(|one| &*one.type_name == "CodeSystem" && one.text.contains("\"supplements\""))
        {
            if let Ok(json) = Json::parse(resource.text.as_bytes()) {
                library.supplement(&Arc::new(json));
            }
        }
        library
    }

    fn supplement(&mut self, resource: &Arc<Json>) {
        let supplemented = resource
            .text("supplements")
            .filter(|_| resource.text("content") == Some("supplement"));
        if let Some(url) = supplemented {
            let (url, _) = split_canonical(url);
            self.supplements
                .entry(url.into())
                .or_default()
                .push(Arc::clone(resource));
        }
    }

    /// The packages, in the order in which they were installed.
    pub fn packages(&self) -> &[Arc<Package>] {
        &self.packages
    }

    /// The resource with this canonical address, with or without `|version`.
    pub fn find(&self, kind: ArtefactKind, canonical: &str) -> Option<Arc<Json>> {
        self.find_all(kind, canonical).into_iter().next()
    }

    /// Every resource with this canonical address, the one that counts most first.
    fn find_all(&self, kind: ArtefactKind, canonical: &str) -> Vec<Arc<Json>> {
        let mut found = self.find_added(kind, canonical);
        if let Some(core) = definitions::artefact(kind, canonical) {
            found.extend(Json::parse(core.text().as_bytes()).ok().map(Arc::new));
        }
        found
    }

    /// As [`find_all`](Self::find_all), without what R4 has.
    fn find_added(&self, kind: ArtefactKind, canonical: &str) -> Vec<Arc<Json>> {
        let (url, version) = split_canonical(canonical);
        let own = self.own.get(&(kind, url.into())).map_or(&[][..], Vec::as_slice);
        let mut found: Vec<Arc<Json>> = own
            .iter()
            .rev()
            .filter(|one| has_version(one.text("version"), version))
            .cloned()
            .collect();
        for package in self.packages.iter().rev() {
            let texts = package.artefacts(kind, canonical);
            found.extend(
                texts
                    .filter_map(|one| Json::parse(one.text.as_bytes()).ok())
                    .map(Arc::new),
            );
        }
        found
    }

    /// Whether only R4 itself says something about the address.
    fn is_core(&self, kind: ArtefactKind, canonical: &str) -> bool {
        let (url, _) = split_canonical(canonical);
        let added = self.own.contains_key(&(kind, url.into()))
            || self
                .packages
                .iter()
                .any(|package| package.artefacts(kind, url).next().is_some())
            || (kind == ArtefactKind::CodeSystem && self.supplements.contains_key(url));
        !added && !std::ptr::eq(self, core()) && definitions::artefact(kind, canonical).is_some()
    }

    /// The canonical addresses of a kind that are near one that is not known.
    pub(crate) fn near(&self, kind: ArtefactKind, canonical: &str) -> Vec<String> {
        let (url, _) = split_canonical(canonical);
        let name = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
        let mut urls: Vec<String> = self.urls(kind);
        urls.sort_unstable();
        urls.dedup();
        let names: Vec<String> = urls.iter().map(|url| name(url)).collect();
        let near = definitions::near(&name(url), names.iter().map(String::as_str));
        let found = near
            .iter()
            .filter_map(|near| urls.iter().find(|url| name(url) == **near));
        found.cloned().collect()
    }

    /// Every canonical address of a kind that is known here; some may come twice.
    pub fn urls(&self, kind: ArtefactKind) -> Vec<String> {
        let own = self
            .own
            .keys()
            .filter(|(one, _)| *one == kind)
            .map(|(_, url)| url.to_string());
        let packages = self
            .packages
            .iter()
            .flat_map(|package| package.urls(kind))
            .map(str::to_owned);
        let core = definitions::artefacts()
            .iter()
            .filter(|one| one.kind == kind)
            .map(|one| one.url.to_owned());
        own.chain(packages).chain(core).collect()
    }

    /// The code system, with everything that supplements it.
    pub(crate) fn code_system(&self, canonical: &str) -> Option<Arc<CodeSystem>> {
        if self.is_core(ArtefactKind::CodeSystem, canonical) {
            return core().code_system(canonical);
        }
        self.code_systems.get(canonical, || {
            let mut parts = self.find_all(ArtefactKind::CodeSystem, canonical);
            let (url, _) = split_canonical(canonical);
            parts.extend(self.supplements.get(url).into_iter().flatten().cloned());
            CodeSystem::of(&parts)
        })
    }

    /// The value set: one that is stated, or one that its address implies.
    pub(crate) fn value_set(&self, canonical: &str) -> Option<Arc<ValueSet>> {
        if self.is_core(ArtefactKind::ValueSet, canonical) {
            return core().value_set(canonical);
        }
        self.value_sets.get(canonical, || {
            let found = self.find(ArtefactKind::ValueSet, canonical);
            found
                .map(|json| ValueSet::of(&json))
                .or_else(|| ValueSet::implied(canonical))
        })
    }

    /// The profile or extension definition.
    pub(crate) fn profile(&self, canonical: &str) -> Option<Arc<Profile>> {
        if self.is_core(ArtefactKind::StructureDefinition, canonical) {
            return core().profile(canonical);
        }
        self.profiles.get(canonical, || {
            Profile::of(&*self.find(ArtefactKind::StructureDefinition, canonical)?)
        })
    }
}
