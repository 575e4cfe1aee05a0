//! What actions return.

use plugwright_import::{ImportedAction, PageStyle, ResponseKind};
use plugwright_sdk::host::{Returns, word_list};
use plugwright_sdk::schema::pointer;
use plugwright_sdk::{Value, json};
use serde_json::Map;

use crate::schema::{Definitions, Kind, Member};
use crate::shape::{Shape, Shapes};

/// Members around what was asked for that say nothing of it.
const AROUND: &[&str] = &word_list::<14>(include_str!("../words/envelope_members.txt"));

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Nothing,
    /// The answer as it is.
    Whole(Shape),
    /// What the answer has in one member.
    Member(String, Shape),
    /// A list, by what its items are, and where they are.
    List(Shape, String),
    File,
    Text,
}

impl Answer {
    pub(crate) fn shape(&self) -> Option<&Shape> {
        match self {
            Self::Whole(shape) | Self::Member(_, shape) | Self::List(shape, _) => Some(shape),
            Self::Nothing | Self::File | Self::Text => None,
        }
    }

    pub(crate) fn shape_mut(&mut self) -> Option<&mut Shape> {
        match self {
            Self::Whole(shape) | Self::Member(_, shape) | Self::List(shape, _) => Some(shape),
            Self::Nothing | Self::File | Self::Text => None,
        }
    }

    pub(crate) fn part<'v>(&self, answer: &'v Value) -> Option<&'v Value> {
        match self {
            Self::Whole(_) => Some(answer),
            Self::Member(name, _) => answer.get(name),
            Self::List(_, pointer) => answer.pointer(pointer).filter(|items| items.is_array()),
            Self::Nothing | Self::File | Self::Text => None,
        }
    }

    pub(crate) fn fits(&self, shapes: &Shapes<'_>, answer: &Value) -> bool {
        match (self, self.part(answer)) {
            (Self::List(shape, _), Some(Value::Array(items))) => {
                items.iter().all(|item| shapes.fits(shape, item))
            }
            // Half of a number is one too: it would show no failure.
            (Self::Whole(Shape::Any), _) => answer.is_object() || answer.is_array(),
            (_, Some(part)) => self.shape().is_some_and(|shape| shapes.fits(shape, part)),
            (_, None) => false,
        }
    }

    pub(crate) fn sample(&self, shapes: &Shapes<'_>) -> Option<Value> {
        let value = shapes.sample(self.shape()?);
        Some(match self {
            Self::Member(name, _) => json!({ name: value }),
            Self::List(_, pointer) => {
                let list = json!([value]);
                pointer
                    .split('/')
                    .skip(1)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .fold(
                        list,
                        |value, name| json!({ pointer::unescape(name): value }),
                    )
            }
            Self::Whole(Shape::Any) => json!({ "key": value }),
            _ => value,
        })
    }

    /// Reads what an action returns; says why if there is no type for it.
    pub(crate) fn of<'a>(
        action: &'a ImportedAction,
        output: &'a Value,
        has_body: bool,
        noun: &str,
        definitions: Definitions<'a>,
        shapes: &mut Shapes<'a>,
    ) -> Result<Self, String> {
        match action.response {
            ResponseKind::File => return Ok(Self::File),
            ResponseKind::Text => return Ok(Self::Text),
            ResponseKind::Headers => return Ok(Self::Nothing),
            ResponseKind::Json | ResponseKind::ToolResult => {}
        }
        if let (Some(paging), Returns::List) = (&action.paging, action.returns) {
            let shape = match shapes.root(output, noun) {
                Shape::List(inner) => *inner,
                _ => Shape::Any,
            };
            return Ok(Self::List(shape, paging.items.clone()));
        }
        let view = definitions.view(output);
        let whole = |shape| Self::Whole(nullable(shape, view.nullable));
        Ok(match &view.kind {
            Kind::Any if !has_body => Self::Nothing,
            Kind::Any => Self::Whole(Shape::Any),
            Kind::List(_) => match shapes.root(output, noun) {
                Shape::List(inner) => Self::List(*inner, String::new()),
                other => Self::Whole(other),
            },
            Kind::Map(_) => whole(shapes.root(output, noun)),
            Kind::Object(members) => match wrapped(members, definitions).filter(|_| !view.nullable)
            {
                Some(member) => {
                    let pointer = format!("/{}", pointer::escape(member.name));
                    match shapes.root(member.schema, noun) {
                        Shape::List(inner) => Self::List(*inner, pointer),
                        shape => {
                            let is_nullable = definitions.view(member.schema).nullable;
                            Self::Member(member.name.to_owned(), nullable(shape, is_nullable))
                        }
                    }
                }
                None if members.iter().all(|member| AROUND.contains(&member.name)) => Self::Nothing,
                None if action.name.rsplit('.').next() == Some("list") => {
                    whole(shapes.root(output, &format!("{noun} list")))
                }
                None => whole(shapes.root(output, noun)),
            },
            _ => return Err("its answer is neither an object nor a list".to_owned()),
        })
    }

    /// Returns whether a page strategy has to be stated that the import knows nothing of.
    pub(crate) fn style<'a>(&self, action: &'a ImportedAction) -> Option<&'a PageStyle> {
        match (self, &action.paging) {
            (Self::List(..), Some(paging)) => Some(&paging.style),
            (Self::List(..), None) => Some(&PageStyle::Whole),
            _ => None,
        }
    }
}

fn nullable(shape: Shape, is_nullable: bool) -> Shape {
    if is_nullable {
        Shape::Nullable(Box::new(shape))
    } else {
        shape
    }
}

/// Returns the one member that an answer is about, if it is an object or a list of objects.
fn wrapped<'a>(members: &[Member<'a>], definitions: Definitions<'a>) -> Option<Member<'a>> {
    let mut found = members
        .iter()
        .filter(|member| !AROUND.contains(&member.name));
    let (member, None) = (found.next()?, found.next()) else {
        return None;
    };
    let kind = definitions.view(member.schema).kind;
    let is_object = match kind {
        Kind::Object(_) => true,
        Kind::List(Some(items)) => matches!(definitions.view(items).kind, Kind::Object(_)),
        _ => false,
    };
    (is_object && member.name.len() < 60).then(|| member.clone())
}

pub(crate) fn inferred(example: &Value) -> Value {
    match example {
        Value::Null => json!({}),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(number) if number.is_f64() => json!({ "type": "number" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::String(_) => json!({ "type": "string" }),
        Value::Array(items) => {
            let items = items.first().map_or_else(|| json!({}), inferred);
            json!({ "type": "array", "items": items })
        }
        Value::Object(members) => {
            let properties: Map<String, Value> = members
                .iter()
                .map(|(name, value)| (name.clone(), inferred(value)))
                .collect();
            json!({ "type": "object", "properties": properties })
        }
    }
}
