//! What else is known, and what to try.

use crate::report::about::About;
use crate::report::contrast::Contrast;
use crate::report::visible;
use crate::report::words::{QUOTED, Remedy, is_printed};
use crate::transcript::{Channel, ESCAPED, MOJIBAKE};
use crate::verdict::Note;

use super::phrases::{bytes, explained, other, place, quote};
use super::websocket;

pub(super) fn note(note: &Note, about: &About<'_>) -> String {
    match note {
        Note::OwnMessage { step } => format!(
            "这是 {} 自己在第 {step} 步发的消息：{} 把它发回给了发送者。",
            about.actor(),
            other(about)
        ),
        Note::CameBefore { step } => {
            let channel = about.failure.subject.channel;
            let whose = match is_printed(channel) {
                true => format!(" {}在第 {step} 步已经显示过", place(about.actor(), channel)),
                false => format!(" {} 在第 {step} 步已经收到过", about.actor()),
            };
            format!(
                "这是{whose}的内容，又来了一次：{} 好像一直留着旧的回复（缓存，或者没有重新写入的缓冲区、变量）。每次都用刚收到的内容来回复。",
                other(about)
            )
        }
        Note::CameAlong { step } => {
            let (who, program) = (about.actor(), other(about));
            let again = match step {
                Some(step) => format!(
                    "这是 {who} 在第 {step} 步已经收到过的内容：{program} 把它和新的回复一起又发了一次，"
                ),
                None => format!("{program} 每发出同一个回复的下一部分，都把前面发过的又发一次，"),
            };
            format!(
                "{again}收到的内容一直留着。只回复 recv() 刚返回的内容（写 data = …，不要写 data += …），或者每条消息处理完就清空缓冲区。"
            )
        }
        Note::CameTo { actor, sent: false } => format!("它到了 {actor} 那里。"),
        Note::CameTo { actor, sent: true } => {
            format!("它回到了发送者 {actor} 那里：转发时要跳过发送者，而且只跳过发送者。")
        }
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
            Channel::Screen | Channel::Stdout if about.failure.subject.channel == Channel::Wire => {
                format!(
                    "这段文字出现在了{}上，但没有发送出去：print() 只是显示，send() 才会发送。",
                    place(actor, *channel)
                )
            }
            Channel::ToServer | Channel::ToClient => {
                format!("这段文字到达了 {}。", place(actor, *channel))
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
        Note::OtherEncoding { name } if name == ESCAPED => {
            "这正是应有的文字，只是成了 Python 显示字节的样子，外面有 b'…'：这是 str(data) 或 f\"{data}\" 的结果。请直接使用这些字节，或者 data.decode()。".to_owned()
        }
        Note::OtherEncoding { name } if name == MOJIBAKE => {
            "正确文字的 UTF-8 字节被当成另一种编码（Latin-1）读入，又按 UTF-8 写出了一遍：decode() 要写明 utf-8。".to_owned()
        }
        Note::OtherEncoding { name } => format!(
            "这些字节正是应有的文字，只是用了 {} 编码：encode() 和 decode() 要写明实验要求的编码。",
            visible::clipped(name.as_bytes(), 24)
        ),
        Note::ListensAt { address } => format!(
            "{} 监听的是 {address}：请使用要求的地址和端口。",
            other(about)
        ),
        Note::OtherKind { expected, came } => websocket::other_kind(*expected, *came),
        Note::ClosedWith { code, reason } => websocket::closed_with(*code, reason, other(about)),
        Note::Flood { actor, kept } => format!(
            "{actor} 发出的内容超过 {}。检查有没有这样的循环：recv() 已经返回空（b'' 或 0）还在继续。返回空表示对方已经关闭连接。",
            bytes(*kept)
        ),
        Note::Repeats { actor, text, times } => format!(
            "{actor} 一直在重复同样的内容：{}，已经有 {times} 次。检查有没有这样的循环：recv() 已经返回空（b'' 或 0）还在继续。\
             返回空表示对方已经关闭连接。",
            quote(text)
        ),
        Note::DialledElsewhere { address } => {
            format!("它试图连接 {address}，但那里没有程序在监听：请使用要求的地址和端口。")
        }
        Note::TalksToItself { actor, address } => format!(
            "{actor} 发往 {address}，这正是它自己的地址，于是不停地收到自己的回复。应回复到 recvfrom() 返回的地址：data, addr = recvfrom(…)，然后 \
             sendto(回复, addr)。"
        ),
        Note::StillRunning { actor } => format!("那时 {actor} 还在运行。"),
        Note::Stood(standing) => super::standing::standing(standing),
        Note::Unproved(unproved) => super::standing::unproved(unproved),
        Note::Unflushed { actor } => format!(
            "让 {actor} 结束时，这段内容才出来：它已经写出，但一直留在程序自己的缓冲区里。请写 print(…, flush=True)，每条消息之后调用 \
             flush()，C 语言用 fflush(stdout)。"
        ),
        Note::ReadsLines { from } => format!(
            "Viva 在 {from} 最后发送的内容后面补发一个换行，它就来了：程序在等一行结束（readline()、Scanner、fgets()），而这里的消息末尾没有换行。\
             recv() 收到多少，就处理多少。"
        ),
    }
}

pub(super) fn contrast(contrast: Contrast) -> String {
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
        Contrast::Before => "它的前面不能有别的内容".to_owned(),
        Contrast::Behind => "它的后面不能有别的内容".to_owned(),
        Contrast::NotUtf8 { byte } => {
            format!("字节 {byte:02X} 不是 UTF-8：用了别的编码，或者一个汉字被截成了两半")
        }
    }
}

pub(super) fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::AddressInUse => {
            "在 bind() 之前设置 SO_REUSEADDR，并且同一个端口只绑定一次；客户端不需要 bind()。"
        }
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
        Remedy::KeyboardThread => {
            "程序结束时，守护线程还停在 input() 里，Python 有时会因此崩溃：最后一次 print(…, flush=True) 之后用 os._exit(0) 结束程序。"
        }
        Remedy::NotConnected => {
            "监听套接字没有对端：要用 accept() 返回的那个连接来 recv() 和 send()。"
        }
        Remedy::Pair => {
            "accept() 和 recvfrom() 返回两个值：conn, addr = s.accept()。直接遍历字典得到的是键：要用 clients.values()。"
        }
        Remedy::AddressPair => "bind() 和 connect() 只有一个参数，是一个元组：bind((ip, port))。",
        Remedy::Number => "input() 返回的是文字，而端口是数字：int(input())。",
        Remedy::ThreadArguments => {
            "args 是元组，只有一个元素时也要写逗号：Thread(target=talk, args=(conn,))。"
        }
        Remedy::NoDestination => {
            "UDP 的每个数据报都要写明地址：data, addr = recvfrom(…)，然后 sendto(回复, addr)。"
        }
        Remedy::NotOverUdp => {
            "UDP 没有 listen() 和 accept()：bind() 之后直接 recvfrom()。要用 TCP，套接字类型应为 SOCK_STREAM。"
        }
    }
}

/// A character in quotes, if it can be seen.
pub(super) fn shown(c: char) -> String {
    match visible::stand_in(c) {
        Some(text) => text.into_owned(),
        None if c == '\'' => "\"'\"".to_owned(),
        None => format!("'{c}'"),
    }
}

pub(super) fn code(c: char) -> String {
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
