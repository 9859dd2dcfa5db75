//! STUB
use super::Exit;
#[derive(Clone)]
pub(super) struct Wanted(String);
impl Wanted {
    pub(super) fn parse(s: &str) -> Result<Self, String> {
        Ok(Wanted(s.to_owned()))
    }
}
pub(super) fn write(
    _w: &[Wanted],
    class: &crate::grading::Class,
    folder: &std::path::Path,
    _s: &crate::report::Style,
) -> Exit {
    let _ = _w.iter().map(|w| &w.0).count();
    crate::grading::replace(
        &folder.join("class.json"),
        serde_json::to_string_pretty(class).unwrap().as_bytes(),
    )
    .unwrap();
    Exit::Passed
}
