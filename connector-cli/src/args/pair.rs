//! Arguments of the form NAME=VALUE.

use std::str::FromStr;

use serde_json::Value;

/// A parameter on the command line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Assignment {
    /// `name=text`, whose type the schema decides.
    Text { name: String, text: String },
    /// `name:=json`.
    Json { name: String, value: Value },
}

impl Assignment {
    /// Returns the name of the parameter, or of a member of one.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Text { name, .. } | Self::Json { name, .. } => name,
        }
    }
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(argument: &str) -> Result<Self, Self::Err> {
        let (name, text) = pair(argument)?;
        match name.strip_suffix(':') {
            None => Ok(Self::Text { name, text }),
            Some("") => Err("missing name before `:=`".to_owned()),
            Some(name) => match serde_json::from_str(&text) {
                Ok(value) => Ok(Self::Json {
                    name: name.to_owned(),
                    value,
                }),
                Err(error) => Err(format!("the value of `{name}` is not JSON: {error}")),
            },
        }
    }
}

/// A connection setting on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(argument: &str) -> Result<Self, Self::Err> {
        let (name, value) = pair(argument)?;
        Ok(Self { name, value })
    }
}

fn pair(argument: &str) -> Result<(String, String), String> {
    match argument.split_once('=') {
        Some(("", _)) => Err("missing name before `=`".to_owned()),
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err("expected NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn assignments_are_texts_or_json() {
        let text = |name: &str, text: &str| Assignment::Text {
            name: name.into(),
            text: text.into(),
        };
        assert_eq!("a=b=c".parse(), Ok(text("a", "b=c")));
        assert_eq!("a=".parse(), Ok(text("a", "")));
        assert_eq!("a=b:=c".parse(), Ok(text("a", "b:=c")));
        assert_eq!(
            "a:=[1]".parse(),
            Ok(Assignment::Json {
                name: "a".into(),
                value: json!([1])
            })
        );
        for bad in ["a", "=b", ":=1", "a:=x"] {
            assert!(bad.parse::<Assignment>().is_err(), "{bad}");
        }
    }
}
