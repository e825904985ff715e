//! The canonical bytes of a ballot, and the texts that are hashed.
//!
//! One pass along the only text that is canonical: expected literals and the values between them. What
//! differs in one byte (white space, order, escapes, capital hexadecimal, leading zeros) is not accepted.
use crate::decode8::Encoding;
use crate::multi8::Words;

/// The group order q = 2^252 + 27742317777372353535851937790883648493.
pub const ORDER: Words = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000];

/// A reader of a text of which every byte is expected; `None` is: not this text.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    #[must_use]
    pub fn at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// The next `length` bytes.
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let bytes = self.text.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(bytes)
    }

    /// Exactly these bytes.
    pub fn literal(&mut self, expected: &[u8]) -> Option<()> {
        (self.take(expected.len())? == expected).then_some(())
    }

    /// 64 lower-case hexadecimal digits, most significant first; and as 32 bytes, least significant first.
    pub fn point(&mut self) -> Option<(&'a [u8], Encoding)> {
        let digits = self.take(64)?;
        Some((digits, unhex(digits.try_into().ok()?)?))
    }

    /// A decimal number below q, without leading zeros, up to the closing quote.
    pub fn scalar(&mut self) -> Option<Words> {
        let rest = &self.text[self.at..];
        let length = rest.iter().take(78).position(|&byte| byte == b'"')?;
        let words = decimal(&rest[..length])?;
        self.at += length;
        Some(words)
    }
}

const NOT_HEX: u8 = 0xff;

const HEX_VALUES: [u8; 256] = {
    let mut values = [NOT_HEX; 256];
    let mut digit = 0;
    while digit < 16 {
        values[HEX_DIGITS[digit as usize] as usize] = digit;
        digit += 1;
    }
    values
};

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

fn unhex(digits: &[u8; 64]) -> Option<Encoding> {
    let mut bytes = [0; 32];
    let mut seen = 0;
    let (pairs, _) = digits.as_chunks::<2>();
    for (byte, pair) in bytes.iter_mut().rev().zip(pairs) {
        let (high, low) = (HEX_VALUES[pair[0] as usize], HEX_VALUES[pair[1] as usize]);
        seen |= high | low;
        *byte = high << 4 | low & 0xf;
    }
    (seen < 16).then_some(bytes)
}

/// ⟨P⟩ of a point's encoding.
#[must_use]
pub fn hex(encoding: &Encoding) -> [u8; 64] {
    let mut digits = [0; 64];
    let (pairs, _) = digits.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(encoding.iter().rev()) {
        *pair = [HEX_DIGITS[usize::from(byte >> 4)], HEX_DIGITS[usize::from(byte & 15)]];
    }
    digits
}

/// Digits at once in `decimal`.
const STEP: usize = 16;

fn decimal(digits: &[u8]) -> Option<Words> {
    // 10^76 > q > 10^75: what is longer is too large, and what is not fits 253 bits.
    if digits.is_empty() || digits.len() > 76 || (digits[0] == b'0' && digits.len() > 1) {
        return None;
    }
    let (head, steps) = digits.split_at(digits.len() % STEP);
    let mut words = [0; 4];
    let mut value = 0;
    for &digit in head {
        value = value * 10 + u64::from(digit.checked_sub(b'0').filter(|&digit| digit < 10)?);
    }
    words[0] = value;
    for step in steps.as_chunks::<STEP>().0 {
        let (halves, _) = step.as_chunks::<8>();
        let value = eight_digits(halves[0])? * 100_000_000 + eight_digits(halves[1])?;
        let mut carry = u128::from(value);
        for word in &mut words {
            carry += u128::from(*word) * 10_000_000_000_000_000;
            *word = low_word(carry);
            carry >>= 64;
        }
    }
    is_below(&words, &ORDER).then_some(words)
}

#[allow(clippy::cast_possible_truncation, reason = "the low word is what is asked for")]
fn low_word(value: u128) -> u64 {
    value as u64
}

fn eight_digits(digits: [u8; 8]) -> Option<u64> {
    let text = u64::from_le_bytes(digits);
    // Bytes 0x30…0x39: the high half is 3, and stays 3 when 6 is added.
    let high = 0xf0f0_f0f0_f0f0_f0f0;
    let threes = 0x3030_3030_3030_3030;
    if text & high != threes || text.wrapping_add(0x0606_0606_0606_0606) & high != threes {
        return None;
    }
    // Tens and units of pairs, then of fours, then of eights; the first digit is the lowest byte.
    let pairs = text.wrapping_sub(threes);
    let pairs = pairs.wrapping_mul(10).wrapping_add(pairs >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff)
}

#[must_use]
pub fn is_below(a: &Words, b: &Words) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// The 43 characters of a SHA-256 value in Base64, without the final `=`.
#[must_use]
pub fn base64(digest: &[u8; 32]) -> [u8; 43] {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = [0; 43];
    for (characters, bytes) in out.chunks_mut(4).zip(digest.chunks(3)) {
        let mut group = [0; 4];
        group[1..=bytes.len()].copy_from_slice(bytes);
        let bits = u32::from_be_bytes(group);
        for (i, character) in characters.iter_mut().enumerate() {
            *character = ALPHABET[(bits >> (18 - 6 * i)) as usize & 63];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Reader, base64, decimal, hex};
    use curve25519_dalek::scalar::Scalar;

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(decimal(b"0"), Some([0; 4]));
        assert_eq!(decimal(b"18446744073709551616"), Some([0, 1, 0, 0]));
        assert_eq!(decimal(b"1234567890123456"), Some([1_234_567_890_123_456, 0, 0, 0]));
        let last = b"7237005577332262213973186563042994240857116359379907606001950938285454250988";
        let words = decimal(last).unwrap();
        let minus_one: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!((-Scalar::ONE).as_bytes()[..], minus_one);
        for length in 1..76 {
            let digits: Vec<u8> = (0..length).map(|i| b'1' + i % 9).collect();
            let mut expected = Scalar::ZERO;
            for digit in &digits {
                expected = expected * Scalar::from(10_u64) + Scalar::from(digit - b'0');
            }
            let found: Vec<u8> =
                decimal(&digits).unwrap().iter().flat_map(|word| word.to_le_bytes()).collect();
            assert_eq!(found, expected.as_bytes());
            for place in 0..usize::from(length) {
                for wrong in [b'/', b':', b' ', b'-', 0x80, 0xff, 0] {
                    let mut digits = digits.clone();
                    digits[place] = wrong;
                    assert_eq!(decimal(&digits), None);
                }
            }
        }
    }

    #[test]
    fn decimals_out_of_range_or_not_canonical_are_refused() {
        let order = b"7237005577332262213973186563042994240857116359379907606001950938285454250989";
        for digits in [&b""[..], b"00", b"01", b"+1", b"-1", b" 1", b"1 ", order, &[b'9'; 76], &[b'1'; 77]] {
            assert_eq!(decimal(digits), None);
        }
    }

    #[test]
    fn hexadecimal_is_reversed_and_strict() {
        let text = b"6666666666666666666666666666666666666666666666666666666666666658";
        let (_, point) = Reader::new(text).point().unwrap();
        assert_eq!(point[0], 0x58);
        assert_eq!(hex(&point), *text);
        for wrong in [b'A', b'g', b' ', b'/', b':', b'`', 0xff] {
            for place in 0..64 {
                let mut text = *text;
                text[place] = wrong;
                assert_eq!(Reader::new(&text).point(), None);
            }
        }
        assert_eq!(Reader::new(&text[..63]).point(), None);
    }

    #[test]
    fn base64_has_no_padding() {
        assert_eq!(&base64(&[0; 32]), b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(&base64(&[0xff; 32]), b"//////////////////////////////////////////8");
    }
}
