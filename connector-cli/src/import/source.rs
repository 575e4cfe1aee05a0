//! Where documents come from: files, directories and URLs.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

#[cfg(feature = "serve")]
use plugwright_import::ServerPlace;
use plugwright_import::{LARGEST_DOCUMENT, bundle, files_below, read};
use serde_json::Value;
use url::Url;

use super::fetch::{Fetcher, Problem};
use crate::args::ImportArguments;
use crate::failure::Failure;

/// Directories may be in one another so many times.
const DEEPEST: usize = 16;

/// What the names of documents in a directory end with.
const EXTENSIONS: [&str; 6] = ["gql", "graphql", "graphqls", "json", "yaml", "yml"];

pub(super) enum Document {
    File(PathBuf),
    Url(Url),
    #[cfg(feature = "serve")]
    Server(ServerPlace),
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
            #[cfg(feature = "serve")]
            Self::Server(ServerPlace::Url(url)) => f.write_str(url),
            #[cfg(feature = "serve")]
            Self::Server(ServerPlace::Program {
                program, arguments, ..
            }) => {
                f.write_str(program)?;
                arguments
                    .iter()
                    .try_for_each(|argument| write!(f, " {argument}"))
            }
        }
    }
}

impl Document {
    /// Returns where it is, the same from whatever directory it is named.
    pub(super) fn place(&self) -> String {
        let Self::File(path) = self else {
            return self.to_string();
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        match (fs::canonicalize(folder), path.file_name()) {
            (Ok(folder), Some(name)) => folder.join(name).display().to_string(),
            _ => self.to_string(),
        }
    }

    /// Returns the name of its file without what says of which kind that is.
    pub(super) fn stem(&self) -> Option<String> {
        let path = match self {
            Self::File(path) => path.clone(),
            Self::Url(url) => PathBuf::from(url.path()),
            #[cfg(feature = "serve")]
            Self::Server(_) => return None,
        };
        Some(path.file_stem()?.to_str()?.to_owned())
    }
}

pub(super) struct Content {
    pub(super) value: Value,
    pub(super) location: Option<Url>,
    /// What was wrong with its references to others.
    pub(super) notes: Vec<String>,
}

/// Reads a document, and what it refers to if that is allowed.
pub(super) fn content(
    document: &Document,
    arguments: &ImportArguments,
) -> Result<Content, Problem> {
    let mut notes = Vec::new();
    match document {
        Document::File(path) => {
            let bytes = file(path).map_err(|error| format!("it can't be read: {error}"))?;
            let mut value = read(&bytes).map_err(|error| error.to_string())?;
            drop(bytes);
            if arguments.allow_external_refs {
                let path = path.canonicalize().map_err(|error| error.to_string())?;
                let folder = path.parent().unwrap_or(Path::new("/"));
                let base =
                    Url::from_file_path(&path).map_err(|()| "its path is not a URL".to_owned())?;
                notes = bundle(&mut value, &base, files_below(folder));
            }
            Ok(Content {
                value,
                location: None,
                notes,
            })
        }
        Document::Url(url) => {
            let fetcher = Fetcher::new(&arguments.egress_allow)?;
            let document = fetcher.fetch(url)?;
            let mut value = read(&document.bytes).map_err(|error| error.to_string())?;
            let base = document.url;
            if arguments.allow_external_refs {
                notes = bundle(&mut value, &base, |url| fetcher.fetch_within(&base, url));
            }
            Ok(Content {
                value,
                location: Some(base),
                notes,
            })
        }
        #[cfg(feature = "serve")]
        Document::Server(_) => Err("it is an MCP server".to_owned().into()),
    }
}

fn file(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > LARGEST_DOCUMENT as u64 {
        let message = format!("it has more than {LARGEST_DOCUMENT} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    fs::read(path)
}

/// Returns the document, or those below a directory in the order of their names, but for what is in
/// the data directory.
pub(super) fn documents(source: &str, data: &Path) -> Result<Vec<Document>, Failure> {
    if source.starts_with("https://") || source.starts_with("http://") {
        let url = Url::parse(source)
            .map_err(|error| invalid(format!("`{source}` is not a URL: {error}")))?;
        return Ok(vec![Document::Url(url)]);
    }
    let source = Path::new(source);
    let failed = |path: &Path, error: &io::Error| {
        invalid(format!("`{}` can't be read: {error}", path.display()))
    };
    let about = fs::metadata(source).map_err(|error| failed(source, &error))?;
    if !about.is_dir() {
        return Ok(vec![Document::File(source.to_owned())]);
    }
    let data = fs::canonicalize(data).ok();
    let mut found = Vec::new();
    let mut waiting = vec![(source.to_owned(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        if data.is_some() && fs::canonicalize(&folder).ok() == data {
            continue;
        }
        let entries = fs::read_dir(&folder).map_err(|error| failed(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| failed(&folder, &error))?;
            let kind = entry.file_type().map_err(|error| failed(&folder, &error))?;
            let path = entry.path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            // A link to a directory might lead round in circles.
            let leads_to_file =
                || kind.is_symlink() && fs::metadata(&path).is_ok_and(|target| target.is_file());
            if kind.is_dir() && depth < DEEPEST {
                waiting.push((path, depth + 1));
            } else if extension.is_some_and(|it| EXTENSIONS.contains(&it))
                && (kind.is_file() || leads_to_file())
            {
                found.push(path);
            }
        }
    }
    found.sort_unstable();
    // A file and links to it are one document.
    let mut known = HashSet::new();
    found.retain(|path| fs::canonicalize(path).map_or(true, |file| known.insert(file)));
    if found.is_empty() {
        let message = format!("`{}` has no JSON, YAML or GraphQL files", source.display());
        return Err(invalid(message));
    }
    Ok(found.into_iter().map(Document::File).collect())
}

fn invalid(message: String) -> Failure {
    Failure::param("FILE", message)
}
