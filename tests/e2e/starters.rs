//! A beginner starts from one of the starters: it deploys, its own tests pass, and it stays kind and right when patients and
//! interfaces are not as one would wish.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use examples::{Starter, starters};
use reqwest::Method;
use serde_json::{Value, json};
use tests::toolchains::{self, Optional};
use tests::{Client, TestPlatform};

use crate::{Journey, builder, command, folders};

/// A starter's tests are each a run of their own, on a server that a busy machine has to start first.
const TESTS: Duration = Duration::from_secs(300);

/// One patient of each starter whose page is whole.
const PATIENTS: [(&str, &str, &str); 8] = [
    ("meet-your-patient", "9999100007", "Peppercombe Rise"),
    ("bmi", "9999100104", "BMI 3"),
    ("news2", "9999100201", "NEWS2 went from 3 to 9"),
    ("rehabilitation-trend", "9999100007", "32 seconds better"),
    ("discharge-twice", "9999100600", "a heart attack"),
    ("child-review", "9999100309", "Growth"),
    ("medicines-and-allergies", "9999100503", "2 active"),
    ("book-an-appointment", "9999100007", "Free in the next two weeks"),
];

/// Somebody of each kind that apps forget, and what must be said of them. Words of a page that says too much come last.
const OTHERS: [(&str, &[&str], &[&str]); 6] = [
    (
        "9000000025",
        &["Restricted record"],
        &["LS1 6AE", "01632960587", "Y12345"],
    ),
    (
        "9999101607",
        &["This patient has died"],
        &["Furosemide", "Free in the next"],
    ),
    ("9000000033", &["Not known"], &[]),
    (
        "5900053636",
        &["Is this the right patient?", "973 201 9395"],
        &["Marzipan Terrace"],
    ),
    ("9111231130", &["Nobody has the NHS number"], &[]),
    (
        "9000000000",
        &["There is a problem"],
        &["<section class=\"c4h-banner"],
    ),
];

/// What goes wrong with an interface, and whether anything of the record can be shown all the same.
const FAULTS: [(&str, bool); 9] = [
    ("slow=50", true),
    ("timeout=100", false),
    ("refused", false),
    ("status-500", false),
    ("status-403", false),
    ("malformed-json", false),
    ("truncated", false),
    ("empty", false),
    ("wrong-person=9000000017", false),
];

/// Words of a page that was made from something that is not there.
const NONSENSE: [&str; 4] = ["undefined", "NaN", "[object Object]", ">null<"];

fn write(starter: &Starter, folder: &Path) -> Journey {
    for (path, bytes) in starter.files {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().context("a file has a folder")?)?;
        std::fs::write(file, bytes)?;
    }
    Ok(())
}

/// Makes the app of a starter, under its name, in the workspace `demo`.
async fn deploy(platform: &TestPlatform, starter: &Starter) -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    write(starter, folder.path())?;
    let command = platform.command().folder(folder.path()).patience(TESTS);
    let told = command
        .run(["deploy", ".", "--app", starter.name])
        .await?
        .success()?;
    ensure!(
        told.contains(&format!("Deployed {}, version 1", starter.name)),
        "{told}"
    );
    Ok(())
}

/// Sends a form as the page does: status and page, which holds no nonsense.
async fn send(client: &Client, app: &str, fields: &[(&str, &str)]) -> anyhow::Result<(u16, String)> {
    let path = format!("/w/demo/apps/{app}/");
    let request = client.request(Method::POST, &path).form(fields);
    let answer = client.send(request).await?;
    let (status, text) = (answer.status, answer.text());
    ensure!(
        text.starts_with("<!DOCTYPE html>"),
        "{app} {fields:?}: {status} {text}"
    );
    // The style has words of its own.
    let page = text.split_once("</style>").map_or("", |(_, page)| page);
    for word in NONSENSE {
        ensure!(!page.contains(word), "{app} {fields:?} shows {word:?}: {page}");
    }
    Ok((status, page.to_owned()))
}

#[tokio::test]
async fn the_tests_of_every_starter_pass() -> Journey {
    for starter in starters() {
        let folder = tempfile::tempdir_in(folders())?;
        write(starter, folder.path())?;
        let tested = command()
            .folder(folder.path())
            .patience(TESTS)
            .run(["test"])
            .await?;
        let told = tested
            .clone()
            .success()
            .with_context(|| format!("{}: {tested:?}", starter.name))?;
        ensure!(
            told.contains("test result: ok.") && told.contains("; 0 failed; 0 skipped"),
            "{told}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn starters_with_everybody_and_on_a_bad_day() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    on_a_day_with_slots(&client).await?;
    let mut named: Vec<&str> = PATIENTS.iter().map(|(app, ..)| *app).collect();
    named.sort_unstable();
    let mut all: Vec<&str> = starters().iter().map(|starter| starter.name).collect();
    all.sort_unstable();
    ensure!(named == all, "{named:?} is not {all:?}");
    for starter in starters() {
        deploy(&platform, starter).await?;
        let first = client.run(starter.name, "/").await?.expect(200)?.text();
        ensure!(
            first.contains("NHS number") && first.contains("Made-up people to try"),
            "{first}"
        );
        client.run(starter.name, "/nothing-here").await?.expect(404)?;
    }
    for (app, patient, words) in PATIENTS {
        let (status, page) = send(&client, app, &[("nhs", patient)]).await?;
        ensure!(status == 200 && page.contains(words), "{app}: {status} {page}");
        others(&client, app).await?;
        bad_day(&client, app, patient, words).await?;
    }
    // The NHS asks to wait; the page comes within the time that a run has.
    let _fault = add_fault(&client, "status-503", "pds").await?;
    let (status, page) = send(&client, "news2", &[("nhs", "9999100201")]).await?;
    ensure!(status == 503 && page.contains("Try again"), "{status} {page}");
    Ok(())
}

async fn others(client: &Client, app: &str) -> Journey {
    for (patient, said, kept) in OTHERS {
        let (_, page) = send(client, app, &[("nhs", patient)]).await?;
        for words in said {
            ensure!(
                page.contains(words),
                "{app} {patient} does not say {words:?}: {page}"
            );
        }
        for words in kept {
            ensure!(!page.contains(words), "{app} {patient} says {words:?}: {page}");
        }
    }
    let (_, page) = send(client, app, &[("nhs", "<script>alert(1)</script>")]).await?;
    ensure!(!page.contains("<script>alert"), "{app}: {page}");
    let empty = client.request(Method::POST, &format!("/w/demo/apps/{app}/"));
    let answer = client.send(empty).await?;
    ensure!(
        answer.text().contains("There is a problem") || answer.text().contains("without a patient"),
        "{answer:?}"
    );
    Ok(())
}

/// Each interface of the app fails in turn: the page tells it, offers another try, and shows nothing of the record.
async fn bad_day(client: &Client, app: &str, patient: &str, words: &str) -> Journey {
    let record = if app == "book-an-appointment" {
        "gp-connect-appointments"
    } else {
        "fhir"
    };
    for interface in ["pds", record] {
        // The first starter asks the record for one name only, and does without.
        if app == "meet-your-patient" && interface == record {
            continue;
        }
        for (fault, is_whole) in FAULTS {
            // GP Connect's lists of slots and appointments name no other person to mistake.
            if interface == "gp-connect-appointments" && fault.starts_with("wrong-person") {
                continue;
            }
            add_fault(client, fault, interface).await?;
            let (status, page) = send(client, app, &[("nhs", patient)]).await?;
            clear_faults(client).await?;
            let told = format!("{app}, {interface} with {fault}: {status} {page}");
            ensure!(page.contains(words) == is_whole, "{told}");
            ensure!(is_whole || page.contains("<button>"), "{told}");
        }
    }
    Ok(())
}

async fn add_fault(client: &Client, fault: &str, interface: &str) -> anyhow::Result<Value> {
    let request = client
        .request(Method::POST, "/api/v1/workspaces/demo/faults")
        .json(&json!({ "fault": fault, "interface": interface }));
    client.send(request).await?.expect(201)?.json()
}

async fn clear_faults(client: &Client) -> Journey {
    let request = client.request(Method::DELETE, "/api/v1/workspaces/demo/faults");
    ensure!((200..300).contains(&client.send(request).await?.status));
    Ok(())
}

async fn on_a_day_with_slots(client: &Client) -> Journey {
    let clock = client
        .request(Method::PUT, "/api/v1/workspaces/demo/clock")
        .json(&json!({ "now": "2026-11-26T08:00:00Z", "stopped": true }));
    client.send(clock).await?.expect(200)?;
    Ok(())
}

/// From free slots to a booking and back, on a day on which the seed has slots.
#[tokio::test]
async fn an_appointment_is_booked_once_and_cancelled() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    let app = "book-an-appointment";
    let starter = starters().iter().find(|starter| starter.name == app);
    deploy(&platform, starter.context("the starter is there")?).await?;
    on_a_day_with_slots(&client).await?;
    let margaret = ("nhs", "9999100007");
    let (_, page) = send(&client, app, &[margaret]).await?;
    let slot = value_of(&page, "slot")?;
    let (_, page) = send(&client, app, &[margaret, ("do", "choose"), ("slot", &slot)]).await?;
    ensure!(page.contains("Check before you book"), "{page}");
    let book = [
        margaret,
        ("do", "book"),
        ("slot", slot.as_str()),
        ("what", "Blood pressure"),
    ];
    for _ in 0..2 {
        let (status, page) = send(&client, app, &book).await?;
        ensure!(status == 200 && page.contains("Appointment booked"), "{page}");
    }
    let rival = [("nhs", "9999100902"), ("do", "book"), ("slot", slot.as_str())];
    let (status, page) = send(&client, app, &rival).await?;
    ensure!(status == 409 && page.contains("Nothing was booked"), "{page}");

    let (_, page) = send(&client, app, &[margaret]).await?;
    ensure!(page.matches("Blood pressure").count() == 1, "{page}");
    let appointment = value_of(&page, "appointment")?;
    let cancel = [
        margaret,
        ("do", "cancel"),
        ("appointment", appointment.as_str()),
        ("reason", "Feels better"),
    ];
    let (_, page) = send(&client, app, &cancel).await?;
    ensure!(page.contains("Appointment cancelled"), "{page}");
    let (_, page) = send(&client, app, &cancel).await?;
    ensure!(page.contains("not booked any more"), "{page}");

    // An order that got no answer: nobody says that it failed, and nobody that it worked.
    let fault = json!({ "fault": "timeout=100", "interface": "gp-connect-appointments", "operation": "book_appointment" });
    let fault = client
        .request(Method::POST, "/api/v1/workspaces/demo/faults")
        .json(&fault);
    client.send(fault).await?.expect(201)?;
    let (status, page) = send(&client, app, &book).await?;
    ensure!(
        status == 503 && page.contains("It is not known what happened"),
        "{page}"
    );
    Ok(())
}

/// What the first field or button of this name would send.
fn value_of(page: &str, name: &str) -> anyhow::Result<String> {
    let rest = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .with_context(|| format!("no {name} in {page}"))?
        .1;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn every_starter_in_chromium() -> Journey {
    let missing = toolchains::node().err().or_else(|| toolchains::chromium().err());
    if let Some(reason) = missing {
        return Optional::Browser.skip("the starters in a browser", &reason);
    }
    let chromium = toolchains::chromium().map_err(anyhow::Error::msg)?;
    let platform = builder().start()?;
    for starter in starters() {
        deploy(&platform, starter).await?;
    }
    let url = format!("http://{}", platform.address());
    let pictures = folders().join("screenshots");
    toolchains::browse_script(
        "starters",
        &folders().join("browser"),
        &[
            ("C4H_URL", OsStr::new(&url)),
            ("C4H_COMPONENT", OsStr::new("unused")),
            ("C4H_SCREENSHOTS", pictures.as_os_str()),
            ("CHROMIUM", chromium.as_os_str()),
        ],
    )
}
