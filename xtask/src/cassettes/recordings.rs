//! Exchanges from a package of recorded scenarios, in the format of the npm package `nock`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::cassette::{Body, Exchange, KEPT_HEADERS, Kind, Provenance, Request, Response};
use super::package::Unpacked;
use super::plan::Recorded;

#[derive(Debug)]
pub(super) struct Recordings {
    pub(super) package: Unpacked,
}

#[derive(Debug, Deserialize)]
struct Recording {
    scope: String,
    method: String,
    path: String,
    #[serde(default)]
    body: Value,
    status: u16,
    #[serde(default)]
    response: Value,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default, rename = "responseIsBinary")]
    response_is_binary: bool,
}

impl Recordings {
    pub(super) fn new(package: Unpacked) -> Self {
        Self { package }
    }

    /// The wanted exchanges of a scenario, and what they are.
    pub(super) fn exchanges(&self, wanted: &Recorded) -> Result<(Provenance, Vec<Exchange>)> {
        let scenario = &wanted.scenario;
        let all = self.scenario(scenario)?;
        let numbers = match &wanted.exchanges {
            Some(numbers) => numbers.clone(),
            None => (1..=all.len()).collect(),
        };
        ensure!(
            !numbers.is_empty(),
            "`exchanges` of scenario `{scenario}` is empty"
        );
        let exchanges = numbers
            .iter()
            .map(|&number| {
                let recording = number.checked_sub(1).and_then(|index| all.get(index));
                let recording = recording.with_context(|| {
                    format!(
                        "scenario `{scenario}` has exchanges 1 to {}, not {number}",
                        all.len()
                    )
                })?;
                exchange(recording).with_context(|| format!("exchange {number} of `{scenario}`"))
            })
            .collect::<Result<Vec<_>>>()?;
        let provenance = Provenance {
            kind: Kind::Recorded,
            source: format!(
                "{}, scenario {scenario}{}",
                self.package.title(),
                extent(&numbers, all.len()),
            ),
            license: self.package.license().to_owned(),
        };
        Ok((provenance, exchanges))
    }

    pub(super) fn scenarios(&self) -> Result<BTreeMap<String, usize>> {
        folder_names(&self.package.content())?
            .into_iter()
            .map(|name| {
                let count = self.scenario(&name)?.len();
                Ok((name, count))
            })
            .collect()
    }

    fn scenario(&self, name: &str) -> Result<Vec<Recording>> {
        let scenarios = self.package.content();
        let path = scenarios.join(name).join("normalized-fixture.json");
        if !path.is_file() {
            bail!(
                "no scenario `{name}`; there are {}",
                folder_names(&scenarios)?.join(", ")
            );
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("{} is not a recording", path.display()))
    }
}

fn folder_names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Says which part of a scenario is used, or nothing if it is used whole.
fn extent(numbers: &[usize], total: usize) -> String {
    if numbers.iter().copied().eq(1..=total) {
        return String::new();
    }
    let list = numbers
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let noun = if numbers.len() == 1 {
        "exchange"
    } else {
        "exchanges"
    };
    format!(", {noun} {list} of {total}")
}

fn exchange(recording: &Recording) -> Result<Exchange> {
    // Without this header a decoder would take the compressed bytes for the document itself.
    ensure!(
        !recording
            .headers
            .keys()
            .any(|name| name.eq_ignore_ascii_case("content-encoding")),
        "the response is recorded in compressed form",
    );
    let response_body = if recording.response_is_binary {
        binary_body(&recording.response)?
    } else {
        body(&recording.response)
    };
    Ok(Exchange {
        request: Request {
            method: recording.method.to_uppercase(),
            url: url(&recording.scope, &recording.path),
            body: body(&recording.body),
        },
        response: Response {
            status: recording.status,
            headers: kept_headers(&recording.headers),
            body: response_body,
        },
    })
}

/// Joins origin and path; a port that the scheme implies is left out, as clients leave it out.
fn url(scope: &str, path: &str) -> String {
    let implied_port = if scope.starts_with("https:") {
        ":443"
    } else {
        ":80"
    };
    format!(
        "{}{path}",
        scope.strip_suffix(implied_port).unwrap_or(scope)
    )
}

/// `nock` keeps a JSON body parsed, any other as a string, and none as an empty string.
fn body(recorded: &Value) -> Option<Body> {
    match recorded {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(Body::Text(text.clone())),
        json => Some(Body::Json(json.clone())),
    }
}

/// `nock` keeps a binary body as one hexadecimal string or as a list of them.
fn binary_body(recorded: &Value) -> Result<Option<Body>> {
    let parts = match recorded {
        Value::Array(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut bytes = Vec::new();
    for part in parts {
        let digits = part.as_str().context("a binary body is not a string")?;
        let part = HEXLOWER_PERMISSIVE.decode(digits.as_bytes());
        bytes.extend(part.context("a binary body is not hexadecimal")?);
    }
    Ok((!bytes.is_empty()).then(|| Body::Base64(BASE64.encode(&bytes))))
}

/// The headers that cassettes keep: lower-case names, text values, one order.
fn kept_headers(recorded: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = Map::new();
    for name in KEPT_HEADERS {
        let values = recorded
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let mut text = String::new();
        for (_, value) in values {
            append_header_value(&mut text, value);
        }
        if !text.is_empty() {
            kept.insert(name.to_owned(), Value::String(text));
        }
    }
    kept
}

fn append_header_value(text: &mut String, value: &Value) {
    match value {
        Value::Array(values) => {
            for value in values {
                append_header_value(text, value);
            }
        }
        single => {
            if !text.is_empty() {
                text.push_str(", ");
            }
            match single {
                Value::String(single) => text.push_str(single),
                other => text.push_str(&other.to_string()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn leaves_out_the_port_that_the_scheme_implies() {
        assert_eq!(
            url(
                "https://api.github.com:443",
                "/search/issues?q=a%20repo%3Ao%2Fn&page=2"
            ),
            "https://api.github.com/search/issues?q=a%20repo%3Ao%2Fn&page=2",
        );
        assert_eq!(url("http://localhost:80", "/"), "http://localhost/");
        assert_eq!(
            url("https://localhost:8443", "/"),
            "https://localhost:8443/"
        );
        assert_eq!(url("http://localhost:443", "/"), "http://localhost:443/");
    }

    #[test]
    fn keeps_only_known_headers_in_one_order_and_as_text() {
        let headers = json!({
            "x-ratelimit-used": 1,
            "Set-Cookie": "secret",
            "authorization": "token secret",
            "Link": ["<a>; rel=\"next\"", "<b>; rel=\"last\""],
            "Content-Type": "application/json",
        });

        let kept = kept_headers(headers.as_object().unwrap());

        assert_eq!(
            serde_json::to_string(&kept).unwrap(),
            r#"{"content-type":"application/json","link":"<a>; rel=\"next\", <b>; rel=\"last\"","x-ratelimit-used":"1"}"#,
        );
    }

    #[test]
    fn tells_empty_text_and_json_bodies_apart() {
        assert_eq!(body(&json!("")), None);
        assert_eq!(body(&Value::Null), None);
        assert_eq!(
            body(&json!("# hello")),
            Some(Body::Text("# hello".to_owned()))
        );
        assert_eq!(body(&json!({})), Some(Body::Json(json!({}))));
        assert_eq!(body(&json!([])), Some(Body::Json(json!([]))));
    }

    #[test]
    fn turns_hexadecimal_bodies_into_base64() {
        let base64 = |text: &str| Some(Body::Base64(text.to_owned()));
        assert_eq!(binary_body(&json!("1f8B00")).unwrap(), base64("H4sA"));
        assert_eq!(binary_body(&json!(["1f8b", "00"])).unwrap(), base64("H4sA"));
        assert_eq!(binary_body(&json!("")).unwrap(), None);
        for broken in [json!("1f8"), json!("zz"), json!(1)] {
            assert!(binary_body(&broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn refuses_a_compressed_recording() {
        let recording = serde_json::from_value(json!({
            "scope": "https://api.github.com:443", "method": "get", "path": "/", "status": 200,
            "response": ["1f8b"], "headers": { "Content-Encoding": "gzip" },
        }))
        .unwrap();

        let error = exchange(&recording).unwrap_err().to_string();

        assert!(error.contains("compressed"), "{error}");
    }

    #[test]
    fn names_the_part_of_a_scenario_that_is_used() {
        assert_eq!(extent(&[1, 2, 3], 3), "");
        assert_eq!(extent(&[2], 3), ", exchange 2 of 3");
        assert_eq!(extent(&[1, 3], 3), ", exchanges 1, 3 of 3");
    }

    #[test]
    fn names_the_scenarios_and_exchanges_that_exist() {
        let folder = std::env::temp_dir().join(format!("recordings-{}", std::process::id()));
        let scenario = folder.join("content/labels");
        fs::create_dir_all(&scenario).unwrap();
        let exchange = json!({
            "scope": "https://api.github.com:443", "method": "get", "path": "/labels",
            "status": 200, "response": [{ "name": "bug" }],
        });
        fs::write(
            scenario.join("normalized-fixture.json"),
            json!([exchange]).to_string(),
        )
        .unwrap();
        let recordings = Recordings::new(Unpacked::for_test(&folder));
        let take = |scenario: &str, numbers: &[usize]| {
            recordings.exchanges(&Recorded {
                scenario: scenario.to_owned(),
                exchanges: Some(numbers.to_vec()),
            })
        };

        let unknown = take("label", &[1]).unwrap_err().to_string();
        let beyond = take("labels", &[2]).unwrap_err().to_string();
        let zero = take("labels", &[0]).unwrap_err().to_string();
        let (provenance, exchanges) = take("labels", &[1]).unwrap();
        fs::remove_dir_all(&folder).unwrap();

        assert_eq!(unknown, "no scenario `label`; there are labels");
        assert_eq!(beyond, "scenario `labels` has exchanges 1 to 1, not 2");
        assert_eq!(zero, "scenario `labels` has exchanges 1 to 1, not 0");
        assert_eq!(
            provenance.source,
            "npm @example/package 1.2.3, scenario labels"
        );
        assert_eq!(exchanges[0].request.method, "GET");
        assert_eq!(
            exchanges[0].response.body,
            Some(Body::Json(json!([{ "name": "bug" }])))
        );
    }
}
