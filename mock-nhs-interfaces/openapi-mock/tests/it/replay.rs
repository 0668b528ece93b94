//! The corpus of the fuzzer and small changes of it, replayed: nothing of it may panic.

use openapi_mock::{Document, Found, Request};
use proptest::prelude::*;

use crate::ask::everything;

/// Words that documents are made of, for texts that come nearer to one than chance does.
const WORDS: [&str; 24] = [
    "openapi: 3.0.0\n",
    "openapi: 3.1.0\n",
    "paths:\n",
    "  /x/{y}:\n",
    "    get:\n",
    "    post:\n",
    "      parameters:\n",
    "        - {name: y, in: path, schema: {type: array}}\n",
    "      responses:\n",
    "        '200':\n",
    "          content: {application/json: {schema: {$ref: '#/a'}}}\n",
    "        default: {description: x}\n",
    "a: {$ref: '#/a'}\n",
    "a: {type: object, additionalProperties: {$ref: '#/a'}, required: [b], minProperties: 3}\n",
    "a: {oneOf: [{type: string, pattern: '^\\d+$'}, {not: {}}]}\n",
    "      requestBody: {content: {'*/*': {example: 1}}}\n",
    "servers: [{url: 'https://x/{v}', variables: {v: {default: w}}}]\n",
    "security: [{a: []}, {}]\n",
    "  - ",
    "{",
    "[",
    "'",
    "&a ",
    "*a\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_is_a_document_or_not(places in prop::collection::vec(0..WORDS.len(), 0..30), tail in "\\PC{0,40}") {
        let mut text: String = places.iter().filter_map(|place| WORDS.get(*place)).copied().collect();
        text += &tail;
        if let Ok(document) = Document::read(text.as_bytes()) {
            for operation in &document.operations {
                for sample in &operation.samples {
                    prop_assert!((200..600).contains(&sample.status));
                }
            }
        }
    }

    #[test]
    fn any_request_is_answered(
        method in prop::sample::select(vec!["GET", "POST", "DELETE"]),
        path in prop::sample::select(vec!["/letters", "/letters/1", "/tree", "/broken"]),
        tail in "[/%a-z0-9]{0,8}",
        query in "(person|limit|ids|sent\\[from\\]|filter|tag)=[\\PC]{0,12}(&[a-z=%,]{0,10})?",
        prefer in "(code=[0-9]{1,5})?[,; ]?(example=[a-z\"-]{0,9})?",
        body in "[\\[\\]{}\",:a-z0-9. -]{0,60}",
    ) {
        let document = everything();
        let method = method.parse().unwrap();
        let path = format!("{path}{tail}");
        let mut headers = http::HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        if !prefer.is_empty() {
            headers.insert("prefer", prefer.parse().unwrap());
        }
        if let Found::Operation(place) = document.find(&method, &path) {
            let request = Request { method: &method, path: &path, query: &query, headers: &headers, body: body.as_bytes() };
            let answer = document.answer(place, &request);
            prop_assert!((200..600).contains(&answer.status.as_u16()));
            // The same request has the same answer.
            prop_assert_eq!(document.answer(place, &request), answer);
        }
    }
}
