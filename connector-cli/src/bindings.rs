//! `types`: types of actions for programs that call them.

use plugwright_generate::bindings::{self, ActionTypes};

use crate::args::{Language, TypesArguments};
use crate::backend::Backend;
use crate::failure::Stop;
use crate::info::ActionInfo;
use crate::output;

pub(crate) fn write(backend: &Backend, arguments: &TypesArguments) -> Result<(), Stop> {
    let mut actions = Vec::new();
    if arguments.connectors.is_empty() {
        actions = backend.actions(None)?;
    }
    for connector in &arguments.connectors {
        actions.extend(backend.actions(Some(connector))?);
    }
    let actions: Vec<_> = actions.into_iter().map(of_action).collect();
    let text = match arguments.lang {
        Language::Rust => bindings::rust(&actions),
        Language::Typescript => bindings::typescript(&actions),
    };
    Ok(output::print(&text)?)
}

fn of_action(info: ActionInfo) -> ActionTypes {
    ActionTypes {
        id: info.id(),
        title: info.title,
        description: info.description,
        deprecated: info.deprecated,
        input_schema: info.input_schema,
        output_schema: info.output_schema,
    }
}
