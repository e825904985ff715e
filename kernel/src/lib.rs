//! What Python sees of the kernel: argument checks and no mathematics.
#![allow(clippy::needless_pass_by_value)] // PyO3 hands over owned sequences

#![deny(unsafe_code)]

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

pub mod ed25519;
pub mod hashing;
pub mod parallel;

// The group and ballots.
mod ballot;
mod ballot_python;
mod decode8;
mod engine;
mod engine1;
mod engine8;
mod field8;
mod form;
mod group;
mod group_python;
#[cfg(test)]
mod lane_tests;
#[allow(unsafe_code, reason = "the one file that may hold some: docs/decisions/eight-lanes.md")]
mod lanes;
mod multi8;
mod plan;
mod point8;
mod subgroup;
mod subsets;
mod text;

#[pymodule]
mod _kernel {
    // Signatures and hashes.
    #[pymodule_export]
    use super::{leaf_hashes, public_ed25519, sign_ed25519, tile_roots, tree_root, vartime_verify_ed25519};
    // The group and ballots.
    #[pymodule_export]
    use crate::ballot_python::{BallotContext, engines, vartime_check_ballots};
    #[pymodule_export]
    use crate::group_python::{
        FixedBase, add, mul, mul_base, subtract, vartime_decode, vartime_double_mul, vartime_multi_mul,
        vartime_sum_axis,
    };
}

/// The items of `N` bytes that lie end to end in an argument.
fn items<'a, const N: usize>(name: &str, bytes: &'a [u8]) -> PyResult<&'a [[u8; N]]> {
    match bytes.as_chunks::<N>() {
        (items, []) => Ok(items),
        _ => Err(PyValueError::new_err(format!("{name}: {} bytes are no multiple of {N}", bytes.len()))),
    }
}

/// An argument of exactly `N` bytes. The value is not repeated: it may be a secret.
fn exactly<'a, const N: usize>(name: &str, bytes: &'a [u8]) -> PyResult<&'a [u8; N]> {
    bytes
        .try_into()
        .map_err(|_| PyValueError::new_err(format!("{name}: {} bytes, expected {N}", bytes.len())))
}

// ---- signatures and hashes ------------------------------------------------------------------------

#[pyfunction]
#[pyo3(signature = (keys, messages, signatures, threads = 0))]
fn vartime_verify_ed25519<'py>(
    py: Python<'py>,
    keys: &[u8],
    messages: Vec<PyBackedBytes>,
    signatures: &[u8],
    threads: usize,
) -> PyResult<Bound<'py, PyBytes>> {
    let keys = items::<32>("keys", keys)?;
    let signatures = items::<64>("signatures", signatures)?;
    if keys.len() != messages.len() || signatures.len() != messages.len() {
        return Err(PyValueError::new_err(format!(
            "{} keys, {} messages and {} signatures: expected as many of each",
            keys.len(),
            messages.len(),
            signatures.len()
        )));
    }
    let verdicts = py.detach(|| {
        let claims: Vec<_> = (keys.iter().zip(&messages).zip(signatures))
            .map(|((key, message), signature)| ed25519::Claim { key, message, signature })
            .collect();
        ed25519::vartime_verify(&claims, threads)
    });
    Ok(PyBytes::new(py, &verdicts))
}

#[pyfunction]
fn sign_ed25519<'py>(py: Python<'py>, seed: &[u8], message: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &ed25519::sign(exactly("seed", seed)?, message)))
}

#[pyfunction]
fn public_ed25519<'py>(py: Python<'py>, seed: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &ed25519::public_key(exactly("seed", seed)?)))
}

#[pyfunction]
#[pyo3(signature = (entries, threads = 0))]
fn leaf_hashes(py: Python<'_>, entries: Vec<PyBackedBytes>, threads: usize) -> Bound<'_, PyBytes> {
    let hashes = py.detach(|| hashing::leaf_hashes(&entries, threads));
    PyBytes::new(py, hashes.as_flattened())
}

#[pyfunction]
fn tree_root<'py>(py: Python<'py>, hashes: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let hashes = items::<32>("hashes", hashes)?;
    Ok(PyBytes::new(py, &py.detach(|| hashing::tree_root(hashes))))
}

#[pyfunction]
#[pyo3(signature = (hashes, threads = 0))]
fn tile_roots<'py>(py: Python<'py>, hashes: &[u8], threads: usize) -> PyResult<Bound<'py, PyBytes>> {
    let hashes = items::<32>("hashes", hashes)?;
    let roots = py.detach(|| hashing::tile_roots(hashes, threads));
    Ok(PyBytes::new(py, roots.as_flattened()))
}

// ---- end of signatures and hashes -----------------------------------------------------------------
