//! A search as a query of the index.

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::document::Fields;
use super::{SearchQuery, words};

/// How much of the score of a word's other fields is added to that of its best.
const TIE_BREAKER: f32 = 0.2;

const SYNONYM: f32 = 0.4;

/// How much a word counts of which only the beginning is searched for.
const BEGUN: f32 = 0.5;

/// Of so many words, one must fit.
const WORDS_PER_FIT: usize = 5;

/// A word of a search: its stem and what is searched for as well, with how much each counts.
pub(super) struct Word(Vec<(String, f32)>);

impl Word {
    /// A word that some action has. Rare words score higher than frequent ones, but a synonym that is
    /// rarer than the word itself must not.
    pub(super) fn known<E>(
        stem: String,
        rarity: impl Fn(&str) -> Result<f32, E>,
    ) -> Result<Self, E> {
        let own = rarity(&stem)?;
        let mut stems = Vec::new();
        for other in words::synonyms(&stem) {
            let share = SYNONYM * (own / rarity(other)?).min(1.0);
            stems.push((other.clone(), share));
        }
        stems.push((stem, 1.0));
        Ok(Self(stems))
    }

    pub(super) fn begun(stem: String, longer: Vec<String>) -> Self {
        let synonyms = words::synonyms(&stem).iter();
        let synonyms = synonyms.map(|other| (other.clone(), SYNONYM));
        let longer = longer.into_iter().map(|longer| (longer, BEGUN));
        Self(synonyms.chain(longer).chain([(stem, 1.0)]).collect())
    }
}

/// Returns the query of the words of a search. If `all` are wanted, what has none of the words fits too.
pub(super) fn of(
    fields: Fields,
    words: &[Word],
    query: SearchQuery<'_>,
    all: bool,
) -> Box<dyn Query> {
    let fits = words.len().div_ceil(WORDS_PER_FIT);
    let words: Vec<_> = words.iter().map(|word| of_word(fields, word)).collect();
    let words = BooleanQuery::union_with_minimum_required_clauses(words, fits);
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = vec![(words_must(all), Box::new(words))];
    if let Some(connectors) = query.connectors {
        clauses.push(only(fields.connector, connectors.iter().copied()));
    }
    if let Some(effects) = query.effects {
        clauses.push(only(
            fields.effect,
            effects.iter().map(|effect| effect.as_str()),
        ));
    }
    Box::new(BooleanQuery::new(clauses))
}

fn words_must(all: bool) -> Occur {
    if all { Occur::Should } else { Occur::Must }
}

fn only<'v>(field: Field, values: impl Iterator<Item = &'v str>) -> (Occur, Box<dyn Query>) {
    let terms = values.map(|value| Term::from_field_text(field, value));
    let set = TermSetQuery::new(terms);
    (
        Occur::Must,
        Box::new(ConstScoreQuery::new(Box::new(set), 0.0)),
    )
}

/// A word, or a synonym, in the field where it says most.
fn of_word(fields: Fields, Word(stems): &Word) -> Box<dyn Query> {
    let weights = [
        (fields.name, 2.0),
        (fields.service, 2.0),
        (fields.path, 0.7),
        (fields.noun, 3.0),
        (fields.verb, 2.0),
        (fields.description, 1.0),
        (fields.params, 0.5),
    ];
    let places = stems.iter().flat_map(|(stem, share)| {
        weights.map(|(field, weight)| -> Box<dyn Query> {
            let term = Term::from_field_text(field, stem);
            let term = TermQuery::new(term, IndexRecordOption::WithFreqs);
            Box::new(BoostQuery::new(Box::new(term), share * weight))
        })
    });
    Box::new(DisjunctionMaxQuery::with_tie_breaker(
        places.collect(),
        TIE_BREAKER,
    ))
}
