// What people do with the pages, in Chromium. Run by `cargo test -p tests`, which starts the program and sets:
//   C4H_URL          where it listens                       C4H_SCREENSHOTS  where pictures go (optional)
//   C4H_COMPONENT    the component of patient-lookup        CHROMIUM         the browser (default /usr/bin/chromium)
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { base, close, component, findsNothing, fits, hasFocus, picture, walk } from "./browser.mjs";

const jane = "9000000009";
const core = { name: "core.wasm", mimeType: "application/wasm", buffer: Buffer.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) };

after(close);

/** Fills in the form on the home page and sends it. */
async function deploy(page, name, file = component) {
  await page.goto(base);
  await page.getByLabel("A file, or several").setInputFiles(file);
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
    await hasFocus(page, ".nhsuk-error-summary");
    assert.equal(await page.getByLabel("Name of the app").inputValue(), "wrong-file");
    await findsNothing(page);
    await picture(page, "wrong-file");
    await summary.getByRole("link").click();
    await hasFocus(page, "#files");
  }));

test("a wrong name, and no file, each come back at their own field", () =>
  walk({}, async (page) => {
    await deploy(page, "Not A Name!");
    await page.locator("#name-error").waitFor();
    await deploy(page, "no-file", []);
    await page.locator("#files-error").waitFor();
    await findsNothing(page);
  }));

/** A file of a script, as the chooser takes it. */
const script = (name, text) => ({ name, mimeType: "text/javascript", buffer: Buffer.from(text) });
const answering = (text) => `export default { fetch() { return new Response(${JSON.stringify(text)}) } }\n`;

/** What the app of this name answers. */
const answerOf = async (page, name) => (await page.request.get(`${base}/w/demo/apps/${name}/`)).text();

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";
  const app = (name) => `${name}-${how}`;
  test(`scripts are deployed as a file, as several, as a folder, and pasted, ${how} scripts in the browser`, () =>
    walk({ javaScriptEnabled }, async (page) => {
      await deploy(page, "", script(`${app("single")}.js`, answering("from a file")));
      await page.getByText("Version 1 is deployed and answers requests.").waitFor();
      assert.equal(await answerOf(page, app("single")), "from a file");

      const typed = "export const words: string = 'from two files';\n";
      const main = "import { words } from './words.ts'; export default { fetch() { return new Response(words) } }\n";
      await deploy(page, app("several"), [script("app.ts", main), script("words.ts", typed)]);
      await page.getByText("Version 1 is deployed and answers requests.").waitFor();
      assert.equal(await answerOf(page, app("several")), "from two files");

      const folder = await mkdtemp(join(tmpdir(), "c4h-"));
      const inside = join(folder, app("folder"));
      await mkdir(join(inside, "lib"), { recursive: true });
      await mkdir(join(inside, "node_modules"));
      await writeFile(join(inside, "app.toml"), 'title = "Chosen as a folder"\n');
      await writeFile(join(inside, "app.js"), "import words from './lib/words.json'; export default { fetch() { return new Response(words.join(' ')) } }\n");
      await writeFile(join(inside, "lib", "words.json"), '["from", "a", "folder"]');
      await writeFile(join(inside, "node_modules", "app.js"), "never read");
      await page.goto(base);
      await page.getByLabel("Or a folder").setInputFiles(inside);
      await page.getByRole("button", { name: "Deploy" }).click();
      await page.getByText("Version 1 is deployed and answers requests.").waitFor();
      assert.match(await page.title(), /^Chosen as a folder/);
      assert.equal(await answerOf(page, app("folder")), "from a folder");
      await rm(folder, { recursive: true });

      await page.goto(base);
      await page.getByLabel("Or paste JavaScript").fill(answering("pasted"));
      await page.getByLabel("Name of the app").fill(app("pasted"));
      await page.getByRole("button", { name: "Deploy" }).click();
      await page.getByText("Version 1 is deployed and answers requests.").waitFor();
      assert.equal(await answerOf(page, app("pasted")), "pasted");
    }));

  test(`a mistake in a script comes back with its place and its line, ${how} scripts in the browser`, () =>
    walk({ javaScriptEnabled }, async (page) => {
      const wrong = "export default {\n  fetch() {\n    const words = ;\n  },\n};\n";
      await deploy(page, app("mistake"), script("greeting.js", wrong));
      const summary = page.locator(".nhsuk-error-summary");
      await summary.getByRole("link", { name: /^greeting\.js line 3, column 19: / }).waitFor();
      assert.equal(await summary.locator("code").innerText(), "const words = ;");
      assert.equal(await summary.locator("mark").innerText(), ";");
      await page.locator("#files-error").waitFor();
      assert.match(await page.title(), /^Error: /);
      if (javaScriptEnabled) {
        await hasFocus(page, ".nhsuk-error-summary");
        await findsNothing(page);
        await picture(page, "mistake-in-a-script");
        await page.setViewportSize({ width: 320, height: 640 });
        await fits(page);
      }

      // What was pasted is there to be mended; a name is asked for when nothing gives one.
      await page.goto(base);
      await page.getByLabel("Or paste JavaScript").fill(wrong);
      await page.getByRole("button", { name: "Deploy" }).click();
      await page.locator("#name-error").waitFor();
      await page.getByLabel("Name of the app").fill(app("mistake"));
      await page.getByRole("button", { name: "Deploy" }).click();
      await page.locator("#script-error").waitFor();
      const field = page.getByLabel("Or paste JavaScript");
      assert.equal(await field.inputValue(), wrong);
      if (javaScriptEnabled) await findsNothing(page);
      await field.fill(wrong.replace("= ;", "= 'mended';").replace("},", "return new Response(words) },"));
      await page.getByRole("button", { name: "Deploy" }).click();
      await page.getByText("Version 1 is deployed and answers requests.").waitFor();
      assert.equal(await answerOf(page, app("mistake")), "mended");
    }));
}

test("the whole way by keyboard alone", () =>
  walk({}, async (page) => {
    // Asked for long before it comes: the browser has to be told to hand choosers over, and that takes a moment.
    const chooser = page.waitForEvent("filechooser");
    await page.goto(base);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), "Skip to main content");
    await page.keyboard.press("Enter");
    await tabTo(page, /^files$/);
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
    for (const path of ["/", "/w/demo", "/w/demo/conditions", "/w/demo/app/lookup-checked", "/w/nowhere", "/no/such/page", "/w/demo/app/lookup-checked/runs/none"]) {
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

test("a trainer shows a scenario, moves the clock, adds a fault, and puts everything back", () =>
  walk({ javaScriptEnabled: false }, async (page) => {
    await page.goto(base);
    await page.getByRole("link", { name: "Change faults, clock or scenario" }).click();
    await page.getByLabel("Show a scenario").selectOption("turns-eighteen");
    await page.getByRole("button", { name: "Show it" }).click();
    await page.getByRole("heading", { name: "A patient turns eighteen at midnight" }).waitFor();
    await page.getByText("21 October 2028 at 11:30pm").waitFor();
    await page.getByLabel("Let time pass").fill("1h");
    await page.getByRole("button", { name: "Let it pass" }).click();
    await page.getByText("22 October 2028 at 12:30am").waitFor();
    // An operation of Hello World that no other journey asks for.
    await page.getByLabel("What goes wrong").selectOption("slow");
    await page.getByLabel("More about it (optional)").fill("5");
    await page.getByLabel("Where").selectOption("hello-world");
    await page.getByRole("button", { name: "Add the fault" }).click();
    await page.getByText("all of hello-world").waitFor();
    await page.getByLabel("More about it (optional)").fill("soon");
    await page.getByRole("button", { name: "Add the fault" }).click();
    await page.getByRole("heading", { name: "There is a problem" }).waitFor();
    await page.goto(`${base}/w/demo/conditions`);
    await page.getByRole("button", { name: "Take all faults away" }).click();
    await page.getByRole("button", { name: "End this scenario" }).click();
    await page.getByText("No scenario is being shown.").waitFor();
    await page.getByText("That is real time.").waitFor();
  }));

test("nothing scrolls sideways at 320 px, nor with text of twice the size", () =>
  walk({ viewport: { width: 320, height: 640 } }, async (page) => {
    await deploy(page, "lookup-narrow");
    const runs = await repeated(page, "lookup-narrow");
    const paths = ["/", "/w/demo/conditions", "/w/demo/app/lookup-narrow", ...runs, "/no/such/page", `/w/demo/apps/lookup-narrow/?nhs=${jane}`];
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

const read = "/w/demo/interfaces/pds/read_patient";

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";
  test(`an interface is asked about somebody chosen by story, and answers in words, ${how} scripts in the browser`, () =>
    walk({ javaScriptEnabled }, async (page) => {
      await page.goto(base);
      await page.getByRole("link", { name: "Explore an interface" }).click();
      await page.getByRole("link", { name: "Personal Demographics Service" }).click();
      await page.getByRole("link", { name: "Read a patient", exact: true }).click();
      await page.getByLabel("About whom?").selectOption("9000000025");
      await page.getByRole("button", { name: "Use this person" }).click();
      assert.equal(await page.getByLabel("NHS number").inputValue(), "9000000025");
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.getByText("The answer is one record: the patient").first().waitFor();
      await page.getByText("Restricted: never show where this person is").first().waitFor();
      assert.match(page.url(), /sent=\d+/);

      // A field that is wrong comes back with its problem, and what is right after that is answered.
      await page.getByLabel("NHS number").fill("");
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.locator(".nhsuk-error-summary").getByRole("link", { name: "Enter the NHS number" }).waitFor();
      if (javaScriptEnabled) await findsNothing(page);
      await page.getByLabel("NHS number").fill("900 000 0009");
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.locator("#view-words").getByText("Jane SMITH").first().waitFor();

      // What goes wrong on purpose goes wrong once.
      await page.getByRole("button", { name: /^It is out of order/ }).click();
      await page.getByText("You asked for this to go wrong.").waitFor();
      await page.getByText("tries again later, not at once").waitFor();
      if (javaScriptEnabled) await findsNothing(page);
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.getByText("You asked for this to go wrong.").waitFor({ state: "detached" });

      // Logged out, and logged in with one press.
      await page.getByLabel("Who is asking?").selectOption("nobody");
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.getByRole("heading", { name: "Log in and send again" }).waitFor();
      if (javaScriptEnabled) await picture(page, "explorer-log-in");
      await page.getByRole("button", { name: /^As Dr|^As / }).first().click();
      await page.getByRole("heading", { name: /^What is different from number/ }).waitFor();
      await page.locator("#view-words").getByText("Jane SMITH").first().waitFor();
      if (javaScriptEnabled) await findsNothing(page);
      await page.getByRole("link", { name: "Use this in my app" }).waitFor();
    }));

  test(`a value is changed on a person's page, shown by an interface, listed, and set back, ${how} scripts in the browser`, () =>
    walk({ javaScriptEnabled }, async (page) => {
      // A workspace of its own, because a reset is for the whole of it.
      const name = `changed-${how}`;
      await page.request.post(`${base}/api/v1/workspaces`, { data: { name } });
      await page.goto(`${base}/w/${name}`);
      await page.getByRole("link", { name: "Meet the people" }).click();
      await page.getByLabel("Find somebody").fill("smith 2010-10-22");
      await page.getByRole("button", { name: "Search" }).click();
      await page.getByRole("link", { name: /SMITH/ }).first().click();
      await page.getByText("22-Oct-2010").first().waitFor();
      await page.getByRole("link", { name: "Change these details" }).click();
      await page.getByLabel("Date of birth").fill("soon");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("heading", { name: "There is a problem" }).waitFor();
      if (javaScriptEnabled) await findsNothing(page);
      await page.getByLabel("Date of birth").fill("2011-11-11");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("heading", { name: "Saved" }).waitFor();
      await page.getByText("11-Nov-2011").first().waitFor();
      if (javaScriptEnabled) await findsNothing(page);

      await page.getByRole("link", { name: /^The Personal Demographics Service/ }).click();
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.locator("#view-words").getByText("11 November 2011").first().waitFor();

      await page.goto(`${base}/w/${name}/changes`);
      await page.getByRole("link", { name: /SMITH/ }).click();
      await page.getByText("2010-10-22").first().waitFor();
      await page.goBack();
      await page.getByLabel("Name of the checkpoint").fill("a-birthday");
      await page.getByRole("button", { name: "Make a checkpoint" }).click();
      await page.getByText("The checkpoint is kept").waitFor();
      await page.getByRole("button", { name: "Reset this workspace" }).click();
      await page.getByRole("link", { name: "Tick the box to say that the changes may be lost" }).waitFor();
      if (javaScriptEnabled) await findsNothing(page);
      await page.getByLabel("Yes, the changes listed above may be lost").check();
      await page.getByRole("button", { name: "Reset this workspace" }).click();
      await page.getByText("Everybody is as at the beginning again.").waitFor();
      await page.locator("summary", { hasText: "Go back to it" }).click();
      if (javaScriptEnabled) await findsNothing(page);
      await page.getByRole("button", { name: "Yes, go back to a-birthday" }).click();
      await page.getByText("The records are as they were at the checkpoint.").waitFor();
      await page.getByRole("link", { name: /SMITH/ }).waitFor();
      if (javaScriptEnabled) await picture(page, "changes");
      await page.getByLabel("Name of the new workspace").fill(`${name}-copy`);
      await page.getByRole("button", { name: "Make a copy and go there" }).click();
      await page.waitForURL(new RegExp(`/w/${name}-copy$`));
    }));
}

test("the views of an answer keep their place, by keyboard", () =>
  walk({}, async (page) => {
    await page.goto(`${base}/w/demo/interfaces/fhir/everything`);
    await page.getByLabel("NHS number").press("Enter");
    await page.getByRole("tab", { name: "Words" }).waitFor();
    await hasFocus(page, "#answer");
    await tabTo(page, /^Words$/);
    await page.keyboard.press("ArrowRight");
    await page.locator("#view-table").waitFor();
    assert.ok(await page.locator("#view-words").isHidden());
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.getByRole("tab", { selected: true }).innerText(), "Record");
    await findsNothing(page);

    // One more press of Tab, and the arrows go from field to field, each with its explanation.
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate(() => document.activeElement?.querySelector(".c4h-field__meaning")?.checkVisibility() && document.activeElement.textContent);
    assert.match(await focused(), /^"resourceType"What kind of record this is\.$/);
    await page.keyboard.press("ArrowDown");
    assert.match(await focused(), /\.$/);
    await page.keyboard.press("Escape");
    assert.equal(await focused(), false, "Escape puts the explanation away");

    // The same view is there after the next send.
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.waitForFunction(() => document.activeElement?.id === "answer");
    assert.equal(await page.getByRole("tab", { selected: true }).innerText(), "Record");

    // The record that is being read is in sight in the next view as well.
    await page.getByRole("tab", { name: "Words" }).click();
    const far = page.locator('#view-words [data-place="9"]');
    await far.evaluate((part) => part.scrollIntoView({ block: "start" }));
    await page.evaluate(() => document.querySelector('[role="tab"][href="#view-record"]').click());
    const top = await page.locator('#view-record [data-place="9"]').evaluate((line) => line.getBoundingClientRect().top);
    assert.ok(top >= -2 && top < 900, `the tenth record begins at ${top}`);
    await page.evaluate(() => document.querySelector('[role="tab"][href="#view-links"]').click());
    await page.getByRole("img", { name: /references? from the answer/ }).waitFor();
    await findsNothing(page);
  }));

/** Makes a workspace and sends two messages there through NHS Notify: one that arrives, and one to somebody who has died. */
async function sendMessages(page, name) {
  const made = await (await page.request.post(`${base}/api/v1/workspaces`, { data: { name } })).json();
  for (const [nhsNumber, body] of [["9999100104", "Your results are back.\nPlease call the surgery."], [jane, "It is time for your review."]]) {
    const attributes = { routingPlanId: "00000000-0000-0000-0000-000000000001", messageReference: `to-${nhsNumber}`, recipient: { nhsNumber }, personalisation: { body } };
    const sent = await page.request.post(`${base}/w/${name}/nhs/int/comms/v1/messages`, {
      headers: { authorization: `Bearer ${made.access_token}`, "content-type": "application/vnd.api+json" },
      data: JSON.stringify({ data: { type: "Message", attributes } }),
    });
    assert.equal(sent.status(), 201, await sent.text());
  }
}

test("axe finds nothing in the explorer and on people's pages, and nothing scrolls sideways", () =>
  walk({}, async (page) => {
    const asked = await page.request.post(`${base}/w/demo/interfaces/fhir/everything`, { form: { f0: "9000000009", f1: "30" } });
    const answer = new URL(asked.url());
    await sendMessages(page, "letters");
    const paths = [
      ["/w/demo/interfaces", "explorer"],
      ["/w/demo/interfaces/pds", "explorer-interface"],
      [read, "explorer-operation"],
      ["/w/demo/interfaces/pds/update_patient", "explorer-update"],
      [answer.pathname + answer.search, "explorer-answer"],
      ["/w/demo/people", "people"],
      ["/w/demo/people?q=smith", "people-found"],
      ["/w/demo/people?q=9000000000", "people-wrong"],
      ["/w/demo/people/9000000009", "person"],
      ["/w/demo/people/9000000025", "person-restricted"],
      ["/w/demo/people/9733163201", "person-died"],
      ["/w/demo/people/9000000033", "person-minimal"],
      ["/w/demo/people/5900053636", "person-replaced"],
      ["/w/demo/people/9111231130", "person-unknown"],
      ["/w/demo/people/9693632966", "person-whole"],
      ["/w/demo/people/9000000009/change/Patient/9000000009", "person-change"],
      ["/w/demo/changes", "changes-none"],
      ["/w/demo/messages", "messages-none"],
      ["/w/letters/messages", "messages"],
    ];
    for (const [path, name] of paths) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(base + path);
      await picture(page, name);
      await openEverything(page);
      await findsNothing(page);
      for (const tab of await page.getByRole("tab").all()) {
        await tab.click();
        await findsNothing(page);
        await page.setViewportSize({ width: 320, height: 640 });
        await fits(page);
        await page.setViewportSize({ width: 1280, height: 900 });
      }
      await page.setViewportSize({ width: 320, height: 640 });
      await fits(page);
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      await fits(page);
    }
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
