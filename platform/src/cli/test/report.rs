//! How tests came out, told as `cargo test` tells it.

use std::time::Duration;

/// How one test came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Skipped,
    Failed(Failure),
}

/// Why a test failed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Failure {
    /// What was expected and what was found; may have several lines.
    pub(super) message: String,
    /// Where: `app.test.js:12:3`.
    pub(super) place: Option<String>,
    /// The text of that line.
    pub(super) source_line: Option<String>,
}

/// What has been told so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    passed: usize,
    skipped: usize,
    left_out: usize,
    failures: Vec<(String, Failure)>,
}

impl Report {
    /// Counts a test; the line that tells it.
    pub(super) fn add(&mut self, name: &str, verdict: Verdict) -> String {
        let word = match verdict {
            Verdict::Passed => {
                self.passed += 1;
                "ok"
            }
            Verdict::Skipped => {
                self.skipped += 1;
                "skipped"
            }
            Verdict::Failed(failure) => {
                self.failures.push((name.to_owned(), failure));
                "FAILED"
            }
        };
        format!("test {name} ... {word}")
    }

    /// Counts a test that the filter left out.
    pub(super) fn left_out(&mut self) {
        self.left_out += 1;
    }

    /// Whether no test failed.
    pub(super) fn is_good(&self) -> bool {
        self.failures.is_empty()
    }

    /// The failures one by one, and the last line.
    pub(super) fn summary(&self, took: Duration) -> Vec<String> {
        let mut lines = vec![String::new()];
        if !self.is_good() {
            lines.push("failures:".to_owned());
            lines.push(String::new());
            for (name, failure) in &self.failures {
                lines.push(format!("---- {name} ----"));
                lines.extend(failure.message.lines().map(str::to_owned));
                if let Some(place) = &failure.place {
                    lines.push(format!("  at {place}"));
                }
                if let Some(source_line) = &failure.source_line {
                    lines.push(format!("   > {}", source_line.trim()));
                }
                lines.push(String::new());
            }
        }
        lines.push(format!(
            "test result: {}. {} passed; {} failed; {} skipped; {} filtered out; finished in {}.{:02}s",
            if self.is_good() { "ok" } else { "FAILED" },
            self.passed,
            self.failures.len(),
            self.skipped,
            self.left_out,
            took.as_secs(),
            took.subsec_millis() / 10
        ));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_like_cargo_test() {
        let mut report = Report::default();
        assert_eq!(report.add("one", Verdict::Passed), "test one ... ok");
        assert_eq!(report.add("two", Verdict::Skipped), "test two ... skipped");
        report.left_out();
        let took = Duration::from_millis(1_234);
        assert_eq!(
            report.summary(took),
            [
                "",
                "test result: ok. 1 passed; 0 failed; 1 skipped; 1 filtered out; finished in 1.23s"
            ]
        );
        let failure = Failure {
            message: "expected 200, found 404".to_owned(),
            place: Some("app.test.js:12:3".to_owned()),
            source_line: Some("  assert.equal(answer.status, 200);".to_owned()),
        };
        assert_eq!(
            report.add("three", Verdict::Failed(failure)),
            "test three ... FAILED"
        );
        assert!(!report.is_good());
        assert_eq!(
            report.summary(took).join("\n"),
            "\nfailures:\n\n---- three ----\nexpected 200, found 404\n  at app.test.js:12:3\n   > \
             assert.equal(answer.status, 200);\n\ntest result: FAILED. 1 passed; 1 failed; 1 skipped; 1 filtered out; \
             finished in 1.23s"
        );
    }
}
