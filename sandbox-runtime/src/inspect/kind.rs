//! What a file is, by its first bytes.

use wasmtime::Engine;

use super::error::{NotWasm, UploadError};

/// First bytes of WebAssembly.
const WASM: &[u8] = b"\0asm";

/// The two bytes after magic and version that tell components (1) from core modules (0).
const LAYER: std::ops::Range<usize> = 6..8;

/// How much of a text file is looked at, in bytes.
const TEXT_BYTES: usize = 16 * 1024;

const ARCHIVES: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
];

const NATIVE: [(&[u8], &str); 7] = [
    (b"\x7fELF", "a Linux program (ELF)"),
    (b"MZ", "a Windows program (PE)"),
    (b"\xcf\xfa\xed\xfe", "a macOS program (Mach-O)"),
    (b"\xce\xfa\xed\xfe", "a macOS program (Mach-O)"),
    (b"\xca\xfe\xba\xbe", "a macOS program or a Java class"),
    (b"!<arch>\n", "a static library"),
    (b"#!", "a script for a shell"),
];

/// Lets components pass.
pub(super) fn check(bytes: &[u8]) -> Result<(), UploadError> {
    if bytes.is_empty() {
        return Err(UploadError::Empty);
    }
    if bytes.starts_with(WASM) {
        return match bytes.get(LAYER) {
            Some([0, 0]) => Err(UploadError::CoreModule),
            // A file shorter than its header is malformed, which the parser says with the place.
            Some(_) | None => Ok(()),
        };
    }
    if WASM.starts_with(bytes) {
        return Err(UploadError::Malformed {
            offset: bytes.len(),
            message: "unexpected end".to_owned(),
        });
    }
    if Engine::detect_precompiled(bytes).is_some() {
        return Err(UploadError::NotWasm(NotWasm::Precompiled));
    }
    if let Some((_, kind)) = ARCHIVES.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(UploadError::NotWasm(NotWasm::Archive { kind }));
    }
    if let Some((_, kind)) = NATIVE.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(UploadError::NotWasm(NotWasm::Native { kind }));
    }
    Err(text(bytes).map_or(UploadError::NotWasm(NotWasm::Unknown), of_text))
}

fn text(bytes: &[u8]) -> Option<&str> {
    let beginning = bytes.get(..TEXT_BYTES).unwrap_or(bytes);
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(beginning.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_text = !text
        .chars()
        .any(|character| character.is_control() && !character.is_whitespace());
    is_text.then(|| text.trim_start_matches('\u{feff}').trim_start())
}

fn of_text(text: &str) -> UploadError {
    if text.starts_with("(module")
        || text.starts_with("(component")
        || text.starts_with(";;")
        || text.starts_with("(;")
    {
        return UploadError::Wat;
    }
    if text.starts_with('<') {
        return UploadError::NotWasm(NotWasm::Html);
    }
    let python = [
        "def ",
        "class ",
        "from ",
        "import ",
        "async def ",
        "@",
        "elif ",
        "if __name__",
    ];
    let script = [
        "export ",
        "import ",
        "const ",
        "let ",
        "var ",
        "function ",
        "async function ",
        "addEventListener(",
        "//",
        "/*",
        "\"use strict\"",
        "'use strict'",
    ];
    let mut votes = (0_u32, 0_u32);
    for line in text.lines().map(str::trim_end) {
        let ends_like_script = line.ends_with(';') || line.ends_with('{') || line.ends_with("=> {");
        let starts_block = line.ends_with(':') && !line.contains('{');
        if python.iter().any(|word| line.starts_with(word)) && (starts_block || !ends_like_script) {
            votes.0 += 1;
        }
        if script.iter().any(|word| line.starts_with(word)) && !starts_block {
            votes.1 += 1;
        }
        if ends_like_script || line.contains("=>") {
            votes.1 += 1;
        }
        if starts_block && !ends_like_script {
            votes.0 += 1;
        }
    }
    match votes {
        (0, 0) => UploadError::NotWasm(NotWasm::Text),
        (python, script) if python > script => UploadError::Python,
        _ => UploadError::JavaScript,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_code(bytes: &[u8], expected: &str) {
        assert_eq!(
            check(bytes).map_err(|error| error.code()),
            Err(expected),
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
    }

    #[test]
    fn each_kind_of_file_is_named() {
        for (bytes, code) in [
            (&b""[..], "upload-empty"),
            (b"\0as", "upload-malformed"),
            (b"\0asm\x01\0\0\0", "upload-core-module"),
            (b"PK\x03\x04....", "upload-archive"),
            (b"\x1f\x8b\x08", "upload-archive"),
            (b"\x7fELF\x02\x01\x01", "upload-native"),
            (b"MZ\x90\0", "upload-native"),
            (b"\xcf\xfa\xed\xfe\x07", "upload-native"),
            (b"#!/bin/sh\necho hi\n", "upload-native"),
            (b"  (module (func))", "upload-wat"),
            (b"\n(component)", "upload-wat"),
            (b";; a comment\n(component)", "upload-wat"),
            (b"<!doctype html><p>hi", "upload-not-wasm"),
            (b"hello", "upload-not-wasm"),
            (b"\x00\x01\x02\x03", "upload-not-wasm"),
            (b"export default { async fetch(request) { return new Response('hi') } }", "upload-javascript"),
            (b"import { x } from './x.js';\nconst a = 1;\n", "upload-javascript"),
            (b"addEventListener('fetch', (event) => event.respondWith(x()))", "upload-javascript"),
            (b"import json\nfrom proxy import exports\n\nclass Handler:\n    def handle(self):\n        pass\n", "upload-python"),
            (b"def main():\n    print('hi')\n", "upload-python"),
        ] {
            check_code(bytes, code);
        }
    }
}
