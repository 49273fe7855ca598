/**
 * The hash of no password: of people who have none yet, and of names that do not exist, which must not be refused
 * sooner than others.
 */
export const NO_PASSWORD =
	"$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/** 192 random bits as text that fits into URLs, MQTT passwords and shells, also behind an option. */
export function newSecret(): string {
	const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
	// Programs take a word with a hyphen in front for an option.
	return secret.startsWith("-") ? newSecret() : secret;
}

/** SHA-256 in hex; enough for secrets that were drawn at random. */
export function hashOf(secret: string): string {
	return new Bun.CryptoHasher("sha256").update(secret).digest("hex");
}

/** A password's argon2id hash, salt and costs included. */
export function hashPassword(password: string): Promise<string> {
	return Bun.password.hash(password, { algorithm: "argon2id", memoryCost: 65_536, timeCost: 2 });
}

/** Compares two hashes in a time that does not depend on where they differ. */
export function sameHash(a: string, b: string): boolean {
	const first = Buffer.from(a);
	const second = Buffer.from(b);
	return first.length === second.length && crypto.timingSafeEqual(first, second);
}

/** Whether a password is that of a hash. */
export function isPassword(password: string, hash: string): Promise<boolean> {
	return Bun.password.verify(password, hash).catch(() => false);
}
