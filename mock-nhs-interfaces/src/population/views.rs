//! What of a record PDS shows to whom.
//! Source: the sections "Restricted patients" and "Patient data returned" of
//! <https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir>

use ::population::hide_location;
use fhir_types::patient::{AddressUse, NameUse, PatientRecord};

/// The record as a read answers it.
pub(crate) fn read(record: &PatientRecord) -> PatientRecord {
    let mut view = record.clone();
    if view.restricted {
        hide_location(&mut view);
    }
    view
}

/// The record as a search answers it: no place of birth, only names in use, only the home address, no pharmacy, no
/// communication, no contact preference.
pub(crate) fn found(record: &PatientRecord) -> PatientRecord {
    let mut view = read(record);
    view.names
        .retain(|name| matches!(name.kind, NameUse::Usual | NameUse::Nickname | NameUse::Temp));
    view.addresses.retain(|address| address.kind == AddressUse::Home);
    view.birth_place = None;
    view.nominated_pharmacy = None;
    view.preferred_dispenser = None;
    view.appliance_supplier = None;
    view.communication = None;
    view.contact_preference = None;
    view.managing_organisation = None;
    view.removal = None;
    view
}
