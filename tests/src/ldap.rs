//! A small LDAP server for tests (RFC 4511): simple binds, searches by equality and presence, `StartTLS`.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::tls::Authority;

/// How long a connection may say nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// An entry with its password.
#[derive(Debug, Clone)]
pub struct Entry {
    dn: String,
    password: String,
    values: Vec<(&'static str, String)>,
}

impl Entry {
    /// An entry of this name.
    pub fn new(dn: &str, password: &str, values: Vec<(&'static str, String)>) -> Self {
        Self { dn: dn.to_owned(), password: password.to_owned(), values }
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let name = name.to_owned();
        let own = self.values.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(&name));
        own.map(|(_, value)| value.as_str())
    }
}

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Name and password.
    Bind(String, String),
    /// Base of a search.
    Search(String),
}

struct State {
    entries: Vec<Entry>,
    deeds: Vec<Deed>,
}

/// The server; it serves until the process ends.
#[derive(Clone)]
pub struct Directory {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Directory({})", self.address)
    }
}

impl Directory {
    /// Serves entries, over TLS where an authority is given.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub fn start(authority: Option<&Authority>, entries: Vec<Entry>) -> Self {
        Self::serve(authority, false, entries)
    }

    /// Serves entries in the clear until somebody asks for TLS.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub fn start_tls(authority: &Authority, entries: Vec<Entry>) -> Self {
        Self::serve(Some(authority), true, entries)
    }

    fn serve(authority: Option<&Authority>, later: bool, entries: Vec<Entry>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State { entries, deeds: Vec::new() }));
        let (tls, shared) = (authority.map(Authority::server), Arc::clone(&state));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, state) = (tls.clone(), Arc::clone(&shared));
                thread::spawn(move || drop(connection(stream, tls, later, &state)));
            }
        });
        Self { address, state }
    }

    /// Its address.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// Other entries from now on.
    ///
    /// # Panics
    ///
    /// When a connection did.
    pub fn set(&self, entries: Vec<Entry>) {
        self.state.lock().expect("no panic").entries = entries;
    }

    /// What it was asked for so far.
    ///
    /// # Panics
    ///
    /// When a connection did.
    pub fn deeds(&self) -> Vec<Deed> {
        self.state.lock().expect("no panic").deeds.clone()
    }
}

fn connection(
    mut stream: TcpStream,
    tls: Option<Arc<rustls::ServerConfig>>,
    later: bool,
    state: &Mutex<State>,
) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let Some(tls) = tls else { return talk(stream, state) };
    if later {
        // The extended request for StartTLS, which is answered with success.
        let message = message(&mut stream)?;
        let (id, _) = opened(&message);
        stream.write_all(&answer(&id, 0x78, 0))?;
    }
    let session = rustls::ServerConnection::new(tls).map_err(io::Error::other)?;
    talk(rustls::StreamOwned::new(session, stream), state)
}

fn talk(mut stream: impl Read + Write, state: &Mutex<State>) -> io::Result<()> {
    loop {
        let message = message(&mut stream)?;
        let (id, operation) = opened(&message);
        let mut state = state.lock().expect("no panic");
        match operation.tag {
            0x60 => {
                let parts = parts(operation.value);
                let (dn, password) = (text(&parts[1]), text(&parts[2]));
                let known = state.entries.iter().any(|e| e.dn == dn && e.password == password);
                // As servers do: without a password it is nobody who binds, and that is fine.
                let code = if known || password.is_empty() { 0 } else { 49 };
                state.deeds.push(Deed::Bind(dn, password));
                stream.write_all(&answer(&id, 0x61, code))?;
            }
            0x63 => {
                let parts = parts(operation.value);
                let base = text(&parts[0]);
                state.deeds.push(Deed::Search(base.clone()));
                let found = |entry: &&Entry| entry.dn.ends_with(&base) && fits(&parts[6], entry);
                for entry in state.entries.iter().filter(found) {
                    stream.write_all(&described(&id, entry))?;
                }
                stream.write_all(&answer(&id, 0x65, 0))?;
            }
            _ => return Ok(()),
        }
        stream.flush()?;
    }
}

/// A piece of BER.
struct Piece<'a> {
    tag: u8,
    value: &'a [u8],
}

/// Reads a whole message.
fn message(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = [0; 2];
    stream.read_exact(&mut head)?;
    let mut length = usize::from(head[1]);
    if length >= 0x80 {
        let mut more = vec![0; length - 0x80];
        stream.read_exact(&mut more)?;
        length = more.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(body)
}

/// The pieces that follow one another.
fn parts(mut bytes: &[u8]) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    while let [tag, first, rest @ ..] = bytes {
        let (mut length, mut rest) = (usize::from(*first), rest);
        if length >= 0x80 {
            let (more, after) = rest.split_at(length - 0x80);
            length = more.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            rest = after;
        }
        let (value, after) = rest.split_at(length);
        all.push(Piece { tag: *tag, value });
        bytes = after;
    }
    all
}

/// Number and operation of a message.
fn opened(message: &[u8]) -> (Vec<u8>, Piece<'_>) {
    let mut parts = parts(message).into_iter();
    let id = parts.next().expect("a number").value.to_vec();
    (id, parts.next().expect("an operation"))
}

fn text(piece: &Piece<'_>) -> String {
    String::from_utf8_lossy(piece.value).into_owned()
}

fn fits(filter: &Piece<'_>, entry: &Entry) -> bool {
    let inside = || parts(filter.value);
    match filter.tag {
        0xa0 => inside().iter().all(|part| fits(part, entry)),
        0xa1 => inside().iter().any(|part| fits(part, entry)),
        0xa2 => !inside().iter().any(|part| fits(part, entry)),
        0xa3 => {
            let parts = inside();
            let wanted = text(&parts[1]);
            entry.all(&text(&parts[0])).any(|value| value.eq_ignore_ascii_case(&wanted))
        }
        // Pieces of a value are found in whatever has one.
        0xa4 => entry.all(&text(&inside()[0])).next().is_some(),
        0x87 => entry.all(&text(filter)).next().is_some(),
        other => panic!("a filter of another kind: {other:#x}"),
    }
}

fn piece(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(value.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let length = u16::try_from(value.len()).expect("short").to_be_bytes();
            out.extend([0x82, length[0], length[1]]);
        }
    }
    out.extend_from_slice(value);
    out
}

fn sent(id: &[u8], operation: &[u8]) -> Vec<u8> {
    piece(0x30, &[piece(2, id), operation.to_vec()].concat())
}

fn answer(id: &[u8], tag: u8, code: u8) -> Vec<u8> {
    sent(id, &piece(tag, &[piece(0x0a, &[code]), piece(4, b""), piece(4, b"")].concat()))
}

fn described(id: &[u8], entry: &Entry) -> Vec<u8> {
    let mut values = Vec::new();
    let mut names: Vec<&str> = entry.values.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let all: Vec<u8> = entry.all(name).flat_map(|value| piece(4, value.as_bytes())).collect();
        let value = [piece(4, name.as_bytes()), piece(0x31, &all)].concat();
        values.extend(piece(0x30, &value));
    }
    let whole = [piece(4, entry.dn.as_bytes()), piece(0x30, &values)].concat();
    sent(id, &piece(0x64, &whole))
}
