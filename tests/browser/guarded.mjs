// What people do where the server asks who they are. Run by `cargo test -p tests`, which starts the program with a trainer's password:
//   C4H_URL       where it listens              C4H_PASSWORD     the trainer's password
//   CHROMIUM      the browser                   C4H_SCREENSHOTS  where pictures go (optional)
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { base, close, findsNothing, fits, hasFocus, narrow, picture, walk } from "./browser.mjs";

after(close);

/** Logs in as the trainer by keyboard alone. */
async function logIn(page, password) {
  await page.goto(base);
  await page.getByLabel("Trainer's password").focus();
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
}

test("the trainer makes workspaces, and a delegate opens one of them by its link", async () => {
  let link;
  await walk({}, async (page) => {
    await logIn(page, "not-the-password");
    await hasFocus(page, ".nhsuk-error-summary");
    await page.getByRole("link", { name: "The password is not right" }).click();
    await hasFocus(page, "#password");
    assert.match(await page.title(), /^Error: Open your workspace/);
    await findsNothing(page);
    await picture(page, "enter-refused");

    await logIn(page, process.env.C4H_PASSWORD);
    await page.getByRole("heading", { name: "Workspaces", level: 1 }).waitFor();
    await page.getByLabel("Name").fill("delegate");
    await page.getByLabel("How many").fill("3");
    await page.getByRole("button", { name: "Make workspaces" }).click();
    link = await page.getByRole("row", { name: /delegate-02/ }).locator(".c4h-mono").innerText();
    await findsNothing(page);
    await page.setViewportSize(narrow);
    await fits(page);
    await picture(page, "workspaces");

    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("heading", { name: "Open your workspace" }).waitFor();
    await page.goto(`${base}/workspaces`);
    await page.getByRole("heading", { name: "You are not logged in" }).waitFor();
  });

  await walk({}, async (page) => {
    await page.goto(base);
    await findsNothing(page);
    await page.setViewportSize(narrow);
    await fits(page);
    await picture(page, "enter");
    await page.getByLabel("Link of your workspace").fill(link);
    await page.getByRole("button", { name: "Open the workspace" }).click();
    await page.waitForURL(/\/w\/delegate-02$/);
    // From then on the address is enough, and other people's workspaces are not there.
    await page.goto(base);
    await page.waitForURL(/\/w\/delegate-02$/);
    await page.goto(`${base}/w/delegate-01`);
    await page.getByRole("heading", { name: "Page not found" }).waitFor();
  });

  // Another device, later: the same link.
  await walk({}, async (page) => {
    await page.goto(link);
    await page.waitForURL(/\/w\/delegate-02$/);
  });
});
