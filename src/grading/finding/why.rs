//! Why a submission or an archive can't be used.

/// Why something that was handed in can't be used. Its word is what [`super::Submitted::Unusable`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// There is nothing in it.
    Empty,
    /// It needs a password.
    Encrypted,
    /// It is made to grow without bounds, or lies about its size.
    ZipBomb,
    /// There is more in it than a submission may have.
    TooLarge,
    /// There are more files in it than a submission may have.
    TooManyFiles,
    /// There are folders in folders, too deep.
    TooDeep,
    /// There are archives in archives, too deep.
    NestedTooDeep,
    /// Its end is missing.
    Truncated,
    /// What is in it is not what it says.
    Damaged,
    /// It is called an archive, but is none.
    NoArchive,
    /// An archive of a kind that Viva does not read.
    UnknownArchive,
    /// Compressed in a way that Viva does not read.
    UnknownCompression,
    /// The system does not let it be read.
    Unreadable,
}

impl Why {
    const ALL: [Why; 13] = [
        Why::Empty,
        Why::Encrypted,
        Why::ZipBomb,
        Why::TooLarge,
        Why::TooManyFiles,
        Why::TooDeep,
        Why::NestedTooDeep,
        Why::Truncated,
        Why::Damaged,
        Why::NoArchive,
        Why::UnknownArchive,
        Why::UnknownCompression,
        Why::Unreadable,
    ];

    /// A word that stays the same in all languages and versions.
    pub fn word(self) -> &'static str {
        match self {
            Why::Empty => "empty",
            Why::Encrypted => "encrypted",
            Why::ZipBomb => "zip-bomb",
            Why::TooLarge => "too-large",
            Why::TooManyFiles => "too-many-files",
            Why::TooDeep => "too-deep",
            Why::NestedTooDeep => "nested-too-deep",
            Why::Truncated => "truncated",
            Why::Damaged => "damaged",
            Why::NoArchive => "no-archive",
            Why::UnknownArchive => "unknown-archive",
            Why::UnknownCompression => "unknown-compression",
            Why::Unreadable => "unreadable",
        }
    }

    /// The reason that has this word.
    pub fn of(word: &str) -> Option<Why> {
        Why::ALL.into_iter().find(|why| why.word() == word)
    }
}

/// What can't be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unusable {
    pub(super) why: Why,
    /// An entry, a file, what the system says.
    pub(super) about: Option<String>,
}

/// Why a submission can't be used: a fixed word, and what that is about.
pub type Hindrance = (String, Option<String>);

impl From<Unusable> for Hindrance {
    fn from(unusable: Unusable) -> Hindrance {
        (unusable.why.word().to_owned(), unusable.about)
    }
}

impl Unusable {
    pub(super) fn new(why: Why, about: impl Into<String>) -> Unusable {
        Unusable {
            why,
            about: Some(about.into()),
        }
    }
}
