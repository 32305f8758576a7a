//! Long files are downloaded part by part, and each part is kept: what is interrupted goes on where it was.

use std::ops::Range;

use super::{Asked, UpdateError};
use crate::source::head::is_web_page;
use crate::source::{Fetch, FetchError, FileName, Request, Shelf, StoreError, What};

/// Bytes of a part. What is no longer is downloaded in one go.
const PART: u64 = 4 << 20;

/// What a server answered to the question for a part.
enum Answer {
    Part(Vec<u8>),
    Whole(Vec<u8>),
    /// Neither: it does not know how to answer with parts.
    Other,
}

impl<F: Fetch, S: Shelf> Asked<'_, F, S> {
    /// The bytes that a server has for a file, of the length that is named and not verified; `on_bytes` hears how many of them
    /// there are.
    pub(super) async fn bytes_of(
        &self,
        file: &FileName,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<Vec<u8>, UpdateError> {
        if file.bytes > PART { self.in_parts(file, on_bytes).await } else { self.in_one_go(file, on_bytes).await }
    }

    /// As [`Self::bytes_of`], without parts.
    pub(super) async fn in_one_go(
        &self,
        file: &FileName,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<Vec<u8>, UpdateError> {
        let bytes = self.get(file, None, on_bytes).await?;
        match bytes.len() as u64 == file.bytes {
            _ if is_web_page(&bytes) => Err(FetchError::WebPage.into()),
            true => Ok(bytes),
            false => Err(FetchError::CutShort.into()),
        }
    }

    async fn in_parts(&self, file: &FileName, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, UpdateError> {
        let length = usize::try_from(file.bytes).map_err(|_| FetchError::TooLarge)?;
        let mut whole = Vec::new();
        let mut is_room = true;
        let mut has_come_further = false;
        for (number, start) in (0..file.bytes).step_by(PART as usize).enumerate() {
            let part = start..(start + PART).min(file.bytes);
            let kept = self.shelf.part(&file.sha256, number).await;
            let bytes = match kept.filter(|kept| kept.len() as u64 == part.end - part.start) {
                Some(kept) => kept,
                None if has_come_further && is_room && !self.shelf.has_time() => return Err(UpdateError::Unfinished),
                None => match self.part(file, part.clone(), on_bytes).await? {
                    Answer::Part(bytes) => {
                        is_room = is_room && self.keep_part(file, number, &bytes).await?;
                        has_come_further = true;
                        bytes
                    }
                    Answer::Whole(bytes) => return Ok(bytes),
                    Answer::Other => return self.in_one_go(file, on_bytes).await,
                },
            };
            // Not before something has come: room for all of it is much.
            whole.reserve_exact(length - whole.len());
            whole.extend(bytes);
            on_bytes(part.end);
        }
        Ok(whole)
    }

    /// Asks for a part.
    async fn part(
        &self,
        file: &FileName,
        part: Range<u64>,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<Answer, UpdateError> {
        let Range { start, end } = part;
        let mut at = |bytes: u64| on_bytes((start + bytes).min(file.bytes));
        let answer = self.get(file, Some(part), &mut at).await;
        match answer {
            // What may begin like a page in the middle of a file is held against its digest with the rest.
            Ok(bytes) if bytes.len() as u64 == end - start && (start > 0 || !is_web_page(&bytes)) => {
                Ok(Answer::Part(bytes))
            }
            Ok(bytes) if is_web_page(&bytes) => Err(FetchError::WebPage.into()),
            Ok(bytes) if bytes.len() as u64 == file.bytes => Ok(Answer::Whole(bytes)),
            // Another part, or a refusal that is one of parts perhaps. That there is no such file is one in any case.
            Ok(_) | Err(FetchError::Status(206 | 400..=403 | 405..=409 | 411..=499)) => Ok(Answer::Other),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a part if there is room. Parts are no use to anybody on a full disk, where they are in the way of the whole.
    async fn keep_part(&self, file: &FileName, number: usize, bytes: &[u8]) -> Result<bool, UpdateError> {
        match self.shelf.keep_part(&file.sha256, number, bytes.to_vec()).await {
            Err(UpdateError::Store(StoreError::Full)) => {
                self.drop_parts_of(file).await?;
                Ok(false)
            }
            kept => kept.map(|()| true),
        }
    }

    /// Whether parts of a file were kept.
    pub(super) async fn is_in_parts(&self, file: &FileName) -> bool {
        self.shelf.part(&file.sha256, 0).await.is_some()
    }

    /// Lets go of the parts of a file.
    pub(super) async fn drop_parts_of(&self, file: &FileName) -> Result<(), UpdateError> {
        self.shelf.keep_parts_of(&|sha256| sha256 != file.sha256).await
    }

    async fn get(
        &self,
        file: &FileName,
        part: Option<Range<u64>>,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<Vec<u8>, FetchError> {
        let limit = usize::try_from(file.bytes).map_err(|_| FetchError::TooLarge)?;
        let url = &self.address.file(&file.path());
        self.fetch.get(Request { url, what: What::Segment, limit, part }, on_bytes).await
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use sha2::{Digest, Sha256};

    use super::*;
    use crate::index::segment::unbroken;
    use crate::source::SourceAddress;
    use crate::testing::FakeServer;

    /// A shelf of nothing but parts.
    #[derive(Default)]
    struct Kept(RefCell<BTreeMap<(String, usize), Vec<u8>>>);

    impl Shelf for Kept {
        fn has(&self, _: &str) -> bool {
            false
        }

        async fn get(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
            Err(StoreError::Missing(sha256.to_owned()))
        }

        async fn keep(&self, _: &str, _: Vec<u8>, _: &str) -> Result<(), UpdateError> {
            Ok(())
        }

        async fn part(&self, sha256: &str, number: usize) -> Option<Vec<u8>> {
            self.0.borrow().get(&(sha256.to_owned(), number)).cloned()
        }

        async fn keep_part(&self, sha256: &str, number: usize, part: Vec<u8>) -> Result<(), UpdateError> {
            self.0.borrow_mut().insert((sha256.to_owned(), number), part);
            Ok(())
        }
    }

    /// Downloads a file of which parts were kept: the parts that were asked for.
    fn asked_for(bytes: &[u8], kept: &Kept) -> Vec<Range<u64>> {
        let server = FakeServer::default();
        let address = SourceAddress::parse("https://desk.example.org/").expect("an address");
        let file = FileName { sha256: hex::encode(Sha256::digest(bytes)), bytes: bytes.len() as u64 };
        server.serve(&address.file(&file.path()), bytes);
        let asked = Asked { fetch: &server, shelf: kept, address: &address };
        let mut told = Vec::new();
        let came = unbroken(asked.bytes_of(&file, &mut |bytes| told.push(bytes))).expect("the file");
        assert!(came == bytes);
        assert!(told.is_sorted() && told.last() == Some(&file.bytes), "{told:?}");
        server.asked_parts.take()
    }

    #[test]
    fn a_file_is_cut_where_parts_end_and_not_where_it_ends() {
        let at = |length: u64| asked_for(&vec![7; length as usize], &Kept::default());
        assert_eq!(at(1), []);
        assert_eq!(at(PART), []);
        assert_eq!(at(PART + 1), [0..PART, PART..PART + 1]);
        assert_eq!(at(2 * PART), [0..PART, PART..2 * PART]);
    }

    #[test]
    fn parts_that_were_kept_are_not_asked_for() {
        let kept = Kept::default();
        let bytes = vec![7; 2 * PART as usize + 5];
        assert_eq!(asked_for(&bytes, &kept).len(), 3);
        kept.0.borrow_mut().retain(|(_, number), _| *number != 1);
        assert_eq!(asked_for(&bytes, &kept), vec![PART..2 * PART]);
        // One that was cut short is none.
        kept.0.borrow_mut().values_mut().for_each(|part| part.truncate(4));
        assert_eq!(asked_for(&bytes, &kept).len(), 3);
    }

    #[test]
    fn what_looks_like_a_page_in_the_middle_of_a_file_is_a_part_of_it() {
        let mut bytes = vec![7; PART as usize + 100];
        bytes[PART as usize..].fill(b'<');
        assert_eq!(asked_for(&bytes, &Kept::default()).len(), 2);
    }
}
