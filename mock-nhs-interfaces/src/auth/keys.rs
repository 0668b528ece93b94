//! Public keys that signatures are checked with.
//! Source: <https://www.rfc-editor.org/rfc/rfc7517>, <https://www.rfc-editor.org/rfc/rfc7518>

mod own;

use p384::ecdsa::signature::Verifier as _;
use p384::ecdsa::{Signature, VerifyingKey};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, PublicKey};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};
use thiserror::Error;

pub(crate) use self::own::{OwnKey, make_pair};
use super::jwt::{Jwt, base64, from_base64};

/// Keys of an application at most: one in use, one that follows, and a few forgotten ones.
pub(crate) const MOST_KEYS: usize = 20;
/// Longest key set, in bytes.
pub const MAX_KEY_SET_BYTES: usize = 64 * 1024;
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

#[cfg(test)]
mod tests;
