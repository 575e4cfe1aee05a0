//! The types of inputs: read from schemas, with the rules that the SDK has for them.

mod rules;
mod value;

use std::collections::BTreeSet;

use plugwright_sdk::Value;

use crate::name;
use crate::prose;
use crate::schema::{Definitions, Kind, Member, View, values};
use crate::shape::{capital, meaning};
pub(crate) use rules::{Rules, grouped, is_portable};

const DEEPEST: usize = 3;

/// An enum has so many variants; more values are a list.
const MOST_VARIANTS: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ParamType {
    Any,
    Text,
    Flag,
    /// A whole number, by the name of its type.
    Integer(&'static str),
    Number,
    Object,
    File,
    List(Box<ParamType>),
    Map(Box<ParamType>),
    /// An enum, by its index.
    Enum(usize),
    /// A struct, by its index.
    Struct(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct EnumType {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) variants: Vec<(String, String)>,
    pub(crate) resources: BTreeSet<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct StructType {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) fields: Vec<ParamField>,
    pub(crate) resources: BTreeSet<String>,
    /// What of its schema it does not take.
    pub(crate) left_out: Vec<String>,
    key: String,
}

#[derive(Clone, Debug)]
pub(crate) struct ParamField {
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) ty: ParamType,
    pub(crate) required: bool,
    pub(crate) rules: Rules,
}

pub(crate) struct ParamTypes<'a> {
    definitions: Definitions<'a>,
    pub(crate) enums: Vec<EnumType>,
    pub(crate) structs: Vec<StructType>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'p> {
    pub(crate) resource: &'p str,
    pub(crate) name: &'p str,
    /// What it belongs to, for a longer name.
    pub(crate) owner: &'p str,
    pub(crate) depth: usize,
    /// Whether it is sent as text, where a number is the same as its digits.
    pub(crate) is_text: bool,
}

impl<'a> ParamTypes<'a> {
    pub(crate) fn new(definitions: Definitions<'a>) -> Self {
        Self {
            definitions,
            enums: Vec::new(),
            structs: Vec::new(),
        }
    }

    pub(crate) fn view(&self, schema: &'a Value) -> View<'a> {
        self.definitions.view(schema)
    }

    pub(crate) fn of(
        &mut self,
        view: &View<'a>,
        place: Place<'_>,
        taken: &mut dyn FnMut(&str) -> bool,
    ) -> Result<ParamType, String> {
        Ok(match &view.kind {
            Kind::Scalar if place.is_text => ParamType::Text,
            Kind::Any | Kind::Scalar => ParamType::Any,
            Kind::Flag => ParamType::Flag,
            Kind::Number => ParamType::Number,
            Kind::Integer => ParamType::Integer(rules::integer(view.rules)),
            Kind::Text if view.rules.get("contentMediaType").is_some() => ParamType::File,
            Kind::Text => match self.variants(view, place, taken) {
                Some(index) => ParamType::Enum(index),
                None => ParamType::Text,
            },
            Kind::List(None) => ParamType::List(Box::new(ParamType::Any)),
            Kind::Map(None) => ParamType::Object,
            Kind::List(Some(items)) | Kind::Map(Some(items)) => {
                let inner = self.definitions.view(items);
                let name = name::singular(place.name).unwrap_or_else(|| place.name.to_owned());
                let place = Place {
                    name: &name,
                    ..place
                };
                let inner = Box::new(self.of(&inner, place, taken)?);
                if *inner == ParamType::File {
                    return Err("a list of files".to_owned());
                }
                if matches!(view.kind, Kind::List(_)) {
                    ParamType::List(inner)
                } else {
                    ParamType::Map(inner)
                }
            }
            Kind::Object(members) | Kind::TextOrObject(members) => {
                ParamType::Struct(self.object(view, members, place, taken)?)
            }
        })
    }

    fn variants(
        &mut self,
        view: &View<'a>,
        place: Place<'_>,
        taken: &mut dyn FnMut(&str) -> bool,
    ) -> Option<usize> {
        let texts: Vec<&str> = values(view.rules)
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        if texts.is_empty() || texts.len() > MOST_VARIANTS {
            return None;
        }
        let mut variants: Vec<(String, String)> = Vec::new();
        for text in texts {
            let variant = name::pascal(text)?;
            if variants.iter().any(|(known, _)| *known == variant) {
                return None;
            }
            variants.push((variant, text.to_owned()));
        }
        let short = name::pascal(place.name)?;
        let long = name::pascal(&format!("{} {}", place.owner, place.name))?;
        let known = self.enums.iter().position(|known| {
            known.variants == variants && (known.name == short || known.name.ends_with(&short))
        });
        let index = match known {
            Some(index) => index,
            None => {
                let name = free(&[short, long], taken);
                self.enums.push(EnumType {
                    name,
                    doc: doc(view.description, place.name),
                    variants,
                    resources: BTreeSet::new(),
                });
                self.enums.len() - 1
            }
        };
        self.enums[index]
            .resources
            .insert(place.resource.to_owned());
        Some(index)
    }

    fn object(
        &mut self,
        view: &View<'a>,
        members: &[Member<'a>],
        place: Place<'_>,
        taken: &mut dyn FnMut(&str) -> bool,
    ) -> Result<usize, String> {
        if place.depth >= DEEPEST {
            return Err(format!("an object more than {DEEPEST} levels down"));
        }
        let key = match view.definition {
            Some(definition) => definition.to_owned(),
            None => format!("{}/{}", place.owner, place.name),
        };
        if let Some(index) = self.structs.iter().position(|known| known.key == key) {
            if self.structs[index].name.is_empty() {
                return Err("an object that contains itself".to_owned());
            }
            self.use_struct(index, place.resource);
            return Ok(index);
        }
        // Holds the place, so that what leads back here is found.
        let index = self.structs.len();
        self.structs.push(StructType {
            name: String::new(),
            doc: String::new(),
            fields: Vec::new(),
            resources: BTreeSet::new(),
            left_out: Vec::new(),
            key,
        });
        let mut left_out = Vec::new();
        if matches!(view.kind, Kind::TextOrObject(_)) {
            left_out.push("a text in its place".to_owned());
        } else if view.has_alternatives() {
            left_out.push("which of its members go together".to_owned());
        }
        let fields = self.fields(members, place, &mut left_out, taken);
        let fields = match fields {
            Ok(fields) if !fields.is_empty() => fields,
            other => {
                "#refused".clone_into(&mut self.structs[index].key);
                return Err(other
                    .err()
                    .unwrap_or_else(|| "an object without members that can be sent".to_owned()));
            }
        };
        let short = match view.definition {
            Some(definition) => definition.rsplit('.').next().and_then(name::pascal),
            None => name::pascal(place.name),
        };
        let short = short.unwrap_or_else(|| "Object".to_owned());
        let long = name::pascal(&format!("{} {}", place.owner, place.name)).unwrap_or_default();
        self.structs[index].name = free(
            &[
                short.clone(),
                format!("{short}Input"),
                long.clone(),
                format!("{long}Input"),
            ],
            taken,
        );
        self.structs[index].doc = match view.description {
            Some(_) => doc(view.description, place.name),
            None => prose::sentence(&name::with_article(&name::words(place.name).join(" "))),
        };
        self.structs[index].fields = fields;
        self.structs[index].left_out = left_out;
        self.use_struct(index, place.resource);
        Ok(index)
    }

    fn fields(
        &mut self,
        members: &[Member<'a>],
        place: Place<'_>,
        left_out: &mut Vec<String>,
        taken: &mut dyn FnMut(&str) -> bool,
    ) -> Result<Vec<ParamField>, String> {
        let mut fields: Vec<ParamField> = Vec::new();
        for member in members {
            let flag = |name: &str| member.schema.get(name) == Some(&Value::Bool(true));
            if flag("readOnly") || (flag("deprecated") && !member.required) {
                continue;
            }
            let view = self.definitions.view(member.schema);
            // What has one value, and may be left out, tells nothing.
            if !member.required && values(view.rules).len() == 1 {
                continue;
            }
            let inner = Place {
                resource: place.resource,
                name: member.name,
                owner: place.name,
                depth: place.depth + 1,
                is_text: place.is_text,
            };
            let made = match (name::snake(member.name), is_portable(member.name)) {
                (Some(name), true) => self.of(&view, inner, taken).map(|ty| (name, ty)),
                _ => Err("a name that is not allowed".to_owned()),
            };
            let made = made.and_then(|(name, ty)| match ty {
                ParamType::File => Err("a file within an object".to_owned()),
                ty if fields.iter().any(|known| known.name == name) => {
                    drop(ty);
                    Err("a name that another member has".to_owned())
                }
                ty => Ok((name, ty)),
            });
            let takes_null = matches!(view.kind, Kind::Any)
                && view.rules.get("type").is_none()
                && !view.has_alternatives();
            if takes_null && !member.required && made.is_ok() {
                left_out.push(format!("`{}`: null", member.name));
            }
            match made {
                Ok((name, ty)) => fields.push(ParamField {
                    wire: member.name.to_owned(),
                    doc: doc(view.description, &name),
                    rules: Rules::of(&view, &ty, !member.required),
                    name,
                    ty,
                    required: member.required && !view.nullable,
                }),
                Err(reason) if member.required => {
                    return Err(format!("its member `{}` is {reason}", member.name));
                }
                Err(reason) => left_out.push(format!("`{}`: {reason}", member.name)),
            }
        }
        Ok(fields)
    }

    fn use_struct(&mut self, index: usize, resource: &str) {
        if !self.structs[index].resources.insert(resource.to_owned()) {
            return;
        }
        let types: Vec<ParamType> = self.structs[index]
            .fields
            .iter()
            .map(|field| field.ty.clone())
            .collect();
        for ty in types {
            self.use_type(&ty, resource);
        }
    }

    /// Forgets which resources use which types, and takes it from the arguments that were kept.
    pub(crate) fn use_only(&mut self, uses: &[(ParamType, String)]) {
        for ty in &mut self.enums {
            ty.resources.clear();
        }
        for ty in &mut self.structs {
            ty.resources.clear();
        }
        for (ty, resource) in uses {
            self.use_type(ty, resource);
        }
    }

    fn use_type(&mut self, ty: &ParamType, resource: &str) {
        match ty {
            ParamType::Struct(index) => self.use_struct(*index, resource),
            ParamType::Enum(index) => {
                self.enums[*index].resources.insert(resource.to_owned());
            }
            ParamType::List(inner) | ParamType::Map(inner) => self.use_type(inner, resource),
            _ => {}
        }
    }

    pub(crate) fn written(&self, ty: &ParamType) -> String {
        match ty {
            ParamType::Any => "Value".to_owned(),
            ParamType::Text => "String".to_owned(),
            ParamType::Flag => "bool".to_owned(),
            ParamType::Integer(name) => (*name).to_owned(),
            ParamType::Number => "f64".to_owned(),
            ParamType::Object => "JsonObject".to_owned(),
            ParamType::File => "FileInput".to_owned(),
            ParamType::List(inner) => format!("Vec<{}>", self.written(inner)),
            ParamType::Map(inner) => format!("BTreeMap<String, {}>", self.written(inner)),
            ParamType::Enum(index) => self.enums[*index].name.clone(),
            ParamType::Struct(index) => self.structs[*index].name.clone(),
        }
    }

    /// Returns whether a type holds objects, which a query or form can't.
    pub(crate) fn is_nested(ty: &ParamType) -> bool {
        match ty {
            ParamType::Object | ParamType::Map(_) | ParamType::Struct(_) | ParamType::Any => true,
            ParamType::List(inner) => Self::is_nested(inner),
            _ => false,
        }
    }
}

fn free(names: &[String], taken: &mut dyn FnMut(&str) -> bool) -> String {
    for name in names {
        if taken(name) {
            return name.clone();
        }
    }
    let longest = names.last().map_or("Type", String::as_str);
    // Fewer types than this fit into memory.
    (2..u32::MAX)
        .map(|number| format!("{longest}{number}"))
        .find(|name| taken(name))
        .unwrap_or_else(|| longest.to_owned())
}

pub(crate) fn doc(description: Option<&str>, name: &str) -> String {
    let sentences = description.map(prose::sentences).unwrap_or_default();
    let mut kept: Vec<String> = Vec::new();
    for sentence in sentences.into_iter().take(2) {
        kept.push(sentence);
        if prose::count(&kept) > 12 {
            break;
        }
    }
    if kept.is_empty() {
        let short = description.map(str::trim).unwrap_or_default();
        // A word or two, such as `Page number`.
        let is_plain = short.split_whitespace().count() <= 2
            && !short.is_empty()
            && short
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == ' ');
        let words = name::snake(name).unwrap_or_default();
        return if is_plain && !short.eq_ignore_ascii_case(name) {
            prose::sentence(&capital(short))
        } else {
            meaning(words.trim_end_matches('_'))
        };
    }
    kept.join(" ")
}
