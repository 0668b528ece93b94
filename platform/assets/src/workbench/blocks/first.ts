// What somebody begins with who begins with blocks: a small app that shows each kind of thing once.
import type { BlocksDocument } from "./document";

export function first(title: string): BlocksDocument {
  return {
    blocks: 1,
    title,
    steps: [
      { kind: "field", name: "number", label: "NHS number", type: "nhs-number", unit: "", choices: "" },
      {
        kind: "button",
        label: "Show the patient",
        steps: [
          { kind: "patient", name: "patient", number: "number" },
          { kind: "banner", patient: "patient" },
          { kind: "observations", name: "weights", patient: "patient", measure: "weight" },
          {
            kind: "if",
            test: "count(weights) > 0",
            steps: [
              { kind: "text", text: "The latest weight is {latest(weights)} kg, a change of {round(change(weights), 1)} kg since the first." },
              { kind: "chart", list: "weights", caption: "Weight over time" },
            ],
            otherwise: [{ kind: "warning", text: "No weight is recorded for this patient." }],
          },
        ],
      },
    ],
  };
}
