// The sheets in the bar: versions to go back to, a link to share, files to download.
import type { Address } from "./address";
import { ask } from "./api";
import type { Version } from "./project";

/** Versions shown; the app's own page has all. */
const SHOWN = 12;

export class Menus {
  private current: number;

  constructor(
    private readonly address: Address,
    private readonly say: (words: string) => void,
    private readonly goBack: (version: number) => void,
  ) {
    this.current = Number(/Version (\d+)/.exec(document.getElementById("wb-download")?.textContent ?? "")?.[1] ?? 0);
    this.listen();
    this.share();
    this.closeOnEscape();
  }

  /** A new version runs. */
  ran(version: Version): void {
    this.pointed(version.number);
  }

  /** The app points at this version. */
  pointed(version: number): void {
    this.current = version;
    void this.drawVersions();
    for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-download]")) {
      link.href = this.address.inApp(`versions/${version}/${link.dataset["download"] ?? ""}`);
    }
    const words = document.querySelector("#wb-download .c4h-wb__small");
    if (words) words.textContent = `Version ${version}, the one that runs.`;
    const made = document.getElementById("wb-share-made");
    if (made) made.hidden = true;
  }

  private async drawVersions(): Promise<void> {
    const list = document.getElementById("wb-version-list");
    if (!list) return;
    const { versions } = await ask<{ versions: Version[] }>(this.address.inApp("versions"));
    const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "Europe/London" });
    const items = versions.slice(0, SHOWN).map(({ number, deployed_at }) => {
      const item = document.createElement("li");
      const words = document.createElement("span");
      words.append(String(number));
      if (number === this.current) {
        const tag = document.createElement("strong");
        tag.className = "nhsuk-tag nhsuk-tag--green";
        tag.textContent = "Running";
        words.append(" ", tag);
      }
      const time = document.createElement("time");
      time.className = "c4h-quiet";
      time.dateTime = deployed_at;
      time.textContent = when.format(new Date(deployed_at));
      words.append(document.createElement("br"), time);
      item.append(words);
      if (number !== this.current) {
        const link = document.createElement("a");
        link.href = `${this.address.page}/versions/${number}`;
        link.dataset["version"] = String(number);
        link.textContent = "Go back";
        const hidden = document.createElement("span");
        hidden.className = "nhsuk-u-visually-hidden";
        hidden.textContent = ` to version ${number}`;
        link.append(hidden);
        item.append(link);
      }
      return item;
    });
    list.replaceChildren(...items);
  }

  private listen(): void {
    document.getElementById("wb-version-list")?.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-version]") : null;
      if (!link) return;
      event.preventDefault();
      this.goBack(Number(link.dataset["version"]));
    });
  }

  private share(): void {
    const menu = document.getElementById("wb-share");
    const made = document.getElementById("wb-share-made");
    const link = document.querySelector<HTMLInputElement>("#wb-share-link");
    const version = document.getElementById("wb-share-version");
    if (!menu || !made || !link || !version) return;
    menu.hidden = false;
    let shared = 0;
    const api = (): string => this.address.inApp(`versions/${shared}/share`);
    const attempt = (work: () => Promise<void>) => () => void work().catch((error: unknown) => this.say(error instanceof Error ? error.message : String(error)));
    document.getElementById("wb-share-make")?.addEventListener(
      "click",
      attempt(async () => {
        shared = this.current;
        const { path } = await ask<{ path: string }>(api(), { method: "POST" });
        link.value = new URL(path, location.href).href;
        version.textContent = String(shared);
        made.hidden = false;
        link.focus();
        link.select();
        this.say(`Here is a link to version ${shared}.`);
      }),
    );
    document.getElementById("wb-share-copy")?.addEventListener("click", () => {
      link.select();
      // Only pages over https or on this machine may use the clipboard; elsewhere the text stands selected.
      if (navigator.clipboard) void navigator.clipboard.writeText(link.value).then(() => this.say("Copied."));
      else this.say("Selected: copy it with Ctrl and C.");
    });
    document.getElementById("wb-share-end")?.addEventListener(
      "click",
      attempt(async () => {
        await ask(api(), { method: "DELETE" });
        made.hidden = true;
        document.getElementById("wb-share-make")?.focus();
        this.say(`The link to version ${shared} shows nothing any more.`);
      }),
    );
  }

  /** Escape closes the sheet that is open, and so does a click beside it. */
  private closeOnEscape(): void {
    const open = (): NodeListOf<HTMLDetailsElement> => document.querySelectorAll<HTMLDetailsElement>(".c4h-wb__menu[open]");
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const menu of open()) {
        if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
        menu.open = false;
      }
    });
    document.addEventListener("click", (event) => {
      for (const menu of open()) if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    });
  }
}
