//! `c4h keys`: the applications that may call a workspace's interfaces, and the keys that they prove themselves with.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};

use super::{ServerArgs, output};
use crate::api::applications::keys::RegisterKeys;
use crate::api::applications::{ApplicationDocument, ApplicationList, MadeKeysDocument, RegisterApplication};
use crate::config::Environment;

/// More than a key set has, in bytes; keeps a wrong file from being sent.
const FILE_BYTES: u64 = 64 * 1024;

/// Register applications for the NHS login and the FHIR server, and make or upload their keys
#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Register an application and make its keys in one step
    New {
        /// What people call it
        title: String,
        /// Address that users come back to after they logged in; may be given several times
        #[arg(long = "callback", value_name = "URL")]
        callbacks: Vec<String>,
        /// Kind of access: application, healthcare-worker or patient; may be given several times [default: all]
        #[arg(long = "access", value_name = "KIND")]
        access: Vec<String>,
        /// How it proves itself to the FHIR server: public, confidential-symmetric or confidential-asymmetric
        #[arg(long, value_name = "TYPE")]
        client_type: Option<String>,
        /// File for the private key [default: KID.pem]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List the applications
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Show an application with its secret
    Show {
        /// Its API key
        api_key: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Make one more key pair for an application
    Make {
        /// Its API key
        api_key: String,
        /// File for the private key [default: KID.pem]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Upload public keys that you have made yourself
    Upload {
        /// The application's API key
        api_key: String,
        /// A JSON Web Key Set, or a public key in PEM
        file: PathBuf,
        /// Name of the key in PEM, as the header kid of your tokens carries it
        #[arg(long)]
        kid: Option<String>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Remove an application
    Remove {
        /// Its API key
        api_key: String,
        #[command(flatten)]
        server: ServerArgs,
    },
}

pub(super) async fn keys(args: KeysArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::New {
            title,
            callbacks,
            access,
            client_type,
            out,
            server,
        } => {
            let asked = RegisterApplication {
                title,
                access: (!access.is_empty()).then_some(access),
                callback_urls: callbacks,
                client_type,
                make_keys: true,
            };
            let client = server.client(environment)?;
            let made: ApplicationDocument = client.post("/applications", &asked).await?;
            let file = made.made.as_ref().map(|keys| keep(keys, out)).transpose()?;
            show(&made, file.as_deref(), server.json);
        }
        Action::List { server } => {
            let list: ApplicationList = server.client(environment)?.read("/applications").await?;
            show_list(&list, server.json);
        }
        Action::Show { api_key, server } => {
            let client = server.client(environment)?;
            let found: ApplicationDocument = client.read(&address(&api_key)?).await?;
            show(&found, None, server.json);
        }
        Action::Make { api_key, out, server } => {
            let client = server.client(environment)?;
            let address = format!("{}/keys", address(&api_key)?);
            let made: MadeKeysDocument = client.post(&address, &serde_json::json!({})).await?;
            let file = keep(&made, out)?;
            output::line(&format!(
                "Key {} is registered; its private half is in {}",
                made.kid,
                file.display()
            ));
        }
        Action::Upload {
            api_key,
            file,
            kid,
            server,
        } => {
            let client = server.client(environment)?;
            let address = format!("{}/keys", address(&api_key)?);
            let asked = read(&file, kid)?;
            let found: ApplicationDocument = client.put(&address, &asked).await?;
            show(&found, None, server.json);
        }
        Action::Remove { api_key, server } => {
            let client = server.client(environment)?;
            client.delete(&address(&api_key)?).await?;
            output::line(&format!("Removed {api_key}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The address of an application; what is no key never becomes part of one.
fn address(api_key: &str) -> anyhow::Result<String> {
    if api_key.is_empty() || !api_key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        bail!("{api_key:?} is no API key; c4h keys list shows those there are");
    }
    Ok(format!("/applications/{api_key}"))
}

/// Writes the private key into a new file that only its owner reads. A file that is there stays as it is.
fn keep(keys: &MadeKeysDocument, out: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    let path = out.unwrap_or_else(|| PathBuf::from(format!("{}.pem", keys.kid)));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(&path)
        .and_then(|mut file| file.write_all(keys.private_key.as_bytes()));
    if let Err(error) = written {
        // The key is nowhere else: it must not be lost because a file is in the way.
        output::line(&keys.private_key);
        return Err(error).with_context(|| {
            format!(
                "the private key {} is printed above because {} cannot be written",
                keys.kid,
                path.display()
            )
        });
    }
    Ok(path)
}

fn read(file: &Path, kid: Option<String>) -> anyhow::Result<RegisterKeys> {
    let shown = file.display();
    let size = std::fs::metadata(file)
        .with_context(|| format!("{shown} cannot be read"))?
        .len();
    if size > FILE_BYTES {
        bail!("{shown} has more than {FILE_BYTES} bytes; is it the right file?");
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("{shown} cannot be read as text"))?;
    if text.contains("PRIVATE KEY") {
        bail!("{shown} holds a private key: it stays with you; upload the public one");
    }
    Ok(if text.trim_start().starts_with("-----BEGIN") {
        RegisterKeys {
            pem: Some(text),
            kid,
            ..RegisterKeys::default()
        }
    } else {
        RegisterKeys {
            jwks: Some(text),
            ..RegisterKeys::default()
        }
    })
}

fn show(found: &ApplicationDocument, file: Option<&Path>, json: bool) {
    if json {
        output::json(found);
        return;
    }
    let mut rows = vec![
        ["Application", found.title.as_str()].map(str::to_owned).to_vec(),
        ["API key (client_id)", found.api_key.as_str()]
            .map(str::to_owned)
            .to_vec(),
    ];
    let mut row = |name: &str, value: String| rows.push(vec![name.to_owned(), value]);
    if let Some(secret) = &found.secret {
        row("Secret", secret.clone());
    }
    row("Access", found.access.join(", "));
    if !found.callback_urls.is_empty() {
        row("Callback", found.callback_urls.join(" "));
    }
    if let Some(made) = &found.made {
        row("Key name (kid)", made.kid.clone());
    }
    if let Some(file) = file {
        row("Private key", file.display().to_string());
    }
    output::table(&rows);
}

fn show_list(list: &ApplicationList, json: bool) {
    if json {
        output::json(list);
    } else if list.applications.is_empty() {
        output::line("No applications; c4h keys new \"My app\" registers one");
    } else {
        let heading = ["APPLICATION", "API KEY", "ACCESS"].map(str::to_owned).to_vec();
        let rows = list.applications.iter().map(|found| {
            vec![
                found.title.clone(),
                found.api_key.clone(),
                found.access.join(", "),
            ]
        });
        output::table(&[heading].into_iter().chain(rows).collect::<Vec<_>>());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_key_goes_into_a_new_file_and_over_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let keys = MadeKeysDocument {
            kid: "k1".to_owned(),
            private_key: "PRIVATE".to_owned(),
        };
        assert_eq!(keep(&keys, Some(path.clone())).unwrap(), path);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "PRIVATE");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(keep(&keys, Some(path)).is_err(), "the file is there");
        assert!(!format!("{keys:?}").contains("PRIVATE"));
    }

    #[test]
    fn only_public_keys_are_sent() {
        let folder = tempfile::tempdir().unwrap();
        let file = |text: &str| {
            let path = folder.path().join("given");
            std::fs::write(&path, text).unwrap();
            read(&path, Some("k".to_owned()))
        };
        assert!(file("{\"keys\": []}").unwrap().jwks.is_some());
        let pem = file("-----BEGIN PUBLIC KEY-----\nAA==\n").unwrap();
        assert_eq!((pem.kid.as_deref(), pem.jwks), (Some("k"), None));
        assert!(file("-----BEGIN PRIVATE KEY-----\n").is_err());
        assert!(file(&"a".repeat(70_000)).is_err());
        assert!(address("../x").is_err() && address("abc1").is_ok());
    }
}
