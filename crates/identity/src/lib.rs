//! Who a machine is: SPIFFE IDs, certificates that are renewed while it runs, TLS with them, a private authority.
