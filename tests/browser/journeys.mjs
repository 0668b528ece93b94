// What people do with the pages, in Chromium. Run by `cargo test -p tests`, which starts the program and sets:
//   C4H_URL          where it listens                       C4H_SCREENSHOTS  where pictures go (optional)
//   C4H_COMPONENT    the component of patient-lookup        CHROMIUM         the browser (default /usr/bin/chromium)
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { base, close, component, findsNothing, fits, picture, walk } from "./browser.mjs";

const jane = "9000000009";
const core = { name: "core.wasm", mimeType: "application/wasm", buffer: Buffer.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) };

after(close);

/** Fills in the form on the home page and sends it. */
async function deploy(page, name, file = component) {
  await page.goto(base);
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByLabel("Name of the app").fill(name);
  await page.getByRole("button", { name: "Deploy" }).click();
}

/** Opens the app from its page and looks a patient up in it. */
async function lookUp(page, number) {
  await page.getByRole("link", { name: "Open the app" }).first().click();
  await page.getByLabel("NHS number").fill(number);
  await page.getByRole("button", { name: /find/i }).click();
}

/** Looks a patient up and repeats the run with a fault: the addresses of both runs and of the comparison. */
async function repeated(page, name) {
  const answer = await page.request.get(`${base}/w/demo/apps/${name}/?nhs=${jane}`);
  const run = answer.headers()["x-c4h-run"];
  const order = { data: { fault: "status-503" } };
  const replayed = await page.request.post(`${base}/api/v1/workspaces/demo/apps/${name}/traces/${run}/replay`, order);
  const runs = `/w/demo/app/${name}/runs`;
  const repetition = `${runs}/${(await replayed.json()).run.run}`;
  return [`${runs}/${run}`, repetition, `${repetition}/comparison`];
}

test("deploy an app, look up a patient, read in its trace what was asked", () =>
  walk({}, async (page) => {
    await deploy(page, "lookup-by-mouse");
    await page.waitForURL(/\/w\/demo\/app\/lookup-by-mouse/);
    assert.match(await page.title(), /^Lookup by mouse – Workspace demo – Code4Health Sandbox$/);
    await page.getByText("Version 1 is deployed and answers requests.").waitFor();
    await page.getByText("No runs yet.").waitFor();
    await picture(page, "app-without-runs");

    await lookUp(page, jane);
    await page.getByRole("heading", { name: /SMITH|Smith/ }).or(page.getByText(/Smith/i)).first().waitFor();
    await picture(page, "patient");

    await page.goto(`${base}/w/demo/app/lookup-by-mouse`);
    const call = page.locator("details.c4h-call", { hasText: "Read a patient" }).first();
    await call.locator("summary").click();
    assert.match(await call.innerText(), /Read a patient/);
    assert.match(await call.innerText(), /200 OK/);
    await call.getByText(`/personal-demographics/FHIR/R4/Patient/${jane}`).first().waitFor();
    await call.getByText('"family": "Smith"').waitFor();
    await picture(page, "app-with-trace");

    await page.getByRole("link", { name: `GET /?nhs=${jane}` }).click();
    await page.getByRole("heading", { level: 1, name: /Trace of/ }).waitFor();
    await page.getByText("Processor time").waitFor();
    await picture(page, "run");

    await page.goto(base);
    await picture(page, "home");
  }));

test("an app's page notices a run without being loaded again", () =>
  walk({}, async (page) => {
    await deploy(page, "lookup-watched");
    await page.getByText("No runs yet.").waitFor();
    await page.request.get(`${base}/w/demo/apps/lookup-watched/?nhs=${jane}`);
    await page.getByText("Read a patient").waitFor();
    await findsNothing(page);
  }));

test("a wrong file comes back with the error in focus and the name kept", () =>
  walk({}, async (page) => {
    await deploy(page, "wrong-file", core);
    const summary = page.locator(".nhsuk-error-summary");
    await summary.waitFor();
    assert.match(await page.title(), /^Error: /);
    assert.ok(await summary.evaluate((element) => element === document.activeElement), "the summary has the focus");
    assert.equal(await page.getByLabel("Name of the app").inputValue(), "wrong-file");
    await findsNothing(page);
    await picture(page, "wrong-file");
    await summary.getByRole("link").click();
    assert.match(await page.evaluate(() => document.activeElement?.id ?? ""), /^component/);
  }));

test("a wrong name, and no file, each come back at their own field", () =>
  walk({}, async (page) => {
    await deploy(page, "Not A Name!");
    await page.locator("#name-error").waitFor();
    await deploy(page, "no-file", []);
    await page.locator("#component-error").waitFor();
    await findsNothing(page);
  }));

test("the whole way by keyboard alone", () =>
  walk({}, async (page) => {
    // Asked for long before it comes: the browser has to be told to hand choosers over, and that takes a moment.
    const chooser = page.waitForEvent("filechooser");
    await page.goto(base);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), "Skip to main content");
    await page.keyboard.press("Enter");
    await tabTo(page, /^component$/);
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(component);
    await tabTo(page, /^name$/);
    await page.keyboard.type("lookup-by-keyboard");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/w\/demo\/app\/lookup-by-keyboard/);
    await tabTo(page, /^Open the app$/);
    await page.keyboard.press("Enter");
    await page.getByLabel("NHS number").waitFor();
    await tabTo(page, /^nhs$/);
    await page.keyboard.type(jane);
    await page.keyboard.press("Enter");
    await page.waitForURL(/nhs=/);

    await page.goto(`${base}/w/demo/app/lookup-by-keyboard`);
    await tabTo(page, /Read a patient/);
    const focus = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.notEqual(focus, "none", "the focus can be seen");
    await page.keyboard.press("Enter");
    await page.getByText('"family": "Smith"').waitFor();
  }));

test("axe finds nothing on any page, nor on the app", () =>
  walk({}, async (page) => {
    await deploy(page, "lookup-checked");
    await findsNothing(page);
    await page.request.get(`${base}/w/demo/apps/lookup-checked/?nhs=${jane}`);
    for (const path of ["/", "/w/demo", "/w/demo/app/lookup-checked", "/w/nowhere", "/no/such/page", "/w/demo/app/lookup-checked/runs/none"]) {
      await page.goto(base + path);
      await openEverything(page);
      await findsNothing(page);
    }
    for (const path of await repeated(page, "lookup-checked")) {
      await page.goto(base + path);
      await openEverything(page);
      await findsNothing(page);
    }
    await picture(page, "comparison");
    for (const query of ["", `?nhs=${jane}`, "?nhs=12", "?nhs=9000000017"]) {
      await page.goto(`${base}/w/demo/apps/lookup-checked/${query}`);
      await findsNothing(page);
    }
    await page.goto(`${base}/no/such/page`);
    await picture(page, "not-found");
  }));

test("nothing scrolls sideways at 320 px, nor with text of twice the size", () =>
  walk({ viewport: { width: 320, height: 640 } }, async (page) => {
    await deploy(page, "lookup-narrow");
    const runs = await repeated(page, "lookup-narrow");
    const paths = ["/", "/w/demo/app/lookup-narrow", ...runs, "/no/such/page", `/w/demo/apps/lookup-narrow/?nhs=${jane}`];
    for (const path of paths) {
      await page.setViewportSize({ width: 320, height: 640 });
      await page.goto(base + path);
      await openEverything(page);
      await fits(page);
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      await fits(page);
    }
  }));

test("everything works without scripts", () =>
  walk({ javaScriptEnabled: false }, async (page) => {
    await deploy(page, "lookup-plain");
    await page.getByText("Version 1 is deployed and answers requests.").waitFor();
    await lookUp(page, jane);
    await page.goto(`${base}/w/demo/app/lookup-plain`);
    await page.getByText("Read a patient").first().click();
    await page.getByText('"family": "Smith"').waitFor();
    await deploy(page, "lookup-plain", core);
    await page.getByRole("heading", { name: "There is a problem" }).waitFor();
  }));

/** Presses Tab until the element in focus is called `name`, by its id or by its text. */
async function tabTo(page, name) {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    const [id, text] = await page.evaluate(() => [document.activeElement?.id ?? "", document.activeElement?.innerText?.trim() ?? ""]);
    if (name.test(id) || name.test(text)) return;
  }
  assert.fail(`80 presses of Tab do not reach ${name}`);
}

/** Opens every closed part of the page, so that what is inside is checked too. */
async function openEverything(page) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((part) => part.setAttribute("open", "")));
}
