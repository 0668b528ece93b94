//! Which searches the sandbox has an answer to.

use axum::body::Body;
use bytes::Bytes;
use http::{Response, StatusCode};

use super::super::bundle;
use super::super::error::{
    ADDITIONAL_PROPERTIES, INVALID_SEARCH_DATA, MISSING_VALUE, Refused, TOO_MANY_MATCHES, UNSUPPORTED_SERVICE,
};
use super::super::search_patients::parameters::decoded;
use super::{Answered, check_headers, people};
use crate::api_platform::shortened;
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::FHIR_JSON;

const KNOWN: [&str; 15] = [
    "_fuzzy-match",
    "_exact-match",
    "_history",
    "_max-results",
    "family",
    "given",
    "gender",
    "birthdate",
    "death-date",
    "history",
    "address-postcode",
    "address-postalcode",
    "general-practitioner",
    "email",
    "phone",
];
/// Parameters that are looked at.
const MOST_PARAMETERS: usize = 100;

/// What a search is answered with.
#[derive(Clone, Copy)]
enum Canned {
    /// These people, with these scores.
    People(&'static [(&'static str, f64)]),
    TooMany,
    NoExample,
}
use Canned::{NoExample, People, TooMany};

const NOBODY: Canned = People(&[]);

/// What was asked, decoded.
struct Asked(Vec<(String, String)>);

impl Asked {
    fn read(query: &str) -> Self {
        let text = |text: &str| decoded(text).map_or_else(|| text.to_owned(), |text| text.into_owned());
        let pairs = query.split('&').take(MOST_PARAMETERS);
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self(
            pairs
                .map(|(name, value)| (text(name), text(value)))
                .filter(|(name, _)| !name.is_empty())
                .collect(),
        )
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    }

    fn one(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(given, _)| given == name)
            .map_or("", |(_, value)| value.as_str())
    }

    fn nth(&self, name: &str, place: usize) -> &str {
        self.0
            .iter()
            .filter(|(given, _)| given == name)
            .nth(place)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Whether a parameter is one of these texts.
    fn is(&self, name: &str, values: &[&str]) -> bool {
        values.contains(&self.one(name))
    }

    /// The first date of birth, without `eq`.
    fn born(&self) -> &str {
        let born = self.one("birthdate");
        born.strip_prefix("eq").unwrap_or(born)
    }
}

/// Answers a search.
pub(in super::super) fn search_patients(exchange: &Exchange<'_>) -> Answered {
    check_headers(exchange)?;
    let asked = Asked::read(exchange.query());
    check(&asked)?;
    let found = match answer(&asked) {
        People(found) => found,
        TooMany => return Err(Refused::plainly(&TOO_MANY_MATCHES)),
        NoExample => return Ok(no_example()),
    };
    let mut entries = Vec::with_capacity(found.len());
    for (number, score) in found {
        if let Some(record) = people::searchable(exchange.population(), number) {
            let text = Bytes::from(people::found_text(&record)?);
            entries.push((format!("{}/Patient/{number}", bundle::AT_THE_NHS), text, *score));
        }
    }
    bundle::answer(exchange, &entries)
}

fn no_example() -> Response<Body> {
    let body = concat!(
        r#"{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"not-supported","diagnostics":"#,
        r#""This mock endpoint has no example response for this combination of search parameters"}]}"#
    );
    reply(StatusCode::OK, FHIR_JSON, body)
}

fn check(asked: &Asked) -> Result<(), Refused> {
    if asked.0.is_empty() {
        return Err(Refused::plainly(&UNSUPPORTED_SERVICE));
    }
    let mut unknown: Vec<&str> = Vec::new();
    for (name, _) in &asked.0 {
        if !KNOWN.contains(&name.as_str()) && !unknown.contains(&name.as_str()) {
            unknown.push(name);
        }
    }
    // One is named; three are always these; two, and more than three, pass: so does the sandbox.
    let named = match unknown.as_slice() {
        [one] => format!("'{}' was", shortened(one)),
        [_, _, _] => "'model', 'manufacturer', 'year' were".to_owned(),
        _ => String::new(),
    };
    if !named.is_empty() {
        return Err(Refused::saying(
            &ADDITIONAL_PROPERTIES,
            format!(
                "Invalid request with error - Additional properties are not allowed ({named} unexpected)"
            ),
        ));
    }
    for field in ["birthdate", "death-date"] {
        if let Some(wrong) = asked.all(field).find(|date| !is_date(date)) {
            return Err(Refused::invalid(field, wrong));
        }
    }
    if asked.all("birthdate").next().is_none() {
        return Err(Refused::saying(
            &MISSING_VALUE,
            "Missing value - 'birth_date/birth_date_range_start/birth_date_range_end'",
        ));
    }
    if asked.all("family").next().is_none() {
        return Err(Refused::saying(
            &INVALID_SEARCH_DATA,
            "Invalid search data provided - 'No searches were performed as the search criteria did not meet the \
             minimum requirements'",
        ));
    }
    Ok(())
}

/// Whether a text has the shape of a date, with or without `eq`, `ge` or `le`.
fn is_date(text: &str) -> bool {
    let day = ["eq", "ge", "le"]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(text);
    day.len() == 10
        && day.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

const SMITH: &[&str] = &["Smith", "smith"];
const STARTS: &[&str] = &["Sm*", "sm*"];
const MALE: &[&str] = &["Male", "male"];
const FEMALE: &[&str] = &["Female", "female"];

/// The answer to a search, in the order in which the sandbox looks.
fn answer(asked: &Asked) -> Canned {
    let fuzzy = asked.one("_fuzzy-match") == "true";
    fuzzy
        .then(|| fuzzy_answer(asked))
        .flatten()
        .or_else(|| historic_answer(asked))
        .or_else(|| wildcard_answer(asked))
        .or_else(|| smith_answer(asked))
        .or_else(|| other_answer(asked))
        .unwrap_or(NoExample)
}

fn fuzzy_answer(asked: &Asked) -> Option<Canned> {
    let (family, given, born) = (asked.one("family"), asked.one("given"), asked.born());
    let (phone, email) = (asked.one("phone"), asked.one("email"));
    let postcode = asked.one("address-postalcode");
    Some(match (family, given, born) {
        ("Blogs", "Joe", "1955-11-05") => People(&[("9693632109", 1.0)]),
        ("ATTSÖN", "PÀULINÉ", "1960-07-14") => People(&[("9693633148", 0.9317), ("9693633121", 0.9077)]),
        _ if phone == "01222111111" && email == "test@test.com" => People(&[("5900022366", 0.8827)]),
        ("Smythe", "Mat", "ge2000-05-03") if asked.one("gender") == "male" && postcode == "DN17 4AA" => {
            if email == "rubbish@work.com" {
                NOBODY
            } else {
                People(&[("5069635395", 0.8827), ("5502481484", 0.8827)])
            }
        }
        ("MED" | "HUME", "Casey", "1999-09-09") => People(&[("9733162450", 0.6806)]),
        ("MED", "Casey", "2024-01-12") => NOBODY,
        ("LEEKE", "Horace", "1956-05-02") if postcode == "DN16" => NOBODY,
        _ => match (phone, email) {
            ("", "") => People(&[("9000000017", 0.8976)]),
            ("01632960587", "") | ("", "jane.smith@example.com") => People(&[("9000000009", 0.9124)]),
            ("01632960587", "jane.smith@example.com") => People(&[("9000000009", 0.9542)]),
            _ => return None,
        },
    })
}

fn historic_answer(asked: &Asked) -> Option<Canned> {
    let with_history = !asked.one("_history").is_empty();
    let (family, born, email) = (asked.one("family"), asked.born(), asked.one("email"));
    let is_sam = SMITH.contains(&family) && asked.is("gender", MALE) && born == "2000-05-05";
    if is_sam && email == "Historic@historic.com" {
        return Some(if with_history {
            People(&[("5900020584", 1.0)])
        } else {
            NOBODY
        });
    }
    let is_smith = SMITH.contains(&family) || STARTS.contains(&family);
    let is_rubbish = email == "rubbish@test.com" && asked.one("phone") == "01234123123";
    if is_smith && asked.is("gender", MALE) && born == "2000-05-05" && is_rubbish {
        return Some(NOBODY);
    }
    if with_history && family == "HUME" && born == "1999-09-09" {
        return Some(People(&[("9733162450", 0.6806)]));
    }
    let is_med = matches!(family, "MED" | "HUME") && matches!(born, "2024-01-12" | "1999-09-09");
    (is_med && asked.is("gender", &["male", "female"])).then_some(NOBODY)
}

fn wildcard_answer(asked: &Asked) -> Option<Canned> {
    const JANE: Canned = People(&[("9000000009", 1.0)]);
    if !asked.is("family", STARTS) {
        return None;
    }
    let (phone, email, most) = (asked.one("phone"), asked.one("email"), asked.one("_max-results"));
    let wants_one = most.parse::<i64>().is_ok_and(|most| most < 2);
    match (phone, email) {
        ("", "") if most.is_empty() => Some(People(&[("9000000009", 0.8343), ("9000000017", 0.8343)])),
        ("", "") => wants_one.then_some(TooMany),
        ("", _) | (_, "") if wants_one => Some(JANE),
        ("01632960587", "" | "jane.smith@example.com") | ("", "jane.smith@example.com") => Some(JANE),
        (_, "janet.smythe@example.com") => Some(JANE),
        ("01234123123", "test@test.com") if asked.born() == "2000-05-05" => Some(SEVERAL_SAMS),
        _ => None,
    }
}

const SEVERAL_SAMS: Canned = People(&[("5069635395", 1.0), ("5502481484", 1.0)]);

fn smith_answer(asked: &Asked) -> Option<Canned> {
    if asked.is("family", &["Smythe", "smythe"]) {
        return Some(People(&[("9000000025", 1.0)]));
    }
    if !asked.is("family", SMITH) {
        return None;
    }
    let (phone, email, born) = (asked.one("phone"), asked.one("email"), asked.born());
    if asked.is("gender", FEMALE) {
        let range = born == "ge2010-10-21" && asked.nth("birthdate", 1) == "le2010-10-23";
        let is_jane = matches!(phone, "" | "01632960587") && matches!(email, "" | "jane.smith@example.com");
        if (born == "2010-10-22" || range) && is_jane {
            return Some(People(&[("9000000009", 1.0)]));
        }
        let is_deb = email == "deb.trotter@example.com" && phone == "0121111111";
        return (asked.one("gender") == "female" && born == "2010-10-22" && is_deb).then_some(NOBODY);
    }
    if !asked.is("gender", MALE) {
        return None;
    }
    match (asked.one("given"), asked.nth("given", 1)) {
        ("John Paul", "James") => Some(People(&[("9000000015", 0.75)])),
        ("Sam", "Bob") if born == "2000-05-05" => Some(People(&[("5900030741", 1.0)])),
        _ if born != "2000-05-05" => None,
        _ if phone == "01234123123" && email == "test@test.com" => Some(SEVERAL_SAMS),
        _ if postcode(asked) == "DN17*" => Some(People(&[("5900020584", 0.9259), ("5900022366", 0.9259)])),
        _ => None,
    }
}

fn postcode(asked: &Asked) -> &str {
    let new = asked.one("address-postalcode");
    if new.is_empty() {
        asked.one("address-postcode")
    } else {
        new
    }
}

fn other_answer(asked: &Asked) -> Option<Canned> {
    let (family, born, gender) = (asked.one("family"), asked.born(), asked.one("gender"));
    let wants_one = asked.one("_max-results") == "1";
    let is_exact = !asked.one("_exact-match").is_empty();
    Some(match (family, born) {
        ("CUFF" | "Cuff", "1926-01-07") if asked.is("gender", FEMALE) => {
            People(&[("5900050777", 1.0), ("9732019395", 1.0)])
        }
        ("Muir", "2017-09-06") if asked.is("gender", MALE) && asked.one("phone") == "00917855986859" => {
            People(&[("9732019506", 1.0)])
        }
        ("Me*", "2015-10-22") if asked.one("general-practitioner") == "A20047" => {
            People(&[("9733162337", 0.9259)])
        }
        ("TUNNEY", "ge1980-01-01") if asked.one("death-date") == "le2019-02-28" => {
            People(&[("9733163201", 1.0)])
        }
        ("McMatch-Single", "1954-10-26") if gender == "male" && postcode(asked) == "BAP 4WG" => {
            People(&[("5900054586", 1.0)])
        }
        ("McMatch-Multiple", "1997-08-20") if postcode(asked) == "DN19 7UD" => {
            People(&[("5900033104", 1.0), ("5900033333", 1.0)])
        }
        ("Jones", "ge1992-01-01") if gender == "male" => People(&[("5900035697", 1.0)]),
        ("Godsoe", "1936-02-24") if gender == "male" => People(&[("9693632125", 1.0)]),
        ("Massam", "1920-08-11" | "le1920-08-11") => People(&[("9693632966", 1.0)]),
        ("YOUDS", _) if wants_one => TooMany,
        ("YOUDS", _) => People(&[
            ("9693633679", 1.0),
            ("9693633687", 1.0),
            ("9693633695", 1.0),
            ("9693633709", 1.0),
        ]),
        ("Spiderman" | "Bingham", "1962-07-31" | "1934-12-18") => NOBODY,
        ("KNAPP" | "Knapp" | "knapp", "1943-07-03") if asked.is("gender", FEMALE) && is_exact => {
            People(&[("9736363120", 1.0)])
        }
        ("KNAPP" | "Knapp" | "knap", "1943-07-03") if asked.is("gender", FEMALE) => NOBODY,
        _ => return None,
    })
}
