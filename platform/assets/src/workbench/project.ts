// The app folder as it is being written: kept on the server soon after every change, and in this browser while the server cannot
// be reached.
import type { Address } from "./address";
import { ApiError, ask, json } from "./api";

/** How long nobody types before what they typed is kept. */
const SETTLE_MS = 600;
/** How long until a draft that could not be kept is tried again. */
const AGAIN_MS = 4000;
/** The most that the server keeps to undo, in bytes of UTF-8, with room to spare. */
const UNDO_BYTES = 400_000;
const MAINS = ["app.js", "app.mjs", "app.ts"];

interface Draft {
  version: number;
  kept: boolean;
  etag?: string;
  files: { path: string; text: string }[];
  others: { path: string; size_bytes: number }[];
  undo?: string;
}

export interface Version {
  number: number;
  deployed_at: string;
}

/** What was kept in this browser, because it had not reached the server. */
interface Saved {
  etag: string | undefined;
  files: [string, string][];
  undo?: string;
}

export class Project {
  private readonly texts: Map<string, string>;
  private etag: string | undefined;
  private dirty = false;
  /** Whether what was written is on its way to the server and not acknowledged. */
  private underWay = false;
  private timer: number | undefined;
  private saving: Promise<void> = Promise.resolve();
  /** What this browser kept when the page was left; it may have reached the server all the same. */
  private left: Map<string, string> | undefined;
  /** What this browser kept, and the server does not have because somebody wrote in between. */
  private aside: Saved | undefined;
  private keptUndo: () => string = () => "";
  /** Told after every change of which files there are. */
  whenFiles: () => void = () => undefined;
  /** Told after every change of a text, with its path. */
  readonly whenText: ((path: string) => void)[] = [];

  private constructor(
    private readonly address: Address,
    private readonly say: (words: string) => void,
    private readonly draft: Draft,
  ) {
    this.texts = new Map(draft.files.map(({ path, text }) => [path, text]));
    this.etag = draft.etag;
    window.addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave();
    });
  }

  static async load(address: Address, say: (words: string) => void): Promise<Project> {
    const project = new Project(address, say, await ask<Draft>(address.inApp("draft")));
    project.takeBack();
    return project;
  }

  /** What the editor left to undo when it was last here. */
  get undone(): string | undefined {
    return this.draft.undo;
  }

  paths(): string[] {
    return [...this.texts.keys()].sort();
  }

  /** Files that are no text. */
  others(): { path: string; size_bytes: number }[] {
    return this.draft.others;
  }

  text(path: string): string | undefined {
    return this.texts.get(path);
  }

  set(path: string, text: string): void {
    const before = this.texts.get(path);
    if (before === text) return;
    this.texts.set(path, text);
    this.changed();
    if (before === undefined) this.whenFiles();
    for (const told of this.whenText) told(path);
  }

  remove(path: string): void {
    if (!this.texts.delete(path)) return;
    this.changed();
    this.whenFiles();
  }

  /** The script that answers requests. */
  main(): string {
    const said = /^\s*main\s*=\s*["']([^"']+)["']/m.exec(this.texts.get("app.toml") ?? "")?.[1];
    const found = [said, ...MAINS].find((path) => path !== undefined && this.texts.has(path));
    return found ?? this.paths()[0] ?? "";
  }

  /** Where the editor's undo is asked for whenever something is kept. */
  undoFrom(undo: () => string): void {
    this.keptUndo = undo;
  }

  private changed(): void {
    this.dirty = true;
    this.soon(SETTLE_MS);
  }

  private soon(ms: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save().catch(() => undefined), ms);
  }

  /** What there is to undo, unless that is more than is kept. */
  private undo(): { undo?: string } {
    const undo = this.keptUndo();
    return undo && new TextEncoder().encode(undo).length <= UNDO_BYTES ? { undo } : {};
  }

  private order(): RequestInit {
    const files = [...this.texts].map(([path, text]) => ({ path, text }));
    const condition: Record<string, string> = this.etag ? { "if-match": this.etag } : { "if-none-match": "*" };
    return json("PUT", { version: this.draft.version, files, ...this.undo() }, condition);
  }

  /** Keeps everything now; one after the other, so that no older text comes after a newer one. */
  save(): Promise<void> {
    window.clearTimeout(this.timer);
    const next = this.saving.then(() => this.saveNow());
    this.saving = next.catch(() => undefined);
    return next;
  }

  private async saveNow(): Promise<void> {
    if (!this.dirty) return;
    this.dirty = false;
    this.underWay = true;
    try {
      const { etag } = await this.put();
      this.underWay = false;
      this.etag = etag;
      this.left = undefined;
      if (!this.aside) this.forget();
    } catch (error) {
      this.underWay = false;
      this.dirty = true;
      this.remember();
      this.say(error instanceof Error ? `Not kept yet. ${error.message}` : "Not kept yet.");
      // What was written elsewhere is not written over, however often it is tried.
      if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) this.soon(AGAIN_MS);
      throw error;
    }
  }

  private async put(): Promise<{ etag: string }> {
    const sent = (): Promise<{ etag: string }> => ask(this.address.inApp("draft"), this.order());
    try {
      return await sent();
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 412) || !this.left) throw error;
      // What this page sent when it was left may have come after it was opened again: that is nobody else's.
      const there = await ask<Draft>(this.address.inApp("draft"));
      if (!areSame(this.left, there.files)) throw error;
      this.etag = there.etag;
      return sent();
    }
  }

  /** The last moment of a page: what is not kept yet goes out without anybody waiting for it. */
  private leave(): void {
    if (!this.dirty && !this.underWay) return;
    this.remember();
    void this.save().catch(() => undefined);
  }

  private get key(): string {
    return `c4h-draft:${this.address.workspace}/${this.address.app}`;
  }

  private remember(): void {
    // What was set aside is the older of the two, and was on the page to be taken.
    const saved: Saved = { etag: this.etag, files: [...this.texts], ...this.undo() };
    try {
      localStorage.setItem(this.key, JSON.stringify(saved));
    } catch {
      // A browser that keeps nothing, or has no room: the page itself still has it.
    }
  }

  private forget(): void {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // See above.
    }
  }

  /** What this browser kept when it could not reach the server, unless somebody has written since. */
  private takeBack(): void {
    let saved: Saved | undefined;
    try {
      saved = JSON.parse(localStorage.getItem(this.key) ?? "null") as Saved | undefined;
    } catch {
      saved = undefined;
    }
    if (!saved) return;
    this.left = new Map(saved.files);
    if (areSame(this.left, this.draft.files)) return this.forget();
    if (saved.etag !== this.etag) {
      this.aside = saved;
      return;
    }
    this.texts.clear();
    for (const [path, text] of saved.files) this.texts.set(path, text);
    if (saved.undo) this.draft.undo = saved.undo;
    this.changed();
    this.say("What you wrote while the program did not answer is here again.");
  }

  /** The files that this browser kept and the server does not have, because somebody wrote in between. */
  setAside(): Map<string, string> | undefined {
    return this.aside && new Map(this.aside.files);
  }

  /** What was set aside is wanted no longer. */
  letGo(): void {
    this.aside = undefined;
    this.forget();
  }

  /** Keeps everything and makes it the app's next version. */
  async run(): Promise<Version> {
    await this.save();
    const version = await ask<Version>(this.address.inApp("draft/run"), { method: "POST" });
    this.draft.version = version.number;
    return version;
  }

  /** The text files of a version. */
  async filesOf(version: number): Promise<Map<string, string>> {
    const { files } = await ask<{ files: { path: string }[] }>(this.address.inApp(`versions/${version}/files`));
    const known = new Set(this.draft.others.map(({ path }) => path));
    const wanted = files.filter(({ path }) => !known.has(path) && !path.endsWith(".wasm"));
    const texts = wanted.map(async ({ path }): Promise<[string, string] | undefined> => {
      const answer = await fetch(this.address.inApp(`versions/${version}/files/${path.split("/").map(encodeURIComponent).join("/")}`));
      const bytes = new Uint8Array(await answer.arrayBuffer());
      try {
        return [path, new TextDecoder("utf-8", { fatal: true }).decode(bytes)];
      } catch {
        return undefined;
      }
    });
    return new Map((await Promise.all(texts)).filter((file) => file !== undefined));
  }

  /** Lets an older version answer again, with its files as what is being written. */
  async goBack(version: number): Promise<number> {
    const files = await this.filesOf(version);
    await ask(this.address.inApp("current"), json("PUT", { version }));
    this.replace(files);
    this.draft.version = version;
    await this.save();
    return version;
  }

  /** Puts these files in place of all. */
  replace(files: Map<string, string>): void {
    for (const path of this.paths()) if (!files.has(path)) this.texts.delete(path);
    for (const [path, text] of files) this.texts.set(path, text);
    this.changed();
    this.whenFiles();
    for (const path of files.keys()) for (const told of this.whenText) told(path);
  }
}

function areSame(texts: Map<string, string>, files: readonly { path: string; text: string }[]): boolean {
  return texts.size === files.length && files.every(({ path, text }) => texts.get(path) === text);
}
