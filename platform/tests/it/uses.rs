//! What an app may call, keep and use, as its `app.toml` says: in a real run, with the line that would allow what is refused.

use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::TestResult;
use crate::app_folders::{deploy, send};
use crate::server::Server;

const BMI: &str = "/api/v1/workspaces/demo/apps/bmi";

/// Asks what the address in its query says, and tells what came.
const ASKING: &str = "export default {
    async fetch(request) {
        if (new URL(request.url).pathname !== '/') return new Response('me');
        const url = new URL(request.url).searchParams.get('url');
        try {
            const answer = await fetch(url, { headers: { 'x-request-id': crypto.randomUUID() } });
            return Response.json({ status: answer.status });
        } catch (error) {
            return Response.json({ error: error.message });
        }
    },
};";

async fn script(server: &Server, toml: &str, source: &str) {
    let files = [("app.toml", toml.as_bytes()), ("app.js", source.as_bytes())];
    let answer = deploy(server, "", &files).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{toml}: {}", answer.text());
}

/// What the app tells of a call to this address, and the call on the trace.
async fn asked(server: &Server, url: &str) -> Result<(Value, Value), Box<dyn std::error::Error>> {
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("url", url)
        .finish();
    let answer = server.get(&format!("/w/demo/apps/bmi/?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let run = answer.headers.get("x-c4h-run").ok_or("no run")?.to_str()?;
    let trace = server.get(&format!("{BMI}/traces/{run}")).await.json();
    let call = trace.pointer("/trace/calls/0").cloned().unwrap_or_default();
    Ok((answer.json(), call))
}

#[tokio::test]
async fn what_uses_leaves_out_is_refused_with_the_line_that_allows_it() -> TestResult {
    let server = Server::start().await?;
    server.deploy("letters", examples::HELLO).await;
    for (url, id) in [
        (
            "https://int.api.service.nhs.uk/personal-demographics/FHIR/R4/Patient/9000000009",
            "pds",
        ),
        (
            "https://sandbox.api.service.nhs.uk/personal-demographics/FHIR/R4/Patient/9000000009",
            "pds",
        ),
        ("https://fhir.c4h.internal/Patient?_count=1", "fhir"),
        ("https://letters.apps.c4h.internal/", "app:letters"),
        ("https://letters--v1.apps.c4h.internal/", "app:letters"),
    ] {
        for (uses, line) in [
            ("[]".to_owned(), format!("uses = [\"{id}\"]")),
            (
                "[\"hello-world\"]".to_owned(),
                format!("uses = [\"hello-world\", \"{id}\"]"),
            ),
        ] {
            script(&server, &format!("uses = {uses}"), ASKING).await;
            let (told, call) = asked(&server, url).await?;
            let refused = call["refused"].as_str().unwrap_or_default();
            assert!(told["error"].is_string(), "{url}: {told}");
            assert_eq!(call["status"], json!(null), "{call}");
            assert!(refused.ends_with(&line), "{url}: {call}");
            // The line does what it says.
            script(&server, &line, ASKING).await;
            let (told, call) = asked(&server, url).await?;
            assert_eq!(told["status"], 200, "{url}: {told}");
            assert_eq!(call["refused"], json!(null), "{call}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_app_that_uses_nothing_has_its_store_and_itself() -> TestResult {
    let server = Server::start().await?;
    script(&server, "uses = []", ASKING).await;
    for url in [
        "https://store.c4h.internal/values",
        "https://bmi.apps.c4h.internal/self",
    ] {
        let (told, call) = asked(&server, url).await?;
        assert_eq!(told["status"], 200, "{url}: {told}");
        assert_eq!(call["refused"], json!(null), "{call}");
    }
    Ok(())
}

#[tokio::test]
async fn a_limit_of_the_manifest_ends_a_run() -> TestResult {
    let server = Server::start().await?;
    let spins = "export default { fetch() { for (;;) {} } };";
    script(&server, "[limits]\ncpu_ms = 50", spins).await;
    let answer = server.get("/w/demo/apps/bmi/").await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "limit-cpu")
    );
    let run = answer.headers["x-c4h-run"].to_str()?;
    let trace = server.get(&format!("{BMI}/traces/{run}")).await.json();
    let hit = &trace["trace"]["limits_hit"][0];
    assert_eq!(
        (&hit["code"], &hit["limit"]),
        (&json!("limit-cpu"), &json!(50)),
        "{trace}"
    );

    // One call, where every run may have thirty-two.
    let twice = "export default { async fetch(request) {
        if (new URL(request.url).pathname !== '/') return new Response('me');
        const came = [];
        for (let call = 0; call < 2; call++) {
            came.push(await fetch('https://bmi.apps.c4h.internal/self').then((answer) => answer.status, (error) => error.message));
        }
        return Response.json(came);
    } };";
    script(&server, "[limits]\ncalls = 1", twice).await;
    let answer = server.get("/w/demo/apps/bmi/").await;
    assert_eq!(answer.json()[0], 200, "{}", answer.text());
    assert!(answer.json()[1].is_string(), "{}", answer.text());
    let run = answer.headers["x-c4h-run"].to_str()?;
    let trace = server.get(&format!("{BMI}/traces/{run}")).await.json();
    let hit = &trace["trace"]["limits_hit"][0];
    assert_eq!(
        (&hit["code"], &hit["limit"]),
        (&json!("limit-calls"), &json!(1)),
        "{trace}"
    );
    Ok(())
}

#[tokio::test]
async fn a_script_keeps_what_it_wants_and_a_reset_takes_it() -> TestResult {
    let server = Server::start().await?;
    let keeps = "export default { async fetch(request, env) {
        const { store } = env;
        const all = async (options) => {
            const found = [];
            let after, pages = 0;
            do {
                const page = await store.list({ ...options, after });
                found.push(...page.keys);
                after = page.next;
                pages++;
            } while (after !== undefined);
            return { found, pages };
        };
        if (new URL(request.url).pathname === '/count') return Response.json((await all({})).found.length);
        for (const day of ['07', '06', '08']) await store.set(`visit/${day}`, { day, kg: 72.5, words: 'Zo\\u00eb' });
        await store.set('note', null);
        await store.delete('visit/08');
        await store.delete('visit/08');
        const came = {
            read: await store.get('visit/06'),
            nothing: await store.get('note'),
            gone: (await store.get('visit/08')) ?? 'undefined',
            visits: await store.list({ prefix: 'visit/' }),
            first: await store.list({ limit: 1 }),
            after: await store.list({ after: 'note', limit: 1 }),
            all: await all({ limit: 2 }),
            sums: [await store.add('count'), await store.add('count', 4), await store.add('count', -7)],
            sum: await store.get('count'),
        };
        came.refused = await store.add('visit/06').catch((error) => [error.code, error.status]);
        return Response.json(came);
    } };";
    script(&server, "uses = []", keeps).await;
    let came = server.get("/w/demo/apps/bmi/").await.json();
    assert_eq!(
        came,
        json!({
            "read": { "day": "06", "kg": 72.5, "words": "Zoë" },
            "nothing": null,
            "gone": "undefined",
            "visits": { "keys": ["visit/06", "visit/07"] },
            "first": { "keys": ["note"], "next": "note" },
            "after": { "keys": ["visit/06"], "next": "visit/06" },
            "all": { "found": ["note", "visit/06", "visit/07"], "pages": 2 },
            "sums": [1, 5, -2],
            "sum": -2,
            "refused": ["value-not-a-number", 409],
        })
    );
    assert_eq!(server.get("/w/demo/apps/bmi/count").await.json(), 4);
    // A workspace that was copied keeps its own.
    let copied = send(
        &server,
        "POST",
        "/api/v1/workspaces/demo/fork",
        "{\"name\": \"other\"}",
    )
    .await;
    assert_eq!(copied.status, StatusCode::CREATED, "{}", copied.text());
    let reset = server
        .ask(Request::post("/api/v1/workspaces/demo/reset"), "")
        .await;
    assert!(reset.status.is_success(), "{}", reset.text());
    assert_eq!(server.get("/w/demo/apps/bmi/count").await.json(), 0);
    let used = server.get(&format!("{BMI}/values")).await.json()["used"].clone();
    assert_eq!(
        (&used["values"], &used["bytes"]),
        (&json!(0), &json!(0)),
        "{used}"
    );
    assert_eq!(server.get("/w/other/apps/bmi/count").await.json(), 4);
    Ok(())
}
