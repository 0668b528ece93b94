// The patient banner: who, and what must not be overlooked.
import { patientBanner } from "nhs";

const jane = { resourceType: "Patient", id: "9000000009", name: [{ use: "usual", family: "Smith", given: ["Jane"] }], birthDate: "2010-10-22", gender: "female", address: [{ use: "home", line: ["1 Trevelyan Square"], postalCode: "LS1 6AE" }] };
const banner = (patient, options) => String(patientBanner(patient, { at: "2026-08-06", ...options }));
const number = (patient) => /<dt>NHS number<\/dt> <dd><span class="c4h-nowrap">(.*?)<\/span>/.exec(banner(patient))[1];

// An id is the NHS number only if it is one.
number(jane); // => "900 000 0009"
number({ ...jane, id: "patient-17" }); // => "Not known"
number({ ...jane, id: "9000000000" }); // => "Not known"
number({ ...jane, id: undefined }); // => "Not known"
number({ ...jane, id: "patient-17", identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: "9000000009" }] }); // => "900 000 0009"
number({ ...jane, identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: "9000000017" }] }); // => "900 000 0017"
banner({ ...jane, id: "patient-17" }, { askedFor: "9000000009" }).includes("replaced"); // => false
banner(jane, { askedFor: "900 000 0009" }).includes("replaced"); // => false

// No address, restricted or not.
banner(jane).includes("Trevelyan"); // => false
banner(jane).includes("LS1"); // => false
const restricted = { ...jane, meta: { security: [{ code: "R" }] } };
banner(restricted).includes("Trevelyan"); // => false
banner(restricted).includes("Restricted record: do not share, or try to find out, where this patient lives."); // => true
banner(restricted).includes('<section class="c4h-banner c4h-banner--restricted" aria-label="Patient">'); // => true
banner(jane).includes("Restricted"); // => false

// Died: said, with the age at death; alive, with today's.
const died = { ...jane, deceasedDateTime: "2019-02-14T00:00:00+00:00" };
banner(died).includes("<dt>Born</dt> <dd>22-Oct-2010</dd>"); // => true
banner(died).includes("<dt>Died</dt> <dd>14-Feb-2019 (aged 8y 3m)</dd>"); // => true
banner(died).includes("This patient has died."); // => true
banner(died).includes("c4h-banner--deceased"); // => true
const sometime = { ...jane, deceasedBoolean: true };
banner(sometime).includes("<dt>Died</dt> <dd>Date not known</dd>"); // => true
banner(sometime).includes("aged"); // => false
banner(sometime).includes("15y"); // => false
banner(jane).includes("Died"); // => false
banner({ ...jane, deceasedBoolean: false }).includes("died"); // => false

// Allergies: some, none that anybody wrote down, and not asked about here.
const allergy = (code, status) => ({ code: { text: code }, clinicalStatus: { coding: [{ code: status }] } });
banner(jane, { allergies: [allergy("Penicillin", "active"), "Latex"] }).includes("<dt>Allergies</dt> <dd>Penicillin, Latex</dd>"); // => true
banner(jane, { allergies: [] }).includes("<dt>Allergies</dt> <dd>Not recorded</dd>"); // => true
banner(jane, { allergies: [allergy("Penicillin", "resolved")] }).includes("<dd>Not recorded</dd>"); // => true
banner(jane).includes("Allergies"); // => false

// What is not known, and what somebody wrote into a name.
banner({ resourceType: "Patient" }).match(/Not known/g).length; // => 4
banner({ ...jane, name: [{ family: "<b>", given: ["&"] }] }).includes("&lt;B&gt;, &amp;"); // => true
