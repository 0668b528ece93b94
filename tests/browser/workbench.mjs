// The workbench, as people use it: by mouse, by keyboard alone, on a phone, without scripts, and with an app that means harm.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { base, close, findsNothing, fits, narrow, patience, picture, walk } from "./browser.mjs";

/** Dead since the day of her birth, says the service. */
const jane = "9000000009";
const anil = "9999100104";

after(close);

/** Starts an app from what is called `start`, under a name that no other journey has. */
async function begin(page, start, title) {
  await page.goto(`${base}/w/demo/build`);
  await page.getByLabel("What is your app called?").fill(title);
  await page.getByRole("button", { name: new RegExp(`^Start with this\\s*, ${start}$`) }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
}

const status = (page) => page.locator("#wb-status");
const frame = (page) => page.frameLocator("#wb-frame");
const way = (page, name) => page.getByRole("group", { name: "How to edit" }).getByRole("button", { name });

async function runs(page) {
  const before = await status(page).innerText();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForFunction(
    (before) => {
      const words = document.getElementById("wb-status")?.textContent ?? "";
      return words !== before && (/Answered in \d+ ms/.test(words) || words.startsWith("Not run."));
    },
    before,
  );
  return status(page).innerText();
}

/** Puts a text in the place of the whole file that is shown. */
async function write(page, text) {
  await page.locator(".cm-content").click();
  await page.keyboard.press("ControlOrMeta+a");
  // Typed over coloured words, Chromium would first write what it types in their colour, which the page's policy stops.
  await page.keyboard.press("Backspace");
  await page.keyboard.insertText(text);
}

/** Waits until the server has `words` in the draft of an app, whenever that is. */
async function keeps(page, app, words) {
  for (const end = Date.now() + patience; Date.now() < end; ) {
    const draft = await page.request.get(`${base}/api/v1/workspaces/demo/apps/${app}/draft`);
    if ((await draft.text()).includes(words)) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`the draft of ${app} never had ${words}`);
}

/** Goes back to `words`: what was typed, and what was taken away for it, are one step or two, by how quickly they came. */
async function undoes(page, words) {
  const shown = page.locator(".cm-content");
  await shown.click();
  for (let steps = 0; steps < 2 && !(await shown.innerText()).includes(words); steps += 1) {
    const before = await shown.innerText();
    await page.keyboard.press("ControlOrMeta+z");
    await page.waitForFunction((before) => document.querySelector(".cm-content")?.innerText !== before, before);
  }
  assert.ok((await shown.innerText()).includes(words));
}

const answering = (words) => `export default { fetch() { return new Response("<h1>${words}</h1>", { headers: { "content-type": "text/html" } }) } }\n`;

test("change words, press Run, see them; what is written survives a reload and can still be undone", () =>
  walk({}, async (page) => {
    await begin(page, "An empty page", "First words");
    await frame(page).getByRole("heading", { name: "Hello" }).waitFor();
    await page.getByRole("button", { name: "app.js" }).waitFor();
    await findsNothing(page);
    await picture(page, "workbench-code");

    await write(page, answering("Changed"));
    const said = await runs(page);
    await frame(page).getByRole("heading", { name: "Changed" }).waitFor();
    console.log(`from Run to the answer in its frame: ${/in (\d+) ms/.exec(said)?.[1]} ms`);

    // Left before it is kept on the server, and after.
    for (const kept of [false, true]) {
      await write(page, answering("Not run yet"));
      if (kept) await keeps(page, "first-words", "Not run yet");
      await page.reload();
      await page.locator(".cm-content", { hasText: "Not run yet" }).waitFor();
      await undoes(page, "Changed");
    }

    await page.getByText("Versions", { exact: true }).click();
    await page.getByRole("link", { name: /^Go back\s+to version 1$/ }).click();
    await frame(page).getByRole("heading", { name: "Hello" }).waitFor();
    await page.locator(".cm-content", { hasText: "This is my first app." }).waitFor();
    assert.match(await status(page).innerText(), /Version 1 is running again/);
  }));

test("what was written while somebody else wrote is not lost, and neither is theirs", () =>
  walk({}, async (page) => {
    await begin(page, "An empty page", "Two windows");
    await write(page, answering("Theirs"));
    await keeps(page, "two-windows", "Theirs");
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.locator(".cm-content", { hasText: "Theirs" }).waitFor();
    await write(other, answering("Mine"));
    await keeps(page, "two-windows", "Mine");
    await other.close();

    await write(page, answering("Too late"));
    await page.locator("#wb-status", { hasText: "Not kept yet." }).waitFor();
    await page.reload();
    await page.locator(".cm-content", { hasText: "Mine" }).waitFor();
    await findsNothing(page);
    await picture(page, "workbench-set-aside");
    await page.getByRole("button", { name: "Put in what I wrote" }).press("Enter");
    await page.locator(".cm-content", { hasText: "Too late" }).waitFor();
    await keeps(page, "two-windows", "Too late");
    await undoes(page, "Mine");
    await keeps(page, "two-windows", "Mine");
    await page.reload();
    await page.locator(".cm-content", { hasText: "Mine" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Put in what I wrote" }).count(), 0);
  }));

test("a mistake is marked at its line, when it is run and when it stops while it runs", () =>
  walk({}, async (page) => {
    await begin(page, "An empty page", "Mistakes");
    await write(page, "export default {\n  fetch() {\n    const words = ;\n  },\n};\n");
    assert.match(await runs(page), /^Not run\. app\.js line 3/);
    await page.locator(".cm-lint-marker-error").waitFor();
    await findsNothing(page);
    await write(page, "export default {\n  fetch() {\n    return nobody.knows();\n  },\n};\n");
    await runs(page);
    await page.locator("#wb-live").getByText(/nobody/).first().waitFor();
    await page.locator(".cm-lint-marker-error").waitFor();
    await picture(page, "workbench-stopped");
  }));

test("each call is drawn, can be opened, and its answer changed", () =>
  walk({}, async (page) => {
    await begin(page, "Find a patient, with types", "Calls");
    await frame(page).getByLabel("NHS number").fill(jane);
    await frame(page).getByRole("button", { name: /find/i }).click();
    await frame(page).getByText("Jane Smith").first().waitFor();
    const call = page.locator(".c4h-live-call", { hasText: "Personal Demographics" }).first();
    await call.getByText(/200 OK/).waitFor();
    await call.getByRole("button").first().click();
    await call.getByText('"family": "Smith"').waitFor();
    await findsNothing(page);
    await picture(page, "workbench-call");
    await call.getByLabel("What would people have seen if").selectOption("status-503");
    await call.getByRole("button", { name: "Change the answer and run again" }).click();
    await page.getByText("This is what people would have seen if it had not been available (503).").waitFor();
    await frame(page).getByRole("heading", { name: "No answer in time" }).waitFor();
    await findsNothing(page);
    await picture(page, "workbench-changed-answer");
    await page.getByRole("button", { name: "Back to the app" }).click();
    await frame(page).getByLabel("NHS number").waitFor();
  }));

test("the editor offers the names of the module nhs and imports them, and the addresses of operations", () =>
  walk({}, async (page) => {
    await begin(page, "An empty page", "Completion");
    await write(page, "export default { fetch() { return new Response(formatNhsN");
    await page.getByRole("option", { name: /formatNhsNumber/ }).click();
    await page.locator(".cm-content", { hasText: 'import { formatNhsNumber } from "nhs";' }).waitFor();
    await write(page, 'const answer = await fetch("');
    await page.keyboard.type("patient");
    await page.getByRole("option", { name: /personal-demographics.*Patient/ }).first().waitFor();
  }));

test("blocks and the list edit the same app, and go to code and back", () =>
  walk({}, async (page) => {
    await begin(page, "Blocks", "Weights");
    await page.locator(".blocklySvg .blocklyText", { hasText: "Find a patient" }).first().waitFor();
    await findsNothing(page);
    await picture(page, "workbench-blocks");

    await frame(page).getByLabel("NHS number").fill("9693632966");
    await frame(page).getByRole("button", { name: "Show the patient" }).click();
    await frame(page).locator(".c4h-banner__name").waitFor();
    await frame(page).locator("figure svg").or(frame(page).locator(".kit-warning")).first().waitFor();

    await way(page, "List").click();
    const add = page.getByLabel("Step to add: The app, from top to bottom");
    await add.selectOption({ label: "Show words" });
    await page.getByRole("button", { name: /^Add step.*The app, from top to bottom/ }).click();
    await page.getByLabel("Words", { exact: true }).last().fill("Seven and one are {7 + 1}.");
    await findsNothing(page);
    await picture(page, "workbench-list");
    await runs(page);
    await frame(page).getByText("Seven and one are 8.").waitFor();

    await way(page, "Code").click();
    await page.locator(".cm-content", { hasText: "page.text(words`Seven and one are ${7 + 1}.`);" }).waitFor();
    await way(page, "Blocks").click();
    await page.locator(".blocklySvg .blocklyText", { hasText: "Seven and one" }).first().waitFor();

    await way(page, "Code").click();
    await page.locator(".cm-content").click();
    await page.keyboard.press("ControlOrMeta+Home");
    await page.keyboard.type("// mine\n");
    await way(page, "Blocks").click();
    await page.getByText("The code was changed by hand").waitFor();
    await findsNothing(page);
    await page.getByRole("button", { name: "Go back to the blocks" }).click();
    await page.locator(".blocklySvg .blocklyText", { hasText: "Seven and one" }).first().waitFor();
    await way(page, "List").click();
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await page.getByText("Nothing is called").or(page.locator(".c4h-outline")).first().waitFor();
  }));

test("a step that cannot work says so", () =>
  walk({ viewport: narrow }, async (page) => {
    await begin(page, "Blocks", "Troubles");
    // On a phone the list comes first.
    const title = page.locator("summary", { hasText: "Show the banner of patient" });
    await title.click();
    await page.getByLabel("Of which patient").first().fill("nobody");
    await page.getByText('Nothing is called "nobody" yet.').waitFor();
    await findsNothing(page);
    await picture(page, "workbench-phone");
  }));

test("from the page of starts to an app of one's own by keyboard alone", () =>
  walk({}, async (page) => {
    await page.goto(`${base}/w/demo/build`);
    await tabTo(page, (at) => at.id === "title");
    await page.keyboard.type("By keyboard");
    await tabTo(page, (at) => /^Start with this, Blocks$/.test(at.text));
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/build\/by-keyboard$/);
    await page.locator(".blocklySvg .blocklyText").first().waitFor();
    await tabTo(page, (at) => at.text === "List");
    await page.keyboard.press("Enter");
    await tabTo(page, (at) => at.label.startsWith("Step to add: When it is pressed"));
    await page.keyboard.type("Show words");
    await tabTo(page, (at) => at.text.startsWith("Add step: When it is pressed"));
    await page.keyboard.press("Enter");
    await tabTo(page, (at) => at.label === "Words");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("Made without a mouse");
    await page.keyboard.press("Control+Enter");
    await page.waitForFunction(() => /Answered in/.test(document.getElementById("wb-status")?.textContent ?? ""));
    await frame(page).getByLabel("NHS number").focus();
    await page.keyboard.type(anil);
    await page.keyboard.press("Enter");
    await frame(page).getByText("Made without a mouse").waitFor();
    // Whose record is closed is said, and nothing of it is shown.
    await frame(page).getByLabel("NHS number").fill(jane);
    await page.keyboard.press("Enter");
    await frame(page).getByText("The record is not opened here").waitFor();
    assert.equal(await frame(page).getByText("Made without a mouse").count(), 0);
  }));

test("a link shows a version to somebody else, who can change nothing", () =>
  walk({}, async (page) => {
    await begin(page, "An empty page", "Shown");
    await page.getByText("Share", { exact: true }).click();
    await page.getByRole("button", { name: "Make a link" }).click();
    const link = await page.getByLabel("Link to version 1").inputValue();
    await findsNothing(page);
    const download = page.waitForEvent("download");
    await page.keyboard.press("Escape");
    await page.getByText("Download", { exact: true }).click();
    await page.getByRole("link", { name: "The folder (ZIP)" }).click();
    assert.equal((await download).suggestedFilename(), "shown-v1.zip");
    await page.goto(link);
    await page.frameLocator("iframe").getByRole("heading", { name: "Hello" }).waitFor();
    assert.equal(await page.locator("form, button").count(), 0);
    await findsNothing(page);
    await picture(page, "workbench-shared");
  }));

// Tries everything that an app might do to the page around it, and says what of it came about.
const hostile = `export default { async fetch(request) {
  if (new URL(request.url).pathname === "/away") return new Response("away");
  const attacks = {
    parent: () => parent.document.title,
    top: () => top.document.body.innerHTML,
    own: () => { document.cookie = "c4h=mine"; return document.cookie; },
    storage: () => localStorage.setItem("x", "y") ?? "kept",
    navigate: () => { top.location.href = "/w/demo"; return top.location.href; },
    api: () => { const ask = new XMLHttpRequest(); ask.open("DELETE", "/api/v1/workspaces/demo/apps/hostile", false); ask.send(); return ask.status < 400 && "deleted"; },
    read: () => { const ask = new XMLHttpRequest(); ask.open("GET", "/api/v1/workspaces/demo", false); ask.send(); return ask.responseText; },
    neighbour: () => { const ask = new XMLHttpRequest(); ask.open("GET", "/w/neighbour/fhir/Patient?_count=1", false); ask.send(); return ask.responseText; },
    ours: () => { const ask = new XMLHttpRequest(); ask.open("GET", "/w/demo/fhir/Patient?_count=1", false); ask.send(); return JSON.parse(ask.responseText).resourceType; },
    away: () => { const ask = new XMLHttpRequest(); ask.open("GET", "http://127.0.0.2:9/", false); ask.send(); return ask.responseText; },
  };
  const script = "const out = {};" + Object.entries(attacks).map(([name, attack]) => \`try { out.\${name} = String((\${attack})()) } catch (error) { out.\${name} = "stopped" }\`).join(";")
    + ";document.body.dataset.out = JSON.stringify(out); document.body.append('tried');";
  return new Response("<body><script>" + script + "</scr" + "ipt>", { headers: { "content-type": "text/html" } });
} };
`;

test("an app that means harm reaches nothing of the page around it", async () => {
  // What stops it complains in the console, so this journey checks for itself.
  await walk({}, async (page) => {
    const made = await page.request.post(`${base}/api/v1/workspaces`, { data: { name: "neighbour" } });
    assert.equal(made.status(), 201);
    await begin(page, "An empty page", "Hostile");
    await page.context().addCookies([{ name: "c4h_session", value: "secret", url: base }]);
    await write(page, hostile);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await frame(page).getByText("tried").waitFor();
    const { ours, ...out } = JSON.parse(await frame(page).locator("body").getAttribute("data-out"));
    // What anybody may ask of the records of its own workspace, its scripts may too.
    assert.equal(ours, "Bundle");
    for (const [attack, came] of Object.entries(out)) assert.ok(["stopped", "false", ""].includes(came), `${attack}: ${came}`);
    assert.match(page.url(), /\/build\/hostile$/);
    assert.equal((await page.request.get(`${base}/api/v1/workspaces/demo/apps/hostile`)).status(), 200);
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "Hostile");
  }, { complaints: true });
});

test("nothing scrolls sideways at 320 px, nor with text of twice the size, and axe finds nothing", () =>
  walk({ viewport: { width: 320, height: 640 } }, async (page) => {
    await begin(page, "Blocks", "Narrow");
    for (const path of ["/w/demo/build", "/w/demo/build/narrow"]) {
      await page.setViewportSize({ width: 320, height: 640 });
      await page.goto(base + path);
      if (path.endsWith("narrow")) await page.locator(".c4h-outline").first().waitFor();
      await fits(page);
      await findsNothing(page);
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      await fits(page);
    }
    await page.goto(`${base}/w/demo/build`);
    await picture(page, "build");
  }));

test("without scripts a form edits, runs and shows", () =>
  walk({ javaScriptEnabled: false }, async (page) => {
    await begin(page, "An empty page", "Plain form");
    await page.getByLabel("Text of app.js").fill(answering("By form"));
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByText("Version 2 is running.").waitFor();
    await page.frameLocator("#wb-frame").getByRole("heading", { name: "By form" }).waitFor();
    await page.getByLabel("Text of app.js").fill("export default {\n  fetch( {\n");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("heading", { name: "There is a problem" }).waitFor();
    assert.match(await page.getByLabel("Text of app.js").inputValue(), /fetch\( \{/);
    await picture(page, "workbench-form");
  }));

/** Presses Tab until `found` says that the element in focus is it. */
async function tabTo(page, found) {
  for (let presses = 0; presses < 160; presses += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const at = document.activeElement;
      const label = at?.labels?.[0]?.textContent?.trim() ?? at?.getAttribute?.("aria-label") ?? "";
      return { id: at?.id ?? "", text: (at?.textContent ?? "").trim().replace(/\s+/g, " "), label };
    });
    if (found(at)) return;
  }
  assert.fail("160 presses of Tab do not reach it");
}
