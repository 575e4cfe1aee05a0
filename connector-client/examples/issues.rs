//! Lists the open issues of a repository through a gateway.
//!
//! ```sh
//! plugwright serve --dev &
//! PLUGWRIGHT_URL=http://127.0.0.1:3000 cargo run --example issues -- octocat/Hello-World
//! ```
//!
//! `PLUGWRIGHT_TOKEN` is the gateway's token, if it asks for one. With `--mock` the gateway answers with
//! recorded traffic, and needs no connection to GitHub.

use std::env;
use std::error::Error;
use std::time::Duration;

use plugwright_client::{Connector, ErrorCode};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Issue {
    number: u64,
    title: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (flags, names): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|text| text == "--mock");
    let [repo] = names.as_slice() else {
        return Err("usage: issues [--mock] OWNER/REPOSITORY".into());
    };
    let url = env::var("PLUGWRIGHT_URL").unwrap_or_else(|_| "http://127.0.0.1:3000".to_owned());
    let builder = Connector::builder()
        .base_url(format!("{url}/v1"))
        .deadline(Duration::from_mins(1));
    let client = match env::var("PLUGWRIGHT_TOKEN") {
        Ok(token) => builder.api_key(token),
        Err(_) => builder.without_api_key(),
    };
    let client = client.build()?;

    let mut action = client
        .action("github.issues.list")
        .input(json!({ "repo": repo }));
    if !flags.is_empty() {
        action = action.mock();
    }
    let mut issues = action.items::<Issue>();
    while let Some(issue) = issues.next().await {
        match issue {
            Ok(Issue { number, title }) => println!("#{number} {title}"),
            Err(error) if *error.code() == ErrorCode::ConnectionNotFound => {
                return Err("the gateway has no connection to GitHub; try --mock".into());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
