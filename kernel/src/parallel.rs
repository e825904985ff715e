//! How is one array computed from another on all cores, with results by index?
use std::sync::Mutex;

/// The number of threads a caller asked for; 0 means one for each core that the process may use.
#[must_use]
pub fn resolve(threads: usize) -> usize {
    if threads == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { threads }
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
    let threads = resolve(threads).min(items.len().div_ceil(chunk));
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
