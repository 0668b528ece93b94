// The document as blocks, in Blockly. Loaded when somebody wants blocks, because it weighs as much as everything else.
import * as Blockly from "blockly/core";
import * as English from "blockly/msg/en";
import { type Blank, type BlocksDocument, DRAWERS, KINDS, type Kind, SHAPES, type Step, fill, filled, inside } from "./document";
import type { Trouble } from "./generate";
import { sentence } from "./sentence";

/** Colours that white words stand out from by 4.5 to 1 and more. */
const COLOURS: Readonly<Record<(typeof DRAWERS)[number], string>> = { Form: "#005eb8", Patient: "#00665e", Page: "#330072", "Work out": "#8a3a00", Choose: "#7c2855" };

interface BlockState {
  type: string;
  id?: string;
  fields?: Record<string, string>;
  inputs?: Record<string, { block: BlockState }>;
  next?: { block: BlockState };
  x?: number;
  y?: number;
}

const TYPE = (kind: Kind): string => `c4h_${kind}`;
const START = "c4h_start";
const WORDS = "field_c4h_words";
/** Characters of a text that a block shows. */
const WIDEST = 32;

declare global {
  /** What Blockly's styles carry, so that the page's policy lets them in; see build.mjs. */
  var c4hNonce: string | undefined;
}

/** A text that is shown as far as its last whole word that fits, so that what is read out begins with what is seen. */
class WordsField extends Blockly.FieldTextInput {
  static override fromJson(options: Blockly.FieldTextInputFromJsonConfig): WordsField {
    return new WordsField(options.text, undefined, options);
  }

  protected override getDisplayText_(): string {
    const text = this.getText();
    const fitting = text.length <= WIDEST ? text : text.slice(0, WIDEST).replace(/\s+\S*$/, "");
    return (fitting || Blockly.Field.NBSP).replace(/\s/g, Blockly.Field.NBSP);
  }
}

let defined = false;

/** Says what each block looks like. */
function define(): void {
  if (defined) return;
  defined = true;
  Blockly.setLocale(English as unknown as Record<string, string>);
  Blockly.fieldRegistry.register(WORDS, WordsField);
  Blockly.defineBlocksWithJsonArray([
    {
      type: START,
      message0: "The app %1 from top to bottom %2 %3",
      args0: [
        { type: WORDS, name: "title", text: "My app" },
        { type: "input_dummy" },
        { type: "input_statement", name: "steps" },
      ],
      colour: "#212b32",
      tooltip: "What is inside is on the page, from top to bottom.",
    },
    ...KINDS.map((kind) => shapeOf(kind)),
  ]);
}

function shapeOf(kind: Kind): Record<string, unknown> {
  const shape = SHAPES[kind];
  const fresh = shape.fresh();
  const parts: string[] = [shape.title];
  const args: Record<string, unknown>[] = [];
  shape.blanks.forEach((blank, index) => {
    // What depends on another blank is changed in the list, where it can be shown and left out.
    if (blank.when && kind !== "field") return;
    parts.push(`${index > 0 || blank.label.length > 12 ? label(blank) : ""} %${args.length + 1}`);
    args.push(fieldOf(blank, fresh));
  });
  for (const [key, words] of shape.inside) {
    const said = shape.inside.length > 1 ? `${words.toLowerCase()} ` : "";
    parts.push(`%${args.length + 1} ${said}%${args.length + 2}`);
    args.push({ type: "input_dummy" }, { type: "input_statement", name: key });
  }
  return { type: TYPE(kind), message0: parts.join(" "), args0: args, previousStatement: null, nextStatement: null, colour: COLOURS[shape.drawer], tooltip: shape.about, inputsInline: true };
}

function label({ label: words }: Blank): string {
  const short: Readonly<Record<string, string>> = {
    "Name of the answer": "called",
    "The answer is": "it is",
    "Unit (optional)": "in",
    "Choices, parted by commas": "out of",
    "Call the patient": "called",
    "Call them": "called",
    "Call the result": "",
    "Call the points": "called",
    "Call each one": "called",
    "For which value": "for",
    "Of which patient": "of",
    "Of which measurements": "of",
    "What was measured": "of",
    Formula: "=",
    "Words on the button": "",
    Question: "",
    Title: "title",
    Bands: "bands",
    Address: "to",
  };
  return short[words] ?? words.toLowerCase();
}

function fieldOf(blank: Blank, fresh: Step): Record<string, unknown> {
  if (blank.type === "choice") return { type: "field_dropdown", name: blank.key, options: (blank.options ?? []).map(([value, words]) => [words, value]) };
  return { type: WORDS, name: blank.key, text: filled(fresh, blank.key), spellcheck: false };
}

function toolbox(): Blockly.utils.toolbox.ToolboxDefinition {
  return {
    kind: "categoryToolbox",
    contents: DRAWERS.map((drawer) => ({
      kind: "category",
      name: drawer,
      colour: COLOURS[drawer],
      contents: KINDS.filter((kind) => SHAPES[kind].drawer === drawer).map((kind) => ({ kind: "block", type: TYPE(kind) })),
    })),
  } as Blockly.utils.toolbox.ToolboxDefinition;
}

/** The document as Blockly keeps it. */
export function stateOf(document: BlocksDocument): BlockState {
  const chain = chainOf(document.steps);
  return { type: START, x: 24, y: 24, fields: { title: document.title }, ...(chain ? { inputs: { steps: { block: chain } } } : {}) };
}

function chainOf(steps: readonly Step[]): BlockState | undefined {
  return steps.reduceRight<BlockState | undefined>((next, step) => {
    const shape = SHAPES[step.kind];
    const fields = Object.fromEntries(shape.blanks.map(({ key }) => [key, filled(step, key)]));
    const inputs: Record<string, { block: BlockState }> = {};
    for (const [key] of shape.inside) {
      const block = chainOf(inside(step, key));
      if (block) inputs[key] = { block };
    }
    return { type: TYPE(step.kind), fields, inputs, ...(next ? { next: { block: next } } : {}) };
  }, undefined);
}

export class Canvas {
  private readonly workspace: Blockly.WorkspaceSvg;
  private steps = new Map<Step, Blockly.Block>();
  private loading = false;

  constructor(
    place: HTMLElement,
    nonce: string,
    private readonly changed: (document: BlocksDocument) => readonly Trouble[],
  ) {
    globalThis.c4hNonce = nonce;
    define();
    this.workspace = Blockly.inject(place, {
      toolbox: toolbox(),
      renderer: "zelos",
      trashcan: true,
      comments: false,
      sounds: false,
      // Undo is the workbench's own, so that it goes on after the page is opened again.
      maxTrashcanContents: 0,
      zoom: { controls: true, startScale: 0.75, maxScale: 1.5, minScale: 0.4 },
      move: { scrollbars: true, drag: true, wheel: true },
    });
    this.workspace.addChangeListener((event) => {
      if (this.loading || event.isUiEvent || this.workspace.isDragging()) return;
      this.mark(this.changed(this.read()));
    });
    new ResizeObserver(() => Blockly.svgResize(this.workspace)).observe(place);
  }

  show(document: BlocksDocument, troubles: readonly Trouble[]): void {
    this.loading = true;
    try {
      Blockly.Events.disable();
      Blockly.serialization.workspaces.load({ blocks: { languageVersion: 0, blocks: [stateOf(document)] } }, this.workspace);
      for (const block of this.workspace.getBlocksByType(START)) block.setDeletable(false);
    } finally {
      Blockly.Events.enable();
      this.loading = false;
    }
    Blockly.svgResize(this.workspace);
    // Read back, so that each step is known with its block.
    const again = this.read();
    this.mark(troubles.length > 0 ? this.changed(again) : []);
  }

  /** The document that the blocks make; what lies beside the app is left out. */
  private read(): BlocksDocument {
    this.steps = new Map();
    const start = this.workspace.getBlocksByType(START)[0];
    return { blocks: 1, title: String(start?.getFieldValue("title") ?? "My app"), steps: this.chain(start?.getInputTargetBlock("steps") ?? null) };
  }

  private chain(first: Blockly.Block | null): Step[] {
    const steps: Step[] = [];
    for (let block = first; block; block = block.getNextBlock()) {
      const kind = KINDS.find((each) => TYPE(each) === block?.type);
      if (!kind) continue;
      const step = SHAPES[kind].fresh();
      for (const { key } of SHAPES[kind].blanks) {
        const value: unknown = block.getFieldValue(key);
        if (typeof value === "string") fill(step, key, value);
      }
      for (const [key] of SHAPES[kind].inside) inside(step, key).push(...this.chain(block.getInputTargetBlock(key)));
      this.steps.set(step, block);
      steps.push(step);
    }
    return steps;
  }

  private mark(troubles: readonly Trouble[]): void {
    for (const [step, block] of this.steps) {
      const trouble = troubles.find((each) => each.step === step);
      block.setWarningText(trouble ? `${trouble.sentence}.` : null);
      block.setTooltip(trouble?.sentence ?? `${sentence(step)}. ${SHAPES[step.kind].about}`);
    }
  }
}
