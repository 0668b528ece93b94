//! The only way out of a guest leads to its own workspace's interfaces; everything else is refused, with the way out.

use std::io::ErrorKind;
use std::net::TcpListener;

use anyhow::{Context as _, ensure};
use tests::guests::HOSTILE;

use crate::{Journey, shared};

const ALLOWED: &str = "https://int.api.service.nhs.uk";

/// A port of this machine where nobody may come by.
struct Bait {
    listener: TcpListener,
    port: u16,
}

impl Bait {
    fn lay() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    fn untouched(&self) -> Journey {
        match self.listener.accept() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            other => anyhow::bail!("somebody came by: {other:?}"),
        }
    }
}

#[tokio::test]
async fn every_other_address_is_refused_by_name() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("prober", HOSTILE).await?;
    let bait = Bait::lay()?;
    let (own, bait_port) = (platform.address().port(), bait.port);
    let refused = [
        // The live service, whatever it is called.
        (
            "https://api.service.nhs.uk/personal-demographics/FHIR/R4/Patient/9000000009".to_owned(),
            "api.service.nhs.uk",
        ),
        ("https://API.SERVICE.NHS.UK/".to_owned(), "live"),
        ("https://live.api.service.nhs.uk/".to_owned(), "live"),
        // Anybody else.
        ("https://example.com/".to_owned(), "example.com"),
        (
            "https://int.api.service.nhs.uk.example.com/".to_owned(),
            "example.com",
        ),
        ("https://evilint.api.service.nhs.uk/".to_owned(), "evilint"),
        ("https://int.api.service.nhs.uk./".to_owned(), "refused"),
        // This machine, the platform itself, and where clouds keep their secrets.
        (format!("http://127.0.0.1:{own}/api/v1/workspaces"), "127.0.0.1"),
        (format!("http://localhost:{own}/"), "localhost"),
        (format!("http://127.0.0.1:{bait_port}/"), "127.0.0.1"),
        (format!("https://127.0.0.1:{bait_port}/"), "127.0.0.1"),
        (format!("http://[::1]:{bait_port}/"), "[::1]"),
        (format!("http://[::ffff:127.0.0.1]:{bait_port}/"), "refused"),
        (format!("http://0.0.0.0:{bait_port}/"), "0.0.0.0"),
        (format!("http://2130706433:{bait_port}/"), "2130706433"),
        (format!("http://0x7f.1:{bait_port}/"), "0x7f.1"),
        (
            "http://169.254.169.254/latest/meta-data/".to_owned(),
            "169.254.169.254",
        ),
        // Another workspace, through the platform's own names.
        (
            format!("http://int.other.nhs.localhost:{own}/hello-world/hello/world"),
            "other",
        ),
        (
            format!("http://patient-lookup.demo.apps.localhost:{own}/"),
            "patient-lookup.demo",
        ),
        // The right host, wrongly.
        (format!("{ALLOWED}:8443/hello-world/hello/world"), "8443"),
        (
            "http://int.api.service.nhs.uk/hello-world/hello/world".to_owned(),
            "https",
        ),
    ];
    for (url, named) in refused {
        let answer = client
            .run("prober", &format!("/refused?url={url}"))
            .await?
            .expect(200)?;
        ensure!(
            answer.text().contains("Denied"),
            "{url}: the guest saw {}",
            answer.text()
        );
        let trace = client.trace("prober", &answer).await?;
        let call = &trace["trace"]["calls"][0];
        let reason = call["refused"]
            .as_str()
            .with_context(|| format!("{url}: no reason in {trace}"))?;
        ensure!(
            reason.contains(named) && reason.contains(ALLOWED),
            "{url}: {reason}"
        );
        ensure!(
            call["status"].is_null() && call["interface"].is_null(),
            "{url}: {call}"
        );
        // What is refused is also in the log beside what the app printed.
        let log = trace["trace"]["log"].to_string();
        ensure!(
            log.contains("refused") && log.contains("platform"),
            "{url}: {log}"
        );
    }
    bait.untouched()
}

#[tokio::test]
async fn a_user_part_does_not_smuggle_another_host() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("smuggler", HOSTILE).await?;
    let bait = Bait::lay()?;
    for authority in [
        format!("int.api.service.nhs.uk@127.0.0.1:{}", bait.port),
        format!("int.api.service.nhs.uk:443@127.0.0.1:{}", bait.port),
        format!("127.0.0.1:{}@int.api.service.nhs.uk", bait.port),
        "user:s3cret@int.api.service.nhs.uk".to_owned(),
    ] {
        let answer = client
            .run("smuggler", &format!("/refused?url=https://{authority}/"))
            .await?
            .expect(200)?;
        let seen = answer.text();
        ensure!(
            !seen.starts_with(|first: char| first.is_ascii_digit()),
            "{authority}: the guest saw {seen}"
        );
        let trace = client.trace("smuggler", &answer).await?;
        // Whether the authority was refused when it was set or when it was called, nothing was answered.
        let calls = trace["trace"]["calls"].as_array().context("calls")?;
        ensure!(
            calls.iter().all(|call| call["status"].is_null()),
            "{authority}: {trace}"
        );
    }
    bait.untouched()
}

#[tokio::test]
async fn other_ways_to_speak_are_not_spoken() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("foreign-tongue", HOSTILE).await?;
    for scheme in ["ftp", "file", "ws", "unix"] {
        let url = format!("{scheme}://int.api.service.nhs.uk/hello-world/hello/world");
        let answer = client
            .run("foreign-tongue", &format!("/refused?url={url}"))
            .await?
            .expect(200)?;
        ensure!(
            !answer.text().starts_with(|first: char| first.is_ascii_digit()),
            "{url}: {}",
            answer.text()
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_is_allowed_is_answered() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("allowed", HOSTILE).await?;
    for host in [
        "int.api.service.nhs.uk",
        "sandbox.api.service.nhs.uk",
        "INT.api.service.nhs.uk",
        "int.api.service.nhs.uk:443",
    ] {
        let path = format!("/refused?url=https://{host}/hello-world/hello/world");
        let answer = client.run("allowed", &path).await?.expect(200)?;
        ensure!(answer.text() == "200\n", "{host}: {}", answer.text());
    }
    Ok(())
}

#[tokio::test]
async fn there_are_no_sockets() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("sockets", HOSTILE).await?;
    let report = client.run("sockets", "/sockets").await?.expect(200)?.text();
    ensure!(report.lines().count() == 6, "{report}");
    // A refused connection is one that reached the other side.
    for hole in ["reached", "ConnectionRefused", "TimedOut"] {
        ensure!(!report.contains(hole), "{report}");
    }
    Ok(())
}

#[tokio::test]
async fn odd_calls_reach_nobody_but_the_interface() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("odd-calls", HOSTILE).await?;
    let answer = client.run("odd-calls", "/odd-calls").await?.expect(200)?;
    ensure!(answer.text().lines().count() == 8, "{}", answer.text());
    let trace = client.trace("odd-calls", &answer).await?;
    let calls = trace["trace"]["calls"].as_array().context("calls")?;
    for call in calls.iter().filter(|call| call["status"].is_u64()) {
        let url = call["url"].as_str().context("an address")?;
        ensure!(url.starts_with(&format!("{ALLOWED}/")), "{url} was answered");
    }
    client.run("odd-calls", "/ok").await?.expect(200)?;
    Ok(())
}
