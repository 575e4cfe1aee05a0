//! The second ranking: of the best hits by words, those come first that mean what is searched for.

use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet as _, Score, SegmentReader, TERMINATED, Term};

use super::SearchQuery;
use super::document::SECOND;
use super::index::{DiskIndex, Indexes};
use super::known::ONE_OF_MANY;
use super::meaning::{Meaning, PACKED};
use super::shape::{Deed, Shape};

/// What has no word of a search fits if its meaning is so much like the search's.
const ALIKE: f32 = 0.35;

/// A word names a service if it is in the names of services so many times more often than in those of
/// actions.
const SERVICE_NAME: u64 = 2;

struct Weights {
    /// Score by words, as a share of what the words weigh.
    score: f32,
    /// Share of the words that the action has anywhere.
    words: f32,
    /// Share of the words that name its service.
    service: f32,
    meaning: f32,
    /// What it does is what is asked for; as much is taken off if it is something else.
    deed: f32,
    depth: f32,
    name: f32,
    of_one: f32,
    /// How well known its service is: of many that do the same, that is meant of which people think first.
    known: f32,
}

/// Fitted to the open tasks, and so checked: weights of four fifths of the vendors, tried on the others.
const STATED: Weights = Weights {
    score: 1.16,
    words: 3.04,
    service: 0.0,
    meaning: 8.4,
    deed: 1.26,
    depth: -0.23,
    name: -0.27,
    of_one: -0.7,
    known: 0.0,
};

const WHOLE: Weights = Weights {
    score: 1.98,
    words: 5.36,
    service: 7.62,
    meaning: 5.4,
    deed: 1.09,
    depth: -0.165,
    name: -0.187,
    of_one: -0.68,
    known: 1.5,
};

pub(super) struct Ranking {
    /// Stems with their rarity.
    stems: Vec<(String, f32)>,
    /// The sum of that.
    rarity: f32,
    meaning: Meaning,
    deed: Option<Deed>,
    weights: &'static Weights,
}

/// A hit with what words of the search it has, by their rarity.
struct Hit {
    score: Score,
    at: DocAddress,
    words: f32,
    service: f32,
}

impl Ranking {
    pub(super) fn new(
        indexes: &Indexes,
        query: SearchQuery<'_>,
        stems: &[String],
    ) -> tantivy::Result<Self> {
        let mut rare = Vec::with_capacity(stems.len());
        let mut meant = Vec::with_capacity(stems.len());
        for stem in stems {
            rare.push((stem.clone(), indexes.rarity(stem)?));
            if !indexes.names_service(stem)? {
                meant.push(stem.as_str());
            }
        }
        let stated = query.connectors.is_some();
        Ok(Self {
            rarity: rare.iter().map(|(_, rarity)| rarity).sum(),
            stems: rare,
            meaning: Meaning::of_search(meant.into_iter()),
            deed: Deed::of_search(query.words),
            weights: if stated { &STATED } else { &WHOLE },
        })
    }

    pub(super) fn rank(
        &self,
        index: &DiskIndex,
        found: Vec<(Score, DocAddress)>,
    ) -> tantivy::Result<Vec<(Score, DocAddress)>> {
        let hits = found.into_iter().map(|(score, at)| Hit {
            score,
            at,
            words: 0.0,
            service: 0.0,
        });
        let mut hits: Vec<_> = hits.collect();
        hits.sort_unstable_by_key(|hit| hit.at);
        let mut ranked = Vec::with_capacity(hits.len());
        for hits in hits.chunk_by_mut(|one, other| one.at.segment_ord == other.at.segment_ord) {
            let Some(first) = hits.first() else {
                continue;
            };
            let segment = index.searcher.segment_reader(first.at.segment_ord);
            self.count_words(index, segment, hits)?;
            let second = segment.fast_fields().u64(SECOND)?;
            for hit in hits {
                let mut parts = second.values_for_doc(hit.at.doc_id);
                let packed = std::array::from_fn::<_, PACKED, _>(|_| parts.next().unwrap_or(0));
                let likeness = self.meaning.likeness(&Meaning::from_packed(packed));
                if hit.score > 0.0 || likeness >= ALIKE {
                    let shape = Shape::from_packed(parts.next().unwrap_or(0));
                    ranked.push((self.score(hit, likeness, shape), hit.at));
                }
            }
        }
        Ok(ranked)
    }

    /// Adds up which words the hits of a segment have; they are in order.
    fn count_words(
        &self,
        index: &DiskIndex,
        segment: &SegmentReader,
        hits: &mut [Hit],
    ) -> tantivy::Result<()> {
        let fields = index.fields;
        for (field, in_service) in [(fields.any, false), (fields.service, true)] {
            let inverted = segment.inverted_index(field)?;
            for (stem, rarity) in &self.stems {
                let term = Term::from_field_text(field, stem);
                let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)?
                else {
                    continue;
                };
                for hit in &mut *hits {
                    let doc = hit.at.doc_id;
                    if postings.doc() < doc && postings.seek(doc) == TERMINATED {
                        break;
                    }
                    if postings.doc() == doc {
                        let sum = if in_service {
                            &mut hit.service
                        } else {
                            &mut hit.words
                        };
                        *sum += rarity;
                    }
                }
            }
        }
        Ok(())
    }

    fn score(&self, hit: &Hit, likeness: f32, shape: Shape) -> Score {
        let weights = self.weights;
        let by_words =
            weights.score * hit.score + weights.words * hit.words + weights.service * hit.service;
        let by_deed = match (self.deed, shape.deed) {
            (Some(asked), Some(done)) if asked == done => weights.deed,
            (Some(_), Some(_)) => -weights.deed,
            _ => 0.0,
        };
        by_words / self.rarity
            + weights.meaning * likeness
            + by_deed
            + weights.depth * f32::from(shape.depth)
            + weights.name * f32::from(shape.words)
            + weights.of_one * f32::from(u8::from(shape.of_one))
            + weights.known * how_known(shape.known)
    }
}

/// Returns how likely a service is meant that so many packages name; the first of them say most.
fn how_known(known: u8) -> f32 {
    (f32::from(known) / f32::from(ONE_OF_MANY)).ln_1p()
}

impl Indexes {
    fn names_service(&self, stem: &str) -> tantivy::Result<bool> {
        let [service, name] =
            [self.own.fields.service, self.own.fields.name].map(|field| self.with(field, stem));
        Ok(service? > SERVICE_NAME * name?)
    }
}
