//! Proofs about one set: does anything get through?

use std::str::FromStr as _;

use cedar_policy::{PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicySet, Env};
use lightcone_access::{Act, Policy};

use crate::{Assumption, Witness};

/// How long the solver may think about one question.
const QUESTION_MS_MAX: u32 = 20_000;

/// Why nothing could be proven.
#[derive(Debug, thiserror::Error)]
pub enum ScrutinyError {
    /// The solver does not start.
    #[error("cvc5 does not start ({0}): install the package cvc5, or name the program in the variable CVC5")]
    Solver(String),
    /// The solver or compiler gave up.
    #[error("cvc5 gave no answer about {ask}: {told}")]
    Undecided {
        /// About what.
        ask: String,
        /// What it said.
        told: String,
    },
    /// What the solver found is no request, or the serving engine decides otherwise on it.
    #[error("cvc5 found what is none about {ask}: {told}; report this, and trust no proof of this cvc5")]
    Untrue {
        /// About what.
        ask: String,
        /// What is wrong with it.
        told: String,
    },
    /// The schema or policies cannot be read again.
    #[error("the policies cannot be compiled: {0}")]
    Unreadable(String),
}

/// What is asked for: a call, or an act on a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A call, such as `SiteService/ListSites`.
    Call(String),
    /// An act on a record.
    Reach(Act),
}

/// Proves, by a solver that runs beside it.
pub struct Prover {
    compiler: CedarSymCompiler<LocalSolver>,
    pub(crate) schema: Schema,
    asks: Vec<(Ask, RequestEnv)>,
}

impl Ask {
    fn of(action: &str) -> Option<Self> {
        let act = Act::ALL.into_iter().find(|act| act.as_str() == action).map(Self::Reach);
        act.or_else(|| action.contains('/').then(|| Self::Call(action.to_owned())))
    }
}

impl std::fmt::Display for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Call(call) => write!(f, "{call}"),
            Self::Reach(act) => write!(f, "{}", act.as_str()),
        }
    }
}

impl Prover {
    /// Starts the solver. Within a tokio runtime that has its I/O on.
    ///
    /// # Errors
    /// [`ScrutinyError::Solver`] if it does not start.
    pub fn start() -> Result<Self, ScrutinyError> {
        let solver = LocalSolver::cvc5_with_args([format!("--tlimit-per={QUESTION_MS_MAX}")]);
        let solver = solver.map_err(|error| ScrutinyError::Solver(error.to_string()))?;
        let compiler =
            CedarSymCompiler::new(solver).map_err(|error| ScrutinyError::Solver(error.to_string()))?;
        let unreadable = |told: String| ScrutinyError::Unreadable(told);
        let (schema, _) =
            Schema::from_cedarschema_str(Policy::schema()).map_err(|error| unreadable(error.to_string()))?;
        let asks = schema.request_envs();
        let asks = asks.filter_map(|env| Some((Ask::of(env.action().id().unescaped())?, env))).collect();
        Ok(Self { compiler, schema, asks })
    }

    /// All that can be asked for.
    pub fn asks(&self) -> impl Iterator<Item = &Ask> {
        self.asks.iter().map(|(ask, _)| ask)
    }

    /// Somebody who gets through under an assumption; none: it is proven that nobody does, whatever subject and
    /// record.
    ///
    /// # Errors
    /// [`ScrutinyError`]
    pub async fn escape(
        &mut self,
        policy: &Policy,
        ask: &Ask,
        assumption: &Assumption,
    ) -> Result<Option<Witness>, ScrutinyError> {
        let set = self.compile(policy, ask, assumption)?;
        let found = self.compiler.check_always_denies_with_counterexample_opt(&set).await;
        let Some(found) = decided(found, ask)? else { return Ok(None) };
        let witness = Witness::of(ask, &found).map_err(|told| untrue(ask, told))?;
        let decision = witness.decision(policy);
        if decision.allowed {
            Ok(Some(witness))
        } else {
            Err(untrue(ask, format!("{witness}: denied by the engine that serves")))
        }
    }

    /// Somebody whom `after` allows under an assumption and `before` does not; none: it is proven that there is nobody.
    pub(crate) async fn newly(
        &mut self,
        before: &Policy,
        after: &Policy,
        ask: &Ask,
        assumption: &Assumption,
    ) -> Result<Option<Witness>, ScrutinyError> {
        let (wide, narrow) = (self.compile(after, ask, assumption)?, self.compile(before, ask, assumption)?);
        let found = self.compiler.check_implies_with_counterexample_opt(&wide, &narrow).await;
        let Some(found) = decided(found, ask)? else { return Ok(None) };
        let witness = Witness::of(ask, &found).map_err(|told| untrue(ask, told))?;
        if witness.decision(after).allowed && !witness.decision(before).allowed {
            Ok(Some(witness))
        } else {
            Err(untrue(ask, format!("{witness}: decided otherwise by the engine that serves")))
        }
    }

    fn compile(
        &self,
        policy: &Policy,
        ask: &Ask,
        assumption: &Assumption,
    ) -> Result<CompiledPolicySet, ScrutinyError> {
        let unreadable = |told: String| ScrutinyError::Unreadable(told);
        let env = self.asks.iter().find(|(known, _)| known == ask).map(|(_, env)| env);
        let env = env.ok_or_else(|| unreadable(format!("the schema does not know {ask}")))?;
        let text = format!("{}\n{}", policy.text(), assumption.rules());
        let set = PolicySet::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        CompiledPolicySet::compile(&set, env, &self.schema).map_err(|error| unreadable(error.to_string()))
    }
}

fn decided(
    found: Result<Option<Env>, cedar_policy_symcc::err::Error>,
    ask: &Ask,
) -> Result<Option<Env>, ScrutinyError> {
    found.map_err(|error| ScrutinyError::Undecided { ask: ask.to_string(), told: error.to_string() })
}

fn untrue(ask: &Ask, told: String) -> ScrutinyError {
    ScrutinyError::Untrue { ask: ask.to_string(), told }
}
