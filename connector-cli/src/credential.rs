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
    let schemes: Vec<_> = schemes.collect();
    if let Some(token) = of_variable(connector, &schemes) {
        return Ok(Credential::token(token));
    }
    if schemes.is_empty() || schemes.iter().any(|auth| auth.takes(&Credential::None)) {
        return Ok(Credential::None);
    }
    Err(missing(connector, &schemes))
}

/// Returns the token in the environment, if one of the schemes takes a token.
pub(crate) fn of_variable(connector: &Connector, schemes: &[&Auth]) -> Option<String> {
    let token = std::env::var(variable(connector)).ok()?;
    let token = token.trim();
    let has_use = !token.is_empty() && schemes.iter().any(|auth| is_token(auth));
    has_use.then(|| token.to_owned())
}

fn is_token(auth: &Auth) -> bool {
    matches!(auth.placeholder(), Credential::Token { .. })
}

fn missing(connector: &Connector, schemes: &[&Auth]) -> Failure {
    let labels: Vec<_> = schemes.iter().map(|auth| auth.label).collect();
    let error = ActionError::new(
        ErrorCode::AuthRequired,
        format!(
            "`{}` requires a credential ({})",
            connector.name(),
            labels.join(", ")
        ),
    );
    Failure::from(error).advise(advice(connector, schemes))
}

/// Says how to give a credential for one of the schemes.
pub(crate) fn advice(connector: &Connector, schemes: &[&Auth]) -> String {
    if schemes.iter().any(|auth| is_token(auth)) {
        return format!("set {} or pass --credential-file", variable(connector));
    }
    let takes_some = |auth: &&&Auth| !auth.takes(&Credential::None);
    let forms: Vec<_> = schemes
        .iter()
        .filter(takes_some)
        .map(|auth| form(auth))
        .collect();
    if forms.is_empty() {
        return "leave out --credential-file".to_owned();
    }
    format!("pass --credential-file with {}", forms.join(" or "))
}

fn form(auth: &Auth) -> String {
    match auth.placeholder() {
        Credential::Basic { .. } => r#"{"username": "..", "password": ".."}"#.to_owned(),
        Credential::Custom { fields } => {
            // A gateway does not tell the names of its own connectors' fields.
            let unknown = fields.is_empty().then_some("NAME");
            let names = fields.keys().map(String::as_str).chain(unknown);
            let fields: Vec<_> = names.map(|name| format!(r#""{name}": "..""#)).collect();
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
        return if text.contains(['\n', '\r']) {
            Err("must contain one line with a token, or a JSON object".to_owned())
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
        for text in [SECRET, "Bearer hunter2-hunter2"] {
            let read = parse(text).unwrap();
            assert_eq!(read.as_token().unwrap().expose(), text);
        }
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
            "hunter2-hunter2\nhunter2-hunter2",
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
    fn where_no_credential_is_taken_none_is_advised() {
        let shop = Connector::from(&SHOP);
        let none: &[&Auth] = &[];
        for schemes in [none, &[&Auth::none()]] {
            assert_eq!(advice(&shop, schemes), "leave out --credential-file");
        }
        let basic = Auth::basic("User name and API token");
        let told = advice(&shop, &[&Auth::none(), &basic]);
        assert!(
            told.ends_with(r#" with {"username": "..", "password": ".."}"#),
            "{told}"
        );
        let told = advice(&shop, &[&Auth::custom("Keys", &[])]);
        assert!(
            told.ends_with(r#" with {"fields": {"NAME": ".."}}"#),
            "{told}"
        );
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
