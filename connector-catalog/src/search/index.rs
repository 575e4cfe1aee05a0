//! The index: that of a catalog on disk, and that of other actions in memory.

use std::collections::HashSet;
use std::path::Path;

use plugwright_import::ImportedConnector;
use plugwright_sdk::host::Entry;
use tantivy::collector::TopDocs;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, Value as _};
use tantivy::{Index, IndexSettings, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term};

use super::document::{ANALYZER, Fields, schema};
use super::query::{self, Word};
use super::second::Ranking;
use super::{SearchQuery, words};

const ARENA: usize = 64 << 20;

const SMALL_ARENA: usize = 15 << 20;

/// So many words are searched for in place of one that they begin with.
const MOST_LONGER: usize = 8;

#[derive(Clone)]
pub(crate) struct DiskIndex {
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
}

pub(crate) struct IndexWriter {
    index: Index,
    writer: tantivy::IndexWriter,
    fields: Fields,
}

pub(super) struct Indexes {
    pub(super) own: DiskIndex,
    pub(super) stored: Option<DiskIndex>,
}

/// So many times the hits that are wanted are looked at, since an API may be there in many versions.
const VERSIONS: usize = 8;

const MOST_LOOKED_AT: usize = 1_000;

const RANKED: usize = 200;

/// If connectors are stated that have so many actions or fewer, all of them are ranked a second time.
const MOST_OF_STATED: usize = 4_000;

/// Returns what an action's id has in common with that of another version of the API: documents with the
/// same title become connectors of the same name, with numbers.
fn of_any_version(id: &str) -> (&str, &str) {
    let (connector, action) = id.split_once('.').unwrap_or((id, ""));
    let unnumbered = connector
        .rsplit_once('-')
        .filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
    (unnumbered.map_or(connector, |(name, _)| name), action)
}

/// The ids of the best hits, with the actions of one version of an API after all others if they are in another
/// version, too.
struct Best {
    limit: usize,
    seen: HashSet<(String, String)>,
    first: Vec<String>,
    other_versions: Vec<String>,
}

impl Best {
    fn of(limit: usize) -> Self {
        Self {
            limit,
            seen: HashSet::new(),
            first: Vec::new(),
            other_versions: Vec::new(),
        }
    }

    fn is_full(&self) -> bool {
        self.first.len() >= self.limit
    }

    /// Adds a hit that is no better than those before.
    fn add(&mut self, id: String) {
        let (connector, action) = of_any_version(&id);
        let is_first = self.seen.insert((connector.to_owned(), action.to_owned()));
        let hits = if is_first {
            &mut self.first
        } else {
            &mut self.other_versions
        };
        hits.push(id);
    }

    fn into_ids(self) -> Vec<String> {
        let ids = self.first.into_iter().chain(self.other_versions);
        ids.take(self.limit).collect()
    }
}

impl DiskIndex {
    pub(crate) fn open(path: &Path) -> tantivy::Result<Self> {
        Self::of_index(&Index::open_in_dir(path)?)
    }

    pub(super) fn of(entries: impl Iterator<Item = Entry>) -> tantivy::Result<Self> {
        let (schema, fields) = schema();
        let index = Index::create_in_ram(schema);
        register(&index);
        let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(1, SMALL_ARENA)?;
        for entry in entries {
            writer.add_document(fields.of_entry(&entry))?;
        }
        writer.commit()?;
        Self::of_index(&index)
    }

    fn of_index(index: &Index) -> tantivy::Result<Self> {
        let (schema, fields) = schema();
        if index.schema() != schema {
            let message = "it was made by another version; import the documents again";
            return Err(TantivyError::SchemaError(message.to_owned()));
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader: tantivy::IndexReader = reader.try_into()?;
        Ok(Self {
            searcher: reader.searcher(),
            fields,
        })
    }
}

impl IndexWriter {
    pub(crate) fn open(path: &Path) -> tantivy::Result<Self> {
        let (schema, fields) = schema();
        let directory = tantivy::directory::MmapDirectory::open(path)?;
        let index = if Index::exists(&directory)? {
            Index::open(directory)?
        } else {
            Index::create(directory, schema.clone(), IndexSettings::default())?
        };
        if index.schema() != schema {
            let message = "it was made by another version; remove the catalog, and import again";
            return Err(TantivyError::SchemaError(message.to_owned()));
        }
        register(&index);
        Ok(Self {
            writer: index.writer_with_num_threads(1, ARENA)?,
            index,
            fields,
        })
    }

    pub(crate) fn replace(&mut self, connector: &ImportedConnector) -> tantivy::Result<()> {
        self.remove(&connector.parts.name);
        for action in &connector.actions {
            let document = self.fields.of_import(connector, action);
            self.writer.add_document(document)?;
        }
        Ok(())
    }

    pub(crate) fn remove(&mut self, connector: &str) {
        let name = Term::from_field_text(self.fields.connector, connector);
        self.writer.delete_term(name);
    }

    /// Puts the changes in place of what was, in one step, with a text that belongs to them.
    pub(crate) fn commit(mut self, payload: &str) -> tantivy::Result<()> {
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(payload);
        prepared.commit()?;
        // Fewer segments are searched faster.
        let segments = self.index.searchable_segment_ids()?;
        if segments.len() > 1 {
            self.writer.merge(&segments).wait()?;
        }
        self.writer.garbage_collect_files().wait()?;
        self.writer.wait_merging_threads()
    }
}

fn register(index: &Index) {
    index.tokenizers().register(ANALYZER, words::analyzer());
}

impl Indexes {
    /// Returns the ids of the best hits. Of the stored index, those of connectors that `is_seen`.
    pub(super) fn search(
        &self,
        query: SearchQuery<'_>,
        is_seen: impl Fn(&str) -> bool,
    ) -> tantivy::Result<Vec<String>> {
        let stems = words::wanted(query.words);
        if stems.is_empty() {
            return Ok(Vec::new());
        }
        let fields = self.own.fields;
        let all = self.all_fit(query)?;
        let ranking = Ranking::new(self, query, &stems)?;
        let words = stems.into_iter().map(|stem| self.word(stem));
        let words = words.collect::<tantivy::Result<Vec<_>>>()?;
        let made = query::of(fields, &words, query, all);
        let ranked = if all { MOST_OF_STATED } else { RANKED };
        let looked_at = query.limit.saturating_mul(VERSIONS);
        let looked_at = looked_at.min(MOST_LOOKED_AT).max(query.limit).max(ranked);
        let mut found = Vec::new();
        for (index, all_seen) in self.all().zip([true, false]) {
            let collector = TopDocs::with_limit(looked_at).order_by_score();
            let best = index
                .searcher
                .search_with_statistics_provider(&*made, &collector, self)?;
            let best = ranking.rank(index, best)?;
            found.extend(
                best.into_iter()
                    .map(|(score, at)| (score, index, at, all_seen)),
            );
        }
        found.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
        let mut best = Best::of(query.limit);
        // Reading a document takes longer than finding it.
        for equal in found.chunk_by(|(one, ..), (other, ..)| one.total_cmp(other).is_eq()) {
            if best.is_full() {
                break;
            }
            let mut ids = Vec::with_capacity(equal.len());
            for (_, index, at, all_seen) in equal {
                let document: TantivyDocument = index.searcher.doc(*at)?;
                let id = document.get_first(fields.id).and_then(|id| id.as_str());
                let id = id.unwrap_or_default().to_owned();
                let connector = id.split('.').next().unwrap_or_default();
                if *all_seen || is_seen(connector) {
                    ids.push(id);
                }
            }
            ids.sort();
            for id in ids {
                best.add(id);
            }
        }
        Ok(best.into_ids())
    }

    /// Returns a word with what is searched for as well: its synonyms, or if no action has it, the
    /// words that begin with it.
    fn word(&self, stem: String) -> tantivy::Result<Word> {
        let fields = self.own.fields;
        if self.actions_with(&stem)? > 0 {
            return Word::known(stem, |stem| self.rarity(stem));
        }
        let mut longer = Vec::new();
        for index in self.all() {
            for segment in index.searcher.segment_readers() {
                for field in [fields.name, fields.service] {
                    let inverted = segment.inverted_index(field)?;
                    let terms = inverted.terms().range().ge(stem.as_bytes());
                    let mut terms = terms.into_stream()?;
                    while longer.len() < MOST_LONGER && terms.advance() {
                        let Some(term) = std::str::from_utf8(terms.key())
                            .ok()
                            .filter(|term| term.starts_with(&stem))
                        else {
                            break;
                        };
                        longer.push(term.to_owned());
                    }
                }
            }
        }
        longer.sort();
        longer.dedup();
        Ok(Word::begun(stem, longer))
    }

    fn actions_with(&self, stem: &str) -> tantivy::Result<u64> {
        self.with(self.own.fields.any, stem)
    }

    pub(super) fn with(&self, field: Field, stem: &str) -> tantivy::Result<u64> {
        self.doc_freq(&Term::from_field_text(field, stem))
    }

    /// Returns whether all actions can be ranked, since connectors are stated that have few.
    fn all_fit(&self, query: SearchQuery<'_>) -> tantivy::Result<bool> {
        let mut actions = 0;
        for connector in query.connectors.unwrap_or_default() {
            let connector = Term::from_field_text(self.own.fields.connector, connector);
            actions += self.doc_freq(&connector)?;
        }
        Ok(query.connectors.is_some() && actions <= MOST_OF_STATED as u64)
    }

    /// Returns how much it says that an action has a word, as BM25 does.
    #[expect(clippy::cast_precision_loss, reason = "a weight need not be exact")]
    pub(super) fn rarity(&self, stem: &str) -> tantivy::Result<f32> {
        let all = Bm25StatisticsProvider::total_num_docs(self)? as f32;
        let with = self.actions_with(stem)? as f32;
        Ok((1.0 + (all - with + 0.5) / (with + 0.5)).ln())
    }

    fn all(&self) -> impl Iterator<Item = &DiskIndex> {
        [Some(&self.own), self.stored.as_ref()]
            .into_iter()
            .flatten()
    }

    fn sum(&self, of: impl Fn(&Searcher) -> tantivy::Result<u64>) -> tantivy::Result<u64> {
        self.all().map(|index| of(&index.searcher)).sum()
    }
}

/// What BM25 weighs words by is counted over both indexes.
impl Bm25StatisticsProvider for Indexes {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.sum(|searcher| Bm25StatisticsProvider::total_num_tokens(searcher, field))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.sum(Bm25StatisticsProvider::total_num_docs)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.sum(|searcher| Bm25StatisticsProvider::doc_freq(searcher, term))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_versions_of_an_action_come_last() {
        let ids = [
            "acme-2.items.get",
            "acme.items.get",
            "acme.items.list",
            "other.items.get",
            "acme-13.items.list",
            "acme-x2.items.list",
            "acme-2.items.delete",
        ];
        let mut best = Best::of(6);
        for id in ids {
            assert!(!best.is_full());
            best.add(id.to_owned());
        }
        assert_eq!(
            best.into_ids(),
            [
                "acme-2.items.get",
                "acme.items.list",
                "other.items.get",
                "acme-x2.items.list",
                "acme-2.items.delete",
                "acme.items.get",
            ]
        );
    }
}
