//! Where the files of a lab come from.

use std::fs;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use include_dir::{Dir, include_dir};

use crate::diagnostic::{Code, Place, Span};

use super::source::{Source, whole_file};

/// The file that makes a folder a lab.
pub(super) const LAB_FILE: &str = "lab.yaml";

/// What a file of a lab is called for the user, who calls the lab's folder `shown_as`.
pub(super) fn shown(shown_as: &str, file: &str) -> String {
    match shown_as {
        "" => file.to_owned(),
        folder => format!("{}/{file}", folder.trim_end_matches('/')),
    }
}

/// The largest file that is read, in bytes.
const LARGEST_FILE: usize = 1 << 20;

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// Where a lab's files come from.
#[derive(Clone, Debug)]
pub enum LabFiles {
    /// The folder that holds its `lab.yaml`.
    Folder(PathBuf),
    /// The same, inside this binary.
    Shipped(&'static Dir<'static>),
}

/// The names of the labs that this binary holds, sorted.
pub fn shipped_labs() -> Vec<&'static str> {
    let names = SHIPPED.dirs().filter_map(|lab| {
        let name = lab.path().file_name()?.to_str()?;
        lab.get_file(lab.path().join("lab.yaml")).map(|_| name)
    });
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names
}

/// The lab of this name that this binary holds.
pub fn shipped_lab(name: &str) -> Option<LabFiles> {
    let known = shipped_labs().contains(&name);
    SHIPPED
        .get_dir(name)
        .filter(|_| known)
        .map(LabFiles::Shipped)
}

/// Why a file could not be read, and what to point at in it.
pub(super) struct Unread {
    pub(super) code: Code,
    pub(super) place: Place,
}

impl LabFiles {
    /// Reads a file of the lab; `shown` is what it is called for the user.
    pub(super) fn read(&self, name: &str, shown: &str) -> Result<Rc<Source>, Box<Unread>> {
        match self {
            LabFiles::Folder(folder) => read(&folder.join(name), shown),
            LabFiles::Shipped(folder) => match folder.get_file(folder.path().join(name)) {
                Some(file) => decode(file.contents(), shown),
                None => Err(not_found(shown)),
            },
        }
    }

    /// The text of its `lab.yaml`, if it can be read.
    pub fn lab_text(&self) -> Option<String> {
        let source = self.read(LAB_FILE, LAB_FILE).ok()?;
        Some(source.text.clone())
    }

    /// Whether there is a file of this name below the folder.
    pub(super) fn holds(&self, name: &str) -> bool {
        match self {
            LabFiles::Folder(folder) => folder.join(name).is_file(),
            LabFiles::Shipped(folder) => folder.get_file(folder.path().join(name)).is_some(),
        }
    }

    /// The YAML files that stand beside `lab.yaml`, sorted. What can't be listed is left out.
    pub(super) fn yaml_files(&self) -> Vec<String> {
        let names: Vec<PathBuf> = match self {
            LabFiles::Folder(folder) => fs::read_dir(folder)
                .into_iter()
                .flatten()
                .filter_map(|entry| entry.ok().map(|entry| entry.path()))
                .filter(|path| path.is_file())
                .collect(),
            LabFiles::Shipped(folder) => {
                let files = folder.files();
                files.map(|file| file.path().to_owned()).collect()
            }
        };
        let mut names: Vec<String> = names
            .iter()
            .filter(|path| {
                path.extension()
                    .is_some_and(|it| it == "yaml" || it == "yml")
            })
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        names.sort_unstable();
        names
    }
}

impl Unread {
    fn new(code: Code, place: Place) -> Box<Unread> {
        Box::new(Unread { code, place })
    }
}

fn not_found(shown: &str) -> Box<Unread> {
    let file = shown.to_owned();
    Unread::new(Code::NotFound { file }, whole_file(shown))
}

/// Reads a file; never more of it than the limit, and nothing that isn't a regular file.
pub(super) fn read(path: &Path, shown: &str) -> Result<Rc<Source>, Box<Unread>> {
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => not_found(shown),
        _ => {
            let reason = error.to_string();
            Unread::new(Code::Unreadable { reason }, whole_file(shown))
        }
    };
    // open(2): without O_NONBLOCK, opening a FIFO waits for somebody to write to it.
    let file = fs::OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(path)
        .map_err(unreadable)?;
    if !file.metadata().map_err(unreadable)?.is_file() {
        let error = std::io::Error::from_raw_os_error(libc::EISDIR);
        return Err(unreadable(error));
    }
    let mut bytes = Vec::new();
    let most = LARGEST_FILE as u64 + 1;
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    decode(&bytes, shown)
}

/// What `bytes` say, if they are UTF-8 and not too many.
pub(super) fn decode(bytes: &[u8], shown: &str) -> Result<Rc<Source>, Box<Unread>> {
    if bytes.len() > LARGEST_FILE {
        let limit = LARGEST_FILE;
        return Err(Unread::new(Code::TooLarge { limit }, whole_file(shown)));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            Ok(Source::new(shown, text.to_owned()))
        }
        Err(error) => {
            let start = error.valid_up_to();
            // Only the line up to the first wrong byte: the rest may be anything.
            let text = String::from_utf8_lossy(&bytes[..start]).into_owned() + "\u{fffd}";
            let place = Source::new(shown, text).place(Span {
                start,
                end: start + '\u{fffd}'.len_utf8(),
            });
            Err(Unread::new(Code::NotUtf8, place))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_FILE, LabFiles, decode, shipped_lab, shipped_labs};

    #[test]
    fn bytes_become_text() {
        let read = |bytes: &[u8]| match decode(bytes, "f") {
            Ok(source) => Ok(source.text.clone()),
            Err(unread) => Err((unread.code.name(), unread.place.line, unread.place.column)),
        };
        assert_eq!(read(b"\xef\xbb\xbfviva: 1"), Ok("viva: 1".to_owned()));
        assert_eq!(read(b""), Ok(String::new()));
        assert_eq!(
            read("一\n二\u{feff}".as_bytes()),
            Ok("一\n二\u{feff}".to_owned())
        );
        assert_eq!(
            read("一\n二".as_bytes().split_last().unwrap().1),
            Err(("not-utf8", 2, 1))
        );
        assert_eq!(
            read(&vec![b' '; LARGEST_FILE]).map(|text| text.len()),
            Ok(LARGEST_FILE)
        );
        assert_eq!(
            read(&vec![b' '; LARGEST_FILE + 1]),
            Err(("too-large", 0, 0))
        );
    }

    #[test]
    fn shipped_labs_are_found_by_name() {
        let names = shipped_labs();
        assert!(names.is_sorted());
        for name in names {
            assert!(matches!(shipped_lab(name), Some(LabFiles::Shipped(_))));
        }
        for name in ["", ".", "..", "echo/known", "README.md", "nothing"] {
            assert!(shipped_lab(name).is_none(), "{name}");
        }
    }
}
