//! An app's pages never speak for the platform, and requests from elsewhere never act as its user.

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::Value;
use tests::guests::HOSTILE;
use tests::raw;

use crate::{Journey, shared};

#[tokio::test]
async fn harmful_headers_of_an_app_stay_inside() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("harmful", HOSTILE).await?;
    let port = platform.address().port();
    for (path, host) in [
        ("/w/demo/apps/harmful/headers-harm", format!("127.0.0.1:{port}")),
        ("/headers-harm", format!("harmful.demo.apps.localhost:{port}")),
    ] {
        let request = client.request(Method::GET, path).header("host", &host);
        let answer = client.send(request).await?.expect(200)?;
        ensure!(answer.text() == "<p>harm</p>\n", "{}", answer.text());
        for dropped in [
            "set-cookie",
            "strict-transport-security",
            "service-worker-allowed",
            "access-control-allow-credentials",
            "clear-site-data",
            "server",
        ] {
            ensure!(
                answer.header(dropped).is_none(),
                "{host}: {dropped} came through: {:?}",
                answer.headers
            );
        }
        let policy = answer.header("content-security-policy").context("a policy")?;
        ensure!(
            answer.headers.get_all("content-security-policy").iter().count() == 1,
            "{:?}",
            answer.headers
        );
        ensure!(
            policy.starts_with("sandbox ") && !policy.contains("default-src *"),
            "{host}: {policy}"
        );
        ensure!(
            !policy.contains("allow-same-origin") && !policy.contains("allow-top-navigation"),
            "{host}: {policy}"
        );
        // Whatever the app says: only pages without an origin, as its own are, read its answers.
        let readers: Vec<_> = answer
            .headers
            .get_all("access-control-allow-origin")
            .iter()
            .collect();
        ensure!(readers == ["null"], "{host}: {readers:?}");
        // Both headers exist once, and are ours.
        ensure!(answer.run()? != "forged" && answer.headers.get_all("x-c4h-run").iter().count() == 1);
        ensure!(answer.headers.get_all("x-request-id").iter().count() == 1);
        // Under a path its author is told why, and where it would be kept.
        let trace = client.trace("harmful", &answer).await?;
        let log = trace["trace"]["log"].to_string();
        let told = format!("At http://harmful.demo.apps.localhost:{port}/ the app keeps its own.");
        ensure!(log.contains(&told) == path.starts_with("/w/"), "{host}: {log}");
    }
    Ok(())
}

#[tokio::test]
async fn the_policy_stands_on_every_answer_of_an_app() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("policied", HOSTILE).await?;
    for path in ["/ok", "/no-such-path", "/echo"] {
        let answer = client.run("policied", path).await?;
        let policy = answer
            .header("content-security-policy")
            .with_context(|| format!("{path}: no policy"))?;
        ensure!(policy.starts_with("sandbox "), "{path}: {policy}");
    }
    // Errors in its place are the platform's, with the platform's own policy: nothing may load, nothing may frame it.
    let error = client.run("policied", "/panic").await?.expect(500)?;
    let policy = error.header("content-security-policy").context("a policy")?;
    ensure!(
        policy.contains("default-src 'none'") || policy.starts_with("sandbox "),
        "{policy}"
    );
    Ok(())
}

#[tokio::test]
async fn an_app_is_not_shown_what_belongs_to_the_platform() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("echoing", HOSTILE).await?;
    let token = client.json("/api/v1/workspaces/demo").await?["access_token"].clone();
    let token = token.as_str().context("a token")?.to_owned();
    let request = client
        .request(Method::GET, "/w/demo/apps/echoing/echo")
        .header("cookie", "c4h_session=secret-of-the-platform; other=x")
        .header("authorization", format!("Bearer {token}"))
        .header("proxy-authorization", "Basic c2VjcmV0")
        .header("x-c4h-run", "forged")
        .header("x-forwarded-for", "10.0.0.1")
        .header("x-own", "kept");
    let answer = client.send(request).await?.expect(200)?;
    let seen: Value = answer.json()?;
    let headers = seen["headers"].as_object().context("headers")?;
    for hidden in ["cookie", "proxy-authorization", "x-c4h-run", "x-forwarded-for"] {
        ensure!(
            !headers.contains_key(hidden),
            "the app was shown {hidden}: {seen}"
        );
    }
    ensure!(headers["x-own"][0] == "kept", "{seen}");
    // What a caller sends to the app is for the app, which may have a login of its own. The trace keeps it to itself.
    ensure!(headers["authorization"][0] == format!("Bearer {token}"), "{seen}");
    ensure!(
        seen["path_with_query"] == "/echo",
        "the app sees its own path: {seen}"
    );
    let trace = client.trace("echoing", &answer).await?["trace"]["request"].to_string();
    ensure!(
        !trace.contains(&token) && !trace.contains("secret-of-the-platform"),
        "{trace}"
    );
    Ok(())
}

#[tokio::test]
async fn an_app_has_the_whole_path_under_its_own_host_name() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("own-host", HOSTILE).await?;
    let host = format!("own-host.demo.apps.localhost:{}", platform.address().port());
    let request = client.request(Method::GET, "/echo?a=b").header("host", &host);
    let seen = client.send(request).await?.expect(200)?.json()?;
    ensure!(
        seen["path_with_query"] == "/echo?a=b" && seen["authority"] == host.as_str(),
        "{seen}"
    );
    // Its own /api is its own: the platform's API does not answer there.
    let request = client
        .request(Method::GET, "/api/v1/workspaces")
        .header("host", &host);
    let answer = client.send(request).await?;
    ensure!(
        !answer.text().contains("demo\""),
        "the API answers under an app's host name: {}",
        answer.text()
    );
    // Without the slash, relative links would lead out of the app.
    let answer = client.get("/w/demo/apps/own-host?a=b").await?;
    ensure!(
        answer.status == 308 && answer.header("location") == Some("/w/demo/apps/own-host/?a=b"),
        "{answer:?}"
    );
    Ok(())
}

#[tokio::test]
async fn only_our_own_names_are_answered() -> Journey {
    let platform = shared()?;
    let (address, port) = (platform.address(), platform.address().port());
    let cases: [(&[&str], u16); 15] = [
        (&["host: 127.0.0.1"], 200),
        (&["host: 127.0.0.1:PORT"], 200),
        (&["host: localhost:PORT"], 200),
        (&["host: LOCALHOST:PORT"], 200),
        (&["host: [::1]:PORT"], 200),
        (&["host: example.com"], 421),
        (&["host: evil.example:PORT"], 421),
        (&["host: localhost.evil.example"], 421),
        (&["host: evil.localhost:PORT"], 421),
        (&["host: localhost."], 421),
        (&["host: 169.254.169.254"], 421),
        (&["host: 127.0.0.1@evil.example"], 421),
        (&["host: 127.0.0.1", "host: evil.example"], 400),
        (&["host:"], 400),
        (&[], 400),
    ];
    for (headers, status) in cases {
        let headers: Vec<_> = headers
            .iter()
            .map(|line| line.replace("PORT", &port.to_string()))
            .collect();
        let lines: Vec<_> = headers.iter().map(String::as_str).collect();
        let answer = raw::get(address, "/healthz", &lines).await?;
        ensure!(raw::status(&answer)? == status, "{headers:?}: {answer}");
    }
    // The address of the request goes before the header, as RFC 9112 says, and is checked as the header is.
    let answer = raw::get(address, "http://evil.example/healthz", &["host: 127.0.0.1"]).await?;
    ensure!(raw::status(&answer)? == 421, "{answer}");
    Ok(())
}

#[tokio::test]
async fn pages_from_elsewhere_change_nothing() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let path = "/api/v1/workspaces/demo/apps/by-stealth/versions";
    let own = client.base().to_owned();
    for (origin, site) in [
        (Some("https://evil.example"), None),
        (Some("null"), None),
        (Some("http://127.0.0.1:1"), None),
        (None, Some("cross-site")),
        (None, Some("same-site")),
        (Some(own.as_str()), Some("cross-site")),
    ] {
        for (method, path) in [
            (Method::POST, path),
            (Method::POST, "/w/demo/deploy"),
            (Method::DELETE, "/api/v1/workspaces/demo/apps/patient-lookup"),
        ] {
            let mut request = client
                .request(method, path)
                .header("content-type", "application/wasm")
                .body(examples::HELLO);
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            if let Some(site) = site {
                request = request.header("sec-fetch-site", site);
            }
            client
                .send(request)
                .await?
                .expect_problem(403, "foreign-origin")?;
        }
    }
    client
        .get("/api/v1/workspaces/demo/apps/by-stealth")
        .await?
        .expect_problem(404, "unknown-app")?;
    client
        .get("/api/v1/workspaces/demo/apps/patient-lookup")
        .await?
        .expect(200)?;
    // Our own pages may.
    let request = client
        .request(Method::POST, path)
        .header("content-type", "application/wasm")
        .body(examples::HELLO);
    client
        .send(
            request
                .header("origin", &own)
                .header("sec-fetch-site", "same-origin"),
        )
        .await?
        .expect(201)?;
    Ok(())
}

#[tokio::test]
async fn reading_never_changes_anything() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("only-read", examples::HELLO).await?;
    for path in [
        "/w/demo/deploy",
        "/api/v1/workspaces/demo/apps/only-read/versions?_method=POST",
    ] {
        let answer = client.get(path).await?;
        ensure!(
            matches!(answer.status, 404 | 405 | 200 | 422),
            "{path}: {}",
            answer.status
        );
    }
    let versions = client
        .json("/api/v1/workspaces/demo/apps/only-read/versions")
        .await?;
    ensure!(
        versions["versions"]
            .as_array()
            .is_some_and(|versions| versions.len() == 1),
        "{versions}"
    );
    Ok(())
}
