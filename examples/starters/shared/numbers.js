// Numbers that people type: asked for with their unit, and refused with a sentence. Starters with number fields have this same file.

import { html } from "nhs";

/**
 * Reads the fields of a form. Each is { name, label, unit, low, high, decimals }.
 * Gives { values, problems }: a field with a problem has no value.
 */
export function readNumbers(form, fields) {
  const values = {};
  const problems = [];
  for (const { name, label, unit, low, high, decimals = 0 } of fields) {
    const typed = `${form.get(name) ?? ""}`.trim().replace(",", ".");
    const number = Number(typed);
    const problem = (text) => problems.push({ field: name, text });
    if (typed === "") problem(`Enter ${lower(label)}`);
    else if (!/^\d{1,4}(\.\d+)?$/.test(typed)) problem(`${label} must be a number, such as ${low}`);
    else if (number < low || number > high) problem(`${label} must be between ${low} and ${high}${unit && ` ${unit}`}: check what you typed`);
    else if ((typed.split(".")[1]?.length ?? 0) > decimals) problem(`${label} must ${decimals ? `have at most ${decimals} decimal place` : "be a whole number"}`);
    else values[name] = number;
  }
  return { values, problems };
}

/** The field on the page, with what was typed and what is wrong with it. */
export function numberField({ name, label, unit, hint, decimals = 0 }, form, problems = []) {
  const problem = problems.find((each) => each.field === name)?.text;
  const described = [hint && `${name}-hint`, problem && `${name}-error`].filter(Boolean).join(" ");
  return html`<div>
    <label for="${name}">${label}${unit && html` <span class="c4h-nowrap">(${unit})</span>`}</label>
    ${hint && html`<span class="c4h-hint" id="${name}-hint">${hint}</span>`}
    ${problem && html`<p class="error" id="${name}-error">${problem}</p>`}
    <input id="${name}" name="${name}" size="6" maxlength="8" inputmode="${decimals ? "decimal" : "numeric"}" autocomplete="off" value="${form.get(name)}" aria-describedby="${described}"></div>`;
}

/** A choice of one of several. Nothing is chosen beforehand. `options` are [value, words]. */
export function choiceField({ name, label, hint, options }, form, problems = []) {
  const problem = problems.find((each) => each.field === name)?.text;
  const described = [hint && `${name}-hint`, problem && `${name}-error`].filter(Boolean).join(" ");
  return html`<fieldset aria-describedby="${described}"><legend>${label}</legend>
    ${hint && html`<span class="c4h-hint" id="${name}-hint">${hint}</span>`}
    ${problem && html`<p class="error" id="${name}-error">${problem}</p>`}
    ${options.map(([value, words], at) => html`<div class="choice"><input type="radio" id="${at ? `${name}-${value}` : name}" name="${name}" value="${value}" ${form.get(name) === value && html`checked`}>
      <label for="${at ? `${name}-${value}` : name}">${words}</label></div>`)}</fieldset>`;
}

const lower = (label) => (/^[A-Z][a-z]/.test(label) ? label[0].toLowerCase() + label.slice(1) : label);
