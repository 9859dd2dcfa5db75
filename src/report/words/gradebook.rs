//! Gradebooks that platforms gave for download, in words.

use crate::diagnostic::Language;
use crate::grading::Unfillable;
use crate::report::problem::similar;

/// What became of a template.
pub(in crate::report) struct Words {
    /// The file, how many marks are in it, how many of them took the place of others.
    pub(in crate::report) written: fn(&str, usize, usize) -> String,
    /// So many students of the class have no row.
    pub(in crate::report) missing: fn(usize) -> String,
    /// So many rows have a student whose mark is empty.
    pub(in crate::report) unmarked: fn(usize) -> String,
    /// So many rows have something in the mark's cell that stays.
    pub(in crate::report) kept: fn(usize) -> String,
    /// So many rows have a key that the class doesn't have.
    pub(in crate::report) unknown: fn(usize) -> String,
    pub(in crate::report) more: fn(usize) -> String,
}

pub(in crate::report) fn filled(language: Language) -> Words {
    match language {
        Language::English => Words {
            written: |path, marked, replaced| {
                let other = match replaced {
                    0 => String::new(),
                    replaced => format!(", {replaced} in place of another one"),
                };
                let marks = if marked == 1 { "mark" } else { "marks" };
                format!("{path}: {marked} {marks}{other}")
            },
            missing: |count| format!("of the class, but without a row: {count}"),
            unmarked: |count| format!("rows left as they are, because the mark is empty: {count}"),
            kept: |count| {
                format!("rows left as they are, because of what stands in the mark's cell: {count}")
            },
            unknown: |count| {
                format!("rows left as they are, because the class has no such key: {count}")
            },
            more: |count| format!("and {count} more"),
        },
        Language::Chinese => Words {
            written: |path, marked, replaced| {
                let other = match replaced {
                    0 => String::new(),
                    replaced => format!("，其中 {replaced} 个替换了原来的分数"),
                };
                format!("{path}：{marked} 个分数{other}")
            },
            missing: |count| format!("班里有，但模板里没有对应的行：{count}"),
            unmarked: |count| format!("没有分数，原样保留的行：{count}"),
            kept: |count| format!("因分数格已有内容，原样保留的行：{count}"),
            unknown: |count| format!("班里没有这个学号或标识，原样保留的行：{count}"),
            more: |count| format!("还有 {count} 个"),
        },
    }
}

/// What stands beside a mark.
pub(in crate::report) struct Comment {
    pub(in crate::report) nothing: &'static str,
    pub(in crate::report) unusable: &'static str,
    /// Late: so many percent are left.
    pub(in crate::report) late: fn(&str) -> String,
    pub(in crate::report) between: &'static str,
}

pub(in crate::report) fn comment(language: Language) -> Comment {
    match language {
        Language::English => Comment {
            nothing: "nothing was handed in",
            unusable: "what was handed in could not be read",
            late: |percent| format!("late: {percent} % of the points"),
            between: "; ",
        },
        Language::Chinese => Comment {
            nothing: "没有提交",
            unusable: "提交的内容无法读取",
            late: |percent| format!("迟交：按 {percent}% 计分"),
            between: "；",
        },
    }
}

/// Why a template can't be filled.
pub(super) fn english(why: &Unfillable) -> String {
    match why {
        Unfillable::OldExcel => {
            "an Excel file of the old form (.xls); open it, save it as .xlsx or CSV, and fill that"
                .to_owned()
        }
        Unfillable::NotAWorkbook { message } => {
            format!("a zip archive, but no workbook (.xlsx) that can be read: {message}")
        }
        Unfillable::NotText => {
            "neither a workbook (.xlsx) nor CSV in UTF-8 or GBK; save it as one of these".to_owned()
        }
        Unfillable::OpenQuote { line } => {
            format!("line {line}: a quote opens a cell and is never closed")
        }
        Unfillable::NoColumn { name, there } if there.is_empty() => {
            format!("there is no column `{name}`: the file is empty")
        }
        Unfillable::NoColumn { name, there } => format!(
            "there is no column `{name}`{}; there are: {}",
            similar(name, there).map_or(String::new(), |like| format!("; did you mean `{like}`?")),
            list(there)
        ),
        Unfillable::TwoColumns { name } => {
            format!("more than one column is called `{name}`; rename all but one")
        }
        Unfillable::TwoRows { key, rows } => format!(
            "more than one row has the key `{key}`: rows {}; one student can't have two marks",
            numbers(rows)
        ),
        Unfillable::TwoStudents { key, students } => format!(
            "more than one submission goes by `{key}`: {}; choose a key column that tells them apart",
            students.join(", ")
        ),
        Unfillable::NobodyFound {
            name,
            there,
            wanted,
        } => format!(
            "no key of the class stands in the column `{name}`{}{}; choose another column by --key, or grade with a --roster that has this one",
            there
                .as_ref()
                .map_or(String::new(), |there| format!(", where there is `{there}`")),
            wanted.as_ref().map_or(String::new(), |wanted| format!(
                ", while the class has `{wanted}`"
            )),
        ),
    }
}

/// The same in Chinese.
pub(super) fn chinese(why: &Unfillable) -> String {
    match why {
        Unfillable::OldExcel => {
            "这是旧格式的 Excel 文件（.xls）；请打开它，另存为 .xlsx 或 CSV，再填那个文件"
                .to_owned()
        }
        Unfillable::NotAWorkbook { message } => {
            format!("是 zip 压缩包，但不是能读取的工作簿（.xlsx）：{message}")
        }
        Unfillable::NotText => {
            "既不是工作簿（.xlsx），也不是 UTF-8 或 GBK 编码的 CSV；请另存为其中一种".to_owned()
        }
        Unfillable::OpenQuote { line } => format!("第 {line} 行：单元格开头的引号没有闭合"),
        Unfillable::NoColumn { name, there } if there.is_empty() => {
            format!("没有名为 `{name}` 的列：文件是空的")
        }
        Unfillable::NoColumn { name, there } => format!(
            "没有名为 `{name}` 的列{}；现有：{}",
            similar(name, there).map_or(String::new(), |like| format!("；是不是想写 `{like}`？")),
            list(there)
        ),
        Unfillable::TwoColumns { name } => format!("名为 `{name}` 的列不止一个；请只留一个"),
        Unfillable::TwoRows { key, rows } => format!(
            "`{key}` 不止一行：第 {} 行；一个学生不能有两个分数",
            numbers(rows)
        ),
        Unfillable::TwoStudents { key, students } => format!(
            "`{key}` 对应不止一份提交：{}；请换一个能区分他们的列",
            students.join("、")
        ),
        Unfillable::NobodyFound {
            name,
            there,
            wanted,
        } => format!(
            "`{name}` 列里没有班里的任何标识{}{}；请用 --key 选另一列，或评分时用含有这一列的 --roster",
            there
                .as_ref()
                .map_or(String::new(), |there| format!("，那里写的是 `{there}`")),
            wanted
                .as_ref()
                .map_or(String::new(), |wanted| format!("，而班里是 `{wanted}`")),
        ),
    }
}

/// As many names of columns as anybody reads.
fn list(names: &[String]) -> String {
    const MOST: usize = 30;
    let names: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{name}`"))
        .collect();
    names.join(", ")
}

fn numbers(rows: &[usize]) -> String {
    let rows: Vec<String> = rows.iter().take(10).map(ToString::to_string).collect();
    rows.join(", ")
}
