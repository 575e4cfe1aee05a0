//! The keywords that schemas have schemas in.

/// What the value of a keyword is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A schema.
    Schema,
    /// A list of schemas.
    List,
    /// Schemas by name.
    Named,
}

impl Holds {
    /// Returns how a keyword of JSON Schema 2020-12 holds schemas, if it does.
    ///
    /// ```
    /// use plugwright_sdk::schema::Holds;
    ///
    /// assert_eq!(Holds::of("items"), Some(Holds::Schema));
    /// assert_eq!(Holds::of("properties"), Some(Holds::Named));
    /// assert_eq!(Holds::of("enum"), None);
    /// ```
    pub fn of(keyword: &str) -> Option<Self> {
        Some(match keyword {
            "additionalProperties"
            | "contains"
            | "contentSchema"
            | "else"
            | "if"
            | "items"
            | "not"
            | "propertyNames"
            | "then"
            | "unevaluatedItems"
            | "unevaluatedProperties" => Self::Schema,
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => Self::List,
            "$defs" | "dependentSchemas" | "patternProperties" | "properties" => Self::Named,
            _ => return None,
        })
    }
}
