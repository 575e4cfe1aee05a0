//! The account's balance.

use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{Balance, BalanceTransaction, Created, Currency, Limit, items};

/// Gets how much money the account has at Stripe.
///
/// Returns what can be paid out and what is pending, by currency, in the currency's smallest unit.
#[action(read, title = "Get the balance", scopes = ["read_only"], get = "/balance")]
pub async fn get(cx: &ActionContext) -> Result<Balance>;

/// Lists what came into the account's balance and went out of it, the newest first.
///
/// All of it, or that of a type, payout or time. Returns amount, fees and net amount in the currency's
/// smallest unit, and what caused it, page by page.
#[action(
    read,
    title = "List balance transactions",
    scopes = ["read_only"],
    get = "/balance_transactions",
    page = items()
)]
pub async fn list_transactions(
    cx: &ActionContext,
    /// Only transactions of this type, such as `charge`, `refund`, `payout` or `stripe_fee`.
    r#type: Option<String>,
    /// Only transactions in this currency.
    currency: Option<Currency>,
    /// Only transactions that were paid out with the payout of this id.
    payout: Option<String>,
    /// Only transactions caused by what has this id, such as a charge.
    source: Option<String>,
    /// Only transactions created in this time.
    created: Option<Created>,
    /// Transactions per page.
    limit: Option<Limit>,
) -> Result<Page<BalanceTransaction>>;
