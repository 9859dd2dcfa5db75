//! What is wrong in a file, in Chinese.

use crate::diagnostic::{Code, Party};

use crate::report::lint::{Said, Sentences, circle, mebibytes, quoted as q, quoted_all, said};

use super::kinds::{parties, party, wrong_shape};
use super::mistake::{regex, yaml};

/// The sentences of a code.
pub(in crate::report) fn sentences(code: &Code) -> Sentences {
    let (message, remedy) = words(code);
    Sentences {
        message,
        remedy,
        related: related(code),
    }
}

fn related(code: &Code) -> &'static str {
    match code {
        Code::CaughtLater { .. } => "在这里才捕获",
        Code::UsedBefore { .. } => "从这里才开始参与",
        Code::Yaml { .. } => "这个括号还没有闭合",
        _ => "第一个在这里",
    }
}

/// "did you mean", else `otherwise`.
fn meant(similar: &Option<String>, otherwise: impl Into<String>) -> String {
    match similar {
        Some(similar) => format!("是不是想写 {}？", q(similar)),
        None => otherwise.into(),
    }
}

/// "did you mean", else what is possible.
fn possible(similar: &Option<String>, known: &[String]) -> String {
    meant(similar, format!("可以写：{}", quoted_all(known, "、")))
}

fn words(code: &Code) -> Said {
    match code {
        Code::NotFound { file } => said(
            format!("没有文件 {}", q(file)),
            "请检查名字。实验是一个含有 `lab.yaml` 的文件夹；它列出的文件都放在它旁边",
        ),
        Code::Unreadable { reason } => (format!("无法读取文件：{reason}"), None),
        Code::TooLarge { limit } => said(
            format!("文件超过 {}", mebibytes(*limit as u64)),
            "长文本可以在用到时生成：`${\"x\"|repeat(3000)}`",
        ),
        Code::NotUtf8 => said("这里的字节不是 UTF-8", "请把文件另存为 UTF-8 编码"),
        Code::LineTooLong { limit } => said(
            format!("有一行超过 {limit} 字节"),
            "请把文本折行（`>-`）；长文本可以在用到时生成：`${\"x\"|repeat(3000)}`",
        ),
        Code::TooManyValues { limit } => {
            said(format!("文件中的值超过 {limit} 个"), "请拆成几个场景")
        }
        Code::TooDeep { limit } => said(
            format!("这里的列表和映射嵌套超过 {limit} 层"),
            "本语言用不到这么深的嵌套：请检查是否有括号没有闭合",
        ),
        Code::Empty => said(
            "文件是空的",
            "请以 `viva: 1` 开头；docs/language.md 里有完整的例子",
        ),
        Code::SeveralDocuments => said(
            "从这里开始是第二个文档",
            "一个文件只写一个实验或一个场景：请删去 `---`，或把后面的内容放到另一个文件",
        ),
        Code::Alias => said(
            "本语言没有锚点（`&name`）和别名（`*name`）",
            "请把值直接写出来；几个场景共用的内容写在 `lab.yaml` 里。以 `*` 或 `&` 开头的文本要加引号",
        ),
        Code::Tag => said(
            "本语言没有标签（`!name`）",
            "请删去标签。以 `!` 开头的文本要加引号",
        ),
        Code::Yaml { mistake } => yaml(mistake),
        Code::KeyNotText => said("键必须是文本", "请删去括号，或补上冒号前面缺少的键"),
        Code::UnknownKey {
            key,
            similar,
            known,
        } => said(format!("这里没有键 {}", q(key)), possible(similar, known)),
        Code::DuplicateKey { key } => {
            said(format!("键 {} 在这里出现了两次", q(key)), "请删去其中一个")
        }
        Code::EitherKey { keys } => said(
            format!("{} 不能写在一起", quoted_all(keys, " 和 ")),
            "请只保留其中一个",
        ),
        Code::MissingKey { keys } => said(
            format!("这里缺少键 {}", quoted_all(keys, "、")),
            "请补上缺少的键：`key: value`",
        ),
        Code::WrongShape { expected, found } => wrong_shape(expected, *found),
        Code::UnknownWord {
            word,
            similar,
            known,
        } => said(format!("这里不能写 {}", q(word)), possible(similar, known)),
        Code::WrongVersion { found } => said(
            format!("这个 Viva 只认识第 1 版语言，不认识 {}", q(found)),
            "请写 `viva: 1`，或使用更新的 Viva",
        ),
        Code::BadNumber {
            found,
            least,
            most,
            whole,
        } => said(
            format!(
                "{} 不是 {least} 到 {most} 之间的{}",
                q(found),
                if *whole { "整数" } else { "数" }
            ),
            "请只写数字，不带符号和单位",
        ),
        Code::NotRising => said(
            "这一行的天数不大于上一行",
            "请按天数从小到大写：第一行够长的算数",
        ),
        Code::BadDuration { found } => said(
            format!("{} 不是时长", q(found)),
            "请写数字加 `ms`、`s` 或 `m`，大于零，不超过一天：`500ms`、`10s`、`2m`",
        ),
        Code::BadName { found } => said(
            format!("{} 不能作名字", q(found)),
            "名字以字母或汉字开头，后面可以有字母、汉字、数字、`-` 和 `_`，最多 60 个字符",
        ),
        Code::ReservedName { name } => said(
            format!("名字 {} 在本语言里已有含义", q(name)),
            "请换一个名字",
        ),
        Code::NameTwice { name } => {
            said(format!("名字 {} 用了两次", q(name)), "请给其中一个换个名字")
        }
        Code::BadHex { found } => said(
            format!("{} 不是十六进制数字", q(found)),
            "每个字节写两位：`e4 bd a0`",
        ),
        Code::BadFileName { name } => said(
            format!("{} 不是这个文件夹之内的文件", q(name)),
            "开头不要写 `/`，其中不要有 `.`、`..` 和 `\\`",
        ),
        Code::Nothing => said("这里是空的", "请填上内容，或删去这个键"),
        Code::NoLanguage => said(
            "这段文本没有任何一种语言",
            "请写 `{ en: \"…\", zh: \"…\" }`；有一种就够了",
        ),
        Code::Unclosed => said(
            "这个 `${` 没有闭合",
            "请用 `}` 闭合；如果 `${` 就是字面意思，请写 `$${`",
        ),
        Code::BadExpression { found } => said(
            format!("看不懂 {}", q(found)),
            "花括号里先写一个变量或 \"带引号的文本\"，再写函数，每个函数前面有一个 `|`：`${token.a|upper}`",
        ),
        Code::NoExpressionHere => said("这里不能用 `${…}`", "请直接写出文本"),
        Code::UnknownVariable { name, similar } => said(
            format!("没有变量 {}", q(name)),
            meant(
                similar,
                format!(
                    "请在 `variables:` 里给它一个值；每次不同的随机词写成 {}",
                    q(&format!("${{token.{name}}}"))
                ),
            ),
        ),
        Code::NotHere { name } => said(
            format!("{} 在这里没有值", q(name)),
            match name.as_str() {
                "file" => "`file` 只用于角色的 `command`、`build` 和 `arguments`",
                "text" => "`text` 只用于约定中的 `reply`；别处请写 `${\"…\"|reply}`",
                _ => "读到这段文本时还没有人行动；请用 `ip`、`port` 或变量",
            },
        ),
        Code::CaughtLater { name } => said(
            format!("{} 要到后面才捕获", q(name)),
            "请把这一步移到捕获它的那一步之后",
        ),
        Code::UnknownField { field, similar } => said(
            format!("参与者没有 {}", q(field)),
            meant(similar, "参与者有 `ip`、`port`、`address` 和 `peer`"),
        ),
        Code::FieldOfCrowd { actor } => said(
            format!("{} 是一群：每个成员都有自己的地址", q(actor)),
            "请在 cast 里单独写一个参与者，再用它的地址",
        ),
        Code::UnknownFunction { name, similar } => said(
            format!("没有函数 {}", q(name)),
            meant(
                similar,
                "函数有 `upper`、`lower`、`trim`、`repeat(N)`、`first(N)`、`last(N)`、`length`、`bytes` 和 `reply`",
            ),
        ),
        Code::BadArgument {
            function,
            most: Some(most),
        } => said(
            format!("{} 需要一个 0 到 {most} 之间的数", q(function)),
            format!("请写成 {}", q(&format!("{function}(3)"))),
        ),
        Code::BadArgument {
            function,
            most: None,
        } => said(format!("{} 后面不能有括号", q(function)), "请删去括号"),
        Code::TextTooLong { limit } => said(
            format!("这段文本会超过 {}", mebibytes(*limit)),
            "请写短一些，或分几步发送",
        ),
        Code::NotEncodable {
            character,
            encoding,
        } => said(
            format!("{encoding} 里没有 {}", q(&character.to_string())),
            "请换用别的字符，或用 `bytes:`，或在约定里换一种 `encoding:`",
        ),
        Code::MessageTooLong { bytes, limit } => said(
            format!("消息有 {bytes} 字节，而它前面的长度最多只能表示 {limit}"),
            "请写短一些，或在约定的 `message:` 里选更长的长度",
        ),
        Code::PatternForm { found, known } if found.is_empty() => said(
            "这里应当写期待的内容",
            format!("请写文本，或 {} 之一", quoted_all(known, "、")),
        ),
        Code::PatternForm { found, .. } => said(
            format!("{} 不能写在一起", quoted_all(found, " 和 ")),
            "请只写其中一个；几个模式写在 `any_of: […]` 或 `all_of: […]` 里",
        ),
        Code::BadRegex { mistake } => regex(mistake),
        Code::AlwaysMatches => said(
            "什么都不来也算满足：这一步永远不会失败",
            "请至少期待一个字符，例如用 `+` 代替 `*`",
        ),
        Code::NeverHolds => said(
            "什么都不来也算违反：这一步永远不会成立",
            "如果一个字节都不许来，请写 `silent: true`",
        ),
        Code::PatternNotOfActor {
            form,
            actor,
            is,
            only,
        } => said(
            format!("对 {}（{}）不能期待 {}", q(actor), party(*is), q(form)),
            format!("只能对这些期待它：{}", parties(only)),
        ),
        Code::StandsAlone { form } => said(
            format!("{} 说的是整个程序，只能单独写", q(form)),
            format!(
                "请写成单独的一步：{}",
                q(&format!("- server: {{ expect: {{ {form}: … }} }}"))
            ),
        ),
        Code::NoStream { key, form } => said(
            format!("{} 说的是数据流，而 {} 与数据流无关", q(key), q(form)),
            format!("请删去 {}", q(key)),
        ),
        Code::BadAddress { found } => said(
            format!("{} 不是地址", q(found)),
            "请写 IP 地址和端口：`0.0.0.0:${port}`、`${ip}:${port}`、`[::1]:9999`",
        ),
        Code::NotPrinted { form } => said(
            format!("程序打印不出 {}", q(form)),
            "提示语是文本，或 `regex`、`exactly`、`bytes`、`at_least`、`any_of`、`all_of` 之一",
        ),
        Code::CastForm { found } if found.is_empty() => said(
            "这里应当写这个参与者是什么",
            "请写 `{ role: … }`、`{ connects: … }`、`{ listens: tcp }`、`{ proxy: … }` 或 `{ crowd: { … } }`",
        ),
        Code::CastForm { found } => said(
            format!(
                "一个参与者只能是一种：{} 不能写在一起",
                quoted_all(found, " 和 ")
            ),
            "请写成两个参与者，或删去一个键",
        ),
        Code::UnknownRole { name, similar } => said(
            format!("没有角色 {}", q(name)),
            meant(similar, "请在 `roles:` 里写明它"),
        ),
        Code::UnknownActor { name, similar } => said(
            format!("没有参与者 {}", q(name)),
            meant(similar, "请把它写进 `cast:`，或让服务器 `accept` 它"),
        ),
        Code::NotAProgram { name } => said(
            format!("{} 不是程序", q(name)),
            "Viva 的客户端只连接程序，或程序前面的线路，也就是有 `role:` 或 `proxy:` 的参与者",
        ),
        Code::NotAListener { name } => said(
            format!("{} 并不等待它的连接", q(name)),
            "请写一个有 `listens:` 的参与者（传输方式相同），或另一个程序",
        ),
        Code::NotOnThisLine { fault, tcp: true } => said(
            format!("TCP 没有 {}：丢失的会重发，顺序也会保持", q(fault)),
            "TCP 线路可以写 `delay`、`split`、`coalesce`、`throttle`、`half_close`、`reset`",
        ),
        Code::NotOnThisLine { fault, tcp: false } => said(
            format!("UDP 没有 {}：一个数据报是一个整体，也没有连接", q(fault)),
            "UDP 线路可以写 `drop`、`duplicate`、`reorder`、`delay`、`throttle`",
        ),
        Code::FaultForm { found } if found.is_empty() => said(
            "这里应当写线路出什么毛病",
            "请写 `drop`、`duplicate`、`reorder`、`delay`、`split`、`coalesce`、`throttle`、`half_close`、`reset` 之一",
        ),
        Code::FaultForm { found } => said(
            format!(
                "一项只能是一种毛病：{} 不能写在一起",
                quoted_all(found, " 和 ")
            ),
            "请写成两项，每项一个 `- { … }`",
        ),
        Code::OtherTransport { name, tcp } => said(
            format!("{} 是 {} 线路", q(name), if *tcp { "TCP" } else { "UDP" }),
            "请让两边的 `transport:` 相同",
        ),
        Code::UselessVariable { name, similar } => said(
            format!("变量 {} 没有任何用处", q(name)),
            meant(
                similar,
                "角色和 `variables:` 都不认识它：请删去它，或在角色里用上它",
            ),
        ),
        Code::StepForm { found } if found.is_empty() => said(
            "这里应当写一个参与者和它做什么",
            "请写成 `- alice: { send: \"…\" }`",
        ),
        Code::StepForm { found } => said(
            format!(
                "一个步骤只有一个参与者，不能是 {}",
                quoted_all(found, " 和 ")
            ),
            "请各写一个步骤，都以 `- ` 开头",
        ),
        Code::ActionForm { found } if found.is_empty() => said(
            "这里缺少动作",
            "请写一个，例如 `send: \"…\"` 或 `expect: \"…\"`",
        ),
        Code::ActionForm { found } => said(
            format!("一个步骤只有一个动作，不能是 {}", quoted_all(found, " 和 ")),
            "请各写一个步骤",
        ),
        Code::BesideAction { key } => said(
            format!("{} 要写在动作旁边，不是参与者旁边", q(key)),
            format!(
                "请写成 {}",
                q(&format!("- alice: {{ send: \"…\", {key}: … }}"))
            ),
        ),
        Code::NotWithAction { key, action, with } => said(
            format!("{} 不能和 {} 一起用", q(key), q(action)),
            format!("它和这些一起用：{}", quoted_all(with, "、")),
        ),
        Code::WrongActor {
            action,
            actor,
            is,
            only,
        } => said(
            format!("{} 不能用于 {}（{}）", q(action), q(actor), party(*is)),
            match is {
                Party::TcpServer | Party::WebSocketServer
                    if only.contains(&Party::TcpLink) || only.contains(&Party::WebSocketLink) =>
                {
                    format!("它只负责监听：请让它 `accept: NAME`，再由 NAME 来 {action}")
                }
                _ => format!("它只用于：{}", parties(only)),
            },
        ),
        Code::NoSuchStream {
            stream,
            terminal: true,
        } => said(
            format!("终端里的程序没有 {}", q(stream)),
            "它打印的一切都在 `screen` 上；在角色里写 `terminal: false` 才能分开 `stdout` 和 `stderr`",
        ),
        Code::NoSuchStream {
            stream,
            terminal: false,
        } => said(
            format!("用管道连接的程序没有 {}", q(stream)),
            "它有 `stdout` 和 `stderr`；在角色里写 `terminal: true` 才有 `screen`",
        ),
        Code::OnlyExpect => said(
            "`any_order` 里只能写 `expect`",
            "请把这一步移到这一组之前或之后",
        ),
        Code::UsedBefore { actor } => said(
            format!("{} 要到后面才参与", q(actor)),
            "请把这一步移到那一步之后。没有这种步骤的参与者从一开始就参与",
        ),
        Code::UnknownLabel { label, similar } => said(
            format!("前面没有叫 {} 的步骤", q(label)),
            meant(
                similar,
                format!("请给那个步骤起名：{}", q(&format!("as: {label}"))),
            ),
        ),
        Code::BadCut { offset, length } => said(
            match length {
                Some(length) => {
                    format!("{offset} 切不出一段：位置要递增，并且小于所发送的 {length} 字节")
                }
                None => format!("{offset} 切不出一段：位置要递增"),
            },
            "从消息开头按字节计数",
        ),
        Code::CloseCode { code } => said(
            format!("关闭帧不能用代码 {code}"),
            "可以用 1000–1003、1007–1014、3000–4999（RFC 6455，7.4）；若要故意发送错误的代码，请用 `bytes:` 写出整个帧",
        ),
        Code::ResponseInMessages => said(
            "HTTP 响应自己规定在哪里结束",
            "请在约定里保留 `message: raw`（默认值）",
        ),
        Code::BadHeader { name } => said(
            format!("{} 不是头部字段的名称", q(name)),
            "只用字母、数字和连字符，不写冒号：`Content-Type`",
        ),
        Code::BodyOfNone => said("对 HEAD 的响应没有正文", "请删去 `body` 或 `bodiless`"),
        Code::BadPath { path } => said(
            format!("{} 不是路径", q(path)),
            "路径以 `/` 开头，不含空白和 `#`，只用 ASCII 字符：`/chat`",
        ),
        Code::ControlTooLong { bytes, limit } => said(
            format!("{bytes} 字节太长：ping 和 pong 最多 {limit} 字节（RFC 6455，5.5）"),
            "请写短一些；若要故意发送过长的帧，请用 `bytes:` 写出整个帧",
        ),
        Code::ScenarioTwice { name } => said(
            format!("有两个场景都叫 {}", q(name)),
            "请给其中一个换个名字",
        ),
        Code::ScenarioNotAsFile { name, file } => said(
            format!("场景 {} 写在文件 {} 里", q(name), q(file)),
            "请让两者同名",
        ),
        Code::UnknownNeed { name, similar } => said(
            format!("这个实验没有场景 {}", q(name)),
            meant(similar, "请把它列入 `scenarios:`，或删去这个依赖"),
        ),
        Code::UnknownScenario { name, similar } => said(
            format!("这个实验没有场景 {}", q(name)),
            meant(similar, "请把它从契约中删去"),
        ),
        Code::NoKnownProgram { file } => said(
            format!("契约文件旁边没有程序 {}", q(file)),
            "请检查文件名：它从契约文件所在的文件夹算起，例如 `wrong/doubles.py`",
        ),
        Code::CircularNeeds { names } => said(
            format!("这些场景互相依赖：{}", circle(names)),
            "请删去其中一个依赖",
        ),
        Code::UnknownSetting { name, similar } => said(
            format!("没有叫 {} 的约定或变量", q(name)),
            meant(similar, "约定见 docs/language.md，变量见 `lab.yaml`"),
        ),
        Code::NotInSubmission { key } => said(
            format!("作业里不能写 {}", q(key)),
            "请删去它：只有实验才能规定",
        ),
        Code::UnusedActor { actor } => said(
            format!("{} 什么也没做", q(actor)),
            "请给它一个步骤，或从 cast 里删去它",
        ),
        Code::UnusedToken { token } => said(
            format!(
                "发送了 {}，却没有人期待它",
                q(&format!("${{token.{token}}}"))
            ),
            "请在它应当到达的地方期待它，或改发普通文本",
        ),
        Code::UnlistedFile { file } => said(
            format!("`lab.yaml` 没有列出 {}", q(file)),
            format!(
                "请在 `scenarios:` 里加上 {}，或把文件移走",
                q(&format!("- {{ use: {file} }}"))
            ),
        ),
        Code::OpenRegex => said(
            "后面再来的内容可能让这个匹配变长",
            "请在表达式末尾写上后面必须跟着的内容，例如 `\\n` 或括号",
        ),
    }
}
