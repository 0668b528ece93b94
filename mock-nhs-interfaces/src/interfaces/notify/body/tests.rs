//! Bodies as callers send them, and what is said of them.

use super::{Request, batch, message};
use crate::interfaces::notify::account::Account;
use crate::interfaces::notify::error::{Problem, Source};

const ALL: Account = Account {
    sets_ods_code: true,
    needs_ods_code: false,
    sets_contact_details: true,
};

fn problems(read: Result<Request, Vec<Problem>>) -> Vec<(&'static str, String)> {
    let named = |problem: Problem| match problem.source {
        Source::Pointer(pointer) => (problem.fault.code, pointer),
        Source::Nothing | Source::Header(_) => (problem.fault.code, String::new()),
    };
    read.map_or_else(
        |problems| problems.into_iter().map(named).collect(),
        |_| Vec::new(),
    )
}

#[test]
fn every_mistake_is_named_with_its_place() {
    const PLAN: &str = r#""routingPlanId":"b838b13c-f98c-4def-93f0-515d4e4f4ee1""#;
    let check = |body: &str, expected: &[(&'static str, &str)]| {
        let expected: Vec<(&str, String)> = expected
            .iter()
            .map(|(code, at)| (*code, (*at).to_owned()))
            .collect();
        assert_eq!(problems(message(body.as_bytes(), ALL)), expected, "{body}");
    };
    check("nonsense", &[("CM_INVALID_VALUE", "/")]);
    check("[]", &[("CM_INVALID_VALUE", "/")]);
    check("{}", &[("CM_MISSING_VALUE", "/data")]);
    check(r#"{"data":null}"#, &[("CM_NULL_VALUE", "/data")]);
    check(
        r#"{"data":{"type":"Letter"}}"#,
        &[
            ("CM_INVALID_VALUE", "/data/type"),
            ("CM_MISSING_VALUE", "/data/attributes"),
        ],
    );
    check(
        r#"{"data":{"type":"Message","attributes":{}}}"#,
        &[
            ("CM_MISSING_VALUE", "/data/attributes/routingPlanId"),
            ("CM_MISSING_VALUE", "/data/attributes/messageReference"),
            ("CM_MISSING_VALUE", "/data/attributes/recipient"),
        ],
    );
    let with = |rest: &str| {
        format!(r#"{{"data":{{"type":"Message","attributes":{{{PLAN},"messageReference":"a",{rest}}}}}}}"#)
    };
    check(&with(r#""recipient":{"nhsNumber":"9990548609"}"#), &[]);
    check(
        &with(r#""recipient":{"nhsNumber":"999054860"}"#),
        &[("CM_INVALID_NHS_NUMBER", "/data/attributes/recipient/nhsNumber")],
    );
    check(
        &with(r#""recipient":{"contactDetails":{"sms":"no","email":"a@b"}},"personalisation":3"#),
        &[
            (
                "CM_INVALID_VALUE",
                "/data/attributes/recipient/contactDetails/email",
            ),
            (
                "CM_INVALID_VALUE",
                "/data/attributes/recipient/contactDetails/sms",
            ),
            ("CM_INVALID_VALUE", "/data/attributes/personalisation"),
        ],
    );
}

#[test]
fn a_batch_names_each_message_once() {
    let body = r#"{"data":{"type":"MessageBatch","attributes":{"routingPlanId":"b838b13c-f98c-4def-93f0-515d4e4f4ee1",
        "messageBatchReference":"b","messages":[
        {"messageReference":"a","recipient":{"nhsNumber":"9990548609"}},
        {"messageReference":"a","recipient":{"nhsNumber":"9990548609"}},null]}}}"#;
    assert_eq!(
        problems(batch(body.as_bytes(), ALL)),
        [
            (
                "CM_DUPLICATE_VALUE",
                "/data/attributes/messages/1/messageReference".to_owned()
            ),
            ("CM_NULL_VALUE", "/data/attributes/messages/2".to_owned()),
        ]
    );
}
