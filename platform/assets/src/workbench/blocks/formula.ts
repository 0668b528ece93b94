// Formulas such as `weight / (height * height)`: read, checked, and written as JavaScript. They are what people fill into a
// block's or a step's field, and what nested blocks of Blockly become.

export type Expression =
  | { kind: "number"; value: number }
  | { kind: "text"; value: string }
  | { kind: "name"; name: string }
  | { kind: "call"; name: string; values: Expression[] }
  | { kind: "not"; of: Expression }
  | { kind: "minus"; of: Expression }
  | { kind: "two"; operator: Operator; left: Expression; right: Expression };

export type Operator = "or" | "and" | "=" | "≠" | "<" | ">" | "≤" | "≥" | "+" | "-" | "*" | "/";

/** Functions of the kit that formulas may use, with how many values they take. */
export const FUNCTIONS: Readonly<Record<string, { values: number; words: string }>> = {
  latest: { values: 1, words: "latest value of" },
  first: { values: 1, words: "first value of" },
  count: { values: 1, words: "number of values in" },
  average: { values: 1, words: "average of" },
  change: { values: 1, words: "change over" },
  value: { values: 1, words: "value of" },
  date: { values: 1, words: "date of" },
  age: { values: 1, words: "age in years of" },
  known: { values: 1, words: "it is known:" },
  round: { values: 2, words: "round to digits" },
};

export class FormulaError extends Error {}

/** How tightly things bind, and how JavaScript writes them. */
const OPERATORS: Readonly<Record<Operator, { binds: number; script: string }>> = {
  or: { binds: 1, script: "||" },
  and: { binds: 2, script: "&&" },
  "=": { binds: 4, script: "===" },
  "≠": { binds: 4, script: "!==" },
  "<": { binds: 4, script: "<" },
  ">": { binds: 4, script: ">" },
  "≤": { binds: 4, script: "<=" },
  "≥": { binds: 4, script: ">=" },
  "+": { binds: 5, script: "+" },
  "-": { binds: 5, script: "-" },
  "*": { binds: 6, script: "*" },
  "/": { binds: 6, script: "/" },
};
const NOT = 3;
const TIGHTEST = 7;
/** Deeper than this nobody writes, and nobody reads. */
const DEEPEST = 40;
const LONGEST = 2_000;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|"([^"\\\n]*)"|([A-Za-z][A-Za-z0-9_]*)|(<=|>=|<>|!=|[-+*/()=<>,≠≤≥×÷]))/y;
const SPELLINGS: Readonly<Record<string, string>> = { "<=": "≤", ">=": "≥", "<>": "≠", "!=": "≠", "×": "*", "÷": "/" };

type Token = { kind: "number" | "text" | "name" | "mark"; text: string };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new FormulaError(`"${text.slice(at).trim().slice(0, 12)}" cannot be read`);
    const [, number, quoted, name, mark] = match;
    if (number !== undefined) found.push({ kind: "number", text: number });
    else if (quoted !== undefined) found.push({ kind: "text", text: quoted });
    else if (name !== undefined) found.push({ kind: "name", text: name });
    else found.push({ kind: "mark", text: SPELLINGS[mark ?? ""] ?? mark ?? "" });
  }
  return found;
}

/** Reads a formula; throws a FormulaError with a sentence for who wrote it. */
export function parse(text: string): Expression {
  if (text.length > LONGEST) throw new FormulaError("the formula is too long");
  const list = tokens(text);
  let at = 0;
  const peek = (): string => {
    const token = list[at];
    return token && token.kind !== "text" && token.kind !== "number" ? token.text : "";
  };
  const take = (mark: string): boolean => peek() === mark && (at += 1) > 0;

  const inside = (least: number, depth: number): Expression => {
    if (depth > DEEPEST) throw new FormulaError("there are too many brackets");
    let left = single(depth);
    for (;;) {
      const operator = peek() as Operator;
      const rule = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
      if (!rule || rule.binds < least) return left;
      at += 1;
      left = { kind: "two", operator, left, right: inside(rule.binds + 1, depth + 1) };
    }
  };
  const single = (depth: number): Expression => {
    const token = list[at];
    if (!token) throw new FormulaError("something is missing at the end");
    at += 1;
    if (token.kind === "number") return { kind: "number", value: Number(token.text) };
    if (token.kind === "text") return { kind: "text", value: token.text };
    if (token.text === "not") return { kind: "not", of: inside(NOT, depth + 1) };
    if (token.text === "-") return { kind: "minus", of: inside(TIGHTEST, depth + 1) };
    if (token.text === "(") {
      const whole = inside(0, depth + 1);
      if (!take(")")) throw new FormulaError("a closing bracket is missing");
      return whole;
    }
    if (token.kind !== "name" || token.text === "and" || token.text === "or") throw new FormulaError(`"${token.text}" stands where a value is expected`);
    if (!take("(")) return { kind: "name", name: token.text };
    const values: Expression[] = [];
    if (!take(")")) {
      do values.push(inside(0, depth + 1));
      while (take(","));
      if (!take(")")) throw new FormulaError("a closing bracket is missing");
    }
    const known = Object.hasOwn(FUNCTIONS, token.text) ? FUNCTIONS[token.text] : undefined;
    if (!known) throw new FormulaError(`there is no ${token.text}(…); there are ${Object.keys(FUNCTIONS).join(", ")}`);
    if (values.length === 0 || values.length > known.values) throw new FormulaError(`${token.text}(…) takes ${known.values === 1 ? "one value" : `up to ${known.values} values`}`);
    return { kind: "call", name: token.text, values };
  };

  const whole = inside(0, 0);
  const rest = list[at];
  if (rest) throw new FormulaError(`"${rest.text}" is one too many`);
  return whole;
}

/** The formula as people write it. */
export function print(expression: Expression): string {
  return written(expression, 0, { text: (value) => `"${value}"`, operator: (operator) => operator, not: "not ", call: (name) => name });
}

/** The formula in JavaScript. */
export function script(expression: Expression): string {
  return written(expression, 0, { text: (value) => JSON.stringify(value), operator: (operator) => OPERATORS[operator].script, not: "!", call: (name) => name });
}

interface Spelling {
  text: (value: string) => string;
  operator: (operator: Operator) => string;
  not: string;
  call: (name: string) => string;
}

function written(expression: Expression, around: number, spell: Spelling): string {
  const closed = (binds: number, text: string): string => (binds < around ? `(${text})` : text);
  switch (expression.kind) {
    case "number":
      return String(expression.value);
    case "text":
      return spell.text(expression.value);
    case "name":
      return expression.name;
    case "call":
      return `${spell.call(expression.name)}(${expression.values.map((value) => written(value, 0, spell)).join(", ")})`;
    case "not":
      // JavaScript binds its mark more tightly than people do their word.
      return spell.not === "!" ? `!${written(expression.of, TIGHTEST, spell)}` : closed(NOT, spell.not + written(expression.of, NOT, spell));
    case "minus":
      return closed(TIGHTEST, `-${written(expression.of, TIGHTEST + 1, spell)}`);
    case "two": {
      const { binds } = OPERATORS[expression.operator];
      const [left, right] = [written(expression.left, binds, spell), written(expression.right, binds + 1, spell)];
      return closed(binds, `${left} ${spell.operator(expression.operator)} ${right}`);
    }
  }
}

/** Names in a formula, and the functions that it uses. */
export function usedIn(expression: Expression, names: Set<string>, functions: Set<string>): void {
  switch (expression.kind) {
    case "number":
    case "text":
      return;
    case "name":
      names.add(expression.name);
      return;
    case "call":
      functions.add(expression.name);
      for (const value of expression.values) usedIn(value, names, functions);
      return;
    case "not":
    case "minus":
      usedIn(expression.of, names, functions);
      return;
    case "two":
      usedIn(expression.left, names, functions);
      usedIn(expression.right, names, functions);
  }
}

/** A text with formulas in curly brackets: `The BMI is {round(bmi, 1)}.` */
export function pieces(text: string): (string | Expression)[] {
  return text
    .split(/(\{[^{}]*\})/)
    .filter((piece) => piece !== "")
    .map((piece) => (piece.startsWith("{") && piece.endsWith("}") ? parse(piece.slice(1, -1)) : piece));
}
