//! Puts the runner's own module behind the small ones that come with it.
//!
//! A snapshot changes the data of that module. When it is the last one, no function of another moves in the file, however large the snapshot
//! is, and the positions that the compiler keeps are the same for all scripts.

use wasmparser::{Encoding, Instance, InstanceSectionReader, Parser, Payload};

use super::Failure;

/// A section of the component itself.
struct Section<'a> {
    bytes: &'a [u8],
    is_module: bool,
    /// Which modules are instantiated, and where in `bytes` their numbers are.
    instantiates: Vec<(usize, u32)>,
}

/// The same component with its largest module after its other modules.
pub(super) fn largest_module_last(component: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut sections = sections(component)?;
    let modules: Vec<usize> = (0..sections.len())
        .filter(|at| sections.get(*at).is_some_and(|section| section.is_module))
        .collect();
    let largest = modules
        .iter()
        .enumerate()
        .max_by_key(|(_, at)| sections.get(**at).map_or(0, |section| section.bytes.len()));
    let (Some((number, from)), Some(to)) = (largest.map(|(number, at)| (number, *at)), modules.last()) else {
        return Ok(component.to_vec());
    };
    // All between the two move one place towards the front.
    sections.get_mut(from..=*to).unwrap_or_default().rotate_left(1);

    let mut ordered = component.get(..HEADER_BYTES).unwrap_or_default().to_vec();
    for section in &sections {
        let start = ordered.len();
        ordered.extend_from_slice(section.bytes);
        for (place, module) in &section.instantiates {
            let module = usize::try_from(*module).unwrap_or(usize::MAX);
            let new = renumbered(module, number, modules.len());
            // A number below 128 is one byte.
            let new = u8::try_from(new).ok().filter(|new| *new < 128);
            match (ordered.get_mut(start + place), new) {
                (Some(byte), Some(new)) if usize::from(*byte) == module => *byte = new,
                _ => return Err(Failure::Invalid("the runner has too many modules".to_owned())),
            }
        }
    }
    Ok(ordered)
}

/// Magic number, version and layer.
const HEADER_BYTES: usize = 8;

fn renumbered(module: usize, moved: usize, modules: usize) -> usize {
    match module {
        module if module == moved => modules.saturating_sub(1),
        module if module > moved => module - 1,
        module => module,
    }
}

fn sections(component: &[u8]) -> Result<Vec<Section<'_>>, Failure> {
    let mut sections = Vec::new();
    let mut start = HEADER_BYTES;
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(wasmtime::Error::from)?;
        if let Payload::Version { encoding, range, .. } = &payload {
            let is_outermost = range.start == 0;
            if is_outermost && *encoding == Encoding::Module {
                return Err(Failure::Invalid("the runner is no component".to_owned()));
            }
            depth += u32::from(!is_outermost);
        }
        if let Payload::End(_) = payload {
            depth = depth.saturating_sub(1);
        }
        let Some((_, range)) = payload.as_section().filter(|_| depth == 0) else {
            continue;
        };
        let instantiates = if let Payload::InstanceSection(instances) = &payload {
            instantiated(instances, start)?
        } else {
            Vec::new()
        };
        sections.push(Section {
            // From the end of the one before, so with its kind and length.
            bytes: component.get(start..range.end).unwrap_or_default(),
            is_module: matches!(payload, Payload::ModuleSection { .. }),
            instantiates,
        });
        start = range.end;
    }
    Ok(sections)
}

/// The modules that a section instantiates, by where their numbers are behind `start`.
fn instantiated(instances: &InstanceSectionReader<'_>, start: usize) -> Result<Vec<(usize, u32)>, Failure> {
    let mut numbers = Vec::new();
    for entry in instances.clone().into_iter_with_offsets() {
        let (offset, instance) = entry.map_err(wasmtime::Error::from)?;
        if let Instance::Instantiate { module_index, .. } = instance {
            // After the byte that says what kind of instance it is.
            numbers.push((offset.saturating_sub(start) + 1, module_index));
        }
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: &str = r#"(component
        (core module $large (memory 1) (func (export "f") (result i32) (i32.const 1)) (data (i32.const 0) "a long text that makes it the largest"))
        (core module $shim (func (export "g") (result i32) (i32.const 2)))
        (core module $fix (import "" "g" (func $g (result i32))) (func (export "h") (result i32) (call $g)))
        (core instance $shim (instantiate $shim))
        (core instance $large (instantiate $large))
        (core instance $fix (instantiate $fix (with "" (instance $shim))))
        (func (export "f") (result u32) (canon lift (core func $large "f")))
        (func (export "h") (result u32) (canon lift (core func $fix "h"))))"#;

    fn modules(component: &[u8]) -> Vec<usize> {
        let sections = sections(component).unwrap();
        let modules = sections.iter().filter(|section| section.is_module);
        modules.map(|module| module.bytes.len()).collect()
    }

    #[test]
    fn the_largest_module_is_last_and_everything_works_as_before() {
        let before = wat::parse_str(THREE).unwrap();
        let after = largest_module_last(&before).unwrap();
        assert_eq!(after.len(), before.len());
        let [large, shim, fix] = modules(&before)[..] else {
            panic!()
        };
        assert_eq!(modules(&after), [shim, fix, large]);
        let engine = wasmtime::Engine::default();
        let component = wasmtime::component::Component::new(&engine, &after).unwrap();
        let mut store = wasmtime::Store::new(&engine, ());
        let instance = wasmtime::component::Linker::new(&engine)
            .instantiate(&mut store, &component)
            .unwrap();
        for (name, value) in [("f", 1), ("h", 2)] {
            let function = instance.get_typed_func::<(), (u32,)>(&mut store, name).unwrap();
            assert_eq!(function.call(&mut store, ()).unwrap(), (value,));
        }
        assert_eq!(largest_module_last(&after).unwrap(), after);
    }

    #[test]
    fn what_is_no_component_is_an_error() {
        for bytes in [&b""[..], b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0\x01"] {
            assert!(largest_module_last(bytes).is_err() || bytes.is_empty());
        }
    }
}
