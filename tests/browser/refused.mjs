// Forms that cannot be used as they were sent: on every page the problem comes first and has the focus, leads to its field, is
// said beside it, and what was typed is still there.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { base, close, findsNothing, fits, narrow, picture, walk, wide } from "./browser.mjs";

after(close);

const narrowest = { width: 320, height: 640 };
const own = "/w/refused";

/** An app whose secret has no value, and a run of it. */
async function withApp(page) {
  const app = `${base}/api/v1/workspaces/refused/apps/keeps-secrets`;
  const files = {
    "app.toml": 'secrets = ["KEY"]\n',
    "app.js": 'export default { async fetch() { await fetch("https://int.api.service.nhs.uk/hello-world/hello/world"); return new Response("done") } }\n',
  };
  const answer = await page.request.post(`${app}/versions`, { multipart: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, { name, mimeType: "text/plain", buffer: Buffer.from(text) }])) });
  assert.equal(answer.status(), 201, await answer.text());
  const ran = await page.request.get(`${base}${own}/apps/keeps-secrets/`);
  return `${own}/app/keeps-secrets/runs/${ran.headers()["x-c4h-run"]}`;
}

/**
 * Every form: where it is, what is opened, typed, chosen and ticked there, the button, and the fields that are wrong.
 */
const forms = [
  { page: `${own}`, type: { "Name of the app": "Not A Name!", "Or paste JavaScript": "export default {}" }, press: "Deploy", wrong: ["name"] },
  { page: `${own}/build`, type: { "What is your app called?": "<b>" }, press: /^Start with this\s*, NEWS2$/, wrong: ["title"] },
  { page: "/workspaces", type: { Name: "Not A Name!", "How many": "2" }, press: "Make workspaces", wrong: ["name"] },
  { page: "/workspaces", type: { Name: "ward", "How many": "many" }, press: "Make workspaces", wrong: ["count"] },
  { page: "/workspaces", type: { Name: "demo", "How many": "1" }, press: "Make workspaces", wrong: ["name"] },
  { page: `${own}/conditions`, type: { "Its text": "no scenario" }, open: "Show a scenario of your own", press: "Show this one", wrong: ["toml"] },
  { page: `${own}/conditions`, type: { Time: "08:30" }, tick: "Let it stand still there", press: "Set the clock", wrong: ["date"] },
  { page: `${own}/conditions`, type: { Date: "2027-01-05" }, press: "Set the clock", wrong: ["time"] },
  { page: `${own}/conditions`, type: { "Let time pass": "soon" }, press: "Let it pass", wrong: ["by"] },
  { page: `${own}/conditions`, choose: { "What goes wrong": "slow", Where: "pds" }, type: { "More about it (optional)": "soon" }, press: "Add the fault", wrong: ["value"] },
  { page: `${own}/conditions`, type: { "Only for this patient (optional)": "900 000 0000" }, press: "Add the fault", wrong: ["patient"] },
  { page: `${own}/conditions`, type: { "Only this request (optional)": "first" }, press: "Add the fault", wrong: ["nth"] },
  { page: `${own}/changes`, type: { "Name of the checkpoint": "Not A Name!" }, press: "Make a checkpoint", wrong: ["checkpoint"] },
  { page: `${own}/changes`, type: { "Name of the new workspace": "demo" }, press: "Make a copy and go there", wrong: ["copy"] },
  { page: `${own}/changes`, press: "Reset this workspace", wrong: ["sure"] },
  { page: `${own}/applications`, type: { "Callback addresses": "https://example.org/back" }, press: "Register and make keys", wrong: ["title"] },
  { page: `${own}/applications`, type: { "What people call it": "My viewer", "Callback addresses": "somewhere" }, press: "Register and make keys", wrong: ["callback"] },
  { page: `${own}/launch`, type: { "Launch address of the app": "somewhere", Patient: "9000000009" }, choose: { "What goes wrong": { index: 1 } }, press: "Prepare the launch", wrong: ["address"] },
  { page: `${own}/people?q=`, type: { "Find somebody": "900 000 0000" }, press: "Search", wrong: ["q"] },
  { page: `${own}/people/9000000009/change/Patient/9000000009`, type: { "Date of birth": "soon", "Died on": "2026-11-01" }, press: "Save", wrong: [{ label: "Date of birth" }] },
  { page: `${own}/interfaces/pds/read_patient`, type: { "NHS number": "" }, press: "Send", wrong: ["f0"] },
  { page: `${own}/interfaces/pds/read_patient`, type: { "NHS number": "900 000 0009", "More headers": "no header" }, open: "What programs send along", press: "Send", wrong: ["more-headers"] },
  { page: `${own}/app/keeps-secrets`, type: {}, press: "Set KEY", wrong: ["secret-KEY"] },
  { run: true, open: "Replay with a fault: what if something goes wrong?", press: "Replay with this fault", wrong: [{ label: /./, within: "#again ~ details fieldset" }] },
];

const name = (form) => `${form.run ? "a run" : form.page.replace(own, "").replace(/\?.*/, "") || "the front page"}: ${JSON.stringify({ ...form.type, ...form.choose })}`;

/** The address of a run, once there is one. */
let run = "";

test("a workspace for what is refused", () =>
  walk({}, async (page) => {
    assert.equal((await page.request.post(`${base}/api/v1/workspaces`, { data: { name: "refused" } })).status(), 201);
    run = await withApp(page);
  }));
for (const form of forms) {
  test(`${name(form)} is refused at its field, and kept`, () =>
    walk({}, async (page) => {
      await page.goto(base + (form.run ? run : form.page));
      if (form.open) await page.getByText(form.open, { exact: true }).click();
      for (const [label, text] of Object.entries(form.type ?? {})) await page.getByLabel(label, { exact: true }).fill(text);
      for (const [label, choice] of Object.entries(form.choose ?? {})) await page.getByLabel(label, { exact: true }).selectOption(choice);
      if (form.tick) await page.getByLabel(form.tick).check();
      const chosen = {};
      for (const label of Object.keys(form.choose ?? {})) chosen[label] = await page.getByLabel(label, { exact: true }).inputValue();
      await page.getByRole("button", { name: form.press, exact: true }).click();

      const summary = page.locator(".nhsuk-error-summary");
      await summary.getByRole("heading", { name: "There is a problem" }).waitFor();
      assert.match(await page.title(), /^Error: /);
      await page.waitForFunction(() => document.activeElement?.classList.contains("nhsuk-error-summary"));
      await findsNothing(page);

      // Each problem leads to a field where the same is said.
      const links = await summary.getByRole("link").all();
      assert.equal(links.length, form.wrong.length, await summary.innerText());
      for (const [place, wrong] of form.wrong.entries()) {
        const said = (await links[place].innerText()).trim();
        await links[place].click();
        const field = await page.evaluate(() => {
          const at = document.activeElement;
          const group = at?.closest(".nhsuk-form-group--error");
          const described = (at?.getAttribute("aria-describedby") ?? at?.closest("fieldset")?.getAttribute("aria-describedby") ?? "").split(" ");
          const errors = described.filter((id) => id.endsWith("-error")).map((id) => document.getElementById(id)?.textContent?.trim().replace(/\s+/g, " ") ?? "");
          return { id: at?.id, label: at?.labels?.[0]?.textContent?.trim() ?? "", isField: Boolean(at?.matches("input, select, textarea")), isSeen: at?.checkVisibility() ?? false, isMarked: Boolean(group), errors };
        });
        assert.ok(field.isField && field.isSeen && field.isMarked, `${said} leads to ${JSON.stringify(field)}`);
        if (typeof wrong === "string") assert.equal(field.id, wrong);
        else assert.match(field.label, wrong.label instanceof RegExp ? wrong.label : new RegExp(wrong.label));
        assert.ok(field.errors.some((error) => said.endsWith(error.replace(/^Error: /, "").replace(/ Then choose again:.*$/, ""))), `beside the field is said ${field.errors}, above ${said}`);
      }

      // What was typed is still there.
      for (const [label, text] of Object.entries(form.type ?? {})) assert.equal(await page.getByLabel(label, { exact: true }).inputValue(), text, label);
      for (const [label, choice] of Object.entries(chosen)) assert.equal(await page.getByLabel(label, { exact: true }).inputValue(), choice, label);
      if (form.tick) assert.ok(await page.getByLabel(form.tick).isChecked(), form.tick);
      for (const size of [wide, narrow, narrowest]) {
        await page.setViewportSize(size);
        await fits(page);
      }
      await picture(page, `refused-${forms.indexOf(form)}`);
    }));
}
