// One call, opened: what was asked and answered, and what would have happened with another answer.
import type { Address } from "./address";
import { ask, json } from "./api";
import { button, element } from "./dom";
import type { Preview } from "./preview";
import type { RunDocument } from "./trace";
import { visible } from "./words";

interface Opened {
  row: HTMLElement;
  button: HTMLElement;
  run: string;
  number: number;
  address: Address;
  preview: Preview;
  say: (words: string) => void;
}

interface Replayed {
  run: RunDocument;
  comparison: { same: boolean; sentence: string };
}

/** What can go wrong with an answer, as the API calls it and as people do. */
const FAULTS = [
  ["slow", "it had taken three seconds"],
  ["timeout", "no answer had come"],
  ["status-404", "nothing had been found (404)"],
  ["status-429", "there had been too many calls (429)"],
  ["status-500", "it had failed (500)"],
  ["status-503", "it had not been available (503)"],
  ["refused", "the connection had been refused"],
  ["empty", "the answer had been empty"],
  ["malformed-json", "the answer had not been JSON"],
  ["truncated", "the answer had broken off in the middle"],
] as const;

/** Opens the call below its line, or closes it again. */
export async function openCall(opened: Opened): Promise<void> {
  const { row, button: opener, run, number, address } = opened;
  const there = row.querySelector(".c4h-live-call__inside");
  if (there) {
    there.remove();
    opener.setAttribute("aria-expanded", "false");
    return;
  }
  opener.setAttribute("aria-expanded", "true");
  const inside = element("div", { class: "c4h-live-call__inside" });
  row.append(inside);
  inside.append(again(opened), await message(address, run, number));
}

/** The request and the answer, as the page of the run shows them. */
async function message(address: Address, run: string, number: number): Promise<HTMLElement> {
  const place = element("div");
  const page = `${address.page}/runs/${run}`;
  try {
    const answer = await fetch(page, { headers: { accept: "text/html" } });
    const whole = new DOMParser().parseFromString(await answer.text(), "text/html");
    const calls = whole.querySelectorAll(".c4h-run__calls > .c4h-calls > li");
    const shown = calls[number - 1]?.querySelector(".c4h-call__inside");
    if (shown) place.append(...document.importNode(shown, true).childNodes);
    else place.append(element("p", { class: "c4h-quiet" }, "The run is not over yet, or its trace made room for newer ones."));
  } catch {
    place.append(element("p", { class: "c4h-quiet" }, "The program does not answer just now."));
  }
  const link = element("a", { href: page }, "Everything about this run");
  place.append(element("p", {}, link));
  return place;
}

/** The form that runs the same again with another answer. */
function again({ run, number, address, preview, say }: Opened): HTMLElement {
  const id = `wb-fault-${run}-${number}`;
  const choice = element("select", { class: "nhsuk-select", id });
  for (const [name, words] of FAULTS) choice.append(element("option", { value: name }, words));
  const told = element("p", { class: "c4h-live-call__told", role: "status" });
  const repeat = async (order: Record<string, unknown>, words: string): Promise<void> => {
    told.textContent = "Running it again…";
    try {
      const { run: repeated, comparison } = await ask<Replayed>(address.inApp(`traces/${run}/replay`), json("POST", order));
      told.replaceChildren(visible(comparison.sentence), " ", element("a", { href: `${address.page}/runs/${repeated.run}/comparison` }, "See both side by side"));
      if (repeated.trace.response) {
        preview.note(words);
        await preview.show(`${address.page}/runs/${repeated.run}/answer`);
      } else {
        preview.note(`${words} It gave no answer.`);
      }
      say("Run again, on what was recorded. Nothing was changed.");
    } catch (error) {
      told.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  return element(
    "div",
    { class: "c4h-live-call__again" },
    element("label", { class: "nhsuk-label nhsuk-label--s", for: id }, "What would people have seen if"),
    choice,
    element(
      "p",
      { class: "c4h-wb__buttons" },
      button("Change the answer and run again", "nhsuk-button nhsuk-button--small", () => {
        const words = choice.selectedOptions[0]?.textContent ?? "";
        void repeat({ fault: choice.value, call: number }, `This is what people would have seen if ${words}.`);
      }),
      button("Run exactly the same again", "nhsuk-button nhsuk-button--secondary nhsuk-button--small", () => void repeat({}, "This is the same run, again.")),
    ),
    told,
  );
}
