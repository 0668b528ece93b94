//! Conditions on tokens. Source: <https://hl7.org/fhir/R4/search.html#token>.

use crate::key::{Key, KeyRange, OF_TYPE, SYSTEM, TEXT, TOKEN, lower, of_type_key, split_text};
use crate::value::Token;

/// What is asked of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenTest {
    /// `code`, `|code`, `system|code`.
    Code {
        /// Which systems count.
        system: SystemTest,
        /// In lower case: make it with [`TokenTest::code`].
        code: Box<str>,
    },
    /// `system|`.
    System(Box<str>),
    /// `system|` where the system is implied: any code without a system of its own.
    WithoutSystem,
    /// `:text`: a display text begins with this folded text.
    Text(Box<str>),
    /// `:of-type`: system of the type, code of the type, value of the identifier.
    OfType {
        /// The system of the identifier's type.
        system: Box<str>,
        /// The code of the identifier's type, in lower case.
        kind: Box<str>,
        /// The identifier's value, in lower case.
        value: Box<str>,
    },
}

/// Which systems count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SystemTest {
    /// Every system, and none.
    Any,
    /// Only a token without a system.
    None,
    /// This one.
    Is(Box<str>),
}

impl TokenTest {
    /// A code, to be compared without regard to case.
    #[must_use]
    pub fn code(system: SystemTest, code: &str) -> Self {
        Self::Code {
            system,
            code: lower(code).into(),
        }
    }

    /// An identifier of a type, to be compared without regard to case.
    #[must_use]
    pub fn of_type(system: &str, kind: &str, value: &str) -> Self {
        Self::OfType {
            system: system.into(),
            kind: lower(kind).into(),
            value: lower(value).into(),
        }
    }

    pub(super) fn matches(&self, value: &Token) -> bool {
        let is_code = |code: &str| value.code.as_deref().is_some_and(|own| lower(own) == code);
        match self {
            Self::Code { system, code } => {
                is_code(code)
                    && match system {
                        SystemTest::Any => true,
                        SystemTest::None => value.system.is_none(),
                        SystemTest::Is(system) => value.system.as_ref() == Some(system),
                    }
            }
            Self::System(system) => value.system.as_ref() == Some(system),
            Self::WithoutSystem => value.system.is_none() && value.code.is_some(),
            Self::Text(text) => value.texts.iter().any(|own| own.starts_with(&**text)),
            Self::OfType {
                system,
                kind,
                value: code,
            } => {
                is_code(code)
                    && value.identifier_types.iter().any(|own| {
                        own.system.as_deref().unwrap_or_default() == &**system && lower(&own.code) == **kind
                    })
            }
        }
    }

    pub(super) fn ranges(&self) -> Vec<KeyRange> {
        vec![match self {
            Self::Code { system, code } => {
                let key = Key::new(TOKEN).ended(code);
                match system {
                    SystemTest::Any => KeyRange::prefix(&key.bytes),
                    SystemTest::None => KeyRange::exact(&key.bytes),
                    SystemTest::Is(system) => KeyRange::exact(&key.text(system).bytes),
                }
            }
            Self::System(system) => KeyRange::exact(&Key::new(SYSTEM).text(system).bytes),
            Self::WithoutSystem => KeyRange::prefix(&[TOKEN]),
            Self::Text(text) => KeyRange::prefix(&Key::new(TEXT).text(text).bytes),
            Self::OfType { system, kind, value } => KeyRange::exact(&of_type_key(system, kind, value)),
        }]
    }

    pub(super) fn accepts(&self, key: &[u8]) -> bool {
        let Some((row, rest)) = key.split_first() else {
            return false;
        };
        match (self, *row) {
            (Self::Code { system, code }, TOKEN) => {
                let (own, own_system) = split_text(rest);
                own == code.as_bytes()
                    && match system {
                        SystemTest::Any => true,
                        SystemTest::None => own_system.is_empty(),
                        SystemTest::Is(system) => own_system == system.as_bytes(),
                    }
            }
            // Within a composite there is only the main row.
            (Self::System(system), TOKEN) => split_text(rest).1 == system.as_bytes(),
            (Self::WithoutSystem, TOKEN) => split_text(rest).1.is_empty(),
            (Self::System(system), SYSTEM) => rest == system.as_bytes(),
            (Self::Text(text), TEXT) => rest.starts_with(text.as_bytes()),
            (Self::OfType { system, kind, value }, OF_TYPE) => key == of_type_key(system, kind, value),
            _ => false,
        }
    }
}
