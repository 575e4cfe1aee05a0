//! What is read as Markdown, and written from it, in the answers of Notion.

use std::sync::Arc;

use plugwright_notion::CONNECTOR;
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::Replay;
use plugwright_sdk::{ActionContext, Cassette, Value, run};

use crate::errors::definition;

/// What a call of a cassette returns.
fn output(file: &str) -> Value {
    let cassettes = Cassette::shipped(CONNECTOR.cassettes()).unwrap();
    let cassette = cassettes
        .iter()
        .find(|one| one.action == file && one.expect.error.is_none())
        .unwrap();
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(Replay::new([cassette])))
        .credential(CONNECTOR.auth()[0].placeholder())
        .build();
    let input = Value::Object(cassette.call.input.clone());
    block_on(run(definition(file), &cx, input))
        .unwrap()
        .data
        .into_value()
}

#[test]
fn an_article_keeps_its_formats_and_links() {
    let blocks = output("blocks.list");
    assert_eq!(
        (&blocks[0]["type"], &blocks[0]["markdown"]),
        (&"unsupported".into(), &"".into())
    );
    assert_eq!(
        blocks[6]["markdown"],
        "\\[*Kara Swisher answered your questions about her column \
         [on Twitter](https://twitter.com/karaswisher/status/1054842303922298880).*\\]"
    );
}

#[test]
fn properties_of_a_page_are_flat() {
    let page = &output("data_sources.query")[0];
    assert_eq!(page["title"], "Jane Eyre and the Invention of Self");
    let properties = &page["properties"];
    assert_eq!(
        properties["Author"],
        Value::from(vec!["Karen Swallow Prior"])
    );
    assert_eq!(properties["Read"], false);
    assert_eq!(properties["Status"], "Reading");
    assert_eq!(
        properties["Publishing/Release Date"],
        "2025-10-15T13:51:08.060Z"
    );
    // It is empty.
    assert_eq!(properties.get("Summary"), None);
    assert_eq!(page["parent"]["type"], "database");
}
