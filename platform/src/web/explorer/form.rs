//! The form of an operation: its labelled fields, and what stands in them at first, for an example, and for a person.

use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::interface::{FieldKind, Need, Place};
use mock_nhs_interfaces::statement::{ExampleStatement, FieldStatement, OperationStatement, Statement};
use percent_encoding::percent_decode_str;

use super::login::Who;
use super::people::Known;

/// What is filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    /// One value a field, in the statement's order.
    pub(super) values: Vec<String>,
    /// The body, where no field of the statement is the body.
    pub(super) body: String,
    /// More of the query, as it stands in an address.
    pub(super) more_query: String,
    /// More headers, one on a line.
    pub(super) more_headers: String,
    /// Which of the NHS's hosts is meant; `None` for the workspace's own FHIR server.
    pub(super) profile: Option<Profile>,
    /// Who asks.
    pub(super) who: Who,
}

/// A field as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldView {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) hint: String,
    pub(super) name: String,
    pub(super) value: String,
    pub(super) choices: Vec<(String, bool)>,
    pub(super) is_long: bool,
    pub(super) is_number: bool,
    pub(super) is_optional: bool,
    pub(super) problem: Option<String>,
}

/// Whether the body is sent although no field says so: documents state bodies beside their fields.
pub(super) fn has_own_body(operation: &OperationStatement) -> bool {
    let in_fields = operation.fields.iter().any(|field| field.place == Place::Body);
    !in_fields && operation.examples.iter().any(|example| example.body.is_some())
}

/// Whether the example's body, if it has one, is of the type that the operation's first example has.
pub(super) fn is_of_the_usual_type(operation: &OperationStatement, example: &ExampleStatement) -> bool {
    let mut types = operation
        .examples
        .iter()
        .filter_map(|example| example.body.as_ref());
    let (usual, own) = (types.next(), example.body.as_ref());
    own.is_none_or(|(own, _)| usual.is_some_and(|(usual, _)| usual == own))
}

/// The profile that is asked when nobody says: the one that keeps changes, where it is offered.
pub(super) fn usual_profile(interface: &Statement) -> Option<Profile> {
    let offered = &interface.profiles;
    let int = offered.iter().find(|profile| **profile == Profile::Int);
    int.or_else(|| offered.first()).copied()
}

impl Filled {
    /// Something that works: the first example that is answered well, else the fields' own examples.
    pub(super) fn at_first(interface: &Statement, operation: &OperationStatement) -> Self {
        let profile = usual_profile(interface);
        let suits = |example: &&ExampleStatement| {
            example.status < 300 && (example.profile.is_none() || example.profile == profile)
        };
        match operation.examples.iter().find(suits) {
            Some(example) => Self::of_example(interface, operation, example),
            None => Self::needed(interface, operation),
        }
    }

    /// What must be there.
    fn needed(interface: &Statement, operation: &OperationStatement) -> Self {
        let value = |field: &FieldStatement| {
            let is_needed = matches!(field.need, Need::Required | Need::RequiredRepeatable);
            let is_made = field.kind == FieldKind::Uuid || field.is_credential;
            if is_needed && !is_made {
                field.example.to_string()
            } else {
                String::new()
            }
        };
        Self {
            values: operation.fields.iter().map(value).collect(),
            profile: usual_profile(interface),
            who: Who::usual(interface, operation),
            ..Self::default()
        }
    }

    /// What the example sends.
    pub(super) fn of_example(
        interface: &Statement,
        operation: &OperationStatement,
        example: &ExampleStatement,
    ) -> Self {
        let mut filled = Self::needed(interface, operation);
        if example.profile.is_some() {
            filled.profile = example.profile;
        }
        let (path, query) = example
            .path_and_query
            .split_once('?')
            .unwrap_or((&example.path_and_query, ""));
        for (field, value) in operation.fields.iter().zip(&mut filled.values) {
            match field.place {
                Place::Path => *value = path_value(&operation.path, path, &field.name).unwrap_or_default(),
                Place::Query => *value = String::new(),
                Place::Header | Place::Body => {}
            }
        }
        let mut more = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if !filled.set(operation, Place::Query, &name, &value) {
                more.append_pair(&name, &value);
            }
        }
        filled.more_query = more.finish();
        for (name, value) in &example.headers {
            if !filled.set(operation, Place::Header, name, value) {
                filled.more_headers += &format!("{name}: {value}\n");
            }
        }
        if let Some((_, text)) = &example.body
            && !filled.set(operation, Place::Body, "body", text)
        {
            filled.body = text.to_string();
        }
        filled
    }

    /// Sets the field of this name; one that may be there several times gets one more line.
    fn set(&mut self, operation: &OperationStatement, place: Place, name: &str, given: &str) -> bool {
        let fields = operation.fields.iter().zip(&mut self.values);
        for (field, value) in fields {
            if field.place != place || !field.name.eq_ignore_ascii_case(name) {
                continue;
            }
            let repeats = matches!(field.need, Need::RequiredRepeatable | Need::OptionalRepeatable);
            if repeats && place == Place::Query && !value.is_empty() {
                value.push('\n');
                value.push_str(given);
            } else {
                given.clone_into(value);
            }
            return true;
        }
        false
    }

    /// Puts this person into every field that asks for somebody.
    pub(super) fn with_person(mut self, operation: &OperationStatement, person: &Known) -> Self {
        for (field, value) in operation.fields.iter().zip(&mut self.values) {
            if let Some(said) = person.says(field) {
                *value = said;
            }
        }
        // A body that is about somebody is about this one.
        let bodies = operation
            .fields
            .iter()
            .zip(&mut self.values)
            .filter(|(field, _)| field.place == Place::Body);
        for body in bodies.map(|(_, value)| value).chain([&mut self.body]) {
            if let Some(other) = super::people::number_in(body) {
                *body = body.replace(&other, &person.number);
            }
        }
        self
    }

    /// What a form sent, or an earlier form did.
    pub(super) fn of_pairs(
        interface: &Statement,
        operation: &OperationStatement,
        pairs: &[(String, String)],
    ) -> Self {
        let get = |name: &str| {
            let found = pairs.iter().find(|(known, _)| known == name);
            found
                .map(|(_, value)| value.replace("\r\n", "\n"))
                .unwrap_or_default()
        };
        let offered = &interface.profiles;
        let asked = Profile::from_name(&get("profile")).filter(|profile| offered.contains(profile));
        Self {
            values: (0..operation.fields.len())
                .map(|place| get(&format!("f{place}")))
                .collect(),
            body: get("own-body"),
            more_query: get("more-query"),
            more_headers: get("more-headers"),
            profile: asked.or_else(|| usual_profile(interface)),
            who: Who::parse(&get("who")).unwrap_or_else(|| Who::usual(interface, operation)),
        }
    }

    /// The same as a form would send it.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let fields = self.values.iter().enumerate();
        let mut pairs: Vec<(String, String)> = fields
            .map(|(place, value)| (format!("f{place}"), value.clone()))
            .collect();
        for (name, value) in [
            ("own-body", &self.body),
            ("more-query", &self.more_query),
            ("more-headers", &self.more_headers),
        ] {
            pairs.push((name.to_owned(), value.clone()));
        }
        if let Some(profile) = self.profile {
            pairs.push(("profile".to_owned(), profile.name().to_owned()));
        }
        pairs.push(("who".to_owned(), self.who.value()));
        pairs
    }
}

/// The text of `path` where `pattern` has `{name}`, decoded.
fn path_value(pattern: &str, path: &str, name: &str) -> Option<String> {
    let wanted = format!("{{{name}}}");
    let place = pattern.split('/').position(|segment| segment.contains(&wanted))?;
    let segment = pattern.split('/').nth(place)?;
    let (before, after) = segment.split_once(&wanted)?;
    let given = path.split('/').nth(place)?;
    let value = given.strip_prefix(before)?.strip_suffix(after)?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// The fields in this place as the page shows them.
pub(super) fn views(
    operation: &OperationStatement,
    filled: &Filled,
    places: &[Place],
    problems: &[(String, String)],
) -> Vec<FieldView> {
    let fields = operation.fields.iter().zip(&filled.values).enumerate();
    fields
        .filter(|(_, (field, _))| places.contains(&field.place) && !field.is_credential)
        .map(|(place, (field, value))| view(place, field, value, problems))
        .collect()
}

fn view(place: usize, field: &FieldStatement, value: &str, problems: &[(String, String)]) -> FieldView {
    let id = format!("f{place}");
    let is_optional = matches!(field.need, Need::Optional | Need::OptionalRepeatable);
    let repeats = matches!(field.need, Need::RequiredRepeatable | Need::OptionalRepeatable);
    let flag: [mock_nhs_interfaces::statement::Words; 2] = ["true".into(), "false".into()];
    let choices = if field.kind == FieldKind::Flag {
        &flag[..]
    } else {
        &field.choices
    };
    // A list of a few words is chosen from; several of them, or one that is not in the list, are written.
    let is_listed = choices.iter().any(|choice| choice == value) || value.is_empty();
    let choices: Vec<(String, bool)> = if is_listed && !repeats {
        choices
            .iter()
            .map(|choice| (choice.to_string(), choice == value))
            .collect()
    } else {
        Vec::new()
    };
    let mut hint = field.hint.trim().to_owned();
    if repeats && field.place == Place::Query {
        hint += " Several: one on each line.";
    }
    if field.kind == FieldKind::Uuid {
        hint += " Left empty, one is made for you.";
    } else if !field.example.is_empty() && field.place != Place::Body && !field.is_credential {
        hint += &format!(" For example {}", field.example);
    }
    FieldView {
        problem: problems
            .iter()
            .find(|(at, _)| *at == id)
            .map(|(_, sentence)| sentence.clone()),
        id,
        title: field.title.to_string(),
        hint: hint.trim().to_owned(),
        name: field.name.to_string(),
        value: value.to_owned(),
        choices,
        is_long: field.place == Place::Body || (repeats && field.place == Place::Query),
        is_number: field.kind == FieldKind::NhsNumber,
        is_optional,
    }
}
