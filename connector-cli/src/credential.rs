//! The credential of a live call, from the environment or a file, never from an argument.

use std::path::Path;

use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, Auth, Credential, ErrorCode};

use crate::failure::Failure;

/// Returns the name of the environment variable that holds a connector's token.
pub(crate) fn variable(connector: &Connector) -> String {
    format!(
        "PLUGWRIGHT_{}_TOKEN",
        connector.name().to_ascii_uppercase().replace('-', "_")
    )
}

/// Finds the credential for one of the connector's schemes; the file takes precedence over the
/// environment.
///
/// Messages never repeat the credential, even if it is malformed.
pub(crate) fn find<'a>(
    connector: &Connector,
    schemes: impl Iterator<Item = &'a Auth<'a>>,
    file: Option<&Path>,
) -> Result<Credential, Failure> {
    if let Some(file) = file {
        return read(file);
    }
    let variable = variable(connector);
    if let Ok(token) = std::env::var(&variable)
        && !token.trim().is_empty()
    {
        return Ok(Credential::token(token.trim()));
    }
    let schemes: Vec<_> = schemes.collect();
    if schemes.is_empty() || schemes.iter().any(|auth| auth.takes(&Credential::None)) {
        return Ok(Credential::None);
    }
    Err(missing(connector, &schemes, &variable))
}

fn missing(connector: &Connector, schemes: &[&Auth], variable: &str) -> Failure {
    let labels: Vec<_> = schemes.iter().map(|auth| auth.label).collect();
    let error = ActionError::new(
        ErrorCode::AuthRequired,
        format!(
            "`{}` requires a credential ({})",
            connector.name(),
            labels.join(", ")
        ),
    );
    Failure::from(error).advise(advice(connector, variable))
}

pub(crate) fn advice(connector: &Connector, variable: &str) -> String {
    let token = Credential::token("");
    if connector.auth().iter().any(|auth| auth.takes(&token)) {
        format!("set {variable} or pass --credential-file")
    } else {
        let forms: Vec<_> = connector.auth().iter().map(form).collect();
        format!("pass --credential-file with {}", forms.join(" or "))
    }
}

fn form(auth: &Auth) -> String {
    match auth.placeholder() {
        Credential::Basic { .. } => r#"{"username": "..", "password": ".."}"#.to_owned(),
        Credential::Custom { fields } => {
            let fields: Vec<_> = fields
                .keys()
                .map(|name| format!(r#""{name}": "..""#))
                .collect();
            format!(r#"{{"fields": {{{}}}}}"#, fields.join(", "))
        }
        _ => "a token".to_owned(),
    }
}

fn read(file: &Path) -> Result<Credential, Failure> {
    let refused = |problem: String| {
        let message = format!("(`{}`) {problem}", file.display());
        Failure::param("--credential-file", message)
    };
    let text = plugwright_store::data_directory::read_trusted(file)
        .map_err(|error| refused(format!("can't be read: {error}")))?;
    parse(text.trim()).map_err(refused)
}

pub(crate) fn parse(text: &str) -> Result<Credential, String> {
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    if !text.starts_with('{') {
        return if text.contains(char::is_whitespace) {
            Err("must contain one token or a JSON object".to_owned())
        } else {
            Ok(Credential::token(text))
        };
    }
    // The parser's own message may repeat the credential.
    serde_json::from_str(text).map_err(|error| {
        if error.is_syntax() || error.is_eof() {
            format!("is not JSON (line {}, column {})", error.line(), error.column())
        } else {
            r#"must contain {"token": ".."}, {"username": "..", "password": ".."} or {"fields": {..}} with strings as values"#.to_owned()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::SHOP;

    const SECRET: &str = "hunter2-hunter2";

    #[test]
    fn reads_tokens_and_json() {
        assert!(
            parse(SECRET)
                .unwrap()
                .as_token()
                .is_some_and(|token| token.expose() == SECRET)
        );
        for text in [
            r#"{"token":"hunter2-hunter2"}"#,
            r#"{"username":"me","password":"hunter2-hunter2"}"#,
            r#"{"fields":{"a":"hunter2-hunter2"}}"#,
        ] {
            assert!(!parse(text).unwrap().is_none(), "{text}");
        }
    }

    #[test]
    fn no_message_shows_what_was_read() {
        for text in [
            r#"{"token":"hunter2-hunter2""#,
            r#"{"token":"hunter2-hunter2",}"#,
            r#"{"tokn":"hunter2-hunter2"}"#,
            r#"{"hunter2-hunter2":"token"}"#,
            r#"{"token":["hunter2-hunter2"]}"#,
            r#"{"token":"hunter2-hunter2","more":1}"#,
            r#"{"token": hunter2-hunter2}"#,
            "hunter2-hunter2 hunter2-hunter2",
            "",
        ] {
            let message = parse(text).unwrap_err();
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn the_variable_is_named_after_the_connector() {
        assert_eq!(variable(&(&SHOP).into()), "PLUGWRIGHT_TEST_SHOP_TOKEN");
    }

    #[test]
    fn a_missing_credential_names_the_ways_to_give_it() {
        let shop = Connector::from(&SHOP);
        let failure = find(&shop, shop.auth().iter(), None).unwrap_err();
        assert_eq!(failure.error.code(), ErrorCode::AuthRequired);
        assert!(
            failure
                .to_text()
                .contains("set PLUGWRIGHT_TEST_SHOP_TOKEN or pass --credential-file")
        );
    }
}
