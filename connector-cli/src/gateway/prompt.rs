//! The credential of a connection, from a file, the environment or a prompt.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, Auth, Credential, ErrorCode};
use serde_json::{Map, Value, json};

use crate::credential;
use crate::failure::Failure;
use crate::output::escape;

/// A credential in the form that the operator's API takes.
pub(super) struct Given {
    pub(super) value: Value,
    /// What it was given by, for faults.
    from: String,
}

impl Given {
    fn new(value: Value, from: &str) -> Self {
        Self {
            value,
            from: from.to_owned(),
        }
    }

    /// Says what the credential was given by in place of the name that the gateway's API has for it.
    pub(super) fn name_in(&self, failure: Failure) -> Failure {
        let from = self.from.as_str();
        failure.in_options(&[("credential.token", from), ("credential", from)])
    }
}

const FILE: &str = "--credential-file";

/// Finds a credential for a connection, which the operator makes: not by OAuth.
pub(super) fn credential(connector: &Connector, file: Option<&Path>) -> Result<Given, Failure> {
    if file == Some(Path::new("-")) {
        let mut text = String::new();
        let refused = |problem: String| {
            let message = format!("(standard input) {problem}");
            Failure::param(FILE, message)
        };
        io::stdin()
            .read_to_string(&mut text)
            .map_err(|error| refused(format!("can't be read: {error}")))?;
        return credential::parse(text.trim())
            .map(|it| Given::new(wire(&it), FILE))
            .map_err(refused);
    }
    let schemes: Vec<_> = connector
        .auth()
        .iter()
        .filter(|auth| !matches!(auth.scheme, Scheme::OAuth2(_)))
        .collect();
    let by_variable = file.is_none() && credential::of_variable(connector, &schemes).is_some();
    let provided = file.is_some() || by_variable;
    let scheme = schemes.iter().find(|auth| can_be_asked_for(auth));
    match scheme {
        Some(auth) if !provided && io::stdin().is_terminal() && io::stderr().is_terminal() => {
            let answers = ask(connector, auth).map_err(|error| {
                Failure::internal(format!("can't read from the terminal: {error}"))
            })?;
            Ok(Given::new(answers, "credential"))
        }
        _ => {
            let found = credential::find(connector, schemes.iter().copied(), file)?;
            let variable = credential::variable(connector);
            let from = if by_variable { &variable } else { FILE };
            Ok(Given::new(wire(&found), from))
        }
    }
}

const CLIENT_SECRET: &str = "PLUGWRIGHT_OAUTH_CLIENT_SECRET";

/// Finds the secret of an OAuth client. Messages never repeat it.
pub(super) fn client_secret(name: &str, file: Option<&Path>) -> Result<String, Failure> {
    let refused = |problem: String| Failure::param("--secret-file", problem);
    let read = match file {
        Some(file) if file == Path::new("-") => {
            let mut text = String::new();
            let read = io::stdin().read_to_string(&mut text);
            let what = "(standard input)".to_owned();
            Some((what, read.map(|_| text)))
        }
        Some(file) => {
            let what = format!("(`{}`)", file.display());
            let text = plugwright_store::data_directory::read_trusted(file);
            Some((what, text.map(|text| text.to_string())))
        }
        None => None,
    };
    if let Some((what, text)) = read {
        let text = text.map_err(|error| refused(format!("{what} can't be read: {error}")))?;
        return match text.trim() {
            "" => Err(refused(format!("{what} is empty"))),
            secret => Ok(secret.to_owned()),
        };
    }
    let variable = std::env::var(CLIENT_SECRET).unwrap_or_default();
    if !variable.trim().is_empty() {
        return Ok(variable.trim().to_owned());
    }
    if io::stdin().is_terminal() && io::stderr().is_terminal() {
        return hidden(&format!("Client secret for {name}: "))
            .map_err(|error| Failure::internal(format!("can't read from the terminal: {error}")));
    }
    let message = "missing client secret";
    let error = ActionError::new(ErrorCode::ValidationError, message);
    Err(Failure::usage(error).advise(format!(
        "set {CLIENT_SECRET}, or pass --secret-file, or --public if there is none"
    )))
}

/// Serializes a credential for the API. Only for request bodies: this exposes the secret.
fn wire(credential: &Credential) -> Value {
    match credential {
        Credential::Basic { username, password } => {
            json!({ "username": username, "password": password.expose() })
        }
        Credential::Token { token } => json!({ "token": token.expose() }),
        Credential::Custom { fields } => {
            let fields: Map<_, _> = fields
                .iter()
                .map(|(name, secret)| (name.clone(), json!(secret.expose())))
                .collect();
            json!({ "fields": fields })
        }
        Credential::None => Value::Null,
    }
}

/// Returns whether a scheme takes a credential of known parts.
fn can_be_asked_for(auth: &Auth) -> bool {
    !matches!(auth.scheme, Scheme::None | Scheme::Custom([]))
}

fn ask(connector: &Connector, auth: &Auth) -> io::Result<Value> {
    let of = |what: &str| format!("{} {}: ", connector.display_name(), what);
    Ok(match auth.scheme {
        Scheme::Basic => json!({
            "username": visible(&of("user name"))?,
            "password": hidden(&of("password"))?,
        }),
        Scheme::Custom(fields) => {
            let mut answers = Map::new();
            for field in fields {
                let question = of(field.label);
                let answer = if field.secret {
                    hidden(&question)?
                } else {
                    visible(&question)?
                };
                answers.insert(field.name.to_owned(), answer.into());
            }
            json!({ "fields": answers })
        }
        _ => json!({ "token": hidden(&of(auth.label))? }),
    })
}

/// Prompts without echo until the answer is not empty.
fn hidden(question: &str) -> io::Result<String> {
    loop {
        let answer = rpassword::prompt_password(escape(question))?;
        if !answer.trim().is_empty() {
            return Ok(answer.trim().to_owned());
        }
    }
}

fn visible(question: &str) -> io::Result<String> {
    loop {
        let mut err = anstream::stderr();
        write!(err, "{}", escape(question))?;
        err.flush()?;
        let mut answer = String::new();
        if io::stdin().lock().read_line(&mut answer)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !answer.trim().is_empty() {
            return Ok(answer.trim().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_credential_is_sent_as_it_is_read() {
        for text in [
            r#"{"token":"a"}"#,
            r#"{"username":"me","password":"a"}"#,
            r#"{"fields":{"key":"a","site":"b"}}"#,
            "null",
        ] {
            let credential: Credential = serde_json::from_str(text).unwrap();
            assert_eq!(wire(&credential).to_string(), text);
        }
    }
}
