//! Questions about codes: over R4's own systems, a workspace's, and hostile ones.

mod concepts;
mod value_sets;

use std::sync::Arc;

use fhir::json::Json;

use super::ExpansionRequest;
use crate::Library;

const ANIMALS: &str = r#"{"resourceType":"CodeSystem","url":"http://x/animals","version":"2","name":"Animals","content":"complete",
  "caseSensitive":true,"concept":[
    {"code":"animal","display":"Animal","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
      {"code":"cat","display":"Cat","definition":"Purrs","designation":[{"language":"cy","value":"Cath"}],
       "property":[{"code":"legs","valueInteger":4}],"concept":[{"code":"kitten","display":"Young cat"}]},
      {"code":"dodo","display":"Dodo","property":[{"code":"status","valueCode":"retired"},{"code":"legs","valueInteger":2}]}]},
    {"code":"stone","display":"Stone"}]}"#;

const SNOMED: &str = r#"{"resourceType":"CodeSystem","url":"http://snomed.info/sct","content":"fragment","concept":[
  {"code":"73211009","display":"Diabetes mellitus","concept":[{"code":"44054006","display":"Diabetes mellitus type 2"}]}]}"#;

fn parse(text: &str) -> Arc<Json> {
    Arc::new(Json::parse(text.as_bytes()).unwrap())
}

fn value_set(url: &str, compose: &str) -> Arc<Json> {
    parse(&format!(
        r#"{{"resourceType":"ValueSet","url":"{url}","compose":{compose}}}"#
    ))
}

fn library() -> Library {
    let include = |rest: &str| format!(r#"{{"include":[{{"system":"http://x/animals"{rest}}}]}}"#);
    let filter = |property: &str, op: &str, value: &str| {
        include(&format!(
            r#","filter":[{{"property":"{property}","op":"{op}","value":"{value}"}}]"#
        ))
    };
    Library::new(
        Vec::new(),
        [
            parse(ANIMALS),
            parse(SNOMED),
            parse(
                r#"{"resourceType":"CodeSystem","url":"http://x/more","content":"supplement","supplements":"http://x/animals",
            "concept":[{"code":"cat","designation":[{"language":"fr","value":"Chat"}]}]}"#,
            ),
            value_set("http://x/all", &include("")),
            value_set("http://x/is-a", &filter("concept", "is-a", "cat")),
            value_set("http://x/below", &filter("concept", "descendent-of", "cat")),
            value_set("http://x/not", &filter("concept", "is-not-a", "cat")),
            value_set("http://x/above", &filter("concept", "generalizes", "kitten")),
            value_set("http://x/legs", &filter("legs", "=", "4")),
            value_set("http://x/legged", &filter("legs", "exists", "true")),
            value_set("http://x/some", &filter("code", "in", "stone, cat")),
            value_set("http://x/others", &filter("code", "not-in", "stone,cat")),
            value_set("http://x/regex", &filter("display", "regex", "(Young )?[Cc]at")),
            value_set("http://x/bad", &filter("display", "regex", "(")),
            value_set("http://x/operator", &filter("display", "like", "x")),
            value_set(
                "http://x/listed",
                &include(r#","concept":[{"code":"cat","display":"Moggy"},{"code":"dodo"}]"#),
            ),
            value_set(
                "http://x/without",
                r#"{"include":[{"valueSet":["http://x/all"]}],"exclude":[{"valueSet":["http://x/is-a"]}]}"#,
            ),
            value_set(
                "http://x/both",
                r#"{"include":[{"valueSet":["http://x/listed","http://x/is-a"]}]}"#,
            ),
            value_set(
                "http://x/circle",
                r#"{"include":[{"valueSet":["http://x/circle"]}]}"#,
            ),
            value_set(
                "http://x/parts",
                r#"{"include":[
                {"system":"http://snomed.info/sct","filter":[{"property":"constraint","op":"=","value":"memberOf 1"}]},
                {"system":"http://snomed.info/sct","filter":[{"property":"constraint","op":"=","value":"descendantOf 73211009"}]},
                {"system":"http://x/animals","concept":[{"code":"cat"}]}]}"#,
            ),
            value_set(
                "http://x/snomed",
                r#"{"include":[{"system":"http://snomed.info/sct"}]}"#,
            ),
            parse(
                r#"{"resourceType":"ValueSet","url":"http://x/made","expansion":{"contains":[
            {"system":"http://x/animals","abstract":true,"code":"animal","contains":[{"system":"http://x/animals","code":"cat"}]}]}}"#,
            ),
            parse(
                r#"{"resourceType":"ConceptMap","url":"http://x/map","group":[{"source":"http://x/animals","target":"http://x/noises",
            "element":[{"code":"cat","target":[{"code":"miaow","equivalence":"relatedto"}]},
                       {"code":"stone","target":[{"equivalence":"unmatched"}]}],"unmapped":{"mode":"fixed","code":"silence"}}]}"#,
            ),
        ],
    )
}

fn codes(library: &Library, url: &str) -> Vec<String> {
    let expansion = library.expand(url, &ExpansionRequest::default()).unwrap();
    expansion.entries.into_iter().map(|entry| entry.code).collect()
}
