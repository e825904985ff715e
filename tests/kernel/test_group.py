"""Does the kernel compute in the same group as plain integers, and refuse what is not in it?"""

from __future__ import annotations

import random

import edwards as ed
import pytest

from limpide import _kernel as kernel

RANDOM = random.Random("the group")
LOW = ed.low_order_points()
EDGES = [0, 1, 2, ed.q - 1, ed.q - 2, 2**252, 2**130, 2**130 - 1, 16, 511, 512]


def some_scalars(count: int) -> list[int]:
    return (EDGES + [RANDOM.randrange(ed.q) for _ in range(count)])[:count]


def some_points(count: int) -> list[ed.Point]:
    edges = [ed.IDENTITY, ed.BASE, ed.negate(ed.BASE)]
    return (edges + [ed.mul(ed.BASE, RANDOM.randrange(ed.q)) for _ in range(count)])[:count]


def points(items: list[ed.Point]) -> bytes:
    return b"".join(map(ed.encode, items))


def scalars(items: list[int]) -> bytes:
    return b"".join(map(ed.scalar, items))


@pytest.mark.parametrize("engine", kernel.engines())
def test_decode_gives_one_verdict_per_encoding(engine: str) -> None:
    good = some_points(12)
    mixed = [ed.add(point, low) for point in good[:4] for low in LOW]
    not_canonical = [y.to_bytes(32, "little") for y in range(ed.p, 2**255)]
    signed_zero = [(1 | 1 << 255).to_bytes(32, "little"), ((ed.p - 1) | 1 << 255).to_bytes(32, "little")]
    off_curve = [y.to_bytes(32, "little") for y in range(40) if ed.decode(y.to_bytes(32, "little")) is None]
    encodings = [*map(ed.encode, good + mixed + LOW), *not_canonical, *signed_zero, *off_curve]
    expected = [0] * 12 + [0 if i % 8 == 0 else 2 for i in range(32)] + [0] + [2] * 7
    expected += [1] * len(not_canonical + signed_zero + off_curve)
    assert list(kernel.vartime_decode(b"".join(encodings), engine=engine)) == expected
    assert len(not_canonical) == 19
    # Every encoding in every lane, among good neighbours.
    for lane in range(8):
        for encoding, verdict in zip(encodings[12:], expected[12:], strict=True):
            nine = [encodings[i] for i in range(9)]
            nine[lane] = encoding
            assert list(kernel.vartime_decode(b"".join(nine), engine=engine)) == [
                verdict if i == lane else 0 for i in range(9)
            ]
        if engine == "emulated":
            break


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 65])
@pytest.mark.parametrize("threads", [1, 3])
def test_double_multiplication_is_that_of_integers(count: int, threads: int) -> None:
    base, c, r = some_points(count), some_scalars(count), some_scalars(count)[::-1]
    for fixed in (ed.BASE, ed.mul(ed.BASE, 12345)):
        expected = [ed.add(ed.mul(fixed, s), ed.mul(point, t)) for point, t, s in zip(base, c, r, strict=True)]
        result = kernel.vartime_double_mul(points(base), scalars(c), ed.encode(fixed), scalars(r), threads=threads)
        assert result == points(expected)


def test_multi_multiplication_is_the_product_of_powers() -> None:
    items, powers = some_points(12), some_scalars(12)
    terms = [ed.mul(point, power) for point, power in zip(items, powers, strict=True)]
    expected = [ed.add(ed.add(terms[i], terms[i + 1]), terms[i + 2]) for i in range(0, 12, 3)]
    assert kernel.vartime_multi_mul(points(items), scalars(powers), 3) == points(expected)


@pytest.mark.parametrize("weights", [None, [0, 1, 2, 2_000_000_000, 3]])
def test_sum_axis_adds_the_rows(weights: list[int] | None) -> None:
    items = some_points(15)
    expected = [ed.IDENTITY] * 3
    for index, point in enumerate(items):
        weighted = ed.mul(point, 1 if weights is None else weights[index // 3])
        expected[index % 3] = ed.add(expected[index % 3], weighted)
    assert kernel.vartime_sum_axis(points(items), 3, weights) == points(expected)
    assert kernel.vartime_sum_axis(b"", 2) == points([ed.IDENTITY] * 2)


def test_constant_time_functions_agree_with_integers() -> None:
    items, powers = some_points(14), some_scalars(14)
    expected = [ed.mul(point, power) for point, power in zip(items, powers, strict=True)]
    assert kernel.mul(points(items), scalars(powers)) == points(expected)
    assert kernel.mul_base(scalars(powers)) == points([ed.mul(ed.BASE, power) for power in powers])
    key = ed.mul(ed.BASE, 99)
    table = kernel.FixedBase(ed.encode(key))
    of_key = [ed.mul(key, power) for power in powers]
    assert table.mul(scalars(powers)) == points(of_key)
    both = [ed.add(a, ed.mul(ed.BASE, power)) for a, power in zip(of_key, powers[::-1], strict=True)]
    assert table.double_mul(scalars(powers), scalars(powers[::-1])) == points(both)
    assert kernel.add(points(items), points(of_key)) == points(list(map(ed.add, items, of_key)))
    assert kernel.subtract(points(items), points(items)) == points([ed.IDENTITY] * 14)


def test_any_buffer_will_do() -> None:
    data = points(some_points(3))
    assert kernel.vartime_decode(bytearray(data)) == kernel.vartime_decode(memoryview(data)) == bytes(3)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: kernel.vartime_decode(b"1234"), "whole number of items"),
        (lambda: kernel.mul_base(ed.q.to_bytes(32, "little")), "item 0 is not a scalar"),
        (lambda: kernel.mul(bytes(64), bytes(32)), "points holds 2 items and scalars holds 1"),
        (lambda: kernel.mul(b"\x02" + bytes(31), bytes(32)), "item 0 is not the canonical encoding"),
        (lambda: kernel.vartime_sum_axis(bytes(96), 2), "whole rows"),
        (lambda: kernel.vartime_sum_axis(bytes(96), 0), "whole rows"),
        (lambda: kernel.vartime_multi_mul(bytes(96), bytes(96), 2), "whole rows"),
        (lambda: kernel.FixedBase(b""), "one point of 32 bytes"),
    ],
)
def test_bad_arguments_raise_a_sentence(call: object, sentence: str) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match=sentence):
        call()


def test_no_sentence_quotes_a_secret() -> None:
    secret = b"\xff" * 32
    with pytest.raises(ValueError, match="item 0") as caught:
        kernel.mul_base(secret)
    assert "ff" not in str(caught.value)
    assert "255" not in str(caught.value)
