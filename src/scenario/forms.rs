//! Reads maps with certain keys: which there are, which are missing, and which of several forms a map takes.

use crate::diagnostic::Code;

use super::findings::Findings;
use super::grammar::Form;
use super::similar::similar;
use super::tree::{Entry, Node};
use super::values::{map, whole};

/// The entries of a map whose keys were checked against its form.
#[derive(Clone, Copy)]
pub(super) struct Fields<'n> {
    entries: &'n [Entry],
    form: &'static Form,
}

impl<'n> Fields<'n> {
    pub(super) fn get(&self, name: &'static str) -> Option<&'n Node> {
        debug_assert!(
            self.form.key(name).is_some(),
            "{name} is not in the grammar"
        );
        self.entries
            .iter()
            .find(|entry| entry.name == name)
            .map(|entry| &entry.value)
    }

    /// The entries under these keys, as far as they are there.
    pub(super) fn among(&self, names: &'static [&'static str]) -> impl Iterator<Item = &'n Entry> {
        self.entries
            .iter()
            .filter(|entry| names.contains(&entry.name.as_str()))
    }

    /// The whole number under a key, in the range of the grammar; `None` if the key is missing or its value was reported.
    pub(super) fn whole(&self, name: &'static str, findings: &mut Findings) -> Option<u64> {
        whole(self.get(name)?, &self.form.key(name)?.kind, findings)
    }
}

/// The entries of a map of this form, and of no other key.
pub(super) fn fields<'n>(
    node: &'n Node,
    form: &'static Form,
    findings: &mut Findings,
) -> Option<Fields<'n>> {
    let entries = map(node, findings)?;
    for entry in entries {
        if form.key(&entry.name).is_none() {
            unknown_key(entry, form.keys.iter().map(|key| key.name), findings);
        }
    }
    missing_keys(entries, node, form, findings);
    Some(Fields { entries, form })
}

fn missing_keys(entries: &[Entry], node: &Node, form: &Form, findings: &mut Findings) {
    if findings.is_full() {
        return;
    }
    let required = form.keys.iter().filter(|key| key.required);
    let missing = required.filter(|key| {
        entries.iter().all(|entry| {
            // What was probably meant to be it was reported already.
            let known = form.keys.iter().map(|key| key.name);
            let unknown = form.key(&entry.name).is_none();
            let meant = || similar(&entry.name, known);
            entry.name != key.name && !(unknown && meant().as_deref() == Some(key.name))
        })
    });
    let keys: Vec<String> = missing.map(|key| key.name.to_owned()).collect();
    if !keys.is_empty() {
        findings.error(Code::MissingKey { keys }, node.place());
    }
}

pub(super) fn unknown_key(
    entry: &Entry,
    known: impl Iterator<Item = &'static str>,
    findings: &mut Findings,
) {
    if findings.is_full() {
        return;
    }
    let known: Vec<String> = known.map(str::to_owned).collect();
    let code = Code::UnknownKey {
        similar: similar(&entry.name, known.iter().map(String::as_str)),
        key: entry.name.clone(),
        known,
    };
    findings.error(code, entry.key.place());
}

/// The code for a key that only other forms of a choice have.
fn misplaced(entry: &Entry, form: &Form, forms: &[&'static [Form]]) -> Code {
    let with = forms.iter().copied().flatten();
    let with = with.filter(|form| form.key(&entry.name).is_some());
    Code::NotWithAction {
        key: entry.name.clone(),
        action: form.lead().to_owned(),
        with: with.map(|form| form.lead().to_owned()).collect(),
    }
}

/// Which of the forms a map takes, by its first key. Reported here: keys that no form has, and those that only other forms
/// have; and with the code that `wrong` makes of the first keys there are, that it has none or several. A map with none gets no
/// second report where an unknown key was probably meant to be it.
pub(super) fn choose<'n>(
    entries: &'n [Entry],
    node: &Node,
    forms: &[&'static [Form]],
    wrong: impl FnOnce(Vec<String>) -> Code,
    findings: &mut Findings,
) -> Option<(&'static Form, Fields<'n>)> {
    let all = || forms.iter().copied().flatten();
    let of_form = |entry: &&Entry| all().any(|form| form.lead() == entry.name);
    let leads: Vec<&Entry> = entries.iter().filter(of_form).collect();
    let chosen = match leads.as_slice() {
        [lead] => all().find(|form| form.lead() == lead.name),
        _ => None,
    };
    for entry in entries {
        let known = all().any(|form| form.key(&entry.name).is_some());
        match chosen {
            None if !known => {
                let mut names: Vec<&str> = Vec::new();
                for form in all() {
                    for key in form.keys.iter().map(|key| key.name) {
                        if !names.contains(&key) {
                            names.push(key);
                        }
                    }
                }
                unknown_key(entry, names.into_iter(), findings);
            }
            Some(form) if form.key(&entry.name).is_none() => {
                if known {
                    findings.error(misplaced(entry, form, forms), entry.key.place());
                } else {
                    unknown_key(entry, form.keys.iter().map(|key| key.name), findings);
                }
            }
            _ => {}
        }
    }
    let Some(form) = chosen else {
        let known = |entry: &Entry| all().any(|form| form.key(&entry.name).is_some());
        if !leads.is_empty() || entries.iter().all(known) {
            let found = leads.iter().map(|lead| lead.name.clone()).collect();
            findings.error(wrong(found), node.place());
        }
        return None;
    };
    missing_keys(entries, node, form, findings);
    Some((form, Fields { entries, form }))
}
