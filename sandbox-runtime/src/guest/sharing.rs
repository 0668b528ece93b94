//! Keeps in memory once what the machine code of several guests has in common.
//!
//! The components of scripts differ in the snapshot only: of 1,676 pages of one, 1,668 are the same in the next. So the first image with a
//! given beginning is copied into a sealed file in memory, and pages of later images that are equal to it are mapped from there, each
//! with the protection that it has. What is mapped is what is there already, byte for byte.
//!
//! Who uploads a component chooses its bytes, and so which pages are equal. Hence an image is shared only where at least half of it and
//! half of the file are equal, in few pieces: no guest keeps more alive than twice what it is counted for, or takes many mappings.
//!
//! On Linux only, and where the system refuses, images stay as they are: it saves memory and does nothing else.

#[cfg(target_os = "linux")]
pub(crate) use linux::{Shared, Sharing};
#[cfg(not(target_os = "linux"))]
pub(crate) use nothing::{Shared, Sharing};

/// An image whose pages may be missing: it must not be used any more.
#[derive(Debug)]
pub(crate) struct Broken;

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

    use super::Broken;

    /// Equal pages in a row that are worth a mapping of their own; a process may have some 65,000 of those.
    const PAGES_IN_A_ROW: usize = 8;

    /// Mappings of one image, the longest of those that are possible. Scripts need five.
    const MAPPINGS: usize = 8;

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
        base: Arc<Base>,
        saved_bytes: usize,
    }

    impl Shared {
        /// What the guest does not hold itself, in bytes.
        pub(crate) fn saved_bytes(&self) -> usize {
            self.saved_bytes
        }

        /// The file that holds it instead: a name for it, and its length in bytes.
        pub(crate) fn file(&self) -> (usize, usize) {
            (self.base.address, self.base.bytes)
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
        ///
        /// # Errors
        ///
        /// The component is of no more use.
        pub(crate) fn share(&self, component: &Component) -> Result<Option<Shared>, Broken> {
            let Some(Likeness { base, runs, code }) = self.equal_to(component) else {
                return Ok(None);
            };
            let image = component.image_range().start;
            let saved_bytes = runs.iter().map(Range::len).sum();
            for pages in &runs {
                let protection = protection(image_of(component), pages, &code);
                // SAFETY: the pages belong to the component's image, are read only, and hold the same bytes before and after; the sealed
                // file that they come from is never changed. No guest runs this code yet. When the component goes, the whole image is
                // unmapped, wherever its pages come from.
                #[expect(unsafe_code, reason = "replaces pages by equal ones")]
                let mapped = unsafe { map(image, pages, protection, &base) };
                if let Err(error) = mapped {
                    // POSIX lets the system have taken the old pages away already.
                    tracing::warn!(%error, "machine code could not be shared");
                    return Err(Broken);
                }
            }
            Ok(Some(Shared { base, saved_bytes }))
        }

        /// Nothing where it is not worth it.
        fn equal_to(&self, component: &Component) -> Option<Likeness> {
            let image = image_of(component);
            let code = code_of(image)?;
            let beginning = image.get(code.start..code.start.checked_add(BEGINNING_BYTES)?)?;
            let beginning: [u8; 32] = Sha256::digest(beginning).into();
            let base = {
                let mut bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
                bases.retain(|_, base| base.strong_count() > 0);
                match bases.get(&beginning).and_then(Weak::upgrade) {
                    Some(base) => base,
                    None => {
                        let base = Base::of(image)
                            .inspect_err(|error| tracing::debug!(%error, "machine code is not shared"))
                            .ok()?;
                        let base = Arc::new(base);
                        bases.insert(beginning, Arc::downgrade(&base));
                        base
                    }
                }
            };
            let runs = equal_pages(image, base.bytes(), &code);
            let saved: usize = runs.iter().map(Range::len).sum();
            let is_worth_it = saved >= image.len() / 2 && saved >= base.bytes / 2;
            is_worth_it.then_some(Likeness { base, runs, code })
        }
    }

    /// The file to map from, the pages that are equal, and which of them are code.
    struct Likeness {
        base: Arc<Base>,
        runs: Vec<Range<usize>>,
        code: Range<usize>,
    }

    #[expect(unsafe_code, reason = "an image is memory that the component owns")]
    fn image_of(component: &Component) -> &[u8] {
        let range = component.image_range();
        let length = range.end.addr().saturating_sub(range.start.addr());
        // SAFETY: the range is the component's image, which lives as long as the component and which nobody writes once it is loaded.
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

    /// Runs of pages, as ranges of bytes, that are the same in both and lie on one side of the code's bounds: the longest few.
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
        runs.sort_by_key(|run| std::cmp::Reverse(run.len()));
        runs.truncate(MAPPINGS);
        runs.sort_by_key(|run| run.start);
        runs
    }

    /// As wasmtime protects its images.
    fn protection(image: &[u8], pages: &Range<usize>, code: &Range<usize>) -> ProtFlags {
        if pages.start < code.start || pages.end > code.end {
            return ProtFlags::READ;
        }
        let protection = ProtFlags::READ | ProtFlags::EXEC;
        if has_branch_targets(image) {
            return protection | BRANCH_TARGETS;
        }
        protection
    }

    #[cfg(target_arch = "aarch64")]
    const BRANCH_TARGETS: ProtFlags = ProtFlags::BTI;
    #[cfg(not(target_arch = "aarch64"))]
    const BRANCH_TARGETS: ProtFlags = ProtFlags::empty();

    /// Whether the code was compiled for processors that check where branches lead.
    fn has_branch_targets(image: &[u8]) -> bool {
        object::File::parse(image)
            .ok()
            .and_then(|file| Some(file.section_by_name(".wasmtime.bti")?.data().ok()? == [1]))
            .unwrap_or(false)
    }

    /// Puts pages of the base in the place of equal ones.
    ///
    /// # Safety
    ///
    /// The pages are mapped memory of this image, whose bytes are those of the base's pages, and nothing needs them to be writable.
    #[expect(unsafe_code, reason = "maps over memory that is in use")]
    unsafe fn map(
        image: *const u8,
        pages: &Range<usize>,
        protection: ProtFlags,
        base: &Base,
    ) -> Result<(), Errno> {
        let offset = u64::try_from(pages.start).map_err(|_| Errno::OVERFLOW)?;
        let address = image.wrapping_add(pages.start).cast_mut().cast();
        // SAFETY: the caller's promise; the base is sealed.
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
        use wasmtime::Engine;

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
        fn few_and_the_longest_however_many_there_are() {
            let page = page();
            let image = vec![7; 1024 * page];
            let mut base = image.clone();
            // Every ninth page is another: over a hundred runs of eight, and one of a hundred.
            for number in (0..900).step_by(9) {
                base[number * page] = 8;
            }
            let runs = equal_pages(&image, &base, &(0..1024 * page));
            assert_eq!(runs.len(), MAPPINGS);
            assert!(runs.iter().any(|run| run.len() > 100 * page));
            assert!(runs.is_sorted_by_key(|run| run.start));
        }

        /// Many functions, so that two begin alike, and as much data as is asked for.
        fn component(engine: &Engine, data_bytes: usize) -> Component {
            let functions: String = (0..2_000)
                .map(|number| {
                    format!("(func (param i32) (result i32) (i32.mul (local.get 0) (i32.const {number})))")
                })
                .collect();
            let data = "x".repeat(data_bytes);
            let module = format!(r#"(core module {functions} (memory 64) (data (i32.const 0) "{data}"))"#);
            Component::new(engine, wat::parse_str(format!("(component {module})")).unwrap()).unwrap()
        }

        #[test]
        fn who_has_little_in_common_with_a_guest_keeps_nothing_of_it_alive() {
            let engine = Engine::new(&crate::engine::base_config()).unwrap();
            let sharing = Sharing::default();
            let large = component(&engine, 3_000_000);
            let held = sharing.share(&large).unwrap().unwrap();
            assert!(held.saved_bytes() > 3_000_000);
            assert_eq!(held.file().1, image_of(&large).len().next_multiple_of(page()));
            let like = sharing.share(&component(&engine, 3_000_001)).unwrap().unwrap();
            assert_eq!(like.file(), held.file());
            assert!(sharing.share(&component(&engine, 10)).unwrap().is_none());
            drop((held, like));
            let small = sharing.share(&component(&engine, 10)).unwrap().unwrap();
            assert!(small.file().1 < 1_000_000, "the large one's file is gone");
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

    use super::Broken;

    #[derive(Debug, Default)]
    pub(crate) struct Sharing;

    #[derive(Debug)]
    pub(crate) struct Shared;

    impl Shared {
        pub(crate) fn saved_bytes(&self) -> usize {
            0
        }

        pub(crate) fn file(&self) -> (usize, usize) {
            (0, 0)
        }
    }

    impl Sharing {
        #[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
        pub(crate) fn share(&self, _: &Component) -> Result<Option<Shared>, Broken> {
            Ok(None)
        }
    }
}
