//! Payment links.

use std::collections::BTreeMap;

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, path};

use crate::lost;
use crate::model::{Limit, LineItem, PaymentLink, items};

/// Lists payment links, the newest first.
///
/// All of them, or those that can be used. Returns address, currency and metadata of each link, page by
/// page.
#[action(read, scopes = ["read_only"], get = "/payment_links", page = items())]
pub async fn list(
    cx: &ActionContext,
    /// Only links that can be used (true), or that can't (false).
    active: Option<bool>,
    /// Links per page.
    limit: Option<Limit>,
) -> Result<Page<PaymentLink>>;

/// Creates a page of Stripe's on which anyone who has its address can pay, as often as they like.
///
/// Returns the new link with its address.
#[action(
    write,
    scopes = ["read_write"],
    reconcile(key = find_created()),
    post = "/payment_links",
    form
)]
pub async fn create(
    cx: &ActionContext,
    /// What is sold, up to 20 prices.
    #[param(length(1..=20))]
    line_items: Vec<LineItem>,
    /// Whether customers can enter promotion codes.
    #[param(provider_default = false)]
    allow_promotion_codes: Option<bool>,
    /// The account's own data, up to 50 keys; it is copied to the checkouts of the link.
    #[param(length(..=50))]
    metadata: Option<BTreeMap<String, String>>,
) -> Result<PaymentLink>;

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<PaymentLink>> {
    let path = |id: &str| path!("/payment_links/{id}");
    lost::made(cx, lost, "payment_link.created", path).await
}

/// Changes a payment link, such as to switch it off.
///
/// What is not given stays as it is. A link that is switched off shows customers that it can't be used.
/// Returns the changed link.
#[action(
    write,
    idempotent,
    scopes = ["read_write"],
    post = "/payment_links/{payment_link}",
    form
)]
pub async fn update(
    cx: &ActionContext,
    /// Id of the link.
    payment_link: String,
    /// Whether it can be used.
    active: Option<bool>,
    /// Whether customers can enter promotion codes.
    allow_promotion_codes: Option<bool>,
    /// Keys to set; an empty text removes one.
    metadata: Option<BTreeMap<String, String>>,
) -> Result<PaymentLink>;
