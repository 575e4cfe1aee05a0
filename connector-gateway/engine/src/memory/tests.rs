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

#[test]
fn who_leaves_answers_unread_is_refused_and_nobody_else() {
    let memory = memory(64);
    let (slow, honest) = (principal("slow"), principal("honest"));
    let next = || (!memory.is_overdue(&slow)).then(|| memory.of_answer(&slow, 4));
    let unread: Vec<_> = std::iter::from_fn(next).collect();
    assert_eq!((unread.len(), memory.free()), (13, 16));
    // What was under way already takes nothing from others.
    let more: Vec<_> = (0..20).map(|_| memory.of_answer(&slow, 4)).collect();
    assert_eq!(memory.free(), 16);
    assert!(!memory.of(&slow).try_add(1));
    let own = memory.of_answer(&honest, 4);
    assert!(!memory.is_overdue(&honest) && memory.is_overdue(&slow));
    assert!(memory.of(&honest).try_add(2));
    drop(own);
    drop(unread);
    assert!(memory.is_overdue(&slow));
    drop(more);
    assert!(!memory.is_overdue(&slow));
    assert_eq!(memory.free(), 64);
    assert_eq!(memory.answers.load(Ordering::Relaxed), 0);
    assert!(memory.taken().parts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_waits_goes_on_once_there_is_enough() {
    let memory = memory(16);
    let requests = greedy(&memory, "a", 4);
    let other = memory.of(&principal("b"));
    assert!(other.try_add(2));
    let mut waiting = Box::pin(other.add(8));
    for request in requests {
        let early = tokio::time::timeout(Duration::from_secs(1), &mut waiting).await;
        if early.is_ok() {
            assert_eq!(memory.free(), 2);
            return;
        }
        drop(request);
    }
    panic!("it waits for what is there");
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
