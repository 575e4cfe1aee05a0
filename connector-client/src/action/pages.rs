//! Lists that come in pages.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use serde::de::DeserializeOwned;

use super::{Action, Subject};
use crate::error::Error;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The things on the page.
    pub items: Vec<T>,
    /// How many there are on all pages, if the provider says so.
    pub total_count: Option<u64>,
    /// Id of the run.
    pub execution_id: Option<String>,
}

/// The pages of a list, each requested when it is polled for; a [`Stream`].
///
/// It ends after the last page, and after an error.
pub struct Pages<T>(BoxStream<'static, Result<Page<T>, Error>>);

/// The items of a list, whose pages are requested as needed; a [`Stream`].
///
/// It ends after the last one, and after an error.
pub struct Items<T>(BoxStream<'static, Result<T, Error>>);

enum Next {
    First,
    At(String),
    Nothing,
}

impl<S: Subject> Action<S> {
    /// Calls the action for each page of its list.
    ///
    /// ```
    /// # use plugwright_client::{Connector, Error};
    /// # use serde_json::{Value, json};
    /// # async fn example(client: Connector) -> Result<(), Error> {
    /// let action = client.action("github.issues.list");
    /// let mut pages = action.input(json!({ "repo": "octocat/Hello-World" })).pages::<Value>();
    /// while let Some(page) = pages.next().await {
    ///     println!("{} issues", page?.items.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages<T: DeserializeOwned + Send + 'static>(mut self) -> Pages<T> {
        self.key = None;
        let pages = stream::try_unfold((self, Next::First), |(mut action, next)| async move {
            action.options.cursor = match next {
                Next::Nothing => return Ok(None),
                Next::First => None,
                Next::At(cursor) => Some(cursor),
            };
            let answer = action.send().await?;
            let page = Page {
                items: answer.data,
                total_count: answer.meta.total_count,
                execution_id: answer.meta.execution_id,
            };
            let next = match answer.meta.cursor {
                None => Next::Nothing,
                // It would never end.
                Some(cursor) if action.options.cursor.as_ref() == Some(&cursor) => {
                    let error = Error::invalid_response("the gateway repeats the cursor of a page");
                    return Err(error.with_action(Some(&action.id)));
                }
                Some(cursor) => Next::At(cursor),
            };
            Ok(Some((page, (action, next))))
        });
        Pages(pages.boxed())
    }

    /// Calls the action for each page of its list, and returns the things on them one by one.
    ///
    /// ```
    /// # use plugwright_client::{Connector, Error};
    /// # use serde_json::{Value, json};
    /// # async fn example(client: Connector) -> Result<(), Error> {
    /// let action = client.action("github.issues.list");
    /// let mut issues = action.input(json!({ "repo": "octocat/Hello-World" })).items::<Value>();
    /// while let Some(issue) = issues.next().await {
    ///     println!("{}", issue?["title"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn items<T: DeserializeOwned + Send + 'static>(self) -> Items<T> {
        let pages = self.pages::<T>();
        let items = pages.map_ok(|page| stream::iter(page.items.into_iter().map(Ok)));
        Items(items.try_flatten().boxed())
    }
}

impl<T> Pages<T> {
    /// Returns the next page.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        poll_fn(|cx| self.0.poll_next_unpin(cx)).await
    }
}

impl<T> Items<T> {
    /// Returns the next thing.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|cx| self.0.poll_next_unpin(cx)).await
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}
