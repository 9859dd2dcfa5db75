//! Reads zip archives: entry by entry from the central directory, in bounded memory. (APPNOTE.TXT of PKWARE; Info-ZIP's extra fields)

use std::fs::File;
use std::io;
use std::path::Path;

use rawzip::{
    CompressionMethod, CreatorSystem, ErrorKind, FileReader, MAX_CENTRAL_DIRECTORY_RECORD_SIZE,
    ZipArchive, ZipFileHeaderRecord,
};

use rawzip::extra_fields::ExtraFieldId;

use super::names::decode;
use super::unpacking::{Halt, Incoming, Kind, Unpacking, unread};
use super::why::{Unusable, Why};

/// An open zip archive.
pub(super) struct Zip {
    archive: ZipArchive<FileReader>,
    buffer: Vec<u8>,
    /// Names without encoding are UTF-8, all of them.
    is_utf8: bool,
}

impl Zip {
    pub(super) fn open(path: &Path) -> Result<Zip, Unusable> {
        let file = File::open(path);
        let file = file.map_err(|error| Unusable::new(Why::Unreadable, error.to_string()))?;
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let archive = ZipArchive::from_file(file, &mut buffer).map_err(unusable)?;
        let mut zip = Zip {
            archive,
            buffer,
            is_utf8: true,
        };
        // One name that is no UTF-8 tells what system wrote all of them.
        let mut is_utf8 = true;
        zip.each(|entry| {
            is_utf8 &= entry.flags().is_utf8() || std::str::from_utf8(raw(entry)).is_ok();
            true
        })?;
        zip.is_utf8 = is_utf8;
        Ok(zip)
    }

    /// Calls `with` for each path, until it says no.
    pub(super) fn paths(&mut self, mut with: impl FnMut(&str) -> bool) -> Result<(), Unusable> {
        let is_utf8 = self.is_utf8;
        self.each(|entry| with(&name(entry, is_utf8)))
    }

    fn each(
        &mut self,
        mut with: impl FnMut(&ZipFileHeaderRecord<'_>) -> bool,
    ) -> Result<(), Unusable> {
        let promised = self.archive.entries_hint();
        let mut entries = self.archive.entries(&mut self.buffer);
        let mut count = 0u64;
        while let Some(entry) = entries.next_entry().map_err(unusable)? {
            count += 1;
            if !with(&entry) {
                return Ok(());
            }
        }
        // Some archivers count no further than 16 bits.
        if count % (1 << 16) != promised % (1 << 16) {
            return Err(Unusable {
                why: Why::Damaged,
                about: None,
            });
        }
        Ok(())
    }

    /// Unpacks everything.
    pub(super) fn unpack(&mut self, into: &mut Unpacking<'_>, stop: bool) -> Result<(), Halt> {
        self.paths(|path| {
            into.announce(path);
            true
        })?;
        let Zip {
            archive,
            buffer,
            is_utf8,
        } = self;
        let mut entries = archive.entries(buffer);
        while let Some(entry) = entries.next_entry().map_err(unusable)? {
            let path = name(&entry, *is_utf8);
            let incoming = Incoming {
                path: &path,
                kind: kind(&entry),
                size: Some(entry.uncompressed_size_hint()),
                packed: entry.compressed_size_hint(),
            };
            let is_file = matches!(incoming.kind, Kind::File { .. });
            if is_file && entry.flags().is_encrypted() {
                into.refuse(&into.first_of(&path), Unusable::new(Why::Encrypted, &path));
            } else if is_file {
                match archive.get_entry(entry.wayfinder()) {
                    Ok(found) => match entry.compression_method() {
                        CompressionMethod::STORE => {
                            into.take(&incoming, &mut found.verifying_reader(found.reader()))?;
                        }
                        CompressionMethod::DEFLATE => {
                            let inflated = flate2::read::DeflateDecoder::new(found.reader());
                            into.take(&incoming, &mut found.verifying_reader(inflated))?;
                        }
                        method => {
                            let about = format!("{path} ({})", method.as_u16());
                            let why = Unusable::new(Why::UnknownCompression, about);
                            into.refuse(&into.first_of(&path), why);
                        }
                    },
                    Err(error) => {
                        let why = unread(&io::Error::from(unread_kind(error.kind())), &path);
                        into.refuse(&into.first_of(&path), why);
                    }
                }
            } else {
                into.take(&incoming, &mut io::empty())?;
            }
            if stop && !into.unusable.is_empty() {
                break;
            }
        }
        Ok(())
    }
}

fn raw<'a>(entry: &'a ZipFileHeaderRecord<'_>) -> &'a [u8] {
    entry.file_path().as_bytes()
}

/// The name of an entry: marked as UTF-8, else Info-ZIP's name in Unicode (0x7075), else what all names of the archive are.
fn name(entry: &ZipFileHeaderRecord<'_>, is_utf8: bool) -> String {
    let raw = raw(entry);
    if entry.flags().is_utf8() {
        return String::from_utf8_lossy(raw).into_owned();
    }
    let fields = entry.extra_fields();
    for (id, data) in fields {
        // A version (1), the checksum of the name that it stands for, and the name.
        if id == ExtraFieldId::INFO_ZIP_UNICODE_PATH
            && let [1, a, b, c, d, name @ ..] = data
            && u32::from_le_bytes([*a, *b, *c, *d]) == rawzip::crc32(raw)
            && let Ok(name) = std::str::from_utf8(name)
        {
            return name.to_owned();
        }
    }
    if is_utf8 {
        String::from_utf8_lossy(raw).into_owned()
    } else {
        decode_all(raw)
    }
}

/// A name of an archive whose names are not UTF-8.
fn decode_all(raw: &[u8]) -> String {
    let (text, _, wrong) = encoding_rs::GB18030.decode(raw);
    if wrong {
        decode(raw)
    } else {
        text.into_owned()
    }
}

fn kind(entry: &ZipFileHeaderRecord<'_>) -> Kind {
    let mode = entry.external_attributes() >> 16;
    let by_unix = matches!(
        entry.version_made_by().creator_system(),
        CreatorSystem::UNIX | CreatorSystem::MACOS
    );
    match mode & 0o170_000 {
        0o120_000 => Kind::Link,
        0o020_000 | 0o060_000 | 0o010_000 | 0o140_000 if by_unix => Kind::Special,
        _ if entry.is_dir() || raw(entry).ends_with(b"\\") => Kind::Folder,
        _ => Kind::File {
            executable: by_unix && mode & 0o111 != 0,
        },
    }
}

fn unusable(error: rawzip::Error) -> Unusable {
    match error.kind() {
        ErrorKind::IO(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Unusable::new(Why::Unreadable, error.to_string())
        }
        // The central directory is what stands last.
        ErrorKind::MissingEndOfCentralDirectory | ErrorKind::Eof | ErrorKind::IO(_) => Unusable {
            why: Why::Truncated,
            about: None,
        },
        _ => Unusable {
            why: Why::Damaged,
            about: None,
        },
    }
}

fn unread_kind(kind: &ErrorKind) -> io::ErrorKind {
    match kind {
        ErrorKind::Eof => io::ErrorKind::UnexpectedEof,
        ErrorKind::IO(error) => error.kind(),
        _ => io::ErrorKind::InvalidData,
    }
}
