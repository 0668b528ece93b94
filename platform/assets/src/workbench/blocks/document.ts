// The document that blocks and outline both edit: steps from top to bottom, some with steps inside. It lies in the app folder as
// blocks.json, and the script is made from it.
import { FUNCTIONS } from "./formula";

/** Where the document lies, and the files that are made from it or belong to it. */
export const FILE = "blocks.json";
export const SCRIPT = "app.js";
export const KIT = "kit.js";

export interface BlocksDocument {
  /** The version of this form. */
  blocks: 1;
  title: string;
  steps: Step[];
}

export type FieldType = "number" | "text" | "nhs-number" | "date" | "choice" | "yes-no";

export type Step =
  | { kind: "heading"; text: string }
  | { kind: "text"; text: string }
  | { kind: "warning"; text: string }
  | { kind: "link"; text: string; address: string }
  | { kind: "field"; name: string; label: string; type: FieldType; unit: string; choices: string }
  | { kind: "button"; label: string; steps: Step[] }
  | { kind: "patient"; name: string; number: string }
  | { kind: "observations"; name: string; patient: string; measure: string }
  | { kind: "banner"; patient: string }
  | { kind: "table"; list: string; caption: string }
  | { kind: "chart"; list: string; caption: string }
  | { kind: "set"; name: string; value: string }
  | { kind: "points"; name: string; of: string; bands: string }
  | { kind: "if"; test: string; steps: Step[]; otherwise: Step[] }
  | { kind: "each"; name: string; list: string; steps: Step[] };

export type Kind = Step["kind"];

/** What one part of a step is: a blank to fill in. */
export interface Blank {
  key: string;
  label: string;
  hint?: string;
  /** `words`: text with formulas in curly brackets. `name`: gives something a name. `of`: names something. */
  type: "plain" | "words" | "formula" | "name" | "of" | "choice" | "bands" | "address";
  options?: readonly (readonly [string, string])[];
  /** Left out where this says no. */
  when?: (step: Record<string, unknown>) => boolean;
}

export interface Shape {
  /** What it is called in lists. */
  title: string;
  /** In which drawer of the toolbox. */
  drawer: "Page" | "Form" | "Patient" | "Work out" | "Choose";
  /** One line for somebody who has not used it yet. */
  about: string;
  blanks: readonly Blank[];
  /** Lists of steps inside, with their words. */
  inside: readonly (readonly ["steps" | "otherwise", string])[];
  /** What a new one holds. */
  fresh: () => Step;
}

export const FIELD_TYPES = [
  ["number", "a number"],
  ["text", "some words"],
  ["nhs-number", "an NHS number"],
  ["date", "a date"],
  ["choice", "one of several"],
  ["yes-no", "yes or no"],
] as const;

/** What the kit can ask a record for, by the names that it knows. */
export const MEASURES = [
  ["heart-rate", "heart rate"],
  ["respiratory-rate", "breathing rate"],
  ["temperature", "temperature"],
  ["oxygen-saturation", "oxygen saturation"],
  ["systolic", "systolic blood pressure"],
  ["diastolic", "diastolic blood pressure"],
  ["weight", "weight"],
  ["height", "height"],
  ["bmi", "body mass index"],
  ["news2", "NEWS2 score"],
  ["timed-up-and-go", "Timed Up and Go"],
  ["walking-speed", "walking speed"],
  ["sit-to-stand", "sit to stand"],
  ["peak-flow", "peak flow"],
  ["hba1c", "HbA1c"],
  ["creatinine", "creatinine"],
  ["cholesterol", "cholesterol"],
  ["haemoglobin", "haemoglobin"],
] as const;

const INSERT = "Put a value in with curly brackets, for example {round(bmi, 1)}";
const FORMULA = "For example weight / (height * height)";
const NAME = "Letters and digits, beginning with a letter";

export const SHAPES: Readonly<Record<Kind, Shape>> = {
  heading: { title: "Show a heading", drawer: "Page", about: "A line in large letters.", blanks: [{ key: "text", label: "Heading", type: "words" }], inside: [], fresh: () => ({ kind: "heading", text: "Heading" }) },
  text: { title: "Show words", drawer: "Page", about: "A paragraph, with values in it if you like.", blanks: [{ key: "text", label: "Words", type: "words", hint: INSERT }], inside: [], fresh: () => ({ kind: "text", text: "Some words" }) },
  warning: { title: "Show a warning", drawer: "Page", about: "A paragraph that stands out.", blanks: [{ key: "text", label: "Warning", type: "words", hint: INSERT }], inside: [], fresh: () => ({ kind: "warning", text: "Take care" }) },
  link: {
    title: "Show a link",
    drawer: "Page",
    about: "To a guideline, for example. It opens in a new tab.",
    blanks: [
      { key: "text", label: "Words", type: "plain" },
      { key: "address", label: "Address", type: "address" },
    ],
    inside: [],
    fresh: () => ({ kind: "link", text: "The guideline", address: "https://" }),
  },
  field: {
    title: "Ask with a field",
    drawer: "Form",
    about: "People fill it in; its name is how the other steps speak of what they filled in.",
    blanks: [
      { key: "label", label: "Question", type: "plain" },
      { key: "name", label: "Name of the answer", type: "name", hint: NAME },
      { key: "type", label: "The answer is", type: "choice", options: FIELD_TYPES },
      { key: "unit", label: "Unit (optional)", type: "plain", when: (step) => step["type"] === "number" },
      { key: "choices", label: "Choices, parted by commas", type: "plain", when: (step) => step["type"] === "choice" },
    ],
    inside: [],
    fresh: () => ({ kind: "field", name: "answer", label: "Question", type: "number", unit: "", choices: "" }),
  },
  button: { title: "When a button is pressed", drawer: "Form", about: "What is inside happens once everything above it is filled in.", blanks: [{ key: "label", label: "Words on the button", type: "plain" }], inside: [["steps", "When it is pressed"]], fresh: () => ({ kind: "button", label: "Show", steps: [] }) },
  patient: {
    title: "Find a patient",
    drawer: "Patient",
    about: "By NHS number, from the Personal Demographics Service.",
    blanks: [
      { key: "number", label: "NHS number", type: "formula", hint: "The name of a field that asks for it" },
      { key: "name", label: "Call the patient", type: "name", hint: NAME },
    ],
    inside: [],
    fresh: () => ({ kind: "patient", name: "patient", number: "number" }),
  },
  observations: {
    title: "Get measurements",
    drawer: "Patient",
    about: "What was measured, from the patient's record, the oldest first.",
    blanks: [
      { key: "measure", label: "What was measured", type: "choice", options: MEASURES },
      { key: "patient", label: "Of which patient", type: "of" },
      { key: "name", label: "Call them", type: "name", hint: NAME },
    ],
    inside: [],
    fresh: () => ({ kind: "observations", name: "weights", patient: "patient", measure: "weight" }),
  },
  banner: { title: "Show the patient banner", drawer: "Patient", about: "Who it is, as clinicians know it.", blanks: [{ key: "patient", label: "Of which patient", type: "of" }], inside: [], fresh: () => ({ kind: "banner", patient: "patient" }) },
  table: {
    title: "Show a table",
    drawer: "Patient",
    about: "Measurements with their dates, the newest first.",
    blanks: [
      { key: "list", label: "Of which measurements", type: "of" },
      { key: "caption", label: "Title", type: "plain" },
    ],
    inside: [],
    fresh: () => ({ kind: "table", list: "weights", caption: "Weight" }),
  },
  chart: {
    title: "Show a chart",
    drawer: "Patient",
    about: "Measurements as a line over time.",
    blanks: [
      { key: "list", label: "Of which measurements", type: "of" },
      { key: "caption", label: "Title", type: "plain" },
    ],
    inside: [],
    fresh: () => ({ kind: "chart", list: "weights", caption: "Weight over time" }),
  },
  set: {
    title: "Calculate",
    drawer: "Work out",
    about: "Works something out and gives it a name.",
    blanks: [
      { key: "name", label: "Call the result", type: "name", hint: NAME },
      { key: "value", label: "Formula", type: "formula", hint: FORMULA },
    ],
    inside: [],
    fresh: () => ({ kind: "set", name: "result", value: "0" }),
  },
  points: {
    title: "Give points",
    drawer: "Work out",
    about: "Looks a value up in bands, as scores do.",
    blanks: [
      { key: "name", label: "Call the points", type: "name", hint: NAME },
      { key: "of", label: "For which value", type: "formula" },
      { key: "bands", label: "Bands", type: "bands", hint: "Highest value: points, and what is more: for example 8: 3, 11: 1, 20: 0, 24: 2, more: 3" },
    ],
    inside: [],
    fresh: () => ({ kind: "points", name: "score", of: "answer", bands: "10: 0, more: 1" }),
  },
  if: {
    title: "If",
    drawer: "Choose",
    about: "Does one thing or another.",
    blanks: [{ key: "test", label: "If", type: "formula", hint: "For example bmi ≥ 30 and known(height)" }],
    inside: [
      ["steps", "Then"],
      ["otherwise", "Otherwise"],
    ],
    fresh: () => ({ kind: "if", test: "1 < 2", steps: [], otherwise: [] }),
  },
  each: {
    title: "For each",
    drawer: "Choose",
    about: "Does the same for every measurement of a list.",
    blanks: [
      { key: "list", label: "Of which measurements", type: "of" },
      { key: "name", label: "Call each one", type: "name", hint: NAME },
    ],
    inside: [["steps", "Do"]],
    fresh: () => ({ kind: "each", name: "item", list: "weights", steps: [] }),
  },
};

export const KINDS = Object.keys(SHAPES) as Kind[];
export const DRAWERS = ["Form", "Patient", "Page", "Work out", "Choose"] as const;

/** Steps of one document at most, and how deep they lie in each other. */
const MOST = 400;
const DEEPEST = 12;
/** The longest text of one blank. */
const LONGEST = 2_000;

const SCRIPT_WORDS =
  "await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield async of eval arguments NaN Infinity and or not page app words points round".split(" ");
/** Names that mean something already. */
/** What the kit calls its own field: the button that was pressed. */
const PRESSED = "pressed";
const TAKEN: ReadonlySet<string> = new Set([...SCRIPT_WORDS, ...Object.keys(FUNCTIONS), PRESSED]);

/** What is wrong with a name, if something is. */
export function nameProblem(name: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9]{0,39}$/.test(name)) return `"${name}" is no name: use letters and digits, beginning with a letter`;
  return TAKEN.has(name) ? `"${name}" means something else already; choose another name` : undefined;
}

/** Reads the document; `undefined` when it is none. */
export function read(text: string | undefined): BlocksDocument | undefined {
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  const { blocks, title, steps } = json as Record<string, unknown>;
  const room = { left: MOST };
  const read = stepsOf(steps, room, 0);
  if (blocks !== 1 || typeof title !== "string" || !read) return undefined;
  return { blocks: 1, title, steps: read };
}

function stepsOf(json: unknown, room: { left: number }, depth: number): Step[] | undefined {
  if (!Array.isArray(json) || depth > DEEPEST) return undefined;
  const found: Step[] = [];
  for (const each of json as unknown[]) {
    room.left -= 1;
    if (typeof each !== "object" || each === null || room.left < 0) return undefined;
    const from = each as Record<string, unknown>;
    const kind = from["kind"];
    if (typeof kind !== "string" || !Object.hasOwn(SHAPES, kind)) return undefined;
    const shape = SHAPES[kind as Kind];
    const step = shape.fresh() as unknown as Record<string, unknown>;
    for (const { key } of shape.blanks) {
      const value = from[key];
      if (value === undefined) continue;
      if (typeof value !== "string" || value.length > LONGEST) return undefined;
      step[key] = value;
    }
    for (const [key] of shape.inside) {
      const inside = stepsOf(from[key] ?? [], room, depth + 1);
      if (!inside) return undefined;
      step[key] = inside;
    }
    found.push(step as unknown as Step);
  }
  return found;
}

export function write(document: BlocksDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The value of a blank. */
export function filled(step: Step, key: string): string {
  return String((step as unknown as Record<string, unknown>)[key] ?? "");
}

export function fill(step: Step, key: string, value: string): void {
  (step as unknown as Record<string, unknown>)[key] = value;
}

/** The steps inside. */
export function inside(step: Step, key: "steps" | "otherwise"): Step[] {
  return ((step as unknown as Record<string, unknown>)[key] as Step[] | undefined) ?? [];
}
