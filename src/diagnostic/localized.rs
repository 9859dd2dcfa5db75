//! A text that its author wrote in one or more languages.

use serde::{Deserialize, Serialize};

/// A language in which Viva speaks to its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh")]
    Chinese,
}

/// What a teacher wrote as `{ en: …, zh: … }`; at least one of the two is there after reading a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Localized {
    /// The English text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub en: Option<String>,
    /// The Chinese text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub zh: Option<String>,
}

impl Localized {
    /// The text in `language`, else in the other one, else empty.
    pub fn get(&self, language: Language) -> &str {
        let (first, second) = match language {
            Language::English => (&self.en, &self.zh),
            Language::Chinese => (&self.zh, &self.en),
        };
        first.as_deref().or(second.as_deref()).unwrap_or("")
    }
}
