//! SMART scopes of both versions: what a token lets its holder do with which records.
//! Source: <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html>

use records::ResourceType;

/// What can be done with records: the letters of SMART 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Create,
    Read,
    Update,
    Delete,
    Search,
}

impl Act {
    const LETTERS: [(char, Self); 5] = [
        ('c', Self::Create),
        ('r', Self::Read),
        ('u', Self::Update),
        ('d', Self::Delete),
        ('s', Self::Search),
    ];
}

/// Whose records a scope is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// Those of the patient in context.
    Patient,
    /// Those that the user may see; here, all.
    User,
    /// Those of the whole system.
    System,
}

/// A scope about records: `patient/Observation.rs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    context: Context,
    /// `None` for every type.
    kind: Option<Box<str>>,
    acts: Vec<Act>,
}

impl Scope {
    /// Reads a scope about records; `None` for every other text, also for scopes with a query behind them, which are
    /// not granted here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (context, rest) = text.split_once('/')?;
        let context = match context {
            "patient" => Context::Patient,
            "user" => Context::User,
            "system" => Context::System,
            _ => return None,
        };
        let (kind, acts) = rest.split_once('.')?;
        let kind = match kind {
            "*" => None,
            name => {
                ResourceType::parse(name)?;
                Some(name.into())
            }
        };
        Some(Self {
            context,
            kind,
            acts: acts_of(acts)?,
        })
    }

    fn permits(&self, kind: &str, act: Act) -> bool {
        self.acts.contains(&act) && self.kind.as_deref().is_none_or(|own| own == kind)
    }
}

/// The letters of SMART 2 in their order, or a word of SMART 1.
fn acts_of(text: &str) -> Option<Vec<Act>> {
    match text {
        "read" => return Some(vec![Act::Read, Act::Search]),
        "write" => return Some(vec![Act::Create, Act::Update, Act::Delete]),
        "*" => return Some(Act::LETTERS.map(|(_, act)| act).to_vec()),
        _ => {}
    }
    let mut order = Act::LETTERS.into_iter();
    let mut acts = Vec::new();
    for letter in text.chars() {
        // What is asked for out of order is asked for wrongly.
        let (_, act) = order.find(|(known, _)| *known == letter)?;
        acts.push(act);
    }
    (!acts.is_empty()).then_some(acts)
}

/// Scopes that are not about records.
const OTHERS: [&str; 8] = [
    "openid",
    "profile",
    "fhirUser",
    "launch",
    "launch/patient",
    "launch/encounter",
    "offline_access",
    "online_access",
];

/// The scopes of a token, as they were asked for and granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scopes {
    words: Vec<Box<str>>,
    records: Vec<Scope>,
}

/// How far a token reaches with what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To every patient's.
    Everybody,
    /// To those of the patient in context.
    OnePatient,
    /// Not at all.
    Nobody,
}

impl Scopes {
    /// Grants of what is asked for everything that is known here.
    pub(crate) fn grant(asked: &str) -> Self {
        let mut granted = Self::default();
        for word in asked.split_whitespace() {
            if granted.words.iter().any(|known| **known == *word) {
                continue;
            }
            let about_records = Scope::parse(word);
            if about_records.is_some() || OTHERS.contains(&word) {
                granted.words.push(word.into());
            }
            granted.records.extend(about_records);
        }
        granted
    }

    /// The part of these that another text asks for again.
    pub(crate) fn narrowed(&self, asked: &str) -> Self {
        let wanted: Vec<&str> = asked.split_whitespace().filter(|word| self.has(word)).collect();
        Self::grant(&wanted.join(" "))
    }

    pub(crate) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|known| **known == *word)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a patient has to be chosen before a token with these scopes means anything.
    pub(crate) fn needs_patient(&self) -> bool {
        self.has("launch/patient")
            || self.has("launch")
            || self.records.iter().any(|scope| scope.context == Context::Patient)
    }

    /// Whether an id token is asked for that says who the user is.
    pub(crate) fn wants_user(&self) -> bool {
        self.has("openid") && (self.has("fhirUser") || self.has("profile"))
    }

    /// Whether the token can be refreshed.
    pub(crate) fn wants_refresh(&self) -> bool {
        self.has("offline_access") || self.has("online_access")
    }

    /// How far these reach with records of this type.
    pub(crate) fn reach(&self, kind: &str, act: Act) -> Reach {
        let mut reach = Reach::Nobody;
        for scope in self.records.iter().filter(|scope| scope.permits(kind, act)) {
            match scope.context {
                Context::User | Context::System => return Reach::Everybody,
                Context::Patient => reach = Reach::OnePatient,
            }
        }
        reach
    }

    /// As they stand in a token's answer.
    pub(crate) fn text(&self) -> String {
        self.words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_both_versions_say_the_same() {
        let check = |scope: &str, kind: &str, act: Act, expected: Reach| {
            assert_eq!(
                Scopes::grant(scope).reach(kind, act),
                expected,
                "{scope} {kind} {act:?}"
            );
        };
        for (one, two) in [
            ("patient/Observation.read", "patient/Observation.rs"),
            ("user/*.write", "user/*.cud"),
            ("system/*.*", "system/*.cruds"),
        ] {
            for act in Act::LETTERS.map(|(_, act)| act) {
                for kind in ["Observation", "Patient"] {
                    let reach = |scope| Scopes::grant(scope).reach(kind, act);
                    assert_eq!(reach(one), reach(two), "{one} {kind} {act:?}");
                }
            }
        }
        check(
            "patient/Observation.r",
            "Observation",
            Act::Read,
            Reach::OnePatient,
        );
        check("patient/Observation.r", "Observation", Act::Search, Reach::Nobody);
        check("patient/Observation.r", "Condition", Act::Read, Reach::Nobody);
        check(
            "patient/*.rs user/Patient.r",
            "Patient",
            Act::Read,
            Reach::Everybody,
        );
        check(
            "patient/*.rs user/Patient.r",
            "Patient",
            Act::Search,
            Reach::OnePatient,
        );
        check("openid launch", "Patient", Act::Read, Reach::Nobody);
    }

    #[test]
    fn what_is_no_scope_is_not_granted() {
        for text in [
            "patient/Observation.sr",
            "patient/Observation.rr",
            "patient/Observation.x",
            "patient/Observation.",
            "patient/Nothing.read",
            "patients/Patient.read",
            "patient/Observation.rs?category=laboratory",
            "patient/Observation",
            "constructor",
        ] {
            assert!(Scopes::grant(text).is_empty(), "{text}");
        }
        let granted = Scopes::grant("openid  fhirUser openid unknown patient/*.read");
        assert_eq!(granted.text(), "openid fhirUser patient/*.read");
        assert!(granted.needs_patient() && granted.wants_user() && !granted.wants_refresh());
        assert_eq!(
            granted.narrowed("patient/*.read user/*.read").text(),
            "patient/*.read"
        );
    }
}
