//! The command `viva`.

use viva::cli::Exit;

fn main() -> Exit {
    viva::r#box::stub_main_if_asked();
    let exit = viva::cli::main();
    viva::r#box::finish();
    exit
}
