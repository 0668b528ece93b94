// The files of the app folder as a row of buttons; one more, one less.
import type { Project } from "./project";

/** What a path may be; the server says more when it does not like one. */
const PATH = /^[A-Za-z0-9_][A-Za-z0-9._\-/]*\.(js|mjs|ts|json|css|html|txt|md|csv|svg|toml)$/;

export class Files {
  private shown = "";

  constructor(
    private readonly place: HTMLElement,
    private readonly project: Project,
    private readonly show: (path: string, focus?: boolean) => void,
  ) {
    project.whenFiles = () => this.draw();
    this.draw();
  }

  mark(path: string): void {
    this.shown = path;
    for (const button of this.place.querySelectorAll<HTMLElement>("[data-path]")) {
      if (button.dataset["path"] === path) {
        button.setAttribute("aria-current", "true");
        // In its row only: the page stays where it is.
        const row = button.closest("ul");
        if (row) row.scrollLeft = button.offsetLeft - (row.clientWidth - button.offsetWidth) / 2;
      } else button.removeAttribute("aria-current");
    }
    // What can be removed is the file that is shown.
    this.place.querySelector("details")?.replaceWith(this.more());
  }

  draw(): void {
    const list = document.createElement("ul");
    list.className = "c4h-wb__files";
    list.setAttribute("aria-label", "Files of the app");
    for (const path of this.project.paths()) {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "c4h-wb__file";
      button.dataset["path"] = path;
      button.textContent = path;
      button.addEventListener("click", () => this.show(path));
      item.append(button);
      list.append(item);
    }
    this.place.replaceChildren(list, this.more());
    this.mark(this.shown);
  }

  /** Adding and taking away, folded up because it is rare. */
  private more(): HTMLElement {
    const more = document.createElement("details");
    more.className = "c4h-wb__menu c4h-wb__menu--files";
    const summary = document.createElement("summary");
    summary.textContent = "Files";
    const sheet = document.createElement("div");
    sheet.className = "c4h-wb__sheet";
    more.append(summary, sheet);

    const form = document.createElement("form");
    form.noValidate = true;
    const label = document.createElement("label");
    label.className = "nhsuk-label nhsuk-label--s";
    label.htmlFor = "wb-new-file";
    label.textContent = "Name of a new file";
    const hint = document.createElement("p");
    hint.className = "nhsuk-hint";
    hint.id = "wb-new-file-hint";
    hint.textContent = "For example words.js, or public/extra.css for a file that the app's pages load";
    const input = document.createElement("input");
    input.className = "nhsuk-input";
    input.id = "wb-new-file";
    input.autocomplete = "off";
    input.setAttribute("aria-describedby", "wb-new-file-hint wb-new-file-error");
    const error = document.createElement("p");
    error.className = "nhsuk-error-message";
    error.id = "wb-new-file-error";
    const add = document.createElement("button");
    add.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small";
    add.textContent = "Add the file";
    form.append(label, hint, error, input, add);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const path = input.value.trim();
      if (!PATH.test(path) || path.includes("..") || path.includes("//")) {
        error.textContent = "Use letters, digits, dots and hyphens, and an ending such as .js, .ts, .css or .json.";
        input.focus();
        return;
      }
      if (this.project.text(path) !== undefined) {
        error.textContent = `There is a file ${path} already.`;
        input.focus();
        return;
      }
      this.project.set(path, "");
      this.show(path, true);
    });
    sheet.append(form);

    const main = this.project.main();
    if (this.shown && this.shown !== main && this.project.paths().length > 1) {
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small";
      remove.textContent = `Remove ${this.shown}`;
      remove.addEventListener("click", () => {
        const gone = this.shown;
        this.show(main, true);
        this.project.remove(gone);
      });
      sheet.append(remove);
    }
    const others = this.project.others();
    if (others.length > 0) {
      const note = document.createElement("p");
      note.className = "c4h-wb__small";
      note.textContent = `Also in the folder, and not text: ${others.map(({ path }) => path).join(", ")}.`;
      sheet.append(note);
    }
    return more;
  }
}
