//! Folders, archives and rosters to be found in, and a look at what was understood.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchiveWriter, ZipDataWriter};
use viva::grading::{
    FindError, Handin, Roll, Roster, Rules, Sources, Submitted, find, read_roster,
};
use viva::scenario::{Lab, LabFiles, Overrides, read_lab};

/// A folder of a test's own: what was downloaded, and where it is unpacked.
pub(crate) struct Stage {
    folder: tempfile::TempDir,
    lab: Lab,
}

const LAB: &str = "\
viva: 1
lab: talk
title: { en: Talk }
roles:
  server: { find: [chat_server.py, \"*[sS]erver*.py\"] }
  client: { find: [chat_client.py, \"*[cC]lient*.py\"] }
scenarios:
  - { use: join.yaml, points: 1 }
";
const SCENARIO: &str = "\
viva: 1
scenario: join
title: { en: Join }
cast:
  server: { role: server }
  alice: { connects: server }
steps:
  - alice: { send: hello }
";

impl Stage {
    pub(crate) fn new() -> Stage {
        Stage::with_lab(LAB)
    }

    pub(crate) fn with_lab(text: &str) -> Stage {
        let folder = tempfile::tempdir().expect("a folder");
        let lab = folder.path().join("lab");
        fs::create_dir_all(&lab).expect("a lab");
        fs::write(lab.join("lab.yaml"), text).expect("a lab");
        fs::write(lab.join("join.yaml"), SCENARIO).expect("a lab");
        let lab = read_lab(&LabFiles::Folder(lab), "lab", &Overrides::default());
        Stage {
            folder,
            lab: lab.expect("a lab in order"),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// How a path below the stage stands in a key.
    pub(crate) fn key(&self, name: &str) -> String {
        self.path(name).display().to_string().replace('/', "_")
    }

    /// Writes a file of the downloads.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
        self
    }

    pub(crate) fn roster(&self, text: &str, key: Option<&str>, group: Option<&str>) -> Roster {
        self.write("roster.csv", text);
        read_roster(&self.path("roster.csv"), key, group).expect("a roster")
    }

    pub(crate) fn find(&self, source: &str) -> Roll {
        self.find_in(&[source], None).expect("a roll")
    }

    pub(crate) fn find_in(
        &self,
        sources: &[&str],
        roster: Option<&Roster>,
    ) -> Result<Roll, FindError> {
        let classes: Vec<PathBuf> = sources.iter().map(|source| self.path(source)).collect();
        let sources = Sources {
            classes: &classes,
            single: &[],
        };
        self.look(&sources, roster, &|_| true)
    }

    /// Finds those whose keys are `mine`.
    pub(crate) fn find_mine(&self, source: &str, mine: &dyn Fn(&str) -> bool) -> Roll {
        let classes = [self.path(source)];
        let sources = Sources {
            classes: &classes,
            single: &[],
        };
        self.look(&sources, None, mine).expect("a roll")
    }

    fn look(
        &self,
        sources: &Sources<'_>,
        roster: Option<&Roster>,
        mine: &dyn Fn(&str) -> bool,
    ) -> Result<Roll, FindError> {
        let rules = Rules {
            lab: &self.lab,
            own: &|_| Ok(None),
            mine,
        };
        find(sources, roster, &rules, &self.path("unpacked"))
    }

    /// Finds in sources that are one submission each.
    pub(crate) fn find_each(&self, sources: &[&str]) -> Result<Roll, FindError> {
        let single: Vec<PathBuf> = sources.iter().map(|source| self.path(source)).collect();
        let sources = Sources {
            classes: &[],
            single: &single,
        };
        self.look(&sources, None, &|_| true)
    }

    /// What was understood, a line for each: key, name, how it is known, what was handed in, and what is odd.
    pub(crate) fn told(&self, roll: &Roll) -> String {
        let mut lines: Vec<String> = roll.entries.iter().map(|entry| self.line(entry)).collect();
        lines.extend(self.odd(&roll.oddities));
        lines
            .join("\n")
            .replace(&format!("{}/", self.folder.path().display()), "")
    }

    fn line(&self, entry: &viva::grading::Entry) -> String {
        let members: Vec<&str> = entry
            .members
            .iter()
            .map(|member| member.key.as_str())
            .collect();
        let mut line = entry.key.clone();
        if entry.name != entry.key {
            line += &format!(" «{}»", entry.name);
        }
        if members != [entry.key.as_str()] {
            line += &format!(" of {}", members.join(" "));
        }
        if let Some(known) = &entry.known {
            line += &format!(" by {known:?}");
        }
        match &entry.submitted {
            Submitted::Nothing => line += ": nothing",
            Submitted::Unusable { source, why, about } => {
                line += &format!(": {source} is {why}");
                line.extend(about.as_ref().map(|about| format!(" ({about})")));
            }
            Submitted::Files(handin) => {
                line += &format!(": {}", handin.source);
                let inside = Path::new(&handin.folder);
                line += &format!(" in {}", inside.display());
                for role in &handin.roles {
                    let file = role.file.as_deref().unwrap_or("-");
                    line += &format!(" {}={file}", role.role);
                }
                if handin.attempts.len() > 1 || handin.attempts[0].source != handin.source {
                    let attempts = handin
                        .attempts
                        .iter()
                        .map(|attempt| attempt.source.as_str());
                    line += &format!(" attempts {}", attempts.collect::<Vec<_>>().join(", "));
                }
                if handin.late != viva::grading::Late::No {
                    line += &format!(" late {:?}", handin.late);
                }
            }
        }
        let odd = self.odd(&entry.oddities);
        line.extend(odd.iter().map(|odd| format!("\n  {odd}")));
        line
    }

    fn odd(&self, oddities: &[viva::grading::Oddity]) -> Vec<String> {
        let line = |oddity: &viva::grading::Oddity| {
            format!(
                "{:?} {}: {}",
                oddity.what,
                oddity.count,
                oddity.about.join(" | ")
            )
        };
        oddities.iter().map(line).collect()
    }

    /// Every file below a folder, with its content, in order.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let mut files = Vec::new();
        walk(&self.path(folder), "", &mut files);
        files.sort();
        files
    }
}

/// What somebody handed in, or a panic.
pub(crate) fn handin<'a>(roll: &'a Roll, key: &str) -> &'a Handin {
    let entry = roll.entries.iter().find(|entry| entry.key == key);
    match entry.map(|entry| &entry.submitted) {
        Some(Submitted::Files(handin)) => handin,
        other => panic!("{key}: {other:?}"),
    }
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().expect("a kind");
        if kind.is_dir() {
            walk(&entry.path(), &format!("{name}/"), files);
        } else {
            files.push(name);
        }
    }
}

/// A zip archive in the making; names are bytes, as archivers without encoding write them.
pub(crate) struct Zip(ZipArchiveWriter<Vec<u8>>);

impl Zip {
    pub(crate) fn new() -> Zip {
        Zip(ZipArchiveWriter::new(Vec::new()))
    }

    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Zip {
        self.entry(
            EntryPath::conformant(name.to_owned()),
            0o100_644,
            content.as_ref(),
        )
    }

    pub(crate) fn raw(self, name: &[u8], content: impl AsRef<[u8]>) -> Zip {
        self.entry(
            EntryPath::verbatim(name.to_vec()),
            0o100_644,
            content.as_ref(),
        )
    }

    pub(crate) fn link(self, name: &str, to: &str) -> Zip {
        self.entry(
            EntryPath::verbatim(name.as_bytes().to_vec()),
            0o120_777,
            to.as_bytes(),
        )
    }

    pub(crate) fn folder(mut self, name: &str) -> Zip {
        self.0
            .new_dir(EntryPath::conformant(name.to_owned()))
            .create()
            .expect("a folder");
        self
    }

    /// An entry that says that it is so large.
    pub(crate) fn declared(mut self, name: &str, size: usize) -> Zip {
        let file = self.0.new_file(EntryPath::conformant(name.to_owned()));
        let file = file.compression_method(CompressionMethod::DEFLATE);
        let (entry, _) = file.start().expect("an entry");
        entry
            .finish(DataDescriptorOutput::new(0, size as u64))
            .expect("an entry");
        self
    }

    /// An entry that says that it needs a password.
    pub(crate) fn encrypted(mut self, name: &str) -> Zip {
        let path = EntryPath::conformant(name.to_owned());
        let (mut entry, config) = self
            .0
            .new_file(path)
            .encrypted(true)
            .start()
            .expect("an entry");
        let mut writer = config.wrap(&mut entry);
        writer.write_all(b"not to be read").expect("content");
        let (_, output) = writer.finish().expect("content");
        entry.finish(output).expect("an entry");
        self
    }

    /// An entry whose name stands in Unicode in an extra field of Info-ZIP.
    pub(crate) fn with_unicode_path(mut self, raw: &[u8], name: &str) -> Zip {
        let mut field = vec![1];
        field.extend(rawzip::crc32(raw).to_le_bytes());
        field.extend(name.as_bytes());
        let file = self.0.new_file(EntryPath::verbatim(raw.to_vec()));
        let id = rawzip::extra_fields::ExtraFieldId::INFO_ZIP_UNICODE_PATH;
        let file = file
            .extra_field(id, &field, rawzip::Header::CENTRAL)
            .expect("a field");
        let (entry, config) = file.start().expect("an entry");
        let writer = config.wrap(std::io::sink());
        let (_, output) = writer.finish().expect("content");
        entry.finish(output).expect("an entry");
        self
    }

    fn entry(mut self, path: EntryPath<'_>, mode: u32, content: &[u8]) -> Zip {
        let file = self.0.new_file(path).unix_permissions(mode);
        if content.is_empty() {
            let (entry, config) = file.start().expect("an entry");
            let (_, output) = config.wrap(std::io::sink()).finish().expect("content");
            entry.finish(output).expect("an entry");
            return self;
        }
        let file = file.compression_method(CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start().expect("an entry");
        let deflate = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
        let mut writer: ZipDataWriter<_> = config.wrap(deflate);
        writer.write_all(content).expect("content");
        let (deflate, output): (_, DataDescriptorOutput) = writer.finish().expect("content");
        deflate.finish().expect("content");
        entry.finish(output).expect("an entry");
        self
    }

    pub(crate) fn done(self) -> Vec<u8> {
        self.0.finish().expect("an archive")
    }
}

/// A tarball in the making.
pub(crate) struct Tar(tar::Builder<Vec<u8>>);

impl Tar {
    pub(crate) fn new() -> Tar {
        Tar(tar::Builder::new(Vec::new()))
    }

    pub(crate) fn file(mut self, name: &str, content: &[u8]) -> Tar {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o755);
        self.0
            .append_data(&mut header, name, content)
            .expect("an entry");
        self
    }

    /// An entry that says that it is so large.
    pub(crate) fn declared(mut self, name: &str, size: usize) -> Tar {
        let mut header = tar::Header::new_gnu();
        header.set_path(name).expect("a path");
        header.set_size(size as u64);
        header.set_cksum();
        self.0.append(&header, &[][..]).expect("an entry");
        self
    }

    /// An entry with no content; the name goes in as it is.
    pub(crate) fn odd(mut self, kind: tar::EntryType, name: &str, to: &str) -> Tar {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..to.len()].copy_from_slice(to.as_bytes());
        header.set_cksum();
        self.0.append(&header, &[][..]).expect("an entry");
        self
    }

    pub(crate) fn done(self) -> Vec<u8> {
        self.0.into_inner().expect("a tarball")
    }

    /// Compressed by a module of Python: `gzip`, `bz2` or `lzma`.
    pub(crate) fn packed_by(self, module: &str) -> Vec<u8> {
        let program = format!(
            "import sys, {module}; sys.stdout.buffer.write({module}.compress(sys.stdin.buffer.read()))"
        );
        let mut python = std::process::Command::new("python3")
            .args(["-I", "-c", &program])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("python3");
        let mut input = python.stdin.take().expect("a pipe");
        // It reads all before it writes anything.
        input.write_all(&self.done()).expect("python3 reads");
        drop(input);
        python.wait_with_output().expect("python3").stdout
    }

    pub(crate) fn gzipped(self) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&self.done()).expect("gzip");
        gzip.finish().expect("gzip")
    }
}

pub(crate) fn make_executable(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
}
