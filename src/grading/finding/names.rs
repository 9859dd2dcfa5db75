//! Names of files as students, their systems and their archivers write them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use encoding_rs::GB18030;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// The longest name of a file (`NAME_MAX` of Linux, limits.h(0p)).
const LONGEST: usize = 255;
/// The longest path inside a submission, in bytes: `PATH_MAX` is 4096, and something stands before it.
const LONGEST_PATH: usize = 2048;

/// A name without encoding: UTF-8 if it can be, else what Chinese Windows writes.
pub(super) fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// A name in a folder as a text.
pub(super) fn shown(name: &OsStr) -> String {
    decode(name.as_bytes())
}

/// Why a path of an archive is none that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It leads out of the folder.
    Outside,
    /// It is too long even with shortened names.
    TooLong,
}

/// A path of an archive, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// At least one, each fit to be a file's name.
    pub(super) names: Vec<String>,
    /// One of them was too long, and is cut.
    pub(super) shortened: bool,
}

/// Takes a path of an archive apart: `/` and `\` part it, names are composed (NFC), so that those from a Mac are those that programs use.
/// `None`: it names the folder itself.
pub(super) fn parts(path: &str) -> Result<Option<Parts>, Refused> {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    if drive || path.starts_with(['/', '\\']) {
        return Err(Refused::Outside);
    }
    let (mut names, mut shortened, mut length) = (Vec::new(), false, 0);
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => return Err(Refused::Outside),
            part => {
                let name: String = part
                    .nfc()
                    .map(|c| if c == '\0' { '_' } else { c })
                    .collect();
                shortened |= name.len() > LONGEST;
                let name = shorten(&name, LONGEST);
                length += name.len() + 1;
                names.push(name);
            }
        }
    }
    if length > LONGEST_PATH {
        return Err(Refused::TooLong);
    }
    Ok((!names.is_empty()).then_some(Parts { names, shortened }))
}

/// `name` in at most `longest` bytes: what is cut leaves a trace, so that different names stay different. The extension stays.
fn shorten(name: &str, longest: usize) -> String {
    if name.len() <= longest {
        return name.to_owned();
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let extension = match extension.len() {
        1..=16 => format!(".{extension}"),
        _ => String::new(),
    };
    let trace = trace(name);
    let mut room = longest - extension.len() - trace.len() - 1;
    while !name.is_char_boundary(room) {
        room -= 1;
    }
    format!("{}~{trace}{extension}", &name[..room])
}

/// A few characters that stand for a text.
pub(super) fn trace(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    data_encoding::HEXLOWER.encode(&digest[..4])
}

/// `text` as a key: fit to be a file's name on every system, and an argument.
pub(super) fn key(text: &str) -> String {
    const LONGEST_KEY: usize = 100;
    let plain: String = text
        .nfc()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_control() || is_formatting(c) => '_',
            c => c,
        })
        .collect();
    let plain = plain.trim().trim_end_matches('.').trim_end();
    let mut key = shorten(plain, LONGEST_KEY);
    if key.starts_with(['.', '-', '~']) {
        key.replace_range(..1, "_");
    }
    if key.is_empty() { "_".into() } else { key }
}

/// Characters that nobody sees, but that turn text round or join it.
fn is_formatting(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A text as it is compared: composed, full-width forms as usual ones, without case.
pub(super) fn folded(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase()
}

/// Files and folders that don't count as content: what systems, editors and tools leave behind, and what a box leaves out.
pub(super) fn is_junk(name: &str) -> bool {
    const JUNK: [&str; 13] = [
        ".DS_Store",
        "__MACOSX",
        "Thumbs.db",
        "desktop.ini",
        ".Trashes",
        ".Spotlight-V100",
        ".fseventsd",
        ".idea",
        ".vscode",
        ".vs",
        ".svn",
        ".pytest_cache",
        ".ipynb_checkpoints",
    ];
    crate::r#box::NOT_COPIED.contains(&name) || JUNK.contains(&name) || name.starts_with("._")
}

/// Files that people read, which say nothing about where the programs are.
pub(super) fn is_document(name: &str) -> bool {
    const DOCUMENTS: [&str; 17] = [
        "pdf", "doc", "docx", "odt", "rtf", "md", "ppt", "pptx", "xls", "xlsx", "png", "jpg",
        "jpeg", "gif", "mp4", "mov", "wps",
    ];
    let extension = extension(name);
    DOCUMENTS.contains(&extension.as_str())
}

/// What stands behind the last dot, in lower case.
pub(super) fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.to_lowercase(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Refused, decode, folded, is_junk, key, parts};

    #[test]
    fn names_without_encoding_are_utf8_or_what_chinese_windows_writes() {
        assert_eq!(decode("服务器.py".as_bytes()), "服务器.py");
        assert_eq!(decode(b"\xb7\xfe\xce\xf1\xc6\xf7.py"), "服务器.py");
        assert_eq!(decode(b"server.py"), "server.py");
    }

    #[test]
    fn paths_stay_inside() {
        for path in [
            "../x",
            "a/../../x",
            "/etc/passwd",
            "\\\\host\\share",
            "C:\\x",
            "c:x",
            "a\\..\\x",
            "..",
        ] {
            assert_eq!(parts(path), Err(Refused::Outside), "{path}");
        }
        assert_eq!(
            parts(&"abc/".repeat(1000)).map(|_| ()),
            Err(Refused::TooLong)
        );
        let names = |path: &str| parts(path).unwrap().map(|parts| parts.names);
        assert_eq!(
            names("lab\\src//./server.py").unwrap(),
            ["lab", "src", "server.py"]
        );
        assert_eq!(names("./"), None);
        // Decomposed, as a Mac writes it.
        assert_eq!(names("cafe\u{301}.py").unwrap(), ["caf\u{e9}.py"]);
    }

    #[test]
    fn a_name_too_long_is_cut_and_stays_different() {
        let long = |last: &str| format!("{}{last}.py", "文".repeat(100));
        let cut = |last: &str| parts(&long(last)).unwrap().unwrap();
        let (one, other) = (cut("a"), cut("b"));
        assert!(one.shortened && one.names[0].len() <= 255 && one.names[0].ends_with(".py"));
        assert_ne!(one.names, other.names);
    }

    #[test]
    fn keys_are_fit_to_be_names_of_files() {
        for (text, expected) in [
            ("20240001-张三", "20240001-张三"),
            ("../../x", "_._.._x"),
            ("a/b\\c:d", "a_b_c_d"),
            ("\u{1b}[2J\u{202e}x", "_[2J_x"),
            ("--only", "_-only"),
            (" x. ", "x"),
            ("...", "_"),
            ("", "_"),
        ] {
            assert_eq!(key(text), expected, "{text:?}");
        }
        assert!(key(&"长".repeat(200)).len() <= 100);
    }

    #[test]
    fn full_width_digits_are_digits() {
        assert_eq!(folded("２０２４Ａb"), "2024ab");
    }

    #[test]
    fn junk_is_known() {
        for name in [
            ".DS_Store",
            "__MACOSX",
            "._server.py",
            "__pycache__",
            ".git",
            "node_modules",
            "Thumbs.db",
        ] {
            assert!(is_junk(name), "{name}");
        }
        assert!(!is_junk("server.py"));
    }
}
