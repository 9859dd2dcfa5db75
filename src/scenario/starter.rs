//! What a new lab begins with.

use std::path::PathBuf;

use include_dir::{Dir, include_dir};

use crate::diagnostic::Language;

use super::files::{LAB_FILE, LabFiles};

static STARTER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/scenario/starter");

/// The name of the lab in [`STARTER`].
const NAME: &str = "new-lab";

const README: &str = "README.md";

/// The readme in Chinese; it takes the other one's place.
const CHINESE_README: &str = "README.zh.md";

/// A file of a new lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Where it stands in the lab's folder.
    pub path: PathBuf,
    /// What it holds.
    pub content: Vec<u8>,
}

/// The files of a new lab called `name`: a copy of the shipped lab `from`, or else a small one that calls for being changed;
/// `None`: no such lab is shipped.
pub fn new_lab(name: &str, from: Option<&str>, language: Language) -> Option<Vec<NewFile>> {
    let (folder, former) = match from {
        None => (&STARTER, NAME),
        Some(from) => match super::files::shipped_lab(from)? {
            LabFiles::Shipped(folder) => (folder, from),
            LabFiles::Folder(_) => return None,
        },
    };
    let mut files = Vec::new();
    gather(folder, folder, &mut files);
    let chinese = files
        .iter()
        .position(|file| file.path.as_os_str() == CHINESE_README);
    if let Some(chinese) = chinese.map(|index| files.remove(index))
        && language == Language::Chinese
        && let Some(readme) = files
            .iter_mut()
            .find(|file| file.path.as_os_str() == README)
    {
        readme.content = chinese.content;
    }
    for file in &mut files {
        let named = [(LAB_FILE, "lab: "), (README, "# "), (README, "./")];
        for (_, before) in named.iter().filter(|(of, _)| file.path.as_os_str() == *of) {
            rename(&mut file.content, before, former, name);
        }
    }
    Some(files)
}

/// Replaces the first `former` that stands behind `before`.
fn rename(content: &mut Vec<u8>, before: &str, former: &str, name: &str) {
    if let Ok(text) = std::str::from_utf8(content) {
        let (from, to) = (format!("{before}{former}"), format!("{before}{name}"));
        *content = text.replacen(&from, &to, 1).into_bytes();
    }
}

fn gather(root: &Dir<'static>, folder: &Dir<'static>, files: &mut Vec<NewFile>) {
    for file in folder.files() {
        if let Ok(path) = file.path().strip_prefix(root.path()) {
            files.push(NewFile {
                path: path.to_owned(),
                content: file.contents().to_vec(),
            });
        }
    }
    for inner in folder.dirs() {
        gather(root, inner, files);
    }
}

#[cfg(test)]
mod tests {
    use super::new_lab;
    use crate::diagnostic::Language;

    fn text(name: &str, from: Option<&str>, language: Language, file: &str) -> String {
        let files = new_lab(name, from, language).expect("a lab");
        let file = files.iter().find(|it| it.path.as_os_str() == file);
        String::from_utf8(file.expect("a file").content.clone()).expect("text")
    }

    #[test]
    fn a_new_lab_has_its_own_name_and_a_readme_in_its_language() {
        let english = text("quiz", None, Language::English, "README.md");
        assert!(
            english.starts_with("# quiz\n") && english.contains("`./quiz`"),
            "{english}"
        );
        let chinese = text("测验", None, Language::Chinese, "README.md");
        assert!(
            chinese.starts_with("# 测验\n") && chinese.contains("`./测验`"),
            "{chinese}"
        );
        assert!(text("quiz", None, Language::English, "lab.yaml").contains("\nlab: quiz\n"));
        let copied = text("mine", Some("hub"), Language::English, "lab.yaml");
        assert!(copied.contains("\nlab: mine\n"), "{copied}");
        let files = new_lab("quiz", None, Language::English).expect("a lab");
        assert!(
            files
                .iter()
                .all(|file| !file.path.ends_with("README.zh.md"))
        );
        assert!(new_lab("quiz", Some("nothing"), Language::English).is_none());
    }
}
