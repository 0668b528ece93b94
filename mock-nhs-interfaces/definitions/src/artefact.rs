//! Value sets, code systems, concept maps, profiles and extension definitions of R4: packed in the program, unpacked when asked for.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, OnceLock};

use flate2::read::DeflateDecoder;

use crate::columns::Columns;

static TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/tables/out/artefacts.tsv"));
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tables/out/artefacts.bin"));

/// The kinds of resource that the program carries whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ArtefactKind {
    CodeSystem,
    ConceptMap,
    /// A profile or an extension; for the types themselves see [`crate::type_definition`].
    StructureDefinition,
    ValueSet,
}

impl ArtefactKind {
    /// The resource type.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::CodeSystem => "CodeSystem",
            Self::ConceptMap => "ConceptMap",
            Self::StructureDefinition => "StructureDefinition",
            Self::ValueSet => "ValueSet",
        }
    }

    /// The kind of a resource type, if the program carries such resources.
    pub fn of(type_name: &str) -> Option<Self> {
        [
            Self::CodeSystem,
            Self::ConceptMap,
            Self::StructureDefinition,
            Self::ValueSet,
        ]
        .into_iter()
        .find(|kind| kind.type_name() == type_name)
    }
}

/// One resource that the program carries.
#[derive(Debug)]
pub struct Artefact {
    pub kind: ArtefactKind,
    /// The canonical address, without a version.
    pub url: &'static str,
    pub version: &'static str,
    frame: usize,
    start: usize,
    length: usize,
}

/// Where a packed frame lies, in bytes, and how long it becomes.
struct Frame {
    start: usize,
    packed: usize,
    length: usize,
}

struct Index {
    artefacts: Vec<Artefact>,
    frames: Vec<Frame>,
    by_url: HashMap<(ArtefactKind, &'static str), usize>,
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut frames = Vec::new();
        let mut artefacts = Vec::new();
        for line in TABLE.lines() {
            let mut columns = Columns::of(line);
            // A frame's own line follows the lines of its resources.
            if columns.text() == "F" {
                let (start, packed, length) = (columns.number(), columns.number(), columns.number());
                frames.push(Frame {
                    start,
                    packed,
                    length,
                });
            } else if let Some(kind) = ArtefactKind::of(columns.text()) {
                artefacts.push(Artefact {
                    kind,
                    url: columns.text(),
                    version: columns.text(),
                    frame: frames.len(),
                    start: columns.number(),
                    length: columns.number(),
                });
            }
        }
        let by_url = artefacts
            .iter()
            .enumerate()
            .map(|(number, one)| ((one.kind, one.url), number))
            .collect();
        Index {
            artefacts,
            frames,
            by_url,
        }
    })
}

impl Artefact {
    /// The resource as JSON, without its narrative and other text that only people read.
    ///
    /// Unpacks up to 256 KiB each time; keep what is made from it.
    pub fn text(&self) -> Arc<str> {
        self.unpack().unwrap_or_default()
    }

    fn unpack(&self) -> Option<Arc<str>> {
        let frame = index().frames.get(self.frame)?;
        let packed = PACKED.get(frame.start..frame.start + frame.packed)?;
        let mut text = vec![0; self.length];
        let mut inflating = DeflateDecoder::new(packed).take(u64::try_from(frame.length).ok()?);
        let before = u64::try_from(self.start).ok()?;
        std::io::copy(&mut inflating.by_ref().take(before), &mut std::io::sink()).ok()?;
        inflating.read_exact(&mut text).ok()?;
        String::from_utf8(text).ok().map(Arc::from)
    }
}

/// Every resource that the program carries, by kind and then by address.
pub fn artefacts() -> &'static [Artefact] {
    &index().artefacts
}

/// The resource with this canonical address; a version after `|` must be the one that is here, or begin it.
pub fn artefact(kind: ArtefactKind, canonical: &str) -> Option<&'static Artefact> {
    let (url, version) = canonical
        .split_once('|')
        .map_or((canonical, None), |(url, version)| (url, Some(version)));
    let found = index().artefacts.get(*index().by_url.get(&(kind, url))?)?;
    version
        .is_none_or(|version| found.version.starts_with(version))
        .then_some(found)
}

/// The value set with this canonical address.
pub fn value_set(canonical: &str) -> Option<&'static Artefact> {
    artefact(ArtefactKind::ValueSet, canonical)
}

/// The code system with this canonical address.
pub fn code_system(canonical: &str) -> Option<&'static Artefact> {
    artefact(ArtefactKind::CodeSystem, canonical)
}

#[cfg(test)]
mod tests {
    use super::{ArtefactKind, artefact, artefacts, code_system, value_set};

    #[test]
    fn every_artefact_unpacks_to_its_own_resource() {
        for one in artefacts() {
            let text = one.text();
            let start = format!("{{\"resourceType\":\"{}\"", one.kind.type_name());
            assert!(text.starts_with(&start) && text.ends_with('}'), "{}", one.url);
            assert!(text.contains(one.url), "{}", one.url);
        }
        let count = |kind| artefacts().iter().filter(|one| one.kind == kind).count();
        assert!(count(ArtefactKind::CodeSystem) > 1_000);
        assert!(count(ArtefactKind::ValueSet) > 1_300);
        assert!(count(ArtefactKind::StructureDefinition) > 430);
        assert_eq!(count(ArtefactKind::ConceptMap), 19);
    }

    #[test]
    fn versions_choose() {
        assert!(value_set("http://hl7.org/fhir/ValueSet/administrative-gender").is_some());
        assert!(value_set("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1").is_some());
        assert!(value_set("http://hl7.org/fhir/ValueSet/administrative-gender|4.0").is_some());
        assert!(value_set("http://hl7.org/fhir/ValueSet/administrative-gender|5.0.0").is_none());
        assert!(code_system("http://terminology.hl7.org/CodeSystem/v3-ActCode").is_some());
        assert!(
            artefact(
                ArtefactKind::StructureDefinition,
                "http://hl7.org/fhir/StructureDefinition/bp"
            )
            .is_some()
        );
        assert!(code_system("http://example.org/codes").is_none());
    }
}
