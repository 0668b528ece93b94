//! Reads the sections of a component without looking at instructions: names, makers, numbers.

use wasmparser::{
    ComponentExternName, ComponentTypeRef, KnownCustom, Parser, Payload, SectionLimited, TypeBounds,
};

use super::error::UploadError;
use super::producers::Producers;
use super::{Contents, UploadLimits, type_nesting};

/// What the sections say.
pub(super) struct Structure {
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
    pub(super) producers: Producers,
    pub(super) contents: Contents,
}

pub(super) fn read(bytes: &[u8], limits: &UploadLimits) -> Result<Structure, UploadError> {
    let mut structure = Structure {
        imports: Vec::new(),
        exports: Vec::new(),
        producers: Producers::default(),
        contents: Contents::default(),
    };
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| UploadError::malformed(&error))?;
        if let Payload::ComponentTypeSection(types) = &payload {
            let range = types.range();
            let section = bytes.get(range.clone()).unwrap_or_default();
            let levels = type_nesting::levels(section, range.start, limits.type_nesting)
                .map_err(|error| UploadError::malformed(&error))?;
            structure.contents.type_nesting = structure.contents.type_nesting.max(levels);
        }
        structure
            .note(&payload, depth)
            .map_err(|error| UploadError::malformed(&error))?;
        structure.contents.check(limits)?;
        if matches!(
            payload,
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. }
        ) {
            depth += 1;
        } else if matches!(payload, Payload::End(_)) {
            depth = depth.saturating_sub(1);
        }
    }
    Ok(structure)
}

impl Structure {
    fn note(&mut self, payload: &Payload<'_>, depth: u32) -> wasmparser::Result<()> {
        let contents = &mut self.contents;
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "sections that are not counted here are left to the validator"
        )]
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => contents.parts += 1,
            Payload::FunctionSection(functions) => contents.functions += u64::from(functions.count()),
            Payload::ImportSection(imports) => contents.imports += u64::from(imports.count()),
            Payload::TypeSection(types) => contents.types += u64::from(types.count()),
            Payload::ComponentTypeSection(types) => contents.types += u64::from(types.count()),
            Payload::CoreTypeSection(types) => contents.types += u64::from(types.count()),
            Payload::ComponentImportSection(imports) => {
                contents.imports += u64::from(imports.count());
                if depth == 0 {
                    // A type that equals another only gives it a name: nobody has to provide anything.
                    let is_needed = |ty| !matches!(ty, ComponentTypeRef::Type(TypeBounds::Eq(_)));
                    collect(imports, &mut self.imports, |import| {
                        is_needed(import.ty).then_some(import.name)
                    })?;
                }
            }
            Payload::ComponentExportSection(exports) if depth == 0 => {
                collect(exports, &mut self.exports, |export| Some(export.name))?;
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Producers(producers) = section.as_known() {
                    self.producers.note(producers);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn collect<'a, T: wasmparser::FromReader<'a>>(
    section: &SectionLimited<'a, T>,
    names: &mut Vec<String>,
    name: impl Fn(T) -> Option<ComponentExternName<'a>>,
) -> wasmparser::Result<()> {
    for item in section.clone() {
        names.extend(name(item?).map(|name| name.name.to_owned()));
    }
    Ok(())
}

impl Contents {
    /// Refuses as soon as a number is too high.
    pub(super) fn check(&self, limits: &UploadLimits) -> Result<(), UploadError> {
        let checks = [
            ("modules and components inside it", self.parts, limits.parts),
            ("functions", self.functions, limits.functions),
            ("imports", self.imports, limits.imports),
            ("types", self.types, limits.types),
            (
                "types of components inside each other",
                self.type_nesting,
                limits.type_nesting,
            ),
            ("local variables in one function", self.locals, limits.locals),
            (
                "blocks nested in each other in one function",
                self.nesting,
                limits.nesting,
            ),
            (
                "branch targets in one function",
                self.branch_targets,
                limits.branch_targets,
            ),
        ];
        for (what, found, allowed) in checks {
            if found > allowed {
                return Err(UploadError::TooComplex { what, found, allowed });
            }
        }
        Ok(())
    }
}
