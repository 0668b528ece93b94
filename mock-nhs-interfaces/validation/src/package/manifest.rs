//! A package's `package.json`.

use fhir::json::Json;

use super::PackageError;

/// What a package says about itself.
pub(super) struct Manifest {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) description: String,
    pub(super) dependencies: Vec<(String, String)>,
}

pub(super) fn read(json: &Json) -> Result<Manifest, PackageError> {
    let text = |key| json.text(key).map(str::to_owned).filter(|text| !text.is_empty());
    let (Some(name), Some(version)) = (text("name"), text("version")) else {
        return Err(PackageError::NoManifest);
    };
    // Older packages write `fhir-version-list`; some say nothing.
    let versions = json.get("fhirVersions").or_else(|| json.get("fhir-version-list"));
    let versions: Vec<&str> = versions
        .map(|list| list.items().filter_map(Json::as_str).collect())
        .unwrap_or_default();
    if !versions.is_empty() && !versions.iter().any(|version| version.starts_with("4.0")) {
        return Err(PackageError::WrongFhir(crate::issue::quoted(
            &versions.join(", "),
        )));
    }
    let dependencies = json
        .get("dependencies")
        .and_then(Json::as_object)
        .unwrap_or_default();
    Ok(Manifest {
        name,
        version,
        description: text("description").unwrap_or_default(),
        dependencies: dependencies
            .iter()
            .map(|(name, version)| (name.to_string(), version.as_str().unwrap_or_default().to_owned()))
            .collect(),
    })
}
