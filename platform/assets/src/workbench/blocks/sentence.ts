// A step in one line, as a list shows it and a screen reader says it.
import { FIELD_TYPES, MEASURES, type Step } from "./document";

function words(options: readonly (readonly [string, string])[], value: string): string {
  return options.find(([name]) => name === value)?.[1] ?? value;
}

export function sentence(step: Step): string {
  switch (step.kind) {
    case "heading":
      return `Show the heading “${step.text}”`;
    case "text":
      return `Show “${step.text}”`;
    case "warning":
      return `Warn “${step.text}”`;
    case "link":
      return `Link “${step.text}”`;
    case "field":
      return `Ask “${step.label}”: ${words(FIELD_TYPES, step.type)}, called ${step.name}`;
    case "button":
      return `When “${step.label}” is pressed`;
    case "patient":
      return `Find the patient with the NHS number ${step.number}, called ${step.name}`;
    case "observations":
      return `Get the ${words(MEASURES, step.measure)} of ${step.patient}, called ${step.name}`;
    case "banner":
      return `Show the banner of ${step.patient}`;
    case "table":
      return `Show a table of ${step.list}`;
    case "chart":
      return `Show a chart of ${step.list}`;
    case "set":
      return `Calculate ${step.name} = ${step.value}`;
    case "points":
      return `Give points for ${step.of}, called ${step.name}`;
    case "if":
      return `If ${step.test}`;
    case "each":
      return `For each ${step.name} of ${step.list}`;
  }
}
