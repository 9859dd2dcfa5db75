//! What a program in a box finds when it asks who and where it is.

/// The host name.
pub(super) const HOST: &str = "lab";

/// `/etc/hosts`: the host name is this machine, without asking anybody.
pub(super) const HOSTS: &str =
    "127.0.0.1 localhost lab\n::1 localhost ip6-localhost ip6-loopback\n";

/// `/etc/nsswitch.conf`: names are looked up in files only. Else a resolver daemon of the machine could be asked, which waits for the outside.
pub(super) const SWITCH: &str = "passwd: files\ngroup: files\nshadow: files\nhosts: files\nnetworks: files\nprotocols: files\nservices: files\nethers: files\nrpc: files\n";
