// What the keyboard does among the blocks, folded up beside the ways to edit.
import { element } from "../dom";

const KEYS: readonly (readonly [string, string])[] = [
  ["T", "to the drawers, where new blocks are"],
  ["W", "to the app"],
  ["Arrows", "from block to block, and from drawer to block"],
  ["Enter", "takes a new block, or changes what is in a field"],
  ["M", "moves a block: arrows choose where, Enter leaves it there, Escape puts it back"],
  ["Delete", "takes a block away"],
  ["Ctrl and Z", "undoes"],
  ["Tab", "leaves the blocks"],
];

/** The list, closed. */
export function keys(): HTMLElement {
  const lines = KEYS.flatMap(([key, words]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, words)]);
  return element("details", { class: "c4h-wb__menu c4h-wb__keys" }, element("summary", {}, "Keys"), element("div", { class: "c4h-wb__sheet" }, element("dl", {}, ...lines)));
}
