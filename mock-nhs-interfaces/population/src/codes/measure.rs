//! What is measured and asked: LOINC, SNOMED CT where the NHS writes it, and a few of our own.

use super::{LOINC, SNOMED, code_table};

code_table! { LOINC_MEASURES, LOINC;
    HEART_RATE = "8867-4", "Heart rate";
    RESPIRATORY_RATE = "9279-1", "Respiratory rate";
    TEMPERATURE = "8310-5", "Body temperature";
    OXYGEN_SATURATION = "2708-6", "Oxygen saturation in Arterial blood";
    PULSE_OXIMETRY = "59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry";
    BLOOD_PRESSURE = "85354-9", "Blood pressure panel with all children optional";
    SYSTOLIC = "8480-6", "Systolic blood pressure";
    DIASTOLIC = "8462-4", "Diastolic blood pressure";
    WEIGHT = "29463-7", "Body weight";
    HEIGHT = "8302-2", "Body height";
    BMI = "39156-5", "Body mass index (BMI) [Ratio]";
    HEAD = "9843-4", "Head Occipital-frontal circumference";
    HBA1C = "59261-8", "Hemoglobin A1c/Hemoglobin.total in Blood by IFCC protocol";
    CREATININE = "14682-9", "Creatinine [Moles/volume] in Serum or Plasma";
    CHOLESTEROL = "14647-2", "Cholesterol [Moles/volume] in Serum or Plasma";
    HAEMOGLOBIN = "718-7", "Hemoglobin [Mass/volume] in Blood";
    POTASSIUM = "2823-3", "Potassium [Moles/volume] in Serum or Plasma";
    SODIUM = "2951-2", "Sodium [Moles/volume] in Serum or Plasma";
    CRP = "1988-5", "C reactive protein [Mass/volume] in Serum or Plasma";
    INHALED_OXYGEN = "3151-8", "Inhaled oxygen flow rate";
    SMOKING = "72166-2", "Tobacco smoking status";
}

code_table! { SNOMED_MEASURES, SNOMED;
    NEWS2 = "1104051000000101", "Royal College of Physicians NEWS2 (National Early Warning Score 2) total score";
    ACVPU = "1104441000000107", "ACVPU (Alert Confusion Voice Pain Unresponsive) scale score";
    PULSE = "364075005", "Heart rate";
    BREATHING = "86290005", "Respiratory rate";
    BODY_TEMPERATURE = "386725007", "Body temperature";
    SATURATION = "431314004", "Peripheral oxygen saturation";
    BODY_WEIGHT = "27113001", "Body weight";
    BODY_HEIGHT = "50373000", "Body height";
    BODY_MASS_INDEX = "60621009", "Body mass index";
    PRESSURE = "75367002", "Blood pressure";
}

code_table! { OUR_MEASURES, super::OUR_MEASURES;
    TIMED_UP_AND_GO = "timed-up-and-go", "Timed Up and Go";
    TEN_METRE_WALK = "ten-metre-walk", "10 metre walk";
    WALKING_SPEED = "walking-speed", "Walking speed over 10 metres";
    SIT_TO_STAND = "sit-to-stand", "Sit to stand in 30 seconds";
    EGFR = "egfr", "Estimated glomerular filtration rate";
    PEAK_FLOW = "peak-flow", "Peak expiratory flow";
    FUNDAL_HEIGHT = "fundal-height", "Symphysis-fundal height";
    OXYGEN_THERAPY = "air-or-oxygen", "Air or oxygen";
}

code_table! { CONSCIOUSNESS, SNOMED;
    ALERT = "248234008", "Mentally alert";
    CONFUSED = "130987000", "Acute confusion";
    VOICE = "300202002", "Response to voice";
    ROOM_AIR = "722742002", "Breathing room air";
    ON_OXYGEN = "371825009", "Patient on oxygen";
}
