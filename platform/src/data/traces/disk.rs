//! The segments of every app on the disk: a folder an app, the oldest segment goes when a budget is full.
//!
//! Only the writer's thread comes here. Nothing is ever changed in place and nothing waits for the disk: what the system
//! has taken survives the end of this process, however it ends, and that is all that is promised.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use store::WorkspaceId;

use super::ring::{Batch, Key};
use super::segment::{self, HEAD_BYTES, PAYLOAD_BYTES, Salt};
use super::{Budgets, KeptRun, record};
use crate::model::AppName;

/// Segments that the budget of an app is parted into: so much of it goes at once when it is full.
const SEGMENTS: u64 = 8;
/// The smallest length at which a new segment is begun.
const SEGMENT_LEAST: u64 = 64 << 10;
/// The largest length at which a new segment is begun, so that one can be read in one go.
const SEGMENT_MOST: u64 = 8 << 20;
/// Records that are written at a time; one that is larger is written alone.
const WRITE_BYTES: usize = 128 << 10;
const EXTENSION: &str = "runs";

/// All folders below the root.
#[derive(Debug)]
pub(super) struct Disk {
    root: PathBuf,
    folders: HashMap<Key, Folder>,
    bytes: u64,
    budgets: Budgets,
}

/// The segments of one app, oldest first.
#[derive(Debug, Default)]
struct Folder {
    segments: VecDeque<Segment>,
    bytes: u64,
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    number: u64,
    bytes: u64,
    /// `None` when nothing may be added: it was not read yet, or adding failed half-way.
    salt: Option<Salt>,
}

/// The folder of an app: the workspace's number and the app's name, of letters, digits and hyphens. The number in front
/// keeps it from being a name that an operating system has another use for.
fn folder_name((workspace, app): &Key) -> String {
    format!("{:016x}-{app}", workspace.get())
}

/// The app of a folder; `None` for folders that are not ours.
fn key_of(name: &str) -> Option<Key> {
    let (workspace, app) = name.split_once('-')?;
    let number = u64::from_str_radix(workspace, 16).ok()?;
    let key = (WorkspaceId::new(number), AppName::new(app).ok()?);
    (folder_name(&key) == name).then_some(key)
}

fn segment_name(number: u64) -> String {
    format!("{number:010}.{EXTENSION}")
}

impl Disk {
    /// Looks at what is there.
    pub(super) fn open(root: PathBuf, budgets: Budgets) -> io::Result<Self> {
        fs::create_dir_all(&root)?;
        let mut disk = Self {
            root,
            folders: HashMap::new(),
            bytes: 0,
            budgets,
        };
        for entry in fs::read_dir(&disk.root)? {
            let name = entry?.file_name();
            if let Some(key) = name.to_str().and_then(key_of) {
                let folder = Folder::look(&disk.root.join(&name))?;
                disk.bytes += folder.bytes;
                disk.folders.insert(key, folder);
            }
        }
        Ok(disk)
    }

    /// Bytes of all segments.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The apps that have a folder.
    pub(super) fn keys(&self) -> Vec<Key> {
        self.folders.keys().cloned().collect()
    }

    /// Gives the runs of an app to `take`, newest first and each once, until it says that it has enough.
    pub(super) fn read(&self, key: &Key, mut take: impl FnMut(KeptRun) -> bool) {
        let Some(folder) = self.folders.get(key) else {
            return;
        };
        // A write that failed half-way may have left whole records behind, which were then written again.
        let mut seen = HashSet::new();
        for found in folder.segments.iter().rev() {
            let path = self.path(key).join(segment_name(found.number));
            // A segment that cannot be read holds runs that are lost; there is nothing else to do about it.
            let Ok(bytes) = read_bounded(&path) else {
                continue;
            };
            for payload in segment::read(&bytes).into_iter().rev() {
                if let Some(run) = record::unpack(&key.1, payload)
                    && seen.insert(run.trace.run_id.clone())
                    && !take(run)
                {
                    return;
                }
            }
        }
    }

    /// Adds runs behind what is there; the oldest segments make room. Answers the number of the last run that is on the disk now, if one
    /// was added, also when it went wrong after that.
    pub(super) fn append(&mut self, batch: &Batch) -> (Option<u64>, io::Result<()>) {
        let path = self.path(&batch.key);
        let most = (self.budgets.disk_app_bytes / SEGMENTS).clamp(SEGMENT_LEAST, SEGMENT_MOST);
        let folder = self.folders.entry(batch.key.clone()).or_default();
        let before = folder.bytes;
        let mut newest = None;
        let added = folder.append(&path, batch, most, &mut newest);
        let shrunk = folder.shrink(&path, self.budgets.disk_app_bytes);
        self.bytes = self.bytes.saturating_sub(before).saturating_add(folder.bytes);
        (newest, added.and(shrunk).and_then(|()| self.shrink()))
    }

    fn shrink(&mut self) -> io::Result<()> {
        while self.bytes > self.budgets.disk_total_bytes {
            let Some((key, folder)) = self.folders.iter_mut().max_by_key(|(_, folder)| folder.bytes) else {
                break;
            };
            let freed = folder.drop_oldest(&self.root.join(folder_name(key)))?;
            if freed == 0 {
                break;
            }
            self.bytes = self.bytes.saturating_sub(freed);
        }
        Ok(())
    }

    /// Deletes everything of an app.
    pub(super) fn forget(&mut self, key: &Key) -> io::Result<()> {
        match fs::remove_dir_all(self.path(key)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        if let Some(folder) = self.folders.remove(key) {
            self.bytes = self.bytes.saturating_sub(folder.bytes);
        }
        Ok(())
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.root.join(folder_name(key))
    }
}

/// A file, as long as any segment can be.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let most = u64::try_from(PAYLOAD_BYTES).unwrap_or(u64::MAX).saturating_mul(4);
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Folder {
    fn look(path: &Path) -> io::Result<Self> {
        let mut segments = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let name = entry.file_name();
            let number = name
                .to_str()
                .and_then(|name| name.split_once('.')?.0.parse().ok());
            if let Some(number) = number.filter(|number| *name == *segment_name(*number)) {
                segments.push(Segment {
                    number,
                    bytes: entry.metadata()?.len(),
                    salt: None,
                });
            }
        }
        segments.sort_unstable_by_key(|segment| segment.number);
        let mut folder = Self {
            bytes: segments.iter().map(|segment| segment.bytes).sum(),
            segments: segments.into(),
        };
        // The newest one goes on: a program that starts often would leave many small files otherwise.
        if let Some(newest) = folder.segments.back_mut() {
            let mut head = vec![0; HEAD_BYTES];
            let read = File::open(path.join(segment_name(newest.number)));
            if read.and_then(|mut file| file.read_exact(&mut head)).is_ok() {
                newest.salt = Salt::of(&head);
            }
        }
        Ok(folder)
    }

    /// `written` is the number of the last run that was added.
    fn append(&mut self, path: &Path, batch: &Batch, most: u64, written: &mut Option<u64>) -> io::Result<()> {
        let mut runs = batch.runs.iter().peekable();
        while runs.peek().is_some() {
            let newest = self.segments.back().filter(|segment| segment.bytes < most);
            let (number, base, salt) = match newest.and_then(|segment| Some((segment, segment.salt?))) {
                Some((segment, salt)) => (segment.number, segment.bytes, salt),
                None => self.begin(path)?,
            };
            // As many records in one write as the segment has room for, and as keep nobody waiting for long.
            let (mut records, mut last) = (Vec::new(), None);
            let room = usize::try_from(most.saturating_sub(base)).unwrap_or(usize::MAX);
            let room = room.min(WRITE_BYTES);
            while records.len() < room
                && let Some((run_number, run)) = runs.next()
            {
                let packed = record::pack(run);
                let is_added = packed.is_some_and(|payload| salt.add(&mut records, base, &payload));
                if !is_added {
                    tracing::warn!(
                        run = run.trace.run_id,
                        "a run is too large for the disk, and its trace is in memory only"
                    );
                }
                last = Some(*run_number);
                // A flood leaves thousands to pack, and who waits for a page waits behind all that are packed in a row.
                std::thread::yield_now();
            }
            let file = OpenOptions::new()
                .append(true)
                .open(path.join(segment_name(number)));
            let outcome = file.and_then(|mut file| file.write_all(&records));
            let Some(segment) = self.segments.back_mut() else {
                break;
            };
            if let Err(error) = outcome {
                // How much of it is there is not known: nothing more goes into this file.
                segment.salt = None;
                return Err(error);
            }
            let length = u64::try_from(records.len()).unwrap_or(u64::MAX);
            segment.bytes += length;
            self.bytes += length;
            *written = last.or(*written);
        }
        Ok(())
    }

    fn begin(&mut self, path: &Path) -> io::Result<(u64, u64, Salt)> {
        fs::create_dir_all(path)?;
        let number = self.segments.back().map_or(1, |segment| segment.number + 1);
        let salt = Salt::random();
        let head = salt.head();
        let file = path.join(segment_name(number));
        if let Err(error) = fs::write(&file, &head) {
            // Half a head would be taken for a segment of nobody.
            let _gone = fs::remove_file(&file);
            return Err(error);
        }
        let bytes = u64::try_from(head.len()).unwrap_or(u64::MAX);
        self.bytes += bytes;
        self.segments.push_back(Segment {
            number,
            bytes,
            salt: Some(salt),
        });
        Ok((number, bytes, salt))
    }

    fn shrink(&mut self, path: &Path, budget: u64) -> io::Result<()> {
        while self.bytes > budget && self.segments.len() > 1 {
            self.drop_oldest(path)?;
        }
        Ok(())
    }

    fn drop_oldest(&mut self, path: &Path) -> io::Result<u64> {
        let Some(oldest) = self.segments.front() else {
            return Ok(0);
        };
        match fs::remove_file(path.join(segment_name(oldest.number))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let freed = oldest.bytes;
        self.segments.pop_front();
        self.bytes = self.bytes.saturating_sub(freed);
        Ok(freed)
    }
}
