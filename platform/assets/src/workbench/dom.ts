// Making elements without HTML in texts: whatever a stranger wrote stays text.

type Child = Node | string | undefined | false;

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  for (const child of children) if (child) made.append(child);
  return made;
}

export function button(words: string, classes: string, pressed: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", class: classes }, words);
  made.addEventListener("click", pressed);
  return made;
}

/** A drawing, hidden from screen readers: words stand beside it. */
export function drawing(viewBox: string, classes: string, ...parts: [string, Record<string, string>][]): SVGSVGElement {
  const made = svg("svg", { viewBox, class: classes, "aria-hidden": "true", focusable: "false" });
  for (const [tag, attributes] of parts) made.append(svg(tag, attributes));
  return made as SVGSVGElement;
}

function svg(tag: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
