// On a narrow screen the editor, the app and the trace are three views, one at a time; on a wide one all are there.

const VIEWS = [
  ["wb-edit", "Edit"],
  ["wb-app", "App"],
  ["wb-trace", "What it does"],
] as const;

/** Offers the views; `first` is the id of the one to begin with. */
export function chooseViews(bench: HTMLElement, first: (typeof VIEWS)[number][0]): void {
  const bar = document.createElement("div");
  bar.className = "c4h-wb__views";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "What to show");
  const choose = (chosen: string): void => {
    bench.dataset["view"] = chosen;
    for (const button of bar.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset["view"] === chosen));
    }
  };
  for (const [id, words] of VIEWS) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "c4h-wb__choice";
    button.dataset["view"] = id;
    button.textContent = words;
    button.addEventListener("click", () => choose(id));
    bar.append(button);
  }
  bench.querySelector(".c4h-wb__panes")?.before(bar);
  choose(first);
  document.getElementById("wb-to-app")?.addEventListener("click", (event) => {
    event.preventDefault();
    choose("wb-app");
    document.getElementById("wb-frame")?.focus();
  });
  // Who presses Run on a phone wants to see the app.
  document.getElementById("wb-run")?.addEventListener("click", () => choose("wb-app"));
}
