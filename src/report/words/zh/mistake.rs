//! What is wrong with YAML or a regular expression, in Chinese.

use crate::diagnostic::Mistake;

use crate::report::lint::{Said, other_words};

pub(super) fn yaml(mistake: &Mistake) -> Said {
    let (message, remedy) = match mistake {
        Mistake::Tab => ("这里只能用空格，不能用制表符".to_owned(), "请用空格缩进"),
        Mistake::Indentation => (
            "这一行的缩进和上面的任何一行都对不上".to_owned(),
            "请和同一组的行缩进得完全一样",
        ),
        Mistake::Unclosed { open } => (format!("这个 `{open}` 没有闭合"), "请补上另一半"),
        Mistake::Unopened => (
            "这个括号没有与之配对的左括号".to_owned(),
            "请删去它，或补上左括号",
        ),
        Mistake::UnclosedQuote => (
            "引号没有闭合，或者引号内的下一行没有缩进".to_owned(),
            "请补上右引号",
        ),
        Mistake::BehindQuote => (
            "右引号后面还有内容".to_owned(),
            "请把整个文本放进引号；其中的引号在 \"…\" 里写成 `\\\"`，在 '…' 里写成 `''`",
        ),
        Mistake::Escape => (
            "双引号里没有这种反斜杠转义".to_owned(),
            "请用单引号（其中的反斜杠就是反斜杠），或写成 `\\\\`",
        ),
        Mistake::Colon => (
            "没有引号的文本里出现了冒号加空格".to_owned(),
            "请给文本加上引号；如果是新的键，请另起一行",
        ),
        Mistake::Character { character } if character.is_control() => (
            format!("文件里不能有字符 {}", character.escape_unicode()),
            "请删去它；在双引号里可以写成转义，例如 `\\x1b`",
        ),
        Mistake::Character { character } => (
            format!("没有引号的文本不能以 `{character}` 开头"),
            "请给文本加上引号",
        ),
        Mistake::Comma => (
            "这里缺少逗号或右括号".to_owned(),
            "在括号里，含有 `{`、`}`、`[`、`]` 或 `,` 的文本要加引号：\"${token.a}\"",
        ),
        Mistake::Key => (
            "这里缺少键和冒号".to_owned(),
            "请写成 `key: value`，冒号后面有一个空格",
        ),
        Mistake::Entry => (
            "这一行不是上面列表的一项".to_owned(),
            "每一项以 `- ` 开头，缩进和第一项相同",
        ),
        Mistake::Comment => (
            "这里的注释打断了文本，或者 `#` 前面缺少空格".to_owned(),
            "注释前面要有空格；含有 ` #` 的文本要加引号",
        ),
        Mistake::Directive => (
            "本语言没有 `%` 指令".to_owned(),
            "请删去这一行。以 `%` 开头的文本要加引号",
        ),
        other => return (format!("这不是 YAML：{}", other_words(other)), None),
    };
    (message, Some(remedy.to_owned()))
}

pub(super) fn regex(mistake: &Mistake) -> Said {
    let (message, remedy) = match mistake {
        Mistake::Unclosed { open } => (
            format!("正则表达式里有一个 `{open}` 没有闭合"),
            format!("请闭合它；如果它就是字面意思，请写 `\\{open}`"),
        ),
        Mistake::Unopened => (
            "正则表达式里的这个括号没有与之配对的左括号".to_owned(),
            "如果它就是字面意思，请写 `\\)`".to_owned(),
        ),
        Mistake::NothingToRepeat => (
            "正则表达式在这里没有可以重复的内容".to_owned(),
            "如果这个字符就是字面意思，请在前面加反斜杠".to_owned(),
        ),
        Mistake::Escape => (
            "正则表达式里没有这种转义".to_owned(),
            "请删去反斜杠；字面意思的反斜杠写成 `\\\\`".to_owned(),
        ),
        Mistake::NotRegular => (
            "不能用环视和反向引用".to_owned(),
            "请改用两个模式或两个步骤".to_owned(),
        ),
        Mistake::TooBig => (
            "这个正则表达式会占用太多内存".to_owned(),
            "请把 `{…}` 里的数改小".to_owned(),
        ),
        other => {
            let words = other_words(other);
            return (format!("看不懂这个正则表达式：{words}"), None);
        }
    };
    (message, Some(remedy))
}
