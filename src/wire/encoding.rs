//! How text becomes bytes and back.

/// A text encoding of the language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// GBK (as WHATWG has it, a superset of GB2312).
    Gbk,
    /// GB2312: as GBK, but a text with other characters is refused.
    Gb2312,
}
