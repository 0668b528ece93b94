//! How faults are written: `status-503`, `slow=1500`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use http::StatusCode;

use super::{DRIP, FaultKind, MOST_WAIT, SLOW, TIMEOUT, Throttle};
use crate::value::NhsNumber;

/// Most characters of an interface's own code.
const MOST_CODE: usize = 80;

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slow(by) => write!(f, "slow={}", by.as_millis()),
            Self::Timeout(after) => write!(f, "timeout={}", after.as_millis()),
            Self::Refused => f.write_str("refused"),
            Self::Status { status, code: None } => write!(f, "status-{}", status.as_u16()),
            Self::Status {
                status,
                code: Some(code),
            } => write!(f, "status-{}={code}", status.as_u16()),
            Self::TooManyRequests(throttle) => write!(f, "status-429={}", throttle.name()),
            Self::ExpiredToken => f.write_str("expired-token"),
            Self::ChangedMeanwhile => f.write_str("changed-meanwhile"),
            Self::MalformedJson => f.write_str("malformed-json"),
            Self::Truncated => f.write_str("truncated"),
            Self::Empty => f.write_str("empty"),
            Self::Drip(over) => write!(f, "drip={}", over.as_millis()),
            Self::WrongPerson(None) => f.write_str("wrong-person"),
            Self::WrongPerson(Some(number)) => write!(f, "wrong-person={number}"),
        }
    }
}

/// Why a text is no fault: a sentence with what would be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownFault {
    /// Nothing has this name.
    #[error("There is no fault \"{0}\"; the faults are {names}.", names = names())]
    Name(String),
    /// There is a fault of this name, and what is behind the `=` does not suit it.
    #[error("The fault {name} cannot have the value \"{given}\": {wanted}.")]
    Value {
        /// The fault's name.
        name: &'static str,
        /// What was given.
        given: String,
        /// What may be given.
        wanted: &'static str,
    },
}

fn names() -> String {
    let names: Vec<&str> = FaultKind::NAMES.iter().map(|fault| fault.name).collect();
    names.join(", ")
}

impl FromStr for FaultKind {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (text.trim(), None),
        };
        if let Some(status) = name.strip_prefix("status-") {
            return of_status(text, status, value);
        }
        let plain = |name: &'static str, kind: Self| match value {
            None => Ok(kind),
            Some(value) => Err(refused(name, value, "nothing is behind its name")),
        };
        match name {
            "slow" => wait("slow", value, SLOW).map(Self::Slow),
            "timeout" => wait("timeout", value, TIMEOUT).map(Self::Timeout),
            "drip" => wait("drip", value, DRIP).map(Self::Drip),
            "refused" => plain("refused", Self::Refused),
            "expired-token" => plain("expired-token", Self::ExpiredToken),
            "changed-meanwhile" => plain("changed-meanwhile", Self::ChangedMeanwhile),
            "malformed-json" => plain("malformed-json", Self::MalformedJson),
            "truncated" => plain("truncated", Self::Truncated),
            "empty" => plain("empty", Self::Empty),
            "wrong-person" => match value {
                None => Ok(Self::WrongPerson(None)),
                Some(value) => NhsNumber::from_written(value)
                    .map(|number| Self::WrongPerson(Some(number)))
                    .map_err(|_| {
                        refused(
                            "wrong-person",
                            value,
                            "it is an NHS number, ten digits that belong together",
                        )
                    }),
            },
            _ => Err(UnknownFault::Name(shown(text))),
        }
    }
}

fn of_status(text: &str, status: &str, value: Option<&str>) -> Result<FaultKind, UnknownFault> {
    let unknown = || UnknownFault::Name(shown(text));
    let status: u16 = status.parse().map_err(|_| unknown())?;
    if !(400..=599).contains(&status) {
        return Err(unknown());
    }
    let status = StatusCode::from_u16(status).map_err(|_| unknown())?;
    if status == StatusCode::TOO_MANY_REQUESTS {
        let name = value.unwrap_or(Throttle::Quota.name());
        let throttle = Throttle::ALL.into_iter().find(|throttle| throttle.name() == name);
        return throttle
            .map(FaultKind::TooManyRequests)
            .ok_or_else(|| refused("status-429", name, "it is quota, spike or proxy"));
    }
    if let Some(value) = value {
        let is_code = (1..=MOST_CODE).contains(&value.len())
            && value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        if !is_code {
            return Err(refused(
                "status",
                value,
                "it is one of the interface's own codes, such as INVALIDATED_RESOURCE",
            ));
        }
    }
    Ok(FaultKind::Status {
        status,
        code: value.map(Into::into),
    })
}

fn wait(name: &'static str, value: Option<&str>, otherwise: Duration) -> Result<Duration, UnknownFault> {
    let Some(value) = value else {
        return Ok(otherwise);
    };
    let ms: Option<u64> = value.parse().ok();
    ms.map(Duration::from_millis)
        .filter(|wait| (Duration::from_millis(1)..=MOST_WAIT).contains(wait))
        .ok_or_else(|| refused(name, value, "it is a number of milliseconds, 1 to 60000"))
}

fn refused(name: &'static str, given: &str, wanted: &'static str) -> UnknownFault {
    UnknownFault::Value {
        name,
        given: shown(given),
        wanted,
    }
}

/// Part of a sentence, whatever was sent.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(60)
        .collect()
}
