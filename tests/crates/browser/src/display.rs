//! How a page looks: sizes, colour schemes, pictures.

use serde_json::json;

use crate::Browser;

/// A screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Display {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Colours that the person prefers.
    pub scheme: Scheme,
}

/// Colours that a person prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

impl Scheme {
    /// Returns its name in CSS.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Display {
    /// A phone.
    pub fn phone(scheme: Scheme) -> Self {
        Self {
            width: 390,
            height: 844,
            scheme,
        }
    }

    /// A desk's screen.
    pub fn desktop(scheme: Scheme) -> Self {
        Self {
            width: 1200,
            height: 800,
            scheme,
        }
    }

    /// Returns all displays that pages are looked at on.
    pub fn all() -> [Self; 4] {
        [
            Self::phone(Scheme::Light),
            Self::phone(Scheme::Dark),
            Self::desktop(Scheme::Light),
            Self::desktop(Scheme::Dark),
        ]
    }
}

impl Browser {
    /// Shows pages on another display from now on.
    pub async fn display(&self, display: Display) {
        let size = json!({
            "width": display.width,
            "height": display.height,
            "deviceScaleFactor": 1,
            "mobile": false,
        });
        self.tell("Emulation.setDeviceMetricsOverride", size).await;
        let scheme = json!({
            "features": [{"name": "prefers-color-scheme", "value": display.scheme.name()}],
        });
        self.tell("Emulation.setEmulatedMedia", scheme).await;
    }

    /// Returns whether the page is wider than the display.
    pub async fn scrolls_sideways(&self) -> bool {
        const SCRIPT: &str =
            "const root = document.documentElement; return root.scrollWidth > root.clientWidth;";
        let answer = self.execute(SCRIPT, Vec::new()).await;
        let wider = answer.expect("the script runs").json().as_bool();
        wider.expect("the script answers")
    }

    /// Takes a picture of the whole page as it is on a display, as PNG.
    pub async fn picture(&self, display: Display) -> Vec<u8> {
        const HEIGHT: &str = "return document.documentElement.scrollHeight;";
        self.display(display).await;
        let height = self.execute(HEIGHT, Vec::new()).await;
        let height = height.expect("the script runs").json().as_u64();
        let height = u32::try_from(height.expect("the script answers"));
        let height = height.expect("a page of some height").max(display.height);
        self.display(Display { height, ..display }).await;
        let picture = self.screenshot_as_png().await;
        self.display(display).await;
        picture.expect("the browser makes pictures")
    }

    async fn tell(&self, command: &str, parameters: serde_json::Value) {
        let told = self.cdp().send_raw(command, parameters).await;
        told.unwrap_or_else(|error| panic!("{command}: {error}"));
    }
}
