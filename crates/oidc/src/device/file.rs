//! Where a token is kept: a file that only its owner can read.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{DeviceError, Login, Secret};
use crate::encoded::TOKEN_BYTES_MAX;

/// The largest file, in bytes: two tokens and what goes with them.
const FILE_BYTES_MAX: u64 = 64 << 10;
/// Who may read and write the file: its owner.
#[cfg(unix)]
const MODE: u32 = 0o600;
#[cfg(unix)]
const FOLDER_MODE: u32 = 0o700;

/// The file of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFile(PathBuf);

/// What a file of a token holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// A login, as [`TokenFile::write`] wrote it.
    Login(Box<Login>),
    /// A token that someone else put there.
    Token(Secret),
}

impl TokenFile {
    /// A file of someone's choice.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The file of the person who runs this program: `lightcone/token` in `XDG_CONFIG_HOME`, or in `HOME/.config`.
    ///
    /// # Errors
    /// Neither is set.
    pub fn of_person() -> Result<Self, DeviceError> {
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let config = folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")));
        Ok(Self(config.ok_or(DeviceError::NoHome)?.join("lightcone").join("token")))
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Whether it is there.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.0.exists()
    }

    /// The login that was written, if there is a file.
    ///
    /// # Errors
    /// The file cannot be read, others can read it, or it holds none.
    pub fn login(&self) -> Result<Option<Login>, DeviceError> {
        if !self.exists() {
            return Ok(None);
        }
        match self.read()? {
            Kept::Login(login) => Ok(Some(*login)),
            Kept::Token(_) => Err(self.refused("it holds no login of this program")),
        }
    }

    pub(super) fn read(&self) -> Result<Kept, DeviceError> {
        let file = File::open(&self.0).map_err(|error| self.refused(error))?;
        self.check_mode(&file)?;
        let mut text = Zeroizing::new(String::new());
        file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(|error| self.refused(error))?;
        let text = text.trim();
        if text.starts_with('{') {
            // The parser's error could quote the token.
            let login = serde_json::from_str(text);
            let login = login.map_err(|_| self.refused("it is no login; run `lightcone login` again"))?;
            return Ok(Kept::Login(Box::new(login)));
        }
        let is_token =
            !text.is_empty() && text.len() <= TOKEN_BYTES_MAX && text.bytes().all(|it| it.is_ascii_graphic());
        if !is_token {
            return Err(self.refused("it holds no token: write one line with the token alone"));
        }
        Ok(Kept::Token(Secret::new(text.to_owned())))
    }

    /// Writes a login, whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, login: &Login) -> Result<(), DeviceError> {
        let text = serde_json::to_vec(login).map(Zeroizing::new).map_err(|error| self.refused(error))?;
        let folder = self.0.parent().unwrap_or(Path::new("."));
        make_private(folder).map_err(|error| self.refused(error))?;
        let next = self.0.with_extension(format!("{}.next", std::process::id()));
        let written = write_private(&next, &text).and_then(|()| fs::rename(&next, &self.0));
        written.map_err(|error| {
            let _ = fs::remove_file(&next);
            self.refused(error)
        })
    }

    /// Keeps other programs from renewing the same login until it is dropped.
    pub(super) fn lock(&self) -> Result<File, DeviceError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, MODE);
        let file = options.open(self.0.with_extension("lock")).map_err(|error| self.refused(error))?;
        file.lock().map_err(|error| self.refused(error))?;
        Ok(file)
    }

    /// Removes the file; false: there was none.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(&self) -> Result<bool, DeviceError> {
        match fs::remove_file(&self.0) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.refused(error)),
        }
    }

    #[cfg(unix)]
    fn check_mode(&self, file: &File) -> Result<(), DeviceError> {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(|error| self.refused(error))?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = self.0.display();
            let told = format!("others may read or write it (mode {mode:03o}); run `chmod 600 {path}`");
            return Err(self.refused(told));
        }
        Ok(())
    }

    /// Elsewhere a person's own folder is theirs alone already.
    #[cfg(not(unix))]
    fn check_mode(&self, _file: &File) -> Result<(), DeviceError> {
        Ok(())
    }

    fn refused(&self, cause: impl ToString) -> DeviceError {
        DeviceError::File { path: self.0.display().to_string(), cause: cause.to_string() }
    }
}

fn write_private(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, MODE);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    builder.create(folder)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn login() -> Login {
        Login {
            issuer: "https://id.example.org".into(),
            client_id: "cli".into(),
            ca: PathBuf::new(),
            resource: None,
            server: None,
            access_token: Secret::new("abc.def.ghi".into()),
            expires_s: 7,
            refresh_token: Some(Secret::new("again".into())),
        }
    }

    #[test]
    fn a_login_is_kept_where_only_its_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::at(&folder.path().join("lightcone/token"));
        assert_eq!(file.login().unwrap(), None);
        for _ in 0..2 {
            file.write(&login()).unwrap();
        }
        assert_eq!(file.login().unwrap(), Some(login()));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(file.path()), mode(file.path().parent().unwrap())), (0o600, 0o700));
        assert_eq!(fs::read_dir(file.path().parent().unwrap()).unwrap().count(), 1);
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(file.login().unwrap_err().to_string().contains("chmod 600"));
        assert!(file.remove().unwrap());
        assert!(!file.remove().unwrap());
    }

    #[test]
    fn a_token_may_be_put_there_by_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::at(&folder.path().join("token"));
        write_private(file.path(), b"abc.def.ghi\n").unwrap();
        assert_eq!(file.read().unwrap(), Kept::Token(Secret::new("abc.def.ghi".into())));
        for text in ["", "two words", "{\"access_token\": \"abc\"}"] {
            fs::write(file.path(), text).unwrap();
            let told = file.read().unwrap_err().to_string();
            assert!(told.contains("cannot use") && !told.contains("abc"), "{told}");
        }
    }

    #[test]
    fn tokens_are_not_shown() {
        let shown = format!("{:?}", login());
        assert!(!shown.contains("abc.def.ghi") && !shown.contains("again"), "{shown}");
    }
}
