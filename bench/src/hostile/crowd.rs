//! The hostile callers: each goes from kind to kind, and waits for the end of each.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::attack::Attack;
use super::findings::Answers;
use super::wire;
use crate::on_one_core;

pub(super) const CALLERS: usize = 8;
const HOLD: Duration = Duration::from_secs(1);
/// More connections than this are held by one caller at a time.
const MANY: usize = 1000;

/// Lets them call until a moment; returns what they were answered.
pub(super) fn run(
    address: SocketAddr,
    attacks: &Arc<Vec<Attack>>,
    until: Instant,
) -> Result<Answers> {
    on_one_core()?.block_on(async {
        let many = Arc::new(Semaphore::new(1));
        let mut callers = JoinSet::new();
        for number in 0..CALLERS {
            let (attacks, many) = (Arc::clone(attacks), Arc::clone(&many));
            callers.spawn(async move {
                let mut answers = Answers::default();
                // Each begins at another place.
                let mut next = number * attacks.len() / CALLERS;
                while Instant::now() < until {
                    step(address, &attacks[next % attacks.len()], &many, &mut answers).await?;
                    next += 1;
                }
                anyhow::Ok(answers)
            });
        }
        let mut all = Answers::default();
        while let Some(ended) = callers.join_next().await {
            all.add(&ended??);
        }
        Ok(all)
    })
}

async fn step(
    address: SocketAddr,
    attack: &Attack,
    many: &Semaphore,
    answers: &mut Answers,
) -> Result<()> {
    match attack {
        Attack::Request { bytes, .. } => {
            answers.take(wire::exchange(address, bytes).await.as_ref().ok());
        }
        Attack::Hold {
            first,
            drip,
            connections,
            ..
        } => {
            let mut turn = None;
            if *connections > MANY {
                turn = many.try_acquire().ok();
                if turn.is_none() {
                    // Another one is at it.
                    return Ok(());
                }
            }
            wire::hold(address, first, drip, *connections, HOLD).await?;
            answers.held += 1;
            drop(turn);
        }
    }
    Ok(())
}
