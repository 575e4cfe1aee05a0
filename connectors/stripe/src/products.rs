//! Products.

use std::collections::BTreeMap;

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Patch, Result, action, path};

use crate::lost;
use crate::model::{Created, Limit, Product, items};

/// Id of the product, such as `prod_OLBTh0QPxDXkIU`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=255))]
pub struct ProductId(pub String);

/// Lists products, the newest first.
///
/// All of them, or those that can be bought. Returns name, description, default price and metadata of
/// each product, page by page; `prices.list` has what they cost.
#[action(read, scopes = ["read_only"], get = "/products", page = items())]
pub async fn list(
    cx: &ActionContext,
    /// Only products that can be bought (true), or that can't (false).
    active: Option<bool>,
    /// Only products with these ids.
    #[param(length(1..))]
    ids: Option<Vec<String>>,
    /// Only products created in this time.
    created: Option<Created>,
    /// Products per page.
    limit: Option<Limit>,
) -> Result<Page<Product>>;

/// Gets one product by its id.
///
/// Returns name, description, default price, pictures, whether it can be bought, and metadata.
#[action(read, scopes = ["read_only"], get = "/products/{product}")]
pub async fn get(cx: &ActionContext, product: ProductId) -> Result<Product>;

/// Creates a product that can be sold.
///
/// It needs a price before it can be bought, which `prices.create` makes. Returns the new product with
/// its id.
#[action(
    write,
    scopes = ["read_write"],
    reconcile(key = find_created()),
    post = "/products",
    form
)]
pub async fn create(
    cx: &ActionContext,
    /// Name that customers see.
    #[param(length(1..=5000))]
    name: String,
    /// Description that customers see.
    description: Option<String>,
    /// Whether it can be bought.
    #[param(provider_default = true)]
    active: Option<bool>,
    /// Addresses of pictures, up to 8.
    #[param(length(..=8))]
    images: Option<Vec<String>>,
    /// What one unit of it is called, such as `seat`.
    unit_label: Option<String>,
    /// Address of its web page.
    #[param(format = "uri")]
    url: Option<String>,
    /// The account's own data, up to 50 keys.
    #[param(length(..=50))]
    metadata: Option<BTreeMap<String, String>>,
) -> Result<Product>;

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Product>> {
    lost::made(cx, lost, "product.created", |id| path!("/products/{id}")).await
}

/// Changes a product: name, description, default price, pictures or whether it can be bought.
///
/// What is not given stays as it is; `null` clears a field. Set `active` to false to withdraw it.
/// Returns the changed product.
#[action(write, idempotent, scopes = ["read_write"], post = "/products/{product}", form)]
pub async fn update(
    cx: &ActionContext,
    product: ProductId,
    /// New name that customers see.
    #[param(length(1..=5000))]
    name: Option<String>,
    /// New description that customers see.
    description: Patch<String>,
    /// Whether it can be bought.
    active: Option<bool>,
    /// Id of the price that becomes its default price.
    default_price: Option<String>,
    /// Addresses of pictures that replace those it has, up to 8.
    #[param(length(1..=8))]
    images: Option<Vec<String>>,
    /// New address of its web page.
    url: Patch<String>,
    /// Keys to set; an empty text removes one.
    metadata: Option<BTreeMap<String, String>>,
) -> Result<Product>;
