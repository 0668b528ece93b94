//! The ways in which an interface can answer badly.

mod text;

use std::time::Duration;

use http::StatusCode;

pub use self::text::UnknownFault;
use crate::value::NhsNumber;

/// The longest time that a fault holds anything back.
pub const MOST_WAIT: Duration = Duration::from_secs(60);
/// How long an answer is held back where nobody says: longer than people like, shorter than the wall limit of a run.
const SLOW: Duration = Duration::from_secs(3);
/// How long a caller waits for nothing where nobody says: shorter than the wall limit of a run, so that an app can still
/// tell its user.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a trickling answer takes where nobody says.
const DRIP: Duration = Duration::from_secs(5);

/// A way in which an interface can answer badly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The answer comes late by this time.
    Slow(Duration),
    /// No answer comes; the caller waits this long for nothing.
    Timeout(Duration),
    /// Nobody listens.
    Refused,
    /// The interface answers this status with its own error.
    Status {
        /// 400 to 599, but not 429.
        status: StatusCode,
        /// Which of the interface's own codes, where it has several with this status.
        code: Option<Box<str>>,
    },
    /// There were too many requests (status 429).
    TooManyRequests(Throttle),
    /// The access token's time is over (status 401).
    ExpiredToken,
    /// Somebody else saves the same record just before (status 409 or 412); only requests that change something meet it.
    ChangedMeanwhile,
    /// The body is not valid JSON.
    MalformedJson,
    /// The connection breaks in the middle of the body.
    Truncated,
    /// The body is empty.
    Empty,
    /// The body comes in small pieces over this time.
    Drip(Duration),
    /// The answer is about another person; only requests that read and that name a person meet it.
    WrongPerson(Option<NhsNumber>),
}

/// Which of a gateway's limits was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throttle {
    /// The application's requests of a minute.
    Quota,
    /// The application's requests of a moment.
    Spike,
    /// The requests of all applications together.
    Proxy,
}

impl Throttle {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Quota, Self::Spike, Self::Proxy];

    /// Its name behind `status-429=`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quota => "quota",
            Self::Spike => "spike",
            Self::Proxy => "proxy",
        }
    }
}

/// How one kind of fault is written, for documents and forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultName {
    /// The word.
    pub name: &'static str,
    /// What may stand behind a `=`; empty where nothing may.
    pub value: &'static str,
    /// What happens, in plain words.
    pub sentence: &'static str,
}

impl FaultKind {
    /// How every kind is written.
    pub const NAMES: &[FaultName] = &[
        FaultName {
            name: "slow",
            value: "milliseconds, 3000 unless said",
            sentence: "The answer comes late.",
        },
        FaultName {
            name: "timeout",
            value: "milliseconds, 5000 unless said",
            sentence: "No answer comes.",
        },
        FaultName {
            name: "refused",
            value: "",
            sentence: "The connection is refused, as if the interface were switched off.",
        },
        FaultName {
            name: "status-503",
            value: "one of the interface's own codes; any status from 400 to 599 can be written",
            sentence: "The interface answers with this status and its own error.",
        },
        FaultName {
            name: "status-429",
            value: "quota, spike or proxy; quota unless said",
            sentence: "The interface answers that there were too many requests.",
        },
        FaultName {
            name: "expired-token",
            value: "",
            sentence: "The interface answers that the access token has expired.",
        },
        FaultName {
            name: "changed-meanwhile",
            value: "",
            sentence: "Somebody else saves the record just before a change of it.",
        },
        FaultName {
            name: "malformed-json",
            value: "",
            sentence: "The body of the answer is not valid JSON.",
        },
        FaultName {
            name: "truncated",
            value: "",
            sentence: "The connection breaks in the middle of the answer.",
        },
        FaultName {
            name: "empty",
            value: "",
            sentence: "The body of the answer is empty.",
        },
        FaultName {
            name: "drip",
            value: "milliseconds, 5000 unless said",
            sentence: "The answer trickles in, a few bytes at a time.",
        },
        FaultName {
            name: "wrong-person",
            value: "the other person's NHS number",
            sentence: "The answer is about another person.",
        },
    ];

    /// What happens, in plain words: a whole sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Slow(by) => format!("The answer came {} late.", seconds(*by)),
            Self::Timeout(after) => format!("No answer came within {}.", seconds(*after)),
            Self::Refused => "The connection was refused, as if the interface were switched off.".to_owned(),
            Self::Status { status, code: None } => {
                format!(
                    "The interface answered with its error of status {}.",
                    status.as_u16()
                )
            }
            Self::Status {
                status,
                code: Some(code),
            } => format!(
                "The interface answered with its error {code} (status {}).",
                status.as_u16()
            ),
            Self::TooManyRequests(Throttle::Quota) => {
                "The interface answered that the app has used up its requests for this minute (status 429)."
                    .to_owned()
            }
            Self::TooManyRequests(Throttle::Spike) => {
                "The interface answered that the app sent too many requests at once (status 429).".to_owned()
            }
            Self::TooManyRequests(Throttle::Proxy) => {
                "The interface answered that all apps together send too many requests (status 429)."
                    .to_owned()
            }
            Self::ExpiredToken => {
                "The interface answered that the access token has expired (status 401).".to_owned()
            }
            Self::ChangedMeanwhile => "Somebody else saved the same record just before.".to_owned(),
            Self::MalformedJson => {
                "The answer had its usual status, and its body was not valid JSON.".to_owned()
            }
            Self::Truncated => "The connection broke in the middle of the answer's body.".to_owned(),
            Self::Empty => "The answer had its usual status and an empty body.".to_owned(),
            Self::Drip(over) => format!("The answer's body trickled in over {}.", seconds(*over)),
            Self::WrongPerson(_) => "The answer was about another person than was asked for.".to_owned(),
        }
    }
}

fn seconds(time: Duration) -> String {
    let ms = time.as_millis();
    if ms == 1_000 {
        "1 second".to_owned()
    } else if ms.is_multiple_of(1_000) {
        format!("{} seconds", ms / 1_000)
    } else {
        format!("{ms} milliseconds")
    }
}

#[cfg(test)]
mod tests {
    use super::FaultKind;

    #[test]
    fn every_fault_is_read_as_it_is_written() {
        for (text, written) in [
            ("slow", "slow=3000"),
            ("slow=1500", "slow=1500"),
            ("timeout", "timeout=5000"),
            ("refused", "refused"),
            ("status-503", "status-503"),
            (
                "status-404=INVALIDATED_RESOURCE",
                "status-404=INVALIDATED_RESOURCE",
            ),
            ("status-429", "status-429=quota"),
            ("status-429=spike", "status-429=spike"),
            ("status-429 = proxy", "status-429=proxy"),
            ("expired-token", "expired-token"),
            ("changed-meanwhile", "changed-meanwhile"),
            ("malformed-json", "malformed-json"),
            ("truncated", "truncated"),
            ("empty", "empty"),
            ("drip=200", "drip=200"),
            ("wrong-person", "wrong-person"),
            ("wrong-person=900 000 0017", "wrong-person=9000000017"),
        ] {
            let kind: FaultKind = text.parse().unwrap();
            assert_eq!(kind.to_string(), written, "{text}");
            assert_eq!(written.parse(), Ok(kind.clone()), "{text}");
            assert!(kind.sentence().ends_with('.'), "{text}");
        }
        for fault in FaultKind::NAMES {
            assert!(fault.name.parse::<FaultKind>().is_ok(), "{}", fault.name);
        }
    }

    #[test]
    fn what_is_no_fault_is_answered_with_what_would_be_one() {
        for (text, words) in [
            ("", "the faults are slow, timeout"),
            ("slwo", "no fault \"slwo\""),
            ("slow=", "milliseconds"),
            ("slow=0", "milliseconds"),
            ("slow=60001", "1 to 60000"),
            ("slow=1e3", "milliseconds"),
            ("status-200", "no fault"),
            ("status-600", "no fault"),
            ("status-", "no fault"),
            ("status-429=often", "quota, spike or proxy"),
            ("status-404=a b", "own codes"),
            ("refused=yes", "nothing is behind"),
            ("wrong-person=9000000008", "NHS number"),
        ] {
            let refused = text.parse::<FaultKind>().unwrap_err().to_string();
            assert!(refused.contains(words), "{text}: {refused}");
        }
    }
}
