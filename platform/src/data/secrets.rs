//! The secrets of apps: kept apart from versions, read by runs, shown to nobody.
//!
//! Values lie in the store as they are; who can read the data folder can read them, as `docs/SECURITY.md` says.

use std::fmt;
use std::sync::Arc;

use store::{CommitError, Expect, KeyRange, Pages, ScanOptions, Store, Table, WorkspaceId, WriteSet};

use super::DataError;
use crate::model::{AppName, Manifest, SecretName};

/// Longest value, in bytes: a private key with its certificate.
pub const MAX_SECRET_BYTES: usize = 16 * 1024;

/// Reads and changes secrets.
#[derive(Debug, Clone)]
pub struct Secrets {
    store: Arc<dyn Store>,
}

/// What a run gets as environment variables.
#[derive(Clone, Default)]
pub struct RunEnvironment {
    /// Names and values, secrets among them.
    pub variables: Vec<(String, String)>,
    /// The values of the secrets, which must be masked wherever the run shows them.
    pub secrets: Arc<[String]>,
    /// Secrets that the app declares and nobody has set.
    pub missing: Vec<SecretName>,
}

impl fmt::Debug for RunEnvironment {
    // Values stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.variables.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("RunEnvironment")
            .field("variables", &names)
            .field("missing", &self.missing)
            .finish_non_exhaustive()
    }
}

/// Name, a zero byte that no name of an app contains, name of the secret.
fn key(app: &AppName, name: &str) -> Vec<u8> {
    [app.as_str().as_bytes(), b"\0", name.as_bytes()].concat()
}

impl Secrets {
    /// A repository over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Names of the secrets that have a value, in order.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn names(&self, workspace: WorkspaceId, app: &AppName) -> Result<Vec<SecretName>, DataError> {
        let prefix = key(app, "");
        let mut found = Vec::new();
        let range = KeyRange::prefix(&prefix);
        let mut pages = Pages::new(
            &*self.store,
            workspace,
            Table::Secrets,
            range,
            ScanOptions::default(),
        );
        while let Some(rows) = pages.next().await? {
            let names = rows.iter().filter_map(|(key, _)| {
                let name = std::str::from_utf8(key.get(prefix.len()..)?).ok()?;
                SecretName::new(name).ok()
            });
            found.extend(names);
        }
        Ok(found)
    }

    /// Gives a secret its value; `false` when there is no such app.
    ///
    /// # Errors
    /// [`DataError`] when the store failed.
    pub async fn set(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        name: &SecretName,
        value: &str,
    ) -> Result<bool, DataError> {
        // Demanded, so that nothing is left behind by an app that is deleted at the same time.
        let write = WriteSet::new()
            .expect(Table::Apps, app.as_str().as_bytes(), Expect::Exists)
            .put(
                Table::Secrets,
                &key(app, name.as_str()),
                value.as_bytes().to_vec(),
            );
        match self.store.commit(workspace, write).await {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict { .. }) => Ok(false),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Takes a secret's value away; `false` when it had none.
    ///
    /// # Errors
    /// [`DataError`] when the store failed.
    pub async fn delete(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        name: &SecretName,
    ) -> Result<bool, DataError> {
        let key = key(app, name.as_str());
        let write = WriteSet::new()
            .expect(Table::Secrets, &key, Expect::Exists)
            .delete(Table::Secrets, &key);
        match self.store.commit(workspace, write).await {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict { .. }) => Ok(false),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// What a run of a version with this manifest gets: its configuration, and those of its secrets that have a value.
    /// Costs nothing for an app that declares no secrets.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn environment(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        manifest: &Manifest,
    ) -> Result<RunEnvironment, DataError> {
        let mut variables: Vec<(String, String)> = manifest
            .config
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let (mut secrets, mut missing) = (Vec::new(), Vec::new());
        for name in &manifest.secrets {
            let entry = self
                .store
                .get(workspace, Table::Secrets, &key(app, name.as_str()))
                .await?;
            match entry {
                Some(entry) => {
                    let value = String::from_utf8_lossy(&entry.value).into_owned();
                    variables.push((name.to_string(), value.clone()));
                    secrets.push(value);
                }
                None => missing.push(name.clone()),
            }
        }
        Ok(RunEnvironment {
            variables,
            secrets: secrets.into(),
            missing,
        })
    }
}

#[cfg(test)]
mod tests {
    use store::MemoryStore;

    use super::*;

    #[tokio::test]
    async fn secrets_belong_to_one_app_and_only_those_declared_are_handed_out() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let secrets = Secrets::new(Arc::clone(&store));
        let workspace = WorkspaceId::new(1);
        let (app, other) = (AppName::new("app1").unwrap(), AppName::new("app10").unwrap());
        let name = |text| SecretName::new(text).unwrap();
        assert!(
            !secrets.set(workspace, &app, &name("KEY"), "v").await.unwrap(),
            "there is no such app"
        );
        for app in [&app, &other] {
            let write = WriteSet::new().put(Table::Apps, app.as_str().as_bytes(), "{}");
            store.commit(workspace, write).await.unwrap();
        }
        assert!(secrets.set(workspace, &app, &name("KEY"), "hush").await.unwrap());
        assert!(
            secrets
                .set(workspace, &app, &name("UNDECLARED"), "hush too")
                .await
                .unwrap()
        );
        assert_eq!(
            secrets.names(workspace, &app).await.unwrap(),
            [name("KEY"), name("UNDECLARED")]
        );
        assert_eq!(secrets.names(workspace, &other).await.unwrap(), []);
        assert_eq!(secrets.names(WorkspaceId::new(2), &app).await.unwrap(), []);

        let manifest = Manifest::parse("secrets = [\"KEY\", \"UNSET\"]\n[config]\nA = \"1\"").unwrap();
        let environment = secrets.environment(workspace, &app, &manifest).await.unwrap();
        let expected = [("A", "1"), ("KEY", "hush")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(environment.variables, expected);
        assert_eq!(
            (&*environment.secrets, &*environment.missing),
            (&["hush".to_owned()][..], &[name("UNSET")][..])
        );
        assert!(!format!("{environment:?}").contains("hush"), "{environment:?}");

        assert!(secrets.delete(workspace, &app, &name("KEY")).await.unwrap());
        assert!(!secrets.delete(workspace, &app, &name("KEY")).await.unwrap());
    }
}
