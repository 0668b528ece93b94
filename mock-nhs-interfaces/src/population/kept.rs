//! One person in two shapes: as PDS writes them, and as the `Patient` that is kept among the workspace's records.
//!
//! What is kept is a UK Core patient; PDS has older codes, knows some parts that UK Core does not, and leaves others out.
//! Both ways are lossless: a part that nobody changed comes back as it was, whichever door the others were changed by.

use std::collections::HashMap;

use fhir::json::Json;

use super::facts::is_restricted;
use crate::value::NhsNumber;

/// The parts of a patient that PDS has and the record keeps, in the order in which PDS writes them.
pub(crate) const MEMBERS: [&str; 11] = [
    "name",
    "gender",
    "birthDate",
    "multipleBirthInteger",
    "deceasedDateTime",
    "generalPractitioner",
    "managingOrganization",
    "extension",
    "telecom",
    "contact",
    "address",
];
/// Lists whose items PDS knows by an id.
pub(crate) const LISTS_WITH_IDS: [&str; 5] = ["name", "generalPractitioner", "telecom", "contact", "address"];

/// Somebody of the seed, in both shapes, as they were before anybody changed anything.
#[derive(Debug)]
pub(crate) struct Origin {
    /// As PDS writes them, with what it hides.
    pub(crate) pds: Json,
    /// As the record began.
    pub(crate) kept: Json,
}

/// The patient as PDS writes them, with what it hides, from what is kept.
pub(crate) fn to_pds(kept: &Json, number: NhsNumber, version: u32, origin: Option<&Origin>) -> Json {
    let mut pds = head(number, version, is_restricted(kept));
    for member in MEMBERS {
        if let Some(value) = member_to_pds(kept, member, origin) {
            pds.set(member, value);
        }
    }
    for list in LISTS_WITH_IDS {
        for item in pds
            .get_mut(list)
            .and_then(Json::as_array_mut)
            .into_iter()
            .flatten()
        {
            give_id(item, list, number);
        }
    }
    pds
}

fn head(number: NhsNumber, version: u32, restricted: bool) -> Json {
    let (code, display) = if restricted {
        ("R", "restricted")
    } else {
        ("U", "unrestricted")
    };
    let verified = Json::object([
        (
            "system",
            Json::from("https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus"),
        ),
        ("version", "1.0.0".into()),
        ("code", "01".into()),
        ("display", "Number present and verified".into()),
    ]);
    Json::object([
        ("resourceType", Json::from("Patient")),
        ("id", number.to_string().into()),
        ("identifier", vec![identifier(number, verified)].into()),
        (
            "meta",
            Json::object([
                ("versionId", Json::from(version.to_string())),
                (
                    "security",
                    vec![Json::object([
                        (
                            "system",
                            Json::from("http://terminology.hl7.org/CodeSystem/v3-Confidentiality"),
                        ),
                        ("code", code.into()),
                        ("display", display.into()),
                    ])]
                    .into(),
                ),
            ]),
        ),
    ])
}

fn identifier(number: NhsNumber, verified: Json) -> Json {
    let status = Json::object([
        (
            "url",
            Json::from(
                "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
            ),
        ),
        (
            "valueCodeableConcept",
            Json::object([("coding", vec![verified].into())]),
        ),
    ]);
    Json::object([
        ("extension", Json::from(vec![status])),
        ("system", "https://fhir.nhs.uk/Id/nhs-number".into()),
        ("value", number.to_string().into()),
    ])
}

fn member_to_pds(kept: &Json, member: &str, origin: Option<&Origin>) -> Option<Json> {
    let now = kept.get(member);
    let began = origin.and_then(|origin| origin.kept.get(member));
    // Whoever sends a whole patient to the FHIR server may write its members in another order.
    let is_same = match (now, began) {
        (Some(now), Some(began)) => now.same_value(began),
        (now, began) => now == began,
    };
    if origin.is_some() && is_same {
        return origin.and_then(|origin| origin.pds.get(member)).cloned();
    }
    let now = now?;
    let Some(items) = now.as_array() else {
        return Some(without_reference(now));
    };
    let items: Vec<Json> = items
        .iter()
        .map(|item| unchanged(item, member, origin).unwrap_or_else(|| without_reference(item)))
        .collect();
    (!items.is_empty()).then(|| items.into())
}

/// The item as PDS writes it, when the record began with it: both shapes have their items in the same order.
fn unchanged(item: &Json, member: &str, origin: Option<&Origin>) -> Option<Json> {
    let origin = origin?;
    let place = origin
        .kept
        .get(member)?
        .as_array()?
        .iter()
        .position(|began| began.same_value(item))?;
    origin.pds.get(member)?.as_array()?.get(place).cloned()
}

/// PDS knows organisations by their codes, not by where they stand.
fn without_reference(part: &Json) -> Json {
    let mut part = part.clone();
    if part.get("identifier").is_some() {
        part.remove("reference");
    }
    part
}

/// PDS's items have ids; one that came without gets one that stays the same while the item does.
fn give_id(item: &mut Json, list: &str, number: NhsNumber) {
    if item.as_object().is_none() || item.get("id").is_some() {
        return;
    }
    let id = format!("{:08X}", fnv_1a(&format!("{number} {list} {}", item.to_text())));
    if let Some(members) = item.as_object_mut() {
        members.insert(0, ("id".into(), id.into()));
    }
}

/// A number of a text that is the same on every machine and in every version. Source: <http://www.isthe.com/chongo/tech/comp/fnv/>
fn fnv_1a(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |sum, byte| {
        (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// What is kept after PDS has changed a patient `before` into `after`: the parts that PDS did not touch stay as they are
/// in `kept`, also those that PDS does not know.
pub(crate) fn to_kept(kept: &Json, before: &Json, after: &Json) -> Json {
    let mut result = kept.clone();
    for member in MEMBERS {
        let (was, is) = (before.get(member), after.get(member));
        if was == is {
            continue;
        }
        match is {
            None => {
                result.remove(member);
            }
            Some(Json::Array(items)) => {
                let untouched = Untouched::of(member, before, kept);
                let items: Vec<Json> = items
                    .iter()
                    .map(|item| untouched.kept(item).unwrap_or_else(|| part_to_kept(item, member)))
                    .collect();
                result.set(member, items.into());
            }
            Some(other) => {
                result.set(member, part_to_kept(other, member));
            }
        }
    }
    result
}

/// The items of a list before a change: by their text as PDS wrote them, where they are kept.
struct Untouched<'a> {
    places: HashMap<String, usize>,
    kept: &'a [Json],
}

impl<'a> Untouched<'a> {
    fn of(member: &str, before: &Json, kept: &'a Json) -> Self {
        let list = before.get(member).and_then(Json::as_array).unwrap_or_default();
        let places = list.iter().enumerate();
        Self {
            places: places.map(|(place, item)| (item.to_text(), place)).collect(),
            kept: kept.get(member).and_then(Json::as_array).unwrap_or_default(),
        }
    }

    /// How the item is kept, when it is as it was.
    fn kept(&self, item: &Json) -> Option<Json> {
        self.kept.get(*self.places.get(&item.to_text())?).cloned()
    }
}

/// Organisations are known by where they stand, too.
fn part_to_kept(part: &Json, member: &str) -> Json {
    let mut part = part.clone();
    if matches!(member, "generalPractitioner" | "managingOrganization") {
        let code = part.at(&["identifier", "value"]).and_then(Json::as_str);
        if let Some(reference) = code.map(|code| format!("Organization/{code}")) {
            part.set("reference", reference.into());
        }
    }
    part
}

/// What is kept of somebody who is new: `parts` are theirs as PDS writes them.
pub(crate) fn new_kept(number: NhsNumber, parts: &Json) -> Json {
    let verified = Json::object([
        (
            "system",
            Json::from("https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"),
        ),
        ("code", "01".into()),
        ("display", "Number present and verified".into()),
    ]);
    let made_up = Json::object([
        ("system", Json::from(fhir_types::patient::ORIGIN_SYSTEM)),
        ("code", "made-up".into()),
        ("display", "Made-up person".into()),
    ]);
    let profile = Json::from("https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient");
    let mut kept = Json::object([
        ("resourceType", Json::from("Patient")),
        ("id", number.to_string().into()),
        (
            "meta",
            Json::object([
                ("profile", Json::from(vec![profile])),
                ("tag", vec![made_up].into()),
            ]),
        ),
        ("identifier", vec![identifier(number, verified)].into()),
        ("active", true.into()),
    ]);
    for member in MEMBERS {
        match parts.get(member) {
            None => {}
            Some(Json::Array(items)) => {
                let items: Vec<Json> = items.iter().map(|item| part_to_kept(item, member)).collect();
                kept.set(member, items.into());
            }
            Some(other) => {
                kept.set(member, part_to_kept(other, member));
            }
        }
    }
    kept
}

/// Says which version of the patient this is.
pub(crate) fn set_version(pds: &mut Json, version: u32) {
    if let Some(meta) = pds.get_mut("meta") {
        meta.set("versionId", version.to_string().into());
    }
}

/// What PDS shows of a patient to a read.
pub(crate) fn shown(whole: &Json) -> Json {
    let mut shown = whole.clone();
    if is_restricted(&shown) {
        for member in [
            "address",
            "telecom",
            "contact",
            "generalPractitioner",
            "managingOrganization",
        ] {
            shown.remove(member);
        }
        retain(&mut shown, "extension", |extension| {
            let url = extension.text("url").unwrap_or_default();
            !TELLS_WHERE.iter().any(|tells| url.ends_with(tells))
        });
    }
    shown
}

/// Ends of the addresses of extensions that could tell where somebody is.
const TELLS_WHERE: [&str; 5] = [
    "Extension-UKCore-NominatedPharmacy",
    "Extension-UKCore-PreferredDispenserOrganization",
    "Extension-UKCore-MedicalApplianceSupplier",
    "patient-birthPlace",
    "Extension-PDS-RemovalFromRegistration",
];

/// What PDS shows of a patient among search results: only names in use, only the home address, of the extensions only
/// that about death.
pub(crate) fn shown_when_found(whole: &Json) -> Json {
    let mut shown = shown(whole);
    shown.remove("managingOrganization");
    retain(&mut shown, "name", |name| {
        matches!(name.text("use"), Some("usual" | "nickname" | "temp"))
    });
    retain(&mut shown, "address", |address| {
        address.text("use") == Some("home")
    });
    retain(&mut shown, "extension", |extension| {
        extension
            .text("url")
            .is_some_and(|url| url.ends_with("Extension-UKCore-DeathNotificationStatus"))
    });
    shown
}

/// Keeps these items of a list, and no empty list.
fn retain(patient: &mut Json, list: &str, keep: impl Fn(&Json) -> bool) {
    if let Some(items) = patient.get_mut(list).and_then(Json::as_array_mut) {
        items.retain(keep);
        if items.is_empty() {
            patient.remove(list);
        }
    }
}
