//! Calls actions with generated types.

#![deny(warnings)]

mod actions;

use actions::github::issues;
use plugwright_client::{Connector, Error};

async fn titles(client: &Connector) -> Result<Vec<String>, Error> {
    let input = issues::ListInput {
        state: Some(issues::ListInputState::Open),
        ..issues::ListInput::new("octocat/Hello-World")
    };
    let first = issues::list(client, &input).await?;
    let mut titles: Vec<_> = first.into_iter().map(|issue| issue.title).collect();
    // All pages, with the types of one.
    let all = client.action(issues::LIST).input(&input);
    let mut all = all.items::<<issues::ListOutput as IntoIterator>::Item>();
    while let Some(issue) = all.next().await {
        titles.push(issue?.title);
    }
    Ok(titles)
}

fn written(input: &impl serde::Serialize) -> String {
    serde_json::to_string(input).expect("JSON")
}

fn main() {
    let _ = titles;
    let list = issues::ListInput::new("octocat/Hello-World");
    assert_eq!(written(&list), r#"{"repo":"octocat/Hello-World"}"#);

    // Left out, cleared and set are three things.
    use actions::gitlab::issues::UpdateInput;
    let update = UpdateInput {
        milestone_id: Some(None),
        ..UpdateInput::new("group/name", 7)
    };
    let expected = r#"{"project":"group/name","issue_iid":7,"milestone_id":null}"#;
    assert_eq!(written(&update), expected);
    println!("as written");
}
