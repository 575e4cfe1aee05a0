use tokio::time::advance;

use super::*;

const HOST: &str = "https://a";
const ME: u64 = 1;

/// Callers of one digit are tenants of their own; of others, the last digit is the tenant.
fn asker(caller: u64) -> Asker {
    Asker {
        caller,
        tenant: Some(caller % 10),
    }
}

fn admit(breakers: &Breakers, caller: u64) -> Result<Permit<'_>, Duration> {
    breakers.admit(HOST, asker(caller), "account")
}

/// Calls of one caller that can't connect.
fn fail(breakers: &Breakers, times: u32) {
    for _ in 0..times {
        admit(breakers, ME).ok().unwrap().failed_to_connect();
    }
}

/// Calls of a caller that get an error.
fn provoke(breakers: &Breakers, caller: u64, times: u32) {
    for _ in 0..times {
        admit(breakers, caller).ok().unwrap().failed_to_answer();
    }
}

fn wait(breakers: &Breakers) -> Option<Duration> {
    admit(breakers, ME).err()
}

#[tokio::test(start_paused = true)]
async fn opens_after_five_failures_in_a_row_for_its_host_alone() {
    let breakers = Breakers::new();
    fail(&breakers, 4);
    admit(&breakers, ME).ok().unwrap().succeeded();
    fail(&breakers, 4);
    assert_eq!((wait(&breakers), breakers.open()), (None, 0));
    fail(&breakers, 1);
    assert_eq!(wait(&breakers), Some(FIRST_PAUSE));
    assert_eq!(admit(&breakers, 2).err(), Some(FIRST_PAUSE));
    assert_eq!(breakers.open(), 1);
    assert!(breakers.admit("https://b", asker(ME), "account").is_ok());
}

#[tokio::test(start_paused = true)]
async fn one_callers_errors_open_its_own_breaker_alone() {
    let breakers = Breakers::new();
    provoke(&breakers, ME, 5);
    assert_eq!(wait(&breakers), Some(FIRST_PAUSE));
    assert!(breakers.admit(HOST, asker(ME), "another account").is_ok());
    for caller in 2..100 {
        admit(&breakers, caller).ok().unwrap().succeeded();
    }
    // Two accounts of one caller, and a second caller, are no proof either.
    for account in ["x", "y", "z"] {
        for _ in 0..5 {
            let permit = breakers.admit(HOST, asker(ME), account).ok().unwrap();
            permit.failed_to_answer();
        }
    }
    provoke(&breakers, 2, 5);
    assert!(admit(&breakers, 3).is_ok());
}

#[tokio::test(start_paused = true)]
async fn errors_of_several_callers_open_the_hosts() {
    let breakers = Breakers::new();
    for caller in [1, 2, 3, 1, 2] {
        provoke(&breakers, caller, 1);
    }
    assert_eq!(admit(&breakers, 9).err(), Some(FIRST_PAUSE));
}

#[tokio::test(start_paused = true)]
async fn errors_of_one_tenant_open_its_own_alone() {
    let breakers = Breakers::new();
    for caller in [11, 21, 31, 41, 51].repeat(4) {
        admit(&breakers, caller)
            .map(Permit::failed_to_answer)
            .unwrap_or_default();
    }
    assert_eq!(admit(&breakers, 61).err(), Some(FIRST_PAUSE));
    assert!(admit(&breakers, 2).is_ok());
    assert_eq!(breakers.open(), 1);
    // It may tell apart whom it misuses no more by its callers than by its tenants.
    let of_many = |tenant| Asker {
        caller: 7,
        tenant: Some(tenant),
    };
    for tenant in [2, 3, 4].repeat(4) {
        breakers
            .admit(HOST, of_many(tenant), &tenant.to_string())
            .map(Permit::failed_to_answer)
            .unwrap_or_default();
    }
    assert!(admit(&breakers, 5).is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_one_is_alone_with_opens_its_own_alone() {
    let breakers = Breakers::new();
    for id in ["a", "b", "c", "d"].repeat(5) {
        let permit = breakers.admit(HOST, Asker::alone(id), "account");
        permit.ok().unwrap().failed_to_answer();
    }
    let own = |id| breakers.admit(HOST, Asker::alone(id), "account");
    assert_eq!(own("a").err(), Some(FIRST_PAUSE));
    assert!(own("e").is_ok() && admit(&breakers, ME).is_ok());
}

#[tokio::test(start_paused = true)]
async fn one_tenant_cannot_keep_a_host_suspended() {
    let breakers = Breakers::new();
    fail(&breakers, 5);
    advance(FIRST_PAUSE).await;
    provoke(&breakers, 12, 1);
    let more = admit(&breakers, 22).err().unwrap();
    advance(more).await;
    provoke(&breakers, 22, 1);
    admit(&breakers, 3).ok().unwrap().succeeded();
    assert!(admit(&breakers, 4).is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_anyone_ends_the_row_of_the_host() {
    let breakers = Breakers::new();
    for caller in [1, 2, 3, 4] {
        provoke(&breakers, caller, 1);
    }
    admit(&breakers, 5).ok().unwrap().succeeded();
    provoke(&breakers, 6, 4);
    assert!(admit(&breakers, 7).is_ok());
}

#[tokio::test(start_paused = true)]
async fn one_caller_cannot_keep_a_host_suspended() {
    let breakers = Breakers::new();
    fail(&breakers, 5);
    advance(FIRST_PAUSE).await;
    provoke(&breakers, 2, 1);
    let more = admit(&breakers, 2).err().unwrap();
    advance(more).await;
    provoke(&breakers, 2, 1);
    admit(&breakers, 3).ok().unwrap().succeeded();
    assert!(admit(&breakers, 4).is_ok());
}

#[tokio::test(start_paused = true)]
async fn failures_far_apart_do_not_open_it() {
    let breakers = Breakers::new();
    for _ in 0..20 {
        fail(&breakers, 1);
        advance(Duration::from_secs(8)).await;
    }
    assert_eq!(wait(&breakers), None);
}

#[tokio::test(start_paused = true)]
async fn what_failed_long_ago_is_forgotten() {
    let breakers = Breakers::new();
    fail(&breakers, 5);
    for _ in 0..5 {
        let permit = breakers.admit("https://b", asker(ME), "account");
        permit.ok().unwrap().failed_to_answer();
    }
    advance(MEMORY).await;
    assert_eq!(breakers.open(), 2);
    advance(Duration::from_millis(1)).await;
    assert_eq!(breakers.open(), 0);
    // No trial: several may call at once, and it takes as many failures as before the first.
    let several = [admit(&breakers, ME), admit(&breakers, ME)];
    assert!(several.iter().all(Result::is_ok));
    fail(&breakers, 4);
    assert_eq!(wait(&breakers), None);
    fail(&breakers, 1);
    assert_eq!(wait(&breakers), Some(FIRST_PAUSE));
}

#[tokio::test(start_paused = true)]
async fn one_trial_decides_whether_it_closes() {
    let breakers = Breakers::new();
    fail(&breakers, 5);
    advance(FIRST_PAUSE).await;
    let trial = admit(&breakers, ME).ok().unwrap();
    assert_eq!(wait(&breakers), Some(TRIAL));
    trial.failed_to_connect();
    assert_eq!(wait(&breakers), Some(FIRST_PAUSE * 2));
    advance(FIRST_PAUSE * 2).await;
    admit(&breakers, ME).ok().unwrap().succeeded();
    assert_eq!(wait(&breakers), None);
    fail(&breakers, 4);
    assert_eq!(wait(&breakers), None);
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_is_given_up_makes_room_for_another() {
    let breakers = Breakers::new();
    fail(&breakers, 5);
    advance(FIRST_PAUSE).await;
    drop(admit(&breakers, ME).ok().unwrap());
    assert!(admit(&breakers, ME).is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_the_host_refuses_is_open_to_the_caller_again() {
    let breakers = Breakers::new();
    provoke(&breakers, ME, 5);
    advance(FIRST_PAUSE).await;
    for _ in 0..5 {
        admit(&breakers, 2).ok().unwrap().failed_to_connect();
    }
    assert_eq!(wait(&breakers), Some(FIRST_PAUSE));
    advance(FIRST_PAUSE).await;
    assert_eq!(wait(&breakers), None);
}

#[tokio::test(start_paused = true)]
async fn pauses_end() {
    let breakers = Breakers::new();
    fail(&breakers, 5);
    for _ in 0..40 {
        advance(wait(&breakers).unwrap()).await;
        fail(&breakers, 1);
    }
    assert_eq!(wait(&breakers), Some(LONGEST_PAUSE));
}
