//! One thing that can be asked of an interface, and the errors it can answer.

use http::Method;

use super::{Example, Field, Handler, Login};

/// One thing that can be asked of an interface.
#[derive(Debug)]
pub struct Operation {
    /// Name of the operation and of its handler, such as `read_patient`.
    pub id: &'static str,
    /// What it does in plain words, such as "Read a patient".
    pub title: &'static str,
    /// What it does, in one plain sentence.
    pub summary: &'static str,
    /// Request method.
    pub method: Method,
    /// Path below [`Interface::path_prefix`](super::Interface::path_prefix), with `{name}` for the parts that vary.
    pub path: &'static str,
    /// The ways to log in that open it; any one of them is enough.
    pub logins: &'static [Login],
    /// What can be filled in.
    pub fields: &'static [Field],
    /// Requests that show what it does, each answered as it says.
    pub examples: &'static [Example],
    /// The errors it can answer.
    pub faults: &'static [Fault],
    /// Media type of a good answer.
    pub media_type: &'static str,
    /// NHS England's page about this operation.
    pub specification: &'static str,
    pub(crate) handler: Handler,
}

/// An error that an operation can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// HTTP status.
    pub status: u16,
    /// The interface's own code.
    pub code: &'static str,
    /// The interface's own words.
    pub display: &'static str,
    /// When it happens, in one plain sentence.
    pub when: &'static str,
}

/// Something the NHS's own interface can be asked and ours cannot, yet.
#[derive(Debug)]
pub struct MissingOperation {
    /// What it does in plain words.
    pub title: &'static str,
    /// Request method.
    pub method: Method,
    /// Path below the prefix, as in [`Operation::path`].
    pub path: &'static str,
    /// NHS England's page about it.
    pub specification: &'static str,
}
