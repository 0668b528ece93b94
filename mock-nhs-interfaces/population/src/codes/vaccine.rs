//! Vaccines by the names of the UK schedule, and the diseases they protect from (SNOMED CT).
//! Source: <https://www.gov.uk/government/publications/the-complete-routine-immunisation-schedule>

use fhir_types::authored::Code;

use super::{OUR_VACCINES, SNOMED, code_table};

/// A vaccine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vaccine {
    pub(crate) code: Code,
    pub(crate) against: &'static [Code],
    /// Drops or a spray, where no needle is used.
    pub(crate) by_mouth_or_nose: bool,
}

code_table! { DISEASES, SNOMED;
    DIPHTHERIA = "397430003", "Diphtheria caused by Corynebacterium diphtheriae";
    TETANUS = "76902006", "Tetanus";
    PERTUSSIS = "27836007", "Pertussis";
    POLIO = "398102009", "Acute poliomyelitis";
    HIB = "709410003", "Haemophilus influenzae type b infection";
    HEPATITIS_B = "66071002", "Viral hepatitis type B";
    MEASLES = "14189004", "Measles";
    MUMPS = "36989005", "Mumps";
    RUBELLA = "36653000", "Rubella";
    VARICELLA = "38907003", "Varicella";
    INFLUENZA = "6142004", "Influenza";
    COVID = "840539006", "COVID-19";
    HPV = "240532009", "Human papillomavirus infection";
    PNEUMOCOCCUS = "16814004", "Pneumococcal infectious disease";
    MENINGOCOCCUS = "23511006", "Meningococcal infectious disease";
    ROTAVIRUS = "18624000", "Disease caused by Rotavirus";
    ZOSTER = "4740000", "Herpes zoster";
    RSV = "55735004", "Respiratory syncytial virus infection";
}

code_table! { SITES, SNOMED;
    LEFT_UPPER_ARM = "368208006", "Left upper arm structure";
    INTRAMUSCULAR = "78421000", "Intramuscular route";
    ORAL = "26643006", "Oral route";
}

macro_rules! vaccines {
    ($($name:ident: $code:literal, $words:literal, [$($disease:ident),+], $drops:literal;)+) => {
        $(pub(crate) const $name: Vaccine = Vaccine {
            code: Code { system: OUR_VACCINES, code: $code, display: $words },
            against: &[$($disease),+],
            by_mouth_or_nose: $drops,
        };)+
        /// Every vaccine above.
        pub(crate) const ALL: &[Vaccine] = &[$($name),+];
    };
}

vaccines! {
    SIX_IN_ONE: "6-in-1", "6-in-1 (DTaP/IPV/Hib/HepB)", [DIPHTHERIA, TETANUS, PERTUSSIS, POLIO, HIB, HEPATITIS_B], false;
    MEN_B: "menb", "Meningococcal B (MenB)", [MENINGOCOCCUS], false;
    ROTA: "rotavirus", "Rotavirus", [ROTAVIRUS], true;
    PCV: "pcv", "Pneumococcal conjugate (PCV)", [PNEUMOCOCCUS], false;
    HIB_MEN_C: "hib-menc", "Hib/MenC", [HIB, MENINGOCOCCUS], false;
    MMR: "mmr", "MMR", [MEASLES, MUMPS, RUBELLA], false;
    MMRV: "mmrv", "MMRV", [MEASLES, MUMPS, RUBELLA, VARICELLA], false;
    FOUR_IN_ONE: "4-in-1-pre-school", "4-in-1 pre-school booster (dTaP/IPV)", [DIPHTHERIA, TETANUS, PERTUSSIS, POLIO], false;
    HPV_VACCINE: "hpv", "Human papillomavirus (HPV)", [HPV], false;
    THREE_IN_ONE: "3-in-1-teenage", "3-in-1 teenage booster (Td/IPV)", [DIPHTHERIA, TETANUS, POLIO], false;
    MEN_ACWY: "menacwy", "Meningococcal groups A, C, W and Y (MenACWY)", [MENINGOCOCCUS], false;
    FLU: "influenza", "Influenza, inactivated", [INFLUENZA], false;
    FLU_SPRAY: "influenza-nasal", "Influenza, live, nasal spray", [INFLUENZA], true;
    PPV: "ppv23", "Pneumococcal polysaccharide (PPV23)", [PNEUMOCOCCUS], false;
    SHINGLES: "shingles", "Shingles", [ZOSTER], false;
    RSV_VACCINE: "rsv", "Respiratory syncytial virus (RSV)", [RSV], false;
    COVID_VACCINE: "covid-19", "COVID-19", [COVID], false;
    PERTUSSIS_IN_PREGNANCY: "tdap-pregnancy", "Pertussis in pregnancy (Tdap)", [DIPHTHERIA, TETANUS, PERTUSSIS], false;
}
