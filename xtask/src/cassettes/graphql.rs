//! Answers to GraphQL operations, which the plan writes out after the provider's schema.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};

use super::cassette::{self, Body, Exchange, Kind, Provenance, Request, Response};
use super::package::Unpacked;
use super::plan::{Graphql, GraphqlExchange, own_license};

pub(super) struct GraphqlAnswers {
    url: String,
    pub(super) schema: Unpacked,
}

impl GraphqlAnswers {
    pub(super) fn new(url: &str, schema: Unpacked) -> Self {
        Self {
            url: url.to_owned(),
            schema,
        }
    }

    /// The exchanges of an entry, and what they are. The request leaves the operation's text out, as
    /// replays allow.
    pub(super) fn exchanges(&self, wanted: &Graphql) -> Result<(Provenance, Vec<Exchange>)> {
        ensure!(
            !wanted.exchanges.is_empty(),
            "a cassette of GraphQL needs at least one exchange"
        );
        let exchanges = wanted.exchanges.iter().map(|wanted| {
            self.exchange(wanted)
                .with_context(|| format!("operation `{}`", wanted.operation))
        });
        let schema = format!("schema of {}", self.schema.title());
        let provenance = Provenance {
            kind: Kind::Constructed,
            source: match &wanted.source {
                Some(source) => format!("{schema}; {source}"),
                None => schema,
            },
            license: own_license(),
        };
        Ok((provenance, exchanges.collect::<Result<_>>()?))
    }

    fn exchange(&self, wanted: &GraphqlExchange) -> Result<Exchange> {
        cassette::check_headers(&wanted.headers)?;
        let content_type = "application/json; charset=utf-8".into();
        let mut headers = Map::from_iter([("content-type".to_owned(), content_type)]);
        headers.extend(wanted.headers.clone());
        let answer: Value =
            serde_json::from_str(&wanted.answer).context("the answer is not JSON")?;
        Ok(Exchange {
            request: Request {
                method: "POST".to_owned(),
                url: self.url.clone(),
                body: Some(Body::Json(json!({
                    "operationName": wanted.operation,
                    "variables": wanted.variables,
                }))),
            },
            response: Response {
                status: wanted.status,
                headers,
                body: Some(Body::Json(answer)),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn wanted(answer: &str) -> Graphql {
        Graphql {
            source: Some("its documentation".to_owned()),
            exchanges: vec![GraphqlExchange {
                operation: "Thing".to_owned(),
                variables: Map::from_iter([("id".to_owned(), 7.into())]),
                status: 200,
                headers: Map::new(),
                answer: answer.to_owned(),
            }],
        }
    }

    #[test]
    fn an_answer_is_to_an_operation_without_its_text() {
        let schema = Unpacked::for_test(Path::new("unused"));
        let answers = GraphqlAnswers::new("https://api.example.com/graphql", schema);

        let (provenance, exchanges) = answers
            .exchanges(&wanted(r#"{ "data": { "thing": null } }"#))
            .unwrap();

        assert_eq!(
            provenance.source,
            "schema of npm @example/package 1.2.3; its documentation"
        );
        assert_eq!(
            serde_json::to_value(&exchanges).unwrap(),
            json!([{
                "request": {
                    "method": "POST",
                    "url": "https://api.example.com/graphql",
                    "body": { "json": { "operationName": "Thing", "variables": { "id": 7 } } },
                },
                "response": {
                    "status": 200,
                    "headers": { "content-type": "application/json; charset=utf-8" },
                    "body": { "json": { "data": { "thing": null } } },
                },
            }])
        );
        let error = answers.exchanges(&wanted("{")).unwrap_err();
        assert!(
            format!("{error:#}").contains("operation `Thing`: the answer is not JSON"),
            "{error:#}"
        );
    }
}
