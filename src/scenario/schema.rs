//! The JSON Schema of the language, made from the table of keys: completion and checks in editors.
//!
//! It says less than reading a file does (names, order, texts), and refuses nothing that reading accepts but numbers and
//! truth values in quotes.

use serde_json::{Map, Value, json};

use super::grammar::{Form, Kind};
use super::keys::{ACTIONS, BYTES, CUTS, GROUP, LAB, LOCALIZED, PATTERNS, SCENARIO, SUBMISSION};

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

/// The JSON Schema (draft 2020-12) of a kind of file.
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
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".to_owned(), json!(title));
    if let Value::Object(of_form) = form_schema(form) {
        schema.extend(of_form);
    }
    // What holds itself, or is long and stands in many places.
    schema.insert(
        "$defs".to_owned(),
        json!({
            // YAML says number or truth value where the language says text.
            "text": { "type": ["string", "number", "boolean"] },
            "localized": { "anyOf": [reference("text"), form_schema(&LOCALIZED)] },
            "pattern": one_of(reference("text"), PATTERNS),
            "payload": { "anyOf": [
                reference("text"),
                { "type": "array", "items": reference("text"), "minItems": 1 },
                form_schema(&BYTES),
            ] },
            "cut": one_of(json!({ "const": "bytes" }), CUTS),
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
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn form_schema(form: &Form) -> Value {
    let mut properties = Map::new();
    for key in form.keys {
        let mut schema = kind_schema(&key.kind);
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), json!(key.about));
        }
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
        Kind::Payload => reference("payload"),
        Kind::Cut => reference("cut"),
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
