//! How long it takes to read the values of a resource: what every write and every start pays for search.

use std::hint::black_box;
use std::time::Instant;

use fhir::json::Json;
use search::extract::extract;
use search::key::keys;
use search::query::ResourceType;
use search::registry::Registry;

/// Rounds of one batch; the fastest of the batches counts, because others use the machine too.
const ROUNDS: u32 = 100;
const BATCHES: u32 = 400;

const RESOURCES: &[(&str, &str)] = &[
    (
        "patient",
        r#"{"resourceType":"Patient","id":"1","meta":{"profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"],
        "tag":[{"system":"http://tags","code":"made-up"}]},"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009"}],
        "active":true,"name":[{"use":"official","family":"O’Brien","given":["Zoë","Ann"],"prefix":["Mrs"]}],
        "telecom":[{"system":"phone","use":"home","value":"01632 960 123"},{"system":"email","value":"zoe@example.org"}],"gender":"female",
        "birthDate":"1970-05-05","address":[{"use":"home","line":["1 High Street","Flat 2"],"city":"Leeds","postalCode":"LS1 4AP"}],
        "generalPractitioner":[{"reference":"Organization/Y12345"}],"managingOrganization":{"reference":"Organization/Y12345"}}"#,
    ),
    (
        "blood pressure",
        r#"{"resourceType":"Observation","id":"2","status":"final","category":[{"coding":[{"code":"vital-signs"}]}],
        "code":{"coding":[{"system":"http://snomed.info/sct","code":"75367002","display":"Blood pressure"}]},
        "subject":{"reference":"Patient/1"},"encounter":{"reference":"Encounter/3"},"effectiveDateTime":"2026-05-05T10:00:00Z",
        "performer":[{"reference":"Practitioner/4"}],"component":[
        {"code":{"coding":[{"system":"http://snomed.info/sct","code":"72313002"}]},"valueQuantity":{"value":150,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
        {"code":{"coding":[{"system":"http://snomed.info/sct","code":"1091811000000102"}]},"valueQuantity":{"value":90,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}"#,
    ),
    (
        "pulse",
        r#"{"resourceType":"Observation","id":"5","status":"final","code":{"coding":[{"system":"http://snomed.info/sct","code":"364075005"}]},
        "subject":{"reference":"Patient/1"},"effectiveDateTime":"2026-05-05","valueQuantity":{"value":72,"unit":"bpm","system":"http://unitsofmeasure.org","code":"/min"}}"#,
    ),
    (
        "medication request",
        r#"{"resourceType":"MedicationRequest","id":"6","status":"active","intent":"order","medicationCodeableConcept":{"coding":[
        {"system":"https://dmd.nhs.uk","code":"322237000","display":"Paracetamol 500mg tablets"}]},"subject":{"reference":"Patient/1"},
        "authoredOn":"2026-05-05","requester":{"reference":"Practitioner/4"}}"#,
    ),
];

fn main() {
    let start = Instant::now();
    let registry = Registry::r4();
    let opened = start.elapsed();
    let compiled: usize = ResourceType::all().map(|one| registry.failed(one).len()).sum();
    report_start(
        registry.len() - compiled,
        opened.as_secs_f64() * 1e3,
        start.elapsed().as_secs_f64() * 1e3,
    );
    for (name, text) in RESOURCES {
        let Ok(resource) = Json::parse(text.as_bytes()) else {
            continue;
        };
        let kind = resource.text("resourceType").unwrap_or_default();
        let Some(resource_type) = ResourceType::parse(kind) else {
            continue;
        };
        // Compiles the type's parameters.
        let values = extract(registry, resource_type, &resource);
        let read = each(&mut || {
            black_box(extract(registry, resource_type, black_box(&resource)));
        });
        let keyed = each(&mut || {
            let mut bytes = 0;
            for (_, value) in &values {
                keys(value, &mut |key| bytes += key.len());
            }
            black_box(bytes);
        });
        let parsed = each(&mut || {
            let _ = black_box(Json::parse(black_box(text.as_bytes())));
        });
        report(name, values.len(), [parsed, read, keyed]);
    }
}

/// Microseconds a round.
fn each(round: &mut dyn FnMut()) -> f64 {
    let batch = |_| {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            round();
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS)
    };
    (0..BATCHES).map(batch).fold(f64::INFINITY, f64::min)
}

#[expect(clippy::print_stdout, reason = "a benchmark's report")]
fn report(name: &str, values: usize, [parsed, read, keyed]: [f64; 3]) {
    println!("{name}: {values} values; parse {parsed:.1} µs, extract {read:.1} µs, keys {keyed:.1} µs");
}

#[expect(clippy::print_stdout, reason = "a benchmark's report")]
fn report_start(parameters: usize, opened: f64, compiled: f64) {
    println!("registry: {parameters} parameters; open {opened:.1} ms, all types compiled {compiled:.1} ms");
}
