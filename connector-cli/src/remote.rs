//! Which gateway does what is asked, if one does.

use std::path::Path;

use plugwright_sdk::{ActionError, ErrorCode, Secret};
use url::Url;

use crate::args::GatewayArguments;
use crate::failure::Failure;
use crate::profiles::Profiles;

pub(crate) const GATEWAY: &str = "PLUGWRIGHT_GATEWAY";
pub(crate) const TOKEN: &str = "PLUGWRIGHT_TOKEN";
const OPERATORS_TOKEN: &str = "PLUGWRIGHT_ADMIN_TOKEN";

/// Where a gateway serves unless it is told otherwise.
const HERE: &str = "http://127.0.0.1:3000";

/// A gateway, and who calls it.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub(crate) base: Url,
    /// None for a gateway that lets calls in without.
    pub(crate) token: Option<Secret>,
}

/// Finds the gateway that runs actions; `None` if this process does.
pub(crate) fn of_caller(arguments: &GatewayArguments) -> Result<Option<Remote>, Failure> {
    let found = find(arguments, TOKEN)?;
    if found.is_none() && (arguments.token.is_some() || arguments.token_file.is_some()) {
        let message = format!("is for a gateway: name one with --gateway, {GATEWAY} or a profile");
        return Err(usage("token", message));
    }
    Ok(found)
}

/// Finds the gateway that the operator means, and the operator's token.
pub(crate) fn of_operator(arguments: &GatewayArguments) -> Result<Remote, Failure> {
    if arguments.local {
        return Err(usage("local", "is not for a command of the operator"));
    }
    let remote = match find(arguments, OPERATORS_TOKEN)? {
        Some(remote) => remote,
        None => Remote {
            base: url(HERE, "gateway")?,
            token: token(given(arguments)?, OPERATORS_TOKEN)?,
        },
    };
    if remote.token.is_none() {
        let error = ActionError::new(
            ErrorCode::AdminAuthRequired,
            "this needs the operator's token",
        );
        return Err(Failure::from(error).advise(advice("admin")));
    }
    Ok(remote)
}

/// Finds the gateway at which a person connects accounts, and the person's token.
pub(crate) fn of_person(arguments: &GatewayArguments) -> Result<Remote, Failure> {
    if arguments.local {
        return Err(usage("local", "is not for accounts, which a gateway keeps"));
    }
    match find(arguments, TOKEN)? {
        Some(remote) => Ok(remote),
        None => Ok(Remote {
            base: url(HERE, "gateway")?,
            token: token(given(arguments)?, TOKEN)?,
        }),
    }
}

/// Refuses what names a gateway for a command that has nothing to do with one.
pub(crate) fn refuse(arguments: &GatewayArguments) -> Result<(), Failure> {
    let named = [
        ("gateway", arguments.gateway.is_some()),
        ("token", arguments.token.is_some()),
        ("token-file", arguments.token_file.is_some()),
        ("profile", arguments.profile.is_some()),
    ];
    match named.into_iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(usage(name, "has no part in this command")),
        None => Ok(()),
    }
}

/// Says where the token comes from, for whom the gateway did not let in.
pub(crate) fn advice(root: &str) -> String {
    if root == "admin" {
        format!(
            "set {OPERATORS_TOKEN} to the operator's token, or give a file with --token-file; \
             `serve` prints the token on its first start"
        )
    } else {
        format!("set {TOKEN} to a token of the gateway, or give a file with --token-file")
    }
}

/// Finds the gateway that is named: by arguments, by the environment, or by the profile in use. The
/// environment's token is for gateways that are no profile's, and a profile's for its own.
fn find(arguments: &GatewayArguments, of_environment: &str) -> Result<Option<Remote>, Failure> {
    if arguments.local {
        if arguments.gateway.is_some() || arguments.profile.is_some() {
            return Err(usage("local", "can't stand beside --gateway or --profile"));
        }
        return Ok(None);
    }
    let given = given(arguments)?;
    let (base, name) = match (&arguments.gateway, &arguments.profile) {
        (Some(_), Some(_)) => {
            let message = "can't stand beside --gateway: it names one";
            return Err(usage("profile", message));
        }
        (Some(base), None) => (Some(base.clone()), None),
        (None, Some(name)) => (None, Some(name)),
        (None, None) => match std::env::var(GATEWAY) {
            Ok(text) if !text.trim().is_empty() => (Some(url(text.trim(), GATEWAY)?), None),
            _ => (None, None),
        },
    };
    if let Some(base) = base {
        let token = token(given, of_environment)?;
        return Ok(Some(Remote { base, token }));
    }
    let profiles = Profiles::read()?;
    let profile = match name {
        Some(name) => Some(profiles.find(name)?),
        None => profiles.in_use()?,
    };
    Ok(profile.map(|profile| Remote {
        token: given.or(profile.token),
        base: profile.base,
    }))
}

/// Returns the token that was given, or that of the environment.
fn token(given: Option<Secret>, of_environment: &str) -> Result<Option<Secret>, Failure> {
    match given {
        Some(token) => Ok(Some(token)),
        None => variable(of_environment),
    }
}

/// Reads the token that the arguments give.
pub(crate) fn given(arguments: &GatewayArguments) -> Result<Option<Secret>, Failure> {
    match (&arguments.token, &arguments.token_file) {
        (Some(_), Some(_)) => Err(usage("token-file", "can't stand beside --token")),
        (Some(token), None) => one(token.expose(), "--token").map(Some),
        (None, Some(file)) => of_file(file).map(Some),
        (None, None) => Ok(None),
    }
}

fn of_file(file: &Path) -> Result<Secret, Failure> {
    let text = plugwright_store::data_directory::read_trusted(file).map_err(|error| {
        let message = format!("is `{}`, which can't be read: {error}", file.display());
        usage("token-file", message)
    })?;
    one(&text, &format!("`{}`", file.display()))
}

/// Reads the token that the environment gives.
pub(crate) fn variable(name: &str) -> Result<Option<Secret>, Failure> {
    match std::env::var(name) {
        Ok(text) if !text.trim().is_empty() => one(&text, name).map(Some),
        _ => Ok(None),
    }
}

/// Reads a text that must be one token.
pub(crate) fn one(text: &str, from: &str) -> Result<Secret, Failure> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("{from} must hold one token, without blanks");
        let error = ActionError::new(ErrorCode::AdminAuthInvalid, message);
        return Err(error.into());
    }
    Ok(Secret::new(text))
}

fn url(text: &str, name: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|error| usage(name, format!("must be a URL, not `{text}`: {error}")))
}

fn usage(name: &str, message: impl Into<String>) -> Failure {
    Failure::usage(ActionError::invalid_param(name, message))
}
