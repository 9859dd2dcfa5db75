//! Tells whether a submission is the same as before.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::names::is_junk;

/// SHA-256 (hexadecimal) of the names, contents and executable bits of all plain files below `folder` that a box gets a copy of. It does
/// not depend on where the folder lies, on times, on owners, and on what is left out.
pub(super) fn digest(folder: &Path) -> io::Result<String> {
    let mut whole = Sha256::new();
    let mut files = Vec::new();
    list(folder, "", 0, &mut files)?;
    files.sort();
    for name in files {
        let path = folder.join(&name);
        let metadata = fs::symlink_metadata(&path)?;
        let mut own = Sha256::new();
        let mut file = match File::open(&path) {
            Ok(file) => file,
            // Nobody gets a copy of it.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => continue,
            Err(error) => return Err(error),
        };
        let mut buffer = vec![0; 64 << 10];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => own.update(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        whole.update((name.len() as u64).to_le_bytes());
        whole.update(name.as_bytes());
        whole.update([u8::from(metadata.permissions().mode() & 0o111 != 0)]);
        whole.update(own.finalize());
    }
    Ok(data_encoding::HEXLOWER.encode(&whole.finalize()))
}

/// All plain files below `folder` that count, as paths below it.
pub(super) fn list(
    folder: &Path,
    prefix: &str,
    depth: usize,
    files: &mut Vec<String>,
) -> io::Result<()> {
    let limits = crate::r#box::LIMITS;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        // Who has such names got a copy with others.
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if is_junk(&name) || files.len() > limits.entries {
            continue;
        }
        let shown = format!("{prefix}{name}");
        if kind.is_file() {
            files.push(shown);
        } else if kind.is_dir() && depth < limits.depth {
            list(&entry.path(), &format!("{shown}/"), depth + 1, files)?;
        }
    }
    Ok(())
}
