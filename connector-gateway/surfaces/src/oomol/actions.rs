//! `GET /v1/actions`: what can be called.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use plugwright_sdk::host::{Connector, Effect, Entry, Faults};
use schemars::JsonSchema;
use serde::Serialize;

use super::apps::ReadyServices;
use super::catalog::Card;
use super::dialect::{Dialect, Segment, unknown_service};
use super::envelope::{Failure, HEAD, TAIL, revalidated};
use super::guide;
use super::request::{Query, organization};
use crate::answer::{self, JSON};
use crate::caller::Caller;
use crate::tagged::TaggedBody;
use plugwright_engine::Surface;

/// How many hits a search returns by default.
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
    State(dialect): State<Dialect>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = Query::parse(query.as_deref());
    query.only(&["service"])?;
    let Some(service) = query.first("service") else {
        let services = caller.connectors().map(|connector| ServiceName {
            service: connector.name(),
        });
        return revalidated(&headers, &services.collect::<Vec<_>>());
    };
    let connector = caller.gateway.registry().connector(service);
    // A connector that has no actions at all is listed as empty.
    let Some(connector) = connector
        .filter(|connector| connector.action_count() == 0 || caller.connector(service).is_some())
    else {
        return Err(unknown_service(&caller, service));
    };
    let mut list = List::default();
    for entry in caller.actions(connector) {
        list.push(&dialect.catalog.card(&entry))?;
    }
    Ok(TaggedBody::new(list.finish()).response(&headers, JSON))
}

/// A response that lists actions, built from what is rendered already.
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
        // Replaces the brace that closes the metadata.
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

/// `GET /v1/actions/{id}`: one action, by any spelling of its id or by the name of a connection.
pub(super) async fn describe(
    State(dialect): State<Dialect>,
    caller: Caller,
    Segment(name): Segment,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let card = dialect.catalog.card(&find(&caller, &headers, name).await?);
    Ok(card.rendered()?.answer.response(&headers, JSON))
}

/// `GET /v1/actions/{id}/guide.md`: one action, for people and agents to read.
pub(super) async fn guide(
    State(dialect): State<Dialect>,
    caller: Caller,
    Segment(name): Segment,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let card = dialect.catalog.card(&find(&caller, &headers, name).await?);
    Ok(card.guide().response(&headers, guide::MEDIA_TYPE))
}

async fn find(caller: &Caller, headers: &HeaderMap, name: String) -> Result<Entry, Failure> {
    let organization = organization(headers)?;
    match caller.find_of(organization.as_deref(), &name).await {
        Ok(named) => Ok(named.entry),
        Err(error) => Err(Failure::from(error).about(Surface::Action, name)),
    }
}

/// `GET /v1/actions/search`: actions by words.
pub(super) async fn search(
    State(dialect): State<Dialect>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = SearchQuery::parse(&Query::parse(query.as_deref())).map_err(Failure::invalid)?;
    let engine = caller.gateway.engine();
    engine.check_search("q", &query.words)?;
    let service = query.service.as_deref();
    let service = service.map(|name| caller.narrowed("service", name));
    let service = service.transpose()?.map(Connector::name);
    let organization = organization(&headers)?;
    let authenticated = ReadyServices::of(&caller, organization.as_deref()).await?;
    let services: Vec<_> = service.into_iter().collect();
    let search = plugwright_catalog::SearchQuery {
        connectors: (!services.is_empty()).then_some(&services),
        effects: (!query.effects.is_empty()).then_some(&query.effects),
        ..plugwright_catalog::SearchQuery::new(&query.words).limit(query.limit)
    };
    let found = if query.authenticated {
        authenticated.search(&caller, search)?
    } else {
        caller.search(search)?
    };
    let mut hits = List::default();
    for entry in found {
        let card = dialect.catalog.card(&entry);
        hits.push_hit(&card, authenticated.is_ready(&entry.connector))?;
    }
    Ok(answer::serialized(hits.finish()))
}

#[derive(Debug)]
struct SearchQuery {
    words: String,
    service: Option<String>,
    effects: Vec<Effect>,
    /// Only actions of connectors that can be called now.
    authenticated: bool,
    limit: usize,
}

impl SearchQuery {
    const PARAMETERS: [&str; 6] = ["q", "query", "service", "effect", "authenticated", "limit"];

    fn parse(query: &Query) -> Result<Self, Faults> {
        let mut faults = query.unknown(&Self::PARAMETERS);
        let words = query.first("q").or_else(|| query.first("query"));
        let words = words.unwrap_or_default().trim();
        if !(1..=LONGEST_QUERY).contains(&words.chars().count()) {
            faults.note(
                "q",
                format_args!("must have 1 to {LONGEST_QUERY} characters"),
            );
        }
        let limit = match query.first("limit").map(str::parse) {
            None => USUAL_HITS,
            Some(Ok(limit)) if (1..=MOST_HITS).contains(&limit) => limit,
            Some(_) => {
                let message = format_args!("must be an integer from 1 to {MOST_HITS}");
                faults.note("limit", message);
                USUAL_HITS
            }
        };
        let effects = query.all("effect").map(str::parse);
        let effects = effects.collect::<Result<Vec<_>, _>>().unwrap_or_else(|_| {
            faults.note("effect", "must be read, write or destructive");
            Vec::new()
        });
        let authenticated = match query.first("authenticated") {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                faults.note("authenticated", "must be true or false");
                false
            }
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            words: words.to_owned(),
            service: query.first("service").map(str::to_owned),
            effects,
            authenticated,
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

    fn parsed(query: &str) -> Result<SearchQuery, Faults> {
        SearchQuery::parse(&Query::parse(Some(query)))
    }

    #[test]
    fn lists_are_made_of_what_is_rendered() {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let catalog = Catalog::new(&registry);
        let read = |list: List| -> Value { serde_json::from_slice(&list.finish()).unwrap() };
        assert_eq!(read(List::default())["data"], Value::Array(Vec::new()));
        let (mut list, mut hits) = (List::default(), List::default());
        for entry in &registry.own_actions()[..2] {
            let card = catalog.card(entry);
            list.push(&card).unwrap();
            hits.push_hit(&card, true).unwrap();
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
        let search = parsed("query=open+issues&service=github").unwrap();
        assert_eq!((search.words.as_str(), search.limit), ("open issues", 10));
        assert_eq!(search.service.as_deref(), Some("github"));
        assert!(search.effects.is_empty() && !search.authenticated);
        let search = parsed("q=a&effect=read&effect=write&authenticated=true").unwrap();
        assert_eq!(search.effects, [Effect::Read, Effect::Write]);
        assert!(search.authenticated);
        assert_eq!(parsed("q=a&limit=50").unwrap().limit, 50);
    }

    #[test]
    fn a_search_says_everything_that_is_wrong_at_once() {
        for query in ["limit=0", "q=&limit=51", "q=+&limit=ten", "limit=-1"] {
            let faults = parsed(query).unwrap_err();
            let params: Vec<_> = faults.iter().map(|fault| fault.param.as_str()).collect();
            assert_eq!(params, ["q", "limit"], "{query}");
        }
        let faults = parsed("q=a&effect=read&effect=none&authenticated=yes").unwrap_err();
        let params: Vec<_> = faults.iter().map(|fault| fault.param.as_str()).collect();
        assert_eq!(params, ["effect", "authenticated"]);
        assert!(parsed(&format!("q={}", "ä".repeat(256))).is_ok());
        assert!(parsed(&format!("q={}", "ä".repeat(257))).is_err());
    }

    #[test]
    fn a_search_has_no_other_parameters_than_its_own() {
        for (query, message) in [
            (
                "q=a&efect=write",
                "is not a parameter; did you mean `effect`?",
            ),
            (
                "q=a&_=7",
                "is not a parameter; allowed: q, query, service, effect, authenticated, limit",
            ),
        ] {
            let faults = parsed(query).unwrap_err();
            assert_eq!(faults.len(), 1, "{query}");
            assert!(
                faults[0].message.starts_with(message),
                "{}",
                faults[0].message
            );
        }
        assert!(parsed("q=a&efect=").is_ok());
    }

    proptest! {
        #[test]
        fn no_query_is_too_odd(query in any::<String>()) {
            drop(parsed(&query));
        }
    }
}
