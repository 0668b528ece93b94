//! How deep the types of a component lie inside each other.
//!
//! Measured with a list, before anything else reads them: the validator's reader and the engine's call themselves for each level, and a file
//! of a few kilobytes could end this process where its stack ends.

use wasmparser::{BinaryReader, ComponentType, ComponentTypeDeclaration, InstanceTypeDeclaration};

/// First byte of the type of a component, which holds declarations.
const COMPONENT_TYPE: u8 = 0x41;
/// First byte of the type of an instance, as well.
const INSTANCE_TYPE: u8 = 0x42;
/// First byte of a declaration that is a type.
const TYPE_DECLARATION: u8 = 0x01;

/// What holds types or declarations.
#[derive(Debug, Clone, Copy)]
enum Holder {
    Section,
    Component,
    Instance,
}

/// The levels of the types of one section, at most one more than `allowed`. `offset` is where the section lies in the file.
pub(super) fn levels(section: &[u8], offset: usize, allowed: u64) -> wasmparser::Result<u64> {
    let mut reader = BinaryReader::new(section, offset);
    // Who holds what is read now, and how much of it is still to come.
    let mut open = vec![(Holder::Section, reader.read_var_u32()?)];
    let mut deepest = 0;
    while let Some((holder, left)) = open.last_mut() {
        let Some(fewer) = left.checked_sub(1) else {
            open.pop();
            continue;
        };
        *left = fewer;
        let holder = *holder;
        if let Some(inner) = read_one(&mut reader, holder)? {
            let level = u64::try_from(open.len()).unwrap_or(u64::MAX);
            deepest = deepest.max(level);
            if deepest > allowed {
                break;
            }
            open.push(inner);
        }
    }
    Ok(deepest)
}

/// Reads one type, or one declaration. Of a type that holds others only the beginning, and what it holds.
fn read_one(reader: &mut BinaryReader<'_>, holder: Holder) -> wasmparser::Result<Option<(Holder, u32)>> {
    let is_type = matches!(holder, Holder::Section) || next(reader)? == TYPE_DECLARATION;
    if !is_type {
        match holder {
            Holder::Component => drop(reader.read::<ComponentTypeDeclaration<'_>>()?),
            Holder::Section | Holder::Instance => drop(reader.read::<InstanceTypeDeclaration<'_>>()?),
        }
        return Ok(None);
    }
    if !matches!(holder, Holder::Section) {
        reader.read_u8()?;
    }
    let inner = match next(reader)? {
        COMPONENT_TYPE => Holder::Component,
        INSTANCE_TYPE => Holder::Instance,
        _ => {
            reader.read::<ComponentType<'_>>()?;
            return Ok(None);
        }
    };
    reader.read_u8()?;
    Ok(Some((inner, reader.read_var_u32()?)))
}

fn next(reader: &BinaryReader<'_>) -> wasmparser::Result<u8> {
    reader.clone().read_u8()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contents of the section of types in a component of this text.
    fn section(text: &str) -> Vec<u8> {
        let component = wat::parse_str(text).unwrap();
        let mut found = None;
        for payload in wasmparser::Parser::new(0).parse_all(&component) {
            if let wasmparser::Payload::ComponentTypeSection(types) = payload.unwrap() {
                found.get_or_insert(component[types.range()].to_vec());
            }
        }
        found.unwrap()
    }

    #[test]
    fn levels_are_counted_and_everything_else_is_passed_over() {
        for (text, expected) in [
            ("(component (type (func)))", 0),
            ("(component (type (component)))", 1),
            ("(component (type (instance (type (instance)))))", 2),
            (
                r#"(component (type (component
                    (import "a" (instance (export "f" (func (param "x" string)))))
                    (core type (module (import "m" "g" (func)) (export "h" (memory 1))))
                    (type $r (record (field "b" u8)))
                    (alias outer 0 $r (type))
                    (export "c" (component (type (instance (type (list u8)))))))))"#,
                3,
            ),
        ] {
            let section = section(text);
            assert_eq!(levels(&section, 0, 100).unwrap(), expected, "{text}");
            assert_eq!(levels(&section, 0, 1).unwrap(), expected.min(2), "{text}");
            // Cut anywhere, it ends with an error or with what is there.
            for length in 0..section.len() {
                assert!(levels(&section[..length], 0, 100).is_err(), "{text}, {length}");
            }
        }
    }
}
