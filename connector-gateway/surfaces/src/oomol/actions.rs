//! `GET /v1/actions`: what can be called.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use plugwright_sdk::host::{Echo, Faults, nearest};
use plugwright_sdk::{ActionError, ErrorCode};
use schemars::JsonSchema;
use serde::Serialize;

use super::apps::authenticated_services;
use super::catalog::Card;
use super::envelope::{Failure, HEAD, TAIL, fresh_bytes, revalidated, tagged};
use super::guide;
use super::request::{Query, fault, organization};
use super::{Caller, Dialect, Segment};
use crate::{entity_tag, revalidation};
use plugwright_engine::Principal;
use plugwright_engine::Surface;

/// How many hits a search returns if it does not say.
pub(super) const USUAL_HITS: usize = 10;
pub(super) const MOST_HITS: usize = 50;
pub(super) const LONGEST_QUERY: usize = 256;

/// The name of a connector.
#[derive(Serialize, JsonSchema)]
pub(super) struct ServiceName<'a> {
    service: &'a str,
}

/// `GET /v1/actions`: the services, or with `service` the actions of one.
pub(super) async fn list(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = Query::parse(query.as_deref());
    let Some(service) = query.first("service") else {
        let services: Vec<_> = dialect
            .catalog
            .services()
            .filter(|service| dialect.shows(&principal, service))
            .map(|service| ServiceName { service })
            .collect();
        return revalidated(&headers, &services);
    };
    let cards: Vec<_> = dialect
        .catalog
        .of_service(service)
        .filter(|card| dialect.gateway.allows(&principal, card.id()))
        .collect();
    if cards.is_empty() && !is_empty_service(&dialect, service) {
        return Err(dialect.unknown_service(&principal, service));
    }
    let mut list = List::default();
    cards.into_iter().try_for_each(|card| list.push(card))?;
    let body = list.finish();
    let tag = entity_tag::of(&body);
    Ok(tagged(&headers, body, tag))
}

/// Tells whether a connector is there and has no actions at all.
fn is_empty_service(dialect: &Dialect, service: &str) -> bool {
    dialect
        .catalog
        .connectors()
        .any(|connector| connector.name() == service && connector.actions().next().is_none())
}

/// Makes an answer that lists actions, from what is rendered already.
#[derive(Default)]
struct List(Vec<u8>);

impl List {
    fn push(&mut self, card: &Card) -> Result<(), Failure> {
        self.0
            .extend_from_slice(if self.0.is_empty() { b"[" } else { b"," });
        self.0.extend_from_slice(&card.rendered()?.metadata);
        Ok(())
    }

    /// Adds to the metadata whether the caller could call the action now.
    fn push_hit(&mut self, card: &Card, authenticated: bool) -> Result<(), Failure> {
        self.push(card)?;
        // In place of the brace that closes the metadata.
        self.0.pop();
        self.0
            .extend_from_slice(format!(",\"authenticated\":{authenticated}}}").as_bytes());
        Ok(())
    }

    fn finish(mut self) -> Bytes {
        if self.0.is_empty() {
            self.0.push(b'[');
        }
        self.0.push(b']');
        [HEAD.as_bytes(), &self.0, TAIL.as_bytes()].concat().into()
    }
}

/// `GET /v1/actions/{id}`: one action, by any spelling of its id.
pub(super) async fn describe(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    Segment(name): Segment,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let card = find(&dialect, &principal, &name)?;
    let rendered = card.rendered()?;
    Ok(tagged(
        &headers,
        rendered.answer.clone(),
        rendered.tag.clone(),
    ))
}

/// `GET /v1/actions/{id}/guide.md`: one action, for people and agents to read.
pub(super) async fn guide(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    Segment(name): Segment,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let page = find(&dialect, &principal, &name)?.guide();
    Ok(revalidation::tagged(
        &headers,
        guide::MEDIA_TYPE,
        page.body.clone(),
        page.tag.clone(),
    ))
}

/// Finds an action that the caller may see.
fn find<'a>(dialect: &'a Dialect, principal: &Principal, name: &str) -> Result<&'a Card, Failure> {
    let visible = |id: &str| dialect.gateway.allows(principal, id);
    match dialect.gateway.engine().find(name) {
        Ok(entry) => dialect
            .catalog
            .card(&entry)
            .filter(|card| visible(card.id()))
            .ok_or_else(|| {
                let message = format!("no action is named `{}`", Echo(name));
                ActionError::new(ErrorCode::ActionNotFound, message)
            }),
        Err(mut unknown) => {
            unknown.nearest.retain(|id| visible(id));
            Err(unknown.into())
        }
    }
    .map_err(|error| Failure::from(error).with_action(name.to_owned()))
}

/// `GET /v1/actions/search`: actions by words.
pub(super) async fn search(
    State(dialect): State<Arc<Dialect>>,
    Caller(principal): Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let wanted = Wanted::parse(&Query::parse(query.as_deref()))
        .map_err(|faults| Failure::invalid(faults, Surface::Action))?;
    dialect.gateway.engine().check_search("q", &wanted.words)?;
    if let Some(service) = &wanted.service
        && !dialect.shows(&principal, service)
    {
        let known: Vec<_> = dialect
            .catalog
            .services()
            .filter(|known| dialect.shows(&principal, known))
            .collect();
        let message = format!(
            "`{}` is not a service; known: {}",
            Echo(service),
            nearest::list(known)
        );
        return Err(Failure::invalid(
            vec![fault("service", message)],
            Surface::Action,
        ));
    }
    let organization = organization(&headers)?;
    let authenticated =
        authenticated_services(&dialect, &principal, organization.as_deref()).await?;
    let mut hits = List::default();
    dialect
        .catalog
        .search(&wanted.words)
        .filter(|card| {
            wanted
                .service
                .as_deref()
                .is_none_or(|only| card.service() == only)
        })
        .filter(|card| dialect.gateway.allows(&principal, card.id()))
        .take(wanted.limit)
        .try_for_each(|card| hits.push_hit(card, authenticated.contains(card.service())))?;
    Ok(fresh_bytes(hits.finish()))
}

/// What a search asks for.
#[derive(Debug)]
struct Wanted {
    words: String,
    service: Option<String>,
    limit: usize,
}

impl Wanted {
    fn parse(query: &Query) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let words = query
            .first("q")
            .or_else(|| query.first("query"))
            .unwrap_or_default();
        let words = words.trim();
        if !(1..=LONGEST_QUERY).contains(&words.chars().count()) {
            faults.push(fault(
                "q",
                format!("must have 1 to {LONGEST_QUERY} characters"),
            ));
        }
        let limit = match query.first("limit").map(str::parse) {
            None => USUAL_HITS,
            Some(Ok(limit)) if (1..=MOST_HITS).contains(&limit) => limit,
            Some(_) => {
                let message = format!("must be an integer from 1 to {MOST_HITS}");
                faults.push(fault("limit", message));
                USUAL_HITS
            }
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            words: words.to_owned(),
            service: query.first("service").map(str::to_owned),
            limit,
        })
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::host::Registry;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::oomol::catalog::Catalog;

    fn wanted(query: &str) -> Result<Wanted, Faults> {
        Wanted::parse(&Query::parse(Some(query)))
    }

    #[test]
    fn lists_are_made_of_what_is_rendered() {
        let catalog = Catalog::new(&Registry::new([&plugwright_github::CONNECTOR]).unwrap());
        let read = |list: List| -> Value { serde_json::from_slice(&list.finish()).unwrap() };
        assert_eq!(read(List::default())["data"], Value::Array(Vec::new()));
        let (mut list, mut hits) = (List::default(), List::default());
        for card in catalog.of_service("github").take(2) {
            list.push(card).unwrap();
            hits.push_hit(card, true).unwrap();
        }
        let (list, mut hits) = (read(list), read(hits));
        assert_eq!(list["data"].as_array().unwrap().len(), 2);
        for hit in hits["data"].as_array_mut().unwrap() {
            let authenticated = hit.as_object_mut().unwrap().remove("authenticated");
            assert_eq!(authenticated, Some(true.into()));
        }
        assert_eq!(list, hits);
    }

    #[test]
    fn a_search_takes_q_or_query_and_ten_hits_unless_it_says() {
        let search = wanted("query=open+issues&service=github").unwrap();
        assert_eq!((search.words.as_str(), search.limit), ("open issues", 10));
        assert_eq!(search.service.as_deref(), Some("github"));
        assert_eq!(wanted("q=a&limit=50").unwrap().limit, 50);
    }

    #[test]
    fn a_search_says_everything_that_is_wrong_at_once() {
        for query in ["limit=0", "q=&limit=51", "q=+&limit=ten", "limit=-1"] {
            let faults = wanted(query).unwrap_err();
            let params: Vec<_> = faults.iter().map(|fault| fault.param.as_str()).collect();
            assert_eq!(params, ["q", "limit"], "{query}");
        }
        assert!(wanted(&format!("q={}", "ä".repeat(256))).is_ok());
        assert!(wanted(&format!("q={}", "ä".repeat(257))).is_err());
    }

    proptest! {
        #[test]
        fn no_query_is_too_odd(query in any::<String>()) {
            drop(wanted(&query));
        }
    }
}
