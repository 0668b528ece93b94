//! Routing plans: by which channels, in which order, a message is tried.

/// A way to reach somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    NhsApp,
    Email,
    Sms,
    Letter,
}

/// A routing plan that everybody can use.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// Tried one after the other.
    pub(super) channels: &'static [Channel],
}

/// When the plans were made.
pub(super) const CREATED: &str = "2023-11-17T14:27:51.413Z";
const VERSION: &str = "ztoe2qRAM8M8vS0bqajhyEBcvXacrGPp";

/// The plans of the public sandbox and those for free text. Source: the sections "Sandbox" and "Enable users to write and
/// send messages from your software" of the specification.
static PLANS: [Plan; 12] = [
    plan(
        "b838b13c-f98c-4def-93f0-515d4e4f4ee1",
        "Plan Abc",
        &[Channel::NhsApp, Channel::Email, Channel::Sms, Channel::Letter],
    ),
    plan(
        "49e43b98-70cb-47a9-a55e-fe70c9a6f77c",
        "Plan Abc",
        &[Channel::NhsApp],
    ),
    plan(
        "b402cd20-b62a-4357-8e02-2952959531c8",
        "Plan Abc",
        &[Channel::Email],
    ),
    plan(
        "936e9d45-15de-4a95-bb36-ae163c33ae53",
        "Plan Abc",
        &[Channel::Sms],
    ),
    plan(
        "9ba00d23-cd6f-4aca-8688-00abc85a7980",
        "Plan Abc",
        &[Channel::Letter],
    ),
    plan(
        "00000000-0000-0000-0000-000000000001",
        "NHS App free text",
        &[Channel::NhsApp],
    ),
    plan(
        "00000000-0000-0000-0000-000000000002",
        "Email free text",
        &[Channel::Email],
    ),
    plan(
        "00000000-0000-0000-0000-000000000003",
        "Text message free text",
        &[Channel::Sms],
    ),
    plan(
        "00000000-0000-0000-0000-000000000004",
        "NHS App, then email, free text",
        &[Channel::NhsApp, Channel::Email],
    ),
    plan(
        "00000000-0000-0000-0000-000000000005",
        "NHS App, then email, free text",
        &[Channel::NhsApp, Channel::Email],
    ),
    plan(
        "00000000-0000-0000-0000-000000000006",
        "NHS App, then text message, free text",
        &[Channel::NhsApp, Channel::Sms],
    ),
    plan(
        "00000000-0000-0000-0000-000000000007",
        "NHS App, then text message, free text",
        &[Channel::NhsApp, Channel::Sms],
    ),
];
/// Plans whose templates are not there: they show that error.
const WITHOUT_TEMPLATES: [&str; 2] = [
    "c8857ccf-06ec-483f-9b3a-7fc732d9ad48",
    "aeb16ab8-cb9c-4d23-92e9-87c78119175c",
];
/// A plan whose templates are there twice: it shows that error.
const WITH_DUPLICATE_TEMPLATES: &str = "a3a4e55d-7a21-45a6-9286-8eb595c872a8";

const fn plan(id: &'static str, name: &'static str, channels: &'static [Channel]) -> Plan {
    Plan {
        id,
        name,
        version: VERSION,
        channels,
    }
}

/// What stands under an id.
#[derive(Debug)]
pub(super) enum Found {
    Plan(&'static Plan),
    WithoutTemplates,
    WithDuplicateTemplates,
    Nothing,
}

/// The plan with this id.
pub(super) fn find(id: &str) -> Found {
    if let Some(plan) = PLANS.iter().find(|plan| plan.id == id) {
        return Found::Plan(plan);
    }
    if WITHOUT_TEMPLATES.contains(&id) {
        Found::WithoutTemplates
    } else if id == WITH_DUPLICATE_TEMPLATES {
        Found::WithDuplicateTemplates
    } else {
        Found::Nothing
    }
}

impl Channel {
    /// Its name in answers.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::NhsApp => "nhsapp",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Letter => "letter",
        }
    }

    /// The channel of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::NhsApp, Self::Email, Self::Sms, Self::Letter]
            .into_iter()
            .find(|channel| channel.name() == name)
    }

    /// What its supplier says of a message that arrived.
    pub(super) const fn arrived(self) -> &'static str {
        match self {
            Self::NhsApp => "unnotified",
            Self::Email | Self::Sms => "delivered",
            Self::Letter => "received",
        }
    }
}
