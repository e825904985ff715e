//! The vectors that Python and TypeScript run too: one meaning of a good signature.
use _kernel::ed25519::{Claim, Verdict, public_key, sign, vartime_verify};
use serde_json::Value;

const VECTORS: &str = include_str!("../../vectors/ed25519/verify.json");

fn hex(row: &Value, member: &str) -> Vec<u8> {
    let text = row[member].as_str().expect("a string");
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn expected(row: &Value) -> Verdict {
    match row["refused_by"].as_str().expect("a string") {
        "" => Verdict::Good,
        "2.11" => Verdict::KeyNotCanonical,
        "2.12" => Verdict::KeySmallOrder,
        "2.13" => Verdict::ScalarNotCanonical,
        "2.14" => Verdict::CommitmentSmallOrder,
        "2.15" => Verdict::NotEqual,
        clause => panic!("unknown clause {clause}"),
    }
}

#[test]
fn every_vector_gets_its_verdict_on_any_number_of_threads() {
    let rows: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let fields: Vec<([u8; 32], Vec<u8>, [u8; 64])> = rows
        .iter()
        .map(|row| {
            let key = hex(row, "key").try_into().unwrap();
            (key, hex(row, "message"), hex(row, "signature").try_into().unwrap())
        })
        .collect();
    let claims: Vec<Claim> =
        fields.iter().map(|(key, message, signature)| Claim { key, message, signature }).collect();
    for threads in [1, 2, 7] {
        for (row, verdict) in rows.iter().zip(vartime_verify(&claims, threads)) {
            assert_eq!(verdict, expected(row) as u8, "{}", row["name"]);
        }
    }
}

#[test]
fn what_is_signed_verifies_and_no_other_message_does() {
    for number in 0..200_u8 {
        let (seed, message) = ([number; 32], vec![number; usize::from(number)]);
        let (key, signature) = (public_key(&seed), sign(&seed, &message));
        let claim = Claim { key: &key, message: &message, signature: &signature };
        let other = Claim { message: b"another", ..claim };
        assert_eq!(vartime_verify(&[claim, other], 1), [Verdict::Good as u8, Verdict::NotEqual as u8]);
    }
}
