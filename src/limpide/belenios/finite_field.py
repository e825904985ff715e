"""How do the two 2048-bit groups compute?

Order-``q`` subgroups of ``F_p^*``, over GMP. An element is its integer in 256 big-endian bytes, so
that bytes order as integers do; ``⟨X⟩`` is the decimal string. Secret exponents go through GMP's
constant-time ``powmod_sec``; verification uses windows over fixed bases.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property

import gmpy2  # type: ignore[import-untyped]  # it ships no types
from gmpy2 import mpz

from limpide.belenios.group import Base, Element
from limpide.canonical import InvalidProof, Refused

BYTES = 256
_DIGIT = 4
_MASK = (1 << _DIGIT) - 1
_MOST_CHAINS = 64


class FiniteField:
    """``BELENIOS-2048`` or ``RFC-3526-2048`` (section "Group parameters")."""

    def __init__(self, name: str, *, p: int, q: int, g: int, padding: int | None) -> None:
        self.name = name
        self.q = q
        self.one = _element(mpz(1))
        self.g: Base = FieldBase(self, mpz(g))
        self.modulus = mpz(p)
        self.order = mpz(q)
        self._padding = padding
        self._chains: dict[Element, list[mpz]] = {}
        self._digits = len(str(p))
        self._short = q.bit_length() <= BYTES

    def base(self, x: Element) -> Base:
        """``x`` with a table of windows, built when first needed."""
        return FieldBase(self, _integer(x))

    def encode(self, x: Element) -> str:
        """The decimal string."""
        return str(_integer(x))

    def decode(self, texts: Sequence[str], clause: str) -> tuple[Element, ...]:
        """Members only: canonical decimal, below ``p``, of order ``q``."""
        return tuple(_element(self._decode(text, i, clause)) for i, text in enumerate(texts))

    def multiply(self, x: Element, y: Element) -> Element:
        """``x · y mod p``."""
        return _element(_integer(x) * _integer(y) % self.modulus)

    def divide(self, x: Element, y: Element) -> Element:
        """``x / y mod p``."""
        return _element(gmpy2.divm(_integer(x), _integer(y), self.modulus))

    def product(self, xs: Iterable[Element]) -> Element:
        """The product mod ``p``."""
        result = mpz(1)
        for x in xs:
            result = result * _integer(x) % self.modulus
        return _element(result)

    def power(self, x: Element, e: int) -> Element:
        """``x^e`` in constant time for exponents below ``q``."""
        return _element(self.secret_power(_integer(x), e))

    def vartime_multi_power(self, xs: Sequence[Element], es: Sequence[int]) -> Element:
        """``∏ xs[i]^es[i]``."""
        result = mpz(1)
        for x, e in zip(xs, es, strict=True):
            result = result * gmpy2.powmod(_integer(x), e % self.q, self.modulus) % self.modulus
        return _element(result)

    def vartime_columns(
        self, rows: Sequence[Sequence[Element]], weights: Sequence[int] | None = None
    ) -> tuple[Element, ...]:
        """One product per column."""
        columns = zip(*rows, strict=True)
        if weights is None:
            return tuple(self.product(column) for column in columns)
        return tuple(self.vartime_multi_power(column, weights) for column in columns)

    def of_ints(self, values: Sequence[int]) -> Element:
        """Embedding of at most 255 integers below 256 (``RFC-3526-2048`` only)."""
        if self._padding is None or len(values) >= BYTES:
            raise Refused("7.30", f"{self.name} cannot hold {len(values)} numbers", group=self.name)
        x = mpz(int.from_bytes(bytes(values), "big")) << self._padding
        while not self._member(x):
            x += 1
        return _element(x)

    def to_ints(self, count: int, x: Element) -> tuple[int, ...]:
        """The lowest ``count`` bytes above the padding."""
        value = int(_integer(x)) >> (self._padding or 0)
        return tuple((value & (256**count - 1)).to_bytes(count, "big"))

    def generator(self, index: int) -> Element:
        """``SHA256("ggen|" i)`` raised to the cofactor."""
        s = mpz(int.from_bytes(hashlib.sha256(f"ggen|{index}".encode()).digest(), "big"))
        h = gmpy2.powmod(s, (self.modulus - 1) // self.order, self.modulus)
        if h in (0, 1, _integer(self.g.element)):
            raise InvalidProof("7.43", "an independent generator is degenerate", index=index)
        return _element(h)

    def secret_power(self, x: mpz, e: int) -> mpz:
        """``x^e``, always with an exponent of one bit more than ``q``: never zero, no visible length."""
        shift = self.order if (e + self.q).bit_length() > self.q.bit_length() else 2 * self.order
        return gmpy2.powmod_sec(x, e + shift, self.modulus)

    def vartime_power(self, x: Element, e: int) -> mpz:
        """``x^e`` for ``0 ≤ e < q``: along the chain of ``x`` if it was read lately (Yao), else by GMP.

        A verifier raises each ciphertext to ``q`` and to two challenges: one chain of squares serves all three.
        """
        chain = self._chains.get(x)
        if chain is None:
            return gmpy2.powmod(_integer(x), e, self.modulus)
        p = self.modulus
        buckets = [mpz(1)] * (1 << _DIGIT)
        for power in chain:
            digit = e & _MASK
            if digit:
                buckets[digit] = buckets[digit] * power % p
            e >>= _DIGIT
        result = running = buckets[_MASK]
        for bucket in buckets[_MASK - 1 : 0 : -1]:
            running = running * bucket % p
            result = result * running % p
        return result

    def _remember(self, x: Element) -> None:
        """The chain ``x^(16^i)``, for the elements of a few ballots at a time."""
        if len(self._chains) >= _MOST_CHAINS:
            self._chains.clear()
        p = self.modulus
        power = _integer(x)
        chain = [power]
        for _ in range(_DIGIT, self.q.bit_length(), _DIGIT):
            for _ in range(_DIGIT):
                power = power * power % p
            chain.append(power)
        self._chains[x] = chain

    def _decode(self, text: str, index: int, clause: str) -> mpz:
        if len(text) <= self._digits and text.isascii() and text.isdecimal():
            x = mpz(text)
            if str(x) == text and x < self.modulus:
                if self._short:
                    self._remember(_element(x))
                if self.vartime_power(_element(x), self.q) == 1:
                    return x
        raise InvalidProof(clause, "not an element of the group", item=index)

    def _member(self, x: mpz) -> bool:
        return bool(0 <= x < self.modulus and gmpy2.powmod(x, self.order, self.modulus) == 1)


class FieldBase:
    """A fixed base with a table ``base^(d·2^(w·i))`` for the verifier's public exponents."""

    def __init__(self, field: FiniteField, x: mpz) -> None:
        self.element = _element(x)
        self._field = field
        self._x = x

    def power(self, e: int) -> Element:
        """``base^e``, constant time."""
        return _element(self._field.secret_power(self._x, e))

    def power_with_g(self, e: int, m: int) -> Element:
        """``base^e · g^m``, constant time."""
        field = self._field
        g = _integer(field.g.element)
        return _element(field.secret_power(self._x, e) * field.secret_power(g, m) % field.modulus)

    def vartime_commit(self, r: int, x: Element, c: int) -> Element:
        """``base^r · x^c`` by the table and one exponentiation."""
        p = self._field.modulus
        result = self._field.vartime_power(x, c)
        window, table = self._table
        mask = (1 << window) - 1
        for row in table:
            digit = r & mask
            if digit:
                result = result * row[digit] % p
            r >>= window
        return _element(result)

    @cached_property
    def _table(self) -> tuple[int, list[list[mpz]]]:
        p = self._field.modulus
        bits = self._field.q.bit_length()
        window = 8 if bits <= BYTES else 5
        table = []
        step = self._x
        for _ in range(0, bits, window):
            row = [mpz(1)]
            for _ in range(1, 1 << window):
                row.append(row[-1] * step % p)
            table.append(row)
            step = row[-1] * step % p
        return window, table


def _integer(x: Element) -> mpz:
    return mpz.from_bytes(x, "big")


def _element(x: mpz) -> Element:
    return Element(x.to_bytes(BYTES, "big"))


_P = """
206947856914225464010136436575050080649229892957511040971008847870573742192427174019222372544976
843381290666331380789584049600543896362897963930387739057228036059737494276713767776188985898727
358650490811670993105358677809800307904916540637771737641986785272734744763418356000356983051931
442845617019110007867373073335641239717328979132404745788344682606523279746479511376726586935821
800463179220736688600526271863633860887968821207694323661494910029234443463732221458841005864210
502421203654335612013204811188524087310770141516662001623131771693721892480785077118278423174980
73276598828825169183103125680162072880719
"""
_G = """
240235267750185220922768770353239993271228765737836491651007531878766327414635321932028567615526
967879969466829874938909508389657342560190060106847716449173547413728310461045868131451178164675
540052740288984613986453266121505579709716201616827031288643245666383486363578210615491841998253
431518974065818686865115135857641013888221539601604322884360393098933366277284840659313840601023
167509576377798266510360682240663507669776402534625377308513317349519424896775405257365904949247
763147599157519877517771148149092045660020547812705472823814097251863985833411570056835369555342
3781475582491896050296680037745308460627
"""
_Q = "78571733251071885079927659812671450121821421258408794611510081919805623223441"
# The 2048-bit MODP group of RFC 3526: p = 2^2048 − 2^1984 − 1 + 2^64·(⌊2^1918·π⌋ + 124476).
_MODP = """
FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD
EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED
EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F
83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B
E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510
15728E5A8AACAA68FFFFFFFFFFFFFFFF
"""


def belenios_2048() -> FiniteField:
    """``BELENIOS-2048``: a 256-bit ``q`` (FIPS 186-4); no embedding."""
    p, g = (int("".join(digits.split())) for digits in (_P, _G))
    return FiniteField("BELENIOS-2048", p=p, q=int(_Q), g=g, padding=None)


def rfc_3526_2048() -> FiniteField:
    """``RFC-3526-2048``: quadratic residues modulo the prime of group 14, ``g = 2``."""
    p = int("".join(_MODP.split()), 16)
    return FiniteField("RFC-3526-2048", p=p, q=(p - 1) // 2, g=2, padding=8)
