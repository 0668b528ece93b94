// The document as a list of plain form controls: for small screens, screen readers, and whoever likes lists better than blocks.
import { button, element } from "../dom";
import { type Blank, type BlocksDocument, DRAWERS, KINDS, type Kind, SHAPES, type Step, fill, filled, inside } from "./document";
import type { Trouble } from "./generate";
import { sentence } from "./sentence";

export class Outline {
  private document: BlocksDocument | undefined;
  private troubles: readonly Trouble[] = [];
  private readonly open = new Set<Step>();
  /** Counts controls, so that each has an id of its own. */
  private controls = 0;

  constructor(
    private readonly place: HTMLElement,
    private readonly changed: () => readonly Trouble[],
  ) {}

  draw(document: BlocksDocument, troubles: readonly Trouble[]): void {
    this.document = document;
    this.troubles = troubles;
    this.controls = 0;
    const title = this.control("Name of the app", "", document.title, (value) => {
      document.title = value;
      this.tell();
    });
    this.place.replaceChildren(element("div", { class: "c4h-outline__title" }, ...title), this.list(document.steps, "The app, from top to bottom"));
  }

  /** Changes what the steps say is wrong with them, and leaves everything else as it is. */
  private tell(): void {
    this.troubles = this.changed();
    for (const item of this.place.querySelectorAll<HTMLElement>("[data-step]")) {
      const step = this.shown.get(item);
      if (step) this.mark(item, step);
    }
  }

  private shown = new WeakMap<HTMLElement, Step>();

  private mark(item: HTMLElement, step: Step): void {
    const words = item.querySelector(":scope > details > summary > .c4h-outline__words");
    if (words) words.textContent = sentence(step);
    const place = item.querySelector<HTMLElement>(":scope > .c4h-outline__trouble");
    const trouble = this.troubles.find((each) => each.step === step);
    if (!place) return;
    place.hidden = !trouble;
    place.textContent = trouble ? `${trouble.sentence}.` : "";
  }

  private list(steps: Step[], words: string): HTMLElement {
    const list = element("ol", { class: "c4h-outline" });
    steps.forEach((step, index) => list.append(this.item(steps, step, index)));
    return element("div", {}, element("p", { class: "c4h-outline__where" }, words), steps.length === 0 && element("p", { class: "c4h-quiet" }, "Nothing yet."), list, this.adder(steps, words));
  }

  private item(steps: Step[], step: Step, index: number): HTMLElement {
    const item = element("li", { class: `c4h-outline__step c4h-outline__step--${SHAPES[step.kind].drawer.toLowerCase().replace(" ", "-")}`, "data-step": step.kind });
    this.shown.set(item, step);
    const details = element("details");
    details.open = this.open.has(step);
    details.addEventListener("toggle", () => (details.open ? this.open.add(step) : this.open.delete(step)));
    details.append(element("summary", {}, element("span", { class: "c4h-outline__words" })), this.form(steps, step, index));
    item.append(details, element("p", { class: "c4h-outline__trouble nhsuk-error-message", hidden: "" }));
    for (const [key, words] of SHAPES[step.kind].inside) item.append(this.list(inside(step, key), words));
    this.mark(item, step);
    return item;
  }

  private form(steps: Step[], step: Step, index: number): HTMLElement {
    const form = element("div", { class: "c4h-outline__form" });
    const blanks = SHAPES[step.kind].blanks.filter(({ when }) => !when || when(step as unknown as Record<string, unknown>));
    for (const blank of blanks) form.append(element("div", { class: "c4h-outline__blank" }, ...this.blank(step, blank)));
    const moved = (by: number): void => {
      const [taken] = steps.splice(index, 1);
      if (taken) steps.splice(index + by, 0, taken);
      this.again(step, by < 0 ? "up" : "down");
    };
    const named = (words: string): HTMLElement => element("span", { class: "nhsuk-u-visually-hidden" }, `: ${words}`);
    const act = (words: string, control: string, able: boolean, pressed: () => void): HTMLButtonElement => {
      const made = button(words, "nhsuk-button nhsuk-button--secondary nhsuk-button--small", pressed);
      made.append(named(sentence(step).slice(0, 80)));
      made.dataset["control"] = control;
      made.disabled = !able;
      return made;
    };
    form.append(
      element(
        "p",
        { class: "c4h-wb__buttons" },
        act("Move up", "up", index > 0, () => moved(-1)),
        act("Move down", "down", index < steps.length - 1, () => moved(1)),
        act("Delete", "delete", true, () => {
          steps.splice(index, 1);
          const next = steps[Math.min(index, steps.length - 1)];
          this.again(next, "summary");
        }),
      ),
    );
    return form;
  }

  private blank(step: Step, blank: Blank): HTMLElement[] {
    if (blank.type === "choice") {
      const select = element("select", { class: "nhsuk-select", id: this.id() });
      for (const [value, words] of blank.options ?? []) {
        const option = element("option", { value }, words);
        option.selected = value === filled(step, blank.key);
        select.append(option);
      }
      select.addEventListener("change", () => {
        fill(step, blank.key, select.value);
        if (SHAPES[step.kind].blanks.some(({ when }) => when)) this.again(step, blank.key);
        else this.tell();
      });
      select.dataset["control"] = blank.key;
      return [element("label", { class: "nhsuk-label nhsuk-label--s", for: select.id }, blank.label), select];
    }
    return this.control(blank.label, blank.hint ?? "", filled(step, blank.key), (value) => {
      fill(step, blank.key, value);
      this.tell();
    });
  }

  private control(label: string, hint: string, value: string, changed: (value: string) => void): HTMLElement[] {
    const input = element("input", { class: "nhsuk-input", id: this.id(), type: "text", autocomplete: "off", spellcheck: "false" });
    input.value = value;
    input.addEventListener("input", () => changed(input.value));
    const parts: HTMLElement[] = [element("label", { class: "nhsuk-label nhsuk-label--s", for: input.id }, label)];
    if (hint) {
      parts.push(element("span", { class: "nhsuk-hint", id: `${input.id}-hint` }, hint));
      input.setAttribute("aria-describedby", `${input.id}-hint`);
    }
    return [...parts, input];
  }

  private id(): string {
    this.controls += 1;
    return `wb-step-${this.controls}`;
  }

  private adder(steps: Step[], words: string): HTMLElement {
    const select = element("select", { class: "nhsuk-select", id: this.id() });
    for (const drawer of DRAWERS) {
      const group = element("optgroup", { label: drawer });
      for (const kind of KINDS.filter((each) => SHAPES[each].drawer === drawer)) group.append(element("option", { value: kind }, SHAPES[kind].title));
      select.append(group);
    }
    const label = element("label", { class: "nhsuk-u-visually-hidden", for: select.id }, `Step to add: ${words}`);
    const add = button("Add step", "nhsuk-button nhsuk-button--secondary nhsuk-button--small", () => {
      const step = SHAPES[select.value as Kind].fresh();
      steps.push(step);
      this.open.add(step);
      this.again(step, "summary");
    });
    add.append(element("span", { class: "nhsuk-u-visually-hidden" }, `: ${words}`));
    return element("p", { class: "c4h-outline__add" }, label, select, add);
  }

  /** Draws everything again after the order has changed, and gives the focus back. */
  private again(step: Step | undefined, control: string): void {
    if (!this.document) return;
    this.draw(this.document, this.changed());
    const item = [...this.place.querySelectorAll<HTMLElement>("[data-step]")].find((each) => this.shown.get(each) === step);
    const own = item?.querySelector(":scope > details");
    const wanted = own?.querySelector<HTMLElement>(`[data-control="${control}"]:not(:disabled)`) ?? own?.querySelector("summary");
    (wanted ?? this.place.querySelector<HTMLElement>("select"))?.focus();
  }
}
