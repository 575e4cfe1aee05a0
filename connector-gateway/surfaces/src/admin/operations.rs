//! The operations on stored data, for routes and documents.

use plugwright_sdk::ErrorCode;
use serde_json::json;

use super::state::{AdminState, Items};
use super::{
    connections, oauth_clients, organizations, projects, provider_configs, runs, tokens, vault,
};
use crate::body::BodyError;
use crate::openapi::operation::{Group, Operation, codes, operations};
use crate::openapi::{Access, Answers, Api, Failures, own_failures};
use plugwright_engine::connections::{ConnectionChange, NewConnection};
use plugwright_engine::oauth::{ClientEntry, NewClient};
use plugwright_engine::projects::{ConfigChange, NewConfig, NewProject, ProjectChange};
use plugwright_engine::tokens::TokenChange;
use plugwright_store::vault::Rotation;
use plugwright_store::{ConnectionFilter, Organization};

pub(super) fn operations() -> Vec<Operation<AdminState>> {
    let mut operations = of_callers();
    operations.extend(of_projects());
    operations
}

fn of_callers() -> Vec<Operation<AdminState>> {
    operations! {
        get "/tokens" "listTokens" "List the tokens" => tokens::list,
            answers 200 Items<'_, tokens::View<'_>>;
        post "/tokens" "createToken" "Create a token" => tokens::create, takes tokens::TokenBody,
            answers 201 tokens::View<'_>, fails [ValidationError];
        patch "/tokens/{id}" "changeToken" "Change a token" => tokens::change,
            at_id "The token's id.", takes TokenChange, answers 200 tokens::View<'_>,
            fails [ValidationError NotFound Conflict];
        delete "/tokens/{id}" "revokeToken" "Revoke a token" => tokens::revoke,
            at_id "The token's id.", answers_nothing 204, fails [NotFound];

        get "/connections" "listConnections" "List the connections" => connections::list,
            asks ConnectionFilter, answers 200 Items<'_, connections::View<'_>>,
            fails [ValidationError];
        post "/connections" "createConnection" "Create a connection" => connections::create,
            takes NewConnection, answers 201 connections::View<'_>, fails_by ErrorCode::ALL;
        get "/connections/{id}" "showConnection" "Show a connection" => connections::show,
            at_id "The connection's id.", answers 200 connections::View<'_>, fails [NotFound];
        patch "/connections/{id}" "changeConnection" "Change a connection" => connections::change,
            at_id "The connection's id.", takes ConnectionChange, answers 200 connections::View<'_>,
            fails [ValidationError NotFound Conflict];
        delete "/connections/{id}" "deleteConnection" "Delete a connection" => connections::delete,
            at_id "The connection's id.", answers_nothing 204, fails [NotFound];
        put "/connections/{id}/credential" "replaceCredential" "Replace a connection's credential"
            => connections::replace_credential, at_id "The connection's id.",
            takes connections::NewCredential, answers 200 connections::View<'_>,
            fails_by ErrorCode::ALL;
        post "/connections/{id}/test" "testConnection" "Test a connection at the provider"
            => connections::test, at_id "The connection's id.", answers 200 connections::View<'_>,
            fails_by ErrorCode::ALL;

        get "/organizations" "listOrganizations" "List the organizations" => organizations::list,
            answers 200 Items<'_, Organization>;
        post "/organizations" "createOrganization" "Create an organization" => organizations::create,
            takes organizations::NewOrganization, answers 201 Organization,
            fails [ValidationError Conflict];
        delete "/organizations/{name}" "deleteOrganization" "Delete an organization that has no connections"
            => organizations::delete, at "The organization's name.", answers_nothing 204,
            fails [NotFound Conflict];

        post "/vault/rotate" "rotateVault" "Encrypt all secrets with a new key" => vault::rotate,
            answers 200 Rotation;
    }
}

fn of_projects() -> Vec<Operation<AdminState>> {
    operations! {
        get "/projects" "listProjects" "List the projects" => projects::list,
            answers 200 Items<'_, projects::View<'_>>;
        post "/projects" "createProject" "Create a project" => projects::create, takes NewProject,
            answers 201 projects::View<'_>, fails [ValidationError Conflict];
        get "/projects/{id}" "showProject" "Show a project" => projects::show,
            at_id "The project's id.", answers 200 projects::View<'_>, fails [NotFound];
        patch "/projects/{id}" "changeProject" "Change a project" => projects::change,
            at_id "The project's id.", takes ProjectChange, answers 200 projects::View<'_>,
            fails [ValidationError NotFound Conflict];
        delete "/projects/{id}" "deleteProject" "Delete a project whose end users have no connections, with its keys and \
         provider configs" => projects::delete, at_id "The project's id.",
            answers_nothing 204, fails [NotFound Conflict];
        get "/projects/{id}/keys" "listProjectKeys" "List a project's keys" => projects::keys,
            at_id "The project's id.", answers 200 Items<'_, tokens::View<'_>>, fails [NotFound];
        post "/projects/{id}/keys" "createProjectKey" "Create a key of a project"
            => projects::create_key, at_id "The project's id.", takes tokens::TokenBody,
            answers 201 tokens::View<'_>, fails [ValidationError NotFound];

        get "/projects/{id}/provider-configs" "listProviderConfigs" "List a project's provider configs"
            => provider_configs::list, at_id "The project's id.",
            answers 200 Items<'_, provider_configs::View>, fails [NotFound];
        post "/projects/{id}/provider-configs" "createProviderConfig" "Let a project use a connector"
            => provider_configs::create, at_id "The project's id.", takes NewConfig,
            answers 201 provider_configs::View, fails [ValidationError NotFound];
        get "/provider-configs/{id}" "showProviderConfig" "Show a provider config"
            => provider_configs::show, at_id "The provider config's id.",
            answers 200 provider_configs::View, fails [NotFound];
        patch "/provider-configs/{id}" "changeProviderConfig" "Change a provider config"
            => provider_configs::change, at_id "The provider config's id.", takes ConfigChange,
            answers 200 provider_configs::View, fails [ValidationError NotFound Conflict];
        delete "/provider-configs/{id}" "deleteProviderConfig" "Delete a provider config that has no connections"
            => provider_configs::delete, at_id "The provider config's id.", answers_nothing 204,
            fails [NotFound Conflict];

        get "/oauth-clients" "listOAuthClients" "List the OAuth clients, without their secrets"
            => oauth_clients::list, answers 200 Items<'_, ClientEntry>;
        put "/oauth-clients/{connector}" "setOAuthClient" "Set the OAuth client of a connector"
            => oauth_clients::set_of_connector, at "The connector's name.", takes NewClient,
            answers 200 ClientEntry, fails [ValidationError NotFound];
        delete "/oauth-clients/{connector}" "deleteOAuthClient" "Delete the stored OAuth client of a connector"
            => oauth_clients::delete_of_connector, at "The connector's name.", answers_nothing 204,
            fails [NotFound];
        put "/provider-configs/{id}/oauth-client" "setProviderConfigOAuthClient" "Set a provider config's own OAuth client"
            => oauth_clients::set_of_config, at_id "The provider config's id.", takes NewClient,
            answers 200 ClientEntry, fails [ValidationError NotFound Conflict];
        delete "/provider-configs/{id}/oauth-client" "deleteProviderConfigOAuthClient" "Delete a provider config's own OAuth client"
            => oauth_clients::delete_of_config, at_id "The provider config's id.",
            answers_nothing 204, fails [NotFound];
    }
}

pub(crate) fn describe(api: &mut Api) {
    api.tag(json!({ "name": "Operator", "description": "Settings of the operator." }));
    api.describe(operations(), &group());
    api.describe(runs::operations(), &group());
}

fn group<S>() -> Group<S> {
    Group {
        tag: "Operator",
        prefix: "/admin",
        access: Access::Operator,
        envelope: |_, data| data,
        failures,
    }
}

fn failures<S>(api: &mut Api, operation: &Operation<S>) -> Answers {
    let always = codes![
        ValidationError AdminAuthRequired AdminAuthInvalid Unauthorized Unavailable InternalError
    ];
    let mut failures = Failures::of_codes(&[always, operation.errors].concat());
    if operation.body.is_some() {
        let code = ErrorCode::ValidationError.as_str();
        failures = failures.with(413, code, BodyError::TOO_LONG);
    }
    own_failures(api, &failures)
}
