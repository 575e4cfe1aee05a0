//! The OpenAPI description of this dialect.

mod calls;
mod parts;

use plugwright_sdk::ErrorCode;
use plugwright_sdk::host::Effect;
use serde_json::{Value, json};

use super::actions::{self, LONGEST_QUERY, MOST_HITS, ServiceName, USUAL_HITS};
use super::apps::{self, App};
use super::catalog::Metadata;
use super::dialect::Dialect;
use super::health::{self, Health};
use super::providers::{self, Provider};
use super::{connections, guide, saas};
use crate::caller::Caller;
use crate::openapi::operation::{Operation, codes, operations};
use crate::openapi::{Access, Answers, Api, Failures, in_query, in_text};
pub(crate) use calls::ActionOperations;
pub(super) use parts::{
    action, call_errors, call_group, failed, failures_of, group, idempotency_key, of_bodies,
    of_requests, organization, proxied, text,
};
use plugwright_engine::{Case, Surface};

const DESCRIBED: &[ErrorCode] = codes![ValidationError ConnectorNotFound ActionNotFound];

pub(super) fn operations() -> Vec<Operation<Dialect>> {
    [of_catalog(), calls::call(), calls::proxy()]
        .into_iter()
        .flatten()
        .collect()
}

fn of_catalog() -> Vec<Operation<Dialect>> {
    operations! {
        get "/v1/actions" "listActions" "List the actions of a connector" => actions::list,
            about "Without `service` it lists the names of the connectors.", with one_service,
            answers_by 200 "The actions, or the connectors." listed, fails [ConnectorNotFound],
            sets is_tagged = true;
        get "/v1/actions/search" "searchActions" "Find actions by words" => actions::search,
            about "The best hits are first.", with words one_service effects organization,
            query "authenticated" "Only actions of connectors that can be called now."
                json!({ "type": "boolean", "default": false }),
            query "limit" "The maximum number of hits." limit(), answers_by 200 "The hits." hits,
            fails [ValidationError ConnectionNotAllowed];
        get "/v1/actions/{actionId}" "describeAction" "Describe an action" => actions::describe,
            with action, answers 200 "The action." Metadata<'_>, fails_by DESCRIBED,
            sets is_tagged = true;
        get "/v1/actions/{actionId}/guide.md" "readGuide" "Read how to call an action"
            => actions::guide, with action,
            answers_with 200 in_text("The guide, in Markdown.", guide::MEDIA_TYPE),
            fails_by DESCRIBED, sets is_tagged = true;
        get "/v1/providers" "listProviders" "List connectors" => providers::list, with services,
            query "q" "Only those with this text in their names, categories or kinds of credentials."
                text(), answers 200 "The connectors." Vec<Provider<'_>>, sets is_tagged = true;
        get "/v1/apps" "listApps" "List the connections that may be used" => apps::list,
            with organization, answers 200 "The connections." Vec<App<'_>>,
            fails [ValidationError ConnectionNotAllowed];
        get "/v1/apps/services/{service}" "listAppsOfService" "List the connections of a connector"
            => apps::of_service, at "The connector's name.", with organization,
            answers 200 "The connections." Vec<App<'_>>,
            fails [ValidationError ConnectorNotFound ConnectionNotAllowed];
        get "/v1/apps/authenticated" "listAuthenticatedServices" "List the connectors that can be called now"
            => apps::authenticated, with services organization,
            answers 200 "The requested ones that have a working connection, or need none." Vec<String>,
            fails [ValidationError ConnectionNotAllowed];
        get "/v1/health" "checkHealth" "Check that the process is alive" => health::show,
            answers 200 "It is alive." Health, sets access = Some(Access::Everybody);
    }
}

fn limit() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": USUAL_HITS })
}

fn one_service(_: &mut Api) -> Value {
    in_query("service", "Only of this connector.", &text())
}

fn effects(api: &mut Api) -> Value {
    in_query(
        "effect",
        "Only actions with these effects.",
        &api.of::<Vec<Effect>>(),
    )
}

fn services(_: &mut Api) -> Value {
    let services = json!({ "type": "array", "items": text() });
    in_query("service", "Only these connectors.", &services)
}

fn words(_: &mut Api) -> Value {
    let words = json!({
        "type": "string", "minLength": 1, "maxLength": LONGEST_QUERY, "pattern": "\\S",
    });
    let mut words = in_query("q", "The words.", &words);
    words["required"] = true.into();
    words
}

fn listed(api: &mut Api) -> Value {
    json!({ "anyOf": [api.of::<Vec<ServiceName<'_>>>(), api.of::<Vec<Metadata<'_>>>()] })
}

fn hits(api: &mut Api) -> Value {
    let authenticated = json!({
        "type": "boolean",
        "description": "Whether there is a working connection, or none is needed.",
    });
    let hit = json!({
        "allOf": [api.of::<Metadata<'_>>()],
        "properties": { "authenticated": authenticated },
        "required": ["authenticated"],
    });
    json!({ "type": "array", "items": hit })
}

/// Adds the operations that this caller may use.
pub(crate) fn describe(api: &mut Api, caller: &Caller) {
    const TAG: &str = "Catalog";
    api.tag(
        json!({ "name": TAG, "description": "Actions, and the connectors that they belong to." }),
    );
    api.describe(of_catalog(), &group(TAG, of_table));
    let has_proxy = calls::has_proxy(caller);
    if caller.principal.project.is_some() {
        saas::describe(api, has_proxy);
        return;
    }
    calls::describe(api, has_proxy);
    connections::describe(api);
}

fn of_table(api: &mut Api, operation: &Operation<Dialect>) -> Answers {
    let always = codes![ValidationError Unauthorized Unavailable InternalError];
    let codes = [always, operation.errors].concat();
    failed(
        api,
        &Failures::of_table(Surface::Action, &codes, &[Case::Repeatable]),
    )
}
