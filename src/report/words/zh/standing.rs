//! What a program was doing.

use crate::verdict::{Doing, Standing, Unproved, Unread};

use super::phrases::bytes;

pub(super) fn standing(standing: &Standing) -> String {
    let actor = &standing.actor;
    let awaited: Vec<String> = standing.doing.iter().filter_map(awaited).collect();
    let awaited = awaited.join("，以及");
    let runs = standing.doing.contains(&Doing::Runs);
    let stopped = standing.doing.contains(&Doing::Stopped);
    let mut sentences = Vec::new();
    let mut first = match (awaited.is_empty(), runs, stopped) {
        (false, false, false) => format!("{actor} 正在等待{awaited}"),
        (false, true, _) => format!("{actor} 有一个线程在不停地运行，其余线程在等待{awaited}"),
        (true, true, _) => format!("{actor} 在不停地运行，没有等待任何东西"),
        (_, false, true) => format!("{actor} 被信号暂停了"),
        (true, false, false) => String::new(),
    };
    if !standing.unread.is_empty() {
        let unread = lies(&standing.unread);
        if first.is_empty() {
            first = format!("{unread}还没有被读取：{actor} 没有调用 recv() 去读");
        } else {
            first = format!("{first}，而 {unread}还没有被读取");
        }
    }
    if !first.is_empty() {
        sentences.push(format!("{first}。"));
    }
    if standing.doing == [Doing::Keyboard] && !standing.unread.is_empty() {
        sentences.push(
            "等待输入时它无法接收：请为输入和接收各用一个线程，各有自己的循环，或者用 select()。"
                .to_owned(),
        );
    }
    if standing.dropped > 0 {
        sentences.push(thrown_away(standing.dropped));
    }
    if standing.unaccepted > 0 {
        sentences.push(format!(
            "有 {} 个连接在等待被接受：还没有为它们调用 accept()。",
            standing.unaccepted
        ));
    }
    if !standing.unclosed.is_empty() {
        sentences.push(format!(
            "{} 已经关闭连接，但 {actor} 没有关闭自己这一端：recv() 返回 b''（或 0）之后要调用 close()。",
            standing.unclosed.join("、")
        ));
    }
    if standing.threads >= MANY_THREADS || standing.descriptors >= MANY_DESCRIPTORS {
        sentences.push(format!(
            "它有 {} 个线程，打开了 {} 个描述符。",
            standing.threads, standing.descriptors
        ));
    }
    sentences.concat()
}

/// What lies there: ` alice 发来的 5 字节`.
pub(super) fn lies(unread: &[Unread]) -> String {
    let all: Vec<String> = unread
        .iter()
        .map(|unread| match unread.datagrams {
            None => format!("{} 发来的 {}", unread.from, bytes(unread.bytes)),
            Some(count) => format!(
                "{} 发来的 {count} 个数据报（{}）",
                unread.from,
                bytes(unread.bytes)
            ),
        })
        .collect();
    all.join("、")
}

/// Where datagrams went that nobody will ever read.
fn thrown_away(count: usize) -> String {
    format!(
        "发给它的 {count} 个数据报被丢弃了：套接字里已经没有空间。要及时读取，也不要把接收缓冲区（SO_RCVBUF）改小。"
    )
}

/// From here on their number is worth a sentence.
const MANY_THREADS: usize = 50;
const MANY_DESCRIPTORS: usize = 200;

fn awaited(doing: &Doing) -> Option<String> {
    let call = match doing {
        Doing::Keyboard => "input()",
        Doing::Accept => "accept()",
        Doing::Receive { .. } => "recv()",
        Doing::Several { .. } => "select() 或 poll()",
        Doing::Send { .. } => "send()",
        Doing::Sleep => "sleep()",
        _ => return thing(doing),
    };
    Some(format!("{}（{call}）", thing(doing)?))
}

/// What is waited for, without the call that does it.
fn thing(doing: &Doing) -> Option<String> {
    Some(match doing {
        Doing::Keyboard => "键盘输入".into(),
        Doing::Accept => "新的连接".into(),
        Doing::Receive { from } if from.is_empty() => "数据".into(),
        Doing::Receive { from } => format!(" {} 的数据", few(from)),
        Doing::Several { of } => {
            let things: Vec<String> = of.iter().filter_map(thing).collect();
            things.join("，或者")
        }
        Doing::Send { to } if to.is_empty() => "对方读走它发送的内容".into(),
        Doing::Send { to } => format!(" {} 读走发给它的数据", few(to)),
        Doing::Connect => "自己的 connect() 完成".into(),
        Doing::Lock => "一把锁，或者自己的另一个线程".into(),
        Doing::Child => "自己启动的一个进程结束".into(),
        Doing::Pipe => "自己的另一个进程".into(),
        Doing::Sleep => "时间过去".into(),
        Doing::Signal => "一个信号".into(),
        Doing::Runs | Doing::Stopped | Doing::Other => return None,
    })
}

/// So many of many peers are named.
const FEW: usize = 5;

/// `alice、bob 等 40 方`, or all of a few.
fn few(names: &[String]) -> String {
    if names.len() <= FEW + 1 {
        return names.join("、");
    }
    format!("{} 等 {} 方", names[..FEW].join("、"), names.len())
}

pub(super) fn unproved(unproved: &Unproved) -> String {
    match unproved {
        Unproved::Timed { actor, ms } => {
            let how = match ms {
                Some(ms @ 0..=9_999) => format!("（最多还有 {ms} 毫秒）"),
                Some(ms) => format!("（最多还有 {} 秒）", ms / 1000),
                None => String::new(),
            };
            format!("无法更早得出结论：{actor} 有一个线程在限时等待{how}，到时可能还会有动作。")
        }
        Unproved::Busy => "无法更早得出结论：程序一直在运行。".into(),
        Unproved::Hidden => "无法更早得出结论：这台机器看不到程序在等待什么。".into(),
    }
}
