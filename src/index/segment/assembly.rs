//! A segment's file, put together from columns: by the writer, and by whoever merges segments.

use sha2::{Digest, Sha256};

use super::layout::{self, ALIGNMENT, Kind, ROW, Section};

/// Bytes digested between two pauses.
const DIGEST_STEP: usize = 128 << 10;

/// Bytes copied between two pauses.
const COPY_STEP: usize = 512 << 10;

/// Columns that are being filled.
pub struct Assembly {
    kinds: Vec<Kind>,
    bytes: Vec<Vec<u8>>,
}

impl Assembly {
    /// Empty columns of these kinds, in ascending order.
    pub fn new(kinds: &[Kind]) -> Self {
        Self { kinds: kinds.to_vec(), bytes: vec![Vec::new(); kinds.len()] }
    }

    /// Leaves out kinds of which nothing was put: a segment that needs none of them is as it always was.
    pub fn drop_empty(&mut self, kinds: &[Kind]) {
        let columns = std::mem::take(&mut self.kinds).into_iter().zip(std::mem::take(&mut self.bytes));
        (self.kinds, self.bytes) = columns.filter(|(kind, bytes)| !bytes.is_empty() || !kinds.contains(kind)).unzip();
    }

    /// Makes room in a column for so many bytes.
    pub fn reserve(&mut self, kind: Kind, bytes: usize) {
        let at = self.kinds.iter().position(|other| *other == kind).expect("every kind is listed");
        self.bytes[at].reserve_exact(bytes);
    }

    /// Adds to a column.
    pub fn put(&mut self, kind: Kind, bytes: &[u8]) {
        let at = self.kinds.iter().position(|other| *other == kind).expect("every kind is listed");
        self.bytes[at].extend_from_slice(bytes);
    }

    /// Bytes of a column so far.
    pub fn length(&self, kind: Kind) -> u32 {
        let at = self.kinds.iter().position(|other| *other == kind).expect("every kind is listed");
        self.bytes[at].len() as u32
    }

    /// The file; `pause` is called between slices of work.
    pub async fn file(self, mut pause: impl AsyncFnMut()) -> Vec<u8> {
        let mut sections = Vec::new();
        let start = ROW + self.kinds.len() * ROW;
        let mut end = start;
        for (kind, bytes) in self.kinds.iter().zip(&self.bytes) {
            let offset = end.next_multiple_of(ALIGNMENT);
            sections.push(Section {
                kind: *kind as u16,
                element: kind.element() as u16,
                // Version 1 readers know all of these; a later version marks what it cannot do without.
                flags: 0,
                count: (bytes.len() / kind.element()) as u64,
                offset: offset as u64,
                length: bytes.len() as u64,
                digest: digest(bytes, &mut pause).await,
            });
            end = offset + bytes.len();
        }
        let table: Vec<u8> = sections.iter().flat_map(Section::bytes).collect();
        let mut file = Vec::with_capacity(end);
        file.extend(layout::header(&table, end));
        file.extend(table);
        for bytes in self.bytes {
            file.resize(file.len().next_multiple_of(ALIGNMENT), 0);
            for part in bytes.chunks(COPY_STEP) {
                file.extend_from_slice(part);
                pause().await;
            }
        }
        file
    }
}

/// SHA-256, with pauses.
pub async fn digest(bytes: &[u8], pause: &mut impl AsyncFnMut()) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in bytes.chunks(DIGEST_STEP) {
        digest.update(part);
        pause().await;
    }
    digest.finalize().into()
}

/// A pause that takes no time, for work that nobody waits beside. One function, so that what takes it is compiled once.
pub async fn at_once() {}

/// The outcome of work whose pauses take no time.
pub fn unbroken<T>(work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    match work.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => unreachable!("a pause that takes no time is over at once"),
    }
}
