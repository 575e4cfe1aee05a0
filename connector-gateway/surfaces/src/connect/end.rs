//! The last pages: what happened, and what to do now.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::pages::{Link, Site, respond};
use plugwright_engine::connect::code;

#[derive(Clone, Copy, Debug)]
pub(crate) enum End<'a> {
    /// The account is connected; `account` is its name at the provider.
    Connected {
        account: Option<&'a str>,
    },
    /// The person declined at the provider.
    Denied,
    /// The person cancelled here.
    Cancelled,
    /// The provider refused with this error code (RFC 6749, section 4.1.2.1 or 5.2), or failed without
    /// one, and this is the gateway's.
    ProviderError {
        code: &'a str,
    },
    /// The provider does not accept the gateway's registration, by this code.
    Misregistered {
        code: &'a str,
    },
    /// The person signed in with another account than that of the connection.
    OtherAccount,
    /// The name of the connection is in use.
    NameTaken,
    Expired,
    /// The request had ended before.
    Used,
    /// The request was withdrawn, or its creator is no longer allowed to connect the account.
    Withdrawn,
    /// There is no such request.
    Unknown,
    /// The person began in another browser.
    WrongBrowser,
    /// The form was not made for this browser and request.
    StaleForm,
    /// The operator has not configured the connector.
    NotConfigured,
    /// The gateway itself failed.
    Failed,
}

impl<'a> End<'a> {
    /// Returns the end of a request that the provider refused with this code.
    pub(crate) fn refused(code: &'a str) -> Self {
        match code {
            // Those about the redirect URI are no standard's.
            "invalid_client"
            | "unauthorized_client"
            | "redirect_uri_mismatch"
            | "redirect_uri"
            | "invalid_redirect_uri" => Self::Misregistered { code },
            _ => Self::ProviderError { code },
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct EndPage<'a> {
    pub(crate) site: Site<'a>,
    /// The connector's display name, where the request is known.
    pub(crate) connector: Option<&'a str>,
    /// The display name of the project that made the request.
    pub(crate) asking: Option<&'a str>,
    /// Where to begin again, if the request is still open.
    pub(crate) again: Option<&'a str>,
    /// Where the person came from, with the result.
    pub(crate) back: Option<&'a str>,
    pub(crate) end: End<'a>,
}

plugwright_sdk::__spelled! {
    #[derive(Clone, Copy, Debug)]
    enum Tone {
        Good = "good",
        Neutral = "neutral",
        Bad = "bad",
    }
}

#[derive(Template)]
#[template(path = "connect/end.html")]
struct Text<'a> {
    site: Site<'a>,
    tone: Tone,
    title: String,
    what: String,
    code: Option<&'a str>,
    next: String,
    link: Option<Link>,
}

impl<'a> EndPage<'a> {
    /// Returns the page of an end when nothing else is known.
    pub(crate) fn new(site: Site<'a>, end: End<'a>) -> Self {
        Self {
            site,
            connector: None,
            asking: None,
            again: None,
            back: None,
            end,
        }
    }

    pub(crate) fn response(&self) -> Response {
        respond(self.status(), &self.text())
    }

    fn status(&self) -> StatusCode {
        match self.end {
            End::Connected { .. } | End::Denied | End::Cancelled => StatusCode::OK,
            End::ProviderError { .. } => StatusCode::BAD_GATEWAY,
            End::Expired | End::Used | End::Withdrawn => StatusCode::GONE,
            End::Unknown => StatusCode::NOT_FOUND,
            End::WrongBrowser | End::StaleForm => StatusCode::FORBIDDEN,
            End::NotConfigured | End::Misregistered { .. } | End::OtherAccount | End::NameTaken => {
                StatusCode::CONFLICT
            }
            End::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn text(&self) -> Text<'a> {
        let (tone, title, what) = self.story();
        let code = match self.end {
            End::ProviderError { code } | End::Misregistered { code } => Some(code),
            _ => None,
        };
        let (next, link) = self.next();
        Text {
            site: self.site,
            tone,
            title,
            what,
            code,
            next,
            link,
        }
    }

    fn story(&self) -> (Tone, String, String) {
        let name = self.connector.unwrap_or("the account");
        let subject = self.connector.unwrap_or("The account");
        let user = self.asking.unwrap_or("This gateway");
        match self.end {
            End::Connected { account } => {
                let account = account.map_or_else(
                    || format!("{user} can now use your {name} account."),
                    |account| format!("{user} can now use your {name} account “{account}”."),
                );
                (Tone::Good, format!("{subject} is connected"), account)
            }
            End::Denied => (
                Tone::Neutral,
                format!("{subject} was not connected"),
                format!("You did not agree at {name}, so nothing was stored."),
            ),
            End::Cancelled => (
                Tone::Neutral,
                format!("{subject} was not connected"),
                "You cancelled, so nothing was stored.".to_owned(),
            ),
            End::ProviderError { code } => (
                Tone::Bad,
                format!("{subject} could not be connected"),
                format!("{} Nothing was stored.", reason(name, code)),
            ),
            End::Misregistered { .. } => (
                Tone::Bad,
                format!("{subject} cannot be connected yet"),
                format!("{name} does not accept this gateway's registration. Nothing was stored."),
            ),
            End::OtherAccount => (
                Tone::Neutral,
                format!("{subject} was not connected"),
                format!(
                    "The connection belongs to another {name} account than the one you signed \
                     in with. It was left as it was."
                ),
            ),
            End::NameTaken => (
                Tone::Neutral,
                format!("{subject} was not connected"),
                "The name for this connection is in use. Nothing was stored.".to_owned(),
            ),
            End::Expired => (
                Tone::Neutral,
                "This link has expired".to_owned(),
                "Links to connect an account work for 10 minutes. Nothing was stored.".to_owned(),
            ),
            End::Used => (
                Tone::Neutral,
                "This link was used already".to_owned(),
                "Each link works once. If you connected the account with it, you are done."
                    .to_owned(),
            ),
            End::Withdrawn => (
                Tone::Neutral,
                "This link does not work any more".to_owned(),
                "The request to connect the account was withdrawn, or its creator is no \
                 longer allowed to. Nothing was stored."
                    .to_owned(),
            ),
            End::Unknown => (
                Tone::Neutral,
                "This link is unknown".to_owned(),
                "It may be incomplete, or too old.".to_owned(),
            ),
            End::WrongBrowser => (
                Tone::Bad,
                "This is another browser".to_owned(),
                "Connect the account in the browser in which you began, with cookies allowed. \
                 Nothing was stored."
                    .to_owned(),
            ),
            End::StaleForm => (
                Tone::Bad,
                "This page is out of date".to_owned(),
                "Your input was not accepted: it did not come from the current page in this \
                 browser."
                    .to_owned(),
            ),
            End::NotConfigured => (
                Tone::Bad,
                format!("{subject} cannot be connected yet"),
                format!("This gateway is not registered at {name}. Nothing was stored."),
            ),
            End::Failed => (
                Tone::Bad,
                "Something went wrong here".to_owned(),
                "The gateway could not finish. The reason is in its log.".to_owned(),
            ),
        }
    }

    fn next(&self) -> (String, Option<Link>) {
        let link = |url: &str, text: String| {
            Some(Link {
                url: url.to_owned(),
                text,
            })
        };
        let source = self.asking.unwrap_or("where you came from");
        let return_text = || match self.asking {
            Some(asking) => format!("Return to {asking}"),
            None => "Return".to_owned(),
        };
        if matches!(self.end, End::Connected { .. }) {
            return match self.back {
                Some(back) => ("You can go back now.".to_owned(), link(back, return_text())),
                None => ("You can close this page.".to_owned(), None),
            };
        }
        match (self.end, self.again, self.back) {
            (End::NotConfigured, _, _) => (
                "Ask the operator of the gateway to set it up.".to_owned(),
                self.back.and_then(|back| link(back, return_text())),
            ),
            (End::Misregistered { .. }, _, _) => (
                "Ask the operator of the gateway to correct it.".to_owned(),
                self.back.and_then(|back| link(back, return_text())),
            ),
            (End::WrongBrowser, None, _) => (
                "Continue in that browser, or open the link here to start again.".to_owned(),
                None,
            ),
            (_, Some(again), _) => (
                "You can try again with the same link.".to_owned(),
                link(again, "Try again".to_owned()),
            ),
            (_, None, Some(back)) => (
                "To try again, go back and start again.".to_owned(),
                link(back, return_text()),
            ),
            (_, None, None) => (
                format!("To connect the account, go back to {source} and start again."),
                None,
            ),
        }
    }
}

/// Explains the code of a [`ProviderError`](End::ProviderError).
fn reason(name: &str, code: &str) -> String {
    match code {
        "server_error" | "temporarily_unavailable" => {
            format!("{name} is not available right now.")
        }
        "invalid_scope" => {
            format!("{name} does not offer the requested access.")
        }
        code::PROVIDER => format!("{name} did not complete the connection."),
        _ => format!("{name} refused the connection."),
    }
}
