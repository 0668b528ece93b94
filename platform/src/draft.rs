//! The app folder as the workbench edits it: the draft if somebody is writing one, else the files of the version that
//! answers; and the way from there to a new version.

use std::sync::Arc;

use bytes::Bytes;
use store::BlobId;

use crate::app::App;
use crate::data::{Draft, DraftError, DraftFile, MAX_DRAFT_BYTES};
use crate::deploy::{Folder, Order, Sent, deploy_sent, unpack};
use crate::error::AppError;
use crate::model::{Activate, AppName, DeployedApp, FilePath, Language, Origin, Version, Workspace};

/// What can be edited of an app.
#[derive(Debug)]
pub(crate) struct Editable {
    pub(crate) draft: Draft,
    /// The revision of the draft; `None` when nobody has written one.
    pub(crate) revision: Option<u64>,
    /// Files of the version that are no text, with their sizes.
    pub(crate) others: Vec<(FilePath, usize)>,
}

/// Loads what can be edited of an app.
///
/// # Errors
/// [`AppError::NothingToEdit`] for a component that was built elsewhere.
pub(crate) async fn load(app: &App, workspace: &Workspace, of: &DeployedApp) -> Result<Editable, AppError> {
    let kept = app.drafts.get(workspace.id, &of.name).await?;
    let number = kept.as_ref().map_or(of.current, |(draft, _)| draft.version);
    // The version that a draft began from may have made room for newer ones.
    let version = match app.versions.get(workspace.id, &of.name, number).await? {
        Some(version) => version,
        None => current(app, workspace, of).await?,
    };
    let (texts, others) = parted(app, of, &version).await?;
    let others = others
        .into_iter()
        .map(|(path, bytes)| (path, bytes.len()))
        .collect();
    let (draft, revision) = match kept {
        Some((draft, revision)) => (draft, Some(revision)),
        None => {
            let draft = Draft {
                version: version.number,
                files: texts,
                undo: None,
            };
            (draft, None)
        }
    };
    Ok(Editable {
        draft,
        revision,
        others,
    })
}

/// The text files of a version.
///
/// # Errors
/// [`AppError::NothingToEdit`] for a component that was built elsewhere.
pub(crate) async fn texts_of(
    app: &App,
    of: &DeployedApp,
    version: &Version,
) -> Result<Vec<DraftFile>, AppError> {
    Ok(parted(app, of, version).await?.0)
}

/// Makes the files, with those of the draft's version that are no text, the app's next version.
///
/// # Errors
/// What is wrong with the files, or with us.
pub(crate) async fn run(
    app: &Arc<App>,
    workspace: &Workspace,
    of: &DeployedApp,
    draft: &Draft,
) -> Result<(DeployedApp, Version), AppError> {
    let version = match app.versions.get(workspace.id, &of.name, draft.version).await? {
        Some(version) => version,
        None => current(app, workspace, of).await?,
    };
    let mut folder = Folder::default();
    for file in &draft.files {
        folder.add(file.path.as_str(), Bytes::from(file.text.clone()))?;
    }
    for (path, bytes) in parted(app, of, &version).await?.1 {
        folder.add(path.as_str(), bytes)?;
    }
    let order = Order {
        workspace: workspace.clone(),
        name: of.name.clone(),
        origin: Origin::Deployed,
        activate: Activate::Now,
    };
    deploy_sent(app, order, Sent::Folder(folder)).await
}

/// Makes a new app of these files.
///
/// # Errors
/// What is wrong with the files, or with us.
pub(crate) async fn start(
    app: &Arc<App>,
    workspace: &Workspace,
    name: AppName,
    files: impl IntoIterator<Item = (String, Bytes)>,
) -> Result<DeployedApp, AppError> {
    let mut folder = Folder::default();
    for (path, bytes) in files {
        folder.add(&path, bytes)?;
    }
    let order = Order {
        workspace: workspace.clone(),
        name,
        origin: Origin::Deployed,
        activate: Activate::Now,
    };
    Ok(deploy_sent(app, order, Sent::Folder(folder)).await?.0)
}

async fn current(app: &App, workspace: &Workspace, of: &DeployedApp) -> Result<Version, AppError> {
    let version = app.versions.get(workspace.id, &of.name, of.current).await?;
    version.ok_or_else(|| AppError::UnknownVersion {
        app: of.name.to_string(),
        version: of.current.to_string(),
    })
}

/// Every file of a version as it was sent, by path, without a component.
///
/// # Errors
/// [`AppError::Internal`] when what must be there is not.
pub(crate) async fn files_of(app: &App, version: &Version) -> Result<Vec<(FilePath, Bytes)>, AppError> {
    let mut files = match version.source {
        None => Vec::new(),
        Some(id) => {
            let packed = blob(app, &id).await?;
            unpack(&packed).ok_or_else(|| AppError::Internal(format!("the files {id} cannot be read")))?
        }
    };
    for (path, file) in version.public.iter() {
        let path = FilePath::new(&format!("public/{path}"));
        let path = path.map_err(|error| AppError::Internal(error.to_string()))?;
        files.push((path, blob(app, &file.blob).await?));
    }
    files.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(files)
}

async fn blob(app: &App, id: &BlobId) -> Result<Bytes, AppError> {
    let bytes = app.storage.blobs.get(id).await?;
    bytes.ok_or_else(|| AppError::Internal(format!("the blob {id} is not there")))
}

/// The files that are text, and the others.
async fn parted(
    app: &App,
    of: &DeployedApp,
    version: &Version,
) -> Result<(Vec<DraftFile>, Vec<(FilePath, Bytes)>), AppError> {
    if version.source.is_none() || version.build == Language::Component {
        return Err(AppError::NothingToEdit(of.name.to_string()));
    }
    let (mut texts, mut others) = (Vec::new(), Vec::new());
    let mut size = 0_usize;
    for (path, bytes) in files_of(app, version).await? {
        match std::str::from_utf8(&bytes) {
            Ok(text) if !text.contains('\0') => {
                size = size.saturating_add(text.len());
                let text = text.to_owned();
                texts.push(DraftFile { path, text });
            }
            _ => others.push((path, bytes)),
        }
    }
    if size > MAX_DRAFT_BYTES {
        return Err(DraftError::Large { bytes: size }.into());
    }
    Ok((texts, others))
}
