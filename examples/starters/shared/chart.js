// A line over time as an SVG, without any script in the page. A table beside it says the same: not everybody sees a line.
// Every starter that draws has this same file.

import { html } from "nhs";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [400, 240, 42, 16, 14, 32];

/**
 * `points` are [{ x, y }], x a number that `xText` puts into words. `label` says in one sentence what is seen.
 * `goal` is a dashed line; `others` are fainter lines of the same kind, { points, name }.
 */
export function lineChart({ label, points, xText, goal, others = [], least, most }) {
  if (!points.length) return undefined;
  const all = [...points, ...others.flatMap((each) => each.points)];
  const xs = all.map((each) => each.x);
  const ys = [...all.map((each) => each.y), ...[goal, least, most].filter((each) => each !== undefined)];
  const step = niceStep(Math.max(...ys) - Math.min(...ys));
  const [bottom, top] = [Math.floor(Math.min(...ys) / step) * step, Math.ceil(Math.max(...ys) / step) * step || step];
  const [first, last] = [Math.min(...xs), Math.max(...xs)];

  const across = (x) => round(LEFT + ((x - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT));
  const down = (y) => round(HEIGHT - BOTTOM - ((y - bottom) / (top - bottom || 1)) * (HEIGHT - TOP - BOTTOM));
  const path = (line) => line.map(({ x, y }, at) => `${at ? "L" : "M"}${across(x)} ${down(y)}`).join("");
  const marks = [];
  for (let y = bottom; y <= top + step / 2; y += step) marks.push(Number(y.toFixed(6)));

  return html`<div class="chart"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
    ${marks.map((y) => html`<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${down(y)}" y2="${down(y)}" opacity="0.35"/><text x="${LEFT - 6}" y="${down(y) + 4}" text-anchor="end">${y}</text>`)}
    <text x="${LEFT}" y="${HEIGHT - 10}">${xText(first)}</text>
    ${last > first && html`<text x="${WIDTH - RIGHT}" y="${HEIGHT - 10}" text-anchor="end">${xText(last)}</text>`}
    ${others.map((each) => html`<path class="faint" d="${path(each.points)}"/><text x="${WIDTH - RIGHT - 2}" y="${down(each.points.at(-1).y) - 3}" text-anchor="end" font-size="10">${each.name}</text>`)}
    ${goal !== undefined && html`<line class="goal" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${down(goal)}" y2="${down(goal)}"/><text x="${LEFT + 4}" y="${down(goal) - 5}">Goal ${goal}</text>`}
    <path class="line" d="${path(points)}"/>
    ${points.map(({ x, y }) => html`<circle class="dot" cx="${across(x)}" cy="${down(y)}" r="4"/>`)}
  </svg></div>`;
}

const round = (number) => Math.round(number * 10) / 10;

/** 1, 2 or 5 times a power of ten, so that there are about five marks. */
function niceStep(range) {
  const rough = (range || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
}
