//! The parts of a record, from the little that differs between people.

use fhir_types::patient::{
    AddressUse, ContactPointSystem, ContactPointUse, NameUse, PostalAddress, Practice, RecordedName, Telecom,
};
use time::Date;

pub(crate) fn name(id: &str, kind: NameUse, given: &[&str], family: &str, since: Date) -> RecordedName {
    RecordedName {
        id: id.to_owned(),
        kind,
        since: Some(since),
        until: None,
        given: given.iter().map(|text| (*text).to_owned()).collect(),
        family: Some(family.to_owned()),
        prefix: None,
        suffix: None,
    }
}

pub(crate) fn titled(prefix: &str, name: RecordedName) -> RecordedName {
    RecordedName {
        prefix: Some(prefix.to_owned()),
        ..name
    }
}

pub(crate) fn address(
    id: &str,
    kind: AddressUse,
    lines: &[&str],
    postcode: &str,
    since: Date,
) -> PostalAddress {
    PostalAddress {
        id: id.to_owned(),
        kind,
        since: Some(since),
        until: None,
        text: None,
        lines: lines
            .iter()
            .filter(|line| !line.is_empty())
            .map(|line| (*line).to_owned())
            .collect(),
        postcode: (!postcode.is_empty()).then(|| postcode.to_owned()),
        paf_key: None,
        uprn: None,
    }
}

pub(crate) fn telecom(
    id: &str,
    system: ContactPointSystem,
    kind: ContactPointUse,
    value: &str,
    since: Date,
) -> Telecom {
    Telecom {
        id: Some(id.to_owned()),
        system,
        value: value.to_owned(),
        kind: Some(kind),
        since: Some(since),
        until: None,
        other_system: None,
    }
}

pub(crate) fn practice(id: &str, ods_code: &str, since: Date) -> Practice {
    Practice {
        id: Some(id.to_owned()),
        ods_code: ods_code.to_owned(),
        since: Some(since),
        until: None,
    }
}
