//! Headers whose name or value comes from a call.

use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::header_value::{has_refused, unsendable};
use crate::context::ActionContext;
use crate::echo::Echo;
use crate::error::{ActionError, ErrorCode, Result};
use crate::transport::Request;

impl ActionContext {
    /// Sets a header of a request.
    ///
    /// # Errors
    ///
    /// `VALIDATION_ERROR` if name or value has characters that are not allowed in headers: line breaks and
    /// other control characters. It names the parameter that they came in, or else the header.
    /// `AUTH_INVALID` if they came with the credential.
    pub(crate) fn set_header(&self, request: &mut Request, name: &str, value: &str) -> Result<()> {
        let header = HeaderName::try_from(name).map_err(|_| {
            let problem = "is not a valid header name";
            match self.param_with(name, |text| HeaderName::try_from(text).is_err()) {
                Some(param) => ActionError::invalid_param(param, problem),
                None => refused(format!("`{}` {problem}", Echo(name))),
            }
        })?;
        let value = HeaderValue::try_from(value).map_err(|_| {
            if self.redactor().finds_in(value) {
                return unsendable();
            }
            match self.param_with(value, has_refused) {
                Some(param) => ActionError::invalid_param(
                    param,
                    format!("must have no line breaks or other control characters, as it is sent in header `{name}`"),
                ),
                None => refused(format!(
                    "the value of header `{name}` has line breaks or other control characters"
                )),
            }
        })?;
        request.headers.insert(header, value);
        Ok(())
    }

    /// Finds the parameter whose text is in `text` and is at fault.
    fn param_with(&self, text: &str, is_bad: impl Fn(&str) -> bool) -> Option<String> {
        let is_it = |value: &Value| {
            let given = value.as_str();
            given.is_some_and(|given| is_bad(given) && text.contains(given))
        };
        let found = self.params().iter().find(|(_, value)| match value {
            Value::Array(items) => items.iter().any(is_it),
            Value::Object(members) => members.values().any(is_it),
            value => is_it(value),
        });
        found.map(|(name, _)| name.clone())
    }
}

fn refused(message: String) -> ActionError {
    ActionError::new(ErrorCode::ValidationError, message)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::Method;
    use serde_json::json;
    use url::Url;

    use super::*;
    use crate::transport::{Plan, Transport};
    use crate::{Auth, ConnectorDefinition, Credential};

    static SIGNED: ConnectorDefinition = ConnectorDefinition::new("signed", "Signed", "1.0.0")
        .base_url("https://signed.example")
        .auth(&[Auth::bearer_token("Token")])
        .actions(&[]);

    fn set(input: Value, token: &str, name: &str, value: &str) -> Result<()> {
        let plan = Arc::new(Plan::new()) as Arc<dyn Transport>;
        let cx = ActionContext::builder(&SIGNED, plan)
            .params(Arc::new(input))
            .credential(Credential::token(token))
            .build();
        let url = Url::parse("https://signed.example").expect("it is a URL");
        cx.set_header(&mut Request::new(Method::GET, url), name, value)
    }

    #[test]
    fn what_a_header_cannot_have_is_the_callers_mistake_and_names_the_parameter() {
        for bad in ["a\rb", "a\nb", "a\0b", "a\u{7f}b", "\u{1b}"] {
            for (input, param) in [
                (json!({ "other": "x", "etag": bad }), Some("etag")),
                (json!({ "tags": ["x", bad] }), Some("tags")),
                (json!({ "other": "x" }), None),
            ] {
                let error = set(input, "token-1", "if-match", &format!("\"{bad}\"")).unwrap_err();
                assert_eq!(
                    (error.code(), error.status()),
                    (ErrorCode::ValidationError, 400)
                );
                assert_eq!(error.param(), param);
                assert!(error.message().contains("`if-match`"), "{error}");
                assert!(!error.message().contains(bad), "{error}");
            }
        }
        let input = json!({ "name": "a b" });
        let error = set(input, "token-1", "a b", "x").unwrap_err();
        assert_eq!(error.param(), Some("name"));
        for good in ["", "a\tb", "\u{fc}", "a b"] {
            set(json!({}), "token-1", "if-match", good).unwrap();
        }
    }

    #[test]
    fn a_credential_that_cannot_be_sent_is_named_and_not_shown() {
        let error = set(json!({}), "hunter2\nhunter2", "x-key", "hunter2\nhunter2").unwrap_err();
        assert_eq!(error.code(), ErrorCode::AuthInvalid);
        assert!(!error.message().contains("hunter2"), "{error}");
    }
}
