//! An action as it is written: its name, texts, arguments and result.

use plugwright_import::{BodyEncoding, ImportedAction};
use plugwright_sdk::host::{Effect, Returns, word_list};

use crate::answer::Answer;
use crate::argument::{Argument, Target};
use crate::name;
use crate::param::is_portable;
use crate::prose;
use crate::resource::ActionName;
use crate::shape::{Shape, Shapes};

/// Words that a description has.
const WORDS: std::ops::RangeInclusive<usize> = 15..=80;

/// Members that say most of a thing.
const TELLING: &[&str] = &word_list::<24>(include_str!("../words/telling_members.txt"));

const LONGEST_TITLE: usize = 8;

pub(crate) struct Action<'a> {
    pub(crate) source: &'a ImportedAction,
    pub(crate) name: ActionName,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) answer: Answer,
    /// The expression of the pagination strategy, for a list.
    pub(crate) pages: Option<String>,
    /// The `accept` header, if the connector's is not it.
    pub(crate) accept: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) doc: Vec<String>,
    pub(crate) left_out: Vec<String>,
}

impl Action<'_> {
    pub(crate) fn method(&self) -> String {
        self.source.request.method.to_ascii_lowercase()
    }

    /// Returns whether its arguments go into the query where the attribute says nothing.
    pub(crate) fn has_query(&self) -> bool {
        matches!(self.source.request.method.as_str(), "GET" | "DELETE")
    }

    pub(crate) fn is_one_call(&self, has_custom_auth: bool) -> bool {
        let request = &self.source.request;
        let has_other_parts = has_custom_auth || request.host.is_some() || self.accept.is_some();
        let is_read = matches!(
            self.answer,
            Answer::Nothing | Answer::Whole(_) | Answer::List(..)
        );
        let is_plain_json = request.body.as_ref().is_none_or(|body| {
            body.encoding != BodyEncoding::Json || body.media_type == "application/json"
        });
        let queries_with_body = !self.has_query()
            && (!request.query.is_empty()
                || self
                    .arguments
                    .iter()
                    .any(|argument| argument.target == Target::Query));
        !has_other_parts
            && is_read
            && is_plain_json
            && !queries_with_body
            && self.arguments.iter().all(|argument| {
                let says_name = argument.public == argument.wire;
                match argument.target {
                    Target::Path | Target::Segments => true,
                    Target::Query => says_name,
                    Target::Field | Target::Form => says_name && !self.has_query(),
                    Target::Body => {
                        let body = request.body.as_ref();
                        !self.has_query()
                            && body.is_some_and(|body| {
                                matches!(
                                    body.media_type.as_str(),
                                    "application/json" | "application/octet-stream"
                                )
                            })
                    }
                    _ => false,
                }
            })
    }

    pub(crate) fn path(&self) -> String {
        let mut path = self.source.request.path.clone();
        for argument in &self.arguments {
            let mark = match argument.target {
                Target::Path => "",
                Target::Segments => "+",
                _ => continue,
            };
            path = path.replace(
                &format!("{{{}}}", argument.wire),
                &format!("{{{mark}{}}}", argument.name),
            );
        }
        path
    }

    /// Returns whether callers use another name than the variable's.
    pub(crate) fn rename(argument: &Argument) -> Option<&str> {
        (argument.public != argument.name && is_portable(&argument.public))
            .then_some(&argument.public)
    }

    pub(crate) fn describe(&mut self, shapes: &Shapes<'_>) {
        let source = self.source;
        let noun = self.name.resource.replace('_', " ");
        let nouns = self.nouns();
        let summary = source.title.trim().trim_end_matches('.');
        let summary = prose::with_plain_nouns(summary, &nouns);
        let all = prose::sentences(&source.description);
        let first = prose::statement(&summary)
            .or_else(|| all.iter().find_map(|sentence| prose::statement(sentence)))
            .unwrap_or_else(|| self.plain_statement());
        let first = prose::with_plain_nouns(&first, &nouns);
        let is_said = |sentence: &String| {
            let plain = |text: &str| text.trim_end_matches('.').to_lowercase();
            let said = plain(&first);
            plain(sentence) == said
                || prose::statement(sentence).is_some_and(|other| plain(&other) == said)
                || plain(sentence) == summary.to_lowercase()
        };
        let returns = self.returned(shapes);
        let mut rest: Vec<String> = Vec::new();
        for sentence in all
            .into_iter()
            .filter(|sentence| !is_said(sentence))
            .take(4)
        {
            let words = prose::count(&[first.clone(), sentence.clone(), returns.clone()]);
            if words + prose::count(&rest) <= *WORDS.end() {
                rest.push(sentence);
            }
        }
        rest.push(returns);
        self.doc = vec![first, rest.join(" ")];
        for more in self.fillers(&noun) {
            if prose::count(&self.doc) >= *WORDS.start() {
                break;
            }
            self.doc[1] = format!("{} {more}", self.doc[1]);
        }
        self.title = self.stated_title(&summary);
    }

    /// Returns the words that name and path have for things.
    fn nouns(&self) -> Vec<String> {
        let mut nouns = name::words(&self.name.full());
        nouns.extend(name::words(&self.source.operation.path));
        let others: Vec<String> = nouns
            .iter()
            .flat_map(|noun| [name::singular(noun), Some(name::plural(noun))])
            .flatten()
            .collect();
        nouns.extend(others);
        nouns
    }

    fn stated_title(&self, summary: &str) -> Option<String> {
        let words: Vec<_> = summary.split_whitespace().collect();
        let plain = words.iter().all(|word| {
            word.chars()
                .all(|letter| letter.is_alphanumeric() || "'-/,&".contains(letter))
        });
        let first = words.first()?.to_lowercase();
        let is_command = prose::is_verb(&first) && (2..=LONGEST_TITLE).contains(&words.len());
        let generated = self.generated_title();
        (plain && is_command && !summary.eq_ignore_ascii_case(&generated))
            .then(|| summary.to_owned())
    }

    /// Returns the title that a plain name gets without one.
    fn generated_title(&self) -> String {
        let noun = self.name.resource.replace('_', " ");
        let verb = self.name.verb.replace('_', " ");
        let is_list = self.returns() == Returns::List || verb == "list";
        let object = match name::singular(&noun) {
            Some(one) if !is_list => name::with_article(&one),
            _ => noun,
        };
        crate::shape::capital(&format!("{verb} {object}"))
    }

    pub(crate) fn returns(&self) -> Returns {
        match self.answer {
            Answer::List(..) => Returns::List,
            _ => Returns::Single,
        }
    }

    fn plain_statement(&self) -> String {
        let title = self.generated_title().to_lowercase();
        let (verb, rest) = title.split_once(' ').unwrap_or((&title, ""));
        let verb = if prose::is_verb(verb) {
            prose::third_person(verb)
        } else {
            return prose::sentence(&format!("calls {verb} of the {rest}"));
        };
        prose::sentence(&format!("{verb} {rest}"))
    }

    fn returned(&self, shapes: &Shapes<'_>) -> String {
        const NAMED: usize = 6;
        let of_each = match self.answer {
            Answer::Nothing => return "Returns nothing.".to_owned(),
            Answer::File => return "Returns a file.".to_owned(),
            Answer::Text => return "Returns text.".to_owned(),
            Answer::List(..) => true,
            Answer::Whole(_) | Answer::Member(..) => false,
        };
        let (shape, is_nullable) = match self.answer.shape() {
            Some(Shape::Nullable(inner)) => (Some(&**inner), true),
            other => (other, false),
        };
        let fields: Vec<String> = match shape {
            Some(Shape::Object(key)) => shapes.object(key).map_or_else(Vec::new, |object| {
                let mut names: Vec<&str> = object
                    .fields
                    .iter()
                    .map(|field| field.name.as_str())
                    .collect();
                names.sort_by_key(|name| {
                    let known = TELLING.iter().position(|known| known == name);
                    known.unwrap_or(TELLING.len())
                });
                names
                    .into_iter()
                    .map(|name| name.replace('_', " "))
                    .collect()
            }),
            _ => Vec::new(),
        };
        if fields.is_empty() {
            return if of_each {
                "Returns the list, page by page.".to_owned()
            } else {
                "Returns what the provider answers.".to_owned()
            };
        }
        let named = if fields.len() > NAMED {
            let mut named: Vec<String> = fields[..NAMED - 1].to_vec();
            named.push("more".to_owned());
            named
        } else {
            fields
        };
        let named = prose::listed(&named, "and");
        if of_each {
            format!("Returns {named} of each, page by page.")
        } else if is_nullable {
            format!("Returns {named}, or nothing.")
        } else {
            format!("Returns {named}.")
        }
    }

    /// Returns sentences that are true of any action, for those of which the document says little.
    fn fillers(&self, noun: &str) -> Vec<String> {
        let mut fillers = Vec::new();
        let names = |required: bool| -> Vec<String> {
            let arguments = self
                .arguments
                .iter()
                .filter(|argument| argument.required == required);
            arguments
                .map(|argument| argument.name.replace('_', " "))
                .take(4)
                .collect()
        };
        let required = names(true);
        if !required.is_empty() {
            fillers.push(format!("Needs the {}.", prose::listed(&required, "and")));
        }
        let optional = names(false);
        if !optional.is_empty() {
            fillers.push(format!("Also takes {}.", prose::listed(&optional, "and")));
        }
        if self.source.effect != Effect::Read && self.source.idempotent {
            fillers.push("Repeating the call changes nothing more.".to_owned());
        }
        let method = &self.source.request.method;
        fillers.push(format!(
            "Sends one request, `{method} {}`.",
            self.source.operation.path
        ));
        fillers.push(format!(
            "It is one of the actions on {noun} that the API has."
        ));
        fillers
    }
}
