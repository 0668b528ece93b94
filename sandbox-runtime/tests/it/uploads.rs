//! Uploads: what cannot run is refused before anything else, in one sentence with the way out.

use proptest::prelude::{ProptestConfig, any, proptest};
use sandbox_runtime::{UploadError, UploadLimits, check_upload};

use crate::stage::{compiler, component, handling};

fn check(bytes: &[u8]) -> Result<sandbox_runtime::Inspection, UploadError> {
    check_upload(bytes, &UploadLimits::DEFAULT)
}

fn code_of(text: &str) -> (&'static str, String) {
    let error = check(&wat::parse_str(text).unwrap()).unwrap_err();
    (error.code(), error.to_string())
}

const HANDLER: &str = r#"
    (import "wasi:http/types@0.2.0" (instance $types
      (export "incoming-request" (type (sub resource))) (export "response-outparam" (type (sub resource)))))
    (alias export $types "incoming-request" (type $request))
    (alias export $types "response-outparam" (type $out))
    (core module $M (func (export "handle") (param i32 i32)))
    (core instance $m (instantiate $M))
    (func $handle (param "request" (own $request)) (param "response-out" (own $out)) (canon lift (core func $m "handle")))
    (instance $handler (export "handle" (func $handle)))
    (export "wasi:http/incoming-handler@0.2.0" (instance $handler))"#;

#[test]
fn a_good_component_passes_with_its_names() {
    let inspection = check(&handling("(call $hello (local.get $out))")).unwrap();
    assert_eq!(inspection.exports, ["wasi:http/incoming-handler@0.2.0"]);
    assert!(
        inspection
            .imports
            .contains(&"wasi:http/outgoing-handler@0.2.0".to_owned())
    );
    assert_eq!(inspection.made_with, None);
    assert_eq!(inspection.contents.parts, 2);
    check(&wat::parse_str(format!("(component {HANDLER})")).unwrap()).unwrap();
}

#[test]
fn what_cannot_run_is_named_with_the_way_out() {
    for (text, expected, way_out) in [
        ("(module)".to_owned(), "upload-core-module", "wasm32-wasip2"),
        (
            "(component)".to_owned(),
            "upload-no-handler",
            "it exports nothing",
        ),
        (
            r#"(component (instance $i) (export "acme:thing/api@1.0.0" (instance $i)))"#.to_owned(),
            "upload-no-handler",
            "acme:thing/api@1.0.0",
        ),
        (
            r#"(component (instance $i) (export "wasi:cli/run@0.2.0" (instance $i)))"#.to_owned(),
            "upload-command",
            "wasi:http/incoming-handler",
        ),
        (
            r#"(component (instance $i) (export "wasi:http/handler@0.3.0" (instance $i)))"#.to_owned(),
            "upload-wasi-03",
            "0.2",
        ),
        (
            format!(r#"(component (import "wasi:http/outgoing-handle@0.2.0" (instance)) {HANDLER})"#),
            "upload-unknown-imports",
            "did you mean `wasi:http/outgoing-handler`?",
        ),
        (
            format!(r#"(component (import "wasi:keyvalue/store@0.2.0-draft" (instance)) {HANDLER})"#),
            "upload-unknown-imports",
            "wasi:keyvalue/store@0.2.0-draft",
        ),
        (
            format!(r#"(component (import "wasi:clocks/monotonic-clock@0.3.0" (instance)) {HANDLER})"#),
            "upload-wasi-03",
            "0.2",
        ),
        (
            format!("(component (core module (memory i64 1)) {HANDLER})"),
            "upload-invalid",
            "memory64",
        ),
    ] {
        let (code, sentence) = code_of(&text);
        assert_eq!(code, expected, "{sentence}");
        assert!(sentence.contains(way_out), "{sentence}");
    }
}

#[test]
fn an_oversized_file_is_refused_by_its_size_alone() {
    let error = check(&vec![0; (32 << 20) + 1]).unwrap_err();
    assert_eq!(error.code(), "upload-too-large");
    assert!(error.to_string().contains("32 MiB"), "{error}");
}

#[tokio::test]
async fn compiled_code_is_refused() {
    let artefact = compiler().compile(handling("")).await.unwrap();
    let error = check(artefact.code()).unwrap_err();
    assert_eq!(error.code(), "upload-native");
    assert!(error.to_string().contains("wasmtime"));
}

#[test]
fn more_than_any_toolchain_makes_is_refused_before_compiling() {
    let functions = |count: usize| format!("(component (core module {}) {HANDLER})", "(func)".repeat(count));
    let imports = |count: usize| {
        let imports = r#"(import "a" "b" (func))"#.repeat(count);
        format!("(component (core module {imports}) {HANDLER})")
    };
    let locals = |count: usize| {
        format!(
            "(component (core module (func {})) {HANDLER})",
            "(local i32)".repeat(count)
        )
    };
    let nesting = |count: usize| {
        format!(
            "(component (core module (func {} {})) {HANDLER})",
            "block ".repeat(count),
            "end ".repeat(count)
        )
    };
    let targets = |count: usize| {
        format!(
            "(component (core module (func (br_table {} (i32.const 0)))) {HANDLER})",
            "0 ".repeat(count)
        )
    };
    let types = |count: usize| {
        format!(
            "(component (core module {}) {HANDLER})",
            "(type (func))".repeat(count)
        )
    };
    let parts = |count: usize| format!("(component {} {HANDLER})", "(core module)".repeat(count));
    for (text, what) in [
        (functions(100_001), "functions"),
        (imports(20_001), "imports"),
        (locals(4_001), "local variables"),
        (nesting(5_001), "blocks"),
        (targets(200_002), "branch targets"),
        (types(20_001), "types"),
        (parts(201), "modules"),
    ] {
        let (code, sentence) = code_of(&text);
        assert_eq!(code, "upload-too-complex", "{sentence}");
        assert!(sentence.contains(what), "{sentence}");
    }
}

/// A component that answers requests, with one more section behind its own.
fn with_section(number: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = wat::parse_str(format!("(component {HANDLER})")).unwrap();
    bytes.push(number);
    bytes.extend(length(payload.len()));
    bytes.extend_from_slice(payload);
    bytes
}

/// A length as WebAssembly writes it.
fn length(mut length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while length >= 0x80 {
        bytes.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap());
    bytes
}

/// So many components inside each other, the innermost empty.
fn matryoshka(levels: usize) -> Vec<u8> {
    const HEAD: &[u8] = b"\0asm\x0d\0\x01\0";
    (1..levels).fold(HEAD.to_vec(), |inner, _| {
        [HEAD, &[4], &length(inner.len()), &inner].concat()
    })
}

#[test]
fn components_deep_inside_each_other_are_refused() {
    // With the component around them and its module: just as many as may be.
    check(&with_section(4, &matryoshka(199))).unwrap();
    for levels in [200, 1_000, 20_000] {
        let error = check(&with_section(4, &matryoshka(levels))).unwrap_err();
        assert_eq!(error.code(), "upload-too-complex", "{error}");
        assert!(error.to_string().contains("modules and components"), "{error}");
    }
}

/// Whoever reads such a type calls itself for each level: 100,000 levels need 300 KB of a file, and more stack than any thread has.
#[test]
fn types_deep_inside_each_other_are_refused_before_anybody_reads_them() {
    for declares in [0x41, 0x42] {
        let nested = |levels: usize| {
            // A section of one type, whose only declaration is a type, and so on.
            let mut types = vec![1];
            for _ in 1..levels {
                types.extend([declares, 1, 1]);
            }
            types.extend([declares, 0]);
            with_section(7, &types)
        };
        check(&nested(100)).unwrap();
        for levels in [101, 1_000, 100_000, 5_000_000] {
            let error = check(&nested(levels)).unwrap_err();
            assert_eq!(error.code(), "upload-too-complex", "{error}");
            assert!(error.to_string().contains("types of components"), "{error}");
        }
    }
}

/// Not inside each other in the file, so that only the validator knows how deep they go.
#[test]
fn types_that_hold_each_other_in_a_long_row_are_refused() {
    let row = |length: usize| {
        let types: String = (1..length)
            .map(|number| {
                let held = number - 1;
                format!(
                    "(type $t{number} (instance (alias outer 1 $t{held} (type $held)) (export \"x\" (instance (type $held)))))"
                )
            })
            .collect();
        wat::parse_str(format!(
            "(component (component (type $t0 (instance (export \"f\" (func)))) {types}) {HANDLER})"
        ))
        .unwrap()
    };
    check(&row(50)).unwrap();
    for length in [200, 5_000, 19_000] {
        let error = check(&row(length)).unwrap_err();
        assert_eq!(error.code(), "upload-too-complex", "{error}");
    }
}

#[test]
fn no_beginning_of_a_component_passes() {
    let good = handling("(call $hello (local.get $out))");
    for length in 0..good.len() {
        let Err(error) = check(&good[..length]) else {
            // Only names for debugging are missing: custom sections have the number 0.
            assert_eq!(good[length], 0, "{length}");
            continue;
        };
        assert!(!error.to_string().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flipped_bit_is_refused_or_harmless() {
    let good = handling("(call $hello (local.get $out))");
    let compiler = compiler();
    let mut passed = 0;
    for place in 0..good.len() {
        let mut changed = good.to_vec();
        changed[place] ^= 1 << (place % 8);
        if check(&changed).is_ok() {
            passed += 1;
            // What the check lets through must be sound for the compiler as well; a sample is enough, each takes a child.
            if passed % 40 == 0 {
                let compiled = compiler.compile(changed.into()).await;
                assert!(compiled.is_ok(), "byte {place}: {compiled:?}");
            }
        }
    }
    assert!(passed > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_check_panic(bytes: Vec<u8>, place: usize, value: u8, is_wasm in any::<bool>()) {
        let mut bytes = bytes;
        if is_wasm {
            let mut good = component("(func (export \"handle\") (param i32 i32))").to_vec();
            let place = place % good.len();
            good[place] = value;
            good.splice(place..place, bytes.iter().copied().take(8));
            bytes = good;
        }
        let _ = check(&bytes);
    }
}

#[tokio::test]
async fn what_is_offered_is_linked_and_nothing_else() {
    let resource = |name: &str| format!("(export \"{name}\" (type (sub resource)))");
    let function = |name: &str, result: &str| format!("(export \"{name}\" (func (result {result})))");
    for (interface, item, linked) in [
        ("wasi:io/poll", resource("pollable"), true),
        ("wasi:io/error", resource("error"), true),
        ("wasi:io/streams", resource("input-stream"), true),
        (
            "wasi:cli/environment",
            function("get-arguments", "(list string)"),
            true,
        ),
        (
            "wasi:cli/exit",
            "(export \"exit\" (func (param \"status\" (result))))".to_owned(),
            true,
        ),
        ("wasi:cli/terminal-input", resource("terminal-input"), true),
        ("wasi:cli/terminal-output", resource("terminal-output"), true),
        ("wasi:clocks/monotonic-clock", function("now", "u64"), true),
        ("wasi:filesystem/types", resource("descriptor"), true),
        ("wasi:random/random", function("get-random-u64", "u64"), true),
        (
            "wasi:random/insecure",
            function("get-insecure-random-u64", "u64"),
            true,
        ),
        (
            "wasi:random/insecure-seed",
            function("insecure-seed", "(tuple u64 u64)"),
            true,
        ),
        ("wasi:sockets/network", resource("network"), true),
        ("wasi:sockets/tcp", resource("tcp-socket"), true),
        ("wasi:sockets/udp", resource("udp-socket"), true),
        ("wasi:keyvalue/store", resource("bucket"), false),
        ("wasi:clocks/timezone", function("utc-offset", "s32"), false),
        ("wasi:config/store", resource("store"), false),
    ] {
        let wasm = wat::parse_str(format!(
            "(component (import \"{interface}@0.2.0\" (instance {item})) {HANDLER})"
        ))
        .unwrap();
        assert_eq!(check(&wasm).is_ok(), linked, "{interface}");
        let artefact = compiler().compile(wasm.into()).await.unwrap();
        let loaded = crate::stage::SANDBOX.load(&artefact);
        assert_eq!(loaded.is_ok(), linked, "{interface}: {loaded:?}");
    }
}
