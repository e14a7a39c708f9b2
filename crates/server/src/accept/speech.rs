//! What is spoken on a connection, with its limits.

use std::sync::Arc;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;

use lightcone_identity::Identity;
use tokio_rustls::rustls::ServerConfig;

use crate::limits::{
    CONNECTION_WINDOW_BYTES, HEADER_LIST_BYTES_MAX, HEADERS_MAX, KEEPALIVE_INTERVAL, KEEPALIVE_TIMEOUT,
    LOCAL_RESETS_MAX, PENDING_RESETS_MAX, SEND_BUFFER_BYTES_MAX, STREAM_WINDOW_BYTES,
    STREAMS_PER_CONNECTION_MAX, WEB_STREAMS_PER_CONNECTION_MAX,
};

/// The name of HTTP/1.1 in a handshake.
const HTTP_1: &[u8] = b"http/1.1";

/// What is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    /// HTTP/2 alone.
    Grpc,
    /// HTTP/1.1 too, and fewer calls at a time.
    Web,
}

impl Speech {
    /// TLS for it: pages may speak HTTP/1.1 too.
    pub(super) fn tls(self, identity: &Identity) -> Arc<ServerConfig> {
        let config = identity.server_config();
        match self {
            Self::Grpc => config,
            Self::Web => {
                let mut config = ServerConfig::clone(&config);
                config.alpn_protocols.push(HTTP_1.to_vec());
                Arc::new(config)
            }
        }
    }

    pub(super) fn builder(self) -> Builder<TokioExecutor> {
        let mut builder = Builder::new(TokioExecutor::new());
        let streams = match self {
            Self::Grpc => STREAMS_PER_CONNECTION_MAX,
            Self::Web => WEB_STREAMS_PER_CONNECTION_MAX,
        };
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_header_list_size(HEADER_LIST_BYTES_MAX)
            .max_concurrent_streams(streams)
            .max_pending_accept_reset_streams(PENDING_RESETS_MAX)
            .max_local_error_reset_streams(LOCAL_RESETS_MAX)
            .max_send_buf_size(SEND_BUFFER_BYTES_MAX)
            .keep_alive_interval(KEEPALIVE_INTERVAL)
            .keep_alive_timeout(KEEPALIVE_TIMEOUT)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES);
        builder
            .http1()
            .timer(TokioTimer::new())
            .max_buf_size(HEADER_LIST_BYTES_MAX as usize)
            .max_headers(HEADERS_MAX);
        match self {
            Self::Grpc => builder.http2_only(),
            Self::Web => builder,
        }
    }
}
