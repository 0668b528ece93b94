//! The private keys that are made here: those of applications, and the login's own.

use rsa::PrivateKey;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

use super::{Algorithm, KeySet, jwk};
use crate::auth::jwt::{base64, signed, unsigned};
use crate::auth::secret::random;

/// Bits of a key that an application gets: what NHS England's instructions ask for.
/// Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/application-restricted-restful-apis-signed-jwt-authentication>
const APPLICATION_KEY_BITS: usize = 4_096;
/// Bits of the key that signs what the login says: half as long, because it is made while somebody waits.
const OWN_KEY_BITS: usize = 2_048;

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
