use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::stream;
use proptest::prelude::*;

use super::*;

mod surfaces;

const KIB: usize = 1 << 10;

fn bodies(limits: &Limits) -> Bodies {
    Bodies::new(limits, LimitHits::default(), Lane::default())
}

fn small() -> Limits {
    Limits {
        input: 4 * KIB,
        request_body: 200 * KIB,
        decoding_memory: 300 * KIB,
        ..Limits::default()
    }
}

fn principal(id: &str) -> Arc<Principal> {
    Arc::new(Principal {
        id: id.to_owned(),
        ..Principal::local()
    })
}

/// Reads the body of somebody.
async fn receive(bodies: &Bodies, body: Body, kind: Kind<'_>) -> Result<BufferedBody, BodyError> {
    bodies.read(body, kind, &principal("somebody")).await
}

/// A body in pieces that does not say how long it is, and counts what is read of it.
fn pieces(count: usize, size: usize) -> (Body, Arc<AtomicUsize>) {
    let read = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&read);
    let pieces = (0..count).map(move |_| {
        counter.fetch_add(size, Ordering::Relaxed);
        Ok::<_, Infallible>(Bytes::from(vec![b'x'; size]))
    });
    (Body::from_stream(stream::iter(pieces)), read)
}

#[tokio::test]
async fn a_body_that_says_it_is_too_long_is_not_read() {
    let bodies = bodies(&small());
    for (kind, most) in [(Kind::Small, 4 * KIB), (Kind::Input, 4 * KIB)] {
        let fits = receive(&bodies, vec![b'x'; most].into(), kind)
            .await
            .unwrap();
        assert_eq!(fits.length(), most);
        let long = receive(&bodies, vec![b'x'; most + 1].into(), kind).await;
        assert!(matches!(long, Err(BodyError::TooLong)));
    }
}

#[tokio::test]
async fn a_body_in_pieces_is_read_until_it_is_too_long_and_the_rest_is_taken() {
    let bodies = bodies(&small());
    let (body, read) = pieces(1000, KIB);
    let long = receive(&bodies, body, Kind::Input).await;
    assert!(matches!(long, Err(BodyError::TooLong)));
    assert_eq!(read.load(Ordering::Relaxed), 1000 * KIB);
    // Up to a bound.
    let (body, read) = pieces(20 * KIB, KIB);
    let endless = receive(&bodies, body, Kind::Input).await;
    assert!(matches!(endless, Err(BodyError::TooLong)));
    assert_eq!(read.load(Ordering::Relaxed), DRAINED + 6 * KIB);
    let (body, _) = pieces(4, KIB);
    let fits = receive(&bodies, body, Kind::Input).await.unwrap();
    assert_eq!((fits.length(), fits.bytes().len()), (4 * KIB, 4 * KIB));
}

#[tokio::test]
async fn only_what_may_bring_a_file_is_longer() {
    let bodies = bodies(&small());
    let asked = AtomicUsize::new(0);
    let yes = || {
        asked.fetch_add(1, Ordering::Relaxed);
        true
    };
    let read = receive(&bodies, vec![b'x'; KIB].into(), Kind::MayBringFile(&yes));
    assert!(read.await.is_ok());
    // Nobody wonders about short ones.
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    for body in [vec![b'x'; 200 * KIB].into(), pieces(200, KIB).0] {
        let read = receive(&bodies, body, Kind::MayBringFile(&yes)).await;
        assert_eq!(read.unwrap().length(), 200 * KIB);
    }
    for body in [vec![b'x'; 200 * KIB + 1].into(), pieces(201, KIB).0] {
        let read = receive(&bodies, body, Kind::MayBringFile(&yes)).await;
        assert!(matches!(read, Err(BodyError::TooLong)));
    }
    let read = receive(
        &bodies,
        vec![b'x'; 5 * KIB].into(),
        Kind::MayBringFile(&|| false),
    );
    assert!(matches!(read.await, Err(BodyError::TooLong)));
}

#[tokio::test(start_paused = true)]
async fn large_bodies_share_memory_and_wait_a_little_for_it() {
    let bodies = bodies(&small());
    let read = async || {
        let body = pieces(150, KIB).0;
        receive(&bodies, body, Kind::MayBringFile(&|| true)).await
    };
    let first = read().await.unwrap();
    assert!(matches!(read().await, Err(BodyError::Busy)));
    let held = first.into_reserved();
    assert!(matches!(read().await, Err(BodyError::Busy)));
    // Small ones are read all the same.
    assert!(
        receive(&bodies, vec![b'x'; KIB].into(), Kind::Input)
            .await
            .is_ok()
    );
    let later = async {
        tokio::time::sleep(PATIENCE / 2).await;
        drop(held);
    };
    let (second, ()) = tokio::join!(read(), later);
    assert!(second.is_ok());
    drop(second);
    assert_eq!(bodies.0.memory.free(), 300 * KIB);
}

#[tokio::test(start_paused = true)]
async fn one_principals_bodies_leave_room_for_those_of_others() {
    const MIB: usize = 1 << 20;
    let bodies = Bodies::default();
    let send = async |id: &str, length: usize| {
        let kind = Kind::MayBringFile(&|| true);
        bodies
            .read(vec![b'x'; length].into(), kind, &principal(id))
            .await
    };
    let mut greedy = Vec::new();
    while let Ok(body) = send("greedy", 8 * MIB).await {
        greedy.push(body);
    }
    assert_eq!(greedy.len(), 6);
    for length in [17 * KIB, MIB, 10 * MIB] {
        assert!(send("modest", length).await.is_ok(), "{length}");
    }
    let (large, small) = tokio::join!(send("modest", 10 * MIB), send("third", MIB));
    assert!(large.is_ok() && small.is_ok());
    drop((greedy, large, small));
    assert_eq!(bodies.0.memory.free(), 64 * MIB);
}

#[tokio::test]
async fn a_large_body_of_a_refused_call_takes_no_memory() {
    let bodies = bodies(&small());
    let principal = principal("somebody");
    let read = async |count: usize, is_refused: bool| {
        let (body, taken) = pieces(count, KIB);
        let kind = Kind::MayBringFile(&|| true);
        let body = bodies
            .read_call(body, kind, &principal, &|| is_refused)
            .await
            .unwrap();
        assert_eq!(taken.load(Ordering::Relaxed), count * KIB);
        let reserved = small().decoding_memory - bodies.0.memory.free();
        (body.map(|body| body.length()), reserved)
    };
    assert_eq!(read(100, true).await, (None, 0));
    assert_eq!(read(100, false).await, (Some(100 * KIB), 128 * KIB));
    assert_eq!(read(16, true).await, (Some(16 * KIB), 0));
}

#[tokio::test]
async fn the_longest_body_always_has_room() {
    let limits = Limits {
        decoding_memory: 1,
        ..small()
    };
    let bodies = bodies(&limits);
    let body = pieces(200, KIB).0;
    assert!(
        receive(&bodies, body, Kind::MayBringFile(&|| true))
            .await
            .is_ok()
    );
}

#[test]
fn many_values_take_memory_too() {
    let bodies = bodies(&small());
    let parse = |count: usize| {
        let text = format!("[{}0]", "0,".repeat(count));
        let mut body = BufferedBody::from(Bytes::from(text));
        bodies.json(&mut body, 0).map(|_| body)
    };
    let free = parse(1000).unwrap();
    assert!(free.memory.is_none());
    let first = parse(1150).unwrap();
    assert!(matches!(parse(1150), Err(BodyError::Busy)));
    drop(first);
    assert!(parse(1150).is_ok());
}

#[test]
fn json_has_budgets_of_values_and_depth() {
    let limits = Limits {
        json_values: 10,
        json_depth: 3,
        ..Limits::default()
    };
    let bodies = bodies(&limits);
    let parse = |text: &str, around: usize| {
        let mut body = BufferedBody::from(Bytes::copy_from_slice(text.as_bytes()));
        let parsed = bodies.json(&mut body, around).map(drop);
        parsed.map_err(|error| error.into_error().to_string())
    };
    assert_eq!(parse("[1,2,3,4,5,6,7,8,9]", 0), Ok(()));
    let many = parse("[1,2,3,4,5,6,7,8,9,10]", 0).unwrap_err();
    assert!(
        many.contains("`body` must not have more than 10 values"),
        "{many}"
    );
    assert_eq!(parse("[[[]]]", 0), Ok(()));
    let deep = parse("[[[[]]]]", 0).unwrap_err();
    assert!(
        deep.contains("must not be nested more than 3 levels deep"),
        "{deep}"
    );
    assert_eq!(parse("{\"a\":[[[]]]}", 1), Ok(()));
    let deep = parse("{\"a\":[[[[]]]]}", 1).unwrap_err();
    assert!(
        deep.contains("`a` must not be nested more than 3"),
        "{deep}"
    );
}

#[tokio::test]
async fn large_bodies_are_served_elsewhere_and_small_ones_here() {
    let bodies = Bodies::default();
    let here = std::thread::current().id();
    let thread = async |length: usize| {
        let body = BufferedBody::from(Bytes::from(vec![b' '; length]));
        let served = bodies.serve(body, |_| async { std::thread::current().id() });
        served.await.unwrap()
    };
    assert_eq!(thread(LARGE).await, here);
    assert_ne!(thread(LARGE + 1).await, here);
}

proptest! {
    #[test]
    fn however_it_is_cut_a_body_is_read_as_it_was_sent(
        sizes in prop::collection::vec(0_usize..40 * KIB, 0..8),
        says_length: bool,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sent: Vec<u8> = (0..sizes.iter().sum::<usize>()).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let mut rest = sent.as_slice();
        let pieces: Vec<_> = sizes
            .iter()
            .map(|size| {
                let (piece, after) = rest.split_at(*size);
                rest = after;
                Ok::<_, Infallible>(Bytes::copy_from_slice(piece))
            })
            .collect();
        let body = if says_length {
            Body::from(sent.clone())
        } else {
            Body::from_stream(stream::iter(pieces))
        };
        let bodies = Bodies::default();
        let read = runtime.block_on(receive(&bodies, body, Kind::Input)).unwrap();
        prop_assert_eq!(read.length(), sent.len());
        prop_assert_eq!(&read.bytes()[..], &sent[..]);
        // There may be room for twice as much.
        prop_assert!(read.memory.is_some() || sent.len() <= FREE);
        prop_assert!(read.memory.is_none() || sent.len() > FREE / 2);
        drop(read);
        prop_assert_eq!(bodies.0.memory.free(), 64 << 20);
    }
}
