//! Where settings come from: defaults, then a file, then the environment, then flags; the later wins.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use config::{Environment, File, FileFormat, Map, Value, ValueKind};

use super::Config;
use super::check::InvalidSetting;

/// Variables are named `LIGHTCONE__SECTION__NAME`.
pub const ENV_PREFIX: &str = "LIGHTCONE";
const ENV_SEPARATOR: &str = "__";
/// The settings that are lists; in the environment their entries are parted by commas.
const LISTS: [&str; 3] = ["attestation.reference_keys", "policy.trusted_keys", "server.web_origins"];

/// The settings that are lists of tables; only a file can have them.
const TABLES: [&str; 1] = ["oidc.providers"];

/// A setting given on the command line: its key as `section.name`, and its value.
pub type Override = (String, String);

/// Where settings are looked for.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// A TOML file; it must exist if named.
    pub file: Option<PathBuf>,
    /// Variables; those that do not begin with [`ENV_PREFIX`] and two underscores are passed over.
    pub env: BTreeMap<String, String>,
    /// Flags.
    pub overrides: Vec<Override>,
}

/// Settings that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read settings from `{path}`: {cause}")]
    File {
        /// The file.
        path: String,
        /// Why.
        cause: String,
    },
    /// A setting that does not exist.
    #[error("there is no setting `{key}`; {remedy}")]
    Unknown {
        /// The setting.
        key: String,
        /// What may have been meant.
        remedy: String,
    },
    /// A setting that cannot hold.
    #[error(transparent)]
    Invalid(#[from] InvalidSetting),
}

impl Sources {
    /// A file and the process's environment.
    #[must_use]
    pub fn of_process(file: Option<&Path>) -> Self {
        let env = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { file: file.map(Path::to_owned), env, overrides: Vec::new() }
    }

    /// Reads all sources and checks the result.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let mut builder = config::Config::builder();
        if let Some(path) = &self.file {
            builder = builder.add_source(self.read_file(path)?);
        }
        builder = builder.add_source(self.environment());
        for (key, value) in &self.overrides {
            builder = builder.set_override(key.as_str(), listed(key, value)).map_err(|error| told(&error))?;
        }
        let merged = builder.build().map_err(|error| told(&error))?;
        refuse_unknown(&merged)?;
        let config: Config = merged.try_deserialize().map_err(|error| told(&error))?;
        config.check()?;
        Ok(config)
    }

    fn read_file(&self, path: &Path) -> Result<File<config::FileSourceString, FileFormat>, ConfigError> {
        let refused = |cause: String| ConfigError::File { path: path.display().to_string(), cause };
        let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
        let file = File::from_str(&text, FileFormat::Toml);
        // Read once alone, so that a slip of the pen is told together with the file's name.
        let alone = config::Config::builder().add_source(file.clone()).build();
        alone.map_err(|error| refused(error.to_string().replace('\n', " ")))?;
        Ok(file)
    }

    fn environment(&self) -> Environment {
        let mut environment = Environment::with_prefix(ENV_PREFIX)
            .prefix_separator(ENV_SEPARATOR)
            .separator(ENV_SEPARATOR)
            .try_parsing(true)
            .list_separator(",");
        for list in LISTS {
            environment = environment.with_list_parse_key(list);
        }
        let env: Map<String, String> = self.env.clone().into_iter().collect();
        environment.source(Some(env))
    }
}

/// A flag's value; that of a list is parted at commas.
fn listed(key: &str, value: &str) -> Value {
    if LISTS.contains(&key) {
        let entries: Vec<String> =
            value.split(',').filter(|entry| !entry.is_empty()).map(str::to_owned).collect();
        return Value::from(entries);
    }
    Value::from(value)
}

/// Says what `config` found in our words: key, value, remedy.
fn told(error: &config::ConfigError) -> ConfigError {
    match error {
        config::ConfigError::Type { unexpected, expected, key, .. } => {
            let key = key.as_deref().unwrap_or("?");
            InvalidSetting::new(key, unexpected, format!("give it {expected}")).into()
        }
        config::ConfigError::At { error, .. } => told(error),
        other => InvalidSetting::new("?", "?", other.to_string()).into(),
    }
}

/// Refuses keys that no setting has, with the nearest one that exists.
fn refuse_unknown(merged: &config::Config) -> Result<(), ConfigError> {
    let known = keys_of_defaults();
    let table = &merged.cache;
    let mut keys = BTreeSet::new();
    flatten("", table, &mut keys);
    for key in keys {
        if !known.contains(&key) {
            let near = known.iter().min_by_key(|known| distance(known, &key));
            let remedy = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
            return Err(ConfigError::Unknown { key, remedy });
        }
    }
    Ok(())
}

/// Every setting's key, from the defaults, which have them all.
fn keys_of_defaults() -> BTreeSet<String> {
    // An empty list has no leaves.
    let mut keys: BTreeSet<String> = LISTS.iter().chain(&TABLES).map(|key| (*key).to_owned()).collect();
    if let Ok(defaults) = config::Config::try_from(&Config::default()) {
        flatten("", &defaults.cache, &mut keys);
    }
    keys
}

fn flatten(path: &str, value: &Value, keys: &mut BTreeSet<String>) {
    match &value.kind {
        ValueKind::Table(table) => {
            for (name, value) in table {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, keys);
            }
        }
        _ => {
            keys.insert(path.to_owned());
        }
    }
}

/// How many letters must change to make one text of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, letter) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = line + 1;
        for (column, other) in b.iter().enumerate() {
            let change = corner + usize::from(letter != *other);
            corner = row[column + 1];
            row[column + 1] = change.min(corner + 1).min(row[column] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(
        file: &str,
        env: &[(&str, &str)],
        overrides: &[(&str, &str)],
    ) -> (Sources, tempfile::NamedTempFile) {
        let on_disk = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(on_disk.path(), file).unwrap();
        let own = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let sources = Sources {
            file: Some(on_disk.path().to_owned()),
            env: own(env).into_iter().collect(),
            overrides: own(overrides),
        };
        (sources, on_disk)
    }

    #[track_caller]
    fn refusal(file: &str, env: &[(&str, &str)], overrides: &[(&str, &str)]) -> String {
        sources(file, env, overrides).0.load().unwrap_err().to_string()
    }

    #[test]
    fn later_sources_win() {
        let file = "[server]\nlisten = '127.0.0.1:1'\ndrain_ms = 1\n[pool]\nthreads = 3\n";
        let env =
            [("LIGHTCONE__SERVER__DRAIN_MS", "2"), ("LIGHTCONE__SERVER__WEB_ORIGINS", "http://a,http://b")];
        let config = sources(file, &env, &[("server.listen", "127.0.0.1:3")]).0.load().unwrap();
        assert_eq!(config.server.listen, "127.0.0.1:3");
        assert_eq!((config.server.drain_ms, config.pool.threads), (2, 3));
        assert_eq!(config.server.web_origins, ["http://a", "http://b"]);
        assert_eq!(config.server.deadline_max_ms, Config::default().server.deadline_max_ms);
    }

    #[test]
    fn unknown_keys_are_refused_with_the_nearest() {
        let told = refusal("[server]\nlisten_adress = 'x'\nlistn = '127.0.0.1:1'\n", &[], &[]);
        assert!(told.contains("`server.listen_adress`"), "{told}");
        let told = refusal("", &[("LIGHTCONE__POOL__THREAD", "2")], &[]);
        assert!(told.contains("`pool.thread`") && told.contains("`pool.threads`"), "{told}");
    }

    #[test]
    fn wrong_values_are_told_with_key_value_and_remedy() {
        let told = refusal("[pool]\nthreads = 'many'\n", &[], &[]);
        assert!(
            told.contains("`pool.threads`") && told.contains("many") && told.contains("integer"),
            "{told}"
        );
        let told = refusal("", &[], &[("pool.worker_policy", "eager")]);
        assert!(told.contains("`pool.worker_policy`") && told.contains("`idle`"), "{told}");
        let told = refusal("", &[], &[("server.io_threads", "1")]);
        assert!(told.contains("`server.io_threads`") && told.contains("2 to 64"), "{told}");
    }

    #[test]
    fn lists_of_tables_are_read_from_a_file() {
        let tls = "[tls]\nworkload_api = 'unix:///run/spire/agent.sock'\n";
        let provider = "issuer = 'https://id.example.org', audience = 'us'";
        let file = format!("{tls}[oidc]\nproviders = [{{ {provider} }}]\n");
        let config = sources(&file, &[], &[]).0.load().unwrap();
        assert_eq!(config.oidc.providers[0].audience, "us");
        assert_eq!(config.oidc.providers[0].algorithms, ["ES256", "EdDSA", "RS256", "PS256"]);
        let told = refusal(&format!("{tls}[oidc]\nproviders = [{{ {provider}, cas = 'x' }}]\n"), &[], &[]);
        assert!(told.contains("cas"), "{told}");
        let told = refusal(&file.replace("https:", "http:"), &[], &[]);
        assert!(told.contains("oidc.providers.issuer") && told.contains("https"), "{told}");
    }

    #[test]
    fn a_file_that_is_not_toml_is_named() {
        let (sources, file) = sources("[server\n", &[], &[]);
        let told = sources.load().unwrap_err().to_string();
        assert!(told.contains(&file.path().display().to_string()) && !told.contains('\n'), "{told}");
    }

    #[test]
    fn the_example_bears_every_setting_with_its_default() {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/config/lightcone.toml");
        let text = std::fs::read_to_string(&example).unwrap();
        let sources = Sources { file: Some(example), ..Sources::default() };
        assert_eq!(sources.load().unwrap(), Config::default());
        for key in keys_of_defaults() {
            let name = key.rsplit('.').next().unwrap();
            assert!(text.contains(&format!("\n{name} = ")), "{key}");
        }
    }

    #[test]
    fn defaults_hold() {
        Config::default().check().unwrap();
    }
}
