//! The arguments of an action: what callers give, and where it goes in the request.

use std::collections::BTreeSet;

use plugwright_import::{
    BodyEncoding, BodySource, BodyTemplate, FieldTemplate, ImportedAction, PageStyle,
    ParameterPlace, ParameterTemplate, Style,
};
use plugwright_sdk::Value;
use plugwright_sdk::host::word_list;

use crate::name;
use crate::param::{ParamType, ParamTypes, Place, Rules, doc, is_portable};

/// Query parameters that lists advance by, which callers have the cursor for.
const PAGES: &[&str] = &word_list::<7>(include_str!("../words/page_parameters.txt"));

#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// Name of the variable, without `r#`.
    pub(crate) name: String,
    /// Name that callers use.
    pub(crate) public: String,
    /// Name in the imported action.
    pub(crate) input: String,
    /// Name in the request.
    pub(crate) wire: String,
    pub(crate) target: Target,
    /// What the document says its part of a multipart form is.
    pub(crate) media_type: Option<String>,
    pub(crate) ty: ParamType,
    pub(crate) required: bool,
    /// Whether `null` clears it.
    pub(crate) clears: bool,
    pub(crate) doc: String,
    pub(crate) rules: Rules,
    /// The newtype that it has, by its index.
    pub(crate) newtype: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Path,
    Segments,
    Query,
    /// Into one query parameter, with this between items.
    Joined(&'static str),
    /// Into query parameters such as `name[key]`.
    Nested,
    Header,
    Field,
    Form,
    /// Into form fields such as `name[key]`.
    NestedForm,
    /// Into a part of a multipart form.
    Part,
    FilePart,
    Body,
}

pub(crate) struct Surroundings<'s> {
    /// Names in requests that the connector or its credential sets, in lower case.
    pub(crate) set: &'s BTreeSet<String>,
    pub(crate) resource: &'s str,
    /// What types are named after if their own name is taken.
    pub(crate) owner: &'s str,
}

pub(crate) struct Arguments<'a, 't> {
    action: &'a ImportedAction,
    types: &'t mut ParamTypes<'a>,
    surroundings: &'t Surroundings<'t>,
    made: Vec<Argument>,
    pub(crate) left_out: Vec<String>,
}

impl<'a, 't> Arguments<'a, 't> {
    pub(crate) fn new(
        action: &'a ImportedAction,
        types: &'t mut ParamTypes<'a>,
        surroundings: &'t Surroundings<'t>,
    ) -> Self {
        Self {
            action,
            types,
            surroundings,
            made: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Makes the arguments; says why the operation can't be an action if one that it needs can't be
    /// made.
    pub(crate) fn make(
        mut self,
        taken: &mut dyn FnMut(&str) -> bool,
    ) -> Result<(Vec<Argument>, Vec<String>), String> {
        for parameter in &self.action.request.parameters {
            self.parameter(parameter, taken)?;
        }
        // Some documents declare an empty body for every operation.
        if let Some(body) = &self.action.request.body
            && self.action.request.method != "GET"
        {
            self.body(body, taken)?;
        }
        // Those that must be given come first.
        self.made
            .sort_by_key(|argument| (!argument.required, false));
        Ok((self.made, self.left_out))
    }

    fn schema(&self, input: &str) -> &'a Value {
        &self.action.input["properties"][input]
    }

    fn is_required(&self, input: &str) -> bool {
        let required = self.action.input["required"].as_array();
        required.is_some_and(|names| names.iter().any(|name| name == input))
    }

    fn parameter(
        &mut self,
        parameter: &'a ParameterTemplate,
        taken: &mut dyn FnMut(&str) -> bool,
    ) -> Result<(), String> {
        let required = self.is_required(&parameter.input);
        let place = parameter.place;
        let lower = parameter.name.to_ascii_lowercase();
        if place != ParameterPlace::Path && self.surroundings.set.contains(&lower) {
            return Ok(());
        }
        let view = self.types.view(self.schema(&parameter.input));
        let is_list = matches!(view.kind, crate::schema::Kind::List(_));
        let target = match (place, parameter.style) {
            (ParameterPlace::Path, Style::Simple | Style::Form) => Ok(Target::Path),
            (ParameterPlace::Path, Style::Reserved) => Ok(Target::Segments),
            (ParameterPlace::Path, _) => Err("a path parameter of an unusual style"),
            (ParameterPlace::Query, _) if self.is_of_pages(&parameter.name) => return Ok(()),
            (ParameterPlace::Query, Style::Json) => Err("JSON in the query"),
            (ParameterPlace::Query, Style::DeepObject) => Ok(Target::Nested),
            (ParameterPlace::Query, style) if is_list && !parameter.explode => {
                Ok(Target::Joined(match style {
                    Style::SpaceDelimited => " ",
                    Style::PipeDelimited => "|",
                    Style::TabDelimited => "\t",
                    _ => ",",
                }))
            }
            (ParameterPlace::Query, _) => Ok(Target::Query),
            (ParameterPlace::Header, _) if required => Ok(Target::Header),
            (ParameterPlace::Header, _) => Err("an optional header"),
            (ParameterPlace::Cookie, _) => Err("a cookie"),
        };
        let made = target.map_err(str::to_owned).and_then(|target| {
            let argument = self.argument(&parameter.input, &parameter.name, target, taken)?;
            Self::check(&argument)?;
            Ok(argument)
        });
        self.keep(made, &parameter.name, required)
    }

    fn is_of_pages(&self, name: &str) -> bool {
        let Some(paging) = &self.action.paging else {
            return false;
        };
        match &paging.style {
            PageStyle::Whole => false,
            PageStyle::Link | PageStyle::Url { .. } => PAGES.contains(&name),
            PageStyle::Cursor { parameter, .. }
            | PageStyle::LastItem { parameter, .. }
            | PageStyle::Number { parameter, .. }
            | PageStyle::Offset { parameter, .. } => parameter == name || PAGES.contains(&name),
        }
    }

    fn body(
        &mut self,
        body: &'a BodyTemplate,
        taken: &mut dyn FnMut(&str) -> bool,
    ) -> Result<(), String> {
        match &body.source {
            BodySource::Member(input) => {
                let is_content = matches!(body.encoding, BodyEncoding::Text | BodyEncoding::Binary);
                let required = is_content || self.is_required(input);
                let made = match body.encoding {
                    BodyEncoding::Form | BodyEncoding::Multipart => {
                        Err("a form without known members".to_owned())
                    }
                    BodyEncoding::Related => Err("a body of several parts".to_owned()),
                    _ => self.argument(input, input, Target::Body, taken),
                };
                if !self.action.request.file_types.is_empty() {
                    let usual = &body.media_type;
                    self.left_out
                        .push(format!("`{input}`: other media types than `{usual}`"));
                }
                let made = made.map(|argument| Argument {
                    required,
                    ..argument
                });
                self.keep(made, input, required)
            }
            BodySource::Members(fields) => {
                for field in fields {
                    let required = self.is_required(&field.input);
                    let made = self.field(field, body.encoding, taken);
                    self.keep(made, &field.name, required)?;
                }
                Ok(())
            }
        }
    }

    fn field(
        &mut self,
        field: &'a FieldTemplate,
        encoding: BodyEncoding,
        taken: &mut dyn FnMut(&str) -> bool,
    ) -> Result<Argument, String> {
        let schema = self.schema(&field.input);
        if schema.get("deprecated") == Some(&Value::Bool(true)) && !self.is_required(&field.input) {
            return Err("deprecated".to_owned());
        }
        let (style, explode) = field.style.unwrap_or((Style::Form, true));
        let is_plain = self.types.view(schema).is_scalar();
        let target = match encoding {
            BodyEncoding::Form if style == Style::DeepObject => Target::NestedForm,
            BodyEncoding::Form if style == Style::Json => return Err("JSON in a form".to_owned()),
            BodyEncoding::Form if !explode && !is_plain => {
                return Err("a list or object in one field of a form".to_owned());
            }
            BodyEncoding::Form => Target::Form,
            BodyEncoding::Multipart if field.file => Target::FilePart,
            BodyEncoding::Multipart => Target::Part,
            BodyEncoding::Related => return Err("a part of a body of several".to_owned()),
            _ => Target::Field,
        };
        let mut argument = self.argument(&field.input, &field.name, target, taken)?;
        Self::check(&argument)?;
        if encoding == BodyEncoding::Multipart {
            let is_json = style == Style::Json && target == Target::Part;
            if is_json && matches!(argument.ty, ParamType::Text | ParamType::Enum(_)) {
                return Err("a text as JSON in a multipart form".to_owned());
            }
            let json = || is_json.then(|| "application/json".to_owned());
            argument.media_type = field.media_type.clone().or_else(json);
        }
        Ok(argument)
    }

    fn check(argument: &Argument) -> Result<(), String> {
        let ty = &argument.ty;
        let is_plain = matches!(
            ty,
            ParamType::Text
                | ParamType::Flag
                | ParamType::Integer(_)
                | ParamType::Number
                | ParamType::Enum(_)
        );
        let refuse = |reason: &str| Err(reason.to_owned());
        match argument.target {
            Target::Path | Target::Segments if !is_plain => refuse("a list or object in the path"),
            Target::Header if !is_plain || matches!(ty, ParamType::Enum(_)) => {
                refuse("a list or object in a header")
            }
            Target::Part if !is_plain => refuse("a list or object in a multipart form"),
            Target::Query | Target::Joined(_) if ParamTypes::is_nested(ty) => {
                refuse("an object in the query")
            }
            Target::Form if ParamTypes::is_nested(ty) => refuse("an object in a form"),
            Target::Field | Target::Form | Target::Query if *ty == ParamType::File => {
                refuse("a file where only text can be")
            }
            _ => Ok(()),
        }
    }

    fn keep(
        &mut self,
        made: Result<Argument, String>,
        name: &str,
        required: bool,
    ) -> Result<(), String> {
        match made {
            Ok(argument) => self.made.push(argument),
            Err(reason) if required => {
                return Err(format!("`{name}`, which it needs, is {reason}"));
            }
            Err(reason) => self.left_out.push(format!("`{name}`: {reason}")),
        }
        Ok(())
    }

    fn argument(
        &mut self,
        input: &str,
        wire: &str,
        target: Target,
        taken: &mut dyn FnMut(&str) -> bool,
    ) -> Result<Argument, String> {
        let schema = self.schema(input);
        let required = self.is_required(input);
        if schema.get("deprecated") == Some(&Value::Bool(true)) && !required {
            return Err("deprecated".to_owned());
        }
        let view = self.types.view(schema);
        if !required && crate::schema::values(view.rules).len() == 1 {
            return Err("of one value".to_owned());
        }
        let Some(mut name) = name::snake(wire) else {
            return Err("named without letters".to_owned());
        };
        let is_taken = |name: &str| self.made.iter().any(|known| known.name == name);
        if name == "cx" || is_taken(&name) {
            name = name::snake(input).unwrap_or(name);
        }
        if name == "cx" || is_taken(&name) {
            name = format!("{name}_value");
        }
        let place = Place {
            resource: self.surroundings.resource,
            name: &name,
            owner: self.surroundings.owner,
            depth: 0,
            is_text: !matches!(target, Target::Field | Target::Body),
        };
        let content = self.action.request.body.as_ref().map(|body| body.encoding);
        let mut ty = match (target, &view.kind) {
            (Target::Body, _) if content == Some(BodyEncoding::Binary) => ParamType::File,
            (Target::Body, _) if content == Some(BodyEncoding::Text) => ParamType::Text,
            (Target::FilePart, crate::schema::Kind::List(_)) => {
                ParamType::List(Box::new(ParamType::File))
            }
            (Target::FilePart, _) => ParamType::File,
            // What is written as text may be given as one.
            (Target::Part | Target::Header, crate::schema::Kind::Text)
            | (Target::Path | Target::Segments | Target::Query, crate::schema::Kind::Any) => {
                ParamType::Text
            }
            _ => self.types.of(&view, place, taken)?,
        };
        if self.is_size(wire, target) {
            ty = ParamType::Integer("u16");
        }
        if matches!(ty, ParamType::List(_)) && view.has_alternatives() {
            self.left_out.push(format!("`{wire}`: what is no list"));
        }
        let is_update = self.action.request.method == "PATCH" && target == Target::Field;
        let clears = is_update && view.nullable && !required;
        let public = if is_portable(wire) && name::snake(wire).as_deref() == Some(&name) {
            wire.to_owned()
        } else {
            name.clone()
        };
        let mut text = doc(view.description, &name);
        if clears && !text.contains("null") {
            text = format!("{text} `null` clears it.");
        }
        Ok(Argument {
            rules: Rules::of(&view, &ty, !required),
            public,
            input: input.to_owned(),
            wire: wire.to_owned(),
            target,
            media_type: None,
            ty,
            required,
            clears,
            doc: text,
            name,
            newtype: None,
        })
    }

    /// Returns whether it says how long pages are that are counted.
    fn is_size(&self, wire: &str, target: Target) -> bool {
        let style = self.action.paging.as_ref().map(|paging| &paging.style);
        match style {
            Some(PageStyle::Number { size, .. } | PageStyle::Offset { size, .. }) => {
                target == Target::Query && size.parameter.as_deref() == Some(wire)
            }
            _ => false,
        }
    }
}
