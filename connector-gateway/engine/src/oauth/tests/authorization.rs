use super::*;

/// Returns the authorization URL's base and parameters.
fn asked(
    auth: &Auth<'static>,
    scopes: &[&str],
    select_account: bool,
) -> (String, Vec<(String, String)>) {
    let url = url_of(auth, &Endpoints::default(), &[], scopes, select_account).unwrap();
    let parameters = url.query_pairs().into_owned();
    let parameters = parameters
        .filter(|(name, _)| !matches!(name.as_str(), "state" | "code_challenge"))
        .collect();
    (url[..url::Position::AfterPath].to_owned(), parameters)
}

fn url_of(
    auth: &Auth<'static>,
    endpoints: &Endpoints,
    settings: &[(&str, &str)],
    scopes: &[&str],
    select_account: bool,
) -> Result<Url, plugwright_sdk::ActionError> {
    let provider = Provider {
        scheme: &scheme(auth),
        client: Client {
            id: "the client".to_owned(),
            secret: Some(secret(SECRET)),
        },
        endpoints: endpoints.clone(),
        settings: &settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        egress: &to_loopback(),
        connector: "desk",
        deadline: Instant::now(),
    };
    provider.authorization_url(&AuthorizationRequest {
        redirect_uri: BACK,
        state: &State::new().unwrap(),
        pkce: &Pkce::of_browser(b"browser", &State::received("state")),
        scopes,
        select_account,
    })
}

fn value<'a>(parameters: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let named = parameters.iter().filter(|(known, _)| known == name);
    named.map(|(_, value)| value.as_str()).collect()
}

#[tokio::test]
async fn has_what_the_standard_wants_and_no_secret() {
    let state = State::new().unwrap();
    let pkce = Pkce::of_browser(b"browser", &state);
    let bench = Bench::new(&standard(), granted()).await;
    let url = bench
        .provider()
        .authorization_url(&AuthorizationRequest {
            redirect_uri: BACK,
            state: &state,
            pkce: &pkce,
            scopes: &["read", "write"],
            select_account: false,
        })
        .unwrap();
    let parameters: Vec<_> = url.query_pairs().into_owned().collect();
    let expected = [
        ("response_type", "code"),
        ("client_id", "the client"),
        ("redirect_uri", BACK),
        ("scope", "read write"),
        ("state", state.expose()),
        ("code_challenge", &pkce.challenge),
        ("code_challenge_method", "S256"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(parameters, expected);
    assert!(url.as_str().starts_with("https://a.test/authorize?"));
    assert!(!url.as_str().contains(pkce.verifier.expose()));
    assert!(bench.server.take().is_empty());
}

#[test]
fn keeps_the_query_of_the_endpoint_and_drops_its_fragment() {
    let auth = Auth::oauth2(
        "https://a.test/authorize?v=2&x=%20#top",
        "https://a.test/t",
        &[],
    );
    let url = url_of(&auth, &Endpoints::default(), &[], &[], false).unwrap();
    assert!(
        url.as_str()
            .starts_with("https://a.test/authorize?v=2&x=%20&response_type=code&"),
        "{url}"
    );
    assert_eq!(url.fragment(), None);
}

#[test]
fn scopes_are_joined_and_named_as_the_provider_wants_and_left_out_if_none() {
    let auth = standard()
        .scope_separator(",")
        .scope_parameter("user_scope");
    let (_, parameters) = asked(&auth, &["a:b", "c"], false);
    assert_eq!(value(&parameters, "user_scope"), ["a:b,c"]);
    assert!(value(&parameters, "scope").is_empty());
    let (_, parameters) = asked(&auth, &[], false);
    assert!(value(&parameters, "user_scope").is_empty());
}

#[test]
fn pkce_is_left_out_where_it_is_refused() {
    let url = url_of(
        &standard().without_pkce(),
        &Endpoints::default(),
        &[],
        &[],
        false,
    )
    .unwrap();
    assert!(!url.as_str().contains("code_challenge"), "{url}");
}

#[test]
fn the_account_picker_is_asked_for_in_the_words_of_the_provider() {
    let (_, parameters) = asked(&standard(), &[], true);
    assert_eq!(value(&parameters, "prompt"), ["select_account"]);
    let (_, parameters) = asked(&standard(), &[], false);
    assert!(value(&parameters, "prompt").is_empty());
    let google =
        standard().authorize_parameters(&[("access_type", "offline"), ("prompt", "consent")]);
    let (_, parameters) = asked(&google, &[], false);
    assert_eq!(value(&parameters, "access_type"), ["offline"]);
    assert_eq!(value(&parameters, "prompt"), ["consent"]);
    let (_, parameters) = asked(&google, &[], true);
    assert_eq!(value(&parameters, "prompt"), ["consent select_account"]);
    let own = standard()
        .authorize_parameters(&[("force", "no")])
        .account_picker(&[("force", "yes"), ("switch", "1")]);
    let (_, parameters) = asked(&own, &[], true);
    assert_eq!(value(&parameters, "force"), ["yes"]);
    assert_eq!(value(&parameters, "switch"), ["1"]);
    let (_, parameters) = asked(&standard().account_picker(&[]), &[], true);
    assert!(value(&parameters, "prompt").is_empty());
}

#[test]
fn templates_take_the_settings_of_the_connection() {
    let auth = Auth::oauth2("https://{site}.a.test/authorize", "https://a.test/t", &[]);
    let none = Endpoints::default();
    let url = url_of(&auth, &none, &[("site", "eu")], &[], false).unwrap();
    assert_eq!(url.host_str(), Some("eu.a.test"));
    let error = url_of(&auth, &none, &[], &[], false).unwrap_err();
    assert_eq!(error.param(), Some("site"));
    let error = url_of(&auth, &none, &[("site", "evil.test/")], &[], false).unwrap_err();
    assert_eq!(error.param(), Some("site"));
}

#[test]
fn an_operators_endpoint_stands_in_for_that_of_the_scheme() {
    let own = Endpoints {
        authorization: Some("https://git.example.com/login?x=1".parse().unwrap()),
        ..Endpoints::default()
    };
    let auth = Auth::oauth2("https://{site}.a.test/authorize", "https://a.test/t", &[]);
    let url = url_of(&auth, &own, &[], &[], false).unwrap();
    assert!(
        url.as_str()
            .starts_with("https://git.example.com/login?x=1&response_type=code"),
        "{url}"
    );
}

#[test]
fn client_credentials_have_nobody_to_ask() {
    let auth = Auth::client_credentials("https://a.test/token", &[]);
    let error = url_of(&auth, &Endpoints::default(), &[], &[], false).unwrap_err();
    assert_eq!(error.message(), "`desk` has no authorization endpoint");
}
