//! What else is known, and what to try.

use crate::report::about::About;
use crate::report::contrast::Contrast;
use crate::report::visible;
use crate::report::words::{QUOTED, Remedy, is_printed};
use crate::transcript::{Channel, ESCAPED, MOJIBAKE};
use crate::verdict::Note;

use super::phrases::{bytes, capital, explained, other, place, quote, who};
use super::websocket;

pub(super) fn note(note: &Note, about: &About<'_>) -> String {
    let named = |name: &str| who(about, name);
    match note {
        Note::OwnMessage { step } => format!(
            "That is {}'s own message of step {step}: {} sent it back to its sender.",
            named(about.actor()),
            other(about)
        ),
        Note::CameBefore { step } => {
            let channel = about.failure.subject.channel;
            let (whose, program) = match is_printed(channel) {
                true => (
                    format!("{} showed", place(about, about.actor(), channel)),
                    "it".to_owned(),
                ),
                false => (format!("{} got", named(about.actor())), other(about)),
            };
            format!(
                "That is what {whose} in step {step} already, once more: {program} seems to keep an old answer, in a cache, or in a buffer \
                 or variable that is not filled anew. Make each answer of what has just come."
            )
        }
        Note::CameAlong { step } => {
            let (who, program) = (named(about.actor()), other(about));
            let again = match step {
                Some(step) => format!(
                    "That is what {who} got in step {step} already: {program} sends it again together with the new answer."
                ),
                None => format!(
                    "What {program} has sent already it sends again with each further part of the same answer."
                ),
            };
            format!(
                "{again} It keeps all that it has received. Answer with what recv() has just returned (data = …, not data += …), or empty the \
                 buffer behind each message."
            )
        }
        Note::CameTo { actor, sent: false } => format!("It came to {} instead.", named(actor)),
        Note::CameTo { actor, sent: true } => format!(
            "It came to {} instead, who had sent it: leave out who has sent a message, and nobody else.",
            named(actor)
        ),
        Note::SentBy { actor, step } => {
            format!("That is what {} sent in step {step}.", named(actor))
        }
        Note::Counted {
            word,
            came,
            expected,
        } => format!(
            "\"{}\" came {}, but was expected {}.",
            visible::clipped(word.as_bytes(), QUOTED),
            times(*came),
            times(*expected)
        ),
        Note::SeenElsewhere { actor, channel } => match channel {
            Channel::Wire => format!(
                "The text did reach {} over the network: show what was received, for example with print().",
                named(actor)
            ),
            Channel::Screen | Channel::Stdout if about.failure.subject.channel == Channel::Wire => {
                format!(
                    "The text did appear on {}, but was not sent: print() only shows it, send() sends it.",
                    place(about, actor, *channel)
                )
            }
            Channel::ToServer | Channel::ToClient => {
                format!("The text did come to {}.", place(about, actor, *channel))
            }
            Channel::Screen | Channel::Stdout | Channel::Stderr => {
                format!(
                    "The text did appear, but on {}.",
                    place(about, actor, *channel)
                )
            }
        },
        Note::Ended { actor, status } => {
            format!(
                "{} has ended {}.",
                capital(&named(actor)),
                explained(*status)
            )
        }
        Note::LastWords { actor, .. } => format!("Last words of {}:", named(actor)),
        Note::MayBeUnflushed { actor } => format!(
            "If {} did print it: output that does not go to a terminal is held back in a buffer. Write \
             print(…, flush=True), or fflush(stdout) in C.",
            named(actor)
        ),
        Note::UnknownPrompt { actor, text } => format!(
            "{} waits for its keyboard after {}, a question that this lab has no answer for. Ask only what the \
             sheet asks, in its words.",
            capital(&named(actor)),
            quote(text)
        ),
        Note::PortTaken { port } => format!(
            "Port {port} is taken by another socket. Does the program bind it twice, or does an earlier one still run? \
             After a restart, bind() needs SO_REUSEADDR."
        ),
        Note::OtherEncoding { name } if name == ESCAPED => {
            "That is the right text as Python shows bytes, with b'…' around it: str(data) and f\"{data}\" make it so. Take the bytes as they are, or \
             data.decode()."
                .to_owned()
        }
        Note::OtherEncoding { name } if name == MOJIBAKE => {
            "The bytes of the right text in UTF-8 were read as another encoding (Latin-1) and written in UTF-8 once more: name utf-8 in decode()."
                .to_owned()
        }
        Note::OtherEncoding { name } => format!(
            "These bytes are the right text in {}: name the encoding that the sheet asks for in encode() and decode().",
            visible::clipped(name.as_bytes(), 24)
        ),
        Note::ListensAt { address } => format!(
            "{} listens at {address} instead: use the address and port that are asked for.",
            capital(&other(about))
        ),
        Note::OtherKind { expected, came } => websocket::other_kind(*expected, *came),
        Note::ClosedWith { code, reason } => websocket::closed_with(*code, reason, &other(about)),
        Note::Flood { actor, kept } => format!(
            "More than {} came from {}. Look for a loop that goes on after recv() has returned nothing: b'' (or 0) \
             means that the other side has closed.",
            bytes(*kept),
            named(actor)
        ),
        Note::Repeats { actor, text, times } => format!(
            "{} sends the same over and over: {}, {times} times. Look for a loop that goes on after recv() has returned \
             nothing: b'' (or 0) means that the other side has closed.",
            capital(&named(actor)),
            quote(text)
        ),
        Note::DialledElsewhere { address } => format!(
            "It tried to connect to {address}, where nobody listens: use the address and port that are asked for."
        ),
        Note::TalksToItself { actor, address } => format!(
            "{} sends to {address}, which is its own address, and so gets its own answers, for ever. Answer to the address that recvfrom() returned: \
             data, addr = recvfrom(…), then sendto(answer, addr).",
            capital(&named(actor))
        ),
        Note::StillRunning { actor } => {
            format!("{} was still running then.", capital(&named(actor)))
        }
        Note::Stood(standing) => super::standing::standing(standing, about),
        Note::Unproved(unproved) => super::standing::unproved(unproved, about),
        Note::Unflushed { actor } => format!(
            "It came when {} was asked to end: it had been written, but was held back in a buffer of the program. Write \
             print(…, flush=True), call flush() after each message, or fflush(stdout) in C.",
            named(actor)
        ),
        Note::ReadsLines { from } => format!(
            "It came when Viva sent a newline behind what {from} had sent last: the program waits for the end of a line (readline(), Scanner, fgets()), but \
             these messages don't end in a newline. Take what recv() gives, as it comes."
        ),
    }
}

pub(super) fn contrast(contrast: Contrast) -> String {
    match contrast {
        Contrast::FullWidth { came, expected } => format!(
            "full-width {} {} instead of {}: switch the input method to half-width",
            character(expected),
            code(came),
            shown(expected)
        ),
        Contrast::HalfWidth { came, expected } => format!(
            "{} instead of the full-width {} {}",
            shown(came),
            character(came),
            code(expected)
        ),
        Contrast::LookAlike { came, expected } => format!(
            "{} {} only looks like {} {}",
            shown(came),
            code(came),
            shown(expected),
            code(expected)
        ),
        Contrast::Case { came, expected } => format!(
            "{} instead of {}: upper and lower case count",
            shown(came),
            shown(expected)
        ),
        Contrast::Invisible { came: '\0' } => {
            "a zero byte: send as many bytes as the text has, not the whole buffer".to_owned()
        }
        Contrast::Invisible { came: '\u{feff}' } => {
            "a byte order mark U+FEFF: write with utf-8, not utf-8-sig".to_owned()
        }
        Contrast::Invisible { came } => {
            format!("a character that can't be seen, {}", code(came))
        }
        Contrast::EndsHere { missing, after } => {
            let missing = match missing {
                1 => "1 byte is".to_owned(),
                n => format!("{} are", bytes(n)),
            };
            let buffer = if after >= 256 && after.is_power_of_two() {
                format!(". {after} is a usual buffer size: call recv() again until all is there")
            } else {
                String::new()
            };
            format!("it ends here, {missing} missing{buffer}")
        }
        Contrast::NoLineEnd => "the end of the line (\\n) is missing".to_owned(),
        Contrast::CarriageReturn => "the line ends in \\r\\n instead of \\n".to_owned(),
        Contrast::NoCarriageReturn => "the line ends in \\n instead of \\r\\n".to_owned(),
        Contrast::ExtraBlank => "a blank too many".to_owned(),
        Contrast::MissingBlank => "a blank is missing".to_owned(),
        Contrast::Before => "nothing may stand before it".to_owned(),
        Contrast::Behind => "nothing may stand behind it".to_owned(),
        Contrast::NotUtf8 { byte } => {
            format!("byte {byte:02X} is not UTF-8: another encoding, or a character cut in two")
        }
    }
}

pub(super) fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::AddressInUse => {
            "Set SO_REUSEADDR before bind(), and bind each port only once; a client needs no bind() at all."
        }
        Remedy::CutCharacter => {
            "recv() may end in the middle of a character, and a sender may use another encoding: decode only whole \
             messages, or catch the error."
        }
        Remedy::BytesAndText => {
            "Sockets take bytes: encode() before send(), decode() after recv()."
        }
        Remedy::ChangedWhileIterated => {
            "Another thread changed the collection during the loop: loop over a copy, list(clients), or take a lock."
        }
        Remedy::BrokenPipe => {
            "It sent to a client that had left: catch the error, drop that client and go on with the others."
        }
        Remedy::Reset => {
            "A client left without a farewell: catch ConnectionResetError at recv() and go on with the others."
        }
        Remedy::Refused => "Nobody listened at that address: check the address and the port.",
        Remedy::NoModule => {
            "Hand in every file that the program imports, and use only what the sheet allows."
        }
        Remedy::Syntax => {
            "The file is no valid program: run it once yourself before you hand it in."
        }
        Remedy::CanNotEncode => "That encoding does not have this character: use utf-8.",
        Remedy::EndOfInput => "input() found the end of the keyboard's input: catch EOFError.",
        Remedy::NoPermission => {
            "The system forbids it: use a port above 1023, and files in the own folder."
        }
        Remedy::NotOurAddress => {
            "That address is not one of this machine's: bind to '' or 127.0.0.1."
        }
        Remedy::NoArgument => "It expects an argument on its command line and was started without.",
        Remedy::KeyboardThread => {
            "The program ended while a daemon thread was waiting in input(), and Python now and then crashes so: \
             after the last print(…, flush=True) end it with os._exit(0)."
        }
        Remedy::NotConnected => {
            "A socket that listens has nobody at its other end: use recv() and send() of the connection that accept() \
             returned."
        }
        Remedy::Pair => {
            "accept() and recvfrom() return two values: conn, addr = s.accept(). A loop over a dictionary gives its keys: \
             take clients.values()."
        }
        Remedy::AddressPair => "bind() and connect() take one value, a pair: bind((ip, port)).",
        Remedy::Number => "input() returns a text, and a port is a number: int(input()).",
        Remedy::ThreadArguments => {
            "args is a tuple, and a tuple of one needs a comma: Thread(target=talk, args=(conn,))."
        }
        Remedy::NoDestination => {
            "UDP needs an address for each datagram: data, addr = recvfrom(…), then sendto(answer, addr)."
        }
        Remedy::NotOverUdp => {
            "Over UDP nobody listens and accepts: after bind() comes recvfrom(). For TCP the socket is a SOCK_STREAM."
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
fn character(c: char) -> String {
    match c {
        ' ' => "blank",
        ':' => "colon",
        ',' => "comma",
        '.' => "full stop",
        ';' => "semicolon",
        '!' => "exclamation mark",
        '?' => "question mark",
        '(' | ')' => "bracket",
        '\'' | '"' => "quotation mark",
        '-' => "hyphen",
        '>' | '<' => "angle bracket",
        '0'..='9' => "digit",
        'a'..='z' | 'A'..='Z' => "letter",
        _ => "character",
    }
    .to_owned()
}

fn times(count: usize) -> String {
    match count {
        0 => "not at all".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}
