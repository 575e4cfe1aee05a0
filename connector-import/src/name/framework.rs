//! Ids of operations that frameworks make of the names of handlers.

use super::{VERBS, of_path, words};
use crate::form::Operation;

/// Returns the name of the handler in an id that a framework made.
pub(crate) fn handler<'i>(id: &'i str, operation: &Operation) -> Option<&'i str> {
    controller(id)
        .map(|(_, method)| method)
        .or_else(|| numbered(id))
        .or_else(|| beside_path(id, operation))
}

/// Returns class and method of an id such as Nest makes: `CatsController_findAll`.
pub(super) fn controller(id: &str) -> Option<(&str, &str)> {
    let (class, method) = id.split_once("Controller_")?;
    let is_class = class.starts_with(|letter: char| letter.is_ascii_uppercase());
    let is_method = method.starts_with(|letter: char| letter.is_ascii_lowercase());
    (is_class && is_method).then_some((class, method))
}

/// Returns the method of an id that springdoc numbered, as another method has the name: `getAll_1`.
pub(super) fn numbered(id: &str) -> Option<&str> {
    let (method, number) = id.rsplit_once('_')?;
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|it| it.is_ascii_digit());
    let is_method = method.starts_with(|letter: char| letter.is_ascii_lowercase())
        && method.bytes().all(|letter| letter.is_ascii_alphanumeric());
    (is_number && is_method).then_some(method)
}

/// Returns the name of the handler in an id that a framework made of that and the path: FastAPI's
/// `create_item_items__item_id__post`, and Litestar's `ItemsItemIdGetItem`.
fn beside_path<'i>(id: &'i str, operation: &Operation) -> Option<&'i str> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let plain = |letter: char| if is_word(letter) { letter } else { '_' };
    let path: String = operation.path.chars().map(plain).collect();
    let method = operation.method.to_ascii_lowercase();
    let stem = id.strip_suffix(&method).and_then(|id| id.strip_suffix('_'));
    if let Some(handler) = stem.and_then(|stem| stem.strip_suffix(&path)) {
        return Some(handler).filter(|handler| !words(handler).is_empty());
    }
    let path = operation.path.chars().filter(char::is_ascii_alphanumeric);
    let mut length = 0;
    for letter in path {
        if !id
            .get(length..=length)?
            .eq_ignore_ascii_case(letter.encode_utf8(&mut [0]))
        {
            return None;
        }
        length += 1;
    }
    let handler = id.get(length..)?;
    let is_name = |text: &str| text.starts_with(|letter: char| letter.is_ascii_uppercase());
    let words = words(handler);
    let does = words.len() > 1 && VERBS.contains(&words[0].as_str());
    let is_it = length > 0 && is_name(id) && is_name(handler);
    (is_it && (does || words.join("_") == of_path(operation).0)).then_some(handler)
}
