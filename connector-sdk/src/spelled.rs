//! Enumerations whose values have one spelling each.

/// Defines an enumeration of plain values by the spelling of each: with `ALL`, `as_str`, `Display` and
/// `FromStr`.
#[doc(hidden)]
#[macro_export]
macro_rules! __spelled {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[$of:meta])* $variant:ident = $spelling:literal,)*
        }
    ) => {
        $(#[$meta])*
        $vis enum $name {
            $($(#[$of])* $variant,)*
        }

        impl $name {
            /// All values.
            $vis const ALL: [Self; [$($spelling),*].len()] = [$(Self::$variant),*];

            /// Returns the spelling.
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $spelling,)*
                }
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::host::UnknownSpelling;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                let mut all = Self::ALL.into_iter();
                let found = all.find(|value| value.as_str() == text);
                found.ok_or_else(|| $crate::host::UnknownSpelling::of(&Self::ALL.map(Self::as_str)))
            }
        }
    };
}
pub(crate) use __spelled as spelled;

/// A text that is none of the spellings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {0}")]
pub struct UnknownSpelling(String);

impl UnknownSpelling {
    #[doc(hidden)]
    pub fn of(spellings: &[&str]) -> Self {
        Self(spellings.join(", "))
    }
}
