//! How is work over an array shared between cores without the answer depending on the schedule?
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The number of threads meant by an argument: zero is one per core.
#[must_use]
pub fn thread_count(asked: usize) -> usize {
    // Asking the system costs as much as a multiplication: only when the caller leaves it to us.
    if asked == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { asked.min(256) }
}

/// `work` over consecutive ranges of `0..length`, at most `chunk` long, results in order.
///
/// Ranges are taken in order and each result is kept by its index, so neither the results nor the
/// error depend on the schedule: the error is the one of the lowest failing range.
///
/// # Errors
/// Whatever `work` returned for the lowest range that failed.
///
/// # Panics
/// If `work` panicked.
pub fn map_chunks<T, E, F>(length: usize, chunk: usize, threads: usize, work: F) -> Result<Vec<T>, E>
where
    T: Send,
    E: Send,
    F: Fn(Range<usize>) -> Result<T, E> + Sync,
{
    let chunk = chunk.max(1);
    let count = length.div_ceil(chunk);
    let threads = thread_count(threads).min(count);
    let run = |index: usize| work(index * chunk..((index + 1) * chunk).min(length));
    if threads <= 1 {
        return (0..count).map(run).collect();
    }
    let results: Vec<Mutex<Option<Result<T, E>>>> = (0..count).map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !failed.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    let result = run(index);
                    if result.is_err() {
                        failed.store(true, Ordering::Relaxed);
                    }
                    *results[index].lock().expect("no thread holds a slot while it panics") = Some(result);
                }
            });
        }
    });
    // Ranges are taken in order, so every slot before the lowest error is filled.
    results.into_iter().map_while(|slot| slot.into_inner().expect("the threads are gone")).collect()
}

/// Fills `out` from `items` chunk by chunk: `work` is given a chunk of items and the part of `out` that
/// is theirs (`out.len() / items.len()` elements for each item), and a state that one thread keeps.
///
/// # Panics
/// When the length of `out` is no multiple of that of `items`, or when `work` panics.
pub fn fill<I, O, S>(
    items: &[I],
    out: &mut [O],
    chunk: usize,
    threads: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &[I], &mut [O]) + Sync,
) where
    I: Sync,
    O: Send,
{
    if items.is_empty() {
        return;
    }
    assert_eq!(out.len() % items.len(), 0, "every item fills the same number of elements");
    let each = out.len() / items.len();
    let threads = thread_count(threads).min(items.len().div_ceil(chunk));
    let queue = Mutex::new(items.chunks(chunk).zip(out.chunks_mut(chunk * each)));
    let drain = || {
        let mut state = state();
        loop {
            // The lock is held while the next chunk is taken, not while it is worked on.
            let next = queue.lock().expect("no other thread has panicked").next();
            let Some((items, out)) = next else { break };
            work(&mut state, items, out);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(drain);
        }
        drain();
    });
}

#[cfg(test)]
mod tests {
    use super::map_chunks;

    #[test]
    fn results_come_in_order_for_any_number_of_threads() {
        for threads in [1, 2, 7] {
            let sums = map_chunks::<_, (), _>(100, 7, threads, |range| Ok(range.sum::<usize>())).unwrap();
            assert_eq!(sums.len(), 15);
            assert_eq!(sums.iter().sum::<usize>(), 4950);
            assert_eq!(sums[0], 21);
        }
        assert!(map_chunks::<(), (), _>(0, 7, 2, |_| Ok(())).unwrap().is_empty());
    }

    #[test]
    fn the_lowest_error_is_the_one_reported() {
        for threads in [1, 2, 5] {
            let refused = map_chunks::<(), _, _>(1000, 3, threads, |range| match range.start {
                start if start >= 30 => Err(start),
                _ => Ok(()),
            });
            assert_eq!(refused, Err(30));
        }
    }
}
