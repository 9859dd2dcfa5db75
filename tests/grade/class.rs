//! A class of students made from the known programs of a lab, as a platform gives it, and what the lab's contract says of each.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use viva::scenario::{Contract, KnownProgram, Lab, LabFiles, Overrides, read_contract, read_lab};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What a student's scenario must come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Due {
    /// All of so many points.
    Full(f64),
    /// Nothing of so many points.
    None(f64),
    /// The contract leaves it open.
    Open,
    /// It is not asked.
    Excused,
}

/// How a platform names what it gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Platform {
    Moodle,
    Canvas,
}

/// A student: the key by which Viva knows who it is, the program, and what is due.
pub(crate) struct Student {
    pub(crate) key: String,
    pub(crate) program: KnownProgram,
    pub(crate) due: BTreeMap<String, Due>,
}

/// A class and its downloads.
pub(crate) struct Class {
    pub(crate) lab: String,
    pub(crate) students: Vec<Student>,
    pub(crate) archive: PathBuf,
}

/// The lab and its contract.
fn read(lab: &str) -> (Lab, Contract) {
    let files = LabFiles::Folder(format!("scenarios/{lab}").into());
    let of_lab = read_lab(&files, lab, &Overrides::default()).expect("a lab");
    let contract = read_contract(&files, lab, &of_lab).expect("a contract");
    (of_lab, contract)
}

impl Class {
    /// So many students with the known programs of `lab`, one after the other, that `is_wanted`; their archive lies in `folder`.
    pub(crate) fn of(
        lab: &str,
        size: usize,
        platform: Platform,
        folder: &Path,
        is_wanted: impl Fn(&KnownProgram) -> bool,
    ) -> Class {
        let (of_lab, contract) = read(lab);
        let programs: Vec<&KnownProgram> = contract
            .programs
            .iter()
            .filter(|known| known.file.ends_with(".py") && is_wanted(known))
            .collect();
        let archive = folder.join(format!("{lab}.zip"));
        let mut zip = ZipWriter::new(std::fs::File::create(&archive).expect("a file"));
        let mut students = Vec::new();
        for (number, known) in programs.iter().cycle().take(size).enumerate() {
            let id = 4_000 + number;
            let text = std::fs::read(format!("scenarios/{lab}/known/{}", known.file));
            let mut files = vec![(name_for(&of_lab, known), text.expect("a program"))];
            files.extend(settings(&of_lab, known).map(|text| ("viva.yaml".to_owned(), text)));
            for (name, content) in files {
                let name = match platform {
                    Platform::Moodle => format!("学生 {number}_{id}_assignsubmission_file/{name}"),
                    Platform::Canvas => format!("学生{number}_{id}_{}_{name}", 70_000 + number),
                };
                zip.start_file(name, SimpleFileOptions::default())
                    .expect("an entry");
                zip.write_all(&content).expect("an entry");
            }
            students.push(Student {
                key: id.to_string(),
                due: due(&of_lab, known),
                program: (*known).clone(),
            });
        }
        zip.finish().expect("an archive");
        Class {
            lab: lab.to_owned(),
            students,
            archive,
        }
    }

    /// Says of each student's results in `class.json` where they are not as the contract says.
    pub(crate) fn check(&self, class: &serde_json::Value) -> Vec<String> {
        let mut wrong = Vec::new();
        let graded = class["submissions"].as_array().expect("submissions");
        let keys: Vec<&str> = graded.iter().filter_map(|of| of["key"].as_str()).collect();
        let expected: Vec<&str> = self.students.iter().map(|of| of.key.as_str()).collect();
        assert_eq!(keys, expected);
        for (student, graded) in self.students.iter().zip(graded) {
            let (mut least, mut most) = (0.0, 0.0);
            for result in graded["results"].as_array().expect("results") {
                let name = result["scenario"].as_str().unwrap_or_default();
                let (points, of) = (result["points"].as_f64(), result["of"].as_f64());
                let due = student.due[name];
                let is_right = match due {
                    Due::Full(all) => points == Some(all) && of == Some(all),
                    Due::None(all) => points == Some(0.0) && of == Some(all),
                    Due::Excused => points == Some(0.0) && of == Some(0.0),
                    Due::Open => points.is_some(),
                };
                if !is_right {
                    wrong.push(format!(
                        "{} {} {name}: {points:?} of {of:?}, due {due:?}: {}",
                        student.key, student.program.file, result["outcome"]
                    ));
                }
                match due {
                    Due::Full(all) => (least, most) = (least + all, most + all),
                    Due::Open => most += of.unwrap_or(0.0),
                    Due::None(_) | Due::Excused => {}
                }
            }
            let mark = graded["mark"]["points"].as_f64();
            if mark.is_none_or(|mark| mark < least - 0.001 || mark > most + 0.001) {
                let key = &student.key;
                wrong.push(format!("{key}: {mark:?} is not from {least} to {most}"));
            }
        }
        wrong
    }
}

/// A name that the lab looks for.
fn name_for(lab: &Lab, known: &KnownProgram) -> String {
    let role = lab.roles.iter().find(|role| role.name == known.role);
    let mut find = role.expect("a role").find.iter();
    let name = find.find(|name| name.ends_with(".py") && !name.contains('['));
    name.expect("a name for Python").replace('*', "my")
}

/// What the program says of itself.
fn settings(lab: &Lab, known: &KnownProgram) -> Option<Vec<u8>> {
    let is_variable = |name: &String| lab.variables.iter().any(|(known, _)| known == name);
    let part = |title: &str, wanted: bool| {
        let set = known
            .set
            .iter()
            .filter(|(name, _)| is_variable(name) == wanted);
        let lines: String = set
            .map(|(name, value)| format!("  {name}: \"{value}\"\n"))
            .collect();
        match lines.is_empty() {
            true => String::new(),
            false => format!("{title}:\n{lines}"),
        }
    };
    let text = part("variables", true) + &part("conventions", false);
    (!text.is_empty()).then(|| text.into_bytes())
}

fn due(plain: &Lab, known: &KnownProgram) -> BTreeMap<String, Due> {
    let files = LabFiles::Folder(format!("scenarios/{}", plain.name).into());
    let overrides = Overrides {
        set: known.set.clone(),
        submission: None,
    };
    let own = read_lab(&files, &plain.name, &overrides).expect("a lab");
    let mut all: BTreeMap<String, Due> = BTreeMap::new();
    // What a scenario needs stands before it.
    for (entry, own) in plain.scenarios.iter().zip(&own.scenarios) {
        let name = &entry.scenario.name;
        let has_all_roles = {
            let others = plain.roles.iter().filter(|role| role.name != known.role);
            others
                .into_iter()
                .all(|role| !entry.scenario.casts(&[&role.name]))
        };
        let needs = entry.needs.iter().filter_map(|need| all.get(need).copied());
        let needs: Vec<Due> = needs.collect();
        let opens = |due: &Due| matches!(due, Due::Full(_) | Due::Excused);
        let excluded = own.scenario.excluded().is_some();
        let due = if entry.scenario.excluded().is_some() {
            Due::Excused
        } else if excluded
            || !has_all_roles
            || known.must_fail.contains(name)
            || needs.iter().any(|due| matches!(due, Due::None(_)))
        {
            Due::None(entry.points)
        } else if known.may_fail.contains(name) || !needs.iter().all(opens) {
            Due::Open
        } else {
            Due::Full(entry.points)
        };
        all.insert(name.clone(), due);
    }
    all
}
