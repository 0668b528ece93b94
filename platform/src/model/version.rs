//! What an app points at: one immutable deployment, with everything that belongs to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use store::BlobId;
use time::OffsetDateTime;

use super::Manifest;

/// One immutable deployment of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Counts from 1 within its app.
    pub number: u32,
    /// The component, by the SHA-256 of its bytes.
    pub component: BlobId,
    /// Size of the component.
    pub size_bytes: u64,
    /// When it was deployed.
    pub deployed_at: OffsetDateTime,
    /// The language of a script; of a component, the toolchain that it names as its maker, where it names one.
    pub made_with: Option<String>,
    /// Who put it there.
    pub origin: Origin,
    /// The files of the app folder as they were sent, in one blob; without `public/` and without the component. `None`
    /// for a component that was sent alone.
    pub source: Option<BlobId>,
    /// What `app.toml` said; the default where there was none.
    pub manifest: Arc<Manifest>,
    /// The files under `public/`.
    pub public: Arc<PublicFiles>,
    /// What it was built from here.
    pub build: Language,
}

impl Version {
    /// Every blob that this version needs; one may come more than once.
    pub fn blobs(&self) -> impl Iterator<Item = BlobId> {
        [self.component]
            .into_iter()
            .chain(self.source)
            .chain(self.public.iter().map(|(_, file)| file.blob))
    }
}

/// Who deployed a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// It came with the program.
    Shipped,
    /// Somebody deployed it.
    Deployed,
}

/// What was sent, and so what the component was made from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// A component, made elsewhere.
    #[default]
    Component,
    /// JavaScript.
    JavaScript,
    /// TypeScript.
    TypeScript,
}

impl Language {
    /// Its name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
        }
    }

    /// What a builder calls it; `None` where only the component's maker knows.
    #[must_use]
    pub const fn words(self) -> Option<&'static str> {
        match self {
            Self::Component => None,
            Self::JavaScript => Some("JavaScript"),
            Self::TypeScript => Some("TypeScript"),
        }
    }
}

/// A version that has no number yet.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// The component, already among the blobs.
    pub component: BlobId,
    /// Size of the component.
    pub size_bytes: u64,
    /// The language of a script; of a component, the toolchain that it names as its maker.
    pub made_with: Option<String>,
    /// Who deploys it.
    pub origin: Origin,
    /// The files of the app folder, already among the blobs.
    pub source: Option<BlobId>,
    /// What `app.toml` says.
    pub manifest: Arc<Manifest>,
    /// The files under `public/`, already among the blobs.
    pub public: Arc<PublicFiles>,
    /// What it was built from here.
    pub build: Language,
}

impl NewVersion {
    /// A component without a folder around it.
    #[must_use]
    pub fn of_component(component: BlobId, size_bytes: u64, origin: Origin) -> Self {
        Self {
            component,
            size_bytes,
            made_with: None,
            origin,
            source: None,
            manifest: Arc::default(),
            public: Arc::default(),
            build: Language::Component,
        }
    }

    /// The version with its number.
    #[must_use]
    pub fn numbered(self, number: u32, deployed_at: OffsetDateTime) -> Version {
        let Self {
            component,
            size_bytes,
            made_with,
            origin,
            source,
            manifest,
            public,
            build,
        } = self;
        Version {
            number,
            component,
            size_bytes,
            deployed_at,
            made_with,
            origin,
            source,
            manifest,
            public,
            build,
        }
    }
}

/// A file under `public/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicFile {
    /// Its bytes.
    pub blob: BlobId,
    /// How many they are.
    pub size_bytes: u64,
}

/// The files under `public/`, by their path below it: `style.css`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicFiles(BTreeMap<Box<str>, PublicFile>);

impl PublicFiles {
    /// The file of exactly this path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&PublicFile> {
        self.0.get(path)
    }

    /// Every file, by its path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PublicFile)> {
        self.0.iter().map(|(path, file)| (&**path, file))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Box<str>, PublicFile)> for PublicFiles {
    fn from_iter<I: IntoIterator<Item = (Box<str>, PublicFile)>>(files: I) -> Self {
        Self(files.into_iter().collect())
    }
}
