//! A person's way through sign-in and consent, in a browser.

use plugwright_tests_browser::Browser;
use plugwright_tests_browser::thirtyfour::{By, Key};

use crate::{Answer, PASSWORD};

/// Signs in and answers in a browser that is at the server's page for it, by keyboard. A browser
/// that is signed in already is asked for the answer alone. Returns when the browser has been sent
/// on.
pub async fn answer_in(browser: &Browser, account: &str, answer: Answer) {
    browser
        .until("['Sign in', 'Allow access'].includes(document.title)")
        .await;
    if title(browser).await == "Sign in" {
        focus(browser, "[name=account]").await;
        browser.write(account).await;
        browser.press(Key::Tab).await;
        browser.write(PASSWORD).await;
        browser.press(Key::Enter).await;
        browser.until_title("Allow access").await;
    }
    let button = match answer {
        Answer::Allow => "[value=allow]",
        Answer::Deny => "[value=deny]",
    };
    focus(browser, button).await;
    browser.press(Key::Enter).await;
    browser.until("document.title !== 'Allow access'").await;
}

async fn title(browser: &Browser) -> String {
    browser.title().await.expect("a page with a title")
}

async fn focus(browser: &Browser, selector: &'static str) {
    let element = browser.find(By::Css(selector)).await;
    let element = element.unwrap_or_else(|error| panic!("{selector}: {error}"));
    element.focus().await.expect("it takes the focus");
}
