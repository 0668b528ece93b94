//! Made-up people in numbers: a patient, three encounters, two conditions and ten observations each.

use std::borrow::Cow;
use std::collections::HashMap;

use fhir::json::Json;
use roaring::RoaringBitmap;
use search::execute::Corpus;
use search::extract::extract;
use search::index::{BaseIndex, Batch, Builder, Doc, OverlayIndex, Record};
use search::query::{ParameterId, ResourceType};
use search::registry::Registry;
use search::value::Value;

/// Records of one type for each person.
const KINDS: [(&str, u32); 4] = [
    ("Patient", 1),
    ("Encounter", 3),
    ("Condition", 2),
    ("Observation", 10),
];
/// LOINC: pulse, breathing, temperature, weight, height, and one that one person in a hundred has.
const CODES: [&str; 5] = ["8867-4", "9279-1", "8310-5", "29463-7", "8302-2"];
pub(crate) const RARE: &str = "4548-4";

/// A base of people and nothing over it.
pub(crate) struct People {
    base: BaseIndex,
    overlay: OverlayIndex,
    hidden: RoaringBitmap,
    /// Where the records of each type begin.
    starts: Vec<(ResourceType, Doc)>,
    ids: Vec<Box<str>>,
    numbers: HashMap<Box<str>, Doc>,
    pub(crate) extracted: std::time::Duration,
}

impl People {
    /// Makes so many people, on two threads.
    pub(crate) fn new(count: u32) -> Self {
        let mut starts = Vec::new();
        let mut next = 0;
        for (name, each) in KINDS {
            starts.push((ResourceType::parse(name).unwrap(), next));
            next += each * count;
        }
        let mut ids = vec![Box::<str>::default(); next as usize];
        let mut builder = Builder::new();
        let start = std::time::Instant::now();
        let half = count / 2;
        let halves: Vec<Share> = std::thread::scope(|scope| {
            let threads: Vec<_> = [0..half, half..count]
                .map(|people| {
                    let starts = &starts;
                    scope.spawn(move || gather(people, starts))
                })
                .into_iter()
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let extracted = start.elapsed();
        let mut numbers = HashMap::new();
        for (batch, named) in halves {
            builder.push(batch);
            for (doc, id) in named {
                numbers.insert(id.clone(), doc);
                ids[doc as usize] = id;
            }
        }
        Self {
            base: builder.build(2).unwrap(),
            overlay: OverlayIndex::new(),
            hidden: RoaringBitmap::new(),
            starts,
            ids,
            numbers,
            extracted,
        }
    }
}

/// What one thread makes: keys, and what the records are called.
type Share = (Batch, Vec<(Doc, Box<str>)>);

/// Makes one thread's share.
fn gather(people: std::ops::Range<u32>, starts: &[(ResourceType, Doc)]) -> Share {
    let mut batch = Batch::new();
    let mut named = Vec::new();
    for ((name, each), (of, start)) in KINDS.into_iter().zip(starts) {
        for person in people.clone() {
            for number in 0..each {
                let id = format!("{}{person}-{number}", name.get(..1).unwrap_or_default());
                let found = Found::read(*of, &write(name, &id, person, number), person);
                let doc = start + person * each + number;
                batch.add(&found.record(doc));
                named.push((doc, id.into_boxed_str()));
            }
        }
    }
    (batch, named)
}

/// A record before it is indexed.
pub(crate) struct Found {
    of: ResourceType,
    last_updated: i64,
    values: Vec<(ParameterId, Value)>,
}

impl Found {
    fn read(of: ResourceType, text: &str, person: u32) -> Self {
        let json = Json::parse(text.as_bytes()).unwrap();
        Self {
            of,
            last_updated: 1_700_000_000_000_000 + i64::from(person) * 1_000,
            values: extract(Registry::r4(), of, &json),
        }
    }

    pub(crate) fn record(&self, doc: Doc) -> Record<'_> {
        Record {
            doc,
            resource_type: self.of,
            last_updated: self.last_updated,
            values: &self.values,
        }
    }
}

/// One observation of many.
pub(crate) fn observation(number: u32) -> Found {
    let of = ResourceType::parse("Observation").unwrap();
    let (person, number) = (number / 10, number % 10);
    Found::read(
        of,
        &write("Observation", &format!("own{person}-{number}"), person, number),
        person,
    )
}

/// Scatters numbers, the same ones at every size.
fn scatter(number: u32) -> u32 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9) ^ 0x5bd1_e995;
    mixed ^= mixed >> 15;
    mixed.wrapping_mul(0x85eb_ca6b) >> 8
}

/// One of 2,000 family names; each begins with one of 400 syllables.
pub(crate) fn family(person: u32) -> String {
    let mixed = scatter(person) % 2_000;
    let letter = |n: u32| char::from(b'a' + u8::try_from(n % 20).unwrap_or_default());
    format!(
        "{}{}{}son",
        letter(mixed),
        letter(mixed / 20),
        letter(mixed / 400)
    )
}

fn day(number: u32, first_year: u32, years: u32) -> String {
    let mixed = scatter(number);
    let year = first_year + mixed % years;
    format!("{year}-{:02}-{:02}", 1 + mixed / 7 % 12, 1 + mixed / 91 % 28)
}

fn write(kind: &str, id: &str, person: u32, number: u32) -> String {
    let about = format!(r#""subject":{{"reference":"Patient/P{person}-0"}}"#);
    let begin = format!(r#"{{"resourceType":"{kind}","id":"{id}""#);
    match kind {
        "Patient" => format!(
            r#"{begin},"identifier":[{{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"{}"}}],
            "name":[{{"family":"{}","given":["Given{}"]}}],"gender":"{}","birthDate":"{}"}}"#,
            9_000_000_000_u64 + u64::from(person),
            family(person),
            scatter(person) % 900,
            if person.is_multiple_of(2) {
                "male"
            } else {
                "female"
            },
            day(person, 1930, 95),
        ),
        "Encounter" => format!(
            r#"{begin},{about},"status":"finished","class":{{"code":"AMB"}},"period":{{"start":"{}T09:00:00Z"}}}}"#,
            day(person * 3 + number, 2010, 16),
        ),
        "Condition" => format!(
            r#"{begin},{about},"code":{{"coding":[{{"system":"http://snomed.info/sct","code":"{}"}}]}}}}"#,
            10_000 + scatter(person * 2 + number) % 300,
        ),
        _ => {
            let code = if number == 9 && person % 100 == 7 {
                RARE
            } else {
                CODES[(number % 5) as usize]
            };
            let time = scatter(person * 10 + number);
            format!(
                r#"{begin},{about},"status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}},
                "effectiveDateTime":"{}T{:02}:{:02}:00Z","valueQuantity":{{"value":{},"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}}}}"#,
                day(person * 10 + number, 2015, 11),
                time % 24,
                time / 24 % 60,
                50 + time % 60,
            )
        }
    }
}

impl Corpus for People {
    fn base(&self) -> &BaseIndex {
        &self.base
    }

    fn overlay(&self) -> &OverlayIndex {
        &self.overlay
    }

    fn hidden(&self) -> &RoaringBitmap {
        &self.hidden
    }

    fn find(&self, _: ResourceType, id: &str) -> Option<Doc> {
        // Ids begin with their type's letter.
        self.numbers.get(id).copied()
    }

    fn find_in_base(&self, resource_type: ResourceType, id: &str) -> Option<Doc> {
        self.find(resource_type, id)
    }

    fn resource_type(&self, doc: Doc) -> Option<ResourceType> {
        let place = self.starts.partition_point(|(_, start)| *start <= doc);
        Some(self.starts.get(place.checked_sub(1)?)?.0)
    }

    fn id(&self, doc: Doc) -> Option<&str> {
        self.ids.get(doc as usize).map(|id| &**id)
    }

    fn text(&self, _: Doc) -> Option<Cow<'_, [u8]>> {
        None
    }
}
