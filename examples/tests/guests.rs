//! The examples' own tests, which live in another workspace that `cargo test --workspace` does not reach.

use std::path::Path;
use std::process::Command;

#[test]
fn examples_pass_their_own_tests() {
    let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests");
    let status = Command::new(env!("CARGO"))
        .current_dir(guests)
        .args(["test", "--quiet", "--locked", "--target-dir"])
        // Beside the components that build.rs makes, so that the second run takes no time.
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("../guests/examples"))
        .env_remove("CARGO_BUILD_TARGET")
        .status()
        .unwrap();
    assert!(status.success(), "the tests in examples/guests fail, see above");
}
