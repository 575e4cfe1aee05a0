//! The text of an operation against a schema.

use std::fs;
use std::path::Path;

use apollo_compiler::parser::LineColumn;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::Value;

use crate::graphql::Operation;

pub(super) struct Document {
    pub(super) operation: Operation,
    /// None if the schema does not accept it.
    pub(super) parsed: Option<Valid<ExecutableDocument>>,
}

impl Document {
    pub(super) fn read(operation: &Operation, schema: &Valid<Schema>) -> (Self, Vec<String>) {
        let mut document = Self {
            operation: operation.clone(),
            parsed: None,
        };
        let read = ExecutableDocument::parse_and_validate(
            schema,
            operation.text(),
            format!("{}.graphql", operation.name()),
        );
        let parsed = match read {
            Ok(parsed) => parsed,
            Err(errors) => {
                let faults = errors.errors.iter().map(|error| {
                    let position = error.line_column_range().map(|range| range.start);
                    format!("{}: {}", document.position(position), error.error)
                });
                let faults = faults.collect();
                return (document, faults);
            }
        };
        if parsed.operations.len() > 1 {
            let message = "has several operations; a request sends one";
            let faults = vec![format!("{}: {message}", document.position(None))];
            return (document, faults);
        }
        document.parsed = Some(parsed);
        (document, Vec::new())
    }

    pub(super) fn check_variables(
        &self,
        parsed: &Valid<ExecutableDocument>,
        variables: &Value,
        schema: &Valid<Schema>,
    ) -> Vec<String> {
        let Ok(operation) = parsed.operations.get(Some(self.operation.name())) else {
            return Vec::new();
        };
        let mut faults = Vec::new();
        let declared = |name: &str| {
            let mut variables = operation.variables.iter();
            variables.any(|variable| variable.name == name)
        };
        let names = variables.as_object().into_iter().flatten();
        for (name, _) in names.filter(|(name, _)| !declared(name)) {
            faults.push(format!(
                "{}: does not declare the variable `${name}` that is sent",
                self.position(None)
            ));
        }
        match serde_json::from_value::<JsonMap>(variables.clone()) {
            Ok(variables) => {
                if let Err(error) = coerce_variable_values(schema, operation, &variables) {
                    let location = error.location();
                    let range = location.and_then(|at| at.line_column_range(&parsed.sources));
                    let position = self.position(range.map(|range| range.start));
                    faults.push(format!("{position}: {}", error.message()));
                }
            }
            Err(error) => faults.push(format!("{}: {error}", self.position(None))),
        }
        faults
    }

    /// Says where in the connector's sources a place in the text is.
    pub(super) fn position(&self, at: Option<LineColumn>) -> String {
        let (place, name) = (self.operation.place(), self.operation.name());
        let LineColumn { line, column } = at.unwrap_or(LineColumn { line: 1, column: 1 });
        let Some((first, indent)) = self.text_in_source() else {
            return format!(
                "{}:{}, line {line}, column {column} of `{name}`",
                place.file(),
                place.line()
            );
        };
        let column = if line == 1 { indent + column } else { column };
        format!("{}:{}:{column} in `{name}`", place.file(), first + line - 1)
    }

    /// Finds the text in the file that has it as a literal: its line, and the characters before it in
    /// that line. The file is named as the compiler was told it, from wherever that ran.
    fn text_in_source(&self) -> Option<(usize, usize)> {
        let place = self.operation.place();
        let krate = std::env::var_os("CARGO_MANIFEST_DIR")?;
        let mut folders = Path::new(&krate).ancestors();
        let source =
            folders.find_map(|folder| fs::read_to_string(folder.join(place.file())).ok())?;
        let above = usize::try_from(place.line()).ok()?.saturating_sub(1);
        let skipped: usize = source.split_inclusive('\n').take(above).map(str::len).sum();
        let found = skipped + source.get(skipped..)?.find(self.operation.text())?;
        let before = &source[..found];
        let line = before.matches('\n').count() + 1;
        let indent = before.rsplit('\n').next()?.chars().count();
        Some((line, indent))
    }
}
