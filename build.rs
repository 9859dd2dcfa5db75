//! Makes cargo notice a new file below `scenarios/`: the macro that embeds them sees only those that it knows already.

fn main() {
    println!("cargo::rerun-if-changed=scenarios");
}
