//! Where servers are, how projects and files are named, and what is refused unsent.

use std::sync::Arc;

use plugwright_gitlab::{CONNECTOR, ProjectRef, jobs, projects};
use plugwright_sdk::host::Registry;
use plugwright_sdk::http::HeaderMap;
use plugwright_sdk::testing::{Canned, MockContext, block_on};
use plugwright_sdk::transport::{Plan, Response};
use plugwright_sdk::{ActionContext, ErrorCode, Value, json, run};

/// The URL of the request that an action would make.
fn planned(name: &str, input: Value, base_url: Option<&str>) -> String {
    let registry = Registry::new([&CONNECTOR]).unwrap();
    let action = registry.find(&format!("gitlab.{name}")).unwrap().action;
    let plan = Arc::new(Plan::new());
    let cx = ActionContext::builder(&CONNECTOR, plan.clone())
        .credential(CONNECTOR.auth()[0].placeholder());
    let cx = match base_url {
        Some(url) => cx.setting("base_url", url),
        None => cx,
    };
    block_on(run(&*action, &cx.build(), input)).unwrap_err();
    plan.requests()[0].url.clone()
}

#[test]
fn a_server_of_ones_own_may_stand_below_a_path() {
    for (base_url, url) in [
        (None, "https://gitlab.com/api/v4/user"),
        (
            Some("https://git.example.com"),
            "https://git.example.com/api/v4/user",
        ),
        (
            Some("https://example.com/gitlab/"),
            "https://example.com/gitlab/api/v4/user",
        ),
    ] {
        assert_eq!(planned("users.me", json!({}), base_url), url);
    }
    let faults = CONNECTOR.check_settings(&[("base_url".into(), "git.example.com".into())].into());
    assert_eq!(faults[0].param, "base_url");
}

#[test]
fn paths_of_projects_and_files_are_one_segment() {
    for (name, input, path) in [
        (
            "projects.get",
            json!({ "project": "a/b.c/d-e" }),
            "projects/a%2Fb.c%2Fd-e",
        ),
        ("projects.get", json!({ "project": "7" }), "projects/7"),
        (
            "files.get",
            json!({ "project": "a/b", "path": "src/my file.rs" }),
            "projects/a%2Fb/repository/files/src%2Fmy%20file.rs?ref=HEAD",
        ),
        (
            "tags.get",
            json!({ "project": "a/b", "tag_name": "app/v1?" }),
            "projects/a%2Fb/repository/tags/app%2Fv1%3F",
        ),
    ] {
        let url = planned(name, input, None);
        assert_eq!(url, format!("https://gitlab.com/api/v4/{path}"), "{name}");
    }
}

#[test]
fn what_names_no_project_is_refused_unsent() {
    for project in ["", "name", "a//b", "a/b?x", "https://gitlab.com/a/b"] {
        let cx = MockContext::new(&CONNECTOR, []);
        let registry = Registry::new([&CONNECTOR]).unwrap();
        let action = registry.find("gitlab.projects.get").unwrap().action;
        let error = block_on(run(&*action, &cx, json!({ "project": project }))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ValidationError, "{project}");
        assert_eq!(error.param(), Some("project"), "{project}");
        assert!(cx.sent().is_empty());
    }
}

#[test]
fn a_log_is_cut_from_its_end() {
    let log = Canned::new(|_| Ok(Response::new(200, HeaderMap::new(), "1\n2\n3\n")));
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(log))
        .credential(CONNECTOR.auth()[0].placeholder())
        .build();
    for (lines, text) in [(2, "2\n3"), (9, "1\n2\n3")] {
        let project = ProjectRef("1".to_owned());
        let log = block_on(jobs::get_log(&cx, project, jobs::JobId(7), lines)).unwrap();
        assert_eq!((log.text.as_str(), log.total_lines), (text, 3));
    }
}

#[test]
fn a_line_of_a_log_has_no_codes() {
    for (line, plain) in [
        ("\u{1b}[0K\u{1b}[32;1mok\u{1b}[0;m done", "ok done"),
        ("50 %\r100 %\r\r", "100 %"),
        (
            "section_start:1700000000:get\r\u{1b}[0K\u{1b}[36;1mGetting source\u{1b}[0;m",
            "Getting source",
        ),
        ("\u{e9}\u{1b}", "\u{e9}"),
    ] {
        let log =
            Canned::new(move |_| Ok(Response::new(200, HeaderMap::new(), format!("{line}\n"))));
        let cx = ActionContext::builder(&CONNECTOR, Arc::new(log))
            .credential(CONNECTOR.auth()[0].placeholder())
            .build();
        let project = ProjectRef("1".to_owned());
        let log = block_on(jobs::get_log(&cx, project, jobs::JobId(7), 9)).unwrap();
        assert_eq!(log.text, plain);
    }
}

#[test]
fn a_project_that_gitlab_tells_little_of_can_be_read() {
    let little = json!({ "id": 7, "name": "lamp", "path_with_namespace": "a/lamp", "web_url": "https://gitlab.com/a/lamp" });
    let cx = MockContext::new(&CONNECTOR, [(200, little)]);
    let project = block_on(projects::get(&cx, ProjectRef("7".to_owned()))).unwrap();
    assert_eq!((project.visibility, project.default_branch), (None, None));
}

#[test]
fn a_credential_is_known_by_its_username() {
    let identity = CONNECTOR.identity().unwrap();
    let account = identity.account(&json!({ "id": 7, "username": "ada" }));
    let account = account.unwrap();
    assert_eq!((account.id.as_str(), account.label.as_str()), ("7", "ada"));
    assert!(
        identity
            .account(&json!({ "message": "401 Unauthorized" }))
            .is_none()
    );
}
