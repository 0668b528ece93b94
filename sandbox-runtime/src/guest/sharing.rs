//! Keeps in memory once what the machine code of several guests has in common.
//!
//! The components of scripts differ in the snapshot only: of 1,676 pages of one, 1,668 are the same in the next. So the first image with a
//! given beginning is copied into a sealed file in memory, and pages of later images that are equal to it are mapped from there, each
//! with the protection that it has. What is mapped is what is there already, byte for byte; a guest cannot tell.
//!
//! On Linux only, and where the system refuses, images stay as they are: it saves memory and does nothing else.

#[cfg(target_os = "linux")]
pub(crate) use linux::{Shared, Sharing};
#[cfg(not(target_os = "linux"))]
pub(crate) use nothing::{Shared, Sharing};

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::ops::Range;
    use std::os::fd::OwnedFd;
    use std::sync::{Arc, Mutex, PoisonError, Weak};

    use object::{Object as _, ObjectSection as _};
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
    use rustix::io::{Errno, pwrite};
    use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
    use sha2::{Digest as _, Sha256};
    use wasmtime::component::Component;

    /// Equal pages in a row that are worth a mapping of their own; a process may have some 65,000 of those.
    const PAGES_IN_A_ROW: usize = 8;

    /// By how much of its code an image is known, in bytes: scripts all begin with the same engine.
    const BEGINNING_BYTES: usize = 16 * 1024;

    /// What guests share. Holds nothing itself: a base lives as long as a guest that is mapped from it.
    #[derive(Debug, Default)]
    pub(crate) struct Sharing {
        bases: Mutex<HashMap<[u8; 32], Weak<Base>>>,
    }

    /// Belongs to a guest whose image is partly mapped from it.
    #[derive(Debug)]
    pub(crate) struct Shared {
        _base: Arc<Base>,
        saved_bytes: usize,
    }

    impl Shared {
        /// What the guest does not hold because another one does, in bytes.
        pub(crate) fn saved_bytes(&self) -> usize {
            self.saved_bytes
        }
    }

    /// An image in a sealed file, and a mapping of it to compare with.
    #[derive(Debug)]
    struct Base {
        file: OwnedFd,
        address: usize,
        bytes: usize,
    }

    impl Drop for Base {
        #[expect(unsafe_code, reason = "gives back what `Base::of` mapped")]
        fn drop(&mut self) {
            // SAFETY: the mapping is this base's own, and slices of it do not outlive a borrow of the base.
            let _mapped = unsafe { munmap(std::ptr::with_exposed_provenance_mut(self.address), self.bytes) };
        }
    }

    impl Base {
        #[expect(unsafe_code, reason = "maps a file of its own")]
        fn of(image: &[u8]) -> Result<Self, Errno> {
            let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
            // Systems before Linux 6.3 do not know that a file's contents may be run, and let them.
            let file = memfd_create("c4h-code", flags | MemfdFlags::EXEC)
                .or_else(|_| memfd_create("c4h-code", flags))?;
            let bytes = image.len().next_multiple_of(page());
            ftruncate(&file, u64::try_from(bytes).map_err(|_| Errno::FBIG)?)?;
            let mut written = 0;
            while let Some(rest) = image.get(written..).filter(|rest| !rest.is_empty()) {
                written += pwrite(&file, rest, u64::try_from(written).map_err(|_| Errno::FBIG)?)?;
            }
            fcntl_add_seals(
                &file,
                SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL,
            )?;
            // SAFETY: the system chooses an address where nothing is.
            let address = unsafe {
                mmap(
                    std::ptr::null_mut(),
                    bytes,
                    ProtFlags::READ,
                    MapFlags::PRIVATE,
                    &file,
                    0,
                )
            }?;
            Ok(Self {
                file,
                address: address.expose_provenance(),
                bytes,
            })
        }

        #[expect(unsafe_code, reason = "reads what `Base::of` mapped")]
        fn bytes(&self) -> &[u8] {
            // SAFETY: mapped for as long as the base lives, this long, and sealed against every change.
            unsafe { std::slice::from_raw_parts(std::ptr::with_exposed_provenance(self.address), self.bytes) }
        }
    }

    impl Sharing {
        /// Maps what the component's image has in common with one that is there. Call it before the component is used.
        pub(crate) fn share(&self, component: &Component) -> Option<Shared> {
            match self.try_share(component) {
                Ok(shared) => shared,
                Err(error) => {
                    tracing::debug!(%error, "machine code is not shared");
                    None
                }
            }
        }

        fn try_share(&self, component: &Component) -> Result<Option<Shared>, Errno> {
            let range = component.image_range();
            let image = image(&range);
            let Some(code) = code_of(image) else {
                return Ok(None);
            };
            let Some(beginning) = image.get(code.start..code.start + BEGINNING_BYTES) else {
                return Ok(None);
            };
            let beginning: [u8; 32] = Sha256::digest(beginning).into();
            let (base, is_new) = {
                let mut bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
                bases.retain(|_, base| base.strong_count() > 0);
                let known = bases.get(&beginning).and_then(Weak::upgrade);
                match known {
                    Some(base) => (base, false),
                    None => {
                        let base = Arc::new(Base::of(image)?);
                        bases.insert(beginning, Arc::downgrade(&base));
                        (base, true)
                    }
                }
            };
            let mut saved_bytes = 0;
            for pages in equal_pages(image, base.bytes(), &code) {
                let is_code = pages.start >= code.start && pages.end <= code.end;
                map(range.start, &pages, is_code, &base)?;
                saved_bytes += pages.len();
            }
            // The first one is what the others share: it counts whole.
            let saved_bytes = if is_new { 0 } else { saved_bytes };
            Ok(Some(Shared {
                _base: base,
                saved_bytes,
            }))
        }
    }

    #[expect(unsafe_code, reason = "an image is memory that the component owns")]
    fn image(range: &Range<*const u8>) -> &[u8] {
        let length = range.end.addr().saturating_sub(range.start.addr());
        // SAFETY: the range is the component's image, which nobody writes once it is loaded.
        unsafe { std::slice::from_raw_parts(range.start, length) }
    }

    /// Where the machine code lies in the image, in whole pages.
    fn code_of(image: &[u8]) -> Option<Range<usize>> {
        let file = object::File::parse(image).ok()?;
        let (start, length) = file.section_by_name(".text")?.file_range()?;
        let start = usize::try_from(start).ok()?;
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        start
            .is_multiple_of(page())
            .then(|| start..end.next_multiple_of(page()))
    }

    /// Runs of pages, as ranges of bytes, that are the same in both and lie on one side of the code's bounds.
    fn equal_pages(image: &[u8], base: &[u8], code: &Range<usize>) -> Vec<Range<usize>> {
        let page = page();
        let mut runs: Vec<Range<usize>> = Vec::new();
        let pages = image.chunks_exact(page).zip(base.chunks_exact(page));
        for (number, (mine, other)) in pages.enumerate() {
            if mine != other {
                continue;
            }
            let start = number * page;
            match runs.last_mut() {
                Some(run) if run.end == start && start != code.start && start != code.end => {
                    run.end = start + page;
                }
                _ => runs.push(start..start + page),
            }
        }
        runs.retain(|run| run.len() >= PAGES_IN_A_ROW * page);
        runs
    }

    /// Puts pages of the base in the place of equal ones.
    #[expect(unsafe_code, reason = "replaces pages by equal ones")]
    fn map(image: *const u8, pages: &Range<usize>, is_code: bool, base: &Base) -> Result<(), Errno> {
        let protection = if is_code {
            ProtFlags::READ | ProtFlags::EXEC
        } else {
            ProtFlags::READ
        };
        let offset = u64::try_from(pages.start).map_err(|_| Errno::OVERFLOW)?;
        let address = image.wrapping_add(pages.start).cast_mut().cast();
        // SAFETY: the pages belong to the component's image, are read only, and hold the same bytes before and after; the sealed file that
        // they come from is never changed. No guest runs this code yet. When the component goes, the whole image is unmapped.
        unsafe {
            mmap(
                address,
                pages.len(),
                protection,
                MapFlags::PRIVATE | MapFlags::FIXED,
                &base.file,
                offset,
            )?;
        }
        Ok(())
    }

    fn page() -> usize {
        rustix::param::page_size()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn runs_are_long_and_stay_on_their_side_of_the_code() {
            let page = page();
            let image = vec![7; 64 * page];
            let mut base = image.clone();
            base[20 * page] = 8;
            base[24 * page + 5] = 8;
            let runs = equal_pages(&image, &base, &(10 * page..40 * page));
            let runs: Vec<_> = runs.iter().map(|run| run.start / page..run.end / page).collect();
            assert_eq!(runs, [0..10, 10..20, 25..40, 40..64]);
        }

        #[test]
        fn a_base_is_sealed_and_holds_what_it_was_made_of() {
            let image: Vec<u8> = (0..100_000_u32).map(|number| number.to_le_bytes()[0]).collect();
            let base = Base::of(&image).unwrap();
            assert_eq!(base.bytes()[..image.len()], image);
            assert!(base.bytes()[image.len()..].iter().all(|byte| *byte == 0));
            assert_eq!(pwrite(&base.file, b"x", 0), Err(Errno::PERM));
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod nothing {
    use wasmtime::component::Component;

    #[derive(Debug, Default)]
    pub(crate) struct Sharing;

    #[derive(Debug)]
    pub(crate) struct Shared;

    impl Shared {
        pub(crate) fn saved_bytes(&self) -> usize {
            0
        }
    }

    impl Sharing {
        pub(crate) fn share(&self, _: &Component) -> Option<Shared> {
            None
        }
    }
}
