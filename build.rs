//! How the binary is put together: what is embedded in it, and how it is linked.

use std::env::var;

fn main() {
    // The shipped labs, and what a new lab begins with, are embedded: a change must build anew.
    println!("cargo::rerun-if-changed=scenarios");
    println!("cargo::rerun-if-changed=src/scenario/starter");
    // Linked to a fixed address: twice per scenario the binary begins (once as the box's first process), and to relocate 20,000 pointers
    // would take about a fifth of each beginning. The libraries, the heap and the stack stay at random addresses.
    let target = |part| var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
