//! What refers to what: a picture of lines between boxes, made on the server, and the same as a list beside it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::web::summary::{kinds, plain, records};
use crate::web::words;

/// References in the list.
const MOST_LINKS: usize = 200;
/// Boxes in a column of the picture.
const MOST_BOXES: usize = 24;
/// Measures of the picture, in its own units.
const WIDTH: usize = 620;
const BOX_WIDTH: usize = 246;
const BOX_HEIGHT: usize = 48;
const STEP: usize = 64;

/// Everything that an answer refers to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Links {
    pub(super) links: Vec<Link>,
    pub(super) left_out: usize,
    /// The picture, as SVG without a style; empty where nothing refers to anything.
    pub(super) picture: String,
    /// What the picture shows, in one sentence.
    pub(super) told: String,
}

/// One reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// What refers.
    pub(super) from: String,
    /// As what.
    pub(super) field: String,
    /// What is referred to.
    pub(super) to: String,
    /// Its type and id, where it is in this workspace.
    pub(super) target: Option<(String, String)>,
    /// The record of the answer that refers.
    pub(super) place: usize,
}

/// Finds them.
pub(super) fn links(answer: &Value) -> Links {
    let records = records(answer);
    let names: Vec<(String, String)> = records
        .iter()
        .filter_map(|(_, record)| {
            let kind = record["resourceType"].as_str()?;
            let id = record["id"].as_str()?;
            Some((format!("{kind}/{id}"), named(record)))
        })
        .collect();
    let mut found = Links::default();
    for (place, record) in &records {
        let from = named(record);
        find(record, "", &mut |field, reference| {
            if found.links.len() >= MOST_LINKS {
                found.left_out += 1;
                return;
            }
            found.links.push(link(*place, &from, field, reference, &names));
        });
    }
    let (picture, is_whole) = picture(&found.links);
    found.told = if found.links.is_empty() {
        "Nothing in this answer refers to another record.".to_owned()
    } else {
        let count = u64::try_from(found.links.len()).unwrap_or_default();
        let whole = if is_whole {
            ""
        } else {
            " The picture shows the first of them."
        };
        format!(
            "{} from the answer to other records.{whole}",
            words::count(count, "reference")
        )
    };
    found.picture = picture;
    found
}

fn named(record: &Value) -> String {
    let kind = record["resourceType"].as_str().unwrap_or_default();
    let title = kinds::title(record);
    let name = kinds::name(kind);
    let whole = if title.starts_with(name) {
        title
    } else {
        format!("{name} {title}")
    };
    words::shorten(&words::visible(&whole), 80)
}

fn find(value: &Value, field: &str, each: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            if members.get("reference").is_some_and(Value::is_string) {
                each(field, value);
            }
            for (name, member) in members {
                // Data types have names of their own that say less than the field they are in.
                let outer = field.is_empty()
                    || !matches!(name.as_str(), "reference" | "actor" | "individual" | "item");
                find(member, if outer { name } else { field }, each);
            }
        }
        Value::Array(several) => several.iter().for_each(|one| find(one, field, each)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn link(place: usize, from: &str, field: &str, reference: &Value, names: &[(String, String)]) -> Link {
    let written = reference["reference"].as_str().unwrap_or_default();
    let target = relative(written);
    let short = target.as_ref().map(|(kind, id)| format!("{kind}/{id}"));
    let inside = short
        .as_ref()
        .and_then(|short| names.iter().find(|(known, _)| known == short));
    let to = match (inside, reference["display"].as_str(), &target) {
        (Some((_, name)), ..) => name.clone(),
        (None, Some(display), Some((kind, _))) => format!("{} {display}", kinds::name(kind)),
        (None, Some(display), None) => display.to_owned(),
        (None, None, Some((kind, id))) => format!("{} {id}", kinds::name(kind)),
        (None, None, None) => written.to_owned(),
    };
    Link {
        from: from.to_owned(),
        field: plain::label(field),
        to: words::shorten(&words::visible(&to), 80),
        target,
        place,
    }
}

/// Type and id of a reference to a record of ours: the last two segments, or those before `_history`.
fn relative(written: &str) -> Option<(String, String)> {
    let path = written.split(['?', '#']).next()?;
    let path = path.split("/_history/").next()?;
    let mut segments = path.rsplit('/');
    let (id, kind) = (segments.next()?, segments.next()?);
    let is_type = kind.starts_with(|letter: char| letter.is_ascii_uppercase())
        && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_id = !id.is_empty()
        && id.len() <= 64
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    (is_type && is_id).then(|| (kind.to_owned(), id.to_owned()))
}

/// What refers on the left, what is referred to on the right, a line for each; and whether all of it is there.
fn picture(links: &[Link]) -> (String, bool) {
    let mut left: Vec<(&str, String)> = Vec::new();
    let mut right: Vec<(&str, String)> = Vec::new();
    let mut lines: Vec<(usize, usize)> = Vec::new();
    let mut is_whole = true;
    for link in links {
        let from = place_of(&mut left, &link.from, "");
        let to = place_of(&mut right, &link.to, &link.field);
        match (from, to) {
            (Some(from), Some(to)) if !lines.contains(&(from, to)) => lines.push((from, to)),
            (Some(_), Some(_)) => {}
            _ => is_whole = false,
        }
    }
    if lines.is_empty() {
        return (String::new(), is_whole);
    }
    let height = left.len().max(right.len()) * STEP + 8;
    let mut svg = String::new();
    let _ = write!(
        svg,
        r#"<svg class="c4h-graph" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-labelledby="links-told" focusable="false">"#
    );
    let right_x = WIDTH - BOX_WIDTH - 2;
    for (from, to) in &lines {
        let (y1, y2) = (middle(*from), middle(*to));
        let (x1, x2) = (BOX_WIDTH + 2, right_x);
        let half = x1.midpoint(x2);
        let _ = write!(
            svg,
            r#"<path class="c4h-graph__line" d="M{x1} {y1}C{half} {y1} {half} {y2} {x2} {y2}"/>"#
        );
    }
    for (place, (name, _)) in left.iter().enumerate() {
        draw(&mut svg, 2, place, name, "");
    }
    for (place, (name, field)) in right.iter().enumerate() {
        draw(&mut svg, right_x, place, name, field);
    }
    svg.push_str("</svg>");
    (svg, is_whole)
}

fn place_of<'l>(column: &mut Vec<(&'l str, String)>, name: &'l str, field: &str) -> Option<usize> {
    if let Some(place) = column.iter().position(|(known, _)| *known == name) {
        if let Some((_, fields)) = column.get_mut(place)
            && !fields.contains(field)
            && fields.len() < 40
        {
            let _ = write!(fields, ", {field}");
        }
        return Some(place);
    }
    (column.len() < MOST_BOXES).then(|| {
        column.push((name, field.to_owned()));
        column.len() - 1
    })
}

const fn middle(place: usize) -> usize {
    place * STEP + 4 + BOX_HEIGHT / 2
}

fn draw(svg: &mut String, x: usize, place: usize, name: &str, field: &str) {
    let y = place * STEP + 4;
    let _ = write!(
        svg,
        r#"<rect class="c4h-graph__box" x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="4"/>"#
    );
    let text_x = x + 12;
    let name = escaped(&words::shorten(name, 25));
    if field.is_empty() {
        let _ = write!(
            svg,
            r#"<text class="c4h-graph__name" x="{text_x}" y="{}">{name}</text>"#,
            y + 30
        );
        return;
    }
    let field = escaped(&words::shorten(field, 28));
    let _ = write!(
        svg,
        r#"<text class="c4h-graph__name" x="{text_x}" y="{}">{name}</text>"#,
        y + 21
    );
    let _ = write!(
        svg,
        r#"<text class="c4h-graph__field" x="{text_x}" y="{}">as {field}</text>"#,
        y + 39
    );
}

/// A text inside of an element.
pub(in crate::web) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_found_named_and_drawn() {
        let answer = json!({"resourceType":"Bundle","entry":[
            {"resource":{"resourceType":"Appointment","id":"a1","description":"Review <b>",
                "participant":[{"actor":{"reference":"Patient/9000000009"}},{"actor":{"reference":"https://x.example/fhir/Practitioner/p-1/_history/2","display":"Dr Roe"}}]}},
            {"resource":{"resourceType":"Patient","id":"9000000009","name":[{"family":"Smith"}]}}]});
        let found = links(&answer);
        let told: Vec<_> = found
            .links
            .iter()
            .map(|link| (link.from.as_str(), link.field.as_str(), link.to.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("Appointment Review <b>", "Participant", "Patient SMITH"),
                ("Appointment Review <b>", "Participant", "Clinician Dr Roe"),
            ]
        );
        assert_eq!(
            found.links[1].target,
            Some(("Practitioner".to_owned(), "p-1".to_owned()))
        );
        assert!(found.picture.contains("Review &lt;b&gt;") && !found.picture.contains("<b>"));
        assert_eq!(found.picture.matches("<path").count(), 2);
        assert!(found.told.starts_with("2 references"));
        assert!(links(&json!({"a":1})).picture.is_empty());
    }

    #[test]
    fn only_records_have_addresses() {
        for (written, expected) in [
            ("Patient/1", true),
            ("https://x.example/Patient/1", true),
            ("#contained", false),
            ("urn:uuid:0", false),
            ("Patient/", false),
            ("Patient/a b", false),
            ("x/1", false),
        ] {
            assert_eq!(relative(written).is_some(), expected, "{written}");
        }
    }

    #[test]
    fn a_large_answer_keeps_its_picture_small() {
        let entries: Vec<Value> = (0..500)
            .map(|number| json!({"resource":{"resourceType":"Condition","id":number.to_string(),"subject":{"reference":format!("Patient/{number}")}}}))
            .collect();
        let found = links(&json!({"resourceType":"Bundle","entry":entries}));
        assert_eq!((found.links.len(), found.left_out), (MOST_LINKS, 300));
        assert_eq!(found.picture.matches("<rect").count(), 2 * MOST_BOXES);
        assert!(found.told.contains("the first of them"));
    }
}
