//! Medicines: a code of dm+d where it is certain, one of our own always, and how each is usually taken.

use fhir_types::authored::Code;

use super::{OUR_MEDICINES, SNOMED};

/// A medicine and how it is usually taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Medicine {
    /// dm+d first, if there is one, and ours.
    pub(crate) codes: &'static [Code],
    /// As it stands on a prescription.
    pub(crate) name: &'static str,
    /// As it stands on the label.
    pub(crate) label: &'static str,
    /// How often in how many days; 0 times where it is taken only when needed.
    pub(crate) times: (u32, u32),
    /// How many at a time, and of what.
    pub(crate) dose: (f64, &'static str),
    /// How many are handed out at a time.
    pub(crate) pack: f64,
}

macro_rules! medicines {
    ($($name:ident: $ours:literal, $words:literal, $dmd:tt, $label:literal, ($times:literal in $days:literal), $dose:literal $unit:literal, $pack:literal;)+) => {
        $(pub(crate) const $name: Medicine = Medicine {
            codes: medicines!(@codes $ours, $words, $dmd),
            name: $words,
            label: $label,
            times: ($times, $days),
            dose: ($dose, $unit),
            pack: $pack,
        };)+
        /// Every medicine above.
        pub(crate) const ALL: &[Medicine] = &[$($name),+];
    };
    (@codes $ours:literal, $words:literal, "") => {
        &[Code { system: OUR_MEDICINES, code: $ours, display: $words }]
    };
    (@codes $ours:literal, $words:literal, $dmd:literal) => {
        &[
            Code { system: SNOMED, code: $dmd, display: $words },
            Code { system: OUR_MEDICINES, code: $ours, display: $words },
        ]
    };
}

medicines! {
    METFORMIN: "metformin-500mg-tablet", "Metformin 500mg tablets", "325278007", "One tablet twice a day with meals", (2 in 1), 1.0 "tablet", 56.0;
    PARACETAMOL: "paracetamol-500mg-tablet", "Paracetamol 500mg tablets", "322236009", "Two tablets up to four times a day when required", (0 in 1), 2.0 "tablet", 100.0;
    GLICLAZIDE: "gliclazide-80mg-tablet", "Gliclazide 80mg tablets", "", "One tablet in the morning with breakfast", (1 in 1), 1.0 "tablet", 28.0;
    DAPAGLIFLOZIN: "dapagliflozin-10mg-tablet", "Dapagliflozin 10mg tablets", "", "One tablet in the morning", (1 in 1), 1.0 "tablet", 28.0;
    RAMIPRIL: "ramipril-5mg-capsule", "Ramipril 5mg capsules", "", "One capsule daily", (1 in 1), 1.0 "capsule", 28.0;
    AMLODIPINE: "amlodipine-5mg-tablet", "Amlodipine 5mg tablets", "", "One tablet daily", (1 in 1), 1.0 "tablet", 28.0;
    ATORVASTATIN: "atorvastatin-20mg-tablet", "Atorvastatin 20mg tablets", "", "One tablet at night", (1 in 1), 1.0 "tablet", 28.0;
    SALBUTAMOL: "salbutamol-100mcg-inhaler", "Salbutamol 100micrograms/dose inhaler CFC free", "", "Two puffs up to four times a day when required", (0 in 1), 2.0 "puff", 1.0;
    BECLOMETASONE: "beclometasone-100mcg-inhaler", "Beclometasone 100micrograms/dose inhaler CFC free", "", "Two puffs twice a day", (2 in 1), 2.0 "puff", 1.0;
    TIOTROPIUM: "tiotropium-18mcg-capsule", "Tiotropium bromide 18microgram inhalation powder capsules", "", "Inhale the contents of one capsule once a day", (1 in 1), 1.0 "capsule", 30.0;
    PREDNISOLONE: "prednisolone-5mg-tablet", "Prednisolone 5mg tablets", "", "Six tablets in the morning for five days", (1 in 1), 6.0 "tablet", 30.0;
    AMOXICILLIN: "amoxicillin-500mg-capsule", "Amoxicillin 500mg capsules", "", "One capsule three times a day for five days", (3 in 1), 1.0 "capsule", 15.0;
    DOXYCYCLINE: "doxycycline-100mg-capsule", "Doxycycline 100mg capsules", "", "Two capsules on the first day, then one daily", (1 in 1), 1.0 "capsule", 8.0;
    CLARITHROMYCIN: "clarithromycin-500mg-tablet", "Clarithromycin 500mg tablets", "", "One tablet twice a day for five days", (2 in 1), 1.0 "tablet", 10.0;
    NITROFURANTOIN: "nitrofurantoin-100mg-mr-capsule", "Nitrofurantoin 100mg modified-release capsules", "", "One capsule twice a day for three days", (2 in 1), 1.0 "capsule", 6.0;
    APIXABAN: "apixaban-5mg-tablet", "Apixaban 5mg tablets", "", "One tablet twice a day", (2 in 1), 1.0 "tablet", 56.0;
    WARFARIN: "warfarin-1mg-tablet", "Warfarin 1mg tablets", "", "As directed by the anticoagulant clinic", (1 in 1), 3.0 "tablet", 84.0;
    BISOPROLOL: "bisoprolol-2.5mg-tablet", "Bisoprolol 2.5mg tablets", "", "One tablet daily", (1 in 1), 1.0 "tablet", 28.0;
    FUROSEMIDE: "furosemide-40mg-tablet", "Furosemide 40mg tablets", "", "One tablet in the morning", (1 in 1), 1.0 "tablet", 28.0;
    ASPIRIN: "aspirin-75mg-dispersible-tablet", "Aspirin 75mg dispersible tablets", "", "One tablet daily, dispersed in water", (1 in 1), 1.0 "tablet", 28.0;
    CLOPIDOGREL: "clopidogrel-75mg-tablet", "Clopidogrel 75mg tablets", "", "One tablet daily", (1 in 1), 1.0 "tablet", 28.0;
    SERTRALINE: "sertraline-50mg-tablet", "Sertraline 50mg tablets", "", "One tablet daily", (1 in 1), 1.0 "tablet", 28.0;
    LEVOTHYROXINE: "levothyroxine-75mcg-tablet", "Levothyroxine sodium 75microgram tablets", "", "One tablet in the morning, half an hour before breakfast", (1 in 1), 1.0 "tablet", 28.0;
    OMEPRAZOLE: "omeprazole-20mg-gr-capsule", "Omeprazole 20mg gastro-resistant capsules", "", "One capsule in the morning", (1 in 1), 1.0 "capsule", 28.0;
    ALENDRONIC_ACID: "alendronic-acid-70mg-tablet", "Alendronic acid 70mg tablets", "", "One tablet once a week, upright, with a glass of water", (1 in 7), 1.0 "tablet", 4.0;
    COLECALCIFEROL: "colecalciferol-calcium-tablet", "Calcium carbonate 1.5g / Colecalciferol 10microgram tablets", "", "One tablet twice a day", (2 in 1), 1.0 "tablet", 56.0;
    FERROUS_FUMARATE: "ferrous-fumarate-210mg-tablet", "Ferrous fumarate 210mg tablets", "", "One tablet daily", (1 in 1), 1.0 "tablet", 84.0;
    FOLIC_ACID: "folic-acid-400mcg-tablet", "Folic acid 400microgram tablets", "", "One tablet daily until twelve weeks pregnant", (1 in 1), 1.0 "tablet", 90.0;
    ALLOPURINOL: "allopurinol-100mg-tablet", "Allopurinol 100mg tablets", "", "One tablet daily", (1 in 1), 1.0 "tablet", 28.0;
    LEVETIRACETAM: "levetiracetam-500mg-tablet", "Levetiracetam 500mg tablets", "", "One tablet twice a day", (2 in 1), 1.0 "tablet", 60.0;
    DONEPEZIL: "donepezil-10mg-tablet", "Donepezil 10mg tablets", "", "One tablet at night", (1 in 1), 1.0 "tablet", 28.0;
    CODEINE: "codeine-15mg-tablet", "Codeine 15mg tablets", "", "One or two tablets up to four times a day when required", (0 in 1), 1.0 "tablet", 28.0;
    NAPROXEN: "naproxen-250mg-tablet", "Naproxen 250mg tablets", "", "One tablet twice a day with food", (2 in 1), 1.0 "tablet", 28.0;
    AMITRIPTYLINE: "amitriptyline-10mg-tablet", "Amitriptyline 10mg tablets", "", "One tablet at night", (1 in 1), 1.0 "tablet", 28.0;
    LAXIDO: "macrogol-compound-sachet", "Macrogol compound oral powder sachets NPF sugar free", "", "One sachet in water twice a day when required", (0 in 1), 1.0 "sachet", 20.0;
    EMOLLIENT: "emollient-cream", "Emollient cream", "", "Apply as often as needed", (0 in 1), 1.0 "application", 1.0;
    LETROZOLE: "letrozole-2.5mg-tablet", "Letrozole 2.5mg tablets", "", "One tablet daily", (1 in 1), 1.0 "tablet", 28.0;
}
