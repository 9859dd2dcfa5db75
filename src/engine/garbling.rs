//! What mutants make of the bytes of one message. Knows neither who sends it nor who gets it.

use crate::scenario::Mutation;

/// A message as a mutant that garbles messages tells it; of all others as it is.
pub(super) fn garbled(mutation: Mutation, mut message: Vec<u8>) -> Vec<u8> {
    match mutation {
        Mutation::DropsNewline => {
            let end = message.trim_ascii_end().len();
            let newline = message[end..].iter().position(|byte| *byte == b'\n');
            if let Some(newline) = newline {
                message.truncate(end + newline);
            }
        }
        Mutation::AddsNewline => message.push(b'\n'),
        Mutation::CarriageReturns => {
            message = message
                .into_iter()
                .flat_map(|byte| match byte {
                    b'\n' => vec![b'\r', b'\n'],
                    other => vec![other],
                })
                .collect();
        }
        Mutation::LosesHalf => message = first_half(message),
        Mutation::LosesLastCharacter => {
            let end = message.trim_ascii_end().len();
            let is_inside = |byte: &u8| byte & 0xc0 == 0x80;
            let rest = message[..end]
                .iter()
                .rev()
                .take_while(|byte| is_inside(byte));
            let start = end.saturating_sub(rest.count() + 1);
            message.drain(start..end);
        }
        Mutation::LosesFirstCharacter => {
            let is_inside = |byte: &u8| byte & 0xc0 == 0x80;
            let rest = message.iter().skip(1).take_while(|byte| is_inside(byte));
            let end = (rest.count() + 1).min(message.len());
            message.drain(..end);
        }
        Mutation::AddsSpace => {
            let end = message.trim_ascii_end().len();
            message.insert(end, b' ');
        }
        Mutation::LosesBehind1024 => message.truncate(1024),
        Mutation::SpoilsChinese => message = spoiled(message),
        Mutation::AsciiOnly => {
            let text = String::from_utf8_lossy(&message);
            let ascii = |character: char| if character.is_ascii() { character } else { '?' };
            message = text.chars().map(ascii).collect::<String>().into_bytes();
        }
        Mutation::ChangesCase => {
            for byte in &mut message {
                *byte = if byte.is_ascii_lowercase() {
                    byte.to_ascii_uppercase()
                } else {
                    byte.to_ascii_lowercase()
                };
            }
        }
        _ => {}
    }
    message
}

/// The first half, and the newline at the end.
pub(super) fn first_half(mut message: Vec<u8>) -> Vec<u8> {
    let end = message.trim_ascii_end().len();
    message.drain(end / 2..end);
    message
}

/// A byte of each character that isn't ASCII is another.
pub(super) fn spoiled(mut message: Vec<u8>) -> Vec<u8> {
    for byte in &mut message {
        // The last six bits of a continuation byte: another character, which is still UTF-8.
        if *byte & 0xc0 == 0x80 {
            *byte ^= 0x01;
        }
    }
    message
}
