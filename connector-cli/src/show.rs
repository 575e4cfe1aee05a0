//! `show`: describes an action or a connector.

mod action;
mod connector;

use plugwright_sdk::ActionError;

use crate::args::{ShowArguments, ShowFormat};
use crate::card::{Card, Profile};
use crate::failure::{Failure, Stop};
use crate::place::{Place, Subject};
use crate::{markdown, output};

/// Prints a description of an action or a connector.
pub(crate) fn show(place: &Place, arguments: &ShowArguments) -> Result<(), Stop> {
    let shown = match place.subject(&arguments.name)? {
        Subject::Action { card, example } => of_action(&card, &example, arguments.output),
        Subject::Connector { profile, actions } => match arguments.output {
            ShowFormat::Text => connector::text(&profile, &actions),
            ShowFormat::Json => output::json::pretty(&connector::object(&profile, &actions)),
            ShowFormat::Markdown => page(place, &profile)?,
        },
    };
    Ok(output::print(&shown)?)
}

fn of_action(card: &Card, example: &str, form: ShowFormat) -> String {
    match form {
        ShowFormat::Text => action::text(card, example),
        ShowFormat::Json => output::json::pretty(&action::object(card, example)),
        ShowFormat::Markdown => markdown::action_with(card, example),
    }
}

/// Renders the page of a connector from its definition.
fn page(place: &Place, profile: &Profile) -> Result<String, Failure> {
    let definition = match place {
        Place::Here(registry) => registry.connector(&profile.name),
        Place::There(_) => None,
    };
    let Some(definition) = definition else {
        let message = "can't be `markdown` for a connector on a gateway, only for its actions";
        return Err(Failure::usage(ActionError::invalid_param(
            "output", message,
        )));
    };
    markdown::connector(definition).map_err(|error| Failure::internal(error.to_string()))
}
