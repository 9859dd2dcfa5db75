//! What a program in a box with a root of its own finds when it asks who and where it is.

/// The host name.
pub(super) const HOST: &str = "lab";

/// The user and group that programs are inside: ordinary ones.
pub(super) const USER: u32 = 1000;

/// Files of the system that say so.
pub(super) const FILES: [(&str, &str); 6] = [
    // The host name is this machine, without asking anybody.
    (
        "/etc/hosts",
        "127.0.0.1 localhost lab\n::1 localhost ip6-localhost ip6-loopback\n",
    ),
    ("/etc/hostname", "lab\n"),
    // Names are looked up in files only. Else a resolver daemon of the machine could be asked, which waits for the outside.
    (
        "/etc/nsswitch.conf",
        "passwd: files\ngroup: files\nshadow: files\nhosts: files\nnetworks: files\nprotocols: files\nservices: files\nethers: files\nrpc: files\n",
    ),
    ("/etc/resolv.conf", ""),
    (
        "/etc/passwd",
        "root:x:0:0:root:/:/bin/sh\nstudent:x:1000:1000:student:/tmp:/bin/sh\n",
    ),
    ("/etc/group", "root:x:0:\nstudent:x:1000:\n"),
];
