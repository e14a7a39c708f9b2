//! What is attacked in the server's place: it reads, and hangs up with its peer.

use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use crate::{Failure, served};

/// How long a silent peer is borne.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads until it is killed.
pub(crate) fn read_on() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        served::say(&listener.local_addr()?);
        loop {
            let (mut socket, _) = listener.accept().await?;
            tokio::spawn(async move {
                let mut said = vec![0; 16 << 10];
                while let Ok(Ok(1..)) = tokio::time::timeout(PATIENCE, socket.read(&mut said)).await {}
            });
        }
    })
}
