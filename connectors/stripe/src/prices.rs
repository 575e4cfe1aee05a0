//! Prices.

use std::collections::BTreeMap;

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action, path};

use crate::lost;
use crate::model::{Created, Currency, Limit, Price, Recurrence, items};

/// Id of the price, such as `price_1NYV6vI0XSgju2urKsSmI53v`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=255))]
pub struct PriceId(pub String);

/// Kind of price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum PriceType {
    /// Paid once.
    OneTime,
    /// Paid again and again, by a subscription.
    Recurring,
}

/// Lists prices, the newest first.
///
/// All of them, or those of a product, of a kind or with a lookup key. Returns amount in the currency's
/// smallest unit, currency, product and interval of each price, page by page.
#[action(read, scopes = ["read_only"], get = "/prices", page = items())]
pub async fn list(
    cx: &ActionContext,
    /// Only prices of the product with this id.
    product: Option<String>,
    /// Only prices that can be used for new purchases (true), or that can't (false).
    active: Option<bool>,
    /// Only prices in this currency.
    currency: Option<Currency>,
    /// Only prices of this kind.
    r#type: Option<PriceType>,
    /// Only prices with one of these lookup keys, up to 10.
    #[param(length(1..=10))]
    lookup_keys: Option<Vec<String>>,
    /// Only prices created in this time.
    created: Option<Created>,
    /// Prices per page.
    limit: Option<Limit>,
) -> Result<Page<Price>>;

/// Gets one price by its id.
///
/// Returns amount in the currency's smallest unit, currency, product, interval, and whether it can be
/// used for new purchases.
#[action(read, scopes = ["read_only"], get = "/prices/{price}")]
pub async fn get(cx: &ActionContext, price: PriceId) -> Result<Price>;

/// Creates a price of a product, to be paid once or again and again.
///
/// Amounts are in the currency's smallest unit: 1999 is 19.99 USD. The amount of a price can't be
/// changed later. Returns the new price with its id.
#[action(
    write,
    scopes = ["read_write"],
    reconcile(key = find_created()),
    post = "/prices",
    form
)]
pub async fn create(
    cx: &ActionContext,
    /// Id of the product.
    product: String,
    /// Amount per unit, in the currency's smallest unit; 0 is free.
    #[param(range(0..), example = 1999)]
    unit_amount: u64,
    currency: Currency,
    /// How often it recurs; without it, it is paid once.
    recurring: Option<Recurrence>,
    /// Short description that customers don't see.
    nickname: Option<String>,
    /// The account's own key of the price.
    #[param(length(1..=200))]
    lookup_key: Option<String>,
    /// The account's own data, up to 50 keys.
    #[param(length(..=50))]
    metadata: Option<BTreeMap<String, String>>,
) -> Result<Price>;

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Price>> {
    lost::made(cx, lost, "price.created", |id| path!("/prices/{id}")).await
}
