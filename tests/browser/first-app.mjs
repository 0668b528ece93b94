// From the front page to a working NEWS2 app with a patient's trend, as somebody who has never programmed goes: by mouse on a
// wide screen, and by keyboard alone on one as narrow as a phone's.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { base, close, findsNothing, fits, glance, narrow, tabTo, walk } from "./browser.mjs";

after(close);

const frame = (page) => page.frameLocator("#wb-frame");
const trend = (page) => frame(page).getByRole("img", { name: /^NEWS2/ });

/** Nothing is in anybody's way on the page as it stands. */
async function everybodyCanUse(page, name) {
  await findsNothing(page);
  await fits(page);
  await glance(page, name);
}

/** Waits until the version that Run made has answered. */
const answered = (page) => page.waitForFunction(() => /^Version 2 is running\. Answered in \d+ ms\.$/.test(document.getElementById("wb-status")?.textContent ?? ""));

/** What the app says of a man who gets worse. */
async function scored(page) {
  await frame(page).getByRole("heading", { name: "NEWS2 of this patient" }).waitFor();
  await frame(page).getByText("NEWS2 9", { exact: true }).waitFor();
  await frame(page).getByText("high risk").first().waitFor();
  await trend(page).waitFor();
}

/** How much of the trend is to be seen, from 0 to 1, whatever is cut off by the frame or by the window. */
const partOfTrendSeen = (page) =>
  trend(page).evaluate(
    (drawing) =>
      new Promise((resolve) => {
        const eye = new IntersectionObserver(([entry]) => {
          eye.disconnect();
          resolve(entry.intersectionRatio);
        });
        eye.observe(drawing);
      }),
  );

/** Presses a key that scrolls, and waits until nothing moves any more: for ten pictures on end. */
async function scrolls(page, key) {
  await page.keyboard.press(key);
  await trend(page).evaluate(async (drawing) => {
    const place = () => drawing.getBoundingClientRect().top;
    for (let still = 0, before; still < 10; before = place()) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      still = place() === before ? still + 1 : 0;
    }
  });
}

test("by mouse: choose NEWS2, name it, run it, choose somebody, see the score, the trend and what was asked", () =>
  walk({}, async (page) => {
    await page.goto(`${base}/`);
    await everybodyCanUse(page, "first-app-1-front");
    await page.getByRole("main").getByRole("link", { name: "Build an app" }).click();
    await everybodyCanUse(page, "first-app-2-build");

    // Enter after a name chooses nothing by chance.
    await page.getByLabel("What is your app called?").click();
    await page.keyboard.type("Ward round");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^Start with this\s*, NEWS2$/ }).click();
    await page.getByRole("heading", { level: 1, name: "Ward round" }).waitFor();
    await frame(page).getByRole("heading", { name: "Find a patient" }).waitFor();
    await page.locator(".cm-content").waitFor();
    await everybodyCanUse(page, "first-app-3-workbench");

    await page.getByRole("button", { name: "Run", exact: true }).click();
    await answered(page);
    await frame(page).getByRole("button", { name: /Raymond Tattersall/ }).click();
    await scored(page);
    await everybodyCanUse(page, "first-app-4-score");
    await trend(page).hover();
    assert.ok((await partOfTrendSeen(page)) >= 0.9, "the trend is seen whole");
    await glance(page, "first-app-5-trend");

    const call = page.locator(".c4h-live-call", { hasText: "Personal Demographics" }).first();
    // In sight before it is pressed: what lies in a frame takes a moment to move along with the page.
    await call.scrollIntoViewIfNeeded();
    await glance(page, "first-app-6-calls");
    await call.getByRole("button", { name: /Read a patient/ }).click();
    await call.getByText('"id": "9999100201"').waitFor();
    await everybodyCanUse(page, "first-app-7-call");
  }));

test("by keyboard alone, 375 px wide: the same, and the focus is always in sight and never far away", () =>
  walk({ viewport: narrow }, async (page) => {
    await page.goto(`${base}/`);
    await everybodyCanUse(page, "first-app-phone-1-front");
    await tabTo(page, /^Build an app$/, 8);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/build$/);
    await everybodyCanUse(page, "first-app-phone-2-build");

    await tabTo(page, /^title$/, 10);
    await page.keyboard.type("On the ward");
    await tabTo(page, /^Start with this, NEWS2$/, 6);
    await glance(page, "first-app-phone-3-chosen");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "On the ward" }).waitFor();
    await frame(page).getByRole("heading", { name: "Find a patient" }).waitFor();
    await page.getByRole("group", { name: "What to show" }).waitFor();
    await everybodyCanUse(page, "first-app-phone-4-workbench");

    await tabTo(page, /^Run$/, 10);
    await page.keyboard.press("Enter");
    await answered(page);
    await tabTo(page, /^Go to the app$/, 1);
    await glance(page, "first-app-phone-5-ran");
    await page.keyboard.press("Enter");
    await tabTo(page, /^Raymond Tattersall/, 6);
    await glance(page, "first-app-phone-6-person");
    await page.keyboard.press("Enter");
    await scored(page);
    await everybodyCanUse(page, "first-app-phone-7-score");
    // As people read on with the keyboard: a screen at a time, and then line by line.
    for (let screens = 0; screens < 12 && (await partOfTrendSeen(page)) === 0; screens += 1) await scrolls(page, "PageDown");
    for (let lines = 0; lines < 30 && (await partOfTrendSeen(page)) < 0.9; lines += 1) await scrolls(page, "ArrowDown");
    assert.ok((await partOfTrendSeen(page)) >= 0.9, "the trend is seen whole");
    await glance(page, "first-app-phone-8-trend");
  }));
