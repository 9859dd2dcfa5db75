//! The shipped labs are embedded in the binary: a change of one must build it anew.

fn main() {
    println!("cargo::rerun-if-changed=scenarios");
}
