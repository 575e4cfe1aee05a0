//! Every reader takes its seeds, and what chance makes of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use plugwright_tests_fuzzing::TARGETS;

/// How often chance changes each seed.
const CHANGES: usize = 12;
/// What a change puts in.
const PIECES: [&[u8]; 18] = [
    b"\"",
    b"{",
    b"[",
    b"}",
    b"]",
    b",",
    b"\\u0000",
    b"\\ud800",
    b"\xff",
    b"\xef\xbb\xbf",
    b"%00",
    b"&",
    b"=",
    b";",
    b"<",
    b">",
    b"1e999",
    b"-",
];

fn place(below: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../fuzz")).join(below)
}

fn entries(below: &str) -> BTreeSet<String> {
    let found = fs::read_dir(place(below)).expect("a directory");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry.expect("an entry").file_name();
        name.to_string_lossy().trim_end_matches(".rs").to_owned()
    };
    found.map(name).collect()
}

fn change(seed: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..random.usize(1..5) {
        let at = random.usize(0..=bytes.len());
        match random.u8(0..5) {
            0 => bytes.truncate(at),
            1 => {
                let piece = PIECES[random.usize(..PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            2 if at < bytes.len() => bytes[at] = random.u8(..),
            3 if at < bytes.len() => {
                bytes.remove(at);
            }
            _ => {
                let again = bytes[at..].to_vec();
                bytes.extend(again);
            }
        }
    }
    bytes
}

fn takes(name: &str, target: fn(&[u8])) {
    let mut random = fastrand::Rng::with_seed(7);
    let folder = place("seeds").join(name);
    let mut seeds: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert!(!seeds.is_empty(), "{} is empty", folder.display());
    seeds.sort();
    for seed in seeds {
        let seed = fs::read(seed).expect("a seed");
        target(&seed);
        for _ in 0..CHANGES {
            let changed = change(&seed, &mut random);
            let shown = String::from_utf8_lossy(&changed).into_owned();
            let outcome = std::panic::catch_unwind(|| target(&changed));
            assert!(outcome.is_ok(), "{name} fails on {shown:?}");
        }
    }
}

macro_rules! readers {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                takes(stringify!($name), plugwright_tests_fuzzing::$name);
            }
        )*

        #[test]
        fn every_reader_has_a_program_seeds_and_a_test() {
            let tested = BTreeSet::from([$(stringify!($name).to_owned()),*]);
            let listed: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
            assert_eq!(tested, listed);
            assert_eq!(entries("fuzz_targets"), listed);
            assert_eq!(entries("seeds"), listed);
            let manifest = fs::read_to_string(place("Cargo.toml")).expect("a manifest");
            for name in listed {
                assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            }
        }
    };
}

readers! {
    bodies coercion cursors discovery dispositions endpoints errors forms graphql json links
    messages names openapi origins overlays params postman queries schemas searches server_answers
    server_lines settings tools waits
}
