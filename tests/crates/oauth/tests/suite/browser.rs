//! A browser goes through the authorization server's pages.

use plugwright_tests_browser::Browser;
use plugwright_tests_oauth::{Answer, AuthorizationServer, Client, Settings, answer_in};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

/// Answers any request with a page.
async fn redirect_target() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 8192];
            drop(stream.read(&mut request).await);
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 19\r\n\
                          connection: close\r\n\r\n<title>Back</title>";
            drop(stream.write_all(answer.as_bytes()).await);
        }
    });
    Url::parse(&format!("http://{address}/callback")).unwrap()
}

#[tokio::test]
async fn signs_in_and_says_yes_or_no() {
    let settings = Settings::new(vec![Client::new("plugwright", "s3cret", "/callback")]);
    let server = AuthorizationServer::start(&settings.scopes(&["tasks.read", "tasks.write"])).await;
    let (target, browser) = (redirect_target().await, Browser::start().await);
    for (scope, answer, told) in [
        ("tasks.read", Answer::Allow, "code="),
        ("tasks.write", Answer::Deny, "error=access_denied"),
    ] {
        let mut url = server.authorization_endpoint();
        url.query_pairs_mut()
            .append_pair("client_id", "plugwright")
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", target.as_str())
            .append_pair("scope", scope)
            .append_pair(
                "code_challenge",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            )
            .append_pair("code_challenge_method", "S256");
        browser.goto(url.as_str()).await.unwrap();
        answer_in(&browser, "ada", answer).await;
        browser.until_title("Back").await;
        let back = browser.current_url().await.unwrap();
        assert_eq!(back.port(), target.port());
        assert!(back.query().unwrap().contains(told), "{back}");
    }
}
