//! Speech as text, and text as speech.

use plugwright_sdk::http::Multipart;
use plugwright_sdk::{ActionContext, FileInput, FileOutput, Param, Result, action, model, params};

/// Format of a sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum SoundFormat {
    /// MP3.
    Mp3,
    /// Opus, for streams.
    Opus,
    /// AAC.
    Aac,
    /// FLAC, without loss.
    Flac,
    /// WAV, not compressed.
    Wav,
    /// Samples of 24 kHz and 16 bits, without a header.
    Pcm,
}

/// Reads a text aloud.
///
/// Returns the sound as a file with its media type and size. It costs money.
#[action(read, title = "Read a text aloud")]
pub async fn speak(
    cx: &ActionContext,
    /// The text.
    #[param(length(1..=4096))]
    input: String,
    /// The voice, such as `alloy`, `ash`, `coral`, `echo`, `fable`, `nova`, `onyx`, `sage` or `shimmer`.
    #[param(default = "alloy")]
    voice: String,
    /// Name of the model.
    #[param(default = "gpt-4o-mini-tts")]
    model: String,
    /// How to speak, such as `cheerfully`; not for `tts-1` and `tts-1-hd`.
    instructions: Option<String>,
    /// Format of the sound.
    #[param(provider_default = SoundFormat::Mp3)]
    response_format: Option<SoundFormat>,
    /// How fast to speak.
    #[param(range(0.25..=4.0), provider_default = 1.0)]
    speed: Option<f64>,
) -> Result<FileOutput> {
    cx.post("/audio/speech")
        .header("accept", "*/*")
        .fields(params![
            input,
            voice,
            model,
            instructions,
            response_format,
            speed
        ])
        .download()
        .await
}

/// What was said.
#[model]
pub struct Transcript {
    /// The text.
    pub text: String,
}

/// Writes down what is said in a sound, in the language that it is said in.
///
/// Returns the text. It costs money.
#[action(read, title = "Transcribe speech")]
pub async fn transcribe(
    cx: &ActionContext,
    /// The sound, a file of up to 25 MB: FLAC, MP3, MP4, M4A, Ogg, WAV or WebM.
    file: FileInput,
    /// Name of the model.
    #[param(default = "gpt-4o-mini-transcribe")]
    model: String,
    /// Language that is spoken, as a code of two letters (ISO 639-1).
    #[param(example = "en")]
    language: Option<String>,
    /// Text that comes before, or words that are likely.
    prompt: Option<String>,
) -> Result<Transcript> {
    let mut form = Multipart::new().input(cx, "file", &file, None).await?;
    form = form.text("model", model);
    for (name, value) in [("language", language), ("prompt", prompt)] {
        if let Some(value) = value {
            form = form.text(name, value);
        }
    }
    cx.post("/audio/transcriptions")
        .multipart(form)
        .fetch()
        .await
}

/// Writes down in English what is said in a sound in another language.
///
/// Returns the text. It costs money.
#[action(read, title = "Translate speech into English")]
pub async fn translate(
    cx: &ActionContext,
    /// The sound, a file of up to 25 MB: FLAC, MP3, MP4, M4A, Ogg, WAV or WebM.
    file: FileInput,
    /// Name of the model.
    #[param(default = "whisper-1")]
    model: String,
    /// Text that comes before, in English.
    prompt: Option<String>,
) -> Result<Transcript> {
    let mut form = Multipart::new().input(cx, "file", &file, None).await?;
    form = form.text("model", model);
    if let Some(prompt) = prompt {
        form = form.text("prompt", prompt);
    }
    cx.post("/audio/translations").multipart(form).fetch().await
}
