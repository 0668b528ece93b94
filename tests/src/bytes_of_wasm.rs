//! WebAssembly files that no decent compiler makes: made from good ones, or from text.
//!
//! A component is its eight first bytes and a row of sections, each a number, a length and its bytes. So a good
//! component with one more section behind it is still good, and still answers requests.

use std::fmt::Write as _;

use anyhow::{Context as _, ensure};

/// Number of a section that carries what the engine does not read.
const CUSTOM_SECTION: u8 = 0;
/// Number of a section that carries a core module.
const MODULE_SECTION: u8 = 1;
/// Number of a section that makes instances of core modules.
const INSTANCE_SECTION: u8 = 2;
/// Number of a section that declares types.
const TYPE_SECTION: u8 = 7;

/// The same component under another SHA-256.
#[must_use]
pub fn distinct(component: &[u8], mark: &str) -> Vec<u8> {
    let mut payload = leb(4);
    payload.extend_from_slice(b"mark");
    payload.extend_from_slice(mark.as_bytes());
    with_section(component, CUSTOM_SECTION, &payload)
}

/// The same component with a core module inside, of which it makes an instance: the engine has to compile it.
///
/// # Errors
/// When the component's sections do not read.
pub fn with_module(component: &[u8], module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let modules = sections(component)?
        .into_iter()
        .filter(|number| *number == MODULE_SECTION)
        .count();
    let longer = with_section(component, MODULE_SECTION, module);
    // One instance: of a module (0), by its number, given nothing (0).
    let instance = [vec![1, 0], leb(modules), vec![0]].concat();
    Ok(with_section(&longer, INSTANCE_SECTION, &instance))
}

/// The same component with types of instances inside each other: 1,000 of them, in 3 KB, end a thread that reads them in the plain way
/// (measured).
#[must_use]
pub fn with_nested_types(component: &[u8], levels: usize) -> Vec<u8> {
    // One type, which is an instance (0x42) with one declaration (1), which is a type (1), and so on; the last has none.
    let mut types = vec![1];
    types.extend([0x42, 1, 1].repeat(levels));
    types.extend([0x42, 0]);
    with_section(component, TYPE_SECTION, &types)
}

/// The numbers of a component's sections.
fn sections(component: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut rest = component
        .get(8..)
        .context("a component begins with eight bytes")?;
    let mut numbers = Vec::new();
    while let Some((number, after)) = rest.split_first() {
        let (length, after) = unleb(after).context("a section has a length")?;
        rest = after.get(length..).context("a section is as long as it says")?;
        numbers.push(*number);
    }
    Ok(numbers)
}

fn unleb(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().position(|byte| byte & 0x80 == 0)?;
    let (length, rest) = bytes.split_at_checked(end + 1)?;
    let number = length.iter().rev().try_fold(0_usize, |number, byte| {
        number
            .checked_mul(128)
            .map(|number| number | usize::from(byte & 0x7f))
    })?;
    Some((number, rest))
}

/// The same component with one more import.
///
/// # Errors
/// When the component cannot be written as text and read back.
pub fn with_import(component: &[u8], interface: &str) -> anyhow::Result<Vec<u8>> {
    let text = wasmprinter::print_bytes(component)?;
    let (before, after) = text
        .rsplit_once(')')
        .context("a component ends in a parenthesis")?;
    Ok(wat::parse_str(format!(
        "{before}(import \"{interface}\" (instance))\n){after}"
    ))?)
}

/// The smallest core module.
///
/// # Errors
/// Never.
pub fn core_module() -> anyhow::Result<Vec<u8>> {
    module("(func (export \"answer\") (result i32) i32.const 42)")
}

/// A core module from the text between its parentheses.
///
/// # Errors
/// When the text does not read.
pub fn module(fields: &str) -> anyhow::Result<Vec<u8>> {
    Ok(wat::parse_str(format!("(module {fields})"))?)
}

/// A component from the text between its parentheses.
///
/// # Errors
/// When the text does not read.
pub fn component(fields: &str) -> anyhow::Result<Vec<u8>> {
    Ok(wat::parse_str(format!("(component {fields})"))?)
}

/// Loops inside loops over many locals: 8 KB of 500 by 500 keep an optimising compiler busy for more than 30 s (measured).
///
/// # Errors
/// Never.
pub fn nested_loops(loops: usize, locals: usize) -> anyhow::Result<Vec<u8>> {
    let mut text = format!("(func (export \"bomb\") (local{}) ", " i32".repeat(locals));
    text.push_str(&"loop ".repeat(loops));
    // Every local is changed inside all of the loops, so each loop has to carry each of them around.
    for number in 0..locals {
        write!(
            text,
            "local.get {} i32.const {number} i32.add local.set {number} ",
            (number + 1) % locals
        )?;
    }
    for number in 0..loops {
        write!(text, "local.get {} br_if 0 end ", number % locals)?;
    }
    text.push(')');
    module(&text)
}

/// Branches one after the other over many locals: 50,000 by 5,000 ask for 26 GB (measured).
///
/// # Errors
/// Never.
pub fn many_branches(branches: usize, locals: usize) -> anyhow::Result<Vec<u8>> {
    let mut text = format!("(func (export \"bomb\") (local{}) ", " i32".repeat(locals));
    for number in 0..branches {
        let (one, other) = (number % locals, (number + 7) % locals);
        write!(text, "local.get {one} if local.get {other} local.set {one} end ")?;
    }
    text.push(')');
    module(&text)
}

/// Empty functions: 300,000 take 1.6 GB (measured).
///
/// # Errors
/// Never.
pub fn many_functions(functions: usize) -> anyhow::Result<Vec<u8>> {
    module(&"(func)".repeat(functions))
}

/// The component without its end.
///
/// # Errors
/// When it is shorter than that.
pub fn truncated(component: &[u8], length: usize) -> anyhow::Result<Vec<u8>> {
    Ok(component.get(..length).context("a component is longer")?.to_vec())
}

/// The component with one bit turned.
///
/// # Errors
/// When it is shorter than that.
pub fn flipped(component: &[u8], at: usize) -> anyhow::Result<Vec<u8>> {
    ensure!(at < component.len(), "a component is longer");
    Ok(component
        .iter()
        .enumerate()
        .map(|(place, byte)| if place == at { byte ^ 0x40 } else { *byte })
        .collect())
}

fn with_section(component: &[u8], number: u8, payload: &[u8]) -> Vec<u8> {
    let mut longer = component.to_vec();
    longer.push(number);
    longer.extend(leb(payload.len()));
    longer.extend_from_slice(payload);
    longer
}

/// A length as WebAssembly writes it: seven bits a byte, the lowest first.
fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        for (number, bytes) in [
            (0, vec![0]),
            (127, vec![0x7f]),
            (128, vec![0x80, 1]),
            (624_485, vec![0xe5, 0x8e, 0x26]),
        ] {
            assert_eq!(leb(number), bytes);
            assert_eq!(unleb(&bytes), Some((number, &[][..])));
        }
    }

    #[test]
    fn what_is_made_is_as_big_as_measured() {
        assert_eq!(core_module().unwrap()[..4], *b"\0asm");
        assert!((4_000..12_000).contains(&nested_loops(500, 500).unwrap().len()));
        assert!(many_branches(50_000, 5_000).unwrap().len() > 400_000);
        assert!(many_functions(300_000).unwrap().len() > 1_000_000);
        let component = component("").unwrap();
        assert_ne!(distinct(&component, "a"), distinct(&component, "b"));
        assert!(with_import(&component, "a:b/c@1.0.0").unwrap().len() > component.len());
    }
}
