//! Public keys that signatures are checked with, and the private ones that are made here.
//! Source: <https://www.rfc-editor.org/rfc/rfc7517>, <https://www.rfc-editor.org/rfc/rfc7518>

use p384::ecdsa::signature::Verifier as _;
use p384::ecdsa::{Signature, VerifyingKey};
use rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, PrivateKey, PublicKey};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};
use thiserror::Error;

use super::jwt::{Jwt, base64, from_base64, signed, unsigned};
use super::secret::random;

/// Keys of an application at most: one in use, one that follows, and a few forgotten ones.
pub(crate) const MOST_KEYS: usize = 20;
/// Longest key set, in bytes.
pub const MAX_KEY_SET_BYTES: usize = 64 * 1024;
/// Bits of a key that an application gets: what NHS England's instructions ask for.
/// Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/application-restricted-restful-apis-signed-jwt-authentication>
const APPLICATION_KEY_BITS: usize = 4_096;
/// Bits of the key that signs what the login says: half as long, because it is made while somebody waits.
const OWN_KEY_BITS: usize = 2_048;
/// Bits of an RSA key at least, as RFC 7518 section 3.3 demands.
const LEAST_BITS: u32 = 2_048;

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Es384,
}

impl Algorithm {
    const ALL: [Self; 4] = [Self::Rs256, Self::Rs384, Self::Rs512, Self::Es384];

    /// The name in a token's header.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es384 => "ES384",
        }
    }

    /// The algorithm of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// Why keys cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// It is neither a JSON Web Key Set nor a public key in PEM.
    #[error("this is neither a JSON Web Key Set ({{\"keys\": [...]}}) nor a public key in PEM")]
    Unreadable,
    /// One of the keys cannot be used.
    #[error("key {place} of the set cannot be used: {reason}")]
    Key {
        /// Which one, from 1.
        place: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// There are too many, or none.
    #[error("a key set holds 1 to {most} keys")]
    Count {
        /// The most.
        most: usize,
    },
    /// It is too long.
    #[error("a key set has at most {} bytes", MAX_KEY_SET_BYTES)]
    TooLong,
    /// A private key was given where a public one belongs.
    #[error("this holds a private key: keep it where your application runs, and give the public key only")]
    Private,
    /// A PEM file says nothing of a key's name.
    #[error("a public key in PEM needs a name: give the kid that your tokens carry")]
    NeedsName,
}

/// Public keys, each with its name.
#[derive(Clone, Debug)]
pub(crate) struct KeySet {
    keys: Vec<NamedKey>,
}

#[derive(Clone, Debug)]
struct NamedKey {
    kid: String,
    key: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa(Box<PublicKey>),
    P384(Box<VerifyingKey>),
}

/// What came of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is right.
    Good,
    /// No key has the token's name.
    UnknownKey,
    /// It is wrong.
    Wrong,
}

impl KeySet {
    /// Reads a JSON Web Key Set.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, KeyError> {
        if text.len() > MAX_KEY_SET_BYTES {
            return Err(KeyError::TooLong);
        }
        let document: Value = serde_json::from_str(text).map_err(|_| KeyError::Unreadable)?;
        let keys = document
            .get("keys")
            .and_then(Value::as_array)
            .ok_or(KeyError::Unreadable)?;
        if keys.is_empty() || keys.len() > MOST_KEYS {
            return Err(KeyError::Count { most: MOST_KEYS });
        }
        let read = keys.iter().zip(1..).map(|(key, place)| {
            if key.get("d").is_some() {
                return Err(KeyError::Private);
            }
            named_key(key).map_err(|reason| KeyError::Key { place, reason })
        });
        Ok(Self {
            keys: read.collect::<Result<_, _>>()?,
        })
    }

    /// Reads a JSON Web Key Set, or a public key in PEM that is to have this name.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse_any(text: &str, kid: Option<&str>) -> Result<Self, KeyError> {
        let text = text.trim();
        if !text.starts_with("-----BEGIN") {
            return Self::parse(text);
        }
        if text.contains("PRIVATE KEY") {
            return Err(KeyError::Private);
        }
        if text.len() > MAX_KEY_SET_BYTES {
            return Err(KeyError::TooLong);
        }
        let key = PublicKey::from_public_key_pem(text).map_err(|_| KeyError::Unreadable)?;
        let kid = kid.filter(|kid| is_name(kid)).ok_or(KeyError::NeedsName)?;
        Self::parse(&json!({ "keys": [jwk(&key, kid, Algorithm::Rs512)] }).to_string())
    }

    /// The set as a JSON Web Key Set.
    pub(crate) fn to_json(&self) -> String {
        let keys: Vec<Value> = self.keys.iter().map(NamedKey::to_json).collect();
        json!({ "keys": keys }).to_string()
    }

    /// These keys, and those of another set whose names are not among them.
    pub(crate) fn joined_with(mut self, other: Option<Self>) -> Self {
        let others = other.into_iter().flat_map(|other| other.keys);
        for key in others {
            if self.keys.iter().all(|own| own.kid != key.kid) {
                self.keys.push(key);
            }
        }
        self
    }

    /// Whether one of the keys, the one that the token names, made its signature with this algorithm.
    pub(crate) fn verify(&self, jwt: &Jwt<'_>, algorithm: Algorithm) -> Verdict {
        let kid = jwt.header_text("kid");
        let Some(named) = self.keys.iter().find(|key| Some(key.kid.as_str()) == kid) else {
            return Verdict::UnknownKey;
        };
        let (text, signature) = (jwt.signed.as_bytes(), jwt.signature.as_slice());
        let is_right = match (&named.key, algorithm) {
            (Material::Rsa(key), Algorithm::Rs256) => key.pkcs1v15_verify::<Sha256>(text, signature).is_ok(),
            (Material::Rsa(key), Algorithm::Rs384) => key.pkcs1v15_verify::<Sha384>(text, signature).is_ok(),
            (Material::Rsa(key), Algorithm::Rs512) => key.pkcs1v15_verify::<Sha512>(text, signature).is_ok(),
            (Material::P384(key), Algorithm::Es384) => {
                Signature::from_slice(signature).is_ok_and(|signature| key.verify(text, &signature).is_ok())
            }
            (Material::P384(_), Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512)
            | (Material::Rsa(_), Algorithm::Es384) => false,
        };
        if is_right { Verdict::Good } else { Verdict::Wrong }
    }
}

impl NamedKey {
    fn to_json(&self) -> Value {
        match &self.key {
            Material::Rsa(key) => jwk(key, &self.kid, Algorithm::Rs512),
            Material::P384(key) => {
                let point = key.to_sec1_point(false);
                let half = |half: Option<&[u8]>| half.map(base64).unwrap_or_default();
                json!({
                    "kty": "EC", "crv": "P-384", "use": "sig", "alg": "ES384", "kid": self.kid,
                    "x": half(point.x().map(|x| &**x)), "y": half(point.y().map(|y| &**y)),
                })
            }
        }
    }
}

/// A name of a key: short, and without anything that a page or a header could trip over.
fn is_name(kid: &str) -> bool {
    (1..=200).contains(&kid.len()) && kid.bytes().all(|byte| byte.is_ascii_graphic())
}

fn named_key(key: &Value) -> Result<NamedKey, &'static str> {
    let text = |name: &str| key[name].as_str();
    let kid = text("kid").filter(|kid| is_name(kid)).ok_or("it has no kid")?;
    let bytes = |name: &str| text(name).and_then(from_base64);
    let key = match text("kty") {
        Some("RSA") => {
            let n = bytes("n").ok_or("its n is not base64url")?;
            let e = bytes("e").ok_or("its e is not base64url")?;
            let (n, e) = (
                BoxedUint::from_be_slice_vartime(&n),
                BoxedUint::from_be_slice_vartime(&e),
            );
            if n.bit_width() < LEAST_BITS {
                return Err("it is shorter than 2048 bits");
            }
            let key = PublicKey::new(n, e).map_err(|_| "it is no RSA key of 2048 to 4096 bits")?;
            Material::Rsa(Box::new(key))
        }
        Some("EC") if text("crv") == Some("P-384") => {
            let (x, y) = (bytes("x"), bytes("y"));
            let (Some(x), Some(y)) = (x, y) else {
                return Err("its x or y is not base64url");
            };
            let point = [&[4][..], &x, &y].concat();
            let key = VerifyingKey::from_sec1_bytes(&point).map_err(|_| "it is no point of P-384")?;
            Material::P384(Box::new(key))
        }
        _ => return Err("only RSA keys and EC keys of P-384 are understood"),
    };
    Ok(NamedKey {
        kid: kid.to_owned(),
        key,
    })
}

fn jwk(key: &PublicKey, kid: &str, algorithm: Algorithm) -> Value {
    json!({
        "kty": "RSA", "use": "sig", "alg": algorithm.name(), "kid": kid,
        "n": base64(&key.n_bytes()), "e": base64(&key.e_bytes()),
    })
}

/// A key pair that was just made for an application.
pub(crate) struct MadePair {
    /// The private key in PEM (PKCS #8). It is kept by nobody but who asked for it.
    pub(crate) private_key: String,
    /// The public key as a JSON Web Key Set.
    pub(crate) public_keys: String,
}

/// Makes a key pair for an application. Takes a second or two.
pub(crate) fn make_pair(kid: &str) -> Option<MadePair> {
    let key = PrivateKey::new(&mut random(), APPLICATION_KEY_BITS).ok()?;
    Some(MadePair {
        private_key: key.to_pkcs8_pem(LineEnding::LF).ok()?.to_string(),
        public_keys: json!({ "keys": [jwk(key.as_public_key(), kid, Algorithm::Rs512)] }).to_string(),
    })
}

/// The key that signs what the login says.
pub(crate) struct OwnKey {
    key: PrivateKey,
    kid: String,
    public: KeySet,
}

impl OwnKey {
    /// Makes one.
    pub(crate) fn make() -> Option<Self> {
        Self::of(PrivateKey::new(&mut random(), OWN_KEY_BITS).ok()?)
    }

    /// Reads one that was kept.
    pub(crate) fn from_pem(pem: &str) -> Option<Self> {
        Self::of(PrivateKey::from_pkcs8_pem(pem).ok()?)
    }

    /// The key as it is kept.
    pub(crate) fn to_pem(&self) -> Option<String> {
        Some(self.key.to_pkcs8_pem(LineEnding::LF).ok()?.to_string())
    }

    fn of(key: PrivateKey) -> Option<Self> {
        // The name says which key it is, whoever made it when.
        let digest = <Sha256 as sha2::Digest>::digest(key.as_public_key().n_bytes());
        let kid = base64(digest.get(..12)?);
        let set = json!({ "keys": [jwk(key.as_public_key(), &kid, Algorithm::Rs512)] }).to_string();
        Some(Self {
            public: KeySet::parse(&set).ok()?,
            key,
            kid,
        })
    }

    /// The public half, once for each algorithm that it signs with, so that every library finds the one it asks for.
    pub(crate) fn to_json(&self) -> String {
        let key = self.key.as_public_key();
        let mut document = jwk(key, &self.kid, Algorithm::Rs512);
        if let Some(members) = document.as_object_mut() {
            // The key signs with RS256 and RS512; a key without `alg` is for both (RFC 7517, section 4.4).
            members.remove("alg");
        }
        json!({ "keys": [document] }).to_string()
    }

    /// The public half, to check what comes back.
    pub(crate) const fn public(&self) -> &KeySet {
        &self.public
    }

    /// Signs claims.
    pub(crate) fn sign(&self, algorithm: Algorithm, claims: &Value) -> Option<String> {
        let header = json!({ "alg": algorithm.name(), "typ": "JWT", "kid": self.kid });
        let text = unsigned(&header, claims);
        let random = &mut random();
        let bytes = text.as_bytes();
        let signature = match algorithm {
            Algorithm::Rs256 => self.key.pkcs1v15_sign_with_rng::<Sha256, _>(random, bytes),
            Algorithm::Rs384 => self.key.pkcs1v15_sign_with_rng::<Sha384, _>(random, bytes),
            Algorithm::Rs512 => self.key.pkcs1v15_sign_with_rng::<Sha512, _>(random, bytes),
            Algorithm::Es384 => return None,
        };
        Some(signed(&text, &signature.ok()?))
    }
}

impl std::fmt::Debug for OwnKey {
    // Only the name: the rest is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use p384::ecdsa::SigningKey;
    use p384::ecdsa::signature::Signer as _;

    use super::*;

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
        let pem =
            rsa::pkcs8::EncodePublicKey::to_public_key_pem(key.as_public_key(), LineEnding::LF).unwrap();
        let named = KeySet::parse_any(&pem, Some("test-1")).unwrap();
        assert_eq!(named.to_json(), set.to_json());
        assert_eq!(KeySet::parse_any(&pem, None).unwrap_err(), KeyError::NeedsName);
    }
}
