// HTML in which values are escaped, so that a patient called <script> is a name and not a program.

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A text for use in HTML, in an element or in a quoted attribute. */
export function escapeHtml(text) {
  return `${text ?? ""}`.replace(/[&<>"']/g, (found) => ESCAPES[found]);
}

/** A piece of HTML. As text it is the HTML itself: it can be given to new Response. */
export class Html {
  #text;

  constructor(text) {
    this.#text = text;
  }

  toString() {
    return this.#text;
  }

  toJSON() {
    return this.#text;
  }

  /** As a body it is sent as HTML, and not as plain text. */
  get [Symbol.for("c4h.mediaType")]() {
    return "text/html;charset=UTF-8";
  }
}

/** Text that is HTML already and is not escaped. Only for what you wrote yourself. */
export function raw(text) {
  return new Html(`${text ?? ""}`);
}

function piece(value) {
  if (value === undefined || value === null || value === false || value === true) return "";
  if (value instanceof Html) return value.toString();
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") return escapeHtml(value);
  if (typeof value[Symbol.iterator] === "function") {
    let all = "";
    for (const each of value) all += piece(each);
    return all;
  }
  if (typeof value === "function" || typeof value.then === "function") {
    throw new TypeError(`html\`...\` was given ${typeof value === "function" ? "a function: call it" : "a promise: await it"} first`);
  }
  const text = String(value);
  if (text === "[object Object]") throw new TypeError("html`...` was given an object, which would show as [object Object]: choose the field that you want to show");
  return escapeHtml(text);
}

/** html`<p>${name}</p>`: values are escaped; lists, and html inside html, are put in; undefined, null and false show nothing. */
export function html(strings, ...values) {
  if (!Array.isArray(strings?.raw)) throw new TypeError("html is written before a template: html`<p>${text}</p>`");
  let text = strings[0];
  for (let at = 0; at < values.length; at++) text += piece(values[at]) + strings[at + 1];
  return new Html(text);
}
