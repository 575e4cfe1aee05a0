//! Headers that callers may add to requests, and documents declare as parameters.
//!
//! Providers version and tune their APIs by headers of their own, so a list of what is allowed would
//! break calls that are good. Refused is by kind what decides who asks, where, by which method, for
//! which operation, or how the body is read: the effect that a call was authorized for is that of
//! its method.

use crate::text::word_list;

/// Headers that belong to the credential, to the connection, or to how the body is written.
/// Spelled as [`normalized`] names are. What an answer is compressed with (`accept-encoding`) is
/// between the HTTP client and the provider.
const FORBIDDEN: &[&str] = &word_list::<19>(include_str!("../../words/forbidden_headers.txt"));

/// Beginnings of names of headers that say where a request came from or goes to, or, with a service
/// that signs requests (AWS), what it does.
const FORBIDDEN_BEGINNINGS: &[&str] =
    &word_list::<25>(include_str!("../../words/forbidden_header_beginnings.txt"));

/// Ends of names of headers that say whose request it is, from which address, or where it goes to.
const FORBIDDEN_ENDS: &[&str] = &[
    "-addr",
    "-host",
    "-ip",
    "-uri",
    "-url",
    "clientip",
    "path-info",
    "remote-user",
    "userinfo",
];

/// Parts of names of headers by which a proxy says whom it found a request to be of, or what another
/// thing it is about.
const FORBIDDEN_PARTS: &[&str] = &[
    "authenticated",
    "client-cert",
    "client-principal",
    "copy-source",
    "forwarded",
    "jwt-assertion",
    "oidc-",
    "override",
    "rename-source",
    "ssl-client",
    "tls-client",
];

/// Parts of names of headers by which APIs let who has a credential act for another one.
const ACTING: &[&str] = &[
    "act-as",
    "acting-as",
    "as-member",
    "as-user",
    "assume",
    "authorization",
    "behalf",
    "delegat",
    "hasura",
    "impersonat",
    "login-as",
    "run-as",
    "runas",
    "select-admin",
    "select-user",
    "stripe-context",
    "sudo",
    "switch-user",
];

/// Ends of names of headers that carry a credential beside the connection's, or say whose account it
/// is used for or as what.
const ACTING_ENDS: &[&str] = &[
    "account",
    "account-id",
    "accountid",
    "assertion",
    "credential",
    "credentials",
    "customer-id",
    "customerid",
    "dpop",
    "jwt",
    "key",
    "namespace",
    "org-id",
    "organization",
    "organization-id",
    "organizationid",
    "orgid",
    "passphrase",
    "password",
    "role",
    "secret",
    "tenant",
    "tenant-id",
    "tenantid",
    "token",
    "username",
    "workspace-id",
];

/// Parts of names that end so and mean neither.
const HARMLESS: &[&str] = &[
    "atlassian",
    "cache",
    "continuation",
    "correlation",
    "csrf",
    "cursor",
    "dedup",
    "encryption",
    "idempoten",
    "ordering",
    "page",
    "partition",
    "resume",
    "routing",
    "sort",
    "surrogate",
    "sync",
    "xsrf",
];

/// Returns a name as it is compared: servers with CGI's variables take `_` for `-`, and some any other
/// sign, too.
pub fn normalized(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte.to_ascii_lowercase()),
            _ => '-',
        })
        .collect()
}

/// Returns whether a caller may add this header to the requests of a call.
pub fn is_allowed(name: &str) -> bool {
    is_harmless(&normalized(name), &[])
}

/// Returns whether a document of an API may declare this header as a parameter of an operation: as a caller
/// may, and what belongs to the operation that declares it, such as `X-Amz-Target` and `X-Callback-Url`.
pub fn is_declarable(name: &str) -> bool {
    const OF_OPERATIONS: [&str; 7] = [
        "-host",
        "-uri",
        "-url",
        "copy-source",
        "rename-source",
        "x-amz-",
        "x-amzn-",
    ];
    // Servers take these for the place of the request itself.
    const OF_SERVERS: [&str; 6] = [
        "request-", "x-host", "x-nginx-", "x-real-", "x-uri", "x-url",
    ];
    let name = normalized(name);
    is_harmless(&name, &OF_OPERATIONS) && !OF_SERVERS.iter().any(|begin| name.starts_with(begin))
}

/// Returns whether a name is of no kind that is forbidden, but for these.
fn is_harmless(name: &str, except: &[&str]) -> bool {
    let is_one = |kinds: &[&str], is_of: &dyn Fn(&str) -> bool| {
        kinds
            .iter()
            .any(|kind| is_of(kind) && !except.contains(kind))
    };
    !FORBIDDEN.contains(&name)
        && !is_one(FORBIDDEN_BEGINNINGS, &|kind| name.starts_with(kind))
        && !is_one(FORBIDDEN_ENDS, &|kind| name.ends_with(kind))
        && !is_one(FORBIDDEN_PARTS, &|kind| name.contains(kind))
        && !may_change_method(name)
}

/// Returns whether a header may make a request another one's than the connection's. That is for those
/// who may do all that the connection may.
pub fn acts_for_another(name: &str) -> bool {
    let name = normalized(name);
    let ends = || ACTING_ENDS.iter().any(|end| name.ends_with(end));
    ACTING.iter().any(|part| name.contains(part))
        || (ends() && !HARMLESS.iter().any(|part| name.contains(part)))
}

/// Returns whether servers may take the method of a request from this header.
pub fn changes_method(name: &str) -> bool {
    may_change_method(&normalized(name))
}

fn may_change_method(normalized: &str) -> bool {
    // That one asks what a browser may do.
    normalized != "access-control-request-method"
        && (normalized.contains("method")
            || normalized
                .split('-')
                .any(|word| matches!(word, "verb" | "httpverb")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_declares_what_belongs_to_its_operations() {
        for name in [
            "X-Amz-Target",
            "x-amz-copy-source",
            "X-Amzn-Client-Token",
            "X-Callback-Url",
            "X-RapidAPI-Host",
            "X-AndroidClient-Version",
            "Stripe-Version",
        ] {
            assert!(is_declarable(name), "{name}");
        }
        for name in [
            "X-Original-Url",
            "X-HTTP-Method-Override",
            "X-Forwarded-Uri",
            "X-Forwarded-Host",
            "X-Real-Url",
            "X-Nginx-Uri",
            "X-Host",
            "Request-Uri",
            "Remote-User",
            "X-Amzn-Oidc-Identity",
            "X-Amzn-Oidc-Data",
            "X~Remote~User",
        ] {
            assert!(!is_declarable(name), "{name}");
        }
    }

    #[test]
    fn headers_of_credential_and_connection_are_not_the_callers() {
        for name in [
            "Authorization",
            "cookie",
            "Host",
            "TE",
            "transfer-encoding",
            "transfer_encoding",
            "Content-Encoding",
            "upgrade",
            "Forwarded",
            "X-Forwarded-For",
            "x-forwarded-host",
            "X_Forwarded_Proto",
            "X-Real-IP",
            "x-amz-target",
            "SOAPAction",
            "Soap-Action",
            "X-HTTP-Action",
            "X-HTTP-Host-Override",
            "X-Backend-Host",
            "True-Client-IP",
            "CF-Connecting-IP",
            "WL-Proxy-Client-IP",
            "X-ProxyUser-Ip",
            "X-Azure-ClientIP",
            "X-Appengine-User-IP",
            "Fly_Client_IP",
            "X-Remote-Addr",
            "Remote-User",
            "X-Remote-User",
            "X~Remote~User",
            "X-WEBAUTH-USER",
            "X-Auth-Request-User",
            "X-Remote-Group",
            "Client-Cert",
            "X-SSL-Client-Cert",
            "X-SSL-Client-Verify",
            "X-Forwarded-Tls-Client-Cert",
            "X-Consumer-Username",
            "X-Consumer-Custom-Id",
            "X-Authenticated-Userid",
            "X-Ms-Client-Principal",
            "X-Ms-Client-Principal-Id",
            "X-Goog-Iap-Jwt-Assertion",
            "X-Goog-Authenticated-User-Email",
            "X-Endpoint-API-UserInfo",
            "X-Amzn-Oidc-Data",
            "OIDC_CLAIM_sub",
            "Cf-Access-Jwt-Assertion",
            "Forwarded-For",
            "X-Path-Info",
            "X-Goog-Copy-Source",
            "X-Ms-Copy-Source",
            "X-Ms-Rename-Source",
        ] {
            assert!(!is_allowed(name), "{name}");
        }
        for name in [
            "x-github-api-version",
            "accept",
            "if-none-match",
            "notion-version",
            "range",
            "x-goog-fieldmask",
            "prefer",
            "x-trace",
            "x-user-id",
            "x-zip",
            "x-curl-version",
        ] {
            assert!(is_allowed(name), "{name}");
        }
    }

    #[test]
    fn headers_that_act_for_another_are_known_by_kind() {
        for name in [
            "Sudo",
            "As-User",
            "Impersonate-User",
            "Impersonate-Group",
            "Impersonate-Extra-Scopes",
            "X_Impersonate_User",
            "Dropbox-API-Select-User",
            "Dropbox-API-Select-Admin",
            "On-Behalf-Of",
            "X-Run-As",
            "Private-Token",
            "Job-Token",
            "X-Auth-Token",
            "PayPal-Auth-Assertion",
            "Stripe-Account",
            "X-Api-Key",
            "apikey",
            "api-key",
            "token",
            "jwt",
            "secret",
            "account",
            "As!User",
            "DPoP",
            "X-Authorization",
            "X-Emby-Authorization",
            "Ocp-Apim-Subscription-Key",
            "X-Parse-Master-Key",
            "X-TrackerToken",
            "Api-Username",
            "X-Hasura-Role",
            "X-Hasura-User-Id",
            "X-Scope-OrgID",
            "X-Grafana-Org-Id",
            "Xero-Tenant-Id",
            "Login-Customer-Id",
            "X-Vault-Namespace",
            "Harvest-Account-Id",
        ] {
            assert!(is_allowed(name) && acts_for_another(name), "{name}");
        }
        for name in [
            "accept",
            "x-github-api-version",
            "x-continuation-token",
            "idempotency-token",
            "idempotence-key",
            "x-atlassian-token",
            "x-sort-key",
            "x-cursor-token",
            "idempotency-key",
            "x-goog-encryption-key",
            "x-request-id",
            "x-user-id",
            "prefer",
        ] {
            assert!(!acts_for_another(name), "{name}");
        }
    }

    #[test]
    fn no_header_changes_the_method_or_the_path() {
        for name in [
            "X-HTTP-Method-Override",
            "x-http-method",
            "X-Method-Override",
            "x_http_method_override",
            "X.Http.Method.Override",
            "HTTP-Method-Override",
            "X-Original-Method",
            "X-Rewrite-Method",
            "X-Request-Method",
            "X-Forwarded-Method",
            "_method",
            "X-Method",
            "Method",
            "Verb",
            "X~Http~Verb",
            "X-HttpVerb",
            "X-Original-URL",
            "X_Original_Url",
            "X-Rewrite-URL",
            "X-Original-URI",
            "X-Http-Path-Override",
            "X-Override-URL",
            "X-Real-Url",
            "X-Nginx-Uri",
            "Request-Uri",
        ] {
            assert!(!is_allowed(name), "{name}");
        }
    }
}
