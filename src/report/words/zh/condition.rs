//! What was expected of a program as a whole, and what the kernel said instead.

use crate::observe::{Resource, TcpState};
use crate::report::about::About;
use crate::report::visible;
use crate::report::words::{NAMED, QUOTED, tcp_state};
use crate::verdict::{Actual, Expected, ListenerSeen, SocketSeen};

use super::phrases::{bytes, other};
use super::standing::lies;

/// What the program must do or have. `None`: the expectation is no condition.
pub(super) fn duty(expected: &Expected) -> Option<String> {
    Some(match expected {
        Expected::Sockets {
            states,
            accepted,
            count: 0,
        } => {
            format!("不再有{}", sockets(states, *accepted))
        }
        Expected::Sockets {
            states,
            accepted,
            count,
        } => {
            format!("有 {count} 个{}", sockets(states, *accepted))
        }
        Expected::ListensAt { address, backlog } => {
            let backlog = backlog.map_or(String::new(), |backlog| {
                format!("，并允许至少 {backlog} 个连接排队等待接受")
            });
            format!("监听 {}{backlog}", shown(address))
        }
        Expected::BoundTo { address } => format!("把 UDP 套接字绑定到 {}", shown(address)),
        Expected::AllRead { but: 0 } => "读完发给它的所有数据".to_owned(),
        Expected::AllRead { but } => format!("让未读的数据不超过 {}", bytes(*but)),
        Expected::Datagrams { count: 0 } => "读完发给它的所有数据报".to_owned(),
        Expected::Datagrams { count } => format!("有 {count} 个数据报在套接字里等待读取"),
        Expected::NoMore {
            of,
            step,
            then,
            spare,
        } => {
            let spare = match spare {
                0 => String::new(),
                spare => format!("，允许多出 {spare} 个"),
            };
            format!(
                "做到{}不比第 {step} 步之后多（当时 {then} 个{spare}）",
                resource(*of)
            )
        }
        Expected::Idle => "安静地等待，不占用处理器".to_owned(),
        _ => return None,
    })
}

/// The same as a thing.
pub(super) fn state(expected: &Expected) -> Option<String> {
    Some(match expected {
        Expected::Sockets {
            states,
            accepted,
            count,
        } => {
            format!("{count} 个{}", sockets(states, *accepted))
        }
        Expected::ListensAt { address, .. } => format!("监听 {} 的套接字", shown(address)),
        Expected::BoundTo { address } => format!("绑定到 {} 的 UDP 套接字", shown(address)),
        Expected::AllRead { but: 0 } => "没有未读的数据".to_owned(),
        Expected::AllRead { but } => format!("未读的数据不超过 {}", bytes(*but)),
        Expected::Datagrams { count } => format!("{count} 个未读的数据报"),
        Expected::NoMore {
            of, then, spare, ..
        } => format!("最多 {} 个{}", then + spare, resource(*of)),
        Expected::Idle => "不占用处理器".to_owned(),
        _ => return None,
    })
}

/// What there was instead, and what to do about it. `None`: this is nothing that the kernel said.
pub(super) fn instead(about: &About<'_>) -> Option<String> {
    Some(match &about.failure.actual {
        Actual::Sockets(seen) => held(about, seen),
        Actual::ListensAt(seen) if seen.is_empty() => "但它没有监听任何地址。".to_owned(),
        Actual::ListensAt(seen) => listens(about, seen),
        Actual::BoundTo(seen) if seen.is_empty() => "但它没有绑定 UDP 套接字。".to_owned(),
        Actual::BoundTo(seen) => {
            let all: Vec<String> = seen.iter().map(|address| shown(address)).collect();
            format!("但它绑定的是 {}。", all.join("、"))
        }
        Actual::Unread(count) => format!(
            "但还有 {}没有读：客户端发来的数据要用 recv() 读取，正在服务别的客户端时也一样。",
            bytes(*count)
        ),
        Actual::Datagrams(unread) if unread.is_empty() => "但没有未读的数据报。".to_owned(),
        Actual::Datagrams(unread) => format!("但还没有读取的是 {}。", lies(unread)),
        Actual::Has(count) => has(about, *count),
        Actual::Used {
            processor_ms,
            within_ms,
        } => format!(
            "但在没有人发送数据的 {within_ms} 毫秒里，它用了 {processor_ms} 毫秒处理器时间。检查有没有这样的循环：recv() 已经返回 \
             b''（或 0）还在继续，或者不等待就反复查询。"
        ),
        _ => return None,
    })
}

fn sockets(states: &[TcpState], accepted: Option<bool>) -> String {
    let accepted = match accepted {
        None => "",
        Some(true) => "、已经接受",
        Some(false) => "、还没有接受",
    };
    format!("处于 {} 状态{accepted}的 TCP 套接字", joined(states))
}

fn joined(states: &[TcpState]) -> String {
    let states: Vec<&str> = states.iter().map(|state| tcp_state(*state)).collect();
    states.join(" 或 ")
}

fn held(about: &About<'_>, seen: &[SocketSeen]) -> String {
    let whom: Vec<&str> = seen
        .iter()
        .filter_map(|socket| socket.with.as_deref())
        .collect();
    let half_closed = seen
        .iter()
        .all(|socket| socket.state == TcpState::CloseWait);
    match seen {
        [] if wants_unaccepted(about) => {
            "但没有连接在等待接受：来的连接都已经 accept() 了。逐个服务客户端时，前一个离开之后才再次调用 accept()。".to_owned()
        }
        [] => "但一个也没有。".to_owned(),
        seen if half_closed && seen.iter().all(|socket| !socket.accepted) => format!(
            "但有 {} 个连接还没有被接受，而对方（{}）已经离开。要反复调用 accept()。",
            seen.len(),
            names(&whom)
        ),
        seen if half_closed => format!(
            "但还有 {} 个连接处于半关闭状态：{} 已经关闭，{} 却一直没有关闭自己这一端。recv() 返回 b''（或 0）时，要对这个连接调用 close()。",
            seen.len(),
            names(&whom),
            other(about)
        ),
        seen => {
            let all: Vec<String> = seen.iter().take(NAMED).map(socket).collect();
            let more = if seen.len() > NAMED { "等" } else { "" };
            format!("但有 {} 个：{}{more}。", seen.len(), all.join("、"))
        }
    }
}

fn wants_unaccepted(about: &About<'_>) -> bool {
    matches!(
        &about.failure.expected,
        Expected::Sockets {
            accepted: Some(false),
            ..
        }
    )
}

fn socket(socket: &SocketSeen) -> String {
    match &socket.with {
        Some(with) => format!("与 {} 的 {}", shown(with), tcp_state(socket.state)),
        None => tcp_state(socket.state).to_owned(),
    }
}

fn names(whom: &[&str]) -> String {
    let all: Vec<String> = whom.iter().take(NAMED).map(|name| shown(name)).collect();
    match (all.is_empty(), whom.len() > NAMED) {
        (true, _) => "对方".to_owned(),
        (_, true) => format!("{}等 {} 方", all.join("、"), whom.len()),
        (_, false) => all.join("、"),
    }
}

fn listens(about: &About<'_>, seen: &[ListenerSeen]) -> String {
    let wants_backlog = matches!(
        &about.failure.expected,
        Expected::ListensAt {
            backlog: Some(_),
            ..
        }
    );
    let all: Vec<String> = seen
        .iter()
        .map(|it| match wants_backlog {
            true => format!("{}（等待队列长度 {}）", shown(&it.address), it.backlog),
            false => shown(&it.address),
        })
        .collect();
    let remedy = match wants_backlog {
        true => "地址由 bind() 决定，等待队列的长度由 listen() 决定。",
        false => "地址由 bind() 决定。",
    };
    format!("但它监听的是 {}。{remedy}", all.join("、"))
}

fn has(about: &About<'_>, count: usize) -> String {
    let Expected::NoMore { of, then, .. } = &about.failure.expected else {
        return format!("但有 {count} 个。");
    };
    let remedy = match of {
        Resource::Threads => {
            "客户端的连接结束后，它的线程也要结束：recv() 返回 b''（或 0）时退出循环。"
        }
        Resource::Descriptors => "客户端离开后要关闭它的连接：conn.close()，出错时也要关闭。",
    };
    format!(
        "但现在有 {count} 个，多出 {} 个。{remedy}",
        count.saturating_sub(*then)
    )
}

fn resource(of: Resource) -> &'static str {
    match of {
        Resource::Threads => "线程",
        Resource::Descriptors => "打开的描述符",
    }
}

fn shown(text: &str) -> String {
    visible::clipped(text.as_bytes(), QUOTED)
}
