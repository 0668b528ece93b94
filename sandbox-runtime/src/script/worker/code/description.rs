//! What the compiler writes about a component beside its machine code: types, modules, and where each function lies.
//!
//! The engine's own front end (`wasmtime-environ`) describes a component without compiling it. Types and modules come from there; the places of
//! functions, their names and positions come from the component that was compiled.

use std::mem;

use serde::Deserialize;
use wasmparser::{Validator, WasmFeatures};
use wasmtime_environ::component::{
    CompiledComponentInfo, ComponentArtifacts, ComponentTypesBuilder, Translator,
};
use wasmtime_environ::{CompiledModuleInfo, FlagValue, GlobalConstValue, PrimaryMap, ScopeVec, Tunables};

use super::Unlike;

/// Memories whose first content is larger may be described in another way ([`wasmtime::Config::memory_guaranteed_dense_image_size`]).
const IMAGE_BYTES: usize = 16 * 1024 * 1024;

/// Description that the compiler wrote, or would.
pub(super) struct Description(ComponentArtifacts);

impl Description {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Unlike> {
        let artifacts = postcard::from_bytes(bytes).map_err(|_| Unlike("the description"))?;
        Ok(Self(artifacts))
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, Unlike> {
        postcard::to_allocvec(&self.0).map_err(|_| Unlike("the description"))
    }

    /// The sizes at the start of all memories, in pages.
    pub(super) fn memories(&self) -> Vec<u64> {
        let modules = self.0.static_modules.values();
        modules
            .flat_map(|compiled| compiled.module.memories.values())
            .map(|memory| memory.limits.min)
            .collect()
    }

    /// Sizes of memories, where their first content lies in the file, and the first values of globals that can change: no code depends on them.
    pub(super) fn forget_what_may_differ(&mut self) -> Result<(), Unlike> {
        for (_, compiled) in &mut self.0.static_modules {
            let module = &mut compiled.module;
            for (_, memory) in &mut module.memories {
                memory.limits.min = 0;
            }
            for (_, range) in &mut module.runtime_data {
                *range = 0..0;
            }
            let mut values = mem::take(&mut module.global_initializers);
            for (index, value) in values.iter_mut() {
                let global = module.globals.get(module.global_index(*index));
                if global.is_some_and(|global| global.mutability) {
                    *value = GlobalConstValue::I32(0);
                }
            }
            module.global_initializers = values;
        }
        Ok(())
    }
}

/// The settings that a compiled component was made with, as far as its description depends on them.
pub(super) struct Settings {
    tunables: Tunables,
    features: WasmFeatures,
    page_bytes: u64,
}

/// As the engine writes them; see `wasmtime::engine::serialization`.
#[derive(Deserialize)]
struct Written<'a> {
    #[serde(borrow)]
    _target: &'a str,
    #[serde(borrow)]
    _shared_flags: Vec<(&'a str, FlagValue<'a>)>,
    #[serde(borrow)]
    _isa_flags: Vec<(&'a str, FlagValue<'a>)>,
    tunables: Tunables,
    features: u64,
}

impl Settings {
    /// From the section that the engine checks before it loads anything, and the alignment of memory images.
    pub(super) fn read(section: &[u8], page_bytes: u64) -> Result<Self, Unlike> {
        const UNREADABLE: Unlike = Unlike("the settings");
        let [0, version_bytes, rest @ ..] = section else {
            return Err(UNREADABLE);
        };
        let written = rest.get(usize::from(*version_bytes)..).ok_or(UNREADABLE)?;
        let written: Written<'_> = postcard::from_bytes(written).map_err(|_| UNREADABLE)?;
        Ok(Self {
            tunables: written.tunables,
            features: WasmFeatures::from_bits(written.features).ok_or(UNREADABLE)?,
            page_bytes,
        })
    }

    /// Describes a component and its memory image; what only the compiler knows is taken from `compiled`.
    pub(super) fn describe(
        &self,
        component: &[u8],
        compiled: Description,
    ) -> Result<(Description, Vec<u8>), Unlike> {
        let compiled = compiled.0;
        let unreadable = |_| Unlike("the component");
        let tunables = &self.tunables;
        let scope = ScopeVec::new();
        let mut validator = Validator::new_with_features(self.features);
        let mut types = ComponentTypesBuilder::new(&validator);
        let (translated, mut modules) = Translator::new(tunables, &mut validator, &mut types, &scope)
            .translate(component)
            .map_err(unreadable)?;
        if modules.len() != compiled.static_modules.len() {
            return Err(Unlike("the number of modules"));
        }
        let mut image: Vec<u8> = Vec::new();
        let mut static_modules = PrimaryMap::new();
        let of_code = compiled.static_modules.into_iter().map(|(_, module)| module);
        for ((_, described), of_code) in modules.iter_mut().zip(of_code) {
            let module_types = types.module_types_builder_mut();
            described.finalize_memory_init(
                tunables,
                self.page_bytes,
                u64::try_from(IMAGE_BYTES).unwrap_or(u64::MAX),
                module_types,
            );
            described.finalize_table_init(tunables, module_types);
            let alignment = usize::try_from(described.data_align.unwrap_or(1)).unwrap_or(1);
            image.resize(image.len().next_multiple_of(alignment), 0);
            let start = u32::try_from(image.len()).map_err(|_| Unlike("the size of a memory"))?;
            for data in described.runtime_data.values() {
                image.extend_from_slice(data);
            }
            if image.len() > IMAGE_BYTES {
                return Err(Unlike("the size of a memory"));
            }
            let mut module = mem::replace(
                &mut described.module,
                wasmtime_environ::Module::new(of_code.module.module_index),
            );
            for (_, range) in &mut module.runtime_data {
                *range = start + range.start..start + range.end;
            }
            // Only compiling the functions tells.
            module.needs_gc_heap = of_code.module.needs_gc_heap;
            static_modules.push(CompiledModuleInfo { module, ..of_code });
        }
        let (types, ty) = types.finish(&translated.component);
        let described = ComponentArtifacts {
            ty,
            info: CompiledComponentInfo {
                component: translated.component,
            },
            table: compiled.table,
            types,
            static_modules,
            checksum: compiled.checksum,
        };
        Ok((Description(described), image))
    }
}
