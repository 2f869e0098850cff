//! Keys of an identity provider.

use aws_lc_rs::encoding::{AsBigEndian as _, EcPublicKeyUncompressedBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Which kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// RSA of 2048 bits.
    Rsa2048,
    /// RSA of 4096 bits.
    Rsa4096,
    /// The curve of ES256.
    P256,
    /// The curve of ES384.
    P384,
    /// The curve of ES512.
    P521,
}

enum Pair {
    Rsa(RsaKeyPair),
    /// With the name of the curve and of its algorithm, and the bytes of a coordinate.
    Curve(EcdsaKeyPair, &'static str, &'static str, usize),
}

/// A key that signs tokens.
pub struct SigningKey {
    /// `kid`.
    pub kid: String,
    pair: Pair,
}

impl SigningKey {
    /// A new key.
    ///
    /// # Panics
    /// When none can be made.
    pub fn generate(kid: &str, of: KeyType) -> Self {
        let rsa = |size| Pair::Rsa(RsaKeyPair::generate(size).expect("a key"));
        let curve = |algorithm: &'static EcdsaSigningAlgorithm, name, for_tokens, width| {
            Pair::Curve(
                EcdsaKeyPair::generate(algorithm).expect("a key"),
                name,
                for_tokens,
                width,
            )
        };
        Self {
            kid: kid.to_owned(),
            pair: match of {
                KeyType::Rsa2048 => rsa(KeySize::Rsa2048),
                KeyType::Rsa4096 => rsa(KeySize::Rsa4096),
                KeyType::P256 => curve(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, "P-256", "ES256", 32),
                KeyType::P384 => curve(&signature::ECDSA_P384_SHA384_FIXED_SIGNING, "P-384", "ES384", 48),
                KeyType::P521 => curve(&signature::ECDSA_P521_SHA512_FIXED_SIGNING, "P-521", "ES512", 66),
            },
        }
    }

    /// As it is published, with `use` and `alg`.
    ///
    /// # Panics
    /// When it has no public half.
    pub fn jwk(&self) -> Value {
        let kid = &self.kid;
        match &self.pair {
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                let modulus = encode(public.modulus().big_endian_without_leading_zero());
                let exponent = encode(public.exponent().big_endian_without_leading_zero());
                json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": modulus, "e": exponent })
            }
            Pair::Curve(pair, curve, algorithm, width) => {
                let point: EcPublicKeyUncompressedBin<'_> = pair.public_key().as_be_bytes().expect("a point");
                let (x, y) = point.as_ref()[1..].split_at(*width);
                json!({
                    "kty": "EC", "use": "sig", "alg": algorithm, "kid": kid, "crv": curve, "x": encode(x), "y": encode(y)
                })
            }
        }
    }

    /// The signature of `text` by the algorithm of the key's kind that `alg` names; RSA signs as RS256 what it does not know.
    ///
    /// # Panics
    /// When it cannot be signed.
    pub fn sign(&self, alg: &str, text: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let encoding: &'static dyn signature::RsaEncoding = match alg {
                    "RS384" => &signature::RSA_PKCS1_SHA384,
                    "RS512" => &signature::RSA_PKCS1_SHA512,
                    "PS256" => &signature::RSA_PSS_SHA256,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                let mut bytes = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, text.as_bytes(), &mut bytes)
                    .expect("a signature");
                bytes
            }
            Pair::Curve(pair, ..) => {
                let signature = pair.sign(&random, text.as_bytes()).expect("a signature");
                signature.as_ref().to_vec()
            }
        }
    }

    /// A token of these texts, signed by the `alg` of the header.
    pub fn token(&self, header: &str, payload: &str) -> String {
        let alg = serde_json::from_str::<Value>(header).ok();
        let alg = alg.and_then(|header| header["alg"].as_str().map(str::to_owned));
        let signed = format!("{}.{}", encode(header), encode(payload));
        let signature = self.sign(alg.as_deref().unwrap_or_default(), &signed);
        format!("{signed}.{}", encode(signature))
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
