//! Practices, hospitals, and who works there.

use fhir_types::authored::{Code, Concept};
use fhir_types::directory::{HealthcareService, Location, Organisation, Postal, Practitioner, Role};
use fhir_types::patient::AdministrativeGender::{self as Gender, Female, Male};

use super::{All, Practice, add, head};
use crate::codes::{fhir, service};

/// Practices: those of our own, and two that the NHS's own people for testing are registered with. The letter T is not
/// one that practices or hospitals have.
pub(super) const PRACTICES: &[Practice] = &[
    FIRST_PRACTICE,
    practice(
        "T99002",
        "Twelvebadger Close Surgery",
        "Sheffield",
        "S52 3BB",
        "01144960101",
        "T99H02",
    ),
    practice(
        "T99003",
        "Larkwhistle Medical Centre",
        "Nottingham",
        "NG42 5DD",
        "01154960101",
        "T99H03",
    ),
    practice(
        "T99004",
        "Peppercombe Family Practice",
        "Leicester",
        "LE33 7EE",
        "01164960101",
        "T99H04",
    ),
    practice(
        "T99005",
        "Velveteen Crescent Surgery",
        "Bristol",
        "BS53 2FF",
        "01174960101",
        "T99H05",
    ),
    practice(
        "T99006",
        "Marzipan Terrace Practice",
        "Manchester",
        "M74 6GG",
        "01614960101",
        "T99H06",
    ),
    practice(
        "T99007",
        "Nettlewick Health Centre",
        "Newcastle upon Tyne",
        "NE55 1HH",
        "01914980101",
        "T99H07",
    ),
    practice(
        "T99008",
        "Bumblethorpe Road Surgery",
        "London",
        "SE44 8JJ",
        "02079460101",
        "T99H08",
    ),
    practice(
        "T99009",
        "Thimble Street Practice",
        "London",
        "E35 9LL",
        "02079460102",
        "T99H08",
    ),
    practice(
        "T99010",
        "Quillfeather Surgery",
        "Plymouth",
        "PL43 4NN",
        "01632960101",
        "T99H10",
    ),
    practice(
        "T99011",
        "Oldcastle Medical Practice",
        "Oxford",
        "OX53 5PP",
        "01632960102",
        "T99H11",
    ),
    practice(
        "T99012",
        "Gooseberry Hill Surgery",
        "Brighton",
        "BN63 6QQ",
        "01632960103",
        "T99H12",
    ),
    practice(
        "A20047",
        "Practice of the NHS's own people for testing",
        "Leeds",
        "LS39 9ZZ",
        "01632960104",
        "T99H01",
    ),
    practice(
        "Y12345",
        "Practice of Jane Smith",
        "Leeds",
        "LS39 8ZZ",
        "01632960105",
        "T99H01",
    ),
];

pub(super) const FIRST_PRACTICE: Practice = practice(
    "T99001",
    "Gooseberry Fold Surgery",
    "Leeds",
    "LS31 1AA",
    "01134960101",
    "T99H01",
);

const fn practice(
    ods_code: &'static str,
    name: &'static str,
    city: &'static str,
    postcode: &'static str,
    phone: &'static str,
    hospital: &'static str,
) -> Practice {
    Practice {
        ods_code,
        name,
        city,
        postcode,
        phone,
        hospital,
    }
}

struct Hospital {
    ods_code: &'static str,
    name: &'static str,
    city: &'static str,
    postcode: &'static str,
    phone: &'static str,
}

const HOSPITALS: &[Hospital] = &[
    hospital(
        "T99H01",
        "Made-up Royal Infirmary Leeds",
        "Leeds",
        "LS38 1AB",
        "01134960900",
    ),
    hospital(
        "T99H02",
        "Made-up General Hospital Sheffield",
        "Sheffield",
        "S58 1AB",
        "01144960900",
    ),
    hospital(
        "T99H03",
        "Made-up City Hospital Nottingham",
        "Nottingham",
        "NG48 1AB",
        "01154960900",
    ),
    hospital(
        "T99H04",
        "Made-up Hospital Leicester",
        "Leicester",
        "LE38 1AB",
        "01164960900",
    ),
    hospital(
        "T99H05",
        "Made-up Infirmary Bristol",
        "Bristol",
        "BS58 1AB",
        "01174960900",
    ),
    hospital(
        "T99H06",
        "Made-up Hospital Manchester",
        "Manchester",
        "M78 1AB",
        "01614960900",
    ),
    hospital(
        "T99H07",
        "Made-up Infirmary Newcastle",
        "Newcastle upon Tyne",
        "NE58 1AB",
        "01914980900",
    ),
    hospital(
        "T99H08",
        "Made-up Hospital London",
        "London",
        "SE48 1AB",
        "02079460900",
    ),
    hospital(
        "T99H10",
        "Made-up Hospital Plymouth",
        "Plymouth",
        "PL48 1AB",
        "01632960900",
    ),
    hospital(
        "T99H11",
        "Made-up Hospital Oxford",
        "Oxford",
        "OX58 1AB",
        "01632960901",
    ),
    hospital(
        "T99H12",
        "Made-up Hospital Brighton",
        "Brighton",
        "BN68 1AB",
        "01632960902",
    ),
];

const fn hospital(
    ods_code: &'static str,
    name: &'static str,
    city: &'static str,
    postcode: &'static str,
    phone: &'static str,
) -> Hospital {
    Hospital {
        ods_code,
        name,
        city,
        postcode,
        phone,
    }
}

/// A post, what it is called, and who has it in each place, by turns.
struct Post {
    id: &'static str,
    words: &'static str,
    code: Option<Code>,
    title: &'static str,
}

const fn post(id: &'static str, words: &'static str, code: Option<Code>, title: &'static str) -> Post {
    Post {
        id,
        words,
        code,
        title,
    }
}

const OF_PRACTICES: &[Post] = &[
    post(
        "gp1",
        "General practitioner",
        Some(service::GENERAL_PRACTITIONER),
        "Dr",
    ),
    post(
        "gp2",
        "General practitioner",
        Some(service::GENERAL_PRACTITIONER),
        "Dr",
    ),
    post(
        "gp3",
        "General practitioner",
        Some(service::GENERAL_PRACTITIONER),
        "Dr",
    ),
    post("nurse", "Practice nurse", Some(service::NURSE), ""),
    post("pharmacist", "Clinical pharmacist", Some(service::PHARMACIST), ""),
    post("health-visitor", "Health visitor", None, ""),
];

const OF_HOSPITALS: &[Post] = &[
    post(
        "physician",
        "Consultant physician",
        Some(service::PHYSICIAN),
        "Dr",
    ),
    post(
        "surgeon",
        "Consultant orthopaedic surgeon",
        Some(service::ORTHOPAEDIC_SURGEON),
        "Miss",
    ),
    post("ward-nurse", "Ward nurse", Some(service::NURSE), ""),
    post(
        "physiotherapist",
        "Physiotherapist",
        Some(service::PHYSIOTHERAPIST),
        "",
    ),
    post("midwife", "Midwife", Some(service::MIDWIFE), ""),
];

const PEOPLE: &[(&str, &str, Gender)] = &[
    ("Harriet", "Applegarth", Female),
    ("Imran", "Siddiqui-Vale", Male),
    ("Oluwaseun", "Adebayo-Finch", Male),
    ("Marta", "Zielonka", Female),
    ("Gareth", "Penhallow", Male),
    ("Sunita", "Raghunath", Female),
    ("Bronagh", "McQuillan", Female),
    ("Tomasz", "Ostrowicz", Male),
    ("Leila", "Farrokhzad", Female),
    ("Desmond", "Okonjo-Price", Male),
    ("Felicity", "Thistlewood", Female),
    ("Wei", "Lin-Barrow", Female),
    ("Callum", "Drummond-Hay", Male),
];

pub(super) fn write(all: &mut All) {
    let mut turn = 0;
    for hospital in HOSPITALS {
        let address = Postal {
            line: "1 Infirmary Way",
            city: hospital.city,
            postcode: hospital.postcode,
        };
        add(
            all,
            &Organisation {
                head: head(hospital.ods_code, fhir::ORGANIZATION),
                kind: Concept::of(&fhir::PROVIDER),
                name: hospital.name,
                phone: hospital.phone,
                address,
                part_of: "",
            },
        );
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
        let address = Postal {
            line: "2 Surgery Mews",
            city: practice.city,
            postcode: practice.postcode,
        };
        add(
            all,
            &Organisation {
                head: head(practice.ods_code, fhir::ORGANIZATION),
                kind: Concept::of(&fhir::PROVIDER),
                name: practice.name,
                phone: practice.phone,
                address,
                part_of: "",
            },
        );
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
