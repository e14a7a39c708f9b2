//! The contract against the policies: every RPC is a call that they know, and so has a row in the golden table of
//! roles, `crates/access/tests/golden/calls.txt`.

use std::collections::BTreeSet;

use lightcone_access::Policy;

use super::compiled::{Compiled, call};

#[test]
fn each_rpc_is_a_call_of_the_policies_and_each_call_an_rpc() {
    let policy = Policy::built_in().expect("the built-in policies hold");
    let calls: BTreeSet<&str> = policy.calls().collect();
    let rpcs: BTreeSet<String> = Compiled::ours().called().map(|method| call(&method)).collect();
    let rpcs: BTreeSet<&str> = rpcs.iter().map(String::as_str).collect();
    let missing: Vec<_> = rpcs.difference(&calls).collect();
    assert!(missing.is_empty(), "put them into crates/access/policies/lightcone.cedarschema: {missing:?}");
    let gone: Vec<_> = calls.difference(&rpcs).collect();
    assert!(gone.is_empty(), "the contract has no such RPC: {gone:?}");
}
