//! A workbook (ECMA-376, Office Open XML): a zip archive, of which all but one sheet is copied as it is.

use std::io::{Cursor, Read, Write};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::read::ZipArchive;
use zip::write::ZipWriter;

use super::Unfillable;
use super::worksheet::Worksheet;

/// More than any gradebook has; an archive may claim anything.
const LARGEST_PART: u64 = 256 << 20;

/// An open workbook.
pub(super) struct Workbook<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// The texts that cells refer to by number.
    texts: Vec<String>,
    /// The names of the sheets' parts, in the order of the tabs.
    sheets: Vec<String>,
}

impl<'a> Workbook<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Workbook<'a>, Unfillable> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
        let mut workbook = Workbook {
            archive,
            texts: Vec::new(),
            sheets: Vec::new(),
        };
        let of_kind = |relations: &[Relation], kind: &str| {
            let found = relations.iter().find(|it| it.kind.ends_with(kind));
            found.map(|it| it.target.clone())
        };
        let main = of_kind(&workbook.relations("")?, "/officeDocument");
        let main = main.ok_or_else(|| unreadable("it has no workbook"))?;
        let relations = workbook.relations(&main)?;
        let text = workbook.part(&main)?;
        for_each_tag(&text, |tag| {
            if tag.local_name().as_ref() == "sheet"
                && let Some(id) = attribute(tag, "id")
                && let Some(relation) = relations.iter().find(|relation| relation.id == id)
                && relation.kind.ends_with("/worksheet")
            {
                workbook.sheets.push(relation.target.clone());
            }
        })?;
        if let Some(part) = of_kind(&relations, "/sharedStrings") {
            workbook.texts = texts(&workbook.part(&part)?)?;
        }
        Ok(workbook)
    }

    /// The names of the sheets' parts, in the order of the tabs.
    pub(super) fn sheets(&self) -> Vec<String> {
        self.sheets.clone()
    }

    pub(super) fn sheet(&mut self, name: &str) -> Result<Worksheet, Unfillable> {
        let text = self.part(name)?;
        Worksheet::read(text, &self.texts)
    }

    /// The whole file with another text for one sheet.
    pub(super) fn rewritten(&mut self, name: &str, text: &str) -> Result<Vec<u8>, Unfillable> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..self.archive.len() {
            let entry = self.archive.by_index_raw(index).map_err(unreadable)?;
            if entry.name_raw() == name.as_bytes() {
                let options = entry.options();
                writer.start_file(name, options).map_err(unreadable)?;
                writer.write_all(text.as_bytes()).map_err(unreadable)?;
            } else {
                writer.raw_copy_file(entry).map_err(unreadable)?;
            }
        }
        let comment = self.archive.comment().into();
        writer.set_raw_comment(comment).map_err(unreadable)?;
        Ok(writer.finish().map_err(unreadable)?.into_inner())
    }

    fn part(&mut self, name: &str) -> Result<String, Unfillable> {
        let entry = self.archive.by_name(name);
        let entry = entry.map_err(|error| unreadable(format!("{name}: {error}")))?;
        let mut text = String::new();
        let read = entry.take(LARGEST_PART + 1).read_to_string(&mut text);
        read.map_err(|error| unreadable(format!("{name}: {error}")))?;
        match text.len() as u64 > LARGEST_PART {
            true => Err(unreadable(format!("{name}: more than 256 MiB"))),
            false => Ok(text),
        }
    }

    /// What a part (or the package, `""`) refers to.
    fn relations(&mut self, part: &str) -> Result<Vec<Relation>, Unfillable> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let text = self.part(&format!("{folder}{slash}_rels/{name}.rels"))?;
        let mut relations = Vec::new();
        for_each_tag(&text, |tag| {
            if let (Some(id), Some(kind), Some(target)) = (
                attribute(tag, "Id"),
                attribute(tag, "Type"),
                attribute(tag, "Target"),
            ) {
                let target = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None => format!("{folder}{slash}{target}"),
                };
                relations.push(Relation { id, kind, target });
            }
        })?;
        Ok(relations)
    }
}

/// From one part to another.
struct Relation {
    id: String,
    kind: String,
    /// The other part's whole name.
    target: String,
}

/// An attribute, whatever the prefix of its name.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|it| it.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

pub(super) fn unreadable(message: impl ToString) -> Unfillable {
    Unfillable::NotAWorkbook {
        message: message.to_string(),
    }
}

fn for_each_tag(text: &str, mut does: impl FnMut(&BytesStart<'_>)) -> Result<(), Unfillable> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(unreadable)? {
            Event::Start(tag) | Event::Empty(tag) => does(&tag),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The shared texts: each is one `si`, of one `t` or a `t` for each of its styles (18.4.8).
fn texts(text: &str) -> Result<Vec<String>, Unfillable> {
    let mut reader = Reader::from_str(text);
    let mut texts = Vec::new();
    let mut gathered = Gathered::default();
    loop {
        let event = reader.read_event().map_err(unreadable)?;
        match &event {
            Event::Start(tag) if tag.local_name().as_ref() == "si" => {
                gathered = Gathered::default();
            }
            Event::Empty(tag) if tag.local_name().as_ref() == "si" => texts.push(String::new()),
            Event::End(tag) if tag.local_name().as_ref() == "si" => {
                texts.push(std::mem::take(&mut gathered.text));
            }
            Event::Eof => return Ok(texts),
            event => gathered.hear(event),
        }
    }
}

/// What stands in the `t` and `v` of a cell or shared text, how it is read left out (`rPh`).
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) text: String,
    inside: bool,
    reading: bool,
}

impl Gathered {
    pub(super) fn hear(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" | "v" => self.inside = true,
                "rPh" => self.reading = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" | "v" => self.inside = false,
                "rPh" => self.reading = false,
                _ => {}
            },
            _ if !self.inside || self.reading => {}
            Event::Text(text) => self.text.push_str(&text.xml10_content()),
            Event::CData(text) => self.text.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => {
                let name = name.xml10_content();
                let written = format!("&{name};");
                let meant = quick_xml::escape::unescape(&written);
                self.text.push_str(meant.as_deref().unwrap_or(&written));
            }
            _ => {}
        }
    }
}
