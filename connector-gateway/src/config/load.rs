//! Merges flags, environment and file.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use plugwright_sdk::host::nearest;
use serde_json::Value;

use super::ca_file;
use super::error::{ConfigError, Fault};
use super::form::{UNSET_SECRET, duration};
use super::secret_files::{self, Environment};
use super::setting::{CONNECTOR_SETTINGS, SETTINGS, Setting, variable};
use super::source::{EffectiveSetting, Source, Sources};
use super::{Config, ConnectorConfig, file, oauth};
use plugwright_store::data_directory::read_trusted_bytes;
use plugwright_surfaces::Origin;

/// The file that is read by default, if it exists.
const USUAL_FILE: &str = "plugwright.toml";
const FILE_VARIABLE: &str = "PLUGWRIGHT_CONFIG";

/// Where a configuration is read from.
///
/// ```
/// use plugwright_gateway::Inputs;
///
/// let mut inputs = Inputs::default();
/// inputs.flags.push(("listen".to_owned(), "127.0.0.1:8080".to_owned()));
/// inputs.environment.insert("PLUGWRIGHT_LISTEN".to_owned(), "127.0.0.1:9090".into());
/// let loaded = inputs.load()?;
/// assert_eq!(loaded.config.listen.port(), 8080);
/// assert_eq!(loaded.sources.of("listen").to_string(), "--listen");
/// # Ok::<(), plugwright_gateway::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Flags without their dashes, and their values.
    pub flags: Vec<(String, String)>,
    /// The environment; only variables of settings are read.
    pub environment: BTreeMap<String, OsString>,
    /// The file named on the command line.
    pub file: Option<PathBuf>,
    /// The directory to look for `plugwright.toml` in if no file is named; `None` skips that.
    pub directory: Option<PathBuf>,
    /// Names of the available connectors.
    pub connectors: Vec<String>,
}

/// [`Inputs`] with the text of their file, which may be a pipe that can be read only once.
#[derive(Clone, Debug)]
pub struct ReadInputs {
    inputs: Inputs,
    file: Option<(PathBuf, String)>,
}

/// A configuration, and where its values come from.
#[derive(Clone, Debug)]
pub struct LoadedConfig {
    /// The configuration.
    pub config: Config,
    /// Where its values come from.
    pub sources: Sources,
    /// The file that was read.
    pub file: Option<PathBuf>,
}

impl LoadedConfig {
    /// Returns all values with their sources, without secrets.
    pub fn effective(&self) -> Vec<EffectiveSetting> {
        let row = |key: String, value: Value| EffectiveSetting {
            source: self.sources.of(&key),
            key,
            value,
        };
        let settings = SETTINGS
            .iter()
            .map(|setting| row(setting.key.to_owned(), setting.value(&self.config)));
        let connectors = self.config.connectors.iter().flat_map(|(name, connector)| {
            let value = move |setting: &Setting<_>| setting.value(connector);
            let is_oauth = |setting: &&Setting<_>| setting.key.starts_with("oauth.");
            let is_set = |value: Value| !value.is_null() && value != UNSET_SECRET;
            let mut oauth = CONNECTOR_SETTINGS.iter().filter(is_oauth);
            let has_oauth = oauth.any(|setting| is_set(value(setting)));
            CONNECTOR_SETTINGS
                .iter()
                .filter(move |setting| has_oauth || !is_oauth(setting))
                .map(move |setting| (format!("connectors.{name}.{}", setting.key), value(setting)))
        });
        let connectors = connectors.map(|(key, value)| row(key, value));
        settings.chain(connectors).collect()
    }
}

impl Inputs {
    /// Uses the environment and working directory of this process.
    pub fn of_process() -> Self {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .collect();
        Self {
            environment,
            directory: Some(PathBuf::new()),
            ..Self::default()
        }
    }

    /// Reads the configuration. Invalid values are errors even if another source overrides them.
    ///
    /// # Errors
    ///
    /// Returns everything that is wrong with the settings, or why the file can't be read.
    pub fn load(&self) -> Result<LoadedConfig, ConfigError> {
        self.clone().read()?.load()
    }

    /// Reads the file, for those who need the data directory before they know the connectors.
    ///
    /// # Errors
    ///
    /// If the file can't be read.
    pub fn read(self) -> Result<ReadInputs, ConfigError> {
        let file = self.read_file()?;
        Ok(ReadInputs { inputs: self, file })
    }

    fn read_file(&self) -> Result<Option<(PathBuf, String)>, ConfigError> {
        let variable = || {
            let path = self.environment.get(FILE_VARIABLE)?;
            (!path.is_empty()).then(|| PathBuf::from(path))
        };
        if let Some(path) = self.file.clone().or_else(variable) {
            return match read_config(&path) {
                Ok(text) => Ok(Some((path, text))),
                Err(error) => Err(ConfigError::Read { path, error }),
            };
        }
        let Some(directory) = &self.directory else {
            return Ok(None);
        };
        let path = directory.join(USUAL_FILE);
        match read_config(&path) {
            Ok(text) => Ok(Some((path, text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ConfigError::Read { path, error }),
        }
    }

    /// Refuses variables of sections, such as `PLUGWRIGHT_POLICY_`, that no setting has: a misspelt one
    /// would leave a gateway open that its operator takes for restricted. Other variables may belong to
    /// connectors, as `PLUGWRIGHT_GITHUB_TOKEN` does.
    fn refuse_unknown_variables(&self, connectors: &[&str], faults: &mut Vec<Fault>) {
        let of_connectors = connectors.iter().flat_map(|name| {
            let client = CONNECTOR_SETTINGS.iter().filter(|it| is_of_client(it));
            client.map(move |it| (format!("connectors.{name}.{}", it.key), it.secret))
        });
        let all = SETTINGS.iter().map(|it| (it.key.to_owned(), it.secret));
        let mut known = BTreeSet::new();
        for (key, is_secret) in all.chain(of_connectors) {
            if is_secret {
                known.insert(format!("{}_FILE", variable(&key)));
            }
            known.insert(variable(&key));
        }
        let sections = SETTINGS.iter().filter_map(|it| it.key.split_once('.'));
        let sections: BTreeSet<_> = sections
            .map(|(section, _)| section)
            .filter(|section| !connectors.contains(section))
            .chain(["connectors"])
            .map(|section| format!("{}_", variable(section)))
            .collect();
        for (name, value) in &self.environment {
            let is_of_section = sections.iter().any(|it| name.starts_with(it));
            // Scripts unset a variable by making it empty.
            if !is_of_section || value.is_empty() || known.contains(name) {
                continue;
            }
            let near = nearest::did_you_mean(name, known.iter().map(String::as_str));
            let hint = near
                .as_deref()
                .unwrap_or("; `plugwright config` lists them");
            faults.push(Fault {
                key: name.clone(),
                source: Source::Environment(name.clone()),
                problem: format!("is not the variable of a setting{hint}"),
            });
        }
    }

    fn apply_flags(&self, config: &mut Config, sources: &mut Sources, faults: &mut Vec<Fault>) {
        for (flag, text) in &self.flags {
            let source = Source::Flag(format!("--{flag}"));
            let setting = SETTINGS
                .iter()
                .find(|setting| setting.flag().as_ref() == Some(flag));
            let (key, read) = match setting {
                Some(setting) => (setting.key, (setting.read_text)(config, text)),
                None => (flag.as_str(), Err("is not a setting".to_owned())),
            };
            settle(key, source, read, sources, faults);
        }
    }
}

impl ReadInputs {
    /// Sets the names of the available connectors.
    #[must_use]
    pub fn connectors(mut self, names: Vec<String>) -> Self {
        self.inputs.connectors = names;
        self
    }

    /// As [`Inputs::load`].
    ///
    /// # Errors
    ///
    /// Returns everything that is wrong with the settings.
    pub fn load(&self) -> Result<LoadedConfig, ConfigError> {
        let mut config = Config::default();
        let mut sources = Sources::default();
        let mut faults = Vec::new();
        let inputs = &self.inputs;
        let connectors: Vec<&str> = inputs.connectors.iter().map(String::as_str).collect();
        if let Some((path, text)) = &self.file {
            file::apply(
                path,
                text,
                &connectors,
                &mut config,
                &mut sources,
                &mut faults,
            )?;
        }
        let environment = secret_files::read(&inputs.environment, &connectors, &mut faults);
        let mut of_environment = Variables {
            environment,
            sources: &mut sources,
            faults: &mut faults,
        };
        of_environment.apply("", SETTINGS.iter(), &mut config);
        for name in &connectors {
            let root = format!("connectors.{name}.");
            let own = config.connectors.get(*name).cloned();
            let mut own = own.unwrap_or_default();
            let client = CONNECTOR_SETTINGS.iter().filter(|it| is_of_client(it));
            if of_environment.apply(&root, client, &mut own) {
                config.connectors.insert((*name).to_owned(), own);
            }
        }
        inputs.refuse_unknown_variables(&connectors, &mut faults);
        inputs.apply_flags(&mut config, &mut sources, &mut faults);
        if faults.is_empty() {
            check(&config, &sources, &mut faults);
        }
        if !faults.is_empty() {
            return Err(ConfigError::Faults(faults));
        }
        Ok(LoadedConfig {
            config,
            sources,
            file: self.file.as_ref().map(|(path, _)| path.clone()),
        })
    }

    /// Returns the data directory, before the connectors are known that are in it. What is wrong with
    /// other settings, [`load`](Self::load) says.
    pub fn data_dir(&self) -> PathBuf {
        let flag = self
            .inputs
            .flags
            .iter()
            .find(|(flag, _)| flag == "data-dir");
        let flag = flag.map(|(_, path)| PathBuf::from(path));
        let variable = || {
            let path = self.inputs.environment.get("PLUGWRIGHT_DATA_DIR")?;
            (!path.is_empty()).then(|| PathBuf::from(path))
        };
        let file = || {
            let (_, text) = self.file.as_ref()?;
            let table: toml::Table = text.parse().ok()?;
            table.get("data_dir")?.as_str().map(PathBuf::from)
        };
        let named = flag.or_else(variable).or_else(file);
        named.unwrap_or_else(|| Config::default().data_dir)
    }
}

/// Whoever can write the file says where credentials go.
fn read_config(path: &Path) -> io::Result<String> {
    let bytes = read_trusted_bytes(path)?;
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Returns whether a setting of a connector can come from the environment.
fn is_of_client(setting: &Setting<ConnectorConfig>) -> bool {
    setting.key.starts_with("oauth.client_")
}

/// The environment, applied to a configuration.
struct Variables<'a> {
    environment: Environment,
    sources: &'a mut Sources,
    faults: &'a mut Vec<Fault>,
}

impl Variables<'_> {
    /// Applies the variables of settings below `root`; returns whether there are any.
    fn apply<C: 'static>(
        &mut self,
        root: &str,
        settings: impl Iterator<Item = &'static Setting<C>>,
        target: &mut C,
    ) -> bool {
        let mut found = false;
        for setting in settings {
            let key = format!("{root}{}", setting.key);
            let variable = variable(&key);
            // Scripts unset a variable by making it empty.
            let value = self.environment.get(&variable);
            let Some(value) = value.filter(|it| !it.is_empty()) else {
                continue;
            };
            found = true;
            let read = match value.to_str() {
                Some(text) => (setting.read_text)(target, text),
                None => Err("must be UTF-8".to_owned()),
            };
            let source = Source::Environment(variable);
            settle(&key, source, read, self.sources, self.faults);
        }
        found
    }
}

fn settle(
    key: &str,
    source: Source,
    read: Result<(), String>,
    sources: &mut Sources,
    faults: &mut Vec<Fault>,
) {
    match read {
        Ok(()) => sources.set(key, source),
        Err(problem) => faults.push(Fault {
            key: key.to_owned(),
            source,
            problem,
        }),
    }
}

/// Checks settings that depend on each other.
fn check(config: &Config, sources: &Sources, faults: &mut Vec<Fault>) {
    let mut fault = |key: &str, problem: String| {
        faults.push(Fault {
            key: key.to_owned(),
            source: sources.of(key),
            problem,
        });
    };
    if config.dev && !config.listen.ip().is_loopback() {
        fault(
            "dev",
            format!(
                "allows calls without a token, so `listen` must be a loopback address such as `127.0.0.1:3000`, not `{}`",
                config.listen
            ),
        );
    }
    if config.dev && config.web.origins.contains(&Origin::Any) {
        let problem = "can't be `*` with `dev`, which allows calls without a token";
        fault("web.origins", problem.to_owned());
    }
    let limits = &config.limits;
    if limits.call_timeout > limits.call_timeout_most {
        fault(
            "limits.call_timeout",
            format!(
                "must not exceed `limits.call_timeout_most`, which is {}",
                duration(limits.call_timeout_most)
            ),
        );
    }
    if limits.reconcile_grace >= limits.reconcile_timeout {
        fault(
            "limits.reconcile_grace",
            format!(
                "must be shorter than `limits.reconcile_timeout`, which is {}",
                duration(limits.reconcile_timeout)
            ),
        );
    }
    if cfg!(not(feature = "otlp")) && config.otlp_endpoint.is_some() {
        fault(
            "otlp.endpoint",
            "can't be set: this binary was built without the feature `otlp`".to_owned(),
        );
    }
    if cfg!(not(feature = "postgres")) && config.database_url.is_some() {
        fault(
            "database_url",
            "can't be set: this binary was built without the feature `postgres`".to_owned(),
        );
    }
    if let Some(file) = &config.ca_file
        && let Err(problem) = ca_file::check(file)
    {
        fault("egress.ca_file", problem);
    }
    oauth::check(config, sources, faults);
}

#[cfg(test)]
mod tests;
