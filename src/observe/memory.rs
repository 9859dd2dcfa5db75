//! The memory of another process, read only (process_vm_readv(2)).

use std::time::Duration;

use rustix::io::Errno;

/// Reads `length` bytes.
pub(super) fn read(pid: i32, address: u64, length: usize) -> rustix::io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    if length == 0 {
        return Ok(bytes);
    }
    let ours = libc::iovec {
        iov_base: bytes.as_mut_ptr().cast(),
        iov_len: length,
    };
    let theirs = libc::iovec {
        iov_base: address as *mut libc::c_void,
        iov_len: length,
    };
    // SAFETY: writes only into our buffer, which is as long as said; the other address is the other process's, and checked by the kernel.
    let read = unsafe { libc::process_vm_readv(pid, &raw const ours, 1, &raw const theirs, 1, 0) };
    match usize::try_from(read) {
        Ok(read) if read == length => Ok(bytes),
        Ok(_) => Err(Errno::FAULT),
        Err(_) => {
            Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::FAULT))
        }
    }
}

/// A struct timespec, or a struct timeval if one `unit` is 1000 nanoseconds; `None` if it is no time.
pub(super) fn time(pid: i32, address: u64, unit: u64) -> rustix::io::Result<Option<Duration>> {
    let bytes = read(pid, address, 16)?;
    let number = |at: usize| {
        let mut number = [0; 8];
        number.copy_from_slice(&bytes[at..at + 8]);
        u64::try_from(i64::from_ne_bytes(number)).ok()
    };
    let time = |seconds: u64, rest: u64| {
        Duration::from_secs(seconds).checked_add(Duration::from_nanos(rest.checked_mul(unit)?))
    };
    Ok(number(0)
        .zip(number(8))
        .and_then(|(seconds, rest)| time(seconds, rest)))
}
