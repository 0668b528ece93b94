// One browser for all journeys, and what every journey must leave behind whatever it was about: nothing asked of another
// machine, nothing that the page's own security policy had to stop, no script error.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** Where the program listens, without a slash at the end. */
export const base = needed("C4H_URL").replace(/\/$/, "");
/** A component that looks up patients, as a file. */
export const component = needed("C4H_COMPONENT");
/** Where pictures of the pages go; none are taken without it. */
const pictures = process.env.C4H_SCREENSHOTS;

/** How long a journey waits for what must come, in milliseconds: a busy machine takes its time to make an app of a script. */
export const patience = 180_000;

export const wide = { width: 1280, height: 900 };
export const narrow = { width: 375, height: 812 };

/** WCAG 2.2 at level AA, with everything that it takes over from the versions before. */
const wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** Ends the browser, so that the tests can end. */
export const close = () => browser.close();

/**
 * Gives `journey` a page of its own and checks afterwards what no journey is about. Where an app is meant to be stopped, the
 * browser complains about that: `complaints` lets it.
 */
export async function walk(options, journey, expected = { complaints: false }) {
  const context = await browser.newContext({ viewport: wide, ...options });
  context.setDefaultTimeout(patience);
  const abroad = [];
  const complaints = [];
  context.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    const here = hostname === new URL(base).hostname || hostname === "localhost" || hostname.endsWith(".localhost");
    if (!here && !["data:", "blob:", "about:"].includes(protocol)) abroad.push(request.url());
  });
  // What the page's policy stopped never left.
  context.on("requestfailed", (request) => {
    const { errorText } = request.failure() ?? {};
    if (/csp/i.test(errorText ?? "") && abroad.includes(request.url())) abroad.splice(abroad.indexOf(request.url()), 1);
  });
  context.on("console", (message) => {
    // A status of 4xx or 5xx is reported as an error too; journeys that provoke one check it themselves.
    const ordinary = message.text().startsWith("Failed to load resource: the server responded with a status");
    if ((message.type() === "error" && !ordinary) || /content security policy/i.test(message.text())) {
      complaints.push(message.text());
    }
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  try {
    await journey(await context.newPage());
    assert.deepEqual(abroad, [], "requests that leave this machine");
    if (!expected.complaints) assert.deepEqual(complaints, [], "complaints in the console");
  } finally {
    await context.close();
  }
}

/** Waits until what the selector finds has the focus: scripts give it after the page is there. */
export async function hasFocus(page, selector) {
  await page.waitForFunction((selector) => document.activeElement?.matches(selector), selector);
}

/** Fails when axe finds anything against WCAG 2.2 AA on the page as it stands. */
export async function findsNothing(page) {
  // Evaluated by the debugger, which the page's policy does not govern: the policy stays as strict as it is served.
  await page.evaluate(axe);
  const { violations } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), wcag);
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ; ")}`);
  assert.deepEqual(told, [], `axe on ${page.url()}`);
}

/** Fails when the page can be scrolled sideways. */
export async function fits(page) {
  const { scrolls, across } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrolls: scrollWidth > clientWidth, across: `${scrollWidth} of ${clientWidth} px` };
  });
  assert.equal(scrolls, false, `${page.url()} scrolls sideways: ${across}`);
}

/** Takes a picture of the whole page at both widths, and of what a wide screen shows at first. */
export async function picture(page, name) {
  if (!pictures) return;
  await mkdir(pictures, { recursive: true });
  for (const size of [wide, narrow]) {
    await page.setViewportSize(size);
    await page.screenshot({ path: join(pictures, `${name}-${size.width}.png`), fullPage: true });
  }
  await page.setViewportSize(wide);
  await page.screenshot({ path: join(pictures, `${name}-screen.png`) });
}

/** Takes a picture of what is to be seen just now. */
export async function glance(page, name) {
  if (!pictures) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** What has the focus, in the page or in a frame of it: its id, its name, and whether it can be seen. */
export async function focused(page) {
  let at = (await page.evaluateHandle(() => document.activeElement)).asElement();
  const inside = await at?.contentFrame();
  // Between two pages a frame has no element in focus.
  if (inside) at = (await inside.evaluateHandle(() => document.activeElement)).asElement();
  return at?.evaluate((at) => {
    const name = at.labels?.[0]?.textContent ?? at.getAttribute("aria-label") ?? at.textContent ?? "";
    const { top, bottom, left, right, width, height } = at.getBoundingClientRect();
    const within = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
    return { id: at.id, tag: at.tagName, name: name.trim().replace(/\s+/g, " "), isSeen: within && width > 1 && height > 1 };
  });
}

/**
 * Presses Tab until what is called `name` has the focus; fails after `most` presses, and when the focus goes where nobody sees
 * it. Answers how many presses it took.
 */
export async function tabTo(page, name, most) {
  const met = [];
  for (let presses = 1; presses <= most; presses += 1) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    met.push(at?.name.slice(0, 40));
    assert.ok(at?.isSeen, `the focus is off the screen of ${page.url()}: ${JSON.stringify(at)}`);
    if (name.test(at.name) || name.test(at.id)) return presses;
  }
  return assert.fail(`${most} presses of Tab do not reach ${name} on ${page.url()}, only ${met.join(" | ")}`);
}

function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the journeys need the program's address (C4H_URL) and a component (C4H_COMPONENT)`);
  return value;
}
