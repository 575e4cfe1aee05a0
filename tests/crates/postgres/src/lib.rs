//! A PostgreSQL server of one's own, which ends with the process of a test.
//!
//! It is what Debian's package `postgresql-15` installs, on a socket in a temporary directory.
//! Where the tests run as root, it runs as the user `postgres`, since it refuses root.
#![cfg(unix)]
#![allow(
    clippy::missing_panics_doc,
    reason = "what helps tests panics where a test would fail"
)]

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, thread};

use tempfile::TempDir;

/// Where Debian puts the programs of the server.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// How long a start may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts the server (`$1` is its program, `$2` its directory), and stops it when standard input
/// ends: with the process that holds the other end, however that ends. What is on the disk is
/// removed then.
const KEEPER: &str = r#"
"$1" -D "$2/data" & server=$!
trap 'kill -QUIT $server 2>/dev/null' EXIT
while read -r command; do
  case $command in
    stop) kill -INT $server; wait $server; exec true ;;
    crash) kill -QUIT $server; wait $server; exec true ;;
  esac
done
kill -QUIT $server; wait $server
trap - EXIT
rm -rf "$2"
"#;

/// A server that runs until the value is dropped or the process ends.
pub struct Server {
    directory: TempDir,
    keeper: Mutex<Option<Keeper>>,
}

struct Keeper {
    child: Child,
    commands: ChildStdin,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Server {
    /// Returns the server of this process, which the first call starts.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Makes and starts a server.
    pub fn start() -> Self {
        let server = Self {
            directory: directory_of_postgres(),
            keeper: Mutex::new(None),
        };
        let data = server.path().join("data");
        copy(&empty_cluster(), &data);
        // Servers crash in tests and machines do not, so that nothing has to be on the disk itself.
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nshared_buffers = 16MB\n\
             max_connections = 200\nfsync = off\n",
            server.path().display()
        );
        append(&data.join("postgresql.conf"), &settings);
        // The superuser needs no password, others do.
        fs::write(
            data.join("pg_hba.conf"),
            "local all postgres trust\nlocal all all scram-sha-256\n",
        )
        .expect("the server's directory can be written");
        server.resume();
        server
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Starts a server again that was stopped.
    pub fn resume(&self) {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.path().join("log"))
            .expect("a file for the log");
        let mut child = as_postgres(Path::new("/bin/sh"))
            .args(["-c", KEEPER, "keeper"])
            .arg(program("postgres"))
            .arg(self.path())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a handle"))
            .stderr(log)
            .spawn()
            .expect("a shell");
        let commands = child.stdin.take().expect("it is a pipe");
        *self.keeper() = Some(Keeper { child, commands });
        let start = Instant::now();
        while !self.answers() {
            assert!(
                start.elapsed() < PATIENCE,
                "PostgreSQL does not start:\n{}",
                fs::read_to_string(self.path().join("log")).unwrap_or_default()
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn answers(&self) -> bool {
        let mut ready = Command::new(program("pg_isready"));
        ready.arg("-q").arg("-h").arg(self.path());
        ready.status().is_ok_and(|status| status.success())
    }

    fn keeper(&self) -> std::sync::MutexGuard<'_, Option<Keeper>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops the server as an operator does who restarts it: what runs is cut off.
    pub fn stop(&self) {
        self.end("stop");
    }

    /// Stops the server at once, as a crash does.
    pub fn crash(&self) {
        self.end("crash");
    }

    fn end(&self, how: &str) {
        let mut keeper = self.keeper().take().expect("the server runs");
        writeln!(keeper.commands, "{how}").expect("the keeper runs");
        keeper.child.wait().expect("the keeper ends");
    }

    /// Makes an empty database; returns its name.
    pub fn database(&self) -> String {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.run("postgres", &format!("CREATE DATABASE {name}"));
        name
    }

    /// Returns the URL of a database for the superuser.
    pub fn url(&self, database: &str) -> String {
        self.url_of("postgres", database)
    }

    /// Returns the URL of a database for a user, who may have a password after a colon.
    pub fn url_of(&self, user: &str, database: &str) -> String {
        let socket = self.path().display();
        format!("postgres://{user}@localhost/{database}?host={socket}")
    }

    /// Runs statements as the superuser; returns what they print, without heads.
    pub fn run(&self, database: &str, statements: &str) -> String {
        let output = Command::new(program("psql"))
            .args(["-qAtX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"])
            .arg(self.path())
            .args(["-d", database, "-c", statements])
            .output()
            .expect("psql can be run");
        assert!(
            output.status.success(),
            "{statements}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(Keeper {
            mut child,
            commands,
        }) = self.keeper().take()
        {
            drop(commands);
            // The directory goes with the value, so the server must have gone before.
            let _ = child.wait();
        }
    }
}

/// Returns the files of a cluster without databases, which the first call of all processes makes:
/// that takes longer than to copy them.
fn empty_cluster() -> PathBuf {
    let cluster = plugwright_tests_packages::scratch().join("postgres-15");
    fs::create_dir_all(plugwright_tests_packages::scratch()).expect("a folder for what tests keep");
    let _lock = plugwright_tests_packages::alone(&cluster);
    if cluster.exists() {
        return cluster;
    }
    assert!(
        program("initdb").exists(),
        "PostgreSQL is not installed: run `apt-get install postgresql-15` as root"
    );
    let made = directory_of_postgres();
    let data = made.path().join("data");
    succeed(
        as_postgres(&program("initdb"))
            .arg("-D")
            .arg(&data)
            .args(["--no-sync", "--no-instructions", "--username=postgres"])
            .args(["--auth=trust", "--no-locale", "--encoding=UTF8"])
            // Each server is a copy, of which the log of 16 MB would be the most.
            .arg("--wal-segsize=1")
            .current_dir("/"),
    );
    // It is there only when it is whole.
    let whole = cluster.with_extension("new");
    let _ = fs::remove_dir_all(&whole);
    copy(&data, &whole);
    fs::rename(&whole, &cluster).expect("a cluster in its place");
    cluster
}

/// Copies a folder with the owners of its files.
fn copy(from: &Path, to: &Path) {
    succeed(Command::new("cp").arg("--archive").arg(from).arg(to));
}

/// A temporary directory of the user who runs the server.
fn directory_of_postgres() -> TempDir {
    // A short path: that of a socket has a limit of about 100 bytes.
    let directory = tempfile::Builder::new()
        .prefix("pg-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir()
        .expect("a temporary directory");
    if is_root() {
        // Whoever is root reaches the socket all the same.
        succeed(Command::new("chown").arg("postgres").arg(directory.path()));
    }
    directory
}

fn program(name: &str) -> PathBuf {
    Path::new(PROGRAMS).join(name)
}

/// Files of a process belong to its user.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Returns a command that runs as a user who may run a server.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    command.arg(AsRef::<OsStr>::as_ref(program));
    command
}

fn succeed(command: &mut Command) {
    let output = command.output().expect("the program can be run");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn append(path: &Path, text: &str) {
    let mut file = fs::File::options()
        .append(true)
        .open(path)
        .expect("the server's configuration");
    file.write_all(text.as_bytes())
        .expect("the server's configuration can be written");
}
