//! `fetch` over the wire: redirects, abort, methods, forms.

use bytes::Bytes;
use http::Request;

use super::cases::Cases;
use super::replies::{Replies, Reply};
use crate::stage::{Nobody, body};

const FROM: &str = "const from = 'https://int.api.service.nhs.uk/a/b?x=1#part';
    const tell = async (run) => { try { const a = await run(); return [a.status, a.redirected, a.url]; } catch (error) { return `${error.name}: ${error.message}`; } };";

#[tokio::test]
async fn redirects_are_followed_as_the_standard_says() {
    let cases = Cases::new(
        FROM,
        &[
            ("follow", "return tell(() => fetch(from));"),
            (
                "send",
                "return tell(() => fetch(from, { method: request.headers.get('x-method'), body: 'a=1', headers: { 'content-type': 'text/plain', 'x-own': '1' } }));",
            ),
        ],
    )
    .await;

    // Relative, and the part after # stays.
    let replies = Replies::new([Reply::redirect(302, "../c"), Reply::status(200)]);
    assert_eq!(
        cases.said("follow", replies.clone()).await,
        r#"[200,true,"https://int.api.service.nhs.uk/c#part"]"#
    );
    assert_eq!(
        replies.lines(),
        [
            "GET https://int.api.service.nhs.uk/a/b?x=1",
            "GET https://int.api.service.nhs.uk/c"
        ]
    );

    for (status, method, then, keeps_body) in [
        (301, "POST", "GET", false),
        (302, "POST", "GET", false),
        (303, "POST", "GET", false),
        (303, "PUT", "GET", false),
        (301, "PUT", "PUT", true),
        (307, "POST", "POST", true),
        (308, "PATCH", "PATCH", true),
    ] {
        let replies = Replies::new([Reply::redirect(status, "/c"), Reply::status(200)]);
        let request = Request::get("http://app.test/send")
            .header("x-method", method)
            .body(Bytes::new())
            .unwrap();
        cases.send(request, replies.clone()).await;
        let asked = replies.asked();
        let [_, second] = &asked[..] else {
            panic!("{status} {method}: {asked:?}")
        };
        assert_eq!(second.method(), then, "{status} {method}");
        assert_eq!(
            second.body().as_ref(),
            if keeps_body { &b"a=1"[..] } else { b"" },
            "{status} {method}"
        );
        assert_eq!(
            second.headers().contains_key("content-type"),
            keeps_body,
            "{status} {method}"
        );
        assert_eq!(second.headers()["x-own"], "1");
    }

    let said = cases
        .said("follow", Replies::new([Reply::redirect(302, "http://[")]))
        .await;
    assert!(said.contains("which is not an address"), "{said}");
}

#[tokio::test]
async fn redirects_take_no_login_to_another_host_and_can_be_refused() {
    let cases = Cases::new(
        FROM,
        &[
            (
                "login",
                "return tell(() => fetch(from, { headers: { authorization: 'Bearer x', cookie: 'a=1', 'x-own': '1' } }));",
            ),
            (
                "manual",
                "const a = await fetch(from, { redirect: 'manual' }); return [a.status, a.headers.get('location'), a.redirected];",
            ),
            ("error", "return tell(() => fetch(from, { redirect: 'error' }));"),
        ],
    )
    .await;

    for (location, keeps_login) in [("/c", true), ("https://sandbox.api.service.nhs.uk/c", false)] {
        let replies = Replies::new([Reply::redirect(302, location), Reply::status(200)]);
        cases.run("login", replies.clone()).await;
        let headers = replies.asked().pop().unwrap().headers().clone();
        for name in ["authorization", "cookie"] {
            assert_eq!(headers.contains_key(name), keeps_login, "{location} {name}");
        }
        assert_eq!(headers["x-own"], "1");
    }

    let replies = Replies::new([Reply::redirect(302, "/next")]);
    assert_eq!(
        cases.said("manual", replies.clone()).await,
        r#"[302,"/next",false]"#
    );
    assert_eq!(replies.asked().len(), 1);
    let said = cases.said("error", replies.clone()).await;
    assert!(said.contains("this request has redirect: \"error\""), "{said}");
    assert_eq!(replies.asked().len(), 2);
}

#[tokio::test]
async fn twenty_redirects_are_followed_and_no_more() {
    let cases = Cases::new(FROM, &[("follow", "return tell(() => fetch(from));")]).await;
    let redirects = |count| std::iter::repeat_n(Reply::redirect(302, "/again"), count);
    let replies = Replies::new(redirects(20).chain([Reply::status(200)]));
    let said = cases.said("follow", replies.clone()).await;
    assert!(said.starts_with("[200,true"), "{said}");
    assert_eq!(replies.asked().len(), 21);
    let replies = Replies::new(redirects(21));
    let said = cases.said("follow", replies.clone()).await;
    assert!(
        said.contains("TypeError: fetch failed: more than 20 redirects"),
        "{said}"
    );
    assert_eq!(replies.asked().len(), 21);
}

#[tokio::test]
async fn a_call_is_given_up_when_its_signal_says_so() {
    let cases = Cases::new(
        FROM,
        &[
            (
                "timeout",
                "return tell(() => fetch(from, { signal: AbortSignal.timeout(20) }));",
            ),
            (
                "abort",
                "const controller = new AbortController();
                 setTimeout(() => controller.abort(new RangeError('enough')), 10);
                 return tell(() => fetch(from, { signal: controller.signal }));",
            ),
            (
                "any",
                "const controller = new AbortController();
                 setTimeout(() => controller.abort(), 10);
                 return tell(() => fetch(from, { signal: AbortSignal.any([controller.signal, AbortSignal.timeout(20_000)]) }));",
            ),
            (
                "one of two",
                "const controller = new AbortController();
                 const gone = tell(() => fetch(from, { signal: controller.signal }));
                 const kept = tell(() => fetch(from, { signal: AbortSignal.timeout(20_000) }));
                 setTimeout(() => controller.abort(), 10);
                 return [(await gone).split(':')[0], (await kept)[0]];",
            ),
        ],
    )
    .await;
    let never = || Replies::new([Reply::Never]);
    let said = cases.said("timeout", never()).await;
    assert!(
        said.starts_with("TimeoutError: ") && said.contains("20 ms"),
        "{said}"
    );
    assert_eq!(cases.said("abort", never()).await, "RangeError: enough");
    let said = cases.said("any", never()).await;
    assert!(said.starts_with("AbortError: "), "{said}");
    let said = cases
        .said("one%20of%20two", Replies::new([Reply::Never, Reply::status(201)]))
        .await;
    assert_eq!(said, r#"["AbortError",201]"#);
}

#[tokio::test]
async fn every_method_goes_out() {
    let cases = Cases::new(
        FROM,
        &[(
            "send",
            "const method = request.headers.get('x-method');
             const answer = await fetch(from, { method, body: ['GET', 'HEAD'].includes(method) ? undefined : 'sent' });
             return [answer.status, await answer.text()];",
        )],
    )
    .await;
    for (method, sends, gets) in [
        ("GET", "", "answered"),
        ("HEAD", "", ""),
        ("POST", "sent", "answered"),
        ("PUT", "sent", "answered"),
        ("PATCH", "sent", "answered"),
        ("DELETE", "sent", "answered"),
        ("OPTIONS", "sent", "answered"),
        ("SEARCH", "sent", "answered"),
    ] {
        let answered = Bytes::from_static(if method == "HEAD" { b"" } else { b"answered" });
        let replies = Replies::new([Reply::Answer(200, Vec::new(), answered)]);
        let request = Request::get("http://app.test/send")
            .header("x-method", method)
            .body(Bytes::new())
            .unwrap();
        let run = cases.send(request, replies.clone()).await;
        assert_eq!(body(&run), format!(r#"[200,"{gets}"]"#), "{method}");
        let asked = replies.asked().pop().unwrap();
        assert_eq!(
            (asked.method().as_str(), asked.body().as_ref()),
            (method, sends.as_bytes())
        );
    }
}

#[tokio::test]
async fn forms_with_files_come_in_and_go_out() {
    let cases = Cases::new(
        FROM,
        &[
            (
                "out",
                "const form = new FormData();
                 form.append('ward', '7');
                 form.append('letter', new File(['dear\\r\\n', new Uint8Array([0, 255])], 'a \"b\".txt', { type: 'text/plain' }));
                 await fetch(from, { method: 'POST', body: form });",
            ),
            (
                "in",
                "const form = await request.formData();
                 const file = form.get('letter');
                 return [form.get('ward'), file.name, file.type, Array.from(await file.bytes())];",
            ),
        ],
    )
    .await;
    let replies = Replies::new([Reply::status(200)]);
    cases.run("out", replies.clone()).await;
    let sent = replies.asked().pop().unwrap();
    let content_type = sent.headers()["content-type"].to_str().unwrap().to_owned();
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let part = |head: &str, body: &[u8]| {
        [
            format!("--{boundary}\r\ncontent-disposition: form-data; {head}\r\n\r\n").as_bytes(),
            body,
            b"\r\n",
        ]
        .concat()
    };
    let mut expected = part("name=\"ward\"", b"7");
    expected.extend(part(
        "name=\"letter\"; filename=\"a %22b%22.txt\"\r\ncontent-type: text/plain",
        b"dear\r\n\0\xff",
    ));
    expected.extend(format!("--{boundary}--\r\n").into_bytes());
    let lower = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase();
    assert_eq!(lower(sent.body()), lower(&expected));

    let request = Request::post("http://app.test/in")
        .header("content-type", content_type)
        .body(sent.into_body())
        .unwrap();
    let run = cases.send(request, Nobody).await;
    assert_eq!(
        body(&run),
        r#"["7","a \"b\".txt","text/plain",[100,101,97,114,13,10,0,255]]"#
    );
}
