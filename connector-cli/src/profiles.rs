//! Profiles: gateways with their tokens, in a file of the user's.

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
use crate::{program, remote};

/// Names the directory of the file, for whoever wants it elsewhere.
const DIRECTORY: &str = "PLUGWRIGHT_CONFIG_DIR";
const FILE: &str = "profiles.toml";

/// A gateway and its token.
pub(crate) struct Profile {
    pub(crate) base: Url,
    pub(crate) token: Option<Secret>,
}

/// What the file holds.
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    in_use: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, WrittenProfile>,
}

/// Not to be printed: the token is plain here, as in the file.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct WrittenProfile {
    gateway: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// The profiles of the user.
pub(crate) struct Profiles {
    file: PathBuf,
    written: Written,
}

/// Carries out a command about profiles.
pub(crate) fn execute(command: &ProfileCommand, gateway: &GatewayArguments) -> Result<(), Stop> {
    let mut profiles = Profiles::read()?;
    match command {
        ProfileCommand::Add(arguments) => profiles.add(arguments, gateway)?,
        ProfileCommand::List(arguments) => return Ok(profiles.list(arguments.output)?),
        ProfileCommand::Use { name: None } => {
            profiles.written.in_use = None;
            profiles.write()?;
            output::note("no profile is in use: actions run in this process");
        }
        ProfileCommand::Use { name: Some(name) } => {
            let profile = profiles.find(name)?;
            profiles.written.in_use = Some(name.clone());
            profiles.write()?;
            output::note(&format!("actions run at {} now", profile.base));
        }
        ProfileCommand::Remove { name } => {
            profiles.find(name)?;
            profiles.written.profiles.remove(name);
            profiles.written.in_use.take_if(|used| used == name);
            profiles.write()?;
            output::note(&format!("removed the profile {name}"));
        }
    }
    Ok(())
}

impl Profiles {
    /// Reads the file; there are no profiles where there is none.
    pub(crate) fn read() -> Result<Self, Failure> {
        let Some(file) = directory().map(|directory| directory.join(FILE)) else {
            return Ok(Self {
                file: PathBuf::new(),
                written: Written::default(),
            });
        };
        let text = plugwright_store::data_directory::read_own(&file)
            .map_err(|error| broken(&file, &format!("can't be read: {error}")))?
            .unwrap_or_default();
        let written = toml::from_str(&text)
            // The message alone: what stands in the file may be a token.
            .map_err(|error| {
                broken(
                    &file,
                    &format!("is not as it should be: {}", error.message()),
                )
            })?;
        Ok(Self { file, written })
    }

    /// Finds a profile by its name.
    pub(crate) fn find(&self, name: &str) -> Result<Profile, Failure> {
        let Some(profile) = self.written.profiles.get(name) else {
            let known: Vec<_> = self.written.profiles.keys().map(String::as_str).collect();
            let known = match known.as_slice() {
                [] => "there are none".to_owned(),
                known => format!("there are {}", known.join(", ")),
            };
            let message = format!("no profile is named `{name}`; {known}");
            let failure = Failure::from(ActionError::new(ErrorCode::NotFound, message));
            return Err(failure.advise(format!(
                "`{} profile add NAME --gateway URL` adds one",
                program::name()
            )));
        };
        let base = Url::parse(&profile.gateway)
            .map_err(|error| broken(&self.file, &format!("has no URL in `{name}`: {error}")))?;
        let token = profile.token.as_deref().map(Secret::new);
        Ok(Profile { base, token })
    }

    /// Returns the profile in use, if one is.
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
            return Err(usage(
                "name",
                "must have letters, digits, `_` and `-` alone",
            ));
        }
        if self.written.profiles.contains_key(name) {
            let message = format!("there is a profile `{name}`; remove it first");
            return Err(ActionError::new(ErrorCode::Conflict, message).into());
        }
        let Some(base) = &gateway.gateway else {
            return Err(usage("gateway", "must name the gateway of the profile"));
        };
        if !matches!(base.scheme(), "http" | "https") {
            let message = format!("must be a URL with http or https, not `{base}`");
            return Err(usage("gateway", message));
        }
        let token = match remote::given(gateway)? {
            Some(token) => Some(token),
            None => match remote::variable(remote::TOKEN)? {
                Some(token) => Some(token),
                None => ask()?,
            },
        };
        let profile = WrittenProfile {
            gateway: base.to_string(),
            token: token.map(|token| token.expose().to_owned()),
        };
        self.written.profiles.insert(name.clone(), profile);
        self.write()?;
        output::note(&format!(
            "added the profile {name}; `{} profile use {name}` uses it",
            program::name()
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
                let profile = |(name, profile): (&String, &WrittenProfile)| {
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

    /// Writes the file anew, for its owner alone.
    fn write(&self) -> Result<(), Failure> {
        let text = toml::to_string(&self.written)
            .map_err(|error| Failure::internal(format!("profiles can't be written: {error}")))?;
        let Some(directory) = self.file.parent() else {
            return Err(Failure::internal(format!(
                "there is no home directory to keep profiles in; set {DIRECTORY}"
            )));
        };
        let part = self.file.with_extension("toml.part");
        let written = fs::create_dir_all(directory)
            .and_then(|()| {
                // One that was left over may be open to others.
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

/// Makes a file that its owner alone may read.
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

/// Returns the directory of what belongs to the user and this program.
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

/// Asks for the token where somebody can answer; an empty answer is none.
fn ask() -> Result<Option<Secret>, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let answer = rpassword::prompt_password("Token of the gateway: ")
        .map_err(|error| Failure::internal(format!("the terminal can't be read: {error}")))?;
    if answer.trim().is_empty() {
        return Ok(None);
    }
    remote::one(&answer, "the answer").map(Some)
}

fn broken(file: &Path, what: &str) -> Failure {
    Failure::internal(format!("`{}` {what}", file.display()))
}

fn usage(name: &str, message: impl Into<String>) -> Failure {
    Failure::usage(ActionError::invalid_param(name, message))
}
