//! Which types there are, and which of them an item has.

use super::ast::{Namespace, TypeName};
use super::node::Node;
use super::value::{Value, is_day};
use crate::date::{ClockTime, DateTime};
use crate::json::Json;

/// Names of elements that are a choice of types, without `[x]`, from the R4 definitions. Sorted.
pub(super) const CHOICES: [&str; 76] = [
    "abatement",
    "additive",
    "age",
    "allowed",
    "amount",
    "answer",
    "asNeeded",
    "author",
    "born",
    "bounds",
    "characteristic",
    "chargeItem",
    "code",
    "collected",
    "content",
    "created",
    "date",
    "deceased",
    "defaultValue",
    "definingSubstance",
    "definition",
    "detail",
    "diagnosis",
    "dose",
    "doseNumber",
    "due",
    "duration",
    "effective",
    "entity",
    "event",
    "example",
    "fastingStatus",
    "fixed",
    "identified",
    "indication",
    "instances",
    "item",
    "legallyBinding",
    "location",
    "manufacturer",
    "maxValue",
    "medication",
    "minValue",
    "minimumVolume",
    "module",
    "multipleBirth",
    "name",
    "occurred",
    "occurrence",
    "offset",
    "onset",
    "participantEffective",
    "pattern",
    "performed",
    "probability",
    "procedure",
    "product",
    "quantity",
    "rate",
    "reported",
    "scheduled",
    "seriesDoses",
    "serviced",
    "source",
    "start",
    "statusReason",
    "studyEffective",
    "subject",
    "substance",
    "target",
    "time",
    "timing",
    "topic",
    "used",
    "value",
    "when",
];

/// FHIR's primitive types.
pub(super) const PRIMITIVES: [&str; 20] = [
    "base64Binary",
    "boolean",
    "canonical",
    "code",
    "date",
    "dateTime",
    "decimal",
    "id",
    "instant",
    "integer",
    "markdown",
    "oid",
    "positiveInt",
    "string",
    "time",
    "unsignedInt",
    "uri",
    "url",
    "uuid",
    "xhtml",
];

/// Datatypes that a choice may have.
const DATATYPES: [&str; 31] = [
    "Address",
    "Age",
    "Annotation",
    "Attachment",
    "CodeableConcept",
    "Coding",
    "ContactDetail",
    "ContactPoint",
    "Contributor",
    "Count",
    "DataRequirement",
    "Distance",
    "Dosage",
    "Duration",
    "Expression",
    "HumanName",
    "Identifier",
    "Meta",
    "Money",
    "ParameterDefinition",
    "Period",
    "Quantity",
    "Range",
    "Ratio",
    "Reference",
    "RelatedArtifact",
    "SampledData",
    "Signature",
    "Timing",
    "TriggerDefinition",
    "UsageContext",
];

/// The type that the end of a key states: `Quantity` of `valueQuantity`, `dateTime` of `valueDateTime`.
pub(crate) fn choice_type(suffix: &str) -> Option<&'static str> {
    let datatype = DATATYPES.iter().find(|name| **name == suffix);
    let primitive = || {
        let (first, rest) = suffix.split_at_checked(1)?;
        let lower = first.to_ascii_lowercase();
        let upper = lower != first;
        PRIMITIVES
            .iter()
            .find(|name| upper && name.strip_prefix(&*lower) == Some(rest))
    };
    datatype.or_else(primitive).copied()
}

/// The direct ancestor of a type, below `Element` and `Resource`.
fn parent(name: &str) -> Option<&'static str> {
    match name {
        "code" | "id" | "markdown" => Some("string"),
        "url" | "canonical" | "uuid" | "oid" => Some("uri"),
        "positiveInt" | "unsignedInt" => Some("integer"),
        "Age" | "Count" | "Distance" | "Duration" | "SimpleQuantity" | "MoneyQuantity" => Some("Quantity"),
        _ => None,
    }
}

/// Whether an item has a type. Where the type of an element is not known, its JSON must at least not speak against it.
pub(super) fn is_type(value: &Value<'_>, wanted: &TypeName) -> bool {
    if let Value::Node(node) = value {
        return match wanted.namespace {
            Namespace::Fhir => is_fhir(node, &wanted.name),
            // FHIR's own constraints write `answer is Boolean` (que-7) for what is a FHIR.boolean.
            Namespace::Unnamed => is_fhir(node, &wanted.name) || is_fhir_as_system(node, &wanted.name),
            Namespace::System | Namespace::Unknown => false,
        };
    }
    let system = matches!(wanted.namespace, Namespace::System | Namespace::Unnamed);
    system && system_name(value) == Some(&*wanted.name)
}

/// Whether `as` and `ofType` keep an item: as [`is_type`], but a `code` is no `string` for them.
pub(super) fn is_exactly(value: &Value<'_>, wanted: &TypeName) -> bool {
    let known = value
        .as_node()
        .and_then(|node| node.type_name)
        .filter(|known| PRIMITIVES.contains(known));
    let subtype = known
        .and_then(parent)
        .is_some_and(|parent| *parent == *wanted.name);
    !subtype && is_type(value, wanted)
}

fn system_name(value: &Value<'_>) -> Option<&'static str> {
    match value {
        Value::Node(_) => None,
        Value::Boolean(_) => Some("Boolean"),
        Value::String(_) => Some("String"),
        Value::Integer(_) => Some("Integer"),
        Value::Decimal(_) => Some("Decimal"),
        Value::Date(date) => Some(if is_day(date) { "Date" } else { "DateTime" }),
        Value::Time(_) => Some("Time"),
        Value::Quantity(_) => Some("Quantity"),
    }
}

fn is_fhir_as_system(node: &Node<'_>, name: &str) -> bool {
    let primitive = match name {
        "Boolean" => "boolean",
        "String" => "string",
        "Integer" => "integer",
        "Decimal" => "decimal",
        "Date" => "date",
        "DateTime" => "dateTime",
        "Time" => "time",
        _ => return false,
    };
    is_fhir(node, primitive)
}

fn is_fhir(node: &Node<'_>, name: &str) -> bool {
    if let Some(resource) = node.type_name.filter(|_| node.is_resource()) {
        return match name {
            "Resource" => true,
            "DomainResource" => !matches!(resource, "Bundle" | "Binary" | "Parameters"),
            _ => resource == name,
        };
    }
    match node.type_name {
        Some(known) => {
            known == name
                || name == "Element"
                || parent(known).is_some_and(|parent| parent == name)
                || (name == "BackboneElement" && known.contains('.'))
        }
        None => could_be(node.json, name),
    }
}

fn could_be(json: &Json, name: &str) -> bool {
    if name == "Element" {
        return true;
    }
    match json {
        Json::Bool(_) => name == "boolean",
        Json::Number(text) => match name {
            "decimal" => true,
            "integer" | "positiveInt" | "unsignedInt" => !text.contains(['.', 'e', 'E']),
            _ => false,
        },
        Json::String(text) => match name {
            "boolean" | "decimal" | "integer" | "positiveInt" | "unsignedInt" => false,
            "date" => DateTime::parse_date(text).is_ok(),
            "dateTime" => DateTime::parse_date_time(text).is_ok(),
            "instant" => DateTime::parse_instant(text).is_ok(),
            "time" => ClockTime::parse(text).is_ok(),
            _ => PRIMITIVES.contains(&name),
        },
        Json::Null | Json::Array(_) | Json::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_choices_are_read() {
        assert!(CHOICES.is_sorted() && PRIMITIVES.is_sorted() && DATATYPES.is_sorted());
        for (suffix, expected) in [
            ("Quantity", Some("Quantity")),
            ("DateTime", Some("dateTime")),
            ("Base64Binary", Some("base64Binary")),
            ("dateTime", None),
            ("Set", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(choice_type(suffix), expected, "{suffix}");
        }
    }
}
