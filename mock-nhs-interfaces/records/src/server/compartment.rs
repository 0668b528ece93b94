//! What belongs to a resource: `GET Patient/1/Observation`, `GET Patient/1/*`.
//! <https://hl7.org/fhir/R4/compartmentdefinition.html>

use search::parse::Scope;
use search::query::Compartment;

use super::search::search;
use super::{Answer, Call, Refusal};
use crate::ResourceType;

/// Searches a compartment, or one type of it.
pub(super) async fn search_compartment(
    call: &Call<'_>,
    kind: ResourceType,
    id: &str,
    member: Option<ResourceType>,
) -> Result<Answer, Refusal> {
    if !definitions::compartment_names().any(|name| name == kind.name()) {
        let names: Vec<&str> = definitions::compartment_names().collect();
        return Err(Refusal::NotSupported(format!(
            "R4 has no compartment of {}; those there are: {}",
            kind.name(),
            names.join(", ")
        )));
    }
    let view = call.view().await?;
    match view.latest(kind, id) {
        Some(record) if record.is_deleted() => {
            return Err(Refusal::Gone(kind, id.to_owned(), record.version));
        }
        Some(_) => {}
        None => return Err(Refusal::NotFound(kind, id.to_owned())),
    }
    let compartment = Compartment {
        resource_type: kind,
        id: id.into(),
    };
    let path = format!("{}/{id}/{}", kind.name(), member.map_or("*", ResourceType::name));
    search(call, Scope::Compartment(compartment, member), &path).await
}
