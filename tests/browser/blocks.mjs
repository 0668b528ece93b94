// Blocks, by keyboard alone and by mouse: one is added, one is moved, and the script says what the blocks say.
import { after, test } from "node:test";
import { base, close, findsNothing, glance, tabTo, walk } from "./browser.mjs";

after(close);

/** Starts an app of blocks and waits until they are there. */
async function begin(page, title) {
  await page.goto(`${base}/w/demo/build`);
  await page.getByLabel("What is your app called?").fill(title);
  await page.getByRole("button", { name: /^Start with this\s*, Blocks$/ }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
  await page.locator(".blocklyDraggable .blocklyText", { hasText: "Find a patient" }).first().waitFor();
}

const way = (page, name) => page.getByRole("group", { name: "How to edit" }).getByRole("button", { name });

/** The script, once it says `words`. */
async function says(page, words) {
  await way(page, "Code").press("Enter");
  await page.locator(".cm-content", { hasText: words }).waitFor();
  await way(page, "Blocks").press("Enter");
  await page.locator(".blocklyDraggable .blocklyText", { hasText: "Find a patient" }).first().waitFor();
}

/** What is read out when something happens to a block. */
const said = (page, words) => page.locator("#blocklyAriaAnnounce", { hasText: words }).waitFor({ state: "attached" });

/** Presses a key, and waits until what has the focus among the blocks is called `name`. */
async function comes(page, key, name) {
  await page.keyboard.press(key);
  await page.waitForFunction((name) => document.activeElement?.getAttribute("aria-label")?.includes(name) || document.activeElement?.textContent?.trim() === name, name);
}

test("by keyboard: a block comes from its drawer to its place, moves up, and is taken away", () =>
  walk({}, async (page) => {
    await begin(page, "Blocks by keyboard");
    await tabTo(page, /^Keys$/, 60);
    await page.keyboard.press("Enter");
    await page.getByText("moves a block").waitFor();
    await findsNothing(page);
    await glance(page, "blocks-keys");
    await page.keyboard.press("Enter");

    await tabTo(page, /^Form$/, 1);
    await comes(page, "ArrowDown", "Patient");
    await comes(page, "ArrowDown", "Page");
    await comes(page, "ArrowRight", "Show a heading");
    await comes(page, "ArrowDown", "Show words");
    await glance(page, "blocks-drawer");
    await page.keyboard.press("Enter");
    await said(page, "Moving Show words");
    await page.keyboard.press("ArrowDown");
    await said(page, "Moving inside The app");
    await page.keyboard.press("ArrowDown");
    await said(page, "Moving after Ask with a field");
    await glance(page, "blocks-moving");
    await page.keyboard.press("Enter");
    await page.locator(".blocklyDragging").waitFor({ state: "detached" });

    await page.keyboard.press("m");
    await page.keyboard.press("ArrowUp");
    await said(page, "Moving inside The app");
    await page.keyboard.press("Enter");
    await page.locator(".blocklyDragging").waitFor({ state: "detached" });
    await says(page, /page\.text\("Some words"\);\s*const number = page\.field/);

    await page.getByText("Keys", { exact: true }).focus();
    await tabTo(page, /^Page$/, 1);
    await comes(page, "w", "stack of blocks");
    await comes(page, "ArrowDown", "The app");
    await comes(page, "ArrowDown", "Show words");
    await findsNothing(page);
    await page.keyboard.press("Delete");
    await says(page, /=> \{\s*const number = page\.field/);
  }));

/** Drags a block so that its upper left corner comes to the lower left one of another. */
async function dragBelow(page, block, other) {
  const path = (of) => of.locator("> .blocklyPath").boundingBox();
  const [from, to] = [await path(block), await path(other)];
  // Held at its first words, and not at a field.
  const [across, down] = [16, 12];
  await page.mouse.move(from.x + across, from.y + down);
  await page.mouse.down();
  await page.mouse.move(from.x + across + 20, from.y + down + 20, { steps: 4 });
  await page.mouse.move(to.x + across + 4, to.y + to.height + down + 4, { steps: 12 });
  await page.mouse.up();
}

test("by mouse: a block is dragged from its drawer below another, and then further up", () =>
  walk({}, async (page) => {
    await begin(page, "Blocks by mouse");
    const block = (words) => page.locator(".blocklyBlockCanvas .blocklyDraggable", { hasText: words }).last();
    await page.getByRole("treeitem", { name: "Page" }).click();
    const fresh = page.locator(".blocklyFlyout .blocklyDraggable", { hasText: "Show words" });
    await fresh.waitFor();
    await glance(page, "blocks-flyout");
    await dragBelow(page, fresh, block("Show a warning"));
    await says(page, /page\.warning\([^)]*\);\s*page\.text\("Some words"\);/);
    await dragBelow(page, block("Some words"), block("Ask with a field"));
    await glance(page, "blocks-dragged");
    await says(page, /page\.field\([^)]*\);\s*page\.text\("Some words"\);\s*if \(page\.pressed/);
    await findsNothing(page);
  }));
