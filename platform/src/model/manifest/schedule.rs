//! When an app is run without anybody asking: `[schedule]` in `app.toml`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Seconds of each unit, largest first.
const UNITS: [(u64, char); 4] = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];
/// Shortest time between two runs, in seconds: a run may take ten seconds, and a class has thirty apps.
const LEAST_S: u64 = 60;
/// Longest time between two runs, in seconds: 31 days.
const MOST_S: u64 = 31 * 86_400;

/// A time between two runs, such as `15m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Every {
    seconds: u64,
}

impl Every {
    /// The time in seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.seconds
    }
}

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shown: String = text.chars().take(40).collect();
        let unit = text.chars().next_back();
        let number = unit.and_then(|unit| text.strip_suffix(unit));
        let size = UNITS.iter().find(|(_, name)| Some(*name) == unit);
        let digits =
            number.filter(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
        let seconds = size
            .zip(digits)
            .and_then(|((size, _), digits)| digits.parse::<u64>().ok()?.checked_mul(*size));
        match seconds {
            None => Err(format!(
                "{shown:?} is no time between two runs: write a number and s, m, h or d, such as \"15m\"."
            )),
            Some(seconds) if seconds < LEAST_S => Err(format!(
                "{shown:?} is too often: an app is run once a minute at most, \"1m\"."
            )),
            Some(seconds) if seconds > MOST_S => {
                Err(format!("{shown:?} is too long: write at most 31 days, \"31d\"."))
            }
            Some(seconds) => Ok(Self { seconds }),
        }
    }
}

impl TryFrom<String> for Every {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Every> for String {
    fn from(every: Every) -> Self {
        every.to_string()
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = UNITS.iter().find(|(size, _)| self.seconds.is_multiple_of(*size));
        let (size, name) = fits.unwrap_or(&(1, 's'));
        write!(f, "{}{name}", self.seconds / size)
    }
}

/// When an app is run without anybody asking, and what it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The time between two runs, on the workspace's clock.
    pub every: Every,
    /// The path that is sent to the app with `POST`; begins with `/`.
    pub path: String,
}

impl Schedule {
    /// The path where the file names none.
    pub const PATH: &str = "/scheduled";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_between_runs() {
        for (text, seconds, shown) in [
            ("60s", 60, "1m"),
            ("90s", 90, "90s"),
            ("15m", 900, "15m"),
            ("24h", 86_400, "1d"),
            ("31d", MOST_S, "31d"),
        ] {
            let every: Every = text.parse().unwrap();
            assert_eq!(
                (every.seconds(), every.to_string().as_str()),
                (seconds, shown),
                "{text}"
            );
        }
        for bad in [
            "",
            "m",
            "15",
            "15 m",
            "-1m",
            "1.5h",
            "+5m",
            "59s",
            "0d",
            "32d",
            "1w",
            "99999999999999999999d",
            "1ü",
        ] {
            assert!(bad.parse::<Every>().unwrap_err().ends_with('.'), "{bad}");
        }
    }
}
