//! The module nhs on the wire: which calls are repeated, when, and as what; and pages of a search.

use bytes::Bytes;
use http::Request;

use super::cases::Cases;
use super::replies::{Replies, Reply};
use crate::stage::body;

const FROM: &str = "const from = 'https://int.api.service.nhs.uk/x/Patient/1';
    const names = (error) => `${error.name} ${error.code}`;
    const timed = async (init) => {
        const before = performance.now();
        const said = await nhs.fhirFetch(from, init).then((answer) => answer.status, names);
        return [said, performance.now() - before];
    };";

/// `waitMs` is how long the first wait is at most: short where the waiting is not what the test is about.
async fn calls() -> Cases {
    Cases::new(
        FROM,
        &[
            ("quick", "return (await timed({ waitMs: 1 }))[0];"),
            (
                "send",
                "return (await timed({ waitMs: 1, method: request.headers.get('x-method'), body: 'sent' }))[0];",
            ),
            (
                "own",
                "return (await timed({ waitMs: 1, headers: { 'X-Request-ID': 'mine', accept: 'text/plain' } }))[0];",
            ),
            ("once", "return (await timed({ waitMs: 1, tries: 1 }))[0];"),
            ("twice", "return (await timed({ waitMs: 1, tries: 2 }))[0];"),
            ("slow", "return timed({ waitMs: 80, tries: 3 });"),
            ("later", "return timed({ waitMs: 1, tries: 2 });"),
            (
                "dated",
                "const answer = await timed({ waitMs: 1, tries: 2 }); return [answer[0], answer[1], Date.now()];",
            ),
            (
                "impatient",
                "return timed({ waitMs: 1, signal: AbortSignal.timeout(30) });",
            ),
            (
                "large",
                "return (await timed({ waitMs: 1, method: 'PUT', body: 'x'.repeat(3 * 1024 * 1024) }))[0];",
            ),
            (
                "header",
                "return (await timed({ waitMs: 1, headers: { 'x-long': 'x'.repeat(100 * 1024) } }))[0];",
            ),
        ],
    )
    .await
}

#[tokio::test]
async fn a_repeated_call_is_the_same_call() {
    let calls = calls().await;
    let replies = Replies::new([503, 429, 504, 200].map(Reply::status));
    assert_eq!(calls.said("quick", replies.clone()).await, "200");
    let asked = replies.asked();
    let ids: Vec<_> = asked
        .iter()
        .map(|request| request.headers()["x-request-id"].to_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 4);
    assert!(
        ids[0].len() == 36 && ids.iter().all(|id| id == &ids[0]),
        "{ids:?}"
    );
    assert!(
        asked
            .iter()
            .all(|request| request.headers()["accept"] == "application/fhir+json")
    );
    // Another call is another one.
    let other = Replies::new([Reply::status(200)]);
    calls.run("quick", other.clone()).await;
    assert_ne!(other.asked()[0].headers()["x-request-id"], ids[0]);

    let replies = Replies::new([503, 200].map(Reply::status));
    calls.run("own", replies.clone()).await;
    for request in replies.asked() {
        let headers = request.headers();
        assert_eq!(
            (&headers["x-request-id"], &headers["accept"]),
            (&"mine".parse().unwrap(), &"text/plain".parse().unwrap())
        );
    }

    // The body goes again, too.
    let replies = Replies::new([503, 200].map(Reply::status));
    let request = Request::get("http://app.test/send")
        .header("x-method", "PUT")
        .body(Bytes::new())
        .unwrap();
    calls.send(request, replies.clone()).await;
    assert!(replies.asked().iter().all(|request| request.body() == "sent"));
    assert_eq!(replies.asked().len(), 2);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_nothing_else() {
    let calls = calls().await;
    for (status, tries) in [
        (429, 4),
        (502, 4),
        (503, 4),
        (504, 4),
        (200, 1),
        (400, 1),
        (404, 1),
        (408, 1),
        (500, 1),
        (501, 1),
    ] {
        let replies = Replies::new([Reply::status(status)]);
        assert_eq!(calls.said("quick", replies.clone()).await, format!("{status}"));
        assert_eq!(replies.asked().len(), tries, "{status}");
    }
    for (reply, tries, said) in [
        (Reply::Unreachable, 4, "TypeError ConnectionRefused"),
        (Reply::CutShort, 4, "TypeError incomplete"),
        (Reply::Refused, 1, "TypeError HttpRequestDenied"),
        (Reply::TimedOut, 1, "TimeoutError 23"),
        (Reply::redirect(302, "/again"), 21, "TypeError undefined"),
        (
            Reply::Answer(200, Vec::new(), vec![b'x'; 9 * 1024 * 1024].into()),
            1,
            "TypeError HttpResponseBodySize",
        ),
    ] {
        let replies = Replies::new([reply]);
        assert_eq!(calls.said("quick", replies.clone()).await, said);
        assert_eq!(replies.asked().len(), tries, "{said}");
    }
    for (case, said) in [
        ("large", "TypeError HttpRequestBodySize"),
        ("header", "TypeError HttpRequestHeaderSectionSize"),
    ] {
        let run = calls.run(case, Replies::new([Reply::status(200)])).await;
        assert_eq!(body(&run), said);
        assert_eq!(run.trace.calls.len(), 1, "{case}");
    }
    let replies = Replies::new([Reply::Unreachable, Reply::CutShort, Reply::status(200)]);
    assert_eq!(calls.said("quick", replies).await, "200");
}

#[tokio::test]
async fn what_might_be_done_twice_is_tried_again_only_when_it_was_not_done() {
    let calls = calls().await;
    for (method, reply, tries) in [
        ("POST", Reply::status(429), 4),
        ("PATCH", Reply::status(429), 4),
        ("POST", Reply::status(502), 1),
        ("POST", Reply::status(503), 1),
        ("POST", Reply::status(504), 1),
        ("PATCH", Reply::status(503), 1),
        ("POST", Reply::Unreachable, 1),
        ("PATCH", Reply::CutShort, 1),
        ("PUT", Reply::status(503), 4),
        ("DELETE", Reply::status(503), 4),
        ("DELETE", Reply::Unreachable, 4),
    ] {
        let replies = Replies::new([reply.clone()]);
        let request = Request::get("http://app.test/send")
            .header("x-method", method)
            .body(Bytes::new())
            .unwrap();
        calls.send(request, replies.clone()).await;
        assert_eq!(replies.asked().len(), tries, "{method} {reply:?}");
    }
}

fn waited(said: &str) -> (u64, f64) {
    serde_json::from_str(said).unwrap_or_else(|error| panic!("{said}: {error}"))
}

#[tokio::test]
async fn waits_grow_and_are_counted() {
    let calls = calls().await;
    for (case, tries) in [("once", 1), ("twice", 2)] {
        let replies = Replies::new([Reply::status(503)]);
        assert_eq!(calls.said(case, replies.clone()).await, "503");
        assert_eq!(replies.asked().len(), tries, "{case}");
    }
    // 40 to 80 ms, and 80 to 160: half of each wait is chance.
    let run = calls.run("slow", Replies::new([Reply::status(503)])).await;
    let (status, ms) = waited(&body(&run));
    assert!(status == 503 && ms >= 120.0, "{status} {ms}");
    let waits: Vec<u64> = run
        .trace
        .log
        .iter()
        .map(|line| {
            let (said, wait) = line.text.split_once(": trying again in ").unwrap();
            assert_eq!(said, "GET to int.api.service.nhs.uk was answered 503");
            wait.trim_end_matches(" ms").parse().unwrap()
        })
        .collect();
    assert!(
        waits.len() == 2 && (40..=80).contains(&waits[0]) && (80..=160).contains(&waits[1]),
        "{waits:?}"
    );
}

#[tokio::test]
async fn retry_after_is_waited_for_unless_it_is_too_long() {
    let calls = calls().await;
    let replies = Replies::new([Reply::later(429, "1"), Reply::status(200)]);
    let (status, ms) = waited(&calls.said("later", replies).await);
    assert!(status == 200 && ms >= 1_000.0, "{status} {ms}");

    // The run begins at 09:30:00 by its own clock.
    let replies = Replies::new([
        Reply::later(503, "Sun, 01 Mar 2026 09:30:02 GMT"),
        Reply::status(200),
    ]);
    let (status, _, now): (u64, f64, u64) =
        serde_json::from_str(&calls.said("dated", replies).await).unwrap();
    assert_eq!(status, 200);
    assert!(now >= 1_772_357_402_000, "{now}");

    for after in ["6", "Sun, 01 Mar 2026 10:30:00 GMT"] {
        let replies = Replies::new([Reply::later(503, after), Reply::status(200)]);
        let (status, _) = waited(&calls.said("later", replies.clone()).await);
        assert_eq!((status, replies.asked().len()), (503, 1), "{after}");
    }
    // What says nothing, or lies in the past, is no reason to wait.
    for after in ["soon", "Sun, 01 Mar 2026 08:30:00 GMT", "0"] {
        let replies = Replies::new([Reply::later(503, after), Reply::status(200)]);
        let (status, _) = waited(&calls.said("later", replies.clone()).await);
        assert_eq!((status, replies.asked().len()), (200, 2), "{after}");
    }
}

#[tokio::test]
async fn a_signal_ends_the_waiting() {
    let calls = calls().await;
    let replies = Replies::new([Reply::later(429, "5"), Reply::status(200)]);
    let said = calls.said("impatient", replies.clone()).await;
    let (said, ms): (String, f64) = serde_json::from_str(&said).unwrap();
    assert_eq!((said.as_str(), replies.asked().len()), ("TimeoutError 23", 1));
    assert!((30.0..5_000.0).contains(&ms), "{ms}");
    let replies = Replies::new([Reply::Never]);
    let said = calls.said("impatient", replies.clone()).await;
    assert!(said.starts_with("[\"TimeoutError 23\""), "{said}");
    assert_eq!(replies.asked().len(), 1);
}

/// A page that says where the next one is.
fn page(next: &'static str) -> Reply {
    let link = match next {
        "" => String::new(),
        next => format!(r#""link":[{{"relation":"self","url":"x"}},{{"relation":"next","url":"{next}"}}],"#),
    };
    let text = format!(
        r#"{{"resourceType":"Bundle",{link}"entry":[{{"resource":{{"resourceType":"Organization","id":"1"}}}}]}}"#
    );
    Reply::Answer(200, Vec::new(), text.into())
}

#[tokio::test]
async fn a_search_is_read_to_its_last_page() {
    let cases = Cases::new(
        "const from = 'https://int.api.service.nhs.uk/x/Organization?name=ward';
         const all = async (source, options) => {
             let count = 0;
             try { for await (const _ of nhs.bundleResources(source, options)) count++; } catch (error) { return `${count} ${error.message}`; }
             return count;
         };",
        &[
            ("all", "return all(from);"),
            ("three", "return all(from, { maxPages: 3 });"),
            ("init", "return all(from, { init: { tries: 1, headers: { 'x-own': '1' } } });"),
            ("bundle", "return all({ resourceType: 'Bundle', link: [{ relation: 'next', url: from }] });"),
            ("first", "for await (const each of nhs.bundleResources(from)) return each.id;"),
        ],
    )
    .await;
    let base = "GET https://int.api.service.nhs.uk/x/Organization?name=ward";
    for (next, then) in [
        (
            "https://int.api.service.nhs.uk/y?page=2",
            "GET https://int.api.service.nhs.uk/y?page=2",
        ),
        ("/y?page=2", "GET https://int.api.service.nhs.uk/y?page=2"),
        (
            "?page=2",
            "GET https://int.api.service.nhs.uk/x/Organization?page=2",
        ),
        (
            "Organization?page=2",
            "GET https://int.api.service.nhs.uk/x/Organization?page=2",
        ),
    ] {
        let replies = Replies::new([page(next), page("")]);
        assert_eq!(cases.said("all", replies.clone()).await, "2", "{next}");
        assert_eq!(replies.lines(), [base, then]);
    }

    let three = || Replies::new([page("?page=2"), page("?page=3"), page("")]);
    assert_eq!(cases.said("three", three()).await, "3");
    let four = Replies::new([page("?page=2"), page("?page=3"), page("?page=4"), page("")]);
    let said = cases.said("three", four.clone()).await;
    assert_eq!(
        said,
        "3 This search has more than 3 pages: narrow it, or allow more with maxPages"
    );
    assert_eq!(four.asked().len(), 3);

    let circle = Replies::new([page("?page=2"), page("?name=ward")]);
    let said = cases.said("all", circle.clone()).await;
    assert!(
        said.starts_with("2 The pages of this search go in a circle"),
        "{said}"
    );
    assert_eq!(circle.asked().len(), 2);

    let replies = three();
    assert_eq!(cases.said("init", replies.clone()).await, "3");
    assert!(
        replies
            .asked()
            .iter()
            .all(|request| request.headers()["x-own"] == "1")
    );
    assert_eq!(cases.said("bundle", Replies::new([page("")])).await, "1");
    let replies = three();
    assert_eq!(cases.said("first", replies.clone()).await, "1");
    assert_eq!(replies.asked().len(), 1);
    let said = cases
        .said("all", Replies::new([page("?page=2"), Reply::status(404)]))
        .await;
    assert_eq!(said, "1 No record was found.");
}
