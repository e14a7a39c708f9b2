//! Who a person is: tokens of identity providers, checked by a service and fetched by a program.
