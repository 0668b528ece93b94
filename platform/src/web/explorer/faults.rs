//! "What could go wrong": faults for the next request, and what each means for an app that meets it.

use mock_nhs_interfaces::fault::FaultKind;
use mock_nhs_interfaces::interface::FieldKind;
use mock_nhs_interfaces::statement::OperationStatement;

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Button {
    /// As the fault is written.
    pub(super) value: String,
    /// What the button says.
    pub(super) label: String,
    /// What will happen, in one sentence.
    pub(super) sentence: String,
}

/// Faults of every interface: name, label, what will happen.
const COMMON: [(&str, &str, &str); 9] = [
    ("slow=3000", "The answer is slow", "It comes three seconds late."),
    (
        "timeout=5000",
        "No answer comes",
        "After five seconds the waiting is given up.",
    ),
    (
        "refused",
        "Nobody is there",
        "The connection is refused, as if the interface were switched off.",
    ),
    (
        "status-503",
        "It is out of order",
        "It answers that it is not available at the moment.",
    ),
    (
        "status-429",
        "Too many requests",
        "It answers that it was asked too often, and to wait.",
    ),
    (
        "expired-token",
        "The login has run out",
        "It answers that the access token has expired.",
    ),
    (
        "malformed-json",
        "The answer is garbled",
        "What comes back cannot be read.",
    ),
    (
        "truncated",
        "The answer breaks off",
        "The connection breaks in the middle.",
    ),
    (
        "empty",
        "The answer is empty",
        "A good status, and nothing behind it.",
    ),
];

/// The interface's own errors on one page.
const MOST_OWN: usize = 12;

/// The buttons for every interface, and those that suit this operation only.
pub(super) fn common(operation: &OperationStatement) -> Vec<Button> {
    let button = |value: &str, label: &str, sentence: &str| Button {
        value: value.to_owned(),
        label: label.to_owned(),
        sentence: sentence.to_owned(),
    };
    let mut buttons: Vec<Button> = COMMON
        .iter()
        .map(|(value, label, sentence)| button(value, label, sentence))
        .collect();
    let is_about_somebody = operation
        .fields
        .iter()
        .any(|field| field.kind == FieldKind::NhsNumber);
    if operation.method == http::Method::GET && is_about_somebody {
        buttons.push(button(
            "wrong-person",
            "It is about somebody else",
            "The answer is about another person than was asked for.",
        ));
    }
    if matches!(operation.method, http::Method::PUT | http::Method::PATCH) {
        buttons.push(button(
            "changed-meanwhile",
            "Somebody else was faster",
            "Somebody else saves the same record just before.",
        ));
    }
    buttons
}

/// The errors that the interface itself states for the operation.
pub(super) fn own(operation: &OperationStatement) -> Vec<Button> {
    let mut buttons: Vec<Button> = Vec::new();
    for fault in operation
        .faults
        .iter()
        .filter(|fault| (400..=599).contains(&fault.status))
    {
        let code = &fault.code;
        let coded = format!("status-{}={code}", fault.status);
        let is_coded = fault.status != 429 && coded.parse::<FaultKind>().is_ok();
        let value = if is_coded {
            coded
        } else {
            format!("status-{}", fault.status)
        };
        if buttons.iter().any(|known| known.value == value) || buttons.len() >= MOST_OWN {
            continue;
        }
        let label = if code.is_empty() || !is_coded {
            format!("Status {}", fault.status)
        } else {
            format!("{code} ({})", fault.status)
        };
        buttons.push(Button {
            value,
            label,
            sentence: fault.when.to_string(),
        });
    }
    buttons
}

/// What the answer to a fault means, and what a good app does about it: two or three sentences.
pub(super) fn lesson(fault: &str) -> &'static str {
    let Ok(kind) = fault.parse::<FaultKind>() else {
        return "";
    };
    match kind {
        FaultKind::Slow(_) => {
            "Networks and busy services do this every day. A good app shows at once that it is waiting, and lets people go on \
             with something else."
        }
        FaultKind::Timeout(_) => {
            "An app never knows whether the other side did what was asked. A good app says what is missing, does not pretend \
             that nothing was found, and repeats only what may safely be repeated."
        }
        FaultKind::Refused => {
            "The service is down, or a firewall is in the way. A good app says so in words, keeps what was typed, and tries again later."
        }
        FaultKind::TooManyRequests(_) => {
            "The service protects itself. A good app waits as long as the header Retry-After says, longer each time, and stops \
             after a few tries."
        }
        FaultKind::ExpiredToken => {
            "A login lasts minutes. A good app renews it once and asks again, or sends its user to the login without losing their work."
        }
        FaultKind::ChangedMeanwhile => {
            "Two people worked on the same record. A good app reads it again, shows what is different and asks; it never \
             overwrites what it has not seen."
        }
        FaultKind::MalformedJson | FaultKind::Truncated => {
            "A broken answer is no answer. A good app notices, shows nothing half-read as if it were whole, and says that it \
             could not read the record."
        }
        FaultKind::Empty => {
            "Empty is not the same as \u{201c}nothing known\u{201d}. A good app does not show an empty record as if it were a healthy person's."
        }
        FaultKind::Drip(_) => {
            "The answer trickles in. A good app waits only so long, and shows that it waits."
        }
        FaultKind::WrongPerson(_) => {
            "The most dangerous one: it looks right. A good app compares the NHS number, name and date of birth in the answer \
             with whom it asked about, before it shows anything."
        }
        FaultKind::Status { status, .. } => match status.as_u16() {
            400 | 422 => {
                "The request was wrong, and sending it again does not help. A good app says which field to correct."
            }
            401 => {
                "Nobody is logged in, or the login is not good here. A good app sends its user to the login once, and does not try again and again."
            }
            403 => {
                "Whoever asked may not. A good app explains it, and looks for no back door through another interface."
            }
            404 | 410 => {
                "There is nothing under this number or name. A good app says exactly that, and shows no empty record."
            }
            409 | 412 => {
                "The record is another by now. A good app reads it again and asks, instead of sending the same change once more."
            }
            500..=599 => {
                "The fault is on the other side. A good app says that the service has a problem, and tries again later, not at once."
            }
            _ => "A good app says in words what happened, and what its user can do now.",
        },
    }
}

#[cfg(test)]
mod tests {
    use mock_nhs_interfaces::fault::FaultKind;

    use super::*;

    #[test]
    fn every_button_is_a_fault_with_a_lesson() {
        for (value, ..) in COMMON
            .iter()
            .chain(&[("wrong-person", "", ""), ("changed-meanwhile", "", "")])
        {
            assert!(value.parse::<FaultKind>().is_ok(), "{value}");
            assert!(lesson(value).contains("good app"), "{value}");
        }
        for name in FaultKind::NAMES {
            assert!(!lesson(name.name).is_empty(), "{}", name.name);
        }
        assert_eq!(lesson("nonsense"), "");
    }
}
