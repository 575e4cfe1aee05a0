//! What the body of a one-call action is made of.

use serde::de::DeserializeOwned;

use crate::error;
use crate::file::{EncodedFile, FileInput};
use crate::http::{RequestBuilder, UpstreamResponse, read};
use crate::param::{ArgumentType, Kind, Patch};
use crate::result::Page;

/// A boolean that a provider gets as 0 or 1.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be sent as a digit",
    label = "`send_as = digit` sends a boolean as 0 or 1"
)]
pub trait Digit {
    type Digit;
    fn digit(&self) -> Self::Digit;
}

impl Digit for bool {
    type Digit = u8;

    fn digit(&self) -> u8 {
        (*self).into()
    }
}

impl Digit for Option<bool> {
    type Digit = Option<u8>;

    fn digit(&self) -> Option<u8> {
        self.as_ref().map(Digit::digit)
    }
}

impl Digit for Patch<bool> {
    type Digit = Patch<u8>;

    fn digit(&self) -> Patch<u8> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(flag) => Patch::Set(flag.digit()),
        }
    }
}

/// A file that goes into a JSON body.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a file",
    label = "`send_as = base64` and `send_as = text` are for a `FileInput`"
)]
pub trait File {
    type Content;
    fn base64(&self) -> Self::Content;
    fn text(&self) -> Self::Content;
}

impl File for FileInput {
    type Content = EncodedFile;

    fn base64(&self) -> EncodedFile {
        self.base64()
    }

    fn text(&self) -> EncodedFile {
        self.text()
    }
}

impl File for Option<FileInput> {
    type Content = Option<EncodedFile>;

    fn base64(&self) -> Option<EncodedFile> {
        self.as_ref().map(FileInput::base64)
    }

    fn text(&self) -> Option<EncodedFile> {
        self.as_ref().map(FileInput::text)
    }
}

/// Fails to compile if a parameter that stands in a path is a list or an object.
#[track_caller]
pub const fn assert_in_path(of: ArgumentType) {
    assert!(
        !matches!(of.kind(), Kind::Array | Kind::Object),
        "a list or an object can't be part of a path"
    );
}

/// The answer to a one-call action without pages.
pub trait Answer: Sized {
    fn read(response: &UpstreamResponse) -> error::Result<Self>;
}

// The compiler should suggest what is missing, not this trait.
#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + 'static> Answer for T {
    fn read(response: &UpstreamResponse) -> error::Result<Self> {
        read(response)
    }
}

/// Never read: [`assert_result`](super::assert_result) says what is missing, without a second error here.
impl<T> Answer for Page<T> {
    fn read(_: &UpstreamResponse) -> error::Result<Self> {
        Ok(Self::new(Vec::new()))
    }
}

impl RequestBuilder<'_> {
    /// Sends the request of a one-call action without pages.
    #[doc(hidden)]
    pub fn fetch_one<T: Answer>(self) -> impl Future<Output = error::Result<T>> + Send {
        async move { T::read(&self.send().await?) }
    }
}
