//! `profile`.

use super::{Lab, ran, read};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_is_added_used_and_removed() {
    let lab = Lab::open().await;
    let url = lab.gateway.url();
    let run = async |arguments: &[&str]| ran(&mut lab.command(arguments)).await;
    assert_eq!(run(&["profile", "list"]).await.out, "(empty)\n");
    let add = [
        "profile",
        "add",
        "work",
        "--gateway",
        url,
        "--token",
        &lab.token,
    ];
    let added = run(&add).await;
    assert_eq!(added.exit, 0, "{}", added.err);
    assert_eq!(run(&add).await.exit, 1, "the name is taken");

    let file = lab.home.path().join("profiles.toml");
    assert!(read(&file).contains(&lab.token));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let listed = run(&["profile", "list", "--output", "json"]).await.out;
    assert!(listed.contains("\"inUse\": false") && !listed.contains(&lab.token));

    let get = ["run", "local.things.get", "id=1", "--output", "jsonl"];
    let by_name = [&get[..], &["--profile", "work"]].concat();
    let expected = "{\"id\":1,\"name\":\"ball\"}\n";
    assert_eq!(run(&by_name).await.out, expected);
    // Not in use yet: in this process there is no credential.
    assert_eq!(run(&get).await.exit, 4);
    assert_eq!(run(&["profile", "use", "work"]).await.exit, 0);
    assert_eq!(run(&get).await.out, expected);
    assert!(run(&["profile", "list"]).await.out.contains("yes"));
    let local = [&get[..], &["--local"]].concat();
    assert_eq!(run(&local).await.exit, 4);
    assert_eq!(run(&["profile", "use"]).await.exit, 0);
    assert_eq!(run(&get).await.exit, 4);

    assert_eq!(run(&["profile", "use", "work"]).await.exit, 0);
    assert_eq!(run(&["profile", "remove", "work"]).await.exit, 0);
    assert_eq!(run(&get).await.exit, 4);
    for line in [["profile", "use", "work"], ["profile", "remove", "work"]] {
        let missing = run(&line).await;
        assert_eq!(missing.exit, 3, "{}", missing.err);
    }
    assert!(!read(&file).contains(&lab.token));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_goes_only_to_its_own_gateway() {
    let (lab, other) = (Lab::open().await, Lab::open().await);
    let url = lab.gateway.url();
    let add = [
        "profile",
        "add",
        "work",
        "--gateway",
        url,
        "--token",
        &lab.token,
    ];
    assert_eq!(ran(&mut lab.command(&add)).await.exit, 0);
    let used = ran(&mut lab.command(&["profile", "use", "work"])).await;
    assert_eq!(used.exit, 0);

    // The gateway of an argument or the environment, and the token of the profile.
    let elsewhere = other.gateway.url();
    let named = ran(&mut lab.command(&["list", "--gateway", elsewhere])).await;
    assert_eq!(named.exit, 2, "{}", named.err);
    assert!(named.err.contains("PLUGWRIGHT_TOKEN"), "{}", named.err);
    let mut command = lab.command(&["list"]);
    command.env("PLUGWRIGHT_GATEWAY", elsewhere);
    assert_eq!(ran(&mut command).await.exit, 2);
    // The gateway of the profile, and the token of the environment.
    let mut command = lab.command(&["list"]);
    command.env("PLUGWRIGHT_TOKEN", &other.token);
    let listed = ran(&mut command).await;
    assert_eq!(listed.exit, 0, "{}", listed.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_profile_is_refused_and_no_token_is_shown() {
    let lab = Lab::open().await;
    let url = lab.gateway.url();
    for arguments in [
        &["profile", "add", "a b", "--gateway", url][..],
        &["profile", "add", "work"],
        &["profile", "add", "work", "--gateway", "ftp://example.com"],
        &["list", "--profile", "work", "--gateway", url],
        &["list", "--local", "--gateway", url],
        &["config", "--gateway", url],
        &["runs", "--local"],
    ] {
        let refused = ran(&mut lab.command(arguments)).await;
        assert_eq!(refused.exit, 4, "{arguments:?}: {}", refused.err);
    }
    let file = lab.home.path().join("profiles.toml");
    std::fs::write(&file, "in_use = \"a\"\ntoken pw_secret").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let chmod =
            |mode| std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        chmod(0o644);
        let open = ran(&mut lab.command(&["list"])).await;
        assert_eq!(open.exit, 1);
        assert!(open.err.contains("open to other users"), "{}", open.err);
        assert!(!open.err.contains("pw_secret"), "{}", open.err);
        chmod(0o600);
    }
    let broken = ran(&mut lab.command(&["list"])).await;
    assert_eq!(broken.exit, 1);
    assert!(broken.err.contains("profiles.toml"), "{}", broken.err);
    assert!(!broken.err.contains("pw_secret"), "{}", broken.err);
}
