//! The table of errors as a file: variant, status, code, sentence.

use mock_nhs_interfaces::auth::{self, ApplicationsError, CallbackUrlError};
use platform::data::{DataError, DraftError, KeyError, ValueError};
use platform::error::{AppError, DeployLimit, Unfit};
use platform::model::{AppName, FilePath, Manifest, SecretName};
use platform::slots::Full;
use records::{Quota, RecordsError};
use sandbox_runtime::limits::LimitHit;
use sandbox_runtime::{CompileError, GuestError, Limit, RunError, UploadError};
use store::StoreError;

use crate::TestResult;
use crate::golden;

fn of_access() -> Vec<AppError> {
    vec![
        AppError::LoginNeeded,
        AppError::TrainerOnly,
        AppError::TooManyTries { retry_after_s: 42 },
    ]
}

fn of_values() -> Vec<AppError> {
    vec![
        AppError::UnknownValue("some \"text\"".to_owned()),
        AppError::Key(KeyError::Empty),
        AppError::Key(KeyError::Long { bytes: 300 }),
        AppError::Key(KeyError::Dots {
            found: "..".to_owned(),
        }),
        AppError::Key(KeyError::Encoding),
        AppError::Value(ValueError::Large { bytes: 70_000 }),
        AppError::Value(ValueError::Type),
        AppError::Value(ValueError::Count),
        AppError::Value(ValueError::Full { bytes: 4_200_000 }),
        AppError::Value(ValueError::Changed),
        AppError::Value(ValueError::Number),
        AppError::Value(ValueError::NoApp),
        AppError::Draft(DraftError::Large { bytes: 1_100_000 }),
        AppError::Draft(DraftError::Undo { bytes: 600_000 }),
        AppError::Draft(DraftError::Changed),
        AppError::Draft(DraftError::NoApp),
        AppError::NothingToEdit("some \"text\"".to_owned()),
        AppError::UnknownShare,
    ]
}

fn of_records() -> Vec<RecordsError> {
    vec![
        RecordsError::Quota(Quota::default()),
        RecordsError::Full,
        RecordsError::TooLarge {
            bytes: 20_000_000,
            rows: 7,
        },
        RecordsError::UnknownCheckpoint("before-lunch".to_owned()),
        RecordsError::TooManyCheckpoints(7),
        RecordsError::CheckpointsTooLarge(7 << 20),
        RecordsError::Store(StoreError::Full("private".to_owned())),
        RecordsError::Damaged("private".to_owned()),
    ]
}

fn of_applications() -> Vec<ApplicationsError> {
    vec![
        ApplicationsError::Unknown,
        ApplicationsError::TooMany,
        ApplicationsError::Title,
        ApplicationsError::TooManyCallbackUrls,
        ApplicationsError::CallbackUrl(CallbackUrlError::Scheme),
        ApplicationsError::Keys(auth::KeyError::Unreadable),
        ApplicationsError::KeysUrl,
        ApplicationsError::Access,
        ApplicationsError::ClientType,
        ApplicationsError::NotMade,
    ]
}

fn unfit() -> Vec<Unfit> {
    let mut unfit = vec![
        Unfit::Files("A sentence about files.".to_owned()),
        Unfit::SecretValue("A sentence about a value.".to_owned()),
        Unfit::UndeclaredSecret {
            name: "KEY".to_owned(),
            line: "secrets = [\"KEY\"].".to_owned(),
        },
        Unfit::Body("A sentence about a body.".to_owned()),
        Unfit::Package("a reason".to_owned()),
        Unfit::Interface("a reason".to_owned()),
    ];
    unfit.extend(Manifest::parse("titel = 1").err().map(Unfit::Manifest));
    unfit.extend(FilePath::new("../app.js").err().map(Unfit::Path));
    unfit.extend(SecretName::new("key").err().map(Unfit::SecretName));
    unfit
}

#[expect(clippy::too_many_lines, reason = "a list: one line an error")]
fn all() -> Vec<AppError> {
    let text = || "some \"text\"".to_owned();
    let run = |error| AppError::Run {
        error: Box::new(error),
        run: "r1".to_owned(),
        trace: "/trace".to_owned(),
    };
    let hit = |code: Limit| {
        let sentence = format!("Sentence of {}.", code.code());
        RunError::Limit(Box::new(LimitHit {
            code,
            limit: 1,
            used: None,
            unit: code.unit(),
            sentence,
        }))
    };
    let mut errors = vec![
        AppError::UnknownAddress,
        AppError::MethodNotAllowed,
        AppError::UnknownWorkspace(text()),
        AppError::WorkspaceExists(text()),
        AppError::TooManyWorkspaces { limit: 7 },
        AppError::UnknownPackage(text()),
        AppError::TooManyPackages { limit: 7 },
        AppError::UnknownFault(text()),
        AppError::TooManyFaults { limit: 7 },
        AppError::UnknownScenario(text()),
        AppError::UnknownInterface(text()),
        AppError::InterfaceExists("a reason".to_owned()),
        AppError::TooManyInterfaces { limit: 7 },
        AppError::UnknownApp {
            workspace: "demo".to_owned(),
            app: text(),
        },
        AppError::UnknownVersion {
            app: "bmi".to_owned(),
            version: text(),
        },
        AppError::UnknownFile(text()),
        AppError::UnknownSecret(text()),
        AppError::UnknownRun(text()),
        AppError::UnknownProfile(text()),
        AppError::Query(text()),
        AppError::Malformed("A sentence."),
        AppError::MediaType {
            expected: "application/wasm",
            found: None,
        },
        AppError::MediaType {
            expected: "application/wasm",
            found: Some(text()),
        },
        AppError::EncodedBody("gzip".to_owned()),
        AppError::BodyTooLarge { limit_bytes: 7 },
        AppError::BodyTooSlow { idle_s: 15 },
        AppError::BodyBroken(text()),
        AppError::UriTooLong { limit_bytes: 7 },
        AppError::UnknownHost(text()),
        AppError::ForeignOrigin(text()),
        AppError::Upload(UploadError::Empty),
        AppError::Guest(GuestError::Compile(CompileError::Line { waiting: 2 })),
        AppError::Guest(GuestError::Compile(CompileError::Busy { waiting: 3 })),
        AppError::Guest(GuestError::Compile(CompileError::Starved { seconds: 600 })),
        AppError::Guest(GuestError::Compile(CompileError::Invalid { message: text() })),
        AppError::Guest(GuestError::Compile(CompileError::Host {
            detail: "private".to_owned(),
        })),
        AppError::Guest(GuestError::Source("private".to_owned())),
        AppError::FirstMustAnswer,
        AppError::TooManyDeploys {
            limit: DeployLimit::App,
            retry_after_s: 7,
        },
        AppError::TooManyDeploys {
            limit: DeployLimit::Workspace,
            retry_after_s: 7,
        },
        AppError::DeployContended,
        AppError::TooManyRuns(Full::App { limit: 8 }),
        AppError::TooManyRuns(Full::Workspace { limit: 32 }),
        AppError::TooManyRuns(Full::Line { limit: 64 }),
        AppError::TooManyRuns(Full::Platform { limit: 64 }),
        AppError::TooManyRuns(Full::Depth { limit: 4 }),
        AppError::StorageRefuses("private".to_owned()),
        AppError::Data(DataError::Store(StoreError::Corrupt("private".to_owned()))),
        AppError::Internal("private".to_owned()),
        AppError::Panic("private".to_owned()),
        run(RunError::Trap {
            reason: "unreachable".to_owned(),
        }),
        run(RunError::Exit { status: 1 }),
        run(RunError::NoResponse),
        run(RunError::IncompleteResponse),
        run(RunError::ErrorResponse {
            code: "internal-error".to_owned(),
        }),
        run(RunError::Exception {
            message: "TypeError: cannot read property 'x' of undefined".to_owned(),
        }),
        run(RunError::Host {
            detail: "private".to_owned(),
        }),
    ];
    errors.extend(unfit().into_iter().map(AppError::Unfit));
    errors.extend(AppName::new("A").err().map(AppError::Name));
    errors.extend(AppName::new("admin").err().map(AppError::Name));
    errors.extend(of_access());
    errors.extend(of_values());
    errors.extend(of_records().into_iter().map(AppError::Records));
    errors.extend(of_applications().into_iter().map(AppError::Applications));
    errors.extend(Limit::ALL.into_iter().map(|limit| run(hit(limit))));
    errors
}

#[test]
fn the_table() -> TestResult {
    let mut table = String::new();
    for error in all() {
        let public = error.public();
        table.push_str(&format!(
            "{} {}\n    {}\n",
            public.status.as_u16(),
            public.code,
            public.detail
        ));
        assert!(
            !public.detail.contains("private"),
            "{error:?} tells the caller too much"
        );
        let tells = error.private().is_some_and(|private| private.contains("private"));
        assert_eq!(
            tells,
            format!("{error:?}").contains("private"),
            "{error:?} must tell the log what it knows"
        );
    }
    golden::check("errors.txt", &table)
}

#[test]
fn a_sentence_that_says_when_to_try_again_means_what_the_header_says() {
    let mut told = 0;
    for error in all() {
        let public = error.public();
        let words: Vec<&str> = public.detail.split_whitespace().collect();
        let said = words.windows(3).find_map(|words| match words {
            ["in", number, unit] if unit.starts_with("second") => number.parse::<u64>().ok(),
            _ => None,
        });
        if public.status == 429 {
            assert_eq!(said.unwrap_or(1), error.retry_after_s(), "{}", public.detail);
            told += usize::from(said.is_some());
        }
    }
    assert!(told >= 5, "{told}");
}
