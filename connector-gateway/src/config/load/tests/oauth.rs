use super::*;

#[test]
fn the_client_of_a_connector_comes_from_file_and_environment() {
    let place = place(
        "[connectors.github.oauth]\nclient_id = \"Iv1.file\"\ntoken_url = \"https://git.example.com/t\"\n",
    )
    .variable("PLUGWRIGHT_CONNECTORS_GITHUB_OAUTH_CLIENT_SECRET", "hunter2")
    .variable("PLUGWRIGHT_CONNECTORS_TODOIST_OAUTH_CLIENT_ID", "abc");
    let loaded = place.load().unwrap();
    let github = &loaded.config.connectors["github"].oauth;
    assert_eq!(github.client_id.as_deref(), Some("Iv1.file"));
    assert_eq!(github.client_secret.as_ref().unwrap().expose(), "hunter2");
    assert!(loaded.config.connectors["github"].enabled);
    let todoist = &loaded.config.connectors["todoist"].oauth;
    assert_eq!(todoist.client_id.as_deref(), Some("abc"));
    assert_eq!(
        place.source("connectors.github.oauth.client_id"),
        "plugwright.toml:2"
    );
    assert_eq!(
        place.source("connectors.github.oauth.client_secret"),
        "PLUGWRIGHT_CONNECTORS_GITHUB_OAUTH_CLIENT_SECRET"
    );
    let shown = serde_json::to_string(&loaded.effective()).unwrap();
    assert!(
        shown.contains(r#""connectors.github.oauth.client_secret","value":"[set]""#),
        "{shown}"
    );
    assert!(!shown.contains("hunter2") && !format!("{loaded:?}").contains("hunter2"));
}

#[test]
fn the_secret_of_no_client_is_refused() {
    let error = place("")
        .variable(
            "PLUGWRIGHT_CONNECTORS_GITHUB_OAUTH_CLIENT_SECRET",
            "hunter2",
        )
        .load()
        .unwrap_err();
    assert_eq!(
        error,
        "`PLUGWRIGHT_CONNECTORS_GITHUB_OAUTH_CLIENT_SECRET` requires `connectors.github.oauth.client_id`"
    );
    let error = place("")
        .variable(
            "PLUGWRIGHT_CONNECTORS_GITHUB_OAUTH_CLIENT_SECRET",
            "hunter2 hunter2",
        )
        .load()
        .unwrap_err();
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn each_mistake_with_a_client_is_told_with_key_and_line() {
    for (file, message) in [
        (
            "[connectors.github]\noauth = 1",
            "`connectors.github.oauth` (plugwright.toml:2) must be a table such as `[connectors.github.oauth]`, not a number",
        ),
        (
            "[connectors.github.oauth]\nclient_secret = \"hunter2\"",
            "`connectors.github.oauth.client_secret` (plugwright.toml:2) is a secret and can't be set in the file; set PLUGWRIGHT_CONNECTORS_GITHUB_OAUTH_CLIENT_SECRET in the environment",
        ),
        (
            "[connectors.github.oauth]\nclient = \"abc\"",
            "`connectors.github.oauth.client` (plugwright.toml:2) is not a connector setting; expected one of `enabled`, `base_url`, `oauth.client_id`, `oauth.authorization_url`, `oauth.token_url`, `oauth.revocation_url`",
        ),
        (
            "[connectors.github.oauth]\nclient_id = \"a b\"",
            "`connectors.github.oauth.client_id` (plugwright.toml:2) must be an id of printable ASCII characters without spaces, not `a b`",
        ),
        (
            "[connectors.github.oauth]\nauthorization_url = \"https://git.example.com/a\"",
            "`connectors.github.oauth.authorization_url` (plugwright.toml:2) requires `connectors.github.oauth.token_url`",
        ),
    ] {
        assert_eq!(place(file).load().unwrap_err(), message, "{file}");
    }
}
