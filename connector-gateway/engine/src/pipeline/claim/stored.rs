//! Stored outcomes of idempotency keys.

use std::time::Duration;

use plugwright_sdk::host::{Fault, Faults, Meta, Missing};
use plugwright_sdk::{ActionError, ActionResult, ErrorCode, Hint};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::outcome::Case;

/// A stored outcome, which restores the same response.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::pipeline) enum Stored {
    Ok {
        data: Box<RawValue>,
        cursor: Option<String>,
        has_more: Option<bool>,
        total_count: Option<u64>,
        /// Outcomes of earlier versions have none.
        #[serde(default)]
        missing: Vec<Missing>,
        raw: Option<Box<RawValue>>,
    },
    Error {
        case: Case,
        code: ErrorCode,
        message: String,
        hint: Hint,
        status: u16,
        detail: Option<String>,
        retry_after: Option<Duration>,
        ambiguous: bool,
        faults: Vec<(String, String)>,
    },
}

impl Stored {
    pub(super) fn write(
        result: &Result<ActionResult, ActionError>,
        case: Case,
    ) -> Result<Vec<u8>, serde_json::Error> {
        let stored = match result {
            Ok(result) => Self::Ok {
                data: to_raw_value(&result.data)?,
                cursor: result.meta.cursor.clone(),
                has_more: result.meta.has_more,
                total_count: result.meta.total_count,
                missing: result.meta.missing.clone(),
                raw: result.raw.as_ref().map(to_raw_value).transpose()?,
            },
            Err(error) => Self::Error {
                case,
                code: error.code(),
                message: error.message().to_owned(),
                hint: error.hint(),
                status: error.status(),
                detail: error.detail().map(str::to_owned),
                retry_after: error.retry_after(),
                ambiguous: error.is_ambiguous(),
                faults: error
                    .faults()
                    .iter()
                    .map(|fault| (fault.param.clone(), fault.message.clone()))
                    .collect(),
            },
        };
        serde_json::to_vec(&stored)
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// Returns whether it is the outcome of a write that may have taken effect.
    pub(super) fn is_in_doubt(&self) -> bool {
        matches!(
            self,
            Self::Error {
                case: Case::DoubtfulWrite,
                ..
            }
        )
    }

    /// The error of a write that a crashed process left behind.
    pub(in crate::pipeline) fn lost() -> Self {
        let code = ErrorCode::OutcomeUnknown;
        Self::Error {
            case: Case::DoubtfulWrite,
            code,
            message: "the gateway stopped while this call was running; it may have taken effect"
                .to_owned(),
            hint: code.default_hint(),
            status: code.default_status(),
            detail: None,
            retry_after: None,
            ambiguous: true,
            faults: Vec::new(),
        }
    }

    pub(in crate::pipeline) fn into_result(self) -> (Result<ActionResult, ActionError>, Case) {
        match self {
            Self::Ok {
                data,
                cursor,
                has_more,
                total_count,
                missing,
                raw,
            } => {
                let meta = Meta {
                    cursor,
                    has_more,
                    total_count,
                    missing,
                };
                let (data, raw) = (data.into(), raw.map(Into::into));
                (Ok(ActionResult { data, meta, raw }), Case::Repeatable)
            }
            Self::Error {
                case,
                code,
                message,
                hint,
                status,
                detail,
                retry_after,
                ambiguous,
                faults,
            } => {
                let faults = faults
                    .into_iter()
                    .map(|(param, message)| Fault { param, message });
                let mut error = ActionError::new(code, message)
                    .with_faults(faults.collect::<Faults>())
                    .with_hint(hint)
                    .with_status(status);
                if let Some(detail) = detail {
                    error = error.with_detail(detail);
                }
                if let Some(wait) = retry_after {
                    error = error.with_retry_after(wait);
                }
                if ambiguous {
                    error = error.ambiguous();
                }
                (Err(error), case)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    fn back(
        result: &Result<ActionResult, ActionError>,
        case: Case,
    ) -> (Result<ActionResult, ActionError>, Case) {
        Stored::read(&Stored::write(result, case).unwrap())
            .unwrap()
            .into_result()
    }

    #[test]
    fn a_result_comes_back_as_it_was() {
        let result = ActionResult {
            data: json!([{ "id": 1 }]).into(),
            meta: Meta {
                cursor: Some("next".to_owned()),
                has_more: Some(true),
                total_count: Some(7),
                missing: vec![Missing {
                    path: "list.nodes[3]".to_owned(),
                    message: "no permission".to_owned(),
                }],
            },
            raw: Some(json!("raw").into()),
        };
        let (read, case) = back(&Ok(result.clone()), Case::Repeatable);
        assert_eq!((read.unwrap(), case), (result, Case::Repeatable));
    }

    #[test]
    fn numbers_come_back_with_all_their_digits() {
        let long = r"[12345678901234567890123,0.1234567890123456789]";
        let text: Box<RawValue> = serde_json::from_str(long).unwrap();
        let result = ActionResult {
            data: text.clone().into(),
            raw: Some(text.into()),
            ..ActionResult::default()
        };
        let read = back(&Ok(result), Case::Repeatable).0.unwrap();
        assert_eq!(read.data.to_json(), long);
        assert_eq!(read.raw.unwrap().to_json(), long);
    }

    #[test]
    fn an_error_comes_back_as_it_was() {
        let error = ActionError::invalid_param("title", "is required")
            .with_detail("said the provider")
            .with_retry_after(Duration::from_millis(1_500))
            .ambiguous();
        let json = serde_json::to_value(&error).unwrap();
        let (read, case) = back(&Err(error), Case::DoubtfulWrite);
        let read = read.unwrap_err();
        assert!(read.is_ambiguous());
        assert_eq!(read.retry_after(), Some(Duration::from_millis(1_500)));
        assert_eq!(
            (serde_json::to_value(&read).unwrap(), case),
            (json, Case::DoubtfulWrite)
        );
    }
}
