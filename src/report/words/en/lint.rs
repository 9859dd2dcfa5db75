//! What is wrong in a file, in English.

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
        Code::CaughtLater { .. } => "it is caught here",
        Code::UsedBefore { .. } => "it takes part from here on",
        Code::Yaml { .. } => "this bracket is still open",
        _ => "the first stands here",
    }
}

/// "did you mean", else `otherwise`.
fn meant(similar: &Option<String>, otherwise: impl Into<String>) -> String {
    match similar {
        Some(similar) => format!("did you mean {}?", q(similar)),
        None => otherwise.into(),
    }
}

/// "did you mean", else what is possible.
fn possible(similar: &Option<String>, known: &[String]) -> String {
    meant(similar, format!("possible: {}", quoted_all(known, ", ")))
}

fn words(code: &Code) -> Said {
    match code {
        Code::NotFound { file } => said(
            format!("there is no file {}", q(file)),
            "look at the name. A lab is a folder with a `lab.yaml`; the files that it lists stand beside it",
        ),
        Code::Unreadable { reason } => (format!("the file can't be read: {reason}"), None),
        Code::TooLarge { limit } => said(
            format!("the file is larger than {}", mebibytes(*limit as u64)),
            "long texts are made where they are needed: `${\"x\"|repeat(3000)}`",
        ),
        Code::NotUtf8 => said("these bytes are not UTF-8", "save the file as UTF-8"),
        Code::LineTooLong { limit } => said(
            format!("a line is longer than {limit} bytes"),
            "fold the text (`>-`); long texts are made where they are needed: `${\"x\"|repeat(3000)}`",
        ),
        Code::TooManyValues { limit } => said(
            format!("the file holds more than {limit} values"),
            "divide it into several scenarios",
        ),
        Code::TooDeep { limit } => said(
            format!("more than {limit} lists and maps stand inside each other here"),
            "nothing in the language is nested so deep: look for brackets that are not closed",
        ),
        Code::Empty => said(
            "the file is empty",
            "begin with `viva: 1`; docs/language.md shows whole files",
        ),
        Code::SeveralDocuments => said(
            "a second document begins here",
            "one file holds one lab or one scenario: remove the `---`, or move the rest to a file of its own",
        ),
        Code::Alias => said(
            "anchors (`&name`) and aliases (`*name`) are not part of the language",
            "write the value out; what several scenarios share belongs in `lab.yaml`. A text that begins with `*` or `&` needs quotes",
        ),
        Code::Tag => said(
            "tags (`!name`) are not part of the language",
            "remove the tag. A text that begins with `!` needs quotes",
        ),
        Code::Yaml { mistake } => yaml(mistake),
        Code::KeyNotText => said(
            "a key must be a text",
            "remove the brackets, or add what is missing before the colon",
        ),
        Code::UnknownKey {
            key,
            similar,
            known,
        } => said(
            format!("there is no key {} here", q(key)),
            possible(similar, known),
        ),
        Code::DuplicateKey { key } => said(
            format!("the key {} stands here twice", q(key)),
            "remove one of them",
        ),
        Code::EitherKey { keys } => said(
            format!("{} can't stand together", quoted_all(keys, " and ")),
            "keep one of them",
        ),
        Code::MissingKey { keys } => said(
            match keys.len() {
                1 => format!("the key {} is missing here", quoted_all(keys, "")),
                _ => format!("keys are missing here: {}", quoted_all(keys, ", ")),
            },
            "add what is missing, `key: value`",
        ),
        Code::WrongShape { expected, found } => wrong_shape(expected, *found),
        Code::UnknownWord {
            word,
            similar,
            known,
        } => said(
            format!("{} is not possible here", q(word)),
            possible(similar, known),
        ),
        Code::WrongVersion { found } => said(
            format!(
                "this Viva knows version 1 of the language, not {}",
                q(found)
            ),
            "write `viva: 1`, or use a newer Viva",
        ),
        Code::BadNumber {
            found,
            least,
            most,
            whole,
        } => said(
            format!(
                "{} is not a {}number from {least} to {most}",
                q(found),
                if *whole { "whole " } else { "" }
            ),
            "write digits only, without sign and unit",
        ),
        Code::NotRising => said(
            "this row has no more days than the row before it",
            "write the rows so that their days rise: the first row that is not too short counts",
        ),
        Code::BadDuration { found } => said(
            format!("{} is not a duration", q(found)),
            "write a number with `ms`, `s` or `m` behind it, more than nothing and at most a day: `500ms`, `10s`, `2m`",
        ),
        Code::BadName { found } => said(
            format!("{} can't be a name", q(found)),
            "a name begins with a letter and goes on with letters, digits, `-` and `_`, 60 characters at most",
        ),
        Code::ReservedName { name } => said(
            format!(
                "the name {} means something in the language already",
                q(name)
            ),
            "choose another name",
        ),
        Code::NameTwice { name } => said(
            format!("the name {} is given twice", q(name)),
            "choose another name for one of the two",
        ),
        Code::BadHex { found } => said(
            format!("{} is not in hexadecimal digits", q(found)),
            "write two digits for each byte: `e4 bd a0`",
        ),
        Code::BadFileName { name } => said(
            format!("{} is not a file below this folder", q(name)),
            "write it without `/` in front, and without `.`, `..` and `\\`",
        ),
        Code::Nothing => said("this is empty", "fill it, or remove the key"),
        Code::NoLanguage => said(
            "this is a text in no language",
            "write `{ en: \"…\", zh: \"…\" }`; one of the two is enough",
        ),
        Code::Unclosed => said(
            "this `${` is not closed",
            "close it with `}`; a `${` that means itself is written `$${`",
        ),
        Code::BadExpression { found } => said(
            format!("{} can't be understood", q(found)),
            "within the braces stands a variable or a \"quoted text\", then functions, each behind a `|`: `${token.a|upper}`",
        ),
        Code::NoExpressionHere => said("`${…}` is not possible here", "write the text itself"),
        Code::UnknownVariable { name, similar } => said(
            format!("there is no variable {}", q(name)),
            meant(
                similar,
                format!(
                    "give it a value under `variables:`; a fresh random word is {}",
                    q(&format!("${{token.{name}}}"))
                ),
            ),
        ),
        Code::NotHere { name } => said(
            format!("{} has no value here", q(name)),
            match name.as_str() {
                "file" => "`file` is for `command`, `build` and `arguments` of a role",
                "text" => {
                    "`text` is for the `reply` of the conventions; elsewhere write `${\"…\"|reply}`"
                }
                _ => "this text is read before anybody acts; use `ip`, `port`, or a variable",
            },
        ),
        Code::CaughtLater { name } => said(
            format!("{} is caught only later", q(name)),
            "move this step behind the one that catches it",
        ),
        Code::UnknownField { field, similar } => said(
            format!("an actor has no {}", q(field)),
            meant(similar, "it has `ip`, `port`, `address` and `peer`"),
        ),
        Code::FieldOfCrowd { actor } => said(
            format!(
                "{} is a crowd: each of its members has an address of its own",
                q(actor)
            ),
            "name an actor of its own in the cast, and use its address",
        ),
        Code::UnknownFunction { name, similar } => said(
            format!("there is no function {}", q(name)),
            meant(
                similar,
                "there are `upper`, `lower`, `trim`, `repeat(N)`, `first(N)`, `last(N)`, `length`, `bytes` and `reply`",
            ),
        ),
        Code::BadArgument {
            function,
            most: Some(most),
        } => said(
            format!("{} needs a number from 0 to {most}", q(function)),
            format!("write {}", q(&format!("{function}(3)"))),
        ),
        Code::BadArgument {
            function,
            most: None,
        } => said(
            format!("{} takes nothing in brackets", q(function)),
            "remove the brackets",
        ),
        Code::TextTooLong { limit } => said(
            format!("this text would be longer than {}", mebibytes(*limit)),
            "make it shorter, or send it in several steps",
        ),
        Code::NotEncodable {
            character,
            encoding,
        } => said(
            format!(
                "{} can't be written in {encoding}",
                q(&character.to_string())
            ),
            "use other characters, `bytes:`, or another `encoding:` in the conventions",
        ),
        Code::MessageTooLong { bytes, limit } => said(
            format!(
                "a message of {bytes} bytes: the length in front of it can say {limit} at most"
            ),
            "make it shorter, or choose a longer length under `message:` in the conventions",
        ),
        Code::PatternForm { found, known } if found.is_empty() => said(
            "what is expected is missing here",
            format!("write a text, or one of {}", quoted_all(known, ", ")),
        ),
        Code::PatternForm { found, .. } => said(
            format!("{} can't stand together", quoted_all(found, " and ")),
            "write one of them; several patterns stand in `any_of: […]` or `all_of: […]`",
        ),
        Code::BadRegex { mistake } => regex(mistake),
        Code::AlwaysMatches => said(
            "even nothing at all would fulfil this: it could never fail",
            "expect at least one character, such as `+` instead of `*`",
        ),
        Code::NeverHolds => said(
            "even nothing at all would break this: it could never hold",
            "if not one byte may come, write `silent: true`",
        ),
        Code::PatternNotOfActor {
            form,
            actor,
            is,
            only,
        } => said(
            format!(
                "{} can't be expected of {}, {}",
                q(form),
                q(actor),
                party(*is)
            ),
            format!("it can be expected of {}", parties(only)),
        ),
        Code::StandsAlone { form } => said(
            format!("{} is about a program as a whole: it stands alone", q(form)),
            format!(
                "write it as a step of its own: {}",
                q(&format!("- server: {{ expect: {{ {form}: … }} }}"))
            ),
        ),
        Code::NoStream { key, form } => said(
            format!(
                "{} is about a stream, and {} is about none",
                q(key),
                q(form)
            ),
            format!("remove {}", q(key)),
        ),
        Code::BadAddress { found } => said(
            format!("{} is not an address", q(found)),
            "write an IP address and a port: `0.0.0.0:${port}`, `${ip}:${port}`, `[::1]:9999`",
        ),
        Code::NotPrinted { form } => said(
            format!("a program doesn't print {}", q(form)),
            "a prompt is a text, or one of `regex`, `exactly`, `bytes`, `at_least`, `any_of`, `all_of`",
        ),
        Code::CastForm { found } if found.is_empty() => said(
            "what this actor is, is missing here",
            "write `{ role: … }`, `{ connects: … }`, `{ listens: tcp }`, `{ proxy: … }` or `{ crowd: { … } }`",
        ),
        Code::CastForm { found } => said(
            format!(
                "an actor is one thing: {} can't stand together",
                quoted_all(found, " and ")
            ),
            "make it two actors, or remove one key",
        ),
        Code::UnknownRole { name, similar } => said(
            format!("there is no role {}", q(name)),
            meant(similar, "describe it under `roles:`"),
        ),
        Code::UnknownActor { name, similar } => said(
            format!("there is no actor {}", q(name)),
            meant(
                similar,
                "name it under `cast:`, or let a server `accept` it",
            ),
        ),
        Code::NotAProgram { name } => said(
            format!("{} is not a program", q(name)),
            "Viva's clients connect to programs, or to a proxy in front of one: to a cast member with a `role:` or with `proxy:`",
        ),
        Code::NotAListener { name } => said(
            format!("{} doesn't listen for this one", q(name)),
            "name an actor that `listens:` (over the same transport), or another program",
        ),
        Code::NotOnThisLine { fault, tcp: true } => said(
            format!(
                "TCP knows no {}: what is lost is sent again, and the order is kept",
                q(fault)
            ),
            "over TCP there are `delay`, `split`, `coalesce`, `throttle`, `half_close` and `reset`",
        ),
        Code::NotOnThisLine { fault, tcp: false } => said(
            format!(
                "UDP knows no {}: a datagram is one piece, and there are no connections",
                q(fault)
            ),
            "over UDP there are `drop`, `duplicate`, `reorder`, `delay` and `throttle`",
        ),
        Code::FaultForm { found } if found.is_empty() => said(
            "what the line does wrong is missing here",
            "write one of `drop`, `duplicate`, `reorder`, `delay`, `split`, `coalesce`, `throttle`, `half_close`, `reset`",
        ),
        Code::FaultForm { found } => said(
            format!(
                "a fault is one thing: {} can't stand together",
                quoted_all(found, " and ")
            ),
            "make it two faults, `- { … }` each",
        ),
        Code::OtherTransport { name, tcp } => said(
            format!(
                "{} is a line of {}",
                q(name),
                if *tcp { "TCP" } else { "UDP" }
            ),
            "give both the same `transport:`",
        ),
        Code::UselessVariable { name, similar } => said(
            format!("nothing uses the variable {}", q(name)),
            meant(
                similar,
                "neither the role nor `variables:` knows it: remove it, or use it in the role",
            ),
        ),
        Code::StepForm { found } if found.is_empty() => said(
            "an actor and what it does are missing here",
            "write `- alice: { send: \"…\" }`",
        ),
        Code::StepForm { found } => said(
            format!("a step has one actor, not {}", quoted_all(found, " and ")),
            "begin a new step for each, behind `- `",
        ),
        Code::ActionForm { found } if found.is_empty() => said(
            "an action is missing here",
            "write one, such as `send: \"…\"` or `expect: \"…\"`",
        ),
        Code::ActionForm { found } => said(
            format!("a step has one action, not {}", quoted_all(found, " and ")),
            "write a step for each",
        ),
        Code::BesideAction { key } => said(
            format!("{} belongs beside the action, not beside the actor", q(key)),
            format!(
                "write {}",
                q(&format!("- alice: {{ send: \"…\", {key}: … }}"))
            ),
        ),
        Code::NotWithAction { key, action, with } => said(
            format!("{} does not go with {}", q(key), q(action)),
            format!("it goes with {}", quoted_all(with, " and ")),
        ),
        Code::WrongActor {
            action,
            actor,
            is,
            only,
        } => said(
            format!("{} is not for {}, {}", q(action), q(actor), party(*is)),
            match is {
                Party::TcpServer | Party::WebSocketServer
                    if only.contains(&Party::TcpLink) || only.contains(&Party::WebSocketLink) =>
                {
                    format!("it only listens: let it `accept: NAME`, and let that NAME {action}")
                }
                _ => format!("it is for {}", parties(only)),
            },
        ),
        Code::NoSuchStream {
            stream,
            terminal: true,
        } => said(
            format!("a program in a terminal has no {}", q(stream)),
            "all that it prints goes to its `screen`; `terminal: false` in the role keeps `stdout` and `stderr` apart",
        ),
        Code::NoSuchStream {
            stream,
            terminal: false,
        } => said(
            format!("a program on pipes has no {}", q(stream)),
            "it has `stdout` and `stderr`; `terminal: true` in the role gives it a `screen`",
        ),
        Code::OnlyExpect => said(
            "in `any_order` only `expect` is possible",
            "move this step before or behind the group",
        ),
        Code::UsedBefore { actor } => said(
            format!("{} takes part only later", q(actor)),
            "move this step behind that one. Who has no such step takes part from the beginning",
        ),
        Code::UnknownLabel { label, similar } => said(
            format!("no step before this one is called {}", q(label)),
            meant(
                similar,
                format!("give that step the name: {}", q(&format!("as: {label}"))),
            ),
        ),
        Code::BadCut { offset, length } => said(
            match length {
                Some(length) => format!(
                    "{offset} does not cut: offsets rise, and stay below the {length} bytes that are sent"
                ),
                None => format!("{offset} does not cut: offsets rise"),
            },
            "count in bytes, from the start of the message",
        ),
        Code::CloseCode { code } => said(
            format!("no close frame can have the code {code}"),
            "1000 to 1003, 1007 to 1014 and 3000 to 4999 can stand there (RFC 6455, 7.4); to send a wrong one on purpose, \
             write the frame as `bytes:`",
        ),
        Code::ResponseInMessages => said(
            "a response of HTTP has its own ways to tell where it ends",
            "leave `message: raw` (the default) in the conventions",
        ),
        Code::BadHeader { name } => said(
            format!("{} is no name of a header", q(name)),
            "letters, digits and hyphens, without the colon: `Content-Type`",
        ),
        Code::BodyOfNone => said(
            "a response to HEAD has no body",
            "remove `body`, or `bodiless`",
        ),
        Code::BadPath { path } => said(
            format!("{} is no path", q(path)),
            "it begins with `/`, and holds no blanks, no `#`, and only ASCII: `/chat`",
        ),
        Code::ControlTooLong { bytes, limit } => said(
            format!(
                "{bytes} bytes are too many: a ping or pong holds {limit} at most (RFC 6455, 5.5)"
            ),
            "make it shorter; to send a wrong one on purpose, write the frame as `bytes:`",
        ),
        Code::ScenarioTwice { name } => said(
            format!("two scenarios are called {}", q(name)),
            "choose another name for one of the two",
        ),
        Code::ScenarioNotAsFile { name, file } => said(
            format!("the scenario {} stands in the file {}", q(name), q(file)),
            "call both the same",
        ),
        Code::UnknownNeed { name, similar } => said(
            format!("the lab has no scenario {}", q(name)),
            meant(similar, "list it under `scenarios:`, or remove the need"),
        ),
        Code::UnknownScenario { name, similar } => said(
            format!("the lab has no scenario {}", q(name)),
            meant(similar, "remove it from the contract"),
        ),
        Code::NoKnownProgram { file } => said(
            format!("there is no program {} beside the contract", q(file)),
            "look at the name: it counts from the folder of the contract, such as `wrong/doubles.py`",
        ),
        Code::CircularNeeds { names } => said(
            format!("these scenarios need each other: {}", circle(names)),
            "remove one of the needs",
        ),
        Code::UnknownSetting { name, similar } => said(
            format!("there is no convention and no variable {}", q(name)),
            meant(
                similar,
                "the conventions are in docs/language.md, the variables in `lab.yaml`",
            ),
        ),
        Code::NotInSubmission { key } => said(
            format!("a submission must not hold {}", q(key)),
            "remove it: only the lab can say this",
        ),
        Code::UnusedActor { actor } => said(
            format!("{} does nothing", q(actor)),
            "give it a step, or remove it from the cast",
        ),
        Code::UnusedToken { token } => said(
            format!(
                "{} is sent, but nobody expects it",
                q(&format!("${{token.{token}}}"))
            ),
            "expect it where it must arrive, or send a plain text",
        ),
        Code::UnlistedFile { file } => said(
            format!("{} is not listed in `lab.yaml`", q(file)),
            format!(
                "add {} under `scenarios:`, or move the file away",
                q(&format!("- {{ use: {file} }}"))
            ),
        ),
        Code::OpenRegex => said(
            "whatever comes next could make this match longer",
            "end the expression with what must follow, such as `\\n` or a bracket",
        ),
    }
}
