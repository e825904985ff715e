//! What Python sees of the group: arguments checked with a sentence, the interpreter lock released.
#![allow(clippy::needless_pass_by_value, reason = "Python functions own their arguments")]
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use zeroize::Zeroizing;

use crate::ballot_python::kind;
use crate::engine::vartime_verdicts;
use crate::group::{self, Fault, POINT, SCALAR};

/// Any contiguous buffer of bytes; `bytes` itself is not copied.
pub enum Octets {
    Borrowed(PyBackedBytes),
    Copied(Zeroizing<Vec<u8>>),
}

impl Octets {
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Copied(bytes) => bytes,
        }
    }

    pub fn items(&self, size: usize, name: &str) -> PyResult<usize> {
        let length = self.bytes().len();
        if length.is_multiple_of(size) {
            return Ok(length / size);
        }
        Err(PyValueError::new_err(format!(
            "{name} holds {length} bytes, which is not a whole number of items of {size} bytes"
        )))
    }
}

impl<'py> FromPyObject<'_, 'py> for Octets {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Self::Borrowed(PyBackedBytes::from(bytes.to_owned())));
        }
        let buffer = PyBuffer::<u8>::get(&object)
            .map_err(|_| PyTypeError::new_err("a contiguous buffer of bytes is expected"))?;
        Ok(Self::Copied(Zeroizing::new(buffer.to_vec(object.py())?)))
    }
}

pub fn same_length(counts: &[(usize, &str)]) -> PyResult<usize> {
    let (first, first_name) = counts[0];
    for &(count, name) in counts {
        if count != first {
            return Err(PyValueError::new_err(format!(
                "{first_name} holds {first} items and {name} holds {count}"
            )));
        }
    }
    Ok(first)
}

fn whole_rows(items: usize, width: usize, name: &str) -> PyResult<usize> {
    if width > 0 && items.is_multiple_of(width) {
        return Ok(items / width);
    }
    Err(PyValueError::new_err(format!("{items} items do not make whole rows of {name}={width}")))
}

pub fn one_point<'a>(octets: &'a Octets, name: &str) -> PyResult<&'a [u8; POINT]> {
    let bytes = octets.bytes();
    bytes.try_into().map_err(|_| {
        PyValueError::new_err(format!("{name} must be one point of 32 bytes, not {} bytes", bytes.len()))
    })
}

/// Never quotes the bytes: they may be secret.
fn sentence(fault: Fault) -> PyErr {
    PyValueError::new_err(match fault {
        Fault::Point(index) => format!("item {index} is not the canonical encoding of a point"),
        Fault::Scalar(index) => format!("item {index} is not a scalar below the group order"),
    })
}

fn compute(
    py: Python<'_>,
    work: impl FnOnce() -> Result<Vec<u8>, Fault> + Send,
) -> PyResult<Bound<'_, PyBytes>> {
    let result = py.detach(work).map_err(sentence)?;
    Ok(PyBytes::new(py, &result))
}

/// One verdict per encoding: 0 a member of the prime-order group, 1 not the canonical encoding of a
/// point of the curve, 2 a point outside the prime-order subgroup.
#[pyfunction]
#[pyo3(signature = (points, *, engine=None, threads=0))]
pub fn vartime_decode<'py>(
    py: Python<'py>,
    points: Octets,
    engine: Option<&str>,
    threads: usize,
) -> PyResult<Bound<'py, PyBytes>> {
    points.items(POINT, "points")?;
    let kind = kind(engine)?;
    compute(py, || Ok(vartime_verdicts(kind, points.bytes().as_chunks().0, threads)))
}

/// `fixed^r · base^c` for every (base, c, r).
#[pyfunction]
#[pyo3(signature = (base, c, fixed, r, *, threads=0))]
pub fn vartime_double_mul(
    py: Python<'_>,
    base: Octets,
    c: Octets,
    fixed: Octets,
    r: Octets,
    threads: usize,
) -> PyResult<Bound<'_, PyBytes>> {
    same_length(&[
        (base.items(POINT, "base")?, "base"),
        (c.items(SCALAR, "c")?, "c"),
        (r.items(SCALAR, "r")?, "r"),
    ])?;
    let fixed = one_point(&fixed, "fixed")?;
    compute(py, || group::vartime_double_mul(base.bytes(), c.bytes(), fixed, r.bytes(), threads))
}

/// For each row of `terms` points and scalars, the product of the powers.
#[pyfunction]
#[pyo3(signature = (points, scalars, terms, *, threads=0))]
pub fn vartime_multi_mul(
    py: Python<'_>,
    points: Octets,
    scalars: Octets,
    terms: usize,
    threads: usize,
) -> PyResult<Bound<'_, PyBytes>> {
    let items = same_length(&[
        (points.items(POINT, "points")?, "points"),
        (scalars.items(SCALAR, "scalars")?, "scalars"),
    ])?;
    whole_rows(items, terms, "terms")?;
    compute(py, || group::vartime_multi_mul(points.bytes(), scalars.bytes(), terms, threads))
}

/// For each of `columns` columns, the product over the rows; with weights, of the powers.
#[pyfunction]
#[pyo3(signature = (points, columns, weights=None, *, threads=0))]
pub fn vartime_sum_axis(
    py: Python<'_>,
    points: Octets,
    columns: usize,
    weights: Option<Vec<u64>>,
    threads: usize,
) -> PyResult<Bound<'_, PyBytes>> {
    let rows = whole_rows(points.items(POINT, "points")?, columns, "columns")?;
    if let Some(weights) = &weights {
        same_length(&[(rows, "the array of rows"), (weights.len(), "weights")])?;
    }
    compute(py, || group::vartime_sum_axis(points.bytes(), columns, weights.as_deref(), threads))
}

/// `left · right`, item by item.
#[pyfunction]
#[pyo3(signature = (left, right, *, threads=0))]
pub fn add(py: Python<'_>, left: Octets, right: Octets, threads: usize) -> PyResult<Bound<'_, PyBytes>> {
    same_length(&[(left.items(POINT, "left")?, "left"), (right.items(POINT, "right")?, "right")])?;
    compute(py, || group::add(left.bytes(), right.bytes(), threads))
}

/// `left / right`, item by item.
#[pyfunction]
#[pyo3(signature = (left, right, *, threads=0))]
pub fn subtract(py: Python<'_>, left: Octets, right: Octets, threads: usize) -> PyResult<Bound<'_, PyBytes>> {
    same_length(&[(left.items(POINT, "left")?, "left"), (right.items(POINT, "right")?, "right")])?;
    compute(py, || group::subtract(left.bytes(), right.bytes(), threads))
}

/// `g^s` for each scalar, in constant time.
#[pyfunction]
#[pyo3(signature = (scalars, *, threads=0))]
pub fn mul_base(py: Python<'_>, scalars: Octets, threads: usize) -> PyResult<Bound<'_, PyBytes>> {
    scalars.items(SCALAR, "scalars")?;
    compute(py, || group::mul_base(scalars.bytes(), threads))
}

/// `P^s` for each point and scalar, in constant time.
#[pyfunction]
#[pyo3(signature = (points, scalars, *, threads=0))]
pub fn mul(py: Python<'_>, points: Octets, scalars: Octets, threads: usize) -> PyResult<Bound<'_, PyBytes>> {
    same_length(&[
        (points.items(POINT, "points")?, "points"),
        (scalars.items(SCALAR, "scalars")?, "scalars"),
    ])?;
    compute(py, || group::mul(points.bytes(), scalars.bytes(), threads))
}

/// A point with a table, for many constant-time multiplications.
#[pyclass(frozen, module = "limpide._kernel")]
pub struct FixedBase(group::FixedBase);

#[pymethods]
impl FixedBase {
    #[new]
    fn new(point: Octets) -> PyResult<Self> {
        group::FixedBase::new(one_point(&point, "point")?).map(Self).map_err(sentence)
    }

    /// `point^s` for each scalar, in constant time.
    #[pyo3(signature = (scalars, *, threads=0))]
    fn mul<'py>(&self, py: Python<'py>, scalars: Octets, threads: usize) -> PyResult<Bound<'py, PyBytes>> {
        scalars.items(SCALAR, "scalars")?;
        compute(py, || self.0.mul(scalars.bytes(), threads))
    }

    /// `point^s · g^t` for each pair of scalars, in constant time.
    #[pyo3(signature = (s, t, *, threads=0))]
    fn double_mul<'py>(
        &self,
        py: Python<'py>,
        s: Octets,
        t: Octets,
        threads: usize,
    ) -> PyResult<Bound<'py, PyBytes>> {
        same_length(&[(s.items(SCALAR, "s")?, "s"), (t.items(SCALAR, "t")?, "t")])?;
        compute(py, || self.0.double_mul(s.bytes(), t.bytes(), threads))
    }
}
