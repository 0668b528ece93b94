//! What is wrong with a request, in Prism's words and order: body, headers, query; in each, what is missing comes first.

use fhir::json::Json;
use http::StatusCode;
use percent_encoding::percent_decode_str;

use super::{Sent, media_type};
use crate::api_platform::X_REQUEST_ID;
use crate::exchange::Exchange;
use crate::value::is_uuid;

/// More than this are not told: the header would grow with the request.
const MOST_TOLD: usize = 20;
const UUID: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

/// A parameter of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) is_required: bool,
    /// Whether it is a list, which may be given more than once.
    pub(crate) is_list: bool,
    /// What may be given; empty where anything may.
    pub(crate) choices: &'static [&'static str],
}

impl Rule {
    /// A parameter that must be there.
    pub(crate) const fn required(name: &'static str) -> Self {
        Self {
            name,
            is_required: true,
            is_list: false,
            choices: &[],
        }
    }

    /// A parameter that may be there.
    pub(crate) const fn optional(name: &'static str) -> Self {
        Self {
            is_required: false,
            ..Self::required(name)
        }
    }

    /// The same, given any number of times.
    pub(crate) const fn list(self) -> Self {
        Self {
            is_list: true,
            ..self
        }
    }

    /// The same, with one of these values.
    pub(crate) const fn one_of(self, choices: &'static [&'static str]) -> Self {
        Self { choices, ..self }
    }
}

/// Everything that is wrong with a request.
#[derive(Debug, Default)]
pub(super) struct Violations {
    told: Vec<Json>,
    is_media_type: bool,
}

impl Violations {
    /// Compares a request with the document.
    pub(super) fn of(exchange: &Exchange<'_>, query: &[Rule], wanted: Sent, body: Option<&Json>) -> Self {
        let mut found = Self::default();
        found.check_body(exchange, wanted, body);
        found.check_request_id(exchange);
        found.check_query(exchange.query(), query);
        found
    }

    /// The status of the answer; `None` where nothing is wrong.
    pub(super) fn status(&self) -> Option<StatusCode> {
        if self.told.is_empty() {
            None
        } else if self.is_media_type {
            Some(StatusCode::UNSUPPORTED_MEDIA_TYPE)
        } else {
            Some(StatusCode::UNPROCESSABLE_ENTITY)
        }
    }

    /// Everything as JSON.
    pub(super) fn text(&self) -> String {
        Json::from(self.told.clone()).to_text()
    }

    fn add(&mut self, place: &[&str], code: impl Into<Json>, message: impl Into<Json>) {
        if self.told.len() < MOST_TOLD {
            let location = ["request"].iter().chain(place);
            let location: Vec<Json> = location.map(|one| Json::from(*one)).collect();
            self.told.push(Json::object([
                ("location", Json::from(location)),
                ("severity", "Error".into()),
                ("code", code.into()),
                ("message", message.into()),
            ]));
        }
    }

    fn check_body(&mut self, exchange: &Exchange<'_>, wanted: Sent, body: Option<&Json>) {
        if wanted == Sent::Nothing {
            return;
        }
        if exchange.body.is_empty() {
            if wanted == Sent::Object {
                self.add(&[], "required", "Body parameter is required");
            }
            return;
        }
        let media_type = media_type(exchange);
        let is_json = ["", "application/json", "application/fhir+json"].contains(&&*media_type);
        if !is_json {
            self.is_media_type = true;
            let message = "Supported content types: application/fhir+json";
            self.add(&[], Json::Number("415".into()), message);
        } else if !body.is_some_and(|body| body.as_object().is_some() || body.is_null()) {
            self.add(&["body"], "type", "Request body must be object");
        }
    }

    fn check_request_id(&mut self, exchange: &Exchange<'_>) {
        let header = X_REQUEST_ID;
        let name = header.as_str();
        match exchange.headers().get(&X_REQUEST_ID) {
            None => self.add(
                &["header"],
                "required",
                format!("Request header must have required property '{name}'"),
            ),
            Some(given) if !is_uuid(given.as_bytes()) => self.add(
                &["header", name],
                "pattern",
                format!("Request header parameter {name} must match pattern \"{UUID}\""),
            ),
            Some(_) => {}
        }
    }

    fn check_query(&mut self, query: &str, rules: &[Rule]) {
        let given = |rule: &Rule| -> Vec<String> {
            query
                .split('&')
                .filter_map(|piece| piece.split_once('='))
                .map(|(name, value)| (percent_decode_str(name), percent_decode_str(value)))
                // An empty value is as good as none, and the case of a name is not looked at.
                .filter(|(name, _)| name.clone().decode_utf8_lossy().eq_ignore_ascii_case(rule.name))
                .map(|(_, value)| value.decode_utf8_lossy().into_owned())
                .filter(|value| !value.is_empty())
                .collect()
        };
        for rule in rules.iter().filter(|rule| rule.is_required) {
            if given(rule).is_empty() {
                let name = rule.name.to_ascii_lowercase();
                let message = format!("Request query must have required property '{name}'");
                self.add(&["query"], "required", message);
            }
        }
        for rule in rules {
            self.check_values(*rule, &given(rule));
        }
    }

    fn check_values(&mut self, rule: Rule, values: &[String]) {
        let name = rule.name.to_ascii_lowercase();
        let allowed = || format!("equal to one of the allowed values: {}", rule.choices.join(", "));
        let is_wrong = |value: &String| !rule.choices.is_empty() && !rule.choices.contains(&value.as_str());
        if rule.is_list {
            for (position, _) in values.iter().enumerate().filter(|(_, value)| is_wrong(value)) {
                let message = format!("Request query parameter {name}.{position} must be {}", allowed());
                self.add(&["query", &name, &position.to_string()], "enum", message);
            }
            return;
        }
        if values.len() > 1 {
            let message = format!("Request query parameter {name} must be string");
            self.add(&["query", &name], "type", message);
        }
        // Several values are not one of those that may be given, whatever they are.
        let is_wrong = values.first().is_some_and(is_wrong) || (values.len() > 1 && !rule.choices.is_empty());
        if is_wrong {
            let message = format!("Request query parameter {name} must be {}", allowed());
            self.add(&["query", &name], "enum", message);
        }
    }
}

#[cfg(test)]
mod tests {
    use fhir::json::Json;

    use super::{Rule, Violations};

    const RULES: [Rule; 4] = [
        Rule::required("start"),
        Rule::required("status").one_of(&["free"]),
        Rule::optional("_include:recurse").list().one_of(&["a", "b"]),
        Rule::optional("patientNHSNumber"),
    ];

    fn told(query: &str) -> Vec<String> {
        let mut found = Violations::default();
        found.check_query(query, &RULES);
        let message = |one: &Json| {
            let message = one.text("message").unwrap();
            message.trim_start_matches("Request query ").to_owned()
        };
        found.told.iter().map(message).collect()
    }

    #[test]
    fn parameters_are_compared_with_the_document() {
        let check = |query: &str, expected: &[&str]| assert_eq!(told(query), expected, "{query}");
        check("start=x&status=free", &[]);
        check("START=x&Status=free&unknown=1", &[]);
        check(
            "start=%67e&status=f%72ee&_include%3Arecurse=a&_include:recurse=b",
            &[],
        );
        check(
            "",
            &[
                "must have required property 'start'",
                "must have required property 'status'",
            ],
        );
        check("start=&status=free", &["must have required property 'start'"]);
        check(
            "status=busy",
            &[
                "must have required property 'start'",
                "parameter status must be equal to one of the allowed values: free",
            ],
        );
        check(
            "start=x&status=free&status=free&patientnhsnumber=1&patientNHSNumber=2",
            &[
                "parameter status must be string",
                "parameter status must be equal to one of the allowed values: free",
                "parameter patientnhsnumber must be string",
            ],
        );
        check(
            "start=x&status=free&_include:recurse=a&_include:recurse=a,b",
            &["parameter _include:recurse.1 must be equal to one of the allowed values: a, b"],
        );
    }

    #[test]
    fn what_is_told_does_not_grow_with_the_request() {
        assert_eq!(told(&"_include:recurse=x&".repeat(1_000)).len(), super::MOST_TOLD);
    }
}
