//! A stable 128-bit digest of content: of events without a message id, of files, of everything
//! that made a result.
//!
//! It tells equal from changed, on every machine and in every version of the program (std's
//! hashers promise neither). It is no defence against forgery, and nothing here needs one.

use std::{
    fmt::Write as _,
    hash::Hasher,
    io::{self, Read},
};

use siphasher::sip128::{Hasher128, SipHasher13};

/// A digest under way.
#[derive(Clone, Debug, Default)]
pub struct Digest(SipHasher13);

impl Digest {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
    /// The digest of one piece of content.
    pub fn of(content: &[u8]) -> String {
        let mut digest = Self::new();
        digest.bytes(content);
        digest.finish()
    }
    /// Passes a reader's bytes on and keeps their digest.
    pub fn reading<R: Read>(reader: R) -> Digesting<R> {
        Digesting { reader, digest: Self::new() }
    }
    /// Adds bytes of a stream; where they are cut does not matter.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }
    /// Adds one field; `ab`, `c` differs from `a`, `bc`.
    pub fn field(&mut self, field: &[u8]) {
        self.0.write(&(field.len() as u64).to_le_bytes());
        self.0.write(field);
    }
    /// 32 hexadecimal digits.
    pub fn finish(&self) -> String {
        let hash = self.0.finish128();
        let mut text = String::with_capacity(32);
        let _ = write!(text, "{:016x}{:016x}", hash.h1, hash.h2);
        text
    }
    /// A 64-bit hash of a short text, for tables in memory.
    pub(crate) fn short(text: &str) -> u64 {
        let mut hasher = siphasher::sip::SipHasher13::new();
        hasher.write(text.as_bytes());
        hasher.finish()
    }
}

/// A reader that keeps the digest of all that was read ([`Digest::reading`]).
#[derive(Clone, Debug)]
pub struct Digesting<R> {
    reader: R,
    digest: Digest,
}

impl<R> Digesting<R> {
    /// The digest of what was read so far.
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.digest.bytes(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_stable_and_tells_fields_apart() {
        // Stored results and recordings carry these: the value may never change.
        assert_eq!(Digest::of(b""), "2134935d61d9b40db91c5ed031fb3303");
        let fields = |parts: &[&str]| {
            let mut digest = Digest::new();
            for part in parts {
                digest.field(part.as_bytes());
            }
            digest.finish()
        };
        assert_ne!(fields(&["ab", "c"]), fields(&["a", "bc"]));
        let mut cut = Digest::new();
        cut.bytes(b"ab");
        cut.bytes(b"c");
        assert_eq!(cut.finish(), Digest::of(b"abc"));
    }
}
