fn main() {
    viva::r#box::stub_main_if_asked();
}
