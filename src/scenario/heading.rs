//! Reads what files begin with: the version of the language, and a title.

use crate::diagnostic::{Code, Localized};

use super::findings::Findings;
use super::keys::VERSION;
use super::tree::Node;
use super::values::{localized, text, whole};

pub(super) fn version(node: Option<&Node>, findings: &mut Findings) {
    if let Some(node) = node
        && whole(node, &VERSION, &mut Findings::default()).is_none()
        && let Some(found) = text(node, findings)
    {
        let found = found.to_owned();
        findings.error(Code::WrongVersion { found }, node.place());
    }
}

/// A title; without one, the name.
pub(super) fn title(node: Option<&Node>, name: &str, findings: &mut Findings) -> Localized {
    let title = node.and_then(|node| localized(node, findings));
    title.unwrap_or_else(|| Localized {
        en: Some(name.to_owned()),
        zh: None,
    })
}
