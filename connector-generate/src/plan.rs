//! The crate as a whole before it is written: its actions, types and settings.

use std::collections::{BTreeMap, BTreeSet};

use plugwright_import::openapi::OperationExamples;
use plugwright_import::{ImportedAction, ImportedConnector, ParameterPlace};
use plugwright_sdk::Value;
use plugwright_sdk::host::SchemeParts;

use crate::GenerateError;
use crate::account::Identity;
use crate::action::Action;
use crate::answer::Answer;
use crate::argument::{Argument, Arguments, Surroundings, Target};
use crate::choice::{Chosen, constants};
use crate::error::ErrorMapping;
use crate::name;
use crate::pages::strategy;
use crate::param::{ParamType, ParamTypes, Rules};
use crate::report::Report;
use crate::schema::Definitions;
use crate::shape::Shapes;

/// What is the same in so many actions is a type of its own.
const SHARED: usize = 3;

pub(crate) struct Newtype {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) ty: ParamType,
    pub(crate) rules: Rules,
}

pub(crate) struct Plan<'a> {
    pub(crate) connector: &'a ImportedConnector,
    pub(crate) chosen: &'a [Chosen<'a>],
    pub(crate) actions: Vec<Action<'a>>,
    pub(crate) shapes: Shapes<'a>,
    pub(crate) types: ParamTypes<'a>,
    pub(crate) newtypes: Vec<Newtype>,
    /// Headers of every request.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) identity: Option<Identity>,
    pub(crate) errors: Option<ErrorMapping>,
    pub(crate) report: Report,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(
        connector: &'a ImportedConnector,
        chosen: &'a [Chosen<'a>],
    ) -> Result<Self, GenerateError> {
        let definitions = Definitions(&connector.definitions);
        let headers = constants(chosen);
        let set = set_elsewhere(connector, chosen, &headers);
        let mut plan = Self {
            connector,
            chosen,
            actions: Vec::new(),
            shapes: Shapes::new(definitions, &connector.parts.name),
            types: ParamTypes::new(definitions),
            newtypes: Vec::new(),
            headers,
            identity: Identity::of(connector),
            errors: None,
            report: Report::default(),
        };
        let possible: Vec<&'a Chosen<'a>> = chosen
            .iter()
            .filter(|one| plan.is_possible(one, &set))
            .collect();
        let mut answers = Vec::new();
        for one in possible {
            let output = one.inferred.as_ref().unwrap_or(&one.action.output);
            let noun = one.noun();
            let answer = Answer::of(
                one.action,
                output,
                one.examples.has_body,
                &noun,
                definitions,
                &mut plan.shapes,
            );
            match answer {
                Ok(answer) => answers.push((one, answer)),
                Err(reason) => plan.leave_out(one.action, reason),
            }
        }
        plan.shapes.read(&mut plan.report);
        for (one, answer) in &mut answers {
            if let Some(shape) = answer.shape_mut() {
                *shape = plan.shapes.settled(shape.clone());
            }
            if let Some(part) = one
                .examples
                .answer
                .as_ref()
                .and_then(|body| answer.part(body))
            {
                let shape = match &*answer {
                    Answer::List(shape, _) => {
                        Some(crate::shape::Shape::List(Box::new(shape.clone())))
                    }
                    other => other.shape().cloned(),
                };
                if let Some(shape) = shape {
                    plan.shapes.learn(&shape, part);
                }
            }
        }
        for (one, answer) in answers {
            plan.add(one, answer, &set);
        }
        if plan.actions.is_empty() {
            return Err(GenerateError::NoneLeft(plan.report.reasons()));
        }
        plan.share();
        plan.settle();
        Ok(plan)
    }

    fn leave_out(&mut self, action: &ImportedAction, reason: String) {
        let operation = format!("{} {}", action.operation.method, action.operation.path);
        self.report.left_out.push((operation, reason));
    }

    fn is_possible(&mut self, one: &'a Chosen<'a>, set: &BTreeSet<String>) -> bool {
        let method = one.action.request.method.as_str();
        if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method) {
            self.leave_out(one.action, format!("its method is {method}"));
            return false;
        }
        if one.action.request.graphql.is_some() {
            self.leave_out(one.action, "it is a GraphQL operation".to_owned());
            return false;
        }
        let body = one.action.request.body.as_ref();
        if method == "GET" && body.is_some_and(|body| body.required) {
            self.leave_out(one.action, "a GET request with a body".to_owned());
            return false;
        }
        let mut types = ParamTypes::new(Definitions(&self.connector.definitions));
        let owner = one.noun();
        let surroundings = surroundings(one, &owner, set);
        let made = Arguments::new(one.action, &mut types, &surroundings).make(&mut |_| true);
        match made {
            Ok(_) => true,
            Err(reason) => {
                self.leave_out(one.action, reason);
                false
            }
        }
    }

    fn add(&mut self, one: &'a Chosen<'a>, answer: Answer, set: &BTreeSet<String>) {
        let owner = one.noun();
        let surroundings = surroundings(one, &owner, set);
        let shapes = &mut self.shapes;
        let made = Arguments::new(one.action, &mut self.types, &surroundings)
            .make(&mut |name| shapes.reserve(name));
        let (arguments, left_out) = match made {
            Ok(made) => made,
            Err(reason) => return self.leave_out(one.action, reason),
        };
        self.actions.push(Action {
            source: one.action,
            name: one.name.clone(),
            arguments,
            answer,
            pages: None,
            accept: one.action.request.accept.clone(),
            title: None,
            doc: Vec::new(),
            left_out,
        });
    }

    /// Makes types of arguments that are the same in several actions.
    fn share(&mut self) {
        let mut groups: Vec<(Argument, Vec<(usize, usize)>)> = Vec::new();
        for (at, action) in self.actions.iter().enumerate() {
            for (index, argument) in action.arguments.iter().enumerate() {
                let is_plain = matches!(argument.ty, ParamType::Text | ParamType::Integer(_));
                let is_sent = matches!(
                    argument.target,
                    Target::Path | Target::Segments | Target::Query | Target::Field | Target::Form
                );
                if !is_plain || !is_sent || argument.clears {
                    continue;
                }
                let same = |known: &Argument| {
                    known.name == argument.name
                        && known.ty == argument.ty
                        && known.doc == argument.doc
                        && known.rules.keys == argument.rules.keys
                        && (known.required
                            || argument.required
                            || known.rules.default == argument.rules.default)
                };
                match groups.iter_mut().find(|(known, _)| same(known)) {
                    Some((known, places)) => {
                        if known.rules.default.is_none() {
                            known.rules.default.clone_from(&argument.rules.default);
                        }
                        places.push((at, index));
                    }
                    None => groups.push((argument.clone(), vec![(at, index)])),
                }
            }
        }
        for (argument, places) in groups {
            // What the name says already is no documentation worth sharing.
            if places.len() < SHARED || argument.doc.split_whitespace().count() < 3 {
                continue;
            }
            let Some(short) = name::pascal(&argument.name) else {
                continue;
            };
            let suffix = if argument.ty == ParamType::Text {
                "Name"
            } else {
                "Number"
            };
            let candidates = [
                short.clone(),
                format!("{short}{suffix}"),
                format!("{short}Value"),
            ];
            let Some(name) = candidates
                .into_iter()
                .find(|name| self.shapes.reserve(name))
            else {
                continue;
            };
            for (at, index) in places {
                self.actions[at].arguments[index].newtype = Some(self.newtypes.len());
            }
            self.newtypes.push(Newtype {
                name,
                doc: argument.doc,
                ty: argument.ty,
                rules: argument.rules,
            });
        }
    }

    fn settle(&mut self) {
        let uses: Vec<_> = self
            .actions
            .iter()
            .flat_map(|action| {
                let module = &action.name.module;
                action
                    .arguments
                    .iter()
                    .map(move |argument| (argument.ty.clone(), module.clone()))
            })
            .collect();
        self.types.use_only(&uses);
        let structs = self.types.structs.iter();
        for ty in structs.filter(|ty| !ty.resources.is_empty()) {
            for what in &ty.left_out {
                self.report.left_out_of(&ty.name, what.clone());
            }
        }
        let accepts: BTreeMap<&String, usize> = self
            .actions
            .iter()
            .filter_map(|action| action.accept.as_ref())
            .fold(BTreeMap::new(), |mut counts, accept| {
                *counts.entry(accept).or_default() += 1;
                counts
            });
        let common = accepts.into_iter().max_by_key(|(_, count)| *count);
        let common = common.filter(|(_, count)| count * 2 > self.actions.len());
        if let Some(accept) = common.map(|(accept, _)| accept.clone()) {
            for action in &mut self.actions {
                action.accept = action.accept.take().filter(|own| *own != accept);
            }
            self.headers.insert(0, ("accept".to_owned(), accept));
        }
        let has_ok: Vec<bool> = self
            .actions
            .iter()
            .map(|action| {
                let one = self.chosen.iter().find(|one| one.name == action.name);
                let example = one.and_then(|one| one.examples.answer.as_ref()?.get("ok"));
                example.is_some_and(Value::is_boolean)
            })
            .collect();
        let errors = self.chosen.iter().flat_map(|one| &one.examples.errors);
        self.errors = ErrorMapping::of(has_ok.into_iter(), errors);
        for action in &mut self.actions {
            if let (Answer::List(_, items), Some(style)) =
                (&action.answer, action.answer.style(action.source))
            {
                action.pages = Some(strategy(
                    style,
                    items,
                    action.source.paging.as_ref(),
                    &action.arguments,
                ));
            }
            action.describe(&self.shapes);
        }
    }

    pub(crate) fn display_name(&self) -> String {
        let said = [
            "api", "apis", "rest", "openapi", "swagger", "public", "web", "http",
        ];
        let stated = &self.connector.parts.display_name;
        let words = stated.split_whitespace().filter(|word| {
            let plain = word
                .trim_matches(|letter: char| !letter.is_alphanumeric())
                .to_lowercase();
            let version = plain.strip_prefix('v').unwrap_or(&plain);
            let is_version = version
                .chars()
                .all(|letter| letter.is_ascii_digit() || letter == '.');
            !said.contains(&plain.as_str()) && !is_version
        });
        let kept = words.collect::<Vec<_>>().join(" ");
        if kept.is_empty() {
            stated.clone()
        } else {
            kept
        }
    }

    /// Returns whether the actions put the credential into requests themselves.
    pub(crate) fn has_custom_auth(&self) -> bool {
        !self.connector.credential.is_empty()
    }

    pub(crate) fn modules(&self) -> Vec<(&str, Vec<&Action<'a>>)> {
        let mut modules: Vec<(&str, Vec<&Action<'a>>)> = Vec::new();
        for action in &self.actions {
            let name = action.name.module.as_str();
            match modules.iter_mut().find(|(known, _)| *known == name) {
                Some((_, actions)) => actions.push(action),
                None => modules.push((name, vec![action])),
            }
        }
        modules
    }

    pub(crate) fn examples(&self, action: &Action<'_>) -> Option<&OperationExamples> {
        let one = self.chosen.iter().find(|one| one.name == action.name)?;
        Some(&one.examples)
    }
}

fn surroundings<'s>(
    one: &'s Chosen<'_>,
    owner: &'s str,
    set: &'s BTreeSet<String>,
) -> Surroundings<'s> {
    Surroundings {
        set,
        resource: &one.name.module,
        owner,
    }
}

fn set_elsewhere(
    connector: &ImportedConnector,
    chosen: &[Chosen<'_>],
    headers: &[(String, String)],
) -> BTreeSet<String> {
    let schemes = connector
        .parts
        .auth
        .iter()
        .filter_map(|auth| match &auth.scheme {
            SchemeParts::ApiKeyHeader { name } | SchemeParts::ApiKeyQuery { name } => Some(name),
            _ => None,
        });
    let places = connector.credential.iter().map(|place| &place.name);
    let headers = headers.iter().map(|(name, _)| name);
    // Some documents declare the credential as a parameter beside the scheme that it is.
    let declared = chosen
        .iter()
        .flat_map(|one| &one.action.request.parameters)
        .filter(|parameter| {
            let names = ["access_token", "api_key", "apikey", "auth_token", "token"];
            !connector.parts.auth.is_empty()
                && parameter.place != ParameterPlace::Path
                && names.contains(&parameter.name.to_ascii_lowercase().as_str())
        })
        .map(|parameter| &parameter.name);
    schemes
        .chain(declared)
        .chain(places)
        .chain(headers)
        .map(|name| name.to_ascii_lowercase())
        .collect()
}
