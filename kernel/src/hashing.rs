//! What are the hashes of an RFC 6962 tree (section 2.1), array by array?
use sha2::{Digest, Sha256};

use crate::parallel;

pub type Hash = [u8; 32];

/// `H(0x00 ‖ entry)` for each entry.
#[must_use]
pub fn leaf_hashes<E: AsRef<[u8]> + Sync>(entries: &[E], threads: usize) -> Vec<Hash> {
    let mut hashes = vec![[0; 32]; entries.len()];
    parallel::fill(
        entries,
        &mut hashes,
        256,
        threads,
        || (),
        |(), entries, hashes| {
            for (entry, hash) in entries.iter().zip(hashes) {
                *hash = Sha256::new().chain_update([0]).chain_update(entry).finalize().into();
            }
        },
    );
    hashes
}

/// `H(0x01 ‖ left ‖ right)`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of the tree over these leaf hashes; `H("")` for none.
///
/// Pairing neighbours and carrying an odd last one upward gives the tree of RFC 6962, whose left
/// subtrees are perfect.
#[must_use]
pub fn tree_root(hashes: &[Hash]) -> Hash {
    if hashes.is_empty() {
        return Sha256::digest([]).into();
    }
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level_up(&level);
    }
    level[0]
}

/// The level above: neighbours hashed in pairs, an odd last one carried as it is.
#[must_use]
pub fn level_up(hashes: &[Hash]) -> Vec<Hash> {
    hashes
        .chunks(2)
        .map(|pair| if let [left, right] = pair { node_hash(left, right) } else { pair[0] })
        .collect()
}

/// The root of every full group of 256 hashes: the next level of tiles (C2SP tlog-tiles).
#[must_use]
pub fn tile_roots(hashes: &[Hash], threads: usize) -> Vec<Hash> {
    let (tiles, _) = hashes.as_chunks::<256>();
    let mut roots = vec![[0; 32]; tiles.len()];
    parallel::fill(
        tiles,
        &mut roots,
        16,
        threads,
        || (),
        |(), tiles, roots| {
            for (tile, root) in tiles.iter().zip(roots) {
                *root = tree_root(tile);
            }
        },
    );
    roots
}
