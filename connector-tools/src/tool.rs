//! An action as a tool.

use serde_json::{Map, Value, json};

use crate::form::Form;
use crate::lower;
use crate::{Dialect, Loss, LossKind, name};

/// One action as a tool of a dialect.
#[derive(Clone, Debug)]
pub struct Tool {
    dialect: Dialect,
    name: String,
    definition: Value,
    losses: Vec<Loss>,
    form: Form,
    definitions: Vec<(String, Form)>,
}

/// Something can't be a tool.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTool {
    /// No dialect takes the name.
    #[error(
        "a tool can't be named `{0}`: use at most 64 letters, digits, `_` and `-`, with a letter or `_` first"
    )]
    Name(String),
    /// The input is no object.
    #[error("the input of a tool must be an object")]
    NotAnObject,
    /// The schema has more than the dialect takes.
    #[error("the schema is too large for {0}")]
    TooLarge(Dialect),
}

impl Tool {
    /// Makes the tool of an action, by the catalog's description and input schema. [`names`](crate::names)
    /// makes names.
    ///
    /// # Errors
    ///
    /// If no dialect takes the name, the schema is not that of an object, or it has more properties
    /// than the dialect takes.
    pub fn new(
        dialect: Dialect,
        name: &str,
        description: &str,
        input_schema: &Value,
    ) -> Result<Self, InvalidTool> {
        if !is_name(name) {
            return Err(InvalidTool::Name(name.chars().take(80).collect()));
        }
        let mut lowered = lower::lower(dialect, input_schema)?;
        let (description, is_whole) = shortened(description.trim(), dialect.longest_description());
        if !is_whole {
            let path = String::new();
            let kind = LossKind::Shortened;
            lowered.losses.insert(0, Loss { path, kind });
        }
        Ok(Self {
            dialect,
            name: name.to_owned(),
            definition: definition(dialect, name, description, lowered.schema),
            losses: lowered.losses,
            form: lowered.form,
            definitions: lowered.definitions,
        })
    }

    /// Returns the dialect.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Returns the name that a model calls it by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the definition, as a request has it.
    pub fn definition(&self) -> &Value {
        &self.definition
    }

    /// Returns what the definition does not say of the schema.
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// Returns the action's input for what a model gave: an object, or the text of one.
    ///
    /// What is not as the definition has it stays as it is, for the action to name the field.
    pub fn input(&self, arguments: Value) -> Value {
        let arguments = match arguments {
            // A call without arguments.
            Value::String(text) if text.trim().is_empty() => Value::Object(Map::new()),
            Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            Value::Null => Value::Object(Map::new()),
            other => other,
        };
        self.form.input(&self.definitions, arguments)
    }
}

fn is_name(name: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    (1..=name::LONGEST).contains(&name.len())
        && name.chars().all(fits)
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

fn definition(dialect: Dialect, name: &str, description: String, schema: Value) -> Value {
    let mut tool = Map::new();
    tool.insert("name".into(), name.into());
    if !description.is_empty() {
        tool.insert("description".into(), description.into());
    }
    match dialect {
        Dialect::Anthropic => {
            tool.insert("input_schema".into(), schema);
            tool.into()
        }
        Dialect::Gemini => {
            // A function without parameters has no schema: an object must have properties.
            let has_parameters = schema["properties"]
                .as_object()
                .is_some_and(|properties| !properties.is_empty());
            if has_parameters {
                tool.insert("parameters".into(), schema);
            }
            tool.into()
        }
        Dialect::OpenAi | Dialect::OpenAiStrict => {
            tool.insert("parameters".into(), schema);
            if dialect.is_strict() {
                tool.insert("strict".into(), true.into());
            }
            json!({ "type": "function", "function": tool })
        }
        Dialect::OpenAiResponses | Dialect::OpenAiResponsesStrict => {
            tool.insert("parameters".into(), schema);
            // Strict unless it says otherwise.
            tool.insert("strict".into(), dialect.is_strict().into());
            let mut whole = Map::from_iter([("type".to_owned(), "function".into())]);
            whole.append(&mut tool);
            whole.into()
        }
    }
}

/// Cuts a text after its last sentence that fits, or else after its last word; tells whether all is
/// left.
fn shortened(text: &str, longest: Option<usize>) -> (String, bool) {
    let Some(longest) = longest else {
        return (text.to_owned(), true);
    };
    if text.chars().count() <= longest {
        return (text.to_owned(), true);
    }
    let kept: String = text.chars().take(longest - 1).collect();
    let sentence = kept.rfind(". ").map(|at| &kept[..=at]);
    let cut = match sentence.filter(|sentence| sentence.len() > kept.len() / 2) {
        Some(sentence) => sentence.to_owned(),
        None => {
            let word = kept
                .rfind(char::is_whitespace)
                .map_or(&*kept, |at| &kept[..at]);
            format!("{word}…")
        }
    };
    (cut, false)
}
