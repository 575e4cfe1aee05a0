//! `show`: describes an action or a connector.

mod action;
mod connector;
mod tool;

use crate::args::{ShowArguments, ShowFormat};
use crate::backend::{Backend, Subject};
use crate::failure::{Failure, Stop};
use crate::info::{ActionInfo, ConnectorInfo};
use crate::{markdown, output};

pub(crate) fn show(backend: &Backend, arguments: &ShowArguments) -> Result<(), Stop> {
    let subject = backend.subject(&arguments.name)?;
    if let Some(dialect) = arguments.output.dialect() {
        return tool::show(dialect, &subject);
    }
    let shown = match subject {
        Subject::Action { info, example } => of_action(&info, &example, arguments.output),
        Subject::Connector { profile, actions } => match arguments.output {
            ShowFormat::Json => output::json::pretty(&connector::object(&profile, &actions)),
            ShowFormat::Markdown => page(backend, &profile)?,
            _ => connector::text(&profile, &actions),
        },
    };
    Ok(output::print(&shown)?)
}

fn of_action(info: &ActionInfo, example: &str, form: ShowFormat) -> String {
    match form {
        ShowFormat::Json => output::json::pretty(&action::object(info, example)),
        ShowFormat::Markdown => markdown::action_with(info, example),
        _ => action::text(info, example),
    }
}

fn page(backend: &Backend, profile: &ConnectorInfo) -> Result<String, Failure> {
    let definition = match backend {
        Backend::Local(registry) => registry.connector(&profile.name),
        Backend::Remote(_) => None,
    };
    let Some(definition) = definition else {
        let message = "can't be `markdown` for a connector on a gateway, only for its actions";
        return Err(Failure::param("--output", message));
    };
    markdown::connector(definition).map_err(|error| Failure::internal(error.to_string()))
}
