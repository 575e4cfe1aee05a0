// Types of actions, by `plugwright types`. Changes will be lost.
//
// Needs the crates `plugwright-client`, `serde` with its feature `derive`, and `serde_json`.

/// Actions of `shop`.
#[allow(dead_code, clippy::all, clippy::pedantic, rustdoc::all)]
pub mod shop {
    /// Actions of `items`.
    pub mod items {
        /// Id of the action that [`create`](create()) calls.
        pub const CREATE: &str = "shop.items.create";

        /// Creates an item.
        ///
        /// Returns the new item.
        ///
        /// # Errors
        ///
        /// If the call fails.
        #[inline]
        pub fn create<'a>(
            client: &'a plugwright_client::Connector,
            input: &'a CreateInput,
        ) -> impl ::core::future::Future<Output = Result<CreateOutput, plugwright_client::Error>> + 'a {
            client.execute(CREATE, input)
        }

        /// Colour.
        ///
        /// Default: `red`.
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
        pub enum CreateInputColor {
            /// `red`
            #[serde(rename = "red")]
            Red,
            /// `light blue`
            #[serde(rename = "light blue")]
            LightBlue,
        }

        /// Input of [`create`](create()).
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        pub struct CreateInput {
            /// Name.
            ///
            /// Length at most `9`.
            pub name: String,
            /// Colour.
            ///
            /// Default: `red`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub color: Option<CreateInputColor>,
            /// Member `note`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub note: Option<Option<String>>,
        }

        impl CreateInput {
            /// Creates a value from its required members.
            #[inline]
            pub fn new(name: impl Into<String>) -> Self {
                Self { color: None, name: name.into(), note: None }
            }
        }

        /// Part of the output of [`create`](create()).
        #[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
        pub struct CreateOutputPart {
            /// Member `size`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub size: Option<f64>,
        }

        /// An item.
        #[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
        pub struct CreateOutput {
            /// At least `0`.
            pub id: u64,
            /// Member `parts`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub parts: Option<Vec<CreateOutputPart>>,
            /// Member `more`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub more: Option<std::collections::BTreeMap<String, bool>>,
        }
    }
}
