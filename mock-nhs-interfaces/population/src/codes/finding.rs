//! Problems, allergies, what was done, and how people live: SNOMED CT.

use super::{SNOMED, code_table};

code_table! { PROBLEMS, SNOMED;
    TYPE_2_DIABETES = "44054006", "Type 2 diabetes mellitus";
    HYPERTENSION = "59621000", "Essential hypertension";
    COPD = "13645005", "Chronic obstructive lung disease";
    COPD_EXACERBATION = "195951007", "Acute exacerbation of chronic obstructive airways disease";
    ASTHMA = "195967001", "Asthma";
    ATRIAL_FIBRILLATION = "49436004", "Atrial fibrillation";
    HEART_FAILURE = "84114007", "Heart failure";
    ISCHAEMIC_HEART_DISEASE = "414545008", "Ischaemic heart disease";
    MYOCARDIAL_INFARCTION = "22298006", "Myocardial infarction";
    STROKE = "230690007", "Stroke";
    CKD_3 = "433144002", "Chronic kidney disease stage 3";
    OSTEOARTHRITIS = "396275006", "Osteoarthritis";
    OSTEOPOROSIS = "64859006", "Osteoporosis";
    HIP_FRACTURE = "5913000", "Fracture of neck of femur";
    DEPRESSION = "35489007", "Depressive disorder";
    ANXIETY = "197480006", "Anxiety disorder";
    HYPOTHYROIDISM = "40930008", "Hypothyroidism";
    DEMENTIA = "52448006", "Dementia";
    ALZHEIMERS = "26929004", "Alzheimer's disease";
    OBESITY = "414916001", "Obesity";
    PNEUMONIA = "233604007", "Pneumonia";
    URINARY_INFECTION = "68566005", "Urinary tract infectious disease";
    PREGNANT = "77386006", "Pregnant";
    GESTATIONAL_DIABETES = "11687002", "Gestational diabetes mellitus";
    OTITIS_MEDIA = "65363002", "Otitis media";
    ECZEMA = "43116000", "Eczema";
    HYPERLIPIDAEMIA = "55822004", "Hyperlipidaemia";
    BREAST_CANCER = "254837009", "Malignant neoplasm of breast";
    FRAILTY = "248279007", "Frailty";
    FALLS = "161898004", "Falls";
    MIGRAINE = "37796009", "Migraine";
    EPILEPSY = "84757009", "Epilepsy";
    REFLUX = "235595009", "Gastro-oesophageal reflux disease";
    IRON_DEFICIENCY = "87522002", "Iron deficiency anaemia";
    GOUT = "90560007", "Gout";
    CATARACT = "193570009", "Cataract";
    UPPER_RESPIRATORY_INFECTION = "54150009", "Upper respiratory infection";
    LOW_BACK_PAIN = "279039007", "Low back pain";
    HEADACHE = "25064002", "Headache";
    ABDOMINAL_PAIN = "21522001", "Abdominal pain";
    COUGH = "49727002", "Cough";
    BREATHLESSNESS = "267036007", "Dyspnoea";
    CHEST_PAIN = "29857009", "Chest pain";
}

code_table! { SUBSTANCES, SNOMED;
    PENICILLIN_ALLERGY = "91936005", "Allergy to penicillin";
    AMOXICILLIN_ALLERGY = "294505008", "Amoxicillin allergy";
    ASPIRIN_ALLERGY = "293586001", "Aspirin allergy";
    PEANUT_ALLERGY = "91935009", "Allergy to peanut";
    GRASS_POLLEN_ALLERGY = "418689008", "Grass pollen allergy";
    EGG_ALLERGY = "213020009", "Egg protein allergy";
    NO_KNOWN_ALLERGY = "716186003", "No known allergy";
    NO_KNOWN_DRUG_ALLERGY = "409137002", "No known drug allergy";
}

code_table! { MANIFESTATIONS, SNOMED;
    RASH = "271807003", "Eruption of skin";
    URTICARIA = "126485001", "Urticaria";
    ANAPHYLAXIS = "39579001", "Anaphylaxis";
    NAUSEA = "422587007", "Nausea";
    ANGIOEDEMA = "41291007", "Angioedema";
}

code_table! { PROCEDURES, SNOMED;
    HIP_ARTHROPLASTY = "397956004", "Prosthetic arthroplasty of the hip";
    KNEE_REPLACEMENT = "609588000", "Total knee replacement";
    APPENDICECTOMY = "80146002", "Appendicectomy";
    CHOLECYSTECTOMY = "38102005", "Cholecystectomy";
    CAESAREAN = "11466000", "Caesarean section";
    COLONOSCOPY = "73761001", "Colonoscopy";
    CORONARY_INTERVENTION = "415070008", "Percutaneous coronary intervention";
    PHYSIOTHERAPY = "91251008", "Physical therapy procedure";
    CATARACT_EXTRACTION = "54885007", "Cataract extraction";
    LUMPECTOMY = "392021009", "Lumpectomy of breast";
    MEDICATION_REVIEW = "182836005", "Review of medication";
    CHEST_X_RAY = "399208008", "Plain chest X-ray";
    ECG = "268400002", "12 lead electrocardiogram";
    OBSTETRIC_SCAN = "268445003", "Ultrasound scan - obstetric";
    SPIROMETRY = "127783003", "Spirometry";
    ECHOCARDIOGRAM = "40701008", "Echocardiography";
}

code_table! { LIFE, SNOMED;
    NEVER_SMOKED = "266919005", "Never smoked tobacco";
    EX_SMOKER = "8517006", "Ex-smoker";
    SMOKER = "77176002", "Smoker";
    LIVES_ALONE = "105529008", "Lives alone";
}
