//! The fuzz target of Bundles, and its corpus, which the stable tests replay.

use bytes::Bytes;
use fhir::json::Json;

use super::links::links;
use super::read;
use super::scan::replace_strings;
use super::step::{Act, Change, Step};

/// A fuzz target: any bytes as a Bundle that is posted to the base. Must not panic; and to put every link of a resource in
/// its own place must leave the resource as it is.
pub fn fuzz_bundle(bytes: &[u8]) {
    let Ok(asked) = read(&Bytes::copy_from_slice(bytes), "http://localhost/fhir") else {
        return;
    };
    for step in asked
        .entries
        .into_iter()
        .filter_map(|entry| entry.and_then(Step::of).ok())
    {
        let (Act::Create(accepted, _)
        | Act::Update(accepted, ..)
        | Act::Patch(_, _, Change::FhirPath(accepted), _)) = &step.act
        else {
            continue;
        };
        let found = links(&accepted.tree);
        let same: Vec<(usize, String)> = found
            .iter()
            .map(|found| (found.number, found.text.to_owned()))
            .collect();
        let text = replace_strings(&accepted.text, &same);
        let tree = Json::parse(text.as_bytes()).ok();
        assert!(tree.as_ref() == Some(&accepted.tree), "changed: {text}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::fuzz_bundle;

    const CORPUS: [&str; 6] = [
        "",
        r#"{"resourceType":"Bundle","type":"batch","entry":[null,1,[],{},{"request":{}}]}"#,
        r#"{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","link":[{"other":{"reference":"urn:uuid:\u0061"},"type":"seealso"}]},"request":{"method":"POST","url":"Patient"}}]}"#,
        r#"{"resourceType":"Bundle","type":"transaction","\u0065ntry":[{"\u0072esource" : {"resourceType":"Basic","code":{"text":"\"[{\\"}},"request":{"method":"PUT","url":"Basic?a=b"}}]}"#,
        r#"{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:a"}]},"request":{"method":"POST","url":"Bundle"}}]}"#,
        r#"{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"W10="},"request":{"method":"PATCH","url":"Patient/1"}}]}"#,
    ];

    #[test]
    fn the_corpus_is_read_without_harm() {
        CORPUS.iter().for_each(|text| fuzz_bundle(text.as_bytes()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
            fuzz_bundle(&bytes);
        }

        #[test]
        fn changed_copies_are_read_without_harm(which in 0..CORPUS.len(), at: u16, byte: u8, cut: u16) {
            let mut bytes = CORPUS.get(which).unwrap().as_bytes().to_vec();
            let length = bytes.len().max(1);
            if let Some(place) = bytes.get_mut(usize::from(at) % length) {
                *place = byte;
            }
            if cut % 4 == 0 {
                bytes.truncate(usize::from(cut) % length);
            }
            fuzz_bundle(&bytes);
        }
    }
}
