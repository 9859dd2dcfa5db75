//! Who handed in what, and what keeps it from being used, in words.

use crate::diagnostic::Language;
use crate::grading::{FindError, Known, Odd, RosterError, Why};
use crate::report::problem::similar;

/// The words of a list of a class.
pub(in crate::report) struct RollWords {
    /// So many handed in, of so many.
    pub(in crate::report) summary: fn(usize, usize) -> String,
    pub(in crate::report) nothing: &'static str,
    pub(in crate::report) unusable: &'static str,
    pub(in crate::report) unknown: &'static str,
    pub(in crate::report) late: &'static str,
    pub(in crate::report) late_by: fn(&str) -> String,
    pub(in crate::report) missing: &'static str,
    /// Which of so many attempts counts.
    pub(in crate::report) attempts: fn(usize) -> String,
    pub(in crate::report) members: fn(&str) -> String,
    /// Nobody of these handed in anything: how many, and their names.
    pub(in crate::report) absent: fn(usize, &str) -> String,
    pub(in crate::report) not_in_roster: fn(usize, &str) -> String,
    pub(in crate::report) and_more: fn(usize) -> String,
}

const ENGLISH: RollWords = RollWords {
    summary: |handed_in, all| format!("{handed_in} of {all} handed in"),
    nothing: "nothing",
    unusable: "can't be used",
    unknown: "not in the roster",
    late: "late",
    late_by: |time| format!("late by {time}"),
    missing: "missing",
    attempts: |count| format!("the last of {count} attempts"),
    members: |members| format!("of {members}"),
    absent: |count, names| format!("Nothing from {count}: {names}"),
    not_in_roster: |count, names| format!("Not in the roster, {count}: {names}"),
    and_more: |count| format!(" and {count} more"),
};

const CHINESE: RollWords = RollWords {
    summary: |handed_in, all| format!("{all} 份中已交 {handed_in} 份"),
    nothing: "未交",
    unusable: "无法使用",
    unknown: "不在名单中",
    late: "迟交",
    late_by: |time| format!("迟交 {time}"),
    missing: "缺",
    attempts: |count| format!("共 {count} 次提交，以最后一次为准"),
    members: |members| format!("成员：{members}"),
    absent: |count, names| format!("{count} 人未交：{names}"),
    not_in_roster: |count, names| format!("不在名单中，{count} 份：{names}"),
    and_more: |count| format!("等，另有 {count} 个"),
};

pub(in crate::report) fn roll(language: Language) -> &'static RollWords {
    match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    }
}

/// How somebody was found in the roster, where that is worth saying.
pub(in crate::report) fn known(known: &Known, language: Language) -> Option<String> {
    let english = match known {
        Known::Key | Known::Roster => return None,
        Known::Inside => ("found by a file's name", "按其中的文件名认出"),
        Known::Number => ("found by the platform's number", "按平台编号认出"),
        Known::Name => ("found by the name", "按姓名认出"),
        Known::Group => ("found by the group", "按小组认出"),
        Known::Column(column) => {
            return Some(match language {
                Language::English => format!("found by `{column}`"),
                Language::Chinese => format!("按“{column}”认出"),
            });
        }
    };
    Some(in_language(english, language))
}

fn in_language((english, chinese): (&str, &str), language: Language) -> String {
    match language {
        Language::English => english.to_owned(),
        Language::Chinese => chinese.to_owned(),
    }
}

/// Why a submission can't be used: the word that stands in it, and what that is about.
pub(in crate::report) fn why(word: &str, about: Option<&str>, language: Language) -> String {
    let about = about.unwrap_or_default();
    let sentence = match Why::of(word) {
        Some(why) => unusable(why, about, language),
        None => in_language(not_run(word), language),
    };
    match (about, language) {
        ("", _) => sentence,
        _ if word == Why::UnknownArchive.word() => sentence,
        (about, Language::English) => format!("{sentence} ({about})"),
        (about, Language::Chinese) => format!("{sentence}（{about}）"),
    }
}

/// What keeps programs that were found from being run: the names of problems.
fn not_run(word: &str) -> (&str, &str) {
    match word {
        "bad-settings" => ("there is a mistake in its viva.yaml", "它的 viva.yaml 有错"),
        "missing-program" => (
            "this machine lacks a program that it needs",
            "本机缺少它需要的程序",
        ),
        "unknown-kind" => (
            "Viva does not know how to run this kind of file",
            "Viva 不知道怎样运行这种文件",
        ),
        "trouble" => ("Viva or the machine was in trouble", "Viva 或机器出了问题"),
        // Of a later version.
        word => (word, word),
    }
}

/// `about` is in the sentence where that needs it.
fn unusable(why: Why, about: &str, language: Language) -> String {
    let sentence = match why {
        Why::Empty => ("there is nothing in it", "里面什么都没有"),
        Why::Encrypted => ("it needs a password", "需要密码"),
        Why::ZipBomb => (
            "it unpacks to far more than it is: a zip bomb",
            "解压后远大于本身：压缩炸弹",
        ),
        Why::TooLarge => ("it is larger than 64 MiB", "超过 64 MiB"),
        Why::TooManyFiles => ("it has more than 9000 files", "文件超过 9000 个"),
        Why::TooDeep => ("its folders are nested too deep", "目录嵌套过深"),
        Why::NestedTooDeep => ("its archives are nested too deep", "压缩包嵌套过深"),
        Why::Truncated => (
            "the archive is cut off: its end is missing",
            "压缩包不完整：缺少结尾",
        ),
        Why::Damaged => ("the archive is damaged", "压缩包已损坏"),
        Why::NoArchive => (
            "it is called an archive, but is none",
            "名为压缩包，实际不是",
        ),
        Why::UnknownArchive => {
            return match language {
                Language::English => {
                    format!(
                        "Viva does not read {about}: unpack it by hand, or ask for .zip or .tar.gz"
                    )
                }
                Language::Chinese => {
                    format!("Viva 不读 {about}：请手工解压，或要求交 .zip 或 .tar.gz")
                }
            };
        }
        Why::UnknownCompression => (
            "it is compressed in a way that Viva does not read",
            "使用了 Viva 不支持的压缩方法",
        ),
        Why::Unreadable => ("it can't be read", "无法读取"),
    };
    in_language(sentence, language)
}

/// What is odd: how many, and the first names.
pub(in crate::report) fn odd(odd: Odd, count: usize, about: &str, language: Language) -> String {
    let (english, chinese) = match odd {
        Odd::Link => ("links are left out", "链接不取"),
        Odd::Special => ("special files are left out", "特殊文件不取"),
        Odd::Outside => (
            "names that lead out of the archive are left out",
            "指向压缩包之外的名字不取",
        ),
        Odd::Duplicate => (
            "names that come twice: the first counts",
            "重名：以第一个为准",
        ),
        Odd::CaseClash => ("names that differ by case only", "仅大小写不同的名字"),
        Odd::ControlCharacters => ("names with control characters", "名字里有控制字符"),
        Odd::Shortened => ("names that are too long are cut", "名字过长，已截短"),
        Odd::Unreadable => ("can't be read and is left out", "无法读取，不取"),
        Odd::UnreadArchive => (
            "an archive inside can't be read; all roles are filled without it",
            "其中的压缩包无法读取；不靠它角色也齐全",
        ),
        Odd::Renamed => (
            "given the name that the lab looks for",
            "改成实验要找的名字",
        ),
        Odd::Stray => ("no submission", "不是作业"),
        Odd::Ambiguous => ("could be from any of", "可能属于"),
        Odd::Together => ("taken as handed in together by", "视为共同提交"),
        Odd::Twice => ("has a part in several submissions", "参与了多份作业"),
        Odd::NoKey => (
            "rows of the roster without a key, left out: line",
            "名单中没有编号的行，不取：第",
        ),
    };
    let more = match (count, language) {
        (0 | 1, _) => String::new(),
        (count, Language::English) => format!(" ({count})"),
        (count, Language::Chinese) => format!("（{count}）"),
    };
    match language {
        Language::English => format!("{english}{more}: {about}"),
        Language::Chinese => format!("{chinese}{more}：{about}"),
    }
}

/// What is odd, for the student whose it is: what it is about, what became of it, and what to do. `None`: only a teacher can do something.
pub(in crate::report) fn odd_for_students(
    odd: Odd,
    about: &str,
    language: Language,
) -> Option<String> {
    let ((english, do_english), (chinese, do_chinese)) = match odd {
        Odd::Link => (
            (
                "Links were left out",
                "Hand in the files themselves, not links to them.",
            ),
            ("链接未被采用", "请提交文件本身，不要提交链接。"),
        ),
        Odd::Special => (
            (
                "These are no ordinary files, and were left out",
                "Hand in ordinary files only.",
            ),
            ("这些不是普通文件，未被采用", "请只提交普通文件。"),
        ),
        Odd::Outside => (
            (
                "Names that lead out of the archive were left out",
                "Pack the folder of your programs itself, without absolute paths or `..`.",
            ),
            (
                "路径指向压缩包之外，未被采用",
                "请直接打包程序所在的目录，不要用绝对路径或 `..`。",
            ),
        ),
        Odd::Duplicate => (
            (
                "These names come twice in the archive, and only the first of each was taken",
                "Pack each file once.",
            ),
            (
                "压缩包里有重名文件，只采用了第一个",
                "请每个文件只打包一次。",
            ),
        ),
        Odd::CaseClash => (
            (
                "These names differ by upper and lower case only",
                "On Windows and macOS they are one file: rename one of them.",
            ),
            (
                "这些文件名只有大小写不同",
                "在 Windows 和 macOS 上它们是同一个文件，请改名。",
            ),
        ),
        Odd::ControlCharacters => (
            (
                "There are characters in these names that can't be seen",
                "Rename the files.",
            ),
            ("这些文件名里有不可见的字符", "请改名。"),
        ),
        Odd::Shortened => (
            (
                "These names are too long and were cut",
                "Choose shorter names.",
            ),
            ("这些名字过长，已被截短", "请换用较短的名字。"),
        ),
        Odd::Unreadable => (
            (
                "This could not be read and was left out",
                "See whether you can open it yourself, and hand it in again.",
            ),
            ("无法读取，未被采用", "请确认自己能打开它，然后重新提交。"),
        ),
        Odd::UnreadArchive => (
            (
                "An archive inside what you handed in could not be unpacked",
                "Hand in the files themselves, not archives inside an archive.",
            ),
            (
                "提交内容里的压缩包无法解压",
                "请直接提交文件，不要在压缩包里再放压缩包。",
            ),
        ),
        Odd::Renamed => (
            (
                "A file was given the name that the lab asks for",
                "Name it so yourself next time.",
            ),
            ("文件已改成实验要求的名字", "下次请直接用这个名字。"),
        ),
        Odd::Together => (
            (
                "This was taken as the work of all whose numbers are in its name",
                "Tell your teacher if that is wrong.",
            ),
            (
                "名字里有几个学号，视为这些同学共同提交",
                "如有出入，请告诉老师。",
            ),
        ),
        // The names of others are no business of this student.
        Odd::Ambiguous => {
            let said = match language {
                Language::English => {
                    "It could not be told whose work this is. Put your own student number into the name of what you hand in."
                }
                Language::Chinese => "无法确定这是谁的作业。请在提交的文件名里写上自己的学号。",
            };
            return Some(said.to_owned());
        }
        Odd::Stray | Odd::Twice | Odd::NoKey => return None,
    };
    Some(match language {
        Language::English => format!("{english}: {about}. {do_english}"),
        Language::Chinese => format!("{chinese}：{about}。{do_chinese}"),
    })
}

pub(in crate::report) fn english_unfound(error: &FindError) -> String {
    match error {
        FindError::NoSuchFile(path) => format!("{}: no such file or folder", path.display()),
        FindError::Unreadable { path, message } => {
            format!("{}: cannot be read: {message}", path.display())
        }
        FindError::Unusable {
            path,
            why: reason,
            about,
        } => format!(
            "{}: {}; download it again, or unpack it and name the folder",
            path.display(),
            why(reason.word(), about.as_deref(), Language::English)
        ),
        FindError::Nobody(paths) => format!(
            "{}: there is no submission in it: name the folder in which each student has a folder, an archive or a file, or what the course system gives",
            listed(paths)
        ),
        FindError::NotWritten { path, message } => {
            format!("{}: cannot be written: {message}", path.display())
        }
    }
}

pub(in crate::report) fn chinese_unfound(error: &FindError) -> String {
    match error {
        FindError::NoSuchFile(path) => format!("{}：没有这个文件或目录", path.display()),
        FindError::Unreadable { path, message } => {
            format!("{}：无法读取：{message}", path.display())
        }
        FindError::Unusable {
            path,
            why: reason,
            about,
        } => format!(
            "{}：{}；请重新下载，或解压后给出目录",
            path.display(),
            why(reason.word(), about.as_deref(), Language::Chinese)
        ),
        FindError::Nobody(paths) => format!(
            "{}：里面没有作业：请给出每个学生各有一个目录、压缩包或文件的目录，或教学平台下载的压缩包",
            listed(paths)
        ),
        FindError::NotWritten { path, message } => {
            format!("{}：无法写入：{message}", path.display())
        }
    }
}

fn listed(paths: &[std::path::PathBuf]) -> String {
    let shown: Vec<String> = paths
        .iter()
        .take(3)
        .map(|path| path.display().to_string())
        .collect();
    shown.join(", ")
}

pub(in crate::report) fn english_roster(error: &RosterError) -> String {
    match error {
        RosterError::Unreadable { path, message } => {
            format!("{}: the roster can't be read: {message}", path.display())
        }
        RosterError::NoTable { path } => format!(
            "{}: the roster is neither CSV nor a workbook (xlsx, xls)",
            path.display()
        ),
        RosterError::Empty { path } => format!(
            "{}: there is nobody in the roster: it needs a line with titles and a line for each student",
            path.display()
        ),
        RosterError::NoColumn {
            path,
            wanted: Some(wanted),
            columns,
        } => {
            let path = path.display();
            match similar(wanted, columns) {
                Some(like) => {
                    format!("{path}: the roster has no column `{wanted}`; did you mean `{like}`?")
                }
                None => format!(
                    "{path}: the roster has no column `{wanted}`; it has: {}",
                    columns.join(", ")
                ),
            }
        }
        RosterError::NoColumn {
            path,
            wanted: None,
            columns,
        } => format!(
            "{}: say with --key which column of the roster tells people apart: {}",
            path.display(),
            columns.join(", ")
        ),
        RosterError::ColumnTwice { path, column } => format!(
            "{}: two columns of the roster are called `{column}`: rename one of them",
            path.display()
        ),
        RosterError::KeyTwice { path, column, keys } => format!(
            "{}: `{column}` must be another for everybody in the roster, but {}{}: mend the roster, or choose another column with --key",
            path.display(),
            twice(keys, "stands in lines", "; "),
            more(keys.len(), |count| format!("; and {count} more")),
        ),
    }
}

pub(in crate::report) fn chinese_roster(error: &RosterError) -> String {
    match error {
        RosterError::Unreadable { path, message } => {
            format!("{}：名单无法读取：{message}", path.display())
        }
        RosterError::NoTable { path } => {
            format!(
                "{}：名单既不是 CSV，也不是工作簿（xlsx、xls）",
                path.display()
            )
        }
        RosterError::Empty { path } => {
            format!(
                "{}：名单里没有人：需要一行标题，每个学生一行",
                path.display()
            )
        }
        RosterError::NoColumn {
            path,
            wanted: Some(wanted),
            columns,
        } => {
            let path = path.display();
            match similar(wanted, columns) {
                Some(like) => {
                    format!("{path}：名单里没有 `{wanted}` 这一列；是不是想写 `{like}`？")
                }
                None => {
                    format!(
                        "{path}：名单里没有 `{wanted}` 这一列；现有：{}",
                        columns.join("、")
                    )
                }
            }
        }
        RosterError::NoColumn {
            path,
            wanted: None,
            columns,
        } => format!(
            "{}：请用 --key 指明名单的哪一列区分学生：{}",
            path.display(),
            columns.join("、")
        ),
        RosterError::ColumnTwice { path, column } => {
            format!(
                "{}：名单有两列都叫 `{column}`：请改一个名字",
                path.display()
            )
        }
        RosterError::KeyTwice { path, column, keys } => format!(
            "{}：名单里每人的 `{column}` 必须不同，但 {}{}：请改正名单，或用 --key 另选一列",
            path.display(),
            twice(keys, "出现在行", "；"),
            more(keys.len(), |count| format!("；另有 {count} 个")),
        ),
    }
}

/// So many keys are named.
const NAMED: usize = 5;

fn twice(keys: &[(String, Vec<usize>)], verb: &str, sign: &str) -> String {
    let one = |(key, lines): &(String, Vec<usize>)| {
        let lines: Vec<String> = lines.iter().take(NAMED).map(ToString::to_string).collect();
        format!("{key} {verb} {}", lines.join(", "))
    };
    keys.iter()
        .take(NAMED)
        .map(one)
        .collect::<Vec<_>>()
        .join(sign)
}

fn more(count: usize, words: impl Fn(usize) -> String) -> String {
    count
        .checked_sub(NAMED)
        .filter(|more| *more > 0)
        .map(words)
        .unwrap_or_default()
}
