//! Passwords as Django stores them, so that each can check what the other has stored: `algorithm$cost$salt$hash`.
//!
//! How long a refusal takes does not tell why: a hash that nobody can check, or none at all, costs what the preferred
//! hasher costs, and a cheaper one is made up for (Django's `harden_runtime`).

use std::{error::Error, fmt};

use base64::{
    Engine,
    alphabet::BCRYPT,
    engine::{
        GeneralPurpose, GeneralPurposeConfig,
        general_purpose::{NO_PAD, STANDARD, STANDARD_NO_PAD},
    },
};
use openssl::{error::ErrorStack, hash::MessageDigest, kdf, pkcs5, sha::sha256};

use crate::{ALPHANUMERIC, constant_time_compare, hex, random_bytes, random_string};

/// What no hash starts with.
const UNUSABLE_PREFIX: char = '!';
const UNUSABLE_LENGTH: usize = 40;
/// As many characters hold 128 bits.
const SALT_LENGTH: usize = 22;
/// bcrypt looks at no more.
const BCRYPT_LENGTH: usize = 72;

/// bcrypt's own base64, whose last characters hold bits that mean nothing.
const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(&BCRYPT, BCRYPT_CONFIG);
const BCRYPT_CONFIG: GeneralPurposeConfig = NO_PAD.with_decode_allow_trailing_bits(true);

/// A way to hash passwords, and what one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordHasher {
    /// `pbkdf2_sha256`.
    Pbkdf2Sha256 {
        /// How often; up to ten million.
        iterations: u32,
    },
    /// `pbkdf2_sha1`.
    Pbkdf2Sha1 {
        /// How often; up to ten million.
        iterations: u32,
    },
    /// `argon2`, as `argon2id`.
    Argon2 {
        /// How often it goes over its memory.
        time_cost: u32,
        /// How much memory, in KiB; up to 256 MiB.
        memory_cost: u32,
        /// In how many lanes.
        parallelism: u32,
    },
    /// `bcrypt_sha256`: bcrypt of a SHA-256, so that long passwords count as a whole.
    BcryptSha256 {
        /// The logarithm of how often; 4 to 16.
        rounds: u32,
    },
    /// `bcrypt`, which looks at the first 72 bytes of a password.
    Bcrypt {
        /// The logarithm of how often; 4 to 16.
        rounds: u32,
    },
    /// `scrypt`, in 32 MiB at most, as Python has it.
    Scrypt {
        /// A power of two.
        work_factor: u32,
        /// In units of 128 bytes.
        block_size: u32,
        /// How many blocks.
        parallelism: u32,
    },
}

/// Django 5.2's own.
impl Default for PasswordHasher {
    fn default() -> Self {
        Self::Pbkdf2Sha256 {
            iterations: 1_000_000,
        }
    }
}

/// What is known of a password after a look at its hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// It is the one that was stored.
    pub matches: bool,
    /// The hash is not what the preferred hasher would store: time for a new one, if the password matches.
    pub must_update: bool,
}

/// Why a password could not be hashed.
#[derive(Clone, Debug)]
pub enum HashError {
    /// One hash would cost too much time or memory, or there is no such hash.
    TooCostly(PasswordHasher),
    /// OpenSSL failed, perhaps for want of memory.
    OpenSsl(ErrorStack),
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooCostly(hasher) => write!(f, "{hasher:?} is beyond the limits of a hasher"),
            Self::OpenSsl(error) => write!(f, "a password could not be hashed: {error}"),
        }
    }
}

impl Error for HashError {}

/// What is stored for a password; salted, so never the same twice.
///
/// # Errors
/// The hasher's cost is over its limits, or there is no memory for it.
pub fn make_password(password: &str, hasher: PasswordHasher) -> Result<String, HashError> {
    let is_bcrypt = hasher.bcrypt_rounds().is_some();
    let mut salt = random_string(SALT_LENGTH, ALPHANUMERIC).into_bytes();
    if is_bcrypt {
        salt.truncate(16);
        random_bytes(&mut salt);
    }
    let hash = hasher.derive(password, ARGON2ID, &salt, hasher.hash_length())?;
    Ok(hasher.format(&salt, &hash))
}

/// What is stored for a user who has no password: nothing matches it.
pub fn make_unusable_password() -> String {
    let random = random_string(UNUSABLE_LENGTH, ALPHANUMERIC);
    format!("{UNUSABLE_PREFIX}{random}")
}

/// Whether this is the password that `encoded` was made of. Anything that is no hash matches nothing.
///
/// # Errors
/// OpenSSL's; and the preferred hasher's, as [`make_password`].
pub fn check_password(
    password: &str,
    encoded: &str,
    preferred: PasswordHasher,
) -> Result<Verdict, HashError> {
    let Some(stored) = Stored::parse(encoded) else {
        check_unknown_user(password, preferred)?;
        return Ok(Verdict::default());
    };
    let length = stored.hash.len();
    let hash = (stored.hasher).derive(password, stored.variety, &stored.salt, length)?;
    let matches = constant_time_compare(&hash, &stored.hash);
    let must_update = stored.must_update(preferred);
    if !matches && must_update {
        stored.harden_runtime(password, preferred)?;
    }
    Ok(Verdict {
        matches,
        must_update,
    })
}

/// Takes as long as [`check_password`] does: for users that do not exist.
///
/// # Errors
/// As [`make_password`].
pub fn check_unknown_user(password: &str, preferred: PasswordHasher) -> Result<(), HashError> {
    make_password(password, preferred).map(drop)
}

const ARGON2ID: &str = "argon2id";

impl PasswordHasher {
    fn algorithm(self) -> &'static str {
        match self {
            Self::Pbkdf2Sha256 { .. } => "pbkdf2_sha256",
            Self::Pbkdf2Sha1 { .. } => "pbkdf2_sha1",
            Self::Argon2 { .. } => "argon2",
            Self::BcryptSha256 { .. } => "bcrypt_sha256",
            Self::Bcrypt { .. } => "bcrypt",
            Self::Scrypt { .. } => "scrypt",
        }
    }

    fn hash_length(self) -> usize {
        match self {
            Self::Pbkdf2Sha256 { .. } | Self::Argon2 { .. } => 32,
            Self::Pbkdf2Sha1 { .. } => 20,
            Self::BcryptSha256 { .. } | Self::Bcrypt { .. } => 23,
            Self::Scrypt { .. } => 64,
        }
    }

    fn bcrypt_rounds(self) -> Option<u32> {
        match self {
            Self::BcryptSha256 { rounds } | Self::Bcrypt { rounds } => Some(rounds),
            _ => None,
        }
    }

    /// Whether one hash takes seconds at most, and no more memory than a server has; and whether there is such a hash
    /// at all (RFC 9106 §3.1, RFC 7914 §2).
    fn is_within_limits(self) -> bool {
        match self {
            Self::Pbkdf2Sha256 { iterations } | Self::Pbkdf2Sha1 { iterations } => {
                (1..=10_000_000).contains(&iterations)
            }
            Self::Argon2 {
                time_cost,
                memory_cost,
                parallelism,
            } => {
                memory_cost <= 256 << 10
                    && (1..=64).contains(&parallelism)
                    && memory_cost >= 8 * parallelism
                    && time_cost >= 1
                    && u64::from(time_cost) * u64::from(memory_cost) <= 4 << 20
            }
            Self::BcryptSha256 { rounds } | Self::Bcrypt { rounds } => (4..=16).contains(&rounds),
            Self::Scrypt {
                work_factor,
                block_size,
                parallelism,
            } => {
                let block = u64::from(block_size).saturating_mul(parallelism.into());
                let is_sound = block > 0 && work_factor > 1 && work_factor.is_power_of_two();
                is_sound && block.saturating_mul(work_factor.into()) <= 8 << 20
            }
        }
    }

    fn derive(
        self,
        password: &str,
        variety: &str,
        salt: &[u8],
        length: usize,
    ) -> Result<Vec<u8>, HashError> {
        if !self.is_within_limits() {
            return Err(HashError::TooCostly(self));
        }
        let mut hash = vec![0; length];
        self.fill(password.as_bytes(), variety, salt, &mut hash)
            .map_err(HashError::OpenSsl)?;
        Ok(hash)
    }

    fn fill(
        self,
        password: &[u8],
        variety: &str,
        salt: &[u8],
        hash: &mut [u8],
    ) -> Result<(), ErrorStack> {
        match self {
            Self::Pbkdf2Sha256 { iterations } => {
                let digest = MessageDigest::sha256();
                pkcs5::pbkdf2_hmac(password, salt, iterations as usize, digest, hash)
            }
            Self::Pbkdf2Sha1 { iterations } => {
                let digest = MessageDigest::sha1();
                pkcs5::pbkdf2_hmac(password, salt, iterations as usize, digest, hash)
            }
            Self::Argon2 {
                time_cost: time,
                memory_cost: memory,
                parallelism: lanes,
            } => {
                let argon2 = match variety {
                    ARGON2ID => kdf::argon2id,
                    _ => kdf::argon2i,
                };
                argon2(None, password, salt, None, None, time, lanes, memory, hash)
            }
            Self::BcryptSha256 { rounds } => {
                bcrypt(hex(&sha256(password)).as_bytes(), rounds, salt, hash);
                Ok(())
            }
            Self::Bcrypt { rounds } => {
                bcrypt(password, rounds, salt, hash);
                Ok(())
            }
            Self::Scrypt {
                work_factor,
                block_size,
                parallelism,
            } => {
                let [n, r, p] = [work_factor, block_size, parallelism].map(u64::from);
                pkcs5::scrypt(password, salt, n, r, p, 0, hash)
            }
        }
    }

    fn format(self, salt: &[u8], hash: &[u8]) -> String {
        let (algorithm, text) = (self.algorithm(), String::from_utf8_lossy(salt));
        let base64 = STANDARD.encode(hash);
        match self {
            Self::Pbkdf2Sha256 { iterations } | Self::Pbkdf2Sha1 { iterations } => {
                format!("{algorithm}${iterations}${text}${base64}")
            }
            Self::Argon2 {
                time_cost,
                memory_cost,
                parallelism,
            } => {
                let costs = format!("m={memory_cost},t={time_cost},p={parallelism}");
                let [salt, hash] = [salt, hash].map(|bytes| STANDARD_NO_PAD.encode(bytes));
                format!("{algorithm}${ARGON2ID}$v=19${costs}${salt}${hash}")
            }
            Self::BcryptSha256 { rounds } | Self::Bcrypt { rounds } => {
                let [salt, hash] = [salt, hash].map(|bytes| BCRYPT_BASE64.encode(bytes));
                format!("{algorithm}$$2b${rounds:02}${salt}{hash}")
            }
            Self::Scrypt {
                work_factor,
                block_size,
                parallelism,
            } => format!("{algorithm}${work_factor}${text}${block_size}${parallelism}${base64}"),
        }
    }
}

/// Of bcrypt's 24 bytes all but the last are stored. A NUL ends the password, as in C.
fn bcrypt(password: &[u8], rounds: u32, salt: &[u8], hash: &mut [u8]) {
    let password = password.split(|byte| *byte == 0).next().unwrap_or_default();
    let mut terminated = password.to_vec();
    terminated.push(0);
    terminated.truncate(BCRYPT_LENGTH);
    let salt = salt.try_into().expect("a salt of bcrypt has 16 bytes");
    let stored = hash.len();
    hash.copy_from_slice(&bcrypt::bcrypt(rounds, salt, &terminated)[..stored]);
}

/// What is stored for a password, taken apart.
struct Stored<'a> {
    hasher: PasswordHasher,
    /// Argon2 comes in more than one; Django once stored `argon2i`.
    variety: &'a str,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl<'a> Stored<'a> {
    /// `None` for what is no hash, is of an algorithm that nobody knows, or costs more than it should.
    fn parse(encoded: &'a str) -> Option<Self> {
        let (algorithm, rest) = encoded.split_once('$')?;
        let stored = match algorithm {
            "pbkdf2_sha256" | "pbkdf2_sha1" => Self::parse_pbkdf2(algorithm, rest),
            "argon2" => Self::parse_argon2(rest),
            "bcrypt_sha256" | "bcrypt" => Self::parse_bcrypt(algorithm, rest),
            "scrypt" => Self::parse_scrypt(rest),
            _ => None,
        };
        let is_sound = |stored: &Self| {
            let length = stored.hasher.hash_length();
            let is_argon2 = matches!(stored.hasher, PasswordHasher::Argon2 { .. });
            let fits = stored.hash.len() == length || is_argon2 && stored.hash.len() >= 16;
            fits && !stored.salt.is_empty() && stored.hasher.is_within_limits()
        };
        stored.filter(is_sound)
    }

    fn parse_pbkdf2(algorithm: &str, rest: &str) -> Option<Self> {
        let [iterations, salt, hash] = parts(rest, '$')?;
        let iterations = iterations.parse().ok()?;
        let hasher = match algorithm {
            "pbkdf2_sha256" => PasswordHasher::Pbkdf2Sha256 { iterations },
            _ => PasswordHasher::Pbkdf2Sha1 { iterations },
        };
        Some(Self {
            hasher,
            variety: "",
            salt: salt.into(),
            hash: STANDARD.decode(hash).ok()?,
        })
    }

    fn parse_argon2(rest: &'a str) -> Option<Self> {
        let [variety, version, costs, salt, hash] = parts(rest, '$')?;
        let [memory_cost, time_cost, parallelism] = parts(costs, ',')?;
        let cost = |text: &str, name| text.strip_prefix(name)?.parse().ok();
        let hasher = PasswordHasher::Argon2 {
            time_cost: cost(time_cost, "t=")?,
            memory_cost: cost(memory_cost, "m=")?,
            parallelism: cost(parallelism, "p=")?,
        };
        let is_known = matches!(variety, ARGON2ID | "argon2i") && version == "v=19";
        is_known.then_some(Self {
            hasher,
            variety,
            salt: STANDARD_NO_PAD.decode(salt).ok()?,
            hash: STANDARD_NO_PAD.decode(hash).ok()?,
        })
    }

    fn parse_bcrypt(algorithm: &str, rest: &str) -> Option<Self> {
        let ["", "2a" | "2b" | "2y", rounds, data] = parts(rest, '$')? else {
            return None;
        };
        let rounds = rounds.parse().ok()?;
        let (salt, hash) = data.split_at_checked(22)?;
        let salt = BCRYPT_BASE64.decode(salt).ok()?;
        let hasher = match algorithm {
            "bcrypt" => PasswordHasher::Bcrypt { rounds },
            _ => PasswordHasher::BcryptSha256 { rounds },
        };
        (salt.len() == 16).then_some(Self {
            hasher,
            variety: "",
            salt,
            hash: BCRYPT_BASE64.decode(hash).ok()?,
        })
    }

    fn parse_scrypt(rest: &str) -> Option<Self> {
        let [work_factor, salt, block_size, parallelism, hash] = parts(rest, '$')?;
        let hasher = PasswordHasher::Scrypt {
            work_factor: work_factor.parse().ok()?,
            block_size: block_size.parse().ok()?,
            parallelism: parallelism.parse().ok()?,
        };
        Some(Self {
            hasher,
            variety: "",
            salt: salt.into(),
            hash: STANDARD.decode(hash).ok()?,
        })
    }

    fn must_update(&self, preferred: PasswordHasher) -> bool {
        let is_other = self.hasher != preferred || self.hash.len() != preferred.hash_length();
        is_other
            || match preferred {
                PasswordHasher::Argon2 { .. } => {
                    self.variety != ARGON2ID || self.salt.len() < SALT_LENGTH
                }
                PasswordHasher::Pbkdf2Sha256 { .. } | PasswordHasher::Pbkdf2Sha1 { .. } => {
                    self.salt.len() < SALT_LENGTH
                }
                _ => false,
            }
    }

    /// Does the work that the preferred cost has over this one. No such work is known for argon2 and scrypt.
    fn harden_runtime(&self, password: &str, preferred: PasswordHasher) -> Result<(), HashError> {
        use PasswordHasher::{Bcrypt, BcryptSha256, Pbkdf2Sha1, Pbkdf2Sha256};
        let (hasher, times) = match (self.hasher, preferred) {
            (Pbkdf2Sha256 { iterations: old }, Pbkdf2Sha256 { iterations }) if old < iterations => {
                let iterations = iterations - old;
                (Pbkdf2Sha256 { iterations }, 1)
            }
            (Pbkdf2Sha1 { iterations: old }, Pbkdf2Sha1 { iterations }) if old < iterations => {
                let iterations = iterations - old;
                (Pbkdf2Sha1 { iterations }, 1)
            }
            (Bcrypt { rounds: old }, Bcrypt { rounds })
            | (BcryptSha256 { rounds: old }, BcryptSha256 { rounds })
                if old < rounds && preferred.is_within_limits() =>
            {
                (self.hasher, (1 << (rounds - old)) - 1)
            }
            _ => return Ok(()),
        };
        for _ in 0..times {
            hasher.derive(password, self.variety, &self.salt, self.hash.len())?;
        }
        Ok(())
    }
}

fn parts<const N: usize>(text: &str, separator: char) -> Option<[&str; N]> {
    let parts: Vec<_> = text.splitn(N + 1, separator).collect();
    parts.try_into().ok()
}
