//! Types of the Stripe API, and what its errors mean.

mod billing;
mod error;
mod payment;
mod reading;

use std::collections::BTreeMap;

use plugwright_sdk::pagination::{AfterLast, CursorField, Pagination};
use plugwright_sdk::{Account, Param, Params, Value, model};

pub use billing::{
    CollectionMethod, Interval, Invoice, InvoiceItem, InvoiceLine, Price, Product, Recurrence,
    Recurring, Subscription, SubscriptionItem,
};
pub(crate) use error::error;
pub use payment::{
    Amount, Balance, BalanceTransaction, Card, Charge, CheckoutMode, CheckoutSession,
    CustomerDetails, LineItem, NextAction, PaymentError, PaymentIntent, PaymentLink,
    PaymentMethodDetails, Redirect, Refund,
};

/// Id of the customer, such as `cus_OX6SuD19Ej1AwM`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=255))]
pub struct CustomerId(pub String);

/// Items per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=100), provider_default = 10)]
pub struct Limit(pub u32);

/// Currency, as a code of three letters (ISO 4217).
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^[A-Za-z]{3}$", example = "usd")]
pub struct Currency(pub String);

/// Only what was created in this time.
#[derive(Clone, Debug, PartialEq, Eq, Params)]
pub struct Created {
    /// At this time or later, in Unix time (seconds).
    pub gte: Option<u64>,
    /// Before this time, in Unix time (seconds).
    pub lt: Option<u64>,
}

/// A customer.
#[model]
pub struct Customer {
    /// Id.
    pub id: String,
    /// Mail address.
    pub email: Option<String>,
    /// Name of the person or company.
    pub name: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Note that only the account sees.
    pub description: Option<String>,
    /// Postal address.
    pub address: Option<Address>,
    /// What is taken into account with the next invoice, in the currency's smallest unit: credit if
    /// negative, debt if positive.
    pub balance: Option<i64>,
    /// Currency that invoices are in.
    pub currency: Option<String>,
    /// Whether the latest invoice that was due could not be collected.
    pub delinquent: Option<bool>,
    /// When it was created, in Unix time (seconds).
    pub created: i64,
    /// Whether it is real; else it is of test mode.
    pub livemode: bool,
    /// The account's own data.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// A postal address.
#[model]
pub struct Address {
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
    pub country: Option<String>,
}

/// What is left of something that was deleted.
#[model]
pub struct Deleted {
    /// Id.
    pub id: String,
    /// Whether it is deleted.
    pub deleted: bool,
}

/// Something that happened in the account.
#[model]
pub struct Event {
    /// Id.
    pub id: String,
    /// What happened, such as `payment_intent.succeeded`.
    pub r#type: String,
    /// What it happened to.
    pub data: EventData,
    /// The request that caused it; none if Stripe did.
    #[serde(default, deserialize_with = "reading::request")]
    pub request: Option<EventRequest>,
    /// Version of the API that the data is in.
    pub api_version: Option<String>,
    /// Id of the connected account that it happened in.
    pub account: Option<String>,
    /// Number of webhooks that it is still to be delivered to.
    #[serde(default)]
    pub pending_webhooks: u64,
    /// When it happened, in Unix time (seconds).
    pub created: i64,
    /// Whether it is real; else it is of test mode.
    pub livemode: bool,
}

/// What an event happened to.
#[model]
pub struct EventData {
    /// The object as it was after the event.
    pub object: BTreeMap<String, Value>,
    /// What changed, with the values before.
    pub previous_attributes: Option<BTreeMap<String, Value>>,
}

/// The request that caused an event.
#[model]
pub struct EventRequest {
    /// Id of the request.
    pub id: Option<String>,
    /// Its idempotency key.
    pub idempotency_key: Option<String>,
}

/// All lists come as `data`, and `has_more` says whether they go on after the last item.
pub(crate) const fn items() -> AfterLast<'static> {
    AfterLast::new("starting_after", "/data", "/id", "/has_more")
}

/// Results of a search name their next page.
pub(crate) fn hits() -> impl Pagination {
    CursorField::new("page", "/next_page").items("/data")
}

pub(crate) fn account(account: &Value) -> Option<Account> {
    let id = account.get("id")?.as_str()?;
    let names = [
        "/settings/dashboard/display_name",
        "/business_profile/name",
        "/email",
    ];
    let mut names = names
        .into_iter()
        .filter_map(|place| account.pointer(place)?.as_str());
    let label = names.find(|name| !name.is_empty()).unwrap_or(id);
    Some(Account {
        id: id.to_owned(),
        label: label.to_owned(),
    })
}
