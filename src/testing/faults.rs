//! Faults on purpose: the k-th operation of a fetch and a store, counted together, fails, stands still for ever, or brings
//! other bytes.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::ops::Range;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::source::{Clock, Commit, Fetch, FetchError, Request, Store, StoreError, StoredFile};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A download stalls in its middle; the store fails, and nothing of what it was asked has happened.
    Fail,
    /// As [`Fault::Fail`], and so does everything after it: the network is gone, and the disk full.
    FailFrom,
    /// The process ends before it: the operation never ends, and is dropped.
    StopBefore,
    /// The process ends after it, before anybody has heard of it. Of a commit that tears nobody knows which of the two
    /// happened: a store writes it whole or not at all.
    StopAfter,
    /// What is read ends in the middle.
    Cut,
    /// What is read has one bit turned over in the middle.
    Flip,
    /// Nothing, but others have their turn first.
    Wait,
}

/// Counts operations, and knows which of them goes wrong. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    counted: Rc<Cell<usize>>,
    planned: Rc<Cell<Option<(usize, Fault)>>>,
}

impl Faults {
    /// From now on the operation after `k` others goes wrong.
    pub fn plan(&self, k: usize, fault: Fault) {
        self.counted.set(0);
        self.planned.set(Some((k, fault)));
    }

    /// From now on all is well.
    pub fn end(&self) {
        self.counted.set(0);
        self.planned.set(None);
    }

    /// Operations since the plan was made.
    pub fn counted(&self) -> usize {
        self.counted.get()
    }

    fn next(&self) -> Option<Fault> {
        let now = self.counted.get();
        self.counted.set(now + 1);
        let (k, fault) = self.planned.get()?;
        (now == k || now > k && fault == Fault::FailFrom).then_some(fault)
    }

    /// An operation: what it would come to, unless something is planned.
    async fn operation<T, E>(
        &self,
        well: impl Future<Output = Result<T, E>>,
        failure: E,
        spoil: impl FnOnce(T, Fault) -> T,
    ) -> Result<T, E> {
        match self.next() {
            None => well.await,
            Some(Fault::Fail | Fault::FailFrom) => Err(failure),
            Some(Fault::StopBefore) => pending().await,
            Some(Fault::StopAfter) => {
                let _nobody_hears = well.await;
                pending().await
            }
            Some(fault @ (Fault::Cut | Fault::Flip)) => well.await.map(|value| spoil(value, fault)),
            Some(Fault::Wait) => {
                let mut waited = false;
                poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
                well.await
            }
        }
    }
}

fn spoil(mut bytes: Vec<u8>, fault: Fault) -> Vec<u8> {
    let middle = bytes.len() / 2;
    match fault {
        Fault::Cut => bytes.truncate(middle),
        _ => bytes.iter_mut().skip(middle).take(1).for_each(|byte| *byte ^= 1),
    }
    bytes
}

/// A fetch, a store or a clock of which one operation goes wrong.
#[derive(Debug, Clone, Default)]
pub struct Faulty<T> {
    /// What does the work.
    pub inner: T,
    /// What goes wrong.
    pub faults: Faults,
}

impl<F: Fetch> Fetch for Faulty<F> {
    async fn get(&self, request: Request<'_>, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, FetchError> {
        self.faults.operation(self.inner.get(request, on_bytes), FetchError::Stalled, spoil).await
    }

    fn cancel(&self) {
        self.inner.cancel();
    }
}

/// A file of a faulty store.
#[derive(Debug)]
pub struct FaultyFile<F> {
    inner: F,
    faults: Faults,
    is_cut: bool,
}

impl<F: StoredFile> StoredFile for FaultyFile<F> {
    fn length(&self) -> usize {
        if self.is_cut { self.inner.length() / 2 } else { self.inner.length() }
    }

    async fn part(&self, range: Range<usize>) -> Result<Vec<u8>, StoreError> {
        self.faults.operation(self.inner.part(range), failed(), spoil).await
    }
}

impl<S: Store> Store for Faulty<S> {
    type File = FaultyFile<S::File>;

    async fn state(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let spoil = |state: Option<Vec<u8>>, fault| state.map(|bytes| spoil(bytes, fault));
        self.faults.operation(self.inner.state(), failed(), spoil).await
    }

    async fn find(&self, name: &str) -> Result<FaultyFile<S::File>, StoreError> {
        let (inner, faults) = (self.inner.find(name), self.faults.clone());
        let file = async { inner.await.map(|inner| FaultyFile { inner, faults, is_cut: false }) };
        let cut = |file, fault| FaultyFile { is_cut: fault == Fault::Cut, ..file };
        self.faults.operation(file, failed(), cut).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.faults.operation(self.inner.commit(commit), StoreError::Full, |(), _| ()).await
    }

    async fn clear(&self) -> Result<(), StoreError> {
        self.faults.operation(self.inner.clear(), failed(), |(), _| ()).await
    }
}

impl<C: Clock> Clock for Faulty<C> {
    fn now(&self) -> i64 {
        self.inner.now()
    }

    /// A pause cannot fail, but the process can end in it, and others can have their turn.
    async fn pause(&self) {
        let planned = self.faults.planned.get().map(|(_, fault)| fault);
        if !matches!(planned, Some(Fault::StopBefore | Fault::Wait)) {
            return;
        }
        let pause = async {
            self.inner.pause().await;
            Ok::<(), ()>(())
        };
        let _cannot_fail = self.faults.operation(pause, (), |(), _| ()).await;
    }

    async fn sleep(&self, milliseconds: u32) {
        self.inner.sleep(milliseconds).await;
    }
}

fn failed() -> StoreError {
    StoreError::Failed("on purpose".to_owned())
}

/// Runs what ends, or stands still for ever because the process ended in it: then `None`.
pub fn until_stopped<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Runs two at the same time, the first one first, until both have ended.
///
/// # Panics
/// When they stand in each other's way for ever.
pub fn together<A, B>(first: impl Future<Output = A>, second: impl Future<Output = B>) -> (A, B) {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let (mut a, mut b) = (None, None);
    let mut context = Context::from_waker(Waker::noop());
    for _turn in 0..1000 {
        if a.is_none()
            && let Poll::Ready(value) = first.as_mut().poll(&mut context)
        {
            a = Some(value);
        }
        if b.is_none()
            && let Poll::Ready(value) = second.as_mut().poll(&mut context)
        {
            b = Some(value);
        }
        if let (Some(_), Some(_)) = (&a, &b) {
            break;
        }
    }
    a.zip(b).expect("both end")
}
