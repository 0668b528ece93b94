// What clinicians' words mean, in words that people use. By SNOMED CT code, because texts differ.
// A word that is not here is shown as it is, with the advice to ask: this app does not invent an explanation.

import { codeText, findCode } from "nhs";

const WORDS = {
  "22298006": "a heart attack",
  "5913000": "a broken hip",
  "230690007": "a stroke",
  "233604007": "an infection of the lung (pneumonia)",
  "195951007": "a flare-up of your lung condition (COPD)",
  "13645005": "a lung condition (COPD)",
  "84114007": "heart failure: your heart pumps less well than it should",
  "49436004": "an irregular heartbeat",
  "59621000": "high blood pressure",
  "55822004": "high cholesterol",
  "396275006": "worn joints (osteoarthritis)",
  "64859006": "thin bones (osteoporosis)",
  "44054006": "type 2 diabetes",
  "195967001": "asthma",
  "433144002": "kidneys that work less well than they should",
  "68566005": "an infection of your waterworks",
  "397956004": "an operation that put in a new hip joint",
  "415070008": "a procedure that opened a blocked artery of your heart",
  "268400002": "a tracing of your heart (ECG)",
  "40701008": "an ultrasound scan of your heart",
  "399208008": "an X-ray of your chest",
  "161898004": "falls",
  "248279007": "frailty",
  "29857009": "chest pain",
};

/** A concept in plain words: { words, medical }. `medical` is the clinicians' word for it, for looking it up. */
export function plain(concept) {
  const medical = codeText(concept);
  const words = WORDS[findCode(concept, "http://snomed.info/sct")];
  return words ? { words, medical } : { words: medical === "Not known" ? "not known" : medical, medical: "ask your team what this means" };
}
