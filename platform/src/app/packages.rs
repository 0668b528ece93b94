//! FHIR packages: installing them for all workspaces, and reading them again at start.

use std::sync::Arc;

use bytes::Bytes;
use validation::Package;

use crate::app::App;
use crate::data::InstalledPackage;
use crate::error::{AppError, Unfit};

/// Packages at most: their profiles and codes are held in memory.
const MAX_PACKAGES: usize = 20;
/// Longest name or version, in characters: a row's key.
const MAX_NAME_CHARS: usize = 100;

impl App {
    /// Reads a package's file and installs it, in place of one of the same name and version.
    ///
    /// # Errors
    /// [`AppError::Unfit`] when the file is no package, [`AppError::TooManyPackages`], and when the store cannot answer.
    pub async fn install_package(&self, file: Bytes) -> Result<InstalledPackage, AppError> {
        let _turn = self.installing.lock().await;
        let package = read(file.clone()).await?;
        let installed = self.packages.list().await?;
        let is_new = !installed
            .iter()
            .any(|other| other.name == package.name && other.version == package.version);
        if is_new && installed.len() >= MAX_PACKAGES {
            return Err(AppError::TooManyPackages { limit: MAX_PACKAGES });
        }
        let hold = self.blob_uses.hold([store::BlobId::of(&file)]).await;
        let row = InstalledPackage {
            name: package.name.clone(),
            version: package.version.clone(),
            file: self.storage.blobs.put(file).await?,
        };
        let before = self.packages.put(&row).await?;
        hold.keep();
        if let Some(before) = before {
            self.blob_uses.release([before.file]);
            self.collect_blobs().await;
        }
        self.use_packages().await?;
        tracing::info!(
            package.name = row.name,
            package.version = row.version,
            "installed"
        );
        Ok(row)
    }

    /// Removes a package.
    ///
    /// # Errors
    /// [`AppError::UnknownPackage`], and when the store cannot answer.
    pub async fn remove_package(&self, name: &str, version: &str) -> Result<(), AppError> {
        let _turn = self.installing.lock().await;
        let removed = self.packages.delete(name, version).await?;
        let removed = removed.ok_or_else(|| AppError::UnknownPackage(format!("{name}@{version}")))?;
        self.blob_uses.release([removed.file]);
        self.collect_blobs().await;
        self.use_packages().await?;
        tracing::info!(package.name = name, package.version = version, "removed");
        Ok(())
    }

    /// Lets all workspaces use what is installed. A package that cannot be read any more is left out and logged.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub(crate) async fn use_packages(&self) -> Result<(), AppError> {
        let mut packages = Vec::new();
        for row in self.packages.list().await? {
            let read = match self.storage.blobs.get(&row.file).await? {
                Some(file) => read(file).await,
                None => Err(AppError::Internal("its file is not there".to_owned())),
            };
            match read {
                Ok(package) => packages.push(package),
                Err(error) => {
                    let reason = error.public().detail;
                    tracing::error!(
                        package.name = row.name,
                        reason,
                        "an installed package cannot be used"
                    );
                }
            }
        }
        self.records.base().packages().install(packages);
        Ok(())
    }
}

/// Reads a package away from the threads that serve: it may be tens of megabytes.
async fn read(file: Bytes) -> Result<Arc<Package>, AppError> {
    let read = tokio::task::spawn_blocking(move || Package::read(&file)).await;
    let read = read.map_err(|error| AppError::Internal(format!("a package could not be read: {error}")))?;
    let package = read.map_err(|error| Unfit::Package(error.to_string()))?;
    for (what, text) in [("name", &package.name), ("version", &package.version)] {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_+".contains(letter);
        if text.is_empty() || text.len() > MAX_NAME_CHARS || !text.chars().all(plain) {
            return Err(Unfit::Package(format!(
                "the {what} in package.json must be 1 to {MAX_NAME_CHARS} letters, digits, dots, hyphens, pluses and underscores"
            ))
            .into());
        }
    }
    Ok(Arc::new(package))
}
