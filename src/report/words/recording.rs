//! What is said while somebody talks to a program by hand.

/// The sentences of a language.
pub(in crate::report) struct Spoken {
    /// An actor and its address.
    pub(in crate::report) there: fn(&str, &str) -> String,
    pub(in crate::report) how: &'static str,
    pub(in crate::report) help: &'static str,
    pub(in crate::report) closed: &'static str,
    pub(in crate::report) reset: &'static str,
    pub(in crate::report) exited: fn(i32) -> String,
    pub(in crate::report) killed: fn(i32) -> String,
    pub(in crate::report) not_a_name: fn(&str) -> String,
    pub(in crate::report) nothing_to_do: fn(&str) -> String,
    pub(in crate::report) unknown_deed: fn(&str) -> String,
    /// The name, and one that is like it.
    pub(in crate::report) unknown_actor: fn(&str, Option<&str>) -> String,
    pub(in crate::report) connected: fn(&str) -> String,
    pub(in crate::report) not_there: fn(&str) -> String,
    /// The name, and what it can't do.
    pub(in crate::report) only_for_programs: fn(&str, &str) -> String,
    pub(in crate::report) only_for_connections: fn(&str, &str) -> String,
    pub(in crate::report) not_encodable: fn(char, &str) -> String,
    pub(in crate::report) too_long: fn(usize) -> String,
    pub(in crate::report) not_done: fn(&str) -> String,
    pub(in crate::report) unkept: &'static str,
    /// The file, how many steps, and how that went.
    pub(in crate::report) wrote: fn(&str, usize, &str) -> String,
    pub(in crate::report) holds: &'static str,
    pub(in crate::report) fails: &'static str,
    pub(in crate::report) weakened: fn(usize) -> String,
    pub(in crate::report) list: fn(&str) -> String,
    pub(in crate::report) again: fn(&str) -> String,
}

pub(in crate::report) const ENGLISH: Spoken = Spoken {
    there: |name, address| format!("{name} is there: {address}"),
    how: "`NAME connect` brings a client, `NAME: TEXT` sends or types a text, `help` tells more, `done` ends.",
    help: "\
  NAME connect          a client of this name connects
  NAME: TEXT            it sends this text; a program: this line is typed on its keyboard
  NAME close            its connection is closed (close write: only the sending direction)
  NAME reset            its connection is reset
  PROGRAM close stdin   end of input; also: key ctrl-d, signal INT, stop, restart
  done                  that was all: the scenario is written (also at the end of input)
",
    closed: "the other side has closed",
    reset: "the other side has reset the connection",
    exited: |code| format!("has ended, exit status {code}"),
    killed: |signal| format!("has ended by {}", super::signal(signal)),
    not_a_name: |name| {
        format!(
            "`{name}` is no name for an actor: write NAME: TEXT, or NAME connect; `help` tells more"
        )
    },
    nothing_to_do: |name| format!("what shall {name} do? write {name}: TEXT, or {name} connect"),
    unknown_deed: |deed| format!("nobody can `{deed}`; `help` tells what can be done"),
    unknown_actor: |name, like| match like {
        Some(like) => format!(
            "nobody is called `{name}`; did you mean `{like}`? (`{name} connect` brings a new client)"
        ),
        None => format!("nobody is called `{name}` yet: `{name} connect` brings a client"),
    },
    connected: |name| format!("{name} is connected already"),
    not_there: |name| format!("{name} is not there any more, or not yet"),
    only_for_programs: |name, deed| format!("`{deed}` is for programs, and {name} is none"),
    only_for_connections: |name, deed| format!("`{deed}` is for connections, and {name} is none"),
    not_encodable: |character, encoding| format!("`{character}` can't be sent in {encoding}"),
    too_long: |most| {
        format!("longer than {most} bytes: write that step by hand, with ${{\"x\"|repeat(3000)}}")
    },
    not_done: |name| {
        format!("{name}: that was not possible (refused, closed, or not read), and is not recorded")
    },
    unkept: "Nothing was recorded, so nothing is written.",
    wrote: |file, steps, verdict| format!("{file}: {steps} steps{verdict}"),
    holds: ", which came true again when they were played",
    fails: ", which did not come true again: see above",
    weakened: |count| {
        match count {
        1 => "One expectation was cut down to the words that you typed, or left out: the rest is not the same each time.".to_owned(),
        count => format!("{count} expectations were cut down to the words that you typed, or left out: the rest is not the same each time."),
    }
    },
    list: |line| format!("To make it part of the lab, add to `scenarios:` in lab.yaml:  {line}"),
    again: |command| format!("To run it:  {command}"),
};

pub(in crate::report) const CHINESE: Spoken = Spoken {
    there: |name, address| format!("{name} 已就位：{address}"),
    how: "`名称 connect` 让一个客户端连上来，`名称: 文本` 发送或键入文本，`help` 查看更多，`done` 结束。",
    help: "\
  名称 connect          叫这个名称的客户端连接
  名称: 文本            它发送这段文本；若是程序，则在它的键盘上键入这一行
  名称 close            关闭它的连接（close write：只关闭发送方向）
  名称 reset            重置它的连接
  程序 close stdin      输入结束；还有：key ctrl-d、signal INT、stop、restart
  done                  就这些：写出场景（输入结束时也一样）
",
    closed: "对方关闭了连接",
    reset: "对方重置了连接",
    exited: |code| format!("已结束，退出码 {code}"),
    killed: |signal| format!("被 {} 结束", super::signal(signal)),
    not_a_name: |name| {
        format!("`{name}` 不能作参与者的名字：请写 名称: 文本，或 名称 connect；`help` 查看更多")
    },
    nothing_to_do: |name| format!("要 {name} 做什么？请写 {name}: 文本，或 {name} connect"),
    unknown_deed: |deed| format!("没有 `{deed}` 这个动作；`help` 列出能做的事"),
    unknown_actor: |name, like| match like {
        Some(like) => format!(
            "没有叫 `{name}` 的；是不是想写 `{like}`？（`{name} connect` 让新客户端连上来）"
        ),
        None => format!("还没有叫 `{name}` 的：`{name} connect` 让一个客户端连上来"),
    },
    connected: |name| format!("{name} 已经连接"),
    not_there: |name| format!("{name} 不在（已经离开，或尚未开始）"),
    only_for_programs: |name, deed| format!("`{deed}` 只对程序有效，而 {name} 不是程序"),
    only_for_connections: |name, deed| format!("`{deed}` 只对连接有效，而 {name} 不是连接"),
    not_encodable: |character, encoding| format!("`{character}` 不能用 {encoding} 发送"),
    too_long: |most| format!("超过 {most} 字节：这一步请手写，用 ${{\"x\"|repeat(3000)}}"),
    not_done: |name| format!("{name}：没有做成（被拒绝、已关闭，或对方不读），未记录"),
    unkept: "没有记录任何内容，因此不写文件。",
    wrote: |file, steps, verdict| format!("{file}：{steps} 步{verdict}"),
    holds: "，重新演一遍时全部成立",
    fails: "，重新演一遍时不成立：见上",
    weakened: |count| {
        format!("有 {count} 处期望只保留了你键入的词，或被删去：其余内容每次都不同。")
    },
    list: |line| format!("要把它列入实验，请在 lab.yaml 的 `scenarios:` 下加上：  {line}"),
    again: |command| format!("运行它：  {command}"),
};
