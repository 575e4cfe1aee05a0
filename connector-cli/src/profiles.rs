//! `profile`: named gateways with their tokens, in a file of the user's.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use plugwright_sdk::{ActionError, ErrorCode, Secret};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use crate::args::{GatewayArguments, ListFormat, ProfileAddArguments, ProfileCommand};
use crate::failure::{Failure, Stop};
use crate::output::grid::Grid;
use crate::output::{self, escape};
use crate::{binary, remote};

/// Overrides the directory of the file.
const DIRECTORY: &str = "PLUGWRIGHT_CONFIG_DIR";
const FILE: &str = "profiles.toml";

pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) base: Url,
    pub(crate) token: Option<Secret>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ProfilesFile {
    #[serde(skip_serializing_if = "Option::is_none")]
    in_use: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, ProfileEntry>,
}

/// A profile in the file. Don't print it: the token is in plain text.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ProfileEntry {
    gateway: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

pub(crate) struct Profiles {
    file: PathBuf,
    written: ProfilesFile,
}

pub(crate) fn execute(command: &ProfileCommand, gateway: &GatewayArguments) -> Result<(), Stop> {
    if !matches!(command, ProfileCommand::Add(_)) {
        remote::reject_arguments(gateway)?;
    }
    let mut profiles = Profiles::read()?;
    match command {
        ProfileCommand::Add(arguments) => profiles.add(arguments, gateway)?,
        ProfileCommand::List(arguments) => return Ok(profiles.list(arguments.output)?),
        ProfileCommand::Use { name: None } => {
            profiles.written.in_use = None;
            profiles.write()?;
            output::note("no active profile: actions run in this process");
        }
        ProfileCommand::Use { name: Some(name) } => {
            let profile = profiles.find(name)?;
            profiles.written.in_use = Some(name.clone());
            profiles.write()?;
            output::note(&format!("actions now run on {}", profile.base));
        }
        ProfileCommand::Remove { name } => {
            profiles.find(name)?;
            profiles.written.profiles.remove(name);
            profiles.written.in_use.take_if(|used| used == name);
            profiles.write()?;
            output::note(&format!("removed profile {name}"));
        }
    }
    Ok(())
}

impl Profiles {
    /// Reads the file; without one, there are no profiles.
    pub(crate) fn read() -> Result<Self, Failure> {
        let Some(file) = directory().map(|directory| directory.join(FILE)) else {
            return Ok(Self {
                file: PathBuf::new(),
                written: ProfilesFile::default(),
            });
        };
        let text = plugwright_store::data_directory::read_own(&file)
            .map_err(|error| broken(&file, &format!("can't be read: {error}")))?
            .unwrap_or_default();
        let written = toml::from_str(&text)
            // Only the message and where: the line of the file may show a token.
            .map_err(|error: toml::de::Error| {
                let before = error.span().and_then(|span| text.get(..span.start));
                let line = before.map(|before| format!(" (line {})", before.split('\n').count()));
                let line = line.unwrap_or_default();
                broken(&file, &format!("is invalid{line}: {}", error.message()))
            })?;
        Ok(Self { file, written })
    }

    pub(crate) fn find(&self, name: &str) -> Result<Profile, Failure> {
        let Some(profile) = self.written.profiles.get(name) else {
            let known: Vec<_> = self.written.profiles.keys().map(String::as_str).collect();
            let unknown = |known: &str| {
                let message = format!("no profile is named `{name}`; {known}");
                Failure::from(ActionError::new(ErrorCode::NotFound, message))
            };
            return Err(match known.as_slice() {
                [] => unknown("there are no profiles").advise(format!(
                    "add one with `{} profile add NAME --gateway URL`",
                    binary::name()
                )),
                known => unknown(&format!("available: {}", known.join(", "))),
            });
        };
        let base = Url::parse(&profile.gateway).map_err(|error| {
            broken(
                &self.file,
                &format!("has an invalid URL for `{name}`: {error}"),
            )
        })?;
        let token = profile.token.as_deref().map(Secret::new);
        Ok(Profile {
            name: name.to_owned(),
            base,
            token,
        })
    }

    pub(crate) fn in_use(&self) -> Result<Option<Profile>, Failure> {
        let name = self.written.in_use.as_deref();
        name.map(|name| self.find(name)).transpose()
    }

    fn add(
        &mut self,
        arguments: &ProfileAddArguments,
        gateway: &GatewayArguments,
    ) -> Result<(), Failure> {
        let name = &arguments.name;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        if name.is_empty() || !name.chars().all(plain) {
            return Err(Failure::param(
                "name",
                "may only contain letters, digits, `_` and `-`",
            ));
        }
        if self.written.profiles.contains_key(name) {
            let message = format!("profile `{name}` already exists; remove it first");
            return Err(ActionError::new(ErrorCode::Conflict, message).into());
        }
        let Some(base) = &gateway.gateway else {
            return Err(Failure::param("--gateway", "is required"));
        };
        let base = remote::url(base, "--gateway")?;
        let token = match remote::token_argument(gateway)? {
            Some(token) => Some(token),
            None => match remote::token_variable(remote::TOKEN)? {
                Some(token) => Some(token),
                None => ask()?,
            },
        };
        let without = if token.is_some() {
            ""
        } else {
            " without a token"
        };
        let profile = ProfileEntry {
            gateway: base.to_string(),
            token: token.map(|token| token.expose().to_owned()),
        };
        self.written.profiles.insert(name.clone(), profile);
        self.write()?;
        output::note(&format!(
            "added profile {name}{without}; switch to it with `{} profile use {name}`",
            binary::name()
        ));
        Ok(())
    }

    fn list(&self, format: ListFormat) -> io::Result<()> {
        let profiles = self.written.profiles.iter();
        let used = |name: &str| self.written.in_use.as_deref() == Some(name);
        let text = match format {
            ListFormat::Table if self.written.profiles.is_empty() => "(empty)\n".to_owned(),
            ListFormat::Table => {
                let mut grid = Grid::new(["NAME", "GATEWAY", "TOKEN", "IN USE"]);
                for (name, profile) in profiles {
                    grid.push([
                        name.clone(),
                        escape(&profile.gateway),
                        if profile.token.is_some() { "kept" } else { "-" }.to_owned(),
                        if used(name) { "yes" } else { "no" }.to_owned(),
                    ]);
                }
                grid.render(output::width())
            }
            ListFormat::Json => {
                let profile = |(name, profile): (&String, &ProfileEntry)| {
                    json!({
                        "name": name,
                        "gateway": profile.gateway,
                        "hasToken": profile.token.is_some(),
                        "inUse": used(name),
                    })
                };
                output::json::pretty(&profiles.map(profile).collect())
            }
        };
        output::print(&text)
    }

    /// Replaces the file, readable only by its owner.
    fn write(&self) -> Result<(), Failure> {
        let text = toml::to_string(&self.written)
            .map_err(|error| Failure::internal(format!("can't serialize profiles: {error}")))?;
        let Some(directory) = self.file.parent() else {
            return Err(Failure::internal(format!(
                "no home directory to store profiles in; set {DIRECTORY}"
            )));
        };
        let part = self.file.with_extension("toml.part");
        let written = fs::create_dir_all(directory)
            .and_then(|()| {
                // A leftover file may be readable by others.
                match fs::remove_file(&part) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                    _ => for_owner(&part),
                }
            })
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&part, &self.file));
        written.map_err(|error| broken(&self.file, &format!("can't be written: {error}")))
    }
}

fn for_owner(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Returns the user's configuration directory for this program.
fn directory() -> Option<PathBuf> {
    let of = |name: &str| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    if let Some(own) = of(DIRECTORY) {
        return Some(own);
    }
    let base = if cfg!(windows) {
        of("APPDATA")
    } else {
        of("XDG_CONFIG_HOME").or_else(|| Some(std::env::home_dir()?.join(".config")))
    };
    Some(base?.join("plugwright"))
}

/// Prompts for the token if there is a terminal; an empty answer means none.
fn ask() -> Result<Option<Secret>, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let answer = rpassword::prompt_password("Gateway token: ")
        .map_err(|error| Failure::internal(format!("can't read from the terminal: {error}")))?;
    if answer.trim().is_empty() {
        return Ok(None);
    }
    remote::parse_token(&answer, "the answer").map(Some)
}

fn broken(file: &Path, what: &str) -> Failure {
    Failure::internal(format!("`{}` {what}", file.display()))
}
