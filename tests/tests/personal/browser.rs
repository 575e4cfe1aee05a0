//! A real browser goes from the link to the provider and back.

use plugwright_sdk::json;
use plugwright_tests_browser::Browser;
use plugwright_tests_browser::thirtyfour::{By, Key};
use plugwright_tests_oauth::{Answer, answer_in};

use crate::world::{World, text};

async fn until_heading(browser: &Browser, text: &str) {
    let expression = format!("document.querySelector('h1')?.textContent.trim() === {text:?}");
    browser.until(&expression).await;
}

#[tokio::test]
async fn an_account_is_connected_in_a_browser_and_another_is_not() {
    let world = World::new().await;
    let browser = Browser::start().await;
    let token = world.token(&["signed"], &["default"]).await;
    for (alias, answer, status, ends) in [
        ("yes", Answer::Allow, "connected", "Signed is connected"),
        ("no", Answer::Deny, "failed", "Signed was not connected"),
    ] {
        let body = json!({ "alias": alias, "authorizationOptionIds": ["tasks.read"] });
        let begun = world
            .post(&token, "/v1/connections/signed/connect", body)
            .await;
        let begun = begun.ok()["data"].take();
        browser
            .goto(text(&begun["authorizationUrl"]))
            .await
            .unwrap();
        until_heading(&browser, "Connect your Signed account").await;
        let page = browser.source().await.unwrap();
        assert!(page.contains("Read your tasks"), "{page}");
        assert!(!page.contains("Change your tasks"), "{page}");
        let go_on = browser.find(By::Css("form button")).await.unwrap();
        go_on.focus().await.unwrap();
        browser.press(Key::Enter).await;
        answer_in(&browser, "ada", answer).await;
        until_heading(&browser, ends).await;
        let mut complaints = browser.complaints().await;
        // What it says of the provider's pages is not about these.
        complaints.retain(|complaint| complaint.starts_with(world.gateway.url()));
        assert_eq!(complaints, Vec::<String>::new());
        let request = format!(
            "/v1/connection-requests/{}",
            text(&begun["connectionRequestId"])
        );
        let request = world.get(&token, &request).await.ok();
        assert_eq!(request["data"]["status"], status);
        // Nothing of it stays where others could read it.
        let address = browser.current_url().await.unwrap();
        assert!(!address.as_str().contains("s3cret"), "{address}");
    }
    let listed = world.get(&token, "/v1/connections").await.ok();
    let listed = listed["data"].as_array().unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0]["alias"], "yes");
}
