//! URLs of PostgreSQL databases.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The URL of a PostgreSQL database, such as `postgres://gateway@db.example.com/plugwright`.
///
/// Its password is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Url);

/// Allowed parameters. Others, `password` in particular, could end up in the log.
const PARAMETERS: [&str; 5] = ["host", "sslcert", "sslkey", "sslmode", "sslrootcert"];

const SSL_MODES: [&str; 6] = [
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
];

impl FromStr for DatabaseUrl {
    type Err = String;

    /// Parses a URL. The error continues the setting's name, without the text itself, which may
    /// contain a password.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "postgres" | "postgresql"))
            .filter(|url| url.fragment().is_none())
            .ok_or("must be a URL such as `postgres://gateway@db.example.com/plugwright`")?;
        if url.path().trim_start_matches('/').is_empty() {
            return Err("must name a database, as `/plugwright` after the host".to_owned());
        }
        for (name, value) in url.query_pairs() {
            if !PARAMETERS.contains(&&*name) {
                let known = PARAMETERS.join("`, `");
                return Err(format!(
                    "has a parameter that is not one of `{known}`; put user and password before the host"
                ));
            }
            if name == "sslmode" && !SSL_MODES.contains(&&*value) {
                let known = SSL_MODES.join("`, `");
                return Err(format!("has an `sslmode` that is not one of `{known}`"));
            }
        }
        Ok(Self(url))
    }
}

#[cfg(feature = "postgres")]
impl DatabaseUrl {
    /// Returns the whole URL, with its password.
    pub(crate) fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        // This only fails for a URL without a host, which has no password.
        if shown.password().is_some() && shown.set_password(Some("***")).is_err() {
            return f.write_str("postgres://***");
        }
        f.write_str(shown.as_str())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_never_shown() {
        let url: DatabaseUrl = "postgres://me:hunter2@db:5433/plugwright?sslmode=verify-full"
            .parse()
            .unwrap();
        let shown = "postgres://me:***@db:5433/plugwright?sslmode=verify-full";
        assert_eq!(url.to_string(), shown);
        assert_eq!(format!("{url:?}"), format!("DatabaseUrl({shown})"));
        for wrong in [
            "hunter2",
            "mysql://me:hunter2@db/x",
            "postgres://me:hunter2@db",
            "postgres://me@db/x?password=hunter2",
            "postgres://me@db/x?hunter2=1",
            "postgres://me@db/x?sslmode=hunter2",
            "postgres://me@db/x#hunter2",
        ] {
            let problem = wrong.parse::<DatabaseUrl>().unwrap_err();
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn a_socket_is_named_by_its_directory() {
        let url = "postgres:///plugwright?host=/var/run/postgresql";
        assert_eq!(url.parse::<DatabaseUrl>().unwrap().to_string(), url);
    }
}
