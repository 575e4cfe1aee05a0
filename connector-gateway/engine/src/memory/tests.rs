use std::time::Duration;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn principal(id: &str) -> Arc<Principal> {
    Arc::new(Principal {
        id: id.to_owned(),
        ..Principal::local()
    })
}

fn memory(bytes: usize) -> Arc<SharedMemory> {
    Arc::new(SharedMemory::new(bytes))
}

/// Makes requests of so many bytes until there is no memory for another.
fn greedy(memory: &Arc<SharedMemory>, id: &str, bytes: usize) -> Vec<Reservation> {
    let principal = principal(id);
    let requests = std::iter::from_fn(|| {
        let request = memory.of(&principal);
        request.try_add(bytes).then_some(request)
    });
    requests.collect()
}

#[test]
fn one_alone_may_have_most_and_leaves_room_for_others() {
    let memory = memory(64);
    let slow = greedy(&memory, "a", 4);
    assert_eq!(slow.len(), 12);
    // The longest body of another, and what third ones send meanwhile.
    let large = memory.of(&principal("b"));
    for more in [1, 1, 2, 4, 2] {
        assert!(large.try_add(more));
    }
    assert!(memory.of(&principal("c")).try_add(2));
    drop((slow, large));
    assert_eq!(memory.free(), 64);
    assert!(memory.taken().parts.is_empty());
}

#[test]
fn one_request_alone_may_have_all() {
    let memory = memory(10);
    let request = memory.of(&principal("a"));
    assert!(request.try_add(4) && request.try_add(6));
    assert!(!memory.of(&principal("b")).try_add(1));
}

#[test]
fn keys_of_a_project_count_together() {
    let memory = memory(64);
    let key = |id: &str| {
        Arc::new(Principal {
            id: id.to_owned(),
            project: Some(Uuid::from_u128(1)),
            ..Principal::local()
        })
    };
    let requests = [memory.of(&key("a")), memory.of(&key("b"))];
    assert!(requests.iter().all(|request| request.try_add(24)));
    assert!(!memory.of(&key("c")).try_add(8));
    assert!(memory.of(&principal("d")).try_add(8));
}

#[tokio::test(start_paused = true)]
async fn what_waits_comes_before_what_starts_later() {
    let memory = memory(16);
    let (first, second) = (memory.of(&principal("a")), memory.of(&principal("a")));
    assert!(first.try_add(10) && second.try_add(2));
    let mut grows = Box::pin(second.add(8, || {}));
    let pause = Duration::from_secs(1);
    assert!(tokio::time::timeout(pause, &mut grows).await.is_err());
    let third = memory.of(&principal("a"));
    let mut starts = Box::pin(third.add(1, || {}));
    let early = tokio::time::timeout(pause, &mut starts).await;
    assert!(early.is_err());
    // Others don't wait for it.
    assert!(memory.of(&principal("b")).try_add(1));
    drop(first);
    tokio::join!(grows, starts);
    assert_eq!(memory.free(), 5);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_is_not_waited_for() {
    let memory = memory(16);
    let (first, second) = (memory.of(&principal("a")), memory.of(&principal("a")));
    assert!(first.try_add(10) && second.try_add(2));
    let mut waits = 0;
    let grows = tokio::time::timeout(Duration::from_secs(1), second.add(8, || waits += 1));
    assert!(grows.await.is_err());
    assert_eq!(waits, 1);
    let third = memory.of(&principal("a"));
    assert!(
        tokio::time::timeout(Duration::from_secs(1), third.add(1, || {}))
            .await
            .is_err()
    );
    drop(second);
    third.add(1, || {}).await;
}

proptest! {
    #[test]
    fn a_few_greedy_ones_never_keep_another_out(
        steps in prop::collection::vec((0_usize..4, 1_usize..11, any::<bool>()), 0..300),
    ) {
        let memory = memory(64);
        let mut running: Vec<Vec<Reservation>> = (0..4).map(|_| Vec::new()).collect();
        for (who, bytes, ends) in steps {
            if ends && !running[who].is_empty() {
                running[who].remove(0);
            } else {
                let request = memory.of(&principal(&who.to_string()));
                running[who].extend(request.try_add(bytes).then_some(request));
            }
            let taken: usize = running.iter().flatten().map(Reservation::bytes).sum();
            prop_assert_eq!(memory.free(), 64 - taken);
            let modest = memory.of(&principal("modest"));
            prop_assert!(modest.try_add(1), "{running:?}");
        }
    }
}
