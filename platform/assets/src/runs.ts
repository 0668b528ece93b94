// Keeps the list of runs on an app's page fresh while somebody looks at it, and tells what happens as it happens.

/** How often to ask where the program has no place left for one more watcher. */
const EVERY_MS = 3000;
/** How long to collect before the list is made anew: one page view is often a handful of runs. */
const SETTLE_MS = 250;
/** Happenings shown above the list. */
const SHOWN = 6;

/** What the program sends; see CallEvent, LogEvent and RunStarted in the API description. */
interface Happening {
  method?: string;
  uri?: string;
  url?: string;
  title?: string | null;
  status?: number | null;
  refused?: string | null;
  duration_us?: number | null;
  level?: string;
  text?: string;
}

/** Finds the list on this page, if it has one, and watches it. */
export function watchRuns(): void {
  const list = document.querySelector<HTMLElement>("[data-runs]");
  const news = document.querySelector<HTMLElement>("[data-runs-news]");
  if (!list || !news) return;
  const happenings = document.querySelector<HTMLElement>("[data-runs-live]");
  news.replaceChildren("Live: a new run appears here by itself.");

  let source: EventSource | undefined;
  let asking: number | undefined;
  let settling: number | undefined;
  const soon = () => {
    window.clearTimeout(settling);
    settling = window.setTimeout(() => void refresh(list, news), SETTLE_MS);
  };
  const close = () => {
    source?.close();
    source = undefined;
    window.clearInterval(asking);
    asking = undefined;
  };
  const open = () => {
    close();
    source = new EventSource(`${list.dataset["live"] ?? ""}`);
    for (const kind of ["run-started", "call", "log"]) {
      source.addEventListener(kind, ({ data }) => happenings && tell(happenings, kind, JSON.parse(String(data)) as Happening));
    }
    // What ended between the page and this connection is told to nobody.
    for (const kind of ["open", "run-ended", "gap"]) source.addEventListener(kind, soon);
    source.addEventListener("error", () => {
      // A connection that broke opens itself again; one that was refused stays closed.
      if (source?.readyState === EventSource.CLOSED) asking ??= window.setInterval(soon, EVERY_MS);
    });
  };
  // A browser has six connections to a program: a page that nobody looks at must not hold one.
  const look = () => {
    if (document.visibilityState !== "visible") return close();
    open();
  };
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pagehide", close);
  // A page that comes back by the Back button may be an old picture of itself.
  window.addEventListener("pageshow", (event) => event.persisted && look());
  open();
}

/** Adds one line about what happens right now. */
function tell(happenings: HTMLElement, kind: string, what: Happening): void {
  const line = document.createElement("li");
  line.textContent = visible(sentence(kind, what)).slice(0, 300);
  happenings.hidden = false;
  happenings.append(line);
  while (happenings.childElementCount > SHOWN) happenings.firstElementChild?.remove();
}

function sentence(kind: string, what: Happening): string {
  if (kind === "run-started") return `The app is asked: ${what.method ?? ""} ${what.uri?.replace(/^https?:\/\/[^/]*/, "") ?? ""}`;
  if (kind === "log") return `It prints (${what.level ?? "info"}): ${what.text ?? ""}`;
  const called = what.title ?? `${what.method ?? ""} ${what.url ?? ""}`;
  if (what.refused) return `It calls: ${called}. Refused: ${what.refused}`;
  const took = what.duration_us == null ? "" : ` after ${(what.duration_us / 1000).toFixed(1)} ms`;
  return `It calls: ${called}. ${what.status == null ? "No answer" : `Answered ${what.status}`}${took}.`;
}

/** A stranger's text without characters that print nothing or turn the direction of reading. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "\ufffd");
}

async function refresh(list: HTMLElement, news: HTMLElement): Promise<void> {
  const newest = await newestRun(list.dataset["runs"] ?? "");
  if (!newest || newest === list.dataset["newest"]) return;
  // Never pull a text away from somebody who reads it: an opened call stays until they ask for more.
  if (list.querySelector("details[open]") || list.contains(document.activeElement)) {
    if (news.dataset["told"] !== newest) {
      news.dataset["told"] = newest;
      const link = Object.assign(document.createElement("a"), { href: location.pathname, textContent: "Show the newest runs" });
      news.replaceChildren("The app has run again. ", link);
    }
    return;
  }
  const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector<HTMLElement>("[data-runs]");
  if (!fresh) return;
  list.replaceChildren(...fresh.childNodes);
  list.dataset["newest"] = fresh.dataset["newest"] ?? "";
  news.replaceChildren("Live: the list of runs is up to date.");
}

/** The id of the newest run, or nothing when there is none or the program does not answer just now. */
async function newestRun(address: string): Promise<string | undefined> {
  try {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    if (!answer.ok) return undefined;
    const { runs } = (await answer.json()) as { runs: { run: string }[] };
    return runs[0]?.run;
  } catch {
    return undefined;
  }
}
