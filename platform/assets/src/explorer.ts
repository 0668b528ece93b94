// The explorer beyond HTML: the answer arrives without a new page, its views are tabs that keep their place, and the fields
// of a record are one stop of the Tab key.

/** Makes what is on the page live; `prepare` is done to every piece that arrives later. */
export function explore(prepare: (root: Element) => void): void {
  liven(document.body);
  if (!document.querySelector("[data-explorer-answer]")) return;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if (!form.matches("[data-explorer-form], [data-explorer-again]")) return;
    const answer = document.querySelector<HTMLElement>("[data-explorer-answer]");
    if (!answer) return;
    event.preventDefault();
    void send(form, event.submitter, answer, prepare);
  });
  // Back and Forward show what the address says.
  window.addEventListener("popstate", () => location.reload());
}

function liven(root: Element): void {
  for (const views of root.querySelectorAll<HTMLElement>("[data-views]")) makeTabs(views);
  for (const record of root.querySelectorAll<HTMLElement>("[data-record]")) makeOneStop(record);
}

let isSending = false;

async function send(form: HTMLFormElement, button: HTMLElement | null, answer: HTMLElement, prepare: (root: Element) => void): Promise<void> {
  if (isSending) return;
  isSending = true;
  const news = answer.querySelector("[data-explorer-news]");
  news?.replaceChildren("Sending");
  answer.setAttribute("aria-busy", "true");
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  if (button instanceof HTMLButtonElement && button.name) body.append(button.name, button.value);
  const chosen = answer.querySelector('[role="tab"][aria-selected="true"]')?.getAttribute("href");
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-explorer-answer]");
    const main = page.querySelector("main");
    if (response.redirected && fresh && new URL(response.url).pathname === location.pathname) {
      document.querySelector(".nhsuk-error-summary")?.remove();
      for (const wrong of document.querySelectorAll(".nhsuk-form-group--error")) clean(wrong);
      document.title = page.title;
      history.pushState(null, "", response.url);
      answer.replaceChildren(...fresh.childNodes);
      prepare(answer);
      liven(answer);
      if (chosen) answer.querySelector<HTMLElement>(`[role="tab"][href="${chosen}"]`)?.click();
      const title = answer.querySelector<HTMLElement>("#answer");
      title?.focus({ preventScroll: true });
      title?.scrollIntoView({ block: "nearest" });
    } else if (response.redirected) {
      location.assign(response.url);
    } else if (main) {
      // The form came back: it is shown with its problem in focus.
      document.title = page.title;
      const shown = document.querySelector("main");
      if (!shown) return;
      shown.replaceChildren(...main.childNodes);
      prepare(shown);
      liven(shown);
    }
  } catch {
    news?.replaceChildren("The sandbox did not answer. Is it still running?");
  } finally {
    isSending = false;
    answer.removeAttribute("aria-busy");
  }
}

/** Takes the mark of an error from a field. */
function clean(group: Element): void {
  group.classList.remove("nhsuk-form-group--error");
  group.querySelector(".nhsuk-error-message")?.remove();
  for (const field of group.querySelectorAll(".nhsuk-input--error, .nhsuk-textarea--error")) {
    field.classList.remove("nhsuk-input--error", "nhsuk-textarea--error");
  }
}

/** The list of links to sections becomes tabs. */
function makeTabs(views: HTMLElement): void {
  const list = views.querySelector("ul");
  const tabs = [...views.querySelectorAll<HTMLAnchorElement>(".c4h-views__tab")];
  const panels = tabs.map((tab) => views.querySelector<HTMLElement>(tab.hash));
  if (!list || panels.some((panel) => !panel)) return;
  views.classList.add("c4h-views--live");
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Views of the answer");
  const select = (chosen: number, isByHand: boolean) => {
    const before = panels.find((panel) => panel && !panel.hidden);
    const place = isByHand && before ? placeOf(before) : undefined;
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
      const panel = panels[index];
      if (panel) panel.hidden = index !== chosen;
    });
    if (place !== undefined) panels[chosen]?.querySelector(`[data-place="${place}"]`)?.scrollIntoView({ block: "nearest" });
  };
  tabs.forEach((tab, index) => {
    tab.parentElement?.setAttribute("role", "presentation");
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", tab.hash.slice(1));
    panels[index]?.setAttribute("role", "tabpanel");
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      select(index, true);
    });
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const wanted = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : step === undefined ? undefined : (index + step + tabs.length) % tabs.length;
      if (event.key === " ") {
        event.preventDefault();
        select(index, true);
      }
      if (wanted === undefined) return;
      event.preventDefault();
      select(wanted, true);
      tabs[wanted]?.focus({ preventScroll: true });
    });
  });
  const asked = tabs.findIndex((tab) => tab.hash === location.hash);
  select(Math.max(asked, 0), false);
}

/** The record that is being read: the first one whose end is below the top of the window. */
function placeOf(panel: HTMLElement): string | undefined {
  const marks = [...panel.querySelectorAll<HTMLElement>("[data-place]")];
  const top = panel.getBoundingClientRect().top;
  // Who has not moved into the view yet is at its beginning.
  if (top >= 0) return undefined;
  return marks.findLast((mark) => mark.getBoundingClientRect().top <= 8)?.dataset["place"];
}

/** Fields of a record are one stop of Tab; arrow keys move between them, Escape puts an explanation away. */
function makeOneStop(record: HTMLElement): void {
  const fields = [...record.querySelectorAll<HTMLButtonElement>(".c4h-field")];
  fields.forEach((field, index) => (field.tabIndex = index === 0 ? 0 : -1));
  record.addEventListener("keydown", (event) => {
    const at = fields.indexOf(event.target as HTMLButtonElement);
    if (at < 0) return;
    if (event.key === "Escape") return fields[at]?.classList.add("c4h-field--quiet");
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: fields.length - 1 }[event.key];
    const next = to === undefined ? undefined : fields[to];
    if (!next) return;
    event.preventDefault();
    for (const field of fields) field.tabIndex = field === next ? 0 : -1;
    next.focus();
  });
  for (const name of ["focusout", "pointerout"]) {
    record.addEventListener(name, (event) => (event.target as Element).classList.remove("c4h-field--quiet"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") record.querySelector(".c4h-field:hover")?.classList.add("c4h-field--quiet");
  });
}
