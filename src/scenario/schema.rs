//! The JSON Schema of the language, made from the table of keys: completion and checks in editors.
//!
//! It says less than reading a file does (names, order, texts), and refuses nothing that reading accepts but numbers and
//! truth values in quotes.

use serde_json::{Map, Value, json};

use super::grammar::{Form, Kind};
use super::keys::{
    ACTIONS, BYTES, CONDITIONS, CUTS, GROUP, LAB, LOCALIZED, PATTERNS, PAYLOADS, PIECE, SCENARIO,
    SUBMISSION, WHICHES,
};

/// Which of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaKind {
    /// `lab.yaml`
    Lab,
    /// A scenario.
    Scenario,
    /// A submission's `viva.yaml`.
    Submission,
}

/// The JSON Schema of a kind of file: draft 7, which all language servers for YAML know.
pub fn schema(which: SchemaKind) -> Value {
    let (form, title) = match which {
        SchemaKind::Lab => (&LAB, "A lab of Viva"),
        SchemaKind::Scenario => (&SCENARIO, "A scenario of Viva"),
        SchemaKind::Submission => (
            &SUBMISSION,
            "What a submission says of its programs to Viva",
        ),
    };
    let mut schema = Map::new();
    schema.insert(
        "$schema".to_owned(),
        json!("http://json-schema.org/draft-07/schema#"),
    );
    schema.insert("title".to_owned(), json!(title));
    if let Value::Object(of_form) = form_schema(form) {
        schema.extend(of_form);
    }
    // What holds itself, or is long and stands in many places.
    schema.insert(
        "definitions".to_owned(),
        json!({
            // YAML says number or truth value where the language says text.
            "text": { "type": ["string", "number", "boolean"] },
            "localized": { "anyOf": [reference("text"), form_schema(&LOCALIZED)] },
            "pattern": one_of(reference("text"), PATTERNS),
            "payload": { "anyOf": [
                reference("text"),
                { "type": "array", "items": reference("text"), "minItems": 1 },
                choice(PAYLOADS),
            ] },
            "cut": one_of(json!({ "const": "bytes" }), CUTS),
            "which": { "anyOf": [
                kind_schema(&PIECE),
                { "type": "array", "items": kind_schema(&PIECE), "minItems": 1 },
                choice(WHICHES),
            ] },
            "condition": choice(CONDITIONS),
            "action": choice(ACTIONS),
            "step": { "anyOf": [
                form_schema(&GROUP),
                {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "not": { "required": ["any_order"] },
                    "additionalProperties": reference("action"),
                },
            ] },
        }),
    );
    Value::Object(schema)
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

fn form_schema(form: &Form) -> Value {
    let mut properties = Map::new();
    for key in form.keys {
        let schema = match kind_schema(&key.kind) {
            // Beside a reference nothing else counts.
            Value::Object(mut schema) if !schema.contains_key("$ref") => {
                schema.insert("description".to_owned(), json!(key.about));
                Value::Object(schema)
            }
            other => json!({ "description": key.about, "allOf": [other] }),
        };
        properties.insert(key.name.to_owned(), schema);
    }
    let required = form.keys.iter().filter(|key| key.required);
    let required: Vec<&str> = required.map(|key| key.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// One of several forms. Which one is told by its first key, so that an editor complains about that form alone.
fn choice(forms: &[Form]) -> Value {
    json!({ "oneOf": forms.iter().map(form_schema).collect::<Vec<_>>() })
}

fn one_of(first: Value, forms: &[Form]) -> Value {
    let forms = forms.iter().map(form_schema);
    json!({ "oneOf": std::iter::once(first).chain(forms).collect::<Vec<_>>() })
}

fn kind_schema(kind: &Kind) -> Value {
    match kind {
        Kind::Text | Kind::Plain => reference("text"),
        Kind::Localized => reference("localized"),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::True => json!({ "const": true }),
        Kind::Number { least, most, whole } => json!({
            "type": if *whole { "integer" } else { "number" },
            "minimum": least,
            "maximum": most,
        }),
        Kind::Duration => json!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?(ms|s|m)$" }),
        Kind::Word(words) => words_schema(&words()),
        Kind::WordOr(words, form) => {
            json!({ "anyOf": [words_schema(&words()), form_schema(form)] })
        }
        Kind::List(of) => json!({ "type": "array", "items": kind_schema(of) }),
        Kind::OneOrMore(of) => json!({
            "anyOf": [kind_schema(of), { "type": "array", "items": kind_schema(of) }],
        }),
        Kind::Names(of) => json!({ "type": "object", "additionalProperties": kind_schema(of) }),
        Kind::Map(form) => form_schema(form),
        Kind::Choice(forms) => choice(forms),
        Kind::Pattern => reference("pattern"),
        Kind::PatternOrCondition => {
            json!({ "anyOf": [reference("pattern"), reference("condition")] })
        }
        Kind::Payload => reference("payload"),
        Kind::Content => json!({ "anyOf": [reference("text"), form_schema(&BYTES)] }),
        Kind::Cut => reference("cut"),
        Kind::Which => reference("which"),
        Kind::Step => reference("step"),
    }
}

fn words_schema(words: &[&str]) -> Value {
    // `close: true` is written as a truth value.
    let words = words.iter().map(|word| match *word {
        "true" => json!(true),
        word => json!(word),
    });
    json!({ "enum": words.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jsonschema::Validator;
    use serde_json::Value;

    use super::super::grammar::{Form, Kind};
    use super::{ACTIONS, SchemaKind, schema};
    use crate::scenario::files::{LabFiles, shipped_lab, shipped_labs};

    /// As an editor sees a file.
    fn as_json(text: &str) -> Value {
        let options = serde_yaml::options! { strict_booleans: true };
        serde_yaml::from_str_with_options(text, options).unwrap()
    }

    fn validator(which: SchemaKind) -> Validator {
        jsonschema::draft7::new(&schema(which)).unwrap()
    }

    fn accepts(validator: &Validator, text: &str) -> Result<(), String> {
        validator
            .validate(&as_json(text))
            .map_err(|error| format!("{}: {error}", error.instance_path))
    }

    #[test]
    fn the_shipped_files_and_the_examples_are_accepted() {
        let (lab, scenario) = (validator(SchemaKind::Lab), validator(SchemaKind::Scenario));
        for name in shipped_labs() {
            let Some(LabFiles::Shipped(folder)) = shipped_lab(name) else {
                panic!("{name} is shipped");
            };
            for file in folder.files() {
                let path = file.path();
                let which = match path.file_name().and_then(|name| name.to_str()) {
                    Some("lab.yaml") => &lab,
                    Some(name) if name.ends_with(".yaml") => &scenario,
                    _ => continue,
                };
                let accepted = accepts(which, file.contents_utf8().unwrap());
                assert_eq!(accepted, Ok(()), "{}", path.display());
            }
        }
        let page = include_str!("../../docs/language.md");
        let blocks: Vec<&str> = page.split("```yaml\n").skip(1).collect();
        let block = |index: usize| blocks[index].split("```").next().unwrap();
        assert_eq!(accepts(&lab, block(0)), Ok(()));
        assert_eq!(accepts(&scenario, block(1)), Ok(()));
    }

    const RIGHT: &str = "{ viva: 1, scenario: t, cast: { s: { role: r } }, steps: [ ... ] }";

    #[test]
    fn what_is_built_wrongly_is_refused() {
        let (lab, scenario) = (validator(SchemaKind::Lab), validator(SchemaKind::Scenario));
        let submission = validator(SchemaKind::Submission);
        let with = |step: &str| RIGHT.replace("...", step);
        for right in [
            "s: { expect: 010, on: screen, capture: a, as: b, within: 1.5s, spec: E3 }",
            "s: { send: [a, b] }",
            "s: { send: { bytes: e4 }, cut: { at: [1, 2] } }",
            "s: { send: a, cut: bytes }",
            "s: { close: true }",
            "s: { close: stdin }",
            "s: { expect: { any_of: [ a, { regex: b }, { exit: any }, { exit: 0 } ] } }",
            "s: { expect: { file: a, equals: b } }",
            "any_order: [ s: { expect: a } ], within: 3s",
            "s: { expect: a, on: to_client }",
        ] {
            let right = if right.contains("any_order") {
                with(&format!("{{ {right} }}"))
            } else {
                with(right)
            };
            assert_eq!(accepts(&scenario, &right), Ok(()), "{right}");
        }
        for wrong in [
            "s: { expct: a }",
            "s: { send: a, expect: b }",
            "s: { send: a, capture: b }",
            "s: { start: false }",
            "s: { signal: sigterm }",
            "s: { close: both }",
            "s: { expect: a, within: 3 }",
            "s: { expect: [a, b] }",
            "s: { expect: { text: a, regex: b } }",
            "s: { send: a, cut: { every: 0 } }",
            "s: {}",
            "{}",
            "{ s: { send: a }, t: { send: b } }",
            "any_order: { s: { expect: a } }",
            "s",
        ] {
            let wrong = with(wrong);
            assert!(accepts(&scenario, &wrong).is_err(), "{wrong}");
        }
        for wrong in ["{ viva: 1 }", "{ viva: 2, lab: a, scenarios: [] }", "[]"] {
            assert!(accepts(&lab, wrong).is_err(), "{wrong}");
        }
        assert!(accepts(&submission, "{ lab: a }").is_err());
        assert_eq!(accepts(&submission, "{ variables: { a: 1 } }"), Ok(()));
    }

    /// Every key of the table, with all that it may hold.
    fn keys(forms: &'static [Form], met: &mut BTreeSet<*const Form>, all: &mut Vec<&'static str>) {
        for form in forms {
            if !met.insert(form) {
                continue;
            }
            for key in form.keys {
                all.push(key.name);
                assert!(
                    !key.about.is_empty() && !key.about.ends_with('.'),
                    "{}",
                    key.name
                );
                let mut kind = &key.kind;
                while let Kind::List(of) | Kind::OneOrMore(of) | Kind::Names(of) = kind {
                    kind = of;
                }
                match kind {
                    Kind::Map(form) | Kind::WordOr(_, form) => {
                        keys(std::slice::from_ref(*form), met, all);
                    }
                    Kind::Choice(forms) => keys(forms, met, all),
                    Kind::Which => keys(super::WHICHES, met, all),
                    Kind::Step => keys(ACTIONS, met, all),
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn every_key_of_the_table_is_in_the_schema_and_on_the_language_page() {
        let mut all = Vec::new();
        let mut met = BTreeSet::new();
        for form in [&super::LAB, &super::SCENARIO, &super::GROUP] {
            keys(std::slice::from_ref(form), &mut met, &mut all);
        }
        keys(super::PATTERNS, &mut met, &mut all);
        let schemas = format!(
            "{}{}",
            schema(SchemaKind::Lab),
            schema(SchemaKind::Scenario)
        );
        let page = include_str!("../../docs/language.md");
        for key in all {
            assert!(
                schemas.contains(&format!("\"{key}\":")),
                "{key} is not in the schema"
            );
            let shown = [format!("{key}:"), format!("`{key}`")];
            assert!(
                shown.iter().any(|it| page.contains(it)),
                "{key} is not on the page"
            );
        }
    }
}
