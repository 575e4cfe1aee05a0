//! `list`, `show` and `search`.

use plugwright_sdk::{Value, json};

use super::{Lab, ran};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_there_is_is_told_alike() {
    let lab = Lab::open().await;
    for line in [
        "list",
        "list|local",
        "list|--output|json",
        "show|local",
        "show|local|--output|json",
        "show|free",
        "search|thing",
        "search|puts thing|--limit|2|--output|json",
        "search|xyzzy",
        "list|lokal",
        "list|lokal|--output|json",
        "show|local.things.lst",
    ] {
        let (here, there) = (lab.here(line).await, lab.there(line).await);
        assert_eq!(there, here, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_is_shown_alike_but_for_the_example() {
    let lab = Lab::open().await;
    for action in ["things.list", "list-things", "things.get", "things.put"] {
        let json = format!("show|local.{action}|--output|json");
        let read = |text: &str| -> Value { text.parse().expect("JSON") };
        let (mut here, mut there) = (
            read(&lab.here(&json).await.out),
            read(&lab.there(&json).await.out),
        );
        for shown in [&mut here, &mut there] {
            let example = shown["example"].take();
            let example = example.as_str().expect("an example").to_owned();
            assert!(
                example.starts_with("plugwright-fixture run local.things."),
                "{example}"
            );
        }
        assert_eq!(there, here, "{action}");
        for form in ["text", "markdown"] {
            let line = format!("show|local.{action}|--output|{form}");
            let (here, there) = (lab.here(&line).await, lab.there(&line).await);
            let before = |text: &str| text.split("Example").next().map(str::to_owned);
            assert_eq!(before(&there.out), before(&here.out), "{line}");
        }
    }
    let page = lab.there("show|local|--output|markdown").await;
    assert_eq!((page.exit, page.out.as_str()), (4, ""));
    assert!(page.err.contains("on a gateway"), "{}", page.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_token_may_not_call_is_not_there() {
    let lab = Lab::with(json!({ "actions": ["local.*"], "effects": ["read"] })).await;
    let listed = lab.there("list").await;
    assert!(listed.out.contains("local.things.list"), "{}", listed.out);
    assert!(!listed.out.contains("create") && !listed.out.contains("free"));
    let shown = lab.there("show|local.things.create").await;
    assert_eq!((shown.exit, shown.out.as_str()), (3, ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_stands_before_or_after_the_command() {
    let lab = Lab::open().await;
    let url = lab.gateway.url();
    let file = lab.file("token");
    std::fs::write(&file, format!("{}\n", lab.token)).unwrap();
    let expected = lab.there("list|free").await;
    assert_eq!(expected.exit, 0, "{}", expected.err);
    for arguments in [
        &["--gateway", url, "--token", &lab.token, "list", "free"][..],
        &["list", "free", "--gateway", url, "--token", &lab.token],
        &["--gateway", url, "list", "--token-file", &file, "free"],
    ] {
        assert_eq!(ran(&mut lab.command(arguments)).await, expected);
    }
    let operator = lab.command(&[
        "--gateway",
        url,
        "--token",
        plugwright_tests::gateway::OPERATOR,
        "runs",
    ]);
    let mut operator = operator;
    assert_eq!(ran(&mut operator).await.exit, 0);
    let caller = ran(&mut lab.command(&["--gateway", url, "--token", &lab.token, "runs"])).await;
    assert_eq!(caller.exit, 2, "{}", caller.err);

    let nobody = ran(&mut lab.command(&["list", "--gateway", url])).await;
    assert_eq!((nobody.exit, nobody.out.as_str()), (2, ""));
    assert!(nobody.err.contains("PLUGWRIGHT_TOKEN"), "{}", nobody.err);
    let wrong = ran(&mut lab.command(&["list", "--gateway", url, "--token", "pw_wrong"])).await;
    assert_eq!(wrong.exit, 2);
    assert!(!wrong.err.contains("pw_wrong"), "{}", wrong.err);
    let nowhere = ran(&mut lab.command(&["list", "--token", "pw_x"])).await;
    assert_eq!(nowhere.exit, 4, "{}", nowhere.err);
    let gone = ["list", "--gateway", "http://127.0.0.1:1", "--token", "x"];
    let gone = ran(&mut lab.command(&gone)).await;
    assert_eq!(gone.exit, 1);
    assert!(gone.err.contains("can't be reached"), "{}", gone.err);
}
