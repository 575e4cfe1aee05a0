//! Views: what a response shows of a value, with each field's source beside its type.

/// Defines a struct and its constructor from fields that say where they come from:
///
/// ```text
/// view! {
///     /// An account.
///     #[derive(Serialize)]
///     struct Account<'a>(connection: &'a Connection) {
///         id: Uuid = connection.id,
///         name: &'a str = &connection.name,
///     }
/// }
/// ```
///
/// makes `Account::new(connection)`. Fields are private.
macro_rules! view {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident $(<$lifetime:lifetime>)? (
            $($argument:ident: $argument_type:ty),+ $(,)?
        ) {
            $($(#[$field_attribute:meta])* $field:ident: $field_type:ty = $source:expr,)+
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $name $(<$lifetime>)? {
            $($(#[$field_attribute])* $field: $field_type,)+
        }

        impl $(<$lifetime>)? $name $(<$lifetime>)? {
            $visibility fn new($($argument: $argument_type),+) -> Self {
                Self { $($field: $source,)+ }
            }
        }
    };
}

pub(crate) use view;
