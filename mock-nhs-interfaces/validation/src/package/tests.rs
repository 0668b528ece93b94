//! Packages as publishers make them, and as attackers do.

use std::io::Write;

use definitions::ArtefactKind;
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use super::{MAX_FILE_BYTES, MAX_FILES, Package, PackageError};

const MANIFEST: (&str, &str) = (
    "package/package.json",
    r#"{"name":"a","version":"1.0.0","fhirVersions":["4.0.1"]}"#,
);
const PROFILE: (&str, &str) = (
    "package/StructureDefinition-p.json",
    r#"{"resourceType":"StructureDefinition","id":"p","url":"http://example.org/p","version":"1.2.3"}"#,
);

fn header(path: &str, kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

fn tgz(files: &[(&str, &str)]) -> Vec<u8> {
    tgz_of(files.iter().map(|(path, text)| {
        (
            header(path, EntryType::Regular, text.len() as u64),
            text.as_bytes().to_vec(),
        )
    }))
}

fn tgz_of(entries: impl Iterator<Item = (Header, Vec<u8>)>) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (header, bytes) in entries {
        builder.append(&header, bytes.as_slice()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

#[test]
fn a_package_is_read_and_indexed() {
    let package = Package::read(&tgz(&[
        MANIFEST,
        PROFILE,
        ("package/.index.json", "{}"),
        (
            "package/examples/Patient-1.json",
            r#"{"resourceType":"Patient","id":"1"}"#,
        ),
        ("package/other/x.json", "not JSON, not read"),
        ("package/x.xml", "<x/>"),
    ]))
    .unwrap();
    assert_eq!((package.name.as_str(), package.version.as_str()), ("a", "1.0.0"));
    assert_eq!(package.resources().len(), 2);
    assert_eq!(package.kinds(), [("StructureDefinition", 1)]);
    let count = |canonical| {
        package
            .artefacts(ArtefactKind::StructureDefinition, canonical)
            .count()
    };
    assert_eq!(count("http://example.org/p"), 1);
    assert_eq!(count("http://example.org/p|1.2"), 1);
    assert_eq!(count("http://example.org/p|2.0"), 0);
    assert_eq!(
        package
            .artefacts(ArtefactKind::ValueSet, "http://example.org/p")
            .count(),
        0
    );
    assert!(package.resources()[1].is_example());
}

#[test]
fn what_is_no_package_is_refused_with_the_reason() {
    let wrong = (
        "package/package.json",
        r#"{"name":"a","version":"1","fhirVersions":["5.0.0"]}"#,
    );
    let cases = [
        (b"not gzip".to_vec(), "no gzipped tar"),
        (tgz(&[PROFILE]), "no package/package.json"),
        (tgz(&[MANIFEST]), "no resource"),
        (tgz(&[wrong, PROFILE]), "made for FHIR"),
        (
            tgz(&[MANIFEST, ("package/x.json", "{")]),
            "package/x.json is not JSON",
        ),
        (tgz(&[MANIFEST, ("package/../../x.json", "{}")]), "leads out"),
        (tgz(&[MANIFEST, ("/etc/x.json", "{}")]), "leads out"),
        (tgz(&[MANIFEST, ("package\\x.json", "{}")]), "leads out"),
    ];
    for (bytes, reason) in cases {
        let error = Package::read(&bytes).unwrap_err().to_string();
        assert!(error.contains(reason), "{error} / {reason}");
    }
    let whole = tgz(&[MANIFEST, PROFILE]);
    assert!(Package::read(&whole[..whole.len() / 2]).is_err());
}

#[test]
fn links_are_refused() {
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char] {
        let bytes = tgz_of(std::iter::once((header("package/x.json", kind, 0), Vec::new())));
        assert!(matches!(Package::read(&bytes), Err(PackageError::Path(_))));
    }
}

#[test]
fn bombs_end_early() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    let size = 1 << 30;
    bomb.write_all(header("package/x.json", EntryType::Regular, size).as_bytes())
        .unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..32 {
        bomb.write_all(&zeros).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    assert!(matches!(Package::read(&bomb), Err(PackageError::FileTooLarge(_))));

    let mut skipped = GzEncoder::new(Vec::new(), Compression::best());
    skipped
        .write_all(header("package/x.xml", EntryType::Regular, size).as_bytes())
        .unwrap();
    for _ in 0..32 {
        skipped.write_all(&zeros).unwrap();
    }
    assert!(matches!(
        Package::read(&skipped.finish().unwrap()),
        Err(PackageError::TooLarge)
    ));

    let large = header("package/x.json", EntryType::Regular, MAX_FILE_BYTES + 1);
    let noise: Vec<u8> = (0..=MAX_FILE_BYTES)
        .map(|number| (number.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0])
        .collect();
    let bytes = tgz_of(std::iter::once((large, noise)));
    assert!(matches!(
        Package::read(&bytes),
        Err(PackageError::FileTooLarge(_))
    ));

    // Of noise, so that it is the number of files that ends it.
    let noise: Vec<u8> = (0..400_u32)
        .map(|number| (number.wrapping_mul(2_654_435_761) >> 11).to_le_bytes()[0])
        .collect();
    let many = (0..=MAX_FILES).map(|number| {
        let path = format!("package/{number}.txt");
        (
            header(&path, EntryType::Regular, noise.len() as u64),
            noise.clone(),
        )
    });
    let error = Package::read(&tgz_of(many)).unwrap_err();
    assert!(
        matches!(error, PackageError::TooManyFiles | PackageError::TooLarge),
        "{error}"
    );
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_answered(place in 0_usize..2_000, value: u8) {
        let mut bytes = tgz(&[MANIFEST, PROFILE]);
        let length = bytes.len();
        bytes[place % length] = value;
        let _ = Package::read(&bytes);
    }
}
