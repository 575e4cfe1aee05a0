#![doc = include_str!("../README.md")]

pub mod comments;
mod fetch;
pub mod items;
mod model;
pub mod stories;
pub mod users;

use plugwright_sdk::{ConnectorDefinition, actions, cassettes};

/// The Hacker News connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("hackernews", "Hacker News", env!("CARGO_PKG_VERSION"))
        .description("News and discussions: stories, comments, jobs, polls and users")
        .base_url("https://hacker-news.firebaseio.com")
        .categories(&["news"])
        .homepage_url("https://news.ycombinator.com")
        .cassettes(cassettes!("tests/cassettes"))
        .actions(actions![
            stories::top,
            stories::new,
            stories::best,
            stories::ask,
            stories::show,
            stories::jobs,
            items::get,
            comments::list,
            users::get,
        ]);

pub use model::{Item, Limit, PollOption, User};
