//! Chooses the gateway that commands use, if any.

use std::path::Path;

use plugwright_sdk::{ActionError, ErrorCode, Secret};
use url::Url;

use crate::args::GatewayArguments;
use crate::binary;
use crate::failure::Failure;
use crate::profiles::Profiles;

pub(crate) const GATEWAY: &str = "PLUGWRIGHT_GATEWAY";
pub(crate) const TOKEN: &str = "PLUGWRIGHT_TOKEN";
const OPERATORS_TOKEN: &str = "PLUGWRIGHT_ADMIN_TOKEN";

const HERE: &str = "http://127.0.0.1:3000";

const NO_URL: &str = "must be an http or https URL such as `http://127.0.0.1:3000`";

#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub(crate) base: Url,
    /// `None` for a gateway that needs no token.
    pub(crate) token: Option<Secret>,
    profile: Option<String>,
}

impl Remote {
    #[cfg(test)]
    pub(crate) fn without_a_token(base: Url) -> Self {
        Self {
            base,
            token: None,
            profile: None,
        }
    }

    /// Explains where the token comes from, after the gateway refused it, or its absence.
    pub(crate) fn advice(&self, root: &str) -> String {
        match &self.profile {
            Some(name) => format!(
                "pass --token-file, or store a token in the profile: `{program} profile remove {name}`, then \
                 `{program} profile add {name} --gateway URL --token-file FILE`",
                program = binary::name(),
            ),
            None if root == "admin" => format!(
                "set {OPERATORS_TOKEN} or pass --token-file; `serve` prints the token on its first start"
            ),
            None => format!("set {TOKEN} or pass --token-file"),
        }
    }
}

/// Returns the gateway that runs actions, or `None` if this process does.
pub(crate) fn for_caller(arguments: &GatewayArguments) -> Result<Option<Remote>, Failure> {
    let found = find(arguments, token_argument(arguments)?, TOKEN)?;
    if found.is_none() && (arguments.token.is_some() || arguments.token_file.is_some()) {
        let message = format!("needs a gateway: use --gateway, {GATEWAY} or a profile");
        return Err(Failure::param("--token", message));
    }
    Ok(found)
}

pub(crate) fn for_operator(arguments: &GatewayArguments) -> Result<Remote, Failure> {
    if arguments.local {
        return Err(Failure::param("--local", "can't be used with this command"));
    }
    let remote = find_or_here(arguments, OPERATORS_TOKEN)?;
    if remote.token.is_none() {
        let error = ActionError::new(
            ErrorCode::AdminAuthRequired,
            "this command requires the operator's token",
        );
        return Err(Failure::from(error).advise(remote.advice("admin")));
    }
    Ok(remote)
}

/// Returns the gateway on which a person connects accounts, and the person's token.
pub(crate) fn for_person(arguments: &GatewayArguments) -> Result<Remote, Failure> {
    if arguments.local {
        return Err(Failure::param(
            "--local",
            "can't be used with this command: a gateway keeps accounts",
        ));
    }
    find_or_here(arguments, TOKEN)
}

/// Rejects gateway arguments for a command that uses no gateway.
pub(crate) fn reject_arguments(arguments: &GatewayArguments) -> Result<(), Failure> {
    let named = [
        ("--gateway", arguments.gateway.is_some()),
        ("--token", arguments.token.is_some()),
        ("--token-file", arguments.token_file.is_some()),
        ("--profile", arguments.profile.is_some()),
    ];
    match named.into_iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(Failure::param(name, "can't be used with this command")),
        None => Ok(()),
    }
}

fn find_or_here(arguments: &GatewayArguments, variable: &str) -> Result<Remote, Failure> {
    // A pipe can only be read once.
    let given = token_argument(arguments)?;
    match find(arguments, given.clone(), variable)? {
        Some(remote) => Ok(remote),
        None => Ok(Remote {
            base: url(HERE, "gateway")?,
            token: token(given, variable)?,
            profile: None,
        }),
    }
}

/// Returns the gateway named by arguments, the environment or the active profile. The environment's
/// token is never sent to a profile's gateway, nor a profile's token to another.
fn find(
    arguments: &GatewayArguments,
    given: Option<Secret>,
    variable: &str,
) -> Result<Option<Remote>, Failure> {
    if arguments.local {
        if arguments.gateway.is_some() || arguments.profile.is_some() {
            return Err(Failure::param(
                "--local",
                "can't be used with --gateway or --profile",
            ));
        }
        return Ok(None);
    }
    let (base, name) = match (&arguments.gateway, &arguments.profile) {
        (Some(_), Some(_)) => {
            let message = "can't be used with --gateway";
            return Err(Failure::param("--profile", message));
        }
        (Some(text), None) => (Some(url(text, "--gateway")?), None),
        (None, Some(name)) => (None, Some(name)),
        (None, None) => match std::env::var(GATEWAY) {
            Ok(text) if !text.trim().is_empty() => (Some(url(text.trim(), GATEWAY)?), None),
            _ => (None, None),
        },
    };
    if let Some(base) = base {
        let token = token(given, variable)?;
        return Ok(Some(Remote {
            base,
            token,
            profile: None,
        }));
    }
    let profiles = Profiles::read()?;
    let profile = match name {
        Some(name) => Some(profiles.find(name)?),
        None => profiles.in_use()?,
    };
    let Some(profile) = profile else {
        return Ok(None);
    };
    check(&profile.base, "--gateway")?;
    Ok(Some(Remote {
        token: given.or(profile.token),
        base: profile.base,
        profile: Some(profile.name),
    }))
}

/// Parses the URL of a gateway.
pub(crate) fn url(text: &str, name: &str) -> Result<Url, Failure> {
    // The text may contain a password.
    let base = Url::parse(text).map_err(|_| Failure::param(name, NO_URL))?;
    check(&base, name)?;
    Ok(base)
}

/// Checks the URL of a gateway. Messages show it, so it may have no password.
fn check(base: &Url, name: &str) -> Result<(), Failure> {
    let message = if !base.username().is_empty() || base.password().is_some() {
        "must be a URL without a user name or password; pass a token with --token-file"
    } else if !matches!(base.scheme(), "http" | "https") {
        NO_URL
    } else {
        return Ok(());
    };
    Err(Failure::param(name, message))
}

fn token(given: Option<Secret>, variable: &str) -> Result<Option<Secret>, Failure> {
    match given {
        Some(token) => Ok(Some(token)),
        None => token_variable(variable),
    }
}

pub(crate) fn token_argument(arguments: &GatewayArguments) -> Result<Option<Secret>, Failure> {
    match (&arguments.token, &arguments.token_file) {
        (Some(_), Some(_)) => Err(Failure::param("--token-file", "can't be used with --token")),
        (Some(token), None) => parse_token(token.expose(), "--token").map(Some),
        (None, Some(file)) => token_file(file).map(Some),
        (None, None) => Ok(None),
    }
}

fn token_file(file: &Path) -> Result<Secret, Failure> {
    let text = plugwright_store::data_directory::read_trusted(file).map_err(|error| {
        let message = format!("(`{}`) can't be read: {error}", file.display());
        Failure::param("--token-file", message)
    })?;
    parse_token(&text, &format!("`{}`", file.display()))
}

/// Reads a token from the environment.
pub(crate) fn token_variable(name: &str) -> Result<Option<Secret>, Failure> {
    match std::env::var(name) {
        Ok(text) if !text.trim().is_empty() => parse_token(&text, name).map(Some),
        _ => Ok(None),
    }
}

pub(crate) fn parse_token(text: &str, from: &str) -> Result<Secret, Failure> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("{from} must contain a single token");
        let error = ActionError::new(ErrorCode::AdminAuthInvalid, message);
        return Err(error.into());
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_is_an_http_url() {
        for text in ["127.0.0.1:3000", "localhost:3000", "ftp://gw", "", "gw"] {
            let error = url(text, GATEWAY).unwrap_err();
            let message = format!("`{GATEWAY}` {NO_URL}");
            assert_eq!(error.error.message(), message, "{text}");
        }
        assert!(url("https://gw/v1", GATEWAY).is_ok());
    }

    #[test]
    fn a_password_in_a_url_is_refused_and_not_repeated() {
        for text in [
            "http://me:s3cret@gw",
            "ftp://me:s3cret@gw",
            "http://s3cret@gw",
            "http://me:s3cret@gw:99999",
        ] {
            let error = url(text, GATEWAY).unwrap_err();
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }
}
