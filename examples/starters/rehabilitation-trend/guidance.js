// Where guidance is. Links only: what it says is read where it is kept up to date.
// Checked November 2026. The local pathway is made up: put your own in its place.

const HIP_FRACTURE = "5913000"; // SNOMED CT
const STROKE = "230690007";

/** `about` names the problems that a guideline is for; without it, it is for everybody in rehabilitation. */
const LOCAL = [{ title: "Rehabilitation at home: our pathway (made up, an example for yours)", link: "./pathway.html" }];
const NATIONAL = [
  { title: "NICE CG124: Hip fracture: management", link: "https://www.nice.org.uk/guidance/cg124", about: HIP_FRACTURE },
  { title: "NICE NG236: Stroke rehabilitation in adults", link: "https://www.nice.org.uk/guidance/ng236", about: STROKE },
  { title: "NICE NG211: Rehabilitation after traumatic injury", link: "https://www.nice.org.uk/guidance/ng211", about: HIP_FRACTURE },
  { title: "NHS England: Commissioning guidance for rehabilitation (2016)", link: "https://www.england.nhs.uk/wp-content/uploads/2016/04/rehabilitation-comms-guid-16-17.pdf" },
];
const INTERNATIONAL = [
  { title: "WHO: Package of interventions for rehabilitation", link: "https://www.who.int/teams/noncommunicable-diseases/sensory-functions-disability-and-rehabilitation/rehabilitation/service-delivery/package-of-interventions-for-rehabilitation" },
  { title: "WHO: Rehabilitation 2030", link: "https://www.who.int/initiatives/rehabilitation-2030" },
];

/** The guidance for somebody with these problems: [[level, links]]. */
export function guidanceFor(conditions) {
  const codes = conditions.flatMap((each) => each.code?.coding ?? []).map((coding) => coding.code);
  const fits = ({ about }) => !about || codes.includes(about);
  return [["Local", LOCAL], ["National", NATIONAL], ["International", INTERNATIONAL]].map(([level, links]) => [level, links.filter(fits)]);
}
