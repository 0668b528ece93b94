//! Vaccines by the names of the UK schedule, and the diseases they protect from (SNOMED CT).
//! Source: <https://www.gov.uk/government/publications/the-complete-routine-immunisation-schedule>

use fhir_types::authored::Code;

use super::{OUR_VACCINES, SNOMED, code_table};

/// A vaccine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vaccine {
    pub(crate) code: Code,
    pub(crate) against: &'static [Code],
    /// What giving it is called.
    pub(crate) procedure: Code,
    pub(crate) way: Way,
    /// One dose.
    pub(crate) millilitres: f64,
}

/// How a vaccine gets into somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    IntoTheArm,
    ByMouth,
    IntoTheNose,
}

impl Way {
    /// Where on the body; a mouth or a nose says so itself.
    pub(crate) fn site(self) -> Option<Code> {
        (self == Self::IntoTheArm).then_some(LEFT_UPPER_ARM)
    }

    pub(crate) fn route(self) -> Code {
        match self {
            Self::IntoTheArm => INTRAMUSCULAR,
            Self::ByMouth => ORAL,
            Self::IntoTheNose => NASAL,
        }
    }
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
    MENINGOCOCCUS_B = "1354584007", "Meningococcal infectious disease caused by Neisseria meningitidis serogroup B";
    ROTAVIRUS = "186150001", "Enteritis caused by rotavirus";
    ZOSTER = "4740000", "Herpes zoster";
    RSV = "55735004", "Respiratory syncytial virus infection";
}

code_table! { SITES, SNOMED;
    LEFT_UPPER_ARM = "368208006", "Left upper arm structure";
    INTRAMUSCULAR = "78421000", "Intramuscular route";
    ORAL = "26643006", "Oral route";
    NASAL = "46713006", "Nasal route";
}

code_table! { PROCEDURES, SNOMED;
    GIVE_SIX_IN_ONE = "1162640003", "Administration of vaccine product containing only acellular Bordetella pertussis and Clostridium tetani and Corynebacterium diphtheriae and Haemophilus influenzae type b and Hepatitis B virus and inactivated Human poliovirus antigens";
    GIVE_FOUR_IN_ONE = "868273007", "Administration of vaccine product containing only Bordetella pertussis and Clostridium tetani and Corynebacterium diphtheriae and Human poliovirus antigens";
    GIVE_THREE_IN_ONE = "414619005", "Administration of vaccine product containing only Clostridium tetani and low dose Corynebacterium diphtheriae and inactivated Human poliovirus antigens";
    GIVE_MEN_B = "516301000000101", "Recombinant meningococcal group B and outer membrane vesicle vaccination";
    GIVE_ROTA = "415354003", "Administration of vaccine product containing only Rotavirus antigen";
    GIVE_PNEUMOCOCCAL = "12866006", "Administration of vaccine product containing only Streptococcus pneumoniae antigen";
    GIVE_HIB_MEN_C = "428975001", "Administration of vaccine product containing only Haemophilus influenzae type b and Neisseria meningitidis serogroup C antigens";
    GIVE_MMR = "38598009", "Administration of vaccine product containing only Measles morbillivirus and Mumps orthorubulavirus and Rubella virus antigens";
    GIVE_MMRV = "432636005", "Administration of vaccine product containing only Human alphaherpesvirus 3 and Measles morbillivirus and Mumps orthorubulavirus and Rubella virus antigens";
    GIVE_HPV = "761841000", "Administration of vaccine product containing only Human papillomavirus antigen";
    GIVE_MEN_ACWY = "871874000", "Administration of vaccine product containing only Neisseria meningitidis serogroup A, C, W135 and Y antigens";
    GIVE_FLU = "822851000000102", "Seasonal influenza vaccination";
    GIVE_SHINGLES = "722215002", "Administration of vaccine product containing only Human alphaherpesvirus 3 antigen for shingles";
    GIVE_RSV = "1303503001", "Administration of RSV (respiratory syncytial virus) vaccine";
    GIVE_COVID = "1362591000000103", "Immunisation course to maintain protection against SARS-CoV-2 (severe acute respiratory syndrome coronavirus 2)";
    GIVE_IN_PREGNANCY = "956951000000104", "Pertussis vaccination in pregnancy";
}

macro_rules! vaccines {
    ($($name:ident: $code:literal, $words:literal, [$($disease:ident),+], $procedure:ident, $way:ident, $millilitres:literal;)+) => {
        $(pub(crate) const $name: Vaccine = Vaccine {
            code: Code { system: OUR_VACCINES, code: $code, display: $words },
            against: &[$($disease),+],
            procedure: $procedure,
            way: Way::$way,
            millilitres: $millilitres,
        };)+
        /// Every vaccine above.
        pub(crate) const ALL: &[Vaccine] = &[$($name),+];
    };
}

vaccines! {
    SIX_IN_ONE: "6-in-1", "6-in-1 (DTaP/IPV/Hib/HepB)", [DIPHTHERIA, TETANUS, PERTUSSIS, POLIO, HIB, HEPATITIS_B], GIVE_SIX_IN_ONE, IntoTheArm, 0.5;
    MEN_B: "menb", "Meningococcal B (MenB)", [MENINGOCOCCUS_B], GIVE_MEN_B, IntoTheArm, 0.5;
    ROTA: "rotavirus", "Rotavirus", [ROTAVIRUS], GIVE_ROTA, ByMouth, 1.5;
    PCV: "pcv", "Pneumococcal conjugate (PCV)", [PNEUMOCOCCUS], GIVE_PNEUMOCOCCAL, IntoTheArm, 0.5;
    HIB_MEN_C: "hib-menc", "Hib/MenC", [HIB, MENINGOCOCCUS], GIVE_HIB_MEN_C, IntoTheArm, 0.5;
    MMR: "mmr", "MMR", [MEASLES, MUMPS, RUBELLA], GIVE_MMR, IntoTheArm, 0.5;
    MMRV: "mmrv", "MMRV", [MEASLES, MUMPS, RUBELLA, VARICELLA], GIVE_MMRV, IntoTheArm, 0.5;
    FOUR_IN_ONE: "4-in-1-pre-school", "4-in-1 pre-school booster (dTaP/IPV)", [DIPHTHERIA, TETANUS, PERTUSSIS, POLIO], GIVE_FOUR_IN_ONE, IntoTheArm, 0.5;
    HPV_VACCINE: "hpv", "Human papillomavirus (HPV)", [HPV], GIVE_HPV, IntoTheArm, 0.5;
    THREE_IN_ONE: "3-in-1-teenage", "3-in-1 teenage booster (Td/IPV)", [DIPHTHERIA, TETANUS, POLIO], GIVE_THREE_IN_ONE, IntoTheArm, 0.5;
    MEN_ACWY: "menacwy", "Meningococcal groups A, C, W and Y (MenACWY)", [MENINGOCOCCUS], GIVE_MEN_ACWY, IntoTheArm, 0.5;
    FLU: "influenza", "Influenza, inactivated", [INFLUENZA], GIVE_FLU, IntoTheArm, 0.5;
    FLU_SPRAY: "influenza-nasal", "Influenza, live, nasal spray", [INFLUENZA], GIVE_FLU, IntoTheNose, 0.2;
    PPV: "ppv23", "Pneumococcal polysaccharide (PPV23)", [PNEUMOCOCCUS], GIVE_PNEUMOCOCCAL, IntoTheArm, 0.5;
    SHINGLES: "shingles", "Shingles", [ZOSTER], GIVE_SHINGLES, IntoTheArm, 0.5;
    RSV_VACCINE: "rsv", "Respiratory syncytial virus (RSV)", [RSV], GIVE_RSV, IntoTheArm, 0.5;
    COVID_VACCINE: "covid-19", "COVID-19", [COVID], GIVE_COVID, IntoTheArm, 0.3;
    PERTUSSIS_IN_PREGNANCY: "tdap-pregnancy", "Pertussis in pregnancy (Tdap)", [PERTUSSIS], GIVE_IN_PREGNANCY, IntoTheArm, 0.5;
}
