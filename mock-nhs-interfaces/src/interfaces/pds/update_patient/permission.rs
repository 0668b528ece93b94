//! What patients may change of their own record.
//! Source: "Patient access" of
//! <https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir#patch-/Patient/-id->

use fhir::json::Json;

use super::super::error::Refused;
use super::operations::{Kind, Patch};

/// Parts that patients may change.
const PARTS: [&str; 4] = ["address", "contact", "telecom", "extension"];
/// Those of which they send whole items.
const WHOLE: [&str; 2] = ["telecom", "extension"];
/// Ends of the addresses of extensions that patients may change.
const EXTENSIONS: [&str; 5] = [
    "Extension-UKCore-NHSCommunication",
    "Extension-UKCore-NominatedPharmacy",
    "Extension-UKCore-MedicalApplianceSupplier",
    "Extension-UKCore-PreferredDispenserOrganization",
    "patient-birthPlace",
];

/// Checks that patients may send these operations at all.
///
/// # Errors
/// When one leads to a part that is not theirs to change.
pub(super) fn check_operations(patches: &[Patch<'_>]) -> Result<(), Refused> {
    let mut changes = patches.iter().filter(|patch| patch.kind != Kind::Test);
    let are_theirs = changes.all(|patch| {
        let root = patch.part(0);
        PARTS.contains(&root) && (!WHOLE.contains(&root) || patch.parts.len() == 2)
    });
    if are_theirs { Ok(()) } else { Err(refused()) }
}

/// Checks what became of the record: whichever way it was done, only what is theirs differs.
///
/// # Errors
/// When something else does.
pub(super) fn check_result(before: &Json, after: &Json) -> Result<(), Refused> {
    let are_theirs = differing(before, after, "telecom").all(is_mobile_or_email)
        && differing(after, before, "telecom").all(is_mobile_or_email)
        && differing(before, after, "extension").all(is_their_extension)
        && differing(after, before, "extension").all(is_their_extension);
    if are_theirs { Ok(()) } else { Err(refused()) }
}

/// Items of one list that the other does not have.
fn differing<'j>(one: &'j Json, other: &'j Json, list: &str) -> impl Iterator<Item = &'j Json> {
    let items = |patient: &'j Json| patient.get(list).and_then(Json::as_array).unwrap_or_default();
    let others = items(other);
    items(one).iter().filter(move |item| !others.contains(item))
}

fn is_mobile_or_email(telecom: &Json) -> bool {
    telecom.text("system") == Some("email")
        || (telecom.text("system") == Some("phone") && telecom.text("use") == Some("mobile"))
}

fn is_their_extension(extension: &Json) -> bool {
    let url = extension.text("url").unwrap_or_default();
    EXTENSIONS.iter().any(|theirs| url.ends_with(theirs))
}

fn refused() -> Refused {
    Refused::invalid_update(
        "This user does not have permission to update the fields in the patches provided.",
    )
}
