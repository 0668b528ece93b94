//! A scenario: a patient, a clock and faults that show one thing, with words for the trainer. Read from TOML, strictly.

mod shipped;

use std::ops::Range;

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use toml::Spanned;

use super::conditions::MAX_FAULTS;
use super::written_fault::{KnownInterface, WrittenFault};
use mock_nhs_interfaces::value::NhsNumber;
pub(crate) use shipped::{SHIPPED, Shipped};

/// Longest file, in bytes: a long one has two thousand.
const MAX_SCENARIO_BYTES: usize = 64 * 1024;
/// Longest title, in characters.
const TITLE_CHARS: usize = 120;
/// Longest words for the trainer, in characters: two pages.
const TRAINER_CHARS: usize = 4_000;

/// A scenario.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scenario {
    pub(crate) title: String,
    /// Words for the trainer: what to do and what to look at.
    pub(crate) trainer: String,
    /// The patient whom it is about.
    pub(crate) patient: Option<NhsNumber>,
    /// What the clock is set to.
    pub(crate) clock: Option<ScenarioClock>,
    pub(crate) faults: Vec<WrittenFault>,
}

/// What a scenario sets the clock to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ScenarioClock {
    pub(crate) at: OffsetDateTime,
    /// Whether it stands still there.
    pub(crate) is_stopped: bool,
}

/// Why a text is no scenario.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{sentence}", .line.map(|line| format!("Line {line}: ")).unwrap_or_default())]
pub struct ScenarioError {
    /// The line, counted from 1; `None` for what is missing from the whole file.
    pub(crate) line: Option<u32>,
    sentence: String,
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: Spanned<String>,
    trainer: Spanned<String>,
    patient: Option<Spanned<String>>,
    clock: Option<Spanned<FileClock>>,
    #[serde(default)]
    faults: Vec<Spanned<WrittenFault>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileClock {
    at: toml::Value,
    #[serde(default)]
    stopped: bool,
}

impl Scenario {
    /// Reads a file; names of interfaces are among `known`.
    ///
    /// # Errors
    /// The first thing that cannot be used, with its line.
    pub(crate) fn parse(text: &str, known: &[KnownInterface]) -> Result<Self, ScenarioError> {
        let at = |span: &Range<usize>, sentence: String| ScenarioError {
            line: Some(line_of(text, span.start)),
            sentence,
        };
        if text.len() > MAX_SCENARIO_BYTES {
            return Err(ScenarioError {
                line: None,
                sentence: format!("The file is larger than {MAX_SCENARIO_BYTES} bytes."),
            });
        }
        let file: File = toml::from_str(text).map_err(|error| {
            let words: Vec<&str> = error.message().split_whitespace().collect();
            let sentence = format!("{}.", words.join(" ").trim_end_matches('.'));
            match error.span() {
                // What is missing is missing from all of it.
                Some(span) if span.start > 0 || !sentence.contains("missing field") => at(&span, sentence),
                _ => ScenarioError { line: None, sentence },
            }
        })?;
        let short = |value: &Spanned<String>, what: &str, most: usize| {
            let trimmed = value.get_ref().trim();
            if trimmed.is_empty() || trimmed.chars().count() > most {
                let sentence = format!("The {what} has 1 to {most} characters.");
                return Err(at(&value.span(), sentence));
            }
            Ok(trimmed.to_owned())
        };
        let title = short(&file.title, "title", TITLE_CHARS)?;
        let trainer = short(&file.trainer, "text for the trainer", TRAINER_CHARS)?;
        let patient = file.patient.as_ref().map(|written| {
            NhsNumber::from_written(written.get_ref())
                .map_err(|error| at(&written.span(), format!("The patient is no NHS number: {error}.")))
        });
        let clock = file
            .clock
            .as_ref()
            .map(|written| read_clock(written.get_ref()).map_err(|sentence| at(&written.span(), sentence)));
        if file.faults.len() > MAX_FAULTS {
            return Err(ScenarioError {
                line: None,
                sentence: format!(
                    "There are {} faults; {MAX_FAULTS} is the most.",
                    file.faults.len()
                ),
            });
        }
        for written in &file.faults {
            let fault = written.get_ref();
            let checked = fault.check_names(known).and_then(|()| fault.rule(1).map(drop));
            checked
                .map_err(|mistake| at(&place_of(text, &written.span(), mistake.member), mistake.sentence))?;
        }
        Ok(Self {
            title,
            trainer,
            patient: patient.transpose()?,
            clock: clock.transpose()?,
            faults: file.faults.into_iter().map(Spanned::into_inner).collect(),
        })
    }
}

fn read_clock(written: &FileClock) -> Result<ScenarioClock, String> {
    let text = match &written.at {
        toml::Value::Datetime(at) => at.to_string(),
        toml::Value::String(at) => at.clone(),
        other @ (toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Array(_)
        | toml::Value::Table(_)) => other.type_str().to_owned(),
    };
    let at = OffsetDateTime::parse(&text, &Rfc3339).map_err(|_| {
        format!(
            "The clock is set at a time with its zone, such as 2027-01-05T08:30:00Z, and not at {text:?}."
        )
    })?;
    super::clock::ClockSetting::at(at, at, written.stopped).map_err(|error| error.to_string())?;
    Ok(ScenarioClock {
        at,
        is_stopped: written.stopped,
    })
}

/// Where a member stands in the table whose header is at this span: its own line, or the header's.
fn place_of(text: &str, header: &Range<usize>, member: &str) -> Range<usize> {
    let mut offset = header.start;
    for (number, line) in text
        .get(offset..)
        .unwrap_or_default()
        .split_inclusive('\n')
        .enumerate()
    {
        if number > 0 && line.starts_with('[') {
            break;
        }
        let key = line.split('=').next().unwrap_or_default().trim();
        if key == member {
            return offset..offset;
        }
        offset += line.len();
    }
    header.clone()
}

fn line_of(text: &str, offset: usize) -> u32 {
    let before = text.get(..offset).unwrap_or(text);
    let lines = before.bytes().filter(|byte| *byte == b'\n').count();
    u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<KnownInterface> {
        vec![KnownInterface {
            id: "pds".to_owned(),
            operations: vec!["read_patient".to_owned()],
        }]
    }

    const WHOLE: &str = r#"title = "PDS is slow"
trainer = """
Open the app.
"""
patient = "900 000 0009"

[clock]
at = 2027-01-05T08:30:00Z
stopped = true

[[faults]]
fault = "slow=2000"
interface = "pds"
operation = "read_patient"

[[faults]]
fault = "status-503"
probability = 0.5
"#;

    #[test]
    fn a_whole_file_is_read() {
        let scenario = Scenario::parse(WHOLE, &known()).unwrap();
        assert_eq!(scenario.title, "PDS is slow");
        assert_eq!(scenario.trainer, "Open the app.");
        assert_eq!(scenario.patient.unwrap().to_string(), "9000000009");
        assert!(scenario.clock.unwrap().is_stopped);
        assert_eq!(scenario.faults.len(), 2);
        let least = Scenario::parse("title = \"t\"\ntrainer = \"w\"", &known()).unwrap();
        assert_eq!((least.patient, least.clock, least.faults.len()), (None, None, 0));
    }

    #[test]
    fn mistakes_have_their_line() {
        for (from, to, line, words) in [
            ("title =", "titel =", Some(1), "unknown field"),
            ("title = \"PDS is slow\"\n", "", None, "missing field `title`"),
            ("\"PDS is slow\"", "\"\"", Some(1), "1 to 120 characters"),
            ("900 000 0009", "900 000 0008", Some(5), "no NHS number"),
            (
                "2027-01-05T08:30:00Z",
                "2027-01-05T08:30:00",
                Some(7),
                "with its zone",
            ),
            (
                "2027-01-05T08:30:00Z",
                "1900-01-05T08:30:00Z",
                Some(7),
                "1970 to 2199",
            ),
            ("stopped = true", "stopped = 1", Some(9), "invalid type"),
            ("slow=2000", "slo=2000", Some(12), "no fault"),
            ("\"pds\"", "\"psd\"", Some(13), "did you mean pds?"),
            ("read_patient", "read", Some(14), "no operation"),
            ("probability = 0.5", "probability = 0.0", Some(18), "more than 0"),
            ("probability = 0.5", "probability", Some(18), ""),
        ] {
            let text = WHOLE.replacen(from, to, 1);
            let error = Scenario::parse(&text, &known()).unwrap_err();
            assert_eq!(error.line, line, "{to}: {error}");
            assert!(error.to_string().contains(words), "{to}: {error}");
        }
        assert!(Scenario::parse(&"x".repeat(70_000), &known()).is_err());
        for length in 0..WHOLE.len() {
            let _read = Scenario::parse(WHOLE.get(..length).unwrap_or_default(), &known());
        }
    }
}
