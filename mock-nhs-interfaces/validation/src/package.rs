//! FHIR packages: reading the `.tgz` that publishers of profiles offer, with everything in it that conformance needs.
//!
//! Source: <https://hl7.org/fhir/packages.html>, <https://confluence.hl7.org/display/FHIR/NPM+Package+Specification>.

mod archive;
mod manifest;

use std::collections::HashMap;

use definitions::ArtefactKind;
use fhir::json::Json;

pub use archive::{MAX_FILE_BYTES, MAX_FILES, MAX_INFLATED_BYTES, MAX_RATIO};

/// Why a file is no package that can be installed.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error("this is no gzipped tar archive: {0}")]
    NoArchive(std::io::Error),
    #[error(
        "the archive becomes larger than {MAX_INFLATED_BYTES} bytes, or more than {MAX_RATIO} times its own size"
    )]
    TooLarge,
    #[error("the archive has more than {MAX_FILES} files")]
    TooManyFiles,
    #[error("{0} is larger than {MAX_FILE_BYTES} bytes")]
    FileTooLarge(String),
    #[error("{0} leads out of the archive or is a link; packages have plain files only")]
    Path(String),
    #[error("{file} is not JSON: {reason}")]
    Json { file: String, reason: String },
    #[error("there is no package/package.json with a name and a version, by which packages are known")]
    NoManifest,
    #[error("the package is made for FHIR {0}, and this server speaks FHIR 4.0.1")]
    WrongFhir(String),
    #[error("there is no resource in the package")]
    Empty,
}

/// A package whose file was read and found sound.
///
/// Keep the file itself to open it again: reading is fast, and the file is the smallest form.
#[derive(Debug)]
pub struct Package {
    /// As package.json states it, such as `fhir.r4.ukcore.stu2`.
    pub name: String,
    pub version: String,
    pub description: String,
    /// Names and versions of the packages that this one builds upon.
    pub dependencies: Vec<(String, String)>,
    resources: Vec<PackageResource>,
    by_canonical: HashMap<(ArtefactKind, Box<str>), Vec<usize>>,
}

/// One resource of a package.
#[derive(Debug)]
pub struct PackageResource {
    pub type_name: Box<str>,
    pub id: Option<Box<str>>,
    /// The canonical address, for resources that have one.
    pub url: Option<Box<str>>,
    pub version: Option<Box<str>>,
    /// Its path in the package, such as `package/examples/Patient-1.json`.
    pub file: Box<str>,
    /// As it stands in the package.
    pub text: Box<str>,
}

impl PackageResource {
    /// Whether it is there to show something, not to be used.
    pub fn is_example(&self) -> bool {
        self.file.starts_with("package/example")
    }
}

impl Package {
    /// Reads a `.tgz`.
    ///
    /// Only `package/*.json` and `package/example*/*.json` are looked at. What would become too large, leads out of the archive or
    /// is broken refuses the whole package.
    ///
    /// # Errors
    /// What is wrong with the file; see [`PackageError`].
    pub fn read(tgz: &[u8]) -> Result<Self, PackageError> {
        let mut manifest = None;
        let mut resources = Vec::new();
        for (file, bytes) in archive::json_files(tgz)? {
            let json = Json::parse(&bytes).map_err(|error| PackageError::Json {
                file: file.clone(),
                reason: error.to_string(),
            })?;
            if file == "package/package.json" {
                manifest = Some(manifest::read(&json)?);
            } else if let Some(type_name) = json.text("resourceType") {
                let text = |key| json.text(key).map(Box::from);
                resources.push(PackageResource {
                    type_name: type_name.into(),
                    id: text("id"),
                    url: text("url"),
                    version: text("version"),
                    file: file.into(),
                    text: String::from_utf8(bytes).unwrap_or_default().into(),
                });
            }
        }
        let manifest = manifest.ok_or(PackageError::NoManifest)?;
        if resources.is_empty() {
            return Err(PackageError::Empty);
        }
        Ok(Self::of(manifest, resources))
    }

    fn of(manifest: manifest::Manifest, resources: Vec<PackageResource>) -> Self {
        let mut by_canonical: HashMap<_, Vec<usize>> = HashMap::new();
        for (number, resource) in resources.iter().enumerate() {
            let kind = ArtefactKind::of(&resource.type_name).filter(|_| !resource.is_example());
            if let (Some(kind), Some(url)) = (kind, &resource.url) {
                by_canonical.entry((kind, url.clone())).or_default().push(number);
            }
        }
        Self {
            name: manifest.name,
            version: manifest.version,
            description: manifest.description,
            dependencies: manifest.dependencies,
            resources,
            by_canonical,
        }
    }

    /// Everything in the package that is a resource, examples included.
    pub fn resources(&self) -> &[PackageResource] {
        &self.resources
    }

    /// How many resources of each type the package has, without its examples, in the order of the alphabet.
    pub fn kinds(&self) -> Vec<(&str, usize)> {
        let mut kinds: Vec<(&str, usize)> = Vec::new();
        for resource in self.resources.iter().filter(|resource| !resource.is_example()) {
            match kinds.iter_mut().find(|(name, _)| *name == &*resource.type_name) {
                Some((_, count)) => *count += 1,
                None => kinds.push((&resource.type_name, 1)),
            }
        }
        kinds.sort_unstable();
        kinds
    }

    /// The resources of a kind with a canonical address; a version after `|` must be theirs, or begin it.
    pub fn artefacts(&self, kind: ArtefactKind, canonical: &str) -> impl Iterator<Item = &PackageResource> {
        let (url, version) = split_canonical(canonical);
        let numbers = self
            .by_canonical
            .get(&(kind, url.into()))
            .map_or(&[][..], Vec::as_slice);
        let resources = numbers.iter().filter_map(|number| self.resources.get(*number));
        resources.filter(move |resource| has_version(resource.version.as_deref(), version))
    }

    /// The canonical addresses of a kind.
    pub fn urls(&self, kind: ArtefactKind) -> impl Iterator<Item = &str> {
        self.by_canonical
            .keys()
            .filter(move |(one, _)| *one == kind)
            .map(|(_, url)| &**url)
    }
}

/// A canonical address and the version after its `|`.
pub(crate) fn split_canonical(canonical: &str) -> (&str, Option<&str>) {
    canonical
        .split_once('|')
        .map_or((canonical, None), |(url, version)| (url, Some(version)))
}

/// Whether a version is the one that is wanted, or more exact than it.
pub(crate) fn has_version(version: Option<&str>, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| version.is_some_and(|version| version.starts_with(wanted)))
}

#[cfg(test)]
mod tests;
