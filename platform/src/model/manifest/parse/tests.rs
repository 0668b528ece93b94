//! What the file may say, and what is said about what it may not.

use sandbox_runtime::Limits;

use super::*;
use crate::config::LimitsConfig;
use crate::model::LimitName;

const WHOLE: &str = r#"
name = "bmi"
title = "BMI"
description = """One
paragraph."""
owner = "Physiotherapy, Ward 7"
main = "app.js"
uses = ["pds", "app:letters"]
login = "own"
secrets = ["NOTIFY_KEY"]
[config]
GREETING = "hello"
[schedule]
every = "15m"
[limits]
cpu_ms = 500
"#;

#[test]
fn a_whole_manifest() {
    let manifest = parse(WHOLE).unwrap();
    assert_eq!(manifest.name.as_ref().unwrap().as_str(), "bmi");
    assert_eq!(manifest.description.as_deref(), Some("One paragraph."));
    assert_eq!(
        manifest.entry,
        Some(Entry::Main(FilePath::new("app.js").unwrap()))
    );
    assert_eq!(manifest.config["GREETING"], "hello");
    assert_eq!(manifest.login, Login::Own);
    let schedule = manifest.schedule.clone().unwrap();
    assert_eq!(
        (schedule.every.seconds(), schedule.path.as_str()),
        (900, "/scheduled")
    );
    assert_eq!(
        manifest.limits.iter().collect::<Vec<_>>(),
        [(LimitName::CpuMs, 500)]
    );
    assert!(manifest.allows_interface("pds") && manifest.allows_app("letters"));
    assert!(!manifest.allows_interface("letters") && !manifest.allows_app("pds"));
    let more = Use::try_from("hello-world".to_owned()).unwrap();
    assert_eq!(
        manifest.uses_line_with(&more),
        r#"uses = ["pds", "app:letters", "hello-world"]"#
    );
    // As it is kept.
    let kept = serde_json::to_string(&manifest).unwrap();
    assert_eq!(serde_json::from_str::<Manifest>(&kept).unwrap(), manifest);
    assert_eq!(serde_json::to_string(&Manifest::default()).unwrap(), "{}");
    assert_eq!(parse("").unwrap(), Manifest::default());
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (text, line, words) in [
        ("title = \"x\"\ntitel = \"y\"", 2, "did you mean title?"),
        ("\n\nwhatever = 1", 3, "the keys are name, title"),
        ("title = x", 1, "not written as TOML"),
        ("title = \"a\"\ntitle = \"b\"", 2, "not written as TOML"),
        ("title = 5", 1, "quotation marks"),
        ("title = \"\"", 1, "1 to 80"),
        ("title = \"a\u{202e}b\"", 1, "cannot be seen"),
        ("name = \"Admin\"", 1, "for example patient-lookup"),
        ("main = \"../app.js\"", 1, "lead up"),
        ("main = \"app.py\"", 1, "ends in .js"),
        ("main = \"public/app.js\"", 1, "public/"),
        ("component = \"app.js\"", 1, ".wasm"),
        ("main = \"a.js\"\ncomponent = \"a.wasm\"", 2, "either main"),
        ("uses = \"pds\"", 1, "a list of texts"),
        ("uses = [\"PDS\"]", 1, "neither an interface"),
        ("uses = [\"app:X\"]", 1, "is not a name"),
        ("uses = [\"pds\",\n\"pds\"]", 2, "twice"),
        ("login = \"auto\"", 1, "\"managed\""),
        ("login = \"managed:patient:123\"", 1, "NHS number"),
        ("secrets = [\"key\"]", 1, "NOTIFY_KEY"),
        ("[config]\nA = 1", 2, "quotation marks"),
        ("[config]\n\"a b\" = \"1\"", 2, "environment variable"),
        ("[config]\nstore = \"x\"", 2, "env.store"),
        ("config = 1", 1, "a line [config]"),
        ("[schedule]\npath = \"/x\"", 1, "how often"),
        ("[schedule]\nevery = \"15\"", 2, "\"15m\""),
        ("[schedule]\nevry = \"15m\"", 2, "did you mean every?"),
        ("[schedule]\nevery = \"15m\"\npath = \"x\"", 3, "begins with /"),
        ("[limits]\ncpu = 1", 2, "did you mean"),
        ("[limits]\ncpu_ms = \"1\"", 2, "whole number"),
        ("[limits]\ncpu_ms = -1", 2, "whole number"),
        ("[limits]\ncpu_ms = 0", 2, "at least 1"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.line, Some(line), "{text}: {error}");
        let sentence = error.to_string();
        assert!(
            sentence.contains(words) && sentence.ends_with(['.', '?']),
            "{text}: {sentence}"
        );
        assert_eq!(
            error.source_line.as_deref(),
            text.lines().nth(line as usize - 1),
            "{text}"
        );
    }
    let both = parse("secrets = [\"A\"]\n[config]\nA = \"1\"").unwrap_err();
    assert!(both.to_string().contains("both in secrets"), "{both}");
}

#[test]
fn every_example_of_the_reference_reads() {
    let page = include_str!("../../../../../docs/reference/app-toml.md");
    let examples: Vec<&str> = page
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(examples.len() >= 4);
    for example in examples {
        parse(example).unwrap();
    }
    for key in KEYS.into_iter().chain(LimitName::ALL.map(LimitName::name)) {
        assert!(
            page.contains(&format!("`{key}`")) || page.contains(&format!("`[{key}]`")),
            "{key}"
        );
    }
}

#[test]
fn the_reference_has_the_limits_as_they_are() {
    let page = include_str!("../../../../../docs/reference/app-toml.md");
    let table = page
        .split("| Limit | Usual | At most |\n|---|---|---|\n")
        .nth(1)
        .unwrap();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let number = |written: &str| -> u64 {
        let (digits, unit) = written.split_once(' ').unwrap_or((written, ""));
        let unit = match unit {
            "" => 1,
            "KiB" => 1024,
            "MiB" => 1024 * 1024,
            other => panic!("{other}"),
        };
        digits.replace(',', "").parse::<u64>().unwrap() * unit
    };
    let written: Vec<_> = rows
        .iter()
        .map(|row| (row[0].trim_matches('`'), number(row[1]), number(row[2])))
        .collect();
    let most = LimitsConfig::default().most();
    let true_ones = LimitName::ALL.map(|limit| (limit.name(), limit.of(&Limits::DEFAULT), limit.of(&most)));
    assert_eq!(written, true_ones);
}

#[test]
fn no_text_makes_it_panic() {
    let deep = format!("a = {}", "[".repeat(10_000));
    for text in [
        "\u{feff}",
        "\0",
        "=",
        "[",
        "[[x]]",
        "[a",
        "a.b.c = 1",
        "\"\" = 1",
        "ü = \"ü\"",
        "a = \"\\ud800\"",
        &deep,
        &"x".repeat(70_000),
    ] {
        assert!(parse(text).is_err() || text == "\u{feff}", "{text:.20}");
    }
    for length in 0..WHOLE.len() {
        let _read = parse(WHOLE.get(..length).unwrap_or_default());
    }
}
