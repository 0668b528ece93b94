//! The mailboxes and what they exchange: those of the NHS's own sandbox.

/// A mailbox.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// Organisation whose mailbox it is.
    pub(super) ods_code: &'static str,
    pub(super) password: &'static str,
}

/// The key that all mailboxes share. It is published, and protects nothing.
pub(super) const SHARED_KEY: &[u8] = b"TestKey";

static MAILBOXES: [Mailbox; 3] = [
    Mailbox {
        id: "X26ABC1",
        name: "TESTMB1",
        ods_code: "X26",
        password: "password",
    },
    Mailbox {
        id: "X26ABC2",
        name: "TESTMB2",
        ods_code: "X26",
        password: "password",
    },
    Mailbox {
        id: "X26ABC3",
        name: "TESTMB3",
        ods_code: "X27",
        password: "password",
    },
];
/// Workflows and who receives them.
const RECEIVERS: [(&str, &[&str]); 3] = [
    ("TEST_WORKFLOW", &["X26ABC2"]),
    ("TEST_WORKFLOW_ACK", &["X26ABC1", "X26ABC3"]),
    ("TEST_WORKFLOW2", &["X26ABC1", "X26ABC2", "X26ABC3"]),
];

/// The mailbox with this id, whatever the case.
pub(super) fn find(id: &str) -> Option<&'static Mailbox> {
    MAILBOXES
        .iter()
        .find(|mailbox| mailbox.id.eq_ignore_ascii_case(id))
}

/// The mailboxes that receive a workflow, of one organisation or of all.
pub(super) fn receiving(workflow: &str, ods_code: Option<&str>) -> Vec<&'static Mailbox> {
    let named = RECEIVERS.iter().find(|(name, _)| *name == workflow);
    let ids = named.map_or(&[][..], |(_, receivers)| receivers);
    ids.iter()
        .filter_map(|id| find(id))
        .filter(|mailbox| ods_code.is_none_or(|code| mailbox.ods_code == code))
        .collect()
}
