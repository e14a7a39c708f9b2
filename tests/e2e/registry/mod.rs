//! The registry over the wire, on every store: each kind of record, each refusal, each promise.

mod alerts;
mod batches;
mod changes;
mod kinds;
mod mesh;
mod pages;
pub(crate) mod records;
mod refusals;
mod repeats;
mod restart;

/// Runs tests that take a ground on SQLite in memory, and on PostgreSQL if it answers.
macro_rules! on_every_store {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name(lightcone_tests::Ground::in_memory()).await;
                }
            )+
        }

        mod on_postgres {
            $(
                #[tokio::test]
                async fn $name() {
                    if let Some(ground) = lightcone_tests::Ground::on_postgres().await {
                        super::$name(ground).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use on_every_store;
