//! A real browser goes from the link to the provider and back.

use plugwright_sdk::json;
use plugwright_tests_browser::Browser;
use plugwright_tests_browser::thirtyfour::{By, Key};
use plugwright_tests_oauth::{Answer, answer_in};

use crate::personal::world::{World, keyed_api, text};

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

/// Goes on with Tab to what a screen reader calls so.
async fn tab_to(browser: &Browser, name: &str) {
    for _ in 0..40 {
        browser.press(Key::Tab).await;
        if let Some(focused) = browser.focused().await
            && focused.name == name
        {
            assert!(focused.is_outlined, "{focused:?}");
            return;
        }
    }
    panic!("no Tab leads to {name}");
}

#[tokio::test]
async fn a_key_is_refused_corrected_and_used_by_keyboard_alone() {
    let (world, api, browser) = (
        World::new().await,
        keyed_api().await,
        Browser::start().await,
    );
    let token = world.token(&["keyed"], &["default"]).await;
    let body = json!({ "alias": "work" });
    let begun = world.post(&token, "/v1/connections/keyed/connect", body);
    let begun = begun.await.ok()["data"].take();
    let page = text(&begun["authorizationUrl"]);
    browser.goto(&page).await.unwrap();
    until_heading(&browser, "Connect your Keyed account").await;
    tab_to(&browser, "Base URL").await;
    browser.write(&format!("http://{}", api.address())).await;
    browser.press(Key::Tab).await;
    assert_eq!(browser.focused().await.unwrap().name, "API key");
    browser.write("wr0ng-key").await;
    browser.press(Key::Enter).await;

    // The page comes again with what is wrong, and without the key.
    browser.until("document.title.startsWith('Error: ')").await;
    let refused = browser.source().await.unwrap();
    assert!(!refused.contains("wr0ng-key"), "{refused}");
    let focused = browser.focused().await.unwrap();
    assert!(
        focused.name.starts_with("Check what you entered"),
        "{focused:?}"
    );
    let request = format!(
        "/v1/connection-requests/{}",
        text(&begun["connectionRequestId"])
    );
    let open = world.get(&token, &request).await.ok();
    assert_eq!(open["data"]["status"], "initiated");
    let address = browser.current_url().await.unwrap();
    assert!(!address.as_str().contains("wr0ng-key"), "{address}");

    // What is not secret is still there.
    tab_to(&browser, "API key").await;
    browser.write("good-key").await;
    browser.press(Key::Enter).await;
    until_heading(&browser, "Keyed is connected").await;
    let last = browser.source().await.unwrap();
    assert!(last.contains("ada of the tests"), "{last}");
    assert!(!last.contains("good-key"), "{last}");
    let mut complaints = browser.complaints().await;
    // A refusal has the status of one, which the browser tells.
    complaints.retain(|complaint| !complaint.contains("status of 4"));
    assert_eq!(complaints, Vec::<String>::new());
    let done = world.get(&token, &request).await.ok();
    assert_eq!(done["data"]["status"], "connected");
    let called = world.gateway.call(&token, "keyed.me.get", &json!({})).await;
    assert_eq!(called.unwrap().ok()["data"]["account"], "ada");
}
