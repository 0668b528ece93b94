// Keeps the list of runs on an app's page fresh while somebody looks at it.

/** How often to ask while the page is in view. Short enough to feel live beside the open app, and one small answer each. */
const EVERY_MS = 3000;

/** Finds the list on this page, if it has one, and watches it. */
export function watchRuns(): void {
  const list = document.querySelector<HTMLElement>("[data-runs]");
  const news = document.querySelector<HTMLElement>("[data-runs-news]");
  if (!list || !news) return;

  const look = () => {
    if (document.visibilityState === "visible") void refresh(list, news);
  };
  document.addEventListener("visibilitychange", look);
  // A page that comes back by the Back button may be an old picture of itself.
  window.addEventListener("pageshow", (event) => event.persisted && look());
  window.setInterval(look, EVERY_MS);
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
  news.replaceChildren("The list of runs is up to date.");
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
