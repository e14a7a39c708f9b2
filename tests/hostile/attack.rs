//! Ways to be in the way.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use lightcone_tests::World;
use prost::Message as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::Failure;
use crate::frames::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, RST_STREAM, SETTINGS, frame, hello,
    hello_without_window, locate, message,
};
use crate::report::tell;

/// Addresses that attackers come from; the first is that of the good clients.
const ADDRESSES: u8 = 8;
/// The pause between two bursts of one connection.
const PAUSE: Duration = Duration::from_millis(20);
/// Connections of most attacks.
const CONNECTIONS: usize = 40;
/// Sockets that say nothing.
const SILENT: usize = 1_000;
/// How long such a socket is waited for.
const SILENT_MAX: Duration = Duration::from_secs(30);

/// A way to be in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attack {
    /// Calls that are taken back at once.
    RapidReset,
    /// Headers without end.
    Continuation,
    /// Settings over and over.
    Settings,
    /// Pings over and over.
    Pings,
    /// Messages that claim to be of 100 MiB.
    Oversize,
    /// Anything but HTTP/2.
    Garbage,
    /// Sockets that say nothing.
    Silent,
    /// Headers by the byte, one a second.
    SlowHeaders,
    /// Calls whose answers nobody reads.
    Unread,
}

impl Attack {
    pub(crate) const ALL: [Self; 9] = [
        Self::RapidReset,
        Self::Continuation,
        Self::Settings,
        Self::Pings,
        Self::Oversize,
        Self::Garbage,
        Self::Silent,
        Self::SlowHeaders,
        Self::Unread,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::RapidReset => "rapid-reset",
            Self::Continuation => "continuation",
            Self::Settings => "settings",
            Self::Pings => "pings",
            Self::Oversize => "oversize",
            Self::Garbage => "garbage",
            Self::Silent => "silent",
            Self::SlowHeaders => "slow-headers",
            Self::Unread => "unread",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attack| attack.as_str() == name)
    }

    /// What a connection says first.
    fn hello(self) -> Vec<u8> {
        match self {
            Self::Garbage | Self::Silent => Vec::new(),
            Self::Unread => hello_without_window(),
            Self::Continuation => [hello(), frame(HEADERS, 0, 1, &[])].concat(),
            // A frame of headers begins, and does not go on.
            Self::SlowHeaders => [hello(), vec![0, 0, 200, HEADERS, END_HEADERS, 0, 0, 0, 1]].concat(),
            _ => hello(),
        }
    }

    /// What it says then, over and over; `stream` is the next that it may open.
    fn burst(self, stream: &mut u32, call: &[u8]) -> Vec<u8> {
        let mut open = |frames: &dyn Fn(u32) -> Vec<u8>| {
            let opened = frames(*stream);
            *stream += 2;
            opened
        };
        let head = |id| frame(HEADERS, END_HEADERS, id, &locate());
        match self {
            Self::RapidReset => (0..50)
                .flat_map(|_| open(&|id| [head(id), frame(RST_STREAM, 0, id, &[0, 0, 0, 8])].concat()))
                .collect(),
            Self::Continuation => frame(CONTINUATION, 0, 1, &[0; 8 << 10]),
            Self::Settings => frame(SETTINGS, 0, 0, &[]).repeat(200),
            Self::Pings => frame(PING, 0, 0, b"attacker").repeat(200),
            Self::Oversize => open(&|id| [head(id), frame(DATA, 0, id, &message(b"", 100 << 20))].concat()),
            Self::Garbage => (0..1_024).map(|_| random()).collect(),
            Self::Silent => Vec::new(),
            Self::SlowHeaders => vec![0],
            Self::Unread => open(&|id| [head(id), frame(DATA, END_STREAM, id, call)].concat()),
        }
    }

    fn pause(self) -> Duration {
        match self {
            Self::SlowHeaders => Duration::from_secs(1),
            // These are calls like any other; too many would be a load, not a hold.
            Self::Unread => Duration::from_millis(500),
            _ => PAUSE,
        }
    }
}

/// Attacks for so long.
pub(crate) fn run(attack: Attack, target: SocketAddr, lasts: Duration) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match attack {
            Attack::Silent => say_nothing(target, lasts).await,
            _ => say_much(attack, target, lasts).await,
        }
    })
}

async fn say_much(attack: Attack, target: SocketAddr, lasts: Duration) -> Result<(), Failure> {
    let end = Instant::now() + lasts;
    let mut world = World::of_seed(60, 2026);
    let chip = world.chip();
    let bytes = world.request(&chip).encode_to_vec();
    let call = message(&bytes, bytes.len() as u32);
    let mut connections = JoinSet::new();
    for index in 0..CONNECTIONS {
        let call = call.clone();
        connections.spawn(async move {
            let mut begun = 0_u64;
            while Instant::now() < end {
                begun += 1;
                // Whatever ends a connection, the next is begun.
                let _ = keep_at_it(attack, connect(index, target).await, end, &call).await;
                tokio::time::sleep(PAUSE).await;
            }
            begun
        });
    }
    let mut begun = 0;
    while let Some(more) = connections.join_next().await {
        begun += more?;
    }
    tell(&format!("{begun} connections"));
    Ok(())
}

/// Says one burst after the other until the connection or the attack ends.
async fn keep_at_it(
    attack: Attack,
    socket: std::io::Result<TcpStream>,
    end: Instant,
    call: &[u8],
) -> std::io::Result<()> {
    let (mut answers, mut socket) = socket?.into_split();
    let reads = async {
        let mut said = vec![0; 16 << 10];
        while answers.read(&mut said).await? > 0 {}
        Ok(())
    };
    let says = async {
        socket.write_all(&attack.hello()).await?;
        let mut stream = 1;
        while Instant::now() < end {
            socket.write_all(&attack.burst(&mut stream, call)).await?;
            tokio::time::sleep(attack.pause()).await;
        }
        Ok(())
    };
    tokio::select! {
        ended = reads => ended,
        ended = says => ended,
        () = tokio::time::sleep_until(end.into()) => Ok(()),
    }
}

/// Opens sockets and waits until each is hung up on.
async fn say_nothing(target: SocketAddr, lasts: Duration) -> Result<(), Failure> {
    let mut sockets = JoinSet::new();
    for index in 0..SILENT {
        sockets.spawn(async move {
            let mut socket = connect(index, target).await?;
            let opened = Instant::now();
            // The server says its settings first.
            let reads = async {
                let mut said = [0; 64];
                while socket.read(&mut said).await.is_ok_and(|len| len > 0) {}
            };
            let hung_up = tokio::time::timeout(SILENT_MAX.max(lasts), reads).await.is_ok();
            std::io::Result::Ok((opened.elapsed(), hung_up))
        });
    }
    let (mut refused, mut left, mut longest) = (0, 0, Duration::ZERO);
    while let Some(ended) = sockets.join_next().await {
        match ended? {
            Ok((lived, true)) => longest = longest.max(lived),
            Ok((_, false)) => left += 1,
            Err(_) => refused += 1,
        }
    }
    tell(&format!("{:.1} s the longest, {left} of {SILENT} left, {refused} refused", longest.as_secs_f64()));
    Ok(())
}

async fn connect(index: usize, target: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let last = 1 + (index % usize::from(ADDRESSES)) as u8;
    socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into())?;
    socket.connect(target).await
}

/// A byte by chance; which does not matter.
fn random() -> u8 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0) as u8
}
