//! A word of a command line.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A word of a command line: bytes, since a path need not be text. Serialised as text where it is UTF-8, else as hexadecimal
/// digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Form", try_from = "Form")]
pub struct Word(pub Vec<u8>);

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Form {
    Text(String),
    Bytes {
        /// Two digits for each byte.
        hex: String,
    },
}

impl From<Word> for Form {
    fn from(word: Word) -> Self {
        String::from_utf8(word.0).map_or_else(
            |error| Form::Bytes {
                hex: error
                    .as_bytes()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
            },
            Form::Text,
        )
    }
}

impl TryFrom<Form> for Word {
    type Error = &'static str;

    fn try_from(form: Form) -> Result<Self, Self::Error> {
        let hex = match form {
            Form::Text(text) => return Ok(text.into()),
            Form::Bytes { hex } => hex,
        };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let byte = |pair: &[u8]| match pair {
            [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = hex.as_bytes().chunks(2).map(byte).collect();
        bytes.map(Word).ok_or("not hexadecimal digits")
    }
}

impl JsonSchema for Word {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Word".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Form::json_schema(generator)
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Word(text.into_bytes())
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&OsStr> for Word {
    fn from(text: &OsStr) -> Self {
        Word(text.as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::Word;

    #[test]
    fn text_stays_text_and_bytes_survive() {
        for (word, json) in [
            (&b"--only"[..], "\"--only\""),
            ("张三".as_bytes(), "\"张三\""),
            (b"a\xff", r#"{"hex":"61ff"}"#),
        ] {
            let word = Word(word.to_vec());
            assert_eq!(serde_json::to_string(&word).expect("JSON"), json);
            assert_eq!(serde_json::from_str::<Word>(json).expect("a word"), word);
        }
        for wrong in [r#"{"hex":"6"}"#, r#"{"hex":"zz"}"#, "3"] {
            assert!(serde_json::from_str::<Word>(wrong).is_err(), "{wrong}");
        }
    }
}
