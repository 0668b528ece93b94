//! Parameters: how a value is written in a path, a query, a header or a cookie, and what it means.
//! Source: <https://spec.openapis.org/oas/v3.1.1.html#style-values>

use std::borrow::Cow;

use fhir::json::Json;
use http::HeaderMap;
use percent_encoding::percent_decode_str;

use crate::budget::Budget;
use crate::schema::{Direction, SchemaId, Schemas, Types};

/// Something that a request can carry beside its body.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it goes.
    pub place: ParameterPlace,
    /// What it means, in one sentence; empty when the document does not say.
    pub summary: String,
    /// Whether it must be there.
    pub is_required: bool,
    /// A text that works, as it is written in a request.
    pub example: Option<String>,
    /// The only values that are let in, where there are few.
    pub choices: Vec<String>,
    pub(crate) style: Style,
    pub(crate) explode: bool,
    pub(crate) schema: Option<SchemaId>,
    /// The value is JSON of its own.
    pub(crate) is_json: bool,
    /// Named examples: name and text.
    pub(crate) examples: Vec<(String, String)>,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterPlace {
    /// In the path.
    Path,
    /// After the question mark.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
}

impl ParameterPlace {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Path => "the path's",
            Self::Query => "the query parameter",
            Self::Header => "the header",
            Self::Cookie => "the cookie",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Simple,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    Label,
    Matrix,
}

impl Style {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "simple" => Self::Simple,
            "form" => Self::Form,
            "spaceDelimited" => Self::SpaceDelimited,
            "pipeDelimited" => Self::PipeDelimited,
            "deepObject" => Self::DeepObject,
            "label" => Self::Label,
            "matrix" => Self::Matrix,
            _ => return None,
        })
    }

    fn separator(self) -> &'static [char] {
        match self {
            Self::SpaceDelimited => &[' '],
            Self::PipeDelimited => &['|'],
            Self::Label => &[',', '.'],
            Self::Simple | Self::Form | Self::DeepObject | Self::Matrix => &[','],
        }
    }
}

/// Pairs of one query or form that are looked at.
const MAX_PAIRS: usize = 1_000;

/// The decoded names and values of a query or a form.
pub(crate) fn pairs(query: &str) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .take(MAX_PAIRS)
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (form_decoded(name), form_decoded(value))
        })
        .collect()
}

fn form_decoded(text: &str) -> Cow<'_, str> {
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        return Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned());
    }
    percent_decode_str(text).decode_utf8_lossy()
}

/// What a request carries, taken apart once.
pub(crate) struct Carried<'r> {
    pub(crate) path: Vec<(String, Cow<'r, str>)>,
    pub(crate) query: Vec<(Cow<'r, str>, Cow<'r, str>)>,
    pub(crate) headers: &'r HeaderMap,
    cookies: Vec<(&'r str, Cow<'r, str>)>,
}

impl<'r> Carried<'r> {
    pub(crate) fn new(path: Vec<(String, Cow<'r, str>)>, query: &'r str, headers: &'r HeaderMap) -> Self {
        let cookies = headers
            .get_all(http::header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let cookies = cookies
            .flat_map(|text| text.split(';'))
            .take(MAX_PAIRS)
            .filter_map(|pair| pair.trim().split_once('='))
            .map(|(name, value)| (name, percent_decode_str(value).decode_utf8_lossy()));
        Self {
            path,
            query: pairs(query),
            headers,
            cookies: cookies.collect(),
        }
    }

    /// How many names and values the query and the cookies have.
    fn len(&self) -> usize {
        self.query.len() + self.cookies.len()
    }

    /// The texts that the request has for this parameter; none when it is not there.
    pub(crate) fn texts(&self, parameter: &Parameter) -> Vec<Cow<'_, str>> {
        let name = &*parameter.name;
        match parameter.place {
            ParameterPlace::Path => {
                let values = self.path.iter().filter(|(known, _)| known == name);
                values.map(|(_, value)| Cow::Borrowed(&**value)).collect()
            }
            ParameterPlace::Query => {
                let values = self.query.iter().filter(|(known, _)| known == name);
                values.map(|(_, value)| Cow::Borrowed(&**value)).collect()
            }
            ParameterPlace::Header => {
                let values = self.headers.get_all(name).iter();
                values
                    .map(|value| String::from_utf8_lossy(value.as_bytes()))
                    .collect()
            }
            ParameterPlace::Cookie => {
                let values = self.cookies.iter().filter(|(known, _)| *known == name);
                values.map(|(_, value)| Cow::Borrowed(&**value)).collect()
            }
        }
    }
}

impl Parameter {
    /// What is wrong with this parameter in the request; `None` when nothing is.
    pub(crate) fn refusal(
        &self,
        carried: &Carried<'_>,
        schemas: &Schemas,
        budget: &Budget<'_>,
    ) -> Option<String> {
        let who = format!("{} {}", self.place.words(), self.name);
        let Some(value) = self.value(carried, &Meaning { schemas, budget }) else {
            return self.is_required.then(|| format!("{who} is missing"));
        };
        let schema = self.schema?;
        let value = match value {
            Ok(value) => value,
            Err(words) => return Some(format!("{who} {words}")),
        };
        let misfits = schemas.misfits(schema, &value, Direction::Request, budget);
        misfits.first().map(|misfit| {
            if misfit.pointer.is_empty() {
                format!("{who} {}", misfit.words)
            } else {
                format!("{who}, at {}, {}", misfit.pointer, misfit.words)
            }
        })
    }

    /// What the request has for this parameter, as the schema wants it; `None` when it is not there.
    fn value(&self, carried: &Carried<'_>, meaning: &Meaning<'_>) -> Option<Result<Json, String>> {
        let Meaning { schemas, budget } = *meaning;
        budget.spend(1 + carried.len() / 20);
        let texts = carried.texts(self);
        let types = self.schema.and_then(|schema| schemas.types(schema, budget));
        let is_object = types.is_some_and(|types| types.has(Types::OBJECT)) && !self.is_json;
        if is_object && self.place == ParameterPlace::Query {
            return self.object_of_query(carried, meaning).map(Ok);
        }
        let first = texts.first()?;
        if self.is_json {
            let json = Json::parse(first.as_bytes());
            return Some(json.map_err(|error| format!("is not JSON: {error}")));
        }
        let Some(schema) = self.schema else {
            return Some(Ok(Json::string(&**first)));
        };
        if types.is_some_and(|types| types.has(Types::ARRAY)) {
            let items = schemas.items(schema, budget);
            let repeats = self.explode && self.place == ParameterPlace::Query && self.style == Style::Form;
            let parts: Vec<String> = if repeats {
                texts.iter().map(|text| text.to_string()).collect()
            } else {
                self.parts(first)
            };
            let array = Json::Array(parts.iter().map(|part| meaning.of(part, items)).collect());
            // A text where the schema lets in both a text and an array.
            let is_single = types.is_some_and(|types| types.has(Types::STRING)) && texts.len() == 1;
            if is_single && !schemas.fits(schema, &array, Direction::Request, budget) {
                return Some(Ok(meaning.of(first, Some(schema))));
            }
            return Some(Ok(array));
        }
        if is_object {
            return Some(Ok(self.object_of_text(first, schema, meaning)));
        }
        let plain = self.plain(first);
        Some(Ok(meaning.of(plain, Some(schema))))
    }

    /// The text without the marks of its style.
    fn plain<'t>(&self, text: &'t str) -> &'t str {
        match self.style {
            Style::Label => text.strip_prefix('.').unwrap_or(text),
            Style::Matrix => {
                let rest = text.strip_prefix(';').unwrap_or(text);
                rest.strip_prefix(&*self.name)
                    .and_then(|rest| rest.strip_prefix('='))
                    .unwrap_or(rest)
            }
            Style::Simple
            | Style::Form
            | Style::SpaceDelimited
            | Style::PipeDelimited
            | Style::DeepObject => text,
        }
    }

    fn parts(&self, text: &str) -> Vec<String> {
        let plain = self.plain(text);
        if plain.is_empty() {
            return Vec::new();
        }
        let marker = format!(";{}=", self.name);
        let plain = if self.style == Style::Matrix {
            plain.replace(&marker, ",")
        } else {
            plain.to_owned()
        };
        plain
            .split(self.style.separator())
            .map(|part| part.trim().to_owned())
            .collect()
    }

    fn object_of_query(&self, carried: &Carried<'_>, meaning: &Meaning<'_>) -> Option<Json> {
        let schema = self.schema?;
        let member =
            |name: &str, value: &str| (Box::<str>::from(name), meaning.of_member(value, schema, name));
        let members: Vec<(Box<str>, Json)> = if self.style == Style::DeepObject {
            let inside = carried.query.iter().filter_map(|(name, value)| {
                let name = name
                    .strip_prefix(&*self.name)?
                    .strip_prefix('[')?
                    .strip_suffix(']')?;
                Some(member(name, value))
            });
            inside.collect()
        } else if self.explode {
            let is_known = |name: &str| meaning.schemas.lists(schema, name, meaning.budget);
            let inside = carried.query.iter().filter(|(name, _)| is_known(name));
            inside.map(|(name, value)| member(name, value)).collect()
        } else {
            let texts = carried.texts(self);
            return texts
                .first()
                .map(|text| self.object_of_text(text, schema, meaning));
        };
        let mut object = Json::Object(Vec::new());
        let is_there = !members.is_empty();
        for (place, (name, value)) in members.into_iter().enumerate() {
            meaning.budget.spend(1 + place / 20);
            object.set(&name, value);
        }
        is_there.then_some(object)
    }

    fn object_of_text(&self, text: &str, schema: SchemaId, meaning: &Meaning<'_>) -> Json {
        let parts = self.parts(text);
        let mut object = Json::Object(Vec::new());
        let mut place = 0;
        let mut add = |name: &str, value: &str| {
            place += 1;
            if meaning.budget.spend(1 + place / 20) {
                object.set(name, meaning.of_member(value, schema, name));
            }
        };
        if self.explode {
            for part in &parts {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                add(name, value);
            }
        } else {
            for pair in parts.chunks(2) {
                if let [name, value] = pair {
                    add(name, value);
                }
            }
        }
        object
    }
}

/// What texts mean, as the schemas say it.
#[derive(Clone, Copy)]
pub(crate) struct Meaning<'b> {
    pub(crate) schemas: &'b Schemas,
    pub(crate) budget: &'b Budget<'b>,
}

impl Meaning<'_> {
    /// What a text means where this schema says what is wanted.
    pub(crate) fn of(&self, text: &str, schema: Option<SchemaId>) -> Json {
        schema.map_or_else(|| Json::string(text), |schema| self.of_wanted(text, schema))
    }

    /// What a text means as the member of that name.
    pub(crate) fn of_member(&self, text: &str, schema: SchemaId, name: &str) -> Json {
        self.of(text, self.schemas.property(schema, name, self.budget))
    }

    fn of_wanted(&self, text: &str, schema: SchemaId) -> Json {
        let as_text = || Json::string(text);
        let fits = |value: &Json| self.schemas.fits(schema, value, Direction::Request, self.budget);
        let types = self.schemas.types(schema, self.budget);
        let may_be = |kind: Types| types.is_none_or(|types| types.has(kind));
        if types.is_some_and(|types| types.has(Types::STRING)) && fits(&as_text()) {
            return as_text();
        }
        if may_be(Types::INTEGER) || may_be(Types::NUMBER) {
            // Exactly the numbers of JSON: not `+1`, `1e`, ` 1`.
            if let Ok(number @ Json::Number(_)) = Json::parse(text.as_bytes())
                && text.bytes().all(|byte| !byte.is_ascii_whitespace())
                && (types.is_some() || fits(&number))
            {
                return number;
            }
        }
        match text {
            "true" | "false" if types.is_some_and(|types| types.has(Types::BOOLEAN)) => {
                Json::Bool(text == "true")
            }
            "" | "null" if types.is_some_and(|types| types.has(Types::NULL)) => Json::Null,
            _ => as_text(),
        }
    }
}

/// A value as it is written in a request, without percent escapes.
pub(crate) fn written(value: &Json) -> String {
    match value {
        Json::String(text) => text.to_string(),
        Json::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(","),
        Json::Object(members) => members
            .iter()
            .map(|(name, value)| format!("{name},{}", written(value)))
            .collect::<Vec<_>>()
            .join(","),
        Json::Null => String::new(),
        Json::Bool(_) | Json::Number(_) => value.to_text(),
    }
}
