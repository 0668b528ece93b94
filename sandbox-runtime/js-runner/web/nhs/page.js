// A whole page in the plain look of NHS services: readable, keyboard-friendly, without script, logo or web font.

import { html, raw } from "./html.js";

/** Colours and sizes follow the NHS design system; all contrasts meet WCAG 2.2 AA. */
const STYLE = `
*{box-sizing:border-box}
body{margin:0;background:#f0f4f5;color:#212b32;font:1.1875rem/1.5 Arial,sans-serif}
.c4h-skip{position:absolute;left:-999rem}
.c4h-skip:focus{position:static;display:block;padding:.5rem 1rem;background:#ffeb3b;color:#212b32}
.c4h-sandbox{margin:0;padding:.25rem 1rem;background:#ffeb3b;color:#212b32;font-size:1rem}
.c4h-header{background:#005eb8;color:#fff;padding:.75rem 1rem;font-weight:700}
main,.c4h-footer{max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:2rem;line-height:1.2;margin:.5rem 0 1rem}h2{font-size:1.5rem;line-height:1.25}
a{color:#005eb8}a:focus,button:focus,input:focus,select:focus,textarea:focus,summary:focus{outline:4px solid #ffeb3b;outline-offset:0;box-shadow:inset 0 0 0 4px #212b32}
a:focus{background:#ffeb3b;color:#212b32;box-shadow:0 4px #212b32}
label{display:block;font-weight:700;margin:.75rem 0 .25rem}.c4h-hint{color:#4c6272;display:block;font-weight:400}
input,select,textarea{font:inherit;padding:.25rem .5rem;min-height:2.5rem;border:2px solid #4c6272;border-radius:0;max-width:100%}
button{font:inherit;font-weight:700;margin-top:1rem;padding:.6rem 1rem;min-height:2.75rem;border:0;border-radius:4px;background:#007f3b;color:#fff;box-shadow:0 4px #00401e;cursor:pointer}
table{border-collapse:collapse;width:100%;background:#fff}caption{text-align:left;font-weight:700;padding:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.5rem;border-bottom:1px solid #d8dde0}
.c4h-nowrap{white-space:nowrap}
.c4h-banner{background:#fff;border-left:8px solid #005eb8;padding:.75rem 1rem;margin:0 0 1rem}
.c4h-banner--deceased{border-color:#212b32;background:#e8edee}.c4h-banner--restricted{border-color:#d5281b}
.c4h-banner__name{font-size:1.375rem;font-weight:700;margin:0}
.c4h-banner__facts{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:0}
.c4h-banner__item dt,.c4h-banner__item dd{display:inline;margin:0}.c4h-banner__item dt{color:#4c6272}.c4h-banner__item dd{font-weight:700}
.c4h-banner__note{margin:.5rem 0 0}
.c4h-errors{border:4px solid #d5281b;background:#fff;padding:1rem;margin-bottom:1rem}.c4h-errors h2{margin-top:0}.c4h-errors a{color:#d5281b;font-weight:700}
@media print{.c4h-skip,.c4h-header,.c4h-back{display:none}body{background:#fff}}
`;

/** The style of these pages as a <style> element, for a page of your own. */
export const pageStyle = raw(`<style>${STYLE}</style>`);

/**
 * A whole page as a Response. `title` is the heading and the browser's title; `body` is html`...`. Also: `service` (the
 * app's name, in the header), `back` (an address for a link "Back"), `errors` ([{text, field}]: a summary that links to
 * the fields, by their ids), `head` (more html for the head), `status`, `headers`.
 */
export function page({ title, body, service, back, errors = [], head, status = 200, headers } = {}) {
  if (!title) throw new TypeError("A page has a title: page({ title: \"Find a patient\", body: html`...` })");
  const all = new Headers(headers);
  if (!all.has("content-type")) all.set("content-type", "text/html;charset=UTF-8");
  // What a page about a patient says must not stay in the browser of a shared computer.
  if (!all.has("cache-control")) all.set("cache-control", "no-store");
  const summary = errors.length
    ? html`<div class="c4h-errors" role="alert" aria-labelledby="c4h-errors" tabindex="-1"><h2 id="c4h-errors">There is a problem</h2><ul>${errors.map(({ text, field }) => html`<li>${field ? html`<a href="#${field}">${text}</a>` : text}</li>`)}</ul></div>\n`
    : undefined;
  const text = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="format-detection" content="telephone=no">
<title>${errors.length ? "Error: " : ""}${title}${service ? ` – ${service}` : ""}</title>
${pageStyle}${head}
</head>
<body>
<a class="c4h-skip" href="#maincontent">Skip to main content</a>
<p class="c4h-sandbox">Training sandbox: made-up patients, not for care</p>
${service ? html`<header class="c4h-header">${service}</header>\n` : undefined}<main id="maincontent">
${back ? html`<p class="c4h-back"><a href="${back}">Back</a></p>\n` : undefined}${summary}<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
  return new Response(text.toString(), { status, headers: all });
}
