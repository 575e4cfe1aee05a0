//! New names for the members of an object.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// Renames members. Those whose names become the same are numbered, so that none is lost.
pub(super) fn renamed(
    members: Map<String, Value>,
    rename: impl Fn(&str) -> String,
) -> Map<String, Value> {
    let mut renamed = Map::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (name, member) in members {
        let name = rename(&name);
        let mut own = name.clone();
        while renamed.contains_key(&own) {
            // Goes on where the last one of this name stopped: there may be very many.
            let number = numbers.entry(name.clone()).or_insert(1);
            *number += 1;
            own = format!("{name} {number}");
        }
        renamed.insert(own, member);
    }
    renamed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::secret::{Redactor, Secret};

    #[test]
    fn no_member_is_lost_where_names_are_redacted() {
        let secrets = ["user-of-me", "t0ken-of-me"].map(Secret::new);
        let mut value = json!({
            "k-t0ken-of-me": 1, "k-user-of-me": 2, "t0ken-of-me": 3, "user-of-me": 4,
            "user-of-me 2": 5, "%75ser-of-me": [{ "t0ken-of-me": "user-of-me" }],
        });
        Redactor::new(&secrets).redact_json(&mut value);
        let members = value.as_object().unwrap();
        assert_eq!(members.len(), 6, "{value}");
        let said = value.to_string();
        assert!(
            !said.contains("of-me") && said.contains(r#""[redacted] 3""#),
            "{said}"
        );
    }

    #[test]
    fn very_many_names_that_become_the_same_take_no_longer() {
        let members = (0..50_000).map(|number| (number.to_string(), number.into()));
        let renamed = super::renamed(members.collect(), |_| "one".to_owned());
        assert_eq!(renamed.len(), 50_000);
        assert!(renamed.contains_key("one 50000"));
    }
}
