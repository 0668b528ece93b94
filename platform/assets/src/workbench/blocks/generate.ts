// From the document to a script that people can read and go on with.
import { type BlocksDocument, FIELD_TYPES, MEASURES, SHAPES, type Step, filled, inside, nameProblem } from "./document";
import { type Expression, FormulaError, parse, pieces, script, usedIn } from "./formula";

/** Something that keeps the script from working, and the step that it is about. */
export interface Trouble {
  step: Step;
  key: string;
  sentence: string;
}

export interface Generated {
  script: string;
  troubles: Trouble[];
}

/** Where a name gets its value, or is used: the list of steps, and the place in it. */
interface Place {
  name: string;
  list: readonly Step[];
  index: number;
  /** The lists around it, the outermost first, with the place in each. */
  around: readonly { list: readonly Step[]; index: number }[];
  step: Step;
  key: string;
}

const FIRST = "// Made from blocks. Change it with the blocks, or write here: then it is code from there on.";

export function generate(document: BlocksDocument): Generated {
  const found = look(document);
  const hoisted = hoistedOf(found);
  const writer = new Writer(hoisted, found.troubles);
  const body = writer.steps(document.steps, 1);
  const names = [...found.kit, ...writer.kit].filter((name, index, all) => all.indexOf(name) === index).sort();
  const declared = hoisted.size > 0 ? [`  let ${[...hoisted].join(", ")};`] : [];
  const lines = [
    FIRST,
    `import { ${["app", ...names].join(", ")} } from "./kit.js";`,
    "",
    `export default app(${JSON.stringify(document.title)}, async (page) => {`,
    ...declared,
    ...body,
    "});",
    "",
  ];
  return { script: lines.join("\n"), troubles: found.troubles };
}

/** Everything that the document names and uses. */
interface Found {
  set: Place[];
  used: Place[];
  kit: Set<string>;
  troubles: Trouble[];
}

function look(document: BlocksDocument): Found {
  const found: Found = { set: [], used: [], kit: new Set(), troubles: [] };
  const walk = (list: readonly Step[], around: Place["around"]): void => {
    list.forEach((step, index) => {
      const place = (name: string, key: string): Place => ({ name, list, index, around, step, key });
      const use = (expression: Expression, key: string): void => {
        const names = new Set<string>();
        usedIn(expression, names, found.kit);
        for (const name of names) found.used.push(place(name, key));
      };
      for (const { key, type, when } of SHAPES[step.kind].blanks) {
        if (when && !when(step as unknown as Record<string, unknown>)) continue;
        const text = filled(step, key);
        const trouble = (sentence: string): void => void found.troubles.push({ step, key, sentence });
        try {
          if (type === "formula") use(parse(text), key);
          else if (type === "words") for (const piece of pieces(text)) typeof piece !== "string" && use(piece, key);
          else if (type === "of") found.used.push(place(text, key));
          else if (type === "bands") bandsOf(text);
          else if (type === "address" && !/^https?:\/\/[^\s"<>]+$/.test(text)) trouble("The address must begin with https://");
          if (type === "name") {
            const problem = nameProblem(text);
            if (problem) trouble(problem);
            // Each item of a list is known inside only.
            else if (step.kind === "each") found.set.push({ name: text, list: step.steps, index: -1, around: [...around, { list, index }], step, key });
            else found.set.push(place(text, key));
          }
        } catch (error) {
          if (!(error instanceof FormulaError)) throw error;
          trouble(`This formula cannot be read: ${error.message}`);
        }
      }
      for (const [key] of SHAPES[step.kind].inside) walk(inside(step, key), [...around, { list, index }]);
    });
  };
  walk(document.steps, []);
  for (const use of found.used) {
    const { name, step, key } = use;
    const known = found.set.filter((place) => place.name === name);
    if (known.length === 0) found.troubles.push({ step, key, sentence: `Nothing is called "${name}" yet` });
    else if (known.every((place) => place.step.kind === "each" && !reaches(place, use))) found.troubles.push({ step, key, sentence: `"${name}" is known inside its "for each" only` });
  }
  return found;
}

/** Whether what is named at `place` is known at `use` when it is declared there. */
function reaches(place: Place, use: Place): boolean {
  const at = [...use.around, { list: use.list, index: use.index }].find(({ list }) => list === place.list);
  return at !== undefined && at.index > place.index;
}

/** Names that cannot be declared where they get their value: they get it in several places, or are used outside of that place. */
function hoistedOf({ set, used }: Found): Set<string> {
  const hoisted = new Set<string>();
  for (const place of set) {
    if (place.step.kind === "each") continue;
    const elsewhere = set.some((other) => other !== place && other.name === place.name);
    if (elsewhere || used.some((use) => use.name === place.name && !reaches(place, use))) hoisted.add(place.name);
  }
  return hoisted;
}

function bandsOf(text: string): { bands: [number, number][]; more: number } {
  const bands: [number, number][] = [];
  let more: number | undefined;
  for (const part of text.split(",")) {
    const match = /^\s*(-?\d+(?:\.\d+)?|more)\s*:\s*(-?\d+(?:\.\d+)?)\s*$/.exec(part);
    if (!match || more !== undefined) throw new FormulaError("write bands such as 8: 3, 11: 1, more: 0, with more at the end");
    const [, highest, points] = match;
    if (highest === "more") more = Number(points);
    else bands.push([Number(highest), Number(points)]);
  }
  if (more === undefined) throw new FormulaError("the bands end with what is more, such as more: 0");
  if (bands.some(([highest], index) => index > 0 && highest <= (bands[index - 1]?.[0] ?? 0))) throw new FormulaError("the bands go from the lowest to the highest");
  return { bands, more };
}

class Writer {
  readonly kit = new Set<string>();

  constructor(
    private readonly hoisted: ReadonlySet<string>,
    private readonly troubles: readonly Trouble[],
  ) {}

  steps(steps: readonly Step[], depth: number): string[] {
    return steps.flatMap((step) => this.step(step, depth));
  }

  private step(step: Step, depth: number): string[] {
    const margin = "  ".repeat(depth);
    const at = (...lines: string[]): string[] => lines.map((line) => margin + line);
    // What cannot be written is left out, and said; the rest works.
    const broken = this.troubles.find((trouble) => trouble.step === step);
    if (broken) return at(`// Left out: ${SHAPES[step.kind].title.toLowerCase()}. ${oneLine(broken.sentence)}.`);
    const block = (head: string, list: readonly Step[]): string[] => [...at(`${head} {`), ...this.steps(list, depth + 1)];
    switch (step.kind) {
      case "heading":
      case "text":
      case "warning":
        return at(`page.${step.kind}(${this.words(step.text)});`);
      case "link":
        return at(`page.link(${JSON.stringify(step.text)}, ${JSON.stringify(step.address)});`);
      case "field":
        return at(this.gets(step.name, `page.field(${fieldOf(step)})`));
      case "button":
        return [...block(`if (page.pressed(${JSON.stringify(step.label)}))`, step.steps), ...at("}")];
      case "patient":
        return at(this.gets(step.name, `await page.patient(${script(parse(step.number))})`));
      case "observations":
        return at(this.gets(step.name, `await page.observations(${step.patient}, ${JSON.stringify(oneOf(MEASURES, step.measure))})`));
      case "banner":
        return at(`page.banner(${step.patient});`);
      case "table":
      case "chart":
        return at(`page.${step.kind}(${step.list}, ${JSON.stringify(step.caption)});`);
      case "set":
        return at(this.gets(step.name, script(parse(step.value))));
      case "points": {
        this.kit.add("points");
        const { bands, more } = bandsOf(step.bands);
        const list = bands.map(([highest, points]) => `[${highest}, ${points}]`).join(", ");
        return at(this.gets(step.name, `points(${script(parse(step.of))}, [${list}], ${more})`));
      }
      case "if": {
        const otherwise = step.otherwise.length > 0 ? block("} else", step.otherwise) : [];
        return [...block(`if (${script(parse(step.test))})`, step.steps), ...otherwise, ...at("}")];
      }
      case "each":
        return [...block(`for (const ${step.name} of ${step.list})`, step.steps), ...at("}")];
    }
  }

  private gets(name: string, value: string): string {
    return this.hoisted.has(name) ? `${name} = ${value};` : `const ${name} = ${value};`;
  }

  private words(text: string): string {
    const parts = pieces(text);
    if (parts.every((part) => typeof part === "string")) return JSON.stringify(text);
    this.kit.add("words");
    const inner = parts.map((part) => (typeof part === "string" ? part.replace(/[\\`]|\$(?=\{)/g, "\\$&") : `\${${script(part)}}`));
    return `words\`${inner.join("")}\``;
  }
}

function fieldOf(step: Step & { kind: "field" }): string {
  const type = oneOf(FIELD_TYPES, step.type);
  const parts = [`name: ${JSON.stringify(step.name)}`, `label: ${JSON.stringify(step.label)}`, `type: ${JSON.stringify(type)}`];
  if (type === "number" && step.unit) parts.push(`unit: ${JSON.stringify(step.unit)}`);
  if (type === "choice") {
    const choices = step.choices.split(",").map((choice) => choice.trim()).filter(Boolean);
    parts.push(`choices: [${choices.map((choice) => JSON.stringify(choice)).join(", ")}]`);
  }
  return `{ ${parts.join(", ")} }`;
}

/** The value, if it is one of those; else the first. */
function oneOf(options: readonly (readonly [string, string])[], value: string): string {
  return options.find(([name]) => name === value)?.[0] ?? options[0]?.[0] ?? "";
}

function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u2028\u2029]/g, " ");
}
