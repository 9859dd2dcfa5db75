//! The ways in which a right program can be made wrong, by the words of a contract.

/// One way to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mutation {
    /// The first message to each peer is lost.
    LosesFirst,
    /// All messages to each peer but the first are lost.
    LosesAllButFirst,
    /// Every third message to each peer is lost.
    LosesEveryThird,
    /// Each message comes twice.
    Doubles,
    /// Only the first message to each peer comes twice.
    DoublesFirst,
    /// The first two messages to a peer change places.
    SwapsFirstTwo,
    /// Each message comes when the next one is due.
    OneLate,
    /// The first message comes instead of each later one.
    RepeatsFirst,
    /// Who has sent something gets it back, too.
    BackToSender,
    /// The peer that came first gets nothing.
    ForgetsFirstPeer,
    /// The peer that came last gets nothing.
    ForgetsLastPeer,
    /// With several peers, each message goes to the next one instead.
    WrongPeer,
    /// What nobody has sent, such as a notice that somebody has left, is lost.
    LosesNotices,
    /// Such a notice comes twice.
    DoublesNotices,
    /// A newline at the end of a message is missing.
    DropsNewline,
    /// A newline at the end of each message is one too many.
    AddsNewline,
    /// A newline is CR LF.
    CarriageReturns,
    /// The second half of each message is missing.
    LosesHalf,
    /// The last character of each message is missing.
    LosesLastCharacter,
    /// The first character of each message is missing.
    LosesFirstCharacter,
    /// A space stands behind each message.
    AddsSpace,
    /// Bytes of a message behind the 1,024th are missing.
    LosesBehind1024,
    /// A byte of each character that isn't ASCII is another.
    SpoilsChinese,
    /// Each character that isn't ASCII is a question mark.
    AsciiOnly,
    /// Letters change their case.
    ChangesCase,
    /// The connection ends after the first message.
    ClosesEarly,
    /// Where it would close it resets.
    ResetsInstead,
    /// It never closes.
    NeverCloses,
    /// Text comes as a binary message of WebSocket, and binary as text.
    ChangesKind,
    /// No ping of WebSocket is answered.
    LosesPongs,
    /// No close frame of WebSocket comes.
    ClosesWithoutFrame,
    /// A close frame of WebSocket has another code.
    OtherCloseCode,
    /// Nothing appears on the screen.
    PrintsNothing,
    /// Only the first line appears on the screen.
    PrintsOnlyFirst,
    /// Each line appears twice.
    PrintsTwice,
    /// Half of each line is missing.
    PrintsHalf,
    /// A byte of each printed character that isn't ASCII is another.
    PrintsSpoiled,
    /// It ends as if it had failed.
    ExitsWithOne,
}

impl Mutation {
    /// All of them, by their names.
    pub const ALL: &[(&str, Mutation)] = &[
        ("loses-first", Mutation::LosesFirst),
        ("loses-all-but-first", Mutation::LosesAllButFirst),
        ("loses-every-third", Mutation::LosesEveryThird),
        ("doubles", Mutation::Doubles),
        ("doubles-first", Mutation::DoublesFirst),
        ("swaps-first-two", Mutation::SwapsFirstTwo),
        ("one-late", Mutation::OneLate),
        ("repeats-first", Mutation::RepeatsFirst),
        ("back-to-sender", Mutation::BackToSender),
        ("forgets-first-peer", Mutation::ForgetsFirstPeer),
        ("forgets-last-peer", Mutation::ForgetsLastPeer),
        ("wrong-peer", Mutation::WrongPeer),
        ("loses-notices", Mutation::LosesNotices),
        ("doubles-notices", Mutation::DoublesNotices),
        ("drops-newline", Mutation::DropsNewline),
        ("adds-newline", Mutation::AddsNewline),
        ("carriage-returns", Mutation::CarriageReturns),
        ("loses-half", Mutation::LosesHalf),
        ("loses-last-character", Mutation::LosesLastCharacter),
        ("loses-first-character", Mutation::LosesFirstCharacter),
        ("adds-space", Mutation::AddsSpace),
        ("loses-behind-1024", Mutation::LosesBehind1024),
        ("spoils-chinese", Mutation::SpoilsChinese),
        ("ascii-only", Mutation::AsciiOnly),
        ("changes-case", Mutation::ChangesCase),
        ("closes-early", Mutation::ClosesEarly),
        ("resets-instead", Mutation::ResetsInstead),
        ("never-closes", Mutation::NeverCloses),
        ("changes-kind", Mutation::ChangesKind),
        ("loses-pongs", Mutation::LosesPongs),
        ("closes-without-frame", Mutation::ClosesWithoutFrame),
        ("other-close-code", Mutation::OtherCloseCode),
        ("prints-nothing", Mutation::PrintsNothing),
        ("prints-only-first", Mutation::PrintsOnlyFirst),
        ("prints-twice", Mutation::PrintsTwice),
        ("prints-half", Mutation::PrintsHalf),
        ("prints-spoiled", Mutation::PrintsSpoiled),
        ("exits-with-one", Mutation::ExitsWithOne),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Mutation::ALL
            .iter()
            .find(|(_, mutation)| *mutation == self)
            .map_or("", |(name, _)| name)
    }
}
