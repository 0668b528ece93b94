//! FHIR's XML, made from its JSON by the definitions of R4, which say the order of elements.
//! <https://hl7.org/fhir/R4/xml.html>
//!
//! Only writing: nothing that a caller sends is read as XML.

use definitions::{Child, Node};
use fhir::json::Json;

const NAMESPACE: &str = "http://hl7.org/fhir";

/// A resource as XML; members that no definition has come last, in their own order.
pub(crate) fn written(resource: &Json) -> String {
    let mut out = String::with_capacity(1024);
    write_resource(resource, &mut out);
    out
}

// Invariant: depth is bounded, because the JSON that is written was parsed, or made here, within `fhir::json::MAX_DEPTH`.
fn write_resource(resource: &Json, out: &mut String) {
    let name = resource.text("resourceType").unwrap_or("Resource");
    open(name, out);
    attribute("xmlns", NAMESPACE, out);
    out.push('>');
    write_children(Node::of_type(name), resource, &["resourceType"], out);
    close(name, out);
}

/// Writes the members of an object, but those in `without`, which stand elsewhere.
fn write_children(node: Option<Node>, object: &Json, without: &[&str], out: &mut String) {
    let members = object.as_object().unwrap_or_default();
    let mut names: Vec<(usize, &str, Option<Child>)> = Vec::with_capacity(members.len());
    for (key, _) in members {
        let name = key.strip_prefix('_').unwrap_or(key);
        // What has both a value and parts beside it is one element.
        let is_second = key.starts_with('_') && object.get(name).is_some();
        if is_second || without.contains(&name) {
            continue;
        }
        let child = node.and_then(|node| node.child(name));
        names.push((place(node, child), name, child));
    }
    names.sort_by_key(|(place, ..)| *place);
    for (_, name, child) in names {
        let beside = object.get(&format!("_{name}"));
        match object.get(name) {
            Some(Json::Array(items)) => {
                for (position, item) in items.iter().enumerate() {
                    let beside = beside.and_then(Json::as_array).and_then(|all| all.get(position));
                    write_element(name, item, beside, child, out);
                }
            }
            Some(value) => write_element(name, value, beside, child, out),
            None => {
                for beside in beside.map(Json::items).into_iter().flatten() {
                    write_element(name, &Json::Null, Some(beside), child, out);
                }
            }
        }
    }
}

/// Where the definition has this element among its siblings.
fn place(node: Option<Node>, child: Option<Child>) -> usize {
    let place = node.zip(child).and_then(|(node, child)| {
        node.children()
            .position(|element| std::ptr::eq(element, child.element))
    });
    place.unwrap_or(usize::MAX)
}

fn write_element(name: &str, value: &Json, beside: Option<&Json>, child: Option<Child>, out: &mut String) {
    let type_name = child.map_or("", Child::type_name);
    match value {
        Json::Object(_) if value.get("resourceType").is_some() => {
            open(name, out);
            out.push('>');
            write_resource(value, out);
            close(name, out);
        }
        Json::Object(_) => {
            open(name, out);
            let mut attributes = vec!["id"];
            if type_name == "Extension" {
                attributes.push("url");
            }
            for attribute_name in &attributes {
                if let Some(text) = value.text(attribute_name) {
                    attribute(attribute_name, text, out);
                }
            }
            out.push('>');
            write_children(child.and_then(Child::node), value, &attributes, out);
            close(name, out);
        }
        // Narrative is XML already: `fhir` checks it when a resource is accepted.
        Json::String(text) if type_name == "xhtml" => out.push_str(text),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
            write_primitive(name, value, beside, out);
        }
    }
}

fn write_primitive(name: &str, value: &Json, beside: Option<&Json>, out: &mut String) {
    let beside = beside.filter(|beside| beside.as_object().is_some());
    if value.is_null() && beside.is_none() {
        return;
    }
    open(name, out);
    if let Some(id) = beside.and_then(|beside| beside.text("id")) {
        attribute("id", id, out);
    }
    match value {
        Json::String(text) => attribute("value", text, out),
        Json::Bool(is) => attribute("value", if *is { "true" } else { "false" }, out),
        Json::Number(number) => attribute("value", number, out),
        Json::Null | Json::Array(_) | Json::Object(_) => {}
    }
    if beside.is_some_and(|beside| beside.get("extension").is_some()) {
        out.push('>');
        if let Some(beside) = beside {
            write_children(Node::of_type("Element"), beside, &["id"], out);
        }
        close(name, out);
    } else {
        out.push_str("/>");
    }
}

fn open(name: &str, out: &mut String) {
    out.push('<');
    out.push_str(name);
}

fn close(name: &str, out: &mut String) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(value, out);
    out.push('"');
}

/// Text as it stands in XML; characters that XML 1.0 cannot hold become the replacement character.
/// Source: <https://www.w3.org/TR/xml/#charsets>
pub(crate) fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use fhir::json::Json;

    use super::written;

    fn check(json: &str, expected: &str) {
        let xml = written(&Json::parse(json.as_bytes()).unwrap());
        assert_eq!(xml, expected.replace("NS", "xmlns=\"http://hl7.org/fhir\""));
    }

    #[test]
    fn elements_stand_in_the_order_of_their_definition() {
        check(
            r#"{"name":"A & B","active":true,"id":"x","resourceType":"Organization"}"#,
            r#"<Organization NS><id value="x"/><active value="true"/><name value="A &amp; B"/></Organization>"#,
        );
    }

    #[test]
    fn extensions_have_their_address_in_an_attribute() {
        check(
            r#"{"resourceType":"Basic","extension":[{"url":"http://x/a","valueInteger":1},{"url":"http://x/b","extension":[{"url":"c","valueCoding":{"code":"k","system":"http://s"}}]}]}"#,
            r#"<Basic NS><extension url="http://x/a"><valueInteger value="1"/></extension><extension url="http://x/b"><extension url="c"><valueCoding><system value="http://s"/><code value="k"/></valueCoding></extension></extension></Basic>"#,
        );
    }

    #[test]
    fn parts_beside_a_primitive_stand_inside_it() {
        check(
            r#"{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"extension":[{"url":"u","valueCode":"v"}]}]}],"_birthDate":{"id":"b"},"birthDate":"1970-03-30"}"#,
            r#"<Patient NS><name><given value="A"/><given><extension url="u"><valueCode value="v"/></extension></given></name><birthDate id="b" value="1970-03-30"/></Patient>"#,
        );
    }

    #[test]
    fn resources_inside_resources_and_narrative_are_whole() {
        check(
            r#"{"resourceType":"Bundle","type":"searchset","entry":[{"fullUrl":"http://x","resource":{"resourceType":"Basic","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"}}}]}"#,
            r#"<Bundle NS><type value="searchset"/><entry><fullUrl value="http://x"/><resource><Basic NS><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">a</div></text></Basic></resource></entry></Bundle>"#,
        );
    }

    #[test]
    fn nothing_breaks_out_of_an_attribute() {
        check(
            "{\"resourceType\":\"Basic\",\"id\":\"a\\\"><b>\\u0001\\n\"}",
            "<Basic NS><id value=\"a&quot;&gt;&lt;b&gt;\u{FFFD}&#10;\"/></Basic>",
        );
    }
}
