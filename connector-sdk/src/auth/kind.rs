//! The name of an authentication scheme, without its details.

use crate::spelled::spelled;

spelled! {
    /// Which scheme of authentication a credential is for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum SchemeKind {
        /// No credential.
        None = "none",
        /// A key in a header or in the query.
        ApiKey = "api_key",
        /// A token in the `Authorization` header.
        BearerToken = "bearer_token",
        /// User name and password.
        Basic = "basic",
        /// OAuth 2.
        OAuth2 = "oauth2",
        /// Named fields.
        Custom = "custom",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::UnknownSpelling;

    #[test]
    fn every_kind_is_read_from_its_name() {
        for kind in SchemeKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        let unknown: UnknownSpelling = "OAuth2".parse::<SchemeKind>().unwrap_err();
        let expected = "must be one of none, api_key, bearer_token, basic, oauth2, custom";
        assert_eq!(unknown.to_string(), expected);
    }
}
