//! The shipped labs, and what a new lab begins with, are embedded in the binary: a change must build it anew.

fn main() {
    println!("cargo::rerun-if-changed=scenarios");
    println!("cargo::rerun-if-changed=src/scenario/starter");
}
