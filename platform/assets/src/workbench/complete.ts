// What the editor offers while somebody writes: the names of the module `nhs`, what a handler is given, and, inside the text
// behind `fetch(`, the addresses of the operations of the workspace's interfaces.
import { type Completion as Offer, type CompletionContext, type CompletionResult, completeFromList, snippetCompletion } from "@codemirror/autocomplete";
import { localCompletionSource, scopeCompletionSource, snippets } from "@codemirror/lang-javascript";
import { syntaxTree } from "@codemirror/language";
import nhs from "c4h:nhs";
import { interfacesOf, type Operation } from "./interfaces";
import type { Address } from "./address";
import type { Project } from "./project";

/** Functions that take an address first. */
const CALLS = /^(fetch|fhirFetch|readFhir|bundleResources|bundlePages|Request)$/;

const web: Offer[] = ["fetch", "Request", "Response", "Headers", "URL", "URLSearchParams", "FormData", "console", "crypto", "Intl", "Math", "JSON", "Date", "Map", "Set", "Array", "Object", "Number", "String", "Promise"].map(
  (label) => ({ label, type: /^[A-Z]/.test(label) ? "class" : "function" }),
);

const handler: Offer[] = [
  snippetCompletion("env.store.get(\"${key}\")", { label: "env.store.get", type: "function", info: "Reads what the app keeps under a key." }),
  snippetCompletion("env.store.set(\"${key}\", ${value})", { label: "env.store.set", type: "function", info: "Keeps anything that JSON can hold, until it is deleted." }),
  snippetCompletion("env.store.list({ prefix: \"${prefix}\" })", { label: "env.store.list", type: "function", info: "The keys of what the app keeps." }),
];

export class Completion {
  private operations: Promise<Operation[]> | undefined;

  constructor(
    private readonly address: Address,
    private readonly project: Project,
  ) {}

  readonly source = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const node = syntaxTree(context.state).resolveInner(context.pos, -1);
    const text = node.name === "String" || node.name === "TemplateString" ? node : undefined;
    if (text) {
      const before = context.state.sliceDoc(text.from + 1, context.pos);
      if (text.parent?.name === "ArgList" && CALLS.test(calledBy(context, text.from))) return this.addresses(text.from + 1, before);
      if (text.parent?.name === "ImportDeclaration" || /from\s*$/.test(context.state.sliceDoc(Math.max(0, text.from - 6), text.from))) return this.modules(text.from + 1);
      return null;
    }
    return names(context);
  };

  private async addresses(from: number, before: string): Promise<CompletionResult | null> {
    this.operations ??= interfacesOf(this.address).then((found) => found.flatMap((each) => each.operations));
    const operations = await this.operations.catch(() => []);
    const options = operations.map((operation) => {
      const path = operation.address;
      const offer: Offer = {
        label: path,
        displayLabel: `${operation.method} ${path.replace("https://", "")}`,
        detail: operation.title,
        type: "text",
        info: `${operation.interface}: ${operation.title}`,
      };
      // The parts that vary become places to fill in, one Tab after the other.
      return path.includes("{") ? snippetCompletion(path.replace(/\{/g, "${"), offer) : offer;
    });
    const words = before.toLowerCase();
    const fitting = options.filter(({ label, detail }) => !words || label.toLowerCase().includes(words) || detail?.toLowerCase().includes(words));
    return { from, options: fitting, filter: false };
  }

  private modules(from: number): CompletionResult {
    const files = this.project.paths().filter((path) => /\.(m?js|ts|json|txt|html|css|csv|md|svg)$/.test(path) && !path.startsWith("public/"));
    return { from, options: [{ label: "nhs", detail: "what every health app needs", type: "namespace" }, ...files.map((path) => ({ label: `./${path}`, type: "text" }))] };
  }
}

/** The name of the function whose first value is the text that begins at `from`. */
function calledBy(context: CompletionContext, from: number): string {
  const before = context.state.sliceDoc(Math.max(0, from - 60), from);
  return /([A-Za-z_$][\w$]*)\s*\(\s*$/.exec(before)?.[1] ?? "";
}

function names(context: CompletionContext): CompletionResult | null | Promise<CompletionResult | null> {
  const member = context.matchBefore(/env\.store\.\w*$|env\.\w*$/);
  if (member) return { from: member.from, options: handler };
  if (context.matchBefore(/\.\w*$/)) return scopeCompletionSource(globals)(context);
  const word = context.matchBefore(/[\w$]+$/);
  if (!word && !context.explicit) return null;
  const imported = importedFromNhs(context.state.doc.toString());
  const offers: Offer[] = nhs.map(({ name, kind, type, words }) => ({
    label: name,
    type: kind === "const" ? "constant" : kind,
    detail: "nhs",
    info: [`${name}${type}`, words].filter(Boolean).join("\n"),
    boost: 1,
    apply: (view, offer, from, to) => {
      const changes = [{ from, to, insert: name }];
      const missing = imported?.names.includes(name) ? undefined : importing(imported, name);
      if (missing) changes.unshift(missing);
      const shift = missing ? missing.insert.length - (missing.to - missing.from) : 0;
      view.dispatch({ changes, selection: { anchor: from + shift + name.length }, userEvent: "input.complete" });
      void offer;
    },
  }));
  const local = localCompletionSource(context)?.options ?? [];
  const known = new Set(local.map(({ label }) => label));
  const all = [...local, ...offers.filter(({ label }) => !known.has(label) || imported?.names.includes(label)), ...web, ...snippets];
  return completeFromList(all)(context);
}

/** What scripts may say behind a full stop of something that everybody knows. */
const globals = { console, Math, JSON, Number, Object, Array, Promise, Intl };

interface Imported {
  names: string[];
  /** Where one more name goes. */
  at: number;
  comma: boolean;
}

function importedFromNhs(text: string): Imported | undefined {
  const found = /import\s*\{([^}]*)\}\s*from\s*["']nhs["']/.exec(text);
  if (!found) return undefined;
  const inside = found[1] ?? "";
  const names = inside.split(",").map((name) => name.trim().split(/\s+/)[0] ?? "").filter(Boolean);
  const open = found.index + found[0].indexOf("{") + 1;
  return { names, at: open + inside.trimEnd().length, comma: names.length > 0 && !inside.trimEnd().endsWith(",") };
}

/** The change that imports a name. */
function importing(imported: Imported | undefined, name: string): { from: number; to: number; insert: string } {
  if (!imported) return { from: 0, to: 0, insert: `import { ${name} } from "nhs";\n` };
  return { from: imported.at, to: imported.at, insert: `${imported.comma ? "," : ""} ${name}` };
}
