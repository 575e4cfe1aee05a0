//! The pages' HTML and headers.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
use plugwright_sdk::Credential;
use tower::ServiceExt as _;
use url::Url;

use super::super::assets::{self, Site};
use super::super::end::{End, EndPage};
use super::super::fields::{Field, fields, read};
use super::super::headers::protected;
use super::super::pages::{ConnectorView, FormPage, ScopeView, Way};
use super::samples::{self, DESK, NAMES, SITE};

async fn html(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn every_page_is_as_it_was() {
    for name in NAMES {
        let page = samples::page(name).unwrap();
        let status = page.status().as_u16();
        // The names of the assets change with their content.
        let text = html(page)
            .await
            .replace(&SITE.style(), "/style.css")
            .replace(&SITE.icon(), "/icon.svg");
        insta::assert_snapshot!(format!("page_{name}"), format!("{status}\n{text}"));
    }
}

#[tokio::test]
async fn goes_on_by_a_refresh_and_by_a_link() {
    let url = Url::parse("https://a.example/authorize?state=x&scope=a'b\"c<d>;url=e").unwrap();
    let text = html(samples::going_on(&url)).await;
    let escaped = url.as_str().replace('&', "&#38;");
    assert!(!url.as_str().contains(['\'', '"', '<']));
    let refresh = format!(r#"<meta http-equiv="refresh" content="0; url={escaped}">"#);
    assert!(text.contains(&refresh), "{text}");
    assert!(text.contains(&format!(r#"href="{escaped}""#)), "{text}");
}

#[tokio::test]
async fn shows_hostile_names_as_text() {
    const HOSTILE: &str = "\"><script>alert('x')</script>&amp;</bdi>";
    let connector = ConnectorView {
        id: HOSTILE,
        name: HOSTILE,
        homepage: Some("javascript:alert(1)"),
    };
    let mut request = samples::request(Some(HOSTILE), connector);
    request.ways = vec![
        Way {
            label: HOSTILE.to_owned(),
            href: HOSTILE.to_owned(),
            is_current: false,
        };
        2
    ];
    request.csrf = HOSTILE.to_owned();
    request.action = HOSTILE.to_owned();
    let field = Field {
        name: HOSTILE.to_owned(),
        label: HOSTILE.to_owned(),
        hint: Some(HOSTILE.to_owned()),
        is_secret: false,
        is_required: true,
        value: HOSTILE.to_owned(),
        error: Some(HOSTILE.to_owned()),
    };
    let site = Site { base: HOSTILE };
    let scopes = [ScopeView {
        name: HOSTILE,
        description: HOSTILE,
    }];
    let ends = [
        End::Connected {
            account: Some(HOSTILE),
        },
        End::ProviderError { code: HOSTILE },
    ];
    let mut pages: Vec<_> = ends
        .into_iter()
        .map(|end| {
            EndPage {
                connector: Some(HOSTILE),
                asking: Some(HOSTILE),
                back: Some(HOSTILE),
                ..EndPage::new(site, end)
            }
            .response()
        })
        .collect();
    pages.push(
        FormPage {
            site,
            request: request.clone(),
            scopes: Some(&scopes),
            scheme: HOSTILE,
            fields: &[],
            problem: None,
        }
        .response(),
    );
    pages.push(
        FormPage {
            site,
            request,
            scheme: HOSTILE,
            scopes: None,
            fields: &[field],
            problem: Some(HOSTILE),
        }
        .response(),
    );
    for page in pages {
        let text = html(page).await;
        assert!(!text.contains("<script"), "{text}");
        assert!(!text.contains("javascript:"), "{text}");
        assert!(text.contains("&#60;script&#62;"), "{text}");
    }
}

#[tokio::test]
async fn every_answer_has_the_headers() {
    let pages = protected(Router::new().route("/page", get(async || samples::consent())));
    for (path, status) in [("/page", StatusCode::OK), ("/none", StatusCode::NOT_FOUND)] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = pages.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status);
        let mut headers: Vec<_> = answer
            .headers()
            .iter()
            .filter(|(name, _)| !name.as_str().starts_with("content-t"))
            .filter(|(name, _)| *name != "content-length")
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        headers.sort();
        insta::assert_snapshot!("headers", headers.join("\n"));
    }
}

#[tokio::test]
async fn serves_the_assets_that_pages_name_and_lets_them_be_kept() {
    let site = Site { base: "" };
    for (path, media_type) in [(site.style(), "text/css"), (site.icon(), "image/svg+xml")] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = assets::router().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let header = |name| answer.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-type").starts_with(media_type));
        assert_eq!(
            header("cache-control"),
            "public, max-age=31536000, immutable"
        );
    }
    let request = Request::get("/connect/assets/style-old.css");
    let request = request.body(Body::empty()).unwrap();
    let answer = assets::router().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let below = Site { base: "/tools" };
    assert!(below.style().starts_with("/tools/connect/assets/style-"));
}

fn form(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn reads_the_credential_of_each_scheme() {
    let [token, basic, custom, oauth2, _] = DESK.auth() else {
        panic!("five schemes");
    };
    let entered = read(
        &DESK,
        DESK.base_url(),
        token,
        &form(&[("setting.site", "acme"), ("credential.token", " t0ken\n ")]),
    );
    let entered = entered.unwrap();
    assert_eq!(entered.settings["site"], "acme");
    let Credential::Token { token } = entered.credential else {
        panic!("a token");
    };
    assert_eq!(token.expose(), "t0ken");

    let pairs = [
        ("setting.site", "acme"),
        ("credential.username", "ada "),
        ("credential.password", " blank "),
    ];
    let entered = read(&DESK, DESK.base_url(), basic, &form(&pairs)).unwrap();
    let Credential::Basic { username, password } = entered.credential else {
        panic!("a user");
    };
    assert_eq!((username.as_str(), password.expose()), ("ada", " blank "));

    let pairs = [
        ("setting.site", "acme"),
        ("credential.app", "app"),
        ("credential.key", "k3y"),
        ("credential.other", "not asked for"),
    ];
    let entered = read(&DESK, DESK.base_url(), custom, &form(&pairs)).unwrap();
    assert!(custom.takes(&entered.credential));
    let Credential::Custom { fields } = entered.credential else {
        panic!("fields");
    };
    let names: Vec<_> = fields.keys().map(String::as_str).collect();
    assert_eq!(names, ["app", "key"]);

    // The provider gives the credential, and the site is asked for before.
    let entered = read(
        &DESK,
        DESK.base_url(),
        oauth2,
        &form(&[("setting.site", "acme")]),
    )
    .unwrap();
    assert!(matches!(entered.credential, Credential::None));
    assert_eq!(entered.settings["site"], "acme");
}

#[test]
fn says_at_each_field_what_is_wrong_and_keeps_no_secret() {
    let basic = &DESK.auth()[1];
    let pairs = [
        ("setting.site", "acme/evil"),
        ("credential.username", " "),
        ("credential.password", "two\nlines"),
    ];
    let wrong = read(&DESK, DESK.base_url(), basic, &form(&pairs)).unwrap_err();
    let told: Vec<_> = wrong
        .iter()
        .map(|field| {
            let error = field.error.as_deref().unwrap_or_default();
            (field.name.as_str(), field.value.as_str(), error)
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "setting.site",
                "acme/evil",
                "Site must be a host name or a part of one: letters, digits, hyphens and dots"
            ),
            ("credential.username", "", "User name is missing"),
            (
                "credential.password",
                "",
                "Password must be one line of text"
            ),
        ]
    );
}

#[test]
fn names_settings_for_people() {
    let fields = fields(&DESK, DESK.base_url(), &DESK.auth()[0]);
    assert_eq!(fields[0].label, "Site");
    assert_eq!(
        fields[0].hint.as_deref(),
        Some("Part of the address https://{site}.helpdesk.example/api")
    );
    assert_eq!(fields[1].label, "Personal access token");
}
