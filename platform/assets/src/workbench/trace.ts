// The live trace: each run of the app with its calls, drawn from the app to the interface as they happen.
import type { Address } from "./address";
import { ask, type Problem } from "./api";
import { openCall } from "./call";
import { drawing, element } from "./dom";
import { type Interface, interfacesOf, nameOf } from "./interfaces";
import type { Preview } from "./preview";
import { below, status, took, tone, visible } from "./words";

/** Runs shown; the app's own page has more. */
const SHOWN = 12;
/** Runs of before, shown when the page opens. */
const BEFORE = 3;
/** Calls, and lines, of one run that are drawn; the page of the run has all. */
const DRAWN = 60;

interface Started {
  run: string;
  version: number;
  method: string;
  uri: string;
}

export interface Call {
  run?: string;
  number: number;
  duration_us: number | null;
  method: string;
  url: string;
  title: string | null;
  status: number | null;
  refused: string | null;
  fault: string | null;
}

interface Line {
  run: string;
  stream: string;
  level: string;
  text: string;
}

interface Summary {
  run: string;
  kind: string;
  version: number;
  method: string;
  uri: string;
  status: number | null;
  outcome: string;
  calls: number;
  wall_us: number;
}

interface Frame {
  file: string | null;
  line: number | null;
  column: number | null;
}

export interface RunDocument {
  run: string;
  kind: string;
  version: number;
  trace: {
    request: { method: string; uri: string };
    response: { status: number; headers: { name: string; value: string }[]; body: { text: string | null } } | null;
    calls: Call[];
    log: Omit<Line, "run">[];
    outcome: { code: string; sentence: string | null };
    limits_hit: { code: string; sentence: string }[];
    wall_us: number;
    backtrace: Frame[];
  };
}

/** One run as it is drawn. */
interface Drawn {
  item: HTMLElement;
  state: HTMLElement;
  rows: HTMLOListElement;
  calls: Map<number, HTMLElement>;
  count: number;
}

export class Trace {
  private readonly runs = new Map<string, Drawn>();
  private readonly list = element("ol", { class: "c4h-live-runs" });
  private readonly empty = element("p", { class: "c4h-quiet" }, "Nothing yet: use the app, and every question it asks is drawn here.");
  private interfaces: readonly Interface[] = [];
  private known: Promise<void> = Promise.resolve();
  private source: EventSource | undefined;
  /** Told when a run stopped at a line of the app. */
  whenStopped: (problem: Problem) => void = () => undefined;

  constructor(
    private readonly address: Address,
    private readonly preview: Preview,
    private readonly say: (words: string) => void,
  ) {}

  begin(): void {
    const place = document.getElementById("wb-live");
    if (!place) return;
    place.hidden = false;
    place.append(this.empty, this.list);
    document.getElementById("wb-runs")?.remove();
    this.known = interfacesOf(this.address).then(
      (found) => {
        this.interfaces = found;
      },
      () => undefined,
    );
    this.open();
    // A browser has six connections to a program: a page that nobody looks at must not hold one.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.open();
      else this.close();
    });
    window.addEventListener("pagehide", () => this.close());
    window.addEventListener("pageshow", (event) => event.persisted && this.open());
  }

  private close(): void {
    this.source?.close();
    this.source = undefined;
  }

  private open(): void {
    this.close();
    const source = new EventSource(this.address.inApp("traces/live"));
    this.source = source;
    // What ended before this connection is told to nobody, so it is asked for once there is one.
    source.addEventListener("open", () => void this.known.then(() => this.before()).catch(() => undefined));
    const on = <T>(kind: string, told: (data: T) => void): void => {
      source.addEventListener(kind, ({ data }) => told(JSON.parse(String(data)) as T));
    };
    on<Started>("run-started", (run) => this.started(run));
    on<Call & { run: string }>("call-started", (call) => this.called(call.run, call, true));
    on<Call & { run: string }>("call", (call) => this.called(call.run, call, false));
    on<Line>("log", (line) => this.printed(line.run, line));
    on<Summary>("run-ended", (run) => this.ended(run));
    on<{ lost: number | null }>("gap", () => this.say("Some of what happened was too quick to be drawn; the app's page has all of it."));
  }

  /** The last runs of before anybody watched. */
  private async before(): Promise<void> {
    const { runs } = await ask<{ runs: Summary[] }>(this.address.inApp(`traces?limit=${BEFORE}`));
    for (const run of runs.reverse()) {
      if (this.runs.has(run.run)) continue;
      const whole = await ask<RunDocument>(this.address.inApp(`traces/${run.run}`)).catch(() => undefined);
      if (whole && !this.runs.has(run.run)) this.whole(whole, run, false);
    }
  }

  /** Draws a run that is over. */
  whole(document: RunDocument, summary: Summary, live: boolean): void {
    const { trace } = document;
    this.started({ run: document.run, version: document.version, ...trace.request }, document.kind);
    for (const call of trace.calls) this.called(document.run, call, false);
    for (const line of trace.log) this.printed(document.run, line);
    this.told(document, summary.wall_us, live);
  }

  private started({ run, version, method, uri }: Started, kind = "request"): void {
    if (this.runs.has(run)) return;
    const path = below(uri).replace(this.address.running.replace(/\/$/, ""), "") || "/";
    const state = element("strong", { class: "nhsuk-tag nhsuk-tag--grey" }, "Under way");
    const heading = element("h3", { class: "c4h-live-run__title" }, element("span", { class: "c4h-mono" }, `${method} ${path}`));
    const why = { scheduled: "by its schedule", replay: "run again", test: "a test" }[kind];
    const head = element("div", { class: "c4h-live-run__head" }, heading, state, element("span", { class: "c4h-quiet" }, `version ${version}${why ? `, ${why}` : ""}`));
    const rows = element("ol", { class: "c4h-live-run__rows" });
    const item = element("li", { class: "c4h-live-run" }, head, rows);
    this.list.prepend(item);
    this.empty.hidden = true;
    this.runs.set(run, { item, state, rows, calls: new Map(), count: 0 });
    while (this.runs.size > SHOWN) {
      const [oldest, drawn] = this.runs.entries().next().value ?? [];
      if (oldest === undefined) break;
      drawn?.item.remove();
      this.runs.delete(oldest);
    }
  }

  private called(run: string, call: Call, underWay: boolean): void {
    const drawn = this.runs.get(run);
    if (!drawn) return;
    let row = drawn.calls.get(call.number);
    if (!row) {
      if (drawn.count >= DRAWN) return;
      drawn.count += 1;
      row = element("li", { class: "c4h-live-call" });
      drawn.calls.set(call.number, row);
      drawn.rows.append(row);
    }
    const feeling = underWay ? "wait" : tone(call.status, call.refused);
    row.className = `c4h-live-call c4h-live-call--${feeling}`;
    const to = visible(nameOf(call.url, this.interfaces)).slice(0, 60);
    const asked = visible(call.title ?? `${call.method} ${call.url.replace("https://", "")}`).slice(0, 160);
    const answer = underWay ? "waiting for the answer" : call.refused ? "refused" : call.status == null ? "no answer" : status(call.status);
    const open = element(
      "button",
      { type: "button", class: "c4h-live-call__open", "aria-expanded": "false" },
      element("span", { class: "c4h-live-call__end" }, "App"),
      arrow(),
      element("span", { class: "c4h-live-call__end c4h-live-call__end--to" }, to),
      element("span", { class: "c4h-live-call__words" }, element("span", { class: "nhsuk-u-visually-hidden" }, " is asked: "), asked),
      element("span", { class: "c4h-live-call__answer" }, element("span", { class: "nhsuk-u-visually-hidden" }, " Answer: "), answer, underWay ? "" : ` ${took(call.duration_us)}`),
    );
    open.addEventListener("click", () => void openCall({ row: row!, button: open, run, number: call.number, address: this.address, preview: this.preview, say: this.say }));
    row.replaceChildren(open);
    if (call.refused) row.append(element("p", { class: "c4h-note c4h-note--bad" }, visible(call.refused)));
    if (call.fault) row.append(element("p", { class: "c4h-note c4h-note--warn" }, `On purpose: ${visible(call.fault)}`));
  }

  private printed(run: string, line: Omit<Line, "run">): void {
    const drawn = this.runs.get(run);
    if (!drawn || drawn.count >= DRAWN) return;
    drawn.count += 1;
    const who = line.stream === "platform" ? "The sandbox says" : line.level === "error" ? "It prints an error" : line.level === "warn" ? "It warns" : "It prints";
    drawn.rows.append(
      element("li", { class: `c4h-live-line c4h-live-line--${line.stream === "platform" ? "platform" : line.level}` }, element("span", { class: "c4h-quiet" }, `${who}: `), element("span", { class: "c4h-mono" }, visible(line.text).slice(0, 600))),
    );
  }

  private ended(summary: Summary): void {
    const drawn = this.runs.get(summary.run);
    if (!drawn) {
      // It began before anybody watched.
      void ask<RunDocument>(this.address.inApp(`traces/${summary.run}`)).then((document) => this.whole(document, summary, true), () => undefined);
      return;
    }
    this.finish(drawn, summary.outcome, summary.status, summary.wall_us);
    if (summary.outcome === "answered" && (summary.status ?? 500) < 500) return;
    void ask<RunDocument>(this.address.inApp(`traces/${summary.run}`)).then((document) => this.told(document, summary.wall_us, true), () => undefined);
  }

  /** What only the whole trace knows: limits, and the line where it stopped. */
  private told(document: RunDocument, wallUs: number, live: boolean): void {
    const drawn = this.runs.get(document.run);
    if (!drawn) return;
    const { outcome, limits_hit, backtrace, response } = document.trace;
    this.finish(drawn, outcome.code, response?.status ?? null, wallUs);
    const said = new Set<string>();
    for (const sentence of [outcome.sentence, ...limits_hit.map((limit) => limit.sentence)]) {
      if (!sentence || said.has(sentence)) continue;
      said.add(sentence);
      drawn.rows.append(element("li", { class: "c4h-live-line c4h-live-line--limit" }, element("strong", {}, outcome.code === "answered" ? "Limit reached. " : "Stopped. "), visible(sentence)));
    }
    const at = backtrace.find((frame) => frame.file !== null && frame.line !== null);
    if (at && outcome.sentence && live) {
      this.whenStopped({ detail: visible(outcome.sentence), code: outcome.code, file: at.file ?? undefined, line: at.line ?? undefined, column: at.column ?? undefined } as Problem);
    }
  }

  private finish(drawn: Drawn, outcome: string, code: number | null, wallUs: number): void {
    const good = outcome === "answered" && (code ?? 500) < 400;
    const colour = good ? "green" : outcome === "answered" && (code ?? 500) < 500 ? "orange" : "red";
    drawn.state.className = `nhsuk-tag nhsuk-tag--${colour}`;
    drawn.state.textContent = outcome === "answered" ? `${status(code ?? 500)}, ${took(wallUs)}` : `Stopped after ${took(wallUs)}`;
    if (drawn.count === 0) {
      drawn.count = 1;
      drawn.rows.append(element("li", { class: "c4h-live-line" }, element("span", { class: "c4h-quiet" }, "It answered by itself, without asking anybody.")));
    }
  }
}

/** From the app to the interface and back. */
function arrow(): SVGSVGElement {
  return drawing("0 0 120 16", "c4h-live-call__arrow", ["line", { x1: "2", y1: "8", x2: "110", y2: "8", class: "c4h-live-call__line" }], ["path", { d: "M108 2 L118 8 L108 14 Z", class: "c4h-live-call__head" }]);
}
