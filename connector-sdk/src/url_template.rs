//! URLs with settings of a connection in them, such as `https://{site}.example.com`.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, PoisonError, RwLock};

use url::Url;

use crate::echo::Echo;
use crate::error::{ActionError, ErrorCode, Result};

pub(crate) fn fill(template: &str, settings: &BTreeMap<String, String>) -> Result<Url> {
    if let Some(name) = whole_setting(template) {
        return whole_url(name, setting(settings, name)?);
    }
    let base = expand(template, settings)?;
    parse(&base)
        .map_err(|error| defect(format!("`{}` is not a URL", Echo(&base))).with_source(error))
}

const MOST_PARSED: usize = 1024;

/// Parses a base URL. Calls come with the same ones again and again, and a copy is cheaper.
fn parse(base: &str) -> Result<Url, url::ParseError> {
    static PARSED: LazyLock<RwLock<HashMap<String, Url>>> = LazyLock::new(RwLock::default);
    let known = PARSED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(url) = known.get(base) {
        return Ok(url.clone());
    }
    drop(known);
    let url: Url = base.parse()?;
    let mut known = PARSED.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MOST_PARSED {
        known.clear();
    }
    known.insert(base.to_owned(), url.clone());
    Ok(url)
}

fn whole_setting(template: &str) -> Option<&str> {
    let name = template.strip_prefix('{')?.strip_suffix('}')?;
    (!name.contains(['{', '}'])).then_some(name)
}

fn setting<'a>(settings: &'a BTreeMap<String, String>, name: &str) -> Result<&'a str> {
    let value = settings.get(name).ok_or_else(|| {
        ActionError::invalid_param(
            name,
            "is required by this connector, but the connection doesn't set it",
        )
    })?;
    Ok(value)
}

/// Fills a template such as `https://{site}.example.com` or `{base_url}`.
fn expand(template: &str, settings: &BTreeMap<String, String>) -> Result<String> {
    let mut url = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        url.push_str(before);
        let (name, after) = after
            .split_once('}')
            .ok_or_else(|| defect(format!("the URL `{template}` has an open brace")))?;
        let value = setting(settings, name)?;
        if url.is_empty() {
            whole_url(name, value)?;
            url.push_str(value.trim_end_matches('/'));
        } else {
            url.push_str(host_part(name, value)?);
        }
        rest = after;
    }
    url.push_str(rest);
    Ok(url)
}

pub(crate) fn fault(template: &str, name: &str, value: &str) -> Option<String> {
    let (before, _) = template.split_once(&format!("{{{name}}}"))?;
    let error = if before.is_empty() {
        whole_url(name, value).err()?
    } else {
        host_part(name, value).err()?
    };
    error.faults().first().map(|fault| fault.message.clone())
}

fn whole_url(name: &str, value: &str) -> Result<Url> {
    let url = parse(value).ok().filter(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    url.ok_or_else(|| {
        ActionError::invalid_param(
            name,
            "must be an http or https URL without user, query and fragment, such as https://git.example.com",
        )
    })
}

fn host_part<'a>(name: &str, value: &'a str) -> Result<&'a str> {
    let plain = value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    if plain
        && !value.is_empty()
        && !value.starts_with(['-', '.'])
        && !value.ends_with(['-', '.'])
        && !value.contains("..")
    {
        Ok(value)
    } else {
        Err(ActionError::invalid_param(
            name,
            "must be a host name or a part of one: letters, digits, hyphens and dots",
        ))
    }
}

pub(crate) fn defect(message: String) -> ActionError {
    ActionError::new(ErrorCode::InternalError, message)
}
