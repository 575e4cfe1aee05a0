//! The browser does what tests rely on.
#![cfg(unix)]

use plugwright_tests_browser::thirtyfour::Key;
use plugwright_tests_browser::{Browser, Display, Scheme};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const PAGE: &str = r#"<!doctype html><html lang="en"><title>A page</title>
<meta name="viewport" content="width=device-width">
<style>
  :root { color-scheme: light dark }
  body { background: white; color: black }
  @media (prefers-color-scheme: dark) { body { background: black; color: white } }
  :focus-visible { outline: 3px solid }
</style>
<main><h1>A page</h1>
<form action="/sent"><label>Word <input name="word"></label> <button>Send</button></form></main>"#;

const POOR: &str = r#"<!doctype html><html lang="en"><title>A poor page</title>
<main><h1>Poor</h1><p style="color: #ccc; background: #fff">Pale</p><input name="nameless">
<div style="width: 2000px">Wide</div></main><script src="/missing.js"></script>"#;

const SEEN: &str = "return [innerWidth, getComputedStyle(document.body).backgroundColor].join();";

/// Serves the pages and returns their address.
async fn site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = vec![0; 4096];
                let read = stream.read(&mut request).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..read]).into_owned();
                let body = match request.split(' ').nth(1) {
                    Some("/") => PAGE,
                    Some("/poor") => POOR,
                    _ => "<!doctype html><title>Sent</title>",
                };
                let status = if request.contains("missing") {
                    "404 Not Found"
                } else {
                    "200 OK"
                };
                let answer = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\
                     connection: close\r\n\r\n{body}",
                    body.len()
                );
                drop(stream.write_all(answer.as_bytes()).await);
            });
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn goes_through_a_form_by_keyboard() {
    let (site, browser) = (site().await, Browser::start().await);
    browser.goto(format!("{site}/")).await.unwrap();
    let order = browser.tab_through().await;
    let names: Vec<_> = order.iter().map(|at| at.name.as_str()).collect();
    assert_eq!(names, ["Word", "Send"]);
    assert!(order.iter().all(|at| at.is_outlined), "{order:?}");

    browser.press(Key::Tab).await;
    browser.write("a word").await;
    browser.press(Key::Enter).await;
    browser.until_title("Sent").await;
    let url = browser.current_url().await.unwrap();
    assert_eq!(url.query(), Some("word=a+word"));
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn shows_pages_at_any_width_in_light_and_dark() {
    let (site, browser) = (site().await, Browser::start().await);
    for display in Display::all() {
        browser.display(display).await;
        browser.goto(format!("{site}/")).await.unwrap();
        let seen = browser.execute(SEEN, Vec::new()).await.unwrap();
        let ground = match display.scheme {
            Scheme::Light => "rgb(255, 255, 255)",
            Scheme::Dark => "rgb(0, 0, 0)",
        };
        assert_eq!(seen.json(), &format!("{},{ground}", display.width));
        assert!(!browser.scrolls_sideways().await);
        assert!(browser.picture(display).await.starts_with(b"\x89PNG"));
    }
}

#[tokio::test]
async fn finds_what_keeps_people_from_using_a_page() {
    let (site, browser) = (site().await, Browser::start().await);
    browser.display(Display::phone(Scheme::Light)).await;
    browser.goto(format!("{site}/")).await.unwrap();
    let found = browser.violations().await;
    assert!(found.is_empty(), "{found:?}");

    browser.goto(format!("{site}/poor")).await.unwrap();
    let found = browser.violations().await;
    let rules: Vec<_> = found.iter().map(|broken| broken.rule.as_str()).collect();
    assert!(rules.contains(&"color-contrast"), "{found:?}");
    assert!(rules.contains(&"label"), "{found:?}");
    assert!(browser.scrolls_sideways().await);
    let complaints = browser.complaints().await;
    assert!(
        complaints.iter().any(|one| one.contains("missing.js")),
        "{complaints:?}"
    );
}
