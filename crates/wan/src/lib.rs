//! A wide area network in a box: real datagrams between real sockets, delayed in user space.
