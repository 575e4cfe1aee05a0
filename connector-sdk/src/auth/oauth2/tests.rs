use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::auth::{Auth, Scheme, SchemeKind};
use crate::connector::ConnectorDefinition;

fn of<'a>(auth: &Auth<'a>) -> OAuth2<'a> {
    match auth.scheme {
        Scheme::OAuth2(oauth2) => oauth2,
        other => panic!("{other:?}"),
    }
}

fn plain() -> Auth<'static> {
    Auth::oauth2("https://a.test/authorize", "https://a.test/token", &[])
}

#[test]
fn a_scheme_is_that_of_the_standard_unless_said_otherwise() {
    let oauth2 = of(&plain());
    assert_eq!(
        oauth2.client_authentication,
        ClientAuthentication::SecretBasic
    );
    assert_eq!(oauth2.token_request, RequestFormat::Form);
    assert_eq!(oauth2.refresh, Refresh::Rotating);
    assert_eq!(oauth2.token_answer, TokenAnswer::default());
    assert_eq!(oauth2.account_picker, [("prompt", "select_account")]);
    assert_eq!(oauth2.scope_separator, " ");
    assert_eq!(oauth2.scope_parameter, "scope");
    assert!(oauth2.pkce && oauth2.lifetime.is_none() && oauth2.revocation.is_none());
}

#[test]
fn each_quirk_is_kept_and_other_schemes_stay_as_they_are() {
    let answer = TokenAnswer::STANDARD.access_token("/data/token");
    let quirky = |auth: Auth<'static>| {
        auth.client_authentication(ClientAuthentication::Public)
            .scope_separator(",")
            .scope_parameter("user_scope")
            .default_scopes(&["a"])
            .without_pkce()
            .authorize_parameters(&[("access_type", "offline")])
            .account_picker(&[])
            .token_parameters(&[("audience", "api")])
            .token_headers(&[("x-version", "1")])
            .token_request(RequestFormat::Json)
            .token_answer(answer)
            .refresh_answer(TokenAnswer::STANDARD)
            .refresh(Refresh::Reusable)
            .lifetime(Duration::from_mins(1))
            .revocation(Revocation::standard("https://a.test/revoke"))
    };
    let oauth2 = of(&quirky(plain()));
    assert_eq!(oauth2.client_authentication, ClientAuthentication::Public);
    assert_eq!(oauth2.scope_separator, ",");
    assert_eq!(oauth2.scope_parameter, "user_scope");
    assert_eq!(oauth2.default_scopes, ["a"]);
    assert!(!oauth2.pkce);
    assert_eq!(oauth2.authorize_parameters, [("access_type", "offline")]);
    assert!(oauth2.account_picker.is_empty());
    assert_eq!(oauth2.token_parameters, [("audience", "api")]);
    assert_eq!(oauth2.token_headers, [("x-version", "1")]);
    assert_eq!(oauth2.token_request, RequestFormat::Json);
    assert_eq!(oauth2.token_answer, answer);
    assert_eq!(oauth2.refresh_answer, TokenAnswer::STANDARD);
    assert_eq!(oauth2.refresh, Refresh::Reusable);
    assert_eq!(oauth2.lifetime, Some(Duration::from_mins(1)));
    assert_eq!(
        oauth2.revocation,
        Some(Revocation::standard("https://a.test/revoke"))
    );
    assert_eq!(quirky(Auth::basic("Login")).kind(), SchemeKind::Basic);
}

#[test]
fn endpoints_are_filled_with_settings_and_the_id_of_the_client() {
    let oauth2 = of(&Auth::oauth2(
        "https://{site}.a.test/authorize?x=1",
        "https://login.a.test/{tenant}/token",
        &[],
    )
    .revocation(Revocation::delete("https://a.test/apps/{client_id}/token")));
    let settings = BTreeMap::from([
        ("site".to_owned(), "eu".to_owned()),
        ("tenant".to_owned(), "acme".to_owned()),
    ]);
    let url = oauth2.authorization_url(&settings).unwrap().unwrap();
    assert_eq!(url.as_str(), "https://eu.a.test/authorize?x=1");
    let url = oauth2.token_url(&settings).unwrap();
    assert_eq!(url.as_str(), "https://login.a.test/acme/token");
    let url = oauth2
        .revocation_url(&settings, "Iv1.abc")
        .unwrap()
        .unwrap();
    assert_eq!(url.as_str(), "https://a.test/apps/Iv1.abc/token");
    assert!(oauth2.revocation_url(&settings, "a/../b").is_err());
    let error = oauth2.token_url(&BTreeMap::new()).unwrap_err();
    assert_eq!(error.param(), Some("tenant"));
    assert!(
        of(&plain())
            .revocation_url(&settings, "x")
            .unwrap()
            .is_none()
    );
}

#[test]
fn no_setting_chooses_where_the_secret_of_the_client_goes() {
    for good in [
        "https://example.com/token",
        "http://localhost:8080/token",
        "https://{site}.example.com/token",
        "https://{a}.{b}.example.com:8443/token",
        "https://login.example.com/{tenant}/token",
    ] {
        assert!(has_own_host(good), "{good}");
    }
    for bad in [
        "",
        "example.com",
        "https://",
        "https:///token",
        "{base_url}/token",
        "https://{host}/token",
        "https://{host}.com/token",
        "https://{host}example.com/token",
        "https://{host}example.co.uk/token",
        "https://auth.example.{tld}/token",
        "https://{site}@example.com/token",
        "https://{site}.com./token",
        "ftp://example.com/token",
    ] {
        assert!(!has_own_host(bad), "{bad}");
    }
}

#[test]
#[should_panic(expected = "OAuth 2 endpoint `{base_url}/token` must be a URL whose host")]
fn a_connector_whose_token_endpoint_is_a_setting_is_refused() {
    let auth: &'static [Auth] = const { &[Auth::client_credentials("{base_url}/token", &[])] };
    let _ = ConnectorDefinition::new("desk", "Desk", "1.0.0")
        .auth(auth)
        .actions(&[]);
}

#[test]
#[should_panic(expected = "default scope `b` is not among the scopes")]
fn a_default_scope_that_is_not_declared_is_refused() {
    const SCHEME: Auth = Auth::client_credentials("https://a.test/token", &[scope("a", "All")])
        .default_scopes(&["b"]);
    let _ = ConnectorDefinition::new("desk", "Desk", "1.0.0")
        .auth(&[SCHEME])
        .actions(&[]);
}

#[test]
fn a_connector_has_the_first_of_its_schemes_of_oauth() {
    static NONE: ConnectorDefinition = ConnectorDefinition::new("none", "None", "1.0.0")
        .base_url("https://a.test")
        .auth(&[Auth::bearer_token("Token")])
        .actions(&[]);
    static BOTH: ConnectorDefinition = ConnectorDefinition::new("both", "Both", "1.0.0")
        .base_url("https://a.test")
        .auth(&[
            Auth::bearer_token("Token"),
            Auth::oauth2("https://a.test/authorize", "https://a.test/token", &[]),
            Auth::client_credentials("https://b.test/token", &[]),
        ])
        .actions(&[]);
    assert!(NONE.oauth2().is_none());
    let found = BOTH.oauth2().unwrap();
    assert_eq!(found.token_endpoint, "https://a.test/token");
}
