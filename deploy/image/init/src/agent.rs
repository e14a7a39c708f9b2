//! The agent as a process: its user, its key, its lives.

use std::convert::Infallible;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, WaitOptions, wait};
use rustix::thread::set_no_new_privs;

use crate::console::say;
use crate::failure::{Failure, Step as _};
use crate::host::Host;

const PROGRAM: &str = "/usr/bin/lightcone";
const SETTINGS: &str = "/etc/lightcone/agent.toml";
const FOLDER: &str = "/run/lightcone";
const KEY: &str = "/run/lightcone/identity.key";
/// The agent's user and group: nobody else runs.
const USER: u32 = 1000;
/// Devices that make evidence, where they are there. They are the agent's.
const DEVICES: [&str; 3] = ["/dev/tpmrm0", "/dev/sev-guest", "/dev/tdx_guest"];
/// Between two lives.
const PAUSE: Duration = Duration::from_secs(2);
/// Exit codes of settings that cannot hold.
const HOPELESS: [i32; 2] = [2, 3];

/// Runs the agent, again whenever it ends.
pub(crate) fn keep(host: &Host) -> Result<Infallible, Failure> {
    set_no_new_privs(true).step("give up privileges")?;
    fs::create_dir(FOLDER).step(format!("make {FOLDER}"))?;
    chown(FOLDER, Some(USER), Some(USER)).step(format!("hand over {FOLDER}"))?;
    for device in DEVICES.into_iter().filter(|device| Path::new(device).exists()) {
        chown(device, Some(USER), Some(USER)).step(format!("hand over {device}"))?;
    }
    identify(host)?;
    loop {
        let agent = run([
            "agent",
            "--config",
            SETTINGS,
            "--identity-key",
            KEY,
            "--name",
            &host.agent,
            "--service",
            &host.service,
        ])?;
        let status = end_of(&agent)?;
        if status.code().is_some_and(|code| HOPELESS.contains(&code)) {
            return Err(Failure::Settings(status));
        }
        say(format_args!("the agent ended with {status}"));
        thread::sleep(PAUSE);
    }
}

/// The key of software evidence: the host record's, or a fresh one, whose public half is told.
fn identify(host: &Host) -> Result<(), Failure> {
    if let Some(key) = &host.identity_key {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(KEY)
            .step(format!("make {KEY}"))?;
        writeln!(file, "lightcone-ed25519-v1:{key}").step(format!("write {KEY}"))?;
        return chown(KEY, Some(USER), Some(USER)).step(format!("hand over {KEY}"));
    }
    let status = end_of(&run(["keys", "new", "--kind", "signing", "--out", KEY])?)?;
    if status.success() { Ok(()) } else { Err(Failure::Settings(status)) }
}

fn run<const N: usize>(arguments: [&str; N]) -> Result<Child, Failure> {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).env_clear().stdin(Stdio::null()).current_dir("/").uid(USER).gid(USER);
    command.spawn().step(format!("run {PROGRAM}"))
}

/// Waits for one process, and buries all others that end meanwhile: process 1 inherits them.
fn end_of(child: &Child) -> Result<std::process::ExitStatus, Failure> {
    let child = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    loop {
        let ended = wait(WaitOptions::empty()).step("wait for the agent")?;
        if let Some((pid, status)) = ended
            && Some(pid) == child
        {
            return Ok(std::os::unix::process::ExitStatusExt::from_raw(status.as_raw()));
        }
    }
}
