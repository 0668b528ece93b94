// The workbench: puts an editor in the place of the page's plain form, runs the app beside it, and draws what it does. Without
// this file the form still edits and runs.
import { Address } from "./workbench/address";
import { problemOf, type Problem } from "./workbench/api";
import { button as pressable, element } from "./workbench/dom";
import { CodeEditor, type Histories } from "./workbench/editor";
import { Files } from "./workbench/files";
import { Menus } from "./workbench/menus";
import { Modes } from "./workbench/modes";
import { Preview } from "./workbench/preview";
import { Project } from "./workbench/project";
import { Trace } from "./workbench/trace";
import { chooseViews } from "./workbench/views";

const bench = document.getElementById("workbench");
if (bench) void begin(bench);

async function begin(bench: HTMLElement): Promise<void> {
  const address = new Address(bench);
  const status = needed("wb-status");
  const say = (words: string): void => {
    if (status.textContent !== words) status.textContent = words;
  };
  const preview = new Preview(address.running);
  const trace = new Trace(address, preview, say);
  trace.begin();
  const form = document.querySelector<HTMLFormElement>("#wb-form");
  if (!form) return;

  let project: Project;
  try {
    project = await Project.load(address, say);
  } catch (error) {
    // The plain form is still there and works.
    say(error instanceof Error ? error.message : String(error));
    return;
  }
  const host = needed("wb-editors");
  const bar = needed("wb-modes");
  const code = element("div", { class: "c4h-wb__code" });
  const list = element("div", { class: "c4h-wb__file-bar" });
  host.append(code);
  bar.append(list);
  form.hidden = true;
  host.hidden = false;
  bar.hidden = false;
  const kept = keptOf(project.undone);
  const editor = new CodeEditor(code, project, address, () => void run(), kept.code);
  const files = new Files(list, project, (path, focus) => editor.show(path, focus));
  editor.whenShown = (path) => files.mark(path);
  editor.show(project.main());
  const modes = new Modes(host, code, list, project, editor, address.nonce, kept.blocks);
  project.undoFrom(() => JSON.stringify({ code: editor.undo(), blocks: modes.undo() } satisfies Kept));
  offerSetAside();
  const menus = new Menus(address, say, (version) => void back(version));
  // Steps are there to be read and changed at once; of a page of code, what it does says more.
  chooseViews(bench, modes.hasSteps() ? "wb-edit" : "wb-app");
  document.getElementById("wb-problem")?.remove();

  const button = needed("wb-run") as HTMLButtonElement;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    void run();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !event.defaultPrevented) {
      event.preventDefault();
      void run();
    }
  });

  /** What was written here and not kept, because somebody else wrote in between: nobody loses it without a word. */
  function offerSetAside(): void {
    const written = project.setAside();
    if (!written) return;
    const offer = element(
      "div",
      { class: "c4h-wb__parted", role: "region", "aria-label": "What you wrote here before" },
      element("p", {}, element("strong", {}, "You wrote something here that was not kept, because the app was changed in between.")),
      element("p", {}, "Below is the app as it is now. Yours is still in this browser. If you put it in, Undo brings the other back."),
      element(
        "p",
        { class: "c4h-wb__buttons" },
        pressable("Put in what I wrote", "nhsuk-button nhsuk-button--small", () => {
          project.replace(written);
          editor.refresh();
          files.draw();
          modes.refresh();
          decided("What you wrote here is in the editor.");
        }),
        pressable("Leave it out", "nhsuk-button nhsuk-button--secondary nhsuk-button--small", () => decided("What you wrote here before is gone.")),
      ),
    );
    const decided = (words: string): void => {
      offer.remove();
      project.letGo();
      say(words);
      editor.focus();
    };
    host.before(offer);
  }

  let running = false;
  /** Makes a version of what is written and shows its answer. */
  async function run(): Promise<void> {
    if (running) return;
    running = true;
    button.setAttribute("aria-disabled", "true");
    const since = performance.now();
    say("Running…");
    editor.clearProblems();
    try {
      const version = await project.run();
      await preview.show();
      const took = Math.round(performance.now() - since);
      const left = modes.leftOut();
      const missing = left === 0 ? "" : ` ${left === 1 ? "One step is" : `${left} steps are`} left out: see what is said beside ${left === 1 ? "it" : "them"}.`;
      say(`Version ${version.number} is running. Answered in ${took} ms.${missing}`);
      bench.dataset["took"] = String(took);
      menus.ran(version);
    } catch (error) {
      fail(error);
    } finally {
      running = false;
      button.removeAttribute("aria-disabled");
    }
  }

  /** Points the app at an older version, and puts its files into the editor, where that can be undone. */
  async function back(version: number): Promise<void> {
    try {
      const number = await project.goBack(version);
      editor.refresh();
      files.draw();
      modes.refresh();
      await preview.show();
      menus.pointed(number);
      say(`Version ${number} is running again, and its files are in the editor.`);
    } catch (error) {
      fail(error);
    }
  }

  function fail(error: unknown): void {
    const problem: Problem = problemOf(error);
    say(`Not run. ${problem.detail}`);
    if (problem.line) modes.toCode();
    editor.showProblem(problem);
  }

  trace.whenStopped = (problem) => editor.showProblem(problem);
}

/** What was kept to undo when the app was last open. */
interface Kept {
  code: Histories;
  blocks: string[];
}

function keptOf(text: string | undefined): Kept {
  try {
    const kept = JSON.parse(text ?? "{}") as Partial<Kept>;
    return { code: kept.code ?? {}, blocks: kept.blocks ?? [] };
  } catch {
    return { code: {}, blocks: [] };
  }
}

function needed(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element ${id}`);
  return element;
}
