//! The pages in a real browser: by keyboard, on phone and desk, in light and dark, and as axe-core
//! sees them.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use plugwright_tests_browser::thirtyfour::{By, Key};
use plugwright_tests_browser::{Browser, Display};
use tokio::net::TcpListener;
use url::Url;

use super::super::assets;
use super::super::end::{End, EndPage};
use super::super::headers::protected;
use super::samples::{self, NAMES, SITE};
use crate::icons;

/// The pages, served.
struct Served {
    url: Url,
    /// What forms sent: path and body.
    sent: Arc<Mutex<Vec<String>>>,
}

impl Served {
    async fn start() -> Self {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = Url::parse(&format!("http://{address}/")).unwrap();
        let keep = |path: &'static str, log: &Arc<Mutex<Vec<String>>>| {
            let log = Arc::clone(log);
            move |body: String| async move {
                log.lock().unwrap().push(format!("{path} {body}"));
            }
        };
        let (continued, cancelled) = (keep("sent", &sent), keep("cancelled", &sent));
        let provider = url.join("provider").unwrap();
        let pages = Router::new()
            .route(
                "/pages/{name}",
                get(async |Path(name): Path<String>| {
                    samples::page(&name).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
                }),
            )
            .route(
                "/sent",
                post(move |body: String| async move {
                    let goes_on = body.contains("scheme=oauth2");
                    continued(body).await;
                    if goes_on {
                        samples::going_on(&provider)
                    } else {
                        samples::problems()
                    }
                }),
            )
            .route(
                "/cancelled",
                post(move |body: String| async move {
                    cancelled(body).await;
                    EndPage::new(SITE, End::Cancelled).response()
                }),
            );
        let provider = get(async || {
            let html =
                "<!doctype html><html lang=en><title>Provider</title><link rel=icon href=data:,>";
            ([("content-type", "text/html")], html)
        });
        let router = protected(pages)
            .merge(assets::router())
            .merge(icons::router())
            .route("/provider", provider);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, sent }
    }

    fn page(&self, name: &str) -> String {
        self.url.join(&format!("pages/{name}")).unwrap().into()
    }

    fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }
}

/// Returns the names of what the Tab key reaches, in order, and checks that each shows it.
async fn reached(browser: &Browser) -> Vec<String> {
    let order = browser.tab_through().await;
    let hidden: Vec<_> = order.iter().filter(|at| !at.is_outlined).collect();
    assert!(hidden.is_empty(), "no outline: {hidden:?}");
    order.into_iter().map(|at| at.name).collect()
}

#[tokio::test]
async fn goes_on_to_the_provider_by_keyboard() {
    let (served, browser) = (Served::start().await, Browser::start().await);
    browser.goto(served.page("consent")).await.unwrap();
    assert_eq!(
        reached(&browser).await,
        ["github.com", "Continue to GitHub", "Cancel"]
    );
    browser.tab_to("Continue to GitHub").await;
    browser.press(Key::Enter).await;
    // The page in between goes on by itself.
    browser.until_title("Provider").await;
    assert_eq!(served.sent(), ["sent csrf=of-this-form&scheme=oauth2"]);
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn says_no_by_keyboard_whatever_is_filled_in() {
    let (served, browser) = (Served::start().await, Browser::start().await);
    browser.goto(served.page("form")).await.unwrap();
    browser.tab_to("Cancel").await;
    browser.press(Key::Enter).await;
    browser.until_title("The account was not connected").await;
    assert_eq!(served.sent(), ["cancelled csrf=of-this-form"]);
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn fills_a_form_by_keyboard_and_is_led_to_what_is_wrong() {
    let (served, browser) = (Served::start().await, Browser::start().await);
    browser.goto(served.page("form")).await.unwrap();
    assert_eq!(
        reached(&browser).await,
        [
            "helpdesk.example",
            "Personal access token",
            "Name and password",
            "App key",
            "Sign in at Helpdesk",
            "Site",
            "Personal access token",
            "Connect Helpdesk",
            "Cancel",
        ]
    );
    browser.tab_to("Site").await;
    browser.write("acme").await;
    browser.press(Key::Tab).await;
    browser.write("t0ken").await;
    browser.press(Key::Enter).await;
    browser.until("document.title.startsWith('Error: ')").await;
    assert_eq!(
        served.sent(),
        ["sent csrf=of-this-form&scheme=bearer_token&setting.site=acme&credential.token=t0ken"]
    );

    // The answer is the page with problems: its summary has the focus, and leads to the fields.
    let focused = browser.focused().await.unwrap();
    assert!(
        focused.name.starts_with("Check what you entered"),
        "{focused:?}"
    );
    browser.press(Key::Tab).await;
    browser.press(Key::Enter).await;
    browser
        .until("document.activeElement.id === 'setting.site'")
        .await;
    assert_eq!(browser.focused().await.unwrap().name, "Site");
    let site = browser.find(By::Id("setting.site")).await.unwrap();
    let attribute = async |name: &str| site.attr(name).await.unwrap().unwrap_or_default();
    assert_eq!(attribute("aria-invalid").await, "true");
    assert_eq!(
        attribute("aria-describedby").await,
        "setting.site.hint setting.site.error"
    );
    // That an answer is no success is all that the browser has to say.
    let complaints = browser.complaints().await;
    let about_status = |one: &String| one.contains("422");
    assert!(complaints.iter().all(about_status), "{complaints:?}");
}

/// Where pictures of the pages are wanted, for people to look at: a directory.
fn pictures() -> Option<PathBuf> {
    env::var_os("PLUGWRIGHT_PAGE_PICTURES").map(PathBuf::from)
}

const SMALL_TARGETS: &str = r"
return [...document.querySelectorAll('main a, button, input:not([type=hidden])')]
  .filter((at) => !at.closest('.problems'))
  .filter((at) => at.getBoundingClientRect().height < 44)
  .map((at) => at.outerHTML).join();
";

#[tokio::test]
async fn every_page_can_be_used_by_all_on_every_display() {
    let (served, browser) = (Served::start().await, Browser::start().await);
    for display in Display::all() {
        browser.display(display).await;
        for name in NAMES {
            browser.goto(served.page(name)).await.unwrap();
            let on = format!("{name} on {display:?}");
            let headings = browser.find_all(By::Css("main h1")).await.unwrap();
            assert_eq!(headings.len(), 1, "{on} is not there");
            assert!(!browser.scrolls_sideways().await, "{on} is too wide");
            // On a phone nothing else is said, in no other colours.
            if display == Display::desktop(display.scheme) {
                let found = browser.violations().await;
                assert!(found.is_empty(), "{on}: {found:#?}");
            }
            let small = browser.execute(SMALL_TARGETS, Vec::new()).await.unwrap();
            assert_eq!(small.json(), "", "{on} has small targets");
            let complaints = browser.complaints().await;
            let about_status = |one: &String| one.contains("the server responded with a status");
            assert!(complaints.iter().all(about_status), "{on}: {complaints:?}");
            if let Some(directory) = pictures() {
                let scheme = display.scheme.name();
                let file = format!("{name}-{}-{scheme}.png", display.width);
                fs::write(directory.join(file), browser.picture(display).await).unwrap();
            }
        }
    }
}
