// console: lines on stdout and stderr. What is not plain information says so by the prefixes of sd-daemon(3),
// at the start of each line: <7> debug, <4> warning, <3> error.

import { format, inspect } from "./inspect.js";
import { performance } from "./timers.js";

const native = globalThis.__c4h;
/** Rows and columns of console.table that are shown. */
const ROWS = 100;
const COLUMNS = 20;

let indent = "";
const counts = new Map();
const started = new Map();

function print(stream, prefix, text) {
  if (indent || (prefix && text.includes("\n"))) {
    text = text.split("\n").map((line, at) => `${at ? prefix : ""}${indent}${line}`).join("\n");
  }
  native.print(stream, `${prefix}${text}`);
}

const info = (...args) => print(1, "", format(args));
const debug = (...args) => print(1, "<7>", format(args));
const warn = (...args) => print(2, "<4>", format(args));
const error = (...args) => print(2, "<3>", format(args));

function table(data, columns) {
  if (typeof data !== "object" || data === null) return info(data);
  const entries = data instanceof Map ? [...data] : data instanceof Set ? [...data].map((each, at) => [at, each]) : Object.entries(data);
  const names = columns ? [...columns] : [];
  let values = false;
  const rows = entries.slice(0, ROWS).map(([index, row]) => {
    const cells = new Map();
    if (typeof row === "object" && row !== null) {
      for (const [name, cell] of Object.entries(row)) {
        if (!columns && !names.includes(name) && names.length < COLUMNS) names.push(name);
        cells.set(name, inspect(cell, { depth: 0 }).replaceAll("\n", " "));
      }
    } else {
      values = true;
      cells.set(table, inspect(row));
    }
    return [`${index}`, cells];
  });
  const keys = values ? [...names, table] : names;
  const lines = [["(index)", ...keys.map((key) => (key === table ? "Values" : key))], ...rows.map(([index, cells]) => [index, ...keys.map((key) => cells.get(key) ?? "")])];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const rule = (left, middle, right) => left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right;
  const row = (line) => `│ ${line.map((cell, column) => cell.padEnd(widths[column])).join(" │ ")} │`;
  const more = entries.length > ROWS ? [`… ${entries.length - ROWS} more rows`] : [];
  print(1, "", [rule("┌", "┬", "┐"), row(lines[0]), rule("├", "┼", "┤"), ...lines.slice(1).map(row), rule("└", "┴", "┘"), ...more].join("\n"));
}

const elapsed = (label) => {
  const since = started.get(label);
  if (since === undefined) {
    warn(`No timer ${label} was started: console.time(${JSON.stringify(label)})`);
    return undefined;
  }
  const took = performance.now() - since;
  return took >= 1000 ? `${(took / 1000).toFixed(3)}s` : `${took.toFixed(3)}ms`;
};

export const console = {
  log: info,
  info,
  debug,
  warn,
  error,
  table,
  dir: (value, options) => print(1, "", inspect(value, options ?? {})),
  dirxml: info,
  trace: (...args) => {
    const stack = new Error().stack.split("\n").filter((line) => line.trim()).slice(1).join("\n");
    error(`Trace${args.length ? `: ${format(args)}` : ""}${stack ? `\n${stack}` : ""}`);
  },
  assert: (condition, ...args) => {
    if (condition) return;
    if (typeof args[0] === "string") args[0] = `Assertion failed: ${args[0]}`;
    else args.unshift("Assertion failed");
    error(...args);
  },
  count: (label = "default") => {
    label = `${label}`;
    counts.set(label, (counts.get(label) ?? 0) + 1);
    info(`${label}: ${counts.get(label)}`);
  },
  countReset: (label = "default") => {
    counts.delete(`${label}`);
  },
  group: (...args) => {
    if (args.length) info(...args);
    indent += "  ";
  },
  groupCollapsed: (...args) => console.group(...args),
  groupEnd: () => {
    indent = indent.slice(2);
  },
  time: (label = "default") => {
    started.set(`${label}`, performance.now());
  },
  timeLog: (label = "default", ...args) => {
    const took = elapsed(`${label}`);
    if (took) info(`${label}: ${took}`, ...args);
  },
  timeEnd: (label = "default") => {
    const took = elapsed(`${label}`);
    if (took) info(`${label}: ${took}`);
    started.delete(`${label}`);
  },
  clear: () => {},
};
