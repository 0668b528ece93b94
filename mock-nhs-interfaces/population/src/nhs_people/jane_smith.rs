//! 9000000009, Jane Smith: the patient of every first app, with every part that a record can have.

use fhir_types::patient::{
    AddressUse, AdministrativeGender, BirthPlace, Communication, ContactPointSystem, ContactPointUse,
    ContactPreference, Death, DeathStatus, EmergencyContact, NameUse, Past, PatientRecord, PostalAddress,
    Practice, RecordedName, Removal, Telecom,
};
use time::Date;
use time::macros::{date, datetime};

use crate::{Draft, Standing, part};

const SINCE: Date = date!(2024 - 01 - 01);
const UNTIL: Date = date!(2025 - 12 - 31);

pub(super) fn draft() -> Draft {
    Draft {
        record: record(),
        story: "The NHS's own first patient, with every part a record can have. Careful: her record says that she died \
                on the day she was born, as it does at the NHS."
            .to_owned(),
        standing: Standing::Current,
        tale: None,
    }
}

fn record() -> PatientRecord {
    PatientRecord {
        nhs_number: "9000000009".to_owned(),
        version: 2,
        restricted: false,
        names: vec![RecordedName {
            until: Some(UNTIL),
            prefix: Some("Mrs".to_owned()),
            suffix: Some("MBE".to_owned()),
            ..part::name("123", NameUse::Usual, &["Jane"], "Smith", SINCE)
        }],
        gender: Some(AdministrativeGender::Female),
        birth_date: Some(date!(2010 - 10 - 22)),
        only_birth_year: false,
        multiple_birth: Some(1),
        death: Some(Death {
            at: datetime!(2010-10-22 00:00 UTC),
            status: DeathStatus::Formal,
        }),
        addresses: addresses(),
        telecoms: telecoms(),
        emergency_contacts: vec![EmergencyContact {
            id: "C123".to_owned(),
            since: Some(SINCE),
            until: Some(UNTIL),
            phone: "01632960587".to_owned(),
        }],
        practice: Some(Practice {
            until: Some(UNTIL),
            ..part::practice("254406A3", "Y12345", SINCE)
        }),
        managing_organisation: Some(Practice {
            id: None,
            until: Some(UNTIL),
            ..part::practice("", "Y12345", SINCE)
        }),
        nominated_pharmacy: Some("Y12345".to_owned()),
        preferred_dispenser: Some("Y23456".to_owned()),
        appliance_supplier: Some("Y34567".to_owned()),
        communication: Some(Communication {
            language_code: "fr".to_owned(),
            language: "French".to_owned(),
            interpreter_required: true,
        }),
        contact_preference: Some(ContactPreference {
            written_format: ("12".to_owned(), "Braille".to_owned()),
            method: ("1".to_owned(), "Letter".to_owned()),
            times: "Not after 7pm".to_owned(),
        }),
        birth_place: Some(BirthPlace {
            city: "Manchester".to_owned(),
            district: "Greater Manchester".to_owned(),
            country: "GBR".to_owned(),
        }),
        removal: Some(Removal {
            reason: ("SCT".to_owned(), "Transferred to Scotland".to_owned()),
            from: datetime!(2020-01-01 00:00 UTC),
            until: datetime!(2021-12-31 00:00 UTC),
        }),
        past: Past::default(),
    }
}

fn addresses() -> Vec<PostalAddress> {
    // The one real address here: that of NHS Digital's old office, which the NHS's own tests search by.
    const LINES: [&str; 5] = [
        "1 Trevelyan Square",
        "Boar Lane",
        "City Centre",
        "Leeds",
        "West Yorkshire",
    ];
    let at = |id: &str, kind: AddressUse| PostalAddress {
        until: Some(UNTIL),
        paf_key: Some("12345678".to_owned()),
        uprn: Some("123456789012".to_owned()),
        ..part::address(id, kind, &LINES, "LS1 6AE", SINCE)
    };
    let student = PostalAddress {
        text: Some("Student Accommodation".to_owned()),
        ..at("T456", AddressUse::Temp)
    };
    vec![at("456", AddressUse::Home), student]
}

fn telecoms() -> Vec<Telecom> {
    let home = ContactPointUse::Home;
    let phone = Telecom {
        until: Some(UNTIL),
        ..part::telecom("789", ContactPointSystem::Phone, home, "01632960587", SINCE)
    };
    let email = Telecom {
        until: Some(date!(2022 - 12 - 31)),
        ..part::telecom(
            "790",
            ContactPointSystem::Email,
            home,
            "jane.smith@example.com",
            date!(2019 - 01 - 01),
        )
    };
    let textphone = Telecom {
        until: Some(UNTIL),
        other_system: Some(("textphone".to_owned(), "Minicom (Textphone)".to_owned())),
        ..part::telecom("OC789", ContactPointSystem::Other, home, "01632960587", SINCE)
    };
    vec![phone, email, textphone]
}
