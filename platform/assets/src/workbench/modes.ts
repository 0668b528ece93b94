// The ways to edit one app: blocks, the same as a list, and code. Blocks and list edit blocks.json and make the script from it; they
// are there as long as the script is what they made.
import { button, element } from "./dom";
import type { CodeEditor } from "./editor";
import type { Project } from "./project";
import type { Canvas } from "./blocks/canvas";
import { type BlocksDocument, FILE, KIT, read, write } from "./blocks/document";
import { keys } from "./blocks/keys";
import { type Generated, type Trouble, generate } from "./blocks/generate";
import { Outline } from "./blocks/outline";
import kit from "./blocks/kit.js.txt";

type Mode = "blocks" | "list" | "code";

const MODES: readonly (readonly [Mode, string])[] = [
  ["blocks", "Blocks"],
  ["list", "List"],
  ["code", "Code"],
];
/** Steps back that are kept. */
const STEPS_BACK = 60;
/** Changes that follow each other this closely are one step back: a word and not its letters. */
const ONE_STEP_MS = 900;
/** The width below which a list is better than blocks. */
const NARROW = "(max-width: 48.0525em)";

export class Modes {
  private mode: Mode = "code";
  private readonly bar = element("div", { class: "c4h-wb__ways", role: "group", "aria-label": "How to edit" });
  private readonly keys = keys();
  private readonly back: HTMLButtonElement;
  private readonly forth: HTMLButtonElement;
  private readonly panels: Readonly<Record<Mode, HTMLElement>>;
  private readonly outline: Outline;
  private canvas: Canvas | undefined;
  private past: string[];
  private future: string[] = [];
  private changedAt = 0;
  private troubles = 0;

  constructor(
    private readonly host: HTMLElement,
    code: HTMLElement,
    private readonly files: HTMLElement,
    private readonly project: Project,
    private readonly editor: CodeEditor,
    private readonly nonce: string,
    past: string[],
  ) {
    this.past = past;
    this.panels = { code, list: element("div", { class: "c4h-wb__list" }), blocks: element("div", { class: "c4h-wb__canvas" }) };
    host.append(this.panels.list, this.panels.blocks);
    this.outline = new Outline(this.panels.list, () => this.took(this.document));
    this.back = button("Undo", "c4h-wb__choice", () => this.step(this.past, this.future));
    this.forth = button("Redo", "c4h-wb__choice", () => this.step(this.future, this.past));
    this.document = read(project.text(FILE));
    files.before(this.bar);
    host.addEventListener("keydown", (event) => this.undoKeys(event), true);
    this.draw();
    if (this.document && this.areOne()) void this.choose(matchMedia(NARROW).matches ? "list" : "blocks");
    else void this.choose("code");
  }

  private document: BlocksDocument | undefined;

  /** What there is to undo in blocks and list. */
  undo(): string[] {
    return this.past;
  }

  /** Whether the app can be edited as blocks or as a list. */
  hasSteps(): boolean {
    return this.document !== undefined;
  }

  /** How many steps are left out of the script because something is wrong with them. */
  leftOut(): number {
    return this.mode === "code" ? 0 : this.troubles;
  }

  /** Something else has changed the files. */
  refresh(): void {
    this.document = read(this.project.text(FILE));
    this.draw();
    if (this.mode !== "code") void this.choose(this.mode);
  }

  /** Something is wrong at a line: that is seen in the code. */
  toCode(): void {
    if (this.mode !== "code") void this.choose("code");
  }

  /** Whether the script is what the blocks make. */
  private areOne(): boolean {
    return this.document !== undefined && generate(this.document).script === this.project.text(this.project.main());
  }

  private draw(): void {
    if (!this.document) {
      this.bar.hidden = true;
      return;
    }
    this.bar.hidden = false;
    const ways = MODES.map(([mode, words]) => {
      const way = button(words, "c4h-wb__choice", () => void this.choose(mode));
      way.dataset["mode"] = mode;
      way.setAttribute("aria-pressed", String(mode === this.mode));
      return way;
    });
    const undo = element("span", { class: "c4h-wb__undo" }, this.back, this.forth);
    undo.hidden = this.mode === "code";
    this.keys.hidden = this.mode !== "blocks";
    this.bar.replaceChildren(element("span", { class: "c4h-wb__widths" }, ...ways), undo, this.keys);
    this.back.disabled = this.past.length === 0;
    this.forth.disabled = this.future.length === 0;
  }

  private async choose(mode: Mode): Promise<void> {
    this.document = read(this.project.text(FILE));
    if (mode !== "code" && this.document && !this.areOne()) {
      this.show("list");
      this.panels.list.replaceChildren(this.parted(mode));
      return;
    }
    this.show(mode);
    if (mode === "code" || !this.document) {
      this.editor.refresh();
      return;
    }
    const { troubles } = generate(this.document);
    this.troubles = troubles.length;
    if (mode === "list") {
      this.outline.draw(this.document, troubles);
      return;
    }
    if (!this.canvas) {
      const waiting = element("p", { class: "c4h-wb__small c4h-wb__waiting" }, "Getting the blocks…");
      this.panels.blocks.replaceChildren(waiting);
      const { Canvas: Made } = await import("./blocks/canvas");
      waiting.remove();
      this.canvas ??= new Made(this.panels.blocks, this.nonce, (document) => this.took(document));
    }
    if (this.mode === "blocks") this.canvas.show(this.document, troubles);
  }

  private show(mode: Mode): void {
    const focused = this.bar.contains(document.activeElement);
    this.mode = mode;
    for (const [each] of MODES) this.panels[each].hidden = each !== mode;
    this.files.hidden = mode !== "code";
    this.draw();
    if (focused) this.bar.querySelector<HTMLElement>(`[data-mode="${mode}"]`)?.focus();
  }

  /** What stands there when the code went its own way. */
  private parted(mode: Mode): HTMLElement {
    return element(
      "div",
      { class: "c4h-wb__parted" },
      element("p", {}, element("strong", {}, "The code was changed by hand, so the blocks no longer say what it does.")),
      element("p", {}, "You can go on with the code. Or go back to the blocks: the code becomes what they make, and Undo in the code brings yours back."),
      element(
        "p",
        { class: "c4h-wb__buttons" },
        button("Go on with the code", "nhsuk-button nhsuk-button--small", () => void this.choose("code")),
        button("Go back to the blocks", "nhsuk-button nhsuk-button--secondary nhsuk-button--small", () => {
          if (!this.document) return;
          this.make(generate(this.document));
          this.editor.refresh();
          void this.choose(mode);
        }),
      ),
    );
  }

  /** Takes a changed document over, makes the script, and says what is wrong with it. */
  private took(changed: BlocksDocument | undefined): readonly Trouble[] {
    if (!changed) return [];
    const before = this.project.text(FILE) ?? "";
    const text = write(changed);
    this.document = changed;
    const generated = generate(changed);
    this.troubles = generated.troubles.length;
    if (text !== before) {
      const now = performance.now();
      if (now - this.changedAt > ONE_STEP_MS || this.past.length === 0) this.past.push(before);
      this.changedAt = now;
      if (this.past.length > STEPS_BACK) this.past.shift();
      this.future = [];
      this.project.set(FILE, text);
      this.make(generated);
      // Blocks tell what happened to them a moment later; by then somebody may be looking at the code.
      if (this.mode === "code") this.editor.refresh();
      this.back.disabled = false;
      this.forth.disabled = true;
    }
    return generated.troubles;
  }

  private make({ script }: Generated): void {
    this.project.set(this.project.main(), script);
    if (this.project.text(KIT) === undefined) this.project.set(KIT, kit);
  }

  private step(from: string[], to: string[]): void {
    const text = from.pop();
    if (text === undefined) return;
    to.push(this.project.text(FILE) ?? "");
    this.project.set(FILE, text);
    this.document = read(text);
    if (this.document) this.make(generate(this.document));
    this.draw();
    void this.choose(this.mode);
  }

  /** Ctrl and Z, wherever the focus is in blocks or list but not in a field, which has an undo of its own. */
  private undoKeys(event: KeyboardEvent): void {
    if (this.mode === "code" || !(event.ctrlKey || event.metaKey)) return;
    const field = event.target instanceof HTMLInputElement;
    const key = event.key.toLowerCase();
    if (field || (key !== "z" && key !== "y")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (key === "y" || event.shiftKey) this.step(this.future, this.past);
    else this.step(this.past, this.future);
  }
}
