//! The packages of profiles and codes that are installed, for all workspaces; and libraries that are kept until these change.
//!
//! Locks: `installed` for a copy of a list; a cell's while its library is made, which opens no file and asks nobody.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use validation::{Library, Package};

/// What is installed.
#[derive(Debug, Default)]
pub struct Packages {
    installed: RwLock<Installed>,
}

#[derive(Clone, Debug, Default)]
struct Installed {
    /// Grows with every change, so that a kept library knows that it is of before.
    generation: u64,
    packages: Vec<Arc<Package>>,
}

impl Packages {
    /// From now on these are installed and no others.
    pub fn install(&self, packages: Vec<Arc<Package>>) {
        let mut installed = self.installed.write().unwrap_or_else(PoisonError::into_inner);
        installed.generation = installed.generation.wrapping_add(1);
        installed.packages = packages;
    }

    fn now(&self) -> Installed {
        self.installed
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// A library that was made once and is kept.
#[derive(Debug, Default)]
pub(crate) struct LibraryCell {
    kept: Mutex<Option<(u64, Arc<Library>)>>,
}

impl LibraryCell {
    /// The library; made by `make` when there is none, or when other packages are installed since.
    pub(crate) fn get(
        &self,
        packages: &Packages,
        make: impl FnOnce(Vec<Arc<Package>>) -> Library,
    ) -> Arc<Library> {
        let installed = packages.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((generation, library)) = &*kept
            && *generation == installed.generation
        {
            return Arc::clone(library);
        }
        let library = Arc::new(make(installed.packages));
        *kept = Some((installed.generation, Arc::clone(&library)));
        library
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_made_again_only_when_packages_change() {
        let (packages, cell) = (Packages::default(), LibraryCell::default());
        let made = std::cell::Cell::new(0);
        let get = || {
            cell.get(&packages, |installed| {
                made.set(made.get() + 1);
                Library::new(installed, [])
            })
        };
        let first = get();
        assert!(Arc::ptr_eq(&first, &get()));
        packages.install(Vec::new());
        assert!(!Arc::ptr_eq(&first, &get()));
        get();
        assert_eq!(made.get(), 2);
    }
}
