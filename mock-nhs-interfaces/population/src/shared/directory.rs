//! The places, services and clinicians of practices and hospitals as resources.

use fhir_types::authored::{Code, Concept};
use fhir_types::directory::{HealthcareService, Location, Postal, Practitioner, Role};
use fhir_types::patient::AdministrativeGender::{Female, Male};

use super::places::{HOSPITALS, OF_HOSPITALS, OF_PRACTICES, PEOPLE, PRACTICES, Post};
use super::{All, add, head};
use crate::codes::{fhir, service};

pub(super) fn write(all: &mut All) {
    let mut turn = 0;
    for hospital in HOSPITALS {
        let address = hospital.address();
        let organisation = format!("Organization/{}", hospital.ods_code);
        add_place(
            all,
            hospital.ods_code,
            hospital.name,
            ("Hospital", fhir::BUILDING),
            address,
            &organisation,
        );
        let ward = format!("{}-ward", hospital.ods_code);
        add_place(all, &ward, "Ward 7", ("Ward", fhir::WARD), address, &organisation);
        for (id, name, code) in [
            ("orthopaedics", "Orthopaedic clinic", service::ORTHOPAEDICS),
            ("cardiology", "Cardiology clinic", service::CARDIOLOGY),
            ("emergency", "Emergency department", service::EMERGENCY),
        ] {
            add_service(all, (hospital.ods_code, id), name, code, &organisation);
        }
        add_staff(all, hospital.ods_code, OF_HOSPITALS, &mut turn, "");
    }
    for practice in PRACTICES {
        let address = practice.address();
        let organisation = format!("Organization/{}", practice.ods_code);
        add_place(
            all,
            practice.ods_code,
            practice.name,
            ("General practice surgery", fhir::BUILDING),
            address,
            &organisation,
        );
        let service = "general-practice";
        add_service(
            all,
            (practice.ods_code, service),
            practice.name,
            service::GENERAL_PRACTICE,
            &organisation,
        );
        let service = format!("HealthcareService/{}-{service}", practice.ods_code);
        add_staff(all, practice.ods_code, OF_PRACTICES, &mut turn, &service);
    }
}

fn add_place(
    all: &mut All,
    id: &str,
    name: &str,
    (kind, physical): (&str, Code),
    address: Postal<'_>,
    organisation: &str,
) {
    add(
        all,
        &Location {
            head: head(id, fhir::LOCATION),
            name,
            kind: Concept::words(kind),
            physical,
            address,
            organisation,
        },
    );
}

fn add_service(all: &mut All, (ods_code, id): (&str, &str), name: &str, code: Code, organisation: &str) {
    add(
        all,
        &HealthcareService {
            head: head(&format!("{ods_code}-{id}"), fhir::SERVICE),
            name,
            kind: Concept::of(&code),
            organisation,
            location: &format!("Location/{ods_code}"),
            by_appointment: code != service::EMERGENCY,
        },
    );
}

fn add_staff(all: &mut All, ods_code: &str, posts: &[Post], turn: &mut usize, service: &str) {
    for post in posts {
        let (given, family, gender) = PEOPLE
            .get(*turn % PEOPLE.len())
            .copied()
            .unwrap_or(("", "", Female));
        *turn += 1;
        let id = format!("{ods_code}-{}", post.id);
        add(
            all,
            &Practitioner {
                head: head(&id, fhir::PRACTITIONER),
                number: &id,
                title: if post.title == "Miss" && gender == Male {
                    "Mr"
                } else {
                    post.title
                },
                given,
                family,
                gender,
            },
        );
        let code = post.code.as_slice();
        add(
            all,
            &Role {
                head: head(&id, fhir::ROLE),
                practitioner: &format!("Practitioner/{id}"),
                organisation: &format!("Organization/{ods_code}"),
                code: Concept {
                    codes: code,
                    text: post.words,
                },
                location: &format!("Location/{ods_code}"),
                service,
            },
        );
    }
}
