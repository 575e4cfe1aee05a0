//! Pages by keyboard alone.

use serde_json::Value;
use thirtyfour::Key;

use crate::Browser;

/// What has the focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focused {
    /// The element's name, in lower case.
    pub element: String,
    /// What a screen reader calls it, as far as its label or text says.
    pub name: String,
    /// Whether one sees that it has the focus: by an outline.
    pub is_outlined: bool,
}

const FOCUSED: &str = r"
const at = document.activeElement;
if (!at || at === document.body) return null;
const label = at.labels?.[0]?.innerText ?? at.getAttribute('aria-label') ?? at.innerText ?? '';
const style = getComputedStyle(at);
const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
return [at.localName, label.trim(), outlined];
";

impl Browser {
    /// Presses a key, as people do: at whatever has the focus.
    pub async fn press(&self, key: Key) {
        let pressed = self.action_chain().send_keys(key).perform().await;
        pressed.expect("a key can be pressed");
    }

    /// Types a text at whatever has the focus.
    pub async fn write(&self, text: &str) {
        let typed = self.action_chain().send_keys(text).perform().await;
        typed.expect("a text can be typed");
    }

    /// Returns what has the focus, if anything has.
    pub async fn focused(&self) -> Option<Focused> {
        let answer = self.execute(FOCUSED, Vec::new()).await;
        let answer = answer.expect("the script runs");
        let Value::Array(parts) = answer.json() else {
            return None;
        };
        let text = |index: usize| parts[index].as_str().unwrap_or_default().to_owned();
        Some(Focused {
            element: text(0),
            name: text(1),
            is_outlined: parts[2] == true,
        })
    }

    /// Presses Tab until the focus leaves the page, and returns what had it, in order.
    pub async fn tab_through(&self) -> Vec<Focused> {
        let mut order = Vec::new();
        for _ in 0..100 {
            self.press(Key::Tab).await;
            match self.focused().await {
                Some(focused) => order.push(focused),
                // A busy browser gives a new page the keyboard late.
                None if order.is_empty() => {}
                None => return order,
            }
        }
        panic!("the focus does not leave the page: {order:?}");
    }

    /// Presses Tab until what has this name has the focus.
    pub async fn tab_to(&self, name: &str) {
        for _ in 0..100 {
            self.press(Key::Tab).await;
            if self.focused().await.is_some_and(|at| at.name == name) {
                return;
            }
        }
        panic!("`{name}` is not reached with the Tab key");
    }
}
