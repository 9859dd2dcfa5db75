//! A file over TCP (C2): the client sends it, the server saves it.
//!
//! A line `SIZE NAME` goes ahead of the bytes, because the end of a connection doesn't tell a whole file from an interrupted one.
//! The server answers with the line `OK` when everything is saved, or else with what went wrong. Files of any size pass
//! through; none is ever held in memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crate::address::{accept, connect, listen, python_address};
use crate::block::finish;
use crate::options::Options;
use crate::screen::{ask, complain, say};

/// The longest line that may go ahead of a file, in bytes; names have at most 255 (Linux, `NAME_MAX`).
const LONGEST_LINE: u64 = 512;

/// Saves the files of any number of clients at once below `--dir`; one that is there already is replaced.
pub(crate) fn server(args: &[String]) -> io::Result<()> {
    let options = Options::parse(args, &["--port", "--bind", "--dir"])?;
    let folder: Arc<Path> = PathBuf::from(options.text("--dir").unwrap_or(".")).into();
    let listener = listen(
        options.text("--bind").unwrap_or("127.0.0.1"),
        options.port_or(2333)?,
    )?;
    loop {
        let (stream, address) = accept(&listener);
        let peer = python_address(address);
        let folder = Arc::clone(&folder);
        let thread = thread::Builder::new().spawn(move || serve(&stream, &peer, &folder));
        if let Err(error) = thread {
            complain(&format!("cannot serve a client: {error}"));
        }
    }
}

fn serve(mut stream: &TcpStream, peer: &str, folder: &Path) {
    let answer = match save(stream, folder) {
        Ok((name, size)) => {
            say(&format!("收到 {peer} 的文件 {name:?}，{size} 字节"));
            "OK\n".to_owned()
        }
        Err(error) => {
            complain(&format!("{peer}: {error}"));
            format!("{error}\n")
        }
    };
    // The client may be gone: that concerns nobody else.
    let _ = stream.write_all(answer.as_bytes());
    finish(stream);
}

/// Receives one file into the folder. It has another name until it is whole, and is gone if that never happens.
fn save(stream: &TcpStream, folder: &Path) -> io::Result<(String, u64)> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    (&mut stream).take(LONGEST_LINE).read_line(&mut line)?;
    let (size, name) = understand(&line).ok_or_else(|| wrong("no line `SIZE NAME`"))?;
    let mut file = tempfile::Builder::new()
        .prefix(".incoming-")
        // Less what the user's umask takes away, as for any new file.
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    let saved = io::copy(&mut stream.take(size), &mut file)?;
    if saved < size {
        return Err(wrong(&format!("only {saved} of {size} bytes came")));
    }
    file.persist(folder.join(name))?;
    Ok((name.to_owned(), size))
}

/// Understands `SIZE NAME`. Only a bare name will do: with a path a client could write anywhere.
fn understand(line: &str) -> Option<(u64, &str)> {
    let (size, name) = line.strip_suffix('\n')?.split_once(' ')?;
    let is_bare = Path::new(name).file_name()? == name && !name.contains('\0');
    Some((size.parse().ok().filter(|_| is_bare)?, name))
}

/// Sends one file and ends.
pub(crate) fn client(args: &[String]) -> io::Result<()> {
    let options = Options::parse(args, &["--host", "--port", "--file"])?;
    let path = match options.text("--file") {
        Some(path) => path.to_owned(),
        None => ask("请输入要发送的文件", |answer| Ok(answer.to_owned()))?,
    };
    let explain = |error: Error| Error::new(error.kind(), format!("{path}: {error}"));
    let file = File::open(&path).map_err(explain)?;
    let about = file.metadata().map_err(explain)?;
    let name = Path::new(&path).file_name().and_then(|name| name.to_str());
    let name = name.filter(|name| about.is_file() && !name.contains('\n'));
    let name = name.ok_or_else(|| explain(wrong("this is no file that can be sent")))?;
    let host = options.text("--host").unwrap_or("127.0.0.1");
    let stream = connect(host, options.port_or(2333)?)?;
    let sent = send(&stream, name, about.len(), file);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    // Even if the server has stopped listening, it may have said why.
    let mut answer = String::new();
    let answered = BufReader::new(&stream)
        .take(LONGEST_LINE)
        .read_line(&mut answer);
    match answer.trim_end() {
        "OK" => say(&format!("发送完毕：{name:?}，{} 字节", about.len())),
        "" => {
            sent.and(answered)?;
            return Err(wrong("the server has closed the connection"));
        }
        trouble => return Err(wrong(trouble)),
    }
    Ok(())
}

fn send(mut stream: &TcpStream, name: &str, size: u64, file: File) -> io::Result<()> {
    stream.write_all(format!("{size} {name}\n").as_bytes())?;
    // Not a byte more than announced, even if the file grows meanwhile; if it shrinks, the server sees that too little came.
    io::copy(&mut file.take(size), &mut stream)?;
    Ok(())
}

fn wrong(trouble: &str) -> Error {
    Error::new(ErrorKind::InvalidData, trouble)
}

#[cfg(test)]
mod tests {
    use super::understand;

    #[test]
    fn names_are_taken_as_they_are_and_paths_refused() {
        assert_eq!(understand("0 a\n"), Some((0, "a")));
        assert_eq!(
            understand("12  my 文件 .txt\n"),
            Some((12, " my 文件 .txt"))
        );
        for wrong in [
            "1 a",
            "1\n",
            "1 \n",
            "-1 a\n",
            "a 1\n",
            "1 ..\n",
            "1 .\n",
            "1 /etc/x\n",
            "1 ../x\n",
            "1 a/\n",
            "1 a\0\n",
            "99999999999999999999 a\n",
        ] {
            assert_eq!(understand(wrong), None, "{wrong:?}");
        }
    }
}
