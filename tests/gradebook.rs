//! `viva gradebook fill`: what other programs read in a gradebook that was filled, and what is refused.

mod stand;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::process::Command;

use stand::{Came, Folder, came, path, viva};
use viva::diagnostic::Localized;
use viva::grading::{Class, Graded, Mark, Member, Submitted};

/// A folder with the result of grading a class with these marks.
fn graded(marks: &[(&str, Option<f64>)]) -> Folder {
    let graded = |(key, points): &(&str, Option<f64>)| Graded {
        key: (*key).to_owned(),
        name: format!("Student {key}"),
        members: vec![Member {
            key: (*key).to_owned(),
            name: format!("Student {key}"),
            roster: BTreeMap::new(),
        }],
        handed_in: Submitted::Nothing,
        oddities: Vec::new(),
        results: Vec::new(),
        mark: Mark {
            points: *points,
            none: None,
            of: 20.0,
            lines: Vec::new(),
        },
    };
    let class = Class {
        everybody: Vec::new(),
        version: 1,
        viva: "0.1.0".to_owned(),
        lab: "hub".to_owned(),
        title: Localized::default(),
        digest: String::new(),
        shard: None,
        seed: "7f3a".to_owned(),
        isolation: viva::r#box::Isolation::Full,
        roster: Vec::new(),
        scenarios: Vec::new(),
        submissions: marks.iter().map(graded).collect(),
        interrupted: false,
    };
    let text = serde_json::to_vec(&class).expect("JSON");
    Folder::new().with("result/class.json", text)
}

fn fill(folder: &Folder, arguments: &[&str]) -> Came {
    let output = viva()
        .current_dir(folder.path())
        .args(["gradebook", "fill", "--from", "result"])
        .args(arguments)
        .output();
    came(output.expect("viva starts"))
}

/// What a Python program prints when it is called in the folder.
fn python(folder: &Folder, program: &str) -> String {
    let output = Command::new("python3")
        .current_dir(folder.path())
        .env("PATH", path())
        .env("PYTHONUTF8", "1")
        .args(["-c", program])
        .output()
        .expect("python3");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn pythons_csv_reads_what_was_written_and_the_rest_as_it_was() {
    let folder = graded(&[("11", Some(17.5)), ("12", None), ("15", Some(3.0))]);
    let sheet = "\u{feff}Identifier,Full name,Grade,Feedback comments\r\n\
        Participant 11,\"One, \"\"A\"\" Student\",,\r\n\
        Participant 12,Two,-,\"<p>a\r\nb</p>\"\r\n\
        Participant 13,Three,,";
    folder.add("sheet.csv", sheet);
    let columns = [
        "--key",
        "Identifier",
        "--mark",
        "Grade",
        "--comment",
        "Feedback comments",
    ];
    let template = ["--template", "sheet.csv", "-o", "out.csv"];
    let made = fill(&folder, &[&template[..], &columns].concat()).exits(0);
    assert_eq!(
        made.out,
        "\
out.csv: 1 mark
  of the class, but without a row: 1
    15
  rows left as they are, because the mark is empty: 1
    Participant 12
  rows left as they are, because the class has no such key: 1
    Participant 13
"
    );
    let read = python(
        &folder,
        "import csv\nfor row in csv.reader(open('out.csv', newline='', encoding='utf-8-sig')): print(row)",
    );
    assert_eq!(
        read,
        "['Identifier', 'Full name', 'Grade', 'Feedback comments']\n\
         ['Participant 11', 'One, \"A\" Student', '17.5', 'nothing was handed in']\n\
         ['Participant 12', 'Two', '-', '<p>a\\r\\nb</p>']\n\
         ['Participant 13', 'Three', '', '']\n"
    );
    // Once it is there it stays, and the template in any case.
    fill(&folder, &[&template[..], &columns].concat())
        .exits(2)
        .says("viva: out.csv is there already, and is left as it is: choose another name, or add --force\n");
    fill(&folder, &[&template[..], &columns, &["--force"]].concat()).exits(0);
    fill(&folder, &[&["--template", "sheet.csv", "-o", "./sheet.csv", "--force"][..], &columns].concat())
        .exits(2)
        .says("viva: ./sheet.csv is the template, which is never written to: choose another name for -o\n");
    assert_eq!(
        fs::read_to_string(folder.at("sheet.csv")).expect("the template"),
        sheet
    );
}

const WORKBOOK: &str = r#"
import openpyxl
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
book = openpyxl.Workbook()
notes = book.active
notes.title = 'Notes & <hints>'
notes['A1'] = 'not the sheet'
sheet = book.create_sheet('成绩')
sheet.append(['2026 autumn'])
sheet.append(['学号', '姓名', '成绩（录入项）', '评语（录入项）', 'total'])
sheet.append([2024010001, '张三', None, 'old', '=C3*2'])
sheet.append(['2024010002', '李 & <四>', 3, None, '=C4*2'])
sheet.append(['2024010003', '王五', '=1+1', None, '=C5*2'])
sheet.append(['2024010004', '赵六'])
sheet['C3'].font = Font(bold=True)
sheet['C3'].fill = PatternFill('solid', fgColor='FFFF00')
sheet.column_dimensions['B'].width = 33
sheet.merge_cells('A1:E1')
sheet.freeze_panes = 'A3'
check = DataValidation(type='decimal', operator='between', formula1='0', formula2='100')
check.add('C3:C6')
sheet.add_data_validation(check)
book.save('sheet.xlsx')
"#;

#[test]
fn openpyxl_reads_what_was_written_and_all_but_those_cells_is_as_it_was() {
    let folder = graded(&[
        ("2024010001", Some(17.5)),
        ("2024010002", Some(0.0)),
        ("2024010003", Some(9.0)),
        ("2024010004", Some(20.0)),
    ]);
    python(&folder, WORKBOOK);
    fill(
        &folder,
        &["--template", "sheet.xlsx", "--key", "学号", "--mark", "成绩(录入项)", "--comment", "评语（录入项）", "-o", "out.xlsx", "--lang", "zh"],
    )
    .exits(0)
    .prints("out.xlsx：3 个分数，其中 1 个替换了原来的分数 因分数格已有内容，原样保留的行：1 2024010003");
    let read = python(
        &folder,
        r#"
import openpyxl
book = openpyxl.load_workbook('out.xlsx')
sheet = book['成绩']
for row in sheet.iter_rows(min_row=2, values_only=True): print(row)
print(sheet['C3'].font.b, sheet['C3'].fill.fgColor.rgb, sheet.column_dimensions["B"].width, sheet.freeze_panes, sheet.merged_cells.ranges, sheet.data_validations.dataValidation[0].sqref)
"#,
    );
    assert_eq!(
        read,
        "('学号', '姓名', '成绩（录入项）', '评语（录入项）', 'total')\n\
         (2024010001, '张三', 17.5, '没有提交', '=C3*2')\n\
         ('2024010002', '李 & <四>', 0, '没有提交', '=C4*2')\n\
         ('2024010003', '王五', '=1+1', None, '=C5*2')\n\
         ('2024010004', '赵六', 20, '没有提交', None)\n\
         True 00FFFF00 33.0 A3 {<MergedCellRange A1:E1>} C3:C6\n"
    );
    // All other parts byte for byte; of the sheet all but the cells that were written.
    let (before, after) = (parts(&folder, "sheet.xlsx"), parts(&folder, "out.xlsx"));
    assert!(before.keys().eq(after.keys()));
    for (name, content) in &before {
        let written = ["C3", "D3", "C4", "D4", "C6", "D6"];
        let without = |text: &[u8]| {
            let text = String::from_utf8_lossy(text).into_owned();
            written.iter().fold(text, |text, cell| without(&text, cell))
        };
        match name.as_str() {
            "xl/worksheets/sheet2.xml" => assert_eq!(without(content), without(&after[name])),
            name => assert_eq!(content, &after[name], "{name}"),
        }
    }
}

/// The text of a sheet without one cell.
fn without(text: &str, cell: &str) -> String {
    let Some((before, rest)) = text.split_once(&format!("<c r=\"{cell}\"")) else {
        return text.to_owned();
    };
    let end = match rest.find('>') {
        Some(end) if rest[..end].ends_with('/') => end + 1,
        _ => rest.find("</c>").expect("its end") + 4,
    };
    format!("{before}{}", &rest[end..])
}

fn parts(folder: &Folder, name: &str) -> BTreeMap<String, Vec<u8>> {
    let bytes = fs::read(folder.at(name)).expect("a workbook");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut parts = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("an entry");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("its content");
        parts.insert(
            String::from_utf8_lossy(entry.name_raw()).into_owned(),
            content,
        );
    }
    parts
}

#[test]
fn what_does_not_fit_is_said_and_nothing_is_written() {
    let folder = graded(&[("1", Some(1.0))])
        .with("sheet.csv", "Student ID,Name,Final grade\n7,x,\n")
        .with("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
        .with("class.json", "{}");
    let fill = |template: &str, key: &str, mark: &str, language: &str| {
        fill(
            &folder,
            &[
                "--template",
                template,
                "--key",
                key,
                "--mark",
                mark,
                "-o",
                "out.csv",
                "--lang",
                language,
            ],
        )
        .exits(2)
    };
    fill("sheet.csv", "Student_ID", "Final grade", "en").says(
        "viva: sheet.csv: there is no column `Student_ID`; did you mean `Student ID`?; there are: `Student ID`, `Name`, `Final grade`\n",
    );
    fill("sheet.csv", "Student ID", "成绩", "zh")
        .says("viva: sheet.csv：没有名为 `成绩` 的列；现有：`Student ID`, `Name`, `Final grade`\n");
    fill("sheet.csv", "student id", "Final grade", "en").says(
        "viva: sheet.csv: no key of the class stands in the column `student id`, where there is `7`, while the class has `1`; \
         choose another column by --key, or grade with a --roster that has this one\n",
    );
    fill("old.xls", "a", "b", "en").says(
        "viva: old.xls: an Excel file of the old form (.xls); open it, save it as .xlsx or CSV, and fill that\n",
    );
    fill("none.csv", "a", "b", "en").says("viva: none.csv: no such file or folder\n");
    fs::rename(folder.at("class.json"), folder.at("result/class.json")).expect("renamed");
    fill("sheet.csv", "Student ID", "Final grade", "en")
        .says("viva: result/class.json: not the result of `viva grade`: missing field `version` at line 1 column 2\n");
    assert!(!folder.path().join("out.csv").exists());
}
