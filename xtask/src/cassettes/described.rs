//! Answers without a body, which a document of the vendor describes in full by their status.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde_json::Map;

use super::cassette::{Exchange, Kind, Provenance, Response};
use super::package::Unpacked;
use super::plan::Described;

/// The types that a package generates from the vendor's OpenAPI document, which say of each operation
/// `/** 204 response for delete_thing */ "204": unknown;`.
#[derive(Debug)]
pub(super) struct Descriptions {
    pub(super) package: Unpacked,
    text: String,
}

impl Descriptions {
    pub(super) fn load(package: Unpacked) -> Result<Self> {
        let path = package.content();
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { package, text })
    }

    /// The exchange of an operation whose answer has no body.
    pub(super) fn exchange(&self, wanted: &Described) -> Result<(Provenance, Exchange)> {
        let Described { operation, request } = wanted;
        let described = format!("/** 204 response for {operation} */");
        let said = self.text.split_once(&described).map(|(_, rest)| rest);
        ensure!(
            said.is_some_and(|rest| rest.trim_start().starts_with(r#""204": unknown;"#)),
            "{} has no answer 204 without a body for `{operation}`",
            self.package.title(),
        );
        let provenance = Provenance {
            kind: Kind::VendorExample,
            source: format!(
                "{}, operation {operation}, response 204",
                self.package.title()
            ),
            license: self.package.license().to_owned(),
        };
        let exchange = Exchange {
            request: request.clone(),
            response: Response {
                status: 204,
                headers: Map::new(),
                body: None,
            },
        };
        Ok((provenance, exchange))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::cassette::Request;
    use super::*;

    fn exchange(operation: &str) -> Result<(Provenance, Exchange)> {
        let text = r#"
            /** 204 response for delete_thing */
            "204": unknown;
            /** 204 response for change_thing */
            "204": Thing;
        "#;
        let descriptions = Descriptions {
            package: Unpacked::for_test(Path::new("unused")),
            text: text.to_owned(),
        };
        descriptions.exchange(&Described {
            operation: operation.to_owned(),
            request: Request {
                method: "DELETE".to_owned(),
                url: "https://api.example.com/things/7".to_owned(),
                body: None,
            },
        })
    }

    #[test]
    fn answers_as_the_document_says() {
        let (provenance, exchange) = exchange("delete_thing").unwrap();

        assert_eq!(provenance.kind, Kind::VendorExample);
        assert_eq!(
            provenance.source,
            "npm @example/package 1.2.3, operation delete_thing, response 204"
        );
        assert_eq!(exchange.response.status, 204);
        assert_eq!(exchange.response.body, None);
    }

    #[test]
    fn refuses_what_the_document_does_not_say() {
        for operation in ["change_thing", "thing"] {
            let error = exchange(operation).unwrap_err().to_string();
            assert!(error.contains("has no answer 204"), "{error}");
        }
    }
}
