//! `GET [type]/[id]/_history/[version]`. <https://hl7.org/fhir/R4/http.html#vread>

use super::read::answer_record;
use super::{Answer, Call, Refusal};
use crate::ResourceType;

/// Reads one version of a resource.
pub(super) async fn vread_resource(
    call: &Call<'_>,
    kind: ResourceType,
    id: &str,
    version: &str,
) -> Result<Answer, Refusal> {
    let view = call.view().await?;
    let absent = || Refusal::NoVersion(kind, id.to_owned(), version.to_owned());
    // `01` is not how the server writes version 1.
    let plain = version.bytes().all(|byte| byte.is_ascii_digit()) && !version.starts_with('0');
    let number: u32 = version.parse().ok().filter(|_| plain).ok_or_else(absent)?;
    let record = view.vread(kind, id, number).ok_or_else(absent)?;
    answer_record(call, &record)
}
