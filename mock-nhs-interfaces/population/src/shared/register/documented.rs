//! The organisations that the NHS's own document of the register shows, so that its examples work here as they do there.
//! <https://digital.nhs.uk/developer/api-catalogue/organisation-data-terminology>

use fhir_types::authored::Code;
use fhir_types::directory::{Affiliation, HeldRole, Organisation, Postal, Registration};
use time::Date;
use time::macros::date;

use super::super::{All, add, head};
use crate::codes::{fhir, ods};

/// An organisation as the document shows it.
struct Shown {
    ods_code: &'static str,
    name: &'static str,
    phone: &'static str,
    website: &'static str,
    address: Postal<'static>,
    /// Number, role, since when; the primary role first.
    roles: &'static [(i32, Code, Date)],
    changed: Date,
    record_use: Code,
    assigner: &'static str,
    unique_property: &'static str,
}

/// What is the same of those that nobody can visit: the document only names them.
const NAMED_ONLY: Shown = Shown {
    ods_code: "",
    name: "",
    phone: "",
    website: "",
    address: Postal {
        line: "",
        city: "",
        postcode: "",
    },
    roles: &[],
    changed: Date::MIN,
    record_use: ods::REFERENCE_ONLY,
    assigner: "NHS ENGLAND",
    unique_property: "",
};

const SHOWN: [Shown; 6] = [
    Shown {
        ods_code: "RR8",
        name: "LEEDS TEACHING HOSPITALS NHS TRUST",
        phone: "0113 243 3144",
        website: "HTTPS://WWW.LEEDSTH.NHS.UK/",
        address: Postal {
            line: "ST. JAMES'S UNIVERSITY HOSPITAL\nBECKETT STREET",
            city: "LEEDS",
            postcode: "LS9 7TF",
        },
        roles: &[(37_525, ods::NHS_TRUST, date!(1998 - 04 - 01))],
        changed: date!(2023 - 11 - 14),
        record_use: ods::FULL,
        assigner: "HSCIC",
        unique_property: "72016246",
    },
    Shown {
        ods_code: "G81086",
        name: "BIRD-IN-EYE SURGERY",
        phone: "01825 763196",
        website: "",
        address: Postal {
            line: "UCKFIELD COMMUNITY HOSPITAL\nFRAMFIELD ROAD",
            city: "UCKFIELD",
            postcode: "TN22 5AW",
        },
        roles: &[
            (980_001, ods::PRESCRIBING_COST_CENTRE, date!(1974 - 04 - 01)),
            (980_002, ods::GP_PRACTICE, date!(1974 - 04 - 01)),
        ],
        changed: date!(2023 - 08 - 22),
        record_use: ods::FULL,
        assigner: "NHS BUSINESS SERVICES AUTHORITY",
        unique_property: "10091054340",
    },
    Shown {
        ods_code: "97R",
        name: "NHS SUSSEX ICB - 97R",
        roles: &[
            (980_003, ods::CLINICAL_COMMISSIONING_GROUP, date!(2020 - 04 - 01)),
            (980_004, ods::SUB_ICB_LOCATION, date!(2022 - 07 - 01)),
        ],
        changed: date!(2022 - 07 - 01),
        ..NAMED_ONLY
    },
    Shown {
        ods_code: "U36842",
        name: "PRIMARY CARE NETWORK U36842",
        roles: &[(980_005, ods::PRIMARY_CARE_NETWORK, date!(2019 - 07 - 01))],
        changed: date!(2019 - 10 - 01),
        ..NAMED_ONLY
    },
    Shown {
        ods_code: "AQN",
        name: "PARTNERING HEALTH LIMITED",
        phone: "",
        website: "",
        address: Postal {
            line: "AILSA HOUSE 3 TURNBERRY HOUSE\n4400 PARKWAY\nWHITELEY",
            city: "FAREHAM",
            postcode: "PO15 7FJ",
        },
        roles: &[(233_160, ods::INDEPENDENT_PROVIDER, date!(2015 - 04 - 01))],
        changed: date!(2023 - 05 - 03),
        record_use: ods::FULL,
        assigner: "HSCIC",
        unique_property: "",
    },
    Shown {
        ods_code: "C4O9I",
        name: "WM BROWN (KINGSHURST) LIMITED",
        phone: "",
        website: "",
        address: Postal {
            line: "228-230 WYCHALL ROAD",
            city: "BIRMINGHAM",
            postcode: "B31 3AU",
        },
        roles: &[(503_768, ods::PHARMACY_HEADQUARTER, date!(2023 - 04 - 28))],
        changed: date!(2023 - 05 - 03),
        record_use: ods::FULL,
        assigner: "NHS ENGLAND",
        unique_property: "100071397351",
    },
];

pub(super) fn write(all: &mut All) {
    for shown in &SHOWN {
        let roles: Vec<HeldRole> = shown
            .roles
            .iter()
            .map(|&(instance, role, from)| HeldRole {
                instance,
                role,
                from,
                until: None,
            })
            .collect();
        add(
            all,
            &Organisation {
                head: head(shown.ods_code, fhir::ORGANIZATION),
                registration: Registration {
                    roles: &roles,
                    changed: shown.changed,
                    record_use: shown.record_use,
                    record_class: ods::ORGANISATION,
                    assigner: shown.assigner,
                    unique_property: shown.unique_property,
                },
                name: shown.name,
                phone: shown.phone,
                website: shown.website,
                address: shown.address,
                part_of: "",
            },
        );
    }
    for (id, code, target, from) in [
        ("980001", ods::COMMISSIONED_BY, "97R", date!(2020 - 04 - 01)),
        ("980002", ods::OPERATED_BY, "97R", date!(2020 - 04 - 01)),
        ("617400", ods::PARTNER_TO, "U36842", date!(2019 - 10 - 01)),
    ] {
        add(
            all,
            &Affiliation {
                head: head(id, fhir::AFFILIATION),
                source: "G81086",
                target,
                code,
                from,
                until: None,
            },
        );
    }
}
