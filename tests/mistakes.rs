//! Every mistake that can be made in a file, and the whole text that Viva says about it.
//!
//! The cases are in `tests/mistakes/*.txt`: `=== title`, then files behind `--- NAME` (or `--- steps` and `--- cast` of a
//! scenario that is right otherwise; or `--- set`, a line `NAME=VALUE` each), then what is said behind `--- says`.
//! `VIVA_BLESS=1` writes what is said now into these files, for a person to read before it is committed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use viva::diagnostic::{Code, Diagnostic, Language};
use viva::report::{Style, diagnostics as show};
use viva::scenario::{LabFiles, Overrides, lint, read_lab, read_scenario};

struct Case {
    title: String,
    files: Vec<(String, String)>,
    says: String,
}

impl Case {
    fn parse(text: &str) -> Case {
        let (title, rest) = text.split_once('\n').expect("a title");
        let mut files = Vec::new();
        let mut says = String::new();
        for section in rest.split("--- ").skip(1) {
            let (name, content) = section.split_once('\n').expect("a section");
            match name {
                "says" => says = content.trim_end().to_owned() + "\n",
                name => files.push((name.to_owned(), content.to_owned())),
            }
        }
        let title = title.to_owned();
        Case { title, files, says }
    }

    fn file(&self, name: &str) -> Option<&str> {
        let found = self.files.iter().find(|(known, _)| known == name);
        found.map(|(_, content)| content.as_str())
    }

    /// What is wrong with it, and where its files were.
    fn diagnostics(&self) -> (Vec<Diagnostic>, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in &self.files {
            if name.ends_with(".yaml") && name != "viva.yaml" {
                let parent = folder.path().join(name);
                fs::create_dir_all(parent.parent().expect("a folder")).expect("a folder");
                fs::write(folder.path().join(name), content).expect("a file");
            }
        }
        let set = self.file("set").unwrap_or_default().lines();
        let set = set.filter_map(|line| line.split_once('='));
        let overrides = Overrides {
            set: set
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            submission: self
                .file("viva.yaml")
                .map(|text| ("viva.yaml".to_owned(), text.to_owned())),
        };
        let files = LabFiles::Folder(folder.path().to_owned());
        let result = match self.file("lab.yaml") {
            Some(_) => read_lab(&files, "lab", &overrides),
            None => {
                let file = folder.path().join("t.yaml");
                if let Some(text) = self.scenario() {
                    fs::write(&file, text).expect("a file");
                }
                read_scenario(&file, &overrides)
            }
        };
        let beside = self.file("lab.yaml").map(|_| (&files, "lab"));
        let found = match result {
            Err(found) => found,
            Ok(lab) => lint(&lab, beside),
        };
        (found, folder.path().to_owned())
    }

    /// The scenario around `--- cast` and `--- steps`.
    fn scenario(&self) -> Option<String> {
        let (cast, steps) = (self.file("cast"), self.file("steps"));
        cast.or(steps)?;
        let cast = cast.unwrap_or("  server: { role: server }\n  alice: { connects: server }\n");
        let steps = steps.unwrap_or("  - alice: { send: hello }\n");
        let lab = "viva: 1\nscenario: t\nroles: { server: {} }\n";
        Some(format!("{lab}cast:\n{cast}steps:\n{steps}"))
    }

    fn said(&self, language: Language) -> String {
        let (found, folder) = self.diagnostics();
        let style = Style {
            color: false,
            width: 100,
            language,
        };
        show(&found, &style).replace(&format!("{}/", folder.display()), "")
    }

    fn print(&self, says: &str) -> String {
        let mut text = format!("=== {}\n", self.title);
        for (name, content) in &self.files {
            text += &format!("--- {name}\n{content}");
        }
        text + "--- says\n" + says
    }
}

fn cases() -> Vec<(PathBuf, Vec<Case>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let entries = fs::read_dir(folder).expect("the folder of cases");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a file of cases");
        let cases = text.split("=== ").skip(1).map(Case::parse).collect();
        (path, cases)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn every_mistake_is_explained() {
    let bless = std::env::var_os("VIVA_BLESS").is_some();
    let mut wrong = String::new();
    for (path, cases) in cases() {
        let mut text = String::new();
        for case in &cases {
            let said = case.said(Language::English);
            if said != case.says {
                wrong += &format!("{}\n{said}\ninstead of\n{}\n", case.title, case.says);
            }
            text += &case.print(&said);
            text += "\n";
        }
        if bless {
            fs::write(path, text.trim_end().to_owned() + "\n").expect("the cases are written");
        }
    }
    assert!(wrong.is_empty() || bless, "{wrong}");
}

/// Files that can't be written down as cases: their bytes, and what is said.
fn unreadable() -> Vec<(Vec<u8>, &'static str)> {
    let long = format!(
        "viva: 1\ntitle: \"{}\"\n",
        "一二三四五六七八九十".repeat(200)
    );
    let head = "viva: 1\nscenario: t\nroles: { a: {} }\ncast: { a: { role: a } }\nsteps:\n";
    let regex = "  - a: { expect: { regex: '(?s-u:.{50000})' } }\n";
    vec![
        (
            format!("{head}{}", regex.repeat(100)).into_bytes(),
            "\
error[bad-regex]: this regular expression would take too much memory
",
        ),
        (
            vec![b'#'; (1 << 20) + 1],
            "\
error[too-large]: the file is larger than 1 MiB
 --> t.yaml
  = long texts are made where they are needed: `${\"x\"|repeat(3000)}`
",
        ),
        (
            b"viva: 1\ntitle: \"\xc4\xe3\xba\xc3\"\n".to_vec(),
            "\
error[not-utf8]: these bytes are not UTF-8
 --> t.yaml:2:9
  |
2 | title: \"�
  |         ^
  = save the file as UTF-8
",
        ),
        (
            long.into_bytes(),
            "\
error[line-too-long]: a line is longer than 4000 bytes
 --> t.yaml:2:1
  |
2 | title: \"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三…
  | ^
  = fold the text (`>-`); long texts are made where they are needed: `${\"x\"|repeat(3000)}`
",
        ),
        (
            "- []\n".repeat(20_001).into_bytes(),
            "\
error[too-many-values]: the file holds more than 20000 values
     --> t.yaml:20001:3
      |
20001 | - []
      |   ^^
      = divide it into several scenarios
",
        ),
        (
            [b"viva: 1\ntitle: a\0b\n".as_slice(), &[b'['; 100_000]].concat(),
            "\
error[line-too-long]: a line is longer than 4000 bytes
 --> t.yaml:3:1
  |
3 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
  | ^
  = fold the text (`>-`); long texts are made where they are needed: `${\"x\"|repeat(3000)}`
",
        ),
        (
            b"viva: 1\ntitle: a\0\x1b[31mb\n".to_vec(),
            "\
error[yaml]: the character \\u{0} can't stand in a file
 --> t.yaml:2:9
  |
2 | title: a␀␛[31mb
  |         ^
  = remove it; in double quotes it is written as an escape, such as `\\x1b`
",
        ),
        (
            (0..10_000)
                .map(|depth| " ".repeat(depth % 3_000) + "a:\n")
                .collect::<String>()
                .into_bytes(),
            "",
        ),
        (
            "? ".repeat(1_900).into_bytes(),
            "\
error[too-deep]: more than 32 lists and maps stand inside each other here
 --> t.yaml:1:65
",
        ),
        (
            "- ".repeat(1_900).into_bytes(),
            "\
error[too-deep]: more than 32 lists and maps stand inside each other here
 --> t.yaml:1:65
",
        ),
    ]
}

fn read_bytes(bytes: &[u8]) -> Vec<Diagnostic> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("t.yaml");
    fs::write(&file, bytes).expect("a file");
    let mut found = read_scenario(&file, &Overrides::default()).expect_err("it is wrong");
    for diagnostic in &mut found {
        diagnostic.place.file = "t.yaml".to_owned();
    }
    found
}

const ENGLISH: Style = Style {
    color: false,
    width: 100,
    language: Language::English,
};

#[test]
fn files_that_no_person_wrote_are_refused() {
    let mut wrong = String::new();
    for (bytes, says) in unreadable() {
        let said = show(&read_bytes(&bytes), &ENGLISH);
        if !said.starts_with(says) {
            wrong += &format!("{said}\ninstead of\n{says}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe.yaml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    for path in [folder.path(), &pipe, Path::new("/dev/zero")] {
        let found = read_scenario(path, &Overrides::default()).expect_err("no file");
        assert_eq!(found[0].code.name(), "unreadable", "{}", path.display());
    }
}

#[test]
fn every_code_has_a_case_and_chinese_words() {
    let unreadable = unreadable()
        .into_iter()
        .flat_map(|(bytes, _)| read_bytes(&bytes));
    let mut met: BTreeSet<&str> = unreadable.map(|found| found.code.name()).collect();
    met.insert("unreadable");
    for case in cases().into_iter().flat_map(|(_, cases)| cases) {
        let (found, _) = case.diagnostics();
        assert!(!found.is_empty(), "{}: nothing was found", case.title);
        let chinese = case.said(Language::Chinese);
        for diagnostic in &found {
            met.insert(diagnostic.code.name());
            let first = format!("[{}]: ", diagnostic.code.name());
            let (_, behind) = chinese.split_once(&first).expect("the code is named");
            let sentence = behind.lines().next().unwrap_or_default();
            let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(
                sentence.chars().any(is_chinese),
                "{}: {sentence}",
                case.title
            );
        }
    }
    let missing: Vec<&&str> = Code::NAMES
        .iter()
        .filter(|name| !met.contains(*name))
        .collect();
    assert!(missing.is_empty(), "no case has {missing:?}");
}

/// The example files of the language page, without comments.
fn examples() -> Vec<String> {
    let page = include_str!("../docs/language.md");
    let blocks = page.split("```yaml\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().expect("an end").to_owned());
    blocks
        .filter(|block| block.starts_with("viva: 1"))
        .collect()
}

/// Reads a broken file and shows what is said about it, if anything.
fn survive(file: &Path, text: &str, lab: Option<&LabFiles>) {
    fs::write(file, text).expect("a file");
    let result = match lab {
        Some(files) => read_lab(files, "lab", &Overrides::default()),
        None => read_scenario(file, &Overrides::default()),
    };
    let found = match result {
        Ok(lab) => lint(&lab, None),
        Err(found) => {
            assert!(!found.is_empty(), "refused without a word: {text}");
            found
        }
    };
    for place in found
        .iter()
        .flat_map(|it| it.related.iter().chain([&it.place]))
    {
        if place.line > 0
            && place
                .file
                .ends_with(&*file.file_name().expect("a name").to_string_lossy())
        {
            let lines: Vec<&str> = text.split('\n').collect();
            assert_eq!(lines.get(place.line - 1), Some(&place.excerpt.as_str()));
            let length = place.excerpt.chars().count();
            assert!(place.column >= 1 && place.column - 1 <= length, "{place:?}");
            assert!(
                place.width >= 1 && place.column - 1 + place.width <= length.max(place.column),
                "{place:?}"
            );
        }
    }
    show(&found, &ENGLISH);
}

#[test]
fn broken_files_are_refused_with_places_that_exist() {
    let folder = tempfile::tempdir().expect("a folder");
    let [lab, scenario]: [String; 2] = examples().try_into().expect("two examples");
    let listed = lab.split("scenarios:").next().expect("a lab").to_owned();
    let lab = listed + "scenarios: [ { use: broadcast.yaml } ]\n";
    let (lab_file, file) = (
        folder.path().join("lab.yaml"),
        folder.path().join("broadcast.yaml"),
    );
    let files = LabFiles::Folder(folder.path().to_owned());
    fs::write(&file, &scenario).expect("a file");
    for (text, path, files) in [(&lab, &lab_file, Some(&files)), (&scenario, &file, None)] {
        let mut starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        starts.push(text.len());
        // Every place of the scenario, and so many of the longer lab.
        let stride = if files.is_some() { 5 } else { 1 };
        for pair in starts.windows(2).step_by(stride) {
            let (before, behind) = (&text[..pair[0]], &text[pair[1]..]);
            survive(path, before, files);
            survive(path, &format!("{before}{behind}"), files);
            for other in ["\"", "{", "]", ": ", "\n", "\t", "${", "&", "🙂"] {
                // Every place, but not every character at every place.
                if (pair[0] + usize::from(other.as_bytes()[0])) % 17 == 0 {
                    survive(path, &format!("{before}{other}{behind}"), files);
                }
            }
        }
        fs::write(path, text).expect("a file");
    }
}
