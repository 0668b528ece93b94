// What people do with the starters, in Chromium: every page that a form leads to, by keyboard, on a phone, for everybody.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { base, close, findsNothing, fits, narrow, picture, walk, wide } from "./browser.mjs";

const narrowest = { width: 320, height: 640 };

after(close);

/** Every starter with somebody whose page is long, and what its heading says. */
const starters = [
  ["meet-your-patient", "9999100007", "Your patient"],
  ["bmi", "9999100104", "BMI of this patient"],
  ["news2", "9999100201", "NEWS2 of this patient"],
  ["rehabilitation-trend", "9999100007", "Your trend of care"],
  ["discharge-twice", "9999100600", "Your stay in hospital"],
  ["child-review", "9999100309", "Review of this child"],
  ["medicines-and-allergies", "9999100503", "Medicines and allergies"],
  ["book-an-appointment", "9999100007", "Appointments"],
];
const others = ["9000000025", "9000000033", "9999101607", "5900053636", "9111231130", "9000000000"];

const open = (page, name) => page.goto(`${base}/w/demo/apps/${name}/`);

/** Types an NHS number and presses Enter, without a mouse. */
async function lookUp(page, nhsNumber) {
  await page.getByLabel("NHS number").focus();
  await page.keyboard.type(nhsNumber);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}

/** What must hold of every page, whatever is on it. */
async function everybodyCanUse(page) {
  await findsNothing(page);
  for (const size of [wide, narrow, narrowest]) {
    await page.setViewportSize(size);
    await fits(page);
  }
  await page.setViewportSize(wide);
  // With text of twice the size.
  await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
  await fits(page);
  await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
  assert.equal(await page.locator("h1").count(), 1);
  assert.doesNotMatch(await page.title(), /[0-9]{3}/, "a title names nobody");
  assert.doesNotMatch(page.url(), /[0-9]{10}/, "an address names nobody");
}

for (const [name, nhsNumber, heading] of starters) {
  test(`${name}: from the first page to the patient by keyboard, and back`, () =>
    walk({}, async (page) => {
      await open(page, name);
      await everybodyCanUse(page);
      await lookUp(page, nhsNumber);
      assert.equal(await page.locator("h1").innerText(), heading);
      await everybodyCanUse(page);
      await picture(page, `starter-${name}`);

      // Everything that can be pressed can be reached with Tab, and shows that it has the focus.
      const reachable = await page.locator("main :is(a[href], button, select, summary, textarea, input:not([type=hidden]))").evaluateAll((all) => all.filter((each) => each.checkVisibility() && each.type !== "radio").length);
      let reached = 0;
      await page.locator("body").press("Tab");
      for (let press = 0; press < reachable + 60; press++) {
        const found = await page.evaluate(() => {
          const { activeElement } = document;
          if (!activeElement?.closest("main")) return activeElement === document.body ? "end" : "other";
          return activeElement.type === "radio" ? "radio" : "main";
        });
        if (found === "main") reached++;
        if (found === "end" && reached) break;
        await page.keyboard.press("Tab");
      }
      assert.equal(reached, reachable, "elements reached with Tab");

      await page.getByRole("link", { name: "Start again with another patient" }).click();
      await page.getByLabel("NHS number").waitFor();
    }));

  test(`${name}: the people whom apps forget`, () =>
    walk({}, async (page) => {
      for (const other of others) {
        await open(page, name);
        await lookUp(page, other);
        await everybodyCanUse(page);
      }
    }));
}

test("a made-up person is chosen with one click", () =>
  walk({ viewport: narrow }, async (page) => {
    await open(page, "news2");
    await page.getByRole("button", { name: /Raymond Tattersall/ }).click();
    await page.getByRole("heading", { name: "NEWS2 of this patient" }).waitFor();
  }));

test("a set of observations is scored by keyboard, and half a set is asked for again", () =>
  walk({ javaScriptEnabled: false }, async (page) => {
    await open(page, "news2");
    await page.getByLabel("Respiration rate").fill("22");
    await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Score", exact: true }).press("Enter")]);
    await page.getByText("There is a problem").waitFor();
    await page.getByRole("link", { name: "Enter pulse" }).waitFor();
    for (const [label, value] of [["Oxygen saturation (%)", "95"], ["Systolic blood pressure", "105"], ["Pulse", "112"], ["Temperature", "38.4"]]) await page.getByLabel(label).fill(value);
    for (const choice of ["Scale 1, for everybody else", "Breathing air", "Alert"]) await page.getByLabel(choice, { exact: true }).press("Space");
    await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Score", exact: true }).press("Enter")]);
    await page.getByText("NEWS2 7").waitFor();
  }));

test("a measure is chosen, and the local pathway opens", () =>
  walk({}, async (page) => {
    await open(page, "rehabilitation-trend");
    await lookUp(page, "9999100007");
    await page.getByLabel("Measure").selectOption("Sit to stand");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("9 times in 30 seconds better").waitFor();
    await everybodyCanUse(page);
    const [pathway] = await Promise.all([page.waitForEvent("popup"), page.getByRole("link", { name: /our pathway/ }).click()]);
    await pathway.getByText("This pathway is made up").waitFor();
    await everybodyCanUse(pathway);
  }));

test("the discharge is told to the clinician, and the child's answers are saved", () =>
  walk({}, async (page) => {
    await open(page, "discharge-twice");
    await lookUp(page, "9999100600");
    await page.getByRole("button", { name: "For the next clinician" }).click();
    await page.getByRole("heading", { name: "Plan and requested actions" }).waitFor();
    await everybodyCanUse(page);

    await open(page, "child-review");
    await lookUp(page, "9999100309");
    for (const each of await page.getByLabel("No concern").all()) await each.check();
    await page.getByRole("button", { name: "Save to the record" }).click();
    await page.getByText("Saved to the record.").waitFor();
    await everybodyCanUse(page);
  }));
