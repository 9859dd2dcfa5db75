//! A lab of two scenarios, so that every mark is whole and soon there, and programs for it.

use crate::stand::Folder;

/// Echoes for one client after another.
pub(crate) const ECHO: &str = "import socket\ns = socket.create_server(('', 2007))\nwhile True:\n    c, _ = s.accept()\n    while d := c.recv(4096): c.sendall(d)\n";

/// Says nothing.
pub(crate) const MUTE: &str =
    "import socket\nsocket.create_server(('', 2007)).accept()[0].recv(9)\n";

/// Writes the lab into `lab/` of a folder; `grading` stands in its `lab.yaml`. Where it is.
pub(crate) fn small_lab(folder: &Folder, grading: &str) -> String {
    for file in ["echo.yaml", "several-messages.yaml"] {
        let text = std::fs::read(format!("scenarios/echo/{file}")).expect(file);
        folder.add(&format!("lab/{file}"), text);
    }
    let text = std::fs::read_to_string("scenarios/echo/lab.yaml").expect("a lab");
    let (head, _) = text.split_once("scenarios:\n").expect("scenarios");
    let text = format!(
        "{head}{grading}scenarios:\n  - {{ use: echo.yaml, points: 2 }}\n  - {{ use: several-messages.yaml, points: 3, needs: echo }}\n"
    );
    folder.add("lab/lab.yaml", text);
    folder.at("lab")
}
