//! Which practices and hospitals there are, which posts they have, and who holds them.

use fhir_types::authored::Code;
use fhir_types::directory::Postal;
use fhir_types::patient::AdministrativeGender::{self as Gender, Female, Male};

use super::Practice;
use crate::codes::service;

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

/// A hospital.
pub(super) struct Hospital {
    pub(super) ods_code: &'static str,
    pub(super) name: &'static str,
    pub(super) city: &'static str,
    pub(super) postcode: &'static str,
    pub(super) phone: &'static str,
}

impl Practice {
    pub(super) const fn address(&self) -> Postal<'static> {
        Postal {
            line: "2 Surgery Mews",
            city: self.city,
            postcode: self.postcode,
        }
    }
}

impl Hospital {
    pub(super) const fn address(&self) -> Postal<'static> {
        Postal {
            line: "1 Infirmary Way",
            city: self.city,
            postcode: self.postcode,
        }
    }
}

pub(super) const HOSPITALS: &[Hospital] = &[
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
pub(super) struct Post {
    pub(super) id: &'static str,
    pub(super) words: &'static str,
    pub(super) code: Option<Code>,
    pub(super) title: &'static str,
}

const fn post(id: &'static str, words: &'static str, code: Option<Code>, title: &'static str) -> Post {
    Post {
        id,
        words,
        code,
        title,
    }
}

pub(super) const OF_PRACTICES: &[Post] = &[
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

pub(super) const OF_HOSPITALS: &[Post] = &[
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

pub(super) const PEOPLE: &[(&str, &str, Gender)] = &[
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
