// The module `nhs`: what every health app needs. Each export is described, with an example, in docs/reference/nhs-module.md.

export { checkNhsNumber, formatNhsNumber, isNhsNumber, parseNhsNumber } from "./nhs/number.js";
export { formatDate, formatDateTime, formatPeriod, formatShortDate, formatTime, parseDate, today } from "./nhs/dates.js";
export { age, formatAge } from "./nhs/age.js";
export { Html, escapeHtml, html, raw } from "./nhs/html.js";
export { patientBanner } from "./nhs/banner.js";
export { page, pageStyle } from "./nhs/page.js";
export {
  addressLines,
  emailOf,
  findAddress,
  findIdentifier,
  findName,
  findTelecoms,
  formatAddress,
  formatGender,
  formatName,
  isDeceased,
  isRestricted,
  nhsNumberOf,
  phoneOf,
  practiceOf,
} from "./nhs/names.js";
export { codeText, extensionValue, findCode, findExtension, formatQuantity, referenceId } from "./nhs/codes.js";
export { outcomeCode, outcomeText } from "./nhs/outcome.js";
export { FhirError, bundlePages, bundleResources, fhirFetch, nextPage, readFhir, resources } from "./nhs/calls.js";
