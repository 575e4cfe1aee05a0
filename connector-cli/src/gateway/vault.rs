//! `vault rotate`: a new key for what is sealed.

use http::Method;

use super::client;
use super::present::{self, Part, text};
use crate::args::VaultCommand;
use crate::failure::Stop;
use crate::output;

const PARTS: [Part; 2] = [
    ("key", |item| text(&item["keyId"])),
    ("resealed", |item| text(&item["resealed"])),
];

pub(super) fn execute(command: &VaultCommand) -> Result<(), Stop> {
    let VaultCommand::Rotate(arguments) = command;
    let rotated = client::with(&arguments.gateway, async |client| {
        client.call(Method::POST, &["vault", "rotate"]).await
    })?;
    present::account(&rotated, arguments.output, &PARTS)?;
    for record in rotated["damaged"].as_array().into_iter().flatten() {
        output::note(&format!(
            "left as it is, since no key opens it: {}",
            text(record)
        ));
    }
    Ok(())
}
