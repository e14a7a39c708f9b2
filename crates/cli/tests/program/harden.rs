//! Programs that hold keys leave no trace of their memory behind.

use crate::daemons::Daemon;

#[test]
fn a_server_leaves_no_core() {
    let arguments = "serve --listen 127.0.0.1:0 --set server.admin_listen= --set store.url=sqlite::memory:";
    let mut server = Daemon::start(arguments);
    server.hear("serving");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let values: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"], "{core}");
}
