//! A shelf of items, as tools of rmcp.

use reqwest::{Client, RequestBuilder, StatusCode};
use rmcp::handler::server::wrapper::Parameters;
use rmcp::{ErrorData, Json, tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// An item.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Item {
    /// Id.
    id: String,
    /// Name.
    name: String,
    /// What it is for.
    note: Option<String>,
}

/// A page of items.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Items {
    /// The items.
    items: Vec<Item>,
    /// Where the next page starts.
    next_cursor: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct List {
    /// Items per page.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// Where the page starts.
    cursor: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Get {
    /// Id of the item.
    id: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Create {
    /// Name of the item, which no other item has.
    #[schemars(length(min = 1, max = 100), example = &"Lamp")]
    name: String,
    /// What the item is for.
    #[schemars(length(max = 500))]
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Clone)]
pub(crate) struct Shelf {
    pub(crate) url: String,
    pub(crate) token: String,
    pub(crate) client: Client,
}

#[tool_router(server_handler)]
impl Shelf {
    /// Lists all items, in the order in which they were created.
    ///
    /// Returns id, name and note of each item, page by page.
    #[tool(annotations(read_only_hint = true))]
    async fn list_items(
        &self,
        Parameters(query): Parameters<List>,
    ) -> Result<Json<Items>, ErrorData> {
        let request = self.client.get(format!("{}/items", self.url));
        self.send(request.query(&query)).await
    }

    /// Gets one item by its id.
    ///
    /// Returns its id, name and note, wherever in the list it is.
    #[tool(annotations(read_only_hint = true))]
    async fn get_item(
        &self,
        Parameters(Get { id }): Parameters<Get>,
    ) -> Result<Json<Item>, ErrorData> {
        self.send(self.client.get(format!("{}/items/{id}", self.url)))
            .await
    }

    /// Creates an item at the end of the list.
    ///
    /// Returns the new item with its id. A name that another item has is refused as a conflict.
    #[tool(annotations(read_only_hint = false, destructive_hint = false))]
    async fn create_item(
        &self,
        Parameters(item): Parameters<Create>,
    ) -> Result<Json<Item>, ErrorData> {
        let request = self.client.post(format!("{}/items", self.url));
        self.send(request.json(&item)).await
    }
}

impl Shelf {
    async fn send<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<Json<T>, ErrorData> {
        let internal = |error: reqwest::Error| ErrorData::internal_error(error.to_string(), None);
        let request = request.bearer_auth(&self.token);
        let response = request.send().await.map_err(internal)?;
        if response.status() == StatusCode::UNPROCESSABLE_ENTITY {
            let body: Value = response.json().await.map_err(internal)?;
            let text = match (body["code"].as_str(), body["message"].as_str()) {
                (Some("name_taken"), Some(text)) => format!("another item has this name: {text}"),
                (_, text) => text.unwrap_or("the API refused the call").to_owned(),
            };
            return Err(ErrorData::invalid_params(text, None));
        }
        let response = response.error_for_status().map_err(internal)?;
        Ok(Json(response.json().await.map_err(internal)?))
    }
}
