//! Simplified Chinese.

use crate::transcript::{ActorKind, Channel, Data, EventKind, ExitStatus, Miss, Proof};
use crate::verdict::{Actual, Expected, Kind, Note, Outcome, Remark, StepRef, Trouble, WaitsFor};

use crate::report::about::About;
use crate::report::contrast::Contrast;
use crate::report::saved::LoadError;
use crate::report::summary::Conclusion;
use crate::report::visible;

use super::{
    Counts, Label, Mark, NAMED, QUOTED, Remedy, Symbol, Words, errno, is_content, is_printed,
    number, signal, signal_name,
};

pub(super) struct Chinese;

fn quote(data: &Data) -> String {
    format!("“{}”", visible::clipped(&data.0, QUOTED))
}

fn regex(expression: &str) -> String {
    format!("/{}/", visible::clipped(expression.as_bytes(), QUOTED))
}

fn bytes(count: usize) -> String {
    match count {
        0..=99_999 => format!("{count} 字节"),
        100_000..=999_999 => format!("{} KiB", count / 1024),
        _ => format!("{:.1} MiB", count as f64 / 1024.0 / 1024.0),
    }
}

fn after(ms: u64) -> String {
    match ms {
        0 => "不到 1 毫秒".to_owned(),
        1..=9_999 => format!("{ms} 毫秒"),
        _ => format!("{:.1} 秒", ms as f64 / 1000.0),
    }
}

/// The program at the other end of a peer's connection.
fn other<'a>(about: &About<'a>) -> &'a str {
    about.program().unwrap_or("被测程序")
}

fn place(actor: &str, channel: Channel) -> String {
    match channel {
        Channel::Screen => format!("{actor} 的终端"),
        Channel::Stdout => format!("{actor} 的标准输出"),
        Channel::Stderr => format!("{actor} 的错误输出（stderr）"),
        Channel::Wire => format!("{actor} 的连接"),
    }
}

fn object(expected: &Expected) -> String {
    let all = |all: &[Expected]| {
        let items: Vec<String> = all.iter().take(NAMED).map(object).collect();
        let more = if all.len() > NAMED {
            format!("等 {} 项", all.len())
        } else {
            String::new()
        };
        format!("{}{more}", items.join("、"))
    };
    match expected {
        Expected::Text(data) => quote(data),
        Expected::Exactly(data) => format!("恰好是{}的内容", quote(data)),
        Expected::Regex(expression) => format!("与 {} 匹配的内容", regex(expression)),
        Expected::AtLeast { bytes: count } => format!("{} 字节或更多", count),
        Expected::AnyOf(items) => format!("{}之一", all(items)),
        Expected::AllOf(items) => format!("{}（顺序不限）", all(items)),
        other => Chinese.target(other),
    }
}

/// `bob 应当收到…`, `server 的终端不应显示…`.
fn gets(about: &About<'_>, never: bool, object: &str) -> String {
    let subject = &about.failure.subject;
    let who = &subject.actor;
    let must = if never { "不应" } else { "应当" };
    match subject.channel {
        Channel::Screen => format!("{who} 的终端{must}显示{object}"),
        Channel::Stdout => format!("{who} {must}输出{object}"),
        Channel::Stderr => format!("{who} {must}在错误输出中输出{object}"),
        Channel::Wire => format!("{who} {must}收到{object}"),
    }
}

fn status(status: ExitStatus) -> String {
    match status {
        ExitStatus::Code(code) => format!("以状态码 {code} 结束"),
        ExitStatus::Signal(number) => format!("因信号 {} 终止", signal(number)),
    }
}

fn explained(end: ExitStatus) -> String {
    let meaning = match end {
        ExitStatus::Code(0) => "正常退出",
        ExitStatus::Code(126 | 127) => "命令无法执行",
        ExitStatus::Code(_) => "出错退出",
        ExitStatus::Signal(number) => match signal_name(number) {
            Some("SIGSEGV" | "SIGBUS") => "访问了不属于它的内存",
            Some("SIGABRT") => "程序自己中止：断言失败，或重复释放内存",
            Some("SIGFPE") => "除以零",
            Some("SIGPIPE") => "向对方已经关闭的连接写数据",
            Some("SIGXCPU") => "用完了允许的处理器时间",
            Some("SIGXFSZ") => "写的文件太大",
            Some("SIGKILL") => "被外部杀死，或内存不足",
            Some("SIGSYS") => "做了这里不允许的操作",
            _ => return status(end),
        },
    };
    format!("{}（{meaning}）", status(end))
}

fn expectation(about: &About<'_>, expected: &Expected, never: bool) -> String {
    let who = about.actor();
    let must = if never { "不应" } else { "应当" };
    match expected {
        Expected::Exactly(data) if !never => {
            format!("{}，前面不能有别的内容", gets(about, false, &quote(data)))
        }
        content if is_content(content) => gets(about, never, &object(content)),
        Expected::AnyOf(all) | Expected::AllOf(all) => {
            let any = matches!(expected, Expected::AnyOf(_));
            let clauses: Vec<String> = all
                .iter()
                .take(NAMED)
                .map(|one| expectation(about, one, never))
                .collect();
            clauses.join(if any { "，或者 " } else { "，并且 " })
        }
        Expected::Text(_)
        | Expected::Exactly(_)
        | Expected::Regex(_)
        | Expected::AtLeast { .. } => gets(about, never, &object(expected)),
        Expected::Not(inner) => {
            let said = expectation(about, inner, !never);
            if about.own_message() {
                format!("{said}（这是 {who} 自己发的）")
            } else {
                said
            }
        }
        Expected::Silence => match about.failure.subject.channel {
            Channel::Screen => format!("{who} 的终端不应显示任何内容"),
            Channel::Stdout | Channel::Stderr => format!("{who} 不应输出任何内容"),
            Channel::Wire => format!("{who} 不应收到任何内容"),
        },
        Expected::Closed { reset } => {
            if is_printed(about.failure.subject.channel) {
                return format!("{}{must}结束", place(who, about.failure.subject.channel));
            }
            let verb = if *reset { "重置" } else { "关闭" };
            format!("{} {must}{verb}与 {who} 的连接", other(about))
        }
        Expected::Exit(None) => format!("{who} {must}结束运行"),
        Expected::Exit(Some(end)) => format!("{who} {must}{}", status(*end)),
        Expected::File {
            name,
            content,
            whole,
        } => {
            let name = visible::clipped(name.as_bytes(), QUOTED);
            let verb = if *whole {
                "内容恰好是"
            } else {
                "其中含有"
            };
            format!("{who} {must}写出文件 {name}，{verb}{}", quote(content))
        }
        Expected::Listening => format!("{who} {must}启动并开始监听"),
        Expected::Bound => format!("{who} {must}启动并绑定 UDP 端口"),
        Expected::Connected => format!("{who} {must}启动并建立连接"),
        Expected::Prompt(inner) => format!("{who} {must}启动并提示输入{}", object(inner)),
        Expected::ProgramFile { role, find } => {
            let names: Vec<String> = find
                .iter()
                .take(NAMED)
                .map(|name| visible::clipped(name.as_bytes(), QUOTED))
                .collect();
            format!("提交的文件中{must}有 {role} 的程序：{}", names.join(" 或 "))
        }
        Expected::Build => format!("{who} {must}通过编译"),
        Expected::Connection { to } => {
            format!("{who} {must}能连上 {}（{to}）", other(about))
        }
        Expected::Accept => match about.address(who) {
            Some(address) => format!("{} {must}连接到 {who}（{address}）", other(about)),
            None => format!("{} {must}连接到 {who}", other(about)),
        },
        Expected::Taken { bytes: count } => {
            if about.failure.subject.program {
                format!("{who} {must}读取键盘输入的 {}", bytes(*count))
            } else {
                format!("{} {must}读取 {who} 发送的 {}", other(about), bytes(*count))
            }
        }
        Expected::Stopped => format!("{who} {must}在被终止时结束"),
    }
}

fn nothing(about: &About<'_>) -> String {
    let who = about.actor();
    let heard = about.heard();
    let (no, none) = if heard {
        ("没有再", "没有更多内容")
    } else {
        ("没有", "什么也没有")
    };
    match &about.failure.expected {
        Expected::Listening => format!("但 {who} 没有监听任何端口。"),
        Expected::Bound => format!("但 {who} 没有绑定 UDP 端口。"),
        Expected::Connected => format!("但 {who} 没有连接任何地址。"),
        Expected::Accept => "但没有程序来连接。".to_owned(),
        Expected::Prompt(_) => format!("但 {who} {no}提示输入。"),
        Expected::Connection { .. } => "但连接没有建立起来。".to_owned(),
        Expected::Taken { .. } => "但一个字节也没有被读走。".to_owned(),
        _ if about.failure.miss == Miss::Refused => format!(
            "但 {who} 连上之后没有得到服务：{} 没有接受这个连接，或者没有从中读取数据。",
            other(about)
        ),
        Expected::ProgramFile { .. } => "但其中没有这样的文件。".to_owned(),
        _ => match about.failure.subject.channel {
            Channel::Screen => format!("但 {who} 的终端{no}显示任何内容。"),
            Channel::Stdout => format!("但 {who} {no}输出任何内容。"),
            Channel::Stderr => format!("但错误输出中{none}。"),
            Channel::Wire => format!("但 {who} {no}收到任何内容。"),
        },
    }
}

fn came(about: &About<'_>, total: usize) -> String {
    let subject = &about.failure.subject;
    let who = &subject.actor;
    let n = bytes(total);
    let (place, verb) = match subject.channel {
        Channel::Screen => (format!("{who} 的终端"), "显示了"),
        Channel::Stdout | Channel::Stderr => (format!("{who} "), "输出了"),
        Channel::Wire => (format!("{who} "), "收到了"),
    };
    if let Expected::File { name, .. } = &about.failure.expected {
        let name = visible::clipped(name.as_bytes(), QUOTED);
        return format!("但 {name} 的内容不对（{n}）。");
    }
    if about.wants_absence() {
        return match about.failure.miss {
            Miss::Duplicate => format!("但它又来了一次（{n}）。"),
            _ => format!("但 {place}{verb}它（{n}）。"),
        };
    }
    match about.failure.miss {
        Miss::Never => match about.only_beginning() {
            Some(count) => format!("但 {place}只{verb}开头的 {}。", bytes(count)),
            None => format!("但 {place}{verb} {n}，其中没有它。"),
        },
        Miss::Late => "它到了，但已经超过时限。".to_owned(),
        Miss::WrongPeer if about.own_message() => {
            format!("但 {place}{verb} {who} 自己发出的消息（{n}）。")
        }
        Miss::WrongPeer => format!("但 {place}{verb}本该发给别人的内容（{n}）。"),
        Miss::WrongOrder => format!("但 {place}先{verb}本该晚些到的内容（{n}）。"),
        Miss::Duplicate => match about.repeated() {
            Some(word) => {
                let word = visible::clipped(word.as_bytes(), QUOTED);
                format!("但 {place}又一次{verb}“{word}”。")
            }
            None => format!("但 {place}{verb}不止一次。"),
        },
        Miss::Unexpected => format!("但 {place}{verb}别的内容（{n}）。"),
        Miss::Merged => {
            format!("但 {place}{verb}粘在一起的两条消息（{n}）：第一条的结尾没有标出来。")
        }
        Miss::Split => {
            format!("但 {place}{verb}被拆成几段的一条消息，每一段看上去都像一条完整的消息。")
        }
        Miss::NoNewline => "内容到了，但行尾的换行符没有到。".to_owned(),
        Miss::WrongEncoding => format!("但 {place}{verb}用另一种编码的文字（{n}）。"),
        Miss::Unflushed => format!("但 {place}只{verb} {n}，其余的大概还留在缓冲区里。"),
        Miss::Flooded => format!("但 {place}{verb} {n}，而且没完没了。"),
        Miss::Refused => format!("但 {who} 没有得到服务，只来了 {n}。"),
        Miss::Closed => format!("但 {place}只{verb} {n}就结束了。"),
        Miss::Crashed => format!("但 {place}只{verb} {n}，程序就崩溃了。"),
        Miss::NotStarted => format!("但 {who} 没有走到这一步，只来了 {n}。"),
        Miss::NotEnded => format!("但还没有结束：{place}{verb} {n}。"),
    }
}

impl Words for Chinese {
    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Expected => "应为",
            Label::Actual => "实为",
            Label::Remedy => "可以试试",
            Label::Hint => "提示",
            Label::Again => "重现",
            Label::Sheet => "实验要求",
            Label::Total => "合计",
            Label::Remark => "备注",
            Label::Run => "运行",
            Label::Exit => "退出码",
        }
    }

    fn status(&self, outcome: &Outcome, remarks: bool) -> &'static str {
        match outcome {
            Outcome::Passed if remarks => "通过（有备注）",
            Outcome::Passed => "通过",
            Outcome::Failed(_) => "未通过",
            Outcome::Skipped { .. } => "跳过",
            Outcome::NotApplicable { .. } => "不适用",
            Outcome::Error(_) => "测试出错",
        }
    }

    fn reason(&self, outcome: &Outcome) -> Option<String> {
        match outcome {
            Outcome::Skipped { need } => Some(format!("需要先通过 {need}")),
            Outcome::NotApplicable { name, value } => Some(format!("{name} 为 {value} 时不适用")),
            Outcome::Passed | Outcome::Failed(_) | Outcome::Error(_) => None,
        }
    }

    fn kind(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Core => "基本要求",
            Kind::Robustness => "健壮性",
        }
    }

    fn points(&self, earned: f64, of: f64) -> String {
        format!("{}/{} 分", number(earned), number(of))
    }

    fn no_mark(&self) -> &'static str {
        "不计分"
    }

    fn step(&self, step: &StepRef) -> String {
        match step.number {
            0 => "启动".to_owned(),
            n => format!("第 {n} 步"),
        }
    }

    fn expectation(&self, about: &About<'_>) -> String {
        expectation(about, &about.failure.expected, false)
    }

    fn target(&self, expected: &Expected) -> String {
        match expected {
            content if is_content(content) => object(content),
            Expected::Text(_)
            | Expected::Exactly(_)
            | Expected::Regex(_)
            | Expected::AtLeast { .. }
            | Expected::AnyOf(_)
            | Expected::AllOf(_) => "几种情况之一".to_owned(),
            Expected::Not(inner) => format!("没有{}", self.target(inner)),
            Expected::Silence => "没有任何内容".to_owned(),
            Expected::Closed { reset: false } => "连接关闭".to_owned(),
            Expected::Closed { reset: true } => "连接被重置".to_owned(),
            Expected::Exit(None) => "程序结束".to_owned(),
            Expected::Exit(Some(end)) => format!("程序{}", status(*end)),
            Expected::File { content, .. } => quote(content),
            Expected::Listening => "监听的套接字".to_owned(),
            Expected::Bound => "绑定的套接字".to_owned(),
            Expected::Connected | Expected::Connection { .. } | Expected::Accept => {
                "连接".to_owned()
            }
            Expected::Prompt(inner) => object(inner),
            Expected::ProgramFile { .. } => "程序文件".to_owned(),
            Expected::Build => "能通过编译的程序".to_owned(),
            Expected::Taken { bytes: count } => bytes(*count),
            Expected::Stopped => "程序结束".to_owned(),
        }
    }

    fn arrival(&self, about: &About<'_>) -> String {
        let who = about.actor();
        let wire = !is_printed(about.failure.subject.channel);
        match &about.failure.actual {
            Actual::Nothing => nothing(about),
            Actual::Bytes { .. } => came(about, about.came().unwrap_or(0)),
            Actual::Closed if wire => format!("但 {} 关闭了与 {who} 的连接。", other(about)),
            Actual::Closed => format!("但 {who} 关闭了这个输出。"),
            Actual::Reset => format!(
                "但 {} 重置了与 {who} 的连接（RST）：程序崩溃了，或者还没读完数据就关闭了连接。",
                other(about)
            ),
            Actual::Exited(end) => {
                let name = about.ended().unwrap_or("被测程序");
                let before = if about.wants_end() {
                    ""
                } else {
                    "在此之前就"
                };
                format!("但 {name} {before}{}。", explained(*end))
            }
            Actual::StillOpen => match &about.failure.expected {
                Expected::Closed { .. } if wire => "但连接仍然开着。".to_owned(),
                _ => format!("但 {who} 还在运行。"),
            },
            Actual::Refused(number) => {
                let why = match *number {
                    libc::ECONNREFUSED => "被拒绝：那里没有程序在监听",
                    libc::ETIMEDOUT => "没有回应：等待队列已满，或者程序一直没有调用 accept()",
                    libc::ECONNRESET => "刚建立就被重置",
                    libc::ENETUNREACH | libc::EHOSTUNREACH => "不可能建立：到不了那个地址",
                    _ => "没有建立",
                };
                format!("但连接{why}（{}）。", errno(*number))
            }
            Actual::NoFile if matches!(about.failure.expected, Expected::ProgramFile { .. }) => {
                "但其中没有这样的文件。".to_owned()
            }
            Actual::NoFile => format!("但 {} 的运行目录里没有这个文件。", other(about)),
            Actual::Taken(count) => format!("但只有 {} 被读走。", bytes(*count)),
            Actual::Build(_) => "但编译没有通过。".to_owned(),
            Actual::NotExecutable(number) => {
                let why = match *number {
                    libc::ENOENT => "找不到这个程序，或找不到它第一行写的解释器",
                    libc::EACCES | libc::EPERM => "文件没有执行权限（chmod +x）",
                    libc::ENOEXEC => "文件不是可执行程序（第一行是不是少了 #!…？）",
                    _ => "系统拒绝执行",
                };
                format!("但它无法启动：{why}（{}）。", errno(*number))
            }
        }
    }

    fn miss(&self, miss: Miss) -> &'static str {
        match miss {
            Miss::Never => "没有出现",
            Miss::Late => "超时才到",
            Miss::WrongPeer => "发错了对象",
            Miss::WrongOrder => "顺序不对",
            Miss::Duplicate => "重复",
            Miss::Unexpected => "内容不符",
            Miss::Merged => "消息粘连",
            Miss::Split => "消息被拆开",
            Miss::NoNewline => "缺少换行",
            Miss::WrongEncoding => "编码不对",
            Miss::Unflushed => "没有刷新缓冲区",
            Miss::Flooded => "输出没完没了",
            Miss::Refused => "没有得到服务",
            Miss::Closed => "连接被关闭",
            Miss::Crashed => "程序崩溃",
            Miss::NotStarted => "没有启动成功",
            Miss::NotEnded => "没有结束",
        }
    }

    fn proof(&self, proof: Proof, after_ms: u64) -> String {
        let when = after(after_ms);
        match proof {
            Proof::Matched => format!("{when}后看到"),
            Proof::Quiescent => format!("{when}后即可断定，因为所有程序都在等待，也没有数据在途中"),
            Proof::Fenced => format!("{when}后即可断定，因为更晚发出的消息已经到了"),
            Proof::Closed => format!("{when}后即可断定，因为连接已经结束"),
            Proof::Exited => format!("{when}后即可断定，因为程序已经结束"),
            Proof::Spinning => format!("{when}后判定，因为程序在空转，既不读也不写"),
            Proof::Flooded => format!("{when}后判定，因为内容超过了 Viva 保留的上限"),
            Proof::Deadline => format!("等了 {when}，到时限为止"),
        }
    }

    fn settled(&self, miss: Miss, proof: Proof, after_ms: u64) -> String {
        format!("[{}：{}]", self.miss(miss), self.proof(proof, after_ms))
    }

    fn note(&self, note: &Note, about: &About<'_>) -> String {
        match note {
            Note::OwnMessage { step } => format!(
                "这是 {} 自己在第 {step} 步发的消息：{} 把它发回给了发送者。",
                about.actor(),
                other(about)
            ),
            Note::CameTo { actor } => format!("它发到了 {actor} 那里。"),
            Note::SentBy { actor, step } => format!("这是 {actor} 在第 {step} 步发的。"),
            Note::Counted {
                word,
                came,
                expected,
            } => format!(
                "“{}”来了 {came} 次，应当是 {expected} 次。",
                visible::clipped(word.as_bytes(), QUOTED)
            ),
            Note::SeenElsewhere { actor, channel } => match channel {
                Channel::Wire => format!(
                    "{actor} 其实已经从网络上收到了这段文字：收到的内容要显示出来，例如用 print()。"
                ),
                Channel::Screen | Channel::Stdout
                    if about.failure.subject.channel == Channel::Wire =>
                {
                    format!(
                        "这段文字出现在了{}上，但没有发送出去：print() 只是显示，send() 才会发送。",
                        place(actor, *channel)
                    )
                }
                Channel::Screen | Channel::Stdout | Channel::Stderr => {
                    format!("这段文字出现了，但出现在{}。", place(actor, *channel))
                }
            },
            Note::Ended { actor, status } => format!("{actor} 已经{}。", explained(*status)),
            Note::LastWords { actor, .. } => format!("{actor} 最后的输出："),
            Note::MayBeUnflushed { actor } => format!(
                "如果 {actor} 确实输出过：不是输出到终端时，内容会先留在缓冲区里。请写 print(…, flush=True)，C 语言用 \
                 fflush(stdout)。"
            ),
            Note::UnknownPrompt { actor, text } => format!(
                "{actor} 显示{}之后在等待键盘输入，而本实验没有为这个问题准备回答。只提实验要求里的问题，并用原来的措辞。",
                quote(text)
            ),
            Note::PortTaken { port } => format!(
                "端口 {port} 已被另一个套接字占用。程序是不是绑定了两次？或者上一次运行还没有结束？重新启动后要能绑定，需在 bind() \
                 之前设置 SO_REUSEADDR。"
            ),
            Note::OtherEncoding { name } => format!(
                "这些字节正是应有的文字，只是用了 {} 编码：encode() 和 decode() 要写明实验要求的编码。",
                visible::clipped(name.as_bytes(), 24)
            ),
            Note::ListensAt { address } => format!(
                "{} 监听的是 {address}：请使用要求的地址和端口。",
                other(about)
            ),
            Note::Flood { actor, kept } => format!(
                "{actor} 发出的内容超过 {}。检查有没有这样的循环：recv() 已经返回空（b'' 或 0）还在继续。返回空表示对方已经关闭连接。",
                bytes(*kept)
            ),
            Note::DialledElsewhere { address } => {
                format!("它试图连接 {address}，但那里没有程序在监听：请使用要求的地址和端口。")
            }
            Note::Unread {
                actor,
                bytes: count,
            } => format!(
                "{actor} 发来的 {}还没有被读取：{} 没有为它们调用 recv()。",
                bytes(*count),
                other(about)
            ),
            Note::StillRunning { actor } => format!("那时 {actor} 还在运行。"),
            Note::Waits { actor, what, at } => {
                let what = match what {
                    WaitsFor::Keyboard => "键盘输入（input()）".to_owned(),
                    WaitsFor::NewConnection => "新的连接（accept()）".to_owned(),
                    WaitsFor::Data { from: Some(peer) } => format!(" {peer} 的数据（recv()）"),
                    WaitsFor::Data { from: None } => "数据（recv()）".to_owned(),
                    WaitsFor::Room { to } => format!(" {to} 读走发给它的数据（send()）"),
                    WaitsFor::Itself => "自己的另一个线程或一把锁".to_owned(),
                };
                let at = match at {
                    Some(at) => format!("，位置 {}", visible::clipped(at.as_bytes(), QUOTED)),
                    None => String::new(),
                };
                format!("{actor} 正在等待{what}{at}。")
            }
        }
    }

    fn contrast(&self, contrast: Contrast) -> String {
        match contrast {
            Contrast::FullWidth { came, expected } => format!(
                "这里是全角{} {}，应当是半角的 {}：请把输入法切换到半角",
                character(expected),
                code(came),
                shown(expected)
            ),
            Contrast::HalfWidth { came, expected } => format!(
                "这里是半角的 {}，应当是全角{} {}",
                shown(came),
                character(came),
                code(expected)
            ),
            Contrast::LookAlike { came, expected } => format!(
                "{} {} 只是看上去像 {} {}",
                shown(came),
                code(came),
                shown(expected),
                code(expected)
            ),
            Contrast::Case { came, expected } => {
                format!(
                    "这里是 {}，应当是 {}：要区分大小写",
                    shown(came),
                    shown(expected)
                )
            }
            Contrast::Invisible { came: '\0' } => {
                "多了一个零字节：文字有多长就发多长，不要发送整个缓冲区".to_owned()
            }
            Contrast::Invisible { came: '\u{feff}' } => {
                "多了字节顺序标记 U+FEFF：请用 utf-8，不要用 utf-8-sig".to_owned()
            }
            Contrast::Invisible { came } => format!("多了一个看不见的字符 {}", code(came)),
            Contrast::EndsHere { missing, after } => {
                let buffer = if after >= 256 && after.is_power_of_two() {
                    format!("。{after} 是常见的缓冲区大小：要反复调用 recv()，直到收全")
                } else {
                    String::new()
                };
                format!("到这里就断了，还缺 {}{buffer}", bytes(missing))
            }
            Contrast::NoLineEnd => "缺少行尾的换行符（\\n）".to_owned(),
            Contrast::CarriageReturn => "行尾是 \\r\\n，应当是 \\n".to_owned(),
            Contrast::NoCarriageReturn => "行尾是 \\n，应当是 \\r\\n".to_owned(),
            Contrast::ExtraBlank => "多了一个空格".to_owned(),
            Contrast::MissingBlank => "少了一个空格".to_owned(),
            Contrast::NotUtf8 { byte } => {
                format!("字节 {byte:02X} 不是 UTF-8：用了别的编码，或者一个汉字被截成了两半")
            }
        }
    }

    fn remedy(&self, remedy: Remedy) -> &'static str {
        match remedy {
            Remedy::AddressInUse => "在 bind() 之前设置 SO_REUSEADDR，并且同一个端口只绑定一次。",
            Remedy::CutCharacter => {
                "recv() 得到的数据可能在一个汉字中间断开，对方也可能用别的编码：收全一条消息再解码，或者捕获这个异常。"
            }
            Remedy::BytesAndText => {
                "套接字收发的是字节：send() 之前用 encode()，recv() 之后用 decode()。"
            }
            Remedy::ChangedWhileIterated => {
                "循环还没结束，另一个线程就改动了这个容器：请遍历它的副本，如 list(clients)，或者加锁。"
            }
            Remedy::BrokenPipe => {
                "它向已经离开的客户端发送：捕获异常，去掉这个客户端，继续服务其他客户端。"
            }
            Remedy::Reset => {
                "有客户端不告而别：在 recv() 处捕获 ConnectionResetError，继续服务其他客户端。"
            }
            Remedy::Refused => "那个地址没有程序在监听：检查地址和端口。",
            Remedy::NoModule => "程序导入的文件要全部提交，并且只使用实验允许的库。",
            Remedy::Syntax => "文件本身有语法错误：提交之前先自己运行一遍。",
            Remedy::CanNotEncode => "这种编码里没有这个字符：请用 utf-8。",
            Remedy::EndOfInput => "input() 遇到了输入结束：捕获 EOFError。",
            Remedy::NoPermission => "系统不允许：端口要大于 1023，文件要放在自己的目录里。",
            Remedy::NotOurAddress => "本机没有这个地址：绑定 '' 或 127.0.0.1。",
            Remedy::NoArgument => "程序需要命令行参数，但启动时没有给。",
        }
    }

    fn remark(&self, remark: &Remark) -> String {
        match remark {
            Remark::OtherPort { asked, took } => {
                format!("要求监听端口 {asked}，实际监听 {took}")
            }
            Remark::AbsenceByWaiting { step } => {
                format!("{}：只是靠等待来判定没有内容到达", self.step(step))
            }
            Remark::Polled => "无法从内核了解程序的状态，Viva 只能反复查看".to_owned(),
        }
    }

    fn trouble(&self, trouble: &Trouble) -> String {
        const NOT_YOURS: &str = "这不说明程序有问题。";
        match trouble {
            Trouble::System { doing, message } => format!(
                "Viva 无法继续：{} 失败，{}。{NOT_YOURS}用 `viva doctor` 可以查看这台机器支持什么。",
                visible::clipped(doing.as_bytes(), QUOTED),
                visible::clipped(message.as_bytes(), 200)
            ),
            Trouble::Missing { program, place } => {
                let program = visible::clipped(program.as_bytes(), QUOTED);
                let demanded = match place {
                    Some(place) => format!("（{} 第 {} 行需要它）", place.file, place.line),
                    None => String::new(),
                };
                format!(
                    "这台机器上没有安装 {program}{demanded}。{NOT_YOURS}请安装它，或者用 `command:` 指定别的程序。"
                )
            }
            Trouble::TooSlow => format!(
                "测试超过了总时限，但不是程序的原因：机器太忙。{NOT_YOURS}请减少同时运行的任务再试一次。"
            ),
            Trouble::NoValue { name, place } => format!(
                "用到 ${{{}}} 时它还没有值（{} 第 {} 行）：前面要有一步把它记下来。",
                visible::clipped(name.as_bytes(), QUOTED),
                place.file,
                place.line
            ),
            Trouble::Unencodable {
                character,
                encoding,
            } => format!(
                "约定的编码 {} 里没有字符 {} {}：场景要改发别的文字。",
                visible::clipped(encoding.as_bytes(), 24),
                shown(*character),
                code(*character)
            ),
            Trouble::Pattern { place, message } => format!(
                "填入变量之后，{} 第 {} 行的正则表达式无法使用：{}。",
                place.file,
                place.line,
                visible::clipped(message.as_bytes(), 200)
            ),
            Trouble::Interrupted => "运行被中断。".to_owned(),
            Trouble::Unreadable { path, message } => format!(
                "无法读取 {}：{}。{NOT_YOURS}",
                visible::clipped(path.as_bytes(), 120),
                visible::clipped(message.as_bytes(), 200)
            ),
        }
    }

    fn symbol(&self, symbol: Symbol) -> &'static str {
        match symbol {
            Symbol::LineEnd => "⏎ 换行 \\n",
            Symbol::CarriageReturn => "␍ 回车 \\r",
            Symbol::Tab => "⇥ 制表符",
            Symbol::Zero => "␀ 零字节",
            Symbol::Escape => "␛ ESC",
            Symbol::Blank => "· 空格",
            Symbol::Byte => "\\xE4 不是 UTF-8 的字节",
        }
    }

    fn mark(&self, mark: Mark) -> &'static str {
        match mark {
            Mark::Sent => "→ 发送",
            Mark::Received => "← 收到",
            Mark::Typed => "> 键盘输入",
            Mark::Printed => "| 屏幕输出",
            Mark::PrintedError => "! 错误输出",
        }
    }

    fn actor_kind(&self, kind: &ActorKind) -> &'static str {
        match kind {
            ActorKind::TerminalProgram => "（终端）",
            ActorKind::PipedProgram => "（管道）",
            ActorKind::RunningProgram => "（已在运行）",
            ActorKind::TcpServer | ActorKind::UdpServer => "（Viva 监听）",
            ActorKind::TcpClient | ActorKind::TcpLink | ActorKind::UdpClient => "",
        }
    }

    fn event(&self, event: &EventKind) -> Option<String> {
        Some(match event {
            EventKind::Typed(_)
            | EventKind::Printed { .. }
            | EventKind::Sent(_)
            | EventKind::Received(_) => return None,
            EventKind::Started { command } => format!("启动：{}", command.join(" ")),
            EventKind::Listening { address } => format!("监听 {address}"),
            EventKind::Bound { address } => format!("绑定 {address}"),
            EventKind::Dialled { address } => format!("去连 {address}"),
            EventKind::Connected { .. } => "已连接".to_owned(),
            EventKind::Refused { errno: number, .. } => format!("被拒绝：{}", errno(*number)),
            EventKind::Accepted { .. } => "接受连接".to_owned(),
            EventKind::EndedInput => "→ 输入结束".to_owned(),
            EventKind::Closed => "→ 关闭".to_owned(),
            EventKind::Reset => "→ 重置（RST）".to_owned(),
            EventKind::PeerClosed {
                channel: Channel::Wire,
            } => "← 关闭".to_owned(),
            EventKind::PeerClosed { .. } => "输出结束".to_owned(),
            EventKind::PeerReset => "← 重置（RST）".to_owned(),
            EventKind::Reading(false) => "停止读取".to_owned(),
            EventKind::Reading(true) => "继续读取".to_owned(),
            EventKind::Signalled { signal: number } => format!("收到信号 {}", signal(*number)),
            EventKind::Exited(end) => status(*end),
            EventKind::Flooded { kept, .. } => format!("没完没了：保留 {}", bytes(*kept)),
        })
    }

    fn missing(&self, about: &About<'_>) -> &'static str {
        match &about.failure.actual {
            Actual::Nothing if about.wants_content() => "✗ 什么也没来",
            Actual::StillOpen if is_printed(about.failure.subject.channel) => "✗ 还在运行",
            Actual::StillOpen => "✗ 还开着",
            _ => "✗",
        }
    }

    fn printed_nothing(&self, actor: &str) -> String {
        format!("{actor} 没有任何输出")
    }

    fn left_out(&self, count: usize, first: &str, last: &str) -> String {
        match count {
            1 => format!("未画出：{first}"),
            n => format!("未画出其余 {n} 个（{first} … {last}）"),
        }
    }

    fn others(&self) -> &'static str {
        "其他"
    }

    fn more_bytes(&self, count: usize) -> String {
        format!("…… 还有 {}", bytes(count))
    }

    fn counts(&self, counts: &Counts) -> String {
        let parts = [
            (counts.passed, "通过"),
            (counts.failed, "未通过"),
            (counts.skipped, "跳过"),
            (counts.not_applicable, "不适用"),
            (counts.errors, "未能判定"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{what} {count}"))
            .collect();
        parts.join("，")
    }

    fn not_run(&self, names: &[String], reason: &str) -> String {
        format!("{}（{reason}）", names.join("、"))
    }

    fn run(
        &self,
        scenarios: usize,
        seconds: f64,
        seeds: &str,
        isolation: &str,
        viva: &str,
    ) -> String {
        format!(
            "{scenarios} 个场景，用时 {seconds:.1} 秒 · 种子 {seeds} · 隔离 {isolation} · viva {viva}"
        )
    }

    fn not_marked(&self, points: f64) -> String {
        format!("{} 分没有评定：Viva 或机器出了问题", number(points))
    }

    fn conclusion(&self, conclusion: Conclusion) -> &'static str {
        match conclusion {
            Conclusion::Passed => "全部通过",
            Conclusion::Failed => "有场景未通过",
            Conclusion::NothingJudged => "没有可以判定的场景",
            Conclusion::Trouble => "Viva 或机器出了问题：有的成绩空缺",
            Conclusion::NothingSelected => "没有选中任何场景",
            Conclusion::Interrupted => "运行被中断：缺少部分结果",
        }
    }

    fn load_error(&self, error: &LoadError) -> String {
        match error {
            LoadError::NotJson {
                line,
                column,
                message,
            } => format!(
                "这不是保存的记录：第 {line} 行第 {column} 列不是 JSON（{}）；记录由 `viva run --save 目录` 写出",
                visible::clipped(message.as_bytes(), 120)
            ),
            LoadError::NotTranscript => {
                "这是 JSON，但不是保存的记录；记录由 `viva run --save 目录` 写出".to_owned()
            }
            LoadError::Version { found } => format!(
                "这份记录的版本是 {found}，而这个 Viva 读取版本 {}",
                crate::report::saved::VERSION
            ),
            LoadError::Damaged {
                line,
                column,
                message,
            } => format!(
                "这份记录在第 {line} 行第 {column} 列已损坏：{}",
                visible::clipped(message.as_bytes(), 120)
            ),
        }
    }
}

/// A character in quotes, if it can be seen.
fn shown(c: char) -> String {
    match visible::stand_in(c) {
        Some(text) => text.into_owned(),
        None if c == '\'' => "\"'\"".to_owned(),
        None => format!("'{c}'"),
    }
}

fn code(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// What an ASCII character is called.
fn character(c: char) -> &'static str {
    match c {
        ' ' => "空格",
        ':' => "冒号",
        ',' => "逗号",
        '.' => "句点",
        ';' => "分号",
        '!' => "感叹号",
        '?' => "问号",
        '(' | ')' => "括号",
        '\'' | '"' => "引号",
        '-' => "连字符",
        '>' | '<' => "尖括号",
        '0'..='9' => "数字",
        'a'..='z' | 'A'..='Z' => "字母",
        _ => "字符",
    }
}
