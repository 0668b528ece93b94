//! What signs here is checked here, and keys that are none are refused.

use p384::ecdsa::SigningKey;
use p384::ecdsa::signature::Signer as _;
use rsa::PrivateKey;
use rsa::pkcs8::{DecodePrivateKey as _, LineEnding};

use super::*;
use crate::auth::jwt::{signed, unsigned};

#[test]
fn a_signature_is_right_for_its_text_its_key_and_its_algorithm() {
    let own = OwnKey::make().unwrap();
    let token = own.sign(Algorithm::Rs512, &json!({ "sub": "a" })).unwrap();
    let jwt = Jwt::parse(&token).unwrap();
    assert_eq!(own.public().verify(&jwt, Algorithm::Rs512), Verdict::Good);
    assert_eq!(own.public().verify(&jwt, Algorithm::Rs256), Verdict::Wrong);
    assert_eq!(own.public().verify(&jwt, Algorithm::Es384), Verdict::Wrong);
    let again = OwnKey::from_pem(&own.to_pem().unwrap()).unwrap();
    assert_eq!(again.public().verify(&jwt, Algorithm::Rs512), Verdict::Good);
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let other = format!("{header}.{}.{signature}", base64(b"{\"sub\":\"b\"}"));
    let other = Jwt::parse(&other).unwrap();
    assert_eq!(own.public().verify(&other, Algorithm::Rs512), Verdict::Wrong);
    let stranger = OwnKey::make().unwrap();
    assert_eq!(
        stranger.public().verify(&jwt, Algorithm::Rs512),
        Verdict::UnknownKey
    );
    assert!(!format!("{own:?}").contains("PRIVATE"));
}

#[test]
fn elliptic_keys_verify_es384() {
    let key = SigningKey::from_slice(&[7; 48]).unwrap();
    let point = key.verifying_key().to_sec1_point(false);
    let set = json!({ "keys": [{
        "kty": "EC", "crv": "P-384", "kid": "e",
        "x": base64(point.x().unwrap()), "y": base64(point.y().unwrap()),
    }] });
    let set = KeySet::parse(&set.to_string()).unwrap();
    let text = unsigned(&json!({ "alg": "ES384", "kid": "e" }), &json!({}));
    let signature: Signature = key.sign(text.as_bytes());
    let token = signed(&text, &signature.to_bytes());
    let jwt = Jwt::parse(&token).unwrap();
    assert_eq!(set.verify(&jwt, Algorithm::Es384), Verdict::Good);
    assert_eq!(set.verify(&jwt, Algorithm::Rs512), Verdict::Wrong);
    let again = KeySet::parse(&set.to_json()).unwrap();
    assert_eq!(again.verify(&jwt, Algorithm::Es384), Verdict::Good);
    assert_eq!(again.keys.len(), 1);
}

#[test]
fn keys_that_cannot_be_used_say_why() {
    let check = |text: &str, expected: &str| {
        let error = KeySet::parse_any(text, None).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    };
    check("", "neither");
    check("[]", "neither");
    check("{\"keys\": []}", "1 to 20");
    check("{\"keys\": [{\"kty\": \"RSA\"}]}", "no kid");
    check("{\"keys\": [{\"kid\": \"a\", \"kty\": \"oct\"}]}", "only RSA");
    check(
        "{\"keys\": [{\"kid\": \"a\", \"kty\": \"RSA\", \"n\": \"AQAB\", \"e\": \"AQAB\"}]}",
        "shorter",
    );
    check(
        "{\"keys\": [{\"kid\": \"a\", \"kty\": \"RSA\", \"d\": \"AQAB\"}]}",
        "private",
    );
    check("-----BEGIN PRIVATE KEY-----\n", "private");
    check(
        "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----",
        "neither",
    );
    check(&" {".repeat(MAX_KEY_SET_BYTES), "at most");
}

#[test]
fn a_pair_signs_and_its_public_half_verifies() {
    let pair = make_pair("test-1").unwrap();
    let key = PrivateKey::from_pkcs8_pem(&pair.private_key).unwrap();
    let text = unsigned(&json!({ "alg": "RS512", "kid": "test-1" }), &json!({}));
    let token = signed(&text, &key.pkcs1v15_sign::<Sha512>(text.as_bytes()).unwrap());
    let set = KeySet::parse(&pair.public_keys).unwrap();
    assert_eq!(
        set.verify(&Jwt::parse(&token).unwrap(), Algorithm::Rs512),
        Verdict::Good
    );
    let pem = rsa::pkcs8::EncodePublicKey::to_public_key_pem(key.as_public_key(), LineEnding::LF).unwrap();
    let named = KeySet::parse_any(&pem, Some("test-1")).unwrap();
    assert_eq!(named.to_json(), set.to_json());
    assert_eq!(KeySet::parse_any(&pem, None).unwrap_err(), KeyError::NeedsName);
}
