//! The parameters of an operation: its own before those of its path.

use fhir::json::Json;

use super::{Reader, words};
use crate::held::ENTRY_BYTES;
use crate::limits::MAX_PARAMETERS;
use crate::media::MediaType;
use crate::parameter::{Parameter, ParameterPlace, Style, written};
use crate::path::Pattern;
use crate::problem::quoted;
use crate::reference::{Placed, resolve};
use crate::schema::Direction;

/// Headers that OpenAPI says elsewhere, so that a parameter about them is to be ignored.
/// Source: <https://spec.openapis.org/oas/v3.1.1.html#fixed-fields-for-use-with-schema>
const SAID_ELSEWHERE: [&str; 3] = ["accept", "content-type", "authorization"];

impl<'d> Reader<'d> {
    pub(super) fn parameters(
        &mut self,
        item: &Placed<'d>,
        operation: &Placed<'d>,
        pattern: &Pattern,
    ) -> Vec<Parameter> {
        let mut found: Vec<Parameter> = Vec::new();
        let lists = [operation.get("parameters"), item.get("parameters")];
        for (is_general, list) in lists
            .into_iter()
            .enumerate()
            .filter_map(|(place, list)| Some((place == 1, list?)))
        {
            if list.json.as_array().is_none() {
                self.problems
                    .broken(&list.pointer, "parameters is a list; it is left out.");
            }
            for entry in list.items() {
                if found.len() >= MAX_PARAMETERS {
                    let words = format!(
                        "an operation has at most {MAX_PARAMETERS} parameters; the others are left out."
                    );
                    self.problems.broken(&entry.pointer, words);
                    break;
                }
                if !self.has_room(size_of::<Parameter>(), &entry.pointer) {
                    break;
                }
                let Some(at) = resolve(self.root, &entry, &mut self.problems) else {
                    continue;
                };
                let Some(parameter) = self.parameter(&at, pattern) else {
                    continue;
                };
                let twin = found
                    .iter()
                    .any(|other| other.name == parameter.name && other.place == parameter.place);
                if twin && !is_general {
                    self.problems.odd(
                        &entry.pointer,
                        format!(
                            "the parameter {} is there twice; the first one counts.",
                            quoted(&parameter.name)
                        ),
                    );
                }
                if !twin {
                    found.push(parameter);
                }
            }
        }
        for name in pattern.names() {
            let is_said = found
                .iter()
                .any(|parameter| parameter.place == ParameterPlace::Path && parameter.name == name);
            if !is_said {
                self.problems.odd(
                    &operation.pointer,
                    format!(
                        "{{{}}} of the path is no parameter; any text is let in.",
                        quoted(name)
                    ),
                );
                found.push(undescribed(name));
            }
        }
        found
    }

    fn parameter(&mut self, at: &Placed<'d>, pattern: &Pattern) -> Option<Parameter> {
        let Some(name) = at.text("name").filter(|name| !name.is_empty()) else {
            self.problems
                .broken(&at.pointer, "a parameter has a name; this one is left out.");
            return None;
        };
        let place = match at.text("in") {
            Some("path") => ParameterPlace::Path,
            Some("query") => ParameterPlace::Query,
            Some("header") => ParameterPlace::Header,
            Some("cookie") => ParameterPlace::Cookie,
            other => {
                let other = quoted(other.unwrap_or("nowhere"));
                self.problems.broken(
                    &at.pointer,
                    format!(
                        "a parameter is in path, query, header or cookie, not in {other}; it is left out."
                    ),
                );
                return None;
            }
        };
        if place == ParameterPlace::Header {
            if SAID_ELSEWHERE
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
            {
                return None;
            }
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                self.problems.broken(
                    &at.pointer,
                    format!("{} cannot be the name of a header; it is left out.", quoted(name)),
                );
                return None;
            }
        }
        if place == ParameterPlace::Path && !pattern.names().any(|known| known == name) {
            self.problems.odd(
                &at.pointer,
                format!("the path has no {{{}}}; the parameter is left out.", quoted(name)),
            );
            return None;
        }
        let style = self.style(at, place);
        let content = at
            .get("content")
            .and_then(|content| content.members().into_iter().next());
        let holder = content.as_ref().map_or(at, |(_, content)| content);
        let schema_at = holder.get("schema");
        let schema = schema_at
            .as_ref()
            .map(|schema| self.compiler.compile(schema, &mut self.problems));
        let mut parameter = Parameter {
            name: name.to_owned(),
            place,
            summary: words::first_sentence(at.text("description").unwrap_or_default()),
            is_required: at.flag("required") || place == ParameterPlace::Path,
            example: None,
            choices: Vec::new(),
            explode: at
                .json
                .get("explode")
                .and_then(Json::as_bool)
                .unwrap_or(style == Style::Form),
            style,
            schema,
            is_json: content
                .as_ref()
                .and_then(|(media, _)| MediaType::parse(media))
                .is_some_and(|media| media.is_json()),
            examples: Vec::new(),
        };
        self.parameter_examples(&mut parameter, at, holder, schema_at.as_ref());
        Some(parameter)
    }

    fn style(&mut self, at: &Placed<'d>, place: ParameterPlace) -> Style {
        let usual = match place {
            ParameterPlace::Query | ParameterPlace::Cookie => Style::Form,
            ParameterPlace::Path | ParameterPlace::Header => Style::Simple,
        };
        let Some(said) = at.text("style") else {
            return usual;
        };
        Style::named(said).unwrap_or_else(|| {
            self.problems.broken(
                &at.pointer,
                format!("there is no style {}; the usual one is used.", quoted(said)),
            );
            usual
        })
    }

    fn parameter_examples(
        &mut self,
        parameter: &mut Parameter,
        at: &Placed<'d>,
        holder: &Placed<'d>,
        schema_at: Option<&Placed<'d>>,
    ) {
        let listed = holder.get("examples").or_else(|| at.get("examples"));
        for (name, entry) in listed.iter().flat_map(Placed::members) {
            let bytes = entry.json.get("value").map_or(0, Json::weight);
            if !self.has_room(2 * ENTRY_BYTES + name.len() + bytes, &entry.pointer) {
                break;
            }
            let Some(entry) = resolve(self.root, &entry, &mut self.problems) else {
                continue;
            };
            if let Some(value) = entry.json.get("value") {
                parameter
                    .examples
                    .push((name.to_owned(), self.written_parameter(parameter, value)));
            }
        }
        let own = holder.json.get("example").or_else(|| at.json.get("example"));
        let own = own.filter(|value| !matches!(value, Json::Object(_)) || !parameter.is_json);
        let of_schema = parameter.schema.and_then(|schema| {
            self.compiler
                .schemas()
                .make(schema, Direction::Request, &self.budget)
        });
        let fits = |value: &Json| {
            let schemas = self.compiler.schemas();
            let Some(schema) = parameter.schema else {
                return true;
            };
            let text = Json::string(written(value));
            let fits = |value| schemas.fits(schema, value, Direction::Request, &self.budget);
            fits(value) || fits(&text)
        };
        let good = own.filter(|value| fits(value));
        if let (Some(_), None) = (own, good) {
            let text = format!(
                "the example of {} does not fit its schema; it is not used.",
                quoted(&parameter.name)
            );
            self.problems.odd(&at.pointer, text);
        }
        let first = parameter.examples.first().map(|(_, text)| text.clone());
        let example = good.cloned().or(of_schema);
        parameter.example = match (good, first) {
            (None, Some(first)) => Some(first),
            (Some(_), _) | (None, None) => example.map(|value| self.written_parameter(parameter, &value)),
        };
        let choices = schema_at
            .and_then(|schema| schema.json.get("enum"))
            .and_then(Json::as_array);
        let choices = choices.unwrap_or_default().iter().take(50);
        let own = parameter.example.as_ref().map_or(0, String::len);
        let bytes = own
            + choices
                .clone()
                .map(|choice| ENTRY_BYTES + choice.weight())
                .sum::<usize>();
        if self.has_room(bytes, &at.pointer) {
            parameter.choices = choices.map(written).collect();
        } else {
            parameter.example = None;
        }
    }

    fn written_parameter(&self, parameter: &Parameter, value: &Json) -> String {
        let text = if parameter.is_json {
            value.to_text()
        } else if let (Json::Array(items), Style::Form, true) = (value, parameter.style, parameter.explode) {
            // One of them: repeated parameters are written by nobody here.
            items.first().map(written).unwrap_or_default()
        } else {
            written(value)
        };
        // Blocks of YAML end with a line break, which no header can hold.
        match parameter.place {
            ParameterPlace::Header | ParameterPlace::Cookie => text
                .trim()
                .chars()
                .filter(|character| !character.is_control())
                .collect(),
            ParameterPlace::Path | ParameterPlace::Query => text,
        }
    }
}

fn undescribed(name: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        place: ParameterPlace::Path,
        summary: String::new(),
        is_required: true,
        example: Some("1".to_owned()),
        choices: Vec::new(),
        style: Style::Simple,
        explode: false,
        schema: None,
        is_json: false,
        examples: Vec::new(),
    }
}
