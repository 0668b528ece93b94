// The NHS number: ten digits, the last of which follows from the nine before it (modulus 11).
// https://www.datadictionary.nhs.uk/attributes/nhs_number.html and https://service-manual.nhs.uk/design-system/patterns/nhs-numbers

const SEPARATORS = /[\s\u00a0\-\u2010-\u2014]/g;
const INSURANCE = /^[A-Z]{2}\d{6}[A-D]$/i;

function problemWith(digits) {
  if (digits === "") return "Enter an NHS number";
  if (INSURANCE.test(digits)) return "Enter an NHS number, not a National Insurance number";
  if (/[A-Za-z]/.test(digits)) return "NHS number must be digits, and have no letters";
  if (!/^[0-9]+$/.test(digits)) return "NHS number must be digits only, like 999 123 4567";
  if (digits.length !== 10) return `NHS number must be 10 digits long, and this is ${digits.length}`;
  let sum = 0;
  for (let place = 0; place < 9; place++) sum += Number(digits[place]) * (10 - place);
  const check = (11 - (sum % 11)) % 11;
  if (check !== Number(digits[9])) return "Check the NHS number: its last digit does not fit the others, so a digit is wrong or two are swapped";
  return undefined;
}

/** What a field with an NHS number needs: {ok: true, nhsNumber} or {ok: false, problem}. Spaces and dashes are allowed. */
export function checkNhsNumber(text) {
  const digits = `${text ?? ""}`.replace(SEPARATORS, "");
  const problem = problemWith(digits);
  return problem === undefined ? { ok: true, nhsNumber: digits } : { ok: false, problem };
}

/** Whether a text is an NHS number. Whether anybody has that number is another question. */
export function isNhsNumber(text) {
  return checkNhsNumber(text).ok;
}

/** The ten digits of an NHS number; throws with the sentence for the person who typed it. */
export function parseNhsNumber(text) {
  const { ok, nhsNumber, problem } = checkNhsNumber(text);
  if (!ok) throw new RangeError(problem);
  return nhsNumber;
}

/** As people write it: 999 123 4567. What is not ten digits stays as it is. */
export function formatNhsNumber(text) {
  const digits = `${text ?? ""}`.replace(SEPARATORS, "");
  return /^[0-9]{10}$/.test(digits) ? `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}` : `${text ?? ""}`;
}
