//! `POST /ValueSet/$expand`: lists the codes of a code system that meet filters, with their properties.

use axum::body::Body;
use fhir::json::Json;
use http::{Method, Response};
use records::Instant;
use uuid::Uuid;

use super::bundle::number;
use super::code_systems::{Concept, System, VERSION, system};
use super::error::{
    CODE_NOT_FOUND, INVALID_API_KEY, INVALID_DATE, INVALID_PREFIX, INVALID_VALUE, MISSING_API_KEY, NO_FILTER,
    Problem,
};
use super::search_organizations::DayCriterion;
use super::shape::Format;
use super::{MEDIA_TYPE, answered, nhs_page};
use crate::api_platform::shortened;
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

const PROPERTY: &str =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion.contains.property";
/// Most filters of one value set.
const MAX_FILTERS: usize = 50;

const BODY: ExampleBody = ExampleBody {
    media_type: MEDIA_TYPE,
    text: r#"{"resourceType":"Parameters","parameter":[{"name":"valueSet","resource":{"resourceType":"ValueSet","compose":{"inactive":true,"include":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","filter":[{"property":"lastChangeDate","op":"=","value":"gt2024-02-01"}]}]}}},{"name":"activeOnly","valueBoolean":false},{"name":"property","valueString":"primaryRole"},{"name":"property","valueString":"country"},{"name":"count","valueInteger":2}]}"#,
};
const UNKNOWN_FILTER: ExampleBody = ExampleBody {
    media_type: MEDIA_TYPE,
    text: r#"{"resourceType":"Parameters","parameter":[{"name":"valueSet","resource":{"resourceType":"ValueSet","compose":{"include":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","filter":[{"property":"colour","op":"=","value":"green"}]}]}}}]}"#,
};

pub(super) const OPERATION: Operation = Operation {
    id: "expand_value_set",
    title: "List the codes that meet filters",
    summary: "Lists the organisations, or other codes, that a value set in the body describes.",
    method: Method::POST,
    path: "/fhir/ValueSet/$expand",
    logins: &[Login::ApiKey],
    fields: &[
        Field {
            name: "body",
            place: Place::Body,
            title: "Question",
            hint: "A Parameters resource with a ValueSet, and how much of it is wanted.",
            kind: FieldKind::Json,
            need: Need::Required,
            example: BODY.text,
        },
        super::APIKEY,
    ],
    examples: &[
        Example::sending(
            "What changed since a day, two of it",
            "/fhir/ValueSet/$expand",
            BODY,
            200,
        ),
        Example::sending(
            "A property that there is not",
            "/fhir/ValueSet/$expand",
            UNKNOWN_FILTER,
            422,
        ),
    ],
    faults: &[
        CODE_NOT_FOUND.fault,
        INVALID_DATE.fault,
        INVALID_PREFIX.fault,
        INVALID_VALUE.fault,
        NO_FILTER.fault,
        MISSING_API_KEY,
        INVALID_API_KEY,
    ],
    media_type: MEDIA_TYPE,
    specification: nhs_page!("post-/ValueSet/"),
    handler: expand_value_set,
};
/// The same at the address that the document states.
pub(super) const DOCUMENTED: Operation = Operation {
    id: "expand_value_set_as_documented",
    title: "List the codes that meet filters, at the address of the document",
    path: "/fhir/ValueSet/",
    examples: &[Example::sending(
        "What changed since a day, two of it",
        "/fhir/ValueSet/",
        BODY,
        200,
    )],
    ..OPERATION
};

/// What is asked for.
struct Wanted {
    system: &'static System,
    filters: Vec<Filter>,
    text: String,
    properties: Vec<String>,
    count: Option<usize>,
    offset: usize,
    active_only: bool,
}

/// What a code's property must be.
enum Filter {
    /// One of these.
    AnyOf(String, Vec<String>),
    /// A day.
    Day(String, DayCriterion),
}

fn expand_value_set<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(answered(exchange, expanded(exchange)))
}

async fn expanded(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let wanted = Wanted::read(&exchange.body)?;
    let view = exchange.view().await.map_err(|error| Problem::internal(&error))?;
    let named = wanted.filters.iter().map(|filter| match filter {
        Filter::AnyOf(property, _) | Filter::Day(property, _) => property,
    });
    let with_relationships = named
        .chain(&wanted.properties)
        .any(|property| property.starts_with("RE") || property == "*");
    let concepts = wanted
        .system
        .concepts(exchange, &view, with_relationships, |concept| {
            wanted.keeps(concept)
        })?;
    let contains: Vec<Json> = concepts
        .iter()
        .skip(wanted.offset)
        .take(wanted.count.unwrap_or(usize::MAX))
        .map(|concept| wanted.entry(concept))
        .collect();
    let mut expansion = vec![
        ("identifier", Json::string(format!("urn:uuid:{}", Uuid::new_v4()))),
        (
            "timestamp",
            Json::string(Instant::from(exchange.now()).to_string()),
        ),
        ("total", number(concepts.len())),
        ("offset", number(wanted.offset)),
        ("parameter", wanted.parameters()),
    ];
    if !contains.is_empty() {
        expansion.push(("contains", Json::Array(contains)));
    }
    Format::wanted(exchange).answer_within_limit(&Json::object([
        ("resourceType", Json::string("ValueSet")),
        ("status", Json::string("active")),
        ("expansion", Json::object(expansion)),
    ]))
}

fn invalid(words: &str) -> Problem {
    Problem::new(&INVALID_VALUE, words)
}

impl Wanted {
    fn read(body: &[u8]) -> Result<Self, Problem> {
        let body = Json::parse(body)
            .map_err(|error| Problem::new(&INVALID_VALUE, format!("The body is not JSON: {error}")))?;
        let parameters = body
            .get("parameter")
            .filter(|_| body.text("resourceType") == Some("Parameters"))
            .ok_or_else(|| invalid("The body is no Parameters resource."))?;
        let named = |name: &'static str| {
            parameters
                .items()
                .filter(move |parameter| parameter.text("name") == Some(name))
        };
        let value_set = named("valueSet").find_map(|parameter| parameter.get("resource"));
        let compose = value_set
            .and_then(|value_set| value_set.get("compose"))
            .ok_or_else(|| {
                invalid("There is no parameter valueSet with a ValueSet that composes something.")
            })?;
        let mut includes = compose.get("include").into_iter().flat_map(Json::items);
        let include = match (includes.next(), includes.next()) {
            (Some(include), None) => include,
            _ => return Err(invalid("The ValueSet includes one code system.")),
        };
        let is_more = compose.get("exclude").is_some()
            || ["concept", "valueSet"]
                .iter()
                .any(|member| include.get(member).is_some());
        if is_more {
            return Err(invalid(
                "The ValueSet includes by filters alone: exclude, concept and valueSet are not understood.",
            ));
        }
        let system = system(include.text("system").unwrap_or_default())?;
        let filters: Vec<&Json> = include.get("filter").into_iter().flat_map(Json::items).collect();
        if filters.len() > MAX_FILTERS {
            return Err(invalid("The ValueSet has too many filters."));
        }
        let count = |name: &'static str| named(name).next().map(whole).transpose();
        let flag = |value: Option<&Json>| value.and_then(Json::as_bool);
        let only_active = named("activeOnly")
            .next()
            .and_then(|given| flag(given.get("valueBoolean")));
        Ok(Self {
            system,
            filters: filters
                .iter()
                .map(|filter| Filter::of(system, filter))
                .collect::<Result<_, _>>()?,
            text: named("filter")
                .find_map(|given| given.text("valueString"))
                .unwrap_or_default()
                .to_lowercase(),
            properties: named("property")
                .filter_map(|given| given.text("valueString").or_else(|| given.text("valueCode")))
                .map(str::to_owned)
                .collect(),
            count: count("count")?,
            offset: count("offset")?.unwrap_or_default(),
            active_only: only_active == Some(true) || flag(compose.get("inactive")) == Some(false),
        })
    }

    fn keeps(&self, concept: &Concept) -> bool {
        if self.active_only && concept.is_inactive {
            return false;
        }
        (self.text.is_empty() || concept.display.to_lowercase().contains(&self.text))
            && self.filters.iter().all(|filter| filter.meets(concept))
    }

    fn parameters(&self) -> Json {
        let version = format!("{}|{VERSION}", self.system.url);
        let parameter = |name: &str, key: &'static str, value: Json| {
            Json::object([("name", Json::string(name)), (key, value)])
        };
        let mut all = vec![
            parameter("version", "valueUri", Json::string(version.as_str())),
            parameter("used-codesystem", "valueUri", Json::string(version.as_str())),
            parameter("activeOnly", "valueBoolean", Json::Bool(self.active_only)),
        ];
        if let Some(count) = self.count {
            all.push(parameter("count", "valueInteger", number(count)));
        }
        Json::Array(all)
    }

    fn entry(&self, concept: &Concept) -> Json {
        let extension = |url: &str, members: Vec<Json>| {
            Json::object([("url", Json::string(url)), ("extension", Json::Array(members))])
        };
        let mut extensions = Vec::new();
        if concept.is_inactive {
            let inactive = Json::object([
                ("url", Json::string("inactive")),
                ("valueBoolean", Json::Bool(true)),
            ]);
            extensions.push(extension(
                "http://ontoserver.csiro.au/profiles/expansion",
                vec![inactive],
            ));
        }
        for wanted in &self.properties {
            for property in concept
                .properties
                .iter()
                .filter(|property| property.code == *wanted || wanted == "*")
            {
                let code = [
                    ("url", Json::string("code")),
                    ("valueCode", Json::string(property.code.as_str())),
                ];
                let value = [
                    ("url", Json::string("value")),
                    (property.key, property.value.clone()),
                ];
                extensions.push(extension(PROPERTY, vec![Json::object(code), Json::object(value)]));
            }
        }
        let mut members = Vec::new();
        if !extensions.is_empty() {
            members.push(("extension", Json::Array(extensions)));
        }
        members.push(("system", Json::string(self.system.url)));
        if concept.is_inactive {
            members.push(("inactive", Json::Bool(true)));
        }
        members.push(("code", Json::string(concept.code.as_str())));
        members.push(("display", Json::string(concept.display.as_str())));
        Json::object(members)
    }
}

/// A whole number; the document's own example writes it as a text.
fn whole(parameter: &Json) -> Result<usize, Problem> {
    let value = parameter.get("valueInteger");
    let text = value.and_then(|value| value.as_number().or_else(|| value.as_str()));
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| invalid("count and offset are whole numbers of 0 or more."))
}

impl Filter {
    fn of(system: &System, filter: &Json) -> Result<Self, Problem> {
        let text = |name: &str| filter.text(name).unwrap_or_default();
        let (property, operator, value) = (text("property"), text("op"), text("value"));
        let kind = system
            .properties
            .iter()
            .find(|(code, _)| *code == property)
            .map(|(_, kind)| *kind);
        match (kind, operator) {
            (Some("dateTime"), "=") => Ok(Self::Day(property.to_owned(), DayCriterion::of(value)?)),
            (Some(_), "=") => Ok(Self::AnyOf(property.to_owned(), vec![value.to_owned()])),
            (Some(_), "in") => Ok(Self::AnyOf(
                property.to_owned(),
                value.split(',').map(|one| one.trim().to_owned()).collect(),
            )),
            _ => Err(Problem::new(
                &NO_FILTER,
                format!(
                    "No declared filter on CodeSystem {} for property '{}' and operator '{}'",
                    system.url,
                    shortened(property),
                    shortened(operator)
                ),
            )),
        }
    }

    fn meets(&self, concept: &Concept) -> bool {
        let values = |wanted: &str| {
            let of_it = concept
                .properties
                .iter()
                .filter(move |property| property.code == wanted);
            of_it
                .map(super::code_systems::Property::comparable)
                .collect::<Vec<_>>()
        };
        match self {
            Self::AnyOf(property, any_of) => values(property).iter().any(|value| any_of.contains(value)),
            Self::Day(property, day) => values(property).iter().any(|value| day.meets(value)),
        }
    }
}
