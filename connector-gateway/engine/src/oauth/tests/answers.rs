use plugwright_sdk::auth::{Refresh, TokenAnswer};
use serde_json::json;

use super::*;

/// The parts of a grant, for comparison.
fn shown(grant: &Grant) -> (&str, Option<&str>, Option<u64>, Option<Vec<String>>) {
    (
        grant.access_token.expose(),
        grant.refresh_token.as_ref().map(Secret::expose),
        grant.expires_in.map(|it| it.as_secs()),
        grant.scopes.clone(),
    )
}

async fn answered(auth: &Auth<'static>, reply: Reply) -> Result<Grant, OAuthError> {
    Bench::new(auth, reply).await.exchange().await
}

fn scopes(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[tokio::test]
async fn reads_the_answer_of_the_standard() {
    let body = json!({
        "access_token": "2YotnFZFEjr1zCsicMWpAA", "token_type": "example", "expires_in": 3600,
        "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA", "scope": "a b",
    });
    let grant = answered(&standard(), Reply::json(200, &body))
        .await
        .unwrap();
    assert_eq!(
        shown(&grant),
        (
            "2YotnFZFEjr1zCsicMWpAA",
            Some("tGzv3JOkF0XG5Qx2TlKWIA"),
            Some(3600),
            Some(scopes(&["a", "b"]))
        )
    );
    let grant = answered(&standard(), granted()).await.unwrap();
    assert_eq!(shown(&grant), (ACCESS, None, None, None));
}

#[tokio::test]
async fn a_token_that_takes_more_to_use_is_refused() {
    for kind in ["mac", "DPoP", "pop", "N_A"] {
        let body = json!({ "access_token": "2YotnFZFEjr1zCsicMWpAA", "token_type": kind });
        let refused = answered(&standard(), Reply::json(200, &body)).await;
        assert!(
            matches!(refused, Err(OAuthError::Unusable { .. })),
            "{kind}: {refused:?}"
        );
    }
    for kind in ["Bearer", "bot", ""] {
        let body = json!({ "access_token": "2YotnFZFEjr1zCsicMWpAA", "token_type": kind });
        let reply = Reply::json(200, &body);
        answered(&standard(), reply).await.unwrap();
    }
}

#[tokio::test]
async fn reads_a_form_whatever_its_content_type() {
    let auth = standard().token_answer(TokenAnswer::STANDARD.scope_separator(","));
    for content_type in [
        "application/x-www-form-urlencoded",
        "text/plain",
        "text/html",
    ] {
        let body = "access_token=gho_16C7%2Fx&expires_in=28800&scope=repo%2Cgist&token_type=bearer";
        let grant = answered(&auth, Reply::text(200, content_type, body))
            .await
            .unwrap();
        assert_eq!(
            shown(&grant),
            (
                "gho_16C7/x",
                None,
                Some(28800),
                Some(scopes(&["repo", "gist"]))
            )
        );
    }
}

#[tokio::test]
async fn finds_what_is_in_envelopes_and_reads_refreshes_otherwise() {
    let auth = standard()
        .scope_separator(",")
        .token_answer(
            TokenAnswer::STANDARD
                .access_token("/authed_user/access_token")
                .refresh_token("/authed_user/refresh_token")
                .expires_in("/authed_user/expires_in")
                .scope("/authed_user/scope"),
        )
        .refresh_answer(TokenAnswer::STANDARD);
    let body = json!({
        "ok": true, "access_token": "xoxb-of-the-app", "scope": "commands", "expires_in": 1,
        "authed_user": {
            "id": "U1", "scope": "chat:write,users:read", "access_token": "xoxp-of-the-person",
            "refresh_token": "xoxe-1", "expires_in": 43200,
        },
    });
    let bench = Bench::new(&auth, Reply::json(200, &body)).await;
    assert_eq!(
        shown(&bench.exchange().await.unwrap()),
        (
            "xoxp-of-the-person",
            Some("xoxe-1"),
            Some(43200),
            Some(scopes(&["chat:write", "users:read"]))
        )
    );
    let body = json!({ "ok": true, "access_token": "xoxp-2", "refresh_token": "xoxe-2" });
    bench.server.reply(Reply::json(200, &body));
    assert_eq!(
        shown(&bench.refresh().await.unwrap()),
        ("xoxp-2", Some("xoxe-2"), None, None)
    );
    // The app's own token never replaces the person's.
    let error = bench.exchange().await.unwrap_err();
    assert!(matches!(error, OAuthError::Unusable { .. }), "{error:?}");
}

#[tokio::test]
async fn lifetimes_are_numbers_or_texts_and_nothing_that_is_over_at_once() {
    let mut bench = Bench::new(&standard(), granted()).await;
    for (said, seconds) in [
        (json!(3600), Some(3600)),
        (json!("3600"), Some(3600)),
        (json!(" 3600.9 "), Some(3600)),
        (json!(3599.5), Some(3599)),
        (json!(1e300), Some(100 * 365 * 24 * 3600)),
        (json!(0), None),
        (json!(-1), None),
        (json!("soon"), None),
        (json!("NaN"), None),
        (json!(null), None),
        (json!([3600]), None),
    ] {
        let body = json!({ "access_token": ACCESS, "expires_in": said });
        bench.server.reply(Reply::json(200, &body));
        bench.scheme.lifetime = None;
        let grant = bench.exchange().await.unwrap();
        assert_eq!(grant.expires_in.map(|it| it.as_secs()), seconds, "{said}");
        bench.scheme.lifetime = Some(Duration::from_mins(5));
        let grant = bench.exchange().await.unwrap();
        let seconds = seconds.or(Some(300));
        assert_eq!(grant.expires_in.map(|it| it.as_secs()), seconds, "{said}");
    }
}

#[tokio::test]
async fn scopes_are_text_or_list_and_none_is_no_statement() {
    let bench = Bench::new(&standard(), granted()).await;
    for (said, read) in [
        (json!("a  b "), Some(scopes(&["a", "b"]))),
        (json!("a,b"), Some(scopes(&["a,b"]))),
        (json!(["a", "b", 3]), Some(scopes(&["a", "b"]))),
        (json!(""), None),
        (json!([]), None),
        (json!(null), None),
        (json!({ "a": true }), None),
    ] {
        let body = json!({ "access_token": ACCESS, "scope": said });
        bench.server.reply(Reply::json(200, &body));
        let grant = bench.exchange().await.unwrap();
        assert_eq!(grant.scopes, read, "{said}");
    }
}

#[tokio::test]
async fn a_provider_without_refresh_tokens_has_none() {
    let body = json!({ "access_token": ACCESS, "refresh_token": REFRESH });
    let never = standard().refresh(Refresh::Never);
    let grant = answered(&never, Reply::json(200, &body)).await.unwrap();
    assert!(grant.refresh_token.is_none());
    let body = json!({ "access_token": ACCESS, "refresh_token": "" });
    let grant = answered(&standard(), Reply::json(200, &body))
        .await
        .unwrap();
    assert!(grant.refresh_token.is_none());
}

#[tokio::test]
async fn an_answer_without_a_token_that_can_be_sent_is_of_no_use() {
    let bench = Bench::new(&standard(), granted()).await;
    for reply in [
        Reply(200, Vec::new(), Vec::new()),
        Reply::text(200, "text/html", "<html>access_token=</html>"),
        Reply::json(200, &json!({})),
        Reply::json(200, &json!([ACCESS])),
        Reply::json(200, &json!({ "access_token": null, "error": "" })),
        Reply::json(200, &json!({ "access_token": 17, "error": false })),
        Reply::json(200, &json!({ "access_token": "", "error": 0 })),
        Reply::json(200, &json!({ "access_token": "a\r\nb" })),
        Reply::json(200, &json!({ "access_token": "t\u{f6}ken" })),
        Reply::text(200, "application/json", "[".repeat(10_000)),
        Reply::text(200, "application/json", " ".repeat((1 << 20) + 1)),
        Reply::text(200, "application/json", "{}").with("content-encoding", "gzip"),
        Reply::text(302, "text/html", "").with("location", "/token2"),
        Reply::text(404, "text/html", "<html>not here</html>"),
        Reply::text(401, "text/plain", "Unauthorized"),
    ] {
        let status = reply.0;
        bench.server.reply(reply);
        let error = bench.exchange().await.unwrap_err();
        assert!(
            matches!(error, OAuthError::Unusable { status: said, .. } if said == status),
            "{error:?}"
        );
        assert_eq!(
            bench.server.take().len(),
            1,
            "nothing is followed or repeated"
        );
    }
}
