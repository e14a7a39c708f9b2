//! The server: bound, then served until told to stop.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use lightcone::FILE_DESCRIPTOR_SET;
use lightcone::longrunning::operations_server::OperationsServer;
use lightcone::v1::access_service_server::AccessServiceServer;
use lightcone::v1::agent_service_server::AgentServiceServer;
use lightcone::v1::alert_service_server::AlertServiceServer;
use lightcone::v1::attestation_service_server::AttestationServiceServer;
use lightcone::v1::case_service_server::CaseServiceServer;
use lightcone::v1::chip_service_server::ChipServiceServer;
use lightcone::v1::enrolment_service_server::EnrolmentServiceServer;
use lightcone::v1::export_service_server::ExportServiceServer;
use lightcone::v1::landmark_service_server::LandmarkServiceServer;
use lightcone::v1::location_service_server::LocationServiceServer;
use lightcone::v1::measurement_service_server::MeasurementServiceServer;
use lightcone::v1::party_service_server::PartyServiceServer;
use lightcone::v1::placement_service_server::PlacementServiceServer;
use lightcone::v1::policy_service_server::PolicyServiceServer;
use lightcone::v1::session_service_server::SessionServiceServer;
use lightcone::v1::site_service_server::SiteServiceServer;
use lightcone::v1::sku_service_server::SkuServiceServer;
use lightcone::v1::standing_service_server::StandingServiceServer;
use lightcone::v1::transfer_service_server::TransferServiceServer;
use lightcone::v1::verdict_service_server::VerdictServiceServer;
use lightcone_core::Borders;
use lightcone_identity::Identity;
use lightcone_oidc::Verifier;
use lightcone_pool::{Hooks, Pool};
use lightcone_store::{LandmarkState, Store};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tonic::service::Routes;
use tonic_health::server::HealthReporter;

use crate::Config;
use crate::access::{AccessLayer, Authenticator, Gate, Rules};
use crate::admin::Checks;
use crate::attesting::Attesting;
use crate::beacon::Beacon;
use crate::compute::Compute;
use crate::context::Context;
use crate::doors::Doors;
use crate::drain::Drain;
use crate::enrolling::Enrolling;
use crate::folder;
use crate::limits::MESSAGE_BYTES_MAX;
use crate::measuring::Measuring;
use crate::pace::Pace;
use crate::placing::Placing;
use crate::rules::Books;
use crate::run::ServeError;
use crate::service::{
    Accesses, Alerts, Attestations, Cases, Comparing, Enrolments, Exports, Landmarks, Location, LongWork,
    Measurements, PlacementsOf, Policies, Registrar, Sessions, Standings, Verdicts,
};
use crate::tables::Tables;
use crate::telemetry;
use crate::whatif::WhatIf;

/// What is told at every start without TLS.
const WITHOUT_TLS: &str = "DEVELOPMENT MODE: without TLS nobody is asked who they are, and every program of this \
                           machine may do everything; set `[tls]` before anything depends on the answers";

/// A server that has its ports, its map and its threads, and serves once told to.
pub struct Server {
    doors: Doors,
    context: Arc<Context>,
    measuring: Arc<Measuring>,
    placing: Arc<Placing>,
    /// Rules held against others over what is kept.
    whatif: Arc<WhatIf>,
    /// Takes in landmarks and agents, where an authority is set.
    enrolling: Option<Arc<Enrolling>>,
    draining: watch::Sender<bool>,
    config: Config,
    access: AccessLayer,
    /// Looks at the files of the rules, and at which rule book is active.
    keeping: [AbortHandle; 2],
    /// The data folder is this server's while it lives.
    _lock: Option<std::fs::File>,
}

impl Server {
    /// Binds the ports, opens the store, reads the map and starts the pool.
    ///
    /// # Errors
    /// A setting that cannot hold, a port that is taken, a store that cannot be had, threads that the
    /// system does not give.
    pub async fn bind(config: Config) -> Result<Self, ServeError> {
        config.check()?;
        let identity = match config.tls.is_set() {
            true => Some(Identity::open(&config.tls).await?),
            false => None,
        };
        let enrolling = Enrolling::open(&config.authority)?.map(Arc::new);
        let doors = Doors::bind(&config, identity.clone())?;
        let kept = folder::open(&config.store).await?;
        let compute = computing(&config).await?;
        let (draining, drains) = watch::channel(false);
        let attesting = Attesting::start(config.reference_file()?, config.attestation_policy()?)
            .map_err(|unusable| ServeError::References(unusable.to_string()))?;
        let authenticator = authenticator(&config, identity).await?;
        let (rules, texts) = Rules::start(config.rule_files(), &*kept.store).await?;
        let keeping = tokio::spawn(Arc::clone(&rules).keep(texts, Arc::clone(&kept.store)));
        let gate = Gate::new(
            Arc::clone(&rules),
            Arc::clone(&kept.store),
            authenticator.clone(),
            Arc::clone(&compute),
        );
        let access = AccessLayer::new(authenticator, rules, config.recheck());
        let books = Books::start(Arc::clone(&kept.store), Arc::clone(&compute), config.rule_trust()?).await?;
        let following = tokio::spawn(Arc::clone(&books).keep()).abort_handle();
        let context = Arc::new(Context {
            books,
            gate: Arc::new(gate),
            attesting,
            compute,
            store: kept.store,
            signer: kept.signer,
            landmarks_begin: if config.mesh.probation {
                LandmarkState::Probation
            } else {
                LandmarkState::Active
            },
            changes: Arc::default(),
            draining: drains,
        });
        let measuring = Measuring::start(Arc::clone(&context), config.measuring())
            .await
            .map_err(|trouble| ServeError::Measuring(trouble.to_string()))?;
        let placing = Placing::start(Arc::clone(&context), Arc::clone(&measuring))
            .await
            .map_err(|trouble| ServeError::Measuring(trouble.to_string()))?;
        let keeping = [keeping.abort_handle(), following];
        let whatif = WhatIf::start(Arc::clone(&context));
        Ok(Self {
            doors,
            context,
            measuring,
            placing,
            whatif,
            enrolling,
            draining,
            config,
            access,
            keeping,
            _lock: kept.lock,
        })
    }

    /// Where gRPC is served.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> Result<SocketAddr, ServeError> {
        self.doors.grpc()
    }

    /// Where gRPC-web is served, if it is.
    ///
    /// # Errors
    /// The system does not say.
    pub fn web_address(&self) -> Result<Option<SocketAddr>, ServeError> {
        self.doors.web()
    }

    /// Where it tells how it is, if anywhere.
    ///
    /// # Errors
    /// The system does not say.
    pub fn admin_address(&self) -> Result<Option<SocketAddr>, ServeError> {
        self.doors.admin()
    }

    /// The pool that computes, to be looked at.
    #[must_use]
    pub fn pool(&self) -> Arc<Pool> {
        Arc::clone(&self.context.compute.pool)
    }

    /// What keeps everything, to be looked at.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.context.store)
    }

    /// Serves until `shutdown`, then drains.
    ///
    /// # Errors
    /// A listener that fails.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
        self.announce()?;
        let drains = self.context.draining.clone();
        let health = HealthReporter::new();
        let beacon = Arc::new(Beacon::lit(health.clone()).await);
        let routes = self.routes()?.add_service(Checks::service(health.clone()));
        let Doors { for_callers, for_keepers } = self.doors;
        let mut calls = Box::pin(for_callers.serve(&self.config, routes, self.access, &drains));
        let admin = for_keepers.serve(health, &beacon);
        let store = Arc::clone(&self.context.store);
        let vigil = {
            let (beacon, store, draining) = (Arc::clone(&beacon), Arc::clone(&store), drains.clone());
            tokio::spawn(async move { beacon.watch(store, draining).await })
        };
        let pool = Arc::clone(&self.context.compute.pool);
        let drain = Drain { beacon, pool, allowed: self.config.drain(), draining: self.draining };
        let to_the_end = async {
            tokio::select! {
                () = &mut calls => {}
                () = shutdown => drain.go_down(&mut calls).await,
            }
        };
        // The port of those who keep it running is open to the last.
        tokio::select! {
            () = to_the_end => {}
            () = admin => {}
        }
        // What is still open is closed.
        drop(calls);
        vigil.abort();
        self.keeping.iter().for_each(AbortHandle::abort);
        // After the last call: what was acknowledged is committed, and nothing is acknowledged any more.
        store.close().await;
        Ok(())
    }

    fn routes(&self) -> Result<Routes, ServeError> {
        let (context, measuring) = (|| Arc::clone(&self.context), || Arc::clone(&self.measuring));
        let gate = || Arc::clone(&self.context.gate);
        let comparing = Comparing::new(context(), Arc::clone(&self.whatif));
        let landmarks = Landmarks::new(Registrar::new(context()), measuring());
        let location = Location::new(Arc::clone(&self.context.compute), self.context.draining.clone());
        let mut routes =
            Routes::new(LocationServiceServer::new(location).max_decoding_message_size(MESSAGE_BYTES_MAX))
                .add_service(LandmarkServiceServer::new(landmarks))
                .add_service(SiteServiceServer::new(Registrar::new(context())))
                .add_service(AgentServiceServer::new(Registrar::new(context())))
                .add_service(ChipServiceServer::new(Registrar::new(context())))
                .add_service(
                    PartyServiceServer::new(Registrar::new(context()))
                        .max_decoding_message_size(MESSAGE_BYTES_MAX),
                )
                .add_service(SkuServiceServer::new(Registrar::new(context())))
                .add_service(TransferServiceServer::new(Registrar::new(context())))
                .add_service(AlertServiceServer::new(Alerts::new(context())))
                .add_service(AccessServiceServer::new(Accesses::new(context())))
                .add_service(OperationsServer::new(LongWork::new(comparing.clone())))
                .add_service(CaseServiceServer::new(Cases::new(context())))
                .add_service(StandingServiceServer::new(Standings::new(context(), measuring())))
                .add_service(PlacementServiceServer::new(PlacementsOf::new(
                    context(),
                    Arc::clone(&self.placing),
                )))
                .add_service(
                    PolicyServiceServer::new(Policies::new(context(), comparing.clone()))
                        .max_decoding_message_size(MESSAGE_BYTES_MAX),
                )
                .add_service(ExportServiceServer::new(Exports::new(context())))
                .add_service(SessionServiceServer::new(Sessions::new(measuring(), gate())))
                .add_service(
                    MeasurementServiceServer::new(Measurements::new(measuring(), gate()))
                        .max_decoding_message_size(MESSAGE_BYTES_MAX),
                )
                .add_service(EnrolmentServiceServer::new(Enrolments::new(context(), self.enrolling.clone())))
                .add_service(AttestationServiceServer::new(Attestations::new(measuring(), gate())))
                .add_service(VerdictServiceServer::new(Verdicts::new(measuring(), gate())));
        if self.config.server.development {
            let reflection = tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
                .build_v1()
                .map_err(|_| ServeError::Start)?;
            routes = routes.add_service(reflection);
        }
        Ok(routes)
    }

    fn announce(&self) -> Result<(), ServeError> {
        let address = self.address()?;
        let policy = self.context.compute.pool.worker_policy();
        tracing::info!(%address, web = self.web_address()?.map(tracing::field::display),
            admin = self.admin_address()?.map(tracing::field::display), %policy, "serving");
        if self.config.server.development {
            tracing::warn!("development mode: the API describes itself to anyone who can reach it");
        }
        if !self.config.tls.is_set() {
            tracing::warn!("{WITHOUT_TLS}");
        }
        if let Some(address) = self.admin_address()?.filter(|address| !address.ip().is_loopback()) {
            tracing::warn!(%address, "health and metrics are told to anyone who can reach this address");
        }
        Ok(())
    }
}
/// The pool, and the map that it computes with.
async fn computing(config: &Config) -> Result<Arc<Compute>, ServeError> {
    let wanted = config.pool()?;
    let bulk_slots = wanted.bulk_slots();
    let hooks = Hooks { observer: Some(Arc::new(telemetry::PoolObserver)), ..Hooks::default() };
    let pool = Arc::new(Pool::start_with(wanted, hooks)?);
    telemetry::watch_pool(&pool);
    // A fifth of a second of computing, before anyone is served.
    let borders = tokio::task::spawn_blocking(Borders::embedded).await.map_err(|_| ServeError::Start)??;
    Ok(Arc::new(Compute {
        borders,
        pool,
        bulk_slots,
        pace: Pace::default(),
        tables: Tables::default(),
        stream_idle: config.stream_idle(),
    }))
}

/// How callers are known: by certificates and tokens, or not at all.
async fn authenticator(config: &Config, identity: Option<Identity>) -> Result<Authenticator, ServeError> {
    let Some(identity) = identity else { return Ok(Authenticator::Development) };
    let tokens =
        if config.oidc.is_set() { Some(Arc::new(Verifier::start(&config.oidc).await?)) } else { None };
    Ok(Authenticator::Enforced { identity, tokens })
}
