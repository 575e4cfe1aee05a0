//! When an event is, as callers say it.

use plugwright_sdk::{ActionError, Param, Result, Value, json};

/// A day, or a moment with or without an offset: `2030-01-31` or `2030-01-31T08:30:00+01:00`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(
    pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$",
    example = "2030-01-31T08:30:00"
)]
pub struct When(pub String);

/// Time zone of the times, such as `Europe/Berlin`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(
    pattern = "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$",
    example = "Europe/Berlin"
)]
pub struct TimeZone(pub String);

impl When {
    /// Returns whether it is a day.
    pub(crate) fn is_day(&self) -> bool {
        !self.0.contains('T')
    }

    fn has_offset(&self) -> bool {
        let time = self.0.split_once('T').map_or("", |(_, time)| time);
        time.contains(['Z', '+', '-'])
    }

    /// Writes it as Google wants it, with the seconds.
    pub(crate) fn to_json(&self, zone: Option<&TimeZone>) -> Result<Value> {
        let zone = zone.map(|zone| zone.0.as_str());
        let Some((day, time)) = self.0.split_once('T') else {
            return Ok(json!({ "date": self.0 }));
        };
        if zone.is_none() && !self.has_offset() {
            return Err(ActionError::invalid_param(
                "time_zone",
                format!("is required, as `{}` has no offset", self.0),
            ));
        }
        let has_seconds = time.get(5..6) == Some(":");
        let time = if has_seconds {
            time.to_owned()
        } else {
            format!("{}:00{}", &time[..5], &time[5..])
        };
        Ok(plugwright_google::given(
            json!({ "dateTime": format!("{day}T{time}"), "timeZone": zone }),
        ))
    }
}

/// Writes start and end, both days or both moments.
pub(crate) fn span(start: &When, end: &When, zone: Option<&TimeZone>) -> Result<(Value, Value)> {
    if start.is_day() != end.is_day() {
        return Err(ActionError::invalid_param(
            "end",
            "must be a day if `start` is one, and a moment if `start` is one",
        ));
    }
    Ok((start.to_json(zone)?, end.to_json(zone)?))
}
