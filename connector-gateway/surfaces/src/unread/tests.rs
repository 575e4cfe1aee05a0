use axum::http::StatusCode;
use http_body_util::BodyExt as _;

use super::*;

const MEMORY: usize = 1 << 20;

async fn answered(length: usize, version: Version, memory: &Arc<SharedMemory>) -> Response {
    let caller = Arc::new(Principal::local());
    let answer = async move {
        answers_to(&caller);
        // Whoever is worked on meanwhile is not the caller.
        tokio::task::yield_now().await;
        Ok(Response::new(Body::from(vec![b'-'; length])))
    };
    let Ok(answer) = Counted::new(answer, version, memory).await;
    answer
}

fn memory() -> Arc<SharedMemory> {
    Arc::new(SharedMemory::new(MEMORY))
}

fn taken(memory: &SharedMemory) -> usize {
    MEMORY - memory.free()
}

#[tokio::test]
async fn an_answer_counts_until_its_last_byte_is_gone() {
    let memory = memory();
    let answer = answered(FREE + 1, Version::HTTP_11, &memory).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(taken(&memory), FREE + 1);
    let mut body = answer.into_body();
    assert_eq!(body.size_hint().exact(), Some(FREE as u64 + 1));
    let mut bytes = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(body.frame().await.is_none());
    drop(body);
    let part = bytes.split_to(FREE);
    drop(bytes);
    assert_eq!(taken(&memory), FREE + 1);
    assert!(part.iter().all(|byte| *byte == b'-'));
    drop(part);
    assert_eq!(taken(&memory), 0);
}

#[tokio::test]
async fn an_answer_that_is_dropped_counts_no_longer() {
    let memory = memory();
    let answer = answered(FREE + 1, Version::HTTP_11, &memory).await;
    drop(answer);
    assert_eq!(taken(&memory), 0);
}

#[tokio::test]
async fn small_answers_are_not_counted_but_the_many_of_a_connection() {
    let memory = memory();
    let small = answered(FREE, Version::HTTP_11, &memory).await;
    let smaller = answered(FREE_OF_STREAM, Version::HTTP_2, &memory).await;
    assert_eq!(taken(&memory), 0);
    let many = answered(FREE, Version::HTTP_2, &memory).await;
    assert_eq!(taken(&memory), FREE);
    drop((small, smaller, many));
}

#[tokio::test]
async fn large_pieces_of_a_stream_count_one_by_one() {
    let memory = memory();
    let pieces = [FREE, FREE + 1, FREE + 2].map(|length| Ok::<_, Infallible>(vec![b'-'; length]));
    let answer = async move {
        answers_to(&Arc::new(Principal::local()));
        let pieces = futures_util::stream::iter(pieces);
        Ok(Response::new(Body::from_stream(pieces)))
    };
    let Ok(answer) = Counted::new(answer, Version::HTTP_11, &memory).await;
    let mut body = answer.into_body();
    let mut kept = Vec::new();
    for counted in [0, FREE + 1, 2 * FREE + 3] {
        kept.push(body.frame().await.unwrap().unwrap());
        assert_eq!(taken(&memory), counted);
    }
    drop(kept);
    assert_eq!(taken(&memory), 0);
}
