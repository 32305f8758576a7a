//! Reading many things at the same time: what takes long is the way to the store and back.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// A future that is waited for beside others.
pub(super) type Waiting<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The outcomes of all of them, in their order.
pub(super) async fn at_once<T>(mut waiting: Vec<Waiting<'_, T>>) -> Vec<T> {
    let mut outcomes: Vec<Option<T>> = waiting.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut all = true;
        for (future, outcome) in waiting.iter_mut().zip(&mut outcomes).filter(|(_, outcome)| outcome.is_none()) {
            match future.as_mut().poll(context) {
                Poll::Ready(value) => *outcome = Some(value),
                Poll::Pending => all = false,
            }
        }
        if all { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outcomes.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;
    use crate::testing::faults::together;

    #[test]
    fn all_begin_before_one_has_ended_and_outcomes_keep_their_order() {
        let (begun, ended) = (Cell::new(0), RefCell::new(Vec::new()));
        let waiting = |number: u32, turns: u32| {
            let (begun, ended) = (&begun, &ended);
            Box::pin(async move {
                begun.set(begun.get() + 1);
                let mut left = turns;
                poll_fn(|_| match left.checked_sub(1) {
                    Some(fewer) => {
                        left = fewer;
                        Poll::Pending
                    }
                    None => Poll::Ready(()),
                })
                .await;
                assert_eq!(begun.get(), 3);
                ended.borrow_mut().push(number);
                number
            }) as Waiting<'_, u32>
        };
        let (outcomes, none) = together(
            at_once(vec![waiting(1, 5), waiting(2, 1), waiting(3, 2)]),
            at_once(Vec::<Waiting<'_, ()>>::new()),
        );
        assert_eq!(outcomes, [1, 2, 3]);
        assert_eq!(*ended.borrow(), [2, 3, 1]);
        assert!(none.is_empty());
    }
}
