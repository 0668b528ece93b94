//! The compiler's output as a file of sections, some of which can be replaced.
//!
//! ELF for 64 bits (System V ABI, "Object Files"): a header, sections one after the other, each at a multiple of its alignment, and their headers at
//! the end. There are no segments, and nothing in a section refers to a place in the file.

use object::elf::{FileHeader64, SHN_LORESERVE, SHT_NOBITS, SHT_NULL, SectionHeader64};
use object::endian::LittleEndian;
use object::pod::{bytes_of, bytes_of_slice};
use object::read::elf::{FileHeader as _, SectionHeader as _};

use super::Unlike;

type Header = FileHeader64<LittleEndian>;
type Section = SectionHeader64<LittleEndian>;

const BROKEN: Unlike = Unlike("the compiled file");

/// A compiled component.
pub(super) struct Elf {
    file: Vec<u8>,
    header: Header,
    sections: Vec<(String, Section)>,
}

impl Elf {
    pub(super) fn parse(file: Vec<u8>) -> Result<Self, Unlike> {
        let endian = LittleEndian;
        let header = *Header::parse(&*file).map_err(|_| BROKEN)?;
        header.endian().map_err(|_| BROKEN)?;
        let table = header.sections(endian, &*file).map_err(|_| BROKEN)?;
        let has_segments = header.e_phnum(endian) != 0;
        if has_segments || table.len() >= usize::from(SHN_LORESERVE) {
            return Err(BROKEN);
        }
        let mut sections = Vec::with_capacity(table.len());
        let mut end = u64::try_from(size_of::<Header>()).map_err(|_| BROKEN)?;
        for section in table.iter() {
            let name = table.section_name(endian, section).map_err(|_| BROKEN)?;
            let kind = section.sh_type(endian);
            if kind == SHT_NOBITS {
                return Err(BROKEN);
            }
            if kind != SHT_NULL {
                // In the order of the file, or this is not the file that is understood here.
                if section.sh_offset(endian) < end {
                    return Err(BROKEN);
                }
                end = section.sh_offset(endian) + section.sh_size(endian);
            }
            sections.push((String::from_utf8_lossy(name).into_owned(), *section));
        }
        if header.e_shoff(endian) < end {
            return Err(BROKEN);
        }
        Ok(Self {
            file,
            header,
            sections,
        })
    }

    /// What is in the section of this name.
    pub(super) fn section(&self, name: &str) -> Result<&[u8], Unlike> {
        self.named(name)?
            .data(LittleEndian, &*self.file)
            .map_err(|_| BROKEN)
    }

    pub(super) fn alignment(&self, name: &str) -> Result<u64, Unlike> {
        Ok(self.named(name)?.sh_addralign(LittleEndian))
    }

    fn named(&self, name: &str) -> Result<&Section, Unlike> {
        let mut found = self.sections.iter().filter(|(other, _)| other == name);
        match (found.next(), found.next()) {
            (Some((_, section)), None) => Ok(section),
            _ => Err(BROKEN),
        }
    }

    /// The same file with other contents in these sections.
    pub(super) fn with(&self, replaced: &[(&str, &[u8])]) -> Result<Vec<u8>, Unlike> {
        let endian = LittleEndian;
        let more: usize = replaced.iter().map(|(_, bytes)| bytes.len()).sum();
        let mut file = Vec::with_capacity(self.file.len() + more);
        file.extend_from_slice(bytes_of(&self.header));
        let mut sections = Vec::with_capacity(self.sections.len());
        for (name, section) in &self.sections {
            let mut section = *section;
            if section.sh_type(endian) != SHT_NULL {
                let contents = match replaced.iter().find(|(other, _)| other == name) {
                    Some((_, bytes)) => bytes,
                    None => section.data(endian, &*self.file).map_err(|_| BROKEN)?,
                };
                align(&mut file, section.sh_addralign(endian))?;
                section.sh_offset.set(endian, length(&file)?);
                section
                    .sh_size
                    .set(endian, u64::try_from(contents.len()).map_err(|_| BROKEN)?);
                file.extend_from_slice(contents);
            }
            sections.push(section);
        }
        align(&mut file, 8)?;
        let mut header = self.header;
        header.e_shoff.set(endian, length(&file)?);
        file.extend_from_slice(bytes_of_slice(&sections));
        let start = file.get_mut(..size_of::<Header>()).ok_or(BROKEN)?;
        start.copy_from_slice(bytes_of(&header));
        Ok(file)
    }
}

fn align(file: &mut Vec<u8>, alignment: u64) -> Result<(), Unlike> {
    let alignment = usize::try_from(alignment).map_err(|_| BROKEN)?.max(1);
    file.resize(file.len().next_multiple_of(alignment), 0);
    Ok(())
}

fn length(file: &[u8]) -> Result<u64, Unlike> {
    u64::try_from(file.len()).map_err(|_| BROKEN)
}
