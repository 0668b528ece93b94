//! The made-up people to choose from, by name and story, and what each says in the fields of a form.

use mock_nhs_interfaces::interface::FieldKind;
use mock_nhs_interfaces::population::Person;
use mock_nhs_interfaces::statement::FieldStatement;
use mock_nhs_interfaces::value::NhsNumber;
use serde_json::Value;

use crate::app::App;
use crate::web::summary::say;

/// Somebody, as far as forms ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// Ten digits.
    pub(super) number: String,
    pub(super) name: String,
    family: String,
    given: String,
    born: String,
    gender: String,
    postcode: String,
    practice: String,
}

/// One person in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) number: String,
    pub(super) title: String,
    pub(super) is_chosen: bool,
}

/// The list: those with a story.
pub(super) fn choices(app: &App, chosen: &str) -> Vec<Choice> {
    let people = app.nhs.population().people().iter();
    people
        .map(|person| {
            let number = person.nhs_number.to_string();
            Choice {
                title: title(person),
                is_chosen: number == chosen,
                number,
            }
        })
        .collect()
}

fn title(person: &Person) -> String {
    let name = crate::web::words::shorten(&person.display_name, 40);
    if person.story.is_empty() {
        name
    } else {
        format!("{name}: {}", crate::web::words::shorten(&person.story, 110))
    }
}

impl Known {
    /// From a Patient of the workspace's records.
    pub(super) fn of_patient(number: NhsNumber, patient: &Value) -> Self {
        let name = say::usual_name(patient);
        let part = |found: Option<&Value>| found.and_then(say::text).unwrap_or_default();
        let practice = say::at(patient, "/generalPractitioner/0");
        Self {
            number: number.to_string(),
            name: name.and_then(say::name).unwrap_or_default(),
            family: part(name.map(|name| &name["family"])),
            given: part(name.map(|name| say::at(name, "/given/0"))),
            born: say::text(&patient["birthDate"]).unwrap_or_default(),
            gender: say::text(&patient["gender"]).unwrap_or_default(),
            postcode: say::text(say::at(patient, "/address/0/postalCode")).unwrap_or_default(),
            practice: say::text(say::at(practice, "/identifier/value")).unwrap_or_default(),
        }
    }

    /// What this person says in the field; `None` where it does not ask for somebody.
    pub(super) fn says(&self, field: &FieldStatement) -> Option<String> {
        if field.kind == FieldKind::NhsNumber {
            // What stands before the number in the field's own example stays before it.
            let before = field
                .example
                .rsplit_once('|')
                .map(|(system, _)| format!("{system}|"));
            return Some(before.unwrap_or_default() + &self.number);
        }
        let known = match field.name.to_ascii_lowercase().as_str() {
            "family" | "_family" => &self.family,
            "given" | "_given" => &self.given,
            "birthdate" if field.example.starts_with("eq") => return Some(format!("eq{}", self.born)),
            "birthdate" => &self.born,
            "gender" => &self.gender,
            "address-postalcode" | "address-postcode" => &self.postcode,
            "general-practitioner" => &self.practice,
            "patient" | "subject" => return Some(self.number.clone()),
            "patient.identifier" | "identifier" if field.example.contains(say::NHS_NUMBER) => {
                return Some(format!("{}|{}", say::NHS_NUMBER, self.number));
            }
            _ => return None,
        };
        Some(known.clone())
    }
}

/// The first NHS number in a text.
pub(super) fn number_in(text: &str) -> Option<String> {
    text.split(|letter: char| !letter.is_ascii_digit())
        .filter(|digits| digits.len() == 10)
        .find(|digits| digits.parse::<NhsNumber>().is_ok())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::number_in;

    #[test]
    fn a_number_is_found_by_its_check_digit() {
        assert_eq!(
            number_in("/Patient/9000000009?x=1").as_deref(),
            Some("9000000009")
        );
        assert_eq!(number_in("a 9000000000 b 19000000009"), None);
    }
}
