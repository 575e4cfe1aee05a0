//! A catalog is written, read, changed and damaged.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use plugwright_catalog::{Catalog, CatalogError, CatalogWriter, SearchIndex, SearchQuery};
use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_sdk::host::{Effect, Library as _, Registry};
use plugwright_sdk::{ErrorCode, Value, json};

/// Longer than it takes until a new catalog is noticed.
const NOTICED: Duration = Duration::from_millis(1_200);

fn document(thing: &str) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": format!("{thing} shop"), "version": "1" },
        "servers": [{ "url": "https://shop.example.com" }],
        "paths": {
            (format!("/{thing}")): {
                "get": {
                    "operationId": format!("list{thing}"),
                    "summary": format!("Lists the {thing} that are for sale."),
                    "parameters": [{ "name": "colour", "in": "query", "schema": { "type": "string" } }],
                    "responses": { "200": { "description": "ok", "content": { "application/json": {
                        "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Thing" } } } } } },
                },
                "delete": { "operationId": format!("delete{thing}"), "summary": format!("Removes all {thing}.") },
            },
        },
        "components": { "schemas": {
            "Thing": { "type": "object", "properties": { "next": { "$ref": "#/components/schemas/Thing" } } },
        } },
    })
}

fn imported(name: &str, thing: &str) -> Imported {
    openapi::import(&document(thing), &Settings::named(name)).unwrap()
}

fn store(data: &Path, connectors: &[(&str, &str)]) {
    let mut writer = CatalogWriter::open(data).unwrap();
    for (name, thing) in connectors {
        let Imported {
            connector, report, ..
        } = imported(name, thing);
        writer
            .store(&connector, &format!("{name}.yaml"), &report)
            .unwrap();
    }
    writer.commit().unwrap();
}

fn open(data: &Path) -> Catalog {
    Catalog::open(data).unwrap().unwrap()
}

fn registry(data: &Path) -> Registry {
    Registry::default().with_library(Arc::new(open(data)))
}

fn packs(data: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(data.join("catalog")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut packs: Vec<_> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "pack")
        })
        .collect();
    packs.sort();
    packs
}

#[test]
fn what_is_stored_is_read_again() {
    let data = tempfile::tempdir().unwrap();
    assert!(Catalog::open(data.path()).unwrap().is_none());
    store(data.path(), &[("pets", "cats"), ("books", "novels")]);
    let catalog = open(data.path());
    assert_eq!(catalog.names().collect::<Vec<_>>(), ["books", "pets"]);
    let stored = catalog.imported("pets").unwrap().unwrap();
    assert_eq!(stored, imported("pets", "cats").connector);
    assert_eq!(catalog.imported("dogs").unwrap(), None);
    let records = catalog.records().unwrap();
    assert_eq!(
        (records[1].actions, &*records[1].document),
        (2, "pets.yaml")
    );
    assert!(catalog.bytes().unwrap() > records[0].bytes + records[1].bytes);
}

#[test]
fn a_catalog_that_is_followed_notices_the_first_import() {
    let data = tempfile::tempdir().unwrap();
    let catalog = Arc::new(Catalog::follow(&data.path().join("later")).unwrap());
    let registry = Registry::default().with_library(catalog.clone());
    let index = SearchIndex::new(&registry);
    let generation = registry.generation();
    assert_eq!(catalog.names().count(), 0);
    assert!(catalog.records().unwrap().is_empty());
    assert!(index.search(SearchQuery::new("cats")).unwrap().is_empty());
    store(&data.path().join("later"), &[("pets", "cats")]);
    std::thread::sleep(NOTICED);
    assert_ne!(registry.generation(), generation);
    assert!(registry.has_connector("pets"));
    assert_eq!(catalog.records().unwrap().len(), 1);
    assert!(!index.search(SearchQuery::new("cats")).unwrap().is_empty());
}

#[test]
fn what_is_removed_is_gone_from_a_catalog_that_is_in_use() {
    let data = tempfile::tempdir().unwrap();
    store(data.path(), &[("pets", "cats"), ("books", "novels")]);
    let catalog = open(data.path());
    let mut writer = CatalogWriter::open(data.path()).unwrap();
    writer.refuse("odd.yaml", "it is odd");
    assert!(writer.remove("pets").unwrap());
    assert!(!writer.remove("pets").unwrap());
    writer.commit().unwrap();
    std::thread::sleep(NOTICED);
    assert_eq!(catalog.names().collect::<Vec<_>>(), ["books"]);
    assert_eq!(catalog.records().unwrap().len(), 1);
    let registry = registry(data.path());
    assert!(!registry.has_connector("pets"));
    assert!(registry.has_connector("books"));
    assert_eq!(catalog.refused().unwrap().len(), 1);
    let mut writer = CatalogWriter::open(data.path()).unwrap();
    assert!(writer.remove("odd.yaml").unwrap());
    writer.commit().unwrap();
    assert_eq!(open(data.path()).refused().unwrap(), []);
}

#[test]
fn a_loaded_action_is_the_one_that_was_imported() {
    let data = tempfile::tempdir().unwrap();
    store(data.path(), &[("pets", "cats")]);
    let registry = registry(data.path());
    let made = Registry::new([imported("pets", "cats").connector.connector().unwrap()]).unwrap();
    assert_eq!(registry.action_count(), 2);
    for own in made.actions() {
        let loaded = registry.find(&own.id()).unwrap();
        assert_eq!(loaded.action.input_schema(), own.action.input_schema());
        assert_eq!(loaded.action.output_schema(), own.action.output_schema());
        assert_eq!(loaded.action.description(), own.action.description());
        assert_eq!(registry.effect_of(&own.id()), Some(own.action.effect()));
        for spelling in [own.tool_name(), own.id().replace('.', "/")] {
            assert_eq!(
                registry.find(&spelling).unwrap().id(),
                own.id(),
                "{spelling}"
            );
        }
    }
    let names: Vec<_> = made.actions().map(|entry| entry.id()).collect();
    assert!(
        registry
            .find("pets.cats.lst")
            .unwrap_err()
            .nearest
            .contains(&names[0])
    );
    let unknown = registry.find("dogs.list.all").unwrap_err();
    let unknown = plugwright_sdk::ActionError::from(unknown);
    assert_eq!(unknown.code(), ErrorCode::ConnectorNotFound);
}

#[test]
fn one_document_changes_one_connector() {
    let data = tempfile::tempdir().unwrap();
    store(data.path(), &[("pets", "cats"), ("books", "novels")]);
    let before = packs(data.path());
    store(data.path(), &[("pets", "dogs")]);
    let after = packs(data.path());
    assert!(after.contains(&before[0]) && after.len() == 3, "{after:?}");
    // Processes may still read the catalog before this one, but not the one before that.
    store(data.path(), &[("pets", "birds")]);
    assert!(!packs(data.path()).contains(&before[1]));
    let index = SearchIndex::new(Arc::new(registry(data.path())));
    let found = |words| index.search(SearchQuery::new(words)).unwrap();
    assert!(found("birds")[0].starts_with("pets."));
    assert!(found("novels")[0].starts_with("books."));
    assert!(found("cats").is_empty() && found("dogs").is_empty());
}

#[test]
fn nothing_is_seen_before_it_is_committed() {
    let data = tempfile::tempdir().unwrap();
    store(data.path(), &[("pets", "cats")]);
    let mut writer = CatalogWriter::open(data.path()).unwrap();
    let Imported {
        connector, report, ..
    } = imported("pets", "dogs");
    writer.store(&connector, "pets.yaml", &report).unwrap();
    writer.refuse("broken.json", "it is no document");
    drop(writer);
    let catalog = open(data.path());
    let stored = catalog.imported("pets").unwrap().unwrap();
    assert_eq!(stored, imported("pets", "cats").connector);
    assert!(catalog.refused().unwrap().is_empty());
    store(data.path(), &[("books", "novels")]);
    assert_eq!(open(data.path()).names().count(), 2);
    let index = SearchIndex::new(Arc::new(registry(data.path())));
    assert!(index.search(SearchQuery::new("dogs")).unwrap().is_empty());
}

#[test]
fn only_one_writes_at_a_time() {
    let data = tempfile::tempdir().unwrap();
    let writer = CatalogWriter::open(data.path()).unwrap();
    let second = CatalogWriter::open(data.path()).err().unwrap();
    assert!(matches!(second, CatalogError::Busy(_)), "{second}");
    drop(writer);
    CatalogWriter::open(data.path()).unwrap();
}

#[test]
fn a_new_catalog_is_noticed_and_connectors_in_use_stay() {
    let data = tempfile::tempdir().unwrap();
    store(data.path(), &[("pets", "cats"), ("books", "novels")]);
    let registry = registry(data.path());
    let index = SearchIndex::new(&registry);
    let (pets, books) = (
        registry.connector("pets").unwrap(),
        registry.connector("books").unwrap(),
    );
    assert!(index.search(SearchQuery::new("dogs")).unwrap().is_empty());
    let generation = registry.generation();
    store(data.path(), &[("pets", "dogs"), ("plants", "trees")]);
    std::thread::sleep(NOTICED);
    assert_ne!(registry.generation(), generation);
    assert_eq!(
        registry.names().collect::<Vec<_>>(),
        ["books", "pets", "plants"]
    );
    assert!(!registry.connector("pets").unwrap().is_same(pets));
    assert!(registry.connector("books").unwrap().is_same(books));
    assert_eq!(pets.display_name(), "cats shop");
    assert!(!index.search(SearchQuery::new("dogs")).unwrap().is_empty());
}

#[test]
fn damage_is_told_and_spares_the_rest() {
    let data = tempfile::tempdir().unwrap();
    store(
        data.path(),
        &[("pets", "cats"), ("books", "novels"), ("plants", "trees")],
    );
    let paths = packs(data.path());
    // One file is cut, of another one a byte is changed.
    fs::write(&paths[0], "{").unwrap();
    let mut bytes = fs::read(&paths[1]).unwrap();
    bytes[10] ^= 1;
    fs::write(&paths[1], bytes).unwrap();
    let registry = registry(data.path());
    assert!(registry.connector("books").is_none());
    assert!(registry.connector("plants").is_some());
    let entry = registry
        .actions()
        .find(|entry| entry.connector.name() == "pets")
        .unwrap();
    let error = entry.action.decode(json!({})).err().unwrap();
    assert_eq!(error.code(), ErrorCode::InternalError);
    assert!(
        error.message().contains("import the document again"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn what_can_not_be_read_for_a_moment_is_read_later() {
    let data = tempfile::tempdir().unwrap();
    store(data.path(), &[("pets", "cats")]);
    let path = packs(data.path()).remove(0);
    let away = path.with_extension("away");
    let registry = registry(data.path());
    let made = Registry::new([imported("pets", "cats").connector.connector().unwrap()]).unwrap();
    let id = made.actions().next().unwrap().id();
    let decoded = || {
        let entry = registry.find(&id).unwrap();
        let decoded = entry.action.decode(json!({}));
        (
            entry.action.is_stand_in(),
            decoded.err().map(|error| error.code()),
        )
    };
    let take_away = || {
        fs::rename(&path, &away).unwrap();
        std::os::unix::fs::symlink(&path, &path).unwrap();
    };
    let bring_back = || {
        fs::remove_file(&path).unwrap();
        fs::rename(&away, &path).unwrap();
    };
    take_away();
    assert!(registry.connector("pets").is_none());
    bring_back();
    assert!(registry.connector("pets").is_some());
    take_away();
    assert_eq!(decoded(), (true, Some(ErrorCode::Unavailable)));
    bring_back();
    assert_eq!(decoded(), (false, None));
}

#[test]
fn an_index_of_another_version_is_told() {
    let data = tempfile::tempdir().unwrap();
    store(data.path(), &[("pets", "cats")]);
    let meta = data.path().join("catalog/index/meta.json");
    let mut stored: Value = serde_json::from_slice(&fs::read(&meta).unwrap()).unwrap();
    stored["schema"].as_array_mut().unwrap().pop();
    fs::write(&meta, stored.to_string()).unwrap();
    let registry = registry(data.path());
    let error = SearchIndex::new(&registry)
        .search(SearchQuery::new("cats"))
        .unwrap_err();
    assert!(
        error.to_string().contains("import the documents again"),
        "{error}"
    );
    assert!(registry.connector("pets").is_some());
}

#[test]
fn a_search_can_be_narrowed() {
    let data = tempfile::tempdir().unwrap();
    store(data.path(), &[("pets", "cats"), ("animals", "cats")]);
    let index = SearchIndex::new(Arc::new(registry(data.path())));
    let found = |query| index.search(query).unwrap();
    assert_eq!(found(SearchQuery::new("cats")).len(), 4);
    let only = found(SearchQuery::new("cats").connectors(&["animals"]));
    assert!(only.len() == 2 && only.iter().all(|id| id.starts_with("animals.")));
    let only = found(SearchQuery::new("cats").effects(&[Effect::Destructive]));
    assert!(
        only.len() == 2 && only.iter().all(|id| id.contains("delete")),
        "{only:?}"
    );
    assert_eq!(found(SearchQuery::new("cats").limit(1)).len(), 1);
    assert!(found(SearchQuery::new("cats").limit(0)).is_empty());
    assert!(found(SearchQuery::new("xylophone")).is_empty());
}

#[test]
fn names_lead_out_of_no_folder() {
    let data = tempfile::tempdir().unwrap();
    let mut evil = imported("pets", "cats");
    evil.connector.parts.name = "../../pets".to_owned();
    let mut writer = CatalogWriter::open(data.path()).unwrap();
    assert!(
        writer
            .store(&evil.connector, "evil.yaml", &evil.report)
            .is_err()
    );
    assert!(Catalog::open(data.path()).unwrap().is_none());
}

#[cfg(unix)]
#[test]
fn an_empty_data_directory_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;

    let data = tempfile::tempdir().unwrap();
    fs::set_permissions(data.path(), fs::Permissions::from_mode(0o755)).unwrap();
    store(data.path(), &[("pets", "cats")]);
    for path in [data.path().to_owned(), data.path().join("catalog")] {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", path.display());
    }
}

#[test]
fn within_stated_connectors_an_action_is_found_by_what_it_means() {
    let data = tempfile::tempdir().unwrap();
    store(data.path(), &[("garage", "cars"), ("music", "flutes")]);
    let registry = registry(data.path());
    let index = SearchIndex::new(&registry);
    let stated = SearchQuery::new("automobiles").connectors(&["garage", "music"]);
    let found = index.search(stated).unwrap();
    assert!(found[0].starts_with("garage."), "{found:?}");
    assert!(
        found.iter().all(|id| id.starts_with("garage.")),
        "{found:?}"
    );
    let whole = SearchQuery::new("automobiles");
    assert!(index.search(whole).unwrap().is_empty());
    let nothing = SearchQuery::new("qwertz").connectors(&["garage", "music"]);
    assert!(index.search(nothing).unwrap().is_empty());
}

#[test]
fn the_action_that_does_what_is_asked_comes_first() {
    let data = tempfile::tempdir().unwrap();
    store(data.path(), &[("garage", "cars")]);
    let registry = registry(data.path());
    let index = SearchIndex::new(&registry);
    for (words, effect) in [
        ("which cars are there", Effect::Read),
        ("throw away cars", Effect::Destructive),
        ("drop cars", Effect::Destructive),
    ] {
        let found = index.search(SearchQuery::new(words)).unwrap();
        assert_eq!(registry.effect_of(&found[0]), Some(effect), "{words}");
    }
}
