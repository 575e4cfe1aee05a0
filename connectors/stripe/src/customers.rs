//! Customers.

use std::collections::BTreeMap;

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Params, Patch, Result, action, path};

use crate::lost;
use crate::model::{Created, Customer, CustomerId, Deleted, Limit, hits, items};

/// Lists customers, the newest first.
///
/// All of them, or those with a mail address or created in some time. Returns name, mail address,
/// balance and metadata of each customer, page by page.
#[action(read, scopes = ["read_only"], get = "/customers", page = items())]
pub async fn list(
    cx: &ActionContext,
    /// Only customers with this mail address; upper and lower case count as different.
    #[param(example = "ada@example.com")]
    email: Option<String>,
    /// Only customers created in this time.
    created: Option<Created>,
    /// Customers per page.
    limit: Option<Limit>,
) -> Result<Page<Customer>>;

/// Searches customers with a query in Stripe's search language.
///
/// What was just written shows after about a minute; use `customers.list` with a mail address where that
/// matters. Returns name, mail address, balance and metadata of each customer.
#[action(read, scopes = ["read_only"], get = "/customers/search", page = hits())]
pub async fn search(
    cx: &ActionContext,
    /// Query over `created`, `email`, `name`, `phone` and `metadata`.
    #[param(length(1..), example = "name:'Ada' AND metadata['plan']:'pro'")]
    query: String,
    /// Customers per page.
    limit: Option<Limit>,
) -> Result<Page<Customer>>;

/// Gets one customer by its id.
///
/// Returns name, mail address, phone number, postal address, balance in the currency's smallest unit, and
/// metadata.
#[action(read, scopes = ["read_only"], get = "/customers/{customer}")]
pub async fn get(cx: &ActionContext, customer: CustomerId) -> Result<Customer>;

/// A customer's postal address.
#[derive(Clone, Debug, Params)]
pub struct NewAddress {
    /// Street and number, or PO box.
    pub line1: Option<String>,
    /// Apartment, suite or building.
    pub line2: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State, county, province or region.
    pub state: Option<String>,
    /// ZIP or postal code.
    pub postal_code: Option<String>,
    /// Country, as a code of two letters (ISO 3166-1).
    #[param(pattern = "^[A-Z]{2}$", example = "US")]
    pub country: Option<String>,
}

/// Creates a customer, to whom payments, invoices and subscriptions can belong.
///
/// Stripe allows several customers with the same mail address, so look for one first. Returns the new
/// customer with its id.
#[action(
    write,
    scopes = ["read_write"],
    reconcile(key = find_created()),
    post = "/customers",
    form
)]
pub async fn create(
    cx: &ActionContext,
    /// Mail address.
    #[param(format = "email")]
    email: Option<String>,
    /// Name of the person or company.
    #[param(length(..=256))]
    name: Option<String>,
    /// Phone number.
    #[param(length(..=20))]
    phone: Option<String>,
    /// Note that only the account sees.
    description: Option<String>,
    /// Postal address.
    address: Option<NewAddress>,
    /// Id of a payment method to attach, such as `pm_card_visa` in test mode.
    payment_method: Option<String>,
    /// The account's own data, up to 50 keys.
    #[param(length(..=50))]
    metadata: Option<BTreeMap<String, String>>,
) -> Result<Customer>;

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Customer>> {
    lost::made(cx, lost, "customer.created", |id| path!("/customers/{id}")).await
}

/// Changes a customer: name, mail address, phone number, address, balance or metadata.
///
/// What is not given stays as it is; `null` clears a field. Keys of the metadata are merged with those
/// that are there. Returns the changed customer.
#[action(write, idempotent, scopes = ["read_write"], post = "/customers/{customer}", form)]
pub async fn update(
    cx: &ActionContext,
    customer: CustomerId,
    /// New mail address.
    #[param(format = "email")]
    email: Patch<String>,
    /// New name.
    #[param(length(..=256))]
    name: Patch<String>,
    /// New phone number.
    #[param(length(..=20))]
    phone: Patch<String>,
    /// New note that only the account sees.
    description: Patch<String>,
    /// New postal address.
    address: Option<NewAddress>,
    /// What is taken into account with the next invoice, in the currency's smallest unit: credit if
    /// negative, debt if positive.
    balance: Option<i64>,
    /// Keys to set; an empty text removes one.
    metadata: Option<BTreeMap<String, String>>,
) -> Result<Customer>;

/// Deletes a customer and cancels all of its subscriptions at once.
///
/// It can't be undone. Payments and invoices of the customer are kept. Returns the id.
#[action(
    destructive,
    idempotent,
    scopes = ["read_write"],
    delete = "/customers/{customer}"
)]
pub async fn delete(cx: &ActionContext, customer: CustomerId) -> Result<Deleted>;
