//! Which processes are killed, and when.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::refresh::people;
use crate::refresh::process::Process;
use crate::refresh::world::World;

/// The moment of a kill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A refresh was sent, and the provider has not got it.
    Before,
    /// The provider has refreshed, and the process has no answer yet.
    Window,
    /// A refresh was just committed.
    After,
    /// Any moment at which no refresh is between the provider's answer and its commit.
    Whenever,
}

pub(crate) const KINDS: [Kind; 4] = [Kind::Window, Kind::Before, Kind::After, Kind::Whenever];

/// A kill that the next refresh brings about.
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    done: oneshot::Sender<(Arc<Process>, String)>,
}

impl Plan {
    /// Says that the process was killed, in a refresh of this account.
    pub(crate) fn done(self, process: &Arc<Process>, account: &str) {
        let told = self.done.send((Arc::clone(process), account.to_owned()));
        assert!(told.is_ok(), "somebody waits for the kill");
    }
}

/// The kill that is due, if any.
#[derive(Default)]
pub(crate) struct Planned(Mutex<Option<Plan>>);

impl Planned {
    pub(crate) fn put(&self, plan: Plan) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(plan);
    }

    /// Takes the plan for a refresh; of an account that is lost already only a harmless one.
    pub(crate) fn take_for(&self, quiet: bool) -> Option<Plan> {
        let mut plan = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        plan.take_if(|plan| quiet || plan.kind == Kind::Before)
    }
}

/// Kills and starts processes, as often as is planned, while expiries go on.
pub(crate) async fn run(world: &Arc<World>) {
    let counts = &world.counts;
    let mut healing = Vec::new();
    for number in 0..counts.kills {
        // Evenly over the run; the last ones leave time for what follows them.
        let due = counts.expiries * number / counts.kills;
        while world.shared.book.accepted() < due {
            sleep(Duration::from_millis(20)).await;
        }
        let kind = KINDS[number % KINDS.len()];
        let process = if kind == Kind::Whenever {
            whenever(world).await
        } else {
            let (done, killed) = oneshot::channel();
            world.shared.plan.put(Plan { kind, done });
            let (process, account) = killed.await.expect("the process is killed");
            if kind == Kind::Window {
                let world = Arc::clone(world);
                healing.push(tokio::spawn(async move {
                    people::heal(&world, &account).await;
                }));
            }
            process
        };
        sleep(Duration::from_millis(fastrand::u64(0..500))).await;
        world.start_again(&process).await;
    }
    for healed in healing {
        healed.await.expect("the account is connected again");
    }
    while world.shared.book.accepted() < counts.expiries {
        sleep(Duration::from_millis(20)).await;
    }
}

async fn whenever(world: &World) -> Arc<Process> {
    let process = fastrand::choice(&world.processes).expect("there are some");
    sleep(Duration::from_millis(fastrand::u64(0..1_000))).await;
    let whole = process.whole.write().await;
    process.kill().await;
    drop(whole);
    Arc::clone(process)
}
