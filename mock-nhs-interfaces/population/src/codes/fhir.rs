//! Codes of HL7's own systems, and the profiles that our resources meet.

use fhir_types::authored::Code;

macro_rules! one {
    ($($name:ident = $system:literal, $code:literal, $display:literal;)+) => {
        $(pub(crate) const $name: Code = Code { system: $system, code: $code, display: $display };)+
    };
}

one! {
    AMBULATORY = "http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "ambulatory";
    INPATIENT = "http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP", "inpatient encounter";
    EMERGENCY = "http://terminology.hl7.org/CodeSystem/v3-ActCode", "EMER", "emergency";
    VIRTUAL = "http://terminology.hl7.org/CodeSystem/v3-ActCode", "VR", "virtual";
    HOME = "http://terminology.hl7.org/CodeSystem/v3-ActCode", "HH", "home health";
    VITAL_SIGNS = "http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs", "Vital Signs";
    LABORATORY = "http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory";
    SURVEY = "http://terminology.hl7.org/CodeSystem/observation-category", "survey", "Survey";
    SOCIAL_HISTORY = "http://terminology.hl7.org/CodeSystem/observation-category", "social-history", "Social History";
    EXAM = "http://terminology.hl7.org/CodeSystem/observation-category", "exam", "Exam";
    HIGH = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "H", "High";
    LOW = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "L", "Low";
    NORMAL = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "N", "Normal";
    COMMUNITY = "http://terminology.hl7.org/CodeSystem/medicationrequest-category", "community", "Community";
    DISCHARGE = "http://terminology.hl7.org/CodeSystem/medicationrequest-category", "discharge", "Discharge";
    CONTINUOUS = "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy", "continuous", "Continuous long term therapy";
    ACUTE = "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy", "acute", "Short course (acute) therapy";
    NIL_KNOWN = "http://terminology.hl7.org/CodeSystem/list-empty-reason", "nilknown", "Nil Known";
    NOT_ASKED = "http://terminology.hl7.org/CodeSystem/list-empty-reason", "notasked", "Not Asked";
    PATIENT_OBJECTION = "http://terminology.hl7.org/CodeSystem/v3-ActReason", "PATOBJ", "patient objection";
    PRIVACY = "http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", "Privacy Consent";
    INFORMATION_ACCESS = "http://terminology.hl7.org/CodeSystem/v3-ActCode", "INFA", "information access";
    SAFETY_FLAG = "http://terminology.hl7.org/CodeSystem/flag-category", "safety", "Safety";
    ADMINISTRATIVE_FLAG = "http://terminology.hl7.org/CodeSystem/flag-category", "admin", "Administrative";
    CLINICAL_FLAG = "http://terminology.hl7.org/CodeSystem/flag-category", "clinical", "Clinical";
    IN_PROGRESS = "http://terminology.hl7.org/CodeSystem/goal-achievement", "in-progress", "In Progress";
    IMPROVING = "http://terminology.hl7.org/CodeSystem/goal-achievement", "improving", "Improving";
    ACHIEVED = "http://terminology.hl7.org/CodeSystem/goal-achievement", "achieved", "Achieved";
    PUBLIC_COVER = "http://terminology.hl7.org/CodeSystem/v3-ActCode", "PUBLICPOL", "public healthcare";
    FROM_EMERGENCY = "http://terminology.hl7.org/CodeSystem/admit-source", "emd", "From accident/emergency department";
    TO_HOME = "http://terminology.hl7.org/CodeSystem/discharge-disposition", "home", "Home";
    TO_REHABILITATION = "http://terminology.hl7.org/CodeSystem/discharge-disposition", "rehab", "Rehabilitation";
    MOTHER = "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH", "mother";
    FATHER = "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "FTH", "father";
    SPOUSE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "SPS", "spouse";
    DAUGHTER = "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "DAUC", "daughter";
    SON = "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "SONC", "son";
    FRIEND = "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "FRND", "unrelated friend";
    NEXT_OF_KIN = "http://terminology.hl7.org/CodeSystem/v2-0131", "N", "Next-of-Kin";
    EMERGENCY_CONTACT = "http://terminology.hl7.org/CodeSystem/v2-0131", "C", "Emergency Contact";
    LAB_REPORT = "http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", "Laboratory";
    RADIOLOGY_REPORT = "http://terminology.hl7.org/CodeSystem/v2-0074", "RAD", "Radiology";
    BUILDING = "http://terminology.hl7.org/CodeSystem/location-physical-type", "bu", "Building";
    WARD = "http://terminology.hl7.org/CodeSystem/location-physical-type", "wa", "Ward";
}

/// The profiles of an organisation as the NHS's register publishes it.
pub(crate) const ORGANIZATION: &[&str] = &[
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Organization",
    "https://fhir.nhs.uk/England/StructureDefinition/England-Organization-ODS",
];
/// The profiles of a relationship as the NHS's register publishes it.
pub(crate) const AFFILIATION: &[&str] = &[
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-OrganizationAffiliation",
    "https://fhir.nhs.uk/England/StructureDefinition/England-OrganizationAffiliation-ODS",
];

/// Profiles, each in a list of its own as `meta.profile` wants it.
macro_rules! profiles {
    ($($name:ident = $url:literal;)+) => {
        $(pub(crate) const $name: &[&str] = &[$url];)+
    };
}

profiles! {
    PATIENT = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient";
    LOCATION = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Location";
    PRACTITIONER = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Practitioner";
    ROLE = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-PractitionerRole";
    SERVICE = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-HealthcareService";
    SCHEDULE = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Schedule";
    SLOT = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Slot";
    MEDICATION = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Medication";
    ENCOUNTER = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Encounter";
    CONDITION = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Condition";
    ALLERGY = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-AllergyIntolerance";
    MEDICATION_REQUEST = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-MedicationRequest";
    MEDICATION_STATEMENT = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-MedicationStatement";
    IMMUNISATION = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Immunization";
    PROCEDURE = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Procedure";
    APPOINTMENT = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Appointment";
    RELATED_PERSON = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-RelatedPerson";
    SERVICE_REQUEST = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-ServiceRequest";
    LIST = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-List";
    OBSERVATION = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation";
    REPORT = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-DiagnosticReport";
    BLOOD_PRESSURE = "http://hl7.org/fhir/StructureDefinition/bp";
    BODY_WEIGHT = "http://hl7.org/fhir/StructureDefinition/bodyweight";
    BODY_HEIGHT = "http://hl7.org/fhir/StructureDefinition/bodyheight";
    BODY_MASS_INDEX = "http://hl7.org/fhir/StructureDefinition/bmi";
    HEART_RATE = "http://hl7.org/fhir/StructureDefinition/heartrate";
    RESPIRATORY_RATE = "http://hl7.org/fhir/StructureDefinition/resprate";
    BODY_TEMPERATURE = "http://hl7.org/fhir/StructureDefinition/bodytemp";
    OXYGEN_SATURATION = "http://hl7.org/fhir/StructureDefinition/oxygensat";
    HEAD_CIRCUMFERENCE = "http://hl7.org/fhir/StructureDefinition/headcircum";
}

/// No profile is claimed.
pub(crate) const NO_PROFILE: &[&str] = &[];
