//! The journeys: what users do, one file each, against the program as it is shipped.
//!
//! One binary, because linking is what takes time. Journeys that leave the program as they found it share one.
#![expect(
    clippy::indexing_slicing,
    reason = "a journey fails by panic as well as by error, and JSON without a member reads as null"
)]

mod access;
mod added_interfaces;
mod app_origin;
mod app_tests;
mod apps_asking_apps;
mod browser;
mod built_in_interfaces;
mod command_line;
mod conditions;
mod dependencies;
mod deploy_app;
mod deploy_folder;
mod dev_loop;
mod dump_restore;
mod fhir_clients;
mod fhir_conformance;
mod fhir_kill;
mod fhir_sdk_client;
mod fhir_subscriptions;
mod first_run;
#[cfg(target_os = "linux")]
mod hardening;
mod hostile_bodies;
mod hostile_list;
mod hostile_rows;
mod hostile_uploads;
mod interfaces_outside;
mod kill;
mod limits;
mod log_in;
mod long_lists;
mod new_app;
mod nothing_forgotten;
mod one_record;
mod operations;
mod packages;
mod read_patient;
mod refused_address;
mod replay;
mod shutdown;
mod starters;
mod tenancy;
mod two_processes;
mod values;
mod workspaces;

use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tests::{Builder, Command, TestPlatform};

/// How a journey ends: well, or with everything that led to its failure.
type Journey = anyhow::Result<()>;

const PROGRAM: &str = env!("CARGO_BIN_EXE_c4h_under_test");

/// Where journeys keep what they make.
fn folders() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// A program of the journey's own.
fn builder() -> Builder {
    Builder::new(Path::new(PROGRAM), folders())
}

/// The program's subcommands, without a server.
fn command() -> Command {
    Command::new(Path::new(PROGRAM))
}

/// The program that journeys share which neither stop it nor burden it.
///
/// It ends with the tests' process, so its folder outlives it; the next run takes that away.
fn shared() -> anyhow::Result<Shared> {
    static PLATFORM: Mutex<Option<Arc<TestPlatform>>> = Mutex::new(None);
    let mut shared = PLATFORM.lock().unwrap_or_else(PoisonError::into_inner);
    let platform = match &*shared {
        Some(platform) => Arc::clone(platform),
        None => {
            let folder = folders().join("shared");
            if folder.exists() {
                std::fs::remove_dir_all(&folder)?;
            }
            let started = Arc::new(builder().data_dir(&folder).start()?);
            *shared = Some(Arc::clone(&started));
            started
        }
    };
    let faults_before = platform.faults().len();
    Ok(Shared {
        platform,
        faults_before,
    })
}

/// A share of the program. When it is handed back, the program's log must hold no fault that was not there before.
struct Shared {
    platform: Arc<TestPlatform>,
    faults_before: usize,
}

impl Deref for Shared {
    type Target = TestPlatform;

    fn deref(&self) -> &TestPlatform {
        &self.platform
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let faults: Vec<_> = self.faults().into_iter().skip(self.faults_before).collect();
        if !std::thread::panicking() {
            assert!(
                faults.is_empty(),
                "the shared server's log holds\n{}",
                faults.join("\n")
            );
        }
    }
}
