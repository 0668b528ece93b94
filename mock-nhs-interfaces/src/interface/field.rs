//! The blanks of a request.

/// One blank to fill in.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name in the request.
    pub name: &'static str,
    /// Where in the request it goes.
    pub place: Place,
    /// Label in plain words.
    pub title: &'static str,
    /// What to know before filling it in, in one sentence.
    pub hint: &'static str,
    /// What may be filled in.
    pub kind: FieldKind,
    /// Whether it must be there.
    pub need: Need,
    /// Something that works; a whole body names days as [`ExampleBody::text`](super::ExampleBody::text) does.
    pub example: &'static str,
}

/// Where a field goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In place of `{name}` in the path.
    Path,
    /// After the question mark.
    Query,
    /// As a request header.
    Header,
    /// In the body: a member of a form or of a JSON object, or the whole body where the name is `body`.
    Body,
}

/// Whether a field must be filled in, and how often it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Once, always.
    Required,
    /// At least once.
    RequiredRepeatable,
    /// At most once.
    Optional,
    /// Any number of times.
    OptionalRepeatable,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// An NHS number.
    NhsNumber,
    /// Words; `*` stands for any characters where `wildcards` is true.
    Text {
        /// Whether `*` is understood.
        wildcards: bool,
    },
    /// A date as `2010-10-22`, with `eq`, `ge` or `le` before it.
    DateRange,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number, both ends included.
    Number {
        /// Smallest.
        least: u32,
        /// Largest.
        most: u32,
    },
    /// A UUID.
    Uuid,
    /// The code of an organisation.
    OdsCode,
    /// A secret that proves who is calling.
    Credential,
    /// A JSON document, such as a FHIR resource.
    Json,
    /// The entity tag of a version, such as `W/"2"`.
    EntityTag,
}

impl FieldKind {
    /// The only words that may be filled in; empty where others may be as well.
    pub const fn choices(self) -> &'static [&'static str] {
        if let Self::Choice(choices) = self {
            choices
        } else {
            &[]
        }
    }
}
