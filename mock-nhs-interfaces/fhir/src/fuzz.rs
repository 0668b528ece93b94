//! Entrances for fuzzers: plain functions of bytes that fail by panicking. Here, and only here, an assertion is the point.
//!
//! Built for tests and with the feature `fuzz`. The stable tests replay `corpus/` and changed copies of it.

use crate::fhirpath::{Context, Expression, Node};
use crate::json::Json;
use crate::patch::fhirpath::Environment;
use crate::text::{Stamp, compact, members, pretty, stamp};

/// Whatever is accepted is written and read again without change, laid out and stamped without loss.
///
/// # Panics
/// On a broken promise.
pub fn fuzz_json(bytes: &[u8]) {
    let Ok(tree) = Json::parse(bytes) else { return };
    let again = |text: &str| Json::parse(text.as_bytes()).ok();
    assert_eq!(
        again(&tree.to_text()).as_ref(),
        Some(&tree),
        "what is written is read again"
    );
    let Ok(text) = std::str::from_utf8(bytes) else {
        unreachable!("what was accepted is UTF-8")
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    assert_eq!(
        again(&compact(text)).as_ref(),
        Some(&tree),
        "white space carries nothing"
    );
    assert_eq!(
        again(&pretty(text)).as_ref(),
        Some(&tree),
        "white space carries nothing"
    );
    assert!(tree.same_value(&tree) && tree.depth() <= crate::json::MAX_DEPTH);
    let marks = Stamp {
        id: "x",
        version_id: "2",
        last_updated: "2026-11-26T00:00:00Z",
    };
    let Ok(kept) = stamp(text, &marks) else { return };
    let kept_tree = again(&kept);
    assert_eq!(kept_tree.as_ref().and_then(|tree| tree.text("id")), Some("x"));
    let others = |text| {
        let owned = |member: &crate::text::Member<'_>| member.is("id") || member.is("meta");
        members(text)
            .filter(move |member| !owned(member))
            .map(|member| (member.key, text.get(member.value)))
    };
    assert!(others(text).eq(others(&kept)), "only id and meta change");
    assert_eq!(
        stamp(&kept, &marks).as_ref(),
        Ok(&kept),
        "stamping again changes nothing"
    );
}

/// A resource, a line feed, and a patch of either kind: what comes out is within the limits of what goes in.
///
/// # Panics
/// On a broken promise.
pub fn fuzz_patch(bytes: &[u8]) {
    let Some(at) = bytes.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let (resource, patch) = bytes.split_at(at);
    let (Ok(resource), Ok(patch)) = (Json::parse(resource), Json::parse(patch)) else {
        return;
    };
    let environment = Environment {
        model: None,
        now_micros: 0,
    };
    let results = [
        crate::patch::json::apply(&resource, &patch),
        crate::patch::fhirpath::apply(&resource, &patch, &environment),
    ];
    for patched in results.into_iter().flatten() {
        assert_eq!(
            Json::parse(patched.to_text().as_bytes()),
            Ok(patched),
            "the result can be kept"
        );
    }
}

/// An expression, a line feed, and the resource it is evaluated on: evaluation ends.
pub fn fuzz_fhirpath(bytes: &[u8]) {
    let at = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(bytes.len());
    let (expression, resource) = bytes.split_at(at);
    let Ok(expression) = std::str::from_utf8(expression).map(Expression::parse) else {
        return;
    };
    let resource = Json::parse(resource).unwrap_or_default();
    let Ok(expression) = expression else { return };
    let context = Context {
        max_steps: 50_000,
        ..Context::of(&resource, 0)
    };
    for value in expression
        .evaluate(Node::resource(&resource), &context)
        .into_iter()
        .flatten()
    {
        let _text = value.to_text();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Target = fn(&[u8]);
    const TARGETS: [(&str, Target); 3] = [
        ("json", fuzz_json),
        ("patch", fuzz_patch),
        ("fhirpath", fuzz_fhirpath),
    ];

    fn corpus(name: &str) -> Vec<Vec<u8>> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(name);
        let files = std::fs::read_dir(folder).unwrap();
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| std::fs::read(file).unwrap()).collect()
    }

    #[test]
    fn the_corpus_keeps_every_promise() {
        for (name, target) in TARGETS {
            let corpus = corpus(name);
            assert!(corpus.len() >= 5, "{name}");
            corpus.iter().for_each(|bytes| target(bytes));
        }
    }

    #[test]
    fn the_corpus_reaches_what_it_is_for() {
        assert!(
            corpus("json")
                .iter()
                .filter(|bytes| Json::parse(bytes).is_ok())
                .count()
                >= 3
        );
        let parsed = corpus("fhirpath")
            .iter()
            .filter(|bytes| {
                let line = bytes.split(|byte| *byte == b'\n').next().unwrap();
                Expression::parse(std::str::from_utf8(line).unwrap()).is_ok()
            })
            .count();
        assert!(parsed >= 3);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn changed_copies_keep_every_promise(
            target in 0_usize..3,
            file in any::<prop::sample::Index>(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 0..6),
        ) {
            let (name, run) = TARGETS[target];
            let corpus = corpus(name);
            let mut bytes = corpus[file.index(corpus.len())].clone();
            for (at, byte, kind) in changes {
                if bytes.is_empty() {
                    break;
                }
                let at = at.index(bytes.len());
                match kind {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    2 => { bytes.remove(at); }
                    _ => { let copy = bytes[at..].to_vec(); bytes.extend(copy.into_iter().take(200)); }
                }
            }
            run(&bytes);
        }

        #[test]
        fn any_bytes_keep_every_promise(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for (_, run) in TARGETS {
                run(&bytes);
            }
        }
    }
}
