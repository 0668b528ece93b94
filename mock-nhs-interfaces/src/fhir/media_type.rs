//! The media types that interfaces answer with, ready to be sent.

use http::HeaderValue;

/// FHIR in JSON. Source: <https://hl7.org/fhir/R4/http.html#mime-type>
pub(crate) const FHIR_JSON: HeaderValue = HeaderValue::from_static("application/fhir+json");
/// FHIR in XML. Source: <https://hl7.org/fhir/R4/http.html#mime-type>
pub(crate) const FHIR_XML: HeaderValue = HeaderValue::from_static("application/fhir+xml");
/// JSON: what the platform in front of an interface answers with, also where the body is an `OperationOutcome`.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");
