//! Places in docs/benchmarks.md that tasks write.

use anyhow::{Context as _, Result};
use xshell::Shell;

/// Where the records stand, each between its two marks.
const DOCUMENT: &str = "docs/benchmarks.md";

/// A place in the document, by the name in its two marks.
#[derive(Clone, Copy)]
pub(crate) struct Place(pub(crate) &'static str);

impl Place {
    /// What stands between the two marks now.
    pub(crate) fn read(self, sh: &Shell) -> Result<String> {
        let document = sh.read_file(DOCUMENT)?;
        let [_, section, _] = self.split(&document).context(DOCUMENT)?;
        Ok(section.trim().to_owned())
    }

    /// Puts another text between the two marks.
    pub(crate) fn write(self, sh: &Shell, section: &str) -> Result<()> {
        let document = self.replace(&sh.read_file(DOCUMENT)?, section);
        Ok(sh.write_file(DOCUMENT, document.context(DOCUMENT)?)?)
    }

    fn replace(self, document: &str, section: &str) -> Result<String> {
        let [begin, end] = self.marks();
        let [before, _, after] = self.split(document)?;
        Ok(format!("{before}{begin}\n{section}\n{end}{after}"))
    }

    /// What stands before, between and behind the marks.
    fn split(self, document: &str) -> Result<[&str; 3]> {
        let [begin, end] = self.marks();
        let missing = |mark: &str| {
            format!("no `{mark}`: add the lines `{begin}` and `{end}` where the record belongs")
        };
        let (before, rest) = document
            .split_once(&begin)
            .with_context(|| missing(&begin))?;
        let (section, after) = rest.split_once(&end).with_context(|| missing(&end))?;
        Ok([before, section, after])
    }

    fn marks(self) -> [String; 2] {
        ["begin", "end"].map(|side| format!("<!-- {}:{side} -->", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_only_what_stands_between_the_marks() {
        let [begin, end] = Place("soak").marks();
        let document = format!("# Soak\n{begin}\nold\n{end}\nrest\n");

        assert_eq!(
            Place("soak").replace(&document, "new").unwrap(),
            format!("# Soak\n{begin}\nnew\n{end}\nrest\n")
        );
    }

    #[test]
    fn says_which_mark_is_missing() {
        let error = Place("soak")
            .replace("<!-- soak:begin -->\n", "new")
            .unwrap_err()
            .to_string();

        assert!(error.starts_with("no `<!-- soak:end -->`"), "{error}");
    }
}
