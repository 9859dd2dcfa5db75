//! What keeps a command from doing anything, in words, with the way out.

use crate::report::problem::{Problem, similar};

use super::finding::{chinese_roster, chinese_unfound, english_roster, english_unfound};
use super::grading::{chinese_grading, english_grading};
use super::{Words, en, gradebook, isolation, merging, zh};

/// In English.
pub(in crate::report) fn english_problem(problem: &Problem) -> String {
    let known = |what: &str, name: &str, known: &[String]| match similar(name, known) {
        Some(like) => format!("there is no {what} `{name}`; did you mean `{like}`?"),
        None => format!(
            "there is no {what} `{name}`; there are: {}",
            known.join(", ")
        ),
    };
    match problem {
        Problem::UnknownLab { name, known: labs } => format!(
            "{} (or give a folder with a lab.yaml, or a scenario file)",
            known("lab", name, labs)
        ),
        Problem::UnknownShippedLab { name, known: labs } => known("shipped lab", name, labs),
        Problem::NotALabName { name } => format!(
            "a lab can't be called `{name}`: a name is made of letters, digits, `-` and `_`, a letter first{}",
            likely_name(name)
                .map(|name| format!("; how about `{name}`?"))
                .unwrap_or_default()
        ),
        Problem::NotAScenarioFile { path } => format!(
            "{path}: a scenario's file is called NAME.yaml; the name is made of letters, digits, `-` and `_`, a letter first"
        ),
        Problem::NotAPlainPath { path } => format!(
            "{path}: the path of a lab that stands in a script is made of letters, digits, `-`, `_`, `.` and `/`; move the lab"
        ),
        Problem::NotTalkedTo { role } => format!(
            "--connect {role}=… is for a server that runs already and is talked to, and {role} is not: name its role with --cast, or fill {role} with --role"
        ),
        Problem::AlreadyThere { path } => {
            format!("{path} is there already, and is left as it is: choose another name")
        }
        Problem::NotForced { path } => format!(
            "{path} is there already, and is left as it is: choose another name, or add --force"
        ),
        Problem::OverTemplate { path } => {
            format!("{path} is the template, which is never written to: choose another name for -o")
        }
        Problem::NotAClass { path, message } => {
            format!("{path}: not the result of `viva grade`: {message}")
        }
        Problem::Unfillable { path, why } => format!("{path}: {}", gradebook::english(why)),
        Problem::Shard(error) => merging::english_shard(error),
        Problem::Merge(error) => merging::english_merge(error),
        Problem::UnknownScenario {
            name,
            known: scenarios,
        } => known("scenario", name, scenarios),
        Problem::UnknownReference {
            name,
            known: programs,
        } => known("reference program", name, programs),
        Problem::NoSuchFile { path } => format!("{path}: no such file or folder"),
        Problem::Unreadable { path, message } => format!("{path}: cannot be read: {message}"),
        Problem::TooLarge {
            path,
            most,
            mainly,
            here,
        } => format!(
            "{path}: every scenario gets a copy of this folder, which may have {} MiB at most; `{mainly}` takes most: {}",
            most >> 20,
            english_remedy(*here)
        ),
        Problem::TooMany {
            path,
            most,
            mainly,
            here,
        } => format!(
            "{path}: every scenario gets a copy of this folder, which may have {most} files and folders at most; `{mainly}` has most: {}",
            english_remedy(*here)
        ),
        Problem::TooDeep { path, most, at } => format!(
            "{path}: every scenario gets a copy of this folder, which may be {most} folders deep at most; `{at}` is deeper: move it elsewhere"
        ),
        Problem::Unwritable { path, message } => format!("{path}: cannot be written: {message}"),
        Problem::NotATranscript { path, message } => {
            format!("{path}: not a transcript that `viva run --save` wrote: {message}")
        }
        Problem::UnknownRole { role, known: roles } => known("role", role, roles),
        Problem::NotRun { submission, why } => {
            format!("{submission} is not run: {}", english_problem(why))
        }
        Problem::BadCommand { role } => format!(
            "the command of the role `{role}` has no words, or a quote that is never closed"
        ),
        Problem::BadAddress { text } => {
            format!("`{text}` is not an address; write it as 127.0.0.1:9999")
        }
        Problem::MissingProgram { program } => match program.as_str() {
            "python3" => {
                "python3 is not installed, or not on the PATH; install Python 3 and try again"
                    .to_owned()
            }
            program => format!(
                "{program} is not installed, or not on the PATH; install it, or say how to run the program with --role ROLE=COMMAND"
            ),
        },
        Problem::UnknownKind { file } => format!(
            "{file}: Viva does not know how to run such a file; say how with --role ROLE=COMMAND, or with `command:` in lab.yaml"
        ),
        Problem::OneSubmission { form, submissions } => format!(
            "`--format {form}` makes one file for each submission, and there are {submissions}: give it a folder, `--format {form}:FOLDER/`"
        ),
        Problem::OneLab { labs } => format!(
            "`--format` is for one lab at a time, not for {}",
            labs.join(", ")
        ),
        Problem::OneOutput { forms } => format!(
            "only one form can be printed, not {}: give the others a file, `--format NAME:FILE`",
            forms.join(", ")
        ),
        Problem::NoPlace { form, left } => format!(
            "`--format {form}`: these are not in it, for the platform's own names of what they handed in are not known: {}",
            left.join(", ")
        ),
        Problem::NothingSelected => {
            "no scenario is selected; `viva list LAB` shows what there is".to_owned()
        }
        Problem::LayerMissing { missing, cure } => isolation::english_refusal(missing, cure),
        Problem::System { doing, message } => {
            format!("the machine's trouble, not the program's: {doing}: {message}")
        }
        Problem::Grading(problem) => english_grading(problem),
        Problem::Unfound(error) => english_unfound(error),
        Problem::Roster(error) => english_roster(error),
        Problem::Trouble(trouble) => en::English.trouble(trouble),
    }
}

/// A name like that one, if it holds letters at all.
fn likely_name(name: &str) -> Option<String> {
    let words = name.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let likely = words.join("-");
    let likely = likely.trim_start_matches(|c: char| !c.is_alphabetic());
    (!likely.is_empty()).then(|| likely.chars().take(40).collect())
}

/// What to do about a folder that is too much to be copied.
fn english_remedy(here: bool) -> &'static str {
    if here {
        "name the folder with the programs by --submission, or call viva there (a command of --role runs in a copy of the folder where viva is called)"
    } else {
        "move it elsewhere, or name a smaller folder"
    }
}

fn chinese_remedy(here: bool) -> &'static str {
    if here {
        "请用 --submission 指明程序所在的目录，或在那里运行 viva（--role 的命令在运行 viva 的目录的副本中执行）"
    } else {
        "请移到别处，或指明一个更小的目录"
    }
}

/// In Chinese.
pub(in crate::report) fn chinese_problem(problem: &Problem) -> String {
    let known = |what: &str, name: &str, known: &[String]| match similar(name, known) {
        Some(like) => format!("没有名为 `{name}` 的{what}；是不是想写 `{like}`？"),
        None => format!("没有名为 `{name}` 的{what}；现有：{}", known.join("、")),
    };
    match problem {
        Problem::UnknownLab { name, known: labs } => format!(
            "{}（也可以给出含 lab.yaml 的目录，或一个场景文件）",
            known("实验", name, labs)
        ),
        Problem::UnknownShippedLab { name, known: labs } => known("自带实验", name, labs),
        Problem::NotALabName { name } => format!(
            "实验不能叫 `{name}`：名称由字母、数字、`-` 和 `_` 组成，以字母开头{}",
            likely_name(name)
                .map(|name| format!("；叫 `{name}` 怎么样？"))
                .unwrap_or_default()
        ),
        Problem::NotAScenarioFile { path } => {
            format!("{path}：场景文件要叫 名称.yaml；名称由字母、数字、`-` 和 `_` 组成，以字母开头")
        }
        Problem::NotAPlainPath { path } => format!(
            "{path}：写进脚本的实验路径只能由字母、数字、`-`、`_`、`.` 和 `/` 组成；请移动实验目录"
        ),
        Problem::NotTalkedTo { role } => format!(
            "--connect {role}=… 只用于已经在运行、并与之对话的服务器，而 {role} 不是：用 --cast 指定角色，或者用 --role 来填 {role}"
        ),
        Problem::AlreadyThere { path } => format!("{path} 已经存在，没有改动它：请换一个名称"),
        Problem::NotForced { path } => {
            format!("{path} 已经存在，没有改动它：请换一个名称，或加上 --force")
        }
        Problem::OverTemplate { path } => {
            format!("{path} 就是模板，模板不会被改动：请给 -o 换一个名称")
        }
        Problem::NotAClass { path, message } => {
            format!("{path}：不是 `viva grade` 的结果：{message}")
        }
        Problem::Unfillable { path, why } => format!("{path}：{}", gradebook::chinese(why)),
        Problem::Shard(error) => merging::chinese_shard(error),
        Problem::Merge(error) => merging::chinese_merge(error),
        Problem::UnknownScenario {
            name,
            known: scenarios,
        } => known("场景", name, scenarios),
        Problem::UnknownReference {
            name,
            known: programs,
        } => known("参考程序", name, programs),
        Problem::NoSuchFile { path } => format!("{path}：没有这个文件或目录"),
        Problem::Unreadable { path, message } => format!("{path}：无法读取：{message}"),
        Problem::TooLarge {
            path,
            most,
            mainly,
            here,
        } => format!(
            "{path}：每个场景都会得到这个目录的一份副本，它最多 {} MiB；`{mainly}` 占得最多：{}",
            most >> 20,
            chinese_remedy(*here)
        ),
        Problem::TooMany {
            path,
            most,
            mainly,
            here,
        } => format!(
            "{path}：每个场景都会得到这个目录的一份副本，它最多含 {most} 个文件和目录；`{mainly}` 里最多：{}",
            chinese_remedy(*here)
        ),
        Problem::TooDeep { path, most, at } => format!(
            "{path}：每个场景都会得到这个目录的一份副本，它最多 {most} 层；`{at}` 更深：请移到别处"
        ),
        Problem::Unwritable { path, message } => format!("{path}：无法写入：{message}"),
        Problem::NotATranscript { path, message } => {
            format!("{path}：不是 `viva run --save` 写出的记录：{message}")
        }
        Problem::UnknownRole { role, known: roles } => known("角色", role, roles),
        Problem::NotRun { submission, why } => {
            format!("没有运行 {submission}：{}", chinese_problem(why))
        }
        Problem::BadCommand { role } => format!("角色 `{role}` 的命令是空的，或引号没有闭合"),
        Problem::BadAddress { text } => format!("`{text}` 不是地址；请写成 127.0.0.1:9999"),
        Problem::MissingProgram { program } => match program.as_str() {
            "python3" => "没有安装 python3，或它不在 PATH 里；请先安装 Python 3".to_owned(),
            program => format!(
                "没有安装 {program}，或它不在 PATH 里；请安装它，或用 --role 角色=命令 说明怎样运行"
            ),
        },
        Problem::UnknownKind { file } => format!(
            "{file}：Viva 不知道怎样运行这种文件；请用 --role 角色=命令，或在 lab.yaml 里写 `command:`"
        ),
        Problem::OneSubmission { form, submissions } => format!(
            "`--format {form}` 为每份提交生成一个文件，而这里有 {submissions} 份：请给出文件夹，`--format {form}:文件夹/`"
        ),
        Problem::OneLab { labs } => {
            format!(
                "`--format` 每次只用于一个实验，而这里有 {}",
                labs.join("、")
            )
        }
        Problem::OneOutput { forms } => format!(
            "只能打印一种格式，而这里有 {}：请为其余的给出文件，`--format 名称:文件`",
            forms.join("、")
        ),
        Problem::NoPlace { form, left } => format!(
            "`--format {form}`：不知道平台为这些提交起的名字，因此其中没有：{}",
            left.join("、")
        ),
        Problem::NothingSelected => "没有选中任何场景；`viva list 实验` 会列出全部场景".to_owned(),
        Problem::LayerMissing { missing, cure } => isolation::chinese_refusal(missing, cure),
        Problem::System { doing, message } => {
            format!("这是机器的问题，不是程序的问题：{doing}：{message}")
        }
        Problem::Grading(problem) => chinese_grading(problem),
        Problem::Unfound(error) => chinese_unfound(error),
        Problem::Roster(error) => chinese_roster(error),
        Problem::Trouble(trouble) => zh::Chinese.trouble(trouble),
    }
}
