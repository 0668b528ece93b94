// Code mode: CodeMirror over the text files of the folder, with its undo kept beside the draft.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyField, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Address } from "./address";
import type { Problem } from "./api";
import { Completion } from "./complete";
import type { Project } from "./project";

/** The most that is kept to undo, in characters of JSON; older steps go first. */
const UNDO_CHARACTERS = 300_000;

interface KeptHistory {
  done: unknown[];
  undone: unknown[];
}

/** What is kept of one file: its history belongs to a text of this length. */
interface Kept {
  length: number;
  history: KeptHistory;
}

/** What is kept to undo, by path. */
export type Histories = Record<string, Kept>;

/** Colours that stand out from white by 4.5 to 1 and more. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "#7c2855" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "#00572a" },
  { tag: [tags.comment], color: "#4c6272", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.null], color: "#8a3a00" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "#003087" },
  { tag: [tags.typeName, tags.className, tags.definition(tags.typeName)], color: "#330072" },
  { tag: [tags.propertyName], color: "#00468b" },
]);

const look = EditorView.theme({
  "&": { backgroundColor: "#fff", color: "#212b32", fontSize: "0.9375rem", height: "100%" },
  ".cm-scroller": { fontFamily: "var(--c4h-mono)", lineHeight: "1.55" },
  "&.cm-focused": { outline: "4px solid #ffeb3b", boxShadow: "0 0 0 6px #212b32" },
  ".cm-gutters": { backgroundColor: "#f0f4f5", color: "#4c6272", borderRight: "1px solid #d8dde0" },
  ".cm-activeLine": { backgroundColor: "#f0f4f580" },
  ".cm-activeLineGutter": { backgroundColor: "#d8dde0", color: "#212b32" },
  ".cm-tooltip": { border: "1px solid #4c6272", backgroundColor: "#fff", color: "#212b32" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "#005eb8", color: "#fff" },
  ".cm-completionInfo": { maxWidth: "24em", whiteSpace: "normal" },
  ".cm-diagnostic": { padding: "8px 12px", fontFamily: "Arial, sans-serif", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeft: "6px solid #d5281b" },
});

export class CodeEditor {
  private readonly view: EditorView;
  private readonly states = new Map<string, EditorState>();
  private readonly kept: Histories;
  private path = "";
  private problem: Problem | undefined;
  /** Told which file is shown. */
  whenShown: (path: string) => void = () => undefined;

  constructor(
    host: HTMLElement,
    private readonly project: Project,
    address: Address,
    private readonly run: () => void,
    kept: Histories,
  ) {
    this.kept = kept;
    this.completion = new Completion(address, project);
    this.nonce = address.nonce;
    this.view = new EditorView({ parent: host, state: EditorState.create({ extensions: [EditorView.cspNonce.of(address.nonce)] }) });
  }

  private readonly completion: Completion;
  private readonly nonce: string;

  show(path: string, focus = false): void {
    if (this.path) this.states.set(this.path, this.view.state);
    this.path = path;
    this.view.setState(this.stateOf(path));
    this.whenShown(path);
    this.mark();
    if (focus) this.view.focus();
  }

  /** Puts texts that were changed elsewhere into the editor, each as one step that can be undone. */
  refresh(): void {
    for (const [path, state] of this.states) {
      if (path !== this.path) this.states.set(path, replaced(state, this.project.text(path) ?? ""));
    }
    const text = this.project.text(this.path);
    if (text === undefined) this.show(this.project.main());
    else if (text !== this.view.state.doc.toString()) {
      this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
    }
    this.mark();
  }

  focus(): void {
    this.view.focus();
  }

  /** Shows where something is wrong, at its line. */
  showProblem(problem: Problem): void {
    this.problem = problem;
    if (problem.file && problem.file !== this.path && this.project.text(problem.file) !== undefined) this.show(problem.file);
    else this.mark();
  }

  clearProblems(): void {
    this.problem = undefined;
    this.mark();
  }

  /** What there is to undo; the oldest steps are left out when there is too much. */
  undo(): Histories {
    if (this.path) this.states.set(this.path, this.view.state);
    const all: Histories = {};
    for (const [path, state] of this.states) {
      const { history } = state.toJSON({ history: historyField }) as { history: KeptHistory };
      if (history.done.length + history.undone.length > 0) all[path] = { length: state.doc.length, history };
    }
    const size = (): number => JSON.stringify(all).length;
    while (size() > UNDO_CHARACTERS) {
      const longest = Object.entries(all).sort(([, left], [, right]) => right.history.done.length - left.history.done.length)[0];
      if (!longest) break;
      const [path, { history }] = longest;
      if (history.done.length > 1) history.done = history.done.slice(Math.ceil(history.done.length / 2));
      else delete all[path];
    }
    return all;
  }

  private stateOf(path: string): EditorState {
    const known = this.states.get(path);
    const text = this.project.text(path) ?? "";
    if (known?.doc.toString() === text) return known;
    const extensions = this.extensions(path);
    const kept = this.kept[path];
    if (kept?.length === text.length) {
      try {
        const json = { doc: text, selection: { ranges: [{ anchor: 0, head: 0 }], main: 0 }, history: kept.history };
        return EditorState.fromJSON(json, { extensions }, { history: historyField });
      } catch {
        // Kept by another version of the editor: the text is what counts.
      }
    }
    return EditorState.create({ doc: text, extensions });
  }

  private extensions(path: string): Extension {
    const script = /\.(m?js|ts)$/.test(path);
    const language = script ? [javascript({ typescript: path.endsWith(".ts") }), autocompletion({ override: [this.completion.source] })] : [];
    return [
      EditorView.cspNonce.of(this.nonce),
      lineNumbers(),
      highlightActiveLineGutter(),
      highlightActiveLine(),
      history(),
      drawSelection(),
      indentOnInput(),
      indentUnit.of("  "),
      bracketMatching(),
      closeBrackets(),
      lintGutter(),
      syntaxHighlighting(colours),
      look,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": `Text of ${path}`, spellcheck: "false", tabindex: "0" }),
      keymap.of([
        { key: "Mod-Enter", run: () => (this.run(), true) },
        { key: "Mod-s", run: () => (void this.project.save().catch(() => undefined), true) },
        ...closeBracketsKeymap,
        ...defaultKeymap,
        ...historyKeymap,
        ...completionKeymap,
        ...lintKeymap,
      ]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) this.project.set(this.path, update.state.doc.toString());
      }),
      ...language,
    ];
  }

  private mark(): void {
    const { problem, view } = this;
    const found: Diagnostic[] = [];
    if (problem && (problem.file ?? this.path) === this.path) {
      const line = Math.min(Math.max(problem.line ?? 1, 1), view.state.doc.lines);
      const { from, to } = view.state.doc.line(line);
      const start = Math.min(from + Math.max((problem.column ?? 1) - 1, 0), to);
      found.push({ from: problem.column ? start : from, to: Math.max(to, start), severity: "error", message: problem.detail });
      if (problem.line) view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "center" }) });
    }
    view.dispatch(setDiagnostics(view.state, found));
  }
}

function replaced(state: EditorState, text: string): EditorState {
  if (state.doc.toString() === text) return state;
  return state.update({ changes: { from: 0, to: state.doc.length, insert: text } }).state;
}
