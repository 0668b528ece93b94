//! Makes the machine code of a script's component, and compiles the runner's functions only the first time.
//!
//! Scripts become components that differ in their first memory and in some globals; the functions are the runner's own, and compiling
//! them again takes 140 ms even from a warm cache. So the code of a component that was compiled is kept as a [`Mould`], and that of the next
//! one is cast from it: the description of its modules and its memory image are new, everything else is what the compiler made.
//!
//! Nothing here trusts that it understands the compiler's output:
//!
//! - a mould is used only for a component whose other sections are the same, byte for byte, with the code at the same place, and whose modules are
//!   described in the same words but for what may differ ([`description`]);
//! - before the first cast, two components are compiled and cast from each other, and every byte has to be the same. Where it is not, as it
//!   may be with another release of the engine, every script is compiled.

mod description;
mod elf;
mod fixed;

use std::io::{self, Write as _};

use wasmtime::Engine;

use self::description::{Description, Settings};
use self::elf::Elf;
use super::Failure;

/// Moulds kept. Components differ in more than the memory when a number in front of the code takes more bytes, which has few variants.
const MOULDS: usize = 4;

/// How the compiler's files name what differs.
const DESCRIPTION: &str = ".wasmtime.info";
const MEMORY_IMAGE: &str = ".rodata.wasm";
const SETTINGS: &str = ".wasmtime.engine";

/// Makes machine code for components of scripts.
pub(super) struct CodeMaker {
    engine: Engine,
    /// The latest last. Empty for ever where casting was not found to be true.
    moulds: Vec<Mould>,
    casts: bool,
}

impl CodeMaker {
    /// `first` and `second` are components of two scripts that differ in size.
    pub(super) fn open(engine: Engine, first: &[u8], second: &[u8]) -> Result<Self, Failure> {
        let mut maker = Self {
            engine,
            moulds: Vec::new(),
            casts: false,
        };
        let compiled = [maker.compile(first)?, maker.compile(second)?];
        match prove([first, second], compiled) {
            Ok(mould) => {
                maker.moulds.push(mould);
                maker.casts = true;
            }
            Err(Unlike(what)) => {
                // The program writes it to its log.
                let _ = writeln!(
                    io::stderr(),
                    "every script is compiled, because code for one cannot be made from that of another: {what}"
                );
            }
        }
        Ok(maker)
    }

    /// What [`Engine::precompile_component`] makes of the component, byte for byte.
    pub(super) fn make(&mut self, component: &[u8]) -> Result<Vec<u8>, Failure> {
        if !self.casts {
            return self.compile(component);
        }
        let fixed = fixed::digest(component)?;
        if let Some(place) = self.moulds.iter().position(|mould| mould.fixed == fixed) {
            let mould = self.moulds.remove(place);
            let cast = mould.cast(component);
            self.moulds.push(mould);
            if let Ok(code) = cast {
                return Ok(code);
            }
            return self.compile(component);
        }
        let code = self.compile(component)?;
        if let Ok(mould) = Mould::of(fixed, code.clone()) {
            if self.moulds.len() == MOULDS {
                self.moulds.remove(0);
            }
            self.moulds.push(mould);
        }
        Ok(code)
    }

    fn compile(&self, component: &[u8]) -> Result<Vec<u8>, Failure> {
        Ok(self.engine.precompile_component(component)?)
    }
}

/// A mould that was found to be true: the first of two, from which the code of both can be made.
fn prove(components: [&[u8]; 2], compiled: [Vec<u8>; 2]) -> Result<Mould, Unlike> {
    let [first, second] = compiled;
    let digests = components.map(|component| fixed::digest(component).map_err(|_| Unlike("its sections")));
    let [of_first, of_second] = digests;
    let of_first = of_first?;
    if of_first != of_second? {
        return Err(Unlike("the sections that should be the same"));
    }
    let mould = Mould::of(of_first, first.clone())?;
    for (component, code) in components.into_iter().zip([first, second]) {
        if mould.cast(component)? != code {
            return Err(Unlike("what comes out"));
        }
    }
    Ok(mould)
}

/// Why a component's code cannot be made from another's; the text names what was different or not understood.
#[derive(Debug)]
struct Unlike(&'static str);

/// Machine code that was compiled, and what it can be used for.
struct Mould {
    fixed: [u8; 32],
    code: Elf,
    settings: Settings,
    /// What the description of another component must be like.
    description: Vec<u8>,
    smallest_memories: Vec<u64>,
}

impl Mould {
    fn of(fixed: [u8; 32], code: Vec<u8>) -> Result<Self, Unlike> {
        let code = Elf::parse(code)?;
        let alignment = code.alignment(MEMORY_IMAGE)?;
        let settings = Settings::read(code.section(SETTINGS)?, alignment)?;
        let mut described = Description::read(code.section(DESCRIPTION)?)?;
        let smallest_memories = described.memories();
        described.forget_what_may_differ()?;
        Ok(Self {
            fixed,
            settings,
            description: described.to_bytes()?,
            smallest_memories,
            code,
        })
    }

    fn cast(&self, component: &[u8]) -> Result<Vec<u8>, Unlike> {
        let compiled = Description::read(self.code.section(DESCRIPTION)?)?;
        let (described, image) = self.settings.describe(component, compiled)?;
        // Code may leave out a check that the smallest size makes needless.
        let memories = described.memories();
        let no_smaller = memories.len() == self.smallest_memories.len()
            && memories
                .iter()
                .zip(&self.smallest_memories)
                .all(|(new, smallest)| new >= smallest);
        if !no_smaller {
            return Err(Unlike("the size of a memory"));
        }
        let bytes = described.to_bytes()?;
        let mut likeness = described;
        likeness.forget_what_may_differ()?;
        if likeness.to_bytes()? != self.description {
            return Err(Unlike("the description of a module"));
        }
        self.code.with(&[(MEMORY_IMAGE, &image), (DESCRIPTION, &bytes)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::wire::{Order, Times};
    use crate::script::worker::Workshop;

    fn component(workshop: &Workshop, text: &str) -> Vec<u8> {
        let order = Order::single(text);
        workshop.evaluator.snapshot(order, &mut Times::default()).unwrap()
    }

    #[test]
    fn what_is_cast_is_what_the_compiler_makes() {
        let mut workshop = Workshop::open().unwrap();
        assert!(workshop.code.casts);
        let app = "export default { fetch() { return new Response(String(held)) } }";
        let held = [
            "const held = 1;",
            "const held = new Map([['a', { b: [1, 2, 3] }]]);",
            "import { html } from 'nhs'; const held = html`<p>${1}</p>`;",
            "const held = 'x'.repeat(1_500_000);",
            // A memory of more than 127 pages, whose number takes two bytes, in front of the code.
            "const held = Array.from({ length: 20_000 }, (_, at) => ({ at, text: `entry ${at}` }));",
            "const held = 2;",
            "const held = new Uint8Array(3_000_000).fill(7);",
            // Mostly nothing, in a large memory.
            "const held = new Uint8Array(40_000_000); held[39_999_999] = 1;",
        ];
        for held in held {
            let component = component(&workshop, &format!("{held} {app}"));
            let made = workshop.code.make(&component).unwrap();
            let compiled = workshop.code.compile(&component).unwrap();
            assert!(made == compiled, "{held}");
        }
        // One for small memories, one for large ones.
        assert_eq!(workshop.code.moulds.len(), 2);
        let cast = component(&workshop, &format!("const held = 3; {app}"));
        let fixed = fixed::digest(&cast).unwrap();
        let mould = workshop.code.moulds.iter().find(|mould| mould.fixed == fixed);
        assert!(mould.unwrap().cast(&cast).is_ok());
    }

    #[test]
    fn only_from_the_same_functions_and_no_larger_memories() {
        let engine = Engine::new(&crate::engine::base_config()).unwrap();
        let component = |module: &str| wat::parse_str(format!("(component (core module {module}))")).unwrap();
        let memory = |pages: u32, data: &str| {
            let code = r#"(func (export "f") (result i32) (i32.load (i32.const 70000)))"#;
            component(&format!(
                r#"(memory {pages}) (global (mut i32) (i32.const {pages})) {code} (data (i32.const 8) "{data}")"#
            ))
        };
        let compile = |component: &[u8]| engine.precompile_component(component).unwrap();
        let (two, three) = (memory(2, "two"), memory(3, "three"));
        let mould = prove([&two, &three], [compile(&two), compile(&three)]).unwrap();
        assert!(mould.cast(&memory(4, "four")).unwrap() == compile(&memory(4, "four")));
        assert!(mould.cast(&memory(1, "one")).is_err());
        // The image begins elsewhere, and the function that starts the module says so.
        let elsewhere = component(
            r#"(memory 2) (global (mut i32) (i32.const 2)) (func (export "f") (result i32) (i32.load (i32.const 70000))) (data (i32.const 66000) "x")"#,
        );
        assert!(mould.cast(&elsewhere).is_err());

        let other = component(
            r#"(memory 2) (global (mut i32) (i32.const 2)) (func (export "f") (result i32) (i32.load (i32.const 70004)))"#,
        );
        assert_ne!(fixed::digest(&two).unwrap(), fixed::digest(&other).unwrap());
        assert!(prove([&two, &other], [compile(&two), compile(&other)]).is_err());
        // What was compiled is not what comes out.
        assert!(prove([&two, &three], [compile(&two), compile(&two)]).is_err());

        let constant = |value: u32| {
            component(&format!(
                r#"(global $g i32 (i32.const {value})) (func (export "f") (result i32) (global.get $g))"#
            ))
        };
        let (five, six) = (constant(5), constant(6));
        assert!(prove([&five, &six], [compile(&five), compile(&six)]).is_err());
    }

    #[test]
    fn a_file_with_nothing_replaced_is_the_same_file() {
        let engine = Engine::new(&crate::engine::base_config()).unwrap();
        let component = wat::parse_str(r#"(component (core module (func (export "f"))))"#).unwrap();
        let code = engine.precompile_component(&component).unwrap();
        assert!(Elf::parse(code.clone()).unwrap().with(&[]).unwrap() == code);
        for end in 0..code.len() {
            let _broken = Elf::parse(code[..end].to_vec());
        }
    }
}
