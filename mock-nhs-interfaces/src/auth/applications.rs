//! The applications that are registered to call a workspace's interfaces, as on NHS England's developer portal.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation>

use std::sync::Arc;

use store::{
    CommitError, Expect, KeyRange, Pages, ScanOptions, Store, StoreError, Table, WorkspaceId, WriteSet,
};
use thiserror::Error;
use time::OffsetDateTime;

use super::application::{Application, MadeKeys, NewApplication, PublicKeys};
use super::callback_url::CallbackUrlError;
use super::keys::{KeyError, KeySet, make_pair};
use super::secret::secret;

/// Applications of one workspace at most: far more than one team writes.
pub const MAX_APPLICATIONS: usize = 100;
/// Addresses that one application's users can come back to, at most.
pub const MAX_CALLBACK_URLS: usize = 20;
/// Longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 100;
/// Letters and digits of an API key, as many as the platform's have.
const API_KEY_CHARS: usize = 32;
/// Letters and digits of a secret, as many as the platform's have.
const SECRET_CHARS: usize = 16;

/// Reads and changes the register. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Applications {
    store: Arc<dyn Store>,
    /// One key pair is made at a time: it takes a second of a processor.
    making: Arc<tokio::sync::Mutex<()>>,
}

/// Why the register could not answer, or says no.
#[derive(Debug, Error)]
pub enum ApplicationsError {
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
    /// A row cannot be understood.
    #[error("the stored application cannot be read: {0}")]
    Row(serde_json::Error),
    /// There are too many.
    #[error("a workspace has at most {MAX_APPLICATIONS} applications")]
    TooMany,
    /// The title is empty or too long.
    #[error("an application has a title of 1 to {MAX_TITLE_CHARS} characters")]
    Title,
    /// There are too many callback addresses.
    #[error("an application has at most {MAX_CALLBACK_URLS} callback addresses")]
    TooManyCallbackUrls,
    /// A callback address cannot be used.
    #[error(transparent)]
    CallbackUrl(#[from] CallbackUrlError),
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The address of the keys cannot be used.
    #[error("the address of a key set is an http or https address of at most 500 characters")]
    KeysUrl,
    /// No key could be made.
    #[error("no key could be made")]
    NotMade,
    /// The kind of access is not known.
    #[error("kinds of access are application, healthcare-worker and patient")]
    Access,
    /// The type of client is not known.
    #[error("types of client are public, confidential-symmetric and confidential-asymmetric")]
    ClientType,
    /// There is no such application.
    #[error("there is no such application")]
    Unknown,
}

impl Applications {
    /// The register in this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            making: Arc::default(),
        }
    }

    /// The applications of a workspace, in no order that means anything.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn list(&self, workspace: WorkspaceId) -> Result<Vec<Application>, ApplicationsError> {
        let (table, options) = (Table::Applications, ScanOptions::default());
        let mut pages = Pages::new(&*self.store, workspace, table, KeyRange::all(), options);
        let mut found: Vec<Application> = Vec::new();
        while let Some(rows) = pages.next().await? {
            for (_, entry) in &rows {
                found.push(serde_json::from_slice(&entry.value).map_err(ApplicationsError::Row)?);
            }
        }
        found.sort_by(|left, right| (&left.title, &left.api_key).cmp(&(&right.title, &right.api_key)));
        Ok(found)
    }

    /// The application with this API key.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn find(
        &self,
        workspace: WorkspaceId,
        api_key: &str,
    ) -> Result<Option<Application>, ApplicationsError> {
        // Nothing else is a key; the store would refuse an empty or a long one.
        if api_key.len() != API_KEY_CHARS {
            return Ok(None);
        }
        let entry = self
            .store
            .get(workspace, Table::Applications, api_key.as_bytes())
            .await?;
        entry
            .map(|entry| serde_json::from_slice(&entry.value).map_err(ApplicationsError::Row))
            .transpose()
    }

    /// Registers an application: it gets an API key and a secret.
    ///
    /// # Errors
    /// What is wrong with it, or that the store cannot answer.
    pub async fn register(
        &self,
        workspace: WorkspaceId,
        new: NewApplication,
        now: OffsetDateTime,
    ) -> Result<Application, ApplicationsError> {
        let title = new.title.trim();
        if !(1..=MAX_TITLE_CHARS).contains(&title.chars().count()) || title.chars().any(char::is_control) {
            return Err(ApplicationsError::Title);
        }
        if new.callback_urls.len() > MAX_CALLBACK_URLS {
            return Err(ApplicationsError::TooManyCallbackUrls);
        }
        if self.list(workspace).await?.len() >= MAX_APPLICATIONS {
            return Err(ApplicationsError::TooMany);
        }
        let application = Application {
            api_key: secret(API_KEY_CHARS),
            title: title.to_owned(),
            secret: secret(SECRET_CHARS),
            access: new.access,
            callback_urls: new.callback_urls,
            keys: PublicKeys::Nowhere,
            client_type: new.client_type,
            simulated_error: None,
            registered_at: now,
        };
        self.write(workspace, &application, Expect::Absent).await?;
        Ok(application)
    }

    /// Makes a key pair for an application and registers the public half, beside those that are there; answers the
    /// application as it is then, too.
    ///
    /// # Errors
    /// [`ApplicationsError::Unknown`], or that the store cannot answer.
    pub async fn make_keys(
        &self,
        workspace: WorkspaceId,
        api_key: &str,
    ) -> Result<(Application, MadeKeys), ApplicationsError> {
        let kid = secret(12);
        let name = kid.clone();
        let one_at_a_time = self.making.lock().await;
        let made = tokio::task::spawn_blocking(move || make_pair(&name)).await;
        drop(one_at_a_time);
        let pair = made.ok().flatten().ok_or(ApplicationsError::NotMade)?;
        let application = self.add_keys(workspace, api_key, &pair.public_keys, None).await?;
        let made = MadeKeys {
            kid,
            private_key: pair.private_key,
        };
        Ok((application, made))
    }

    /// Registers public keys, a JSON Web Key Set or a PEM file with the name `kid`, beside those that are there; one of
    /// the same name is replaced.
    ///
    /// # Errors
    /// What is wrong with them, [`ApplicationsError::Unknown`], or that the store cannot answer.
    pub async fn add_keys(
        &self,
        workspace: WorkspaceId,
        api_key: &str,
        text: &str,
        kid: Option<&str>,
    ) -> Result<Application, ApplicationsError> {
        let given = KeySet::parse_any(text, kid)?;
        self.change(workspace, api_key, |application| {
            let before = match &application.keys {
                PublicKeys::Set { jwks } => KeySet::parse(jwks).ok(),
                PublicKeys::Nowhere | PublicKeys::Url { .. } => None,
            };
            let jwks = given.clone().joined_with(before).to_json();
            // Read again, so that what is kept is what can be used.
            KeySet::parse(&jwks)?;
            application.keys = PublicKeys::Set { jwks };
            Ok(())
        })
        .await
    }

    /// Registers the address of an application's public keys in place of all others.
    ///
    /// # Errors
    /// As [`Applications::add_keys`].
    pub async fn set_keys_url(
        &self,
        workspace: WorkspaceId,
        api_key: &str,
        url: &str,
    ) -> Result<Application, ApplicationsError> {
        let is_address = |text: &str| {
            text.len() <= 500
                && (text.starts_with("https://") || text.starts_with("http://"))
                && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if !is_address(url) {
            return Err(ApplicationsError::KeysUrl);
        }
        self.change(workspace, api_key, |application| {
            application.keys = PublicKeys::Url { url: url.to_owned() };
            Ok(())
        })
        .await
    }

    /// Changes an application; what two change at the same time, both have changed.
    ///
    /// # Errors
    /// [`ApplicationsError::Unknown`], what `change` says, or that the store cannot answer.
    pub async fn change(
        &self,
        workspace: WorkspaceId,
        api_key: &str,
        change: impl Fn(&mut Application) -> Result<(), ApplicationsError>,
    ) -> Result<Application, ApplicationsError> {
        loop {
            if api_key.len() != API_KEY_CHARS {
                return Err(ApplicationsError::Unknown);
            }
            let key = api_key.as_bytes();
            let entry = self.store.get(workspace, Table::Applications, key).await?;
            let entry = entry.ok_or(ApplicationsError::Unknown)?;
            let mut application: Application =
                serde_json::from_slice(&entry.value).map_err(ApplicationsError::Row)?;
            change(&mut application)?;
            let as_read = Expect::Revision(entry.revision);
            match self.write(workspace, &application, as_read).await {
                Err(ApplicationsError::Unknown) => {}
                written => return written.map(|()| application),
            }
        }
    }

    /// Takes an application off the register; `false` when it was not on it. Its tokens live on until they end.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn remove(&self, workspace: WorkspaceId, api_key: &str) -> Result<bool, ApplicationsError> {
        if api_key.len() != API_KEY_CHARS {
            return Ok(false);
        }
        let key = api_key.as_bytes();
        let write = WriteSet::new()
            .expect(Table::Applications, key, Expect::Exists)
            .delete(Table::Applications, key);
        match self.store.commit(workspace, write).await {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict { .. }) => Ok(false),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    async fn write(
        &self,
        workspace: WorkspaceId,
        application: &Application,
        expected: Expect,
    ) -> Result<(), ApplicationsError> {
        let key = application.api_key.as_bytes();
        let row = serde_json::to_vec(application).map_err(ApplicationsError::Row)?;
        let write =
            WriteSet::new()
                .expect(Table::Applications, key, expected)
                .put(Table::Applications, key, row);
        match self.store.commit(workspace, write).await {
            Ok(_) => Ok(()),
            // Somebody was faster; whoever changes reads again.
            Err(CommitError::Conflict { .. }) => Err(ApplicationsError::Unknown),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}
