//! A run is repeated and exported from the command line.

use anyhow::ensure;
use serde_json::Value;

use crate::{Journey, shared};

#[tokio::test]
async fn a_run_is_repeated_as_it_was_with_another_version_and_with_a_fault() -> Journey {
    let platform = shared()?;
    let (client, command) = (platform.client()?, platform.command());
    client.deploy("repeated", examples::PATIENT_LOOKUP).await?;
    client.deploy("repeated", examples::HELLO).await?;
    let answer = client
        .run("repeated--v1", "/?nhs=9000000009")
        .await?
        .expect(200)?;
    let run = answer.run()?;

    let same = "Both runs made the same calls and gave the same answer.";
    for (arguments, expected) in [
        (
            vec!["replay", run],
            &[
                "was repeated with version 1 of repeated as run ",
                same,
                "processor time: ",
            ][..],
        ),
        (vec!["replay", run, "--app", "repeated"], &[same]),
        (
            vec!["replay", run, "--fault", "status-503"],
            &[
                "The answer is different",
                "  ~ Call 1: GET https://int.",
                "        + 503",
            ],
        ),
        (
            vec!["replay", run, "--fault", "malformed-json", "--call", "1"],
            &["The answer is different", "  ~ Call 1: GET https://int."],
        ),
        (
            vec!["replay", run, "--against", "2"],
            &[
                "with version 2 of repeated",
                "The answer is different",
                "  - Call 1 is no longer made",
            ],
        ),
        (
            vec!["replay", run, "--against", "2", "--fault", "slow"],
            &["Note: The fault slow met no call"],
        ),
    ] {
        let told = command.run(&arguments).await?.success()?;
        for words in expected {
            ensure!(told.contains(words), "{arguments:?}: no {words:?} in {told}");
        }
        ensure!(!told.contains('\u{1b}'), "{told:?}");
    }
    let json = command.run(["replay", run, "--json"]).await?.success()?;
    let json: Value = serde_json::from_str(&json)?;
    ensure!(
        json["comparison"]["same"] == true && json["run"]["replay_of"] == run,
        "{json}"
    );
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_repeated_is_one_sentence() -> Journey {
    let platform = shared()?;
    let (client, command) = (platform.client()?, platform.command());
    client.deploy("unrepeated", examples::PATIENT_LOOKUP).await?;
    let answer = client.run("unrepeated", "/?nhs=9000000009").await?.expect(200)?;
    let run = answer.run()?;
    for (arguments, code, word) in [
        (
            vec!["replay", run, "--fault", "slow", "--call", "9"],
            1,
            "no call 9",
        ),
        (vec!["replay", run, "--against", "7"], 1, "7"),
        (vec!["replay", "0123456789abcdef"], 1, "no trace of run"),
        (vec!["replay", "../x"], 1, "letters and digits"),
        (vec!["replay", run, "--app", "nobody"], 1, "nobody"),
    ] {
        let sentence = command.run(&arguments).await?.failure(code)?;
        ensure!(sentence.contains(word), "{arguments:?}: {sentence}");
    }
    for arguments in [
        vec!["replay"],
        vec!["replay", run, "--call", "1"],
        vec!["replay", run, "--fault", "slwo"],
        vec!["replay", run, "--against", "two"],
    ] {
        let ended = command.run(&arguments).await?;
        ensure!(ended.code == 2, "{arguments:?}: {ended:?}");
    }
    Ok(())
}

#[tokio::test]
async fn traces_are_exported_for_other_programs() -> Journey {
    let platform = shared()?;
    let (client, command) = (platform.client()?, platform.command());
    client.deploy("exported", examples::PATIENT_LOOKUP).await?;
    let answer = client.run("exported", "/?nhs=9000000009").await?.expect(200)?;
    let run = answer.run()?;
    for which in [
        &["traces", "exported", run][..],
        &["traces", "exported", "last"],
        &["traces", "exported"],
    ] {
        let arguments = which.iter().copied();
        let har = command
            .run(arguments.clone().chain(["--format", "har"]))
            .await?
            .success()?;
        let har: Value = serde_json::from_str(&har)?;
        let entries = &har["log"]["entries"];
        ensure!(
            entries[0]["response"]["status"] == 200 && entries[1]["_operation"] == "read_patient",
            "{har}"
        );
        ensure!(
            har["log"]["pages"][0]["id"] == run && har["log"]["pages"][0]["_c4hLog"].is_array(),
            "{har}"
        );
        let otlp = command
            .run(arguments.chain(["--format", "otlp"]))
            .await?
            .success()?;
        let otlp: Value = serde_json::from_str(&otlp)?;
        let resource = otlp["resourceSpans"][0]["resource"].to_string();
        ensure!(
            resource.contains("service.version") && resource.contains("exported"),
            "{otlp}"
        );
        let spans = &otlp["resourceSpans"][0]["scopeSpans"][0]["spans"];
        ensure!(spans.as_array().is_some_and(|spans| spans.len() == 2), "{otlp}");
    }
    let ended = command.run(["traces", "exported", "--format", "xml"]).await?;
    ensure!(ended.code == 2, "{ended:?}");
    Ok(())
}
