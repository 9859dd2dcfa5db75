//! What somebody types who talks to a program.

use crate::scenario::{Action, byte_of_key, is_actor_name, number_of_signal};

/// A line as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Nothing, or a remark (`# …`).
    Nothing,
    /// How does this work?
    Help,
    /// That was all.
    Done,
    /// Somebody does something.
    Order(Order),
}

/// One actor does one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Who.
    pub actor: String,
    /// What.
    pub deed: Deed,
}

/// What an actor can be told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Send this; a program: type it.
    Send(String),
    /// Connect.
    Connect,
    /// Anything else that the language has, as it is written there: `close: true`.
    Plain {
        /// The key.
        key: &'static str,
        /// Its value.
        value: String,
        /// What it means.
        action: Action,
        /// Whether it is a program's; else a connection's.
        of_program: bool,
    },
    /// Take the next connection, under this name.
    Accept(String),
}

/// Why a line is no order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// It begins with no name, or with a word of the language.
    NotAName(String),
    /// Nothing stands behind the name of the actor.
    NothingToDo(String),
    /// Nobody can do this.
    UnknownDeed(String),
}

/// Reads a line.
///
/// # Errors
///
/// It can't be understood.
pub fn read_order(line: &str) -> Result<Typed, Mistake> {
    let line = line.trim_end_matches(['\n', '\r']);
    let bare = line.trim();
    match bare {
        "" => return Ok(Typed::Nothing),
        "help" | "?" => return Ok(Typed::Help),
        "done" => return Ok(Typed::Done),
        _ if bare.starts_with('#') => return Ok(Typed::Nothing),
        _ => {}
    }
    let line = line.trim_start();
    let end = line.find([':', '：', ' ', '\t']).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    if !is_actor_name(name) {
        return Err(Mistake::NotAName(name.to_owned()));
    }
    let deed = match rest.strip_prefix([':', '：']) {
        Some(text) => Deed::Send(text.strip_prefix(' ').unwrap_or(text).to_owned()),
        None => deed(name, rest.trim())?,
    };
    Ok(Typed::Order(Order {
        actor: name.to_owned(),
        deed,
    }))
}

fn deed(name: &str, words: &str) -> Result<Deed, Mistake> {
    let plain = |key, value: &str, action, of_program| {
        Ok(Deed::Plain {
            key,
            value: value.to_owned(),
            action,
            of_program,
        })
    };
    let unknown = || Err(Mistake::UnknownDeed(words.to_owned()));
    let words: Vec<&str> = words.split_whitespace().collect();
    match words[..] {
        [] => Err(Mistake::NothingToDo(name.to_owned())),
        ["connect"] => Ok(Deed::Connect),
        ["close"] => plain("close", "true", Action::Close, false),
        ["close", "write"] => plain("close", "write", Action::CloseWrite, false),
        ["close", "stdin"] => plain("close", "stdin", Action::CloseStdin, true),
        ["reset"] => plain("reset", "true", Action::Reset, false),
        ["stop"] => plain("stop", "true", Action::Stop, true),
        ["restart"] => plain("restart", "true", Action::Restart, true),
        ["key", key] => match byte_of_key(key) {
            Some(byte) => plain("key", key, Action::Key(byte), true),
            None => unknown(),
        },
        ["signal", signal] => match number_of_signal(signal) {
            Some(number) => plain("signal", signal, Action::Signal(number), true),
            None => unknown(),
        },
        _ => unknown(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Deed, Mistake, Order, Typed, read_order};

    fn sends(actor: &str, text: &str) -> Result<Typed, Mistake> {
        Ok(Typed::Order(Order {
            actor: actor.to_owned(),
            deed: Deed::Send(text.to_owned()),
        }))
    }

    #[test]
    fn lines_are_understood_or_refused() {
        assert_eq!(read_order("alice: hello\n"), sends("alice", "hello"));
        assert_eq!(read_order("  王芳：你好 "), sends("王芳", "你好 "));
        assert_eq!(
            read_order("alice:  two: blanks"),
            sends("alice", " two: blanks")
        );
        assert_eq!(read_order("alice:"), sends("alice", ""));
        assert_eq!(read_order(" \n"), Ok(Typed::Nothing));
        assert_eq!(read_order("# a remark"), Ok(Typed::Nothing));
        assert_eq!(read_order("done"), Ok(Typed::Done));
        for (line, key, value) in [
            ("alice close", "close", "true"),
            ("alice  close  write", "close", "write"),
            ("server key ctrl-d", "key", "ctrl-d"),
            ("server signal INT", "signal", "INT"),
        ] {
            let Ok(Typed::Order(order)) = read_order(line) else {
                panic!("{line}");
            };
            assert!(
                matches!(&order.deed, Deed::Plain { key: own, value: its, .. } if *own == key && its == value),
                "{order:?}"
            );
        }
        for (line, mistake) in [
            ("7up connect", Mistake::NotAName("7up".to_owned())),
            ("steps: hello", Mistake::NotAName("steps".to_owned())),
            (": hello", Mistake::NotAName(String::new())),
            ("alice", Mistake::NothingToDo("alice".to_owned())),
            ("alice jump", Mistake::UnknownDeed("jump".to_owned())),
            ("server key f1", Mistake::UnknownDeed("key f1".to_owned())),
        ] {
            assert_eq!(read_order(line), Err(mistake), "{line}");
        }
    }
}
