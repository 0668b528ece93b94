//! Packages that are not part of the project. They are looked for in `../shared/packages` beside the workspace; where they are
//! missing the test says so and passes, unless `C4H_DEMAND` names `packages`.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use validation::{Library, Package};

/// UK Core 2.0.2, or nothing after it was said that it is missing.
pub(crate) fn uk_core() -> Option<&'static (Arc<Package>, Library)> {
    static UK_CORE: OnceLock<Option<(Arc<Package>, Library)>> = OnceLock::new();
    UK_CORE
        .get_or_init(|| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../../shared/packages/fhir.r4.ukcore.stu2-2.0.2.tgz");
            let Ok(bytes) = fs::read(&path) else {
                missing(&path);
                return None;
            };
            let package = Arc::new(Package::read(&bytes).unwrap());
            Some((Arc::clone(&package), Library::new(vec![package], [])))
        })
        .as_ref()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test run is told what to demand by its environment"
)]
fn missing(path: &Path) {
    let demanded = std::env::var("C4H_DEMAND").unwrap_or_default();
    let demanded = demanded.split([' ', ',']).any(|name| name == "packages");
    assert!(
        !demanded,
        "C4H_DEMAND names packages, but {} is not there",
        path.display()
    );
    // Straight to the descriptor: the test runner shows what a passing test prints to nobody.
    let said = writeln!(
        std::io::stderr(),
        "SKIPPED: profiles of UK Core: {} is not there",
        path.display()
    );
    said.unwrap();
}

#[test]
fn the_package_lists_what_it_brings() {
    let Some((package, _)) = uk_core() else { return };
    assert_eq!(
        (package.name.as_str(), package.version.as_str()),
        ("fhir.r4.ukcore.stu2", "2.0.2")
    );
    assert_eq!(
        package.dependencies,
        [("hl7.fhir.r4.core".to_owned(), "4.0.1".to_owned())]
    );
    assert_eq!(
        package.kinds(),
        [("CodeSystem", 49), ("StructureDefinition", 78), ("ValueSet", 70)]
    );
    assert_eq!(
        package
            .resources()
            .iter()
            .filter(|resource| resource.is_example())
            .count(),
        146
    );
}
